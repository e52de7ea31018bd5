#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "db/filter_sql.h"
#include "db/query_tally.h"
#include "tests/store_bed.h"

/* 2026-03-14T02:00:00Z, and an hour. */
#define T0 "1773453600000000"
#define T1 "1773457200000000"

/* Four operations; d's actor is not UTF-8, c has neither actor, address nor time. */
static const char rows[] =
    "INSERT INTO operation(id, time_us, provider, outcome, lifecycle, severity,"
    " confidence, rules, operation, actor, source_ip, source_text, account, region,"
    " error_code, time_text, approval_state,"
    " time_quality, technique, records, switched_off, first_loaded_us) VALUES"
    "('a', " T0 ", 1, 1, 1, 3, 2, 'r1;r2', 'CreateTrafficMirrorSession',"
    " 'arn:aws:sts::111122223333:assumed-role/NetOps/mallory', '198.51.100.23', NULL,"
    " '111122223333', 'us-east-1', NULL, '2026-03-14T02:00:00Z', NULL, 1, 'T', 1, 0, "
    "0),"
    "('b', " T1 ", 3, 3, 3, 2, 1, 'r2', 'v1.compute.packetMirrorings.delete',"
    " '50% o''hara_x; DROP TABLE operation', '2001:db8::7', NULL, 'acme-prod',"
    " 'europe-west1', 'PERMISSION_DENIED', 'x', 'covered', 1, 'T', 1, 0, 0),"
    "('c', NULL, 7, 0, 4, 3, 2, '', 'monitor session 1', NULL, NULL, 'tty 2', 'sw1',"
    " NULL, NULL, '1y2w', '', 1, 'T', 1, 0, 0),"
    "('d', " T0 " + 1, 1, 4, 1, 3, 2, 'r11', 'createtrafficmirrorsession',"
    " CAST(x'6576696cff1b5b6d' AS TEXT), '198.51.100.99', NULL, '111122223333',"
    " 'us-east-1', 'Client.DryRunOperation', 'y', 'retroactive', 1, 'T', 1, 0, 0)";

static void fill(struct bed *bed)
{
    bed_run(bed, rows);
}

/* Ids of the operations, or numbers of the events, that the filter keeps. */
static const char *kept(struct bed *bed, const char *text, enum filter_target target,
                        const char *select)
{
    struct filter filter;
    struct error error = {0};
    sqlite3_stmt *statement;
    if (filter_parse(&filter, &bed->arena, slice_from(text), INT64_C(1773457200000000),
                     &error))
        fail_msg("%s: %s", text, error.message);
    struct slice condition = filter_sql(&filter, target, &bed->arena, &error);
    if (!slice_present(condition))
        fail_msg("%s: %s", text, error.message);
    struct slice sql =
        arena_printf(&bed->arena, "%s WHERE %s ORDER BY 1", select, condition.data);
    if (sqlite3_prepare_v2(bed->handle->db, sql.data, -1, &statement, NULL))
        fail_msg("%s: %s", sql.data, sqlite3_errmsg(bed->handle->db));
    int parameter = 1;
    assert_int_equal(filter_bind(&filter, target, statement, &parameter), SQLITE_OK);
    /* All parameters have a value, and no more values are bound than there are. */
    assert_int_equal(parameter - 1, sqlite3_bind_parameter_count(statement));
    struct slice ids = SLICE("");
    int result;
    while ((result = sqlite3_step(statement)) == SQLITE_ROW) {
        const char *id = (const char *)sqlite3_column_text(statement, 0);
        ids = arena_printf(&bed->arena, "%s%s", ids.data, id ? id : "-");
    }
    assert_int_equal(result, SQLITE_DONE);
    sqlite3_finalize(statement);
    return ids.data;
}

static void keeps(struct bed *bed, const char *text, const char *expected)
{
    const char *ids = kept(bed, text, FILTER_ON_OPERATION, "SELECT id FROM operation");
    if (strcmp(ids, expected))
        fail_msg("%s keeps \"%s\", not \"%s\"", text, ids, expected);
}

struct filter_case {
    const char *text, *ids;
};

