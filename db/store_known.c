#include "config.h"

#include "db/store_internal.h"

#include <stdio.h>

#include "db/embedded.h"

/*
 * Whether a source is in the case already: under its path, its content, or as a shorter
 * version of what the file is by now.
 */

static bool is_stdin(const struct source_start *start)
{
    return !strcmp(start->path, "-");
}

bool store_status_loaded(const char *status)
{
    return !strcmp(status, "done") || !strcmp(status, "partial") ||
           !strcmp(status, "skipped");
}

/* Where a source stands: the same words for files and members. */
static bool same_place(const char *path, const char *member,
                       const struct source_start *start)
{
    return !strcmp(path, start->path) && !strcmp(member, start->member);
}

static bool same_file(const struct store_source *source,
                      const struct source_start *start)
{
    return same_place(source->path, source->member, start) &&
           source->bytes == start->bytes && source->mtime_us == start->mtime_us;
}

/* Among the sources that ended since the last commit. */
static struct store_source *
find_ended(struct store *store, const struct source_start *start, const char *sha256)
{
    struct store_source *source;
    uint32_t place = 0;
    uint64_t key = source_key_hash(sha256 ? sha256 : "");
    while (sha256 && (source = source_index_next(&store->index, key, &place))) {
        if (source->ended && !source->duplicate &&
            store_status_loaded(source->status) && !strcmp(source->sha256, sha256))
            return source;
    }
    place = 0;
    key = source_key_path(start->path, start->member);
    while (!is_stdin(start) &&
           (source = source_index_next(&store->index, key, &place))) {
        if (source->ended && !source->duplicate && same_file(source, start) &&
            !(sha256 && source->sha256[0]))
            return source;
    }
    return NULL;
}

