#include "config.h"

#include "db/query.h"

#include "db/list_query.h"
#include "db/mirror_sql.h"
#include "db/statement.h"

int query_summary(struct case_file *handle, struct case_summary *out,
                  struct error *error)
{
    /*
     * Sums over sources, segments and hits: never over events.  The events are those
     * of the sources: a segment may hold events of a source whose content turned out
     * to be another's, and nothing else counts those.
     */
    static const char sql[] =
        "SELECT s.*, t.*, h.* FROM"
        " (SELECT coalesce(sum(events), 0), coalesce(sum(records), 0),"
        "  coalesce(sum(skipped), 0), coalesce(sum(unknown), 0),"
        "  coalesce(sum(damaged), 0), count(*), coalesce(sum(status = 'partial'), 0),"
        "  coalesce(sum(status = 'failed'), 0), coalesce(sum(status = 'loading'), 0)"
        "  FROM source) AS s,"
        " (SELECT min(first_us), max(last_us) FROM segment) AS t,"
        " (SELECT " HIT_COUNTS_SQL " FROM operation) AS h";
    sqlite3_stmt *statement = statement_prepare(handle, slice_from(sql), error);
    *out =
        (struct case_summary){.first_us = EVENT_TIME_NONE, .last_us = EVENT_TIME_NONE};
    if (!statement)
        return -1;
    int result = sqlite3_step(statement);
    if (result == SQLITE_ROW) {
        out->events = statement_count(statement, 0);
        out->records = statement_count(statement, 1);
        out->skipped = statement_count(statement, 2);
        out->unknown = statement_count(statement, 3);
        out->damaged = statement_count(statement, 4);
        out->sources = statement_count(statement, 5);
        out->partial = statement_count(statement, 6);
        out->failed = statement_count(statement, 7);
        out->loading = statement_count(statement, 8);
        out->first_us = statement_time(statement, 9);
        out->last_us = statement_time(statement, 10);
        out->hits = statement_count(statement, 11);
        out->approved = statement_count(statement, 12);
        out->attempts = statement_count(statement, 13);
        out->open = statement_count(statement, 14);
    }
    return statement_end(handle, statement, result, "reading the summary", error);
}

int query_left_to_decide(struct case_file *handle, bool *left, struct error *error)
{
    static const char sql[] =
        "SELECT EXISTS (SELECT 1 FROM operation WHERE " OPEN_SQL ")"
        " OR EXISTS (SELECT 1 FROM mirror WHERE " PRESENT_SQL
        " AND foreign_destination = 2 AND approval IS NULL)";
    sqlite3_stmt *statement = statement_prepare(handle, slice_from(sql), error);
    *left = true;
    if (!statement)
        return -1;
    int result = sqlite3_step(statement);
    if (result == SQLITE_ROW)
        *left = sqlite3_column_int(statement, 0) != 0;
    return statement_end(handle, statement, result, "looking for open hits", error);
}

static void read_source(sqlite3_stmt *statement, struct arena *arena, void *out)
{
    struct source_row *row = out;
    struct slice *texts[] = {&row->path,   &row->member,      &row->aliases,
                             &row->sha256, &row->forms,       &row->status,
                             &row->reason, &row->options,     &row->loaded_by,
                             &row->host,   &row->tool_version};
    uint64_t *counts[] = {
        &row->bytes,   &row->unpacked_bytes, &row->records, &row->events,
        &row->skipped, &row->unknown,        &row->damaged, &row->hits};
    int64_t *times[] = {&row->mtime_us, &row->first_us, &row->last_us, &row->loaded_us};
    int column = 0;
    row->id = sqlite3_column_int64(statement, column++);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        *texts[i] = statement_text(statement, column++, arena);
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++)
        *counts[i] = statement_count(statement, column++);
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++)
        *times[i] = statement_time(statement, column++);
}

struct slice source_word(const struct source_row *row)
{
    bool empty = !row->records && slice_equal(row->status, SLICE("done")) &&
                 slice_starts_with(row->reason, SLICE("empty:"));
    return empty ? SLICE("empty") : row->status;
}

#define UNFINISHED_SQL "status IN ('partial', 'failed', 'loading')"

static const char source_columns[] =
    "id, path, member,"
    " (SELECT group_concat(path, ';') FROM (SELECT path FROM source_alias"
    "  WHERE source = source.id ORDER BY path)),"
    " sha256, forms, status, reason, options, loaded_by, host, tool_version, bytes,"
    " unpacked_bytes, records, events, skipped, unknown, damaged,"
    " (SELECT count(DISTINCT operation) FROM record WHERE record.source = source.id),"
    " mtime_us, first_us, last_us, loaded_us";

