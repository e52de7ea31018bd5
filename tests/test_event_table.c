#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "db/query_event.h"
#include "db/query_tally.h"
#include "tests/store_bed.h"

enum { EVENTS = 40000 };

/* The event of a number; actor and agent hold what it borrows. Whether it is a hit. */
static bool make_event(uint64_t number, struct event *event, char actor[64],
                       char agent[64])
{
    bool hit = number % 1000 == 7;
    bed_event(event, number, actor);
    if (number % 11 == 0)
        event->time_us = EVENT_TIME_NONE;
    snprintf(agent, 64, "agent/%u", (unsigned)(number % 7));
    event->text[FIELD_USER_AGENT] = slice_from(agent);
    if (hit)
        event->text[FIELD_EVENT_ID] = slice_from(actor);
    return hit;
}

static void fill_events(struct bed *bed)
{
    int64_t source;
    bed_begin(bed, "/logs/a", 10, "aa", &source, NULL);
    for (uint64_t i = 0; i < EVENTS; i++) {
        struct event event;
        char actor[64], agent[64], raw[101];
        if (!make_event(i, &event, actor, agent)) {
            bed_add(bed, bed->batch, source, &event, i * 101, 100);
            continue;
        }
        memset(raw, 'x', 100);
        raw[100] = '\0';
        if (event_batch_count(bed->batch) == BATCH_EVENTS)
            bed_append(bed, bed->batch, source, i, NULL);
        bed_add_hit(bed, &event, raw, i * 101);
    }
    bed_finish(bed, source, "aa", 10);
    bed_flush(bed);
}

static void fill_table(struct bed *bed)
{
    bed_run(
        bed,
        "CREATE TEMP TABLE plain(id INTEGER PRIMARY KEY, hit INTEGER, time_us INTEGER,"
        " provider TEXT, operation TEXT, error_code TEXT, actor TEXT,"
        " user_agent TEXT, event_id TEXT, offset INTEGER, length INTEGER)");
    sqlite3_stmt *insert;
    assert_int_equal(
        sqlite3_prepare_v2(bed->handle->db,
                           "INSERT INTO plain VALUES(?,?,?,?,?,?,?,?,?,?,?)", -1,
                           &insert, NULL),
        SQLITE_OK);
    bed_run(bed, "BEGIN");
    for (uint64_t i = 0; i < EVENTS; i++) {
        struct event event;
        char actor[64], agent[64];
        bool hit = make_event(i, &event, actor, agent);
        sqlite3_bind_int64(insert, 1, (int64_t)i);
        sqlite3_bind_int(insert, 2, hit);
        if (event.time_us == EVENT_TIME_NONE)
            sqlite3_bind_null(insert, 3);
        else
            sqlite3_bind_int64(insert, 3, event.time_us);
        sqlite3_bind_text(insert, 4, provider_name(event.provider), -1, SQLITE_STATIC);
        const int fields[] = {FIELD_OPERATION, FIELD_ERROR_CODE, FIELD_ACTOR,
                              FIELD_USER_AGENT, FIELD_EVENT_ID};
        for (int j = 0; j < 5; j++)
            sqlite3_bind_text(insert, 5 + j, event.text[fields[j]].data,
                              (int)event.text[fields[j]].length, SQLITE_STATIC);
        sqlite3_bind_int64(insert, 10, (int64_t)i * 101);
        sqlite3_bind_int(insert, 11, 100);
        assert_int_equal(sqlite3_step(insert), SQLITE_DONE);
        sqlite3_reset(insert);
    }
    sqlite3_finalize(insert);
    bed_run(bed, "COMMIT");
}

/* EVENTS events in three segments, a hit every thousandth, and the same rows in a
 * plain table `plain` beside them: SQL must answer alike on both.  One after the
 * other, since the store ends transactions of its own. */
static void fill(struct bed *bed)
{
    fill_events(bed);
    fill_table(bed);
}

