#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "db/merge.h"
#include "tests/store_bed.h"

/* --- tests ----------------------------------------------------------------- */

struct worker {
    struct bed *bed;
    struct event_batch *batch;
    unsigned number;
    uint64_t events;
};

static void *work(void *payload)
{
    struct worker *worker = payload;
    char path[32], text[64], sha[8];
    snprintf(path, sizeof path, "/logs/%u.json", worker->number);
    snprintf(sha, sizeof sha, "sha%u", worker->number);
    int64_t source;
    bed_begin(worker->bed, path, 100 + worker->number, NULL, &source, NULL);
    struct event event;
    for (uint64_t i = 0; i < worker->events; i++) {
        bed_event(&event, i, text);
        bed_add(worker->bed, worker->batch, source, &event, i * 101, 100);
    }
    const struct source_end end = {
        .status = "done", .reason = "", .sha256 = sha, .bytes = 100 + worker->number};
    bed_append(worker->bed, worker->batch, source, worker->events, &end);
    return NULL;
}

static void load_in_threads(struct bed *bed, uint64_t events)
{
    struct worker workers[2];
    pthread_t threads[2];
    for (unsigned i = 0; i < 2; i++) {
        workers[i] = (struct worker){bed, event_batch_new(), i, events};
        assert_int_equal(pthread_create(&threads[i], NULL, work, &workers[i]), 0);
    }
    for (unsigned i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
        event_batch_free(workers[i].batch);
    }
}

static void stores_from_two_threads(void **state)
{
    struct bed *bed = *state;
    load_in_threads(bed, 50000);
    bed_flush(bed);
    assert_int_equal(bed_number(bed, "SELECT sum(events) FROM segment"), 100000);
    assert_int_equal(bed_number(bed, "SELECT count(*) FROM segment"), 7);
    assert_int_equal(bed_number(bed, "SELECT min(events) FROM segment WHERE id < 7"),
                     SEGMENT_EVENTS);
    assert_int_equal(
        bed_number(bed, "SELECT count(*) FROM source WHERE status = 'done'"), 2);
    struct store_totals totals;
    store_totals(bed->store, &totals);
    assert_int_equal(totals.events, 100000);
}

static void continues_the_last_segment(void **state)
{
    struct bed *bed = *state;
    struct event event;
    char text[64];
    int64_t source;
    for (uint64_t run = 0; run < 3; run++) {
        char path[32];
        snprintf(path, sizeof path, "/logs/%u", (unsigned)run);
        bed_begin(bed, path, 10 + run, NULL, &source, NULL);
        for (uint64_t i = 0; i < 1000; i++) {
            bed_event(&event, i + 300 * run, text);
            bed_add(bed, bed->batch, source, &event, i * 51, 50);
        }
        bed_finish(bed, source, NULL, 10 + run);
        bed_reopen(bed);
    }
    assert_int_equal(bed_number(bed, "SELECT count(*) FROM segment"), 1);
    assert_int_equal(bed_number(bed, "SELECT events FROM segment"), 3000);
    /* Each value once: actors 0..976 of the three runs. */
    assert_int_equal(bed_number(bed, "SELECT count(*) FROM dictionary WHERE field = 5"),
                     977);
}

static void outgrows_a_dictionary(void **state)
{
    struct bed *bed = *state;
    struct event event;
    char text[64];
    int64_t source;
    bed_begin(bed, "/logs/many", 10, NULL, &source, NULL);
    const uint64_t events = 3 * LIMIT_DICTIONARY_VALUES;
    for (uint64_t i = 0; i < events; i++) {
        event_clear(&event);
        event.provider = PROVIDER_AWS;
        snprintf(text, sizeof text, "agent/%llu", (unsigned long long)i);
        event.text[FIELD_USER_AGENT] = slice_from(text);
        bed_add(bed, bed->batch, source, &event, i, 1);
    }
    bed_finish(bed, source, NULL, 10);
    bed_reopen(bed);
    assert_int_equal(bed_number(bed, "SELECT count(*) FROM dictionary"),
                     LIMIT_DICTIONARY_VALUES);
    assert_int_equal(bed_number(bed, "SELECT sum(events) FROM segment"),
                     (int64_t)events);
}

