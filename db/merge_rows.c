#include "config.h"

#include "db/merge_internal.h"

#include <stdio.h>
#include <stdlib.h>

#include "db/journal.h"
#include "db/statement.h"

/* --- rows that name a source ----------------------------------------------- */

/* "INSERT OR REPLACE INTO table(a, b) VALUES(?, ?)" of the columns that `select` has.
 */
static struct slice insert_sql(sqlite3_stmt *select, const char *table,
                               struct arena *arena)
{
    struct slice names = SLICE(""), marks = SLICE("");
    for (int i = 0; i < sqlite3_column_count(select); i++) {
        const char *name = sqlite3_column_name(select, i);
        if (!strcmp(name, "id"))
            continue; /* a number of that case alone */
        struct slice comma = slice_from(names.length ? ", " : "");
        struct slice name_parts[] = {names, comma, slice_from(name)};
        struct slice mark_parts[] = {marks, comma, arena_printf(arena, "?%d", i + 1)};
        names = arena_join(arena, name_parts, 3);
        marks = arena_join(arena, mark_parts, 3);
    }
    return arena_printf(arena, "INSERT OR REPLACE INTO %s(%.*s) VALUES(%.*s)", table,
                        (int)names.length, names.data, (int)marks.length, marks.data);
}

/* Every row of `select` is bound to the parameters of `insert` and run. `source`: bound
 * in place of the column of this name, unless 0. */
static int copy_rows(struct case_file *there, sqlite3_stmt *select,
                     struct case_file *here, sqlite3_stmt *insert, int64_t source,
                     struct error *error)
{
    int code, columns = sqlite3_column_count(select);
    while ((code = sqlite3_step(select)) == SQLITE_ROW) {
        for (int i = 0; i < columns && i < sqlite3_bind_parameter_count(insert); i++) {
            if (source && !strcmp(sqlite3_column_name(select, i), "source"))
                sqlite3_bind_int64(insert, i + 1, source);
            else
                sqlite3_bind_value(insert, i + 1, sqlite3_column_value(select, i));
        }
        int result = sqlite3_step(insert);
        sqlite3_reset(insert);
        if (result != SQLITE_DONE)
            return case_error(here, "merging", error);
    }
    return code == SQLITE_DONE ? 0 : merge_failed_there(there, error);
}

int merge_copy_table(struct case_file *there, struct case_file *here, const char *table,
                     int64_t source_there, int64_t source_here, struct error *error)
{
    struct arena arena;
    arena_init(&arena);
    struct slice sql = arena_printf(&arena, "SELECT * FROM %s WHERE source = ?", table);
    sqlite3_stmt *select = statement_prepare(there, sql, error), *insert = NULL;
    int result = -1;
    if (!select)
        merge_failed_there(there, error);
    else
        insert = statement_prepare(here, insert_sql(select, table, &arena), error);
    if (insert) {
        sqlite3_bind_int64(select, 1, source_there);
        result = copy_rows(there, select, here, insert, source_here, error);
    }
    sqlite3_finalize(select);
    sqlite3_finalize(insert);
    arena_fini(&arena);
    return result;
}

static int run_here(struct case_file *here, const char *sql, int64_t source,
                    struct error *error)
{
    sqlite3_stmt *statement = statement_prepare(here, slice_from(sql), error);
    if (!statement)
        return -1;
    if (sqlite3_bind_parameter_count(statement))
        sqlite3_bind_int64(statement, 1, source);
    int result = sqlite3_step(statement);
    return statement_end(here, statement, result, "merging", error);
}

/* The facts about the source itself, as the other case has them. */
static int copy_source(struct case_file *there, struct case_file *here,
                       const struct merge_source *source, struct error *error)
{
    static const char of_source[] =
        "SELECT path, member, sha256, bytes, unpacked_bytes, mtime_us, forms, records,"
        " events, skipped, unknown, damaged, hits, first_us, last_us, status, reason,"
        " options, loaded_us, loaded_by, host, tool_version, resume_offset,"
        " resume_leaf, packing, embedded, doubled, head, open_end, content_crc, sample,"
        " ?2 FROM source WHERE id = ?1";
    static const char to_source[] =
        "UPDATE source SET (path, member, sha256, bytes, unpacked_bytes, mtime_us,"
        " forms, records, events, skipped, unknown, damaged, hits, first_us, last_us,"
        " status, reason, options, loaded_us, loaded_by, host, tool_version,"
        " resume_offset, resume_leaf, packing, embedded, doubled, head, open_end,"
        " content_crc, sample, merging) = (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10,"
        " ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25,"
        " ?26, ?27, ?28, ?29, ?30, ?31, 0) WHERE id = ?32";
    sqlite3_stmt *select = statement_prepare(there, slice_from(of_source), error);
    sqlite3_stmt *update = statement_prepare(here, slice_from(to_source), error);
    int result = -1;
    if (select && update) {
        sqlite3_bind_int64(select, 1, source->there);
        sqlite3_bind_int64(select, 2, source->here);
        result = copy_rows(there, select, here, update, 0, error);
    }
    sqlite3_finalize(select);
    sqlite3_finalize(update);
    return result;
}

