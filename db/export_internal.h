/*
 * export_internal.h - what the exports share.  Internal to db/.
 */
#ifndef DB_EXPORT_INTERNAL_H
#define DB_EXPORT_INTERNAL_H

#include "db/row_writer.h"
#include "db/source_check.h"
#include "db/statement.h"

/* A column of a statement's row, as SQLite has it. */
struct cell export_column(sqlite3_stmt *statement, int column, const char *name,
                          struct arena *arena);

/* Counts a record whose source does not stand as it must; false: it is not handed out.
 * A record in the case needs no source, but none that has changed. */
static inline bool export_raw_stands(struct export_raw *raw,
                                     enum source_condition condition, bool in_case)
{
    raw->changed += condition == SOURCE_CHANGED;
    raw->missing += condition == SOURCE_MOVED && !in_case;
    return condition != SOURCE_CHANGED && (condition != SOURCE_MOVED || in_case);
}

#endif
