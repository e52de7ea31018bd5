#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/table.h"
#include "tests/frame_bed.h"

/* Items as text: one letter, the bytes, and a newline. */
#define ROW(object) "T " object "\n"
#define JSON(bytes) "J " bytes "\n"
#define LINE(bytes) "L " bytes "\n"
#define REJECT(bytes) "R " bytes "\n"

#define HEAD "eventName,eventTime,note\n"
#define A "{\"eventVersion\":\"1.09\",\"eventName\":\"A\"}"
#define SYSLOG "<189>Mar 14 02:11:09 sw1 12: %SYS-5-CONFIG_I: by mallory, console"

struct frames {
    const char *name;
    struct slice stream;
    const char *items;
};

static const struct frames plain[] = {
    {"a header alone", SLICE(HEAD), ""},
    {"commas", SLICE(HEAD "A,1,x\nB,2,y\n"),
     ROW("{\"eventName\":\"A\",\"eventTime\":\"1\",\"note\":\"x\"}")
         ROW("{\"eventName\":\"B\",\"eventTime\":\"2\",\"note\":\"y\"}")},
    {"semicolons", SLICE("eventName;eventTime;note, if any\nA;1;x, y\n"),
     ROW("{\"eventName\":\"A\",\"eventTime\":\"1\",\"note, if any\":\"x, y\"}")},
    {"tabs", SLICE("eventName\teventTime\nA\t1\n\t2\n"),
     ROW("{\"eventName\":\"A\",\"eventTime\":\"1\"}")
         ROW("{\"eventName\":null,\"eventTime\":\"2\"}")},
    {"a byte order mark, CR LF, no last line ending",
     SLICE("\xef\xbb\xbf"
           "eventName,eventTime\r\nA,1\r\nB,2"),
     ROW("{\"eventName\":\"A\",\"eventTime\":\"1\"}")
         ROW("{\"eventName\":\"B\",\"eventTime\":\"2\"}")},
    {"quotes", SLICE("\"eventName\",\"eventTime\"\n\"A \"\"1\"\"\",\"x,\ny\"\n"),
     ROW("{\"eventName\":\"A \\\"1\\\"\",\"eventTime\":\"x,\\ny\"}")},
    {"blanks around quotes", SLICE("eventName, eventTime\n\"A\" , \"1\" \n"),
     ROW("{\"eventName\":\"A\",\"eventTime\":\"1\"}")},
    {"quotes inside a cell", SLICE("eventName,eventTime\nA \"b\",1\n"),
     ROW("{\"eventName\":\"A \\\"b\\\"\",\"eventTime\":\"1\"}")},
    {"JSON in a cell", SLICE("_raw,_time\n\"{\"\"a\"\":\"\"x\\ty\"\"}\",1\n"),
     ROW("{\"_raw\":\"{\\\"a\\\":\\\"x\\\\ty\\\"}\",\"_time\":\"1\"}")},
    {"nothing in a cell", SLICE(HEAD "A,,-\n,,\nnull,NULL,(null)\n\"\",1,\n"),
     ROW("{\"eventName\":\"A\",\"eventTime\":null,\"note\":null}")
         ROW("{\"eventName\":null,\"eventTime\":\"1\",\"note\":null}")},
    {"empty lines", SLICE(HEAD "\n\r\nA,1,x\n\n\nB,2,y\n\n"),
     ROW("{\"eventName\":\"A\",\"eventTime\":\"1\",\"note\":\"x\"}")
         ROW("{\"eventName\":\"B\",\"eventTime\":\"2\",\"note\":\"y\"}")},
    {"trailing cells cut", SLICE(HEAD "A,1\nB,2,y\n"),
     ROW("{\"eventName\":\"A\",\"eventTime\":\"1\",\"note\":null}")
         ROW("{\"eventName\":\"B\",\"eventTime\":\"2\",\"note\":\"y\"}")},
    {"empty cells too many", SLICE(HEAD "A,1,x,,\n"),
     ROW("{\"eventName\":\"A\",\"eventTime\":\"1\",\"note\":\"x\"}")},
    {"rows counted without a name", SLICE("," HEAD "0,A,1,x\n12,B,2,y\n"),
     ROW("{\"eventName\":\"A\",\"eventTime\":\"1\",\"note\":\"x\"}")
         ROW("{\"eventName\":\"B\",\"eventTime\":\"2\",\"note\":\"y\"}")},
    {"the separator named", SLICE("sep=;\r\neventName;eventTime\r\nA;1\r\n"),
     ROW("{\"eventName\":\"A\",\"eventTime\":\"1\"}")},
    {"the header again", SLICE(HEAD "A,1,x\n" HEAD "B,2,y\n"),
     ROW("{\"eventName\":\"A\",\"eventTime\":\"1\",\"note\":\"x\"}")
         ROW("{\"eventName\":\"B\",\"eventTime\":\"2\",\"note\":\"y\"}")},
    {"another header", SLICE(HEAD "A,1,x\n_time;_raw\n2;B\n"),
     ROW("{\"eventName\":\"A\",\"eventTime\":\"1\",\"note\":\"x\"}")
         ROW("{\"_time\":\"2\",\"_raw\":\"B\"}")},
    {"words of a header in cells",
     SLICE(HEAD "eventName,1,x\neventTime,eventName,-1\n"),
     ROW("{\"eventName\":\"eventName\",\"eventTime\":\"1\",\"note\":\"x\"}") ROW(
         "{\"eventName\":\"eventTime\",\"eventTime\":\"eventName\",\"note\":\"-1\"}")},
    {"one column", SLICE("@rawstring\n\"{\"\"a\"\":1}\"\n" SYSLOG "\n"),
     ROW("{\"@rawstring\":\"{\\\"a\\\":1}\"}") ROW("{\"@rawstring\":\"" SYSLOG "\"}")},
    {"a header of paths", SLICE("Vendor.eventName,userIdentity.arn\nA,1\n"),
     ROW("{\"Vendor.eventName\":\"A\",\"userIdentity.arn\":\"1\"}")},
    {"loose spelling", SLICE("Event Name,event_time\nA,1\n"),
     ROW("{\"Event Name\":\"A\",\"event_time\":\"1\"}")},
    {"no header", SLICE("name,value\na,b\n"), LINE("name,value") LINE("a,b")},
    {"no names", SLICE("eventName,eventTime,1\na,b,c\n"),
     LINE("eventName,eventTime,1") LINE("a,b,c")},
    {"a line that names columns", SLICE(SYSLOG ", eventName, eventTime\n"),
     LINE(SYSLOG ", eventName, eventTime")},
};

