#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/json_bytes.h"
#include "core/json_scan.h"
#include "core/limits.h"

enum { A, A_B, A_C, STAR, NEST, ALT, EVENT, SLOTS };

static const struct json_path paths[] = {
    {"a", A},           {"a b", A_B},         {"a c", A_C},
    {"list * x", STAR}, {"m * n * o", NEST},  {"nextLink", ALT},
    {"NextToken", ALT}, {"eventName", EVENT},
};

static struct json_projection *projection;
static struct arena arena;

static int open_projection(void **state)
{
    (void)state;
    struct error error = {0};
    arena_init(&arena);
    projection =
        json_projection_new(paths, sizeof paths / sizeof paths[0], SLOTS, &error);
    return projection ? 0 : -1;
}

static int close_projection(void **state)
{
    (void)state;
    json_projection_free(projection);
    arena_fini(&arena);
    return 0;
}

/* Scans a copy that ends where the text ends, so that a read beyond is caught. */
static enum json_status scan(struct slice text, bool final, struct json_slot *slots,
                             size_t *read)
{
    static char *copy;
    free(copy);
    copy = malloc(text.length ? text.length : 1);
    assert_non_null(copy);
    if (text.length)
        memcpy(copy, text.data, text.length);
    const char *next;
    enum json_status status =
        json_scan(projection, copy, copy + text.length, final, slots, &next);
    *read = (size_t)(next - copy);
    return status;
}

static void fills_slots(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        unsigned slot;
        enum json_type type;
        const char *value; /* NULL: absent */
    } rows[] = {
        {"{\"a\":\"x\"}", A, VALUE_STRING, "x"},
        {"{\"a\":\"\"}", A, VALUE_STRING, ""},
        {"{\"a\":12345678901234567890.50}", A, VALUE_NUMBER, "12345678901234567890.50"},
        {"{\"a\":true}", A, VALUE_TRUE, "true"},
        {"{\"a\":false}", A, VALUE_FALSE, "false"},
        {"{\"a\":null}", A, VALUE_NULL, NULL},
        {"{\"a\": [1, 2] }", A, VALUE_ARRAY, "[1, 2]"},
        {"{\"a\":{\"b\":\"y\",\"z\":{}}}", A, VALUE_OBJECT, "{\"b\":\"y\",\"z\":{}}"},
        {"{\"a\":{\"b\":\"y\",\"z\":{}}}", A_B, VALUE_STRING, "y"},
        {"{\"a\":{\"z\":{\"b\":1}}}", A_B, VALUE_ABSENT, NULL},
        {"{\"A\":1}", A, VALUE_ABSENT, NULL},
        {"[{\"a\":1}]", A, VALUE_ABSENT, NULL},
        /* the last of duplicates, with all that lay below the first */
        {"{\"a\":1,\"a\":2}", A, VALUE_NUMBER, "2"},
        {"{\"a\":{\"b\":1},\"a\":{\"c\":2}}", A_B, VALUE_ABSENT, NULL},
        {"{\"a\":{\"b\":1},\"a\":{\"c\":2}}", A_C, VALUE_NUMBER, "2"},
        {"{\"a\":{\"b\":1},\"a\":\"x\"}", A_B, VALUE_ABSENT, NULL},
        {"{\"a\":{\"b\":1},\"\\u0061\":null}", A_B, VALUE_ABSENT, NULL},
        {"{\"list\":[{\"x\":1}],\"list\":[{\"x\":2}]}", STAR, VALUE_NUMBER, "2"},
        /* the first element that has it */
        {"{\"list\":[3,{\"y\":0},{\"x\":1},{\"x\":2}]}", STAR, VALUE_NUMBER, "1"},
        {"{\"list\":[{\"x\":1,\"x\":9},{\"x\":2}]}", STAR, VALUE_NUMBER, "9"},
        {"{\"list\":{\"x\":1}}", STAR, VALUE_ABSENT, NULL},
        {"{\"m\":[{\"n\":[]},{\"n\":[{},{\"o\":1},{\"o\":2}]},{\"n\":[{\"o\":3}]}]}",
         NEST, VALUE_NUMBER, "1"},
        /* one slot of two spellings */
        {"{\"nextLink\":\"u\"}", ALT, VALUE_STRING, "u"},
        {"{\"NextToken\":\"t\"}", ALT, VALUE_STRING, "t"},
        /* keys with escapes */
        {"{\"event\\u004eame\":\"x\"}", EVENT, VALUE_STRING, "x"},
        {"{\"event\\u004eame\\u0000\":\"x\"}", EVENT, VALUE_ABSENT, NULL},
        /* decoding */
        {"{\"a\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"}", A, VALUE_STRING, "\"\\/\b\f\n\r\t"},
        {"{\"a\":\"\\u00e9\\u20ac\\uD83D\\uDE00\"}", A, VALUE_STRING,
         "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"},
    };
    /* One row's values must not show in the next. */
    struct json_slot slots[SLOTS] = {0};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        size_t read;
        assert_int_equal(scan(slice_from(rows[i].text), true, slots, &read), JSON_OK);
        assert_int_equal(read, strlen(rows[i].text));
        struct slice value = json_text(&slots[rows[i].slot], &arena);
        if (slots[rows[i].slot].type != rows[i].type ||
            slice_present(value) != (rows[i].value != NULL) ||
            (rows[i].value && !slice_equal(value, slice_from(rows[i].value))))
            fail_msg("row %zu: %s: got %.*s", i, rows[i].text, (int)value.length,
                     value.data);
    }
}

