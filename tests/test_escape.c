#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/escape.h"
#include "core/unicode.h"

static struct arena arena;

static int make_arena(void **state)
{
    (void)state;
    arena_init(&arena);
    return 0;
}

static int free_arena(void **state)
{
    (void)state;
    arena_fini(&arena);
    return 0;
}

struct sample {
    struct slice text;
    const char *shown;
};

static void expect(struct slice shown, const char *expected)
{
    assert_true(slice_present(shown));
    assert_string_equal(arena_copy(&arena, shown).data, expected);
}

static const struct sample samples[] = {
    {SLICE_INIT(""), ""},
    {SLICE_INIT("plain text"), "plain text"},
    {SLICE_INIT("t\tn\nr\r"), "t\\tn\\nr\\r"},
    {SLICE_INIT("back\\slash"), "back\\\\slash"},
    {SLICE_INIT("\x1b[31mred"), "\\x1B[31mred"},
    {SLICE_INIT("a\0b\x7f"), "a\\x00b\\x7F"},
    {SLICE_INIT("\xc2\x9b"
                "31m"),
     "\\u{9B}31m"}, /* C1: CSI */
    {SLICE_INIT("\xe2\x80\xae"
                "exe"),
     "\\u{202E}exe"}, /* right to left */
    {SLICE_INIT("a\xe2\x80\x8b"
                "b"),
     "a\\u{200B}b"}, /* zero width */
    {SLICE_INIT("a\xe2\x80\xa8"
                "b"),
     "a\\u{2028}b"},                                          /* line separator */
    {SLICE_INIT("\xf3\xa0\x81\x81"), "\\u{E0041}"},           /* tag */
    {SLICE_INIT("a\xef\xb8\x8f"), "a\\u{FE0F}"},              /* variation */
    {SLICE_INIT("\xee\x80\x80"), "\\u{E000}"},                /* private use */
    {SLICE_INIT("\xef\xbf\xbf"), "\\u{FFFF}"},                /* no character */
    {SLICE_INIT("\xef\xbb\xbf"), "\\u{FEFF}"},                /* byte order mark */
    {SLICE_INIT("\xf4\x8f\xbf\xbf"), "\\u{10FFFF}"},          /* the last one */
    {SLICE_INIT("\xff\xc3("), "\\xFF\\xC3("},                 /* no UTF-8 */
    {SLICE_INIT("\xc0\xaf"), "\\xC0\\xAF"},                   /* overlong */
    {SLICE_INIT("\xed\xa0\x80"), "\\xED\\xA0\\x80"},          /* surrogate */
    {SLICE_INIT("\xf4\x90\x80\x80"), "\\xF4\\x90\\x80\\x80"}, /* past the last */
    {SLICE_INIT("\xe6\x97"), "\\xE6\\x97"},                   /* cut */
    {SLICE_INIT("M\xc3\xbcller \xe6\x97\xa5"), "M\xc3\xbcller \xe6\x97\xa5"},
    {SLICE_INIT("e\xcc\x81"), "e\xcc\x81"}, /* a mark on a base */
    {SLICE_INIT("\xcc\x81"
                "e"),
     "\\u{301}e"},                             /* a mark on nothing */
    {SLICE_INIT("\n\xcc\x81"), "\\n\\u{301}"}, /* nor on an escape */
    {SLICE_INIT("e\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81"),
     "e\xcc\x81\xcc\x81\xcc\x81\xcc\x81\\u{301}"},
    /* each base has its own count of marks */
    {SLICE_INIT("e\xcc\x81\xcc\x81\xcc\x81"
                "e\xcc\x81\xcc\x81"),
     "e\xcc\x81\xcc\x81\xcc\x81"
     "e\xcc\x81\xcc\x81"},
    {SLICE_INIT("e\xcd\x8f"), "e\\u{34F}"}, /* a mark that nobody sees */
    {SLICE_INIT("\\\xcc\x81"), "\\\\\\u{301}"},
    {SLICE_INIT("a\xc2\xa0"
                "b"),
     "a\\u{A0}b"}, /* a blank that is none */
    {SLICE_INIT("\xf0\x9f\x87\xba\xf0\x9f\x87\xb8"),
     "\\u{1F1FA}\\u{1F1F8}"}, /* a flag: one cell, two or four */
};

