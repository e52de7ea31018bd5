/* Lines of devices: headers, commands, modes and what they tell of mirrors. */
#include "config.h"

#include <stdlib.h>

#include "core/device_line.h"
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

static void check(enum record_class class, struct event *event, const char *reason,
                  struct slice line, struct arena *arena)
{
    if (class == RECORD_EVENT) {
        if (!event->text[FIELD_OPERATION].length || !event->text[FIELD_SERVICE].length)
            abort();
        mirror_facts(event, line, arena);
        read_fields(event);
        arena_reset(arena);
    } else if (!reason) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    /* As a file, and as what a journal kept of a device's relay. */
    static const struct line_relay relay = {
        {"relay1", 6}, {"CISCO-IOS", 9}, INT64_C(1773455103100000)};
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
        check(normalise(normaliser, &item, NULL, &event, &reason), &event, reason, line,
              &arena);
        event_clear(&event);
        check(line_normalise(normaliser, line, &relay, &event, &reason), &event, reason,
              line, &arena);
    }
    arena_fini(&arena);
    normaliser_free(normaliser);
    return 0;
}
