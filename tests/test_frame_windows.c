#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/frame_bed.h"

/* Items as text: one letter, the bytes, and a newline. */
#define JSON(bytes) "J " bytes "\n"
#define LINE(bytes) "L " bytes "\n"
#define REJECT(bytes) "R " bytes "\n"
#define NOTE "N \n"

/* Records that fill slots, as those of CloudTrail do. */
#define A "{\"eventVersion\":\"1.09\",\"eventName\":\"A\"}"
#define B "{\"eventVersion\":\"1.09\",\"eventName\":\"B\",\"x\":{\"y\":[{\"z\":1}]}}"
#define C "{\"eventVersion\":\"1.08\",\"eventName\":\"C\"}"
/* Damaged ones: a missing comma, a raw newline, a cut. */
#define BAD "{\"eventVersion\":\"1.09\" \"eventName\":\"bad\",\"x\":[{\"y\":1}]}"
#define CUT "{\"eventVersion\":\"1.09\",\"eventName\":\"cu"
#define SYSLOG "<189>Mar 14 02:11:09 sw1 12: %SYS-5-CONFIG_I: by console"

struct frames {
    const char *name;
    struct slice stream;
    const char *items;
};

static const struct frames plain[] = {
    {"nothing", SLICE(""), ""},
    {"blanks", SLICE(" \r\n\n\t\0\x1e,"), ""},
    {"JSON Lines", SLICE(A "\n" B "\r\n\n" C), JSON(A) JSON(B) JSON(C)},
    {"byte order marks", SLICE("\xef\xbb\xbf" A "\n\xef\xbb\xbf" B), JSON(A) JSON(B)},
    {"joined objects", SLICE(A B C), JSON(A) JSON(B) JSON(C)},
    {"RS and NUL", SLICE("\x1e" A "\n\x1e" B "\n\0\0\0\0\0" C "\0"),
     JSON(A) JSON(B) JSON(C)},
    {"an array", SLICE("[" A "," B "]\n"), JSON(A) JSON(B)},
    {"a pretty array", SLICE("[\n  " A ",\n  " B "\n]\n"), JSON(A) JSON(B)},
    {"an array in an array", SLICE("[[" A "],[" B "]]" C), JSON(A) JSON(B) JSON(C)},
    {"an array of anything", SLICE("[" A ",1,\"x,]\",true,null]"),
     JSON(A) JSON("1") JSON("\"x,]\"") JSON("true") JSON("null")},
    {"an empty array", SLICE("[]\n[ ]" A), JSON(A)},
    {"empty objects", SLICE("{}{}"), JSON("{}") JSON("{}")},
    {"lines", SLICE(SYSLOG "\r\n\r\n*Mar 14 x  \n[edit interfaces]\n[2026-03-14] y"),
     LINE(SYSLOG) LINE("*Mar 14 x") LINE("[edit interfaces]") LINE("[2026-03-14] y")},
    {"lines and JSON", SLICE(SYSLOG "\n" A "\n" SYSLOG "\n[" B "]\n" SYSLOG),
     LINE(SYSLOG) JSON(A) LINE(SYSLOG) JSON(B) LINE(SYSLOG)},
    {"JSON in a line", SLICE("2026-03-14T02:11:09Z " A "\n" B),
     LINE("2026-03-14T02:11:09Z " A) JSON(B)},
    {"top-level scalars", SLICE("\"text\"\n-1.5\n"), LINE("\"text\"") LINE("-1.5")},
    {"a padded line", SLICE("first line\0\0\0\0\0\0second\0line\n"),
     LINE("first line") LINE("second.line")},
};

