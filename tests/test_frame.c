#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "core/form.h"

/* --- a stream, and its items as text -------------------------------------------- */

enum { SHOWN_MAX = 16384 };

struct shown {
    char text[SHOWN_MAX];
    size_t length;
    uint64_t end; /* of the last item */
};

static void show_byte(struct shown *shown, char byte)
{
    assert_true(shown->length + 1 < SHOWN_MAX);
    shown->text[shown->length++] = byte;
    shown->text[shown->length] = '\0';
}

static void show_text(struct shown *shown, const char *text)
{
    while (*text)
        show_byte(shown, *text++);
}

/* One line an item: J (envelope) bytes, L, R (reason), N (note). */
static void show_item(struct shown *shown, const struct frame_item *item)
{
    static const char letters[] = {'J', 'L', 'R', 'N', '+', '.'};
    show_byte(shown, letters[item->kind]);
    if (item->envelope[0]) {
        show_byte(shown, '(');
        show_text(shown, item->envelope);
        show_byte(shown, ')');
    }
    show_byte(shown, ' ');
    if (item->reason) {
        show_text(shown, item->reason);
        show_text(shown, item->bytes.length ? ": " : "");
    }
    for (size_t i = 0; i < item->bytes.length; i++) {
        if (item->bytes.data[i] == '\n')
            show_text(shown, "\\n");
        else
            show_byte(shown, item->bytes.data[i]);
    }
    show_byte(shown, '\n');
}

struct stream {
    struct slice bytes;
    size_t step; /* bytes that a window grows by */
    bool truncated;
};

static struct framer *framer;
static struct json_slot *slots;

/* A copy, so that a sanitizer sees any read past the window. */
static void show_window(const struct stream *stream, size_t base, size_t end,
                        char **window)
{
    free(*window);
    *window = malloc(end - base + 1);
    assert_non_null(*window);
    memcpy(*window, stream->bytes.data + base, end - base);
    framer_window(framer, *window, end - base, base, end == stream->bytes.length,
                  stream->truncated);
}

static void frame_stream(const struct stream *stream, struct shown *shown)
{
    char *window = NULL;
    size_t base = 0, end = 0;
    struct frame_item item;
    *shown = (struct shown){.length = 0};
    framer_reset(framer);
    show_window(stream, base, end, &window);
    for (framer_next(framer, &item, slots); item.kind != FRAME_END;
         framer_next(framer, &item, slots)) {
        if (item.kind == FRAME_MORE) {
            assert_true(end < stream->bytes.length);
            base += framer_tail(framer);
            end += stream->step;
            if (end > stream->bytes.length)
                end = stream->bytes.length;
            show_window(stream, base, end, &window);
            continue;
        }
        assert_true(item.offset >= shown->end);
        assert_int_equal(item.length, item.bytes.length);
        assert_memory_equal(item.bytes.data, stream->bytes.data + item.offset,
                            item.bytes.length);
        shown->end = item.offset + item.length;
        show_item(shown, &item);
    }
    free(window);
}

struct framing {
    const char *what;
    struct slice bytes;
    const char *items;
    bool truncated;
};

/* The stream at once, and in windows of every small size. */
static void check_framings(const struct framing *framings, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct stream stream = {framings[i].bytes, framings[i].bytes.length,
                                framings[i].truncated};
        struct shown shown;
        print_message("  %s\n", framings[i].what);
        frame_stream(&stream, &shown);
        assert_string_equal(shown.text, framings[i].items);
        for (stream.step = 1; stream.step < 24; stream.step++) {
            frame_stream(&stream, &shown);
            assert_string_equal(shown.text, framings[i].items);
        }
    }
}
#define CHECK_FRAMINGS(table) check_framings(table, sizeof(table) / sizeof(table)[0])

/* --- sound streams --------------------------------------------------------------- */

#define NEXT_PAGE                                                                      \
    "the export goes on: a next-page token is left over, so events are missing\n"
#define NO_END "the array of records has no end: the input may be cut off\n"

