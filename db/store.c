#include "config.h"

#include "db/device_origin.h"
#include "db/ledger_store.h"
#include "db/store_internal.h"

#include <stdlib.h>
#include <sys/random.h>
#include <time.h>

enum {
    /* performance.md section 6: longer batches hurt the latency of readers. */
    COMMIT_SEGMENTS = 4,
    COMMIT_US = 250 * 1000,
    COMMIT_BYTES = 16 * 1024 * 1024,
    COMMIT_SOURCES = 4096,
    ARENA_KEPT_BYTES = 2 * 1024 * 1024,
    /* An analyst's own change takes milliseconds; a load can wait for it. */
    LOADER_TIMEOUT_MS = 60 * 1000,
    READER_TIMEOUT_MS = 5 * 1000,
    /* While logs are loaded the ledger may lag by a second, and takes at most one part
     * in twenty of the time; the last commit has it up to date. */
    LEDGER_US = 1000 * 1000,
    LEDGER_SHARE = 20,
};

static int64_t monotonic_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* --- what is pending ------------------------------------------------------- */

static void clear_pending(struct pending *pending)
{
    if (pending->bytes > ARENA_KEPT_BYTES)
        arena_fini(&pending->arena);
    else
        arena_reset(&pending->arena);
    pending->bytes = 0;
    pending->full_segments = pending->ended_sources = 0;
    pending->segments = NULL;
    pending->last_segment = &pending->segments;
    pending->records = NULL;
    pending->last_record = &pending->records;
    pending->rejects = NULL;
    pending->last_reject = &pending->rejects;
    pending->chunks = NULL;
    pending->last_chunk = &pending->chunks;
    pending->facts = NULL;
    pending->last_fact = &pending->facts;
    pending->notes = NULL;
    pending->last_note = &pending->notes;
}

static bool nothing_pending(const struct store *store)
{
    const struct pending *pending = &store->pending;
    if (pending->segments || pending->records || pending->rejects || pending->chunks ||
        pending->facts || pending->notes || store->open->changed)
        return false;
    for (struct store_source *source = store->sources; source; source = source->next) {
        if (source->changed)
            return false;
    }
    return true;
}

static struct slice keep(struct pending *pending, struct slice s, bool *failed)
{
    struct slice copy = arena_copy(&pending->arena, s);
    *failed = *failed || slice_present(copy) != slice_present(s);
    pending->bytes += s.length;
    return copy;
}

static void *keep_new(struct pending *pending, size_t size, bool *failed)
{
    void *memory = *failed ? NULL : arena_alloc(&pending->arena, size);
    *failed = *failed || !memory;
    pending->bytes += size;
    return memory;
}

static bool keep_records(struct pending *pending, const struct store_source *source,
                         const struct event_batch *batch)
{
    bool failed = false;
    for (struct batch_record *from = batch->records; from; from = from->next) {
        struct pending_record *record = keep_new(pending, sizeof *record, &failed);
        if (failed)
            return false;
        *record = (struct pending_record){.source = source, .record = *from};
        struct batch_hit *hit = &record->record.hit;
        for (int i = 0; i < EVENT_FIELD_COUNT; i++)
            hit->event.text[i] = keep(pending, hit->event.text[i], &failed);
        hit->event.merge_key = keep(pending, hit->event.merge_key, &failed);
        hit->raw = keep(pending, hit->raw, &failed);
        hit->rules = keep(pending, hit->rules, &failed);
        hit->technique = keep(pending, hit->technique, &failed);
        hit->form_chain = keep(pending, from->form_chain, &failed).data;
        if (failed)
            return false;
        *pending->last_record = record;
        pending->last_record = &record->next;
    }
    return true;
}

static bool keep_rejects(struct pending *pending, const struct store_source *source,
                         const struct event_batch *batch)
{
    bool failed = false;
    for (struct batch_reject *from = batch->rejects; from; from = from->next) {
        struct pending_reject *reject = keep_new(pending, sizeof *reject, &failed);
        if (failed)
            return false;
        *reject = (struct pending_reject){.source = source, .reject = *from};
        reject->reject.reason = keep(pending, from->reason, &failed);
        reject->reject.bytes = keep(pending, from->bytes, &failed);
        if (failed)
            return false;
        *pending->last_reject = reject;
        pending->last_reject = &reject->next;
    }
    return true;
}

