#include "config.h"

#include "db/schema.h"

#include "db/mirror_sql.h"

/*
 * Times are UTC microseconds since 1970, absent = NULL.  Enumerations are stored as
 * the numbers of core/event.h; the views hits, approvals and sources show their names
 * and times as text.  Texts are as in the log, not escaped.
 */

/* RFC 3339, with as many of six decimals as are not zero; NULL for NULL. */
#define TIME_TEXT(us)                                                                  \
    "strftime('%Y-%m-%dT%H:%M:%S', " us " / 1000000, 'unixepoch')"                     \
    " || CASE WHEN " us " % 1000000 = 0 THEN ''"                                       \
    " ELSE rtrim(printf('.%06d', " us " % 1000000), '0') END || 'Z'"

#define TIME_US TIME_TEXT("time_us")
#define START_US TIME_TEXT("start_us")
#define END_US TIME_TEXT("end_us")
#define CREATED_US TIME_TEXT("created_us")
#define SINCE_US TIME_TEXT("since_us")
#define UNTIL_US TIME_TEXT("until_us")
#define AS_OF_US TIME_TEXT("as_of_us")
#define REVIEW_US TIME_TEXT("review_us")
#define MTIME_US TIME_TEXT("mtime_us")
#define FIRST_US TIME_TEXT("first_us")
#define LAST_US TIME_TEXT("last_us")
#define LOADED_US TIME_TEXT("loaded_us")

