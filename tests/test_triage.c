#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>

#include "db/journal.h"
#include "db/triage.h"
#include "tests/store_bed.h"

#define MINUTE_US INT64_C(60000000)
#define T0 INT64_C(1773453600000000) /* 2026-03-14T02:00:00Z: the first operation */
#define BEFORE (T0 - 1000 * MINUTE_US)
#define NOW (T0 + 1000 * MINUTE_US)

static const struct analyst alice = {SLICE_INIT("alice"), SLICE_INIT("bastion")};
static const struct analyst bob = {SLICE_INIT("bob"), SLICE_INIT("bastion")};

/* Operations op-0 ... by mallory, ten minutes apart, loaded at `loaded_us`. */
static void add_operations(struct bed *bed, int from, int count, int64_t loaded_us)
{
    struct slice sql = arena_printf(
        &bed->arena,
        "WITH RECURSIVE n(i) AS (SELECT %d UNION ALL SELECT i + 1 FROM n"
        " WHERE i + 1 < %d)"
        " INSERT INTO operation(id, time_us, time_quality, provider, outcome,"
        " lifecycle, severity, confidence, rules, technique, records, switched_off,"
        " operation, actor, account, source_ip, mirrored, destination, first_loaded_us)"
        " SELECT printf('op-%%d', i), %lld + i * %lld, 1, 1, 1, 1, 3, 2, 'r1', 'T', 1,"
        " 0, 'CreateTrafficMirrorSession', 'mallory', '111122223333',"
        " '198.51.100.23', 'eni-1', 'tmt-1', %lld FROM n",
        from, from + count, (long long)T0, (long long)(10 * MINUTE_US),
        (long long)loaded_us);
    bed_run(bed, sql.data);
}

static struct approval approval_of(const char *actor, int64_t start_us, int64_t end_us)
{
    return (struct approval){
        .enabled = true,
        .selector = {[SELECT_ACTOR] = slice_from(actor),
                     [SELECT_ACCOUNT] = SLICE("111122223333")},
        .start_us = start_us,
        .end_us = end_us,
        .ticket = SLICE("CHG0012345"),
        .created_us = EVENT_TIME_NONE,
        .review_us = EVENT_TIME_NONE,
    };
}

static int64_t approve(struct bed *bed, const struct analyst *who, int64_t now_us,
                       struct approval approval)
{
    struct error error = {0};
    if (triage_approve(bed->handle, who, now_us, &approval, &error))
        fail_msg("%s", error.message);
    return approval.id;
}

static void set_enabled(struct bed *bed, const struct analyst *who, int64_t id,
                        bool enabled)
{
    struct error error = {0};
    if (triage_set_enabled(bed->handle, who, NOW, id, enabled, &error))
        fail_msg("%s", error.message);
}

static void refresh(struct bed *bed, bool only_new)
{
    struct error error = {0};
    assert_int_equal(case_begin(bed->handle, &error), 0);
    if (triage_refresh(bed->handle, only_new, &error))
        fail_msg("%s", error.message);
    assert_int_equal(case_commit(bed->handle, &error), 0);
}

static void standing_is(struct bed *bed, const char *expected)
{
    const char *table =
        bed_table(bed, "SELECT id, approval, approval_state, near_miss FROM operation"
                       " ORDER BY time_us, id");
    assert_string_equal(table, expected);
}

/* --- states -------------------------------------------------------------------- */

static void judged_without_approvals_is_not_unjudged(void **state)
{
    struct bed *bed = *state;
    add_operations(bed, 0, 1, BEFORE);
    standing_is(bed, "op-0|-|-|-\n");
    refresh(bed, true);
    standing_is(bed, "op-0|-||-\n");
}

static void a_window_covers_its_ends(void **state)
{
    struct bed *bed = *state;
    add_operations(bed, 0, 4, BEFORE);
    approve(bed, &alice, BEFORE,
            approval_of("mall*", T0 + 10 * MINUTE_US, T0 + 20 * MINUTE_US));
    standing_is(bed, "op-0|-||CHG0012345 (approval 1): 10 minutes before its window\n"
                     "op-1|1|covered|-\n"
                     "op-2|1|covered|-\n"
                     "op-3|-||CHG0012345 (approval 1): 10 minutes after its window\n");
}

