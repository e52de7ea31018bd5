#include "config.h"

#include "db/triage.h"

#include <stdlib.h>

#include "db/approval_store.h"
#include "db/journal.h"
#include "db/statement.h"

int triage_approvals(struct case_file *handle, struct arena *arena,
                     struct approval_list *out, struct error *error)
{
    return approval_store_list(handle, arena, out, error);
}

/* Ends the transaction: commits where `result` is 0. */
static int settle(struct case_file *handle, int result, struct error *error)
{
    if (!result && !case_commit(handle, error))
        return 0;
    case_rollback(handle);
    return -1;
}

/* By its key: the number may be another one after a merge. */
static struct slice approval_subject(const struct approval *approval,
                                     struct arena *arena)
{
    char key[APPROVAL_KEY_BYTES];
    return approval_key(approval, key) ? SLICE_NONE
                                       : arena_copy(arena, slice_from(key));
}

static int store_approval(struct case_file *handle, const struct analyst *who,
                          int64_t now_us, struct approval *approval,
                          struct arena *arena, struct error *error)
{
    if (approval_store_insert(handle, approval, error))
        return -1;
    struct journal_entry entry = {
        .action = "approve",
        .subject = approval_subject(approval, arena),
        .after = approval_json(approval, arena),
    };
    if (journal_append(handle, who, now_us, &entry, error))
        return -1;
    return triage_refresh(handle, false, error);
}

int triage_approve(struct case_file *handle, const struct analyst *who, int64_t now_us,
                   struct approval *approval, struct error *error)
{
    if (slice_blank(approval->created_by))
        approval->created_by = who->name;
    approval->created_us = now_us;
    if (approval_validate(approval, error) || case_begin(handle, error))
        return -1;
    struct arena arena;
    arena_init(&arena);
    int result = store_approval(handle, who, now_us, approval, &arena, error);
    arena_fini(&arena);
    return settle(handle, result, error);
}

static int switch_approval(struct case_file *handle, const struct analyst *who,
                           int64_t now_us, int64_t id, bool enabled, const char *action,
                           struct slice subject, struct arena *arena,
                           struct error *error)
{
    struct approval approval;
    if (approval_store_get(handle, id, arena, &approval, error))
        return -1;
    if (approval.enabled == enabled)
        return 0;
    struct slice before = approval_json(&approval, arena);
    approval.enabled = enabled;
    struct journal_entry entry = {
        .action = action,
        .subject =
            slice_present(subject) ? subject : approval_subject(&approval, arena),
        .before = before,
        .after = approval_json(&approval, arena),
    };
    if (approval_store_enable(handle, id, enabled, now_us, error) ||
        journal_append(handle, who, now_us, &entry, error))
        return -1;
    return triage_refresh(handle, false, error);
}

int triage_set_enabled(struct case_file *handle, const struct analyst *who,
                       int64_t now_us, int64_t approval, bool enabled,
                       struct error *error)
{
    struct arena arena;
    if (case_begin(handle, error))
        return -1;
    arena_init(&arena);
    int result =
        switch_approval(handle, who, now_us, approval, enabled,
                        enabled ? "enable" : "disable", SLICE_NONE, &arena, error);
    arena_fini(&arena);
    return settle(handle, result, error);
}

int triage_propose(struct case_file *handle, const struct hit_scope *scope,
                   struct slice operation_id, struct arena *arena, struct approval *out,
                   struct error *error)
{
    if (slice_present(operation_id)) {
        struct hit_row row;
        if (query_hit(handle, operation_id, arena, &row, error))
            return -1;
        return approval_propose(&row.operation, 1, arena, out, error);
    }
    struct hit_list list;
    if (query_hits(handle, scope, OPERATION_BY_TIME, false, 0, LIMIT_OPERATION_RECORDS,
                   arena, &list, error))
        return -1;
    if (list.total > list.count)
        return error_set(error, ERROR_LIMIT,
                         "more than %d operations at once; narrow them by a filter",
                         LIMIT_OPERATION_RECORDS);
    struct operation *operations =
        arena_alloc(arena, (list.count ? list.count : 1) * sizeof *operations);
    if (!operations)
        return error_set(error, ERROR_MEMORY, "no memory for the proposal");
    for (size_t i = 0; i < list.count; i++)
        operations[i] = list.rows[i].operation;
    return approval_propose(operations, list.count, arena, out, error);
}