static void cuts_sequences(void **state)
{
    (void)state;
    static const struct framing framings[] = {
        {"nothing", SLICE_INIT(""), "", false},
        {"blanks alone", SLICE_INIT(" \n\r\n\t"), "", false},
        {"JSON Lines", SLICE_INIT("{\"a\":1}\n{\"a\":2}\n"),
         "J {\"a\":1}\nJ {\"a\":2}\n", false},
        {"no newline at the end", SLICE_INIT("{\"a\":1}\n{\"a\":2}"),
         "J {\"a\":1}\nJ {\"a\":2}\n", false},
        {"CR LF and empty lines", SLICE_INIT("{\"a\":1}\r\n\r\n{\"a\":2}\r\n"),
         "J {\"a\":1}\nJ {\"a\":2}\n", false},
        {"concatenated objects", SLICE_INIT("{\"a\":1}{\"a\":{}}{}"),
         "J {\"a\":1}\nJ {\"a\":{}}\nJ {}\n", false},
        {"RS before each record (RFC 7464)",
         SLICE_INIT("\x1e{\"a\":1}\n\x1e{\"a\":2}\n"), "J {\"a\":1}\nJ {\"a\":2}\n",
         false},
        {"NUL between", SLICE_INIT("{\"a\":1}\0{\"a\":2}\0"),
         "J {\"a\":1}\nJ {\"a\":2}\n", false},
        {"commas between", SLICE_INIT("{\"a\":1},\n{\"a\":2},\n"),
         "J {\"a\":1}\nJ {\"a\":2}\n", false},
        {"byte order mark before JSON", SLICE_INIT("\xef\xbb\xbf{\"a\":1}"),
         "J {\"a\":1}\n", false},
        {"byte order mark before text", SLICE_INIT("\xef\xbb\xbftext\n"), "L text\n",
         false},
        {"brackets inside of strings", SLICE_INIT("{\"a\":\"}]{[\\\"\"}{\"a\":\"[\"}"),
         "J {\"a\":\"}]{[\\\"\"}\nJ {\"a\":\"[\"}\n", false},
    };
    CHECK_FRAMINGS(framings);
}

static void cuts_arrays(void **state)
{
    (void)state;
    static const struct framing framings[] = {
        {"empty", SLICE_INIT("[]"), "", false},
        {"one line", SLICE_INIT("[{\"a\":1},{\"a\":2}]"),
         "J(array) {\"a\":1}\nJ(array) {\"a\":2}\n", false},
        {"pretty-printed",
         SLICE_INIT("[\n  {\n    \"a\": 1\n  },\n  {\n    \"a\": 2\n  }\n]\n"),
         "J(array) {\\n    \"a\": 1\\n  }\nJ(array) {\\n    \"a\": 2\\n  }\n", false},
        {"one array behind another", SLICE_INIT("[{\"a\":1}]\n[{\"a\":2}]"),
         "J(array) {\"a\":1}\nJ(array) {\"a\":2}\n", false},
        {"arrays of arrays", SLICE_INIT("[[{\"a\":1}],[{\"a\":2}]]{\"a\":3}"),
         "J(array) {\"a\":1}\nJ(array) {\"a\":2}\nJ {\"a\":3}\n", false},
        {"other values among records", SLICE_INIT("[{\"a\":1},\"b\",12,null]"),
         "J(array) {\"a\":1}\nJ(array) \"b\"\nJ(array) 12\nJ(array) null\n", false},
        {"arrays deeper than envelopes go stay whole",
         SLICE_INIT("[[[[[[[[[[{\"a\":1}]]]]]]]]]]"), "J(array) [[{\"a\":1}]]\n",
         false},
    };
    CHECK_FRAMINGS(framings);
}

