#include "config.h"

#include "core/json_scan.h"
#include "core/json_text.h"

static unsigned hex_digit(char byte)
{
    if (byte >= '0' && byte <= '9')
        return (unsigned)(byte - '0');
    return (unsigned)((byte | 0x20) - 'a' + 10);
}

/* The four digits after \u. */
static uint32_t hex_unit(const char *digits)
{
    uint32_t unit = 0;
    for (int i = 0; i < 4; i++)
        unit = unit << 4 | hex_digit(digits[i]);
    return unit;
}

static char plain_escape(char letter)
{
    switch (letter) {
    case 'b':
        return '\b';
    case 'f':
        return '\f';
    case 'n':
        return '\n';
    case 'r':
        return '\r';
    case 't':
        return '\t';
    default: /* quote, backslash, slash */
        return letter;
    }
}

/* Also for lone surrogates, whose three bytes are not valid UTF-8 but lose nothing. */
static size_t encode(uint32_t code, char *out)
{
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    if (code < 0x800) {
        out[0] = (char)(0xc0 | code >> 6);
        out[1] = (char)(0x80 | (code & 0x3f));
        return 2;
    }
    if (code < 0x10000) {
        out[0] = (char)(0xe0 | code >> 12);
        out[1] = (char)(0x80 | (code >> 6 & 0x3f));
        out[2] = (char)(0x80 | (code & 0x3f));
        return 3;
    }
    out[0] = (char)(0xf0 | code >> 18);
    out[1] = (char)(0x80 | (code >> 12 & 0x3f));
    out[2] = (char)(0x80 | (code >> 6 & 0x3f));
    out[3] = (char)(0x80 | (code & 0x3f));
    return 4;
}

/* Reads \uXXXX and, where it is half of a pair, the other half. */
static const char *decode_unit(const char *p, const char *end, uint32_t *code)
{
    *code = hex_unit(p + 2);
    p += 6;
    bool high = *code >= 0xd800 && *code < 0xdc00;
    if (!high || end - p < 6 || p[0] != '\\' || p[1] != 'u')
        return p;
    uint32_t low = hex_unit(p + 2);
    if (low < 0xdc00 || low > 0xdfff)
        return p;
    *code = 0x10000 + ((*code - 0xd800) << 10) + (low - 0xdc00);
    return p + 6;
}

size_t json_decode(struct slice text, char *out, size_t room)
{
    const char *p = text.data, *end = text.data + text.length;
    size_t length = 0;
    while (p < end) {
        char bytes[4];
        size_t count = 1;
        if (*p != '\\') {
            bytes[0] = *p++;
        } else if (p[1] != 'u') {
            bytes[0] = plain_escape(p[1]);
            p += 2;
        } else {
            uint32_t code;
            p = decode_unit(p, end, &code);
            count = encode(code, bytes);
        }
        if (count > room - length)
            return SIZE_MAX;
        memcpy(out + length, bytes, count);
        length += count;
    }
    return length;
}

struct slice json_text(const struct json_slot *slot, struct arena *arena)
{
    if (slot->type == VALUE_ABSENT || slot->type == VALUE_NULL)
        return SLICE_NONE;
    if (!slot->escaped)
        return slot->text;
    char *out = arena_alloc(arena, slot->text.length + 1);
    if (!out)
        return SLICE_NONE;
    size_t length = json_decode(slot->text, out, slot->text.length);
    out[length] = '\0';
    return (struct slice){out, length};
}
