#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>

#include "core/limits.h"
#include "core/own.h"

static int setup(void **state)
{
    static struct arena arena;
    arena_init(&arena);
    *state = &arena;
    return 0;
}

static int teardown(void **state)
{
    arena_fini(*state);
    return 0;
}

struct given {
    enum own_kind kind;
    const char *value;
    bool declared;
};

static void add_all(struct own *own, struct arena *arena, const struct given *given,
                    size_t count)
{
    own_init(own);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(own_add(own, arena, given[i].kind, slice_from(given[i].value),
                                 given[i].declared, NULL),
                         0);
}

static void answers(void **state)
{
    static const struct given given[] = {
        {OWN_ACCOUNT, "111122223333", false},
        {OWN_ACCOUNT, "444455556666", false},
        {OWN_SUBSCRIPTION, "0A0A0A0A-0000-4000-8000-00000000000A", true},
        {OWN_PROJECT, "acme-prod", true},
        {OWN_NETWORK, "192.0.2.0/24", true},
        {OWN_NETWORK, "10.20.0.0/16", true},
        {OWN_NETWORK, "2001:db8::/32", true},
    };
    static const struct {
        enum own_kind kind;
        const char *value;
        enum own_answer answer;
    } cases[] = {
        {OWN_ACCOUNT, "111122223333", OWN_YES},
        {OWN_ACCOUNT, "444455556666", OWN_YES},
        {OWN_ACCOUNT, "777788889999", OWN_NO},
        {OWN_ACCOUNT, "11112222333", OWN_NO},
        {OWN_ACCOUNT, "", OWN_UNKNOWN},
        {OWN_SUBSCRIPTION, "0a0a0a0a-0000-4000-8000-00000000000a", OWN_YES},
        {OWN_SUBSCRIPTION, "0a0a0a0a-0000-4000-8000-00000000000b", OWN_NO},
        {OWN_PROJECT, "acme-prod", OWN_YES},
        {OWN_PROJECT, "evil-proj", OWN_NO},
        {OWN_PROJECT, "415104041262", OWN_UNKNOWN}, /* a number may be acme-prod's */
        {OWN_NETWORK, "192.0.2.7", OWN_YES},
        {OWN_NETWORK, "10.20.30.40", OWN_YES},
        {OWN_NETWORK, "10.21.0.1", OWN_NO}, /* private, and not declared */
        {OWN_NETWORK, "203.0.113.66", OWN_NO},
        {OWN_NETWORK, "2001:db8::9", OWN_YES},
        {OWN_NETWORK, "2001:db9::9", OWN_NO},
        {OWN_NETWORK, "collector.example", OWN_UNKNOWN},
        {OWN_NETWORK, "", OWN_UNKNOWN},
    };
    struct own own;
    add_all(&own, *state, given, sizeof given / sizeof given[0]);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        if (own_is(&own, cases[i].kind, slice_from(cases[i].value)) != cases[i].answer)
            fail_msg("%s %s", own_kind_name(cases[i].kind), cases[i].value);
    }
}

static void knows_nothing_without_values(void **state)
{
    (void)state;
    struct own own;
    own_init(&own);
    assert_int_equal(own_is(&own, OWN_ACCOUNT, SLICE("111122223333")), OWN_UNKNOWN);
    assert_int_equal(own_is(&own, OWN_PROJECT, SLICE("acme-prod")), OWN_UNKNOWN);
    /* Ranges of addresses say something by themselves. */
    assert_int_equal(own_is(&own, OWN_NETWORK, SLICE("10.0.0.9")), OWN_YES);
    assert_int_equal(own_is(&own, OWN_NETWORK, SLICE("203.0.113.66")), OWN_NO);
}