static void shows_what_is_unsafe(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        struct slice back;
        struct slice shown = escape_text(&arena, samples[i].text);
        expect(shown, samples[i].shown);
        assert_int_equal(escape_decode(&arena, shown, &back), 0);
        assert_true(slice_equal(back, samples[i].text));
    }
    struct slice raw = SLICE("{\"a\":\"\\n\x1b\"}");
    expect(escape_raw(&arena, raw), "{\"a\":\"\\n\\x1B\"}");
}

static void copies_only_what_changes(void **state)
{
    (void)state;
    struct slice text = SLICE("arn:aws:iam::111122223333:user/mallory");
    assert_ptr_equal(escape_text(&arena, text).data, text.data);
    assert_ptr_equal(escape_csv(&arena, text).data, text.data);
    assert_ptr_equal(escape_cut(&arena, text, 80).data, text.data);
}

static void refuses_what_it_never_wrote(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "\\",
        "\\a",
        "\\x",
        "\\x1",
        "\\xg0",
        "\\x1b",
        "\\u",
        "\\u{}",
        "\\u{110000}",
        "\\u{1F600",
        "\\u1F600",
        "\\u{1f600}",
        "\\u{0000000041}",
        "\\x41",
        "\\u{41}",
        "\\xC3\\xA9",
        "\x1b",
        "\xcc\x81",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct slice back;
        if (!escape_decode(&arena, slice_from(texts[i]), &back))
            fail_msg("%s is taken", texts[i]);
    }
}

/* --- any bytes ------------------------------------------------------------------- */

/* xorshift64*: the same bytes in every run. */
static uint64_t next_number(uint64_t *seed)
{
    *seed ^= *seed >> 12;
    *seed ^= *seed << 25;
    *seed ^= *seed >> 27;
    return *seed * UINT64_C(2685821657736338717);
}

static size_t put_character(char *out, uint32_t code_point)
{
    if (code_point < 0x800) {
        out[0] = (char)(0xc0 | code_point >> 6);
        out[1] = (char)(0x80 | (code_point & 0x3f));
        return 2;
    }
    out[0] = (char)(0xe0 | code_point >> 12);
    out[1] = (char)(0x80 | (code_point >> 6 & 0x3f));
    out[2] = (char)(0x80 | (code_point & 0x3f));
    return 3;
}

/* Bytes, characters and pieces of escapes in disorder. */
static struct slice random_text(uint64_t *seed, char out[256])
{
    size_t length = 0;
    size_t wanted = next_number(seed) % 200;
    while (length < wanted) {
        uint64_t number = next_number(seed);
        uint32_t code_point = (uint32_t)(number >> 8) % 0xfff0;
        if (number % 4 == 0)
            out[length++] = (char)(number >> 8);
        else if (number % 4 == 1 && code_point >= 0x80)
            length += put_character(out + length, code_point);
        else
            out[length++] = "\\xu{}0AF\t=,\"e"[(number >> 8) % 13];
    }
    return (struct slice){out, length};
}

static void expect_safe(struct slice shown)
{
    while (shown.length) {
        uint32_t code_point;
        unsigned length = utf8_length(shown, &code_point);
        assert_true(length > 0);
        assert_true(code_point >= 0x20 && code_point != 0x7f);
        assert_false(unicode_unsafe(code_point));
        shown = slice_skip(shown, length);
    }
}

