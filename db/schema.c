#include "config.h"

#include "db/schema.h"

/*
 * Times are UTC microseconds since 1970, absent = NULL.  Enumerations are stored as
 * the numbers of core/event.h; the views show their names.  Texts are as in the log,
 * not escaped.
 */
static const char version_1[] =
    /* key = value facts about the case itself: uuid, created_us, tool_version */
    "CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT "
    "ROWID;"

    /* One input file (or archive member); status 'loading' until its last record is
     * in.  resume_offset: unpacked bytes whose records are all committed. */
    "CREATE TABLE source("
    " id INTEGER PRIMARY KEY, path TEXT NOT NULL, member TEXT NOT NULL DEFAULT '',"
    " sha256 TEXT, bytes INTEGER NOT NULL DEFAULT 0,"
    " unpacked_bytes INTEGER NOT NULL DEFAULT 0, mtime_us INTEGER,"
    " forms TEXT NOT NULL DEFAULT '', records INTEGER NOT NULL DEFAULT 0,"
    " events INTEGER NOT NULL DEFAULT 0, skipped INTEGER NOT NULL DEFAULT 0,"
    " unknown INTEGER NOT NULL DEFAULT 0, damaged INTEGER NOT NULL DEFAULT 0,"
    " hits INTEGER NOT NULL DEFAULT 0, first_us INTEGER, last_us INTEGER,"
    " status TEXT NOT NULL CHECK(status IN"
    "  ('loading','done','partial','skipped','failed')),"
    " reason TEXT NOT NULL DEFAULT '', options TEXT NOT NULL DEFAULT '',"
    " loaded_us INTEGER, loaded_by TEXT NOT NULL DEFAULT '',"
    " host TEXT NOT NULL DEFAULT '', tool_version TEXT NOT NULL DEFAULT '',"
    " resume_offset INTEGER NOT NULL DEFAULT 0,"
    " packing TEXT NOT NULL DEFAULT '' CHECK(packing IN ('','gzip')),"
    " embedded INTEGER NOT NULL DEFAULT 0,"
    /* Found at its end to be the content of another source: its events are in the
     * segments, and are passed over. */
    " doubled INTEGER NOT NULL DEFAULT 0) STRICT;"
    /* The same content twice is one source. */
    "CREATE UNIQUE INDEX source_content ON source(sha256, member)"
    " WHERE sha256 IS NOT NULL AND status IN ('done','partial');"
    "CREATE INDEX source_size ON source(bytes);"
    "CREATE INDEX source_path ON source(path, member);"
    "CREATE TABLE source_alias(source INTEGER NOT NULL REFERENCES source(id),"
    " path TEXT NOT NULL, PRIMARY KEY(source, path)) STRICT, WITHOUT ROWID;"

    /* Bytes that could not be read, and notes about a source (kind 'note'). */
    "CREATE TABLE reject("
    " id INTEGER PRIMARY KEY, source INTEGER NOT NULL REFERENCES source(id),"
    " kind TEXT NOT NULL CHECK(kind IN ('damaged','unknown','note')),"
    " offset INTEGER NOT NULL, length INTEGER NOT NULL, reason TEXT NOT NULL,"
    " bytes BLOB) STRICT;"
    "CREATE INDEX reject_source ON reject(source, offset);"

    /* The input's own bytes where it was embedded (standard input always is):
     * chunks of at most 1 MiB of the unpacked stream, each a zlib stream. */
    "CREATE TABLE embedded("
    " source INTEGER NOT NULL REFERENCES source(id), offset INTEGER NOT NULL,"
    " length INTEGER NOT NULL, data BLOB NOT NULL,"
    " PRIMARY KEY(source, offset)) STRICT, WITHOUT ROWID;"

    /* All events: column segments, see segment.h. */
    "CREATE TABLE dictionary(field INTEGER NOT NULL, code INTEGER NOT NULL,"
    " value BLOB NOT NULL, PRIMARY KEY(field, code)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE segment(id INTEGER PRIMARY KEY, events INTEGER NOT NULL,"
    " first_us INTEGER, last_us INTEGER) STRICT;"
    "CREATE TABLE segment_column(id INTEGER PRIMARY KEY, data BLOB NOT NULL) STRICT;"

    /* Marked records, each with its raw bytes, in full. */
    "CREATE TABLE record("
    " id INTEGER PRIMARY KEY, operation TEXT NOT NULL,"
    /* What equal records without a merge key or event id have in common; each of
     * them is an operation of its own (store_hits.c). */
    " act TEXT,"
    " source INTEGER NOT NULL REFERENCES source(id),"
    " offset INTEGER NOT NULL, length INTEGER NOT NULL, form_chain TEXT NOT NULL,"
    " time_us INTEGER, time_quality INTEGER NOT NULL, provider INTEGER NOT NULL,"
    " outcome INTEGER NOT NULL, phase INTEGER NOT NULL, says_created INTEGER NOT NULL,"
    " switched_off INTEGER NOT NULL, merge_key TEXT, lifecycle INTEGER NOT NULL,"
    " severity INTEGER NOT NULL, confidence INTEGER NOT NULL, rules TEXT NOT NULL,"
    " technique TEXT NOT NULL,"
    " time_text TEXT, form TEXT, operation_name TEXT, service TEXT, error_code TEXT,"
    " actor TEXT, actor_type TEXT, actor_id TEXT, session_issuer TEXT,"
    " source_identity TEXT, mfa TEXT, via TEXT, credential TEXT, source_ip TEXT,"
    " source_text TEXT, user_agent TEXT, account TEXT, region TEXT,"
    " resource_group TEXT, resource TEXT, mode TEXT, mirror TEXT, mirrored TEXT,"
    " destination TEXT, event_id TEXT, request_id TEXT, correlation_id TEXT,"
    " raw BLOB NOT NULL,"
    " UNIQUE(source, offset)) STRICT;"
    "CREATE INDEX record_operation ON record(operation);"
    "CREATE INDEX record_act ON record(act) WHERE act IS NOT NULL;"

    /* One act: the fold of its records (core/operation.h). */
    "CREATE TABLE operation("
    " id TEXT PRIMARY KEY, time_us INTEGER, time_quality INTEGER NOT NULL,"
    " provider INTEGER NOT NULL, outcome INTEGER NOT NULL, lifecycle INTEGER NOT NULL,"
    " severity INTEGER NOT NULL, confidence INTEGER NOT NULL, rules TEXT NOT NULL,"
    " technique TEXT NOT NULL, records INTEGER NOT NULL,"
    " switched_off INTEGER NOT NULL,"
    " time_text TEXT, form TEXT, operation TEXT, service TEXT, error_code TEXT,"
    " actor TEXT, actor_type TEXT, actor_id TEXT, session_issuer TEXT,"
    " source_identity TEXT, mfa TEXT, via TEXT, credential TEXT, source_ip TEXT,"
    " source_text TEXT, user_agent TEXT, account TEXT, region TEXT,"
    " resource_group TEXT, resource TEXT, mode TEXT, mirror TEXT, mirrored TEXT,"
    " destination TEXT, event_id TEXT, request_id TEXT, correlation_id TEXT,"
    " first_loaded_us INTEGER NOT NULL, seen INTEGER NOT NULL DEFAULT 0,"
    /* What the approvals say, kept by triage.c: the deciding entry or NULL. */
    " approval INTEGER, approval_state TEXT, near_miss TEXT) STRICT;"
    "CREATE INDEX operation_time ON operation(time_us, provider, event_id, id);"
    "CREATE INDEX operation_group ON operation(actor, provider, time_us);"

    "CREATE TABLE approval("
    " id INTEGER PRIMARY KEY, enabled INTEGER NOT NULL DEFAULT 1,"
    " start_us INTEGER, end_us INTEGER, ticket TEXT NOT NULL DEFAULT '',"
    " reason TEXT NOT NULL DEFAULT '', approved_by TEXT NOT NULL DEFAULT '',"
    " created_by TEXT NOT NULL, created_us INTEGER NOT NULL, review_us INTEGER) STRICT;"
    "CREATE TABLE approval_selector("
    " approval INTEGER NOT NULL REFERENCES approval(id), selector TEXT NOT NULL,"
    " pattern TEXT NOT NULL, PRIMARY KEY(approval, selector)) STRICT, WITHOUT ROWID;"

    /* Append-only: who did what to this case; hash = SHA-256 over the row and the
     * hash before it. */
    "CREATE TABLE journal("
    " id INTEGER PRIMARY KEY, at_us INTEGER NOT NULL, analyst TEXT NOT NULL,"
    " host TEXT NOT NULL, action TEXT NOT NULL, subject TEXT NOT NULL,"
    " before TEXT NOT NULL, after TEXT NOT NULL, previous_hash TEXT NOT NULL,"
    " hash TEXT NOT NULL) STRICT;"
    "CREATE TRIGGER journal_no_update BEFORE UPDATE ON journal"
    " BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;"
    "CREATE TRIGGER journal_no_delete BEFORE DELETE ON journal"
    " BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;";

const char *const schema_migrations[] = {version_1};
const size_t schema_version = sizeof schema_migrations / sizeof schema_migrations[0];
