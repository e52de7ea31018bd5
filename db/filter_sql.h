/*
 * filter_sql.h - a filter as a condition of SQL, over `operation` or `event`, whose
 * columns have the same names.  All values are bound, none is pasted.
 */
#ifndef DB_FILTER_SQL_H
#define DB_FILTER_SQL_H

#include "core/filter.h"
#include "db/case.h"

enum filter_target { FILTER_ON_OPERATION, FILTER_ON_EVENT, FILTER_ON_MIRROR };

/* "1" for a filter without terms. In the arena. */
struct slice filter_sql(const struct filter *filter, enum filter_target target,
                        struct arena *arena, struct error *error);
/* Binds the values from *parameter on and moves it past them. */
int filter_bind(const struct filter *filter, enum filter_target target,
                sqlite3_stmt *statement, int *parameter);
/* The SQL functions that conditions use (text without case, address blocks). */
int filter_functions_register(sqlite3 *db);

#endif
