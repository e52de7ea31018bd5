#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/digest.h"

#define HASH "0123456789abcdef0123456789ABCDEF0123456789abcdef0123456789abcdef"

static struct arena arena;

static int read_text(const char *text, struct digest *out, struct error *error)
{
    *error = (struct error){.code = ERROR_NONE};
    return digest_read(slice_from(text), &arena, out, error);
}

static void reads_the_files(void **state)
{
    (void)state;
    struct digest digest;
    struct error error;
    assert_int_equal(
        read_text(
            "{\"digestStartTime\":\"2026-03-14T02:00:00Z\",\"digestEndTime\":"
            "\"2026-03-14T03:00:00Z\",\"logFiles\":[{\"s3Object\":\"a/b.json.gz\","
            "\"hashValue\":\"" HASH "\"},{\"hashValue\":\"" HASH "\"},"
            "{\"s3Object\":\"c\",\"hashValue\":\"md5\"},{\"s3Object\":7},null]}",
            &digest, &error),
        0);
    assert_int_equal(digest.count, 2);
    assert_true(slice_equal(digest.files[0].object, SLICE("a/b.json.gz")));
    assert_true(slice_equal(digest.files[0].sha256, SLICE(HASH)));
    assert_true(slice_equal(digest.files[1].object, SLICE("c")));
    assert_false(slice_present(digest.files[1].sha256));
    assert_true(slice_equal(digest.start, SLICE("2026-03-14T02:00:00Z")));
    assert_int_equal(read_text("{\"logFiles\":[]}", &digest, &error), 0);
    assert_int_equal(digest.count, 0);
    assert_int_equal(read_text("{\"logFiles\":[{\"s3Object\":\"c\"}],"
                               "\"previousDigestS3Object\":\"d/before\","
                               "\"previousDigestHashValue\":\"" HASH "\"}",
                               &digest, &error),
                     0);
    assert_int_equal(digest.count, 2);
    assert_false(digest.files[0].digest);
    assert_true(digest.files[1].digest);
    assert_true(slice_equal(digest.files[1].object, SLICE("d/before")));
    assert_true(slice_equal(digest.files[1].sha256, SLICE(HASH)));
}

static void refuses_what_is_none(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "", "{", "[]", "{}", "{\"logFiles\":{}}", "{\"logFiles\":[}", "\xff"};
    struct digest digest;
    struct error error;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        assert_int_equal(read_text(texts[i], &digest, &error), -1);
        assert_int_equal(error.code, ERROR_SYNTAX);
    }
    struct slice large = {texts[0], LIMIT_DIGEST_BYTES + 1};
    assert_int_equal(digest_read(large, &arena, &digest, &error), -1);
    assert_int_equal(error.code, ERROR_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_the_files),
        cmocka_unit_test(refuses_what_is_none),
    };
    arena_init(&arena);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_fini(&arena);
    return failed;
}
