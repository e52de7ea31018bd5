#include "config.h"

#include "db/segment_format.h"

struct blob {
    enum segment_column column;
    unsigned encoding, flags, width;
    uint32_t count;
};

static int finish(struct packer *packer, struct blob blob, struct slice payload,
                  struct arena *arena, struct slice *out, struct error *error)
{
    struct slice packed = pack(packer, payload, arena);
    struct slice stored = slice_present(packed) ? packed : payload;
    unsigned char header[SEGMENT_HEADER_BYTES] = {0};
    put_number(header, SEGMENT_MAGIC, 4);
    header[4] = (unsigned char)blob.column;
    header[5] = (unsigned char)blob.encoding;
    header[6] = (unsigned char)(blob.flags | (slice_present(packed) ? FLAG_PACKED : 0));
    header[7] = (unsigned char)blob.width;
    put_number(header + 8, blob.count, 4);
    put_number(header + 12, payload.length, 4);
    put_number(header + 16, stored.length, 4);
    put_number(header + 20, pack_crc32(stored), 4);
    const struct slice parts[] = {{(const char *)header, sizeof header}, stored};
    *out = arena_join(arena, parts, 2);
    return slice_present(*out) ? 0 : error_set(error, ERROR_MEMORY, "out of memory");
}

static unsigned width_of(uint64_t largest)
{
    if (largest <= UINT8_MAX)
        return 1;
    if (largest <= UINT16_MAX)
        return 2;
    return largest <= UINT32_MAX ? 4 : 8;
}

static uint64_t common_divisor(uint64_t a, uint64_t b)
{
    while (b) {
        uint64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/* --- numbers --------------------------------------------------------------- */

struct frame {
    int64_t minimum, maximum;
    uint64_t step; /* every value is a multiple of it above the minimum */
    uint32_t absent;
};

static struct frame measure(const int64_t *numbers, uint32_t count)
{
    struct frame frame = {.minimum = INT64_MAX, .maximum = INT64_MIN};
    for (uint32_t i = 0; i < count; i++) {
        if (numbers[i] == EVENT_TIME_NONE) {
            frame.absent++;
            continue;
        }
        if (numbers[i] < frame.minimum)
            frame.minimum = numbers[i];
        if (numbers[i] > frame.maximum)
            frame.maximum = numbers[i];
    }
    if (frame.absent == count)
        return (struct frame){.minimum = EVENT_TIME_NONE, .maximum = EVENT_TIME_NONE};
    for (uint32_t i = 0; i < count && frame.step != 1; i++) {
        if (numbers[i] != EVENT_TIME_NONE)
            frame.step = common_divisor((uint64_t)numbers[i] - (uint64_t)frame.minimum,
                                        frame.step);
    }
    if (frame.step == 0)
        frame.step = 1;
    return frame;
}

int segment_encode_numbers(struct packer *packer, enum segment_column column,
                           const int64_t *numbers, uint32_t count, struct arena *arena,
                           struct slice *out, struct error *error)
{
    *out = SLICE_NONE;
    struct frame frame = measure(numbers, count);
    struct blob blob = {.column = column, .count = count};
    if (frame.minimum == frame.maximum && !frame.absent) {
        if (frame.minimum == (column == COLUMN_TIME ? EVENT_TIME_NONE : 0))
            return 0;
        unsigned char value[8];
        put_number(value, (uint64_t)frame.minimum, 8);
        blob.encoding = ENCODING_CONSTANT;
        return finish(packer, blob, (struct slice){(const char *)value, 8}, arena, out,
                      error);
    }
    uint64_t first = frame.absent ? 1 : 0;
    uint64_t largest =
        ((uint64_t)frame.maximum - (uint64_t)frame.minimum) / frame.step + first;
    blob.encoding = ENCODING_FRAME;
    blob.flags = frame.absent ? FLAG_ABSENT : 0;
    blob.width = width_of(largest);
    size_t size = FRAME_HEADER_BYTES + (size_t)count * blob.width;
    unsigned char *payload = arena_alloc(arena, size);
    if (!payload)
        return error_set(error, ERROR_MEMORY, "out of memory");
    put_number(payload, (uint64_t)frame.minimum, 8);
    put_number(payload + 8, frame.step, 8);
    unsigned char *at = payload + FRAME_HEADER_BYTES;
    for (uint32_t i = 0; i < count; i++, at += blob.width) {
        uint64_t above = (uint64_t)numbers[i] - (uint64_t)frame.minimum;
        uint64_t value = numbers[i] == EVENT_TIME_NONE
                             ? 0
                             : (frame.step == 1 ? above : above / frame.step) + first;
        put_number(at, value, blob.width);
    }
    return finish(packer, blob, (struct slice){(const char *)payload, size}, arena, out,
                  error);
}

void segment_gaps(int64_t *offsets, const int64_t *lengths, uint32_t count)
{
    uint64_t end = 0;
    for (uint32_t i = 0; i < count; i++) {
        uint64_t offset = (uint64_t)offsets[i];
        offsets[i] = (int64_t)(offset - end);
        end = offset + (uint64_t)lengths[i];
    }
}

/* --- text ------------------------------------------------------------------ */

static size_t own_size(const struct slice *own, uint32_t own_count)
{
    size_t size = 4 + 4 * (size_t)own_count;
    for (uint32_t i = 0; i < own_count; i++)
        size += own[i].length;
    return size;
}

static void put_own(unsigned char *at, const struct slice *own, uint32_t own_count)
{
    put_number(at, own_count, 4);
    at += 4;
    unsigned char *bytes = at + 4 * (size_t)own_count;
    for (uint32_t i = 0; i < own_count; i++, at += 4) {
        put_number(at, own[i].length, 4);
        if (own[i].length)
            memcpy(bytes, own[i].data, own[i].length);
        bytes += own[i].length;
    }
}

int segment_encode_text(struct packer *packer, enum segment_column column,
                        const uint32_t *codes, uint32_t count, const struct slice *own,
                        uint32_t own_count, struct arena *arena, struct slice *out,
                        struct error *error)
{
    *out = SLICE_NONE;
    uint32_t largest = 0;
    bool constant = true;
    for (uint32_t i = 0; i < count; i++) {
        if (codes[i] > largest)
            largest = codes[i];
        constant = constant && codes[i] == codes[0];
    }
    if (largest == 0)
        return 0;
    struct blob blob = {
        .column = column,
        .encoding = constant ? ENCODING_CONSTANT : ENCODING_CODES,
        .width = constant ? 4 : width_of(largest),
        .count = count,
    };
    size_t code_count = constant ? 1 : count;
    size_t codes_size = code_count * blob.width;
    size_t size = codes_size + own_size(own, own_count);
    if (size > SEGMENT_PAYLOAD_MAX)
        return error_set(error, ERROR_LIMIT, "a segment's own values are too long");
    unsigned char *payload = arena_alloc(arena, size);
    if (!payload)
        return error_set(error, ERROR_MEMORY, "out of memory");
    for (size_t i = 0; i < code_count; i++)
        put_number(payload + i * blob.width, codes[i], blob.width);
    put_own(payload + codes_size, own, own_count);
    return finish(packer, blob, (struct slice){(const char *)payload, size}, arena, out,
                  error);
}
