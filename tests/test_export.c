#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/escape.h"
#include "db/export.h"
#include "tests/output_bed.h"
#include "tests/sample_case.h"
#include "tests/store_bed.h"

static const struct hit_scope all_hits = {.filter = NULL};
static const struct filter no_filter = {.term_count = 0};

enum subject { HITS, RAW_HITS, EVENTS, SOURCES, APPROVALS, REJECTS, SUBJECT_COUNT };
enum { FORMAT_COUNT = EXPORT_JSONL + 1 };

static int export_to(struct case_file *handle, enum subject subject,
                     enum export_format format, const struct export_sink *sink,
                     struct error *error)
{
    struct export_raw raw = {0};
    switch (subject) {
    case HITS:
        return export_hits(handle, &all_hits, format, NULL, sink, error);
    case RAW_HITS:
        return export_hits(handle, &all_hits, format, &raw, sink, error);
    case EVENTS:
        return export_events(handle, &no_filter, format, NULL, sink, error);
    case SOURCES:
        return export_sources(handle, format, sink, error);
    case APPROVALS:
        return export_approvals(handle, format, sink, error);
    case REJECTS:
        return export_rejects(handle, format, sink, error);
    case SUBJECT_COUNT:
        break;
    }
    return -1;
}

/* The whole output as one text, which the bed keeps. */
static struct slice exported(struct bed *bed, enum subject subject,
                             enum export_format format)
{
    struct error error = {0};
    struct output output;
    output_open(&output);
    if (export_to(bed->handle, subject, format, &output.sink, &error))
        fail_msg("%s", error.message);
    return output_take(&output, &bed->arena);
}

/* --- a case with everything in it ----------------------------------------------- */

#define OPERATION_TEXTS                                                                \
    "time_text, form, operation, service, error_code, actor, actor_type, actor_id,"    \
    " session_issuer, source_identity, via, credential, source_ip, source_text,"       \
    " user_agent, account, region, resource_group, resource, mirror, mirrored,"        \
    " destination, event_id, request_id, correlation_id, near_miss, technique"

/* Two operations, one of two records; two sources; an approval; two rejects. */
static void fill(struct bed *bed)
{
    bed_run(
        bed,
        "INSERT INTO source(id, path, member, sha256, bytes, unpacked_bytes, mtime_us,"
        " forms, records, events, unknown, first_us, status, reason, loaded_us,"
        " loaded_by, host, tool_version) VALUES"
        "(1, '/logs/a.json', '', 'aa11', 10, 20, 1773453600123456, 'cloudtrail;other',"
        " 5, 4, 1, 1773453600000000, 'partial', '1 of unknown kind', 0, 'alice',"
        " 'bastion', '0.1.0'),"
        "(2, '/logs/b.tar', 'x/b.json', NULL, 10, 20, NULL, 'cloudtrail', 1, 1, 0, "
        "NULL,"
        " 'done', '', 0, 'alice', 'bastion', '0.1.0');"
        "INSERT INTO source_alias VALUES(1, '/copy/a.json'), (1, '/bak/a.json');"
        "INSERT INTO approval(id, enabled, start_us, end_us, ticket, reason, "
        "created_by,"
        " created_us) VALUES(3, 1, NULL, 1773540000000000, 'CHG1', 'NDR', 'alice',"
        " 1773453600000000);"
        "INSERT INTO approval_selector VALUES(3, 'actor', 'mall*'),"
        " (3, 'address', '198.51.100.0/24');"
        "INSERT INTO reject(source, kind, offset, length, reason, bytes) VALUES"
        " (1, 'damaged', 100, 4, 'not JSON', x'7b005cff'),"
        " (1, 'unknown', 7, 2, 'of no kind', NULL);"
        "INSERT INTO operation(id, time_us, time_quality, provider, outcome, lifecycle,"
        " severity, confidence, rules, technique, records, switched_off, time_text,"
        " form, operation, actor, mfa, source_ip, account, mode, first_loaded_us,"
        " approval, approval_state, near_miss) VALUES"
        "('0a', 1773453600000000, 1, 1, 1, 1, 3, 2, 'r1;r2', 'T1020.001', 2, 0,"
        " NULL, 'cloudtrail', 'CreateTrafficMirrorSession', "
        "'mallory',"
        " 'true', '198.51.100.23', '111122223333', 'not exported', 0, 3, 'covered',"
        " NULL),"
        "('0b', 1773450000500000, 3, 7, 0, 4, 2, 0, '', '', 1, 0, 'Mar 14 01:00', "
        "'ios',"
        " 'monitor session 1', '', NULL, NULL, 'sw1', NULL, 0, NULL, '',"
        " 'CHG1 (approval 3): 1 hour before its window');"
        "INSERT INTO record(operation, alone, source, offset, length, form_chain, "
        "time_us,"
        " time_quality, provider, outcome, phase, says_created, switched_off, "
        "lifecycle,"
        " severity, confidence, rules, technique, raw) VALUES"
        "('0a', '0a', 1, 0, 9, 'cloudtrail', 1773453600000000, 1, 1, 1, 0, 0, 0, 1, 3, "
        "2, "
        "'r1',"
        " 'T', CAST('{\"n\":1}' AS BLOB)),"
        "('0a', '0a', 2, 30, 9, 'tar:cloudtrail', 1773453600000001, 1, 1, 1, 0, 0, 0, "
        "1, 3, "
        "2,"
        " 'r1', 'T', x'7bff7d'),"
        "('0b', '0b', 1, 50, 9, 'ios', 1773450000500000, 1, 7, 0, 0, 0, 0, 4, 2, 0, "
        "'', '',"
        " CAST('raw, \"line\"' AS BLOB))");
}