static void states_tell_when_the_entry_was_made(void **state)
{
    struct bed *bed = *state;
    struct error error = {0};
    add_operations(bed, 0, 2, BEFORE);
    approve(bed, &alice, T0 + MINUTE_US, approval_of("mallory", BEFORE, NOW));
    standing_is(bed, "op-0|1|retroactive|-\nop-1|1|covered|-\n");
    /* Loaded after the entry: they are told apart until somebody opens them. */
    add_operations(bed, 2, 1, NOW);
    refresh(bed, true);
    bed_run(bed,
            "UPDATE operation SET first_loaded_us = 4000000000000000, approval_state"
            " = NULL WHERE id = 'op-0'");
    refresh(bed, true);
    standing_is(bed, "op-0|1|newly-covered|-\nop-1|1|covered|-\n"
                     "op-2|1|newly-covered|-\n");
    for (int i = 0; i < 3; i++) {
        char id[8];
        snprintf(id, sizeof id, "op-%d", i);
        assert_int_equal(triage_mark_seen(bed->handle, slice_from(id), &error), 0);
    }
    const char *after = "op-0|1|retroactive|-\nop-1|1|covered|-\nop-2|1|covered|-\n";
    standing_is(bed, after);
    refresh(bed, false);
    standing_is(bed, after);
}

static void seen_before_an_approval_stays_open(void **state)
{
    struct bed *bed = *state;
    struct error error = {0};
    add_operations(bed, 0, 1, NOW);
    refresh(bed, true);
    assert_int_equal(triage_mark_seen(bed->handle, SLICE("op-0"), &error), 0);
    standing_is(bed, "op-0|-||-\n");
    approve(bed, &alice, BEFORE, approval_of("mallory", BEFORE, NOW));
    standing_is(bed, "op-0|1|covered|-\n");
}

static void the_lowest_id_decides(void **state)
{
    struct bed *bed = *state;
    add_operations(bed, 0, 1, BEFORE);
    approve(bed, &alice, BEFORE, approval_of("somebody", BEFORE, NOW));
    approve(bed, &alice, BEFORE, approval_of("mallory", BEFORE, NOW));
    approve(bed, &alice, BEFORE, approval_of("mal*", BEFORE, NOW));
    standing_is(bed, "op-0|2|covered|-\n");
    set_enabled(bed, &alice, 2, false);
    standing_is(bed, "op-0|3|covered|-\n");
    set_enabled(bed, &alice, 3, false);
    /* The nearest of those that are on. */
    standing_is(bed, "op-0|-||-\n");
    set_enabled(bed, &alice, 2, true);
    standing_is(bed, "op-0|2|covered|-\n");
}

static void the_nearest_miss_is_told(void **state)
{
    struct bed *bed = *state;
    static const struct {
        const char *actor;
        int64_t start_us, end_us;
        const char *near_miss; /* once this approval is there too */
    } steps[] = {
        {"mallory", BEFORE - 9000 * MINUTE_US, BEFORE - 5000 * MINUTE_US,
         "CHG0012345 (approval 1): 4 days after its window"},
        {"mallory", BEFORE, T0 - 240 * MINUTE_US,
         "CHG0012345 (approval 2): 4 hours after its window"},
        {"mallory", T0 + 14 * MINUTE_US, NOW,
         "CHG0012345 (approval 3): 14 minutes before its window"},
        {"mallory", BEFORE, T0 - 14 * MINUTE_US,
         "CHG0012345 (approval 3): 14 minutes before its window"},
        {"mallory", BEFORE, T0 - 1,
         "CHG0012345 (approval 5): 1 second after its window"},
        {"nobody", BEFORE, NOW, "CHG0012345 (approval 5): 1 second after its window"},
    };
    add_operations(bed, 0, 1, BEFORE);
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        approve(bed, &alice, BEFORE,
                approval_of(steps[i].actor, steps[i].start_us, steps[i].end_us));
        struct slice row =
            arena_printf(&bed->arena, "op-0|-||%s\n", steps[i].near_miss);
        standing_is(bed, row.data);
    }
}

/* A selector that differs is told before a window that is long over, not before one
 * that was just missed. */
static void a_selector_counts_as_a_day(void **state)
{
    struct bed *bed = *state;
    struct approval other = approval_of("mallory", BEFORE, NOW);
    other.selector[SELECT_DESTINATION] = SLICE("tmt-2");
    other.ticket = SLICE_NONE;
    other.reason = SLICE("NDR");
    add_operations(bed, 0, 1, BEFORE);
    approve(bed, &alice, BEFORE,
            approval_of("mallory", BEFORE - 9000 * MINUTE_US, BEFORE));
    approve(bed, &alice, BEFORE, other);
    standing_is(bed, "op-0|-||CHG0012345 (approval 1): 16 hours after its window\n");
    set_enabled(bed, &alice, 1, false);
    standing_is(bed, "op-0|-||approval 2: destination tmt-1 differs\n");
    approve(
        bed, &alice, BEFORE,
        approval_of("mallory", BEFORE - 9000 * MINUTE_US, BEFORE - 5000 * MINUTE_US));
    standing_is(bed, "op-0|-||approval 2: destination tmt-1 differs\n");
}

