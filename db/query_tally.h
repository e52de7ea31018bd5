/*
 * query_tally.h - all events of the case counted by the values of one column.
 *
 * Columns are named as filters name them, so what a row shows is what a filter on its
 * value keeps.  Values of the case's dictionaries are counted by their codes; those
 * that came after a dictionary was full are counted by their text, which takes longer:
 * `progress` is told of every segment that is done.
 */
#ifndef DB_QUERY_TALLY_H
#define DB_QUERY_TALLY_H

#include "db/query.h"

/* X(identifier, words) */
#define TALLY_SORTS(X)                                                                 \
    X(TALLY_BY_EVENTS, "number of events")                                             \
    X(TALLY_BY_HITS, "hits")                                                           \
    X(TALLY_BY_VALUE, "value")                                                         \
    X(TALLY_BY_FIRST, "first seen")                                                    \
    X(TALLY_BY_LAST, "last seen")

enum tally_sort {
#define X(identifier, words) identifier,
    TALLY_SORTS(X)
#undef X
        TALLY_SORT_COUNT
};

enum {
    /* Values beyond the dictionary that are told apart, and their bytes; events of
     * more are counted as `others`. */
    LIMIT_TALLY_VALUES = 1000000,
    LIMIT_TALLY_BYTES = 64 * 1024 * 1024,
};

struct tally_row {
    struct slice value; /* SLICE_NONE: of events that have none */
    uint64_t events, hits;
    int64_t first_us, last_us; /* EVENT_TIME_NONE: none has a time */
};

struct tally_list {
    struct tally_row *rows;
    size_t count;
    uint64_t offset, total; /* total: values */
    uint64_t events;        /* in all rows */
    uint64_t most;          /* in the largest of them */
    uint64_t others;        /* of values past the limit, in no row */
};

struct raw_search_list;

/* What a long query tells while it works; may be NULL. */
struct query_progress {
    void (*step)(void *payload, uint64_t done, uint64_t all);
    /* More of a search (raw_search.h): all until now, its rows in the arena, which is
     * the receiver's from then on.  NULL: only the end is wanted. */
    void (*found)(void *payload, const struct raw_search_list *list,
                  struct arena *arena);
    void *payload;
};

struct tally_scope {
    const struct filter *filter; /* NULL: all; keys of hits alone are refused */
    enum filter_key key;         /* a text of events, provider or outcome */
};

/* Rows that are equal in what is sorted by come in a stable order, by their values. */
int query_tally(struct case_file *handle, const struct tally_scope *scope,
                enum tally_sort sort, bool descending, uint64_t offset, size_t limit,
                const struct query_progress *progress, struct arena *arena,
                struct tally_list *out, struct error *error);
/* Positions in that list, as of query_find_groups, of values that hold `needle`. */
int query_find_tally(struct case_file *handle, const struct tally_scope *scope,
                     enum tally_sort sort, bool descending, struct slice needle,
                     size_t limit, struct arena *arena, struct position_list *out,
                     struct error *error);

#endif