static void a_declaration_replaces_what_was_inferred(void **state)
{
    static const struct given given[] = {
        {OWN_ACCOUNT, "111122223333", false}, {OWN_PROJECT, "acme-prod", false},
        {OWN_ACCOUNT, "444455556666", true},  {OWN_ACCOUNT, "777788889999", false},
        {OWN_PROJECT, "415104041262", false},
    };
    struct own own;
    add_all(&own, *state, given, sizeof given / sizeof given[0]);
    assert_true(own.sets[OWN_ACCOUNT].declared);
    assert_false(own.sets[OWN_PROJECT].declared);
    assert_int_equal(own_is(&own, OWN_ACCOUNT, SLICE("444455556666")), OWN_YES);
    assert_int_equal(own_is(&own, OWN_ACCOUNT, SLICE("111122223333")), OWN_NO);
    assert_int_equal(own_is(&own, OWN_ACCOUNT, SLICE("777788889999")), OWN_NO);
    assert_int_equal(own_is(&own, OWN_PROJECT, SLICE("acme-prod")), OWN_YES);
    /* With a number among them, another number is another project. */
    assert_int_equal(own_is(&own, OWN_PROJECT, SLICE("999999999999")), OWN_NO);
}

static void keeps_order_and_each_once(void **state)
{
    struct own own;
    own_init(&own);
    for (int i = 499; i >= 0; i--) {
        char value[16];
        snprintf(value, sizeof value, "%s-%03d", i % 2 ? "Prod" : "prod", i);
        for (int twice = 0; twice < 2; twice++)
            assert_int_equal(
                own_add(&own, *state, OWN_PROJECT, slice_from(value), true, NULL), 0);
    }
    assert_int_equal(own.sets[OWN_PROJECT].count, 500);
    assert_int_equal(own_is(&own, OWN_PROJECT, SLICE("PROD-137")), OWN_YES);
    assert_int_equal(own_is(&own, OWN_PROJECT, SLICE("prod-500")), OWN_NO);
}

static void refuses_what_it_cannot_use(void **state)
{
    struct own own;
    struct error error = {.code = ERROR_NONE};
    own_init(&own);
    assert_int_equal(own_add(&own, *state, OWN_ACCOUNT, SLICE(""), true, &error), -1);
    assert_int_equal(error.code, ERROR_SYNTAX);
    assert_int_equal(
        own_add(&own, *state, OWN_NETWORK, SLICE("10.0.0.0/33"), true, &error), -1);
    assert_int_equal(error.code, ERROR_SYNTAX);
    assert_false(own.sets[OWN_NETWORK].declared);
    for (int i = 0; i <= LIMIT_OWN_VALUES; i++) {
        char value[16];
        snprintf(value, sizeof value, "%012d", i);
        int result =
            own_add(&own, *state, OWN_ACCOUNT, slice_from(value), true, &error);
        assert_int_equal(result, i < LIMIT_OWN_VALUES ? 0 : -1);
    }
    assert_int_equal(error.code, ERROR_LIMIT);
}

static void names_kinds(void **state)
{
    (void)state;
    for (int i = 0; i < OWN_KIND_COUNT; i++)
        assert_int_equal(
            own_kind_from_name(slice_from(own_kind_name((enum own_kind)i))), i);
    assert_int_equal(own_kind_from_name(SLICE("tenant")), -1);
    assert_int_equal(own_kind_of_value(SLICE("111122223333")), OWN_ACCOUNT);
    assert_int_equal(own_kind_of_value(SLICE("ocid1.tenancy.oc1..a")), OWN_ACCOUNT);
    assert_int_equal(own_kind_of_value(SLICE("0a0a0a0a-0000-4000-8000-00000000000a")),
                     OWN_SUBSCRIPTION);
    assert_int_equal(own_kind_of_value(SLICE("198.51.100.0/24")), OWN_NETWORK);
    assert_int_equal(own_kind_of_value(SLICE("2001:db8::/32")), OWN_NETWORK);
    assert_int_equal(own_kind_of_value(SLICE("10.0.0.0/64")), OWN_NETWORK);
    assert_int_equal(own_kind_of_value(SLICE("acme-prod")), OWN_PROJECT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(answers, setup, teardown),
        cmocka_unit_test(knows_nothing_without_values),
        cmocka_unit_test_setup_teardown(a_declaration_replaces_what_was_inferred, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(keeps_order_and_each_once, setup, teardown),
        cmocka_unit_test_setup_teardown(refuses_what_it_cannot_use, setup, teardown),
        cmocka_unit_test(names_kinds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