static const struct frames envelopes[] = {
    {"Records", SLICE("{\"Records\":[" A "," B "]}\n" C), JSON(A) JSON(B) JSON(C)},
    {"pretty records", SLICE("{\n  \"records\" : [\n" A ",\n" B "\n]\n}\n"),
     JSON(A) JSON(B)},
    {"two documents", SLICE("{\"Records\":[" A "]}{\"Records\":[" B "]}"),
     JSON(A) JSON(B)},
    {"documents in an array", SLICE("[{\"Records\":[" A "]},{\"Records\":[" B "]}]" C),
     JSON(A) JSON(B) JSON(C)},
    {"an envelope in an envelope", SLICE("{\"value\":[{\"Records\":[" A "]}]}"),
     JSON(A)},
    {"other keys behind", SLICE("{\"entries\":[" A "],\"x\":{\"y\":[1]},\"z\":2}" B),
     JSON(A) JSON(B)},
    {"a next page behind", SLICE("{\"value\":[" A "],\"nextLink\":\"https://x\"}"),
     JSON(A) NOTE},
    {"no next page behind",
     SLICE("{\"Events\":[" A "],\"NextToken\":null,\"nextToken\":\"\"}" B),
     JSON(A) JSON(B)},
    {"a next page before", SLICE("{\"nextLink\":\"https://x\",\"value\":[" A "]}" B),
     NOTE JSON(A) JSON(B)},
    {"an array behind others",
     SLICE("{\"q\":{\"r\":[{}]},\"logEvents\":[" A "," B "],"
           "\"s\":[2]}" C),
     JSON(A) JSON(B) JSON(C)},
    {"search hits", SLICE("{\"took\":1,\"hits\":{\"total\":2,\"hits\":[" A "]}}" B),
     JSON(A) JSON(B)},
    {"two arrays", SLICE("{\"Events\":[" A "],\"events\":[" B "]}"), JSON(A) JSON(B)},
    {"no records", SLICE("{\"Records\":[]}{\"nextLink\":null,\"value\":[ ]}" A),
     JSON(A)},
    {"an empty array in a record",
     SLICE("{\"eventName\":\"A\",\"entries\":[]}{\"entries\":[],\"eventName\":\"A\"}"),
     JSON("{\"eventName\":\"A\",\"entries\":[]}")
         JSON("{\"entries\":[],\"eventName\":\"A\"}")},
    {"the key with something else",
     SLICE("{\"value\":\"x\"}{\"records\":{}}{\"Records\":[1]}{\"value\":[\"x\"]}"),
     JSON("{\"value\":\"x\"}") JSON("{\"records\":{}}") JSON("{\"Records\":[1]}")
         JSON("{\"value\":[\"x\"]}")},
    {"not too deep", SLICE("[[[[[[[" A "]]]]]]]" B), JSON(A) JSON(B)},
    {"arrays too deep", SLICE("[[[[[[[[[" A "]]]]]]]]]" B), JSON("[" A "]") JSON(B)},
};