/* The columns of a whole row that both tables have. */
#define ROW                                                                            \
    "hit, time_us, provider, operation, error_code, actor, user_agent, event_id,"      \
    " offset, length"

static void answers_like_a_table(void **state)
{
    struct bed *bed = *state;
    fill(bed);
    static const char *const tails[] = {
        "",
        "WHERE time_us >= 1773453600000000 AND time_us < 1773453609000000",
        "WHERE time_us BETWEEN 1773454600000000 AND 1773454600000000",
        "WHERE time_us > 1773458599000000",
        "WHERE time_us IS NULL AND offset < 100000",
        "WHERE time_us = 'x'",
        "WHERE time_us > 1773458597999999.5",
        "WHERE hit",
        "WHERE hit = 1 AND actor = 'arn:aws:iam::111122223333:role/r7'",
        "WHERE hit = 2",
        "WHERE hit = '1'",
        "WHERE NOT hit AND offset BETWEEN 1000 AND 5000",
        ("WHERE provider = 'gcp' AND user_agent = 'agent/3' AND time_us < "
         "1773453700000000"),
        "WHERE provider = 'nobody'",
        "WHERE provider = 'GCP' COLLATE NOCASE AND length = 100 AND offset < 9000",
        "WHERE error_code = ''",
        "WHERE error_code IS NULL AND offset < 5000",
        "WHERE actor = 'arn:aws:iam::111122223333:role/r5'",
        "WHERE actor = 'ARN:aws:iam::111122223333:role/r5' COLLATE NOCASE",
        "WHERE actor = NULL",
        "WHERE actor = 5",
        "WHERE actor IN ('arn:aws:iam::111122223333:role/r1', 'nobody')",
        "WHERE actor LIKE '%/r97' OR offset = 101",
        "WHERE offset = 1010",
        "WHERE event_id = 'arn:aws:iam::111122223333:role/r7'",
    };
    for (size_t i = 0; i < sizeof tails / sizeof tails[0]; i++) {
        char sql[512];
        snprintf(sql, sizeof sql, "SELECT " ROW " FROM event %s ORDER BY offset",
                 tails[i]);
        const char *got = bed_table(bed, sql);
        snprintf(sql, sizeof sql, "SELECT " ROW " FROM plain %s ORDER BY offset",
                 tails[i]);
        const char *wanted = bed_table(bed, sql);
        if (strcmp(got, wanted))
            fail_msg("%s: %zu bytes, not %zu", tails[i], strlen(got), strlen(wanted));
    }
}

static void answers_questions(void **state)
{
    struct bed *bed = *state;
    fill(bed);
    static const char *const questions[] = {
        "SELECT count(*) FROM %s",
        "SELECT actor, count(*), min(time_us) FROM %s GROUP BY actor ORDER BY actor",
        "SELECT provider, hit, sum(length) FROM %s GROUP BY 1, 2 ORDER BY 1, 2",
        ("SELECT count(*) FROM %s a JOIN (SELECT actor FROM %s WHERE hit = 1) b"
         " ON a.actor = b.actor"),
    };
    for (size_t i = 0; i < sizeof questions / sizeof questions[0]; i++) {
        char sql[512];
        snprintf(sql, sizeof sql, questions[i], "event", "event");
        const char *got = bed_table(bed, sql);
        snprintf(sql, sizeof sql, questions[i], "plain", "plain");
        assert_string_equal(got, bed_table(bed, sql));
    }
}