static void shows_any_bytes_and_reads_them_back(void **state)
{
    (void)state;
    uint64_t seed = 20260314;
    for (int i = 0; i < 20000; i++) {
        char bytes[256];
        struct slice text = random_text(&seed, bytes), back;
        struct slice shown = escape_text(&arena, text);
        size_t limit = next_number(&seed) % 64;
        expect_safe(shown);
        assert_int_equal(escape_decode(&arena, shown, &back), 0);
        assert_true(slice_equal(back, text));
        expect_safe(escape_raw(&arena, text));
        expect_safe(escape_csv(&arena, text));
        struct slice limited = escape_text_limited(&arena, text, limit);
        expect_safe(limited);
        assert_true(limited.length <= limit);
        struct slice cut = escape_cut(&arena, shown, limit);
        expect_safe(cut);
        assert_true(escape_width(cut) <= limit);
        arena_reset(&arena);
    }
}

/* The pieces, one after another, are the escaped text, and their columns its width. */
static void expect_pieces(struct slice text)
{
    struct slice shown = escape_text(&arena, text);
    size_t at = 0, columns = 0;
    struct escape_piece piece;
    while (escape_next(&text, &piece)) {
        assert_in_range(piece.text.length, 1, ESCAPE_PIECE_BYTES);
        assert_in_range(piece.columns, 1, sizeof piece.buffer);
        assert_true(slice_starts_with(slice_skip(shown, at), piece.text));
        at += piece.text.length;
        columns += piece.columns;
    }
    assert_int_equal(text.length, 0);
    assert_int_equal(at, shown.length);
    assert_int_equal(columns, escape_width(shown));
}

static void gives_the_same_in_pieces(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++)
        expect_pieces(samples[i].text);
    uint64_t seed = 20260315;
    for (int i = 0; i < 5000; i++) {
        char bytes[256];
        expect_pieces(random_text(&seed, bytes));
        arena_reset(&arena);
    }
    struct slice rest = SLICE("\x1b");
    struct escape_piece piece;
    assert_true(escape_next(&rest, &piece));
    assert_true(piece.escaped);
    assert_true(slice_equal(piece.text, SLICE("\\x1B")));
    assert_int_equal(piece.columns, 4);
}

/* --- cells ----------------------------------------------------------------------- */

static void writes_csv_cells(void **state)
{
    (void)state;
    static const struct sample cells[] = {
        {SLICE_INIT(""), ""},
        {SLICE_INIT("plain"), "plain"},
        {SLICE_INIT("a,b"), "\"a,b\""},
        {SLICE_INIT("say \"x\""), "\"say \"\"x\"\"\""},
        {SLICE_INIT("two\nlines"), "two\\nlines"},
        {SLICE_INIT("=1+1"), "'=1+1"},
        {SLICE_INIT("+1"), "'+1"},
        {SLICE_INIT("-1"), "'-1"},
        {SLICE_INIT("@SUM(A1)"), "'@SUM(A1)"},
        {SLICE_INIT("  =1"), "'  =1"},
        {SLICE_INIT("\t=1"), "'\\t=1"},
        {SLICE_INIT("\rx"), "'\\rx"},
        {SLICE_INIT("=cmd|' /C calc'!A0,\"x\""), "\"'=cmd|' /C calc'!A0,\"\"x\"\"\""},
        {SLICE_INIT("\xef\xbc\x9d"
                    "1"),
         "'\xef\xbc\x9d"
         "1"}, /* full-width = */
        {SLICE_INIT("a=b"), "a=b"},
    };
    for (size_t i = 0; i < sizeof cells / sizeof cells[0]; i++)
        expect(escape_csv(&arena, cells[i].text), cells[i].shown);
}

