#include "config.h"

#include "db/segment_format.h"

struct blob {
    unsigned encoding, flags, width;
    uint32_t count;
    const unsigned char *payload;
    size_t size;
};

static int damaged(enum segment_column column, const char *what, struct error *error)
{
    return error_set(error, ERROR_CASE, "column %d is damaged: %s", (int)column, what);
}

static int no_memory(struct error *error)
{
    return error_set(error, ERROR_MEMORY, "out of memory");
}

/* Takes the next part of what is stored; false where it is damaged. */
static bool take_part(struct slice *stored, unsigned char *out, size_t size)
{
    if (stored->length < PART_HEADER_BYTES)
        return false;
    size_t length =
        (size_t)get_number((const unsigned char *)stored->data, PART_HEADER_BYTES);
    struct slice rest = slice_skip(*stored, PART_HEADER_BYTES);
    if (length > rest.length || length > size)
        return false;
    *stored = slice_skip(rest, length);
    if (length < size)
        return unpack(slice_first(rest, length), out, size);
    memcpy(out, rest.data, size);
    return true;
}

static bool take_parts(const struct blob *blob, struct slice stored,
                       unsigned char *payload)
{
    unsigned planes = plane_count(blob->encoding, blob->width);
    size_t left = blob->size;
    if ((size_t)planes * blob->count > left)
        return false;
    for (unsigned i = 0; i < planes; i++, payload += blob->count, left -= blob->count) {
        if (!take_part(&stored, payload, blob->count))
            return false;
    }
    return take_part(&stored, payload, left) && !stored.length;
}

static int open_blob(enum segment_column column, struct slice data, uint32_t count,
                     struct arena *arena, struct blob *out, struct error *error)
{
    const unsigned char *header = (const unsigned char *)data.data;
    if (data.length < SEGMENT_HEADER_BYTES || get_number(header, 4) != SEGMENT_MAGIC)
        return damaged(column, "no header", error);
    out->encoding = header[5];
    out->flags = header[6];
    out->width = header[7];
    out->count = (uint32_t)get_number(header + 8, 4);
    out->size = (size_t)get_number(header + 12, 4);
    struct slice stored = slice_skip(data, SEGMENT_HEADER_BYTES);
    if (header[4] != (unsigned)column || out->flags & ~(unsigned)FLAGS_KNOWN)
        return damaged(column, "another column's header", error);
    if (out->count != count || count > SEGMENT_EVENTS)
        return damaged(column, "another number of events", error);
    if (get_number(header + 16, 4) != stored.length || out->size > SEGMENT_PAYLOAD_MAX)
        return damaged(column, "another length", error);
    if (get_number(header + 20, 4) != pack_crc32(stored))
        return damaged(column, "its checksum differs", error);
    unsigned char *payload = arena_alloc(arena, out->size + 1);
    if (!payload)
        return no_memory(error);
    if (!take_parts(out, stored, payload))
        return damaged(column, "it cannot be unpacked", error);
    out->payload = payload;
    return 0;
}

static bool width_known(unsigned width, unsigned largest)
{
    return (width == 1 || width == 2 || width == 4 || width == 8) && width <= largest;
}

/* --- numbers --------------------------------------------------------------- */

static void fill_numbers(int64_t *numbers, uint32_t count, int64_t value)
{
    for (uint32_t i = 0; i < count; i++)
        numbers[i] = value;
}

/* Inlined for each width: the compiler then unrolls what gathers a number. */
static inline void unframe_width(const struct blob *blob, unsigned width,
                                 int64_t *numbers)
{
    const unsigned char *header = blob->payload + (size_t)blob->count * width;
    uint64_t minimum = get_number(header, 8);
    uint64_t step = get_number(header + 8, 8);
    uint64_t first = blob->flags & FLAG_ABSENT ? 1 : 0;
    for (uint32_t i = 0; i < blob->count; i++) {
        uint64_t value = get_from_planes(blob->payload + i, blob->count, width);
        numbers[i] = value < first ? EVENT_TIME_NONE
                                   : (int64_t)(minimum + (value - first) * step);
    }
}