static void gives_every_column(void **state)
{
    struct bed *bed = *state;
    struct event event;
    int64_t source;
    event_clear(&event);
    event.time_us = INT64_C(1773454269250000);
    event.time_quality = TIME_ZONE_ASSUMED;
    event.provider = PROVIDER_CISCO_IOS;
    event.outcome = OUTCOME_DENIED;
    char texts[EVENT_FIELD_COUNT][16];
    for (int i = 0; i < EVENT_FIELD_COUNT; i++) {
        snprintf(texts[i], sizeof texts[i], "%s", event_fields[i].name);
        event.text[i] = slice_from(texts[i]);
    }
    bed_begin(bed, "/logs/a", 10, "aa", &source, NULL);
    bed_add_hit(bed, &event, "raw", 77);
    event.text[FIELD_TIME_TEXT] = SLICE("2026-03-14T02:11:09.25Z");
    event.provider = PROVIDER_OTHER;
    bed_add(bed, bed->batch, source, &event, 81, 5);
    event_clear(&event);
    bed_add(bed, bed->batch, source, &event, 87, 5);
    bed_finish(bed, source, "aa", 10);
    bed_reopen(bed);
    char *wanted = calloc(1, 4096);
    size_t used = (size_t)snprintf(
        wanted, 4096,
        "16384|1|2026-03-14T02:11:09.25Z|1773454269250000|zone_assumed|"
        "cisco-ios|denied|Creation");
    for (int i = 0; i < EVENT_FIELD_COUNT; i++)
        used +=
            (size_t)snprintf(wanted + used, 4096 - used, "|%s", event_fields[i].name);
    snprintf(wanted + used, 4096 - used, "|1|77|3|0\n");
    assert_string_equal(
        bed_table(bed, "SELECT rowid, * FROM event WHERE rowid = 16384"), wanted);
    free(wanted);
    assert_string_equal(
        bed_table(bed,
                  "SELECT rowid, hit, time_text, mode, mirror, event_id, lifecycle,"
                  " provider, offset FROM event WHERE rowid > 16384"),
        "16385|0|2026-03-14T02:11:09.25Z|mode|-|-|-|other|81\n"
        "16386|0|-|-|-|-|-|other|87\n");
}

/* A window of the list of events, as SQL orders them. */
static void assert_window(struct bed *bed, const char *filter_text, const char *where,
                          uint64_t offset, size_t limit)
{
    struct filter filter;
    struct event_list list;
    struct error error = {0};
    char sql[512];
    struct slice got = SLICE("");
    assert_int_equal(filter_parse(&filter, &bed->arena, slice_from(filter_text),
                                  EVENT_TIME_NONE, &error),
                     0);
    const struct events_scope scope = {&filter, INT64_MIN, INT64_MAX};
    if (query_events(bed->handle, &scope, offset, limit, &bed->arena, &list, &error))
        fail_msg("%s: %s", filter_text, error.message);
    for (size_t i = 0; i < list.count; i++) {
        const struct event_row *row = &list.rows[i];
        struct slice actor = row->event.text[FIELD_ACTOR];
        got = arena_printf(&bed->arena, "%.*s%lld|%llu|%d|%.*s\n", (int)got.length,
                           got.data, (long long)row->rowid,
                           (unsigned long long)row->place.offset, row->hit,
                           (int)actor.length, actor.data);
    }
    snprintf(sql, sizeof sql,
             "SELECT rowid, offset, hit, actor FROM event WHERE %s"
             " ORDER BY time_us IS NULL, time_us, rowid LIMIT %zu OFFSET %llu",
             where, limit, (unsigned long long)offset);
    assert_string_equal(got.data, bed_table(bed, sql));
    snprintf(sql, sizeof sql, "SELECT count(*) FROM event WHERE %s", where);
    assert_int_equal(list.total, bed_number(bed, sql));
}

static void lists_in_order_of_time(void **state)
{
    struct bed *bed = *state;
    fill_events(bed);
    assert_window(bed, "", "1", 0, 40);
    assert_window(bed, "", "1", EVENTS / 2, 40);
    assert_window(bed, "", "1", EVENTS - 30, 40);
    assert_window(bed, "", "1", EVENTS, 40);
    assert_window(bed, "provider:gcp", "provider = 'gcp'", 100, 40);
    assert_window(bed, "since:2026-03-14T02:00:10Z until:+20s",
                  "time_us BETWEEN 1773453610000000 AND 1773453630000000", 3, 40);
    assert_window(bed, "actor:nobody", "0", 0, 40);
}