/* What jansson refuses and the header promises to accept. */
static void accepts_more_than_jansson(void **state)
{
    (void)state;
    static const struct {
        struct slice text, value;
    } rows[] = {
        {SLICE("{\"a\":\"x\xff\xc3\"}"), SLICE("x\xff\xc3")},
        {SLICE("{\"a\":\"\xed\xa0\x80\"}"), SLICE("\xed\xa0\x80")},
        {SLICE("{\"a\":\"x\\u0000y\"}"), SLICE("x\0y")},
        {SLICE("{\"a\":\"\\ud800\"}"), SLICE("\xed\xa0\x80")},
        {SLICE("{\"a\":\"\\udc00\\ud800\"}"), SLICE("\xed\xb0\x80\xed\xa0\x80")},
        {SLICE("{\"a\":\"\\ud83d\\ud83d\\ude00\"}"),
         SLICE("\xed\xa0\xbd\xf0\x9f\x98\x80")},
        {SLICE("{\"a\":\"\\ud83dx\"}"), SLICE("\xed\xa0\xbdx")},
        {SLICE("{\"a\":99999999999999999999}"), SLICE("99999999999999999999")},
        {SLICE("{\"a\":1e400}"), SLICE("1e400")},
        {SLICE("{\"\\u0000\":0,\"a\":1}"), SLICE("1")},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct json_slot slots[SLOTS] = {0};
        size_t read;
        assert_int_equal(scan(rows[i].text, true, slots, &read), JSON_OK);
        if (!slice_equal(json_text(&slots[A], &arena), rows[i].value))
            fail_msg("row %zu", i);
    }
}

