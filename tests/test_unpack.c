/* Packings and archives as libarchive writes them, read again by the reader of sources:
 * alone, in each other, cut at many places, encrypted, with hostile names. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include <archive.h>
#include <archive_entry.h>

#include "core/limits.h"
#include "db/source_reader.h"

enum { PACKED_MAX = 1024 * 1024, CUTS = 24, LINES = 2000, LINE_BYTES = 40 };

struct bed {
    struct source_reader *reader;
    char text[LINES * LINE_BYTES + 1];
    char packed[2][PACKED_MAX];
};

/* --- packing ------------------------------------------------------------------- */

typedef int set(struct archive *archive);

static const struct form {
    const char *layers; /* as the reader names it */
    set *filter;        /* NULL: an archive */
    set *format;
} forms[] = {
    {"gzip", archive_write_add_filter_gzip, archive_write_set_format_raw},
    {"bzip2", archive_write_add_filter_bzip2, archive_write_set_format_raw},
    {"xz", archive_write_add_filter_xz, archive_write_set_format_raw},
    {"zstd", archive_write_add_filter_zstd, archive_write_set_format_raw},
    {"tar", NULL, archive_write_set_format_pax_restricted},
    {"zip", NULL, archive_write_set_format_zip},
    {"7z", NULL, archive_write_set_format_7zip},
};
enum { FORMS = sizeof forms / sizeof forms[0], TAR = 4, ZIP, SEVENZIP };

static struct archive *begin(const struct form *form, const char *password, char *to,
                             size_t *used)
{
    struct archive *archive = archive_write_new();
    assert_int_equal(form->format(archive), ARCHIVE_OK);
    if (form->filter)
        assert_int_equal(form->filter(archive), ARCHIVE_OK);
    if (password) {
        archive_write_set_options(archive, "zip:encryption=traditional");
        archive_write_set_passphrase(archive, password);
    }
    archive_write_set_bytes_in_last_block(archive, 1);
    assert_int_equal(archive_write_open_memory(archive, to, PACKED_MAX, used),
                     ARCHIVE_OK);
    return archive;
}

static void add(struct archive *archive, const char *name, unsigned type,
                struct slice bytes)
{
    struct archive_entry *entry = archive_entry_new();
    archive_entry_copy_pathname(entry, name);
    archive_entry_set_filetype(entry, type);
    archive_entry_set_perm(entry, 0600);
    archive_entry_set_mtime(entry, 1773454269, 0);
    if (type == AE_IFLNK)
        archive_entry_copy_symlink(entry, "/etc/passwd");
    archive_entry_set_size(entry, (la_int64_t)bytes.length);
    /* A warning: the name is no UTF-8. */
    assert_true(archive_write_header(archive, entry) >= ARCHIVE_WARN);
    if (bytes.length)
        assert_int_equal(archive_write_data(archive, bytes.data, bytes.length),
                         bytes.length);
    archive_entry_free(entry);
}

static struct slice finish(struct archive *archive, char *to, const size_t *used)
{
    assert_int_equal(archive_write_close(archive), ARCHIVE_OK);
    archive_write_free(archive);
    return (struct slice){to, *used};
}

/* One member, into the packed buffer that `bytes` is not in. */
static struct slice pack(struct bed *bed, const struct form *form, struct slice bytes)
{
    char *to = bed->packed[bytes.data == bed->packed[0]];
    size_t used;
    struct archive *archive = begin(form, NULL, to, &used);
    add(archive, "a.json", AE_IFREG, bytes);
    return finish(archive, to, &used);
}

/* --- reading ------------------------------------------------------------------- */

static int file_of(struct slice bytes)
{
    char path[] = "/tmp/mirrorscope-unpack.XXXXXX";
    int descriptor = mkstemp(path);
    assert_true(descriptor >= 0);
    unlink(path);
    assert_int_equal(write(descriptor, bytes.data, bytes.length), bytes.length);
    return descriptor;
}

static void open_bytes(struct bed *bed, struct slice bytes)
{
    struct error error = {0};
    if (source_reader_open(bed->reader, file_of(bytes), true, &error))
        fail_msg("%s", error.message);
}

