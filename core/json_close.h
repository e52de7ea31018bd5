/*
 * json_close.h - what stands before the cut in a JSON object that was cut off.
 *
 * Transports cut long records: CloudWatch Logs at 256 KB, Splunk at TRUNCATE (10,000
 * bytes unless set), relays at their line.  The names of a call come first in its
 * record, so what is left still tells what was done.
 */
#ifndef CORE_JSON_CLOSE_H
#define CORE_JSON_CLOSE_H

#include "core/arena.h"
#include "core/slice.h"

/*
 * The object up to its last whole value, its brackets closed, in the arena.  Absent:
 * it is no object, holds no whole value, or is nested deeper than LIMIT_JSON_DEPTH.
 * Nothing but brackets and strings is looked at: whether the result is JSON is for
 * json_scan to say.
 */
struct slice json_close(struct slice cut, struct arena *arena);

#endif
