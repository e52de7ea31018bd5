#include "config.h"

#include "db/query_mirrors.h"

#include "db/filter_sql.h"
#include "db/list_query.h"
#include "db/mirror_sql.h"
#include "db/statement.h"

/* Every order ends with the ledger's own. */
#define LEDGER_ORDER "mirror, segment"

static const char *const orders[MIRROR_SORT_COUNT] = {
    [MIRROR_BY_URGENCY] =
        "until_us IS NOT NULL %s, state %s, foreign_destination %s, overstay_us %s,"
        " since_us IS NULL %s, since_us %s, " LEDGER_ORDER,
    [MIRROR_BY_SINCE] = "since_us %s, " LEDGER_ORDER,
    [MIRROR_BY_ACTOR] = "opened_by %s, " LEDGER_ORDER,
    [MIRROR_BY_DESTINATION] = "destination %s, " LEDGER_ORDER,
    [MIRROR_BY_ACCOUNT] = "account %s, region %s, " LEDGER_ORDER,
};

static const char columns[] =
    "id, mirror, segment, provider, account, region, device, state, since_us, until_us,"
    " observed_us, mirrored, destination, destination_ids, filter, sources,"
    " foreign_destination, foreign_reason, opened_by, closed_by, closed_how, as_of_us,"
    " coalesce(approval, 0), iif(overstay_us > 0, 'overstayed',"
    " nullif(approval_state, '')), (SELECT ticket FROM approval AS a"
    " WHERE a.id = standing.approval), overstay_us,"
    " (SELECT group_concat(operation, ';') FROM (SELECT l.operation"
    "  FROM mirror_operation AS l LEFT JOIN operation AS o ON o.id = l.operation"
    "  WHERE l.mirror = standing.id ORDER BY o.time_us, o.provider, o.event_id, o.id)),"
    /* part 0: PART_OPENED */
    " (SELECT max(o.time_quality) FROM mirror_operation AS l"
    "  JOIN operation AS o ON o.id = l.operation"
    "  WHERE l.mirror = standing.id AND l.part = 0 AND o.time_us = since_us)";

static void read_row(sqlite3_stmt *statement, struct arena *arena, void *out)
{
    struct mirror_row *row = out;
    struct mirror *mirror = &row->mirror;
    int at = 0;
    *row = (struct mirror_row){.id = sqlite3_column_int64(statement, at++)};
    mirror->id = statement_text(statement, at++, arena);
    mirror->segment = (unsigned)sqlite3_column_int(statement, at++);
    mirror->provider = (enum provider)sqlite3_column_int(statement, at++);
    mirror->account = statement_text(statement, at++, arena);
    mirror->region = statement_text(statement, at++, arena);
    mirror->device = statement_text(statement, at++, arena);
    mirror->state = (enum mirror_state)sqlite3_column_int(statement, at++);
    mirror->since_us = statement_time(statement, at++);
    mirror->until_us = statement_time(statement, at++);
    mirror->observed_us = statement_time(statement, at++);
    mirror->mirrored = statement_text(statement, at++, arena);
    mirror->destination = statement_text(statement, at++, arena);
    mirror->destination_ids = statement_text(statement, at++, arena);
    mirror->filter = statement_text(statement, at++, arena);
    mirror->sources = statement_count(statement, at++);
    mirror->foreign = (enum foreign)sqlite3_column_int(statement, at++);
    mirror->foreign_reason = statement_text(statement, at++, arena);
    mirror->opened_by = statement_text(statement, at++, arena);
    mirror->closed_by = statement_text(statement, at++, arena);
    mirror->closed_how = statement_text(statement, at++, arena);
    row->as_of_us = statement_time(statement, at++);
    row->approval = sqlite3_column_int64(statement, at++);
    row->approval_state = statement_text(statement, at++, arena);
    row->approval_ticket = statement_text(statement, at++, arena);
    row->overstay_us = sqlite3_column_int64(statement, at++);
    row->hit_ids = statement_text(statement, at++, arena);
    row->since_quality = (enum time_quality)sqlite3_column_int(statement, at++);
}

/* A scope without a filter is that of the whole case: snapshots show mirrors that no
 * operation of it made. */
