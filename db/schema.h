/*
 * schema.h - the layout of the case, as ordered migrations.
 *
 * migration[0] makes version 1, and so on; PRAGMA user_version says how many have
 * run.  Shipped migrations are never edited.
 */
#ifndef DB_SCHEMA_H
#define DB_SCHEMA_H

#include <stddef.h>

extern const char *const schema_migrations[];
extern const size_t schema_version;

#endif
