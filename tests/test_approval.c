#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/approval.h"

static struct arena arena;

static int make_arena(void **state)
{
    (void)state;
    arena_init(&arena);
    return 0;
}

static int free_arena(void **state)
{
    (void)state;
    arena_fini(&arena);
    return 0;
}

#define MINUTE_US INT64_C(60000000)
static const int64_t start = INT64_C(1773453600000000);
static const int64_t end = INT64_C(1773453600000000) + 60 * MINUTE_US;

static struct operation plain_operation(void)
{
    struct operation operation = {.lifecycle = LIFECYCLE_CREATION,
                                  .rules = SLICE("mirror-created;new-target")};
    event_clear(&operation.event);
    operation.event.time_us = start + 10 * MINUTE_US;
    operation.event.provider = PROVIDER_AWS;
    operation.event.text[FIELD_ACCOUNT] = SLICE("111122223333");
    operation.event.text[FIELD_ACTOR] = SLICE("mallory");
    operation.event.text[FIELD_SOURCE_IP] = SLICE("198.51.100.7");
    operation.event.text[FIELD_OPERATION] = SLICE("CreateTrafficMirrorSession");
    operation.event.text[FIELD_MIRRORED] = SLICE("eni-1");
    operation.event.text[FIELD_DESTINATION] = SLICE("tmt-1");
    return operation;
}

/* Selectors by their number; NULL is any. */
typedef const char *selector_texts[APPROVAL_SELECTOR_COUNT];

static struct approval approval_of(const selector_texts texts)
{
    struct approval approval = {.id = 1,
                                .enabled = true,
                                .start_us = start,
                                .end_us = end,
                                .ticket = SLICE("CHG-1"),
                                .created_us = EVENT_TIME_NONE,
                                .review_us = EVENT_TIME_NONE};
    for (int i = 0; i < APPROVAL_SELECTOR_COUNT; i++)
        approval.selector[i] = slice_from(texts[i]);
    return approval;
}

/* --- what must be there ---------------------------------------------------------- */

