#include "config.h"

#include "db/ledger_store.h"

#include <stdlib.h>

#include "core/ledger.h"
#include "db/own_store.h"
#include "db/seen.h"
#include "db/statement.h"
#include "db/triage.h"

/* ---- facts ---- */

#define FACT_COLUMN(identifier, column) ", f." #column
#define FACT_COLUMNS                                                                   \
    "SELECT f.thing, f.act, f.number, f.time_us, f.provider, f.outcome, f.phase,"      \
    " iif(r.operation <> r.alone, r.operation, f.act_id), f.event_id, f.account,"      \
    " f.region, f.actor, r.operation, coalesce(s.sha256, s.path), s.member,"           \
    " f.offset, f.leaf" FACT_FIELDS(FACT_COLUMN)
#define FACT_JOINS                                                                     \
    " AS f JOIN source AS s ON s.id = f.source"                                        \
    " LEFT JOIN record AS r ON r.source = f.source AND r.offset = f.offset"            \
    " AND r.leaf = f.leaf"

/* Of the many neighbours of a cloud only those that a mirror refers to. */
static const char cloud_facts[] =
    "WITH family AS MATERIALIZED (SELECT * FROM fact WHERE provider = ?1 AND"
    "  thing NOT IN (5, 6, 7)),"
    " named(id) AS (SELECT mirrored FROM family WHERE thing = 1"
    "  UNION SELECT destination FROM family WHERE thing = 2"
    "  UNION SELECT parent FROM family WHERE thing IN (1, 2)),"
    " near AS MATERIALIZED (SELECT * FROM fact WHERE thing IN (5, 6, 7)"
    "  AND object IN (SELECT id FROM named)),"
    " chosen AS (SELECT * FROM family UNION ALL SELECT * FROM near"
    "  UNION ALL SELECT * FROM fact WHERE thing IN (5, 6, 7) AND thing = 6"
    "   AND object IN (SELECT parent FROM near WHERE thing = 5)"
    "  UNION ALL SELECT * FROM fact WHERE act = 6 AND object IS NULL"
    "   AND label IN (SELECT label FROM near WHERE thing = 5)) " FACT_COLUMNS
    " FROM chosen" FACT_JOINS;
/* GCP's policies list their instances, and only what is deleted is kept of these. */
static const char gcp_facts[] =
    FACT_COLUMNS " FROM fact" FACT_JOINS " WHERE f.provider = ?1";
static const char device_facts[] = FACT_COLUMNS
    " FROM fact" FACT_JOINS " WHERE f.provider = ?1 AND coalesce(f.account, '') = ?2"
    " AND f.thing NOT IN (5, 6, 7)";
_Static_assert(THING_INTERFACE == 5 && THING_MACHINE == 6 && THING_BALANCER == 7 &&
                   THING_SESSION == 1 && THING_TARGET == 2 && ACT_DETACH == 6,
               "the statements and indexes name these numbers");

static void read_fact(sqlite3_stmt *row, struct arena *arena, struct fact *out)
{
    int at = 0;
    *out = (struct fact){.thing = (enum fact_thing)sqlite3_column_int(row, at++)};
    out->act = (enum fact_act)sqlite3_column_int(row, at++);
    out->number = (unsigned)sqlite3_column_int(row, at++);
    out->time_us = statement_time(row, at++);
    out->provider = (enum provider)sqlite3_column_int(row, at++);
    out->outcome = (enum outcome)sqlite3_column_int(row, at++);
    out->phase = (enum phase)sqlite3_column_int(row, at++);
    out->act_id = statement_text(row, at++, arena);
    out->order = statement_text(row, at++, arena);
    out->account = statement_text(row, at++, arena);
    out->region = statement_text(row, at++, arena);
    out->actor = statement_text(row, at++, arena);
    out->operation = statement_text(row, at++, arena);
    struct slice source = statement_text(row, at++, arena);
    struct slice member = statement_text(row, at++, arena);
    /* Lines of a device stand in the order of their file. */
    if (!out->act_id.length || provider_is_device(out->provider)) {
        struct slice place = arena_printf(
            arena, "%.*s:%.*s:%020lld:%06lld", (int)source.length, source.data,
            (int)member.length, member.data, (long long)sqlite3_column_int64(row, at),
            (long long)sqlite3_column_int64(row, at + 1));
        out->order = place;
        if (!out->act_id.length)
            out->act_id = place;
    }
    at += 2;
    for (int i = 0; i < FACT_FIELD_COUNT; i++)
        out->text[i] = statement_text(row, at++, arena);
}

