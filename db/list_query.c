#include "config.h"

#include "db/list_query.h"

#include "db/statement.h"

static int bind_scope(const struct list_query *query, sqlite3_stmt *statement,
                      int *parameter)
{
    *parameter = 1;
    return query->bind ? query->bind(query->scope, statement, parameter) : SQLITE_OK;
}

static int count_rows(struct case_file *handle, const struct list_query *query,
                      struct arena *arena, uint64_t *total, struct error *error)
{
    struct slice rows = slice_present(query->counted) ? query->counted : query->rows;
    sqlite3_stmt *statement = statement_prepare(
        handle,
        arena_printf(arena, "SELECT count(*) FROM %.*s", (int)rows.length, rows.data),
        error);
    int parameter;
    if (!statement)
        return -1;
    int result = bind_scope(query, statement, &parameter);
    if (result == SQLITE_OK)
        result = sqlite3_step(statement);
    *total = result == SQLITE_ROW ? statement_count(statement, 0) : 0;
    return statement_end(handle, statement, result, query->what, error);
}

int list_query_read(struct case_file *handle, const struct list_query *query,
                    sqlite3_stmt *statement, int result, size_t limit,
                    struct arena *arena, struct list_window *out, struct error *error)
{
    out->count = 0;
    out->rows = arena_alloc(arena, (limit ? limit : 1) * query->row_size);
    if (!out->rows) {
        sqlite3_finalize(statement);
        return error_set(error, ERROR_MEMORY, "no memory for %zu %s", limit,
                         query->what);
    }
    while (result == SQLITE_OK || result == SQLITE_ROW) {
        result = sqlite3_step(statement);
        if (result != SQLITE_ROW || out->count == limit)
            break;
        query->read(statement, arena,
                    (char *)out->rows + out->count++ * query->row_size);
    }
    return statement_end(handle, statement, result, query->what, error);
}

int list_query_window(struct case_file *handle, const struct list_query *query,
                      uint64_t offset, size_t limit, struct arena *arena,
                      struct list_window *out, struct error *error)
{
    *out = (struct list_window){.count = 0};
    if (count_rows(handle, query, arena, &out->total, error))
        return -1;
    struct slice sql = arena_printf(
        arena, "SELECT %.*s FROM %.*s ORDER BY %.*s LIMIT ? OFFSET ?",
        (int)query->columns.length, query->columns.data, (int)query->rows.length,
        query->rows.data, (int)query->order.length, query->order.data);
    sqlite3_stmt *statement = statement_prepare(handle, sql, error);
    int parameter;
    if (!statement)
        return -1;
    int result = bind_scope(query, statement, &parameter);
    sqlite3_bind_int64(statement, parameter++, (sqlite3_int64)limit);
    sqlite3_bind_int64(statement, parameter, (sqlite3_int64)offset);
    return list_query_read(handle, query, statement, result, limit, arena, out, error);
}

/* Steps through positions; one more than `limit` is there to know of. */
static int read_positions(sqlite3_stmt *statement, int result, size_t limit,
                          struct position_list *out)
{
    while (result == SQLITE_OK || result == SQLITE_ROW) {
        result = sqlite3_step(statement);
        out->more = result == SQLITE_ROW && out->count == limit;
        if (result != SQLITE_ROW || out->more)
            break;
        out->positions[out->count++] = statement_count(statement, 0);
    }
    return result;
}

int list_query_find(struct case_file *handle, const struct list_query *query,
                    struct slice needle, size_t limit, struct arena *arena,
                    struct position_list *out, struct error *error)
{
    *out = (struct position_list){.count = 0};
    struct slice sql = arena_printf(
        arena,
        "SELECT position FROM (SELECT row_number() OVER (ORDER BY %.*s) - 1"
        " AS position, * FROM %.*s) WHERE filter_contains(?, %s)"
        " ORDER BY position LIMIT ?",
        (int)query->order.length, query->order.data, (int)query->rows.length,
        query->rows.data, query->searched);
    sqlite3_stmt *statement = statement_prepare(handle, sql, error);
    int parameter;
    if (!statement)
        return -1;
    out->positions = arena_alloc(arena, (limit ? limit : 1) * sizeof *out->positions);
    if (!out->positions) {
        sqlite3_finalize(statement);
        return error_set(error, ERROR_MEMORY, "no memory for the search");
    }
    int result = bind_scope(query, statement, &parameter);
    statement_bind_text(statement, parameter++, needle);
    sqlite3_bind_int64(statement, parameter, (sqlite3_int64)limit + 1);
    result = read_positions(statement, result, limit, out);
    return statement_end(handle, statement, result, "searching", error);
}
