#include "config.h"

#include "db/store_internal.h"

#include <stdlib.h>
#include <time.h>

/* --- the list -------------------------------------------------------------- */

static int64_t now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static char *copy_text(const char *text)
{
    return strdup(text ? text : "");
}

static void free_source(struct store_source *source)
{
    if (!source)
        return;
    char *const texts[] = {source->path,      source->member, source->options,
                           source->loaded_by, source->host,   source->forms,
                           source->reason,    source->status, source->packing};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        free(texts[i]);
    free(source);
}

struct store_source *store_source_new(const struct source_start *start,
                                      const char *sha256)
{
    struct store_source *source = calloc(1, sizeof *source);
    if (!source)
        return NULL;
    source->path = copy_text(start->path);
    source->member = copy_text(start->member);
    source->options = copy_text(start->options);
    source->loaded_by = copy_text(start->loaded_by);
    source->host = copy_text(start->host);
    source->forms = copy_text("");
    source->reason = copy_text("");
    source->status = copy_text("loading");
    source->packing = copy_text(start->packing);
    if (sha256)
        strncpy(source->sha256, sha256, sizeof source->sha256 - 1);
    if (start->sample)
        strncpy(source->sample, start->sample, sizeof source->sample - 1);
    source->merging = start->merging;
    source->bytes = start->bytes;
    source->mtime_us = start->mtime_us;
    source->head = start->head;
    source->loaded_us = now_us();
    source->embedded = start->embedded;
    source->progress.first_us = source->progress.last_us = EVENT_TIME_NONE;
    source->changed = true;
    if (!source->path || !source->member || !source->options || !source->loaded_by ||
        !source->host || !source->forms || !source->reason || !source->status ||
        !source->packing) {
        free_source(source);
        return NULL;
    }
    return source;
}

struct store_source *store_find_source(struct store *store, int64_t id)
{
    uint32_t place = 0;
    struct store_source *source;
    while ((source = source_index_next(&store->index, source_key_id(id), &place)) &&
           source->id != id)
        continue;
    return source;
}

/* What is known of a source when it begins. */
static int index_begun(struct store *store, struct store_source *source)
{
    return (source->head &&
            source_index_add(&store->index, source_key_head(source->head), source)) ||
           source_index_add(&store->index, source_key_id(source->id), source) ||
           source_index_add(&store->index, source_key_size(source->bytes), source) ||
           source_index_add(&store->index,
                            source_key_path(source->path, source->member), source);
}

/* What is known of it when it has ended. */
static int index_ended(struct store *store, struct store_source *source)
{
    uint64_t unpacked = source->progress.unpacked_bytes;
    bool packed = source->content.packed;
    uint64_t content = source_key_content(unpacked, source->content.crc32);
    struct source_index *index = &store->index;
    return source_index_add(index, source_key_hash(source->sha256), source) ||
           source_index_add(index, source_key_unpacked(unpacked, packed), source) ||
           (packed && source_index_add(index, content, source));
}

int store_source_add(struct store *store, struct store_source *source)
{
    *store->last_source = source;
    store->last_source = &source->next;
    return index_begun(store, source);
}

void store_free_sources(struct store *store)
{
    while (store->sources) {
        struct store_source *next = store->sources->next;
        free_source(store->sources);
        store->sources = next;
    }
    source_index_fini(&store->index);
}

int store_forget_ended(struct store *store)
{
    source_index_clear(&store->index);
    struct store_source **link = &store->sources;
    while (*link) {
        struct store_source *source = *link;
        source->changed = false;
        source->again = source->longer = false;
        if (source->ended) {
            *link = source->next;
            free_source(source);
        } else {
            if (index_begun(store, source))
                return -1;
            link = &source->next;
        }
    }
    store->last_source = link;
    return 0;
}

int store_load_sources(struct store *store, struct error *error)
{
    sqlite3_stmt *last = NULL;
    int code = sqlite3_prepare_v2(store->handle->db, "SELECT max(id) FROM source", -1,
                                  &last, NULL);
    if (code == SQLITE_OK && (code = sqlite3_step(last)) == SQLITE_ROW)
        store->next_source = sqlite3_column_int64(last, 0) + 1;
    sqlite3_finalize(last);
    return code == SQLITE_ROW ? 0 : case_error(store->handle, "reading sources", error);
}

/* --- progress and end ------------------------------------------------------ */

static int replace(char **text, struct slice with)
{
    char *copy = malloc(with.length + 1);
    if (!copy)
        return -1;
    if (with.length)
        memcpy(copy, with.data, with.length);
    copy[with.length] = '\0';
    free(*text);
    *text = copy;
    return 0;
}