/* A key stands in the dictionary once, given out or used; also in one that is full. */
static void shares_credentials_with_those_that_issue_them(void **state)
{
    struct bed *bed = *state;
    struct event event;
    char issued[32], used[32];
    int64_t source;
    const uint64_t events = LIMIT_DICTIONARY_VALUES + 5000;
    bed_begin(bed, "/logs/keys", 10, NULL, &source, NULL);
    for (uint64_t i = 0; i < events; i++) {
        event_clear(&event);
        event.provider = PROVIDER_AWS;
        snprintf(issued, sizeof issued, "ASIA%llu", (unsigned long long)i);
        snprintf(used, sizeof used, "ASIA%llu", (unsigned long long)(i / 2));
        event.text[FIELD_ISSUED] = slice_from(issued);
        event.text[FIELD_CREDENTIAL] = slice_from(used);
        bed_add(bed, bed->batch, source, &event, i, 1);
    }
    bed_finish(bed, source, NULL, 10);
    bed_reopen(bed);
    assert_int_equal(bed_number(bed, "SELECT count(*) FROM dictionary"),
                     LIMIT_DICTIONARY_VALUES);
    assert_int_equal(bed_number(bed, "SELECT count(DISTINCT field) FROM dictionary"),
                     1);
    for (uint64_t i = 0; i < events; i += events / 7) {
        char sql[128];
        snprintf(sql, sizeof sql,
                 "SELECT offset = %llu AND credential = 'ASIA%llu' FROM event"
                 " WHERE issued = 'ASIA%llu'",
                 (unsigned long long)i, (unsigned long long)(i / 2),
                 (unsigned long long)i);
        assert_int_equal(bed_number(bed, sql), 1);
    }
}

/* All columns at once take the room of a segment for its own values. */
static void closes_a_segment_of_long_values_early(void **state)
{
    struct bed *bed = *state;
    enum { LENGTH = 1000, COUNT = 12000 };
    int64_t source;
    char(*texts)[LENGTH] = malloc(TEXT_COLUMNS * LENGTH);
    bed_begin(bed, "/logs/long", 10, NULL, &source, NULL);
    for (uint64_t i = 0; i < COUNT; i++) {
        struct event event;
        event_clear(&event);
        for (int j = 0; j < TEXT_COLUMNS; j++) {
            int used = snprintf(texts[j], LENGTH, "%d/%u/", j, (unsigned)i);
            memset(texts[j] + used, 'x', (size_t)(LENGTH - used));
            event.text[j] = (struct slice){texts[j], LENGTH};
        }
        bed_add(bed, bed->batch, source, &event, i, 1);
    }
    free(texts);
    bed_finish(bed, source, NULL, 10);
    bed_reopen(bed);
    assert_int_equal(bed_number(bed, "SELECT sum(events) FROM segment"), COUNT);
    assert_true(bed_number(bed, "SELECT count(*) FROM segment") > 10);
    assert_int_equal(bed_number(bed, "SELECT count(DISTINCT substr(mode, 1, 20))"
                                     " FROM event WHERE length(mode) = 1000"),
                     COUNT);
}

static void resumes_a_killed_load(void **state)
{
    struct bed *bed = *state;
    struct event event;
    char text[64];
    int64_t source, again;
    struct source_progress progress;
    assert_int_equal(bed_begin(bed, "/logs/a", 10, NULL, &source, NULL), SOURCE_NEW);
    bed_event(&event, 1, text);
    bed_add(bed, bed->batch, source, &event, 0, 5);
    bed_append(bed, bed->batch, source, 6, NULL);
    bed_flush(bed);
    /* Not committed any more: */
    bed_add(bed, bed->batch, source, &event, 6, 5);
    bed_append(bed, bed->batch, source, 12, NULL);
    bed_kill(bed);

    assert_int_equal(bed_begin(bed, "/logs/a", 10, NULL, &again, &progress),
                     SOURCE_RESUMED);
    assert_int_equal(again, source);
    assert_int_equal(progress.resume_offset, 6);
    assert_int_equal(bed_number(bed, "SELECT sum(events) FROM segment"), 1);
    bed_kill(bed);

    /* The file has changed since. */
    assert_int_equal(bed_begin(bed, "/logs/a", 11, NULL, &again, NULL), SOURCE_NEW);
    assert_int_not_equal(again, source);
    bed_finish(bed, again, NULL, 11);
    bed_flush(bed);
    assert_string_equal(bed_table(bed, "SELECT status, reason FROM source ORDER BY id"),
                        "partial|changed before its load was finished\n"
                        "done|\n");
}