static void fill_events(struct bed *bed)
{
    int64_t sources[2];
    for (int i = 0; i < 2; i++) {
        bed_begin(bed, i ? "/logs/2" : "/logs/1", 10, i ? "22" : "11", &sources[i],
                  NULL);
        for (uint64_t j = 0; j < 50; j++) {
            struct event event;
            char actor[64];
            bed_event(&event, (j * 7) % 50, actor);
            event.text[FIELD_MFA] = j % 2 ? SLICE("false") : SLICE_NONE;
            bed_add(bed, bed->batch, sources[i], &event, j * 101, 100);
        }
        bed_finish(bed, sources[i], i ? "22" : "11", 10);
    }
    bed_flush(bed);
}

/* --- the fields ----------------------------------------------------------------- */

static const char hit_fields[] =
    "id, time, time_text, time_quality, provider, form, operation, service, lifecycle,"
    " outcome, error_code, actor, actor_type, actor_id, session_issuer,"
    " source_identity, mfa, via, credential, source_ip, source_text, user_agent,"
    " account, region, resource_group, resource, mirror, mirrored, destination,"
    " foreign, event_id, request_id, correlation_id, records, rules, technique,"
    " severity, confidence, approval, near_miss, verdict, note, evidence";
static const char event_fields_text[] =
    "time, time_text, time_quality, provider, form, operation, service, lifecycle,"
    " outcome, error_code, actor, actor_type, actor_id, session_issuer,"
    " source_identity, mfa, via, credential, source_ip, source_text, user_agent,"
    " account, region, resource_group, resource, mirror, mirrored, destination,"
    " foreign, event_id, request_id, correlation_id, evidence";
static const char source_fields[] =
    "path, aliases, member, sha256, bytes, unpacked_bytes, mtime, forms, records,"
    " events, skipped, unknown, damaged, first_time, last_time, status, reason,"
    " options, loaded_at, loaded_by, host, tool_version";
static const char approval_fields[] =
    "id, enabled, provider, account, region, actor, credential, address, operation,"
    " lifecycle, via, mirrored, destination, mirror, resource, device, rule, start,"
    " end, days, ticket, reason, approved_by, created_by, created_at, review_by, state,"
    " covers";
static const char reject_fields[] = "path, member, offset, length, reason, bytes_text";

static const char *fields_of(enum subject subject)
{
    static const char *const fields[SUBJECT_COUNT] = {
        [HITS] = hit_fields,       [EVENTS] = event_fields_text,
        [SOURCES] = source_fields, [APPROVALS] = approval_fields,
        [REJECTS] = reject_fields,
    };
    return fields[subject];
}

/* The nested ones as CSV names them. */
static struct slice csv_fields(struct bed *bed, const char *fields)
{
    static const char *const nested[] = {
        "approval", "approval.id,approval.ticket,approval.state", "evidence",
        ("evidence.path,evidence.member,evidence.offset,evidence.length,"
         "evidence.form_chain,evidence.sha256")};
    struct slice text = SLICE(""), rest = slice_from(fields);
    while (slice_present(rest)) {
        struct slice name = slice_trim(slice_cut(&rest, ','));
        for (size_t i = 0; i < 4; i += 2) {
            if (slice_equal(name, slice_from(nested[i])))
                name = slice_from(nested[i + 1]);
        }
        struct slice parts[] = {text, text.length ? SLICE(",") : SLICE(""), name};
        text = arena_join(&bed->arena, parts, 3);
    }
    return text;
}

static json_t *line_as_json(struct slice *output)
{
    json_error_t error;
    struct slice line = slice_cut(output, '\n');
    json_t *object = json_loadb(line.data, line.length, JSON_ALLOW_NUL, &error);
    if (!object)
        fail_msg("%s: %.*s", error.text, (int)line.length, line.data);
    return object;
}

