#include "config.h"

#include "core/escape.h"

#include <stdio.h>

#include "core/unicode.h"

/* Marks stacked on one character; more make text climb over its neighbours. */
enum { COMBINING_MAX = 4, ESCAPE_MAX = 10 /* \u{10FFFF} */ };

unsigned utf8_length(struct slice s, uint32_t *code_point)
{
    const unsigned char *b = (const unsigned char *)s.data;
    if (s.length == 0)
        return 0;
    if (b[0] < 0x80) {
        *code_point = b[0];
        return 1;
    }
    unsigned length = b[0] >= 0xf0 ? 4 : b[0] >= 0xe0 ? 3 : 2;
    if (b[0] < 0xc2 || b[0] > 0xf4 || s.length < length)
        return 0;
    uint32_t value = b[0] & (0x7fu >> length);
    for (unsigned i = 1; i < length; i++) {
        if ((b[i] & 0xc0) != 0x80)
            return 0;
        value = value << 6 | (b[i] & 0x3f);
    }
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    if (value < least[length] || value > 0x10ffff ||
        (value >= 0xd800 && value < 0xe000))
        return 0;
    *code_point = value;
    return length;
}

/* --- the one decision ---------------------------------------------------------- */

/* Writes the escape of the character, or of the byte where `length` is 0, at the start
 * of `rest`; 0 where it may be shown as it is. */
static int write_escape(char *out, size_t size, struct slice rest, unsigned length,
                        uint32_t code_point, bool backslashes)
{
    if (length == 0)
        return snprintf(out, size, "\\x%02X", (unsigned char)*rest.data);
    switch (code_point) {
    case '\t':
        return snprintf(out, size, "\\t");
    case '\n':
        return snprintf(out, size, "\\n");
    case '\r':
        return snprintf(out, size, "\\r");
    case '\\':
        return backslashes ? snprintf(out, size, "\\\\") : 0;
    }
    if (code_point < 0x20 || code_point == 0x7f)
        return snprintf(out, size, "\\x%02X", (unsigned)code_point);
    /* A mark that comes first stands on nothing, or on a character with enough. */
    if (code_point >= 0x80 &&
        (unicode_unsafe(code_point) || unicode_combining(code_point)))
        return snprintf(out, size, "\\u{%X}", (unsigned)code_point);
    return 0;
}

/* Bytes of the marks that stand on the character before `rest`. */
static size_t marks_length(struct slice rest)
{
    size_t taken = 0;
    for (int marks = 0; marks < COMBINING_MAX; marks++) {
        uint32_t code_point;
        unsigned length = utf8_length(slice_skip(rest, taken), &code_point);
        if (!length || unicode_unsafe(code_point) || !unicode_combining(code_point))
            break;
        taken += length;
    }
    return taken;
}

/* Takes an escape, or a character with its marks. */
static void take_piece(struct slice *rest, bool backslashes, struct escape_piece *piece)
{
    uint32_t code_point = 0;
    unsigned length = utf8_length(*rest, &code_point);
    int written = write_escape(piece->buffer, sizeof piece->buffer, *rest, length,
                               code_point, backslashes);
    size_t taken = length ? length : 1;
    piece->escaped = written > 0;
    if (piece->escaped) {
        piece->text = (struct slice){piece->buffer, (size_t)written};
        piece->columns = (unsigned)written;
    } else {
        taken += marks_length(slice_skip(*rest, taken));
        piece->text = slice_first(*rest, taken);
        piece->columns = unicode_wide(code_point) ? 2 : 1;
    }
    *rest = slice_skip(*rest, taken);
}

bool escape_next(struct slice *rest, struct escape_piece *piece)
{
    if (!rest->length)
        return false;
    take_piece(rest, true, piece);
    return true;
}

/* Bytes at the start that need no look: printable ASCII. */
static size_t plain_length(struct slice text, bool backslashes)
{
    size_t i = 0;
    while (i < text.length && text.data[i] >= 0x20 && text.data[i] < 0x7f &&
           (text.data[i] != '\\' || !backslashes))
        i++;
    return i;
}

