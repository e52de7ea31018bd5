#include "config.h"

#include "db/merge_internal.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "db/segment_reader.h"
#include "db/statement.h"

enum { HEADER_BYTES = 72, APPLICATION_ID_AT = 68 };

bool merge_is_case(int descriptor)
{
    static const unsigned char id[] = {
        CASE_APPLICATION_ID >> 24, CASE_APPLICATION_ID >> 16 & 255,
        CASE_APPLICATION_ID >> 8 & 255, CASE_APPLICATION_ID & 255};
    char head[HEADER_BYTES];
    return pread(descriptor, head, sizeof head, 0) == (ssize_t)sizeof head &&
           !memcmp(head, "SQLite format 3", sizeof "SQLite format 3") &&
           !memcmp(head + APPLICATION_ID_AT, id, sizeof id);
}

int merge_failed_there(struct case_file *there, struct error *error)
{
    return error_set(error, ERROR_INPUT, "the case cannot be read: %s",
                     sqlite3_errmsg(there->db));
}

/* --- sources --------------------------------------------------------------- */

static const char source_columns[] =
    "SELECT id, path, member, sha256, bytes, mtime_us, options, loaded_by, host,"
    " embedded, packing, head, status, doubled, resume_offset, unpacked_bytes, records,"
    " events, skipped, unknown, damaged, hits, first_us, last_us, forms, loaded_us,"
    " sample FROM source ORDER BY id";

static const char *text_at(sqlite3_stmt *row, int column)
{
    const char *text = (const char *)sqlite3_column_text(row, column);
    return text ? text : "";
}

static void read_progress(sqlite3_stmt *row, struct merge_source *source)
{
    source->progress = (struct source_progress){
        .resume_offset = statement_count(row, 14),
        .unpacked_bytes = statement_count(row, 15),
        .records = statement_count(row, 16),
        .events = statement_count(row, 17),
        .skipped = statement_count(row, 18),
        .unknown = statement_count(row, 19),
        .damaged = statement_count(row, 20),
        .hits = statement_count(row, 21),
        .first_us = statement_time(row, 22),
        .last_us = statement_time(row, 23),
        .forms = slice_from(source->forms),
    };
}

/* A source that could not be read there says nothing where this case has the path. */
static int is_needless(struct merge *merge, sqlite3_stmt *row, bool *needless,
                       struct error *error)
{
    static const char sql[] =
        "SELECT 1 FROM source WHERE path = ? AND member = ?"
        " AND (status <> 'failed' OR coalesce(loaded_us, 0) <= ?)";
    struct store *store = merge->store;
    pthread_mutex_lock(&store->mutex);
    sqlite3_stmt *select = statement_prepare(store->handle, slice_from(sql), error);
    int result = -1;
    if (select) {
        store_bind(select, 1, slice_from(text_at(row, 1)));
        store_bind(select, 2, slice_from(text_at(row, 2)));
        sqlite3_bind_int64(select, 3, sqlite3_column_int64(row, 25));
        int code = sqlite3_step(select);
        *needless = code == SQLITE_ROW;
        result = statement_end(store->handle, select, code, "merging", error);
    }
    pthread_mutex_unlock(&store->mutex);
    return result;
}

/* Both cases have the source, but this one not its bytes. */
static int note_embedding(struct merge *merge, int64_t here,
                          struct merge_source *source, struct error *error)
{
    static const char sql[] = "SELECT 1 FROM source WHERE id = ? AND NOT embedded";
    struct store *store = merge->store;
    pthread_mutex_lock(&store->mutex);
    sqlite3_stmt *select = statement_prepare(store->handle, slice_from(sql), error);
    int result = -1;
    if (select) {
        sqlite3_bind_int64(select, 1, here);
        int code = sqlite3_step(select);
        source->embedded_here = code == SQLITE_ROW ? here : 0;
        result = statement_end(store->handle, select, code, "merging", error);
    }
    pthread_mutex_unlock(&store->mutex);
    return result;
}

