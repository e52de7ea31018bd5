#include "config.h"

#include "db/triage.h"

#include "core/mirror.h"
#include "db/approval_store.h"
#include "db/mirror_sql.h"
#include "db/statement.h"

/*
 * The standing of operations under the approvals.  Rows are judged in windows of their
 * rowid, read before they are written, so no cursor runs over rows it changes; rows
 * whose standing stays are not written.
 */
/* Times the texts of an operation, each up to LIMIT_FIELD_BYTES. */
enum { REFRESH_WINDOW = 64 };

/* How far a near miss is: by time, where the window is missed; a selector that differs
 * counts as much as a day beside the window. */
#define SELECTOR_MISS_US (INT64_C(86400) * 1000000)

#define NEVER "9223372036854775807"

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
    " coalesce((SELECT max(m.foreign_destination) FROM mirror_operation AS l"
    "  JOIN mirror AS m ON m.id = l.mirror WHERE l.operation = operation.id"
    "  AND l.part <> 1), 0),"
    " (SELECT m.destination_ids FROM mirror_operation AS l JOIN mirror AS m"
    "  ON m.id = l.mirror WHERE l.operation = operation.id"
    "  ORDER BY l.part, m.foreign_destination DESC, m.mirror, m.segment LIMIT 1),"
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
    out->operation.foreign = sqlite3_column_int(statement, 7) == FOREIGN_YES;
    out->operation.destination_ids = statement_text(statement, 8, arena);
    for (int i = 0; i < EVENT_FIELD_COUNT; i++)
        event->text[i] = statement_text(statement, 9 + i, arena);
}

/* Newly-covered comes first: what nobody has seen must not pass as decided. */
static const char *covered_state(const struct approval *approval,
                                 const struct candidate *candidate)
{
    if (candidate->first_loaded_us > approval->created_us && !candidate->seen)
        return "newly-covered";
    if (approval->created_us > candidate->operation.event.time_us)
        return "retroactive";
    return "covered";
}

static int64_t miss_distance(const struct approval *approval, int64_t time_us)
{
    if (time_us == EVENT_TIME_NONE)
        return INT64_MAX;
    if (approval->end_us != EVENT_TIME_NONE && time_us > approval->end_us)
        return time_us - approval->end_us;
    if (approval->start_us != EVENT_TIME_NONE && time_us < approval->start_us)
        return approval->start_us - time_us;
    return SELECTOR_MISS_US;
}

/* "CHG0012345 (approval 3): 14 minutes after its window" */
static struct slice near_miss_text(const struct approval *approval, struct slice why,
                                   struct arena *arena)
{
    struct slice ticket = approval->ticket;
    bool named = !slice_blank(ticket);
    return arena_printf(arena, "%.*s%sapproval %lld%s: %.*s",
                        named ? (int)ticket.length : 0, named ? ticket.data : "",
                        named ? " (" : "", (long long)approval->id, named ? ")" : "",
                        (int)why.length, why.data);
}

/* The approvals are in order of id: the first that covers decides, and the first of
 * equally near misses is told. */
static void judge(const struct approval_list *approvals,
                  const struct candidate *candidate, struct arena *scratch,
                  struct arena *arena, struct standing *out)
{
    const struct approval *nearest = NULL;
    struct slice nearest_why = SLICE_NONE;
    int64_t nearest_distance = INT64_MAX;
    *out = (struct standing){candidate->rowid, 0, "", SLICE_NONE};
    for (size_t i = 0; i < approvals->count; i++) {
        const struct approval *approval = &approvals->rows[i].approval;
        struct slice why;
        arena_reset(scratch); /* each answer makes a text, and most are not kept */
        enum approval_fit fit =
            approval_check(approval, &candidate->operation, scratch, &why);
        if (fit == APPROVAL_COVERS) {
            out->approval = approval->id;
            out->state = covered_state(approval, candidate);
            return;
        }
        int64_t distance = miss_distance(approval, candidate->operation.event.time_us);
        if (fit == APPROVAL_NEAR_MISS && (!nearest || distance < nearest_distance)) {
            nearest = approval;
            nearest_why = arena_copy(arena, why);
            nearest_distance = distance;
        }
    }
    if (nearest)
        out->near_miss = near_miss_text(nearest, nearest_why, arena);
}

static int write_standings(struct case_file *handle, const struct standing *standings,
                           size_t count, struct error *error)
{
    static const char sql[] =
        "UPDATE operation SET approval = nullif(?1, 0), approval_state = ?2,"
        " near_miss = ?3 WHERE rowid = ?4 AND (approval IS NOT nullif(?1, 0)"
        " OR approval_state IS NOT ?2 OR near_miss IS NOT ?3)";
    sqlite3_stmt *statement = statement_prepare(handle, slice_from(sql), error);
    int result = SQLITE_DONE;
    if (!statement)
        return -1;
    for (size_t i = 0; i < count && result == SQLITE_DONE; i++) {
        sqlite3_bind_int64(statement, 1, standings[i].approval);
        statement_bind_text(statement, 2, slice_from(standings[i].state));
        statement_bind_text(statement, 3, standings[i].near_miss);
        sqlite3_bind_int64(statement, 4, standings[i].rowid);
        result = sqlite3_step(statement);
        sqlite3_reset(statement);
    }
    return statement_end(handle, statement, result, "judging operations", error);
}

