#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "core/json_scan.h"
#include "core/limits.h"
#include "tests/json_oracle.h"

/* Short keys for the tables, the fields of the providers for the corpora. */
static const char *const paths[] = {
    "a",
    "a b",
    "a b c",
    "a *",
    "a * b",
    "* a",
    "* * a",
    "b",
    "Records",
    "Records * eventName",
    "eventName",
    "eventTime",
    "userIdentity",
    "userIdentity arn",
    "userIdentity sessionContext sessionIssuer arn",
    "requestParameters",
    "resources * ARN",
    "operationName",
    "operationName value",
    "identity claims http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn",
    "properties responseBody",
    "protoPayload methodName",
    "protoPayload authorizationInfo * permission",
    "protoPayload request",
    "insertId",
    "timestamp",
};
enum { PATHS = sizeof paths / sizeof paths[0] };

static struct json_oracle *oracle;

static int open_oracle(void **state)
{
    (void)state;
    oracle = json_oracle_new(paths, PATHS);
    return oracle ? 0 : -1;
}

static int close_oracle(void **state)
{
    (void)state;
    json_oracle_free(oracle);
    return 0;
}

static void compare(struct slice text, const char *name)
{
    const char *path;
    const char *difference = json_oracle_compare(oracle, text, &path);
    if (difference)
        fail_msg("%s: %s (path %s): %.*s", name, difference, path ? path : "none",
                 (int)slice_first(text, 200).length, text.data);
}

static const struct {
    const char *text;
    bool accepted; /* by both */
} tables[] = {
    {"{}", true},
    {"[]", true},
    {" {\"a\" : 1 , \"b\":[ ] } \r\n\t", true},
    {"\"text\"", true},
    {"0", true},
    {"-0", true},
    {"-0.0e-0", true},
    {"1E+2", true},
    {"12345678901234567890123456789", true},
    {"1e-400", true},
    {"true", true},
    {"null", true},
    {"{\"\":{\"\":\"\"}}", true},
    {"{\"a\":{\"b\":{\"c\":\"x\"}}}", true},
    {"{\"a\":{\"b\":1},\"a\":{\"c\":2}}", true},
    {"{\"a\":{\"b\":1},\"a\":2}", true},
    {"{\"a\":1,\"a\":{\"b\":{\"c\":3}}}", true},
    {"{\"a\":{\"b\":1,\"b\":\"2\"}}", true},
    {"{\"a\":[{\"c\":1},{\"b\":2},{\"b\":3}]}", true},
    {"{\"a\":[{\"b\":1,\"b\":9},{\"b\":2}]}", true},
    {"{\"a\":[{\"b\":1}],\"a\":[{\"b\":2}]}", true},
    {"{\"a\":[{\"b\":1}],\"a\":[]}", true},
    {"{\"a\":[null,1]}", true},
    {"[[{\"b\":1}],[{\"a\":2}],[{\"a\":3}]]", true},
    {"[{\"a\":[{\"b\":1}]},{\"a\":5}]", true},
    {"{\"\\u0061\":{\"\\u0062\":1}}", true},
    {"{\"a\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\u20AC\\ud83d\\ude00\"}", true},
    {"{\"a\":\"\\u0000\"}", true},
    {"{\"a\":\"\x7f\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\"}", true},
    {"{\"a\":\"a long text without any escape in it at "
     "all\",\"b\":\"0123456789abcde\"}",
     true},
    {"", false},
    {"{", false},
    {"[", false},
    {"{\"a\"", false},
    {"{\"a\":", false},
    {"{\"a\":1", false},
    {"{\"a\":1,", false},
    {"{\"a\":1,}", false},
    {"[1,]", false},
    {"[,1]", false},
    {"[1 2]", false},
    {"{\"a\" 1}", false},
    {"{\"a\":1 \"b\":2}", false},
    {"{a:1}", false},
    {"{'a':1}", false},
    {"{1:1}", false},
    {"{\"a\":}", false},
    {"{\"a\"::1}", false},
    {"{\"z\":[1}", false},
    {"{\"z\":{]}", false},
    {"[}", false},
    {"{\"z\":tru}", false},
    {"{\"z\":True}", false},
    {"{\"z\":nulll}", false},
    {"{\"z\":NaN}", false},
    {"{\"z\":01}", false},
    {"{\"z\":-}", false},
    {"{\"z\":+1}", false},
    {"{\"z\":.5}", false},
    {"{\"z\":1.}", false},
    {"{\"z\":1e}", false},
    {"{\"z\":1e+}", false},
    {"{\"z\":0x1}", false},
    {"{\"z\":\"a\nb\"}", false},
    {"{\"z\":\"0123456789abcdefg\x01\"}", false},
    {"{\"z\":\"\\x41\"}", false},
    {"{\"z\":\"\\u12g4\"}", false},
    {"{\"z\":\"\\u123\"}", false},
    {"{\"z\":\"\\U0041\"}", false},
    {"{\"z\":\"unterminated}", false},
    {"{\"z\":\"unterminated\\\"}", false},
    {"{}{}", false},
    {"{} x", false},
    {"1a", false},
    {"true1", false},
    {"\xef\xbb\xbf{}", false},
    {"{\"z\":1\xc2\xa0}", false},
    {"{/**/}", false},
};

