#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>

#include "core/escape.h"
#include "db/report.h"
#include "db/report_line.h"
#include "tests/output_bed.h"
#include "tests/sample_case.h"
#include "tests/store_bed.h"

static struct slice report_of(struct bed *bed, struct case_file *handle,
                              enum report_extent extent, const char *filter_text)
{
    struct filter filter;
    struct hit_scope scope = {.filter = &filter};
    struct error error = {0};
    struct output output;
    output_open(&output);
    if (filter_parse(&filter, &bed->arena, slice_from(filter_text), EVENT_TIME_NONE,
                     &error) ||
        report_text(handle, &scope, extent, &output.sink, &error))
        fail_msg("%s", error.message);
    return output_take(&output, &bed->arena);
}

static struct slice report(struct bed *bed, struct case_file *handle,
                           const char *filter_text)
{
    return report_of(bed, handle, REPORT_WHOLE, filter_text);
}

static void says(struct slice text, const char *expected)
{
    if (slice_find(text, slice_from(expected)) < 0)
        fail_msg("no \"%s\" in:\n%s", expected, text.data);
}

static void says_not(struct slice text, const char *unexpected)
{
    if (slice_find(text, slice_from(unexpected)) >= 0)
        fail_msg("\"%s\" in:\n%s", unexpected, text.data);
}

/* --- a small case, line by line --------------------------------------------------- */

static void fill(struct bed *bed)
{
    bed_run(
        bed,
        "INSERT INTO source(id, path, member, events, records, damaged, unknown, "
        "status,"
        " reason) VALUES (1, '/logs/a.json', '', 40, 40, 0, 0, 'done', ''),"
        " (2, '/logs/b.zip', 'x.json', 5, 8, 1, 2, 'partial', 'cut off'),"
        " (3, '/logs/c.pdf', '', 0, 0, 0, 0, 'failed', 'of no known form'),"
        " (4, '/logs/digest', '', 0, 0, 0, 0, 'skipped', 'CloudTrail digest');"
        "INSERT INTO segment VALUES(1, 45, 1773450000000000, 1773460000000000);"
        "INSERT INTO approval(id, ticket, created_by, created_us, end_us)"
        " VALUES(3, 'CHG1', 'alice', 0, 1);"
        "INSERT INTO operation(id, time_us, time_quality, provider, outcome, lifecycle,"
        " severity, confidence, rules, technique, records, switched_off, operation,"
        " actor, via, source_ip, account, region, mirrored, destination, error_code,"
        " first_loaded_us, approval, approval_state, near_miss) VALUES"
        "('0a', 1773453600000000, 1, 1, 1, 1, 3, 2, '', '', 1, 0,"
        " 'CreateTrafficMirrorSession',"
        " 'arn:aws:sts::111122223333:assumed-role/NetOps/mallory',"
        " 'cloudformation.amazonaws.com', '198.51.100.23', '111122223333', 'us-east-1',"
        " 'eni-1', 'tmt-1', NULL, 0, NULL, '',"
        " 'CHG1 (approval 3): 14 minutes after its window'),"
        "('0b', 1773453700000000, 1, 1, 3, 1, 3, 2, '', '', 1, 0,"
        " 'CreateTrafficMirrorTarget',"
        " 'arn:aws:sts::111122223333:assumed-role/NetOps/mallory', NULL,"
        " '198.51.100.23', '111122223333', 'us-east-1', NULL, 'eni-9', 'AccessDenied',"
        " 0, NULL, NULL, NULL),"
        "('0c', NULL, 0, 7, 0, 3, 3, 2, '', '', 1, 0, 'no monitor session 1', NULL,"
        " NULL, NULL, 'sw1', NULL, 'Gi0/1', NULL, NULL, 0, 3, 'retroactive', NULL)");
}