static void unframe(const struct blob *blob, int64_t *numbers)
{
    switch (blob->width) {
    case 1:
        unframe_width(blob, 1, numbers);
        break;
    case 2:
        unframe_width(blob, 2, numbers);
        break;
    case 4:
        unframe_width(blob, 4, numbers);
        break;
    default:
        unframe_width(blob, 8, numbers);
    }
}

static int decode_numbers(enum segment_column column, const struct blob *blob,
                          int64_t *numbers, struct error *error)
{
    switch (blob->encoding) {
    case ENCODING_CONSTANT:
        if (blob->size != 8)
            return damaged(column, "another length", error);
        fill_numbers(numbers, blob->count, (int64_t)get_number(blob->payload, 8));
        return 0;
    case ENCODING_FRAME:
        if (!width_known(blob->width, 8) ||
            blob->size != FRAME_HEADER_BYTES + (size_t)blob->count * blob->width)
            return damaged(column, "another length", error);
        unframe(blob, numbers);
        return 0;
    default:
        return damaged(column, "its encoding is unknown", error);
    }
}

void segment_offsets(int64_t *gaps, const int64_t *lengths, uint32_t count)
{
    uint64_t end = 0;
    for (uint32_t i = 0; i < count; i++) {
        gaps[i] = (int64_t)((uint64_t)gaps[i] + end);
        end = (uint64_t)gaps[i] + (uint64_t)lengths[i];
    }
}

/* --- text ------------------------------------------------------------------ */

static int decode_own(enum segment_column column, struct slice payload,
                      struct arena *arena, struct segment_values *out,
                      struct error *error)
{
    if (payload.length < 4)
        return damaged(column, "its own values are cut off", error);
    const unsigned char *at = (const unsigned char *)payload.data;
    size_t count = (size_t)get_number(at, 4);
    if (count > SEGMENT_EVENTS || payload.length - 4 < 4 * count)
        return damaged(column, "its own values are cut off", error);
    at += 4;
    struct slice bytes = arena_copy(arena, slice_skip(payload, 4 + 4 * count));
    out->own = arena_alloc(arena, (count + 1) * sizeof *out->own);
    if (!out->own || !slice_present(bytes))
        return no_memory(error);
    for (size_t i = 0; i < count; i++, at += 4) {
        size_t length = (size_t)get_number(at, 4);
        if (length > bytes.length)
            return damaged(column, "its own values are cut off", error);
        out->own[i] = slice_first(bytes, length);
        bytes = slice_skip(bytes, length);
    }
    out->own_count = (uint32_t)count;
    return bytes.length ? damaged(column, "another length", error) : 0;
}

/* The largest code. */
static inline uint32_t read_codes_width(const unsigned char *at, unsigned width,
                                        uint32_t count, uint32_t *codes)
{
    uint32_t largest = 0;
    for (uint32_t i = 0; i < count; i++) {
        codes[i] = (uint32_t)get_from_planes(at + i, count, width);
        largest = codes[i] > largest ? codes[i] : largest;
    }
    return largest;
}

static uint32_t read_codes(const struct blob *blob, uint32_t *codes)
{
    switch (blob->width) {
    case 1:
        return read_codes_width(blob->payload, 1, blob->count, codes);
    case 2:
        return read_codes_width(blob->payload, 2, blob->count, codes);
    default:
        return read_codes_width(blob->payload, 4, blob->count, codes);
    }
}

static uint32_t repeat_code(const struct blob *blob, uint32_t *codes)
{
    uint32_t code = (uint32_t)get_number(blob->payload, 4);
    for (uint32_t i = 0; i < blob->count; i++)
        codes[i] = code;
    return blob->count ? code : 0;
}