static bool keep_chunks(struct pending *pending, const struct store_source *source,
                        const struct event_batch *batch)
{
    bool failed = false;
    for (struct batch_chunk *from = batch->chunks; from; from = from->next) {
        struct pending_chunk *chunk = keep_new(pending, sizeof *chunk, &failed);
        if (failed)
            return false;
        *chunk = (struct pending_chunk){.source = source, .chunk = *from};
        chunk->chunk.data = keep(pending, from->data, &failed);
        if (failed)
            return false;
        *pending->last_chunk = chunk;
        pending->last_chunk = &chunk->next;
    }
    return true;
}

/* --- the commit ------------------------------------------------------------ */

static int encode_open_segment(struct store *store, struct error *error)
{
    struct pending *pending = &store->pending;
    struct encoded_segment *encoded;
    if (open_segment_encode(store->open, &pending->arena, &encoded, error))
        return -1;
    for (int i = 0; i < SEGMENT_COLUMNS_MAX; i++)
        pending->bytes += encoded->blobs[i].length;
    *pending->last_segment = encoded;
    pending->last_segment = &encoded->next;
    return 0;
}

static int write_segments(struct store *store)
{
    sqlite3_stmt *segment = store->statements[STATEMENT_SEGMENT];
    sqlite3_stmt *column = store->statements[STATEMENT_COLUMN];
    for (struct encoded_segment *from = store->pending.segments; from;
         from = from->next) {
        sqlite3_bind_int64(segment, 1, from->id);
        sqlite3_bind_int64(segment, 2, from->count);
        store_bind_time(segment, 3, from->first_us);
        store_bind_time(segment, 4, from->last_us);
        if (store_run(store, STATEMENT_SEGMENT))
            return -1;
        for (int i = 0; i < SEGMENT_COLUMNS_MAX; i++) {
            if (!slice_present(from->blobs[i]))
                continue;
            sqlite3_bind_int64(column, 1, from->id * SEGMENT_COLUMNS_MAX + i);
            sqlite3_bind_blob(column, 2, from->blobs[i].data,
                              (int)from->blobs[i].length, SQLITE_STATIC);
            if (store_run(store, STATEMENT_COLUMN))
                return -1;
        }
    }
    return 0;
}

static int write_rejects(struct store *store)
{
    static const char *const kinds[] = {"damaged", "unknown", "note"};
    sqlite3_stmt *insert = store->statements[STATEMENT_REJECT];
    for (struct pending_reject *from = store->pending.rejects; from;
         from = from->next) {
        const struct batch_reject *reject = &from->reject;
        if (from->source->duplicate)
            continue;
        sqlite3_bind_int64(insert, 1, from->source->id);
        store_bind(insert, 2, slice_from(kinds[reject->kind]));
        sqlite3_bind_int64(insert, 3, (int64_t)reject->offset);
        sqlite3_bind_int64(insert, 4, (int64_t)reject->length);
        store_bind(insert, 5,
                   slice_present(reject->reason) ? reject->reason : SLICE(""));
        if (slice_present(reject->bytes))
            sqlite3_bind_blob(insert, 6, reject->bytes.data, (int)reject->bytes.length,
                              SQLITE_STATIC);
        else
            sqlite3_bind_null(insert, 6);
        if (store_run(store, STATEMENT_REJECT))
            return -1;
    }
    return 0;
}

static int write_chunks(struct store *store)
{
    for (struct pending_chunk *from = store->pending.chunks; from; from = from->next) {
        enum store_statement which =
            from->chunk.is_point ? STATEMENT_ACCESS_POINT : STATEMENT_CHUNK;
        sqlite3_stmt *insert = store->statements[which];
        sqlite3_bind_int64(insert, 1, from->source->id);
        sqlite3_bind_int64(insert, 2, (int64_t)from->chunk.offset);
        sqlite3_bind_int64(insert, 3, (int64_t)from->chunk.number);
        sqlite3_bind_blob(insert, 4, from->chunk.data.data,
                          (int)from->chunk.data.length, SQLITE_STATIC);
        if (store_run(store, which))
            return -1;
    }
    return 0;
}

