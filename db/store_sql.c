#include "config.h"

#include "db/store_internal.h"

/* The columns of `record` and `operation` that are fields of an event. */
#define FIELD_NAME(identifier, name, kept) ", " #name
#define FIELD_EXCLUDED(identifier, name, kept) ", excluded." #name
#define FIELD_MARK(identifier, name, kept) ", ?"
#define OPERATION_FIELDS EVENT_FIELDS(FIELD_NAME)
#define EXCLUDED_FIELDS EVENT_FIELDS(FIELD_EXCLUDED)
#define FIELD_MARKS EVENT_FIELDS(FIELD_MARK)
_Static_assert(PROVIDER_CISCO_IOS == 7 && PROVIDER_LINUX == 15,
               "the families of devices name these numbers");
#define FACT_NAME(identifier, column) ", " #column
#define FACT_MARK(identifier, column) ", ?"
#define FACT_NAMES FACT_FIELDS(FACT_NAME)
#define FACT_MARKS FACT_FIELDS(FACT_MARK)
/* A record's `operation` is the act that it belongs to. */
#define RECORD_FIELDS                                                                  \
    ", time_text, form, operation_name, service, error_code, actor, actor_type,"       \
    " actor_id, session_issuer, source_identity, mfa, via, credential, source_ip,"     \
    " source_text, user_agent, account, region, resource_group, resource, mode,"       \
    " issued, mirror, mirrored, destination, event_id, request_id, correlation_id"

#define OPERATION_FACTS                                                                \
    "time_us, time_quality, provider, outcome, lifecycle, severity, confidence,"       \
    " rules, technique, records, switched_off"
#define EXCLUDED_FACTS                                                                 \
    "excluded.time_us, excluded.time_quality, excluded.provider, excluded.outcome,"    \
    " excluded.lifecycle, excluded.severity, excluded.confidence, excluded.rules,"     \
    " excluded.technique, excluded.records, excluded.switched_off"

/* Evidence in an order that does not depend on the order of loading. */
#define BY_CONTENT " ORDER BY coalesce(s.sha256, s.path), s.member, r.offset, r.leaf"

