#include "config.h"

#include "core/utf16.h"

enum { UTF8_MAX = 4 };

static uint32_t unit_at(const struct utf16_reader *reader, unsigned at)
{
    const unsigned char *bytes = reader->held + at;
    return reader->big_endian ? (uint32_t)(bytes[0] << 8 | bytes[1])
                              : (uint32_t)(bytes[1] << 8 | bytes[0]);
}

static bool is_half(uint32_t unit, uint32_t base)
{
    return (unit & 0xfc00) == base;
}

static size_t write_code(uint32_t code, char *out)
{
    static const unsigned char leads[UTF8_MAX] = {0x00, 0xc0, 0xe0, 0xf0};
    unsigned more = code < 0x80 ? 0 : code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    for (unsigned i = more; i; i--, code >>= 6)
        out[i] = (char)(0x80 | (code & 0x3f));
    out[0] = (char)(leads[more] | code);
    return more + 1;
}

/* Drops the first `count` held bytes. */
static void drop(struct utf16_reader *reader, unsigned count)
{
    reader->held_count -= count;
    memmove(reader->held, reader->held + count, reader->held_count);
}

/* What is held, as far as it is decided; 0: more input is needed. */
static size_t write_held(struct utf16_reader *reader, bool final, char *out)
{
    if (reader->held_count < 2) {
        if (!final || !reader->held_count)
            return 0;
        out[0] = (char)reader->held[0];
        reader->held_count = 0;
        return 1;
    }
    uint32_t unit = unit_at(reader, 0);
    if (is_half(unit, 0xd800)) {
        if (reader->held_count < 4 && !final)
            return 0;
        uint32_t low = reader->held_count == 4 ? unit_at(reader, 2) : 0;
        if (is_half(low, 0xdc00)) {
            drop(reader, 4);
            return write_code(0x10000 + ((unit & 0x3ff) << 10 | (low & 0x3ff)), out);
        }
    }
    drop(reader, 2);
    return write_code(unit, out);
}

size_t utf16_read(struct utf16_reader *reader, struct slice *in, bool final, char *out,
                  size_t room)
{
    size_t made = 0;
    while (room - made >= UTF8_MAX) {
        while (reader->held_count < sizeof reader->held && in->length &&
               (reader->held_count < 2 || is_half(unit_at(reader, 0), 0xd800))) {
            reader->held[reader->held_count++] = (unsigned char)in->data[0];
            *in = slice_skip(*in, 1);
        }
        size_t wrote = write_held(reader, final && !in->length, out + made);
        made += wrote;
        if (!wrote)
            break;
    }
    return made;
}