static void fields_are_those_of_the_contract(void **state)
{
    struct bed *bed = *state;
    fill(bed);
    fill_events(bed);
    for (int subject = 0; subject < SUBJECT_COUNT; subject++) {
        if (subject == RAW_HITS)
            continue;
        const char *fields = fields_of((enum subject)subject), *key;
        struct slice output = exported(bed, (enum subject)subject, EXPORT_JSONL);
        json_t *object = line_as_json(&output), *value;
        struct slice names = SLICE("");
        json_object_foreach(object, key, value) names = arena_printf(
            &bed->arena, "%s%s%s", names.data, names.length ? ", " : "", key);
        assert_string_equal(names.data, fields);
        json_decref(object);
        output = exported(bed, (enum subject)subject, EXPORT_CSV);
        assert_true(slice_equal(slice_cut(&output, '\n'), csv_fields(bed, fields)));
    }
}

static void hits_have_their_values(void **state)
{
    struct bed *bed = *state;
    fill(bed);
    struct slice output = exported(bed, HITS, EXPORT_JSONL);
    static const char *const expected[] = {
        /* In order of time. */
        "{\"id\":\"0b\",\"time\":\"2026-03-14T01:00:00.5Z\",\"time_text\":"
        "\"Mar 14 01:00\",\"time_quality\":\"year_inferred\",\"provider\":"
        "\"cisco-ios\",\"form\":\"ios\",\"operation\":\"monitor session "
        "1\",\"service\":"
        "null,\"lifecycle\":\"Creation/Modification\",\"outcome\":\"unknown\","
        "\"error_code\":null,\"actor\":\"\",\"actor_type\":null,\"actor_id\":null,"
        "\"session_issuer\":null,\"source_identity\":null,\"mfa\":null,\"via\":null,"
        "\"credential\":null,\"source_ip\":null,\"source_text\":null,\"user_agent\":"
        "null,\"account\":\"sw1\",\"region\":null,\"resource_group\":null,\"resource\":"
        "null,\"mirror\":null,\"mirrored\":null,\"destination\":null,\"foreign\":null,"
        "\"event_id\":null,\"request_id\":null,\"correlation_id\":null,\"records\":1,"
        "\"rules\":[],\"technique\":null,\"severity\":\"medium\",\"confidence\":"
        "\"low\","
        "\"approval\":null,\"near_miss\":\"CHG1 (approval 3): 1 hour before its "
        "window\",\"verdict\":null,\"note\":null,\"evidence\":[{\"path\":"
        "\"/logs/a.json\",\"member\":null,\"offset\":50,\"length\":9,\"form_chain\":"
        "\"ios\",\"sha256\":\"aa11\"}]}",
        "{\"id\":\"0a\",\"time\":\"2026-03-14T02:00:00Z\",\"time_text\":"
        "\"2026-03-14T02:00:00Z\",\"time_quality\":\"exact\",\"provider\":\"aws\","
        "\"form\":\"cloudtrail\",\"operation\":\"CreateTrafficMirrorSession\","
        "\"service\":null,\"lifecycle\":\"Creation\",\"outcome\":\"success\","
        "\"error_code\":null,\"actor\":\"mallory\",\"actor_type\":null,\"actor_id\":"
        "null,\"session_issuer\":null,\"source_identity\":null,\"mfa\":true,\"via\":"
        "null,\"credential\":null,\"source_ip\":\"198.51.100.23\",\"source_text\":null,"
        "\"user_agent\":null,\"account\":\"111122223333\",\"region\":null,"
        "\"resource_group\":null,\"resource\":null,\"mirror\":null,\"mirrored\":null,"
        "\"destination\":null,\"foreign\":null,\"event_id\":null,\"request_id\":null,"
        "\"correlation_id\":null,\"records\":2,\"rules\":[\"r1\",\"r2\"],\"technique\":"
        "\"T1020.001\",\"severity\":\"high\",\"confidence\":\"high\",\"approval\":"
        "{\"id\":3,\"ticket\":\"CHG1\",\"state\":\"covered\"},\"near_miss\":null,"
        "\"verdict\":null,\"note\":null,\"evidence\":[{\"path\":\"/logs/a.json\","
        "\"member\":null,\"offset\":0,\"length\":9,\"form_chain\":\"cloudtrail\","
        "\"sha256\":\"aa11\"},{\"path\":\"/logs/b.tar\",\"member\":\"x/b.json\","
        "\"offset\":30,\"length\":9,\"form_chain\":\"tar:cloudtrail\",\"sha256\":null}]"
        "}",
    };
    for (size_t i = 0; i < 2; i++) {
        struct slice line = slice_cut(&output, '\n');
        assert_string_equal(arena_copy(&bed->arena, line).data, expected[i]);
    }
    assert_int_equal(output.length, 0);
}