static void enters_envelopes(void **state)
{
    (void)state;
    static const struct framing framings[] = {
        {"CloudTrail", SLICE_INIT("{\"Records\":[{\"a\":1},{\"a\":2}]}\n"),
         "J(Records) {\"a\":1}\nJ(Records) {\"a\":2}\n", false},
        {"blanks everywhere",
         SLICE_INIT("{\n\t\"Records\" \n:\n [ {\"a\":1} , {\"a\":2}\n] \n}\n"),
         "J(Records) {\"a\":1}\nJ(Records) {\"a\":2}\n", false},
        {"empty", SLICE_INIT("{\"Records\":[]}{\"a\":1}"), "J {\"a\":1}\n", false},
        {"one file behind another",
         SLICE_INIT("{\"Records\":[{\"a\":1}]}{\"records\":[{\"a\":2}]}"),
         "J(Records) {\"a\":1}\nJ(records) {\"a\":2}\n", false},
        {"keys behind the array",
         SLICE_INIT("{\"Events\":[{\"a\":1}],\"x\":{\"y\":[1]},\"z\":2}\n{\"a\":3}"),
         "J(Events) {\"a\":1}\nJ {\"a\":3}\n", false},
        {"a next page behind the array",
         SLICE_INIT("{\"value\":[{\"a\":1}],\"nextLink\":\"x\"}"),
         "J(value) {\"a\":1}\nN(value) " NEXT_PAGE, false},
        {"no next page", SLICE_INIT("{\"entries\":[{\"a\":1}],\"nextPageToken\":\"\"}"),
         "J(entries) {\"a\":1}\n", false},
        {"a next page before the array, entered by its slot",
         SLICE_INIT("{\"nextLink\":\"x\",\"value\":[{\"a\":1},{\"a\":2}],\"b\":3} "
                    "{\"a\":4}"),
         "N(value) " NEXT_PAGE "J(value) {\"a\":1}\nJ(value) {\"a\":2}\nJ "
         "{\"a\":4}\n",
         false},
        {"an array two keys down",
         SLICE_INIT("{\"took\":1,\"hits\":{\"total\":1,\"hits\":[{\"a\":1}]}}"),
         "J(hits hits) {\"a\":1}\n", false},
        {"envelopes in envelopes",
         SLICE_INIT("[{\"Records\":[{\"value\":[{\"a\":1}]},{\"a\":2}]},{\"a\":3}]"),
         "J(value) {\"a\":1}\nJ(Records) {\"a\":2}\nJ(array) {\"a\":3}\n", false},
        {"two arrays in one object",
         SLICE_INIT("{\"Records\":[{\"a\":1}],\"value\":[{\"a\":2}]}{\"a\":3}"),
         "J(Records) {\"a\":1}\nJ(value) {\"a\":2}\nJ {\"a\":3}\n", false},
        {"no array behind the key", SLICE_INIT("{\"Records\":\"none\"}{\"value\":1}"),
         "J {\"Records\":\"none\"}\nJ {\"value\":1}\n", false},
    };
    CHECK_FRAMINGS(framings);
}

static void takes_lines(void **state)
{
    (void)state;
    static const struct framing framings[] = {
        {"device log",
         SLICE_INIT("Mar 14 02:25:03: %SYS-5-CONFIG_I: x\r\n  second \nthird"),
         "L Mar 14 02:25:03: %SYS-5-CONFIG_I: x\nL second\nL third\n", false},
        {"mixed with JSON", SLICE_INIT("one\n{\"a\":1}\ntwo\n[{\"a\":2}]\nthree\n"),
         "L one\nJ {\"a\":1}\nL two\nJ(array) {\"a\":2}\nL three\n", false},
        {"a stamp in brackets is no array",
         SLICE_INIT("[2026-03-14] text\n[ \"x\"\n[info] more\n"),
         "L [2026-03-14] text\nL [ \"x\"\nL [info] more\n", false},
        {"text behind a value", SLICE_INIT("{\"a\":1} text\n"), "J {\"a\":1}\nL text\n",
         false},
    };
    CHECK_FRAMINGS(framings);
}

/* --- damage ---------------------------------------------------------------------- */

