/*
 * coverage.h - what the logs of a case show, so that "no hit" is never read as "no
 * mirror".
 */
#ifndef DB_COVERAGE_H
#define DB_COVERAGE_H

#include "core/event.h"
#include "db/case.h"

struct value_list {
    struct slice *values;
    size_t count;
    bool more;
};

/*
 * The distinct values of a field over all events, in byte order, at most `limit`.
 * Read from the case's dictionary, so the cost does not grow with the events; a field
 * whose dictionary is full says so by `more`.
 */
int coverage_values(struct case_file *handle, enum event_field field, size_t limit,
                    struct arena *arena, struct value_list *out, struct error *error);

#endif
