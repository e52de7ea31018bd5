#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/rhythm.h"

#define MINUTE INT64_C(60000000)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)
#define MIDNIGHT INT64_C(1773446400000000) /* 2026-03-14T00:00:00Z */

enum { GAPS = 8 };

/* Events every `every_us` of the hours [from, until) of each day, but for a silence. */
static void fill(struct rhythm *rhythm, int days, int64_t every_us, int from, int until,
                 int64_t silent_from, int64_t silent_until)
{
    rhythm_init(rhythm);
    for (int day = 0; day < days; day++) {
        for (int64_t at = from * HOUR; at < until * HOUR; at += every_us) {
            int64_t offset = day * DAY + at;
            if (offset < silent_from || offset >= silent_until)
                rhythm_add(rhythm, MIDNIGHT + offset);
        }
    }
}

static void marks_gaps_by_rhythm(void **state)
{
    (void)state;
    static struct rhythm rhythm;
    static const struct {
        const char *name;
        int days;
        int64_t every_us;
        int from, until;
        int64_t silent_from, silent_until;
        size_t gaps;
    } cases[] = {
        {"busy, nothing missing", 1, MINUTE, 0, 24, 0, 0, 0},
        {"busy, three hours missing", 1, MINUTE, 0, 24, 2 * HOUR, 5 * HOUR, 1},
        {"busy, ten minutes missing", 1, MINUTE, 0, 24, 2 * HOUR, 2 * HOUR + 600000000,
         0},
        {"office hours: nights are no gaps", 5, MINUTE, 8, 18, 0, 0, 0},
        {"office hours, an afternoon missing", 5, MINUTE, 8, 18, 2 * DAY + 13 * HOUR,
         2 * DAY + 17 * HOUR, 1},
        {"office hours, a day missing", 5, MINUTE, 8, 18, 2 * DAY, 3 * DAY, 1},
        {"an event every four hours", 5, 4 * HOUR, 0, 24, 0, 0, 0},
        {"an event every four hours, two days missing", 9, 4 * HOUR, 0, 24, 3 * DAY,
         5 * DAY, 1},
        {"an event every four hours, a day missing", 9, 4 * HOUR, 0, 24, 3 * DAY,
         4 * DAY, 0},
        {"three events", 3, DAY, 0, 24, 0, 0, 0},
        {"one event", 1, DAY, 0, 24, 0, 0, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct rhythm_gap gaps[GAPS];
        fill(&rhythm, cases[i].days, cases[i].every_us, cases[i].from, cases[i].until,
             cases[i].silent_from, cases[i].silent_until);
        size_t found = rhythm_gaps(&rhythm, gaps, GAPS);
        if (found != cases[i].gaps)
            fail_msg("%s: %zu gaps", cases[i].name, found);
        if (!found)
            continue;
        int64_t step = rhythm_step_us(&rhythm);
        if (gaps[0].until_us < MIDNIGHT + cases[i].silent_until - step ||
            gaps[0].from_us > MIDNIGHT + cases[i].silent_from + step)
            fail_msg("%s: the gap is elsewhere", cases[i].name);
    }
}

static void is_the_same_in_any_order(void **state)
{
    (void)state;
    static struct rhythm forward, backward, mixed;
    enum { COUNT = 5000 };
    rhythm_init(&forward);
    rhythm_init(&backward);
    rhythm_init(&mixed);
    for (int64_t i = 0; i < COUNT; i++) {
        rhythm_add(&forward, MIDNIGHT + i * i * 7 * MINUTE / 100);
        rhythm_add(&backward,
                   MIDNIGHT + (COUNT - 1 - i) * (COUNT - 1 - i) * 7 * MINUTE / 100);
        int64_t j = i * 2503 % COUNT;
        rhythm_add(&mixed, MIDNIGHT + j * j * 7 * MINUTE / 100);
    }
    assert_true(forward.doublings > 0);
    assert_memory_equal(&forward, &backward, sizeof forward);
    assert_memory_equal(&forward, &mixed, sizeof forward);
    uint64_t sum = 0;
    for (size_t i = 0; i < RHYTHM_STEPS; i++)
        sum += forward.counts[i];
    assert_int_equal(sum, COUNT);
}

static void holds_any_span(void **state)
{
    (void)state;
    static struct rhythm rhythm;
    uint64_t columns[10];
    rhythm_init(&rhythm);
    rhythm_add(&rhythm, INT64_MIN);
    rhythm_add(&rhythm, -1);
    rhythm_add(&rhythm, INT64_MAX);
    assert_int_equal(rhythm.events, 0);
    assert_int_equal(rhythm_gaps(&rhythm, NULL, 0), 0);
    rhythm_columns(&rhythm, MIDNIGHT, MIDNIGHT + DAY, columns, 10);
    for (int i = 0; i < 10; i++)
        assert_int_equal(columns[i], 0);
    rhythm_add(&rhythm, MIDNIGHT);
    rhythm_add(&rhythm, 0);
    rhythm_add(&rhythm, INT64_C(253402300799999999));
    assert_int_equal(rhythm.events, 3);
    rhythm_columns(&rhythm, 0, INT64_C(253402300799999999), columns, 10);
    assert_int_equal(columns[0], 2);
    assert_int_equal(columns[9], 1);
    rhythm_columns(&rhythm, MIDNIGHT, MIDNIGHT - 1, columns, 10);
    assert_int_equal(columns[0], 0);
}

static void draws_columns(void **state)
{
    (void)state;
    static struct rhythm rhythm;
    uint64_t columns[24], sum = 0;
    fill(&rhythm, 1, MINUTE, 0, 24, 2 * HOUR, 5 * HOUR);
    rhythm_columns(&rhythm, MIDNIGHT, MIDNIGHT + DAY - 1, columns, 24);
    for (int i = 0; i < 24; i++) {
        assert_int_equal(columns[i] == 0, i >= 2 && i < 5);
        sum += columns[i];
    }
    assert_int_equal(sum, rhythm.events);
    /* A window keeps what is in it. */
    rhythm_columns(&rhythm, MIDNIGHT + 6 * HOUR, MIDNIGHT + 7 * HOUR - 1, columns, 1);
    assert_int_equal(columns[0], 60);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(marks_gaps_by_rhythm),
        cmocka_unit_test(is_the_same_in_any_order),
        cmocka_unit_test(holds_any_span),
        cmocka_unit_test(draws_columns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
