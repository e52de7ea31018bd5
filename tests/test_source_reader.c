#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include <zlib.h>

#include "db/source_reader.h"

/* 16 MB of lines: more than one window, so that the file is read in pieces. */
enum { LINES = 400000, LINE_BYTES = 40 };
#define BYTES ((uint64_t)LINES * LINE_BYTES)

static const char template[] = "/tmp/mirrorscope-reader.XXXXXX";

static void write_line(char line[LINE_BYTES + 1], unsigned number)
{
    snprintf(line, LINE_BYTES + 1, "line %034u\n", number);
}

/* A file of LINES lines, removed at once; its descriptor. packed: as gzip. */
static int make_file(bool packed)
{
    char path[sizeof template], line[LINE_BYTES + 1];
    memcpy(path, template, sizeof template);
    int descriptor = mkstemp(path);
    assert_true(descriptor >= 0);
    unlink(path);
    int copy = dup(descriptor);
    gzFile out = gzdopen(copy, packed ? "wb1" : "wbT");
    for (unsigned i = 0; i < LINES; i++) {
        write_line(line, i);
        assert_int_equal(gzwrite(out, line, LINE_BYTES), LINE_BYTES);
    }
    assert_int_equal(gzclose(out), Z_OK);
    return descriptor;
}

/* Reads all, keeping `keep` bytes from window to window; the bytes that came. */
static uint64_t read_all(struct source_reader *reader, size_t keep,
                         struct source_window *window)
{
    struct error error = {0};
    size_t drop = 0;
    do {
        assert_int_equal(source_reader_next(reader, drop, window, &error), 0);
        drop = window->length > keep ? window->length - keep : 0;
        uint64_t number = (window->base + LINE_BYTES - 1) / LINE_BYTES;
        size_t at = (size_t)(number * LINE_BYTES - window->base);
        if (at + LINE_BYTES <= window->length) {
            char line[LINE_BYTES + 1];
            write_line(line, (unsigned)number);
            assert_memory_equal(window->data + at, line, LINE_BYTES);
        }
    } while (window->state == SOURCE_MORE);
    return window->base + window->length;
}

static void reads_files_in_pieces(void **state)
{
    struct source_reader *reader = *state;
    for (int packed = 0; packed < 2; packed++) {
        struct source_window window;
        struct error error = {0};
        assert_int_equal(source_reader_open(reader, make_file(packed), true, &error),
                         0);
        assert_int_equal(source_reader_packing(reader).kind, PACKING_NONE);
        assert_string_equal(source_reader_layers(reader), packed ? "gzip" : "");
        assert_int_equal(read_all(reader, 1000, &window), BYTES);
        assert_int_equal(window.state, SOURCE_WHOLE);
        assert_int_equal(strlen(source_reader_sha256(reader)), 64);
    }
}

/* Hashing first gives the same hash, and the same bytes afterwards. */
static void hashes_before_reading(void **state)
{
    struct source_reader *reader = *state;
    struct source_window window;
    struct error error = {0};
    char hash[SHA256_HEX];
    assert_int_equal(source_reader_open(reader, make_file(false), true, &error), 0);
    assert_null(source_reader_sha256(reader));
    assert_int_equal(source_reader_hash_first(reader, &error), 0);
    memcpy(hash, source_reader_sha256(reader), sizeof hash);
    assert_int_equal(read_all(reader, 0, &window), BYTES);
    assert_string_equal(source_reader_sha256(reader), hash);
}

static void says_that_a_file_shrank(void **state)
{
    struct source_reader *reader = *state;
    struct source_window window;
    struct error error = {0};
    int descriptor = make_file(false), copy = dup(descriptor);
    assert_int_equal(source_reader_open(reader, descriptor, true, &error), 0);
    assert_int_equal(source_reader_next(reader, 0, &window, &error), 0);
    assert_int_equal(window.state, SOURCE_MORE);
    uint64_t left = window.length + 1000;
    assert_int_equal(ftruncate(copy, (off_t)left), 0);
    close(copy);
    do {
        assert_int_equal(source_reader_next(reader, window.length, &window, &error), 0);
    } while (window.state == SOURCE_MORE);
    assert_int_equal(window.state, SOURCE_CUT);
    assert_int_equal(window.base + window.length, left);
    assert_string_equal(source_reader_reason(reader),
                        "the file shrank while it was read");
}

/* What a log gains while it is read belongs to the next load. */
static void stops_where_a_growing_file_ended(void **state)
{
    struct source_reader *reader = *state;
    struct source_window window;
    struct error error = {0};
    int descriptor = make_file(false), copy = dup(descriptor);
    assert_int_equal(source_reader_open(reader, descriptor, false, &error), 0);
    assert_int_equal(pwrite(copy, "more\n", 5, (off_t)BYTES), 5);
    close(copy);
    assert_int_equal(read_all(reader, 0, &window), BYTES);
    assert_int_equal(window.state, SOURCE_WHOLE);
    assert_null(source_reader_sha256(reader));
}

static int start(void **state)
{
    *state = source_reader_new(READER_LOADS);
    return *state ? 0 : -1;
}

static int stop(void **state)
{
    source_reader_free(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_files_in_pieces),
        cmocka_unit_test(hashes_before_reading),
        cmocka_unit_test(says_that_a_file_shrank),
        cmocka_unit_test(stops_where_a_growing_file_ended),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
