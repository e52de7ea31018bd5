#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>

#include "db/query_event.h"
#include "db/query_mirrors.h"
#include "db/query_tally.h"
#include "tests/sample_case.h"
#include "tests/store_bed.h"

/* The case of sample_case.h, its texts hostile, beside an arena and an error. */
struct desk {
    struct case_file *handle;
    struct arena arena;
    struct error error;
};

static int desk_make(void **state)
{
    static struct desk desk;
    desk = (struct desk){.handle = sample_case_new("query.case")};
    arena_init(&desk.arena);
    *state = &desk;
    return desk.handle ? 0 : -1;
}

static int desk_drop(void **state)
{
    struct desk *desk = *state;
    sample_case_free(desk->handle);
    arena_fini(&desk->arena);
    return 0;
}

#define ON_DESK(test) cmocka_unit_test_setup_teardown(test, desk_make, desk_drop)

static void run(struct desk *desk, const char *sql)
{
    if (sqlite3_exec(desk->handle->db, sql, NULL, NULL, NULL))
        fail_msg("%s: %s", sql, sqlite3_errmsg(desk->handle->db));
}

static int64_t number(struct desk *desk, const char *sql)
{
    sqlite3_stmt *statement;
    if (sqlite3_prepare_v2(desk->handle->db, sql, -1, &statement, NULL))
        fail_msg("%s: %s", sql, sqlite3_errmsg(desk->handle->db));
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    int64_t value = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return value;
}

#define DONE(desk, call)                                                               \
    do {                                                                               \
        if (call)                                                                      \
            fail_msg("%s", (desk)->error.message);                                     \
    } while (0)

static const struct hit_scope all = {.filter = NULL};

static struct hit_scope filtered(struct desk *desk, const char *text)
{
    struct filter *filter = arena_alloc(&desk->arena, sizeof *filter);
    DONE(desk, filter_parse(filter, &desk->arena, slice_from(text), EVENT_TIME_NONE,
                            &desk->error));
    return (struct hit_scope){.filter = filter};
}

/* --- sums ---------------------------------------------------------------------- */

static void sums_up_the_case(void **state)
{
    struct desk *desk = *state;
    struct case_summary sum;
    run(desk, "UPDATE operation SET approval_state = 'covered' WHERE provider = 3;"
              "UPDATE operation SET approval_state = '' WHERE provider = 2");
    DONE(desk, query_summary(desk->handle, &sum, &desk->error));
    assert_int_equal(sum.events, 119998 + 811 + 20);
    assert_int_equal(sum.records, 120001 + 812 + 20 + 1);
    assert_int_equal(sum.skipped, 3);
    assert_int_equal(sum.damaged, 2);
    assert_int_equal(sum.sources, 4);
    assert_int_equal(sum.partial, 1);
    assert_int_equal(sum.failed, 1);
    assert_int_equal(sum.hits, number(desk, "SELECT count(*) FROM operation"));
    assert_int_equal(sum.approved, 2);
    assert_int_equal(sum.attempts, 2);
    assert_int_equal(sum.open, sum.hits - 2);
    assert_int_equal(sum.first_us, INT64_C(1773213600000000));
    assert_int_equal(sum.last_us, INT64_C(1773475200000000));
}

static void an_empty_case_has_no_time(void **state)
{
    struct desk *desk = *state;
    struct case_summary sum;
    bool left;
    run(desk, "DELETE FROM reject; DELETE FROM record; DELETE FROM operation;"
              " DELETE FROM segment;"
              "DELETE FROM source");
    DONE(desk, query_summary(desk->handle, &sum, &desk->error));
    assert_int_equal(sum.events + sum.hits + sum.sources + sum.open, 0);
    assert_int_equal(sum.first_us, EVENT_TIME_NONE);
    assert_int_equal(sum.last_us, EVENT_TIME_NONE);
    DONE(desk, query_left_to_decide(desk->handle, &left, &desk->error));
    assert_false(left);
}