static const struct frames damaged[] = {
    {"a line", SLICE(A "\n" BAD "\n" B "\n"), JSON(A) REJECT(BAD) JSON(B)},
    {"the first line", SLICE("{oh no\n" A "\n"), REJECT("{oh no") JSON(A)},
    {"two lines", SLICE(A "\n" BAD "\n" CUT "\n" B),
     JSON(A) REJECT(BAD "\n" CUT) JSON(B)},
    {"a cut line", SLICE(CUT "\n" A "\n" B), REJECT(CUT) JSON(A) JSON(B)},
    {"a line cut before a value", SLICE(A "\n{\"x\":\n" B "\n" C "\n"),
     JSON(A) REJECT("{\"x\":") JSON(B) JSON(C)},
    {"among lines of text", SLICE(SYSLOG "\n" CUT "\n" SYSLOG "\n"),
     LINE(SYSLOG) REJECT(CUT) LINE(SYSLOG)},
    {"joined objects", SLICE(A BAD B "garbage" C),
     JSON(A) REJECT(BAD) JSON(B) LINE("garbage" C)},
    {"in Records", SLICE("{\"Records\":[" A "," BAD "," B "," C "]}" A),
     JSON(A) REJECT(BAD) JSON(B) JSON(C) JSON(A)},
    {"the first of Records", SLICE("{\"Records\":[" BAD "," A "," B "]}" C),
     REJECT(BAD) JSON(A) JSON(B) JSON(C)},
    {"the last of Records",
     SLICE("{\"Records\":[" A "," CUT "]}\n{\"Records\":[" B "]}\n"),
     JSON(A) REJECT(CUT "]}") JSON(B)},
    {"garbage in Records", SLICE("{\"Records\":[" A ",oops," B ",}" C "]}"),
     JSON(A) REJECT("oops") JSON(B) REJECT("}") JSON(C)},
    {"garbage in Records that have no end",
     SLICE("{\"Records\":[" A ",oops," B "," C ","),
     JSON(A) REJECT("oops") JSON(B) JSON(C)},
    {"an object within that begins as an earlier record",
     SLICE("[{\"q\":1}," A ",{\"eventVersion\":1 \"x\":[{\"q\":2}]}," B "]"),
     JSON("{\"q\":1}") JSON(A) REJECT("{\"eventVersion\":1 \"x\":[{\"q\":2}]}")
         JSON(B)},
    {"a pretty element",
     SLICE("[\n  {\n    \"eventVersion\": 1\n  },\n  {\n    \"eventVersion\": x,\n    "
           "\"z\": {\n      \"y\": 1\n    }\n  },\n  {\n    \"eventVersion\": 3\n  "
           "}\n]\n"),
     JSON("{\n    \"eventVersion\": 1\n  }")
         REJECT("{\n    \"eventVersion\": x,\n    \"z\": {\n      \"y\": 1\n    }\n  }")
             JSON("{\n    \"eventVersion\": 3\n  }")},
    {"a pretty object",
     SLICE("{\n  \"a\": 1,\n  \"b\": x,\n  \"c\": {\n    \"d\": 2\n  }\n}\n{\n  \"a\": "
           "2\n}\n"),
     REJECT("{\n  \"a\": 1,\n  \"b\": x,\n  \"c\": {\n    \"d\": 2\n  }\n}")
         JSON("{\n  \"a\": 2\n}")},
    {"cut in Records", SLICE("{\"Records\":[" A "," B "," CUT),
     JSON(A) JSON(B) REJECT(CUT)},
    {"cut between Records", SLICE("{\"Records\":[" A "," B ","), JSON(A) JSON(B) NOTE},
    {"a cut document before another",
     SLICE("{\"Records\":[" A ",\n{\"Records\":[" B "]}"), JSON(A) JSON(B) NOTE},
    {"a cut document before text",
     SLICE("{\"Records\":[" A "," CUT "\n" SYSLOG "\n" SYSLOG),
     JSON(A) REJECT(CUT) LINE(SYSLOG) LINE(SYSLOG)},
    {"brackets that close nothing", SLICE(A "]}\n" B "}}\n" SYSLOG "\n]\n" C),
     JSON(A) REJECT("]}") JSON(B) REJECT("}}") LINE(SYSLOG) REJECT("]") JSON(C)},
    {"a record in its own text",
     SLICE("{\"Records\":[" A ",{\"eventVersion\":\"1\" \"x\":\""
           "{\\\"eventVersion\\\":1}\"}," B "]}"),
     JSON(A) REJECT("{\"eventVersion\":\"1\" \"x\":\"{\\\"eventVersion\\\":1}\"}")
         JSON(B)},
    {"nested objects are no records",
     SLICE("{\"Records\":[{\"u\":1 \"x\":[{\"y\":1},{\"y\":2}]}," A "]}"),
     REJECT("{\"u\":1 \"x\":[{\"y\":1},{\"y\":2}]}," A "]}")},
    {"behind an array", SLICE("{\"Records\":[" A "],\"x\":tru}\n" B),
     JSON(A) REJECT("\"x\":tru}") JSON(B)},
    {"a control byte in a string", SLICE("{\"a\":\"x\ny\"}\n" A),
     REJECT("{\"a\":\"x\ny\"}") JSON(A)},
    {"a line of control bytes", SLICE("\x01\x02\x03 ab cd\n" SYSLOG),
     REJECT("\x01\x02\x03 ab cd") LINE(SYSLOG)},
    {"a control byte in a line", SLICE(SYSLOG "\x03\n" A), LINE(SYSLOG "\x03") JSON(A)},
    {"not text", SLICE("\x01\x02\xff\xfe\x03\n\x80\x81\x82\x83\x01\n" SYSLOG),
     REJECT("\x01\x02\xff\xfe\x03\n\x80\x81\x82\x83\x01") LINE(SYSLOG)},
};

