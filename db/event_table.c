#include "config.h"

#include "db/event_table.h"

#include <stdlib.h>

#include "core/timestamp.h"
#include "db/event_cursor.h"

/* --- the table ------------------------------------------------------------- */

#define TEXT_COLUMN(identifier, name, kept) ", " #name " TEXT"
static const char declaration[] =
    "CREATE TABLE event(hit INTEGER, time TEXT, time_us INTEGER, time_quality TEXT,"
    " provider TEXT, outcome TEXT, lifecycle TEXT" EVENT_FIELDS(
        TEXT_COLUMN) ", source INTEGER, offset INTEGER, length INTEGER, leaf INTEGER)";

struct event_table {
    sqlite3_vtab base;
    struct segment_reader reader;
};

struct table_cursor {
    sqlite3_vtab_cursor base;
    struct event_cursor events;
};

static int connect_table(sqlite3 *db, void *payload, int count,
                         const char *const *words, sqlite3_vtab **out, char **message)
{
    (void)payload;
    (void)count;
    (void)words;
    (void)message;
    int code = sqlite3_declare_vtab(db, declaration);
    if (code != SQLITE_OK)
        return code;
    /* Reads the case's own tables and nothing else: fit for views of the case. */
    sqlite3_vtab_config(db, SQLITE_VTAB_INNOCUOUS);
    struct event_table *table = sqlite3_malloc64(sizeof *table);
    if (!table)
        return SQLITE_NOMEM;
    memset(table, 0, sizeof *table);
    segment_reader_init(&table->reader, db);
    *out = &table->base;
    return SQLITE_OK;
}

static int disconnect_table(sqlite3_vtab *base)
{
    struct event_table *table = (struct event_table *)base;
    segment_reader_fini(&table->reader);
    sqlite3_free(table);
    return SQLITE_OK;
}

/* --- the plan -------------------------------------------------------------- */

/* What is compared on codes and numbers; anything else SQLite does itself. */
static enum event_test test_of(sqlite3_index_info *plan, int constraint)
{
    int column = plan->aConstraint[constraint].iColumn;
    int operation = plan->aConstraint[constraint].op;
    bool binary = !strcmp(sqlite3_vtab_collation(plan, constraint), "BINARY");
    if (column == EVENT_COLUMN_TIME_US || column == EVENT_COLUMN_ROWID) {
        switch (operation) {
        case SQLITE_INDEX_CONSTRAINT_EQ:
            return EVENT_EQUAL;
        case SQLITE_INDEX_CONSTRAINT_GE:
        case SQLITE_INDEX_CONSTRAINT_GT:
            return EVENT_FROM;
        case SQLITE_INDEX_CONSTRAINT_LE:
        case SQLITE_INDEX_CONSTRAINT_LT:
            return EVENT_UNTIL;
        default:
            return EVENT_NO_TEST;
        }
    }
    if (operation != SQLITE_INDEX_CONSTRAINT_EQ || !event_column_testable(column))
        return EVENT_NO_TEST;
    return column == EVENT_COLUMN_HIT || column == EVENT_COLUMN_SOURCE || binary
               ? EVENT_EQUAL
               : EVENT_NO_TEST;
}

static double share_of(enum event_test test, int column)
{
    if (test != EVENT_EQUAL)
        return 0.25;
    return column == EVENT_COLUMN_ROWID ? 1e-7 : 0.05;
}

/* idxStr: two bytes a test, its kind and its column + 2. */
static int plan_query(sqlite3_vtab *base, sqlite3_index_info *plan)
{
    (void)base;
    char *tests = sqlite3_malloc64(2 * EVENT_TESTS_MAX + 1);
    if (!tests)
        return SQLITE_NOMEM;
    int count = 0;
    double rows = 1e7;
    for (int i = 0; i < plan->nConstraint && count < EVENT_TESTS_MAX; i++) {
        enum event_test test =
            plan->aConstraint[i].usable ? test_of(plan, i) : EVENT_NO_TEST;
        if (test == EVENT_NO_TEST)
            continue;
        int column = plan->aConstraint[i].iColumn;
        tests[2 * count] = (char)test;
        tests[2 * count + 1] = (char)(column + 2);
        plan->aConstraintUsage[i].argvIndex = ++count;
        rows *= share_of(test, column);
    }
    tests[2 * count] = '\0';
    plan->idxNum = count;
    plan->idxStr = tests;
    plan->needToFreeIdxStr = 1;
    plan->estimatedRows = rows < 1 ? 1 : (sqlite3_int64)rows;
    plan->estimatedCost = rows + 1e5;
    plan->orderByConsumed = plan->nOrderBy == 1 &&
                            plan->aOrderBy[0].iColumn == EVENT_COLUMN_ROWID &&
                            !plan->aOrderBy[0].desc;
    return SQLITE_OK;
}