static void names_the_byte_at_fault(void **state)
{
    (void)state;
    static const struct {
        struct slice text;
        enum json_status status;
        size_t fault;
    } rows[] = {
        {SLICE("}"), JSON_MALFORMED, 0},
        {SLICE("x"), JSON_MALFORMED, 0},
        {SLICE("{x"), JSON_MALFORMED, 1},
        {SLICE("{\"a\";1}"), JSON_MALFORMED, 4},
        {SLICE("{\"q\":[1,2}"), JSON_MALFORMED, 9},
        {SLICE("{\"q\":\"a\nb\"}"), JSON_MALFORMED, 7},
        {SLICE("{\"q\":\"a\0b\"}"), JSON_MALFORMED, 7},
        {SLICE("{\"q\":\"a\\qb\"}"), JSON_MALFORMED, 8},
        {SLICE("{\"q\":\"a\\\0\"}"), JSON_MALFORMED, 8},
        {SLICE("{\"a\":{\"b\":01}}"), JSON_MALFORMED, 11},
        {SLICE(""), JSON_INCOMPLETE, 0},
        {SLICE("{\"a\":\"0123456789abcdef0123"), JSON_INCOMPLETE, 26},
        {SLICE("{\"q\":[[{"), JSON_INCOMPLETE, 8},
        {SLICE("tru"), JSON_INCOMPLETE, 3},
        {SLICE("-"), JSON_INCOMPLETE, 1},
        {SLICE("\"\\u12"), JSON_INCOMPLETE, 5},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct json_slot slots[SLOTS] = {0};
        size_t read;
        enum json_status status = scan(rows[i].text, true, slots, &read);
        if (status != rows[i].status || read != rows[i].fault)
            fail_msg("row %zu: status %d, byte %zu", i, status, read);
    }
}

static void waits_where_more_may_follow(void **state)
{
    (void)state;
    struct json_slot slots[SLOTS] = {0};
    size_t read;
    assert_int_equal(scan(SLICE("12"), false, slots, &read), JSON_INCOMPLETE);
    assert_int_equal(scan(SLICE("12"), true, slots, &read), JSON_OK);
    assert_int_equal(scan(SLICE("12 "), false, slots, &read), JSON_OK);
    assert_int_equal(read, 2);
    assert_int_equal(scan(SLICE("true"), false, slots, &read), JSON_INCOMPLETE);
    assert_int_equal(scan(SLICE("\"x\""), false, slots, &read), JSON_OK);
    assert_int_equal(scan(SLICE("{}{"), false, slots, &read), JSON_OK);
    assert_int_equal(read, 2);
}

/* Every place of the stop byte within the widths that are compared at once. */
static void finds_string_ends_at_every_offset(void **state)
{
    (void)state;
    for (size_t length = 0; length < 70; length++) {
        char text[128] = "{\"a\":\"";
        size_t at = strlen(text), read;
        memset(text + at, 'x' - (int)(length % 3), length);
        struct json_slot slots[SLOTS] = {0};
        assert_int_equal(scan((struct slice){text, at + length}, false, slots, &read),
                         JSON_INCOMPLETE);
        memcpy(text + at + length, "\"}", 2);
        assert_int_equal(
            scan((struct slice){text, at + length + 2}, false, slots, &read), JSON_OK);
        assert_int_equal(slots[A].text.length, length);
        assert_false(slots[A].escaped);
        memcpy(text + at + length, "\x1f\"}", 3);
        assert_int_equal(
            scan((struct slice){text, at + length + 3}, false, slots, &read),
            JSON_MALFORMED);
        assert_int_equal(read, at + length);
        memcpy(text + at + length, "\\\"\"}", 4);
        assert_int_equal(
            scan((struct slice){text, at + length + 4}, false, slots, &read), JSON_OK);
        assert_true(slots[A].escaped);
        assert_int_equal(slots[A].text.length, length + 2);
    }
}

static enum json_status scan_nested(unsigned depth, const char *prefix)
{
    char text[4 * LIMIT_JSON_DEPTH + 64];
    int at = snprintf(text, sizeof text, "%s", prefix);
    assert_true(at >= 0 && (size_t)at + 2 * depth < sizeof text);
    memset(text + at, '[', depth);
    memset(text + at + depth, ']', depth);
    struct json_slot slots[SLOTS] = {0};
    size_t read;
    return scan((struct slice){text, (size_t)at + 2 * depth}, true, slots, &read);
}