struct transcript {
    char text[4096];
    size_t length;
    uint64_t rejected; /* bytes */
};

static void add(struct transcript *transcript, struct slice bytes)
{
    assert_true(transcript->length + bytes.length < sizeof transcript->text);
    memcpy(transcript->text + transcript->length, bytes.data, bytes.length);
    transcript->length += bytes.length;
}

static void write_item(void *context, const struct frame_item *item)
{
    static const char letters[] = "JLRN";
    struct transcript *transcript = context;
    const char start[] = {letters[item->kind], ' '};
    add(transcript, (struct slice){start, 2});
    add(transcript, item->bytes);
    for (size_t i = 0; i < item->bytes.length; i++) {
        char *byte = &transcript->text[transcript->length - i - 1];
        *byte = *byte ? *byte : '.';
    }
    add(transcript, SLICE("\n"));
    assert_int_equal(item->length, item->bytes.length);
    assert_int_equal(item->reason != NULL,
                     item->kind == FRAME_REJECT || item->kind == FRAME_NOTE);
}

static struct json_projection *projection;
static struct framer *framer;

static int open_framer(void **state)
{
    (void)state;
    projection = frame_bed_projection();
    framer = projection ? framer_new(projection) : NULL;
    return framer ? 0 : -1;
}

static int close_framer(void **state)
{
    (void)state;
    framer_free(framer);
    json_projection_free(projection);
    return 0;
}

/* Whole, and in windows that grow by any number of bytes. */
static void check_table(const struct frames *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        size_t length = rows[i].stream.length;
        for (size_t step = length ? length : 1; step > 0; step--) {
            struct transcript got = {.length = 0};
            assert_true(
                frame_bed_run(framer, rows[i].stream, step, false, write_item, &got));
            if (!slice_equal((struct slice){got.text, got.length},
                             slice_from(rows[i].items)))
                fail_msg("%s, by %zu bytes:\n%.*swanted:\n%s", rows[i].name, step,
                         (int)got.length, got.text, rows[i].items);
        }
    }
}

static void frames_what_is_well_formed(void **state)
{
    (void)state;
    check_table(plain, sizeof plain / sizeof plain[0]);
}

static void enters_envelopes(void **state)
{
    (void)state;
    check_table(envelopes, sizeof envelopes / sizeof envelopes[0]);
}

static void resumes_after_damage(void **state)
{
    (void)state;
    check_table(damaged, sizeof damaged / sizeof damaged[0]);
}

/* --- parts --- */

static void ignore_item(void *context, const struct frame_item *item)
{
    (void)context;
    (void)item;
}

/* Stands where the first `length` bytes end; false: within a record. */
static bool stand_at(struct framer *at, struct slice stream, size_t length)
{
    framer_reset(at);
    return frame_bed_window(at, slice_first(stream, length), 0, false, ignore_item,
                            NULL) == length;
}

static void take_rest(struct framer *from, struct slice stream, size_t at,
                      struct transcript *got)
{
    *got = (struct transcript){.length = 0};
    frame_bed_window(from, slice_skip(stream, at), at, true, write_item, got);
}