/* --- the rows -------------------------------------------------------------- */

static int failed(struct table_cursor *cursor, const struct error *error)
{
    sqlite3_vtab *table = cursor->base.pVtab;
    sqlite3_free(table->zErrMsg);
    table->zErrMsg = sqlite3_mprintf("%s", error->message);
    switch (error->code) {
    case ERROR_MEMORY:
        return SQLITE_NOMEM;
    case ERROR_INTERRUPTED:
        return SQLITE_INTERRUPT;
    default:
        return SQLITE_CORRUPT_VTAB;
    }
}

static int open_cursor(sqlite3_vtab *base, sqlite3_vtab_cursor **out)
{
    struct table_cursor *cursor = sqlite3_malloc64(sizeof *cursor);
    if (!cursor)
        return SQLITE_NOMEM;
    memset(cursor, 0, sizeof *cursor);
    event_cursor_init(&cursor->events, &((struct event_table *)base)->reader);
    *out = &cursor->base;
    return SQLITE_OK;
}

static int close_cursor(sqlite3_vtab_cursor *base)
{
    event_cursor_fini(&((struct table_cursor *)base)->events);
    sqlite3_free(base);
    return SQLITE_OK;
}

static int filter_rows(sqlite3_vtab_cursor *base, int count, const char *tests,
                       int value_count, sqlite3_value **values)
{
    struct table_cursor *cursor = (struct table_cursor *)base;
    struct error error = {0};
    event_cursor_restart(&cursor->events);
    for (int i = 0; i < count && i < value_count; i++) {
        if (event_cursor_test(&cursor->events, (enum event_test)tests[2 * i],
                              tests[2 * i + 1] - 2, values[i], &error))
            return failed(cursor, &error);
    }
    return event_cursor_begin(&cursor->events, &error) ? failed(cursor, &error)
                                                       : SQLITE_OK;
}

static int next_row(sqlite3_vtab_cursor *base)
{
    struct table_cursor *cursor = (struct table_cursor *)base;
    struct error error = {0};
    return event_cursor_next(&cursor->events, &error) ? failed(cursor, &error)
                                                      : SQLITE_OK;
}

static int at_end(sqlite3_vtab_cursor *base)
{
    return ((struct table_cursor *)base)->events.ended;
}

static int row_id(sqlite3_vtab_cursor *base, sqlite3_int64 *out)
{
    *out = event_cursor_rowid(&((struct table_cursor *)base)->events);
    return SQLITE_OK;
}

static int column_value(sqlite3_vtab_cursor *base, sqlite3_context *context, int column)
{
    struct table_cursor *cursor = (struct table_cursor *)base;
    struct error error = {0};
    return event_cursor_column(&cursor->events, column, context, &error)
               ? failed(cursor, &error)
               : SQLITE_OK;
}

int event_table_register(sqlite3 *db)
{
    /* Without xCreate it is there under its own name, and needs no CREATE. */
    static const sqlite3_module module = {
        .iVersion = 1,
        .xConnect = connect_table,
        .xBestIndex = plan_query,
        .xDisconnect = disconnect_table,
        .xOpen = open_cursor,
        .xClose = close_cursor,
        .xFilter = filter_rows,
        .xNext = next_row,
        .xEof = at_end,
        .xColumn = column_value,
        .xRowid = row_id,
    };
    int code = sqlite3_create_module_v2(db, "event", &module, NULL, NULL);
    if (code != SQLITE_OK)
        return code;
    /* Declares its columns now: an authorizer that lets nothing be created would
     * forbid it later. */
    sqlite3_stmt *statement = NULL;
    code = sqlite3_prepare_v2(db, "SELECT 1 FROM event", -1, &statement, NULL);
    sqlite3_finalize(statement);
    return code;
}
