/*
 * frame_bed.h - runs the framer over a text that is shown in windows, as the loader
 * does: what is kept begins at the tail, and grows by so many bytes at a time.
 */
#ifndef TESTS_FRAME_BED_H
#define TESTS_FRAME_BED_H

#include "core/frame.h"

/* Called with each item but FRAME_MORE and FRAME_END. */
typedef void frame_bed_taker(void *context, const struct frame_item *item);

/* The paths of the framer and a few of a form, numbered from FRAME_SLOT_COUNT. */
struct json_projection *frame_bed_projection(void);

/*
 * step: bytes by which the window grows at FRAME_MORE.  Each window is a copy of its
 * own size, so that a read beyond it is seen.  Returns the largest window shown, or
 * 0 where the framer made no progress.
 */
size_t frame_bed_run(struct framer *framer, struct slice stream, size_t step,
                     bool truncated, frame_bed_taker *take, void *context);

/* The bytes from `base` on, shown as one window to a framer that goes on from there;
 * final: they are the last ones.  Returns framer_tail. */
size_t frame_bed_window(struct framer *framer, struct slice bytes, uint64_t base,
                        bool final, frame_bed_taker *take, void *context);

#endif