static void knows_what_it_has(void **state)
{
    struct bed *bed = *state;
    int64_t source, again;
    assert_false(store_has_size(bed->store, 10));
    assert_int_equal(bed_begin(bed, "/logs/a", 10, "aa", &source, NULL), SOURCE_NEW);
    assert_true(store_has_size(bed->store, 10));
    bed_finish(bed, source, "aa", 10);
    for (int committed = 0; committed < 2; committed++) {
        assert_int_equal(bed_begin(bed, "/copy/b", 10, "aa", &again, NULL),
                         SOURCE_DUPLICATE);
        assert_int_equal(again, source);
        assert_int_equal(bed_begin(bed, "/logs/a", 10, "aa", &again, NULL),
                         SOURCE_DUPLICATE);
        assert_int_equal(bed_begin(bed, "/logs/a", 10, NULL, &again, NULL),
                         SOURCE_DUPLICATE);
        assert_int_equal(bed_begin(bed, "/other/c", 10, NULL, &again, NULL),
                         SOURCE_NEW);
        struct source_end failed = {.status = "failed", .reason = "no"};
        bed_append(bed, bed->batch, again, 0, &failed);
        bed_reopen(bed);
    }
    assert_string_equal(bed_table(bed, "SELECT source, path FROM source_alias"),
                        "1|/copy/b\n");
    /* A file that failed is tried again in place. */
    assert_string_equal(bed_table(bed, "SELECT id, path, status FROM source"),
                        "1|/logs/a|done\n2|/other/c|failed\n");
}

static void drops_a_double_at_its_end(void **state)
{
    struct bed *bed = *state;
    int64_t first, second;
    struct event event;
    char text[64];
    bed_begin(bed, "/a", 10, NULL, &first, NULL);
    bed_begin(bed, "/b", 10, NULL, &second, NULL);
    bed_event(&event, 1, text);
    event.text[FIELD_EVENT_ID] = SLICE("one");
    bed_add_hit(bed, &event, "{}", 0);
    bed_append(bed, bed->batch, first, 1, NULL);
    bed_add_hit(bed, &event, "{}", 0);
    bed_append(bed, bed->batch, second, 1, NULL);
    bed_flush(bed);
    assert_int_equal(bed_number(bed, "SELECT count(*) FROM record"), 2);
    bed_finish(bed, first, "aa", 10);
    bed_finish(bed, second, "aa", 10);
    bed_flush(bed);
    assert_string_equal(
        bed_table(bed, "SELECT path, status, events, reason FROM source ORDER BY id"),
        "/a|done|1|\n/b|skipped|0|the same content as /a\n");
    assert_int_equal(bed_number(bed, "SELECT count(*) FROM record"), 1);
    assert_int_equal(bed_number(bed, "SELECT records FROM operation"), 1);
}

/* --- hits ------------------------------------------------------------------ */

struct placed_hit {
    int source;
    uint64_t offset;
    const char *merge_key, *raw;
    enum outcome outcome;
    enum phase phase;
};

/* Two records of one act in two files, and identical lines in both. */
static const struct placed_hit placed_hits[] = {
    {0, 0, "op-1", "started", OUTCOME_PENDING, PHASE_FIRST},
    {1, 0, "op-1", "succeeded", OUTCOME_SUCCESS, PHASE_LAST},
    {0, 100, NULL, "the same line", OUTCOME_UNKNOWN, PHASE_SINGLE},
    {0, 200, NULL, "the same line", OUTCOME_UNKNOWN, PHASE_SINGLE},
    {1, 50, NULL, "the same line", OUTCOME_UNKNOWN, PHASE_SINGLE},
};