static bool ledger_due(const struct store *store, bool last)
{
    int64_t pause = LEDGER_SHARE * store->ledger_cost_us;
    return store->ledger_behind &&
           (last || monotonic_us() - store->ledger_us >=
                        (pause > LEDGER_US ? pause : LEDGER_US));
}

static int refresh_ledger(struct store *store, struct error *error)
{
    int64_t begun = monotonic_us();
    if (store_join_copies(store, error) ||
        device_origin_refresh(store->handle, error) ||
        ledger_refresh(store->handle, error))
        return -1;
    store->ledger_us = monotonic_us();
    store->ledger_cost_us = store->ledger_us - begun;
    store->ledger_behind = false;
    return 0;
}

static int write_pending(struct store *store, bool last, struct error *error)
{
    if (open_segment_write_dictionaries(store->open,
                                        store->statements[STATEMENT_DICTIONARY]) ||
        write_segments(store) || store_write_sources(store) ||
        store_write_records(store) || write_rejects(store) || write_chunks(store) ||
        store_write_facts(store) || store_settle_sources(store))
        return case_error(store->handle, "loading", error);
    if (store_fold_operations(store, error))
        return -1;
    return ledger_due(store, last) ? refresh_ledger(store, error) : 0;
}

/* The store does not go on after a failure: what it holds in memory may be ahead of
 * the case. What was committed before is kept, and a new load resumes there. */
static int fail(struct store *store, struct error *error)
{
    store->failed = true;
    store->failure = error ? *error : (struct error){.code = ERROR_CASE};
    return -1;
}

int store_lookup(struct store *store)
{
    if (!store->reading && sqlite3_exec(store->handle->db, "BEGIN", NULL, NULL, NULL))
        return -1;
    store->reading = true;
    return 0;
}

static void end_lookups(struct store *store)
{
    if (store->reading)
        case_rollback(store->handle);
    store->reading = false;
}

/* last: nobody waits for the next one, so the ledger is brought up to date. */
static int commit(struct store *store, bool last, struct error *error)
{
    struct error local = {0};
    end_lookups(store);
    if (nothing_pending(store) && !ledger_due(store, last)) {
        store->committed_us = monotonic_us();
        return 0;
    }
    int result = 0;
    store->ledger_behind = true;
    if (store->open->changed)
        result = encode_open_segment(store, &local);
    if (!result && !(result = case_begin(store->handle, &local))) {
        result = write_pending(store, last, &local);
        if (!result)
            result = case_commit(store->handle, &local);
        if (result)
            case_rollback(store->handle);
    }
    if (result) {
        if (error)
            *error = local;
        return fail(store, &local);
    }
    result = store_forget_ended(store);
    clear_pending(&store->pending);
    store->committed_us = monotonic_us();
    if (result) {
        error_set(&local, ERROR_MEMORY, "out of memory");
        if (error)
            *error = local;
        return fail(store, &local);
    }
    return 0;
}

static bool due(const struct store *store)
{
    const struct pending *pending = &store->pending;
    return pending->full_segments >= COMMIT_SEGMENTS || pending->bytes > COMMIT_BYTES ||
           pending->ended_sources >= COMMIT_SOURCES ||
           monotonic_us() - store->committed_us >= COMMIT_US;
}

/* --- appending ------------------------------------------------------------- */

static int add_events(struct store *store, struct event_batch *batch, int64_t source,
                      struct error *error)
{
    if (batch->store != store->serial) {
        event_batch_unmap(batch);
        batch->store = store->serial;
    }
    for (uint32_t from = 0; from < batch->count;) {
        if (open_segment_add(store->open, batch, source, &from, error))
            return -1;
        if (store->open->count < SEGMENT_EVENTS && from == batch->count)
            break;
        if (encode_open_segment(store, error))
            return -1;
        open_segment_next(store->open);
        store->pending.full_segments++;
        store->totals.segments++;
    }
    store->totals.events += batch->count;
    return 0;
}