static const struct frames mixed[] = {
    {"a line of a device", SLICE(HEAD "A,1,x\n" SYSLOG "\nB,2,y\n"),
     ROW("{\"eventName\":\"A\",\"eventTime\":\"1\",\"note\":\"x\"}") LINE(SYSLOG)
         ROW("{\"eventName\":\"B\",\"eventTime\":\"2\",\"note\":\"y\"}")},
    {"a line of one cell", SLICE(HEAD "A,1,x\n(1 row)\n"),
     ROW("{\"eventName\":\"A\",\"eventTime\":\"1\",\"note\":\"x\"}") LINE("(1 row)")},
    {"JSON behind", SLICE(HEAD "A,1,x\n" A "\n" A "\n"),
     ROW("{\"eventName\":\"A\",\"eventTime\":\"1\",\"note\":\"x\"}") JSON(A) JSON(A)},
    {"an array behind", SLICE(HEAD "A,1,x\n[" A "," A "]\n"),
     ROW("{\"eventName\":\"A\",\"eventTime\":\"1\",\"note\":\"x\"}") JSON(A) JSON(A)},
    {"JSON before", SLICE(A "\n" HEAD "A,1,x\n"),
     JSON(A) ROW("{\"eventName\":\"A\",\"eventTime\":\"1\",\"note\":\"x\"}")},
    {"lines before", SLICE(SYSLOG "\n" HEAD "A,1,x\n"),
     LINE(SYSLOG) ROW("{\"eventName\":\"A\",\"eventTime\":\"1\",\"note\":\"x\"}")},
    {"a cell that begins as JSON", SLICE("_raw\t_time\n{\"a\":1}\t2\n{a=1}\t3\n"),
     ROW("{\"_raw\":\"{\\\"a\\\":1}\",\"_time\":\"2\"}")
         ROW("{\"_raw\":\"{a=1}\",\"_time\":\"3\"}")},
};