/* A part that begins at `at`, as one that stood at `guess` would. */
static bool check_part(struct framer *const framers[3], struct slice stream, size_t at,
                       size_t guess)
{
    struct framer *before = framers[0], *part = framers[1], *whole = framers[2];
    struct transcript wanted, got;
    if (!stand_at(whole, stream, guess))
        return false;
    framer_reset(part);
    assert_int_equal(framer_guess(part, whole), 0);
    if (!stand_at(before, stream, at))
        return false;
    assert_int_equal(framer_begin_as(whole, before), 0);
    take_rest(part, stream, at, &got);
    take_rest(whole, stream, at, &wanted);
    bool joined = framer_joined(before, part);
    if (joined)
        assert_true(got.length == wanted.length &&
                    !memcmp(got.text, wanted.text, got.length));
    else if (guess == at)
        assert_true(framer_settled(before) < at);
    return joined;
}

static size_t check_parts(const struct frames *rows, size_t count)
{
    size_t joined = 0;
    struct framer *framers[3];
    for (size_t i = 0; i < 3; i++)
        assert_non_null(framers[i] = framer_new(projection));
    for (size_t i = 0; i < count; i++) {
        for (size_t at = 0; at <= rows[i].stream.length; at++) {
            for (size_t guess = 0; guess <= at; guess++)
                joined += check_part(framers, rows[i].stream, at, guess) && guess < at;
        }
    }
    for (size_t i = 0; i < 3; i++)
        framer_free(framers[i]);
    return joined;
}

/* A part that was joined gives what it gives in the whole stream. */
static void joins_parts(void **state)
{
    (void)state;
    assert_true(check_parts(plain, sizeof plain / sizeof plain[0]) > 100);
    assert_true(check_parts(envelopes, sizeof envelopes / sizeof envelopes[0]) > 20);
    assert_true(check_parts(damaged, sizeof damaged / sizeof damaged[0]) > 20);
}