/* Two loads of one content, not known to be one until their ends. */
static void events_of_a_double_count_once(void **state)
{
    struct bed *bed = *state;
    struct case_summary sum;
    struct error error = {0};
    int64_t sources[2];
    for (int i = 0; i < 2; i++) {
        bed_begin(bed, i ? "/logs/b" : "/logs/a", 10, NULL, &sources[i], NULL);
        for (uint64_t j = 0; j < 7; j++) {
            struct event event;
            char text[64];
            bed_event(&event, j, text);
            bed_add(bed, bed->batch, sources[i], &event, j * 101, 100);
        }
        bed_append(bed, bed->batch, sources[i], 7, NULL);
    }
    const struct source_end end = {
        .status = "done", .reason = "", .sha256 = "aa", .bytes = 10};
    bed_append(bed, bed->batch, sources[0], 7, &end);
    bed_append(bed, bed->batch, sources[1], 7, &end);
    bed_flush(bed);
    assert_int_equal(bed_number(bed, "SELECT sum(events) FROM segment"), 14);
    assert_int_equal(query_summary(bed->handle, &sum, &error), 0);
    assert_int_equal(sum.events, 7);
    assert_int_equal(bed_number(bed, "SELECT count(*) FROM event"), 7);
}

static void left_until_all_is_approved(void **state)
{
    struct desk *desk = *state;
    bool left;
    DONE(desk, query_left_to_decide(desk->handle, &left, &desk->error));
    assert_true(left);
    run(desk, "UPDATE operation SET approval_state = 'retroactive'");
    DONE(desk, query_left_to_decide(desk->handle, &left, &desk->error));
    assert_false(left);
    /* An attempt is left to decide like any other. */
    run(desk, "UPDATE operation SET approval_state = '' WHERE outcome = 4");
    DONE(desk, query_left_to_decide(desk->handle, &left, &desk->error));
    assert_true(left);
}

/* --- groups -------------------------------------------------------------------- */

static bool same_group(const struct group_row *a, const struct group_row *b)
{
    return a->provider == b->provider && slice_equal(a->actor, b->actor) &&
           slice_present(a->actor) == slice_present(b->actor);
}

static void groups_hold_every_hit_once(void **state)
{
    struct desk *desk = *state;
    struct group_list whole;
    uint64_t hits = 0, attempts = 0, phases = 0;
    DONE(desk, query_groups(desk->handle, &all, GROUP_BY_LAST, true, 0, 1000,
                            &desk->arena, &whole, &desk->error));
    assert_int_equal(whole.count, whole.total);
    for (size_t i = 0; i < whole.count; i++) {
        hits += whole.rows[i].hits;
        attempts += whole.rows[i].attempts;
        assert_int_equal(whole.rows[i].open + whole.rows[i].approved,
                         whole.rows[i].hits);
        for (int j = 0; j < LIFECYCLE_COUNT; j++)
            phases += whole.rows[i].lifecycle[j];
        for (size_t j = 0; j < i; j++)
            assert_false(same_group(&whole.rows[i], &whole.rows[j]));
        if (i)
            assert_true(whole.rows[i - 1].last_us >= whole.rows[i].last_us);
    }
    assert_int_equal(hits, number(desk, "SELECT count(*) FROM operation"));
    assert_int_equal(phases, hits);
    assert_int_equal(attempts, 2);
}

/* Windows are the list, cut: in every order, both ways. */
static void windows_of_groups_fit_together(void **state)
{
    struct desk *desk = *state;
    for (int sort = 0; sort < 2 * GROUP_SORT_COUNT; sort++) {
        struct group_list whole, window;
        enum group_sort by = (enum group_sort)(sort / 2);
        bool down = sort % 2;
        DONE(desk, query_groups(desk->handle, &all, by, down, 0, 1000, &desk->arena,
                                &whole, &desk->error));
        for (uint64_t at = 0; at < whole.total; at += 7) {
            DONE(desk, query_groups(desk->handle, &all, by, down, at, 7, &desk->arena,
                                    &window, &desk->error));
            assert_int_equal(window.total, whole.total);
            assert_int_equal(window.offset, at);
            for (size_t i = 0; i < window.count; i++)
                assert_true(same_group(&window.rows[i], &whole.rows[at + i]));
        }
    }
}

