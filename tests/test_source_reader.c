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

#include "db/file_stream.h"
#include "db/source_reader.h"
#include "db/unpack.h"

/* 16 MB of lines: more than one window, so that the file is read in pieces. */
enum { LINES = 400000, LINE_BYTES = 40 };
#define BYTES ((uint64_t)LINES * LINE_BYTES)

static const char template[] = "/tmp/mirrorscope-reader.XXXXXX";

static void write_line(char line[LINE_BYTES + 1], unsigned number)
{
    snprintf(line, LINE_BYTES + 1, "line %034u\n", number);
}

static void add_lines(int descriptor, const char *mode, unsigned from, unsigned to)
{
    char line[LINE_BYTES + 1];
    gzFile out = gzdopen(dup(descriptor), mode);
    for (unsigned i = from; i < to; i++) {
        write_line(line, i);
        assert_int_equal(gzwrite(out, line, LINE_BYTES), LINE_BYTES);
    }
    assert_int_equal(gzclose(out), Z_OK);
}

/* An empty file, removed at once; its descriptor. */
static int make_empty(void)
{
    char path[sizeof template];
    memcpy(path, template, sizeof template);
    int descriptor = mkstemp(path);
    assert_true(descriptor >= 0);
    unlink(path);
    return descriptor;
}

/* A file of LINES lines. packed: as gzip. */
static int make_file(bool packed)
{
    int descriptor = make_empty();
    add_lines(descriptor, packed ? "wb1" : "wbT", 0, LINES);
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

/* The lines from `offset` to the end, read in an odd room; the points that are passed
 * are put into points[] (room for POINTS), their number is returned. */
enum { POINTS = 2, MEMBER_LINES = 250000, ODD_ROOM = 99991 };

static size_t read_lines(struct byte_stream *stream, uint64_t offset,
                         struct access_point *points)
{
    static char room[ODD_ROOM];
    struct access_point point = {.offset = 0};
    struct error error = {0};
    char line[LINE_BYTES + 1];
    size_t count = 0;
    ssize_t got;
    if (points)
        unpack_stream_note_points(stream, &point);
    while ((got = byte_stream_read(stream, room, sizeof room, &error)) > 0) {
        for (ssize_t i = 0; i < got; i++, offset++) {
            if (!i || offset % LINE_BYTES == 0)
                write_line(line, (unsigned)(offset / LINE_BYTES));
            if (room[i] != line[offset % LINE_BYTES])
                fail_msg("another byte at %llu", (unsigned long long)offset);
        }
        if (point.offset) {
            assert_true(count < POINTS);
            points[count++] = point;
            point.offset = 0;
        }
    }
    assert_int_equal(got, 0);
    assert_string_equal(byte_stream_reason(stream), "");
    assert_int_equal(offset, 2 * MEMBER_LINES * (uint64_t)LINE_BYTES);
    return count;
}

/* Each decoder resumes at the points of each, in members that follow each other. */
static void resumes_in_the_middle_of_gzip(void **state)
{
    static const struct unpack_decoder *const decoders[] = {
        &unpack_gzip,
#ifdef HAVE_LIBISAL
        &unpack_isal,
#endif
    };
    enum { DECODERS = sizeof decoders / sizeof decoders[0] };
    static struct access_point points[DECODERS][POINTS];
    struct byte_stream *streams[DECODERS];
    struct error error = {0};
    uint64_t consumed;
    int descriptor = make_empty();
    (void)state;
    add_lines(descriptor, "wb1", 0, MEMBER_LINES);
    add_lines(descriptor, "ab1", MEMBER_LINES, 2 * MEMBER_LINES);
    uint64_t size = (uint64_t)lseek(descriptor, 0, SEEK_END);
    for (size_t i = 0; i < DECODERS; i++) {
        streams[i] = unpack_stream_new(
            decoders[i], file_stream_new(descriptor, size, &consumed), NULL);
        assert_int_equal(read_lines(streams[i], 0, points[i]), POINTS);
        assert_memory_equal(points[i], points[0], sizeof points[0]);
        assert_true(points[i][0].offset >= ACCESS_SPACING);
    }
    for (size_t i = 0; i < DECODERS; i++) {
        for (size_t k = POINTS; k-- > 0;) {
            assert_int_equal(unpack_stream_resume(streams[i], &points[0][k], &error),
                             1);
            read_lines(streams[i], points[0][k].offset, NULL);
        }
        byte_stream_free(streams[i]);
    }
    close(descriptor);
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
        cmocka_unit_test(resumes_in_the_middle_of_gzip),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
