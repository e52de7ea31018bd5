/*
 * timeline.h - the spans that the timeline zooms through, and their steps.
 *
 * A span is cut into steps of a round length, so that one screen or a few show it
 * whole.  Pure.
 */
#ifndef TUI_TIMELINE_H
#define TUI_TIMELINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ZOOM_DEPTH = 12, STEPS_MAX = 60 };

struct zoom {
    struct zoom_level {
        int64_t from_us, step_us;
        size_t count;    /* steps; 0: no event has a time */
        uint64_t cursor; /* where it was left */
    } levels[ZOOM_DEPTH];
    size_t depth; /* 0: the span is not known yet */
};

/* The whole span, bounds included. Deeper levels are forgotten if it is another. */
void zoom_whole(struct zoom *zoom, int64_t first_us, int64_t last_us);
/* Into one step; false where its steps are as short as they get. */
bool zoom_in(struct zoom *zoom, uint64_t step);
bool zoom_out(struct zoom *zoom);
const struct zoom_level *zoom_now(const struct zoom *zoom);

#endif