static void add_placed(struct bed *bed, const struct placed_hit *placed)
{
    struct event event;
    char text[64];
    bed_event(&event, 4, text);
    event.merge_key = slice_from(placed->merge_key);
    event.outcome = placed->outcome;
    event.phase = placed->phase;
    if (placed->phase == PHASE_LAST)
        event.time_us += 5000000;
    bed_add_hit(bed, &event, placed->raw, placed->offset);
}

/* sources[] in the order to load; with pauses, each record is a commit of its own. */
static const char *load_hits(struct bed *bed, const int order[2], bool pauses)
{
    static const char *const hashes[] = {"bbbb", "aaaa"};
    for (int i = 0; i < 2; i++) {
        int64_t source;
        const char *path = order[i] ? "/x/1" : "/y/0";
        bed_begin(bed, path, 1000 + (uint64_t)order[i], NULL, &source, NULL);
        for (size_t j = 0; j < sizeof placed_hits / sizeof placed_hits[0]; j++) {
            if (placed_hits[j].source != order[i])
                continue;
            add_placed(bed, &placed_hits[j]);
            bed_append(bed, bed->batch, source, j, NULL);
            if (pauses)
                bed_flush(bed);
        }
        bed_finish(bed, source, hashes[order[i]], 1000 + (uint64_t)order[i]);
    }
    bed_flush(bed);
    return bed_table(bed,
                     "SELECT o.id, o.time_us, o.outcome, o.records, s.path, r.offset,"
                     " o.actor FROM operation o JOIN record r ON r.operation = o.id"
                     " JOIN source s ON s.id = r.source"
                     " ORDER BY o.id, s.path, r.offset");
}

static void folds_in_any_order(void **state)
{
    (void)state;
    char *first = NULL;
    for (int i = 0; i < 4; i++) {
        void *payload;
        bed_make(&payload);
        struct bed *bed = payload;
        const int order[2] = {i & 1, !(i & 1)};
        const char *rows = load_hits(bed, order, i & 2);
        assert_int_equal(bed_number(bed, "SELECT count(*) FROM operation"), 4);
        assert_int_equal(
            bed_number(bed, "SELECT outcome FROM operation WHERE records = 2"),
            OUTCOME_SUCCESS);
        if (!first)
            first = strdup(rows);
        assert_string_equal(rows, first);
        bed_drop(&payload);
    }
    free(first);
}

static void marks_changed_operations_for_approval(void **state)
{
    struct bed *bed = *state;
    int64_t source;
    bed_begin(bed, "/a", 10, "aa", &source, NULL);
    add_placed(bed, &placed_hits[0]);
    add_placed(bed, &placed_hits[2]);
    bed_append(bed, bed->batch, source, 1, NULL);
    bed_flush(bed);
    bed_run(bed, "UPDATE operation SET approval = 3,"
                 " approval_state = 'covered', seen = 1,"
                 " first_loaded_us = 7");
    struct placed_hit later = placed_hits[1];
    later.offset = 500;
    add_placed(bed, &later);
    bed_finish(bed, source, "aa", 10);
    bed_flush(bed);
    assert_string_equal(bed_table(bed,
                                  "SELECT records, approval IS NULL, seen,"
                                  " first_loaded_us FROM operation ORDER BY records"),
                        "1|0|1|7\n2|1|1|7\n");
}