static const struct filter_case cases[] = {
    {"provider:aws", "ad"},
    {"provider:aws,gcp", "abd"},
    {"outcome:denied", "b"},
    {"outcome:dry-run,unknown", "cd"},
    {"lifecycle:creation", "ad"},
    {"lifecycle:Creation/Modification", "c"},
    {"severity:high", "acd"},
    {"confidence:medium", "b"},
    /* Equality without case; a star is any run; ~ is anywhere. */
    {"operation:CREATETRAFFICMIRRORSESSION", "ad"},
    {"operation:create*session", "ad"},
    {"operation:Traffic", ""},
    {"operation:~traffic", "ad"},
    {"operation:~TRAFFIC,session", "acd"},
    {"account:111122223333,sw1", "acd"},
    {"error:permission_denied", "b"},
    {"error:~dryrun", "d"},
    {"id:a,c", "ac"},
    /* What LIKE, GLOB or quoting would read as something else. */
    {"actor:~%", "b"},
    {"actor:~_", "b"},
    {"actor:~o'hara", "b"},
    {"actor:\"50% o'hara_x; DROP TABLE operation\"", "b"},
    {"actor:~\"; DROP\"", "b"},
    {"actor:~\"') OR 1=1 --\"", ""},
    {"actor:~?", ""},
    {"actor:?vil*", ""},
    {"actor:[e]vil*", ""},
    {"actor:~\\", ""},
    {"actor:~evil", "d"},
    {"actor:evil*", "d"},
    {"actor:~\xff", "d"},
    {"actor:~\"\x1b[m\"", "d"},
    /* Addresses by number. */
    {"ip:198.51.100.0/24", "ad"},
    {"ip:198.51.100.23", "a"},
    {"ip:198.51.100.0/26", "a"},
    {"ip:2001:db8::/32", "b"},
    {"ip:2001:0db8:0:0:0:0:0:7", "b"},
    {"ip:0.0.0.0/0", "ad"},
    /* Whole ids of rules, whatever stands beside them. */
    {"rule:r2", "ab"},
    {"rule:r1", "a"},
    {"rule:r1*", "ad"},
    {"rule:\"r1;r2\"", ""},
    {"rule:~11", "d"},
    {"approved:yes", "bd"},
    {"approved:no", "ac"},
    {"attempt:yes", "bd"},
    {"since:2026-03-14T02:00:00Z", "abd"},
    {"since:2026-03-14T02:00:01Z", "b"},
    {"until:2026-03-14T02:00:00Z", "a"},
    {"since:-30m", "b"},
    /* Bare words look at every text. */
    {"mallory", "a"},
    {"MALLORY", "a"},
    {"tty", "c"},
    {"1y2w", "c"},
    {"europe-west1", "b"},
    {"%", "b"},
    {"\"session 1\"", "c"},
    {"\"NetOps/mallory\"", "a"},
    {"nothing-like-it", ""},
};

static void keeps_what_the_language_says(void **state)
{
    struct bed *bed = *state;
    fill(bed);
    keeps(bed, "", "abcd");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        keeps(bed, cases[i].text, cases[i].ids);
}

/* A term and its negation share no row and miss none, rows without a value included. */
static void negation_is_the_rest(void **state)
{
    struct bed *bed = *state;
    fill(bed);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[200], rest[8] = "";
        size_t length = 0;
        for (const char *id = "abcd"; *id; id++) {
            if (!strchr(cases[i].ids, *id))
                rest[length++] = *id;
        }
        snprintf(text, sizeof text, "-%s", cases[i].text);
        keeps(bed, text, rest);
        snprintf(text, sizeof text, "!%s", cases[i].text);
        keeps(bed, text, rest);
    }
}

static void terms_are_joined_by_and(void **state)
{
    struct bed *bed = *state;
    fill(bed);
    keeps(bed, "provider:aws attempt:no", "a");
    keeps(bed, "provider:aws -ip:198.51.100.23", "d");
    keeps(bed, "session -provider:aws", "c");
    keeps(bed, "session account:sw1,acme-prod since:2026-03-14T02:00Z", "");
    keeps(bed, "since:2026-03-14T02:00Z until:+30m", "ad");
}

/* As many terms and values as the language takes are not too much for SQLite. */
static void the_longest_filters_run(void **state)
{
    struct bed *bed = *state;
    char text[LIMIT_FILTER_BYTES + 1] = "";
    size_t length = 0;
    fill(bed);
    for (int i = 0; i < LIMIT_FILTER_TERMS; i++)
        length += (size_t)snprintf(text + length, sizeof text - length, "-zq%d ", i);
    keeps(bed, text, "abcd");
    length = 0;
    for (int i = 0; i < 24; i++) {
        length += (size_t)snprintf(text + length, sizeof text - length, "id:a");
        for (int j = 1; j < LIMIT_FILTER_TERMS; j++)
            length += (size_t)snprintf(text + length, sizeof text - length, ",%c",
                                       "abcd"[j % 4]);
        length += (size_t)snprintf(text + length, sizeof text - length, " ");
    }
    keeps(bed, text, "abcd");
}

static void fill_events(struct bed *bed)
{
    int64_t source;
    bed_begin(bed, "/logs/a", 10, "aa", &source, NULL);
    for (uint64_t i = 0; i < 60; i++) {
        struct event event;
        char actor[64];
        bed_event(&event, i, actor);
        event.outcome = i % 10 ? OUTCOME_SUCCESS : OUTCOME_DENIED;
        event.text[FIELD_SOURCE_IP] = i % 2 ? SLICE("198.51.100.7") : SLICE_NONE;
        bed_add(bed, bed->batch, source, &event, i * 101, 100);
    }
    bed_finish(bed, source, "aa", 10);
    bed_flush(bed);
}