static const char whole_report[] =
    "\n"
    "No mirror is live in what is covered below.\n"
    "\n"
    "3 mirroring operations: 2 left to decide, 1 approved\n"
    "  2 Creation, 1 Deletion\n"
    "  attempts among them: 1 (failed, denied or dry run)\n"
    "\n"
    "Covered: 45 events of 4 sources (1 partial, named below) (1 failed, named below)\n"
    "  span: 2026-03-14T01:00:00Z to 2026-03-14T03:46:40Z\n"
    "  accounts: none named in the logs\n"
    "  regions: none named in the logs\n"
    "  not read: 1 damaged records, 2 of unknown kind\n"
    "  gaps: none against the rhythm of each account and region\n"
    "\n"
    "By actor, live mirrors first, then the latest\n"
    "  NetOps/mallory, aws 111122223333: open\n"
    "    2 Creation (2 left to decide) (1 attempt) 2026-03-14T02:00:00Z to"
    " 2026-03-14T02:01:40Z\n"
    "  (not named), cisco-ios sw1: approved\n"
    "    1 Deletion (0 left to decide)\n"
    "\n"
    "Who is behind it\n"
    "  (not named), cisco-ios sw1\n"
    "    ends: the line names no user\n"
    "  NetOps/mallory, aws 111122223333\n"
    "    ends: cloudformation.amazonaws.com did it in the name of the identity that the"
    " record names; no call of that identity which sets it to work is in the logs\n"
    "  NetOps/mallory, aws 111122223333\n"
    "    ends: the record names no credential\n"
    "\n"
    "Left to decide\n"
    "  2026-03-14T02:00:00Z Creation, success: CreateTrafficMirrorSession\n"
    "      by arn:aws:sts::111122223333:assumed-role/NetOps/mallory"
    " via cloudformation.amazonaws.com\n"
    "          from 198.51.100.23 in aws 111122223333 us-east-1\n"
    "      eni-1 -> tmt-1\n"
    "      nearly approved by CHG1 (approval 3): 14 minutes after its window\n"
    "  2026-03-14T02:01:40Z Creation, denied (AccessDenied): "
    "CreateTrafficMirrorTarget\n"
    "      by arn:aws:sts::111122223333:assumed-role/NetOps/mallory from "
    "198.51.100.23\n"
    "          in aws 111122223333 us-east-1\n"
    "      ? -> eni-9\n"
    "\n"
    "Approved\n"
    "  no time Deletion, unknown: no monitor session 1\n"
    "      by - in cisco-ios sw1\n"
    "      Gi0/1 -> ?\n"
    "      retroactive by approval 3 CHG1\n"
    "\n"
    "Not read in full\n"
    "  partial /logs/b.zip!x.json: cut off\n"
    "  failed /logs/c.pdf: of no known form\n"
    "\n"
    "Journal: 0000000000000000000000000000000000000000000000000000000000000000\n";

static void answers_in_order(void **state)
{
    struct bed *bed = *state;
    fill(bed);
    struct slice text = report(bed, bed->handle, "");
    struct slice head = slice_cut(&text, '\n');
    assert_true(slice_starts_with(head, SLICE("Mirrorscope report: ")));
    assert_string_equal(text.data, whole_report);
}

/* The short one begins as the whole one does, and says what was covered. */
static void fits_a_ticket(void **state)
{
    struct bed *bed = *state;
    fill(bed);
    struct slice whole = report(bed, bed->handle, "");
    struct slice text = report_of(bed, bed->handle, REPORT_SHORT, "");
    struct slice answer = slice_first(text, (size_t)slice_find(text, SLICE("Left to")));
    assert_true(slice_starts_with(whole, answer));
    says(text, "Covered: ");
    says(text, "  in full: `mirrorscope report`\n\nJournal: ");
    says_not(text, "By actor");
    says_not(text, "Approved\n");
}

static void counts_what_the_filter_keeps(void **state)
{
    struct bed *bed = *state;
    fill(bed);
    struct slice text = report(bed, bed->handle, "provider:aws attempt:no");
    says(text, "1 mirroring operation: 1 left to decide, 0 approved\n"
               "  (by a filter, out of 3 in the case)\n");
    says(text, "CreateTrafficMirrorSession");
    says_not(text, "CreateTrafficMirrorTarget");
    says_not(text, "sw1");
    says_not(text, "\nApproved\n");
}