static const struct frames damaged[] = {
    {"too many cells", SLICE(HEAD "A,1,x\nB,2,y,z\nC,3,z\n"),
     ROW("{\"eventName\":\"A\",\"eventTime\":\"1\",\"note\":\"x\"}") REJECT("B,2,y,z")
         ROW("{\"eventName\":\"C\",\"eventTime\":\"3\",\"note\":\"z\"}")},
    {"a stray quote", SLICE(HEAD "A,\"1,x\nB,\"2\",y\nC,3,z\n"),
     REJECT("A,\"1,x") ROW("{\"eventName\":\"B\",\"eventTime\":\"2\",\"note\":\"y\"}")
         ROW("{\"eventName\":\"C\",\"eventTime\":\"3\",\"note\":\"z\"}")},
    {"a quote that never closes", SLICE(HEAD "A,1,\"x\nB,2,y\nC,3,z"),
     REJECT("A,1,\"x") ROW("{\"eventName\":\"B\",\"eventTime\":\"2\",\"note\":\"y\"}")
         ROW("{\"eventName\":\"C\",\"eventTime\":\"3\",\"note\":\"z\"}")},
    {"cut in a cell of lines", SLICE(HEAD "A,1,x\nB,2,\"y\n  z\n"),
     ROW("{\"eventName\":\"A\",\"eventTime\":\"1\",\"note\":\"x\"}")
         REJECT("B,2,\"y\n  z")},
    {"cut in a row", SLICE(HEAD "A,1,x\nB,2"),
     ROW("{\"eventName\":\"A\",\"eventTime\":\"1\",\"note\":\"x\"}") REJECT("B,2")},
    {"JSON behind damage", SLICE(HEAD "A,1,x,y\n" A "\n"), REJECT("A,1,x,y") JSON(A)},
};

#define TITLES "{\"VarCharValue\":\"eventname\"},{\"VarCharValue\":\"eventtime\"}"

static const struct frames of_json[] = {
    {"columns and rows",
     SLICE(
         "{\"tables\":[{\"name\":\"PrimaryResult\",\"columns\":[{\"name\":\"Caller\","
         "\"type\":\"string\"},{\"name\":\"N\",\"type\":\"long\"}],\"rows\":[[\"a\",1],"
         "[null,18446744073709551616],[\"\",{\"x\":[2]}]]}]}" A),
     ROW("{\"Caller\":\"a\",\"N\":1}") ROW("{\"N\":18446744073709551616}")
         ROW("{\"N\":{\"x\":[2]}}") JSON(A)},
    {"two tables",
     SLICE("{\"tables\":[{\"columns\":[\"a\"],\"rows\":[[1]]},\n {\"columns\":[{"
           "\"name\":\"b\\\"\"}],\"rows\":[[2],[3,4]],\"x\":[]}],\"statistics\":{}}"),
     ROW("{\"a\":1}") ROW("{\"b\\\"\":2}") ROW("{\"b\\\"\":3}")},
    {"Data Explorer's spelling",
     SLICE("{\"Tables\":[{\"TableName\":\"T\",\"Columns\":[{\"ColumnName\":\"a\","
           "\"DataType\":\"String\"}],\"Rows\":[[\"x\"]]}]}"),
     ROW("{\"a\":\"x\"}")},
    {"Data Explorer's frames, of which one is the result",
     SLICE("[{\"FrameType\":\"DataSetHeader\"},\r\n{\"FrameType\":\"DataTable\","
           "\"TableKind\":\"QueryProperties\",\"Columns\":[{\"ColumnName\":\"a\"}],"
           "\"Rows\":[[1]]},{ \"FrameType\": \"DataTable\",\"TableKind\":"
           "\"PrimaryResult\",\"Columns\":[{\"ColumnName\":\"a\"}],\"Rows\":[[2]]}]"),
     JSON("{\"FrameType\":\"DataSetHeader\"}")
         JSON("{\"FrameType\":\"DataTable\",\"TableKind\":\"QueryProperties\","
              "\"Columns\":[{\"ColumnName\":\"a\"}],\"Rows\":[[1]]}") ROW("{\"a\":2}")},
    {"Athena's cells below their titles",
     SLICE("{\"UpdateCount\":0,\"ResultSet\":{\"Rows\":[{\"Data\":[" TITLES
           "]},{\"Data\":[{\"VarCharValue\":\"A\"},{}]},{\"Data\":[{},{"
           "\"VarCharValue\":\"2\"}]}],\"ResultSetMetadata\":{}}}" A),
     ROW("{\"eventname\":\"A\"}") ROW("{\"eventtime\":\"2\"}") JSON(A)},
    {"Athena's cells, cut off",
     SLICE("{\"ResultSet\":{\"Rows\":[{\"Data\":[" TITLES
           "]},{\"Data\":[{\"VarCharValue\":\"A\"}]},{\"Data\":["),
     ROW("{\"eventname\":\"A\"}") REJECT("{\"Data\":[")},
    {"a page of Athena's that has no titles",
     SLICE("{\"ResultSet\":{\"Rows\":[{\"Data\":[{\"VarCharValue\":\"A\"}]}]}}"),
     JSON("{\"Data\":[{\"VarCharValue\":\"A\"}]}")},
    {"a table behind other keys",
     SLICE("{\"ok\":true,\"tables\":[{\"columns\":[\"a\"],\"rows\":[[1],[2]]}]}"),
     ROW("{\"a\":1}") ROW("{\"a\":2}")},
    {"no rows", SLICE("{\"tables\":[{\"columns\":[\"a\"],\"rows\":[]}]}" A), JSON(A)},
    {"no columns", SLICE("{\"tables\":[{\"rows\":[[1]]}]}"), JSON("{\"rows\":[[1]]}")},
    {"a damaged row",
     SLICE("{\"tables\":[{\"columns\":[\"a\"],\"rows\":[[1],[x],[2]]}]}\n" A),
     ROW("{\"a\":1}") REJECT("[x],[2]]}]}") JSON(A)},
    {"field and value",
     SLICE("{\"results\":[[{\"field\":\"@timestamp\",\"value\":\"t\"},{\"field\":"
           "\"@message\",\"value\":\"{\\\"a\\\":1}\"}],[ {\"value\":\"u\",\"field\":"
           "\"@message\"}]],\"status\":\"Complete\"}" A),
     ROW("{\"@timestamp\":\"t\",\"@message\":\"{\\\"a\\\":1}\"}")
         JSON("{\"value\":\"u\",\"field\":\"@message\"}") JSON(A)},
    {"field and value behind other keys",
     SLICE(
         "{\"queryLanguage\":\"CWLI\",\"results\":[[{\"field\":\"a\",\"value\":\"b\"}]"
         "]}"),
     ROW("{\"a\":\"b\"}")},
};