static const char *const texts[STATEMENT_COUNT] = {
    [STATEMENT_DICTIONARY] = "INSERT INTO dictionary VALUES(?, ?, ?)",
    [STATEMENT_SEGMENT] = "INSERT OR REPLACE INTO segment VALUES(?, ?, ?, ?)",
    [STATEMENT_COLUMN] = "INSERT OR REPLACE INTO segment_column VALUES(?, ?)",
    [STATEMENT_REJECT] =
        "INSERT INTO reject(source, kind, offset, length, reason, bytes)"
        " VALUES(?, ?, ?, ?, ?, ?)",
    [STATEMENT_CHUNK] = "INSERT OR REPLACE INTO embedded VALUES(?, ?, ?, ?)",
    [STATEMENT_ACCESS_POINT] = "INSERT OR REPLACE INTO access_point VALUES(?, ?, ?, ?)",
    [STATEMENT_SOURCE] =
        "INSERT INTO source(id, path, member, sha256, bytes, unpacked_bytes, mtime_us,"
        " forms, records, events, skipped, unknown, damaged, hits, first_us, last_us,"
        " status, reason, options, loaded_us, loaded_by, host, tool_version,"
        " resume_offset, resume_leaf, packing, embedded, doubled, head, open_end,"
        " content_crc, sample, merging)"
        " VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"
        " ON CONFLICT(id) DO UPDATE SET (sha256, bytes, unpacked_bytes, mtime_us, "
        "forms,"
        "  records, events, skipped, unknown, damaged, hits, first_us, last_us, status,"
        "  reason, options, loaded_us, loaded_by, host, tool_version, resume_offset,"
        "  resume_leaf, packing, embedded, doubled, head, open_end, content_crc, "
        "sample,"
        "  merging) = (excluded.sha256, excluded.bytes, excluded.unpacked_bytes,"
        "  excluded.mtime_us, excluded.forms, excluded.records, excluded.events,"
        "  excluded.skipped, excluded.unknown, excluded.damaged, excluded.hits,"
        "  excluded.first_us, excluded.last_us, excluded.status, excluded.reason,"
        "  excluded.options, excluded.loaded_us, excluded.loaded_by, excluded.host,"
        "  excluded.tool_version, excluded.resume_offset,"
        "  excluded.resume_leaf, excluded.packing,"
        "  excluded.embedded, excluded.doubled, excluded.head, excluded.open_end,"
        "  excluded.content_crc, excluded.sample, excluded.merging)",
    [STATEMENT_SOURCE_BY_HASH] = "SELECT id, path, member FROM source WHERE sha256 = ?"
                                 " AND status IN ('done', 'partial') AND id <> ?",
    [STATEMENT_SOURCE_BY_PATH] =
        "SELECT id, status, bytes, mtime_us, sha256, resume_offset, unpacked_bytes,"
        " records, events, skipped, unknown, damaged, hits, first_us, last_us, path,"
        " embedded, resume_leaf, sample, merging FROM source WHERE path = ? AND member "
        "= ? ORDER BY id",
    [STATEMENT_SOURCE_BY_SIZE] = "SELECT 1 FROM source WHERE bytes = ? LIMIT 1",
    /* Packed ones by their own fingerprint, others by their size. */
    [STATEMENT_SOURCE_TWINS] =
        "SELECT path, member, sha256, 1 FROM source WHERE content_crc IS NOT NULL"
        " AND unpacked_bytes = ?1 AND (?2 IS NULL OR content_crc = ?2) AND id <> ?3"
        " AND sha256 IS NOT NULL AND status IN ('done', 'partial')"
        " UNION ALL SELECT path, member, sha256, 0 FROM source WHERE ?2 IS NOT NULL"
        " AND bytes = ?1 AND packing = '' AND id <> ?3 AND sha256 IS NOT NULL"
        " AND status IN ('done', 'partial') LIMIT ?4",
    [STATEMENT_SOURCE_CANDIDATES] =
        "SELECT id, bytes, sha256, path = ?1, status = 'loading',"
        " embedded AND packing = '', open_end, sample FROM source"
        " WHERE (path = ?1 OR head = ?2 AND head <> 0) AND member = ''"
        " AND (sha256 IS NOT NULL OR sample IS NOT NULL AND path = ?1)"
        " AND NOT merging AND status IN ('loading', 'done', 'partial')"
        " ORDER BY bytes DESC, id LIMIT ?3",
    [STATEMENT_SOURCE_BY_ID] =
        "SELECT id, status, bytes, mtime_us, sha256, resume_offset, unpacked_bytes,"
        " records, events, skipped, unknown, damaged, hits, first_us, last_us, path,"
        " embedded, resume_leaf, sample, merging FROM source WHERE id = ?",
    [STATEMENT_SOURCE_UNFINISHED] = "UPDATE source SET status = 'partial',"
                                    " reason = 'changed before its load was finished'"
                                    " WHERE id = ? AND status = 'loading'",
    [STATEMENT_SOURCE_CHANGED] =
        "UPDATE source SET reason = reason || CASE reason WHEN '' THEN '' ELSE '; ' END"
        " || 'the file has changed since' WHERE id = ?"
        " AND instr(reason, 'the file has changed since') = 0",
    [STATEMENT_SOURCE_SUPERSEDED] =
        "UPDATE source SET status = 'skipped', doubled = 1, records = 0, events = 0,"
        " skipped = 0, unknown = 0, damaged = 0, hits = 0, first_us = NULL,"
        " last_us = NULL, reason = CASE status WHEN 'loading' THEN"
        " 'it was not merged to its end' ELSE 'its last line went on' END ||"
        " ': loaded again as a whole'"
        " WHERE id = ?",
    [STATEMENT_SOURCE_TAIL_GONE] =
        "DELETE FROM reject WHERE source = ? AND offset >= ?",
    [STATEMENT_SOURCE_OPERATIONS] = "SELECT DISTINCT operation FROM record"
                                    " WHERE source = ?",
    [STATEMENT_SOURCE_ACTS] = "SELECT DISTINCT act FROM record"
                              " WHERE source = ? AND act IS NOT NULL",
    [STATEMENT_SOURCE_RECORDS_GONE] = "DELETE FROM record WHERE source = ?",
    [STATEMENT_SOURCE_REJECTS_GONE] = "DELETE FROM reject WHERE source = ?",
    [STATEMENT_SOURCE_FACTS_DUE] =
        "INSERT OR IGNORE INTO ledger_due SELECT DISTINCT provider,"
        " CASE WHEN provider BETWEEN 7 AND 15 THEN coalesce(account, '') ELSE '' END"
        " FROM fact WHERE source = ?1 UNION SELECT provider, coalesce(account, '')"
        " FROM record WHERE source = ?1 AND provider BETWEEN 7 AND 15",
    [STATEMENT_SOURCE_FACTS_GONE] = "DELETE FROM fact WHERE source = ?",
    [STATEMENT_FACT] =
        "INSERT OR REPLACE INTO fact(source, offset, leaf, number, thing,"
        " act, time_us, provider, outcome, phase, act_id, event_id, account,"
        " region, actor" FACT_NAMES ") VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?" FACT_MARKS
        ")",
    [STATEMENT_FACT_DUE] = "INSERT OR IGNORE INTO ledger_due VALUES(?, ?)",
    [STATEMENT_ALIAS] = "INSERT OR IGNORE INTO source_alias VALUES(?, ?)",
    [STATEMENT_RECORD] =
        "INSERT OR REPLACE INTO record(operation, alone, act, source, offset, leaf, "
        "length,"
        " form_chain, time_us, time_quality, provider, outcome, phase, says_created,"
        " switched_off, merge_key, lifecycle, severity, confidence, rules, technique,"
        " raw" RECORD_FIELDS
        ") VALUES(?1,?1,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?" FIELD_MARKS ")",
    [STATEMENT_ACT_COUNT] = "SELECT count(*) FROM record WHERE act = ?",
    [STATEMENT_ACT_RECORDS] =
        "SELECT r.id, r.alone FROM record r JOIN source s ON s.id = r.source"
        " WHERE r.act = ?" BY_CONTENT,
    [STATEMENT_RECORD_ALONE] =
        "UPDATE record SET alone = ?1, operation = ?1 WHERE id = ?2",
    [STATEMENT_RECORD_OPERATION] = "UPDATE record SET operation = ? WHERE id = ?",
    [STATEMENT_DEVICES_DUE] =
        "SELECT provider, device FROM ledger_due WHERE provider BETWEEN 7 AND 15",
    [STATEMENT_DEVICE_RECORDS] =
        "SELECT id, operation, alone, time_us, coalesce(form, '') || ' ' ||"
        " coalesce(service, ''), actor, mode, operation_name FROM record"
        " WHERE provider = ? AND coalesce(account, '') = ?"
        " AND provider BETWEEN 7 AND 15",
    [STATEMENT_OPERATION_RECORDS] =
        "SELECT coalesce(s.sha256, s.path), s.member, r.offset, r.leaf, r.time_us,"
        " r.time_quality, r.provider, r.outcome, r.phase, r.says_created,"
        " r.switched_off, r.merge_key, r.lifecycle, r.severity, r.confidence, r.rules,"
        " r.technique" RECORD_FIELDS " FROM record r JOIN source s ON s.id = r.source"
        " WHERE r.operation = ?" BY_CONTENT " LIMIT ?",
    [STATEMENT_OPERATION_KNOWN] = "SELECT 1 FROM operation WHERE id = ?",
    /* A fold that changes anything makes the approvals look at it again. */
    [STATEMENT_OPERATION] =
        "INSERT INTO operation(id, first_loaded_us, " OPERATION_FACTS OPERATION_FIELDS
        ") VALUES(?, ?, ?,?,?,?,?,?,?,?,?,?,?" FIELD_MARKS ")"
        " ON CONFLICT(id) DO UPDATE SET (" OPERATION_FACTS OPERATION_FIELDS
        ", joined, approval, approval_state, near_miss) = (" EXCLUDED_FACTS
            EXCLUDED_FIELDS
        ", 0, NULL, NULL, NULL) WHERE (" OPERATION_FACTS OPERATION_FIELDS
        ") IS NOT (" EXCLUDED_FACTS EXCLUDED_FIELDS ")",
    [STATEMENT_OPERATION_GONE] = "DELETE FROM operation WHERE id = ?",
};

