#include "config.h"

#include "db/query.h"

#include "db/list_query.h"
#include "db/statement.h"

/* Every order ends with the case's own: time, provider, event id, id. */
#define CASE_ORDER "time_us, provider, event_id, id"

static const char *const operation_orders[OPERATION_SORT_COUNT] = {
    [OPERATION_BY_TIME] = "time_us %s, provider %s, event_id %s, id %s",
    [OPERATION_BY_NAME] = "operation %s, " CASE_ORDER,
    [OPERATION_BY_LIFECYCLE] = "lifecycle %s, " CASE_ORDER,
    [OPERATION_BY_OUTCOME] = "outcome %s, " CASE_ORDER,
    [OPERATION_BY_ADDRESS] = "source_ip %s, " CASE_ORDER,
};

static const char hit_columns[] =
    "id, time_us, time_quality, provider, outcome, lifecycle, severity, confidence,"
    " rules, technique, records, switched_off, coalesce(approval, 0),"
    " nullif(approval_state, ''), near_miss,"
    " (SELECT ticket FROM approval AS a WHERE a.id = operation.approval),"
    " (SELECT m.mirror FROM mirror_operation AS l JOIN mirror AS m ON m.id = l.mirror"
    "  WHERE l.operation = operation.id ORDER BY l.part, m.mirror, m.segment LIMIT 1),"
    " (SELECT CASE max(m.foreign_destination) WHEN 0 THEN 'no' WHEN 1 THEN 'unknown'"
    "  WHEN 2 THEN 'yes' END FROM mirror_operation AS l JOIN mirror AS m"
    "  ON m.id = l.mirror WHERE l.operation = operation.id),"
    " " EVENT_COLUMN_LIST;

static void read_hit(sqlite3_stmt *statement, struct arena *arena, void *out)
{
    struct hit_row *row = out;
    int column = 0;
    struct operation *operation = &row->operation;
    *row = (struct hit_row){.id = statement_text(statement, column++, arena)};
    operation->event.time_us = statement_time(statement, column++);
    operation->event.time_quality =
        (enum time_quality)sqlite3_column_int(statement, column++);
    operation->event.provider = (enum provider)sqlite3_column_int(statement, column++);
    operation->event.outcome = (enum outcome)sqlite3_column_int(statement, column++);
    operation->lifecycle = (enum lifecycle)sqlite3_column_int(statement, column++);
    operation->severity = (enum severity)sqlite3_column_int(statement, column++);
    operation->confidence = (enum confidence)sqlite3_column_int(statement, column++);
    operation->rules = statement_text(statement, column++, arena);
    operation->technique = statement_text(statement, column++, arena);
    operation->records = (size_t)statement_count(statement, column++);
    operation->event.switched_off = sqlite3_column_int(statement, column++) != 0;
    row->approval = sqlite3_column_int64(statement, column++);
    row->approval_state = statement_text(statement, column++, arena);
    row->near_miss = statement_text(statement, column++, arena);
    row->approval_ticket = statement_text(statement, column++, arena);
    row->mirror = statement_text(statement, column++, arena);
    row->foreign = statement_text(statement, column++, arena);
    for (int i = 0; i < EVENT_FIELD_COUNT; i++)
        operation->event.text[i] = statement_text(statement, column++, arena);
}

static struct slice order_sql(enum operation_sort sort, bool descending,
                              struct arena *arena)
{
    const char *way = descending ? "DESC" : "ASC";
    if (sort >= OPERATION_SORT_COUNT)
        sort = OPERATION_BY_TIME;
    return arena_printf(arena, operation_orders[sort], way, way, way, way);
}

static int hits_list(const struct hit_scope *scope, enum operation_sort sort,
                     bool descending, struct arena *arena, struct list_query *out,
                     struct error *error)
{
    struct slice where = scope_sql(scope, arena, error);
    if (!slice_present(where))
        return -1;
    *out = (struct list_query){
        .what = "hits",
        .columns = slice_from(hit_columns),
        .rows = arena_printf(arena, "operation %.*s", (int)where.length, where.data),
        .order = order_sql(sort, descending, arena),
        .searched = "operation, actor, source_ip, account, region, error_code,"
                    " mirrored, destination, mirror",
        .bind = scope_bind,
        .scope = scope,
        .row_size = sizeof(struct hit_row),
        .read = read_hit,
    };
    return 0;
}

