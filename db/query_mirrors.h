/*
 * query_mirrors.h - the ledger as screens, reports and exports ask for it: windows
 * over a total order, as query.h has for hits.
 */
#ifndef DB_QUERY_MIRRORS_H
#define DB_QUERY_MIRRORS_H

#include "core/mirror.h"
#include "db/query.h"

struct mirror_scope {
    const struct filter *filter;  /* NULL: all */
    const struct hit_scope *hits; /* NULL: all; else those of its operations */
    bool present;                 /* only what has not ended */
    bool past;                    /* only what has */
};

enum mirror_sort {
    MIRROR_BY_URGENCY, /* live first, foreign before unknown, the newest on top */
    MIRROR_BY_SINCE,
    MIRROR_BY_ACTOR,
    MIRROR_BY_DESTINATION,
    MIRROR_BY_ACCOUNT,
    MIRROR_SORT_COUNT
};

/* One stretch of a mirror, with its standing. */
struct mirror_row {
    int64_t id;           /* of the row: until the next load */
    struct mirror mirror; /* operations: not filled, see query_mirror_operations */
    enum time_quality since_quality; /* TIME_NONE: no operation tells the time */
    int64_t as_of_us; /* of what has not ended: the last event of its logs */
    int64_t approval; /* 0: none */
    struct slice approval_state, approval_ticket;
    int64_t overstay_us;  /* a live mirror's time beyond its approval's end; 0: none */
    struct slice hit_ids; /* ';' between */
};
struct mirror_rows {
    struct mirror_row *rows;
    size_t count;
    uint64_t offset, total;
};
int query_mirrors(struct case_file *handle, const struct mirror_scope *scope,
                  enum mirror_sort sort, bool descending, uint64_t offset, size_t limit,
                  struct arena *arena, struct mirror_rows *out, struct error *error);
/* Positions in that list, as of query_find_groups. */
int query_find_mirrors(struct case_file *handle, const struct mirror_scope *scope,
                       enum mirror_sort sort, bool descending, struct slice needle,
                       size_t limit, struct arena *arena, struct position_list *out,
                       struct error *error);

/* What the head of the dashboard and of a report says. */
struct mirror_counts {
    uint64_t states[MIRROR_STATE_COUNT]; /* of what has not ended, and MIRROR_ENDED */
    uint64_t live_foreign, live_unknown; /* live ones, by destination */
    uint64_t overstayed;
    uint64_t foreign_open; /* foreign, not ended, and without an approval */
};
int query_mirror_counts(struct case_file *handle, const struct mirror_scope *scope,
                        struct mirror_counts *out, struct error *error);

/* One row by its mirror and segment; none where there is no such row. */
int query_mirror(struct case_file *handle, struct slice mirror, unsigned segment,
                 struct arena *arena, struct mirror_rows *out, struct error *error);
/* The operations of one row, in order of time. */
int query_mirror_operations(struct case_file *handle, int64_t mirror,
                            struct arena *arena, struct hit_list *out,
                            struct error *error);
/* Rows that an operation had to do with, by urgency. */
int query_operation_mirrors(struct case_file *handle, struct slice operation,
                            struct arena *arena, struct mirror_rows *out,
                            struct error *error);

#endif
