#include "config.h"

#include "db/export.h"

#include "db/export_internal.h"
#include "db/filter_sql.h"
#include "db/raw_reader.h"

/*
 * time_text is kept only where the stamp cannot be written back from the time (the
 * column is empty for plain ISO stamps), and then equals the time.
 */
static const char event_columns[] =
    "e.time AS time, coalesce(e.time_text, e.time) AS time_text, e.time_quality,"
    " e.provider, e.form, e.operation, e.service, nullif(e.lifecycle, '') AS lifecycle,"
    " e.outcome, e.error_code, e.actor, e.actor_type, e.actor_id, e.session_issuer,"
    " e.source_identity, e.mfa, e.via, e.credential, e.source_ip, e.source_text,"
    " e.user_agent, e.account, e.region, e.resource_group, e.resource, e.mirror,"
    " e.mirrored, e.destination, NULL AS \"foreign\", e.event_id, e.request_id,"
    " e.correlation_id, s.path AS \"evidence.path\", nullif(s.member, '') AS "
    "\"evidence.member\","
    " e.\"offset\" AS \"evidence.offset\", e.length AS \"evidence.length\","
    " e.form AS \"evidence.form_chain\", s.sha256 AS \"evidence.sha256\","
    /* The place of the raw record: no cells. */
    " e.source, e.\"offset\", e.length, e.leaf";

enum { EVENT_CELLS = 38, EVENT_EVIDENCE = 32, EVENT_PLACE = EVENT_CELLS };

static const char event_table_columns[] =
    "e.time AS time, e.operation, e.actor, coalesce(e.source_ip, e.source_text)"
    " AS \"source ip\", e.region, e.outcome, e.account";

/* The evidence cells are lists of one, so that JSON has an array of one object. */
static void read_event(sqlite3_stmt *statement, int count, struct cell *cells,
                       struct slice *items, struct arena *arena)
{
    for (int i = 0; i < count; i++) {
        const char *name = sqlite3_column_name(statement, i);
        if (i < EVENT_EVIDENCE) {
            cells[i] = export_column(statement, i, name, arena);
            if (!strcmp(name, "mfa") && !cells[i].null)
                cells[i] =
                    (struct cell){.name = name,
                                  .kind = CELL_BOOLEAN,
                                  .number = slice_equal(cells[i].text, SLICE("true"))};
            continue;
        }
        bool number = sqlite3_column_type(statement, i) == SQLITE_INTEGER;
        items[i] = statement_text(statement, i, arena);
        cells[i] = (struct cell){.name = name,
                                 .kind = number ? CELL_NUMBERS : CELL_LIST,
                                 .items = &items[i],
                                 .item_count = 1};
    }
}

/*
 * The events come first in the join (CROSS: SQLite keeps the order), so that their
 * segments are read once, not once per source.
 */
static struct slice events_sql(const struct filter *filter, bool table,
                               struct arena *arena, struct error *error)
{
    struct slice condition = filter_sql(filter, FILTER_ON_EVENT, arena, error);
    if (!slice_present(condition))
        return SLICE_NONE;
    struct slice sql = arena_printf(
        arena,
        "SELECT %s FROM (SELECT * FROM event WHERE %.*s) AS e CROSS JOIN source AS s"
        " ON s.id = e.source ORDER BY e.time_us, e.provider, e.event_id, s.sha256,"
        " s.path, s.member, e.\"offset\", e.leaf",
        table ? event_table_columns : event_columns, (int)condition.length,
        condition.data);
    if (!slice_present(sql))
        error_set(error, ERROR_MEMORY, "no memory for the export");
    return sql;
}

struct event_export {
    struct case_file *handle;
    struct row_writer *writer;
    bool table;
    struct export_raw *raw; /* NULL: without */
    struct raw_reader *reader;
};

/* One text in a list, as hits have one for each record. */
static int read_raw(struct event_export *export, sqlite3_stmt *statement,
                    struct cell *cell, struct slice *item, struct arena *arena,
                    struct error *error)
{
    struct raw_found found;
    const struct record_place place = {
        .offset = statement_count(statement, EVENT_PLACE + 1),
        .length = (uint32_t)statement_count(statement, EVENT_PLACE + 2),
        .leaf = (uint32_t)statement_count(statement, EVENT_PLACE + 3),
    };
    if (raw_reader_read(export->reader, sqlite3_column_int64(statement, EVENT_PLACE),
                        &place, arena, &found, error))
        return -1;
    bool stands = export_raw_stands(export->raw, found.condition, found.in_case);
    *item = stands ? found.raw : SLICE_NONE;
    *cell =
        (struct cell){.name = "raw", .kind = CELL_LIST, .items = item, .item_count = 1};
    return 0;
}

static int write_events(struct event_export *export, sqlite3_stmt *statement,
                        int result, struct error *error)
{
    struct cell cells[EVENT_CELLS + 1];
    struct slice items[EVENT_CELLS + 1];
    struct arena row;
    int columns = export->table ? sqlite3_column_count(statement) : EVENT_CELLS;
    size_t count = (size_t)columns + (export->reader ? 1 : 0);
    int failed = 0;
    arena_init(&row);
    while (!failed && (result == SQLITE_OK || result == SQLITE_ROW)) {
        result = sqlite3_step(statement);
        if (result != SQLITE_ROW)
            break;
        read_event(statement, columns, cells, items, &row);
        if (export->reader)
            failed = read_raw(export, statement, &cells[columns], &items[columns], &row,
                              error);
        if (failed || !row_writer_row(export->writer, cells, count))
            break;
        arena_reset(&row);
    }
    for (int i = 0; i < columns; i++)
        cells[i] = cell_null(sqlite3_column_name(statement, i));
    cells[columns] = cell_null("raw");
    if (row_writer_end(export->writer, cells, count, error))
        failed = -1;
    arena_fini(&row);
    if (failed)
        sqlite3_finalize(statement);
    return failed ? -1
                  : statement_end(export->handle, statement, result, "reading events",
                                  error);
}

static int run_events(struct event_export *export, const struct filter *filter,
                      struct slice sql, enum export_format format,
                      const struct export_sink *sink, struct error *error)
{
    sqlite3_stmt *statement = statement_prepare(export->handle, sql, error);
    if (!statement)
        return -1;
    export->writer = row_writer_new(format, sink);
    if (!export->writer) {
        sqlite3_finalize(statement);
        return error_set(error, ERROR_MEMORY, "no memory for the export");
    }
    int parameter = 1;
    int result = filter_bind(filter, FILTER_ON_EVENT, statement, &parameter);
    return write_events(export, statement, result, error);
}

int export_events(struct case_file *handle, const struct filter *filter,
                  enum export_format format, struct export_raw *raw,
                  const struct export_sink *sink, struct error *error)
{
    struct event_export export = {
        .handle = handle, .table = format == EXPORT_TABLE, .raw = raw};
    struct arena arena;
    arena_init(&arena);
    struct slice sql = events_sql(filter, export.table, &arena, error);
    int result = slice_present(sql) ? 0 : -1;
    if (!result && raw && !export.table &&
        !(export.reader = raw_reader_new(handle, SOURCE_HASH, error)))
        result = -1;
    if (!result)
        result = run_events(&export, filter, sql, format, sink, error);
    raw_reader_free(export.reader);
    arena_fini(&arena);
    return result;
}