static int begin_source(struct merge *merge, sqlite3_stmt *row,
                        struct merge_source *source, struct error *error)
{
    bool doubled = sqlite3_column_int(row, 13) != 0;
    bool failed = !strcmp(text_at(row, 12), "failed"), needless = false;
    if (failed && is_needless(merge, row, &needless, error))
        return -1;
    if (doubled || needless)
        return 0;
    const char *hash = (const char *)sqlite3_column_text(row, 3);
    struct source_start start = {
        .path = text_at(row, 1),
        .member = text_at(row, 2),
        .bytes = statement_count(row, 4),
        .mtime_us = statement_time(row, 5),
        .options = text_at(row, 6),
        .loaded_by = text_at(row, 7),
        .host = text_at(row, 8),
        .embedded = sqlite3_column_int(row, 9) != 0,
        .packing = text_at(row, 10),
        .head = sqlite3_column_int64(row, 11),
        .sample = text_at(row, 26),
        .merging = true,
    };
    enum source_known known;
    struct source_progress progress;
    int64_t here;
    if (store_begin_source(merge->store, &start, hash, &known, &here, &progress, error))
        return -1;
    if (known == SOURCE_DUPLICATE) {
        merge->known++;
        return start.embedded ? note_embedding(merge, here, source, error) : 0;
    }
    merge->sources++;
    source->here = source->embedded_here = here;
    if (known == SOURCE_RESUMED) {
        source->resume_offset = progress.resume_offset;
        source->resume_leaf = progress.resume_leaf;
    }
    return 0;
}

static int begin_sources(struct merge *merge, struct case_file *there,
                         struct merge_sources *out, struct error *error)
{
    sqlite3_stmt *select = statement_prepare(there, slice_from(source_columns), error);
    size_t room = 0;
    int code, result = 0;
    if (!select)
        return merge_failed_there(there, error);
    while (!result && (code = sqlite3_step(select)) == SQLITE_ROW) {
        if (out->count == room) {
            room = room ? 2 * room : 64;
            void *rows = realloc(out->rows, room * sizeof *out->rows);
            if (!rows) {
                result = error_set(error, ERROR_MEMORY, "no memory for the sources");
                break;
            }
            out->rows = rows;
        }
        struct merge_source *source = &out->rows[out->count];
        *source = (struct merge_source){.there = sqlite3_column_int64(select, 0),
                                        .forms = strdup(text_at(select, 24))};
        if (!source->forms) {
            result = error_set(error, ERROR_MEMORY, "no memory for the sources");
            break;
        }
        out->count++;
        read_progress(select, source);
        result = begin_source(merge, select, source, error);
    }
    sqlite3_finalize(select);
    return result ? -1 : code == SQLITE_DONE ? 0 : merge_failed_there(there, error);
}

static struct merge_source *find_source(const struct merge_sources *sources,
                                        int64_t there)
{
    size_t low = 0, high = sources->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (sources->rows[middle].there < there)
            low = middle + 1;
        else
            high = middle;
    }
    return low < sources->count && sources->rows[low].there == there
               ? &sources->rows[low]
               : NULL;
}

/* --- embedded bytes -------------------------------------------------------- */

static int copy_embedded(struct merge *merge, struct case_file *there,
                         const struct merge_source *source, struct error *error)
{
    struct store *store = merge->store;
    if (store_flush(store, error))
        return -1;
    pthread_mutex_lock(&store->mutex);
    int result = case_begin(store->handle, error);
    if (!result) {
        result = merge_copy_table(there, store->handle, "embedded", source->there,
                                  source->embedded_here, error) ||
                         case_commit(store->handle, error)
                     ? -1
                     : 0;
        if (result)
            case_rollback(store->handle);
    }
    pthread_mutex_unlock(&store->mutex);
    return result;
}