static int take_source(struct store *store, struct case_file *there,
                       const struct merge_source *source, struct error *error)
{
    struct case_file *here = store->handle;
    static const char *const tables[] = {"record", "reject", "fact", "access_point"};
    if (run_here(here, "DELETE FROM record WHERE source = ?", source->here, error) ||
        run_here(here, "DELETE FROM reject WHERE source = ?", source->here, error) ||
        copy_source(there, here, source, error))
        return -1;
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        if (merge_copy_table(there, here, tables[i], source->there, source->here,
                             error))
            return -1;
    }
    /* Records that look alike are numbered anew, among those of both cases. */
    if (run_here(here,
                 "UPDATE record SET operation = '', alone = '' WHERE source = ?"
                 " AND act IS NOT NULL",
                 source->here, error))
        return -1;
    sqlite3_stmt *due = store->statements[STATEMENT_SOURCE_FACTS_DUE];
    sqlite3_bind_int64(due, 1, source->here);
    if (store_run(store, STATEMENT_SOURCE_FACTS_DUE) ||
        store_touch_operations(store, source->here))
        return case_error(here, "merging", error);
    return 0;
}

/* --- rows that have names of their own ------------------------------------- */

#define THE_SAME_SOURCE                                                                \
    "member = ?2 AND status IN ('done', 'partial') AND NOT doubled AND"                \
    " (sha256 = ?1 OR (?1 IS NULL AND sha256 IS NULL AND path = ?3 AND bytes = ?4))"

static const struct {
    const char *from, *to;
    bool counts; /* a new row is news for the journal */
} named_rows[] = {
    /* Of a source that both have, the earlier load speaks; the other path is an alias.
     */
    {"SELECT sha256, member, path, bytes, loaded_us FROM source"
     " WHERE status IN ('done', 'partial') AND NOT doubled",
     "INSERT OR IGNORE INTO source_alias SELECT id, CASE WHEN (?5, ?3) <"
     " (loaded_us, path) THEN path ELSE ?3 END FROM source WHERE path <> ?3"
     " AND " THE_SAME_SOURCE,
     false},
    {"SELECT sha256, member, path, bytes, loaded_us, mtime_us, options, loaded_by, "
     "host,"
     " tool_version, reason FROM source WHERE status IN ('done', 'partial')"
     " AND NOT doubled",
     "UPDATE source SET (path, loaded_us, mtime_us, options, loaded_by, host,"
     " tool_version, reason) = (?3, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"
     " WHERE (?5, ?3) < (loaded_us, path) AND " THE_SAME_SOURCE,
     false},
    /* Its bytes have been copied (merge.c). */
    {"SELECT sha256, member, path, bytes FROM source WHERE embedded"
     " AND status IN ('done', 'partial') AND NOT doubled",
     "UPDATE source SET embedded = 1 WHERE NOT embedded AND " THE_SAME_SOURCE, true},
    {"SELECT s.sha256, s.member, a.path, s.bytes FROM source_alias AS a JOIN source AS "
     "s"
     " ON s.id = a.source",
     "INSERT OR IGNORE INTO source_alias SELECT id, ?3 FROM source WHERE path <> ?3"
     " AND " THE_SAME_SOURCE,
     false},
    /* Doubles are aliases of what they are doubles of. */
    {"SELECT sha256, member, path, bytes FROM source WHERE doubled"
     " AND sha256 IS NOT NULL",
     "INSERT OR IGNORE INTO source_alias SELECT id, ?3 FROM source WHERE path <> ?3"
     " AND " THE_SAME_SOURCE,
     false},
    {"SELECT id, first_loaded_us, seen FROM operation",
     "UPDATE operation SET first_loaded_us = min(first_loaded_us, ?2),"
     " seen = max(seen, ?3) WHERE id = ?1",
     false},
    {"SELECT key, enabled, start_us, end_us, ticket, reason, approved_by, created_by,"
     " created_us, review_us, changed_us FROM approval ORDER BY id",
     "INSERT INTO approval(key, enabled, start_us, end_us, ticket, reason, approved_by,"
     " created_by, created_us, review_us, changed_us) SELECT ?1, ?2, ?3, ?4, ?5, ?6, "
     "?7,"
     " ?8, ?9, ?10, ?11 WHERE NOT EXISTS (SELECT 1 FROM approval WHERE key = ?1)",
     true},
    {"SELECT a.key, s.selector, s.pattern FROM approval_selector AS s JOIN approval AS "
     "a"
     " ON a.id = s.approval",
     "INSERT OR IGNORE INTO approval_selector SELECT id, ?2, ?3 FROM approval"
     " WHERE key = ?1",
     false},
    /* The later word on it stands; of two at once, the one that silences less. */
    {"SELECT key, enabled, changed_us FROM approval",
     "UPDATE approval SET enabled = ?2, changed_us = ?3 WHERE key = ?1"
     " AND ((changed_us = ?3 AND enabled > ?2) OR changed_us < ?3)",
     true},
    {"SELECT kind, value FROM own", "INSERT OR IGNORE INTO own VALUES(?1, ?2)", true},
    {"SELECT origin, number, at_us, analyst, host, action, subject, before, after,"
     " previous_hash, hash FROM journal ORDER BY id",
     "INSERT OR IGNORE INTO journal(origin, number, at_us, analyst, host, action,"
     " subject, before, after, previous_hash, hash)"
     " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
     false},
};