int triage_mark_seen(struct case_file *handle, struct slice operation_id,
                     struct error *error)
{
    static const char sql[] =
        "UPDATE operation SET seen = 1, approval_state ="
        " CASE WHEN approval_state IS NOT 'newly-covered' THEN approval_state"
        "  WHEN time_us < (SELECT created_us FROM approval AS a"
        "   WHERE a.id = operation.approval) THEN 'retroactive'"
        "  ELSE 'covered' END"
        " WHERE id = ? AND seen = 0";
    sqlite3_stmt *statement = statement_prepare(handle, slice_from(sql), error);
    if (!statement)
        return -1;
    statement_bind_text(statement, 1, operation_id);
    int result = sqlite3_step(statement);
    return statement_end(handle, statement, result, "marking an operation", error);
}

/* --- undo ---------------------------------------------------------------------- */

struct change {
    int64_t journal_id, approval;
    bool enables;       /* what the change did to the approval */
    struct slice later; /* who else has changed it since, or absent */
};

/*
 * The analyst's last change that is not undone, and whose hand the approval is in
 * since: an undo names the row that it undoes, the others the approval.  One that left
 * all as it was (no `after`) is nobody's word.
 */
static int find_change(struct case_file *handle, const struct analyst *who,
                       struct arena *arena, struct change *out, bool *found,
                       struct error *error)
{
    static const char sql[] =
        "WITH change AS (SELECT j.id, j.analyst, j.action, j.subject AS row, j.after,"
        "  CASE j.action WHEN 'undo' THEN (SELECT u.subject FROM journal AS u"
        "   WHERE u.id = CAST(j.subject AS INTEGER)) ELSE j.subject END AS approval"
        "  FROM journal AS j WHERE j.action IN ('approve', 'enable', 'disable', 'undo')"
        "   AND j.origin = (SELECT value FROM meta WHERE key = 'uuid'))"
        " SELECT id, (SELECT max(a.id) FROM approval AS a WHERE a.key = c.approval),"
        "  action <> 'disable',"
        "  (SELECT o.analyst FROM change AS o WHERE o.approval = c.approval"
        "   AND o.id > c.id AND o.analyst <> c.analyst AND o.after <> ''"
        "   ORDER BY o.id DESC LIMIT 1)"
        " FROM change AS c WHERE analyst = ?1 AND action <> 'undo'"
        " AND CAST(id AS TEXT) NOT IN (SELECT row FROM change WHERE action = 'undo')"
        " ORDER BY id DESC LIMIT 1";
    sqlite3_stmt *statement = statement_prepare(handle, slice_from(sql), error);
    if (!statement)
        return -1;
    statement_bind_text(statement, 1, who->name);
    int result = sqlite3_step(statement);
    *found = result == SQLITE_ROW;
    if (*found) {
        *out = (struct change){
            .journal_id = sqlite3_column_int64(statement, 0),
            .approval = sqlite3_column_int64(statement, 1),
            .enables = sqlite3_column_int(statement, 2) != 0,
            .later = statement_text(statement, 3, arena),
        };
    }
    return statement_end(handle, statement, result, "reading the journal", error);
}

/* Somebody else's later word stands; the undo is noted, so that the next one reaches
 * the change before. */
static int leave(struct case_file *handle, const struct analyst *who, int64_t now_us,
                 const struct change *change, struct slice subject, struct arena *arena,
                 struct slice *what, struct error *error)
{
    struct journal_entry entry = {.action = "undo", .subject = subject};
    *what = arena_printf(arena, "approval %lld stays as %.*s left it",
                         (long long)change->approval, (int)change->later.length,
                         change->later.data);
    return journal_append(handle, who, now_us, &entry, error);
}

static int undo(struct case_file *handle, const struct analyst *who, int64_t now_us,
                struct arena *arena, struct slice *what, struct error *error)
{
    struct change change;
    bool found;
    if (find_change(handle, who, arena, &change, &found, error))
        return -1;
    if (!found)
        return error_set(error, ERROR_SYNTAX, "there is nothing of yours to undo");
    struct slice subject = arena_printf(arena, "%lld", (long long)change.journal_id);
    if (slice_present(change.later))
        return leave(handle, who, now_us, &change, subject, arena, what, error);
    *what = arena_printf(arena, "approval %lld is %s again", (long long)change.approval,
                         change.enables ? "off" : "on");
    return switch_approval(handle, who, now_us, change.approval, !change.enables,
                           "undo", subject, arena, error);
}

int triage_undo(struct case_file *handle, const struct analyst *who, int64_t now_us,
                struct arena *arena, struct slice *what, struct error *error)
{
    if (case_begin(handle, error))
        return -1;
    return settle(handle, undo(handle, who, now_us, arena, what, error), error);
}