static int copy_all_embedded(struct merge *merge, struct case_file *there,
                             const struct merge_sources *sources, struct error *error)
{
    static const char sql[] = "SELECT DISTINCT source FROM embedded ORDER BY source";
    sqlite3_stmt *select = statement_prepare(there, slice_from(sql), error);
    int code, result = 0;
    if (!select)
        return merge_failed_there(there, error);
    while (!result && (code = sqlite3_step(select)) == SQLITE_ROW) {
        struct merge_source *source =
            find_source(sources, sqlite3_column_int64(select, 0));
        if (source && source->embedded_here)
            result = copy_embedded(merge, there, source, error);
    }
    sqlite3_finalize(select);
    return result ? -1 : code == SQLITE_DONE ? 0 : merge_failed_there(there, error);
}

/* --- events ---------------------------------------------------------------- */

struct reading {
    struct segment_reader reader;
    struct open_columns segment;
    const struct segment_values *numbers[NUMBER_COLUMN_COUNT];
};

static int read_numbers(struct reading *from, struct error *error)
{
    for (int i = 0; i < NUMBER_COLUMN_COUNT; i++) {
        if (segment_reader_column(&from->reader, &from->segment, (enum segment_column)i,
                                  &from->numbers[i], error))
            return -1;
    }
    return 0;
}

static int read_event(struct reading *from, uint32_t place, struct event *event,
                      struct error *error)
{
    event_clear(event);
    event->time_us = from->numbers[COLUMN_TIME]->numbers[place];
    event->time_quality =
        (enum time_quality)from->numbers[COLUMN_TIME_QUALITY]->numbers[place];
    event->provider = (enum provider)from->numbers[COLUMN_PROVIDER]->numbers[place];
    event->outcome = (enum outcome)from->numbers[COLUMN_OUTCOME]->numbers[place];
    for (int i = 0; i < TEXT_COLUMN_COUNT; i++) {
        if (segment_reader_text(&from->reader, &from->segment, i, place,
                                &event->text[i], error))
            return -1;
    }
    return 0;
}

static bool is_fresh(const struct merge_source *source, uint64_t offset, uint64_t leaf)
{
    return offset > source->resume_offset ||
           (offset == source->resume_offset && leaf >= source->resume_leaf);
}

/* Everything before this leaf of the source is in the case with the next commit. */
static int append(struct merge *merge, const struct merge_source *source,
                  uint64_t offset, uint64_t leaf, struct error *error)
{
    struct source_progress progress = source->progress;
    bool further = is_fresh(source, offset, leaf);
    progress.resume_offset = further ? offset : source->resume_offset;
    progress.resume_leaf = further ? leaf : source->resume_leaf;
    merge->events += event_batch_count(merge->batch);
    return store_append(merge->store, source->here, merge->batch, &progress, NULL,
                        error);
}

static int take_event(struct merge *merge, struct reading *from, uint32_t place,
                      const struct merge_source *source, struct error *error)
{
    const struct record_place stands = {
        .offset = (uint64_t)from->numbers[COLUMN_OFFSET]->numbers[place],
        .length = (uint32_t)from->numbers[COLUMN_LENGTH]->numbers[place],
        .leaf = (uint32_t)from->numbers[COLUMN_LEAF]->numbers[place],
    };
    enum lifecycle lifecycle =
        (enum lifecycle)from->numbers[COLUMN_LIFECYCLE]->numbers[place];
    struct event event;
    if (!is_fresh(source, stands.offset, stands.leaf))
        return 0;
    if (read_event(from, place, &event, error)) {
        error->code = ERROR_INPUT;
        return -1;
    }
    if (event_batch_add(merge->batch, &event, lifecycle, &stands))
        return 0;
    if (append(merge, source, stands.offset, stands.leaf, error))
        return -1;
    return event_batch_add(merge->batch, &event, lifecycle, &stands)
               ? 0
               : error_set(error, ERROR_LIMIT, "one event does not fit a batch");
}