static void keeps_rejects_and_embedded_bytes(void **state)
{
    struct bed *bed = *state;
    int64_t source;
    size_t size = 2500000;
    char *bytes = malloc(size);
    for (size_t i = 0; i < size; i++)
        bytes[i] = (char)(i * 7 / 1000);
    bed_begin(bed, "-", 10, "aa", &source, NULL);
    assert_int_equal(event_batch_embed(bed->batch, 0, (struct slice){bytes, size}), 0);
    assert_int_equal(event_batch_reject(bed->batch, REJECT_DAMAGED, 5, 9, "cut off",
                                        SLICE("{\"a\":")),
                     0);
    assert_int_equal(
        event_batch_reject(bed->batch, REJECT_NOTE, 0, 0, "a note", SLICE_NONE), 0);
    bed_finish(bed, source, "aa", 10);
    bed_flush(bed);
    assert_string_equal(bed_table(bed, "SELECT kind, offset, length, reason,"
                                       " cast(bytes AS TEXT) FROM reject ORDER BY id"),
                        "damaged|5|9|cut off|{\"a\":\nnote|0|0|a note|-\n");
    assert_string_equal(bed_table(bed, "SELECT offset, length FROM embedded"),
                        "0|1048576\n1048576|1048576\n2097152|402848\n");
    sqlite3_stmt *select;
    assert_int_equal(sqlite3_prepare_v2(bed->handle->db, "SELECT data FROM embedded",
                                        -1, &select, NULL),
                     SQLITE_OK);
    for (size_t at = 0; sqlite3_step(select) == SQLITE_ROW; at += 1048576) {
        size_t length = size - at < 1048576 ? size - at : 1048576;
        char *out = malloc(length);
        assert_true(unpack((struct slice){sqlite3_column_blob(select, 0),
                                          (size_t)sqlite3_column_bytes(select, 0)},
                           out, length));
        assert_memory_equal(out, bytes + at, length);
        free(out);
    }
    sqlite3_finalize(select);
    free(bytes);
}

static void cuts_long_values_between_characters(void **state)
{
    struct bed *bed = *state;
    size_t length = LIMIT_FIELD_BYTES + 1;
    char *text = malloc(length + 3);
    memset(text, 'x', length + 3);
    /* A three-byte character across the limit. */
    memcpy(text + LIMIT_FIELD_BYTES - 1, "\xe2\x82\xac", 3);
    struct event event;
    event_clear(&event);
    event.text[FIELD_USER_AGENT] = (struct slice){text, length + 2};
    int64_t source;
    bed_begin(bed, "/a", 10, "aa", &source, NULL);
    bed_add(bed, bed->batch, source, &event, 0, 1);
    bed_finish(bed, source, "aa", 10);
    bed_flush(bed);
    assert_int_equal(bed_number(bed, "SELECT length(value) FROM dictionary"),
                     LIMIT_FIELD_BYTES - 1);
    free(text);
}

static void fails_for_good_when_the_disk_is_full(void **state)
{
    struct bed *bed = *state;
    int64_t source;
    struct event event;
    char text[64];
    bed_begin(bed, "/a", 10, "aa", &source, NULL);
    bed_event(&event, 1, text);
    bed_add(bed, bed->batch, source, &event, 0, 5);
    bed_append(bed, bed->batch, source, 6, NULL);
    bed_flush(bed);
    char sql[64];
    snprintf(sql, sizeof sql, "PRAGMA max_page_count = %d",
             (int)bed_number(bed, "PRAGMA page_count"));
    bed_run(bed, sql);
    struct error error = {0};
    char *big = malloc(1 << 20);
    uint64_t seed = 9;
    for (int i = 0; i < 1 << 20; i++)
        big[i] = (char)((seed = seed * 6364136223846793005u + 1) >> 56);
    assert_int_equal(event_batch_embed(bed->batch, 0, (struct slice){big, 1 << 20}), 0);
    free(big);
    struct source_progress progress = {.resume_offset = 12};
    int result = store_append(bed->store, source, bed->batch, &progress, NULL, &error);
    if (!result)
        result = store_flush(bed->store, &error);
    assert_int_equal(result, -1);
    assert_int_equal(error.code, ERROR_CASE);
    assert_non_null(strstr(error.message, "disk is full"));
    assert_non_null(strstr(error.message, "committed before is kept"));
    memset(&error, 0, sizeof error);
    assert_int_equal(
        store_append(bed->store, source, bed->batch, &progress, NULL, &error), -1);
    assert_non_null(strstr(error.message, "disk is full"));
    bed_kill(bed);
    assert_int_equal(bed_number(bed, "SELECT resume_offset FROM source"), 6);
    assert_int_equal(bed_number(bed, "SELECT sum(events) FROM segment"), 1);
}

#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
#define SANITIZED
#elif defined __has_feature
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED
#endif
#endif