/* More events of one time than are put in order, before and behind others. */
static void lists_events_of_one_time(void **state)
{
    enum { ONE_TIME = 70000, BEFORE = 20, AFTER = 30, UNDATED = 25 };
    struct bed *bed = *state;
    const int64_t noon = INT64_C(1773489600000000);
    int64_t source;
    bed_begin(bed, "/logs/a", 10, "aa", &source, NULL);
    for (uint64_t i = 0; i < ONE_TIME + BEFORE + AFTER + UNDATED; i++) {
        struct event event;
        char text[64];
        bed_event(&event, i, text);
        event.time_us = noon;
        if (i < UNDATED)
            event.time_us = EVENT_TIME_NONE;
        else if (i < UNDATED + AFTER)
            event.time_us += 1 + (int64_t)i % 3;
        else if (i < UNDATED + AFTER + BEFORE)
            event.time_us -= 1 + (int64_t)i % 7;
        bed_add(bed, bed->batch, source, &event, i * 50, 49);
    }
    bed_finish(bed, source, "aa", 10);
    bed_reopen(bed);
    assert_window(bed, "", "1", 0, 50);
    assert_window(bed, "", "1", 10, 200);
    assert_window(bed, "", "1", 68000, 100);
    assert_window(bed, "", "1", ONE_TIME, 200);
}

/* Records that were unfolded from the same bytes. */
static void tells_leaves_apart(void **state)
{
    struct bed *bed = *state;
    struct event event;
    int64_t source;
    char text[64];
    bed_event(&event, 7, text);
    bed_begin(bed, "/logs/a", 10, "aa", &source, NULL);
    event.text[FIELD_DESTINATION] = SLICE("tmt-first");
    bed_add_leaf(bed, &event, "one", (struct record_place){40, 90, 1});
    event.text[FIELD_DESTINATION] = SLICE("tmt-second");
    bed_add_leaf(bed, &event, "two", (struct record_place){40, 90, 3});
    bed_finish(bed, source, "aa", 10);
    bed_reopen(bed);
    assert_string_equal(
        bed_table(bed, "SELECT leaf, offset, destination FROM event ORDER BY leaf"),
        "1|40|tmt-first\n3|40|tmt-second\n");
    assert_int_equal(bed_number(bed, "SELECT offset FROM event WHERE leaf = 3"), 40);
}

/* The log's own text of a time comes back, also where it is not stored. */
static void keeps_the_text_of_times(void **state)
{
    struct bed *bed = *state;
    static const struct {
        int64_t time_us;
        const char *text;
    } times[] = {
        {INT64_C(1773454269000000), "2026-03-14T02:11:09Z"},
        {INT64_C(1773446400000000), "2026-03-14T00:00:00Z"},
        {INT64_C(1773532799000000), "2026-03-14T23:59:59Z"},
        {INT64_C(1773532800000000), "2026-03-15T00:00:00Z"},
        {INT64_C(1773454269000000), "2026-03-14T03:11:09Z"}, /* another hour */
        {INT64_C(1773454269000000), "2026-03-14 02:11:09Z"},
        {INT64_C(1773454269000000), "2026-03-14T02:11:09.0"},
        {INT64_C(1773454269000000), "Mar 14 02:11:09"},
        {INT64_C(-1000000), "1969-12-31T23:59:59Z"},
    };
    const size_t count = sizeof times / sizeof times[0];
    int64_t source;
    bed_begin(bed, "/logs/a", 10, "aa", &source, NULL);
    for (size_t i = 0; i < count; i++) {
        struct event event;
        event_clear(&event);
        event.time_us = times[i].time_us;
        event.text[FIELD_TIME_TEXT] = slice_from(times[i].text);
        bed_add(bed, bed->batch, source, &event, i, 1);
    }
    /* Five of the nine are just how we print them. */
    assert_int_equal(bed->batch->columns[FIELD_TIME_TEXT].values.count, 4);
    bed_finish(bed, source, "aa", 10);
    bed_flush(bed);
    struct slice rest =
        slice_from(bed_table(bed, "SELECT time_text FROM event ORDER BY offset"));
    for (size_t i = 0; i < count; i++)
        assert_true(slice_equal(slice_cut(&rest, '\n'), slice_from(times[i].text)));
    assert_int_equal(bed_number(bed, "SELECT count(*) FROM dictionary"), 0);
}