static int decode_codes(enum segment_column column, const struct blob *blob,
                        struct arena *arena, struct segment_values *out,
                        struct error *error)
{
    bool constant = blob->encoding == ENCODING_CONSTANT;
    size_t size = (constant ? 1 : (size_t)blob->count) * blob->width;
    if (size > blob->size)
        return damaged(column, "its codes are cut off", error);
    struct slice rest = {(const char *)blob->payload + size, blob->size - size};
    if (decode_own(column, rest, arena, out, error))
        return -1;
    uint32_t largest =
        constant ? repeat_code(blob, out->codes) : read_codes(blob, out->codes);
    return largest > LIMIT_DICTIONARY_VALUES + out->own_count
               ? damaged(column, "a code has no value", error)
               : 0;
}

static int decode_follows(enum segment_column column, const struct blob *blob,
                          struct arena *arena, struct segment_values *out,
                          struct error *error)
{
    size_t count = blob->size / blob->width;
    if (blob->size % blob->width || count > blob->count || count == 0)
        return damaged(column, "its codes are cut off", error);
    uint32_t *follows = arena_alloc(arena, count * sizeof *follows);
    if (!follows)
        return no_memory(error);
    for (size_t i = 0; i < count; i++)
        follows[i] = (uint32_t)get_number(blob->payload + i * blob->width, blob->width);
    if (code_room(follows, (uint32_t)count) > (size_t)LIMIT_DICTIONARY_VALUES + 1)
        return damaged(column, "a code has no value", error);
    out->follows = follows;
    out->follow_count = (uint32_t)count;
    return 0;
}

static int decode_text(enum segment_column column, const struct blob *blob,
                       struct arena *arena, struct segment_values *out,
                       struct error *error)
{
    bool constant = blob->encoding == ENCODING_CONSTANT;
    if (!width_known(blob->width, 4) || (constant && blob->width != 4))
        return damaged(column, "its codes are cut off", error);
    if (constant || blob->encoding == ENCODING_CODES)
        return decode_codes(column, blob, arena, out, error);
    if (blob->encoding == ENCODING_FOLLOWS &&
        segment_leader((int)column - COLUMN_TEXT) >= 0)
        return decode_follows(column, blob, arena, out, error);
    return damaged(column, "its encoding is unknown", error);
}

int segment_follow(struct segment_values *values, enum segment_column column,
                   const uint32_t *leader, struct arena *arena, struct error *error)
{
    size_t room = code_room(leader, values->count);
    uint32_t *met = arena_alloc(arena, room * sizeof *met);
    if (!met)
        return no_memory(error);
    memset(met, 0, room * sizeof *met);
    uint32_t found = 0;
    for (uint32_t i = 0; i < values->count; i++) {
        uint32_t *place = &met[leader[i]];
        if (!*place) {
            if (found == values->follow_count)
                return damaged(column, "it does not fit its leader", error);
            *place = ++found;
        }
        values->codes[i] = values->follows[*place - 1];
    }
    return found == values->follow_count
               ? 0
               : damaged(column, "it does not fit its leader", error);
}

int segment_decode(enum segment_column column, struct slice data,
                   uint32_t expected_count, struct arena *arena,
                   struct segment_values *out, struct error *error)
{
    *out =
        (struct segment_values){.count = expected_count, .text = column >= COLUMN_TEXT};
    if (expected_count > SEGMENT_EVENTS)
        return damaged(column, "another number of events", error);
    size_t count = (size_t)expected_count + 1;
    if (out->text)
        out->codes = arena_alloc(arena, count * sizeof *out->codes);
    else
        out->numbers = arena_alloc(arena, count * sizeof *out->numbers);
    if (!out->codes && !out->numbers)
        return no_memory(error);
    if (!slice_present(data)) {
        if (out->text)
            memset(out->codes, 0, count * sizeof *out->codes);
        else
            fill_numbers(out->numbers, expected_count,
                         column == COLUMN_TIME ? EVENT_TIME_NONE : 0);
        return 0;
    }
    struct blob blob = {0};
    if (open_blob(column, data, expected_count, arena, &blob, error))
        return -1;
    return out->text ? decode_text(column, &blob, arena, out, error)
                     : decode_numbers(column, &blob, out->numbers, error);
}
