#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/arena.h"
#include "core/event.h"

static void finds_bytes_and_texts(void **state)
{
    (void)state;
    struct slice text = SLICE("Microsoft.Network/virtualNetworkTaps/write");
    assert_int_equal(slice_find(text, SLICE("Taps/")), 32);
    assert_int_equal(slice_find(text, SLICE("taps/")), -1);
    assert_int_equal(slice_find_nocase(text, SLICE("TAPS/")), 32);
    assert_int_equal(slice_find(SLICE("ab"), SLICE("abc")), -1);
    assert_int_equal(slice_find(SLICE("aab"), SLICE("ab")), 1);
    assert_int_equal(slice_rindex(text, '/'), 36);
    assert_true(slice_ends_with_nocase(text, SLICE("/WRITE")));
}

static void cuts_at_separators(void **state)
{
    (void)state;
    struct slice rest = SLICE("a:b:");
    assert_true(slice_equal(slice_cut(&rest, ':'), SLICE("a")));
    assert_true(slice_equal(slice_cut(&rest, ':'), SLICE("b")));
    assert_true(slice_present(rest));
    assert_true(slice_equal(slice_cut(&rest, ':'), SLICE("")));
    assert_false(slice_present(rest));
}

static void arena_reuses_its_chunks(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena);
    void *first = arena_alloc(&arena, 100);
    struct slice big = arena_copy(&arena, SLICE("text"));
    assert_string_equal(big.data, "text");
    assert_non_null(arena_alloc(&arena, 1024 * 1024));
    arena_reset(&arena);
    assert_ptr_equal(arena_alloc(&arena, 100), first);
    assert_null(arena_alloc(&arena, SIZE_MAX - 3));
    arena_fini(&arena);
}

static void names_and_numbers_agree(void **state)
{
    (void)state;
    for (int i = 0; i < PROVIDER_COUNT; i++)
        assert_int_equal(
            provider_from_name(slice_from(provider_name((enum provider)i))), i);
    assert_int_equal(lifecycle_from_name(SLICE("creation/modification")),
                     LIFECYCLE_CREATION_MODIFICATION);
    assert_int_equal(outcome_from_name(SLICE("nonsense")), -1);
    assert_string_equal(outcome_name((enum outcome)99), "");
    assert_int_equal(event_field_from_name(SLICE("source_ip")), FIELD_SOURCE_IP);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_bytes_and_texts),
        cmocka_unit_test(cuts_at_separators),
        cmocka_unit_test(arena_reuses_its_chunks),
        cmocka_unit_test(names_and_numbers_agree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
