/* Any bytes in windows of any sizes: the framer comes to an end, its items stand in
 * order and apart, with the bytes of the stream, and windows do not change them.  Some
 * streams are given a beginning that bytes by chance would hardly make: a header of a
 * table, or rows of JSON. */
#include "config.h"

#include <stdlib.h>

#include "core/form.h"

enum { STEPS_PER_BYTE = 8, STEPS_SPARE = 64 };

struct bed {
    struct json_projection *projection;
    struct framer *framer;
    struct json_slot *slots;
};

/* What must not depend on windows: the items, folded into one number. */
struct framing {
    uint64_t digest;
    size_t items;
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static const struct bed *bed(void)
{
    static struct bed only;
    if (!only.framer) {
        struct json_projection *projection = form_projection_new(NULL);
        require(projection != NULL);
        only.projection = projection;
        only.framer = framer_new(projection);
        only.slots = calloc(json_projection_slot_count(projection), sizeof *only.slots);
        require(only.framer && only.slots);
    }
    return &only;
}

static void note(struct framing *outcome, const struct frame_item *item)
{
    uint64_t parts[] = {item->kind, item->offset, item->length};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        outcome->digest = (outcome->digest ^ parts[i]) * UINT64_C(0x100000001b3);
    outcome->items++;
}

/* A copy of its own, so that a read beyond the window is seen. */
static char *show(const uint8_t *data, size_t size, size_t base, size_t end, char *last)
{
    free(last);
    char *window = malloc(end - base ? end - base : 1);
    require(window != NULL);
    memcpy(window, data + base, end - base);
    framer_window(bed()->framer, window, end - base, base, end == size, size & 1);
    return window;
}

/* What a row of a table becomes. */
static bool is_object(struct slice bytes)
{
    const char *next, *end = bytes.data + bytes.length;
    return bytes.data[0] == '{' &&
           json_scan(bed()->projection, bytes.data, end, true, bed()->slots, &next) ==
               JSON_OK &&
           next == end;
}

/* step: bytes that a window grows by, 0 for all at once. */
static struct framing frame(const uint8_t *data, size_t size, unsigned step)
{
    struct framing outcome = {0};
    struct frame_item item;
    size_t base = 0, end = step ? 0 : size,
           budget = STEPS_PER_BYTE * size + STEPS_SPARE;
    uint64_t last = 0;
    framer_reset(bed()->framer);
    char *window = show(data, size, base, end, NULL);
    for (;;) {
        require(budget-- > 0);
        framer_next(bed()->framer, &item, bed()->slots);
        if (item.kind == FRAME_END)
            break;
        if (item.kind == FRAME_MORE) {
            require(end < size && framer_tail(bed()->framer) <= end - base);
            base += framer_tail(bed()->framer);
            end = size - end < step ? size : end + step;
            window = show(data, size, base, end, window);
            continue;
        }
        require(item.offset >= last);
        require(item.row || item.length == item.bytes.length);
        require(item.kind == FRAME_NOTE || item.kind == FRAME_LINE || item.length);
        /* A reject may begin in a window that went. */
        require(item.kind == FRAME_REJECT || item.offset >= base);
        require(item.offset + item.length <= end);
        require(item.row ? is_object(item.bytes)
                         : !item.length || !memcmp(item.bytes.data, data + item.offset,
                                                   item.length));
        require((item.reason != NULL) ==
                (item.kind == FRAME_REJECT || item.kind == FRAME_NOTE));
        last = item.offset + item.length;
        note(&outcome, &item);
    }
    free(window);
    return outcome;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const heads[] = {
        "",
        "eventName,eventTime,note\n",
        "@rawstring\n",
        "eventName;_raw\nA;",
        "{\"tables\":[{\"columns\":[\"a\",\"b\"],\"rows\":[",
        "{\"results\":[[{\"field\":\"a\",",
    };
    if (size < 2)
        return 0;
    const char *head = heads[data[1] % (sizeof heads / sizeof heads[0])];
    size_t before = strlen(head), length = before + size - 2;
    uint8_t *stream = malloc(length ? length : 1);
    require(stream != NULL);
    memcpy(stream, head, before);
    memcpy(stream + before, data + 2, size - 2);
    struct framing whole = frame(stream, length, 0);
    struct framing parts = frame(stream, length, data[0] ? data[0] : 1);
    require(whole.items == parts.items && whole.digest == parts.digest);
    free(stream);
    return 0;
}