static void rejects_what_is_broken(void **state)
{
    (void)state;
    static const struct framing framings[] = {
        {"a record in the middle of one line",
         SLICE_INIT("{\"Records\":[{\"a\":1},{\"a\":x,\"b\":2},{\"a\":3}]}"),
         "J(Records) {\"a\":1}\nR(Records) malformed JSON: {\"a\":x,\"b\":2}\n"
         "J(Records) {\"a\":3}\n",
         false},
        {"the first record", SLICE_INIT("[{\"a\":x},{\"a\":2}]"),
         "R(array) malformed JSON: {\"a\":x}\nJ(array) {\"a\":2}\n", false},
        {"a line", SLICE_INIT("{\"a\":1}\n{\"a\":\"unclosed}\n{\"b\":2}\n{\"a\":3}\n"),
         "J {\"a\":1}\nR malformed JSON: {\"a\":\"unclosed}\nJ {\"b\":2}\n"
         "J {\"a\":3}\n",
         false},
        {"a pretty-printed record",
         SLICE_INIT("{\n \"a\": 1\n}\n{\n \"a\": x,\n \"b\": 1\n}\n{\n \"c\": 3\n}\n"),
         "J {\\n \"a\": 1\\n}\nR malformed JSON: {\\n \"a\": x,\\n \"b\": 1\\n}\n"
         "J {\\n \"c\": 3\\n}\n",
         false},
        {"a concatenated record", SLICE_INIT("{\"a\":1}{\"a\":}{\"a\":3}"),
         "J {\"a\":1}\nR malformed JSON: {\"a\":}\nJ {\"a\":3}\n", false},
        {"garbage between records",
         SLICE_INIT("{\"Records\":[{\"a\":1}, \x01\xff rubbish {\"a\":2}]}"),
         "J(Records) {\"a\":1}\nR(Records) malformed JSON: \x01\xff rubbish\n"
         "J(Records) {\"a\":2}\n",
         false},
        {"the first key again inside of what is broken",
         SLICE_INIT("[{\"a\":1},{\"a\":x,\"b\": {\"a\":2}},{\"a\":3}]"),
         "J(array) {\"a\":1}\nR(array) malformed JSON: {\"a\":x,\"b\": {\"a\":2}}\n"
         "J(array) {\"a\":3}\n",
         false},
        {"keys behind the array",
         SLICE_INIT("{\"Records\":[{\"a\":1}],\"b\" 2}\n{\"a\":3}\n"),
         "J(Records) {\"a\":1}\nR malformed JSON behind an array of records: \"b\" "
         "2}\nJ {\"a\":3}\n",
         false},
        {"a value behind the array",
         SLICE_INIT("{\"Records\":[{\"a\":1}],\"b\":y}\n{\"a\":3}\n"),
         "J(Records) {\"a\":1}\nR malformed JSON behind an array of records: "
         "\"b\":y}\nJ {\"a\":3}\n",
         false},
    };
    CHECK_FRAMINGS(framings);
}

static void rejects_loose_brackets(void **state)
{
    (void)state;
    static const struct framing framings[] = {
        {"between lines", SLICE_INIT("{\"a\":1}}\n]\n{\"a\":2}\n"),
         "J {\"a\":1}\nR brackets that close nothing: }\\n]\nJ {\"a\":2}\n", false},
        {"in an array, which its own bracket closes",
         SLICE_INIT("[{\"a\":1}}},{\"a\":2}}]{\"a\":3}"),
         "J(array) {\"a\":1}\nR(array) brackets that close nothing: }}\n"
         "J(array) {\"a\":2}\nR(array) brackets that close nothing: }\nJ {\"a\":3}\n",
         false},
        {"an envelope that is not closed",
         SLICE_INIT("{\"Records\":[{\"a\":1}]\n{\"Records\":[{\"a\":2}]}"),
         "J(Records) {\"a\":1}\nJ(Records) {\"a\":2}\n", false},
    };
    CHECK_FRAMINGS(framings);
}

/* Envelopes that are known when whole: each record that is whole counts. */
static void enters_broken_envelopes(void **state)
{
    (void)state;
    static const struct framing framings[] = {
        {"cut off in a record",
         SLICE_INIT("{\"owner\":\"1\",\"logEvents\":[{\"a\":1},{\"a\":2},{\"a\":"),
         "J(logEvents) {\"a\":1}\nJ(logEvents) {\"a\":2}\n"
         "R(logEvents) cut off: the input ends inside this record: {\"a\":\n",
         true},
        {"cut off between records, a page being left over",
         SLICE_INIT("{\"nextToken\":\"t\",\"events\":[{\"a\":1},"),
         "N(events) " NEXT_PAGE "J(events) {\"a\":1}\nN(events) " NO_END, true},
        {"cut off before its array", SLICE_INIT("{\"owner\":\"1\",\"logEvents\":["),
         "R the input ends inside this record: {\"owner\":\"1\",\"logEvents\":[\n",
         false},
        {"a record is malformed",
         SLICE_INIT("{\"owner\":\"1\",\"logEvents\":[{\"a\":1},{\"a\":x},{\"a\":3}]}"
                    "{\"a\":4}"),
         "J(logEvents) {\"a\":1}\nR(logEvents) malformed JSON: {\"a\":x}\n"
         "J(logEvents) {\"a\":3}\nJ {\"a\":4}\n",
         false},
        {"an array two keys down, cut off in a record",
         SLICE_INIT("{\"took\":1,\"hits\":{\"n\":{},\"hits\":[{\"a\":1},{\"a\":"),
         "J(hits hits) {\"a\":1}\n"
         "R(hits hits) cut off: the input ends inside this record: {\"a\":\n",
         true},
        {"an array two keys down, a record being malformed",
         SLICE_INIT("{\"hits\":{\"n\":2,\"hits\":[{\"a\":x},{\"a\":2}],\"m\":3},"
                    "\"more\":{}}{\"a\":4}"),
         "R(hits hits) malformed JSON: {\"a\":x}\nJ(hits hits) {\"a\":2}\n"
         "J {\"a\":4}\n",
         false},
        {"no array two keys down", SLICE_INIT("{\"hits\":{\"n\":2},\"hits\":[{\"a\":"),
         "R cut off: the input ends inside this record: "
         "{\"hits\":{\"n\":2},\"hits\":[{\"a\":\n",
         true},
    };
    CHECK_FRAMINGS(framings);
}