static void note_step(void *payload, uint64_t done, uint64_t all)
{
    uint64_t *last = payload;
    assert_int_equal(done, *last + 1);
    assert_true(done <= all);
    *last = done;
}

/* Values that only segments know are one value each, in whatever segment. */
static void tallies_beyond_the_dictionary(struct bed *bed, uint64_t values,
                                          uint64_t doubled)
{
    struct tally_list list;
    struct error error = {0};
    uint64_t steps = 0;
    const struct tally_scope scope = {.key = FILTER_USER_AGENT};
    const struct query_progress progress = {.step = note_step, .payload = &steps};
    if (query_tally(bed->handle, &scope, TALLY_BY_EVENTS, true, 0, 1000, &progress,
                    &bed->arena, &list, &error))
        fail_msg("%s", error.message);
    assert_int_equal(list.total, values);
    assert_int_equal(list.events, values + doubled);
    assert_int_equal(list.others, 0);
    assert_int_equal(list.most, 2);
    assert_int_equal(list.rows[doubled - 1].events, 2);
    assert_int_equal(list.rows[doubled].events, 1);
    assert_int_equal(steps, bed_number(bed, "SELECT count(*) FROM segment"));
}

static void finds_values_beyond_the_dictionary(void **state)
{
    struct bed *bed = *state;
    int64_t source;
    bed_begin(bed, "/logs/a", 10, "aa", &source, NULL);
    const uint64_t events = LIMIT_DICTIONARY_VALUES + 20000;
    for (uint64_t i = 0; i < events; i++) {
        struct event event;
        char agent[64];
        event_clear(&event);
        snprintf(agent, sizeof agent, "agent/%llu", (unsigned long long)i);
        event.text[FIELD_USER_AGENT] = slice_from(agent);
        bed_add(bed, bed->batch, source, &event, i, 1);
    }
    bed_finish(bed, source, "aa", 10);
    bed_reopen(bed);
    char sql[128], wanted[64];
    for (uint64_t i = 3; i < events; i += 7919) {
        snprintf(sql, sizeof sql,
                 "SELECT offset, user_agent FROM event WHERE user_agent = 'agent/%llu'",
                 (unsigned long long)i);
        snprintf(wanted, sizeof wanted, "%llu|agent/%llu\n", (unsigned long long)i,
                 (unsigned long long)i);
        assert_string_equal(bed_table(bed, sql), wanted);
    }
    assert_int_equal(bed_number(bed, "SELECT count(DISTINCT user_agent) FROM event"),
                     (int64_t)events);
    /* The same values again go on from the last segment. */
    bed_begin(bed, "/logs/b", 11, "bb", &source, NULL);
    for (uint64_t i = events - 100; i < events + 100; i++) {
        struct event event;
        char agent[64];
        event_clear(&event);
        snprintf(agent, sizeof agent, "agent/%llu", (unsigned long long)i);
        event.text[FIELD_USER_AGENT] = slice_from(agent);
        bed_add(bed, bed->batch, source, &event, i, 1);
    }
    bed_finish(bed, source, "bb", 11);
    bed_flush(bed);
    assert_int_equal(bed_number(bed, "SELECT count(DISTINCT user_agent) FROM event"),
                     (int64_t)events + 100);
    tallies_beyond_the_dictionary(bed, events + 100, 100);
}

static void add_agent(struct bed *bed, int64_t source, uint64_t offset,
                      struct slice agent)
{
    struct event event;
    event_clear(&event);
    event.text[FIELD_USER_AGENT] = agent;
    bed_add(bed, bed->batch, source, &event, offset, 1);
}

