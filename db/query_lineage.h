/*
 * query_lineage.h - who is behind an operation, out of all events of the case.
 *
 * A question of core/lineage is a scan of codes over the segments: some tens of
 * milliseconds each for ten million events, without an index.
 */
#ifndef DB_QUERY_LINEAGE_H
#define DB_QUERY_LINEAGE_H

#include "core/lineage.h"
#include "db/query.h"

/* Texts in the arena. */
int query_lineage(struct case_file *handle, const struct hit_row *hit,
                  struct arena *arena, struct lineage *out, struct error *error);

/* Operations of the same actor with the same credential, address and service have one
 * lineage, but for the act itself. */
bool query_lineage_same(const struct event *a, const struct event *b);

#endif
