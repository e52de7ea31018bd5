#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>

#include "core/struct_text.h"

static const struct {
    const char *text, *json; /* json NULL: it is none */
} rows[] = {
    {"{type=AssumedRole, arn=arn:aws:sts::111122223333:assumed-role/NetOps/mallory}",
     "{\"type\":\"AssumedRole\","
     "\"arn\":\"arn:aws:sts::111122223333:assumed-role/NetOps/mallory\"}"},
    {"{a=, b=null, c=x}", "{\"a\":\"\",\"b\":null,\"c\":\"x\"}"},
    {"{a={b={c=1}, d=2}, e={}}", "{\"a\":{\"b\":{\"c\":\"1\"},\"d\":\"2\"},\"e\":{}}"},
    {"{a={b=1}}", "{\"a\":{\"b\":\"1\"}}"},
    {"{}", "{}"},
    /* Values with what separates. */
    {"{a=x, y, z, b=p=q}", "{\"a\":\"x, y, z\",\"b\":\"p=q\"}"},
    {"{a=x} y, b=}z}", "{\"a\":\"x} y\",\"b\":\"}z\"}"},
    {"{a={b=x} y, c=1}, d=2}", "{\"a\":{\"b\":\"x} y\",\"c\":\"1\"},\"d\":\"2\"}"},
    {"{a={oh no}, b=1}", "{\"a\":\"{oh no}\",\"b\":\"1\"}"},
    {"{url=https://x.example/?a=1&b=2, c=d}",
     "{\"url\":\"https://x.example/?a=1&b=2\",\"c\":\"d\"}"},
    /* Lists. */
    {"[{arn=a, type=b}, {arn=c}]", "[{\"arn\":\"a\",\"type\":\"b\"},{\"arn\":\"c\"}]"},
    {"{items=[a, b], n=[]}", "{\"items\":[\"a\",\"b\"],\"n\":[]}"},
    {"{s={items=[{id=eni-1}]}}", "{\"s\":{\"items\":[{\"id\":\"eni-1\"}]}}"},
    /* JSON inside stays one text. */
    {"{policy={\"a\":[1, 2], \"b=\":{}}, b=1}",
     "{\"policy\":\"{\\\"a\\\":[1, 2], \\\"b=\\\":{}}\",\"b\":\"1\"}"},
    {"{policy={\"a\":oh, b=1}", "{\"policy\":\"{\\\"a\\\":oh\",\"b\":\"1\"}"},
    /* None of it. */
    {"", NULL},
    {"text", NULL},
    {"{\"a\":1}", NULL},
    {"[\"a\"]", NULL},
    {"[a, b]", NULL},
    {"{a}", NULL},
    {"{a=1", NULL},
    {"{a=1, b}", "{\"a\":\"1, b\"}"},
    {"{a={b=1}", NULL},
    {"{a=[b}", NULL},
    {"{a={b=1}x}", NULL},
    {"{a=1} x", NULL},
    {"{a=\xff}", NULL},
};

static void reads_structs(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        json_t *tree = struct_text_parse(slice_from(rows[i].text));
        char *got = tree ? json_dumps(tree, JSON_COMPACT) : NULL;
        const char *want = rows[i].json;
        if (!got != !want || (got && strcmp(got, want)))
            fail_msg("%s\ngave   %s\nwanted %s", rows[i].text, got ? got : "nothing",
                     want ? want : "nothing");
        free(got);
        json_decref(tree);
    }
}

static void stops_at_its_depth(void **state)
{
    (void)state;
    char text[256] = "";
    for (unsigned i = 0; i < LIMIT_STRUCT_DEPTH; i++)
        memcpy(text + strlen(text), "{a=", 4);
    size_t brackets = strlen(text);
    memset(text + brackets, '}', LIMIT_STRUCT_DEPTH);
    json_t *tree = struct_text_parse(slice_from(text));
    assert_non_null(tree);
    json_decref(tree);
    memmove(text + 3, text, sizeof text - 3);
    memcpy(text, "{a=", 3);
    memcpy(text + strlen(text), "}", 2);
    assert_null(struct_text_parse(slice_from(text)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_structs),
        cmocka_unit_test(stops_at_its_depth),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