int store_prepare(struct store *store, struct error *error)
{
    for (int i = 0; i < STATEMENT_COUNT; i++) {
        if (sqlite3_prepare_v3(store->handle->db, texts[i], -1,
                               SQLITE_PREPARE_PERSISTENT, &store->statements[i], NULL))
            return case_error(store->handle, "preparing to write", error);
    }
    return 0;
}

void store_finalize(struct store *store)
{
    for (int i = 0; i < STATEMENT_COUNT; i++) {
        sqlite3_finalize(store->statements[i]);
        store->statements[i] = NULL;
    }
}

void store_bind(sqlite3_stmt *statement, int at, struct slice text)
{
    if (slice_present(text))
        sqlite3_bind_text(statement, at, text.data, (int)text.length, SQLITE_STATIC);
    else
        sqlite3_bind_null(statement, at);
}

void store_bind_time(sqlite3_stmt *statement, int at, int64_t time_us)
{
    if (time_us == EVENT_TIME_NONE)
        sqlite3_bind_null(statement, at);
    else
        sqlite3_bind_int64(statement, at, time_us);
}

int store_run(struct store *store, enum store_statement which)
{
    sqlite3_stmt *statement = store->statements[which];
    int code = sqlite3_step(statement);
    /* The reset repeats the step's failure; the message stays for the caller. */
    sqlite3_reset(statement);
    return code == SQLITE_DONE || code == SQLITE_ROW ? 0 : -1;
}

struct slice store_column(sqlite3_stmt *row, int column, struct arena *arena)
{
    if (sqlite3_column_type(row, column) == SQLITE_NULL)
        return SLICE_NONE;
    const char *text = (const char *)sqlite3_column_text(row, column);
    struct slice s = {text ? text : "", (size_t)sqlite3_column_bytes(row, column)};
    return arena_copy(arena, s);
}