int query_hits(struct case_file *handle, const struct hit_scope *scope,
               enum operation_sort sort, bool descending, uint64_t offset, size_t limit,
               struct arena *arena, struct hit_list *out, struct error *error)
{
    struct list_query query;
    struct list_window window = {.count = 0};
    int result = hits_list(scope, sort, descending, arena, &query, error);
    if (!result)
        result =
            list_query_window(handle, &query, offset, limit, arena, &window, error);
    *out = (struct hit_list){window.rows, window.count, offset, window.total};
    return result;
}

int query_find_hits(struct case_file *handle, const struct hit_scope *scope,
                    enum operation_sort sort, bool descending, struct slice needle,
                    size_t limit, struct arena *arena, struct position_list *out,
                    struct error *error)
{
    struct list_query query;
    if (hits_list(scope, sort, descending, arena, &query, error))
        return -1;
    return list_query_find(handle, &query, needle, limit, arena, out, error);
}

int query_hits_where(struct case_file *handle, struct slice where, size_t limit,
                     struct arena *arena, struct hit_list *out, struct error *error)
{
    const struct list_query query = {
        .what = "hits", .row_size = sizeof(struct hit_row), .read = read_hit};
    struct list_window window;
    struct slice sql = arena_printf(
        arena, "SELECT %s FROM operation %.*s ORDER BY " CASE_ORDER " LIMIT %zu",
        hit_columns, (int)where.length, where.data, limit);
    sqlite3_stmt *statement = statement_prepare(handle, sql, error);
    *out = (struct hit_list){0};
    if (!statement || list_query_read(handle, &query, statement, SQLITE_OK, limit,
                                      arena, &window, error))
        return -1;
    *out = (struct hit_list){window.rows, window.count, 0, window.count};
    return 0;
}

int query_each_hit(struct case_file *handle, const struct hit_scope *scope,
                   hit_visit visit, void *payload, struct error *error)
{
    struct arena kept, arena;
    arena_init(&kept);
    arena_init(&arena);
    struct slice where = scope_sql(scope, &kept, error);
    struct slice sql =
        slice_present(where)
            ? arena_printf(&kept, "SELECT %s FROM operation %.*s ORDER BY " CASE_ORDER,
                           hit_columns, (int)where.length, where.data)
            : SLICE_NONE;
    sqlite3_stmt *statement =
        slice_present(where) ? statement_prepare(handle, sql, error) : NULL;
    int parameter = 1, visited = statement ? 0 : -1, result = SQLITE_OK;
    if (statement)
        result = scope_bind(scope, statement, &parameter);
    while (!visited && (result == SQLITE_OK || result == SQLITE_ROW)) {
        result = sqlite3_step(statement);
        if (result != SQLITE_ROW)
            break;
        struct hit_row row;
        read_hit(statement, &arena, &row);
        visited = visit(payload, &row, &arena, error);
        arena_reset(&arena);
    }
    if (visited < 0)
        sqlite3_finalize(statement);
    else
        visited = statement_end(handle, statement, result, "reading hits", error);
    arena_fini(&arena);
    arena_fini(&kept);
    return visited;
}

int query_hit(struct case_file *handle, struct slice operation_id, struct arena *arena,
              struct hit_row *out, struct error *error)
{
    /* The next text after all that begin with the prefix: ids are hex digits. */
    struct slice sql = arena_printf(
        arena, "SELECT %s FROM operation WHERE id >= ?1 AND id < ?1 || 'g' LIMIT 2",
        hit_columns);
    sqlite3_stmt *statement = statement_prepare(handle, sql, error);
    if (!statement)
        return -1;
    statement_bind_text(statement, 1, operation_id);
    int found = 0, result = sqlite3_step(statement);
    if (result == SQLITE_ROW) {
        found = 1;
        read_hit(statement, arena, out);
        result = sqlite3_step(statement);
        found += result == SQLITE_ROW;
    }
    if (statement_end(handle, statement, result, "reading a hit", error))
        return -1;
    if (found == 1)
        return 0;
    return error_set(error, ERROR_INPUT,
                     found ? "more than one operation has this id's beginning"
                           : "there is no operation with this id");
}

