#include "config.h"

#include "db/query.h"

#include "core/mirror.h"
#include "db/list_query.h"
#include "db/statement.h"

/* Total orders: the actor and provider, which are the group, settle ties. */
static const char *const group_orders[GROUP_SORT_COUNT] = {
    [GROUP_BY_URGENCY] = "standing %s, last_us %s, actor, provider",
    [GROUP_BY_LAST] = "last_us %s, actor, provider",
    [GROUP_BY_FIRST] = "first_us %s, actor, provider",
    [GROUP_BY_ACTOR] = "actor %s, provider",
    [GROUP_BY_COUNT] = "hits %s, actor, provider",
    [GROUP_BY_OPEN] = "open %s, last_us DESC, actor, provider",
};

static const char group_columns[] =
    "actor, provider, min(account) AS account, count(DISTINCT account) AS accounts,"
    " " LIFECYCLE_COUNTS_SQL ", " HIT_COUNTS_SQL ", min(time_us) AS first_us,"
    " max(time_us) AS last_us";

_Static_assert(MIRROR_LIVE == 0 && LIFECYCLE_DELETION == 3,
               "GROUPS_SQL names this state and this lifecycle");
_Static_assert(STANDING_LIVE_FOREIGN == 1 + FOREIGN_YES &&
                   STANDING_LIVE_UNKNOWN == 1 + FOREIGN_UNKNOWN &&
                   STANDING_LIVE == 1 + FOREIGN_NO,
               "GROUPS_SQL makes a standing of a destination");

/* The groups of a scope (columns, then WHERE), each with its standing.  Live mirrors
 * are few, so these are joined to what they rest on and not the other way round.  Who
 * only took something back, in vain, has no part in what is live. */
#define GROUPS_SQL                                                                     \
    "(SELECT scoped.*, coalesce(worst, 0) AS standing FROM"                            \
    " (SELECT %s FROM operation %.*s GROUP BY actor, provider) AS scoped"              \
    " LEFT JOIN (SELECT o.actor AS by_actor, o.provider AS by_provider,"               \
    "  1 + max(m.foreign_destination) AS worst FROM mirror AS m"                       \
    "  JOIN mirror_operation AS l ON l.mirror = m.id"                                  \
    "  JOIN operation AS o ON o.id = l.operation"                                      \
    "  WHERE m.state = 0 AND o.lifecycle <> 3 GROUP BY 1, 2)"                          \
    " ON by_actor IS actor AND by_provider = provider)"

static void read_group(sqlite3_stmt *statement, struct arena *arena, void *out)
{
    struct group_row *row = out;
    int column = 0;
    row->actor = statement_text(statement, column++, arena);
    row->provider = (enum provider)sqlite3_column_int(statement, column++);
    row->account = statement_text(statement, column++, arena);
    row->accounts = statement_count(statement, column++);
    for (int i = 0; i < LIFECYCLE_COUNT; i++)
        row->lifecycle[i] = statement_count(statement, column++);
    row->hits = statement_count(statement, column++);
    row->approved = statement_count(statement, column++);
    row->attempts = statement_count(statement, column++);
    row->open = statement_count(statement, column++);
    row->first_us = statement_time(statement, column++);
    row->last_us = statement_time(statement, column++);
    row->standing = (enum group_standing)sqlite3_column_int(statement, column++);
}

static struct slice order_sql(enum group_sort sort, bool descending,
                              struct arena *arena)
{
    if (sort >= GROUP_SORT_COUNT)
        sort = GROUP_BY_URGENCY;
    const char *way = descending ? "DESC" : "ASC";
    return arena_printf(arena, group_orders[sort], way, way);
}

static int group_list(const struct hit_scope *scope, enum group_sort sort,
                      bool descending, struct arena *arena, struct list_query *out,
                      struct error *error)
{
    struct slice where = scope_sql(scope, arena, error);
    if (!slice_present(where))
        return -1;
    *out = (struct list_query){
        .what = "groups",
        .columns = SLICE("*"),
        .rows = arena_printf(arena, GROUPS_SQL, group_columns, (int)where.length,
                             where.data),
        .counted = arena_printf(
            arena, "(SELECT 1 FROM operation %.*s GROUP BY actor, provider)",
            (int)where.length, where.data),
        .order = order_sql(sort, descending, arena),
        .searched = "actor, account",
        .bind = scope_bind,
        .scope = scope,
        .row_size = sizeof(struct group_row),
        .read = read_group,
    };
    return 0;
}

int query_groups(struct case_file *handle, const struct hit_scope *scope,
                 enum group_sort sort, bool descending, uint64_t offset, size_t limit,
                 struct arena *arena, struct group_list *out, struct error *error)
{
    struct list_query query;
    struct list_window window = {.count = 0};
    int result = group_list(scope, sort, descending, arena, &query, error);
    if (!result)
        result =
            list_query_window(handle, &query, offset, limit, arena, &window, error);
    *out = (struct group_list){window.rows, window.count, offset, window.total};
    return result;
}

int query_find_groups(struct case_file *handle, const struct hit_scope *scope,
                      enum group_sort sort, bool descending, struct slice needle,
                      size_t limit, struct arena *arena, struct position_list *out,
                      struct error *error)
{
    struct list_query query;
    if (group_list(scope, sort, descending, arena, &query, error))
        return -1;
    return list_query_find(handle, &query, needle, limit, arena, out, error);
}

int query_counts(struct case_file *handle, const struct hit_scope *scope,
                 struct hit_counts *out, struct error *error)
{
    struct arena arena;
    *out = (struct hit_counts){0};
    arena_init(&arena);
    struct slice where = scope_sql(scope, &arena, error);
    sqlite3_stmt *statement =
        slice_present(where)
            ? statement_prepare(handle,
                                arena_printf(&arena,
                                             "SELECT " LIFECYCLE_COUNTS_SQL
                                             ", " HIT_COUNTS_SQL " FROM operation %.*s",
                                             (int)where.length, where.data),
                                error)
            : NULL;
    int parameter = 1, column = 0, failed = -1;
    if (statement) {
        int result = scope_bind(scope, statement, &parameter);
        if (result == SQLITE_OK)
            result = sqlite3_step(statement);
        for (int i = 0; result == SQLITE_ROW && i < LIFECYCLE_COUNT; i++)
            out->lifecycle[i] = statement_count(statement, column++);
        if (result == SQLITE_ROW) {
            out->hits = statement_count(statement, column++);
            out->approved = statement_count(statement, column++);
            out->attempts = statement_count(statement, column++);
            out->open = statement_count(statement, column++);
        }
        failed = statement_end(handle, statement, result, "counting hits", error);
    }
    arena_fini(&arena);
    return failed;
}
