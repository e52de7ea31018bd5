#include "config.h"

#include "db/approval_store.h"

#include <jansson.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/escape.h"
#include "core/timestamp.h"
#include "db/statement.h"

static const char approval_columns[] =
    "SELECT id, enabled, start_us, end_us, ticket, reason, approved_by, created_by,"
    " created_us, review_us, coalesce(covers, 0) FROM approval LEFT JOIN"
    " (SELECT approval AS covered, count(*) AS covers FROM operation"
    "  WHERE approval IS NOT NULL GROUP BY approval) ON covered = id";

static void read_approval(sqlite3_stmt *statement, struct arena *arena,
                          struct approval_row *row)
{
    struct approval *approval = &row->approval;
    *row = (struct approval_row){.covers = statement_count(statement, 10)};
    approval->id = sqlite3_column_int64(statement, 0);
    approval->enabled = sqlite3_column_int(statement, 1) != 0;
    approval->start_us = statement_time(statement, 2);
    approval->end_us = statement_time(statement, 3);
    approval->ticket = statement_text(statement, 4, arena);
    approval->reason = statement_text(statement, 5, arena);
    approval->approved_by = statement_text(statement, 6, arena);
    approval->created_by = statement_text(statement, 7, arena);
    approval->created_us = statement_time(statement, 8);
    approval->review_us = statement_time(statement, 9);
}