int store_progress(struct store *store, struct store_source *source,
                   const struct source_progress *progress, const struct source_end *end,
                   struct error *error)
{
    source->progress = *progress;
    source->progress.forms = SLICE_NONE;
    source->changed = true;
    source->progress.sha256 = NULL;
    if (progress->head)
        source->head = progress->head;
    if (progress->sha256) {
        source->bytes = progress->bytes;
        strncpy(source->sha256, progress->sha256, sizeof source->sha256 - 1);
    }
    if (replace(&source->forms, progress->forms))
        return error_set(error, ERROR_MEMORY, "out of memory");
    if (!end)
        return 0;
    source->ended = true;
    /* The hash of what it was before is no longer its own. */
    if (source->bytes != end->bytes)
        source->sha256[0] = '\0';
    source->bytes = end->bytes;
    if (end->sample)
        strncpy(source->sample, end->sample, sizeof source->sample - 1);
    source->open_end = end->open_end;
    source->loaded_us = now_us();
    store->pending.ended_sources++;
    if (end->sha256)
        strncpy(source->sha256, end->sha256, sizeof source->sha256 - 1);
    else
        source->late_hash = false;
    source->content = end->content;
    source->duplicate = end->doubled;
    if (end->sha256 && index_ended(store, source))
        return error_set(error, ERROR_MEMORY, "out of memory");
    if (replace(&source->status, slice_from(end->status)) ||
        replace(&source->reason, slice_from(end->reason ? end->reason : "")))
        return error_set(error, ERROR_MEMORY, "out of memory");
    return 0;
}

/* --- writing --------------------------------------------------------------- */

/* Another source of the same content was finished while this one was loaded: its
 * events stay in their segments and are passed over (event_table.h). */
static int find_double(struct store *store, struct store_source *source)
{
    if (!source->ended || !source->sha256[0] || !store_status_loaded(source->status))
        return 0;
    sqlite3_stmt *select = store->statements[STATEMENT_SOURCE_BY_HASH];
    store_bind(select, 1, slice_from(source->sha256));
    sqlite3_bind_int64(select, 2, source->id);
    int code = sqlite3_step(select), result = 0;
    if (code == SQLITE_ROW) {
        source->duplicate = true;
        source->progress = (struct source_progress){.first_us = EVENT_TIME_NONE,
                                                    .last_us = EVENT_TIME_NONE};
        struct arena arena;
        arena_init(&arena);
        struct slice reason =
            arena_printf(&arena, "the same content as %s%s%s",
                         (const char *)sqlite3_column_text(select, 1),
                         sqlite3_column_bytes(select, 2) ? "/" : "",
                         (const char *)sqlite3_column_text(select, 2));
        result = replace(&source->status, SLICE("skipped")) ||
                 replace(&source->reason, reason);
        arena_fini(&arena);
    }
    sqlite3_reset(select);
    return result || (code != SQLITE_ROW && code != SQLITE_DONE) ? -1 : 0;
}

static int write_source(struct store *store, const struct store_source *source)
{
    const struct source_progress *got = &source->progress;
    const struct slice hash =
        source->sha256[0] ? slice_from(source->sha256) : SLICE_NONE;
    bool sampled = source->sample[0] && !source->sha256[0];
    sqlite3_stmt *insert = store->statements[STATEMENT_SOURCE];
    int at = 1;
    sqlite3_bind_int64(insert, at++, source->id);
    store_bind(insert, at++, slice_from(source->path));
    store_bind(insert, at++, slice_from(source->member));
    store_bind(insert, at++, hash);
    sqlite3_bind_int64(insert, at++, (int64_t)source->bytes);
    sqlite3_bind_int64(insert, at++, (int64_t)got->unpacked_bytes);
    store_bind_time(insert, at++, source->mtime_us);
    store_bind(insert, at++, slice_from(source->forms));
    sqlite3_bind_int64(insert, at++, (int64_t)got->records);
    sqlite3_bind_int64(insert, at++, (int64_t)got->events);
    sqlite3_bind_int64(insert, at++, (int64_t)got->skipped);
    sqlite3_bind_int64(insert, at++, (int64_t)got->unknown);
    sqlite3_bind_int64(insert, at++, (int64_t)got->damaged);
    sqlite3_bind_int64(insert, at++, (int64_t)got->hits);
    store_bind_time(insert, at++, got->first_us);
    store_bind_time(insert, at++, got->last_us);
    store_bind(insert, at++, slice_from(source->status));
    store_bind(insert, at++, slice_from(source->reason));
    store_bind(insert, at++, slice_from(source->options));
    sqlite3_bind_int64(insert, at++, source->loaded_us);
    store_bind(insert, at++, slice_from(source->loaded_by));
    store_bind(insert, at++, slice_from(source->host));
    store_bind(insert, at++, SLICE(PACKAGE_VERSION));
    sqlite3_bind_int64(insert, at++, (int64_t)got->resume_offset);
    sqlite3_bind_int64(insert, at++, (int64_t)got->resume_leaf);
    store_bind(insert, at++, slice_from(source->packing));
    sqlite3_bind_int(insert, at++, source->embedded);
    sqlite3_bind_int(insert, at++, source->duplicate);
    sqlite3_bind_int64(insert, at++, source->head);
    sqlite3_bind_int(insert, at++, source->open_end);
    if (source->ended && source->content.packed)
        sqlite3_bind_int64(insert, at++, source->content.crc32);
    else
        sqlite3_bind_null(insert, at++);
    store_bind(insert, at++, sampled ? slice_from(source->sample) : SLICE_NONE);
    sqlite3_bind_int(insert, at++, source->merging);
    return store_run(store, STATEMENT_SOURCE);
}