int query_evidence(struct case_file *handle, struct slice operation_id, bool with_raw,
                   struct arena *arena, struct evidence_list *out, struct error *error)
{
    static const char sql[] =
        "SELECT s.path, s.member, r.form_chain, s.sha256, r.form, r.time_text,"
        " r.source, r.offset, r.length, r.time_us, r.outcome,"
        " CASE WHEN ?2 THEN r.raw END FROM record AS r JOIN source AS s"
        " ON s.id = r.source WHERE r.operation = ?1"
        " ORDER BY r.time_us, r.phase, s.sha256, s.path, r.offset, r.leaf LIMIT ?3";
    *out = (struct evidence_list){0};
    sqlite3_stmt *statement = statement_prepare(handle, slice_from(sql), error);
    if (!statement)
        return -1;
    statement_bind_text(statement, 1, operation_id);
    sqlite3_bind_int(statement, 2, with_raw);
    sqlite3_bind_int(statement, 3, LIMIT_OPERATION_RECORDS);
    size_t capacity = 0;
    int result;
    while ((result = sqlite3_step(statement)) == SQLITE_ROW) {
        if (out->count == capacity) {
            size_t more = capacity ? 2 * capacity : 8;
            struct evidence_row *rows = arena_alloc(arena, more * sizeof *rows);
            if (!rows) {
                sqlite3_finalize(statement);
                return error_set(error, ERROR_MEMORY, "no memory for the evidence");
            }
            if (out->count)
                memcpy(rows, out->rows, out->count * sizeof *rows);
            out->rows = rows;
            capacity = more;
        }
        struct evidence_row *row = &out->rows[out->count++];
        row->path = statement_text(statement, 0, arena);
        row->member = statement_text(statement, 1, arena);
        row->form_chain = statement_text(statement, 2, arena);
        row->sha256 = statement_text(statement, 3, arena);
        row->form = statement_text(statement, 4, arena);
        row->time_text = statement_text(statement, 5, arena);
        row->source = sqlite3_column_int64(statement, 6);
        row->offset = statement_count(statement, 7);
        row->length = statement_count(statement, 8);
        row->time_us = statement_time(statement, 9);
        row->outcome = (enum outcome)sqlite3_column_int(statement, 10);
        row->raw = statement_text(statement, 11, arena);
    }
    return statement_end(handle, statement, result, "reading the evidence", error);
}

int query_histogram(struct case_file *handle, const struct hit_scope *scope,
                    size_t steps, struct arena *arena, struct histogram *out,
                    struct error *error)
{
    *out = (struct histogram){.first_us = EVENT_TIME_NONE};
    struct slice where = scope_sql(scope, arena, error);
    if (!slice_present(where))
        return -1;
    if (!steps)
        return 0;
    struct slice sql = arena_printf(
        arena,
        "WITH step AS (SELECT ?1 AS steps),"
        " hit AS (SELECT time_us FROM operation %.*s AND time_us IS NOT NULL),"
        " span AS (SELECT min(time_us) AS first,"
        "  (max(time_us) - min(time_us)) / (SELECT steps FROM step) + 1 AS width"
        "  FROM hit)"
        " SELECT first, width, (time_us - first) / width, count(*)"
        " FROM hit, span GROUP BY 3 ORDER BY 3",
        (int)where.length, where.data);
    sqlite3_stmt *statement = statement_prepare(handle, sql, error);
    int parameter = 2; /* behind the number of steps */
    if (!statement)
        return -1;
    out->counts = arena_alloc(arena, steps * sizeof *out->counts);
    int result = scope_bind(scope, statement, &parameter);
    sqlite3_bind_int64(statement, 1, (sqlite3_int64)steps);
    if (!out->counts) {
        sqlite3_finalize(statement);
        return error_set(error, ERROR_MEMORY, "no memory for the histogram");
    }
    memset(out->counts, 0, steps * sizeof *out->counts);
    while (result == SQLITE_OK || result == SQLITE_ROW) {
        result = sqlite3_step(statement);
        if (result != SQLITE_ROW)
            break;
        out->first_us = statement_time(statement, 0);
        out->step_us = sqlite3_column_int64(statement, 1);
        uint64_t step = statement_count(statement, 2);
        if (step < steps)
            out->counts[step] += statement_count(statement, 3);
        out->count = steps;
    }
    return statement_end(handle, statement, result, "reading the histogram", error);
}