/* "None" never stands without what was covered. */
static void none_stands_beside_what_was_covered(void **state)
{
    struct bed *bed = *state;
    fill(bed);
    says(report(bed, bed->handle, "actor:nobody"),
         "No mirroring operation was found by this filter in what is covered below.\n"
         "  (by a filter, out of 3 in the case)\n\nCovered: 45 events of 4 sources");
    bed_run(bed, "DELETE FROM operation");
    struct slice text = report(bed, bed->handle, "");
    says(text, "No mirroring operation was found in what is covered below.\n\n"
               "Covered: 45 events of 4 sources");
    says(text, "/logs/c.pdf: of no known form");
    says_not(text, "Left to decide");
    bed_run(bed, "DELETE FROM source; DELETE FROM segment");
    says(report(bed, bed->handle, ""),
         "Covered: 0 events of 0 sources\n  span: no event has a time\n");
}

static void names_accounts_and_regions(void **state)
{
    struct bed *bed = *state;
    int64_t source;
    bed_begin(bed, "/logs/a", 10, "aa", &source, NULL);
    for (int i = 0; i < 100; i++) {
        struct event event;
        char actor[64], account[16];
        bed_event(&event, (uint64_t)i, actor);
        snprintf(account, sizeof account, "acct-%03d", i);
        event.text[FIELD_ACCOUNT] = slice_from(account);
        event.text[FIELD_REGION] = SLICE("eu-\x1b[31mwest");
        bed_add(bed, bed->batch, source, &event, (uint64_t)i * 101, 100);
    }
    bed_finish(bed, source, "aa", 10);
    bed_flush(bed);
    struct slice text = report(bed, bed->handle, "");
    says(text, "accounts: acct-000, acct-001, ");
    says(text, "acct-039 and more\n");
    says(text, "regions: eu-\\x1B[31mwest\n");
}

/* Longer lists end in a word about the rest. */
static void many_operations_are_cut_aloud(void **state)
{
    struct bed *bed = *state;
    bed_run(
        bed,
        "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n"
        " WHERE i < 1199) INSERT INTO operation(id, time_us, time_quality, provider,"
        " outcome, lifecycle, severity, confidence, rules, technique, records,"
        " switched_off, operation, actor, first_loaded_us, approval, approval_state)"
        " SELECT printf('%04x', i), i, 1, 1, 1, 1, 3, 2, '', '', 1, 0,"
        " printf('op %d.', i), printf('bob-%d', i % 300), 0,"
        " CASE i % 2 WHEN 0 THEN 1 END, CASE i % 2 WHEN 0 THEN 'covered' ELSE '' END"
        " FROM n");
    struct slice text = report(bed, bed->handle, "");
    says(text, "1200 mirroring operations: 600 left to decide, 600 approved");
    says(text, "and 100 more actors\n");
    says(text, ": op 999.\n");
    says_not(text, ": op 1001.\n");
    says(text, "  and 100 more: `mirrorscope export hits` has them\n\nApproved\n");
    says(text, ": op 998.\n");
    says_not(text, ": op 1000.\n");
}

/* --- hostile texts and widths -------------------------------------------------- */

static void nothing_unsafe_leaves(void **state)
{
    struct bed *bed = *state;
    struct case_file *sample = sample_case_new("r\x1b[31m.case");
    assert_non_null(sample);
    struct slice text = report(bed, sample, "");
    assert_output_safe(text);
    says(text, "evil\\r\\x1B[2J\\u{9B}\\u{202E}\\u{E0041}\\\\");
    says(text, "notes\\x1B[31m.docx");
    says(text, "r\\x1B[31m.case");
    sample_case_free(sample);
}