static void measures_and_cuts(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t full, width;
        const char *cut;
    } cases[] = {
        {"mallory", 7, 7, "mallory"},
        {"mallory", 7, 6, "mall.."},
        {"mallory", 7, 2, ".."},
        {"mallory", 7, 1, "."},
        {"mallory", 7, 0, ""},
        {"M\xc3\xbcller", 6, 4, "M\xc3\xbc.."},
        /* two cells each: half a one does not fit */
        {"\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e", 6, 5, "\xe6\x97\xa5.."},
        {"\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e", 6, 6,
         "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e"},
        /* a mark stays with its character */
        {"e\xcc\x81tude", 5, 3, "e\xcc\x81.."},
        /* an escape is whole or away */
        {"ab\\u{202E}cd", 12, 11, "ab.."},
        {"ab\\x1Bcd", 8, 7, "ab.."},
        {"a\\\\bcd", 6, 5, "a\\\\.."},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct slice text = slice_from(cases[i].text);
        assert_int_equal(escape_width(text), cases[i].full);
        expect(escape_cut(&arena, text, cases[i].width), cases[i].cut);
    }
}

static void limits_bytes(void **state)
{
    (void)state;
    static const struct {
        struct slice text;
        size_t limit;
        const char *shown;
    } cases[] = {
        {SLICE_INIT("mallory"), 7, "mallory"},
        {SLICE_INIT("mallory"), 6, "mal..."},
        {SLICE_INIT("mallory"), 2, ".."},
        {SLICE_INIT("mallory"), 0, ""},
        {SLICE_INIT("ab\x1b"), 5, "ab..."},
        {SLICE_INIT("ab\x1b"), 6, "ab\\x1B"},
        {SLICE_INIT("abc\x1b"
                    "def"),
         7, "abc..."},
        {SLICE_INIT("a\xe6\x97\xa5\xe6\x9c\xac"), 6, "a..."},
        {SLICE_INIT("a\xe6\x97\xa5\xe6\x9c\xac"), 7, "a\xe6\x97\xa5\xe6\x9c\xac"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        expect(escape_text_limited(&arena, cases[i].text, cases[i].limit),
               cases[i].shown);
}

/* One of each part of the tables, and neighbours that are not in them. */
static void knows_widths(void **state)
{
    (void)state;
    static const struct {
        uint32_t code_point;
        unsigned columns;
    } cases[] = {
        {'a', 1},     {0xe9, 1},    {0x10ff, 1},  {0x1100, 2},  {0x231a, 2},
        {0x231c, 1},  {0x2614, 2},  {0x26d4, 2},  {0x27bf, 2},  {0x2b50, 2},
        {0x2e80, 2},  {0x4e00, 2},  {0xac00, 2},  {0xd7a3, 2},  {0xff01, 2},
        {0xff61, 1},  {0x16fe0, 2}, {0x1f004, 2}, {0x1f005, 1}, {0x1f600, 2},
        {0x1fa70, 2}, {0x20000, 2}, {0x3fffd, 2}, {0x300, 0},   {0x591, 0},
        {0x93e, 1},   {0x941, 0},   {0xa3e, 1},   {0xa41, 0},   {0x11a8, 0},
        {0x20e3, 0},  {0xfe20, 0},  {0x11001, 0}, {0x1d165, 1}, {0x1d167, 0},
        {0x1e944, 0}, {0x1e943, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint32_t code_point = cases[i].code_point;
        unsigned columns = unicode_combining(code_point) ? 0
                           : unicode_wide(code_point)    ? 2
                                                         : 1;
        if (columns != cases[i].columns || unicode_unsafe(code_point))
            fail_msg("U+%04X takes %u", (unsigned)code_point, columns);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shows_what_is_unsafe),
        cmocka_unit_test(copies_only_what_changes),
        cmocka_unit_test(refuses_what_it_never_wrote),
        cmocka_unit_test(shows_any_bytes_and_reads_them_back),
        cmocka_unit_test(gives_the_same_in_pieces),
        cmocka_unit_test(writes_csv_cells),
        cmocka_unit_test(knows_widths),
        cmocka_unit_test(measures_and_cuts),
        cmocka_unit_test(limits_bytes),
    };
    return cmocka_run_group_tests(tests, make_arena, free_arena);
}
