/*
 * query.h - what screens, reports and exports ask of a case.
 *
 * Every list is a window (offset, limit) over a total order, so a key press never
 * reads more than a screen.  Results live in the caller's arena; texts are as in the
 * log, not escaped.  A handle is used by one thread.  No read transaction outlives a
 * call.  Long calls can be stopped from another thread with sqlite3_interrupt:
 * ERROR_INTERRUPTED.
 */
#ifndef DB_QUERY_H
#define DB_QUERY_H

#include "core/approval.h"
#include "core/filter.h"
#include "db/case.h"

struct case_summary {
    uint64_t events, records, skipped, unknown, damaged;
    uint64_t sources, partial, failed, loading;
    int64_t first_us, last_us; /* of all events */
    uint64_t hits, approved, attempts, open;
};
int query_summary(struct case_file *handle, struct case_summary *out,
                  struct error *error);

/*
 * What the counts mean, everywhere: approved operations are those that an approval
 * covers, in whatever state (covered, newly-covered, retroactive); open ones are all
 * others, attempts included: an attempt is an intent that somebody must judge.
 */

/* Whether an open operation is left (overstayed ones are open), or a foreign mirror
 * that no approval names: what --exit-code asks. */
int query_left_to_decide(struct case_file *handle, bool *left, struct error *error);

/* Which operations: one filter for every list. */
struct hit_scope {
    const struct filter *filter; /* NULL: all */
    bool hide_approved;
    /* One group of the first screen; absent actor = the group without an actor. */
    bool one_group;
    struct slice actor;
    enum provider provider;
};

/* The hits of a scope, counted. */
struct hit_counts {
    uint64_t lifecycle[LIFECYCLE_COUNT];
    uint64_t hits, approved, attempts, open;
};
int query_counts(struct case_file *handle, const struct hit_scope *scope,
                 struct hit_counts *out, struct error *error);

/* How its live mirrors stand, the worst of them: what the first screen sorts by. */
enum group_standing {
    STANDING_NONE, /* none of its operations has to do with a live mirror */
    STANDING_LIVE, /* to a destination of our own */
    STANDING_LIVE_UNKNOWN,
    STANDING_LIVE_FOREIGN,
};

enum group_sort {
    GROUP_BY_URGENCY, /* foreign live mirrors before unknown ones, then the last seen */
    GROUP_BY_LAST,
    GROUP_BY_FIRST,
    GROUP_BY_ACTOR,
    GROUP_BY_COUNT,
    GROUP_BY_OPEN,
    GROUP_SORT_COUNT
};

struct group_row {
    struct slice actor;
    enum provider provider;
    struct slice account; /* one of them; accounts says how many */
    uint64_t accounts;
    uint64_t lifecycle[LIFECYCLE_COUNT];
    uint64_t hits, approved, attempts, open;
    int64_t first_us, last_us;
    enum group_standing standing; /* of all its operations, whatever the scope */
};
struct group_list {
    struct group_row *rows;
    size_t count;
    uint64_t offset, total; /* total: groups in all */
};
int query_groups(struct case_file *handle, const struct hit_scope *scope,
                 enum group_sort sort, bool descending, uint64_t offset, size_t limit,
                 struct arena *arena, struct group_list *out, struct error *error);

enum operation_sort {
    OPERATION_BY_TIME,
    OPERATION_BY_NAME,
    OPERATION_BY_LIFECYCLE,
    OPERATION_BY_OUTCOME,
    OPERATION_BY_ADDRESS,
    OPERATION_SORT_COUNT
};

/* One row of a list or an export of hits. */
struct hit_row {
    struct slice id;
    struct operation operation;
    int64_t approval; /* 0: none */
    struct slice approval_state, approval_ticket, near_miss;
    /* Of the ledger's mirror that it had to do with; absent where there is none. */
    struct slice mirror, foreign;
};
/* What it opened outlives its approval: it is left to decide again. */
static inline bool hit_is_overstayed(const struct hit_row *row)
{
    return slice_equal(row->approval_state, SLICE("overstayed"));
}
struct hit_list {
    struct hit_row *rows;
    size_t count;
    uint64_t offset, total;
};
int query_hits(struct case_file *handle, const struct hit_scope *scope,
               enum operation_sort sort, bool descending, uint64_t offset, size_t limit,
               struct arena *arena, struct hit_list *out, struct error *error);

/*
 * All hits of a scope in the case's own order (time, provider, event id, id), one at a
 * time and out of one snapshot, whatever a loader does meanwhile; memory does not grow
 * with them.  visit returns 0 to go on, 1 to stop, -1 with *error filled; row and arena
 * are valid until it returns.
 */