static int append(struct store *store, int64_t id, struct event_batch *batch,
                  const struct source_progress *progress, const struct source_end *end,
                  struct error *error)
{
    struct store_source *source = store_find_source(store, id);
    if (!source)
        return error_set(error, ERROR_CASE, "source %lld was not begun", (long long)id);
    if (add_events(store, batch, id, error))
        return -1;
    if (!keep_records(&store->pending, source, batch) ||
        !keep_rejects(&store->pending, source, batch) ||
        !keep_chunks(&store->pending, source, batch) ||
        !store_keep_facts(&store->pending, source, batch))
        return error_set(error, ERROR_MEMORY, "out of memory");
    for (struct batch_record *record = batch->records; record; record = record->next)
        store->totals.hits++;
    return store_progress(store, source, progress, end, error);
}

int store_append(struct store *store, int64_t source, struct event_batch *batch,
                 const struct source_progress *progress, const struct source_end *end,
                 struct error *error)
{
    struct error local = {0};
    pthread_mutex_lock(&store->mutex);
    int result = -1;
    if (store->failed)
        local = store->failure;
    else if (append(store, source, batch, progress, end, &local))
        fail(store, &local);
    else
        result = due(store) ? commit(store, false, &local) : 0;
    pthread_mutex_unlock(&store->mutex);
    event_batch_reset(batch);
    if (result && error)
        *error = local;
    return result;
}

static int flush(struct store *store, bool last, struct error *error)
{
    if (!store->failed)
        return commit(store, last, error);
    if (error)
        *error = store->failure;
    return -1;
}

int store_flush(struct store *store, struct error *error)
{
    pthread_mutex_lock(&store->mutex);
    int result = flush(store, true, error);
    pthread_mutex_unlock(&store->mutex);
    return result;
}

int store_flush_head(struct store *store, int64_t head, const char *path,
                     struct error *error)
{
    uint32_t by_head = 0, by_path = 0;
    pthread_mutex_lock(&store->mutex);
    bool met =
        (head && source_index_next(&store->index, source_key_head(head), &by_head)) ||
        source_index_next(&store->index, source_key_path(path, ""), &by_path);
    int result = met ? flush(store, false, error) : 0;
    pthread_mutex_unlock(&store->mutex);
    return result;
}

void store_totals(struct store *store, struct store_totals *out)
{
    pthread_mutex_lock(&store->mutex);
    *out = store->totals;
    pthread_mutex_unlock(&store->mutex);
}

/* --- life ------------------------------------------------------------------ */

struct store *store_open(struct case_file *handle, struct error *error)
{
    int lock;
    if (case_lock_loader(handle->path, &lock, error))
        return NULL;
    struct store *store = calloc(1, sizeof *store);
    if (!store) {
        case_unlock_loader(lock);
        error_set(error, ERROR_MEMORY, "out of memory");
        return NULL;
    }
    pthread_mutex_init(&store->mutex, NULL);
    store->handle = handle;
    store->lock = lock;
    store->last_source = &store->sources;
    store->committed_us = store->ledger_us = monotonic_us();
    store->ledger_behind = true; /* a load that was killed may have left it so */
    arena_init(&store->pending.arena);
    clear_pending(&store->pending);
    sqlite3_busy_timeout(handle->db, LOADER_TIMEOUT_MS);
    if (getrandom(&store->serial, sizeof store->serial, 0) !=
            (ssize_t)sizeof store->serial ||
        !(store->open = open_segment_new(error)) || store_prepare(store, error) ||
        store_load_sources(store, error) ||
        open_segment_load(store->open, handle, error)) {
        store_abandon(store);
        return NULL;
    }
    return store;
}

void store_abandon(struct store *store)
{
    if (!store)
        return;
    store_finalize(store);
    end_lookups(store);
    sqlite3_busy_timeout(store->handle->db, READER_TIMEOUT_MS);
    store_free_sources(store);
    open_segment_free(store->open);
    id_set_clear(&store->operations);
    id_set_clear(&store->acts);
    arena_fini(&store->pending.arena);
    case_unlock_loader(store->lock);
    pthread_mutex_destroy(&store->mutex);
    free(store);
}

int store_close(struct store *store, struct error *error)
{
    int result = store_flush(store, error);
    store_abandon(store);
    return result;
}