static void needs_selectors_with_an_anchor(void **state)
{
    (void)state;
    static const struct {
        selector_texts texts;
        const char *message; /* NULL where it is sound */
    } cases[] = {
        {{[SELECT_ACTOR] = "mallory", [SELECT_ACCOUNT] = "111122223333"}, NULL},
        {{[SELECT_DEVICE] = "sw-1", [SELECT_PROVIDER] = "cisco-ios"}, NULL},
        {{[SELECT_ADDRESS] = "198.51.100.0/24|2001:db8::1", [SELECT_REGION] = "x"},
         NULL},
        {{0}, "at least two selectors"},
        {{[SELECT_ACTOR] = "mallory"}, "at least two selectors"},
        {{[SELECT_ACCOUNT] = "1", [SELECT_PROVIDER] = "aws"}, "one selector must be"},
        {{[SELECT_ACTOR] = "*", [SELECT_ACCOUNT] = "1"}, "more than `*`"},
        {{[SELECT_ACTOR] = " ** ", [SELECT_ACCOUNT] = "1"}, "more than `*`"},
        {{[SELECT_ACTOR] = "", [SELECT_ACCOUNT] = "1"}, "more than `*`"},
        {{[SELECT_ACTOR] = "mallory", [SELECT_ADDRESS] = "198.51.*"},
         "addresses and CIDR blocks"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct approval approval = approval_of(cases[i].texts);
        struct error error = {0};
        int status = approval_validate(&approval, &error);
        assert_int_equal(status, cases[i].message ? -1 : 0);
        if (status && !strstr(error.message, cases[i].message))
            fail_msg("%s", error.message);
    }
}

static void needs_an_end_and_a_reason(void **state)
{
    (void)state;
    static const selector_texts open = {
        [SELECT_ACTOR] = "mallory", [SELECT_DESTINATION] = "tmt-1"};
    static const selector_texts narrow = {
        [SELECT_ACTOR] = "mallory", [SELECT_MIRRORED] = "eni-1"};
    struct approval approval = approval_of(open);
    approval.end_us = EVENT_TIME_NONE;
    assert_int_equal(approval_validate(&approval, NULL), -1);
    approval.review_us = end;
    assert_int_equal(approval_validate(&approval, NULL), 0);
    approval = approval_of(narrow);
    approval.end_us = EVENT_TIME_NONE;
    approval.review_us = end;
    assert_int_equal(approval_validate(&approval, NULL), -1);

    approval = approval_of(narrow);
    approval.start_us = end + 1;
    assert_int_equal(approval_validate(&approval, NULL), -1);
    approval.start_us = end;
    assert_int_equal(approval_validate(&approval, NULL), 0);
    approval.ticket = SLICE(" ");
    assert_int_equal(approval_validate(&approval, NULL), -1);
    approval.reason = SLICE("tap for the IDS");
    assert_int_equal(approval_validate(&approval, NULL), 0);
}

/* --- matching -------------------------------------------------------------------- */

struct fitting {
    selector_texts texts;
    enum approval_fit fit;
    const char *why;
};

static void expect_fit(const struct approval *approval,
                       const struct operation *operation, enum approval_fit fit,
                       const char *why)
{
    struct slice text;
    assert_int_equal(approval_check(approval, operation, &arena, &text), fit);
    if (why && !slice_equal(text, slice_from(why)))
        fail_msg("%.*s, not %s", (int)text.length, text.data, why);
    if (fit == APPROVAL_COVERS)
        assert_false(slice_present(text));
}

static void matches_selectors(void **state)
{
    (void)state;
    static const struct fitting fittings[] = {
        {{[SELECT_ACTOR] = "mallory", [SELECT_PROVIDER] = "aws"},
         APPROVAL_COVERS,
         NULL},
        {{[SELECT_ACTOR] = "MALL*", [SELECT_PROVIDER] = "AWS"}, APPROVAL_COVERS, NULL},
        {{[SELECT_ACTOR] = "eve | mallory"}, APPROVAL_COVERS, NULL},
        {{[SELECT_ACTOR] = "mallory", [SELECT_LIFECYCLE] = "creation"},
         APPROVAL_COVERS,
         NULL},
        {{[SELECT_ACTOR] = "mallory", [SELECT_RULE] = "new-target"},
         APPROVAL_COVERS,
         NULL},
        {{[SELECT_ACTOR] = "mallory", [SELECT_ADDRESS] = "203.0.113.1|198.51.100.0/24"},
         APPROVAL_COVERS,
         NULL},
        {{[SELECT_ACTOR] = "mallory", [SELECT_RULE] = "target"},
         APPROVAL_NEAR_MISS,
         NULL},
        {{[SELECT_ACTOR] = "mallory", [SELECT_ADDRESS] = "203.0.113.0/24"},
         APPROVAL_NEAR_MISS,
         "address 198.51.100.7 differs"},
        {{[SELECT_ACTOR] = "mallory", [SELECT_REGION] = "eu-west-1"},
         APPROVAL_NEAR_MISS,
         "region is not known"},
        /* what a device selector names is no cloud account */
        {{[SELECT_ACTOR] = "mallory", [SELECT_DEVICE] = "111122223333"},
         APPROVAL_NEAR_MISS,
         "device is not known"},
        /* without an anchor that fits it concerns another act */
        {{[SELECT_ACTOR] = "eve", [SELECT_PROVIDER] = "aws"}, APPROVAL_NO, NULL},
        {{[SELECT_ACTOR] = "mallory", [SELECT_REGION] = "x", [SELECT_MIRROR] = "y"},
         APPROVAL_NO,
         NULL},
        {{[SELECT_ACTOR] = "", [SELECT_DESTINATION] = "tmt-1"},
         APPROVAL_NEAR_MISS,
         "actor mallory differs"},
    };
    struct operation operation = plain_operation();
    for (size_t i = 0; i < sizeof fittings / sizeof fittings[0]; i++) {
        struct approval approval = approval_of(fittings[i].texts);
        expect_fit(&approval, &operation, fittings[i].fit, fittings[i].why);
    }
}

static void matches_the_time_of_the_event(void **state)
{
    (void)state;
    static const selector_texts texts = {
        [SELECT_ACTOR] = "mallory", [SELECT_PROVIDER] = "aws"};
    const struct {
        int64_t time_us;
        enum approval_fit fit;
        const char *why;
    } cases[] = {
        {start, APPROVAL_COVERS, NULL},
        {end, APPROVAL_COVERS, NULL},
        {end + 1, APPROVAL_NEAR_MISS, "1 second after its window"},
        {end + 14 * MINUTE_US, APPROVAL_NEAR_MISS, "14 minutes after its window"},
        {start - 60 * MINUTE_US, APPROVAL_NEAR_MISS, "1 hour before its window"},
        {start - 4320 * MINUTE_US, APPROVAL_NEAR_MISS, "3 days before its window"},
        {EVENT_TIME_NONE, APPROVAL_NEAR_MISS, "the event has no time"},
    };
    struct operation operation = plain_operation();
    struct approval approval = approval_of(texts);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        operation.event.time_us = cases[i].time_us;
        expect_fit(&approval, &operation, cases[i].fit, cases[i].why);
    }
    approval.start_us = approval.end_us = EVENT_TIME_NONE;
    operation.event.time_us = end + 1;
    expect_fit(&approval, &operation, APPROVAL_COVERS, NULL);
    approval.enabled = false;
    expect_fit(&approval, &operation, APPROVAL_NO, NULL);
}

static void quotes_hostile_values_escaped(void **state)
{
    (void)state;
    static const selector_texts texts = {
        [SELECT_ACTOR] = "eve", [SELECT_DESTINATION] = "tmt-1"};
    struct operation operation = plain_operation();
    struct approval approval = approval_of(texts);
    operation.event.text[FIELD_ACTOR] = SLICE("\x1b[2J");
    expect_fit(&approval, &operation, APPROVAL_NEAR_MISS, "actor \\x1B[2J differs");
}

