/*
 * query_event.h - any events of the case, hits or not, in order of time, and one of
 * them with all that is known of it.
 *
 * A window of the list costs a scan of the times and of what the filter names; events
 * without a time come last, those of one time as they were loaded.
 */
#ifndef DB_QUERY_EVENT_H
#define DB_QUERY_EVENT_H

#include "db/query.h"
#include "db/raw_reader.h"

struct event_row {
    int64_t rowid;      /* of the table event: it stays as it is */
    struct event event; /* texts in the arena */
    bool hit;
    int64_t source;
    struct record_place place;
};

struct events_scope {
    const struct filter *filter; /* NULL: all; keys of hits alone are refused */
    int64_t from_us, until_us; /* inclusive; INT64_MIN to INT64_MAX: all, those without
                                  a time as well */
};
struct event_list {
    struct event_row *rows;
    size_t count;
    uint64_t offset, total;
};
int query_events(struct case_file *handle, const struct events_scope *scope,
                 uint64_t offset, size_t limit, struct arena *arena,
                 struct event_list *out, struct error *error);

/* Positions in that list, as of query_find_groups, of events a field of which holds
 * `needle`: two scans of all of them. */
int query_find_events(struct case_file *handle, const struct events_scope *scope,
                      struct slice needle, size_t limit, struct arena *arena,
                      struct position_list *out, struct error *error);

/* One event, and its raw record where it can be had (raw_reader.h, SOURCE_LOOK). */
struct event_found {
    struct event_row row;
    struct slice sha256;    /* of its source; absent with --no-hash */
    struct slice operation; /* the id of a hit's */
    struct raw_found raw;
};
/* ERROR_INPUT where there is no such event. */
int query_event(struct case_file *handle, int64_t rowid, struct arena *arena,
                struct event_found *out, struct error *error);

#endif