#ifndef SANITIZED
struct slow_writer {
    struct bed *bed;
    atomic_bool stop;
    unsigned turns;
};

/* Another process that takes the case's write lock again and again and is slow with it:
 * the load must wait, and must not pile up what it cannot write. */
static void *write_slowly(void *payload)
{
    struct slow_writer *writer = payload;
    const struct timespec pause = {0, 60000000L}, breath = {0, 2000000L};
    struct case_file *handle = case_open(writer->bed->path, CASE_WRITE, NULL);
    while (handle && !atomic_load(&writer->stop)) {
        if (!case_begin(handle, NULL)) {
            nanosleep(&pause, NULL);
            case_commit(handle, NULL);
            writer->turns++;
        }
        nanosleep(&breath, NULL);
    }
    case_close(handle);
    return NULL;
}
#endif

/* Whatever the input, a load stays below the limit: the dictionary is empty, every
 * value of three columns is met once, and the case is slow to take it.  In a child,
 * whose peak is its own. */
static void bounds_its_memory(void **state)
{
#ifdef SANITIZED
    (void)state;
    skip(); /* the sanitizer's own memory is in the way */
#else
    struct bed *bed = *state;
    bed_close(bed);
    pid_t child = fork();
    if (child == 0) {
        bed_open(bed);
        struct event event;
        char text[64];
        int64_t source;
        struct slow_writer slow = {.bed = bed};
        pthread_t thread;
        if (pthread_create(&thread, NULL, write_slowly, &slow))
            _exit(2);
        bed_begin(bed, "/logs/many", 10, NULL, &source, NULL);
        for (uint64_t i = 0; i < 1000000; i++) {
            bed_event(&event, i, text);
            char agent[96];
            snprintf(agent, sizeof agent, "agent/%020llu/%020llu",
                     (unsigned long long)i, (unsigned long long)(i * 77));
            event.text[FIELD_USER_AGENT] = slice_from(agent);
            event.text[FIELD_CREDENTIAL] = slice_skip(slice_from(agent), 6);
            event.text[FIELD_RESOURCE] = slice_skip(slice_from(agent), 9);
            bed_add(bed, bed->batch, source, &event, i * 101, 100);
        }
        bed_finish(bed, source, NULL, 10);
        atomic_store(&slow.stop, true);
        pthread_join(thread, NULL);
        bed_close(bed);
        struct rusage usage;
        getrusage(RUSAGE_SELF, &usage);
        _exit(usage.ru_maxrss > 200 * 1024 ? 1 : slow.turns < 3 ? 3 : 0);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
#endif
}

/* A batch may end with the value that fills its dictionary. */
static void goes_on_when_batch_and_dictionary_are_full_at_once(void **state)
{
    struct bed *bed = *state;
    char text[16];
    struct event event;
    const struct record_place place = {0, 1, 0};
    event_clear(&event);
    for (unsigned i = 0; i <= LIMIT_DICTIONARY_VALUES; i++) {
        snprintf(text, sizeof text, "%u", i);
        event.text[FIELD_SOURCE_TEXT] = slice_from(text);
        if (i % BATCH_EVENTS == LIMIT_DICTIONARY_VALUES % BATCH_EVENTS)
            event_batch_reset(bed->batch);
        assert_true(event_batch_add(bed->batch, &event, LIFECYCLE_NONE, &place));
    }
}

static void keeps_the_fields_that_events_have(void **state)
{
    (void)state;
    for (int i = 0; i < EVENT_FIELD_COUNT; i++)
        assert_int_equal(event_fields[i].kept,
                         i < TEXT_COLUMNS ? EVENT_KEPT : HIT_KEPT);
    assert_true(COLUMN_TEXT + TEXT_COLUMNS <= SEGMENT_COLUMNS_MAX);
}

/* --- merging --------------------------------------------------------------- */

enum { MANY_LEAVES = 40000, ORDINARY = 10 };

/* One record that holds more events than two segments, among others. */
static void fill_other_case(struct bed *bed, int64_t *source)
{
    char text[64];
    struct event event;
    bed_begin(bed, "/logs/other.json", 500, "other", source, NULL);
    for (uint64_t i = 0; i < MANY_LEAVES + ORDINARY; i++) {
        struct record_place place = {
            .offset = i < MANY_LEAVES ? 0 : (i - MANY_LEAVES + 1) * 100,
            .length = 100,
            .leaf = i < MANY_LEAVES ? (uint32_t)i : 0};
        bed_event(&event, i, text);
        if (event_batch_add(bed->batch, &event, LIFECYCLE_NONE, &place))
            continue;
        bed_append(bed, bed->batch, *source, place.offset, NULL);
        assert_true(event_batch_add(bed->batch, &event, LIFECYCLE_NONE, &place));
    }
    bed_finish(bed, *source, "other", 500);
    bed_flush(bed);
}

/* Says yes when it has been asked so often. */
static bool stops_after(void *payload)
{
    unsigned *left = payload;
    return (*left)-- == 0;
}

static int merge_until(struct bed *bed, const char *path, unsigned segments)
{
    const struct analyst who = {SLICE("tester"), SLICE("here")};
    struct error error;
    struct merge merge = {.store = bed->store,
                          .batch = bed->batch,
                          .who = &who,
                          .stopped = stops_after,
                          .payload = &segments};
    return merge_case(&merge, path, &error);
}

/* Killed between the leaves of one record: nothing is lost and nothing is there twice.
 */
static void goes_on_with_a_killed_merge(void **state)
{
    struct bed *bed = *state;
    void *other_state = NULL;
    int64_t source;
    assert_int_equal(bed_make(&other_state), 0);
    struct bed *other = other_state;
    fill_other_case(other, &source);
    for (unsigned segments = 1; segments < 3; segments++) {
        assert_int_equal(merge_until(bed, other->path, segments), -1);
        event_batch_reset(bed->batch);
        bed_flush(bed);
        bed_kill(bed);
    }
    assert_int_equal(bed_number(bed, "SELECT merging FROM source"), 1);
    assert_int_equal(merge_until(bed, other->path, UINT_MAX), 0);
    assert_int_equal(bed_number(bed, "SELECT sum(events) FROM segment"),
                     MANY_LEAVES + ORDINARY);
    assert_int_equal(bed_number(bed, "SELECT merging FROM source"), 0);
    bed_drop(&other_state);
}

/* The rows that go with its events never came: the file is a source of its own. */
static void loads_a_file_whose_merge_was_killed(void **state)
{
    struct bed *bed = *state;
    void *other_state = NULL;
    int64_t source;
    assert_int_equal(bed_make(&other_state), 0);
    struct bed *other = other_state;
    fill_other_case(other, &source);
    assert_int_equal(merge_until(bed, other->path, 1), -1);
    event_batch_reset(bed->batch);
    bed_flush(bed);
    bed_kill(bed);
    assert_int_equal(bed_begin(bed, "/logs/other.json", 500, "other", &source, NULL),
                     SOURCE_NEW);
    bed_finish(bed, source, "other", 500);
    bed_flush(bed);
    assert_string_equal(bed_table(bed, "SELECT status, doubled, events FROM source"),
                        "skipped|1|0\ndone|0|1\n");
    bed_drop(&other_state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BED(goes_on_with_a_killed_merge),
        ON_BED(loads_a_file_whose_merge_was_killed),
        ON_BED(stores_from_two_threads),
        ON_BED(continues_the_last_segment),
        ON_BED(outgrows_a_dictionary),
        ON_BED(shares_credentials_with_those_that_issue_them),
        ON_BED(closes_a_segment_of_long_values_early),
        ON_BED(resumes_a_killed_load),
        ON_BED(knows_what_it_has),
        ON_BED(drops_a_double_at_its_end),
        cmocka_unit_test(folds_in_any_order),
        ON_BED(marks_changed_operations_for_approval),
        ON_BED(keeps_rejects_and_embedded_bytes),
        ON_BED(cuts_long_values_between_characters),
        ON_BED(fails_for_good_when_the_disk_is_full),
        ON_BED(bounds_its_memory),
        ON_BED(goes_on_when_batch_and_dictionary_are_full_at_once),
        cmocka_unit_test(keeps_the_fields_that_events_have),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