static bool narrows(const struct hit_scope *hits)
{
    return hits && (hits->hide_approved || hits->one_group ||
                    (hits->filter && hits->filter->term_count));
}

static struct slice where_sql(const struct mirror_scope *scope, struct arena *arena,
                              struct error *error)
{
    struct slice filter = filter_sql(scope->filter, FILTER_ON_MIRROR, arena, error);
    struct slice hits = SLICE("");
    if (!slice_present(filter))
        return SLICE_NONE;
    if (narrows(scope->hits)) {
        struct slice where = scope_sql(scope->hits, arena, error);
        if (!slice_present(where))
            return SLICE_NONE;
        hits = arena_printf(arena,
                            " AND id IN (SELECT mirror FROM mirror_operation WHERE"
                            " operation IN (SELECT id FROM operation %.*s))",
                            (int)where.length, where.data);
    }
    return arena_printf(arena, "WHERE %.*s%.*s%s%s", (int)filter.length, filter.data,
                        (int)hits.length, hits.data,
                        scope->present ? " AND " PRESENT_SQL : "",
                        scope->past ? " AND NOT (" PRESENT_SQL ")" : "");
}

static int bind_scope(const void *of, sqlite3_stmt *statement, int *parameter)
{
    const struct mirror_scope *scope = of;
    int result = filter_bind(scope->filter, FILTER_ON_MIRROR, statement, parameter);
    if (result == SQLITE_OK && narrows(scope->hits))
        result = scope_bind(scope->hits, statement, parameter);
    return result;
}

/* Urgency descends in what is worse and newer, whatever way the column sorts. */
static struct slice order_sql(enum mirror_sort sort, bool descending,
                              struct arena *arena)
{
    const char *way = descending ? "DESC" : "ASC";
    const char *back = descending ? "ASC" : "DESC";
    if (sort >= MIRROR_SORT_COUNT)
        sort = MIRROR_BY_URGENCY;
    if (sort == MIRROR_BY_URGENCY)
        return arena_printf(arena, orders[sort], way, way, back, back, way, back);
    return arena_printf(arena, orders[sort], way, way);
}

/* Its rows are those of STANDING_SQL, narrowed and ordered. */
static const struct list_query list = {
    .what = "mirrors",
    .searched = "mirror, mirrored, destination, opened_by, closed_by, account, region,"
                " device, filter, foreign_reason",
    .bind = bind_scope,
    .row_size = sizeof(struct mirror_row),
    .read = read_row,
};

static int list_of(const struct mirror_scope *scope, enum mirror_sort sort,
                   bool descending, struct arena *arena, struct list_query *out,
                   struct error *error)
{
    struct slice where = where_sql(scope, arena, error);
    if (!slice_present(where))
        return -1;
    *out = list;
    out->columns = slice_from(columns);
    out->rows = arena_printf(arena, STANDING_SQL " AS standing %.*s", (int)where.length,
                             where.data);
    out->counted = arena_printf(arena, "mirror %.*s", (int)where.length, where.data);
    out->order = order_sql(sort, descending, arena);
    out->scope = scope;
    return 0;
}

int query_mirrors(struct case_file *handle, const struct mirror_scope *scope,
                  enum mirror_sort sort, bool descending, uint64_t offset, size_t limit,
                  struct arena *arena, struct mirror_rows *out, struct error *error)
{
    struct list_query query;
    struct list_window window = {.count = 0};
    int result = list_of(scope, sort, descending, arena, &query, error);
    if (!result)
        result =
            list_query_window(handle, &query, offset, limit, arena, &window, error);
    *out = (struct mirror_rows){window.rows, window.count, offset, window.total};
    return result;
}

int query_find_mirrors(struct case_file *handle, const struct mirror_scope *scope,
                       enum mirror_sort sort, bool descending, struct slice needle,
                       size_t limit, struct arena *arena, struct position_list *out,
                       struct error *error)
{
    struct list_query query;
    if (list_of(scope, sort, descending, arena, &query, error))
        return -1;
    return list_query_find(handle, &query, needle, limit, arena, out, error);
}