struct family {
    enum provider provider;
    struct slice device;
};

struct facts_read {
    struct fact *facts;
    size_t count, room;
};

static int add_fact(struct facts_read *read, sqlite3_stmt *row, struct arena *arena)
{
    if (read->count == read->room) {
        size_t room = read->room ? 2 * read->room : 256;
        void *facts = realloc(read->facts, room * sizeof *read->facts);
        if (!facts)
            return -1;
        read->facts = facts;
        read->room = room;
    }
    read_fact(row, arena, &read->facts[read->count++]);
    return 0;
}

static int read_facts(struct case_file *handle, const struct family *family,
                      struct arena *arena, struct facts_read *out, struct error *error)
{
    bool device = provider_is_device(family->provider);
    const char *sql = device                             ? device_facts
                      : family->provider == PROVIDER_GCP ? gcp_facts
                                                         : cloud_facts;
    sqlite3_stmt *statement = statement_prepare(handle, slice_from(sql), error);
    if (!statement)
        return -1;
    sqlite3_bind_int(statement, 1, family->provider);
    if (device)
        statement_bind_text(statement, 2, family->device);
    int result;
    while ((result = sqlite3_step(statement)) == SQLITE_ROW) {
        if (add_fact(out, statement, arena)) {
            sqlite3_finalize(statement);
            return error_set(error, ERROR_MEMORY, "no memory for the ledger's facts");
        }
    }
    return statement_end(handle, statement, result, "reading the ledger's facts",
                         error);
}

/* ---- rows ---- */

static int run_for_family(struct case_file *handle, const char *sql,
                          const struct family *family, struct error *error)
{
    sqlite3_stmt *statement = statement_prepare(handle, slice_from(sql), error);
    if (!statement)
        return -1;
    sqlite3_bind_int(statement, 1, family->provider);
    statement_bind_text(statement, 2, family->device);
    return statement_end(handle, statement, sqlite3_step(statement),
                         "writing the ledger", error);
}

#define FAMILY_ROWS                                                                    \
    "(SELECT id FROM mirror WHERE provider = ?1 AND coalesce(device, '') = ?2)"

static int forget(struct case_file *handle, const struct family *family,
                  struct error *error)
{
    return run_for_family(handle,
                          "DELETE FROM mirror_operation WHERE mirror IN " FAMILY_ROWS,
                          family, error) ||
                   run_for_family(handle,
                                  "DELETE FROM mirror WHERE provider = ?1"
                                  " AND coalesce(device, '') = ?2",
                                  family, error)
               ? -1
               : 0;
}

/* Approvals look again at the operations of the mirrors that were rebuilt. */
static int ask_again(struct case_file *handle, const struct family *family,
                     struct error *error)
{
    return run_for_family(
        handle,
        "UPDATE operation SET approval_state = NULL WHERE approval_state IS NOT NULL"
        " AND EXISTS (SELECT 1 FROM approval) AND id IN (SELECT operation"
        " FROM mirror_operation WHERE mirror IN " FAMILY_ROWS ")",
        family, error);
}

struct writer {
    struct case_file *handle;
    sqlite3_stmt *mirror, *operation;
};

static int write_operations(struct writer *writer, const struct mirror *mirror)
{
    sqlite3_int64 id = sqlite3_last_insert_rowid(writer->handle->db);
    for (const struct mirror_operation *link = mirror->operations; link;
         link = link->next) {
        sqlite3_bind_int64(writer->operation, 1, id);
        statement_bind_text(writer->operation, 2, link->operation);
        sqlite3_bind_int(writer->operation, 3, link->part);
        int code = sqlite3_step(writer->operation);
        sqlite3_reset(writer->operation);
        if (code != SQLITE_DONE)
            return -1;
    }
    return 0;
}

