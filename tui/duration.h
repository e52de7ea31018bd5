/*
 * duration.h - how long something took or takes, in words.  Pure.
 */
#ifndef TUI_DURATION_H
#define TUI_DURATION_H

#include <stddef.h>
#include <stdint.h>

enum { DURATION_MAX = 32 };

/* "2 h 14 min": the two largest units, cut to whole ones; microseconds, not negative.
 */
void duration_text(int64_t span_us, char out[DURATION_MAX]);

#endif