static void an_event_without_a_time_is_not_covered(void **state)
{
    struct bed *bed = *state;
    add_operations(bed, 0, 1, BEFORE);
    bed_run(bed, "UPDATE operation SET time_us = NULL");
    approve(bed, &alice, BEFORE, approval_of("mallory", BEFORE, NOW));
    standing_is(bed, "op-0|-||CHG0012345 (approval 1): the event has no time\n");
}

/* More operations than one window of the refresh, and only the new ones. */
static void many_operations_are_all_judged(void **state)
{
    struct bed *bed = *state;
    add_operations(bed, 0, 1000, BEFORE);
    approve(bed, &alice, BEFORE, approval_of("mallory", BEFORE, T0 + 5005 * MINUTE_US));
    assert_int_equal(
        bed_number(bed, "SELECT count(*) FROM operation WHERE approval = 1"), 501);
    assert_int_equal(
        bed_number(bed, "SELECT count(*) FROM operation WHERE approval_state IS NULL"),
        0);
    /* Those already judged are left alone. */
    bed_run(bed, "UPDATE operation SET approval = 77 WHERE id = 'op-3'");
    add_operations(bed, 2000, 130, BEFORE);
    refresh(bed, true);
    assert_int_equal(
        bed_number(bed, "SELECT count(*) FROM operation WHERE approval_state IS NULL"),
        0);
    assert_int_equal(
        bed_number(bed, "SELECT approval FROM operation WHERE id = 'op-3'"), 77);
    /* What stays is not written again. */
    refresh(bed, false);
    int before = sqlite3_total_changes(bed->handle->db);
    refresh(bed, false);
    assert_int_equal(sqlite3_total_changes(bed->handle->db), before);
    struct approval_list list;
    struct error error = {0};
    assert_int_equal(triage_approvals(bed->handle, &bed->arena, &list, &error), 0);
    assert_int_equal(list.count, 1);
    assert_int_equal(list.rows[0].covers, 501);
}

/* --- changes ------------------------------------------------------------------- */

static void approvals_are_kept_as_given(void **state)
{
    struct bed *bed = *state;
    struct error error = {0};
    struct approval given = approval_of("o'hara; DROP TABLE \"x\" %_", T0, NOW);
    given.selector[SELECT_ADDRESS] = SLICE("198.51.100.0/24|2001:db8::/32");
    given.reason = SLICE("a\nb\x1b[31m\xff");
    given.approved_by = SLICE("carol");
    given.review_us = NOW;
    approve(bed, &alice, T0 + 5, given);
    struct approval_list list;
    assert_int_equal(triage_approvals(bed->handle, &bed->arena, &list, &error), 0);
    const struct approval *kept = &list.rows[0].approval;
    for (int i = 0; i < APPROVAL_SELECTOR_COUNT; i++) {
        assert_true(slice_equal(kept->selector[i], given.selector[i]));
        assert_int_equal(slice_present(kept->selector[i]),
                         slice_present(given.selector[i]));
    }
    assert_true(slice_equal(kept->reason, given.reason));
    assert_true(slice_equal(kept->created_by, alice.name));
    assert_int_equal(kept->created_us, T0 + 5);
    assert_int_equal(kept->start_us, T0);
    assert_int_equal(kept->end_us, NOW);
    assert_int_equal(kept->review_us, NOW);
    assert_true(kept->enabled);
}

static void a_bad_approval_changes_nothing(void **state)
{
    struct bed *bed = *state;
    struct error error = {0};
    struct approval lone = approval_of("mallory", T0, NOW);
    lone.selector[SELECT_ACCOUNT] = SLICE_NONE;
    assert_int_equal(triage_approve(bed->handle, &alice, NOW, &lone, &error), -1);
    assert_int_equal(triage_set_enabled(bed->handle, &alice, NOW, 9, true, &error), -1);
    assert_int_equal(error.code, ERROR_SYNTAX);
    assert_int_equal(bed_number(bed, "SELECT (SELECT count(*) FROM approval) +"
                                     " (SELECT count(*) FROM journal)"),
                     0);
    /* The case is free for the next change. */
    approve(bed, &alice, NOW, approval_of("mallory", T0, NOW));
}