/* The columns alone must keep as many as SQL does. */
static void counts_on_columns(struct bed *bed, const struct filter_case *expected)
{
    struct filter filter;
    struct timeline timeline;
    struct error error = {0};
    assert_int_equal(filter_parse(&filter, &bed->arena, slice_from(expected->text),
                                  INT64_C(1773457200000000), &error),
                     0);
    if (query_timeline(bed->handle, &filter, INT64_C(1773450000000000),
                       INT64_C(1000000000), 7, &bed->arena, &timeline, &error))
        fail_msg("%s: %s", expected->text, error.message);
    uint64_t sum = 0;
    for (size_t i = 0; i < timeline.count; i++)
        sum += timeline.events[i];
    assert_int_equal(sum, timeline.total);
    if (timeline.total != strtoull(expected->ids, NULL, 10))
        fail_msg("%s keeps %llu events on columns, not %s", expected->text,
                 (unsigned long long)timeline.total, expected->ids);
}

static void filters_all_events(void **state)
{
    struct bed *bed = *state;
    static const struct filter_case event_cases[] = {
        {"", "60"},
        {"provider:gcp", "20"},
        {"-provider:gcp", "40"},
        {"provider:gcp,aws", "60"},
        {"outcome:denied", "6"},
        {"-outcome:denied", "54"},
        {"ip:198.51.100.0/24", "30"},
        {"-ip:198.51.100.0/24", "30"},
        {"operation:createtags", "30"},
        {"actor:~role/r59", "1"},
        {"ROLE/R59", "1"},
        {"since:2026-03-14T02:00:30Z until:2026-03-14T02:00:39Z", "10"},
        {"since:2026-03-14T02:00:30Z outcome:denied", "3"},
        {"\"2026-03-14T02:00:59\"", "1"},
    };
    fill_events(bed);
    for (size_t i = 0; i < sizeof event_cases / sizeof event_cases[0]; i++) {
        const char *count = kept(bed, event_cases[i].text, FILTER_ON_EVENT,
                                 "SELECT count(*) FROM event");
        if (strcmp(count, event_cases[i].ids))
            fail_msg("%s keeps %s events, not %s", event_cases[i].text, count,
                     event_cases[i].ids);
        counts_on_columns(bed, &event_cases[i]);
    }
}

/* Steps hold what falls into them, and nothing from outside. */
static void counts_by_steps_of_time(void **state)
{
    struct bed *bed = *state;
    struct timeline timeline;
    struct error error = {0};
    const int64_t second = 1000000, start = INT64_C(1773453600000000);
    fill_events(bed);
    assert_int_equal(query_timeline(bed->handle, NULL, start + 10 * second, 5 * second,
                                    4, &bed->arena, &timeline, &error),
                     0);
    for (size_t i = 0; i < timeline.count; i++)
        assert_int_equal(timeline.events[i], 5);
    assert_int_equal(timeline.total, 20);
    assert_int_equal(timeline.total_hits, 0);
}

/* As bed_table gives it. */
static const char *tallied(struct bed *bed, const char *filter_text,
                           enum filter_key key, enum tally_sort sort, bool descending,
                           uint64_t offset, size_t limit)
{
    struct filter filter;
    struct tally_list list;
    struct error error = {0};
    struct slice out = SLICE("");
    assert_int_equal(filter_parse(&filter, &bed->arena, slice_from(filter_text),
                                  EVENT_TIME_NONE, &error),
                     0);
    const struct tally_scope scope = {&filter, key};
    if (query_tally(bed->handle, &scope, sort, descending, offset, limit, NULL,
                    &bed->arena, &list, &error))
        fail_msg("%s: %s", filter_text, error.message);
    for (size_t i = 0; i < list.count; i++) {
        const struct tally_row *row = &list.rows[i];
        struct slice value = slice_present(row->value) ? row->value : SLICE("-");
        out =
            arena_printf(&bed->arena, "%.*s%.*s|%llu|%llu|%lld|%lld\n", (int)out.length,
                         out.data, (int)value.length, value.data,
                         (unsigned long long)row->events, (unsigned long long)row->hits,
                         (long long)row->first_us, (long long)row->last_us);
    }
    return out.data;
}

