#include "config.h"

#include "db/triage.h"

#include "db/approval_store.h"
#include "db/statement.h"

/*
 * The standing of operations under the approvals.  Rows are judged in windows of their
 * rowid, read before they are written, so no cursor runs over rows it changes.
 */
enum { REFRESH_WINDOW = 512 };

struct standing {
    int64_t rowid;
    int64_t approval; /* 0: none */
    const char *state;
    struct slice near_miss;
};

struct candidate {
    int64_t rowid;
    int64_t first_loaded_us;
    bool seen;
    struct operation operation;
};

static const char candidate_columns[] =
    "SELECT rowid, first_loaded_us, seen, time_us, provider, lifecycle, rules,"
    " " EVENT_COLUMN_LIST " FROM operation WHERE rowid > ?";

static void read_candidate(sqlite3_stmt *statement, struct arena *arena,
                           struct candidate *out)
{
    struct event *event = &out->operation.event;
    *out = (struct candidate){.rowid = sqlite3_column_int64(statement, 0),
                              .first_loaded_us = sqlite3_column_int64(statement, 1),
                              .seen = sqlite3_column_int(statement, 2) != 0};
    event->time_us = statement_time(statement, 3);
    event->provider = (enum provider)sqlite3_column_int(statement, 4);
    out->operation.lifecycle = (enum lifecycle)sqlite3_column_int(statement, 5);
    out->operation.rules = statement_text(statement, 6, arena);
    for (int i = 0; i < EVENT_FIELD_COUNT; i++)
        event->text[i] = statement_text(statement, 7 + i, arena);
}

static const char *covered_state(const struct approval *approval,
                                 const struct candidate *candidate)
{
    if (approval->created_us > candidate->operation.event.time_us)
        return "retroactive";
    if (candidate->first_loaded_us > approval->created_us && !candidate->seen)
        return "newly-covered";
    return "covered";
}

static void judge(const struct approval_list *approvals,
                  const struct candidate *candidate, struct arena *arena,
                  struct standing *out)
{
    *out = (struct standing){candidate->rowid, 0, "", SLICE_NONE};
    for (size_t i = 0; i < approvals->count; i++) {
        const struct approval *approval = &approvals->rows[i].approval;
        struct slice why;
        enum approval_fit fit =
            approval_check(approval, &candidate->operation, arena, &why);
        if (fit == APPROVAL_COVERS) {
            out->approval = approval->id;
            out->state = covered_state(approval, candidate);
            out->near_miss = SLICE_NONE;
            return;
        }
        if (fit == APPROVAL_NEAR_MISS && !slice_present(out->near_miss)) {
            out->near_miss = arena_printf(
                arena, "%.*s%sapproval %lld: %.*s", (int)approval->ticket.length,
                approval->ticket.data, approval->ticket.length ? ", " : "",
                (long long)approval->id, (int)why.length, why.data);
        }
    }
}

static int write_standing(struct case_file *handle, const struct standing *standing,
                          struct error *error)
{
    static const char sql[] = "UPDATE operation SET approval = nullif(?, 0),"
                              " approval_state = ?, near_miss = ? WHERE rowid = ?";
    sqlite3_stmt *statement = statement_prepare(handle, slice_from(sql), error);
    if (!statement)
        return -1;
    sqlite3_bind_int64(statement, 1, standing->approval);
    statement_bind_text(statement, 2, slice_from(standing->state));
    statement_bind_text(statement, 3, standing->near_miss);
    sqlite3_bind_int64(statement, 4, standing->rowid);
    int result = sqlite3_step(statement);
    return statement_end(handle, statement, result, "judging operations", error);
}

/* Judges the next window behind *rowid; *count of rows in it. */
static int refresh_window(struct case_file *handle,
                          const struct approval_list *approvals, bool only_new,
                          int64_t *rowid, size_t *count, struct arena *arena,
                          struct error *error)
{
    struct standing standings[REFRESH_WINDOW];
    struct slice sql =
        arena_printf(arena, "%s%s ORDER BY rowid LIMIT %d", candidate_columns,
                     only_new ? " AND approval_state IS NULL" : "", REFRESH_WINDOW);
    sqlite3_stmt *statement = statement_prepare(handle, sql, error);
    int result;
    *count = 0;
    if (!statement)
        return -1;
    sqlite3_bind_int64(statement, 1, *rowid);
    while ((result = sqlite3_step(statement)) == SQLITE_ROW &&
           *count < REFRESH_WINDOW) {
        struct candidate candidate;
        read_candidate(statement, arena, &candidate);
        judge(approvals, &candidate, arena, &standings[(*count)++]);
        *rowid = candidate.rowid;
    }
    if (statement_end(handle, statement, result, "judging operations", error))
        return -1;
    for (size_t i = 0; i < *count; i++) {
        if (write_standing(handle, &standings[i], error))
            return -1;
    }
    return 0;
}

int triage_refresh(struct case_file *handle, bool only_new, struct error *error)
{
    struct arena kept, window;
    struct approval_list approvals;
    arena_init(&kept);
    arena_init(&window);
    int result = approval_store_list(handle, &kept, &approvals, error);
    int64_t rowid = INT64_MIN;
    size_t count = REFRESH_WINDOW;
    while (!result && count == REFRESH_WINDOW) {
        arena_reset(&window);
        result = refresh_window(handle, &approvals, only_new, &rowid, &count, &window,
                                error);
    }
    arena_fini(&window);
    arena_fini(&kept);
    return result;
}