static void a_group_names_its_accounts(void **state)
{
    struct desk *desk = *state;
    struct hit_scope scope = filtered(desk, "actor:*/mallory");
    struct group_list list;
    DONE(desk, query_groups(desk->handle, &scope, GROUP_BY_ACTOR, false, 0, 10,
                            &desk->arena, &list, &desk->error));
    assert_int_equal(list.count, 1);
    assert_int_equal(list.rows[0].accounts, 2);
    assert_true(slice_equal(list.rows[0].account, SLICE("111122223333")));
}

/* Four mirrors of four actors: what is foreign and live is on top, what has ended
 * counts for nothing, nor does who only tried to end it; a filter hides no standing. */
static void groups_with_live_mirrors_come_first(void **state)
{
    struct desk *desk = *state;
    static const char *const actors[] = {"*/mallory", "*/ops-01", "*/ops-02",
                                         "*/ops-03"};
    static const char *const rows[] = {"0, 2", "0, 1", "7, 2",
                                       "0, 2"}; /* state, foreign */
    static const enum group_standing expected[] = {
        STANDING_LIVE_FOREIGN, STANDING_LIVE_UNKNOWN, STANDING_NONE, STANDING_NONE};
    char sql[512];
    run(desk, "UPDATE operation SET lifecycle = 3 WHERE actor GLOB '*/ops-03'");
    for (int i = 0; i < 4; i++) {
        snprintf(sql, sizeof sql,
                 "INSERT INTO mirror(id, mirror, segment, provider, state, sources,"
                 " foreign_destination) SELECT %d, 'm%d', 1, 1, column1, 1, column2"
                 " FROM (VALUES(%s))",
                 9000 + i, i, rows[i]);
        run(desk, sql);
        snprintf(sql, sizeof sql,
                 "INSERT INTO mirror_operation SELECT %d, id, 0 FROM operation"
                 " WHERE actor GLOB '%s' LIMIT 2",
                 9000 + i, actors[i]);
        run(desk, sql);
        assert_true(number(desk, "SELECT changes()") > 0);
    }
    struct group_list list;
    DONE(desk, query_groups(desk->handle, &all, GROUP_BY_URGENCY, true, 0, 1000,
                            &desk->arena, &list, &desk->error));
    assert_int_equal(list.rows[0].standing, STANDING_LIVE_FOREIGN);
    assert_int_equal(list.rows[1].standing, STANDING_LIVE_UNKNOWN);
    for (size_t i = 2; i < list.count; i++)
        assert_int_equal(list.rows[i].standing, STANDING_NONE);
    for (int i = 0; i < 4; i++) {
        snprintf(sql, sizeof sql, "actor:%s outcome:success", actors[i]);
        struct hit_scope scope = filtered(desk, sql);
        DONE(desk, query_groups(desk->handle, &scope, GROUP_BY_URGENCY, true, 0, 10,
                                &desk->arena, &list, &desk->error));
        assert_int_equal(list.count, 1);
        assert_int_equal(list.rows[0].standing, expected[i]);
    }
}

/* --- hits ---------------------------------------------------------------------- */

static void windows_of_hits_fit_together(void **state)
{
    struct desk *desk = *state;
    for (int sort = 0; sort < 2 * OPERATION_SORT_COUNT; sort++) {
        struct hit_list whole, window;
        enum operation_sort by = (enum operation_sort)(sort / 2);
        bool down = sort % 2;
        arena_reset(&desk->arena);
        DONE(desk, query_hits(desk->handle, &all, by, down, 0, 1000, &desk->arena,
                              &whole, &desk->error));
        assert_int_equal(whole.count, whole.total);
        for (uint64_t at = 0; at < whole.total; at += 11) {
            DONE(desk, query_hits(desk->handle, &all, by, down, at, 11, &desk->arena,
                                  &window, &desk->error));
            assert_int_equal(window.total, whole.total);
            for (size_t i = 0; i < window.count; i++)
                assert_true(slice_equal(window.rows[i].id, whole.rows[at + i].id));
        }
    }
}