static void csv_joins_lists(void **state)
{
    struct bed *bed = *state;
    fill(bed);
    struct slice output = exported(bed, RAW_HITS, EXPORT_CSV), line;
    slice_cut(&output, '\n');
    line = slice_cut(&output, '\n');
    assert_true(slice_ends_with(line, SLICE(",\"raw, \"\"line\"\"\"")));
    line = slice_cut(&output, '\n');
    assert_true(slice_find(line, SLICE(",2,r1;r2,T1020.001,high,high,3,CHG1,covered,,,,"
                                       "/logs/a.json;/logs/b.tar,;x/b.json,0;30,9;9,"
                                       "cloudtrail;tar:cloudtrail,aa11;,")) >= 0);
    /* Raw bytes that are no text are shown as escapes. */
    assert_true(slice_ends_with(line, SLICE(",\"{\"\"n\"\":1};{\\xFF}\"")));
    output = exported(bed, RAW_HITS, EXPORT_JSONL);
    slice_cut(&output, '\n');
    line = slice_cut(&output, '\n');
    assert_true(
        slice_ends_with(line, SLICE(",\"raw\":[\"{\\\"n\\\":1}\",\"{\\\\xFF}\"]}")));
}

static void sources_approvals_rejects_have_their_values(void **state)
{
    struct bed *bed = *state;
    fill(bed);
    static const struct {
        enum subject subject;
        enum export_format format;
        const char *output;
    } cases[] = {
        {SOURCES, EXPORT_JSONL,
         "{\"path\":\"/logs/a.json\",\"aliases\":[\"/bak/a.json\",\"/copy/a.json\"],"
         "\"member\":null,\"sha256\":\"aa11\",\"bytes\":10,\"unpacked_bytes\":20,"
         "\"mtime\":\"2026-03-14T02:00:00.123456Z\",\"forms\":[\"cloudtrail\","
         "\"other\"],\"records\":5,\"events\":4,\"skipped\":0,\"unknown\":1,"
         "\"damaged\":"
         "0,\"first_time\":\"2026-03-14T02:00:00Z\",\"last_time\":null,\"status\":"
         "\"partial\",\"reason\":\"1 of unknown kind\",\"options\":null,\"loaded_at\":"
         "\"1970-01-01T00:00:00Z\",\"loaded_by\":\"alice\",\"host\":\"bastion\","
         "\"tool_version\":\"0.1.0\"}\n"},
        {APPROVALS, EXPORT_CSV,
         "3,true,,,,mall*,,198.51.100.0/24,,,,,,,,,,,2026-03-15T02:00:00Z,,CHG1,NDR,,"
         "alice,2026-03-14T02:00:00Z,,active,1\n"},
        {APPROVALS, EXPORT_JSONL, "{\"id\":3,\"enabled\":true,\"provider\":null,"},
        {REJECTS, EXPORT_CSV,
         "/logs/a.json,,7,2,of no kind,\n"
         "/logs/a.json,,100,4,not JSON,{\\x00\\\\\\xFF\n"},
        {REJECTS, EXPORT_JSONL,
         "\"offset\":7,\"length\":2,\"reason\":\"of no kind\",\"bytes_text\":null}\n"},
        {REJECTS, EXPORT_JSONL,
         "\"reason\":\"not JSON\",\"bytes_text\":\"{\\\\x00\\\\\\\\\\\\xFF\"}\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct slice output = exported(bed, cases[i].subject, cases[i].format);
        if (slice_find(output, slice_from(cases[i].output)) < 0)
            fail_msg("no %s in %s", cases[i].output, output.data);
    }
}

/* --- events --------------------------------------------------------------------- */

static void events_are_in_a_stable_order(void **state)
{
    struct bed *bed = *state;
    fill_events(bed);
    struct slice output = exported(bed, EVENTS, EXPORT_JSONL);
    struct slice last = SLICE("");
    int count = 0;
    while (output.length) {
        json_t *event = line_as_json(&output);
        json_t *evidence = json_object_get(event, "evidence");
        assert_int_equal(json_array_size(evidence), 1);
        json_t *place = json_array_get(evidence, 0);
        /* Time, then the hash of the source. */
        struct slice key = arena_printf(
            &bed->arena, "%s %s", json_string_value(json_object_get(event, "time")),
            json_string_value(json_object_get(place, "sha256")));
        assert_true(slice_compare(last, key) < 0);
        last = key;
        assert_true(json_is_integer(json_object_get(place, "offset")));
        assert_true(json_is_null(json_object_get(place, "member")));
        json_t *mfa = json_object_get(event, "mfa");
        assert_true(json_is_null(mfa) || json_is_false(mfa));
        assert_true(json_is_null(json_object_get(event, "lifecycle")));
        json_decref(event);
        count++;
    }
    assert_int_equal(count, 100);
}

static void events_take_a_filter(void **state)
{
    struct bed *bed = *state;
    struct filter filter;
    struct error error = {0};
    struct output output;
    fill_events(bed);
    assert_int_equal(filter_parse(&filter, &bed->arena,
                                  SLICE("provider:gcp since:2026-03-14T02:00:30Z"),
                                  EVENT_TIME_NONE, &error),
                     0);
    output_open(&output);
    assert_int_equal(
        export_events(bed->handle, &filter, EXPORT_CSV, NULL, &output.sink, &error), 0);
    struct slice text = output_take(&output, &bed->arena);
    int lines = 0;
    while (text.length) {
        slice_cut(&text, '\n');
        lines++;
    }
    assert_int_equal(lines, 1 + 2 * 7);
    /* What events do not have is refused, with its column. */
    assert_int_equal(
        filter_parse(&filter, &bed->arena, SLICE("x rule:r1"), EVENT_TIME_NONE, &error),
        0);
    output_open(&output);
    assert_int_equal(
        export_events(bed->handle, &filter, EXPORT_CSV, NULL, &output.sink, &error),
        -1);
    assert_int_equal(error.column, 3);
    assert_int_equal(output_take(&output, &bed->arena).length, 0);
}

/* --- hostile texts --------------------------------------------------------------- */

/* Every byte, every kind of unsafe character, formulas, quotes, separators. */
static const char *const poisons[] = {
    "=cmd|'/c calc'!A1",
    "+1+1",
    "-1",
    "@SUM(A1)",
    " =1",
    "\t=1",
    "\r=1",
    "=\"a\",\"b\"",
    "a,b;c\"d'e",
    "line\nbreak\r\n",
    "\x1b[2J\x1b]0;owned\x07",
    "\x7f\x08\x0b\x0c",
    "\xc2\x9b"
    "31m \xc2\x85",
    "\xe2\x80\xae"
    "txt.exe\xe2\x81\xa6\xe2\x80\x8b\xef\xbb\xbf",
    "\xf3\xa0\x81\x81\xef\xb8\x8f\xe2\x80\xa8\xe2\x80\xa9",
    "\xff\xfe\xc0\x80\xed\xa0\x80",
    "\xee\x80\x80\xef\xbf\xbf",
    "\\x1b \\\\ \\u{202E}",
    "<script>&amp;%s%n",
    "\xe5\xbc\xa0",
    "a\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81",
    "",
    "{\"a\":\"\\u0000\"}",
};
enum { POISONS = sizeof poisons / sizeof poisons[0] };

/* The poison in every column that holds a text from outside. */
static void poison(struct bed *bed, const char *text)
{
    static const char *const updates[] = {
        "UPDATE operation SET (" OPERATION_TEXTS
        ") = (SELECT ?1, ?1, ?1, ?1, ?1, ?1, ?1,"
        " ?1, ?1, ?1, ?1, ?1, ?1, ?1, ?1, ?1, ?1, ?1, ?1, ?1, ?1, ?1, ?1, ?1, ?1, ?1,"
        " ?1), rules = ?1",
        "UPDATE source SET path = ?1 || id, member = ?1, sha256 = ?1 || id",
        "UPDATE source SET forms = ?1, reason = ?1, options = ?1, loaded_by = ?1",
        "UPDATE source SET host = ?1, tool_version = ?1",
        "UPDATE source_alias SET path = ?1 WHERE path LIKE '/copy%'",
        "UPDATE record SET form_chain = ?1, raw = CAST(?1 AS BLOB)",
        "UPDATE reject SET reason = ?1, bytes = CAST(?1 AS BLOB)",
        "UPDATE approval SET ticket = ?1, reason = ?1, approved_by = ?1",
        "UPDATE approval SET created_by = ?1",
        "UPDATE approval_selector SET pattern = ?1",
    };
    for (size_t i = 0; i < sizeof updates / sizeof updates[0]; i++) {
        sqlite3_stmt *statement;
        if (sqlite3_prepare_v2(bed->handle->db, updates[i], -1, &statement, NULL))
            fail_msg("%s", sqlite3_errmsg(bed->handle->db));
        sqlite3_bind_text(statement, 1, text, -1, SQLITE_STATIC);
        assert_int_equal(sqlite3_step(statement), SQLITE_DONE);
        sqlite3_finalize(statement);
    }
}

static void nothing_unsafe_leaves(void **state)
{
    struct bed *bed = *state;
    fill(bed);
    fill_events(bed);
    for (size_t i = 0; i < POISONS; i++) {
        poison(bed, poisons[i]);
        for (int subject = 0; subject < SUBJECT_COUNT; subject++) {
            for (int format = 0; format < FORMAT_COUNT; format++)
                assert_output_safe(
                    exported(bed, (enum subject)subject, (enum export_format)format));
        }
        bed_run(bed, "DELETE FROM source_alias WHERE path NOT LIKE '/bak%';"
                     "INSERT INTO source_alias VALUES(1, '/copy/a.json')");
    }
}

/* One cell off a CSV line, unquoted; in the arena. */
static struct slice take_cell(struct bed *bed, struct slice *line)
{
    struct slice cell = SLICE("");
    if (!line->length || line->data[0] != '"') {
        cell = slice_cut(line, ',');
    } else {
        size_t at = 1;
        while (line->data[at] != '"' || line->data[at + 1] == '"') {
            size_t step = line->data[at] == '"' ? 2 : 1;
            struct slice parts[] = {cell, {line->data + at, 1}};
            cell = arena_join(&bed->arena, parts, 2);
            at += step;
        }
        *line = slice_skip(*line, at + 1);
        if (line->length)
            *line = slice_skip(*line, 1);
        else
            *line = SLICE_NONE;
    }
    return cell;
}

static bool is_formula(struct slice cell)
{
    struct slice text = slice_trim(cell);
    return text.length && memchr("=+-@", text.data[0], 4);
}

/* No cell starts as a formula, none breaks its row, and the text can be read back. */
static void csv_is_inert_and_reversible(void **state)
{
    struct bed *bed = *state;
    enum { ACTOR_COLUMN = 11 };
    fill(bed);
    for (size_t i = 0; i < POISONS; i++) {
        poison(bed, poisons[i]);
        struct slice output = exported(bed, HITS, EXPORT_CSV);
        struct slice header = slice_cut(&output, '\n');
        size_t columns = 1;
        for (size_t j = 0; j < header.length; j++)
            columns += header.data[j] == ',';
        for (int row = 0; row < 2; row++) {
            struct slice line = slice_cut(&output, '\n'), text;
            size_t count = 0;
            while (slice_present(line)) {
                struct slice cell = take_cell(bed, &line);
                assert_false(is_formula(cell));
                if (count++ != ACTOR_COLUMN)
                    continue;
                if (cell.length && cell.data[0] == '\'')
                    cell = slice_skip(cell, 1);
                assert_int_equal(escape_decode(&bed->arena, cell, &text), 0);
                assert_true(slice_equal(text, slice_from(poisons[i])));
            }
            assert_int_equal(count, columns);
        }
        assert_int_equal(output.length, 0);
        bed_run(bed, "UPDATE source_alias SET path = '/copy/a.json'"
                     " WHERE path NOT LIKE '/bak%'");
    }
}

/* UTF-8 comes back byte for byte; other bytes come as escapes. */
static void json_keeps_texts(void **state)
{
    struct bed *bed = *state;
    fill(bed);
    for (size_t i = 0; i < POISONS; i++) {
        poison(bed, poisons[i]);
        struct slice text = slice_from(poisons[i]);
        bool valid = true;
        for (struct slice rest = text; rest.length && valid;) {
            uint32_t code_point;
            unsigned length = utf8_length(rest, &code_point);
            valid = length != 0;
            rest = slice_skip(rest, length ? length : 1);
        }
        if (!valid)
            text = escape_text(&bed->arena, text);
        struct slice output = exported(bed, HITS, EXPORT_JSONL);
        json_t *object = line_as_json(&output);
        json_t *actor = json_object_get(object, "actor");
        assert_true(slice_equal(
            (struct slice){json_string_value(actor), json_string_length(actor)}, text));
        json_decref(object);
        bed_run(bed, "UPDATE source_alias SET path = '/copy/a.json'"
                     " WHERE path NOT LIKE '/bak%'");
    }
}

/* --- tables ---------------------------------------------------------------------- */

static void tables_are_aligned(void **state)
{
    struct bed *bed = *state;
    fill(bed);
    bed_run(
        bed,
        "UPDATE operation SET actor = CAST(x'e5bca0e5bca0' AS TEXT) WHERE id = '0a'");
    struct slice output = exported(bed, HITS, EXPORT_TABLE);
    assert_string_equal(
        output.data,
        "time                    operation                   lifecycle              "
        "actor  source ip      region  resource group  outcome  account       "
        "approval\n"
        "2026-03-14T01:00:00.5Z  monitor session 1           Creation/Modification  "
        "                                              unknown  sw1           \n"
        "2026-03-14T02:00:00Z    CreateTrafficMirrorSession  Creation               "
        "\xe5\xbc\xa0\xe5\xbc\xa0   198.51.100.23                          success  "
        "111122223333  covered\n");
}

/* Rows beyond those that decide the widths come too, cut to them. */
static void long_tables_stream(void **state)
{
    struct bed *bed = *state;
    bed_run(
        bed,
        "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n"
        " WHERE i < 499) INSERT INTO operation(id, time_us, time_quality, provider,"
        " outcome, lifecycle, severity, confidence, rules, technique, records,"
        " switched_off, operation, actor, first_loaded_us) SELECT printf('%04x', i),"
        " i, 1, 1, 1, 1, 3, 2, '', '', 1, 0, printf('op %d', i),"
        " CASE WHEN i = 400 THEN 'a much longer name' ELSE 'bob' END, 0 FROM n");
    struct slice output = exported(bed, HITS, EXPORT_TABLE);
    for (int i = -1; i < 500; i++) {
        struct slice line = slice_cut(&output, '\n');
        struct slice name = arena_printf(&bed->arena, "op %d ", i);
        if (i >= 0)
            assert_true(slice_find(line, name) > 0);
        if (i == 400)
            assert_true(slice_find(line, SLICE(" a m..  ")) > 0);
    }
    assert_int_equal(output.length, 0);
    /* Their number in the other formats. */
    output = exported(bed, HITS, EXPORT_CSV);
    for (int i = -1; i < 500; i++)
        assert_true(slice_cut(&output, '\n').length > 0);
    assert_int_equal(output.length, 0);
}

static void an_empty_case_gives_headers(void **state)
{
    struct bed *bed = *state;
    for (int subject = 0; subject < SUBJECT_COUNT; subject++) {
        for (int format = 0; format < FORMAT_COUNT; format++) {
            struct slice output =
                exported(bed, (enum subject)subject, (enum export_format)format);
            bool json = format == EXPORT_JSONL;
            assert_int_equal(slice_index(output, '\n'), (ptrdiff_t)output.length - 1);
            assert_int_equal(output.length == 0, json);
        }
    }
}

/* --- the sink -------------------------------------------------------------------- */

struct closing {
    int calls, limit;
};

static int write_until_closed(void *payload, const char *data, size_t length)
{
    struct closing *closing = payload;
    (void)data;
    (void)length;
    return ++closing->calls >= closing->limit ? -1 : 0;
}

static void a_closed_pipe_ends_quietly(void **state)
{
    struct bed *bed = *state;
    fill(bed);
    fill_events(bed);
    /* Enough for several buffers. */
    bed_run(bed, "UPDATE record SET raw = zeroblob(100000)");
    for (int subject = 0; subject < SUBJECT_COUNT; subject++) {
        for (int format = 0; format < FORMAT_COUNT; format++) {
            struct closing closing = {.limit = 1};
            struct error error = {0};
            const struct export_sink sink = {write_until_closed, &closing};
            assert_int_equal(export_to(bed->handle, (enum subject)subject,
                                       (enum export_format)format, &sink, &error),
                             0);
            assert_int_equal(closing.calls, 1);
        }
    }
}

/* --- the analyst's own SQL -------------------------------------------------------- */

static int run_sql(struct bed *bed, const char *statement, enum export_format format,
                   struct slice *text, struct error *error)
{
    struct output output;
    output_open(&output);
    int result = export_sql(bed->handle, statement, format, &output.sink, error);
    *text = output_take(&output, &bed->arena);
    return result;
}

static void sql_reads_and_nothing_else(void **state)
{
    struct bed *bed = *state;
    struct slice text;
    static const struct {
        const char *statement;
        enum error_code code;
    } refused[] = {
        {"DELETE FROM operation", ERROR_UNSUPPORTED},
        {"UPDATE operation SET actor = ''", ERROR_UNSUPPORTED},
        {"INSERT INTO meta VALUES('a', 'b')", ERROR_UNSUPPORTED},
        {"CREATE TABLE x(y)", ERROR_UNSUPPORTED},
        {"DROP TABLE operation", ERROR_UNSUPPORTED},
        {"ATTACH 'x.db' AS x", ERROR_UNSUPPORTED},
        {"PRAGMA journal_mode = DELETE", ERROR_UNSUPPORTED},
        {"VACUUM INTO 'x.db'", ERROR_UNSUPPORTED},
        {"BEGIN", ERROR_UNSUPPORTED},
        {"SELECT load_extension('x')", ERROR_UNSUPPORTED},
        {"SELECT fts3_tokenizer('simple')", ERROR_UNSUPPORTED},
        {"SELECT * FROM pragma_table_info('source')", ERROR_UNSUPPORTED},
        {"SELECT 1; DELETE FROM operation", ERROR_UNSUPPORTED},
        {"WITH x AS (SELECT 1) DELETE FROM operation", ERROR_UNSUPPORTED},
        {"", ERROR_UNSUPPORTED},
        {"-- nothing", ERROR_UNSUPPORTED},
        {"SELEC 1", ERROR_SYNTAX},
        {"SELECT * FROM nowhere", ERROR_SYNTAX},
    };
    fill(bed);
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        struct error error = {0};
        assert_int_equal(run_sql(bed, refused[i].statement, EXPORT_CSV, &text, &error),
                         -1);
        if (error.code != refused[i].code)
            fail_msg("%s: %s", refused[i].statement, error.message);
        assert_int_equal(text.length, 0);
    }
    assert_int_equal(bed_number(bed, "SELECT count(*) FROM operation"), 2);
    struct error error = {0};
    assert_int_equal(run_sql(bed,
                             "SELECT id, NULL AS n, 2 AS \"a.b\", x'ff' AS x FROM hits"
                             " ORDER BY id; ",
                             EXPORT_JSONL, &text, &error),
                     0);
    assert_string_equal(text.data,
                        "{\"id\":\"0a\",\"n\":null,\"a.b\":2,\"x\":\"\\\\xFF\"}\n"
                        "{\"id\":\"0b\",\"n\":null,\"a.b\":2,\"x\":\"\\\\xFF\"}\n");
    for (int format = 0; format < FORMAT_COUNT; format++) {
        assert_int_equal(run_sql(bed, "SELECT 1 AS \"\x1b[31m=\xff\x7f\"",
                                 (enum export_format)format, &text, &error),
                         0);
        assert_output_safe(text);
    }
    /* The connection is as free as before. */
    bed_run(bed, "DELETE FROM reject");
}