/* What the columns count, SQL counts as well. */
static void counts_by_any_column(void **state)
{
    struct bed *bed = *state;
    static const struct {
        enum filter_key key;
        const char *name;
    } keys[] = {
        {FILTER_ACTOR, "actor"},         {FILTER_IP, "source_ip"},
        {FILTER_OUTCOME, "outcome"},     {FILTER_PROVIDER, "provider"},
        {FILTER_ERROR, "error_code"},    {FILTER_REGION, "region"},
        {FILTER_OPERATION, "operation"},
    };
    static const struct {
        const char *filter, *condition;
    } filters[] = {
        {"", "1"},
        {"provider:gcp", "provider = 'gcp'"},
        {"-region:* operation:~tags", "region IS NULL AND operation = 'CreateTags'"},
        {"since:2026-03-14T02:00:30Z", "time_us >= 1773453630000000"},
    };
    fill_events(bed);
    for (size_t k = 0; k < sizeof keys / sizeof keys[0]; k++)
        for (size_t f = 0; f < sizeof filters / sizeof filters[0]; f++) {
            struct slice sql = arena_printf(
                &bed->arena,
                "SELECT %s, count(*), sum(hit), min(time_us), max(time_us) FROM event "
                "WHERE %s GROUP BY 1 ORDER BY 1",
                keys[k].name, filters[f].condition);
            assert_string_equal(tallied(bed, filters[f].filter, keys[k].key,
                                        TALLY_BY_VALUE, false, 0, 1000),
                                bed_table(bed, sql.data));
        }
}

static void counts_in_the_order_asked_for(void **state)
{
    struct bed *bed = *state;
    struct tally_list list;
    struct error error = {0};
    fill_events(bed);
    const char *all = tallied(bed, "", FILTER_OUTCOME, TALLY_BY_EVENTS, true, 0, 9);
    assert_ptr_equal(strstr(all, "success|54|"), all);
    assert_non_null(strstr(all, "\ndenied|6|"));
    const char *second = tallied(bed, "", FILTER_OUTCOME, TALLY_BY_EVENTS, true, 1, 9);
    assert_ptr_equal(strstr(second, "denied|6|"), second);
    const char *first = tallied(bed, "", FILTER_ACTOR, TALLY_BY_FIRST, false, 0, 1);
    assert_non_null(strstr(first, "role/r0|1|0|1773453600000000|"));
    const char *last = tallied(bed, "", FILTER_ACTOR, TALLY_BY_LAST, true, 0, 1);
    assert_non_null(strstr(last, "role/r59|1|"));
    const struct tally_scope hits_alone = {.key = FILTER_SEVERITY};
    assert_int_equal(query_tally(bed->handle, &hits_alone, TALLY_BY_VALUE, false, 0, 9,
                                 NULL, &bed->arena, &list, &error),
                     -1);
    assert_int_equal(error.code, ERROR_UNSUPPORTED);
}

static void refuses_what_events_do_not_have(void **state)
{
    struct bed *bed = *state;
    static const char *const texts[] = {
        "provider:aws rule:r1",      "provider:aws approved:no",
        "provider:aws severity:low", "provider:aws confidence:low",
        "provider:aws attempt:yes",  "provider:aws id:a"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct filter filter;
        struct error error = {0};
        assert_int_equal(filter_parse(&filter, &bed->arena, slice_from(texts[i]),
                                      EVENT_TIME_NONE, &error),
                         0);
        assert_false(
            slice_present(filter_sql(&filter, FILTER_ON_EVENT, &bed->arena, &error)));
        assert_int_equal(error.code, ERROR_UNSUPPORTED);
        assert_int_equal(error.column, 14);
    }
}

/* Bounds of time must reach the index of operations and the segments of events. */
static void time_narrows_the_search(void **state)
{
    struct bed *bed = *state;
    struct error error = {0};
    static const struct {
        enum filter_target target;
        const char *table, *plan;
    } targets[] = {{FILTER_ON_OPERATION, "operation", "SEARCH operation"},
                   {FILTER_ON_EVENT, "event", "INDEX 2:"}};
    for (int i = 0; i < 2; i++) {
        struct filter filter;
        assert_int_equal(filter_parse(&filter, &bed->arena,
                                      SLICE("since:2026-03-14 provider:aws"),
                                      EVENT_TIME_NONE, &error),
                         0);
        struct slice condition =
            filter_sql(&filter, targets[i].target, &bed->arena, &error);
        struct slice sql =
            arena_printf(&bed->arena, "EXPLAIN QUERY PLAN SELECT * FROM %s WHERE %s",
                         targets[i].table, condition.data);
        const char *plan = bed_table(bed, sql.data);
        if (!strstr(plan, targets[i].plan))
            fail_msg("%s", plan);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BED(keeps_what_the_language_says),
        ON_BED(negation_is_the_rest),
        ON_BED(terms_are_joined_by_and),
        ON_BED(the_longest_filters_run),
        ON_BED(filters_all_events),
        ON_BED(counts_by_steps_of_time),
        ON_BED(counts_by_any_column),
        ON_BED(counts_in_the_order_asked_for),
        ON_BED(refuses_what_events_do_not_have),
        ON_BED(time_narrows_the_search),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
