#include "config.h"

#include "db/store_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "core/operation.h"
#include "db/triage.h"

/* --- which operations ------------------------------------------------------ */

int id_set_add(struct id_set *set, const char *id)
{
    if (set->count && !strcmp(set->ids[set->count - 1], id))
        return 0;
    if (set->count == set->room) {
        size_t room = set->room ? 2 * set->room : 64;
        void *ids = realloc(set->ids, room * sizeof *set->ids);
        if (!ids)
            return -1;
        set->ids = ids;
        set->room = room;
    }
    snprintf(set->ids[set->count++], sizeof *set->ids, "%s", id);
    return 0;
}

void id_set_clear(struct id_set *set)
{
    free(set->ids);
    *set = (struct id_set){0};
}

static int compare_ids(const void *a, const void *b)
{
    return strcmp(a, b);
}

static void sort_unique(struct id_set *set)
{
    if (!set->count)
        return;
    qsort(set->ids, set->count, sizeof *set->ids, compare_ids);
    size_t kept = 1;
    for (size_t i = 1; i < set->count; i++) {
        if (strcmp(set->ids[i], set->ids[kept - 1]))
            memmove(set->ids[kept++], set->ids[i], sizeof *set->ids);
    }
    set->count = kept;
}

/* --- records --------------------------------------------------------------- */

/*
 * Records that share nothing with another (no merge key, no event id) are operations
 * of their own even where they are equal to the last byte: identical syslog lines.
 * Their common id is their `act`; the n-th of them, in the order of their evidence, is
 * the operation of (act, n).  So the ids do not depend on the order of loading.
 */
static bool stands_alone(const struct event *event)
{
    return slice_blank(event->merge_key) && slice_blank(event->text[FIELD_EVENT_ID]);
}

static void numbered_id(const char *act, size_t number,
                        char out[OPERATION_ID_LENGTH + 1])
{
    if (number == 1) {
        memcpy(out, act, OPERATION_ID_LENGTH + 1);
        return;
    }
    char key[OPERATION_ID_LENGTH + 24];
    snprintf(key, sizeof key, "%s#%zu", act, number);
    struct event event;
    event_clear(&event);
    event.merge_key = slice_from(key);
    operation_id(&event, SLICE_NONE, out);
}

static int write_record(struct store *store, const struct pending_record *pending)
{
    const struct batch_hit *hit = &pending->record.hit;
    const struct event *event = &hit->event;
    char id[OPERATION_ID_LENGTH + 1];
    operation_id(event, hit->raw, id);
    bool alone = stands_alone(event);
    if (provider_is_device(event->provider) &&
        store_note_due(store, event->provider, event->text[FIELD_ACCOUNT]))
        return -1;
    if (alone ? id_set_add(&store->acts, id) : id_set_add(&store->operations, id))
        return -1;

    sqlite3_stmt *insert = store->statements[STATEMENT_RECORD];
    int at = 1;
    store_bind(insert, at++, slice_from(alone ? "" : id));
    store_bind(insert, at++, alone ? slice_from(id) : SLICE_NONE);
    sqlite3_bind_int64(insert, at++, pending->source->id);
    sqlite3_bind_int64(insert, at++, (int64_t)hit->place.offset);
    sqlite3_bind_int64(insert, at++, hit->place.leaf);
    sqlite3_bind_int64(insert, at++, hit->place.length);
    store_bind(insert, at++, slice_from(hit->form_chain ? hit->form_chain : ""));
    store_bind_time(insert, at++, event->time_us);
    sqlite3_bind_int(insert, at++, event->time_quality);
    sqlite3_bind_int(insert, at++, event->provider);
    sqlite3_bind_int(insert, at++, event->outcome);
    sqlite3_bind_int(insert, at++, event->phase);
    sqlite3_bind_int(insert, at++, event->says_created);
    sqlite3_bind_int(insert, at++, event->switched_off);
    store_bind(insert, at++, event->merge_key);
    sqlite3_bind_int(insert, at++, hit->lifecycle);
    sqlite3_bind_int(insert, at++, hit->severity);
    sqlite3_bind_int(insert, at++, hit->confidence);
    store_bind(insert, at++, slice_present(hit->rules) ? hit->rules : SLICE(""));
    store_bind(insert, at++,
               slice_present(hit->technique) ? hit->technique : SLICE(""));
    sqlite3_bind_blob(insert, at++, hit->raw.data ? hit->raw.data : "",
                      (int)hit->raw.length, SQLITE_STATIC);
    for (int i = 0; i < EVENT_FIELD_COUNT; i++)
        store_bind(insert, at++, event->text[i]);
    return store_run(store, STATEMENT_RECORD);
}