/* Long values fill a dictionary by their bytes: there may be room for a short one that
 * a segment has among its own already. */
static void finds_short_values_beyond_a_dictionary_of_long_ones(void **state)
{
    struct bed *bed = *state;
    static char agent[LIMIT_FIELD_BYTES];
    const uint64_t events = LIMIT_DICTIONARY_BYTES / sizeof agent + 2;
    int64_t source;
    memset(agent, 'x', sizeof agent);
    bed_begin(bed, "/logs/a", 10, "aa", &source, NULL);
    for (uint64_t i = 0; i < events; i++) {
        snprintf(agent, 16, "agent/%llu", (unsigned long long)i);
        add_agent(bed, source, i, (struct slice){agent, sizeof agent});
    }
    add_agent(bed, source, events, SLICE("short"));
    bed_finish(bed, source, "aa", 10);
    bed_reopen(bed);
    bed_begin(bed, "/logs/b", 11, "bb", &source, NULL);
    add_agent(bed, source, 0, SLICE("short"));
    bed_finish(bed, source, "bb", 11);
    bed_flush(bed);
    assert_int_equal(
        bed_number(bed, "SELECT count(*) FROM event WHERE user_agent = 'short'"), 2);
}

static void passes_over_doubles(void **state)
{
    struct bed *bed = *state;
    int64_t first, second;
    struct event event;
    char text[64];
    bed_begin(bed, "/a", 10, NULL, &first, NULL);
    bed_begin(bed, "/b", 10, NULL, &second, NULL);
    for (int i = 0; i < 2; i++) {
        bed_event(&event, 1, text);
        bed_add(bed, bed->batch, i ? second : first, &event, 0, 5);
        bed_append(bed, bed->batch, i ? second : first, 1, NULL);
    }
    bed_finish(bed, first, "aa", 10);
    bed_finish(bed, second, "aa", 10);
    bed_flush(bed);
    assert_int_equal(bed_number(bed, "SELECT events FROM segment"), 2);
    assert_int_equal(bed_number(bed, "SELECT count(*) FROM event"), 1);
    assert_int_equal(bed_number(bed, "SELECT source FROM event"), first);
}

static void names_what_is_damaged(void **state)
{
    struct bed *bed = *state;
    int64_t source;
    struct event event;
    char text[64];
    bed_begin(bed, "/a", 10, "aa", &source, NULL);
    for (uint64_t i = 0; i < 500; i++) {
        bed_event(&event, i, text);
        bed_add(bed, bed->batch, source, &event, i * 10, 9);
    }
    bed_finish(bed, source, "aa", 10);
    bed_flush(bed);
    bed_run(bed, "UPDATE segment_column SET data = substr(data, 1, length(data) - 1)"
                 " WHERE id = 64 + 16 + 5");
    assert_int_equal(bed_number(bed, "SELECT count(*) FROM event"), 500);
    assert_int_equal(
        sqlite3_exec(bed->handle->db, "SELECT actor FROM event", NULL, NULL, NULL),
        SQLITE_CORRUPT_VTAB);
    assert_non_null(strstr(sqlite3_errmsg(bed->handle->db), "segment 1: column 21"));
    /* Nothing is written onto a damaged segment. */
    bed_close(bed);
    struct error error = {0};
    bed->handle = case_open(bed->path, CASE_WRITE, &error);
    assert_non_null(bed->handle);
    assert_null(store_open(bed->handle, &error));
    assert_non_null(strstr(error.message, "damaged"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BED(answers_like_a_table),
        ON_BED(answers_questions),
        ON_BED(gives_every_column),
        ON_BED(tells_leaves_apart),
        ON_BED(lists_in_order_of_time),
        ON_BED(lists_events_of_one_time),
        ON_BED(keeps_the_text_of_times),
        ON_BED(finds_values_beyond_the_dictionary),
        ON_BED(finds_short_values_beyond_a_dictionary_of_long_ones),
        ON_BED(passes_over_doubles),
        ON_BED(names_what_is_damaged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