static const char version_1[] =
    /* key = value facts about the case itself: uuid, created_us, tool_version */
    "CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT "
    "ROWID;"

    /* One input file or archive member; an archive has a row of its own (member ''),
     * without records.  packing: of the row's own bytes, from the outside in.  status
     * 'loading' until its last record is in.  resume_offset: unpacked bytes whose
     * records are all committed; resume_leaf: how many of the records unfolded from the
     * one there are. */
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
    " resume_leaf INTEGER NOT NULL DEFAULT 0,"
    " packing TEXT NOT NULL DEFAULT '',"
    " embedded INTEGER NOT NULL DEFAULT 0,"
    /* Found at its end to be the content of another source: its events are in the
     * segments, and are passed over. */
    " doubled INTEGER NOT NULL DEFAULT 0,"
    /* How a file that grew, was renamed or copied is found again: growth.h. */
    " head INTEGER NOT NULL DEFAULT 0,"
    /* Where the SHA-256 is not known: growth.h. */
    " sample TEXT,"
    /* Its events come from another case, and the rows that go with them not yet: see
     * merge.h. */
    " merging INTEGER NOT NULL DEFAULT 0,"
    /* The last event's line had no end: what is appended belongs to it. */
    " open_end INTEGER NOT NULL DEFAULT 0,"
    /* CRC-32 of the unpacked bytes where they were packed: load_twin.c. */
    " content_crc INTEGER) STRICT;"
    /* The same content twice is one source, wherever it stands. */
    "CREATE UNIQUE INDEX source_content ON source(sha256)"
    " WHERE sha256 IS NOT NULL AND status IN ('done','partial');"
    "CREATE INDEX source_size ON source(bytes);"
    "CREATE INDEX source_path ON source(path, member);"
    "CREATE INDEX source_twin ON source(unpacked_bytes)"
    " WHERE content_crc IS NOT NULL;"
    "CREATE INDEX source_head ON source(head) WHERE head <> 0;"
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

    /* Where reading a large gzip source can begin besides its start (access_point.h).
     * window: a zlib stream. */
    "CREATE TABLE access_point("
    " source INTEGER NOT NULL REFERENCES source(id), offset INTEGER NOT NULL,"
    " bit INTEGER NOT NULL, window BLOB NOT NULL,"
    " PRIMARY KEY(source, offset)) STRICT, WITHOUT ROWID;"

    /* All events: column segments, see segment.h. */
    "CREATE TABLE dictionary(field INTEGER NOT NULL, code INTEGER NOT NULL,"
    " value BLOB NOT NULL, PRIMARY KEY(field, code)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE segment(id INTEGER PRIMARY KEY, events INTEGER NOT NULL,"
    " first_us INTEGER, last_us INTEGER) STRICT;"
    "CREATE TABLE segment_column(id INTEGER PRIMARY KEY, data BLOB NOT NULL) STRICT;"

    /* Marked records, each with its raw bytes, in full.  leaf: its place among the
     * records that were unfolded from the bytes at this offset. */
    "CREATE TABLE record("
    " id INTEGER PRIMARY KEY, operation TEXT NOT NULL,"
    /* What the operation would be if no other log told of the act (core/copies.h). */
    " alone TEXT NOT NULL,"
    /* What equal records without a merge key or event id have in common; each of
     * them is an operation of its own (store_hits.c). */
    " act TEXT,"
    " source INTEGER NOT NULL REFERENCES source(id),"
    " offset INTEGER NOT NULL, leaf INTEGER NOT NULL DEFAULT 0,"
    " length INTEGER NOT NULL, form_chain TEXT NOT NULL,"
    " time_us INTEGER, time_quality INTEGER NOT NULL, provider INTEGER NOT NULL,"
    " outcome INTEGER NOT NULL, phase INTEGER NOT NULL, says_created INTEGER NOT NULL,"
    " switched_off INTEGER NOT NULL, merge_key TEXT, lifecycle INTEGER NOT NULL,"
    " severity INTEGER NOT NULL, confidence INTEGER NOT NULL, rules TEXT NOT NULL,"
    " technique TEXT NOT NULL,"
    " time_text TEXT, form TEXT, operation_name TEXT, service TEXT, error_code TEXT,"
    " actor TEXT, actor_type TEXT, actor_id TEXT, session_issuer TEXT,"
    " source_identity TEXT, mfa TEXT, via TEXT, credential TEXT, source_ip TEXT,"
    " source_text TEXT, user_agent TEXT, account TEXT, region TEXT,"
    " resource_group TEXT, resource TEXT, mode TEXT, issued TEXT, mirror TEXT,"
    " mirrored TEXT, destination TEXT, event_id TEXT, request_id TEXT, correlation_id "
    "TEXT,"
    " raw BLOB NOT NULL,"
    " UNIQUE(source, offset, leaf)) STRICT;"
    "CREATE INDEX record_operation ON record(operation);"
    "CREATE INDEX record_device ON record(provider, coalesce(account, ''))"
    " WHERE provider BETWEEN 7 AND 15;"
    "CREATE INDEX record_act ON record(act) WHERE act IS NOT NULL;"

    /* What records tell the ledger (core/fact.h), hits and their neighbours; names and
     * numbers of the enumerations are there.  An act_id or event_id that is absent is
     * not needed to fold the fact. */
    "CREATE TABLE fact("
    " source INTEGER NOT NULL REFERENCES source(id), offset INTEGER NOT NULL,"
    " leaf INTEGER NOT NULL DEFAULT 0, number INTEGER NOT NULL, thing INTEGER NOT "
    "NULL, act INTEGER NOT NULL,"
    " time_us INTEGER, provider INTEGER NOT NULL, outcome INTEGER NOT NULL,"
    " phase INTEGER NOT NULL, act_id TEXT, event_id TEXT, account TEXT, region TEXT,"
    " actor TEXT, object TEXT, parent TEXT, kind TEXT, mirrored TEXT, destination TEXT,"
    " filter TEXT, owner TEXT, caller TEXT, number_text TEXT, length TEXT, label TEXT,"
    " direction TEXT, verdict TEXT, protocol TEXT, network TEXT, address TEXT,"
    " tags TEXT, enabled TEXT, changed TEXT, removed TEXT,"
    " PRIMARY KEY(source, offset, leaf, number)) STRICT, WITHOUT ROWID;"
    /* Interfaces, machines and load balancers (5, 6, 7) are many, and asked for by
     * name; the rest is asked for as a whole. */
    "CREATE INDEX fact_family ON fact(provider, account) WHERE thing NOT IN (5, 6, 7);"
    "CREATE INDEX fact_neighbour ON fact(object) WHERE thing IN (5, 6, 7);"
    "CREATE INDEX fact_attachment ON fact(label) WHERE act = 6;"
    /* Whose mirrors have to be worked out again: device '' for a cloud. */
    "CREATE TABLE ledger_due(provider INTEGER NOT NULL, device TEXT NOT NULL,"
    " PRIMARY KEY(provider, device)) STRICT, WITHOUT ROWID;"

    /* The ledger (core/mirror.h): one row per stretch of a mirror. */
    "CREATE TABLE mirror("
    " id INTEGER PRIMARY KEY, mirror TEXT NOT NULL, segment INTEGER NOT NULL,"
    " provider INTEGER NOT NULL, account TEXT, region TEXT, device TEXT,"
    " state INTEGER NOT NULL, since_us INTEGER, until_us INTEGER, observed_us INTEGER,"
    " mirrored TEXT, destination TEXT, destination_ids TEXT, filter TEXT,"
    " sources INTEGER NOT NULL, foreign_destination INTEGER NOT NULL,"
    " foreign_reason TEXT, opened_by TEXT, closed_by TEXT, closed_how TEXT,"
    /* Of the operation that opened it (triage_refresh.c). */
    " approval INTEGER, approval_state TEXT, approval_end_us INTEGER) STRICT;"
    "CREATE INDEX mirror_family ON mirror(provider, device);"
    /* part: 0 opened it, 1 closed it, 2 supports it. */
    "CREATE TABLE mirror_operation(mirror INTEGER NOT NULL REFERENCES mirror(id),"
    " operation TEXT NOT NULL, part INTEGER NOT NULL, PRIMARY KEY(mirror, operation))"
    " STRICT, WITHOUT ROWID;"
    "CREATE INDEX mirror_operation_operation ON mirror_operation(operation);"
    /* The last event of each account and region, or device (db/seen.h). */
    "CREATE TABLE seen(provider INTEGER NOT NULL, account TEXT NOT NULL,"
    " region TEXT NOT NULL, last_us INTEGER NOT NULL,"
    " PRIMARY KEY(provider, account, region)) STRICT, WITHOUT ROWID;"

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
    " resource_group TEXT, resource TEXT, mode TEXT, issued TEXT, mirror TEXT,"
    " mirrored TEXT, destination TEXT, event_id TEXT, request_id TEXT, correlation_id "
    "TEXT,"
    " first_loaded_us INTEGER NOT NULL, seen INTEGER NOT NULL DEFAULT 0,"
    /* source_ip and source_text are another line's (device_origin.h). */
    " joined INTEGER NOT NULL DEFAULT 0,"
    /* What the approvals say, kept by triage.c: the deciding entry or NULL. */
    " approval INTEGER, approval_state TEXT, near_miss TEXT) STRICT;"
    "CREATE INDEX operation_time ON operation(time_us, provider, event_id, id);"
    "CREATE INDEX operation_group ON operation(actor, provider, time_us);"
    /* Operations that the approvals have not been asked about yet. */
    "CREATE INDEX operation_unjudged ON operation(approval_state)"
    " WHERE approval_state IS NULL;"

    "CREATE TABLE approval("
    " id INTEGER PRIMARY KEY, enabled INTEGER NOT NULL DEFAULT 1,"
    " start_us INTEGER, end_us INTEGER, ticket TEXT NOT NULL DEFAULT '',"
    " reason TEXT NOT NULL DEFAULT '', approved_by TEXT NOT NULL DEFAULT '',"
    " created_by TEXT NOT NULL, created_us INTEGER NOT NULL, review_us INTEGER,"
    /* A hash of what it says, the same in every case; and when it was last switched. */
    " key TEXT NOT NULL DEFAULT '', changed_us INTEGER NOT NULL DEFAULT 0) STRICT;"
    "CREATE INDEX approval_key ON approval(key);"
    "CREATE TABLE approval_selector("
    " approval INTEGER NOT NULL REFERENCES approval(id), selector TEXT NOT NULL,"
    " pattern TEXT NOT NULL, PRIMARY KEY(approval, selector)) STRICT, WITHOUT ROWID;"

    /* Own accounts, subscriptions, projects and networks, as declared (core/own.h). */
    "CREATE TABLE own(kind TEXT NOT NULL, value TEXT NOT NULL COLLATE NOCASE,"
    " PRIMARY KEY(kind, value)) STRICT, WITHOUT ROWID;"

    /* Append-only: who did what to this case; hash = SHA-256 over the row and the
     * hash before it.  One chain for each case whose work was merged into this one:
     * origin is the case's uuid, number the place in its chain. */
    "CREATE TABLE journal("
    " id INTEGER PRIMARY KEY, origin TEXT NOT NULL, number INTEGER NOT NULL, at_us "
    "INTEGER NOT NULL, analyst TEXT NOT NULL,"
    " host TEXT NOT NULL, action TEXT NOT NULL, subject TEXT NOT NULL,"
    " before TEXT NOT NULL, after TEXT NOT NULL, previous_hash TEXT NOT NULL,"
    " hash TEXT NOT NULL, UNIQUE(origin, number, hash)) STRICT;"
    "CREATE TRIGGER journal_no_update BEFORE UPDATE ON journal"
    " BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;"
    "CREATE TRIGGER journal_no_delete BEFORE DELETE ON journal"
    " BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;"

    /* For people: the hits, approvals and sources with names and times as text. */
    "CREATE VIEW hits AS SELECT id, " TIME_US " AS time,"
    " coalesce(time_text, " TIME_US ") AS time_text,"
    " CASE time_quality WHEN 0 THEN 'none' WHEN 1 THEN 'exact'"
    "  WHEN 2 THEN 'zone_assumed' WHEN 3 THEN 'year_inferred'"
    "  WHEN 4 THEN 'day_month_ambiguous' WHEN 5 THEN 'uptime_only'"
    "  WHEN 6 THEN 'receiver_clock' END AS time_quality,"
    " CASE provider WHEN 0 THEN 'other' WHEN 1 THEN 'aws' WHEN 2 THEN 'azure'"
    "  WHEN 3 THEN 'gcp' WHEN 4 THEN 'oci' WHEN 5 THEN 'alibaba' WHEN 6 THEN 'huawei'"
    "  WHEN 7 THEN 'cisco-ios' WHEN 8 THEN 'cisco-nxos' WHEN 9 THEN 'cisco-iosxr'"
    "  WHEN 10 THEN 'junos' WHEN 11 THEN 'eos' WHEN 12 THEN 'huawei-vrp'"
    "  WHEN 13 THEN 'fortios' WHEN 14 THEN 'openvswitch' WHEN 15 THEN 'linux'"
    "  END AS provider,"
    " form, operation, service,"
    " CASE lifecycle WHEN 1 THEN 'Creation' WHEN 2 THEN 'Modification'"
    "  WHEN 3 THEN 'Deletion' WHEN 4 THEN 'Creation/Modification' WHEN 5 THEN 'Read'"
    "  WHEN 6 THEN 'Other' END AS lifecycle,"
    " CASE outcome WHEN 0 THEN 'unknown' WHEN 1 THEN 'success' WHEN 2 THEN 'failure'"
    "  WHEN 3 THEN 'denied' WHEN 4 THEN 'dry-run' WHEN 5 THEN 'pending' END AS outcome,"
    " error_code, actor, actor_type, actor_id, session_issuer, source_identity, mfa,"
    " via, credential, source_ip, source_text, user_agent, account, region,"
    " resource_group, resource, mode, mirror, mirrored, destination, event_id,"
    " request_id, correlation_id, records, rules, technique,"
    " CASE severity WHEN 0 THEN 'informational' WHEN 1 THEN 'low' WHEN 2 THEN 'medium'"
    "  WHEN 3 THEN 'high' WHEN 4 THEN 'critical' END AS severity,"
    " CASE confidence WHEN 0 THEN 'low' WHEN 1 THEN 'medium' WHEN 2 THEN 'high'"
    "  END AS confidence,"
    " approval, nullif(approval_state, '') AS approval_state, near_miss"
    " FROM operation;"
    "CREATE VIEW mirrors AS SELECT mirror, segment,"
    " CASE provider WHEN 0 THEN 'other' WHEN 1 THEN 'aws' WHEN 2 THEN 'azure'"
    "  WHEN 3 THEN 'gcp' WHEN 4 THEN 'oci' WHEN 5 THEN 'alibaba' WHEN 6 THEN 'huawei'"
    "  WHEN 7 THEN 'cisco-ios' WHEN 8 THEN 'cisco-nxos' WHEN 9 THEN 'cisco-iosxr'"
    "  WHEN 10 THEN 'junos' WHEN 11 THEN 'eos' WHEN 12 THEN 'huawei-vrp'"
    "  WHEN 13 THEN 'fortios' WHEN 14 THEN 'openvswitch' WHEN 15 THEN 'linux'"
    "  END AS provider, iif(device IS NULL, account, NULL) AS account, region, device,"
    " CASE state WHEN 0 THEN 'live' WHEN 1 THEN 'unknown' WHEN 2 THEN 'pending'"
    "  WHEN 3 THEN 'blackholed' WHEN 4 THEN 'incomplete' WHEN 5 THEN 'shut'"
    "  WHEN 6 THEN 'prepared' WHEN 7 THEN 'ended' END AS state,"
    " " SINCE_US " AS since, " UNTIL_US " AS until, " AS_OF_US " AS as_of, mirrored,"
    " destination, filter, CASE foreign_destination WHEN 0 THEN 'no'"
    "  WHEN 1 THEN 'unknown' WHEN 2 THEN 'yes' END AS \"foreign\", foreign_reason,"
    " opened_by, closed_by, closed_how, approval, nullif(overstay_us / 1000000, 0)"
    "  AS overstay, (SELECT group_concat(operation, ';') FROM mirror_operation AS l"
    "  WHERE l.mirror = standing.id) AS hit_ids FROM " STANDING_SQL " AS standing;"
    "CREATE VIEW approvals AS SELECT id, enabled, " START_US " AS start,"
    " " END_US " AS end,"
    " (SELECT group_concat(selector || ':' || pattern, ' ') FROM approval_selector"
    "  WHERE approval = approval.id) AS selectors,"
    " ticket, reason, approved_by, created_by, " CREATED_US " AS created_at,"
    " " REVIEW_US " AS review_by,"
    " (SELECT count(*) FROM operation WHERE operation.approval = approval.id) AS covers"
    " FROM approval;"
    "CREATE VIEW sources AS SELECT id, path, member,"
    " (SELECT group_concat(path, ';') FROM source_alias WHERE source = source.id)"
    "  AS aliases,"
    " sha256, bytes, unpacked_bytes, " MTIME_US " AS mtime, forms, records, events,"
    " skipped, unknown, damaged, hits, " FIRST_US " AS first_time,"
    " " LAST_US " AS last_time, status, reason, options, " LOADED_US " AS loaded_at,"
    " loaded_by, host, tool_version FROM source;";

const char *const schema_migrations[] = {version_1};
const size_t schema_version = sizeof schema_migrations / sizeof schema_migrations[0];
