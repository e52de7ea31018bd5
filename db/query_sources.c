#include "config.h"

#include "db/query.h"

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

static int count_rows(struct case_file *handle, const char *sql, int64_t key,
                      uint64_t *total, struct error *error)
{
    sqlite3_stmt *statement = statement_prepare(handle, slice_from(sql), error);
    if (!statement)
        return -1;
    sqlite3_bind_int64(statement, 1, key);
    int result = sqlite3_step(statement);
    *total = result == SQLITE_ROW ? statement_count(statement, 0) : 0;
    return statement_end(handle, statement, result, "counting rows", error);
}

static void read_source(sqlite3_stmt *statement, struct arena *arena,
                        struct source_row *row)
{
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

static int list_sources(struct case_file *handle, bool unfinished, uint64_t offset,
                        size_t limit, struct arena *arena, struct source_list *out,
                        struct error *error)
{
    static const char sql[] =
        "SELECT id, path, member,"
        " (SELECT group_concat(path, ';') FROM (SELECT path FROM source_alias"
        "  WHERE source = source.id ORDER BY path)),"
        " sha256, forms, status, reason, options, loaded_by, host, tool_version, bytes,"
        " unpacked_bytes, records, events, skipped, unknown, damaged,"
        " (SELECT count(DISTINCT operation) FROM record"
        "  WHERE record.source = source.id),"
        " mtime_us, first_us, last_us, loaded_us FROM source"
        " WHERE ?1 = 0 OR " UNFINISHED_SQL " ORDER BY path, member, id"
        " LIMIT ?2 OFFSET ?3";
    static const char count_sql[] =
        "SELECT count(*) FROM source WHERE ?1 = 0 OR " UNFINISHED_SQL;
    *out = (struct source_list){.offset = offset};
    if (count_rows(handle, count_sql, unfinished, &out->total, error))
        return -1;
    out->rows = arena_alloc(arena, (limit ? limit : 1) * sizeof *out->rows);
    if (!out->rows)
        return error_set(error, ERROR_MEMORY, "no memory for %zu sources", limit);
    sqlite3_stmt *statement = statement_prepare(handle, slice_from(sql), error);
    if (!statement)
        return -1;
    sqlite3_bind_int(statement, 1, unfinished);
    sqlite3_bind_int64(statement, 2, (sqlite3_int64)limit);
    sqlite3_bind_int64(statement, 3, (sqlite3_int64)offset);
    int result;
    while ((result = sqlite3_step(statement)) == SQLITE_ROW && out->count < limit)
        read_source(statement, arena, &out->rows[out->count++]);
    return statement_end(handle, statement, result, "reading sources", error);
}

int query_sources(struct case_file *handle, uint64_t offset, size_t limit,
                  struct arena *arena, struct source_list *out, struct error *error)
{
    return list_sources(handle, false, offset, limit, arena, out, error);
}

int query_unfinished_sources(struct case_file *handle, uint64_t offset, size_t limit,
                             struct arena *arena, struct source_list *out,
                             struct error *error)
{
    return list_sources(handle, true, offset, limit, arena, out, error);
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

int query_rejects(struct case_file *handle, int64_t source, uint64_t offset,
                  size_t limit, struct arena *arena, struct reject_list *out,
                  struct error *error)
{
    static const char sql[] =
        "SELECT s.path, s.member, r.kind, r.reason, r.bytes, r.offset, r.length"
        " FROM reject AS r JOIN source AS s ON s.id = r.source"
        " WHERE ?1 = 0 OR r.source = ?1 ORDER BY s.path, s.member, r.offset, r.id"
        " LIMIT ?2 OFFSET ?3";
    *out = (struct reject_list){.offset_row = offset};
    if (count_rows(handle, "SELECT count(*) FROM reject WHERE ?1 = 0 OR source = ?1",
                   source, &out->total, error))
        return -1;
    out->rows = arena_alloc(arena, (limit ? limit : 1) * sizeof *out->rows);
    if (!out->rows)
        return error_set(error, ERROR_MEMORY, "no memory for %zu rejects", limit);
    sqlite3_stmt *statement = statement_prepare(handle, slice_from(sql), error);
    if (!statement)
        return -1;
    sqlite3_bind_int64(statement, 1, source);
    sqlite3_bind_int64(statement, 2, (sqlite3_int64)limit);
    sqlite3_bind_int64(statement, 3, (sqlite3_int64)offset);
    int result;
    while ((result = sqlite3_step(statement)) == SQLITE_ROW && out->count < limit) {
        struct reject_row *row = &out->rows[out->count++];
        row->path = statement_text(statement, 0, arena);
        row->member = statement_text(statement, 1, arena);
        row->kind = statement_text(statement, 2, arena);
        row->reason = statement_text(statement, 3, arena);
        row->bytes = statement_text(statement, 4, arena);
        row->offset = statement_count(statement, 5);
        row->length = statement_count(statement, 6);
    }
    return statement_end(handle, statement, result, "reading rejects", error);
}