static int write_mirror(struct writer *writer, const struct mirror *mirror)
{
    sqlite3_stmt *insert = writer->mirror;
    int at = 1;
    statement_bind_text(insert, at++, mirror->id.length ? mirror->id : SLICE("?"));
    sqlite3_bind_int64(insert, at++, mirror->segment);
    sqlite3_bind_int(insert, at++, mirror->provider);
    statement_bind_text(insert, at++, mirror->account);
    statement_bind_text(insert, at++, mirror->region);
    statement_bind_text(insert, at++, mirror->device);
    sqlite3_bind_int(insert, at++, mirror->state);
    statement_bind_time(insert, at++, mirror->since_us);
    statement_bind_time(insert, at++, mirror->until_us);
    statement_bind_time(insert, at++, mirror->observed_us);
    statement_bind_text(insert, at++, mirror->mirrored);
    statement_bind_text(insert, at++, mirror->destination);
    statement_bind_text(insert, at++, mirror->destination_ids);
    statement_bind_text(insert, at++, mirror->filter);
    sqlite3_bind_int64(insert, at++, (sqlite3_int64)mirror->sources);
    sqlite3_bind_int(insert, at++, mirror->foreign);
    statement_bind_text(insert, at++, mirror->foreign_reason);
    statement_bind_text(insert, at++, mirror->opened_by);
    statement_bind_text(insert, at++, mirror->closed_by);
    statement_bind_text(insert, at++, mirror->closed_how);
    int code = sqlite3_step(insert);
    sqlite3_reset(insert);
    return code == SQLITE_DONE ? write_operations(writer, mirror) : -1;
}

static int write_mirrors(struct case_file *handle, const struct mirror_list *list,
                         struct error *error)
{
    static const char rows[] =
        "INSERT INTO mirror(mirror, segment, provider, account, region, device, state,"
        " since_us, until_us, observed_us, mirrored, destination, destination_ids,"
        " filter, sources, foreign_destination, foreign_reason, opened_by, closed_by,"
        " closed_how) VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)";
    static const char links[] =
        "INSERT OR IGNORE INTO mirror_operation VALUES(?, ?, ?)";
    struct writer writer = {.handle = handle};
    int result = 0;
    writer.mirror = statement_prepare(handle, slice_from(rows), error);
    writer.operation = statement_prepare(handle, slice_from(links), error);
    if (!writer.mirror || !writer.operation)
        result = -1;
    for (size_t i = 0; !result && i < list->count; i++) {
        if (write_mirror(&writer, &list->rows[i]))
            result = case_error(handle, "writing the ledger", error);
    }
    sqlite3_finalize(writer.mirror);
    sqlite3_finalize(writer.operation);
    return result;
}

static int refresh_family(struct case_file *handle, const struct family *family,
                          const struct own *own, struct error *error)
{
    struct facts_read read = {.facts = NULL};
    struct mirror_list list;
    struct arena arena;
    arena_init(&arena);
    int result = read_facts(handle, family, &arena, &read, error);
    if (!result && ledger_build(read.facts, read.count, own, &arena, &list))
        result = error_set(error, ERROR_MEMORY, "no memory for the ledger");
    if (!result)
        result = forget(handle, family, error) || write_mirrors(handle, &list, error) ||
                         ask_again(handle, family, error)
                     ? -1
                     : 0;
    free(read.facts);
    arena_fini(&arena);
    return result;
}

/* ---- what is due ---- */

static int execute(struct case_file *handle, const char *sql, struct error *error)
{
    return sqlite3_exec(handle->db, sql, NULL, NULL, NULL)
               ? case_error(handle, "writing the ledger", error)
               : 0;
}