static struct slice escape(struct arena *arena, struct slice text, bool backslashes)
{
    size_t plain = plain_length(text, backslashes);
    if (plain == text.length)
        return text;
    if (text.length > SIZE_MAX / ESCAPE_MAX - 1)
        return SLICE_NONE;
    char *out = arena_alloc(arena, text.length * ESCAPE_MAX + 1);
    if (!out)
        return SLICE_NONE;
    /* Marks may stand on the last of the plain characters. */
    size_t length = plain ? plain - 1 : 0;
    memcpy(out, text.data, length);
    for (struct slice rest = slice_skip(text, length); rest.length;) {
        struct escape_piece piece;
        take_piece(&rest, backslashes, &piece);
        memcpy(out + length, piece.text.data, piece.text.length);
        length += piece.text.length;
    }
    out[length] = '\0';
    return (struct slice){out, length};
}

struct slice escape_text(struct arena *arena, struct slice text)
{
    return escape(arena, text, true);
}

struct slice escape_raw(struct arena *arena, struct slice text)
{
    return escape(arena, text, false);
}

/* Bytes of the escape or character at the start of escaped text. */
static size_t unit_length(struct slice text)
{
    uint32_t code_point;
    if (text.data[0] != '\\' || text.length < 2) {
        unsigned length = utf8_length(text, &code_point);
        return length ? length : 1;
    }
    if (text.data[1] == 'x')
        return text.length < 4 ? text.length : 4;
    ptrdiff_t brace =
        text.data[1] == 'u' ? slice_index(slice_first(text, ESCAPE_MAX), '}') : -1;
    return brace > 0 ? (size_t)brace + 1 : 2;
}

struct slice escape_text_limited(struct arena *arena, struct slice text, size_t limit)
{
    /* Escaping never shortens, so bytes past the limit cannot matter. */
    bool cut = text.length > limit;
    struct slice whole = escape_text(arena, slice_first(text, limit));
    if (!cut && whole.length <= limit)
        return whole;
    struct slice dots = slice_first(SLICE("..."), limit);
    size_t end = 0;
    while (end < whole.length) {
        size_t unit = unit_length(slice_skip(whole, end));
        if (end + unit + dots.length > limit)
            break;
        end += unit;
    }
    struct slice parts[] = {slice_first(whole, end), dots};
    return arena_join(arena, parts, 2);
}

/* --- reading back -------------------------------------------------------------- */

static int hex_digit(char byte)
{
    if (byte >= '0' && byte <= '9')
        return byte - '0';
    if (byte >= 'A' && byte <= 'F')
        return byte - 'A' + 10;
    return -1;
}

static size_t put_utf8(char *out, uint32_t code_point)
{
    if (code_point < 0x80) {
        out[0] = (char)code_point;
        return 1;
    }
    size_t length = code_point < 0x800 ? 2 : code_point < 0x10000 ? 3 : 4;
    for (size_t i = length - 1; i > 0; i--) {
        out[i] = (char)(0x80 | (code_point & 0x3f));
        code_point >>= 6;
    }
    static const unsigned char lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
    out[0] = (char)(lead[length] | code_point);
    return length;
}

/* One escape after its backslash; bytes taken, 0 if it is none. */
static size_t decode_one(struct slice rest, char *out, size_t *made)
{
    static const char letters[] = "tnr\\", bytes[] = "\t\n\r\\";
    *made = 1;
    if (!rest.length)
        return 0;
    const char *letter = memchr(letters, rest.data[0], sizeof letters - 1);
    if (letter) {
        *out = bytes[letter - letters];
        return 1;
    }
    if (rest.data[0] == 'x' && rest.length >= 3) {
        int high = hex_digit(rest.data[1]), low = hex_digit(rest.data[2]);
        if (high < 0 || low < 0)
            return 0;
        *out = (char)(high << 4 | low);
        return 3;
    }
    if (rest.data[0] != 'u' || rest.length < 4 || rest.data[1] != '{')
        return 0;
    uint32_t code_point = 0;
    size_t i = 2;
    for (; i < rest.length && i < 8 && hex_digit(rest.data[i]) >= 0; i++)
        code_point = code_point << 4 | (uint32_t)hex_digit(rest.data[i]);
    if (i == 2 || i >= rest.length || rest.data[i] != '}' || code_point > 0x10ffff)
        return 0;
    *made = put_utf8(out, code_point);
    return i + 1;
}