/* A text may be cut for its length, but not inside of a character. */
static void long_texts_keep_their_characters(void **state)
{
    struct bed *bed = *state;
    fill(bed);
    for (int i = 0; i < 4; i++) {
        struct slice sql = arena_printf(
            &bed->arena,
            "UPDATE operation SET actor = substr('abcd', 1, %d) || replace(hex("
            "zeroblob(3000)), '00', CAST(x'e5bca0' AS TEXT)),"
            " destination = printf('%%.*c', 9000, 'x')",
            i);
        bed_run(bed, sql.data);
        struct slice text = report(bed, bed->handle, "");
        assert_output_safe(text);
        assert_true(text.length < 8000);
    }
}

/* Facts of three cells each, at any width: no line is longer, none is broken early, and
 * what follows is set in. */
static void lines_break_between_facts(void **state)
{
    struct bed *bed = *state;
    for (size_t width = 8; width < 60; width++) {
        struct output output;
        output_open(&output);
        struct report_lines lines = {.sink = &output.sink, .width = width};
        arena_init(&lines.arena);
        report_begin(&lines, 1);
        for (int i = 0; i < 20; i++)
            report_add(&lines, "%s", i % 2 ? "\xe5\xbc\xa0x" : "abc");
        report_end(&lines);
        arena_fini(&lines.arena);
        struct slice text = output_take(&output, &bed->arena);
        int facts = 0;
        for (bool first = true; text.length; first = false) {
            struct slice line = slice_cut(&text, '\n');
            size_t indent = first ? 1 : 5, used = escape_width(line);
            assert_true(used <= width || used == indent + 3);
            assert_int_equal(line.data[indent - 1], ' ');
            assert_int_not_equal(line.data[indent], ' ');
            assert_true(!text.length || used + 4 > width);
            facts += (int)(used - indent + 1) / 4;
        }
        assert_int_equal(facts, 20);
    }
}

static void an_arn_is_never_cut(void **state)
{
    struct bed *bed = *state;
    static const char arn[] =
        "arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/net/sink/"
        "50dc6c495c0c9188-and-more-and-more-and-more";
    fill(bed);
    struct slice sql =
        arena_printf(&bed->arena, "UPDATE operation SET destination = '%s'", arn);
    bed_run(bed, sql.data);
    says(report(bed, bed->handle, ""), arn);
}

/* --- the sink and the case ----------------------------------------------------- */

static int refuse(void *payload, const char *data, size_t length)
{
    (void)data;
    (void)length;
    return ++*(int *)payload < 4 ? 0 : -1;
}

static void a_closed_pipe_ends_quietly(void **state)
{
    struct bed *bed = *state;
    struct error error = {0};
    struct hit_scope scope = {.filter = NULL};
    int calls = 0;
    const struct export_sink sink = {refuse, &calls};
    fill(bed);
    assert_int_equal(report_text(bed->handle, &scope, REPORT_WHOLE, &sink, &error), 0);
    assert_int_equal(calls, 4);
    /* No transaction is left behind. */
    assert_int_equal(sqlite3_get_autocommit(bed->handle->db), 1);
}

static void a_damaged_case_is_an_error(void **state)
{
    struct bed *bed = *state;
    struct error error = {0};
    struct hit_scope scope = {.filter = NULL};
    struct output output;
    fill(bed);
    bed_run(bed, "DROP TABLE journal");
    output_open(&output);
    assert_int_equal(
        report_text(bed->handle, &scope, REPORT_WHOLE, &output.sink, &error), -1);
    assert_int_equal(error.code, ERROR_CASE);
    output_take(&output, &bed->arena);
    assert_int_equal(sqlite3_get_autocommit(bed->handle->db), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BED(answers_in_order),
        ON_BED(fits_a_ticket),
        ON_BED(counts_what_the_filter_keeps),
        ON_BED(none_stands_beside_what_was_covered),
        ON_BED(names_accounts_and_regions),
        ON_BED(many_operations_are_cut_aloud),
        ON_BED(nothing_unsafe_leaves),
        ON_BED(long_texts_keep_their_characters),
        ON_BED(lines_break_between_facts),
        ON_BED(an_arn_is_never_cut),
        ON_BED(a_closed_pipe_ends_quietly),
        ON_BED(a_damaged_case_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
