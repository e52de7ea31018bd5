/*
 * statement.h - what every query does with SQLite: prepare, bind, read texts into an
 * arena, and end.  Internal to db/.
 */
#ifndef DB_STATEMENT_H
#define DB_STATEMENT_H

#include "db/query.h"

/* In order of EVENT_FIELDS, separated by commas. */
#define EVENT_COLUMN_LIST                                                              \
    "time_text, form, operation, service, error_code, actor, actor_type, actor_id,"    \
    " session_issuer, source_identity, mfa, via, credential, source_ip, source_text,"  \
    " user_agent, account, region, resource_group, resource, mode, issued, mirror,"    \
    " mirrored, destination, event_id, request_id, correlation_id"

/* What query.h calls approved, open and an attempt: said once. */
#define APPROVED_SQL "coalesce(approval_state, '') NOT IN ('', 'overstayed')"
#define OPEN_SQL "coalesce(approval_state, '') IN ('', 'overstayed')"
#define ATTEMPT_SQL "outcome IN (2, 3, 4)"
_Static_assert(OUTCOME_FAILURE == 2 && OUTCOME_DENIED == 3 && OUTCOME_DRY_RUN == 4,
               "ATTEMPT_SQL names these numbers");

/* Columns of counts, as hit_counts has them. */
#define LIFECYCLE_COUNTS_SQL                                                           \
    "coalesce(sum(lifecycle = 0), 0), coalesce(sum(lifecycle = 1), 0),"                \
    " coalesce(sum(lifecycle = 2), 0), coalesce(sum(lifecycle = 3), 0),"               \
    " coalesce(sum(lifecycle = 4), 0), coalesce(sum(lifecycle = 5), 0),"               \
    " coalesce(sum(lifecycle = 6), 0)"
#define HIT_COUNTS_SQL                                                                 \
    "count(*) AS hits, coalesce(sum(" APPROVED_SQL "), 0) AS approved,"                \
    " coalesce(sum(" ATTEMPT_SQL "), 0) AS attempts,"                                  \
    " coalesce(sum(" OPEN_SQL "), 0) AS open"
_Static_assert(LIFECYCLE_COUNT == 7, "LIFECYCLE_COUNTS_SQL counts seven lifecycles");

/* NULL with *error filled. */
sqlite3_stmt *statement_prepare(struct case_file *handle, struct slice sql,
                                struct error *error);
/* Finalizes. -1 unless `result`, of the last step, is SQLITE_DONE (or a row, where the
 * caller stopped by itself); an interrupt is ERROR_INTERRUPTED. */
int statement_end(struct case_file *handle, sqlite3_stmt *statement, int result,
                  const char *doing, struct error *error);

/* NULL gives SLICE_NONE. */
struct slice statement_text(sqlite3_stmt *statement, int column, struct arena *arena);
/* NULL gives EVENT_TIME_NONE. */
int64_t statement_time(sqlite3_stmt *statement, int column);
uint64_t statement_count(sqlite3_stmt *statement, int column);
/* An absent slice is bound as NULL; the bytes must live until the statement ends. */
int statement_bind_text(sqlite3_stmt *statement, int parameter, struct slice text);
int statement_bind_time(sqlite3_stmt *statement, int parameter, int64_t time_us);

/* "WHERE ..." of a scope over `operation`, in the arena, and its values. */
struct slice scope_sql(const struct hit_scope *scope, struct arena *arena,
                       struct error *error);
/* scope: a hit_scope. */
int scope_bind(const void *scope, sqlite3_stmt *statement, int *parameter);

/* Operations that fit, in the case's own order; where: a condition without values. */
int query_hits_where(struct case_file *handle, struct slice where, size_t limit,
                     struct arena *arena, struct hit_list *out, struct error *error);

#endif