static void a_full_case_takes_no_more(void **state)
{
    struct bed *bed = *state;
    struct error error = {0};
    struct slice sql = arena_printf(
        &bed->arena,
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)"
        " INSERT INTO approval(id, created_by, created_us) SELECT i, 'x', 0 FROM n",
        LIMIT_APPROVALS);
    bed_run(bed, sql.data);
    struct approval more = approval_of("mallory", T0, NOW);
    assert_int_equal(triage_approve(bed->handle, &alice, NOW, &more, &error), -1);
    assert_int_equal(error.code, ERROR_LIMIT);
    assert_int_equal(bed_number(bed, "SELECT count(*) FROM journal"), 0);
}

static void proposes_what_would_cover(void **state)
{
    struct bed *bed = *state;
    struct error error = {0};
    struct hit_scope scope = {.filter = NULL};
    struct approval proposal;
    add_operations(bed, 0, 3, BEFORE);
    refresh(bed, true);
    assert_int_equal(
        triage_propose(bed->handle, &scope, SLICE_NONE, &bed->arena, &proposal, &error),
        0);
    assert_int_equal(proposal.start_us, T0);
    assert_int_equal(proposal.end_us, T0 + 20 * MINUTE_US);
    proposal.reason = SLICE("planned");
    approve(bed, &alice, BEFORE, proposal);
    standing_is(bed, "op-0|1|covered|-\nop-1|1|covered|-\nop-2|1|covered|-\n");
    bed_run(bed, "UPDATE operation SET id = 'ab' || substr(id, 4)");
    assert_int_equal(triage_propose(bed->handle, &scope, SLICE("ab1"), &bed->arena,
                                    &proposal, &error),
                     0);
    assert_int_equal(proposal.start_us, proposal.end_us);
    bed_run(bed, "UPDATE operation SET actor = 'eve' WHERE id = 'ab1'");
    assert_int_equal(
        triage_propose(bed->handle, &scope, SLICE_NONE, &bed->arena, &proposal, &error),
        -1);
}

/* --- undo ---------------------------------------------------------------------- */

static const char *undo(struct bed *bed, const struct analyst *who)
{
    struct error error = {0};
    struct slice what;
    if (triage_undo(bed->handle, who, NOW, &bed->arena, &what, &error))
        return arena_copy(&bed->arena, slice_from(error.message)).data;
    return arena_copy(&bed->arena, what).data;
}

static void undo_goes_back_step_by_step(void **state)
{
    struct bed *bed = *state;
    add_operations(bed, 0, 1, BEFORE);
    approve(bed, &alice, BEFORE, approval_of("mallory", BEFORE, NOW));
    set_enabled(bed, &alice, 1, false);
    assert_string_equal(undo(bed, &alice), "approval 1 is on again");
    standing_is(bed, "op-0|1|covered|-\n");
    assert_string_equal(undo(bed, &alice), "approval 1 is off again");
    standing_is(bed, "op-0|-||-\n");
    assert_string_equal(undo(bed, &alice), "there is nothing of yours to undo");
    assert_string_equal(bed_table(bed,
                                  "SELECT action, coalesce((SELECT 'approval ' || id"
                                  " FROM approval WHERE key = subject), subject)"
                                  " FROM journal"),
                        "approve|approval 1\ndisable|approval 1\nundo|2\nundo|1\n");
}

static void undo_is_of_ones_own_only(void **state)
{
    struct bed *bed = *state;
    add_operations(bed, 0, 1, BEFORE);
    approve(bed, &alice, BEFORE, approval_of("eve", BEFORE, NOW));
    approve(bed, &alice, BEFORE, approval_of("mallory", BEFORE, NOW));
    assert_string_equal(undo(bed, &bob), "there is nothing of yours to undo");
    set_enabled(bed, &bob, 2, false);
    /* Bob's word on approval 2 stands; alice's next undo reaches approval 1. */
    assert_string_equal(undo(bed, &alice), "approval 2 stays as bob left it");
    standing_is(bed, "op-0|-||-\n");
    assert_string_equal(undo(bed, &alice), "approval 1 is off again");
    assert_string_equal(undo(bed, &alice), "there is nothing of yours to undo");
    assert_string_equal(undo(bed, &bob), "approval 2 is on again");
    bool intact;
    struct error error = {0};
    assert_int_equal(journal_verify(bed->handle, &intact, &error), 0);
    assert_true(intact);
}