static void tells_of_cut_tails(void **state)
{
    (void)state;
    static const struct framing framings[] = {
        {"a cut stream", SLICE_INIT("{\"a\":1}\n{\"a\":"),
         "J {\"a\":1}\nR cut off: the input ends inside this record: {\"a\":\n", true},
        {"an end inside of a record", SLICE_INIT("{\"a\":1}\n{\"a\":"),
         "J {\"a\":1}\nR the input ends inside this record: {\"a\":\n", false},
        {"a cut array", SLICE_INIT("{\"Records\":[{\"a\":1},{\"a\":2"),
         "J(Records) {\"a\":1}\nR(Records) cut off: the input ends inside this "
         "record: {\"a\":2\n",
         true},
        {"between records", SLICE_INIT("[{\"a\":1},"),
         "J(array) {\"a\":1}\nN(array) " NO_END, true},
        {"a key behind the array", SLICE_INIT("{\"Records\":[],\"ab"),
         "R cut off: the input ends inside this record: {\"Records\":[],\"ab\n", true},
        {"a bracket", SLICE_INIT("["), "N(array) " NO_END, true},
    };
    CHECK_FRAMINGS(framings);
}

/* --- limits ---------------------------------------------------------------------- */

struct long_stream {
    char *bytes;
    size_t length;
};

static void append(struct long_stream *stream, const char *text, size_t times)
{
    size_t length = strlen(text);
    stream->bytes = realloc(stream->bytes, stream->length + times * length + 1);
    assert_non_null(stream->bytes);
    for (size_t i = 0; i < times; i++, stream->length += length)
        memcpy(stream->bytes + stream->length, text, length);
}

struct summary {
    size_t json, lines, rejects, rejected_bytes;
    const char *reason; /* of the first reject */
};

/* Windows double, as a reader's do. */
static struct summary summarise(struct long_stream *stream)
{
    struct summary summary = {0};
    size_t base = 0, end = 0;
    struct frame_item item;
    framer_reset(framer);
    framer_window(framer, stream->bytes, 0, 0, false, false);
    for (framer_next(framer, &item, slots); item.kind != FRAME_END;
         framer_next(framer, &item, slots)) {
        summary.json += item.kind == FRAME_JSON;
        summary.lines += item.kind == FRAME_LINE;
        if (item.kind == FRAME_REJECT) {
            summary.reason = summary.reason ? summary.reason : item.reason;
            summary.rejects++;
            summary.rejected_bytes += item.length;
        } else if (item.kind == FRAME_MORE) {
            size_t kept = (end - base) - framer_tail(framer);
            base = end - kept;
            end = base + (kept ? 2 * kept : 65536);
            end = end - base > FRAME_WINDOW_BYTES ? base + FRAME_WINDOW_BYTES : end;
            end = end > stream->length ? stream->length : end;
            framer_window(framer, stream->bytes + base, end - base, base,
                          end == stream->length, false);
        }
    }
    free(stream->bytes);
    return summary;
}

static void rejects_a_long_line(void **state)
{
    (void)state;
    struct long_stream stream = {0};
    append(&stream, "before\n", 1);
    append(&stream, "x", LIMIT_LINE_BYTES + 1);
    append(&stream, "\nafter\n", 1);
    struct summary summary = summarise(&stream);
    assert_int_equal(summary.lines, 2);
    assert_true(summary.rejected_bytes >= LIMIT_LINE_BYTES + 1);
    assert_string_equal(summary.reason, "this line is longer than 1 MiB");
}

