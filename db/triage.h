/*
 * triage.h - what analysts do to a case: approvals, and the journal of it all.
 *
 * Every change is one transaction that also appends to the journal.  After a change
 * of approvals, or when hits were added, the standing of the affected operations is
 * worked out again and stored with them, so that no list joins approvals.
 */
#ifndef DB_TRIAGE_H
#define DB_TRIAGE_H

#include "core/approval.h"
#include "db/case.h"
#include "db/query.h"

struct analyst {
    struct slice name;
    struct slice host;
};

/* Checks, stores and applies; approval->id is set. */
int triage_approve(struct case_file *handle, const struct analyst *who, int64_t now_us,
                   struct approval *approval, struct error *error);
int triage_set_enabled(struct case_file *handle, const struct analyst *who,
                       int64_t now_us, int64_t approval, bool enabled,
                       struct error *error);
/* A proposal for the operations of the scope (approval_propose), not stored. */
int triage_propose(struct case_file *handle, const struct hit_scope *scope,
                   struct slice operation_id, struct arena *arena, struct approval *out,
                   struct error *error);
/* Takes back the analyst's own last change that is not taken back yet; where somebody
 * else has changed the same approval since, theirs stands.  *what: in words, unescaped.
 */
int triage_undo(struct case_file *handle, const struct analyst *who, int64_t now_us,
                struct arena *arena, struct slice *what, struct error *error);

struct approval_row {
    struct approval approval;
    uint64_t covers; /* operations */
};
struct approval_list {
    struct approval_row *rows;
    size_t count;
};
/* At most LIMIT_APPROVALS, in order of id. */
int triage_approvals(struct case_file *handle, struct arena *arena,
                     struct approval_list *out, struct error *error);

/*
 * Works out the standing of operations again: all, or those not yet judged (newly
 * loaded).  The covering approval of lowest id decides; newly-covered (loaded after the
 * entry, not opened by anyone) comes before retroactive (entry made after the event).
 * Where none covers, the nearest miss is kept in words.  Inside the caller's
 * transaction.
 */
int triage_refresh(struct case_file *handle, bool only_new, struct error *error);
/* An analyst has opened it: a newly-covered operation is covered, or retroactive, from
 * now on. */
int triage_mark_seen(struct case_file *handle, struct slice operation_id,
                     struct error *error);

#endif