static struct list_query source_list(struct slice rows)
{
    return (struct list_query){
        .what = "sources",
        .columns = slice_from(source_columns),
        .rows = rows,
        .order = SLICE("path, member, id"),
        .searched = "path, member, forms, status, reason",
        .row_size = sizeof(struct source_row),
        .read = read_source,
    };
}

static int list_sources(struct case_file *handle, struct slice rows, uint64_t offset,
                        size_t limit, struct arena *arena, struct source_list *out,
                        struct error *error)
{
    const struct list_query query = source_list(rows);
    struct list_window window;
    int result =
        list_query_window(handle, &query, offset, limit, arena, &window, error);
    *out = (struct source_list){window.rows, window.count, offset, window.total};
    return result;
}

int query_sources(struct case_file *handle, uint64_t offset, size_t limit,
                  struct arena *arena, struct source_list *out, struct error *error)
{
    return list_sources(handle, SLICE("source"), offset, limit, arena, out, error);
}

int query_unfinished_sources(struct case_file *handle, uint64_t offset, size_t limit,
                             struct arena *arena, struct source_list *out,
                             struct error *error)
{
    return list_sources(handle, SLICE("source WHERE " UNFINISHED_SQL), offset, limit,
                        arena, out, error);
}

int query_find_sources(struct case_file *handle, struct slice needle, size_t limit,
                       struct arena *arena, struct position_list *out,
                       struct error *error)
{
    const struct list_query query = source_list(SLICE("source"));
    return list_query_find(handle, &query, needle, limit, arena, out, error);
}

int query_source_hits(struct case_file *handle, struct slice path, struct slice member,
                      uint64_t *hits, struct error *error)
{
    static const char sql[] =
        "SELECT count(DISTINCT operation) FROM record WHERE source ="
        " (SELECT max(id) FROM source WHERE path = ? AND member = ?)";
    sqlite3_stmt *statement = statement_prepare(handle, slice_from(sql), error);
    if (!statement)
        return -1;
    statement_bind_text(statement, 1, path);
    statement_bind_text(statement, 2, member);
    int result = sqlite3_step(statement);
    *hits = result == SQLITE_ROW ? statement_count(statement, 0) : 0;
    return statement_end(handle, statement, result, "counting hits", error);
}

static int bind_source(const void *source, sqlite3_stmt *statement, int *parameter)
{
    return sqlite3_bind_int64(statement, (*parameter)++, *(const int64_t *)source);
}

static void read_reject(sqlite3_stmt *statement, struct arena *arena, void *out)
{
    *(struct reject_row *)out = (struct reject_row){
        .path = statement_text(statement, 0, arena),
        .member = statement_text(statement, 1, arena),
        .kind = statement_text(statement, 2, arena),
        .reason = statement_text(statement, 3, arena),
        .bytes = statement_text(statement, 4, arena),
        .offset = statement_count(statement, 5),
        .length = statement_count(statement, 6),
    };
}

#define REJECTS_SQL                                                                    \
    "(SELECT s.path, s.member, r.kind, r.reason, r.bytes, r.offset, r.length, r.id"    \
    " FROM reject AS r JOIN source AS s ON s.id = r.source"

/* *source 0: of all. */
static struct list_query reject_list(const int64_t *source)
{
    return (struct list_query){
        .what = "rejects",
        .columns = SLICE("*"),
        .rows = *source ? SLICE(REJECTS_SQL " WHERE r.source = ?)")
                        : SLICE(REJECTS_SQL ")"),
        .counted = *source ? SLICE("reject WHERE source = ?") : SLICE("reject"),
        .order = SLICE("path, member, offset, id"),
        .searched = "kind, reason, bytes",
        .bind = *source ? bind_source : NULL,
        .scope = source,
        .row_size = sizeof(struct reject_row),
        .read = read_reject,
    };
}

int query_rejects(struct case_file *handle, int64_t source, uint64_t offset,
                  size_t limit, struct arena *arena, struct reject_list *out,
                  struct error *error)
{
    const struct list_query query = reject_list(&source);
    struct list_window window;
    int result =
        list_query_window(handle, &query, offset, limit, arena, &window, error);
    *out = (struct reject_list){window.rows, window.count, offset, window.total};
    return result;
}

int query_find_rejects(struct case_file *handle, int64_t source, struct slice needle,
                       size_t limit, struct arena *arena, struct position_list *out,
                       struct error *error)
{
    const struct list_query query = reject_list(&source);
    return list_query_find(handle, &query, needle, limit, arena, out, error);
}