static uint64_t total(struct desk *desk, const struct hit_scope *scope)
{
    struct hit_list list;
    struct hit_counts counts;
    DONE(desk, query_hits(desk->handle, scope, OPERATION_BY_TIME, true, 0, 1,
                          &desk->arena, &list, &desk->error));
    DONE(desk, query_counts(desk->handle, scope, &counts, &desk->error));
    assert_int_equal(counts.hits, list.total);
    assert_int_equal(counts.hits, counts.open + counts.approved);
    return list.total;
}

static void a_scope_keeps_its_part(void **state)
{
    struct desk *desk = *state;
    struct hit_scope scope = filtered(desk, "provider:gcp");
    uint64_t hits = total(desk, &all);
    assert_int_equal(total(desk, &scope), 2);
    run(desk, "UPDATE operation SET approval_state = 'newly-covered'"
              " WHERE operation LIKE '%insert'");
    scope.hide_approved = true;
    assert_int_equal(total(desk, &scope), 1);
    scope.filter = NULL;
    assert_int_equal(total(desk, &scope), hits - 1);
    /* The group without an actor is one of its own. */
    scope = (struct hit_scope){.one_group = true, .provider = PROVIDER_EOS};
    assert_int_equal(total(desk, &scope), 1);
    scope.actor = SLICE("");
    assert_int_equal(total(desk, &scope), 0);
    scope = (struct hit_scope){
        .one_group = true, .provider = PROVIDER_CISCO_NXOS, .actor = SLICE("admin")};
    assert_int_equal(total(desk, &scope), 2);
    scope.provider = PROVIDER_EOS;
    assert_int_equal(total(desk, &scope), 0);
}

struct walk {
    struct desk *desk;
    struct case_file *writer;
    const struct hit_list *expected;
    size_t count, stop;
};

static int take(void *payload, const struct hit_row *row, struct arena *arena,
                struct error *error)
{
    struct walk *walk = payload;
    (void)arena;
    if (walk->writer && walk->count == 3) {
        struct error other = {0};
        assert_int_equal(case_begin(walk->writer, &other), 0);
        assert_int_equal(sqlite3_exec(walk->writer->db,
                                      "UPDATE operation SET time_us = time_us + 1",
                                      NULL, NULL, NULL),
                         SQLITE_OK);
        assert_int_equal(case_commit(walk->writer, &other), 0);
    }
    assert_true(slice_equal(row->id, walk->expected->rows[walk->count].id));
    assert_int_equal(row->operation.event.time_us,
                     walk->expected->rows[walk->count].operation.event.time_us);
    walk->count++;
    if (walk->stop == SIZE_MAX)
        return error_set(error, ERROR_LIMIT, "enough");
    return walk->count == walk->stop;
}

static void each_hit_comes_once_in_order(void **state)
{
    struct desk *desk = *state;
    struct hit_list whole;
    DONE(desk, query_hits(desk->handle, &all, OPERATION_BY_TIME, false, 0, 1000,
                          &desk->arena, &whole, &desk->error));
    struct walk walk = {.desk = desk, .expected = &whole};
    DONE(desk, query_each_hit(desk->handle, &all, take, &walk, &desk->error));
    assert_int_equal(walk.count, whole.total);
    /* A change from elsewhere does not show while it goes on. */
    walk = (struct walk){.desk = desk, .expected = &whole};
    walk.writer = case_open(desk->handle->path, CASE_WRITE, &desk->error);
    assert_non_null(walk.writer);
    DONE(desk, query_each_hit(desk->handle, &all, take, &walk, &desk->error));
    assert_int_equal(walk.count, whole.total);
    case_close(walk.writer);
    DONE(desk, query_hits(desk->handle, &all, OPERATION_BY_TIME, false, 0, 1000,
                          &desk->arena, &whole, &desk->error));
    walk = (struct walk){.desk = desk, .expected = &whole, .stop = 5};
    DONE(desk, query_each_hit(desk->handle, &all, take, &walk, &desk->error));
    assert_int_equal(walk.count, 5);
    walk = (struct walk){.desk = desk, .expected = &whole, .stop = SIZE_MAX};
    assert_int_equal(query_each_hit(desk->handle, &all, take, &walk, &desk->error), -1);
    assert_string_equal(desk->error.message, "enough");
    assert_int_equal(walk.count, 1);
}