/* Where records seem to begin, after the framer has read some. */
static void guesses_joints(void **state)
{
    (void)state;
    static const struct {
        struct slice read, bytes;
        size_t joint;
    } rows[] = {
        {SLICE(""), SLICE("one\ntwo\nthr"), 8},
        {SLICE(""), SLICE("one"), 0},
        {SLICE(A "\n"), SLICE(B "\n" B "\n{\"ev"), 2 * sizeof B},
        {SLICE(A "\n"), SLICE(B "\ntext\nte"), sizeof B + 5},
        {SLICE("{\n \"eventVersion\":1\n}\n"),
         SLICE("{\n \"eventVersion\":2\n}\n{\n \"ev"), 22},
        {SLICE("{\"Records\":[" A ","), SLICE(B ",\n" B ",{\"x\":1"), sizeof B + 1},
        {SLICE("{\"Records\":[" A ","), SLICE("{\"x\":[\n{},{\"even"), 0},
        {SLICE("{\"Records\":[" A "," CUT "!\001"), SLICE("\n" B), 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        stand_at(framer, rows[i].read, rows[i].read.length);
        assert_int_equal(framer_guess_joint(framer, rows[i].bytes), rows[i].joint);
    }
}

struct summary {
    size_t json, lines, rejects, notes;
    uint64_t offset, length; /* of the last reject */
    struct slice bytes;
    char first_bytes[16], envelope[16], reason[80];
};

static void sum_up(void *context, const struct frame_item *item)
{
    struct summary *summary = context;
    summary->json += item->kind == FRAME_JSON;
    summary->lines += item->kind == FRAME_LINE;
    summary->notes += item->kind == FRAME_NOTE;
    snprintf(summary->envelope, sizeof summary->envelope, "%s", item->envelope);
    if (item->kind != FRAME_REJECT)
        return;
    summary->rejects++;
    summary->offset = item->offset;
    summary->length = item->length;
    summary->bytes = item->bytes;
    snprintf(summary->first_bytes, sizeof summary->first_bytes, "%.*s", 8,
             item->bytes.data);
    snprintf(summary->reason, sizeof summary->reason, "%s", item->reason);
}

static void names_envelope_and_reason(void **state)
{
    (void)state;
    static const struct {
        const char *stream;
        bool truncated;
        const char *envelope, *reason;
    } rows[] = {
        {A, false, "", ""},
        {"[" A "]", false, "array", ""},
        {"{\"Records\":[" A "]}", false, "Records", ""},
        {"{\"a\":0,\"value\":[" A "]}", false, "value", ""},
        {"{\"a\":0,\"hits\":{\"hits\":[" A "]}}", false, "hits hits", ""},
        {BAD, false, "", "malformed JSON"},
        {CUT, false, "", "the input ends inside this record"},
        {"{\"Records\":[" CUT, true, "Records",
         "cut off: the input ends inside this record"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct summary summary = {0};
        assert_true(frame_bed_run(framer, slice_from(rows[i].stream), 64,
                                  rows[i].truncated, sum_up, &summary));
        assert_string_equal(summary.envelope, rows[i].envelope);
        assert_string_equal(summary.reason, rows[i].reason);
    }
}

enum { MEGABYTE = 1024 * 1024, WINDOW_STEP = 4 * MEGABYTE };

/* head, `size` bytes of filling, tail. */
static struct slice make_stream(struct slice head, char filling, size_t size,
                                struct slice tail)
{
    char *text = malloc(head.length + size + tail.length);
    assert_non_null(text);
    memcpy(text, head.data, head.length);
    memset(text + head.length, filling, size);
    memcpy(text + head.length + size, tail.data, tail.length);
    return (struct slice){text, head.length + size + tail.length};
}

static void rejects_what_is_too_long(void **state)
{
    (void)state;
    static const struct {
        struct slice head;
        char filling;
        size_t size;
        struct slice tail;
        size_t json, lines, rejects;
    } rows[] = {
        {SLICE(A "\n{\"q\":\""), 'x', 8 * MEGABYTE - 8, SLICE("\"}\n" B), 3, 0, 0},
        {SLICE(A "\n{\"q\":\""), 'x', 8 * MEGABYTE - 7, SLICE("\"}\n" B), 2, 0, 1},
        {SLICE(A "\n{\"q\":\""), 'x', 30 * MEGABYTE, SLICE("\"}\n" B), 2, 0, 1},
        {SLICE("{\"Records\":[" A ",{\"q\":\""), 'x', 30 * MEGABYTE,
         SLICE("\"}," B "," C "]}"), 3, 0, 1},
        {SLICE(A "\n{\"q\":\""), 'x', 30 * MEGABYTE, SLICE(""), 1, 0, 1},
        {SLICE(A "\n{\"q\":"), ' ', 30 * MEGABYTE, SLICE("1}\n" B), 2, 0, 1},
        {SLICE("{\"value\":[" A "],\"q\""), ' ', 30 * MEGABYTE, SLICE(":1}\n" B), 2, 0,
         1},
        {SLICE(A "\n"), '7', 30 * MEGABYTE, SLICE("\n" B "\n"), 2, 0, 1},
        {SLICE("["), '7', 30 * MEGABYTE, SLICE("\n" B "\n"), 1, 0, 1},
        {SLICE("x"), 'x', MEGABYTE - 1, SLICE("\n" B "\n"), 1, 1, 0},
        {SLICE("x"), 'x', MEGABYTE, SLICE("\n" B "\n"), 1, 0, 1},
        {SLICE(A), '\n', 30 * MEGABYTE, SLICE(B), 2, 0, 0},
        {SLICE("["), ' ', 30 * MEGABYTE, SLICE(A "]\n" B), 1, 0, 1},
        {SLICE("{oh no"), '{', 30 * MEGABYTE, SLICE("\n" SYSLOG), 0, 1, 1},
        {SLICE("{oh no"), '\n', 30 * MEGABYTE, SLICE(SYSLOG), 0, 1, 1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct slice stream =
            make_stream(rows[i].head, rows[i].filling, rows[i].size, rows[i].tail);
        struct summary summary = {0};
        size_t window =
            frame_bed_run(framer, stream, WINDOW_STEP, false, sum_up, &summary);
        if (summary.json != rows[i].json || summary.lines != rows[i].lines ||
            summary.rejects != rows[i].rejects || !window ||
            window > FRAME_WINDOW_BYTES + WINDOW_STEP)
            fail_msg("row %zu: %zu JSON, %zu lines, %zu rejects (%s), window %zu", i,
                     summary.json, summary.lines, summary.rejects, summary.reason,
                     window);
        free((char *)stream.data);
    }
}

static void tells_all_of_a_long_reject(void **state)
{
    (void)state;
    struct slice stream =
        make_stream(SLICE(A "\n{\"q\":\""), 'x', 30 * MEGABYTE, SLICE("\"}\n" B));
    struct summary summary = {0};
    assert_true(frame_bed_run(framer, stream, WINDOW_STEP, false, sum_up, &summary));
    assert_int_equal(summary.offset, sizeof A);
    assert_int_equal(summary.length, 30 * MEGABYTE + 8);
    assert_int_equal(summary.bytes.length, LIMIT_REJECT_BYTES);
    assert_string_equal(summary.first_bytes, "{\"q\":\"xx");
    assert_string_equal(summary.reason, "this record is longer than 8 MiB");
    free((char *)stream.data);
}

/* An envelope that is longer than a record may be, its array not at the front. */
static void enters_long_envelopes(void **state)
{
    (void)state;
    static const char head[] =
        "{\"nextLink\":\"https://x\",\"o\":{\"p\":[]},\"value\":[";
    static const char record[] = B ",\n";
    enum { COUNT = 200000 };
    size_t length = sizeof head - 1, size = length + COUNT * (sizeof record - 1);
    char *text = malloc(size + 1);
    assert_non_null(text);
    memcpy(text, head, length);
    for (size_t i = 0; i < COUNT; i++, length += sizeof record - 1)
        memcpy(text + length, record, sizeof record - 1);
    memcpy(text + size - 2, "]}", 2);
    struct summary summary = {0};
    size_t window = frame_bed_run(framer, (struct slice){text, size}, WINDOW_STEP,
                                  false, sum_up, &summary);
    assert_true(window <= FRAME_WINDOW_BYTES + WINDOW_STEP);
    assert_int_equal(summary.json, COUNT);
    assert_int_equal(summary.rejects, 0);
    assert_int_equal(summary.notes, 1);
    free(text);
}

/* A fixed generator: any binary file is a handful of rejects. */
static void keeps_binary_data_together(void **state)
{
    (void)state;
    enum { SIZE = 4 * MEGABYTE };
    char *noise = malloc(SIZE);
    assert_non_null(noise);
    uint32_t seed = 1;
    for (size_t i = 0; i < SIZE; i++) {
        seed = seed * 1664525 + 1013904223;
        noise[i] = (char)(seed >> 24);
    }
    struct summary summary = {0};
    assert_true(frame_bed_run(framer, (struct slice){noise, SIZE}, WINDOW_STEP, false,
                              sum_up, &summary));
    assert_true(summary.rejects >= 1 && summary.rejects < 8);
    assert_true(summary.lines < 8);
    free(noise);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames_what_is_well_formed),
        cmocka_unit_test(enters_envelopes),
        cmocka_unit_test(resumes_after_damage),
        cmocka_unit_test(joins_parts),
        cmocka_unit_test(guesses_joints),
        cmocka_unit_test(names_envelope_and_reason),
        cmocka_unit_test(rejects_what_is_too_long),
        cmocka_unit_test(tells_all_of_a_long_reject),
        cmocka_unit_test(enters_long_envelopes),
        cmocka_unit_test(keeps_binary_data_together),
    };
    return cmocka_run_group_tests(tests, open_framer, close_framer);
}