static void agrees_on_the_tables(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        size_t before = json_oracle_accepted(oracle);
        compare(slice_from(tables[i].text), "table");
        if ((json_oracle_accepted(oracle) > before) != tables[i].accepted)
            fail_msg("row %zu: %s", i, tables[i].text);
    }
}

/* Every cut and every single damaged byte of one record. */
static void agrees_on_damage(void **state)
{
    (void)state;
    static const char text[] =
        "{\"a\":{\"b\":{\"c\":\"\\u20ac \\\\ x\"}},\"z\":[1.5e3,true,{\"y\":null},[]],"
        "\"b\":-12,\"eventName\":\"CreateTrafficMirrorSession\"}";
    static const char damage[] = "\"\\{}[]:, 0e.tn\x01\xff";
    char copy[sizeof text];
    for (size_t i = 0; i < sizeof text - 1; i++) {
        compare((struct slice){text, i}, "cut");
        for (size_t j = 0; j < sizeof damage - 1; j++) {
            memcpy(copy, text, sizeof text);
            copy[i] = damage[j];
            compare((struct slice){copy, sizeof text - 1}, "damage");
        }
    }
}

static char *read_file(const char *path, size_t *length)
{
    FILE *file = fopen(path, "rb");
    char *text = NULL;
    if (file && fseek(file, 0, SEEK_END) == 0) {
        *length = (size_t)ftell(file);
        rewind(file);
        text = malloc(*length + 1);
        if (text && fread(text, 1, *length, file) != *length) {
            free(text);
            text = NULL;
        }
    }
    if (file)
        fclose(file);
    return text;
}

static void compare_file(const char *path)
{
    size_t length = 0;
    char *text = read_file(path, &length);
    if (!text)
        return;
    compare((struct slice){text, length}, path);
    struct slice rest = {text, length};
    while (slice_present(rest))
        compare(slice_cut(&rest, '\n'), path);
    free(text);
}

static size_t compare_folder(const char *folder, unsigned depth)
{
    DIR *directory = depth < LIMIT_FOLDER_DEPTH ? opendir(folder) : NULL;
    size_t files = 0;
    for (struct dirent *entry; directory && (entry = readdir(directory));) {
        char path[4096];
        struct stat status;
        if (entry->d_name[0] == '.' ||
            snprintf(path, sizeof path, "%s/%s", folder, entry->d_name) >=
                (int)sizeof path ||
            stat(path, &status))
            continue;
        if (S_ISDIR(status.st_mode)) {
            files += compare_folder(path, depth + 1);
        } else if (S_ISREG(status.st_mode)) {
            compare_file(path);
            files++;
        }
    }
    if (directory)
        closedir(directory);
    return files;
}

/* The sample data, and by hand any folder of real logs: MS_EXTRA_CORPUS=DIR. */
static void agrees_on_the_corpora(void **state)
{
    (void)state;
    const char *source = getenv("top_srcdir"), *extra = getenv("MS_EXTRA_CORPUS");
    char samples[4096];
    snprintf(samples, sizeof samples, "%s/sample-data", source ? source : ".");
    compare_folder(samples, 0);
    if (extra) {
        size_t files = compare_folder(extra, 0);
        print_message("%zu files, %zu texts accepted by both\n", files,
                      json_oracle_accepted(oracle));
        assert_true(files > 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_on_the_tables),
        cmocka_unit_test(agrees_on_damage),
        cmocka_unit_test(agrees_on_the_corpora),
    };
    return cmocka_run_group_tests(tests, open_oracle, close_oracle);
}