static void finds_one_hit_by_the_beginning_of_its_id(void **state)
{
    struct desk *desk = *state;
    struct hit_row row;
    run(desk, "UPDATE operation SET id = 'abf' || substr(id, 4) WHERE"
              " operation = 'monitor session SPY'");
    DONE(desk, query_hit(desk->handle, SLICE("ab"), &desk->arena, &row, &desk->error));
    assert_true(slice_equal(row.operation.event.text[FIELD_OPERATION],
                            SLICE("monitor session SPY")));
    assert_false(slice_present(row.operation.event.text[FIELD_ACTOR]));
    assert_int_equal(row.id.length, 32);
    static const char *const wrong[] = {"",   "0", "abc",         "AB",      "ab%",
                                        "a_", "*", "' OR 1=1 --", "ab0' --", "g"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        int result = query_hit(desk->handle, slice_from(wrong[i]), &desk->arena, &row,
                               &desk->error);
        assert_int_equal(result, -1);
        assert_int_equal(desk->error.code, ERROR_INPUT);
    }
}

static void evidence_is_in_order_of_time(void **state)
{
    struct desk *desk = *state;
    struct evidence_list list;
    struct slice id = SLICE("00000000000000000000000000000003");
    run(desk, "UPDATE record SET time_us = time_us - 1 WHERE source = 2");
    DONE(desk,
         query_evidence(desk->handle, id, true, &desk->arena, &list, &desk->error));
    assert_int_equal(list.count, 2);
    assert_int_equal(list.rows[0].source, 2);
    assert_int_equal(list.rows[1].source, 1);
    assert_true(list.rows[0].raw.length > 100);
    assert_int_equal(list.rows[0].length, list.rows[0].raw.length);
    assert_true(slice_ends_with(list.rows[0].path, SLICE("truncated.json.gz")));
    assert_true(slice_equal(list.rows[1].form_chain, SLICE("gzip:cloudtrail")));
    DONE(desk,
         query_evidence(desk->handle, id, false, &desk->arena, &list, &desk->error));
    assert_false(slice_present(list.rows[0].raw));
    DONE(desk, query_evidence(desk->handle, SLICE("none"), true, &desk->arena, &list,
                              &desk->error));
    assert_int_equal(list.count, 0);
}

/* --- finding ------------------------------------------------------------------- */

static void positions_are_those_of_the_list(void **state)
{
    struct desk *desk = *state;
    static const char *const needles[] = {"MALLORY", "ops-1", "198.51.100", "%",
                                          "'",       "sw1",   "nic-web-01"};
    for (size_t i = 0; i < sizeof needles / sizeof needles[0]; i++) {
        struct position_list found;
        struct hit_list whole;
        struct slice needle = slice_from(needles[i]);
        size_t next = 0;
        arena_reset(&desk->arena);
        DONE(desk, query_hits(desk->handle, &all, OPERATION_BY_NAME, true, 0, 1000,
                              &desk->arena, &whole, &desk->error));
        DONE(desk, query_find_hits(desk->handle, &all, OPERATION_BY_NAME, true, needle,
                                   1000, &desk->arena, &found, &desk->error));
        assert_false(found.more);
        for (size_t j = 0; j < whole.count; j++) {
            const struct slice *text = whole.rows[j].operation.event.text;
            bool shown = slice_find_nocase(text[FIELD_ACTOR], needle) >= 0 ||
                         slice_find_nocase(text[FIELD_SOURCE_IP], needle) >= 0 ||
                         slice_find_nocase(text[FIELD_ACCOUNT], needle) >= 0 ||
                         slice_find_nocase(text[FIELD_MIRRORED], needle) >= 0;
            if (shown)
                assert_int_equal(found.positions[next++], j);
        }
        assert_int_equal(next, found.count);
    }
}