static int run_for_source(struct store *store, enum store_statement which, int64_t id)
{
    sqlite3_bind_int64(store->statements[which], 1, id);
    return store_run(store, which);
}

static int collect(struct store *store, enum store_statement which, int64_t source,
                   struct id_set *set)
{
    sqlite3_stmt *select = store->statements[which];
    sqlite3_bind_int64(select, 1, source);
    int code, result = 0;
    while (!result && (code = sqlite3_step(select)) == SQLITE_ROW)
        result = id_set_add(set, (const char *)sqlite3_column_text(select, 0));
    sqlite3_reset(select);
    return result || code != SQLITE_DONE ? -1 : 0;
}

int store_touch_operations(struct store *store, int64_t source)
{
    return collect(store, STATEMENT_SOURCE_OPERATIONS, source, &store->operations) ||
                   collect(store, STATEMENT_SOURCE_ACTS, source, &store->acts) ||
                   run_for_source(store, STATEMENT_SOURCE_FACTS_DUE, source)
               ? -1
               : 0;
}

static int remove_records(struct store *store, int64_t source)
{
    return run_for_source(store, STATEMENT_SOURCE_RECORDS_GONE, source) ||
                   run_for_source(store, STATEMENT_SOURCE_FACTS_GONE, source) ||
                   run_for_source(store, STATEMENT_SOURCE_REJECTS_GONE, source)
               ? -1
               : 0;
}

static int write_alias(struct store *store, int64_t source, const char *path)
{
    sqlite3_stmt *insert = store->statements[STATEMENT_ALIAS];
    sqlite3_bind_int64(insert, 1, source);
    store_bind(insert, 2, slice_from(path));
    return store_run(store, STATEMENT_ALIAS);
}

static int write_note(struct store *store, const struct pending_note *entry)
{
    switch (entry->kind) {
    case NOTE_ALIAS:
        return write_alias(store, entry->source, entry->path);
    case NOTE_UNFINISHED:
        return run_for_source(store, STATEMENT_SOURCE_UNFINISHED, entry->source);
    case NOTE_CHANGED:
        return run_for_source(store, STATEMENT_SOURCE_CHANGED, entry->source);
    case NOTE_SUPERSEDED:
        return store_touch_operations(store, entry->source) ||
                       remove_records(store, entry->source) ||
                       run_for_source(store, STATEMENT_SOURCE_SUPERSEDED, entry->source)
                   ? -1
                   : 0;
    }
    return -1;
}

static int write_notes(struct store *store)
{
    for (struct pending_note *entry = store->pending.notes; entry;
         entry = entry->next) {
        if (write_note(store, entry))
            return -1;
    }
    return 0;
}

/* What was said of bytes that were cut off then. */
static int remove_tail_rejects(struct store *store, const struct store_source *source)
{
    sqlite3_stmt *gone = store->statements[STATEMENT_SOURCE_TAIL_GONE];
    sqlite3_bind_int64(gone, 1, source->id);
    sqlite3_bind_int64(gone, 2, (int64_t)source->resumed_at);
    return store_run(store, STATEMENT_SOURCE_TAIL_GONE);
}

int store_write_sources(struct store *store)
{
    for (struct store_source *source = store->sources; source; source = source->next) {
        if (!source->changed)
            continue;
        if (source->again &&
            run_for_source(store, STATEMENT_SOURCE_REJECTS_GONE, source->id))
            return -1;
        if (source->longer &&
            (remove_tail_rejects(store, source) ||
             run_for_source(store, STATEMENT_SOURCE_FACTS_DUE, source->id)))
            return -1;
        if (find_double(store, source) || write_source(store, source))
            return -1;
    }
    return write_notes(store);
}

int store_settle_sources(struct store *store)
{
    for (struct store_source *source = store->sources; source; source = source->next) {
        bool late = source->late_hash && source->sha256[0];
        if (!source->changed || !source->ended || (!late && !source->duplicate))
            continue;
        if (store_touch_operations(store, source->id) ||
            (source->duplicate && remove_records(store, source->id)))
            return -1;
    }
    return 0;
}