struct transcript {
    char text[4096];
    size_t length;
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
    const char start[] = {item->row ? 'T' : letters[item->kind], ' '};
    add(transcript, (struct slice){start, 2});
    add(transcript, item->bytes);
    add(transcript, SLICE("\n"));
    if (!item->row)
        assert_int_equal(item->length, item->bytes.length);
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
        for (size_t step = length; step > 0; step--) {
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

static void reads_rows_of_text(void **state)
{
    (void)state;
    check_table(plain, sizeof plain / sizeof plain[0]);
}

static void leaves_what_is_no_row(void **state)
{
    (void)state;
    check_table(mixed, sizeof mixed / sizeof mixed[0]);
}

static void resumes_at_the_next_row(void **state)
{
    (void)state;
    check_table(damaged, sizeof damaged / sizeof damaged[0]);
}

static void reads_rows_of_json(void **state)
{
    (void)state;
    check_table(of_json, sizeof of_json / sizeof of_json[0]);
}

/* --- where a row stands, and its slots ------------------------------------------- */

struct places {
    const char *stream;
    size_t count;
    struct slice rows[4];
};

static void note_place(void *context, const struct frame_item *item)
{
    struct places *places = context;
    assert_true(item->row);
    assert_string_equal(item->envelope, "table");
    places->rows[places->count++] =
        (struct slice){places->stream + item->offset, (size_t)item->length};
}

static void tells_where_rows_stand(void **state)
{
    (void)state;
    static const char stream[] = HEAD "A,1,\"x\ny\" \r\nB,2,y\n\nC,3,z";
    static const char *const rows[] = {"A,1,\"x\ny\"", "B,2,y", "C,3,z"};
    struct places places = {.stream = stream};
    assert_true(
        frame_bed_run(framer, slice_from(stream), 7, false, note_place, &places));
    assert_int_equal(places.count, 3);
    for (size_t i = 0; i < 3; i++)
        assert_true(slice_equal(places.rows[i], slice_from(rows[i])));
}

static void fills_slots_of_rows(void **state)
{
    (void)state;
    struct json_slot slots[FRAME_SLOT_COUNT + 4] = {0};
    struct frame_item item;
    static const char stream[] = HEAD "A,1,x\n";
    framer_reset(framer);
    framer_window(framer, stream, sizeof stream - 1, 0, true, false);
    framer_next(framer, &item, slots);
    assert_int_equal(item.kind, FRAME_JSON);
    assert_true(slice_equal(slots[FRAME_SLOT_COUNT + 1].text, SLICE("A")));
    assert_true(slice_equal(slots[FRAME_SLOT_COUNT + 2].text, SLICE("1")));
}

/* --- size ------------------------------------------------------------------------ */

struct counts {
    size_t rows, rejects;
    char reason[80];
};

static void count(void *context, const struct frame_item *item)
{
    struct counts *counts = context;
    counts->rows += item->row;
    counts->rejects += item->kind == FRAME_REJECT;
    if (item->reason)
        snprintf(counts->reason, sizeof counts->reason, "%s", item->reason);
}

enum { MEGABYTE = 1024 * 1024 };

/* head, `size` times the filling, tail. */
static struct slice make_stream(const char *head, const char *filling, size_t size,
                                const char *tail)
{
    size_t one = strlen(filling), length = strlen(head) + size * one + strlen(tail);
    char *text = malloc(length + 1), *at = text;
    assert_non_null(text);
    at = memcpy(at, head, strlen(head));
    at += strlen(head);
    for (size_t i = 0; i < size; i++, at += one)
        memcpy(at, filling, one);
    memcpy(at, tail, strlen(tail) + 1);
    return (struct slice){text, length};
}

static void keeps_to_its_limits(void **state)
{
    (void)state;
    static const struct {
        const char *head, *filling;
        size_t size;
        const char *tail;
        size_t rows, rejects;
        const char *reason;
    } streams[] = {
        {HEAD, "A,1,x\n", 2 * MEGABYTE, "", 2 * MEGABYTE, 0, ""},
        {HEAD "A,1,", "x", 9 * MEGABYTE, "\nB,2,y\n", 1, 1,
         "this row is longer than 8 MiB"},
        {HEAD "A,1,\"", "x\n", 5 * MEGABYTE, "\"\nB,2,y\n", 1, 1,
         "this row is longer than 8 MiB"},
        /* Its object is longer than the row. */
        {HEAD "A,1,\"", "\x01", 2 * MEGABYTE, "\"\nB,2,y\n", 1, 1,
         "this row is longer than 8 MiB"},
        {HEAD, ",", 3 * MEGABYTE, "x\nB,2,y\n", 1, 1,
         "more cells than the table has columns"},
        /* Each line is tried, and none is worth more than its bytes. */
        {HEAD, "A,1,\"\"\"x\n", MEGABYTE, "\nB,2,y\n", 1, 1,
         "the quotes of this row do not match"},
    };
    for (size_t i = 0; i < sizeof streams / sizeof streams[0]; i++) {
        struct counts counts = {0};
        struct slice stream = make_stream(streams[i].head, streams[i].filling,
                                          streams[i].size, streams[i].tail);
        size_t window =
            frame_bed_run(framer, stream, 4 * MEGABYTE, false, count, &counts);
        if (!window || window > FRAME_WINDOW_BYTES + 4 * MEGABYTE ||
            counts.rows != streams[i].rows || counts.rejects != streams[i].rejects ||
            strcmp(counts.reason, streams[i].reason))
            fail_msg("stream %zu: %zu rows, %zu rejects (%s), window %zu", i,
                     counts.rows, counts.rejects, counts.reason, window);
        free((char *)stream.data);
    }
}

static void takes_no_more_columns_than_it_has(void **state)
{
    (void)state;
    struct table *table = table_new();
    struct slice many =
        make_stream("eventName,eventTime", ",x", LIMIT_TABLE_COLUMNS, "");
    struct slice most =
        make_stream("eventName,eventTime", ",x", LIMIT_TABLE_COLUMNS - 2, "");
    assert_false(table_open(table, many));
    assert_true(table_open(table, most));
    assert_int_equal(table_columns(table), LIMIT_TABLE_COLUMNS);
    free((char *)many.data);
    free((char *)most.data);
    table_free(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_rows_of_text),
        cmocka_unit_test(leaves_what_is_no_row),
        cmocka_unit_test(resumes_at_the_next_row),
        cmocka_unit_test(reads_rows_of_json),
        cmocka_unit_test(tells_where_rows_stand),
        cmocka_unit_test(fills_slots_of_rows),
        cmocka_unit_test(keeps_to_its_limits),
        cmocka_unit_test(takes_no_more_columns_than_it_has),
    };
    return cmocka_run_group_tests(tests, open_framer, close_framer);
}