/* member: NULL or "" for a file. */
static int note(struct store *store, enum note_kind kind, int64_t source,
                const char *path, const char *member)
{
    struct pending *pending = &store->pending;
    struct pending_note *entry = arena_alloc(&pending->arena, sizeof *entry);
    if (!entry)
        return -1;
    *entry = (struct pending_note){.kind = kind, .source = source};
    if (path) {
        bool inside = member && member[0];
        struct slice text = arena_printf(&pending->arena, "%s%s%s", path,
                                         inside ? "/" : "", inside ? member : "");
        if (!slice_present(text))
            return -1;
        entry->path = text.data;
        pending->bytes += text.length;
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
    uint64_t bytes; /* of the part that is continued */
    int64_t mtime_us;
    char sha256[65], sample[65];
};

static int64_t number_or_none(sqlite3_stmt *row, int column)
{
    return sqlite3_column_type(row, column) == SQLITE_NULL
               ? EVENT_TIME_NONE
               : sqlite3_column_int64(row, column);
}

/* "" for NULL. */
static void read_text(sqlite3_stmt *row, int column, char out[65])
{
    const char *text = (const char *)sqlite3_column_text(row, column);
    snprintf(out, 65, "%s", text ? text : "");
}

static void read_progress(sqlite3_stmt *row, struct source_progress *out)
{
    *out = (struct source_progress){
        .resume_offset = (uint64_t)sqlite3_column_int64(row, 5),
        .resume_leaf = (uint64_t)sqlite3_column_int64(row, 17),
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

/* Whether the file of an earlier row of this path is another one by now, and nothing of
 * what was read is left but what the case has. */
static bool has_changed(sqlite3_stmt *row, const struct source_start *start,
                        const char *sha256)
{
    const char *hash = (const char *)sqlite3_column_text(row, 4);
    bool other = (uint64_t)sqlite3_column_int64(row, 2) != start->bytes ||
                 (hash && sha256 && strcmp(hash, sha256));
    bool kept = sqlite3_column_int(row, 16) != 0;
    /* Of a member its archive tells. */
    return other && !kept && !is_stdin(start) && !start->member[0] &&
           sqlite3_column_int64(row, 0) != start->supersedes;
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
        /* The hits and rejects of what it has would have to come from that case. */
        if (sqlite3_column_int(row, 19) && !start->merging)
            return note(store, NOTE_SUPERSEDED, id, NULL, NULL);
        if (!same)
            return note(store, NOTE_UNFINISHED, id, NULL, NULL);
        out->known = SOURCE_RESUMED;
    } else if (!strcmp(status, "failed")) {
        out->again = true;
    } else if (same) {
        out->known = SOURCE_DUPLICATE;
        out->same_path = true;
    } else {
        return has_changed(row, start, sha256)
                   ? note(store, NOTE_CHANGED, id, NULL, NULL)
                   : 0;
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
    store_bind(select, 2, slice_from(start->member));
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
    sqlite3_bind_int64(select, 2, 0);
    int code = sqlite3_step(select);
    if (code == SQLITE_ROW) {
        out->known = SOURCE_DUPLICATE;
        out->id = sqlite3_column_int64(select, 0);
        out->same_path =
            same_place((const char *)sqlite3_column_text(select, 1),
                       (const char *)sqlite3_column_text(select, 2), start);
        out->progress.first_us = out->progress.last_us = EVENT_TIME_NONE;
    }
    sqlite3_reset(select);
    return code == SQLITE_ROW || code == SQLITE_DONE ? 0 : -1;
}

/* The source that the file was found to be a longer version of. What is said of the
 * earlier part stays true until this load's end. */
static int find_continued(struct store *store, const struct source_start *start,
                          struct known_source *out)
{
    sqlite3_stmt *select = store->statements[STATEMENT_SOURCE_BY_ID];
    sqlite3_bind_int64(select, 1, start->continues);
    int code = sqlite3_step(select);
    if (code == SQLITE_ROW) {
        out->known = SOURCE_RESUMED;
        out->id = start->continues;
        out->same_path =
            !strcmp((const char *)sqlite3_column_text(select, 15), start->path);
        out->bytes = (uint64_t)sqlite3_column_int64(select, 2);
        out->mtime_us = number_or_none(select, 3);
        read_text(select, 4, out->sha256);
        read_text(select, 18, out->sample);
        read_progress(select, &out->progress);
    }
    sqlite3_reset(select);
    return code == SQLITE_ROW ? 0 : -1;
}

static int find_known(struct store *store, const struct source_start *start,
                      const char *sha256, struct known_source *out)
{
    /* Unless this load is at it under another path. */
    if (start->continues && !store_find_source(store, start->continues))
        return find_continued(store, start, out);
    struct store_source *ended = find_ended(store, start, sha256);
    if (ended) {
        out->known = SOURCE_DUPLICATE;
        out->id = ended->id;
        out->same_path = same_place(ended->path, ended->member, start);
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
    struct store_source *source = store_source_new(start, sha256);
    if (!source)
        return -1;
    source->id = found->id ? found->id : store->next_source++;
    source->again = found->again && found->known == SOURCE_NEW;
    source->late_hash = !sha256;
    if (found->known == SOURCE_RESUMED) {
        source->progress = found->progress;
        source->resumed_at =
            found->progress.resume_offset + (found->progress.resume_leaf > 0);
    }
    if (found->known == SOURCE_RESUMED && found->id == start->continues) {
        source->longer = source->late_hash = true;
        source->bytes = found->bytes;
        source->mtime_us = found->mtime_us;
        memcpy(source->sha256, found->sha256, sizeof source->sha256);
        memcpy(source->sample, found->sample, sizeof source->sample);
    }
    *id = source->id;
    return store_source_add(store, source);
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
        if (!found.same_path && !is_stdin(start) &&
            note(store, NOTE_ALIAS, found.id, start->path, start->member))
            result = error_set(error, ERROR_MEMORY, "out of memory");
    } else if (begin_source(store, start, sha256, &found, source) ||
               (start->supersedes &&
                note(store, NOTE_SUPERSEDED, start->supersedes, NULL, NULL)) ||
               (found.id && found.id == start->continues && !found.same_path &&
                note(store, NOTE_ALIAS, found.id, start->path, start->member))) {
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

/* The twin among the sources that ended since the last commit. */
static bool add_twin(const struct store_source *source, struct arena *arena,
                     struct source_twin *out)
{
    out->packed = source->content.packed;
    out->path = arena_copy(arena, slice_from(source->path)).data;
    out->member = arena_copy(arena, slice_from(source->member)).data;
    out->sha256 = arena_copy(arena, slice_from(source->sha256)).data;
    return out->path && out->member && out->sha256;
}

static size_t ended_twins(struct store *store, int64_t id, uint64_t unpacked,
                          uint64_t key, struct arena *arena, struct source_twin *out,
                          size_t room)
{
    size_t count = 0;
    uint32_t place = 0;
    struct store_source *source;
    while (count < room && (source = source_index_next(&store->index, key, &place))) {
        if (source->id != id && source->ended && !source->duplicate &&
            source->progress.unpacked_bytes == unpacked &&
            store_status_loaded(source->status) && add_twin(source, arena, &out[count]))
            count++;
    }
    return count;
}

static ptrdiff_t committed_twins(struct store *store, int64_t id, uint64_t unpacked,
                                 const struct source_content *content,
                                 struct arena *arena, struct source_twin *out,
                                 size_t room)
{
    size_t count = 0;
    sqlite3_stmt *select = store->statements[STATEMENT_SOURCE_TWINS];
    sqlite3_bind_int64(select, 1, (int64_t)unpacked);
    if (content->packed)
        sqlite3_bind_int64(select, 2, content->crc32);
    else
        sqlite3_bind_null(select, 2);
    sqlite3_bind_int64(select, 3, id);
    sqlite3_bind_int64(select, 4, (sqlite3_int64)room);
    int code = SQLITE_DONE;
    while (count < room && (code = sqlite3_step(select)) == SQLITE_ROW) {
        out[count].path = store_column(select, 0, arena).data;
        out[count].member = store_column(select, 1, arena).data;
        out[count].sha256 = store_column(select, 2, arena).data;
        out[count].packed = sqlite3_column_int(select, 3) != 0;
        count += out[count].path && out[count].member && out[count].sha256;
    }
    sqlite3_reset(select);
    return code == SQLITE_ROW || code == SQLITE_DONE ? (ptrdiff_t)count : -1;
}

ptrdiff_t store_twins(struct store *store, int64_t source, uint64_t unpacked,
                      const struct source_content *content, struct arena *arena,
                      struct source_twin *out, size_t room, struct error *error)
{
    size_t count = 0;
    ptrdiff_t more = 0;
    pthread_mutex_lock(&store->mutex);
    if (store->failed)
        more = failed_before(store, error);
    else {
        uint64_t packed = content->packed ? source_key_content(unpacked, content->crc32)
                                          : source_key_unpacked(unpacked, true);
        uint64_t plain = source_key_unpacked(unpacked, false);
        count = ended_twins(store, source, unpacked, packed, arena, out, room);
        if (content->packed)
            count += ended_twins(store, source, unpacked, plain, arena, out + count,
                                 room - count);
        more = store_lookup(store) ? -1
                                   : committed_twins(store, source, unpacked, content,
                                                     arena, out + count, room - count);
        if (more < 0)
            case_error(store->handle, "looking for the same content", error);
    }
    pthread_mutex_unlock(&store->mutex);
    return more < 0 ? -1 : (ptrdiff_t)count + more;
}

ptrdiff_t store_candidates(struct store *store, const char *path, int64_t head,
                           struct source_candidate *out, size_t room,
                           struct error *error)
{
    size_t count = 0;
    int code = SQLITE_ERROR;
    pthread_mutex_lock(&store->mutex);
    if (!store->failed && !store_lookup(store)) {
        sqlite3_stmt *select = store->statements[STATEMENT_SOURCE_CANDIDATES];
        store_bind(select, 1, slice_from(path));
        sqlite3_bind_int64(select, 2, head);
        sqlite3_bind_int64(select, 3, (sqlite3_int64)room);
        while ((code = sqlite3_step(select)) == SQLITE_ROW && count < room) {
            struct source_candidate *found = &out[count++];
            *found = (struct source_candidate){
                .id = sqlite3_column_int64(select, 0),
                .bytes = (uint64_t)sqlite3_column_int64(select, 1),
                .same_path = sqlite3_column_int(select, 3) != 0,
                .loading = sqlite3_column_int(select, 4) != 0,
                .embedded = sqlite3_column_int(select, 5) != 0,
                .open_end = sqlite3_column_int(select, 6) != 0,
            };
            found->active = store_find_source(store, found->id) != NULL;
            read_text(select, 2, found->sha256);
            read_text(select, 7, found->sample);
        }
        sqlite3_reset(select);
    }
    bool done = code == SQLITE_DONE || code == SQLITE_ROW;
    int result = done ? 0
                 : store->failed
                     ? failed_before(store, error)
                     : case_error(store->handle, "looking a source up", error);
    pthread_mutex_unlock(&store->mutex);
    return result ? -1 : (ptrdiff_t)count;
}

int store_embedded(struct store *store, int64_t source, uint64_t offset, char *to,
                   size_t length, size_t *got)
{
    struct error ignored;
    pthread_mutex_lock(&store->mutex);
    int result =
        store->failed || store_lookup(store) ||
                embedded_read(store->handle, source, offset, to, length, got, &ignored)
            ? -1
            : 0;
    pthread_mutex_unlock(&store->mutex);
    return result;
}

int store_note_alias(struct store *store, int64_t source, const char *path,
                     struct error *error)
{
    pthread_mutex_lock(&store->mutex);
    int result = note(store, NOTE_ALIAS, source, path, NULL);
    pthread_mutex_unlock(&store->mutex);
    return result ? error_set(error, ERROR_MEMORY, "out of memory") : 0;
}