int store_write_records(struct store *store)
{
    for (struct pending_record *record = store->pending.records; record;
         record = record->next) {
        if (!record->source->duplicate && write_record(store, record))
            return -1;
    }
    return 0;
}

/* --- numbers of records that look alike ------------------------------------ */

struct alike {
    int64_t record;
    char operation[OPERATION_ID_LENGTH + 1];
};

static struct alike *read_alike(struct store *store, const char *act, size_t *count)
{
    sqlite3_stmt *counting = store->statements[STATEMENT_ACT_COUNT];
    store_bind(counting, 1, slice_from(act));
    int64_t total =
        sqlite3_step(counting) == SQLITE_ROW ? sqlite3_column_int64(counting, 0) : -1;
    sqlite3_reset(counting);
    struct alike *rows = total < 0 ? NULL : calloc((size_t)total + 1, sizeof *rows);
    if (!rows)
        return NULL;
    sqlite3_stmt *select = store->statements[STATEMENT_ACT_RECORDS];
    store_bind(select, 1, slice_from(act));
    *count = 0;
    int code;
    while ((code = sqlite3_step(select)) == SQLITE_ROW && *count < (size_t)total) {
        rows[*count].record = sqlite3_column_int64(select, 0);
        snprintf(rows[*count].operation, sizeof rows->operation, "%s",
                 (const char *)sqlite3_column_text(select, 1));
        ++*count;
    }
    sqlite3_reset(select);
    if (code == SQLITE_DONE)
        return rows;
    free(rows);
    return NULL;
}

static int number_alike(struct store *store, const char *act)
{
    size_t count;
    struct alike *rows = read_alike(store, act, &count);
    if (!rows)
        return -1;
    int result = 0;
    for (size_t i = 0; i < count && !result; i++) {
        char id[OPERATION_ID_LENGTH + 1];
        numbered_id(act, i + 1, id);
        if (!strcmp(rows[i].operation, id))
            continue;
        sqlite3_stmt *update = store->statements[STATEMENT_RECORD_ALONE];
        store_bind(update, 1, slice_from(id));
        sqlite3_bind_int64(update, 2, rows[i].record);
        result =
            store_run(store, STATEMENT_RECORD_ALONE) ||
            id_set_add(&store->operations, id) ||
            (rows[i].operation[0] && id_set_add(&store->operations, rows[i].operation));
    }
    free(rows);
    return result;
}

/* --- the fold -------------------------------------------------------------- */

static void read_record(sqlite3_stmt *row, struct arena *arena,
                        struct operation_record *out)
{
    *out = (struct operation_record){0};
    struct event *event = &out->event;
    event_clear(event);
    struct slice source = store_column(row, 0, arena);
    struct slice member = store_column(row, 1, arena);
    out->evidence_key = arena_printf(
        arena, "%s:%s:%020lld:%010lld", source.data ? source.data : "",
        member.data ? member.data : "", (long long)sqlite3_column_int64(row, 2),
        (long long)sqlite3_column_int64(row, 3));
    int at = 4;
    if (sqlite3_column_type(row, at) != SQLITE_NULL)
        event->time_us = sqlite3_column_int64(row, at);
    at++;
    event->time_quality = (enum time_quality)sqlite3_column_int(row, at++);
    event->provider = (enum provider)sqlite3_column_int(row, at++);
    event->outcome = (enum outcome)sqlite3_column_int(row, at++);
    event->phase = (enum phase)sqlite3_column_int(row, at++);
    event->says_created = sqlite3_column_int(row, at++);
    event->switched_off = sqlite3_column_int(row, at++);
    event->merge_key = store_column(row, at++, arena);
    out->lifecycle = (enum lifecycle)sqlite3_column_int(row, at++);
    out->severity = (enum severity)sqlite3_column_int(row, at++);
    out->confidence = (enum confidence)sqlite3_column_int(row, at++);
    out->rules = store_column(row, at++, arena);
    out->technique = store_column(row, at++, arena);
    for (int i = 0; i < EVENT_FIELD_COUNT; i++)
        event->text[i] = store_column(row, at++, arena);
}