/* Whatever the columns are called, each is there, under its own name. */
static void sql_loses_no_column(void **state)
{
    static const struct {
        const char *statement;
        enum export_format format;
        const char *output;
    } cases[] = {
        {"SELECT max(s.bytes), 1.5 FROM source AS s", EXPORT_JSONL,
         "{\"max(s.bytes)\":10,\"1.5\":1.5}\n"},
        {"SELECT 1 AS \"a.b\", 2 AS c, 3 AS \"a.d\"", EXPORT_JSONL,
         "{\"a.b\":1,\"c\":2,\"a.d\":3}\n"},
        {"SELECT 1 AS a, 2 AS a, 3 AS \"a:1\", 4 AS a", EXPORT_JSONL,
         "{\"a\":1,\"a:1\":2,\"a:1:1\":3,\"a:2\":4}\n"},
        {"SELECT 1 AS a, 2 AS a", EXPORT_CSV, "a,a:1\n1,2\n"},
        {"SELECT 1 AS \"\xff\", 2 AS \"\\xFF\"", EXPORT_JSONL,
         "{\"\\\\xFF\":1,\"\\\\xFF:1\":2}\n"},
        {"SELECT 0.1 AS x, -2.0 AS y, 9e999 AS z", EXPORT_JSONL,
         "{\"x\":0.1,\"y\":-2.0,\"z\":\"Inf\"}\n"},
        {"SELECT 0.1 AS x, -2.0 AS y, 9e999 AS z", EXPORT_CSV,
         "x,y,z\n0.1,'-2.0,Inf\n"},
        {"SELECT j.value AS v FROM json_each('[1,\"b\"]') AS j", EXPORT_JSONL,
         "{\"v\":1}\n{\"v\":\"b\"}\n"},
    };
    struct bed *bed = *state;
    struct slice text;
    fill(bed);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct error error = {0};
        if (run_sql(bed, cases[i].statement, cases[i].format, &text, &error))
            fail_msg("%s: %s", cases[i].statement, error.message);
        assert_string_equal(text.data, cases[i].output);
    }
}