static void limits_the_depth(void **state)
{
    (void)state;
    assert_int_equal(scan_nested(LIMIT_JSON_DEPTH, ""), JSON_OK);
    assert_int_equal(scan_nested(LIMIT_JSON_DEPTH + 1, ""), JSON_TOO_DEEP);
    /* wanted values count the same; their object is not closed here */
    assert_int_equal(scan_nested(LIMIT_JSON_DEPTH - 1, "{\"q\":"), JSON_INCOMPLETE);
    assert_int_equal(scan_nested(LIMIT_JSON_DEPTH, "{\"q\":"), JSON_TOO_DEEP);
    assert_int_equal(scan_nested(LIMIT_JSON_DEPTH - 1, "{\"a\":"), JSON_INCOMPLETE);
    assert_int_equal(scan_nested(LIMIT_JSON_DEPTH, "{\"a\":"), JSON_TOO_DEEP);
}

static void refuses_bad_projections(void **state)
{
    (void)state;
    static const struct json_path bad[] = {
        {"", 0},
        {"a  b", 0},
        {"a ", 0},
        {"a", 1},
        {"a b c d e f g h i j k l m n o p q", 0},
    };
    struct error error;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_null(json_projection_new(&bad[i], 1, 1, &error));
    static const struct json_path twice[] = {{"a b", 0}, {"a b", 1}};
    assert_null(json_projection_new(twice, 2, 2, &error));
    assert_int_equal(error.code, ERROR_SYNTAX);
    assert_null(json_projection_new(NULL, 0, 100000, &error));
    assert_int_equal(error.code, ERROR_LIMIT);
}

/* More keys at one node than any hash keeps apart. */
static void finds_each_of_many_keys(void **state)
{
    (void)state;
    enum { MANY = 700 };
    static char keys[MANY][24];
    static struct json_path many[MANY];
    static struct json_slot slots[MANY];
    for (unsigned i = 0; i < MANY; i++) {
        snprintf(keys[i], sizeof keys[i], "k%06ux", i);
        many[i] = (struct json_path){keys[i], i};
    }
    struct json_projection *big = json_projection_new(many, MANY, MANY, NULL);
    assert_non_null(big);
    assert_int_equal(json_projection_slot_count(big), MANY);
    for (unsigned i = 0; i < MANY; i++) {
        char text[64];
        const char *next;
        int length =
            snprintf(text, sizeof text, "{\"%s\":%u,\"k%06uy\":0}", keys[i], i, i);
        assert_int_equal(json_scan(big, text, text + length, true, slots, &next),
                         JSON_OK);
        assert_int_equal(slots[i].type, VALUE_NUMBER);
    }
    json_projection_free(big);
}

static void says_how_it_was_built(void **state)
{
    (void)state;
#ifdef MS_DISABLE_VECTORS
    assert_string_equal(json_scan_build(), "scalar");
#elif defined(__SSE2__)
    assert_string_equal(json_scan_build(), "sse2");
#elif defined(__aarch64__)
    assert_string_equal(json_scan_build(), "neon");
#endif
}

/* Each byte at each place of each length, as the plainest loop finds it. */
static void stops_where_a_string_may_end(void **state)
{
    (void)state;
    enum { LENGTH = 53 };
    for (int byte = 0; byte < 256; byte++) {
        for (int place = 0; place < LENGTH; place++) {
            char text[LENGTH];
            memset(text, byte == 'x' ? 0x7f : 'x', sizeof text);
            text[place] = (char)byte;
            for (const char *end = text; end <= text + LENGTH; end++)
                assert_ptr_equal(json_plain_end(text, end),
                                 json_plain_end_bytewise(text, end));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fills_slots),
        cmocka_unit_test(accepts_more_than_jansson),
        cmocka_unit_test(names_the_byte_at_fault),
        cmocka_unit_test(waits_where_more_may_follow),
        cmocka_unit_test(finds_string_ends_at_every_offset),
        cmocka_unit_test(limits_the_depth),
        cmocka_unit_test(refuses_bad_projections),
        cmocka_unit_test(finds_each_of_many_keys),
        cmocka_unit_test(says_how_it_was_built),
        cmocka_unit_test(stops_where_a_string_may_end),
    };
    return cmocka_run_group_tests(tests, open_projection, close_projection);
}