static struct approval *find(struct approval_list *list, int64_t id)
{
    size_t low = 0, high = list->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (list->rows[middle].approval.id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low < list->count && list->rows[low].approval.id == id
               ? &list->rows[low].approval
               : NULL;
}

static int read_selectors(struct case_file *handle, struct arena *arena,
                          struct approval_list *list, struct error *error)
{
    static const char sql[] =
        "SELECT approval, selector, pattern FROM approval_selector";
    sqlite3_stmt *statement = statement_prepare(handle, slice_from(sql), error);
    int result;
    if (!statement)
        return -1;
    while ((result = sqlite3_step(statement)) == SQLITE_ROW) {
        struct approval *approval = find(list, sqlite3_column_int64(statement, 0));
        int selector = approval_selector_from_name(statement_text(statement, 1, arena));
        if (approval && selector >= 0)
            approval->selector[selector] = statement_text(statement, 2, arena);
    }
    return statement_end(handle, statement, result, "reading approvals", error);
}

int approval_store_list(struct case_file *handle, struct arena *arena,
                        struct approval_list *out, struct error *error)
{
    struct slice sql = arena_printf(arena, "%s ORDER BY id LIMIT %d", approval_columns,
                                    LIMIT_APPROVALS);
    sqlite3_stmt *statement = statement_prepare(handle, sql, error);
    size_t capacity = 0;
    int result;
    *out = (struct approval_list){0};
    if (!statement)
        return -1;
    while ((result = sqlite3_step(statement)) == SQLITE_ROW) {
        if (out->count == capacity) {
            size_t more = capacity ? 2 * capacity : 16;
            struct approval_row *rows = arena_alloc(arena, more * sizeof *rows);
            if (!rows) {
                sqlite3_finalize(statement);
                return error_set(error, ERROR_MEMORY, "no memory for approvals");
            }
            if (out->count)
                memcpy(rows, out->rows, out->count * sizeof *rows);
            out->rows = rows;
            capacity = more;
        }
        read_approval(statement, arena, &out->rows[out->count++]);
    }
    if (statement_end(handle, statement, result, "reading approvals", error))
        return -1;
    return read_selectors(handle, arena, out, error);
}

int approval_store_get(struct case_file *handle, int64_t id, struct arena *arena,
                       struct approval *out, struct error *error)
{
    struct approval_list list;
    if (approval_store_list(handle, arena, &list, error))
        return -1;
    struct approval *found = find(&list, id);
    if (!found)
        return error_set(error, ERROR_SYNTAX, "there is no approval %lld",
                         (long long)id);
    *out = *found;
    return 0;
}

static int insert_selectors(struct case_file *handle, const struct approval *approval,
                            struct error *error)
{
    static const char sql[] =
        "INSERT INTO approval_selector(approval, selector, pattern) VALUES (?, ?, ?)";
    for (unsigned i = 0; i < APPROVAL_SELECTOR_COUNT; i++) {
        if (!slice_present(approval->selector[i]))
            continue;
        sqlite3_stmt *statement = statement_prepare(handle, slice_from(sql), error);
        if (!statement)
            return -1;
        enum approval_selector selector = (enum approval_selector)i;
        sqlite3_bind_int64(statement, 1, approval->id);
        statement_bind_text(statement, 2, slice_from(approval_selector_name(selector)));
        statement_bind_text(statement, 3, approval->selector[i]);
        int result = sqlite3_step(statement);
        if (statement_end(handle, statement, result, "writing an approval", error))
            return -1;
    }
    return 0;
}

static struct slice present(struct slice text)
{
    return slice_present(text) ? text : SLICE("");
}

/* A case's later approvals would not be read: better refused than without effect. */
static int check_room(struct case_file *handle, struct error *error)
{
    static const char sql[] = "SELECT count(*) FROM approval";
    sqlite3_stmt *statement = statement_prepare(handle, slice_from(sql), error);
    if (!statement)
        return -1;
    int result = sqlite3_step(statement);
    bool full =
        result == SQLITE_ROW && sqlite3_column_int(statement, 0) >= LIMIT_APPROVALS;
    if (statement_end(handle, statement, result, "counting approvals", error))
        return -1;
    return full ? error_set(error, ERROR_LIMIT, "a case has at most %d approvals",
                            LIMIT_APPROVALS)
                : 0;
}

int approval_store_insert(struct case_file *handle, struct approval *approval,
                          struct error *error)
{
    static const char sql[] =
        "INSERT INTO approval(enabled, start_us, end_us, ticket, reason, approved_by,"
        " created_by, created_us, review_us, key, changed_us)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?8)";
    char key[APPROVAL_KEY_BYTES];
    if (check_room(handle, error))
        return -1;
    if (approval_key(approval, key))
        return error_set(error, ERROR_MEMORY, "no memory for an approval");
    sqlite3_stmt *statement = statement_prepare(handle, slice_from(sql), error);
    if (!statement)
        return -1;
    sqlite3_bind_int(statement, 1, approval->enabled);
    statement_bind_time(statement, 2, approval->start_us);
    statement_bind_time(statement, 3, approval->end_us);
    statement_bind_text(statement, 4, present(approval->ticket));
    statement_bind_text(statement, 5, present(approval->reason));
    statement_bind_text(statement, 6, present(approval->approved_by));
    statement_bind_text(statement, 7, present(approval->created_by));
    statement_bind_time(statement, 8, approval->created_us);
    statement_bind_time(statement, 9, approval->review_us);
    statement_bind_text(statement, 10, slice_from(key));
    int result = sqlite3_step(statement);
    if (statement_end(handle, statement, result, "writing an approval", error))
        return -1;
    approval->id = sqlite3_last_insert_rowid(handle->db);
    return insert_selectors(handle, approval, error);
}

int approval_store_enable(struct case_file *handle, int64_t id, bool enabled,
                          int64_t now_us, struct error *error)
{
    static const char sql[] =
        "UPDATE approval SET enabled = ?, changed_us = ?3 WHERE id = ?2";
    sqlite3_stmt *statement = statement_prepare(handle, slice_from(sql), error);
    if (!statement)
        return -1;
    sqlite3_bind_int(statement, 1, enabled);
    sqlite3_bind_int64(statement, 2, id);
    sqlite3_bind_int64(statement, 3, now_us);
    int result = sqlite3_step(statement);
    return statement_end(handle, statement, result, "writing an approval", error);
}

static void set_text(json_t *object, const char *name, struct slice text,
                     struct arena *arena)
{
    if (slice_blank(text))
        return;
    struct slice safe = escape_text(arena, text);
    json_object_set_new(object, name, json_stringn(safe.data, safe.length));
}

static void set_time(json_t *object, const char *name, int64_t time_us)
{
    char text[TIMESTAMP_TEXT_MAX];
    if (timestamp_format(time_us, text))
        json_object_set_new(object, name, json_string(text));
}

int approval_key(const struct approval *approval, char out[APPROVAL_KEY_BYTES])
{
    unsigned char digest[SHA256_DIGEST_LENGTH];
    struct approval content = *approval;
    struct arena arena;
    content.id = 0;
    content.enabled = true;
    arena_init(&arena);
    struct slice text = approval_json(&content, &arena);
    bool done = text.length &&
                SHA256((const unsigned char *)text.data, text.length, digest) != NULL;
    arena_fini(&arena);
    for (size_t i = 0; done && i < APPROVAL_KEY_BYTES / 2; i++)
        snprintf(out + 2 * i, 3, "%02x", digest[i]);
    return done ? 0 : -1;
}

struct slice approval_json(const struct approval *approval, struct arena *arena)
{
    json_t *object = json_object();
    struct slice copy = SLICE("");
    if (!object)
        return copy;
    json_object_set_new(object, "id", json_integer(approval->id));
    json_object_set_new(object, "enabled", json_boolean(approval->enabled));
    for (unsigned i = 0; i < APPROVAL_SELECTOR_COUNT; i++)
        set_text(object, approval_selector_name((enum approval_selector)i),
                 approval->selector[i], arena);
    set_time(object, "start", approval->start_us);
    set_time(object, "end", approval->end_us);
    set_text(object, "ticket", approval->ticket, arena);
    set_text(object, "reason", approval->reason, arena);
    set_text(object, "approved_by", approval->approved_by, arena);
    set_text(object, "created_by", approval->created_by, arena);
    set_time(object, "created_at", approval->created_us);
    set_time(object, "review_by", approval->review_us);
    char *text = json_dumps(object, JSON_COMPACT | JSON_ENSURE_ASCII);
    if (text)
        copy = arena_copy(arena, slice_from(text));
    free(text);
    json_decref(object);
    return copy;
}
