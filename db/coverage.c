#include "config.h"

#include "db/coverage.h"

#include "core/limits.h"

static struct slice column_text(sqlite3_stmt *statement, int column,
                                struct arena *arena)
{
    const void *bytes = sqlite3_column_blob(statement, column);
    int length = sqlite3_column_bytes(statement, column);
    if (!bytes)
        return SLICE("");
    return arena_copy(arena, (struct slice){bytes, (size_t)length});
}

int coverage_values(struct case_file *handle, enum event_field field, size_t limit,
                    struct arena *arena, struct value_list *out, struct error *error)
{
    static const char sql[] = "SELECT value, (SELECT count(*) FROM dictionary"
                              " WHERE field = ?1) FROM dictionary"
                              " WHERE field = ?1 ORDER BY value LIMIT ?2";
    *out = (struct value_list){0};
    out->values = arena_alloc(arena, (limit ? limit : 1) * sizeof *out->values);
    if (!out->values)
        return error_set(error, ERROR_MEMORY, "no memory for %zu values", limit);
    sqlite3_stmt *statement;
    if (sqlite3_prepare_v2(handle->db, sql, -1, &statement, NULL))
        return case_error(handle, "reading the dictionary", error);
    sqlite3_bind_int(statement, 1, (int)field);
    sqlite3_bind_int64(statement, 2, (sqlite3_int64)limit);
    int result;
    while ((result = sqlite3_step(statement)) == SQLITE_ROW && out->count < limit) {
        uint64_t total = (uint64_t)sqlite3_column_int64(statement, 1);
        out->values[out->count++] = column_text(statement, 0, arena);
        out->more = total > limit || total >= LIMIT_DICTIONARY_VALUES;
    }
    sqlite3_finalize(statement);
    if (result != SQLITE_DONE && result != SQLITE_ROW)
        return case_error(handle, "reading the dictionary", error);
    return 0;
}
