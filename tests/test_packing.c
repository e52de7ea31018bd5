#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "core/packing.h"
#include "core/utf16.h"

struct sniffed {
    struct slice head;
    enum packing_kind kind;
};

/* clang-format off */
static const struct sniffed heads[] = {
    {SLICE_INIT("{\"Records\":[]}"), PACKING_NONE},
    {SLICE_INIT(""), PACKING_NONE},
    {SLICE_INIT("\x1f\x8b\x08\x00"), PACKING_GZIP},
    {SLICE_INIT("\x28\xb5\x2f\xfd\x04"), PACKING_ZSTD},
    {SLICE_INIT("\x53\x2a\x4d\x18\x04"), PACKING_ZSTD},
    {SLICE_INIT("\x03\x2a\x4d\x18\x04"), PACKING_NONE},
    {SLICE_INIT("BZh91AY&SY"), PACKING_BZIP2},
    {SLICE_INIT("BZh9\x17\x72\x45\x38\x50\x90"), PACKING_BZIP2},
    {SLICE_INIT("BZhang logged in from console"), PACKING_NONE},
    {SLICE_INIT("\xfd" "7zXZ\0\0"), PACKING_XZ},
    {SLICE_INIT("PK\x03\x04\x14"), PACKING_ZIP},
    {SLICE_INIT("PK\x05\x06\0\0"), PACKING_ZIP},
    {SLICE_INIT("7z\xbc\xaf\x27\x1c"), PACKING_7Z},
    {SLICE_INIT("PAR1"), PACKING_OTHER},
    {SLICE_INIT("\xff\xfe\0\0a\0\0\0"), PACKING_OTHER},
    {SLICE_INIT("\xff\xfe{\0"), PACKING_UTF16_LITTLE},
    {SLICE_INIT("\xfe\xff\0{"), PACKING_UTF16_BIG},
    {SLICE_INIT("{\0\"\0a\0\"\0"), PACKING_UTF16_LITTLE},
    {SLICE_INIT("\0{\0\"\0a\0\""), PACKING_UTF16_BIG},
    {SLICE_INIT("padding\0\0\0\0\0\0\0\0\0\0\0\0"), PACKING_NONE},
};
/* clang-format on */

static void tells_packings_by_their_first_bytes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++) {
        if (packing_of(heads[i].head).kind != heads[i].kind)
            fail_msg("head %zu is taken for %s", i, packing_of(heads[i].head).name);
    }
}

/* A header of tar by its checksum, with the mark and without; the mark alone is a text
 * like any other. */
static void tells_a_tar_by_its_checksum(void **state)
{
    (void)state;
    char header[512] = "a.json";
    struct slice head = {header, sizeof header};
    memcpy(header + 148, "001511\0 ", 8); /* of the name, and eight blanks */
    assert_int_equal(packing_of(head).kind, PACKING_TAR);
    header[0] = 'b';
    assert_int_equal(packing_of(head).kind, PACKING_NONE);
    memset(header, ' ', sizeof header);
    memcpy(header + 257, "ustar", 5);
    assert_int_equal(packing_of(head).kind, PACKING_NONE);
}

struct transcoded {
    struct slice wide; /* little-endian */
    struct slice text;
};

static const struct transcoded texts[] = {
    {SLICE_INIT("{\0}\0"), SLICE_INIT("{}")},
    {SLICE_INIT("\xff\xfe\xe9\x00\xac\x20"),
     SLICE_INIT("\xef\xbb\xbf\xc3\xa9\xe2\x82\xac")},
    {SLICE_INIT("\x3d\xd8\x00\xde"), SLICE_INIT("\xf0\x9f\x98\x80")},
    /* half a pair, and half a unit */
    {SLICE_INIT("\x3d\xd8\x61\x00"), SLICE_INIT("\xed\xa0\xbd\x61")},
    {SLICE_INIT("\x00\xde\x3d\xd8"), SLICE_INIT("\xed\xb8\x80\xed\xa0\xbd")},
    {SLICE_INIT("\x61\x00\x62"), SLICE_INIT("ab")},
    {SLICE_INIT(""), SLICE_INIT("")},
};

/* In pieces of `step` bytes, with no more room than one character takes. */
static void check_text(const struct transcoded *row, bool big_endian, size_t step)
{
    char wide[16], text[32];
    size_t length = row->wide.length, made = 0;
    memcpy(wide, row->wide.data, length);
    for (size_t i = 0; big_endian && i + 1 < length; i += 2) {
        wide[i] = row->wide.data[i + 1];
        wide[i + 1] = row->wide.data[i];
    }
    struct utf16_reader reader = {.big_endian = big_endian};
    size_t given = 0;
    struct slice in = {wide, 0};
    for (;;) {
        if (!in.length && given < length) {
            in = (struct slice){wide + given,
                                length - given < step ? length - given : step};
            given += in.length;
        }
        size_t wrote = utf16_read(&reader, &in, given == length, text + made, 4);
        made += wrote;
        assert_true(made <= sizeof text - 4);
        if (!wrote && !in.length && given == length)
            break;
    }
    assert_true(slice_equal((struct slice){text, made}, row->text));
}

static void reads_utf16_in_pieces_of_any_size(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        for (size_t step = 1; step < 8; step++) {
            check_text(&texts[i], false, step);
            check_text(&texts[i], true, step);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_packings_by_their_first_bytes),
        cmocka_unit_test(tells_a_tar_by_its_checksum),
        cmocka_unit_test(reads_utf16_in_pieces_of_any_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
