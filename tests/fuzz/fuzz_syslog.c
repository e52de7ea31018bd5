/* Lines of devices: headers, commands, modes and what they tell of mirrors. */
#include "config.h"

#include <stdlib.h>

#include "core/form.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static volatile unsigned sink;

/* Every byte of every field must be there to be read. */
static void read_fields(const struct event *event)
{
    unsigned sum = 0;
    for (int field = 0; field < EVENT_FIELD_COUNT; field++) {
        for (size_t i = 0; i < event->text[field].length; i++)
            sum += (unsigned char)event->text[field].data[i];
    }
    for (size_t i = 0; i < event->merge_key.length; i++)
        sum += (unsigned char)event->merge_key.data[i];
    sink = sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice rest = {size ? (const char *)data : "", size};
    struct normaliser *normaliser = normaliser_new();
    struct arena arena;
    if (!normaliser)
        return 0;
    arena_init(&arena);
    while (slice_present(rest)) {
        struct slice line = slice_cut(&rest, '\n');
        const struct frame_item item = {.kind = FRAME_LINE, .bytes = line};
        struct event event;
        const char *reason;
        enum record_class class = normalise(normaliser, &item, NULL, &event, &reason);
        if (class == RECORD_EVENT) {
            if (!event.text[FIELD_OPERATION].length)
                abort();
            mirror_facts(&event, line, &arena);
            read_fields(&event);
            arena_reset(&arena);
        } else if (!reason) {
            abort();
        }
    }
    arena_fini(&arena);
    normaliser_free(normaliser);
    return 0;
}
