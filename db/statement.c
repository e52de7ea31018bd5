#include "config.h"

#include "db/statement.h"

#include "db/filter_sql.h"

sqlite3_stmt *statement_prepare(struct case_file *handle, struct slice sql,
                                struct error *error)
{
    sqlite3_stmt *statement = NULL;
    if (!slice_present(sql)) {
        error_set(error, ERROR_MEMORY, "no memory for a query");
        return NULL;
    }
    if (sqlite3_prepare_v2(handle->db, sql.data, (int)sql.length, &statement, NULL))
        case_error(handle, "preparing a query", error);
    return statement;
}

int statement_end(struct case_file *handle, sqlite3_stmt *statement, int result,
                  const char *doing, struct error *error)
{
    int failed = 0;
    if (result == SQLITE_INTERRUPT)
        failed = error_set(error, ERROR_INTERRUPTED, "%s was stopped", doing);
    else if (result != SQLITE_DONE && result != SQLITE_ROW)
        failed = case_error(handle, doing, error);
    sqlite3_finalize(statement);
    return failed;
}

struct slice statement_text(sqlite3_stmt *statement, int column, struct arena *arena)
{
    if (sqlite3_column_type(statement, column) == SQLITE_NULL)
        return SLICE_NONE;
    const void *bytes = sqlite3_column_blob(statement, column);
    int length = sqlite3_column_bytes(statement, column);
    if (!bytes)
        return SLICE("");
    return arena_copy(arena, (struct slice){bytes, (size_t)length});
}

int64_t statement_time(sqlite3_stmt *statement, int column)
{
    return sqlite3_column_type(statement, column) == SQLITE_NULL
               ? EVENT_TIME_NONE
               : sqlite3_column_int64(statement, column);
}

uint64_t statement_count(sqlite3_stmt *statement, int column)
{
    int64_t count = sqlite3_column_int64(statement, column);
    return count > 0 ? (uint64_t)count : 0;
}

int statement_bind_text(sqlite3_stmt *statement, int parameter, struct slice text)
{
    if (!slice_present(text))
        return sqlite3_bind_null(statement, parameter);
    return sqlite3_bind_text(statement, parameter, text.data, (int)text.length,
                             SQLITE_STATIC);
}

int statement_bind_time(sqlite3_stmt *statement, int parameter, int64_t time_us)
{
    return time_us == EVENT_TIME_NONE
               ? sqlite3_bind_null(statement, parameter)
               : sqlite3_bind_int64(statement, parameter, time_us);
}

struct slice scope_sql(const struct hit_scope *scope, struct arena *arena,
                       struct error *error)
{
    struct slice filter = filter_sql(scope->filter, FILTER_ON_OPERATION, arena, error);
    if (!slice_present(filter))
        return SLICE_NONE;
    return arena_printf(arena, "WHERE %.*s%s%s", (int)filter.length, filter.data,
                        scope->hide_approved ? " AND " OPEN_SQL : "",
                        scope->one_group ? " AND actor IS ? AND provider = ?" : "");
}

int scope_bind(const void *of, sqlite3_stmt *statement, int *parameter)
{
    const struct hit_scope *scope = of;
    int result = filter_bind(scope->filter, FILTER_ON_OPERATION, statement, parameter);
    if (result == SQLITE_OK && scope->one_group) {
        result = statement_bind_text(statement, (*parameter)++, scope->actor);
        if (result == SQLITE_OK)
            result = sqlite3_bind_int(statement, (*parameter)++, (int)scope->provider);
    }
    return result;
}
