/*
 * doubled.h - sources whose events are those of another source: what counts events
 * passes over them.  Internal to db/.
 */
#ifndef DB_DOUBLED_H
#define DB_DOUBLED_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/error.h"

struct doubled {
    int64_t *ids; /* in order */
    size_t count, room;
};

/* Those of the case by now, in place of what was read before. */
int doubled_read(struct doubled *doubled, sqlite3 *db, struct error *error);
bool doubled_has(const struct doubled *doubled, int64_t source);
void doubled_free(struct doubled *doubled);

#endif