static bool any_holds(const struct slice *texts, size_t count, struct slice needle)
{
    for (size_t i = 0; i < count; i++)
        if (slice_find_nocase(texts[i], needle) >= 0)
            return true;
    return false;
}

/* All that are found are the rows that hold it, in order. */
#define SAME_PLACES(found, list, holds)                                                \
    do {                                                                               \
        size_t next = 0;                                                               \
        assert_true((list).count == (list).total && (found).count > 0);                \
        for (size_t at = 0; at < (list).count; at++)                                   \
            if (holds)                                                                 \
                assert_int_equal((found).positions[next++], at);                       \
        assert_int_equal(next, (found).count);                                         \
    } while (0)

static void finds_among_all_events(void **state)
{
    struct desk *desk = *state;
    const struct slice needle = SLICE("securityGROUP");
    struct hit_scope mallory = filtered(desk, "actor:~mallory");
    struct events_scope scope = {mallory.filter, INT64_MIN, INT64_MAX};
    struct event_list list;
    struct position_list found;
    for (int part = 0; part < 2; part++) {
        DONE(desk, query_events(desk->handle, &scope, 0, 4000, &desk->arena, &list,
                                &desk->error));
        DONE(desk, query_find_events(desk->handle, &scope, needle, 4000, &desk->arena,
                                     &found, &desk->error));
        SAME_PLACES(found, list,
                    any_holds(list.rows[at].event.text, EVENT_FIELD_COUNT, needle));
        scope.from_us = list.rows[found.positions[2]].event.time_us;
    }
    /* Of all events, more than are asked for: the first of them. */
    const struct events_scope all_events = {NULL, INT64_MIN, INT64_MAX};
    DONE(desk, query_find_events(desk->handle, &all_events, needle, 3, &desk->arena,
                                 &found, &desk->error));
    assert_true(found.more && found.count == 3);
    for (size_t i = 0; i < 3; i++) {
        DONE(desk, query_events(desk->handle, &all_events, found.positions[i], 1,
                                &desk->arena, &list, &desk->error));
        assert_true(any_holds(list.rows[0].event.text, EVENT_FIELD_COUNT, needle));
    }
}

static void finds_in_every_other_list(void **state)
{
    struct desk *desk = *state;
    struct position_list found;
    const struct tally_scope actors = {NULL, FILTER_ACTOR};
    struct tally_list tally;
    DONE(desk, query_tally(desk->handle, &actors, TALLY_BY_EVENTS, true, 0, 4000, NULL,
                           &desk->arena, &tally, &desk->error));
    DONE(desk,
         query_find_tally(desk->handle, &actors, TALLY_BY_EVENTS, true,
                          SLICE("Mallory"), 4000, &desk->arena, &found, &desk->error));
    SAME_PLACES(found, tally,
                slice_find_nocase(tally.rows[at].value, SLICE("mallory")) >= 0);
    struct source_list sources;
    DONE(desk,
         query_sources(desk->handle, 0, 4000, &desk->arena, &sources, &desk->error));
    struct slice path = sources.rows[sources.count - 1].path;
    DONE(desk, query_find_sources(desk->handle, path, 4000, &desk->arena, &found,
                                  &desk->error));
    SAME_PLACES(found, sources, any_holds(&sources.rows[at].path, 1, path));
    struct reject_list rejects;
    DONE(desk,
         query_rejects(desk->handle, 0, 0, 4000, &desk->arena, &rejects, &desk->error));
    struct slice reason = rejects.rows[0].reason;
    DONE(desk, query_find_rejects(desk->handle, 0, reason, 4000, &desk->arena, &found,
                                  &desk->error));
    SAME_PLACES(found, rejects, any_holds(&rejects.rows[at].reason, 1, reason));
    run(desk, "INSERT INTO mirror(mirror, segment, provider, state, sources,"
              " foreign_destination, opened_by, since_us) VALUES"
              " ('a', 0, 1, 0, 1, 0, 'eve', 1), ('b', 0, 1, 0, 1, 0, 'trent', 2),"
              " ('c', 0, 1, 7, 1, 0, 'Eve', 3)");
    const struct mirror_scope all_mirrors = {.present = false};
    struct mirror_rows mirrors;
    DONE(desk, query_mirrors(desk->handle, &all_mirrors, MIRROR_BY_SINCE, true, 0, 4000,
                             &desk->arena, &mirrors, &desk->error));
    const struct slice by = SLICE("eve");
    DONE(desk, query_find_mirrors(desk->handle, &all_mirrors, MIRROR_BY_SINCE, true, by,
                                  4000, &desk->arena, &found, &desk->error));
    SAME_PLACES(found, mirrors, any_holds(&mirrors.rows[at].mirror.opened_by, 1, by));
}