/* -1: failed; else the number of records in *out. */
static ptrdiff_t read_records(struct store *store, const char *id, struct arena *arena,
                              struct operation_record **out)
{
    sqlite3_stmt *select = store->statements[STATEMENT_OPERATION_RECORDS];
    size_t count = 0, room = 0;
    *out = NULL;
    store_bind(select, 1, slice_from(id));
    sqlite3_bind_int(select, 2, LIMIT_OPERATION_RECORDS);
    int code;
    while ((code = sqlite3_step(select)) == SQLITE_ROW) {
        if (count == room) {
            room = room ? 2 * room : 4;
            void *rows = realloc(*out, room * sizeof **out);
            if (!rows)
                break;
            *out = rows;
        }
        read_record(select, arena, *out + count++);
    }
    sqlite3_reset(select);
    return code == SQLITE_DONE ? (ptrdiff_t)count : -1;
}

static int64_t now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static int write_operation(struct store *store, const char *id,
                           const struct operation *operation)
{
    const struct event *event = &operation->event;
    sqlite3_stmt *insert = store->statements[STATEMENT_OPERATION];
    int at = 1;
    store_bind(insert, at++, slice_from(id));
    sqlite3_bind_int64(insert, at++, now_us());
    store_bind_time(insert, at++, event->time_us);
    sqlite3_bind_int(insert, at++, event->time_quality);
    sqlite3_bind_int(insert, at++, event->provider);
    sqlite3_bind_int(insert, at++, event->outcome);
    sqlite3_bind_int(insert, at++, operation->lifecycle);
    sqlite3_bind_int(insert, at++, operation->severity);
    sqlite3_bind_int(insert, at++, operation->confidence);
    store_bind(insert, at++,
               slice_present(operation->rules) ? operation->rules : SLICE(""));
    store_bind(insert, at++,
               slice_present(operation->technique) ? operation->technique : SLICE(""));
    sqlite3_bind_int64(insert, at++, (int64_t)operation->records);
    sqlite3_bind_int(insert, at++, event->switched_off);
    for (int i = 0; i < EVENT_FIELD_COUNT; i++)
        store_bind(insert, at++, event->text[i]);
    return store_run(store, STATEMENT_OPERATION);
}

static bool known(struct store *store, const char *id)
{
    sqlite3_stmt *select = store->statements[STATEMENT_OPERATION_KNOWN];
    store_bind(select, 1, slice_from(id));
    bool found = sqlite3_step(select) == SQLITE_ROW;
    sqlite3_reset(select);
    return found;
}

static int fold(struct store *store, const char *id, struct arena *arena)
{
    struct operation_record *records;
    ptrdiff_t count = read_records(store, id, arena, &records);
    int result = count < 0 ? -1 : 0;
    if (count == 0) {
        store_bind(store->statements[STATEMENT_OPERATION_GONE], 1, slice_from(id));
        store->totals.operations -= store->totals.operations && known(store, id);
        result = store_run(store, STATEMENT_OPERATION_GONE);
    } else if (count > 0) {
        struct operation operation;
        operation_fold(records, (size_t)count, arena, &operation);
        if (!known(store, id))
            store->totals.operations++;
        result = write_operation(store, id, &operation);
    }
    free(records);
    return result;
}

static int number_all_alike(struct store *store)
{
    sort_unique(&store->acts);
    for (size_t i = 0; i < store->acts.count; i++) {
        if (number_alike(store, store->acts.ids[i]))
            return -1;
    }
    return 0;
}

static int fold_all(struct store *store)
{
    sort_unique(&store->operations);
    struct arena arena;
    arena_init(&arena);
    int result = 0;
    for (size_t i = 0; i < store->operations.count && !result; i++) {
        result = fold(store, store->operations.ids[i], &arena);
        arena_reset(&arena);
    }
    arena_fini(&arena);
    return result;
}

int store_fold_operations(struct store *store, struct error *error)
{
    if (number_all_alike(store) || fold_all(store))
        return case_error(store->handle, "loading", error);
    bool changed = store->operations.count > 0;
    id_set_clear(&store->acts);
    id_set_clear(&store->operations);
    return changed ? triage_refresh(store->handle, true, error) : 0;
}
