/*
 * query_context.h - the events around an act, out of all events of the case.
 *
 * Those within a span of time that share the act's actor, credential, address, session
 * issuer or resource, in order of time, with the telling ones named.  The span bounds
 * which segments are read at all; the rest is a scan of codes, so a page of an hour out
 * of ten million events is some milliseconds.
 */
#ifndef DB_QUERY_CONTEXT_H
#define DB_QUERY_CONTEXT_H

#include "core/context.h"
#include "db/query_event.h"

enum {
    /* Events found that are put in order; of more, the earliest are shown and all are
     * counted. */
    LIMIT_CONTEXT_EVENTS = 200000,
};

struct context_scope {
    struct slice ties[CONTEXT_TIE_COUNT]; /* what the act has; blank: no tie */
    int64_t from_us, until_us;            /* inclusive */
    bool telling_only;
};

/* From when until when an act goes on, EVENT_TIME_NONE: not known. */
struct context_span {
    int64_t from_us, until_us;
};
/* The ties of an act, `margin_us` before and after its span. One without a time has no
 * surroundings: from_us > until_us. */
struct context_scope context_scope_of(const struct event *event,
                                      struct context_span span, int64_t margin_us);
/* The ties of a mirror's operations in place of those of the scope, each of the first
 * that has it; texts in the arena.  Without operations the scope stays as it is. */
int context_scope_tie_mirror(struct case_file *handle, struct slice mirror,
                             unsigned segment, struct arena *arena,
                             struct context_scope *scope, struct error *error);

struct context_row {
    struct event_row at;
    unsigned ties;       /* 1 << context_tie */
    const char *telling; /* NULL: not */
};
struct context_list {
    struct context_row *rows;
    size_t count;
    uint64_t offset, total;  /* total: that can be shown */
    uint64_t found, telling; /* of the span, whatever is shown */
};
int query_context(struct case_file *handle, const struct context_scope *scope,
                  uint64_t offset, size_t limit, struct arena *arena,
                  struct context_list *out, struct error *error);

#endif
