#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>

#include "db/coverage_grid.h"
#include "tests/store_bed.h"

#define MIDNIGHT INT64_C(1773446400000000)
#define MINUTE INT64_C(60000000)

static void add(struct bed *bed, int64_t source, uint64_t offset,
                enum provider provider, const char *account, const char *region,
                int64_t time_us, const char *actor)
{
    struct event event;
    event_clear(&event);
    event.provider = provider;
    event.time_us = time_us;
    event.text[FIELD_ACCOUNT] = slice_from(account);
    event.text[FIELD_REGION] = slice_from(region);
    event.text[FIELD_ACTOR] = slice_from(actor);
    bed_add(bed, bed->batch, source, &event, offset, 1);
}

/* A day of an account in two regions, one of them silent from 02:00 to 05:00, a device,
 * and ARNs of places without a log. */
static void fill(struct bed *bed)
{
    int64_t source;
    uint64_t offset = 0;
    bed_begin(bed, "/logs/a", 10, "aa", &source, NULL);
    for (int minute = 0; minute < 1440; minute++) {
        int64_t time_us = MIDNIGHT + minute * MINUTE;
        add(bed, source, offset++, PROVIDER_AWS, "111122223333", "us-east-1", time_us,
            "arn:aws:iam::111122223333:user/a");
        if (minute < 120 || minute >= 300)
            add(bed, source, offset++, PROVIDER_AWS, "111122223333", "eu-west-1",
                time_us, "arn:aws:sts::444455556666:assumed-role/R/s");
    }
    add(bed, source, offset++, PROVIDER_CISCO_IOS, "sw1", NULL, MIDNIGHT, NULL);
    add(bed, source, offset++, PROVIDER_CISCO_IOS, "sw1", NULL, EVENT_TIME_NONE, NULL);
    add(bed, source, offset++, PROVIDER_GCP, "111122223333", "us-east-1", MIDNIGHT,
        "arn:aws:ec2:ap-south-1:111122223333:instance/i-1");
    bed_finish(bed, source, "aa", 10);
    bed_flush(bed);
    bed_run(
        bed,
        "INSERT INTO operation(id, time_quality, provider, outcome, lifecycle,"
        " severity, confidence, rules, technique, records, switched_off,"
        " destination, first_loaded_us) VALUES('0a', 0, 1, 1, 1, 1, 1, '', '', 1, 0,"
        " 'arn:aws:elasticloadbalancing:us-east-1:777788889999:loadbalancer/x', 0)");
}

static const char *told(struct bed *bed, const struct coverage_grid *grid)
{
    struct slice text = SLICE("");
    for (size_t i = 0; i < grid->count; i++) {
        const struct coverage_place *place = &grid->places[i];
        text = arena_printf(
            &bed->arena, "%.*s%s %.*s %.*s: %llu+%llu, %zu gaps\n", (int)text.length,
            text.data, provider_name(place->provider), (int)place->account.length,
            place->account.data ? place->account.data : "", (int)place->region.length,
            place->region.data ? place->region.data : "-",
            (unsigned long long)place->rhythm->events,
            (unsigned long long)place->undated, place->gap_total);
    }
    for (size_t i = 0; i < grid->unlogged_count; i++)
        text = arena_printf(
            &bed->arena, "%.*sno log: %.*s %.*s\n", (int)text.length, text.data,
            (int)grid->unlogged[i].account.length, grid->unlogged[i].account.data,
            (int)grid->unlogged[i].region.length,
            grid->unlogged[i].region.data ? grid->unlogged[i].region.data : "");
    return text.data;
}

static void surveys_a_case(void **state)
{
    struct bed *bed = *state;
    struct coverage_grid grid;
    fill(bed);
    assert_int_equal(coverage_grid(bed->handle, &bed->arena, &grid, NULL), 0);
    assert_string_equal(told(bed, &grid), "aws 111122223333 eu-west-1: 1260+0, 1 gaps\n"
                                          "aws 111122223333 us-east-1: 1440+0, 0 gaps\n"
                                          "gcp 111122223333 us-east-1: 1+0, 0 gaps\n"
                                          "cisco-ios sw1 : 1+1, 0 gaps\n"
                                          "no log: 111122223333 ap-south-1\n"
                                          "no log: 777788889999 \n"
                                          "no log: 444455556666 \n");
    assert_int_equal(grid.first_us, MIDNIGHT);
    assert_int_equal(grid.last_us, MIDNIGHT + 1439 * MINUTE);
    const struct rhythm_gap *gap = &grid.places[0].gaps[0];
    assert_int_equal(gap->from_us, MIDNIGHT + 120 * MINUTE);
    assert_int_equal(gap->until_us, MIDNIGHT + 300 * MINUTE);
    assert_int_equal(grid.events_beyond, 0);
    bed_run(bed, "UPDATE source SET doubled = 1");
    assert_int_equal(coverage_grid(bed->handle, &bed->arena, &grid, NULL), 0);
    assert_int_equal(grid.places[0].rhythm->events, 0);
}

static void counts_places_beyond_the_limit(void **state)
{
    struct bed *bed = *state;
    struct coverage_grid grid;
    int64_t source;
    uint64_t events = 0;
    bed_begin(bed, "/logs/a", 10, "aa", &source, NULL);
    for (int i = 0; i < 3 * LIMIT_COVERAGE_PLACES; i++) {
        char account[16];
        snprintf(account, sizeof account, "%012d", i % (2 * LIMIT_COVERAGE_PLACES));
        add(bed, source, (uint64_t)i, PROVIDER_AWS, account, NULL, MIDNIGHT, NULL);
    }
    bed_finish(bed, source, "aa", 10);
    bed_flush(bed);
    assert_int_equal(coverage_grid(bed->handle, &bed->arena, &grid, NULL), 0);
    assert_int_equal(grid.count, LIMIT_COVERAGE_PLACES);
    for (size_t i = 0; i < grid.count; i++)
        events += grid.places[i].rhythm->events;
    assert_int_equal(events + grid.events_beyond, 3 * LIMIT_COVERAGE_PLACES);
    assert_int_equal(grid.events_beyond, LIMIT_COVERAGE_PLACES);
}

static void an_empty_case_covers_nothing(void **state)
{
    struct bed *bed = *state;
    struct coverage_grid grid;
    assert_int_equal(coverage_grid(bed->handle, &bed->arena, &grid, NULL), 0);
    assert_int_equal(grid.count, 0);
    assert_int_equal(grid.unlogged_count, 0);
    assert_int_equal(grid.first_us, EVENT_TIME_NONE);
}

static void says_what_a_form_cannot_show(void **state)
{
    (void)state;
    assert_non_null(coverage_blind_spot(SLICE("cloudtrail")));
    assert_true(coverage_blind_spot(SLICE("cloudtrail-console-csv")) !=
                coverage_blind_spot(SLICE("cloudtrail")));
    assert_non_null(coverage_blind_spot(SLICE("azure-activity-rest")));
    assert_null(coverage_blind_spot(SLICE("unheard-of")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BED(surveys_a_case),
        ON_BED(counts_places_beyond_the_limit),
        ON_BED(an_empty_case_covers_nothing),
        cmocka_unit_test(says_what_a_form_cannot_show),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