/* What one refresh works with. */
struct refresh {
    struct case_file *handle;
    struct approval_list approvals;
    bool only_new;
    int64_t rowid;        /* of the last operation that was judged */
    struct arena kept;    /* the approvals */
    struct arena window;  /* the present operations and their standings */
    struct arena scratch; /* one comparison */
};

/* Judges the next window of operations; *count of them. */
static int refresh_window(struct refresh *refresh, size_t *count, struct error *error)
{
    struct standing standings[REFRESH_WINDOW];
    struct slice sql = arena_printf(
        &refresh->window, "%s%s ORDER BY rowid LIMIT %d", candidate_columns,
        refresh->only_new ? " AND approval_state IS NULL" : "", REFRESH_WINDOW);
    sqlite3_stmt *statement = statement_prepare(refresh->handle, sql, error);
    int result;
    *count = 0;
    if (!statement)
        return -1;
    sqlite3_bind_int64(statement, 1, refresh->rowid);
    while ((result = sqlite3_step(statement)) == SQLITE_ROW &&
           *count < REFRESH_WINDOW) {
        struct candidate candidate;
        read_candidate(statement, &refresh->window, &candidate);
        judge(&refresh->approvals, &candidate, &refresh->scratch, &refresh->window,
              &standings[(*count)++]);
        refresh->rowid = candidate.rowid;
    }
    if (statement_end(refresh->handle, statement, result, "judging operations", error))
        return -1;
    return write_standings(refresh->handle, standings, *count, error);
}

/* Those that are off match nothing, and need not be asked. */
static void keep_enabled(struct approval_list *approvals)
{
    size_t kept = 0;
    for (size_t i = 0; i < approvals->count; i++) {
        if (approvals->rows[i].approval.enabled)
            approvals->rows[kept++] = approvals->rows[i];
    }
    approvals->count = kept;
}

/*
 * A row of the ledger stands as the operations that opened it: it is approved where all
 * of them are, and by the entry whose window ends first.
 */
#define OPENED(row)                                                                    \
    "EXISTS(SELECT 1 FROM mirror_operation WHERE mirror = " row ".id AND part = 0)"

static int judge_mirrors(struct case_file *handle, struct error *error)
{
    static const char sql[] =
        "UPDATE mirror SET (approval, approval_state, approval_end_us) = (SELECT"
        "  iif(sum(o.approval IS NULL) = 0, o.approval, NULL),"
        "  iif(sum(o.approval IS NULL) = 0, o.approval_state, NULL),"
        "  iif(sum(o.approval IS NULL) = 0, min(coalesce(a.end_us, " NEVER ")), NULL)"
        "  FROM mirror_operation AS l JOIN operation AS o ON o.id = l.operation"
        "  LEFT JOIN approval AS a ON a.id = o.approval"
        "  WHERE l.mirror = mirror.id AND l.part = 0)";
    /* A stretch that no operation opened, such as one whose balancer was deleted,
     * stands as the last one before it does, where that copied the same to the same
     * place. */
    static const char inherited[] =
        "UPDATE mirror AS m SET (approval, approval_state, approval_end_us) = (SELECT"
        "  p.approval, p.approval_state, p.approval_end_us FROM mirror AS p"
        "  WHERE p.provider = m.provider AND p.mirror = m.mirror"
        "  AND p.segment < m.segment AND p.mirrored IS m.mirrored"
        "  AND p.destination IS m.destination AND " OPENED(
            "p") "  ORDER BY p.segment DESC LIMIT 1)"
                 " WHERE m.segment > 1 AND NOT " OPENED("m");
    /* What opened a mirror that outlives its approval is for somebody to decide. */
    static const char overstayed[] =
        "UPDATE operation SET approval_state = 'overstayed' WHERE approval IS NOT NULL"
        " AND id IN (SELECT l.operation FROM mirror_operation AS l JOIN " STANDING_SQL
        " AS m ON m.id = l.mirror WHERE l.part = 0 AND m.overstay_us > 0)";
    if (sqlite3_exec(handle->db, sql, NULL, NULL, NULL) ||
        sqlite3_exec(handle->db, inherited, NULL, NULL, NULL) ||
        sqlite3_exec(handle->db, overstayed, NULL, NULL, NULL))
        return case_error(handle, "judging mirrors", error);
    return 0;
}

int triage_refresh(struct case_file *handle, bool only_new, struct error *error)
{
    struct refresh refresh = {
        .handle = handle, .only_new = only_new, .rowid = INT64_MIN};
    size_t count = REFRESH_WINDOW;
    arena_init(&refresh.kept);
    arena_init(&refresh.window);
    arena_init(&refresh.scratch);
    int result = approval_store_list(handle, &refresh.kept, &refresh.approvals, error);
    if (!result)
        keep_enabled(&refresh.approvals);
    while (!result && count == REFRESH_WINDOW) {
        arena_reset(&refresh.window);
        result = refresh_window(&refresh, &count, error);
    }
    arena_fini(&refresh.scratch);
    arena_fini(&refresh.window);
    arena_fini(&refresh.kept);
    return result ? -1 : judge_mirrors(handle, error);
}
