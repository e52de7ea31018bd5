/*
 * clock.h - the two clocks, read by the edges of the program alone.
 */
#ifndef TUI_CLOCK_H
#define TUI_CLOCK_H

#include <stdint.h>

/* Microseconds since 1970, UTC. */
int64_t clock_now_us(void);
/* Milliseconds from an arbitrary start; never goes back. */
int64_t clock_steady_ms(void);

#endif