/* --- the journal --------------------------------------------------------------- */

static struct slice head(struct bed *bed)
{
    struct slice hash;
    struct error error = {0};
    assert_int_equal(journal_head(bed->handle, &bed->arena, &hash, &error), 0);
    assert_int_equal(hash.length, 64);
    return arena_copy(&bed->arena, hash);
}

static bool intact(struct bed *bed)
{
    bool is;
    struct error error = {0};
    assert_int_equal(journal_verify(bed->handle, &is, &error), 0);
    return is;
}

static void the_journal_is_append_only(void **state)
{
    struct bed *bed = *state;
    assert_true(intact(bed));
    assert_int_equal(head(bed).data[0], '0');
    approve(bed, &alice, NOW, approval_of("mallory", T0, NOW));
    set_enabled(bed, &alice, 1, false);
    assert_true(intact(bed));
    assert_int_not_equal(
        sqlite3_exec(bed->handle->db, "DELETE FROM journal", NULL, NULL, NULL),
        SQLITE_OK);
    assert_int_not_equal(sqlite3_exec(bed->handle->db,
                                      "UPDATE journal SET analyst = 'bob'", NULL, NULL,
                                      NULL),
                         SQLITE_OK);
    /* A change is told with what was before and after. */
    assert_int_equal(bed_number(bed,
                                "SELECT json_extract(before, '$.enabled')"
                                " AND NOT json_extract(after, '$.enabled')"
                                " AND json_extract(after, '$.ticket') = 'CHG0012345'"
                                " FROM journal"
                                " WHERE action = 'disable'"),
                     1);
}

/* Whoever drops the triggers can write; it shows. */
static void tampering_shows(void **state)
{
    struct bed *bed = *state;
    static const char *const changes[] = {
        "UPDATE journal SET analyst = 'bob' WHERE id = 2",
        "UPDATE journal SET host = host || 'a', action = 'pprove' WHERE id = 1",
        "UPDATE journal SET at_us = at_us + 1 WHERE id = 3",
        "UPDATE journal SET after = '{}' WHERE id = 1",
        "UPDATE journal SET before = '' WHERE id = 2",
        "UPDATE journal SET hash = previous_hash WHERE id = 3",
        "DELETE FROM journal WHERE id = 1",
        "DELETE FROM journal WHERE id = 2",
        "UPDATE journal SET number = number + 10 WHERE id = 1",
        /* The chain is its case's own: its rows say nothing in another. */
        "UPDATE journal SET origin = '0' || origin",
    };
    bed_run(bed, "DROP TRIGGER journal_no_update; DROP TRIGGER journal_no_delete");
    approve(bed, &alice, NOW, approval_of("mallory", T0, NOW));
    set_enabled(bed, &alice, 1, false);
    set_enabled(bed, &bob, 1, true);
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        assert_true(intact(bed));
        bed_run(bed, "BEGIN");
        bed_run(bed, changes[i]);
        if (intact(bed))
            fail_msg("not seen: %s", changes[i]);
        bed_run(bed, "ROLLBACK");
    }
}

static void nothing_is_journaled_that_did_not_happen(void **state)
{
    struct bed *bed = *state;
    struct slice before;
    approve(bed, &alice, NOW, approval_of("mallory", T0, NOW));
    before = head(bed);
    set_enabled(bed, &alice, 1, true);
    assert_true(slice_equal(head(bed), before));
    set_enabled(bed, &alice, 1, false);
    assert_false(slice_equal(head(bed), before));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BED(judged_without_approvals_is_not_unjudged),
        ON_BED(a_window_covers_its_ends),
        ON_BED(states_tell_when_the_entry_was_made),
        ON_BED(seen_before_an_approval_stays_open),
        ON_BED(the_lowest_id_decides),
        ON_BED(the_nearest_miss_is_told),
        ON_BED(a_selector_counts_as_a_day),
        ON_BED(an_event_without_a_time_is_not_covered),
        ON_BED(many_operations_are_all_judged),
        ON_BED(approvals_are_kept_as_given),
        ON_BED(a_bad_approval_changes_nothing),
        ON_BED(a_full_case_takes_no_more),
        ON_BED(proposes_what_would_cover),
        ON_BED(undo_goes_back_step_by_step),
        ON_BED(undo_is_of_ones_own_only),
        ON_BED(the_journal_is_append_only),
        ON_BED(tampering_shows),
        ON_BED(nothing_is_journaled_that_did_not_happen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