static int decode(struct arena *arena, struct slice text, struct slice *out)
{
    char *decoded = arena_alloc(arena, text.length + 1);
    size_t length = 0;
    if (!decoded)
        return -1;
    while (text.length) {
        if (text.data[0] != '\\') {
            decoded[length++] = text.data[0];
            text = slice_skip(text, 1);
            continue;
        }
        size_t made;
        text = slice_skip(text, 1);
        size_t taken = decode_one(text, decoded + length, &made);
        if (!taken)
            return -1;
        length += made;
        text = slice_skip(text, taken);
    }
    decoded[length] = '\0';
    *out = (struct slice){decoded, length};
    return 0;
}

/* One text alone escapes to another: what does not come back was never written. */
int escape_decode(struct arena *arena, struct slice text, struct slice *out)
{
    return !decode(arena, text, out) && slice_equal(escape_text(arena, *out), text)
               ? 0
               : -1;
}

/* --- cells --------------------------------------------------------------------- */

/* CWE-1236: what a spreadsheet would run, also in its full-width forms. Tabs and CRs
 * are escaped before. */
static bool is_formula(struct slice original, struct slice cell)
{
    static const struct slice wide[] = {
        SLICE_INIT("\xef\xbc\x9d"), SLICE_INIT("\xef\xbc\x8b"),
        SLICE_INIT("\xef\xbc\x8d"), SLICE_INIT("\xef\xbc\xa0")}; /* = + - @ */
    struct slice text = slice_trim(cell);
    bool starts = text.length && memchr("=+-@", text.data[0], 4);
    for (size_t i = 0; i < sizeof wide / sizeof wide[0]; i++)
        starts |= slice_starts_with(text, wide[i]);
    return starts || (original.length && memchr("\t\r", original.data[0], 2));
}

struct slice escape_csv(struct arena *arena, struct slice text)
{
    struct slice cell = escape_text(arena, text);
    bool formula = is_formula(text, cell);
    bool quote = slice_index(cell, ',') >= 0 || slice_index(cell, '"') >= 0;
    if (!formula && !quote)
        return cell;
    char *out = arena_alloc(arena, 2 * cell.length + 4);
    size_t length = 0;
    if (!out)
        return SLICE_NONE;
    if (quote)
        out[length++] = '"';
    if (formula)
        out[length++] = '\'';
    for (size_t i = 0; i < cell.length; i++) {
        if (cell.data[i] == '"')
            out[length++] = '"';
        out[length++] = cell.data[i];
    }
    if (quote)
        out[length++] = '"';
    out[length] = '\0';
    return (struct slice){out, length};
}

/* --- widths -------------------------------------------------------------------- */

size_t escape_width(struct slice text)
{
    size_t width = 0;
    while (text.length) {
        uint32_t code_point;
        unsigned length = utf8_length(text, &code_point);
        if (length && !unicode_combining(code_point))
            width += unicode_wide(code_point) ? 2 : 1;
        else if (!length)
            width++;
        text = slice_skip(text, length ? length : 1);
    }
    return width;
}

struct slice escape_cut(struct arena *arena, struct slice text, size_t width)
{
    if (escape_width(text) <= width)
        return text;
    struct slice dots = slice_first(SLICE(".."), width);
    size_t end = 0, taken = 0;
    while (end < text.length) {
        struct slice rest = slice_skip(text, end);
        struct slice unit = slice_first(rest, unit_length(rest));
        size_t columns = escape_width(unit);
        if (taken + columns + dots.length > width)
            break;
        taken += columns;
        end += unit.length;
    }
    struct slice parts[] = {slice_first(text, end), dots};
    return arena_join(arena, parts, 2);
}