static void finding_stops_at_its_limit(void **state)
{
    struct desk *desk = *state;
    struct position_list found;
    DONE(desk, query_find_groups(desk->handle, &all, GROUP_BY_ACTOR, false,
                                 SLICE("ops-"), 4, &desk->arena, &found, &desk->error));
    assert_int_equal(found.count, 4);
    assert_true(found.more);
    assert_int_equal(found.positions[1], found.positions[0] + 1);
    DONE(desk,
         query_find_groups(desk->handle, &all, GROUP_BY_ACTOR, false, SLICE("ops-"), 30,
                           &desk->arena, &found, &desk->error));
    assert_int_equal(found.count, 30);
    assert_false(found.more);
}

/* --- the histogram ------------------------------------------------------------- */

static void the_histogram_holds_every_hit(void **state)
{
    struct desk *desk = *state;
    /* Many values: their parameters must not meet the histogram's own. */
    char text[LIMIT_FILTER_BYTES] = "";
    size_t length = 0;
    for (int i = 0; i < 20; i++) {
        length += (size_t)snprintf(text + length, sizeof text - length, "-account:x");
        for (int j = 1; j < 60; j++)
            length += (size_t)snprintf(text + length, sizeof text - length, ",%c",
                                       'a' + j % 26);
        length += (size_t)snprintf(text + length, sizeof text - length, " ");
    }
    struct hit_scope scopes[] = {all, filtered(desk, "provider:gcp"),
                                 filtered(desk, text)};
    for (size_t i = 0; i < sizeof scopes / sizeof scopes[0]; i++) {
        for (size_t steps = 1; steps < 100; steps += 33) {
            struct histogram histogram;
            uint64_t sum = 0;
            DONE(desk, query_histogram(desk->handle, &scopes[i], steps, &desk->arena,
                                       &histogram, &desk->error));
            assert_int_equal(histogram.count, steps);
            for (size_t j = 0; j < steps; j++)
                sum += histogram.counts[j];
            assert_int_equal(sum, total(desk, &scopes[i]));
            assert_true(histogram.counts[0] > 0);
        }
    }
    struct hit_scope none = filtered(desk, "account:nobody");
    struct histogram histogram;
    DONE(desk, query_histogram(desk->handle, &none, 10, &desk->arena, &histogram,
                               &desk->error));
    assert_int_equal(histogram.count, 0);
    assert_int_equal(histogram.first_us, EVENT_TIME_NONE);
}

/* --- sources and rejects ------------------------------------------------------- */