/* How much of the text the source gives; all that it gives must be text. */
static size_t read_text(struct bed *bed, enum source_state *state)
{
    struct source_window window;
    struct error error = {0};
    size_t drop = 0, end;
    do {
        if (source_reader_next(bed->reader, drop, &window, &error))
            fail_msg("%s", error.message);
        end = (size_t)window.base + window.length;
        assert_true(end < sizeof bed->text);
        assert_memory_equal(window.data, bed->text + window.base, window.length);
        drop = window.length;
    } while (window.state == SOURCE_MORE);
    *state = window.state;
    return end;
}

/* 1: a member is next, 0: none. */
static int next_member(struct bed *bed, struct source_member *member)
{
    struct error error = {0};
    int result = source_reader_next_member(bed->reader, member, &error);
    if (result < 0)
        fail_msg("%s", error.message);
    return result;
}

static void check_whole(struct bed *bed)
{
    enum source_state state;
    assert_int_equal(read_text(bed, &state), sizeof bed->text - 1);
    assert_int_equal(state, SOURCE_WHOLE);
    assert_string_equal(source_reader_reason(bed->reader), "");
    assert_int_equal(strlen(source_reader_sha256(bed->reader)), 64);
}

static struct slice text_of(const struct bed *bed)
{
    return (struct slice){bed->text, sizeof bed->text - 1};
}

/* --- tests --------------------------------------------------------------------- */

static void each_form_alone_and_in_each_other(void **state)
{
    struct bed *bed = *state;
    for (size_t outer = 0; outer < FORMS; outer++) {
        for (size_t inner = 0; inner <= FORMS; inner++) {
            struct slice bytes = text_of(bed);
            if (inner < FORMS)
                bytes = pack(bed, &forms[inner], bytes);
            open_bytes(bed, pack(bed, &forms[outer], bytes));
            struct source_member member = {.name = ""};
            if (source_reader_is_archive(bed->reader))
                assert_int_equal(next_member(bed, &member), 1);
            check_whole(bed);
            bool nested = outer >= TAR && inner >= TAR && inner < FORMS;
            bool inside = outer >= TAR || (inner >= TAR && inner < FORMS);
            assert_string_equal(member.name, nested   ? "a.json/a.json"
                                             : inside ? "a.json"
                                                      : "");
        }
    }
}

static void reads_four_packings_and_names_a_fifth(void **state)
{
    struct bed *bed = *state;
    struct slice bytes = text_of(bed);
    static const size_t layers[] = {0, 3, TAR, ZIP, 1};
    struct source_member member;
    for (size_t i = 0; i < 4; i++)
        bytes = pack(bed, &forms[layers[i]], bytes);
    open_bytes(bed, bytes);
    assert_int_equal(next_member(bed, &member), 1);
    assert_string_equal(member.name, "a.json/a.json");
    check_whole(bed);
    assert_string_equal(source_reader_layers(bed->reader), "zstd>gzip");
    open_bytes(bed, pack(bed, &forms[layers[4]], bytes));
    assert_int_equal(next_member(bed, &member), 1);
    assert_int_equal(source_reader_packing(bed->reader).kind, PACKING_OTHER);
    assert_non_null(
        strstr(source_reader_packing(bed->reader).hint, "more than 4 times"));
}

/* Cut anywhere: what comes is the beginning of the text, and the cut is said. */
static void gives_what_precedes_a_cut(void **state)
{
    struct bed *bed = *state;
    for (size_t form = 0; form < FORMS; form++) {
        struct slice bytes = pack(bed, &forms[form], text_of(bed));
        for (size_t i = 1; i < CUTS; i++) {
            struct source_member member;
            enum source_state end;
            open_bytes(bed, slice_first(bytes, bytes.length * i / CUTS));
            if (!source_reader_is_archive(bed->reader)) {
                size_t got = read_text(bed, &end);
                assert_int_equal(end, SOURCE_CUT);
                assert_true(got < sizeof bed->text - 1);
                continue;
            }
            size_t got = 0;
            while (next_member(bed, &member))
                got += read_text(bed, &end);
            bool told = source_reader_reason(bed->reader)[0] != '\0';
            assert_true(told || got == sizeof bed->text - 1);
            /* The directory of a 7z is at its end. */
            assert_true(form == SEVENZIP || i < CUTS / 2 || got > 0);
        }
    }
}