/* A table is as wide as what was asked for. */
static void sql_tables_have_all_columns(void **state)
{
    enum { COLUMNS = 300 };
    struct bed *bed = *state;
    struct error error = {0};
    struct slice text, sql = SLICE("SELECT 0 AS c0");
    for (int i = 1; i < COLUMNS; i++)
        sql = arena_printf(&bed->arena, "%s, %d AS c%d", sql.data, i, i);
    assert_int_equal(run_sql(bed, sql.data, EXPORT_TABLE, &text, &error), 0);
    assert_true(slice_ends_with(slice_cut(&text, '\n'), SLICE("  c299")));
    assert_true(slice_ends_with(slice_cut(&text, '\n'), SLICE("  299")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BED(fields_are_those_of_the_contract),
        ON_BED(hits_have_their_values),
        ON_BED(csv_joins_lists),
        ON_BED(sources_approvals_rejects_have_their_values),
        ON_BED(events_are_in_a_stable_order),
        ON_BED(events_take_a_filter),
        ON_BED(nothing_unsafe_leaves),
        ON_BED(csv_is_inert_and_reversible),
        ON_BED(json_keeps_texts),
        ON_BED(tables_are_aligned),
        ON_BED(long_tables_stream),
        ON_BED(an_empty_case_gives_headers),
        ON_BED(a_closed_pipe_ends_quietly),
        ON_BED(sql_reads_and_nothing_else),
        ON_BED(sql_loses_no_column),
        ON_BED(sql_tables_have_all_columns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