static int take_named(struct case_file *there, struct case_file *here, bool *news,
                      struct error *error)
{
    for (size_t i = 0; i < sizeof named_rows / sizeof named_rows[0]; i++) {
        sqlite3_stmt *select =
            statement_prepare(there, slice_from(named_rows[i].from), error);
        if (!select)
            return merge_failed_there(there, error);
        sqlite3_stmt *insert =
            statement_prepare(here, slice_from(named_rows[i].to), error);
        int before = sqlite3_total_changes(here->db);
        int result = insert ? copy_rows(there, select, here, insert, 0, error) : -1;
        *news |= named_rows[i].counts && sqlite3_total_changes(here->db) != before;
        sqlite3_finalize(select);
        sqlite3_finalize(insert);
        if (result)
            return -1;
    }
    return 0;
}

/* The numbers of approvals follow from what they say, so that they are the same
 * whichever case was merged into which. */
static int number_approvals(struct case_file *here, struct error *error)
{
    static const char *const steps[] = {
        "PRAGMA defer_foreign_keys = ON",
        "CREATE TEMP TABLE approval_number AS SELECT id AS old,"
        " row_number() OVER (ORDER BY created_us, key, id) AS new FROM main.approval",
        "UPDATE approval SET id = -(SELECT new FROM approval_number WHERE old = id)",
        "UPDATE approval_selector SET approval ="
        " -(SELECT new FROM approval_number WHERE old = approval)",
        "UPDATE approval SET id = -id",
        "UPDATE approval_selector SET approval = -approval",
        "DROP TABLE temp.approval_number",
        "DELETE FROM source_alias WHERE path ="
        " (SELECT path FROM source WHERE id = source_alias.source)",
    };
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        if (run_here(here, steps[i], 0, error))
            return -1;
    }
    return 0;
}

static int note_merge(struct merge *merge, struct case_file *there, struct error *error)
{
    char after[96];
    snprintf(after, sizeof after, "{\"sources\":%llu,\"events\":%llu}",
             (unsigned long long)merge->sources, (unsigned long long)merge->events);
    struct journal_entry entry = {
        .action = "merge",
        .subject = slice_from(case_uuid(there)),
        .after = slice_from(after),
    };
    return journal_append(merge->store->handle, merge->who, merge->now_us, &entry,
                          error);
}

static int take_all(struct merge *merge, struct case_file *there,
                    const struct merge_sources *sources, struct error *error)
{
    struct store *store = merge->store;
    struct case_file *here = store->handle;
    bool news = merge->sources > 0;
    for (size_t i = 0; i < sources->count; i++) {
        if (sources->rows[i].here &&
            take_source(store, there, &sources->rows[i], error))
            return -1;
    }
    if (store_fold_operations(store, error) || take_named(there, here, &news, error) ||
        number_approvals(here, error) || triage_refresh(here, false, error))
        return -1;
    return news ? note_merge(merge, there, error) : 0;
}

int merge_rows(struct merge *merge, struct case_file *there,
               const struct merge_sources *sources, struct error *error)
{
    struct case_file *here = merge->store->handle;
    if (case_begin(here, error))
        return -1;
    if (!take_all(merge, there, sources, error) && !case_commit(here, error))
        return 0;
    case_rollback(here);
    return -1;
}