typedef int (*hit_visit)(void *payload, const struct hit_row *row, struct arena *arena,
                         struct error *error);
int query_each_hit(struct case_file *handle, const struct hit_scope *scope,
                   hit_visit visit, void *payload, struct error *error);

/* Evidence of one operation: its marked records, in order of time. */
struct evidence_row {
    struct slice path, member, form_chain, sha256, form, time_text;
    int64_t source;
    uint64_t offset, length;
    int64_t time_us;
    enum outcome outcome;
    struct slice raw;
};
struct evidence_list {
    struct evidence_row *rows;
    size_t count;
};
int query_evidence(struct case_file *handle, struct slice operation_id, bool with_raw,
                   struct arena *arena, struct evidence_list *out, struct error *error);
/* ERROR_INPUT where there is no such operation; a unique prefix of an id will do. */
int query_hit(struct case_file *handle, struct slice operation_id, struct arena *arena,
              struct hit_row *out, struct error *error);

/*
 * Positions in the list, as query_groups or query_hits orders it, of the rows whose
 * shown text contains `needle` without case; at most `limit` of them.
 */
struct position_list {
    uint64_t *positions;
    size_t count;
    bool more;
};
int query_find_groups(struct case_file *handle, const struct hit_scope *scope,
                      enum group_sort sort, bool descending, struct slice needle,
                      size_t limit, struct arena *arena, struct position_list *out,
                      struct error *error);
int query_find_hits(struct case_file *handle, const struct hit_scope *scope,
                    enum operation_sort sort, bool descending, struct slice needle,
                    size_t limit, struct arena *arena, struct position_list *out,
                    struct error *error);

/* Hits in equal steps of time between the first and the last one. */
struct histogram {
    int64_t first_us, step_us;
    uint64_t *counts;
    size_t count;
};
int query_histogram(struct case_file *handle, const struct hit_scope *scope,
                    size_t steps, struct arena *arena, struct histogram *out,
                    struct error *error);

/*
 * All events that have a time, and the hits among them, in equal steps: the timeline.
 * hits are records, before merging.
 */
struct timeline {
    int64_t from_us, step_us;
    size_t count;
    uint64_t *events, *hits; /* of each step */
    uint64_t total, total_hits;
};
/*
 * `count` steps of step_us from from_us on.  filter: NULL or one for all events: keys
 * of hits alone are refused, ERROR_UNSUPPORTED with the column.
 */
int query_timeline(struct case_file *handle, const struct filter *filter,
                   int64_t from_us, int64_t step_us, size_t count, struct arena *arena,
                   struct timeline *out, struct error *error);

struct source_row {
    int64_t id;
    struct slice path, member, aliases, sha256, forms, status, reason, options,
        loaded_by, host, tool_version;
    uint64_t bytes, unpacked_bytes, records, events, skipped, unknown, damaged, hits;
    int64_t mtime_us, first_us, last_us, loaded_us;
};
struct source_list {
    struct source_row *rows;
    size_t count;
    uint64_t offset, total;
};
/* How a source is to be called: its status, but "empty" where nothing was in it. */
struct slice source_word(const struct source_row *row);
/* In order of path and member. */
int query_sources(struct case_file *handle, uint64_t offset, size_t limit,
                  struct arena *arena, struct source_list *out, struct error *error);

/* Positions in that list, as of query_find_groups. */
int query_find_sources(struct case_file *handle, struct slice needle, size_t limit,
                       struct arena *arena, struct position_list *out,
                       struct error *error);

/* Those of them that were not read in full: partial, failed, or still loading. */
int query_unfinished_sources(struct case_file *handle, uint64_t offset, size_t limit,
                             struct arena *arena, struct source_list *out,
                             struct error *error);

/* Operations with a record in the last source of this path, which is another where the
 * file was changed; member: "" for the file itself. */
int query_source_hits(struct case_file *handle, struct slice path, struct slice member,
                      uint64_t *hits, struct error *error);

struct reject_row {
    struct slice path, member, kind, reason, bytes;
    uint64_t offset, length;
};
struct reject_list {
    struct reject_row *rows;
    size_t count;
    uint64_t offset_row, total;
};
/* source 0: of all. */
int query_rejects(struct case_file *handle, int64_t source, uint64_t offset,
                  size_t limit, struct arena *arena, struct reject_list *out,
                  struct error *error);
int query_find_rejects(struct case_file *handle, int64_t source, struct slice needle,
                       size_t limit, struct arena *arena, struct position_list *out,
                       struct error *error);

#endif
