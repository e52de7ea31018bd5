#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "db/value_table.h"

static uint32_t add(struct value_table *table, struct slice value)
{
    return value_table_add(table, value, value_table_hash(table, value));
}

static struct slice numbered(char text[32], uint32_t number)
{
    int length = snprintf(text, 32, "value/%u", (unsigned)number);
    return (struct slice){text, (size_t)length};
}

static void numbers_values_in_order(void **state)
{
    (void)state;
    struct value_table table;
    char text[32];
    value_table_init(&table, 42, 100000, 8 << 20);
    for (int round = 0; round < 2; round++) {
        for (uint32_t i = 0; i < 60000; i++)
            assert_int_equal(add(&table, numbered(text, i)), i + 1);
    }
    assert_int_equal(table.count, 60000);
    for (uint32_t i = 0; i < 60000; i++) {
        assert_int_equal(value_table_find(&table, numbered(text, i)), i + 1);
        assert_true(slice_equal(value_table_get(&table, i + 1), numbered(text, i)));
    }
    assert_int_equal(value_table_find(&table, SLICE("value/60000")), 0);
    value_table_fini(&table);
}

/* Values of every length, all equal but for one byte at either end. */
static void tells_values_apart(void **state)
{
    (void)state;
    struct value_table table;
    char bytes[200];
    value_table_init(&table, 7, 10000, 8 << 20);
    uint32_t count = 0;
    for (size_t length = 0; length < sizeof bytes; length++) {
        for (int kind = 0; kind < 3; kind++) {
            if (length < 2 && kind)
                continue;
            memset(bytes, 'a', sizeof bytes);
            if (kind)
                bytes[kind == 1 ? 0 : length - 1] = 'b';
            assert_int_equal(add(&table, (struct slice){bytes, length}), ++count);
        }
    }
    value_table_fini(&table);
}

static void compares_in_steps(void **state)
{
    (void)state;
    char a[100], b[100];
    for (size_t length = 0; length < sizeof a; length++) {
        memset(a, 'x', sizeof a);
        memset(b, 'x', sizeof b);
        b[length] = 'y'; /* beyond the end */
        assert_true(value_equal((struct slice){a, length}, (struct slice){b, length}));
        for (size_t at = 0; at < length; at++) {
            b[at] ^= 1;
            assert_false(
                value_equal((struct slice){a, length}, (struct slice){b, length}));
            b[at] ^= 1;
        }
    }
    assert_false(value_equal(SLICE("ab"), SLICE("abc")));
}

static void stops_at_its_limits(void **state)
{
    (void)state;
    struct value_table table;
    char text[32];
    value_table_init(&table, 1, 100, 1 << 20);
    for (uint32_t i = 0; i < 200; i++)
        assert_int_equal(add(&table, numbered(text, i)), i < 100 ? i + 1 : 0);
    /* What it has is found all the same. */
    assert_int_equal(add(&table, numbered(text, 99)), 100);
    value_table_clear(&table, 1 << 20);
    assert_int_equal(value_table_find(&table, numbered(text, 99)), 0);
    assert_int_equal(add(&table, numbered(text, 150)), 1);
    value_table_fini(&table);

    value_table_init(&table, 1, 100000, 5000);
    uint32_t last = 0, code;
    for (uint32_t i = 0; (code = add(&table, numbered(text, i))) != 0; i++)
        last = code;
    assert_true(last > 200 && last < 400);
    assert_true(table.room <= 5000);
    char *large = calloc(1, 6000);
    assert_int_equal(add(&table, (struct slice){large, 6000}), 0);
    free(large);
    value_table_fini(&table);
}

static void depends_on_its_seed(void **state)
{
    (void)state;
    struct value_table a, b;
    value_table_init(&a, 1, 10, 1000);
    value_table_init(&b, 2, 10, 1000);
    int differ = 0;
    for (uint32_t i = 0; i < 100; i++) {
        char text[32];
        struct slice value = numbered(text, i);
        differ += value_table_hash(&a, value) != value_table_hash(&b, value);
        assert_int_equal(value_table_hash(&a, value), value_table_hash(&a, value));
    }
    assert_true(differ > 95);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_values_in_order),
        cmocka_unit_test(tells_values_apart),
        cmocka_unit_test(compares_in_steps),
        cmocka_unit_test(stops_at_its_limits),
        cmocka_unit_test(depends_on_its_seed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