static void names_bytes_after_the_end(void **state)
{
    struct bed *bed = *state;
    for (size_t form = 0; form < TAR; form++) {
        struct slice bytes = pack(bed, &forms[form], text_of(bed));
        char *end = bed->packed[bytes.data == bed->packed[1]] + bytes.length;
        memset(end, 0, 16);
        open_bytes(bed, (struct slice){bytes.data, bytes.length + 16});
        check_whole(bed);
        assert_string_equal(source_reader_note(bed->reader), "");
        end[15] = 'x';
        open_bytes(bed, (struct slice){bytes.data, bytes.length + 16});
        check_whole(bed);
        assert_non_null(
            strstr(source_reader_note(bed->reader), "after the end of the"));
    }
}

/* Names are texts: nothing is opened by them, and none is lost. */
static void names_of_members_are_harmless(void **state)
{
    struct bed *bed = *state;
    char long_name[LIMIT_MEMBER_NAME_BYTES + 100];
    memset(long_name, 'n', sizeof long_name - 1);
    long_name[sizeof long_name - 1] = '\0';
    const char *const names[] = {"../../up", "/root", "a\033[2J\nb", "\xff\xfe",
                                 long_name};
    enum { NAMES = sizeof names / sizeof names[0] };
    size_t used;
    struct archive *archive = begin(&forms[TAR], NULL, bed->packed[0], &used);
    add(archive, "folder", AE_IFDIR, SLICE_NONE);
    add(archive, "link", AE_IFLNK, SLICE_NONE);
    for (size_t i = 0; i < NAMES; i++)
        add(archive, names[i], AE_IFREG, text_of(bed));
    add(archive, "empty", AE_IFREG, SLICE_NONE);
    open_bytes(bed, finish(archive, bed->packed[0], &used));
    struct source_member member;
    for (size_t i = 0; i < NAMES; i++) {
        assert_int_equal(next_member(bed, &member), 1);
        size_t kept = strlen(member.name);
        assert_true(kept < LIMIT_MEMBER_NAME_BYTES);
        assert_memory_equal(member.name, names[i], kept);
        check_whole(bed);
    }
    enum source_state end;
    assert_int_equal(next_member(bed, &member), 1);
    assert_string_equal(member.name, "empty");
    assert_int_equal(read_text(bed, &end), 0);
    assert_int_equal(end, SOURCE_WHOLE);
    assert_int_equal(next_member(bed, &member), 0);
    assert_int_equal(source_reader_passed_over(bed->reader), 1);
    assert_string_equal(source_reader_reason(bed->reader), "");
}

static void says_that_a_member_is_encrypted(void **state)
{
    struct bed *bed = *state;
    size_t used;
    struct archive *archive = begin(&forms[ZIP], "secret", bed->packed[0], &used);
    add(archive, "a.json", AE_IFREG, text_of(bed));
    open_bytes(bed, finish(archive, bed->packed[0], &used));
    struct source_member member;
    assert_int_equal(next_member(bed, &member), 1);
    assert_non_null(member.failure);
    assert_non_null(strstr(member.failure, "encrypted"));
    assert_int_equal(next_member(bed, &member), 0);
}

static int start(void **state)
{
    struct bed *bed = calloc(1, sizeof *bed);
    if (!bed || !(bed->reader = source_reader_new(READER_LOADS)))
        return -1;
    for (unsigned i = 0; i < LINES; i++)
        snprintf(bed->text + i * LINE_BYTES, LINE_BYTES + 1, "%017u %020u\n", i,
                 i * 2654435761u);
    *state = bed;
    return 0;
}

static int stop(void **state)
{
    struct bed *bed = *state;
    source_reader_free(bed->reader);
    free(bed);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_form_alone_and_in_each_other),
        cmocka_unit_test(reads_four_packings_and_names_a_fifth),
        cmocka_unit_test(gives_what_precedes_a_cut),
        cmocka_unit_test(names_bytes_after_the_end),
        cmocka_unit_test(names_of_members_are_harmless),
        cmocka_unit_test(says_that_a_member_is_encrypted),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