static void lists_sources_by_path(void **state)
{
    struct desk *desk = *state;
    struct source_list list;
    uint64_t hits;
    run(desk, "INSERT INTO source_alias VALUES(3, '/b'), (3, '/a')");
    DONE(desk, query_sources(desk->handle, 1, 2, &desk->arena, &list, &desk->error));
    assert_int_equal(list.total, 4);
    assert_int_equal(list.count, 2);
    assert_int_equal(list.rows[0].id, 2);
    assert_int_equal(list.rows[1].id, 3);
    assert_true(slice_equal(list.rows[1].aliases, SLICE("/a;/b")));
    assert_int_equal(list.rows[0].hits, 1);
    assert_int_equal(list.rows[0].mtime_us, EVENT_TIME_NONE);
    DONE(desk, query_source_hits(desk->handle, list.rows[0].path, list.rows[0].member,
                                 &hits, &desk->error));
    assert_int_equal(hits, 1);
}

static void lists_rejects_by_place(void **state)
{
    struct desk *desk = *state;
    struct reject_list list;
    run(desk, "DELETE FROM reject;"
              "INSERT INTO reject(source, kind, offset, length, reason, bytes) VALUES"
              "(3, 'damaged', 50, 4, 'late', x'00ff'), (3, 'unknown', 7, 2, 'early',"
              " NULL), (2, 'note', 0, 0, 'cut off', NULL)");
    DONE(desk,
         query_rejects(desk->handle, 3, 0, 10, &desk->arena, &list, &desk->error));
    assert_int_equal(list.total, 2);
    assert_true(slice_equal(list.rows[0].reason, SLICE("early")));
    assert_int_equal(list.rows[1].bytes.length, 2);
    DONE(desk,
         query_rejects(desk->handle, 0, 1, 10, &desk->arena, &list, &desk->error));
    assert_int_equal(list.total, 3);
    assert_int_equal(list.count, 2);
    assert_true(slice_equal(list.rows[0].reason, SLICE("early")));
}

/* --- stopping ------------------------------------------------------------------ */

static int stop(void *unused)
{
    (void)unused;
    return 1;
}

static void an_interrupt_is_told_from_a_failure(void **state)
{
    struct desk *desk = *state;
    struct group_list groups;
    struct hit_list hits;
    sqlite3_progress_handler(desk->handle->db, 1, stop, NULL);
    assert_int_equal(query_groups(desk->handle, &all, GROUP_BY_LAST, true, 0, 10,
                                  &desk->arena, &groups, &desk->error),
                     -1);
    assert_int_equal(desk->error.code, ERROR_INTERRUPTED);
    assert_int_equal(query_hits(desk->handle, &all, OPERATION_BY_TIME, true, 0, 10,
                                &desk->arena, &hits, &desk->error),
                     -1);
    assert_int_equal(desk->error.code, ERROR_INTERRUPTED);
    sqlite3_progress_handler(desk->handle->db, 0, NULL, NULL);
    /* No read transaction is left behind. */
    assert_null(sqlite3_next_stmt(desk->handle->db, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_DESK(sums_up_the_case),
        ON_DESK(an_empty_case_has_no_time),
        ON_BED(events_of_a_double_count_once),
        ON_DESK(left_until_all_is_approved),
        ON_DESK(groups_hold_every_hit_once),
        ON_DESK(windows_of_groups_fit_together),
        ON_DESK(a_group_names_its_accounts),
        ON_DESK(groups_with_live_mirrors_come_first),
        ON_DESK(windows_of_hits_fit_together),
        ON_DESK(a_scope_keeps_its_part),
        ON_DESK(each_hit_comes_once_in_order),
        ON_DESK(finds_one_hit_by_the_beginning_of_its_id),
        ON_DESK(evidence_is_in_order_of_time),
        ON_DESK(positions_are_those_of_the_list),
        ON_DESK(finds_among_all_events),
        ON_DESK(finds_in_every_other_list),
        ON_DESK(finding_stops_at_its_limit),
        ON_DESK(the_histogram_holds_every_hit),
        ON_DESK(lists_sources_by_path),
        ON_DESK(lists_rejects_by_place),
        ON_DESK(an_interrupt_is_told_from_a_failure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