static int take_segment(struct merge *merge, struct reading *from,
                        const struct merge_sources *sources, struct error *error)
{
    const struct merge_source *source = NULL;
    uint64_t offset = 0, next_leaf = 0;
    if (read_numbers(from, error)) {
        error->code = ERROR_INPUT;
        return -1;
    }
    for (uint32_t place = 0; place < from->segment.count; place++) {
        int64_t there = from->numbers[COLUMN_SOURCE]->numbers[place];
        if (!source || source->there != there) {
            if (source && source->here &&
                append(merge, source, offset, next_leaf, error))
                return -1;
            source = find_source(sources, there);
        }
        if (!source || !source->here)
            continue;
        if (take_event(merge, from, place, source, error))
            return -1;
        offset = (uint64_t)from->numbers[COLUMN_OFFSET]->numbers[place];
        next_leaf = (uint64_t)from->numbers[COLUMN_LEAF]->numbers[place] + 1;
    }
    return source && source->here ? append(merge, source, offset, next_leaf, error) : 0;
}

static int take_events(struct merge *merge, struct case_file *there,
                       const struct merge_sources *sources, struct error *error)
{
    static const char sql[] = "SELECT id, events FROM segment ORDER BY id";
    struct reading from = {.numbers = {NULL}};
    sqlite3_stmt *select = statement_prepare(there, slice_from(sql), error);
    if (!select || segment_reader_init(&from.reader, there->db)) {
        sqlite3_finalize(select);
        return merge_failed_there(there, error);
    }
    open_columns_init(&from.segment);
    int code, result = 0;
    while (!result && (code = sqlite3_step(select)) == SQLITE_ROW) {
        if (merge->stopped(merge->payload)) {
            result = error_set(error, ERROR_INTERRUPTED, "stopped");
            break;
        }
        open_columns_reset(&from.segment, sqlite3_column_int64(select, 0),
                           (uint32_t)sqlite3_column_int64(select, 1));
        result = take_segment(merge, &from, sources, error);
    }
    open_columns_fini(&from.segment);
    segment_reader_fini(&from.reader);
    sqlite3_finalize(select);
    return result ? -1 : code == SQLITE_DONE ? 0 : merge_failed_there(there, error);
}

/* --- the whole ------------------------------------------------------------- */

static int finish(struct merge *merge, struct case_file *there,
                  const struct merge_sources *sources, struct error *error)
{
    struct store *store = merge->store;
    if (store_flush(store, error))
        return -1;
    pthread_mutex_lock(&store->mutex);
    int result = merge_rows(merge, there, sources, error);
    for (size_t i = 0; !result && i < sources->count; i++) {
        struct store_source *source = store_find_source(store, sources->rows[i].here);
        if (sources->rows[i].here && source)
            source->ended = true;
    }
    if (!result && store_forget_ended(store))
        result = error_set(error, ERROR_MEMORY, "out of memory");
    store->ledger_behind = true;
    pthread_mutex_unlock(&store->mutex);
    return result ? -1 : store_flush(store, error);
}

int merge_case(struct merge *merge, const char *path, struct error *error)
{
    struct merge_sources sources = {0};
    struct case_file *there = case_open(path, CASE_READ, error);
    if (!there) {
        error->code = ERROR_INPUT;
        return -1;
    }
    /* One snapshot of it, whatever its own loader does. */
    int result = sqlite3_exec(there->db, "BEGIN", NULL, NULL, NULL)
                     ? merge_failed_there(there, error)
                     : 0;
    if (!result)
        result = begin_sources(merge, there, &sources, error) ||
                         copy_all_embedded(merge, there, &sources, error) ||
                         take_events(merge, there, &sources, error) ||
                         finish(merge, there, &sources, error)
                     ? -1
                     : 0;
    for (size_t i = 0; i < sources.count; i++)
        free(sources.rows[i].forms);
    free(sources.rows);
    case_close(there);
    return result;
}
