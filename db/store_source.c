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
                           source->reason,    source->status};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        free(texts[i]);
    free(source);
}

static struct store_source *new_source(const struct source_start *start,
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
    source->packing = start->packing && !strcmp(start->packing, "gzip") ? "gzip" : "";
    if (sha256)
        strncpy(source->sha256, sha256, sizeof source->sha256 - 1);
    source->bytes = start->bytes;
    source->mtime_us = start->mtime_us;
    source->loaded_us = now_us();
    source->embedded = start->embedded;
    source->progress.first_us = source->progress.last_us = EVENT_TIME_NONE;
    source->changed = true;
    if (!source->path || !source->member || !source->options || !source->loaded_by ||
        !source->host || !source->forms || !source->reason || !source->status) {
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
    return source_index_add(&store->index, source_key_id(source->id), source) ||
           source_index_add(&store->index, source_key_size(source->bytes), source) ||
           source_index_add(&store->index,
                            source_key_path(source->path, source->member), source);
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
        source->again = false;
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

/* --- what is known already ------------------------------------------------- */

static bool is_stdin(const struct source_start *start)
{
    return !strcmp(start->path, "-");
}

static bool loaded(const char *status)
{
    return !strcmp(status, "done") || !strcmp(status, "partial") ||
           !strcmp(status, "skipped");
}

static bool same_file(const struct store_source *source,
                      const struct source_start *start)
{
    return !strcmp(source->path, start->path) &&
           !strcmp(source->member, start->member ? start->member : "") &&
           source->bytes == start->bytes && source->mtime_us == start->mtime_us;
}

/* Among the sources that ended since the last commit. */
static struct store_source *
find_ended(struct store *store, const struct source_start *start, const char *sha256)
{
    const char *member = start->member ? start->member : "";
    struct store_source *source;
    uint32_t place = 0;
    uint64_t key = source_key_hash(sha256 ? sha256 : "");
    while (sha256 && (source = source_index_next(&store->index, key, &place))) {
        if (source->ended && !source->duplicate && loaded(source->status) &&
            !strcmp(source->sha256, sha256) && !strcmp(source->member, member))
            return source;
    }
    place = 0;
    key = source_key_path(start->path, member);
    while (!is_stdin(start) &&
           (source = source_index_next(&store->index, key, &place))) {
        if (source->ended && !source->duplicate && same_file(source, start) &&
            !(sha256 && source->sha256[0]))
            return source;
    }
    return NULL;
}

static int note(struct store *store, int64_t source, const char *path)
{
    struct pending *pending = &store->pending;
    struct pending_note *entry = arena_alloc(&pending->arena, sizeof *entry);
    if (!entry)
        return -1;
    *entry = (struct pending_note){.source = source};
    if (path) {
        entry->path = arena_copy(&pending->arena, slice_from(path)).data;
        if (!entry->path)
            return -1;
        pending->bytes += strlen(path);
    }
    *pending->last_note = entry;
    pending->last_note = &entry->next;
    return 0;
}

/* What the case has under this path, or this content. */
struct known_source {
    enum source_known known;
    int64_t id; /* 0: a new row */
    bool same_path;
    bool again;
    struct source_progress progress;
};

static int64_t number_or_none(sqlite3_stmt *row, int column)
{
    return sqlite3_column_type(row, column) == SQLITE_NULL
               ? EVENT_TIME_NONE
               : sqlite3_column_int64(row, column);
}

static void read_progress(sqlite3_stmt *row, struct source_progress *out)
{
    *out = (struct source_progress){
        .resume_offset = (uint64_t)sqlite3_column_int64(row, 5),
        .unpacked_bytes = (uint64_t)sqlite3_column_int64(row, 6),
        .records = (uint64_t)sqlite3_column_int64(row, 7),
        .events = (uint64_t)sqlite3_column_int64(row, 8),
        .skipped = (uint64_t)sqlite3_column_int64(row, 9),
        .unknown = (uint64_t)sqlite3_column_int64(row, 10),
        .damaged = (uint64_t)sqlite3_column_int64(row, 11),
        .hits = (uint64_t)sqlite3_column_int64(row, 12),
        .first_us = number_or_none(row, 13),
        .last_us = number_or_none(row, 14),
    };
}

/* One earlier row of the same path; -1: the note of a change cannot be kept. */
static int judge_row(struct store *store, sqlite3_stmt *row,
                     const struct source_start *start, const char *sha256,
                     struct known_source *out)
{
    int64_t id = sqlite3_column_int64(row, 0);
    const char *status = (const char *)sqlite3_column_text(row, 1);
    const char *hash = (const char *)sqlite3_column_text(row, 4);
    bool same = (uint64_t)sqlite3_column_int64(row, 2) == start->bytes &&
                number_or_none(row, 3) == start->mtime_us && !is_stdin(start) &&
                !(hash && sha256 && strcmp(hash, sha256));
    if (store_find_source(store, id))
        return 0; /* this load is at it */
    if (!strcmp(status, "loading")) {
        if (!same)
            return note(store, id, NULL);
        out->known = SOURCE_RESUMED;
    } else if (!strcmp(status, "failed")) {
        out->again = true;
    } else if (same) {
        out->known = SOURCE_DUPLICATE;
        out->same_path = true;
    } else {
        return 0;
    }
    out->id = id;
    if (!out->again || out->known == SOURCE_RESUMED)
        read_progress(row, &out->progress);
    return 0;
}

static int find_by_path(struct store *store, const struct source_start *start,
                        const char *sha256, struct known_source *out)
{
    sqlite3_stmt *select = store->statements[STATEMENT_SOURCE_BY_PATH];
    store_bind(select, 1, slice_from(start->path));
    store_bind(select, 2, slice_from(start->member ? start->member : ""));
    int code, result = 0;
    while (!result && (code = sqlite3_step(select)) == SQLITE_ROW) {
        struct known_source found = {.known = SOURCE_NEW};
        result = judge_row(store, select, start, sha256, &found);
        if (found.id && out->known != SOURCE_DUPLICATE)
            *out = found;
    }
    sqlite3_reset(select);
    return result || code != SQLITE_DONE ? -1 : 0;
}

static int find_by_hash(struct store *store, const struct source_start *start,
                        const char *sha256, struct known_source *out)
{
    sqlite3_stmt *select = store->statements[STATEMENT_SOURCE_BY_HASH];
    store_bind(select, 1, slice_from(sha256));
    store_bind(select, 2, slice_from(start->member ? start->member : ""));
    sqlite3_bind_int64(select, 3, 0);
    int code = sqlite3_step(select);
    if (code == SQLITE_ROW) {
        out->known = SOURCE_DUPLICATE;
        out->id = sqlite3_column_int64(select, 0);
        out->same_path =
            !strcmp((const char *)sqlite3_column_text(select, 1), start->path);
        out->progress.first_us = out->progress.last_us = EVENT_TIME_NONE;
    }
    sqlite3_reset(select);
    return code == SQLITE_ROW || code == SQLITE_DONE ? 0 : -1;
}

static int find_known(struct store *store, const struct source_start *start,
                      const char *sha256, struct known_source *out)
{
    struct store_source *ended = find_ended(store, start, sha256);
    if (ended) {
        out->known = SOURCE_DUPLICATE;
        out->id = ended->id;
        out->same_path = !strcmp(ended->path, start->path);
        out->progress = ended->progress;
        out->progress.forms = SLICE_NONE;
        return 0;
    }
    if (sha256 && find_by_hash(store, start, sha256, out))
        return -1;
    return out->known == SOURCE_DUPLICATE ? 0 : find_by_path(store, start, sha256, out);
}

static int begin_source(struct store *store, const struct source_start *start,
                        const char *sha256, const struct known_source *found,
                        int64_t *id)
{
    struct store_source *source = new_source(start, sha256);
    if (!source)
        return -1;
    source->id = found->id ? found->id : store->next_source++;
    source->again = found->again && found->known == SOURCE_NEW;
    source->late_hash = !sha256;
    if (found->known == SOURCE_RESUMED)
        source->progress = found->progress;
    *store->last_source = source;
    store->last_source = &source->next;
    *id = source->id;
    return index_begun(store, source);
}

static int failed_before(struct store *store, struct error *error)
{
    if (error)
        *error = store->failure;
    return -1;
}

int store_begin_source(struct store *store, const struct source_start *start,
                       const char *sha256, enum source_known *known, int64_t *source,
                       struct source_progress *progress, struct error *error)
{
    struct known_source found = {
        .known = SOURCE_NEW,
        .progress = {.first_us = EVENT_TIME_NONE, .last_us = EVENT_TIME_NONE}};
    pthread_mutex_lock(&store->mutex);
    int result = 0;
    if (store->failed)
        result = failed_before(store, error);
    else if (store_lookup(store) || find_known(store, start, sha256, &found))
        result = case_error(store->handle, "looking a source up", error);
    else if (found.known == SOURCE_DUPLICATE) {
        *source = found.id;
        if (!found.same_path && !is_stdin(start) && note(store, found.id, start->path))
            result = error_set(error, ERROR_MEMORY, "out of memory");
    } else if (begin_source(store, start, sha256, &found, source)) {
        result = error_set(error, ERROR_MEMORY, "out of memory");
    }
    pthread_mutex_unlock(&store->mutex);
    *known = found.known;
    *progress = found.progress;
    return result;
}

bool store_has_size(struct store *store, uint64_t bytes)
{
    pthread_mutex_lock(&store->mutex);
    uint32_t place = 0;
    struct store_source *source;
    while (
        (source = source_index_next(&store->index, source_key_size(bytes), &place)) &&
        source->bytes != bytes)
        continue;
    bool found = source != NULL;
    if (!found && !store->failed && !store_lookup(store)) {
        sqlite3_stmt *select = store->statements[STATEMENT_SOURCE_BY_SIZE];
        sqlite3_bind_int64(select, 1, (int64_t)bytes);
        found = sqlite3_step(select) == SQLITE_ROW;
        sqlite3_reset(select);
    }
    pthread_mutex_unlock(&store->mutex);
    return found;
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
    if (replace(&source->forms, progress->forms))
        return error_set(error, ERROR_MEMORY, "out of memory");
    if (!end)
        return 0;
    source->ended = true;
    source->bytes = end->bytes;
    source->loaded_us = now_us();
    store->pending.ended_sources++;
    if (end->sha256)
        strncpy(source->sha256, end->sha256, sizeof source->sha256 - 1);
    else
        source->late_hash = false;
    if (end->sha256 &&
        source_index_add(&store->index, source_key_hash(end->sha256), source))
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
    if (!source->ended || !source->sha256[0] || !loaded(source->status))
        return 0;
    sqlite3_stmt *select = store->statements[STATEMENT_SOURCE_BY_HASH];
    store_bind(select, 1, slice_from(source->sha256));
    store_bind(select, 2, slice_from(source->member));
    sqlite3_bind_int64(select, 3, source->id);
    int code = sqlite3_step(select), result = 0;
    if (code == SQLITE_ROW) {
        source->duplicate = true;
        source->progress = (struct source_progress){.first_us = EVENT_TIME_NONE,
                                                    .last_us = EVENT_TIME_NONE};
        struct arena arena;
        arena_init(&arena);
        struct slice reason =
            arena_printf(&arena, "the same content as %s",
                         (const char *)sqlite3_column_text(select, 1));
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
    store_bind(insert, at++, slice_from(source->packing));
    sqlite3_bind_int(insert, at++, source->embedded);
    sqlite3_bind_int(insert, at++, source->duplicate);
    return store_run(store, STATEMENT_SOURCE);
}

static int run_for_source(struct store *store, enum store_statement which, int64_t id)
{
    sqlite3_bind_int64(store->statements[which], 1, id);
    return store_run(store, which);
}

static int write_notes(struct store *store)
{
    for (struct pending_note *entry = store->pending.notes; entry;
         entry = entry->next) {
        if (!entry->path) {
            if (run_for_source(store, STATEMENT_SOURCE_CHANGED, entry->source))
                return -1;
            continue;
        }
        sqlite3_stmt *insert = store->statements[STATEMENT_ALIAS];
        sqlite3_bind_int64(insert, 1, entry->source);
        store_bind(insert, 2, slice_from(entry->path));
        if (store_run(store, STATEMENT_ALIAS))
            return -1;
    }
    return 0;
}

int store_write_sources(struct store *store)
{
    for (struct store_source *source = store->sources; source; source = source->next) {
        if (!source->changed)
            continue;
        if (source->again &&
            run_for_source(store, STATEMENT_SOURCE_REJECTS_GONE, source->id))
            return -1;
        if (find_double(store, source) || write_source(store, source))
            return -1;
    }
    return write_notes(store);
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

int store_settle_sources(struct store *store)
{
    for (struct store_source *source = store->sources; source; source = source->next) {
        bool late = source->late_hash && source->sha256[0];
        if (!source->changed || !source->ended || (!late && !source->duplicate))
            continue;
        if (collect(store, STATEMENT_SOURCE_OPERATIONS, source->id,
                    &store->operations) ||
            collect(store, STATEMENT_SOURCE_ACTS, source->id, &store->acts))
            return -1;
        if (source->duplicate &&
            (run_for_source(store, STATEMENT_SOURCE_RECORDS_GONE, source->id) ||
             run_for_source(store, STATEMENT_SOURCE_REJECTS_GONE, source->id)))
            return -1;
    }
    return 0;
}
