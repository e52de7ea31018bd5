/*
 * request.h - what the screens ask of the case, and what comes back.
 *
 * A request owns copies of all that it needs; a result owns its rows.  Both travel
 * between the screen's thread and the worker by pointer, each with one owner at a
 * time.  `generation` comes back unchanged: the screen drops what it no longer waits
 * for.
 */
#ifndef TUI_REQUEST_H
#define TUI_REQUEST_H

#include "db/coverage_grid.h"
#include "db/query.h"
#include "db/query_mirrors.h"
#include "db/query_context.h"
#include "db/query_event.h"
#include "db/query_lineage.h"
#include "db/query_tally.h"
#include "db/raw_search.h"
#include "db/triage.h"

enum request_kind {
    REQUEST_OVERVIEW, /* summary and histogram */
    REQUEST_GROUPS,
    REQUEST_HITS,
    REQUEST_HIT,
    REQUEST_LINEAGE, /* of operation_id */
    REQUEST_APPROVALS,
    REQUEST_SOURCES,
    REQUEST_REJECTS, /* of source */
    REQUEST_TIMELINE,
    REQUEST_MIRRORS,
    REQUEST_MIRROR, /* with its operations, in hits */
    REQUEST_CONTEXT,
    REQUEST_COVERAGE,
    REQUEST_TALLY,
    REQUEST_EVENTS,
    REQUEST_SEARCH, /* of needle in all raw records */
    REQUEST_EVENT,  /* by its rowid */
    REQUEST_PROOF,  /* whether a source is as it was, by its hash: may take long */
    REQUEST_NEWS,   /* has somebody else written to the case? */
    REQUEST_FIND,
    REQUEST_PROPOSE,
    /* These write. */
    REQUEST_APPROVE,
    REQUEST_SET_ENABLED,
    REQUEST_UNDO,
    REQUEST_MARK_SEEN,
    REQUEST_RELOCATE,
    REQUEST_KIND_COUNT
};

static inline bool request_writes(enum request_kind kind)
{
    return kind >= REQUEST_APPROVE;
}

/* What waits until nothing else is asked, and is asked again where it was stopped. */
static inline bool request_gives_way(enum request_kind kind)
{
    return kind == REQUEST_PROOF;
}

/* hit_scope by value: the filter as its text, which has been checked already. */
struct request_scope {
    struct slice filter;
    int64_t last_event_us;
    bool hide_approved, one_group;
    struct slice actor;
    enum provider provider;
};

struct request {
    enum request_kind kind;
    uint64_t generation;
    struct arena arena;
    struct request_scope scope;
    int sort;
    bool descending;
    uint64_t offset;
    int64_t source;
    size_t limit;
    bool present;           /* mirrors that have not ended */
    struct slice mirror_id; /* and segment */
    unsigned mirror_segment;
    int64_t from_us, step_us; /* of the timeline; limit: its steps */
    int64_t until_us, rowid;  /* of events */
    /* Where is this row now?  An operation's id, or actor and provider of a group. */
    bool anchored;
    struct slice anchor;
    enum provider anchor_provider;
    uint64_t known_total;
    struct slice needle;
    enum request_kind listed; /* where it is looked for: a list that request_finds */
    struct slice operation_id;
    int64_t approval_id;
    bool enabled;
    struct approval approval;
    struct context_scope context;    /* texts in the arena */
    struct slice from_path, to_path; /* of a relocation */
    struct slice from_folder;        /* what moved, where to_path is a folder */
    enum filter_key key;             /* what is counted by */
};

struct result {
    enum request_kind kind;
    uint64_t generation;
    struct arena arena;
    bool partial; /* not the answer yet: how far it is */
    uint64_t done, all;
    bool failed;
    struct error error;
    int64_t anchor_position; /* -1: not asked, or not found */
    struct case_summary summary;
    struct histogram histogram;
    struct group_list groups;
    struct hit_list hits;
    struct hit_row hit;
    struct evidence_list evidence;
    struct lineage lineage;
    struct context_list context;
    struct coverage_grid coverage;
    struct tally_list tally;
    struct raw_search_list search;
    struct event_list events;
    struct event_found event;
    enum source_condition condition;
    struct relocated relocated;
    struct approval_list approvals;
    struct source_list sources;
    struct reject_list rejects;
    struct mirror_counts mirror_counts;
    struct mirror_rows mirrors;
    struct timeline timeline;
    struct position_list positions;
    struct approval approval;
    struct slice what;
    int64_t data_version; /* another number: somebody has */
};

/* Whether the case can say where a list of this kind holds a text (REQUEST_FIND). */
bool request_finds(enum request_kind kind);

struct request *request_new(enum request_kind kind);
void request_free(struct request *request);
void request_set_scope(struct request *request, const struct request_scope *scope);
void request_set_approval(struct request *request, const struct approval *approval);

struct result *result_new(const struct request *request);
void result_free(struct result *result);

/* Who asks, for what is written. */
struct request_context {
    struct analyst analyst;
    int64_t now_us;
    const struct query_progress *progress; /* NULL: nobody is told */
};

/* Answers with the handle's case.  NULL: no memory for an answer. */
struct result *request_run(const struct request *request, struct case_file *handle,
                           const struct request_context *context);

#endif