/* All rows of a statement, none of which is left out. */
static int read_all(struct case_file *handle, sqlite3_stmt *statement, size_t limit,
                    struct arena *arena, struct mirror_rows *out, struct error *error)
{
    struct list_window window;
    if (list_query_read(handle, &list, statement, SQLITE_OK, limit, arena, &window,
                        error))
        return -1;
    *out = (struct mirror_rows){window.rows, window.count, 0, window.count};
    return 0;
}

int query_mirror(struct case_file *handle, struct slice mirror, unsigned segment,
                 struct arena *arena, struct mirror_rows *out, struct error *error)
{
    *out = (struct mirror_rows){0};
    struct slice sql = arena_printf(arena,
                                    "SELECT %s FROM " STANDING_SQL
                                    " AS standing WHERE mirror = ? AND segment = ?"
                                    " ORDER BY id LIMIT 1",
                                    columns);
    sqlite3_stmt *statement = statement_prepare(handle, sql, error);
    if (!statement)
        return -1;
    statement_bind_text(statement, 1, mirror);
    sqlite3_bind_int64(statement, 2, segment);
    return read_all(handle, statement, 1, arena, out, error);
}

int query_operation_mirrors(struct case_file *handle, struct slice operation,
                            struct arena *arena, struct mirror_rows *out,
                            struct error *error)
{
    *out = (struct mirror_rows){0};
    struct slice order = order_sql(MIRROR_BY_URGENCY, false, arena);
    struct slice sql =
        arena_printf(arena,
                     "SELECT %s FROM " STANDING_SQL
                     " AS standing WHERE id IN (SELECT mirror FROM mirror_operation"
                     " WHERE operation = ?) ORDER BY %.*s LIMIT ?",
                     columns, (int)order.length, order.data);
    sqlite3_stmt *statement = statement_prepare(handle, sql, error);
    if (!statement)
        return -1;
    statement_bind_text(statement, 1, operation);
    sqlite3_bind_int(statement, 2, LIMIT_MIRRORS_SHOWN);
    return read_all(handle, statement, LIMIT_MIRRORS_SHOWN, arena, out, error);
}

int query_mirror_operations(struct case_file *handle, int64_t mirror,
                            struct arena *arena, struct hit_list *out,
                            struct error *error)
{
    struct slice where = arena_printf(
        arena,
        "WHERE id IN (SELECT operation FROM mirror_operation WHERE mirror = %lld)",
        (long long)mirror);
    return query_hits_where(handle, where, LIMIT_MIRROR_OPERATIONS, arena, out, error);
}

int query_mirror_counts(struct case_file *handle, const struct mirror_scope *scope,
                        struct mirror_counts *out, struct error *error)
{
    struct arena arena;
    *out = (struct mirror_counts){.overstayed = 0};
    arena_init(&arena);
    struct slice where = where_sql(scope, &arena, error);
    struct slice sql = arena_printf(
        &arena,
        "SELECT state, " PRESENT_SQL ", count(*), sum(foreign_destination = 2),"
        " sum(foreign_destination = 1), sum(overstay_us > 0),"
        " sum(foreign_destination = 2 AND state <> 7 AND approval IS NULL)"
        " FROM " STANDING_SQL " AS standing %.*s GROUP BY 1, 2",
        (int)where.length, where.data ? where.data : "");
    sqlite3_stmt *statement =
        slice_present(where) ? statement_prepare(handle, sql, error) : NULL;
    int parameter = 1, result = SQLITE_OK, failed = -1;
    if (statement) {
        result = bind_scope(scope, statement, &parameter);
        while (result == SQLITE_OK || result == SQLITE_ROW) {
            result = sqlite3_step(statement);
            if (result != SQLITE_ROW)
                break;
            unsigned state = (unsigned)sqlite3_column_int(statement, 0);
            bool present = sqlite3_column_int(statement, 1) != 0;
            if (state >= MIRROR_STATE_COUNT || (!present && state != MIRROR_ENDED))
                continue;
            out->states[state] = statement_count(statement, 2);
            if (state == MIRROR_LIVE) {
                out->live_foreign = statement_count(statement, 3);
                out->live_unknown = statement_count(statement, 4);
            }
            out->overstayed += statement_count(statement, 5);
            out->foreign_open += present ? statement_count(statement, 6) : 0;
        }
        failed = statement_end(handle, statement, result, "counting mirrors", error);
    }
    arena_fini(&arena);
    return failed;
}
