#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/store_bed.h"

/* --- a case in a folder of its own ----------------------------------------- */

void bed_open(struct bed *bed)
{
    struct error error = {0};
    bed->handle = case_open(bed->path, CASE_CREATE, &error);
    if (!bed->handle)
        fail_msg("%s", error.message);
    bed->store = store_open(bed->handle, &error);
    if (!bed->store)
        fail_msg("%s", error.message);
}

void bed_close(struct bed *bed)
{
    struct error error = {0};
    if (bed->store && store_close(bed->store, &error))
        fail_msg("%s", error.message);
    case_close(bed->handle);
    bed->store = NULL;
    bed->handle = NULL;
}

void bed_reopen(struct bed *bed)
{
    bed_close(bed);
    bed_open(bed);
}

int bed_make(void **state)
{
    struct bed *bed = calloc(1, sizeof *bed);
    snprintf(bed->folder, sizeof bed->folder, "/tmp/mirrorscope-XXXXXX");
    assert_non_null(mkdtemp(bed->folder));
    snprintf(bed->path, sizeof bed->path, "%s/a.case", bed->folder);
    bed->batch = event_batch_new();
    assert_non_null(bed->batch);
    arena_init(&bed->arena);
    bed_open(bed);
    *state = bed;
    return 0;
}

int bed_drop(void **state)
{
    struct bed *bed = *state;
    static const char *const suffixes[] = {"", "-wal", "-shm", "-lock"};
    store_abandon(bed->store);
    case_close(bed->handle);
    event_batch_free(bed->batch);
    arena_fini(&bed->arena);
    for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++) {
        char name[96];
        snprintf(name, sizeof name, "%s%s", bed->path, suffixes[i]);
        unlink(name);
    }
    rmdir(bed->folder);
    free(bed);
    return 0;
}

int64_t bed_number(struct bed *bed, const char *sql)
{
    sqlite3_stmt *statement;
    if (sqlite3_prepare_v2(bed->handle->db, sql, -1, &statement, NULL))
        fail_msg("%s: %s", sql, sqlite3_errmsg(bed->handle->db));
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    int64_t value = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return value;
}

/* All rows, cells joined by '|', rows by a newline; in the arena. */
const char *bed_table(struct bed *bed, const char *sql)
{
    sqlite3_stmt *statement;
    if (sqlite3_prepare_v2(bed->handle->db, sql, -1, &statement, NULL))
        fail_msg("%s: %s", sql, sqlite3_errmsg(bed->handle->db));
    char *bytes = NULL;
    size_t length = 0;
    FILE *text = open_memstream(&bytes, &length);
    assert_non_null(text);
    while (sqlite3_step(statement) == SQLITE_ROW) {
        for (int i = 0; i < sqlite3_column_count(statement); i++) {
            const char *cell = (const char *)sqlite3_column_text(statement, i);
            fprintf(text, "%s%s", i ? "|" : "", cell ? cell : "-");
        }
        fputc('\n', text);
    }
    sqlite3_finalize(statement);
    fclose(text);
    const char *copy = arena_copy(&bed->arena, (struct slice){bytes, length}).data;
    free(bytes);
    return copy;
}

/* --- sources and events ---------------------------------------------------- */

enum source_known bed_begin(struct bed *bed, const char *path, uint64_t bytes,
                            const char *sha256, int64_t *source,
                            struct source_progress *progress)
{
    const struct source_start start = {.path = path,
                                       .member = "",
                                       .bytes = bytes,
                                       .mtime_us = 1000,
                                       .options = "",
                                       .loaded_by = "alice",
                                       .host = "bastion",
                                       .packing = ""};
    struct source_progress ignored;
    enum source_known known;
    struct error error = {0};
    if (store_begin_source(bed->store, &start, sha256, &known, source,
                           progress ? progress : &ignored, &error))
        fail_msg("%s", error.message);
    return known;
}

void bed_append(struct bed *bed, struct event_batch *batch, int64_t source,
                uint64_t resume, const struct source_end *end)
{
    struct source_progress progress = {.resume_offset = resume,
                                       .records = resume,
                                       .events = resume,
                                       .first_us = 1,
                                       .last_us = 2,
                                       .forms = SLICE("cloudtrail")};
    struct error error = {0};
    if (store_append(bed->store, source, batch, &progress, end, &error))
        fail_msg("%s", error.message);
}

void bed_finish(struct bed *bed, int64_t source, const char *sha256, uint64_t bytes)
{
    const struct source_end end = {
        .status = "done", .reason = "", .sha256 = sha256, .bytes = bytes};
    bed_append(bed, bed->batch, source, 1, &end);
}

void bed_flush(struct bed *bed)
{
    struct error error = {0};
    if (store_flush(bed->store, &error))
        fail_msg("%s", error.message);
}

void bed_kill(struct bed *bed)
{
    store_abandon(bed->store);
    bed->store = NULL;
    bed_reopen(bed);
}

void bed_run(struct bed *bed, const char *sql)
{
    if (sqlite3_exec(bed->handle->db, sql, NULL, NULL, NULL))
        fail_msg("%s: %s", sql, sqlite3_errmsg(bed->handle->db));
}

void bed_event(struct event *event, uint64_t number, char text[64])
{
    event_clear(event);
    event->time_us = INT64_C(1773453600000000) + (int64_t)(number % 5000) * 1000000;
    event->time_quality = TIME_EXACT;
    event->provider = number % 3 ? PROVIDER_AWS : PROVIDER_GCP;
    event->outcome = OUTCOME_SUCCESS;
    event->text[FIELD_OPERATION] =
        number % 2 ? SLICE("DescribeInstances") : SLICE("CreateTags");
    snprintf(text, 64, "arn:aws:iam::111122223333:role/r%llu",
             (unsigned long long)(number % 977));
    event->text[FIELD_ACTOR] = slice_from(text);
    if (number % 5 == 0)
        event->text[FIELD_ERROR_CODE] = SLICE("");
}

void bed_add(struct bed *bed, struct event_batch *batch, int64_t source,
             const struct event *event, uint64_t offset, uint32_t length)
{
    const struct record_place place = {offset, length, 0};
    if (event_batch_add(batch, event, LIFECYCLE_NONE, &place))
        return;
    bed_append(bed, batch, source, offset, NULL);
    assert_true(event_batch_add(batch, event, LIFECYCLE_NONE, &place));
}

void bed_add_hit(struct bed *bed, const struct event *event, const char *raw,
                 uint64_t offset)
{
    bed_add_leaf(bed, event, raw,
                 (struct record_place){offset, (uint32_t)strlen(raw), 0});
}

void bed_add_leaf(struct bed *bed, const struct event *event, const char *raw,
                  struct record_place place)
{
    struct batch_hit hit = {.event = *event,
                            .raw = slice_from(raw),
                            .place = place,
                            .form_chain = "test",
                            .lifecycle = LIFECYCLE_CREATION,
                            .severity = SEVERITY_HIGH,
                            .confidence = CONFIDENCE_HIGH,
                            .rules = SLICE("r1"),
                            .technique = SLICE("T1020.001")};
    assert_true(event_batch_add(bed->batch, event, LIFECYCLE_CREATION, &hit.place));
    assert_int_equal(event_batch_hit(bed->batch, &hit), 0);
}
