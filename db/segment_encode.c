#include "config.h"

#include "db/segment_format.h"

struct blob {
    enum segment_column column;
    unsigned encoding, flags, width;
    uint32_t count;
};

/* A part of the payload behind its length; returns the bytes it takes. */
static size_t put_part(struct packer *packer, struct slice part, struct arena *arena,
                       unsigned char *out)
{
    struct slice packed = pack(packer, part, arena);
    if (!slice_present(packed))
        packed = part;
    put_number(out, packed.length, PART_HEADER_BYTES);
    memcpy(out + PART_HEADER_BYTES, packed.data, packed.length);
    return PART_HEADER_BYTES + packed.length;
}

static int finish(struct packer *packer, struct blob blob, struct slice payload,
                  struct arena *arena, struct slice *out, struct error *error)
{
    unsigned planes = plane_count(blob.encoding, blob.width);
    size_t room = SEGMENT_HEADER_BYTES + payload.length +
                  ((size_t)planes + 1) * PART_HEADER_BYTES;
    unsigned char *header = arena_alloc(arena, room);
    if (!header)
        return error_set(error, ERROR_MEMORY, "out of memory");
    unsigned char *stored = header + SEGMENT_HEADER_BYTES, *at = stored;
    struct slice rest = payload;
    for (unsigned i = 0; i < planes; i++, rest = slice_skip(rest, blob.count))
        at += put_part(packer, slice_first(rest, blob.count), arena, at);
    at += put_part(packer, rest, arena, at);
    struct slice all = {(const char *)stored, (size_t)(at - stored)};
    put_number(header, SEGMENT_MAGIC, 4);
    header[4] = (unsigned char)blob.column;
    header[5] = (unsigned char)blob.encoding;
    header[6] = (unsigned char)blob.flags;
    header[7] = (unsigned char)blob.width;
    put_number(header + 8, blob.count, 4);
    put_number(header + 12, payload.length, 4);
    put_number(header + 16, all.length, 4);
    put_number(header + 20, pack_crc32(all), 4);
    *out = (struct slice){(const char *)header, SEGMENT_HEADER_BYTES + all.length};
    return 0;
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
    for (uint32_t i = 0; i < count; i++) {
        uint64_t above = (uint64_t)numbers[i] - (uint64_t)frame.minimum;
        uint64_t value = numbers[i] == EVENT_TIME_NONE
                             ? 0
                             : (frame.step == 1 ? above : above / frame.step) + first;
        put_in_planes(payload + i, count, value, blob.width);
    }
    unsigned char *header = payload + (size_t)count * blob.width;
    put_number(header, (uint64_t)frame.minimum, 8);
    put_number(header + 8, frame.step, 8);
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

/* The codes that follow the leader's; returns how many, or UINT32_MAX where one of the
 * leader's has two of them, or nearly as many are needed as there are events. */
static uint32_t find_follows(const uint32_t *codes, const uint32_t *leader,
                             uint32_t count, uint32_t *met, uint32_t *follows)
{
    uint32_t found = 0;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t *place = &met[leader[i]];
        if (!*place) {
            if (found == count / 2)
                return UINT32_MAX;
            follows[found++] = codes[i];
            *place = found;
        } else if (follows[*place - 1] != codes[i]) {
            return UINT32_MAX;
        }
    }
    return found;
}

/* *done: the column is kept as what follows the leader's. */
static int encode_follows(struct packer *packer, struct blob blob,
                          const uint32_t *codes, const uint32_t *leader,
                          struct arena *arena, struct slice *out, bool *done,
                          struct error *error)
{
    size_t room = code_room(leader, blob.count);
    uint32_t *met = arena_alloc(arena, room * sizeof *met);
    uint32_t *follows = arena_alloc(arena, (blob.count / 2 + 1) * sizeof *follows);
    if (!met || !follows)
        return error_set(error, ERROR_MEMORY, "out of memory");
    memset(met, 0, room * sizeof *met);
    uint32_t found = find_follows(codes, leader, blob.count, met, follows);
    *done = found != UINT32_MAX;
    if (!*done)
        return 0;
    blob.encoding = ENCODING_FOLLOWS;
    size_t size = (size_t)found * blob.width;
    unsigned char *payload = arena_alloc(arena, size + 1);
    if (!payload)
        return error_set(error, ERROR_MEMORY, "out of memory");
    for (uint32_t i = 0; i < found; i++)
        put_number(payload + (size_t)i * blob.width, follows[i], blob.width);
    return finish(packer, blob, (struct slice){(const char *)payload, size}, arena, out,
                  error);
}

int segment_encode_text(struct packer *packer, enum segment_column column,
                        const uint32_t *codes, uint32_t count, const struct slice *own,
                        uint32_t own_count, const uint32_t *leader, struct arena *arena,
                        struct slice *out, struct error *error)
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
    if (leader && !constant && !own_count) {
        bool done = false;
        if (encode_follows(packer, blob, codes, leader, arena, out, &done, error) ||
            done)
            return slice_present(*out) ? 0 : -1;
    }
    size_t codes_size = constant ? blob.width : (size_t)count * blob.width;
    size_t size = codes_size + own_size(own, own_count);
    if (size > SEGMENT_PAYLOAD_MAX)
        return error_set(error, ERROR_LIMIT, "a segment's own values are too long");
    unsigned char *payload = arena_alloc(arena, size);
    if (!payload)
        return error_set(error, ERROR_MEMORY, "out of memory");
    for (uint32_t i = 0; i < count && !constant; i++)
        put_in_planes(payload + i, count, codes[i], blob.width);
    if (constant)
        put_number(payload, codes[0], blob.width);
    put_own(payload + codes_size, own, own_count);
    return finish(packer, blob, (struct slice){(const char *)payload, size}, arena, out,
                  error);
}
