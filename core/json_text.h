/*
 * json_text.h - decoding of JSON string escapes, shared by keys and slots.
 */
#ifndef CORE_JSON_TEXT_H
#define CORE_JSON_TEXT_H

#include "core/slice.h"

/*
 * Decodes the inside of a scanned string (its escapes are known to be valid) into
 * out, which holds `room` bytes.  Returns the length, or SIZE_MAX where it does not
 * fit; text.length bytes are always enough.
 */
size_t json_decode(struct slice text, char *out, size_t room);

#endif