/* --- proposing ------------------------------------------------------------------- */

static void proposes_what_operations_share(void **state)
{
    (void)state;
    struct operation operations[] = {plain_operation(), plain_operation()};
    struct approval proposal;
    struct error error = {0};
    struct slice why;
    operations[1].event.time_us = start + 5 * MINUTE_US;
    operations[1].event.text[FIELD_MIRRORED] = SLICE("eni-2");
    assert_int_equal(approval_propose(operations, 2, &arena, &proposal, &error), 0);
    assert_true(slice_equal(proposal.selector[SELECT_ACTOR], SLICE("mallory")));
    assert_true(slice_equal(proposal.selector[SELECT_PROVIDER], SLICE("aws")));
    assert_true(slice_equal(proposal.selector[SELECT_ACCOUNT], SLICE("111122223333")));
    assert_true(slice_equal(proposal.selector[SELECT_DESTINATION], SLICE("tmt-1")));
    assert_false(slice_present(proposal.selector[SELECT_MIRRORED]));
    assert_false(slice_present(proposal.selector[SELECT_DEVICE]));
    assert_true(proposal.start_us == operations[1].event.time_us);
    assert_true(proposal.end_us == operations[0].event.time_us);
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(approval_check(&proposal, &operations[i], &arena, &why),
                         APPROVAL_COVERS);
    proposal.reason = SLICE("tap for the IDS");
    assert_int_equal(approval_validate(&proposal, &error), 0);
}

static void proposes_the_device(void **state)
{
    (void)state;
    struct operation operation = plain_operation();
    struct approval proposal;
    operation.event.provider = PROVIDER_CISCO_IOS;
    operation.event.text[FIELD_ACCOUNT] = SLICE("sw-1");
    assert_int_equal(approval_propose(&operation, 1, &arena, &proposal, NULL), 0);
    assert_true(slice_equal(proposal.selector[SELECT_DEVICE], SLICE("sw-1")));
    assert_false(slice_present(proposal.selector[SELECT_ACCOUNT]));
}

static void refuses_to_propose(void **state)
{
    (void)state;
    struct operation operations[] = {plain_operation(), plain_operation()};
    struct approval proposal;
    struct error error = {0};
    assert_int_equal(approval_propose(operations, 0, &arena, &proposal, &error), -1);
    operations[1].event.text[FIELD_ACTOR] = SLICE("eve");
    assert_int_equal(approval_propose(operations, 2, &arena, &proposal, &error), -1);
    assert_string_equal(error.message, "their actors differ");
    operations[0].event.time_us = EVENT_TIME_NONE;
    assert_int_equal(approval_propose(operations, 1, &arena, &proposal, &error), -1);
    assert_string_equal(error.message,
                        "an operation without a time cannot be approved");
    operations[1].event.text[FIELD_ACTOR] = SLICE_NONE;
    operations[1].event.text[FIELD_MIRRORED] = SLICE_NONE;
    operations[1].event.text[FIELD_DESTINATION] = SLICE_NONE;
    assert_int_equal(approval_propose(&operations[1], 1, &arena, &proposal, &error),
                     -1);
    assert_string_equal(error.message,
                        "they share no actor, mirrored object, destination or device");
}

/* A name that an attacker chose must not become a pattern. */
static void proposes_no_pattern(void **state)
{
    (void)state;
    static const char *const actors[] = {"*", "mallory|*", "mal*", " mallory"};
    for (size_t i = 0; i < sizeof actors / sizeof actors[0]; i++) {
        struct operation operation = plain_operation();
        struct approval proposal;
        operation.event.text[FIELD_ACTOR] = slice_from(actors[i]);
        assert_int_equal(approval_propose(&operation, 1, &arena, &proposal, NULL), 0);
        assert_false(slice_present(proposal.selector[SELECT_ACTOR]));
    }
}

static void names_its_selectors(void **state)
{
    (void)state;
    for (int i = 0; i < APPROVAL_SELECTOR_COUNT; i++) {
        const char *name = approval_selector_name((enum approval_selector)i);
        assert_int_equal(approval_selector_from_name(slice_from(name)), i);
    }
    assert_int_equal(approval_selector_from_name(SLICE("nobody")), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(needs_selectors_with_an_anchor),
        cmocka_unit_test(needs_an_end_and_a_reason),
        cmocka_unit_test(matches_selectors),
        cmocka_unit_test(matches_the_time_of_the_event),
        cmocka_unit_test(quotes_hostile_values_escaped),
        cmocka_unit_test(proposes_what_operations_share),
        cmocka_unit_test(proposes_the_device),
        cmocka_unit_test(refuses_to_propose),
        cmocka_unit_test(proposes_no_pattern),
        cmocka_unit_test(names_its_selectors),
    };
    return cmocka_run_group_tests(tests, make_arena, free_arena);
}