/* All values in one text: another text, another answer to what is foreign. */
static struct slice own_text(const struct own *own, struct arena *arena)
{
    size_t values = 0, count = 0;
    for (int kind = 0; kind < OWN_KIND_COUNT; kind++)
        values += own->sets[kind].count;
    struct slice *parts =
        arena_alloc(arena, (2 * values + 2 * OWN_KIND_COUNT) * sizeof *parts);
    if (!parts)
        return SLICE_NONE;
    for (int kind = 0; kind < OWN_KIND_COUNT; kind++) {
        const struct own_set *set = &own->sets[kind];
        parts[count++] = slice_from(own_kind_name((enum own_kind)kind));
        parts[count++] = set->declared ? SLICE(" declared;") : SLICE(" inferred;");
        for (size_t i = 0; i < set->count; i++) {
            parts[count++] = set->values[i];
            parts[count++] = SLICE(";");
        }
    }
    return arena_join(arena, parts, count);
}

/* Where it differs from the last refresh's, everything is due. */
static int note_own(struct case_file *handle, const struct own *own,
                    struct arena *arena, struct error *error)
{
    static const char sql[] =
        "INSERT INTO meta VALUES('ledger_own', ?1) ON CONFLICT DO UPDATE SET"
        " value = excluded.value WHERE value <> excluded.value";
    static const char all[] =
        "INSERT OR IGNORE INTO ledger_due SELECT DISTINCT provider, CASE WHEN provider"
        " BETWEEN 7 AND 15 THEN coalesce(account, '') ELSE '' END FROM fact"
        " WHERE thing NOT IN (5, 6, 7)";
    sqlite3_stmt *statement = statement_prepare(handle, slice_from(sql), error);
    if (!statement)
        return -1;
    statement_bind_text(statement, 1, own_text(own, arena));
    int before = sqlite3_total_changes(handle->db);
    if (statement_end(handle, statement, sqlite3_step(statement), "writing the ledger",
                      error))
        return -1;
    bool changed = sqlite3_total_changes(handle->db) != before;
    return changed ? execute(handle, all, error) : 0;
}

struct families {
    struct family *rows;
    size_t count, room;
};

static int read_due(struct case_file *handle, struct arena *arena, struct families *out,
                    struct error *error)
{
    sqlite3_stmt *statement = statement_prepare(
        handle, SLICE("SELECT provider, device FROM ledger_due"), error);
    int result;
    if (!statement)
        return -1;
    while ((result = sqlite3_step(statement)) == SQLITE_ROW) {
        if (out->count == out->room) {
            out->room = out->room ? 2 * out->room : 16;
            void *rows = realloc(out->rows, out->room * sizeof *out->rows);
            if (!rows) {
                sqlite3_finalize(statement);
                return error_set(error, ERROR_MEMORY, "no memory for the ledger");
            }
            out->rows = rows;
        }
        out->rows[out->count++] =
            (struct family){(enum provider)sqlite3_column_int(statement, 0),
                            statement_text(statement, 1, arena)};
    }
    return statement_end(handle, statement, result, "reading what is due", error);
}

int ledger_refresh(struct case_file *handle, struct error *error)
{
    struct families due = {.rows = NULL};
    struct arena arena;
    struct own own;
    arena_init(&arena);
    int result =
        seen_refresh(handle, error) || own_store_load(handle, &arena, &own, error) ||
        note_own(handle, &own, &arena, error) || read_due(handle, &arena, &due, error);
    for (size_t i = 0; !result && i < due.count; i++)
        result = refresh_family(handle, &due.rows[i], &own, error);
    if (!result)
        result = execute(handle, "DELETE FROM ledger_due", error) ||
                 triage_refresh(handle, true, error);
    free(due.rows);
    arena_fini(&arena);
    return result ? -1 : 0;
}

int ledger_rebuild(struct case_file *handle, struct error *error)
{
    return execute(handle,
                   "DELETE FROM mirror_operation; DELETE FROM mirror;"
                   " DELETE FROM meta WHERE key = 'ledger_own'",
                   error) ||
                   ledger_refresh(handle, error)
               ? -1
               : 0;
}
