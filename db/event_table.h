/*
 * event_table.h - the virtual table `event`: all events of the case in SQL.
 *
 * Columns, in this order: rowid (segment * 16384 + place), hit (0/1), time (RFC
 * 3339 text or NULL), time_us, time_quality, provider, outcome, lifecycle, every
 * text field of EVENT_FIELDS by name, source (id), offset, length.  Enumerations are
 * their names, as in exports.  Fields kept for hits alone are read from their record,
 * else NULL.  time_text is left out of the segments where it is just how the time is
 * printed, and printed here.  Events of a doubled source are passed over.  Reads only
 * the columns that a statement names; bounds on time_us and equality on provider,
 * outcome, lifecycle, hit and text columns are decided on codes before any text is
 * made.
 */
#ifndef DB_EVENT_TABLE_H
#define DB_EVENT_TABLE_H

#include "db/case.h"

/* Called by case_open for every connection. */
int event_table_register(sqlite3 *db);

#endif
