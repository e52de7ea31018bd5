#include "config.h"

#include "db/export.h"

#include <stdlib.h>

#include "core/escape.h"
#include "db/export_internal.h"
#include "db/statement.h"

struct cell export_column(sqlite3_stmt *statement, int column, const char *name,
                          struct arena *arena)
{
    switch (sqlite3_column_type(statement, column)) {
    case SQLITE_INTEGER:
        return cell_number(name, sqlite3_column_int64(statement, column));
    case SQLITE_NULL:
        return cell_null(name);
    case SQLITE_FLOAT: {
        double real = sqlite3_column_double(statement, column);
        const char *text = (const char *)sqlite3_column_text(statement, column);
        return cell_real(name, real, slice_from(text));
    }
    default:
        return cell_text(name, statement_text(statement, column, arena));
    }
}

/* The analyst's own SQL. */

/* These read no row: one runs code, the other tells an address of this program. */
static bool is_refused_function(const char *name)
{
    return name && (!strcmp(name, "load_extension") || !strcmp(name, "fts3_tokenizer"));
}

static int allow_reading(void *denied, int action, const char *first,
                         const char *second, const char *database, const char *trigger)
{
    (void)database;
    (void)trigger;
    (void)first;
    switch (action) {
    case SQLITE_SELECT:
    case SQLITE_READ:
    case SQLITE_RECURSIVE:
        return SQLITE_OK;
    case SQLITE_FUNCTION:
        if (!is_refused_function(second))
            return SQLITE_OK;
        break;
    default:
        break;
    }
    *(bool *)denied = true;
    return SQLITE_DENY;
}

/* Tables made by code declare themselves at their first use, which the guard takes for
 * the making of a table: before it is up. */
static void declare_tables(struct case_file *handle)
{
    static const char *const uses[] = {"SELECT 1 FROM event LIMIT 0",
                                       "SELECT 1 FROM json_each('[]') LIMIT 0",
                                       "SELECT 1 FROM json_tree('[]') LIMIT 0"};
    for (size_t i = 0; i < sizeof uses / sizeof uses[0]; i++)
        sqlite3_exec(handle->db, uses[i], NULL, NULL, NULL);
}

static int prepare_own(struct case_file *handle, const char *text,
                       sqlite3_stmt **statement, struct error *error)
{
    const char *rest = "";
    bool denied = false;
    declare_tables(handle);
    sqlite3_set_authorizer(handle->db, allow_reading, &denied);
    int result = sqlite3_prepare_v2(handle->db, text, -1, statement, &rest);
    sqlite3_set_authorizer(handle->db, NULL, NULL);
    if (result != SQLITE_OK && denied)
        return error_set(error, ERROR_UNSUPPORTED,
                         "only statements that read are run here");
    if (result != SQLITE_OK)
        return error_set(error, ERROR_SYNTAX, "%s", sqlite3_errmsg(handle->db));
    bool more = slice_trim(slice_from(rest)).length > 0;
    if (*statement && !more && sqlite3_stmt_readonly(*statement))
        return 0;
    bool none = !*statement;
    sqlite3_finalize(*statement);
    return error_set(error, ERROR_UNSUPPORTED, "%s",
                     none   ? "there is no statement"
                     : more ? "give one statement at a time"
                            : "only statements that read are run here");
}

static bool is_utf8(struct slice text)
{
    uint32_t code_point;
    while (text.length) {
        unsigned length = utf8_length(text, &code_point);
        if (!length)
            return false;
        text = slice_skip(text, length);
    }
    return true;
}

static bool is_taken(const char *const *names, size_t count, struct slice name)
{
    for (size_t i = 0; i < count; i++) {
        if (slice_equal(slice_from(names[i]), name))
            return true;
    }
    return false;
}

/*
 * The columns' names, each only once: JSON would keep one of the columns of a name.  As
 * SQLite does in subqueries, further ones become name:1, name:2.  A JSON name has to be
 * UTF-8 too; CSV and tables escape theirs.  NULL: no memory.
 */
static const char **column_names(sqlite3_stmt *statement, size_t count,
                                 enum export_format format, struct arena *arena)
{
    const char **names = arena_alloc(arena, (count ? count : 1) * sizeof *names);
    for (size_t i = 0; names && i < count; i++) {
        struct slice own = slice_from(sqlite3_column_name(statement, (int)i));
        if (format == EXPORT_JSONL && !is_utf8(own))
            own = escape_text(arena, own);
        struct slice name = arena_copy(arena, own);
        for (size_t n = 1; slice_present(name) && is_taken(names, i, name); n++)
            name = arena_printf(arena, "%.*s:%zu", (int)own.length, own.data, n);
        if (!slice_present(name))
            return NULL;
        names[i] = name.data;
    }
    return names;
}

int export_sql(struct case_file *handle, const char *text, enum export_format format,
               const struct export_sink *sink, struct error *error)
{
    sqlite3_stmt *statement = NULL;
    if (prepare_own(handle, text, &statement, error))
        return -1;
    size_t count = (size_t)sqlite3_column_count(statement);
    struct cell *cells = calloc(count ? count : 1, sizeof *cells);
    struct row_writer *writer = row_writer_new(format, sink);
    struct arena arena, kept;
    int result = SQLITE_NOMEM;
    arena_init(&arena);
    arena_init(&kept);
    const char **names = column_names(statement, count, format, &kept);
    if (writer)
        row_writer_keep_names(writer);
    while (cells && names && writer &&
           (result = sqlite3_step(statement)) == SQLITE_ROW) {
        for (size_t i = 0; i < count; i++)
            cells[i] = export_column(statement, (int)i, names[i], &arena);
        if (!row_writer_row(writer, cells, count))
            break;
        arena_reset(&arena);
    }
    for (size_t i = 0; cells && names && i < count; i++)
        cells[i] = cell_null(names[i]);
    int failed = writer
                     ? row_writer_end(writer, cells, cells && names ? count : 0, error)
                     : error_set(error, ERROR_MEMORY, "no memory for the export");
    arena_fini(&arena);
    arena_fini(&kept);
    free(cells);
    if (failed) {
        sqlite3_finalize(statement);
        return -1;
    }
    return statement_end(handle, statement, result, "running the statement", error);
}
