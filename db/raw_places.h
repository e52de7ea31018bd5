/*
 * raw_places.h - from places in the sources to the events whose records are there.
 *
 * Costs one pass over the places of all events, of which only those of a source that
 * has a place are compared.  Internal to db/.
 */
#ifndef DB_RAW_PLACES_H
#define DB_RAW_PLACES_H

#include "db/query_event.h"

struct raw_place {
    int64_t source;
    uint64_t offset; /* in its unpacked bytes */
};

/* Puts the places in order.  out: the earliest `limit` of the events; total: all. */
int raw_places_events(struct case_file *handle, struct raw_place *places, size_t count,
                      size_t limit, struct arena *arena, struct event_list *out,
                      struct error *error);

#endif
