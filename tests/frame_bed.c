#include "config.h"

#include "tests/frame_bed.h"

#include <stdlib.h>

enum { FORM_PATHS = 4, SLOTS = FRAME_SLOT_COUNT + FORM_PATHS };

struct json_projection *frame_bed_projection(void)
{
    static const struct json_path form_paths[FORM_PATHS] = {
        {"eventVersion", FRAME_SLOT_COUNT},
        {"eventName", FRAME_SLOT_COUNT + 1},
        {"eventTime", FRAME_SLOT_COUNT + 2},
        {"userIdentity arn", FRAME_SLOT_COUNT + 3},
    };
    struct json_path paths[64];
    size_t count = 0;
    for (; count < frame_path_count; count++)
        paths[count] = frame_paths[count];
    for (size_t i = 0; i < FORM_PATHS; i++)
        paths[count++] = form_paths[i];
    return json_projection_new(paths, count, SLOTS, NULL);
}

static void take_window(struct framer *framer, frame_bed_taker *take, void *context)
{
    struct json_slot slots[SLOTS] = {0};
    struct frame_item item;
    for (;;) {
        framer_next(framer, &item, slots);
        if (item.kind == FRAME_MORE || item.kind == FRAME_END)
            return;
        take(context, &item);
    }
}

size_t frame_bed_window(struct framer *framer, struct slice bytes, uint64_t base,
                        bool final, frame_bed_taker *take, void *context)
{
    char *window = malloc(bytes.length ? bytes.length : 1);
    if (!window)
        abort();
    if (bytes.length)
        memcpy(window, bytes.data, bytes.length);
    framer_window(framer, window, bytes.length, base, final, false);
    take_window(framer, take, context);
    free(window);
    return framer_tail(framer);
}

size_t frame_bed_run(struct framer *framer, struct slice stream, size_t step,
                     bool truncated, frame_bed_taker *take, void *context)
{
    size_t base = 0, length = 0, largest = 0;
    bool final;
    framer_reset(framer);
    do {
        size_t left = stream.length - base;
        length = length + step < left ? length + step : left;
        final = length == left;
        largest = length > largest ? length : largest;
        char *window = malloc(length ? length : 1);
        if (!window)
            abort();
        if (length)
            memcpy(window, stream.data + base, length);
        framer_window(framer, window, length, base, final, truncated);
        take_window(framer, take, context);
        size_t tail = framer_tail(framer);
        free(window);
        if (tail > length || (length - tail > FRAME_WINDOW_BYTES))
            return 0;
        base += tail;
        length -= tail;
    } while (!final);
    return largest ? largest : 1;
}