static void takes_the_longest_line(void **state)
{
    (void)state;
    struct long_stream stream = {0};
    append(&stream, "x", LIMIT_LINE_BYTES);
    append(&stream, "\nafter\n", 1);
    struct summary summary = summarise(&stream);
    assert_int_equal(summary.lines, 2);
    assert_int_equal(summary.rejects, 0);
}

static void rejects_a_long_record(void **state)
{
    (void)state;
    struct long_stream stream = {0};
    append(&stream, "[{\"a\":1},{\"a\":\"", 1);
    append(&stream, "x", 2 * FRAME_WINDOW_BYTES);
    append(&stream, "\"},{\"a\":2}]", 1);
    struct summary summary = summarise(&stream);
    assert_int_equal(summary.json, 2);
    assert_string_equal(summary.reason, "this record is longer than 8 MiB");
    assert_true(summary.rejected_bytes >= 2 * FRAME_WINDOW_BYTES);
}

/* Over-deep values, whose insides look like records, are one reject each. */
static void rejects_deep_records(void **state)
{
    (void)state;
    static const struct {
        const char *open, *close, *before, *after;
        size_t json;
    } cases[] = {
        {"{\"a\":", "}", "{\"a\":1}\n", "\n{\"a\":2}\n", 2},
        {"{\"a\":", "}", "[{\"a\":1},", ",{\"a\":2}]", 2},
        {"{\"a\":[", "]}", "[{\"a\":1},", ",{\"a\":2}]", 2},
        {"{\"a\":[{\"b\":\"}\"},", "]}", "{\"a\":1}", "{\"a\":2}", 2},
        /* without their ends: up to the next line */
        {"{\"a\":", "", "{\"a\":1}\n", "\n{\"a\":2}\n", 2},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct long_stream stream = {0};
        append(&stream, cases[i].before, 1);
        append(&stream, cases[i].open, 5000);
        append(&stream, "1", 1);
        append(&stream, cases[i].close, 5000);
        append(&stream, cases[i].after, 1);
        struct summary summary = summarise(&stream);
        assert_string_equal(summary.reason, "JSON is nested too deeply");
        assert_int_equal(summary.rejects, 1);
        assert_int_equal(summary.json, cases[i].json);
    }
}

static void forgets_the_last_stream(void **state)
{
    (void)state;
    struct shown shown;
    struct stream cut = {SLICE("{\"Records\":[{\"a\":"), 100, true};
    struct stream whole = {SLICE("{\"a\":1}"), 100, false};
    frame_stream(&cut, &shown);
    frame_stream(&whole, &shown);
    assert_string_equal(shown.text, "J {\"a\":1}\n");
}

static void fills_the_slots(void **state)
{
    (void)state;
    struct frame_item item;
    struct slice text = SLICE("{\"nextToken\":\"page\"}");
    framer_reset(framer);
    framer_window(framer, text.data, text.length, 0, true, false);
    framer_next(framer, &item, slots);
    assert_int_equal(item.kind, FRAME_JSON);
    assert_true(slice_equal(slots[SLOT_NEXT_PAGE].text, SLICE("page")));
}

static struct json_projection *projection;

static int make_framer(void **state)
{
    (void)state;
    struct error error = {0};
    projection = form_projection_new(&error);
    if (!projection)
        return -1;
    framer = framer_new(projection);
    slots = calloc(json_projection_slot_count(projection), sizeof *slots);
    return framer && slots ? 0 : -1;
}

static int free_framer(void **state)
{
    (void)state;
    framer_free(framer);
    free(slots);
    json_projection_free(projection);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cuts_sequences),
        cmocka_unit_test(cuts_arrays),
        cmocka_unit_test(enters_envelopes),
        cmocka_unit_test(takes_lines),
        cmocka_unit_test(rejects_what_is_broken),
        cmocka_unit_test(rejects_loose_brackets),
        cmocka_unit_test(enters_broken_envelopes),
        cmocka_unit_test(tells_of_cut_tails),
        cmocka_unit_test(rejects_a_long_line),
        cmocka_unit_test(takes_the_longest_line),
        cmocka_unit_test(rejects_a_long_record),
        cmocka_unit_test(rejects_deep_records),
        cmocka_unit_test(forgets_the_last_stream),
        cmocka_unit_test(fills_the_slots),
    };
    return cmocka_run_group_tests(tests, make_framer, free_framer);
}
