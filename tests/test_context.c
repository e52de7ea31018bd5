#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>

#include "core/context.h"
#include "db/query_context.h"
#include "tests/store_bed.h"

#define NOON INT64_C(1773489600000000)
#define MINUTE_US INT64_C(60000000)

/* ---- what tells ---- */

static void names_what_tells(void **state)
{
    (void)state;
    static const struct {
        enum provider provider;
        const char *operation;
        const char *part; /* of the phrase; NULL: tells nothing */
    } cases[] = {
        {PROVIDER_AWS, "RegisterTargets", "who receives"},
        {PROVIDER_AWS, "AuthorizeSecurityGroupIngress", "UDP 4789"},
        {PROVIDER_AWS, "AcceptVpcPeeringConnection", "another network"},
        {PROVIDER_AWS, "AcceptResourceShareInvitation", "another account"},
        {PROVIDER_AWS, "CreateSnapshot", "copies a disk"},
        {PROVIDER_AWS, "CreateAccessKey", "a new key"},
        {PROVIDER_AWS, "StopLogging", "trail off"},
        {PROVIDER_AWS, "DeleteFlowLogs", "flow logs"},
        {PROVIDER_AWS, "DescribeTrafficMirrorTargets", "looks"},
        {PROVIDER_AWS, "DescribeInstances", NULL},
        {PROVIDER_AWS, "GetCallerIdentity", NULL},
        {PROVIDER_AWS, "", NULL},
        {PROVIDER_AZURE, "MICROSOFT.COMPUTE/VIRTUALMACHINES/START/ACTION", "starts"},
        {PROVIDER_AZURE, "microsoft.insights/diagnosticSettings/delete", "logs off"},
        {PROVIDER_AZURE, "Microsoft.Network/networkSecurityGroups/securityRules/write",
         "UDP 4789"},
        {PROVIDER_AZURE, "Microsoft.Compute/virtualMachines/read", NULL},
        {PROVIDER_GCP, "google.logging.v2.ConfigServiceV2.DeleteSink", "logs off"},
        {PROVIDER_GCP, "v1.compute.forwardingRules.insert", "collect"},
        {PROVIDER_GCP, "v1.compute.regionBackendServices.insert", "receivers"},
        {PROVIDER_GCP, "google.iam.admin.v1.CreateServiceAccountKey", "a new key"},
        {PROVIDER_GCP, "v1.compute.instances.get", NULL},
        {PROVIDER_OCI, "CreateNetworkLoadBalancer", "load balancer"},
        {PROVIDER_CISCO_IOS, "SEC_LOGIN-4-LOGIN_FAILED", "failed"},
        {PROVIDER_CISCO_IOS, "no logging host 192.0.2.9", "logs off"},
        {PROVIDER_JUNOS, "reload in 5", "not saved"},
        {PROVIDER_CISCO_IOS, "StopLogging", NULL}, /* a name of another provider */
        {PROVIDER_AWS, "reload", NULL},
        {PROVIDER_ALIBABA, "StopLogging", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *why =
            context_telling(cases[i].provider, slice_from(cases[i].operation));
        bool right = cases[i].part ? why && slice_find(slice_from(why),
                                                       slice_from(cases[i].part)) >= 0
                                   : !why;
        if (!right)
            fail_msg("%s: %s", cases[i].operation, why ? why : "nothing");
    }
}

static void knows_a_resource_by_its_other_names(void **state)
{
    (void)state;
    static const struct {
        const char *one, *other;
        bool same;
    } cases[] = {
        {"/subscriptions/S/resourceGroups/G/x/T",
         "/SUBSCRIPTIONS/s/RESOURCEGROUPS/g/X/t", true},
        {"/subscriptions/s/x/t", "/subscriptions/s/x/t2", false},
        {"projects/p/regions/r/packetMirrorings/m",
         "https://www.googleapis.com/compute/v1/projects/p/regions/r/packetMirrorings/"
         "m",
         true},
        {"https://compute.googleapis.com/compute/beta/projects/p/x",
         "https://www.googleapis.com/compute/v1/projects/p/x", true},
        {"projects/p/x", "projects/P/x", false},
        {"arn:aws:ec2:us-east-1:111122223333:traffic-mirror-target/tmt-1", "tmt-1",
         true},
        {"tmt-1", "arn:aws:ec2:us-east-1:111122223333:traffic-mirror-target/tmt-1",
         true},
        {"arn:aws:ec2:us-east-1:111122223333:traffic-mirror-target/xtmt-1", "tmt-1",
         false},
        {"arn:aws:ec2:us-east-1:111122223333:traffic-mirror-target/tmt-1",
         "arn:aws:ec2:us-east-1:444455556666:traffic-mirror-target/tmt-1", false},
        {"arn:aws:s3:::logs", "", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        if (context_same_resource(slice_from(cases[i].one),
                                  slice_from(cases[i].other)) != cases[i].same)
            fail_msg("%s, %s", cases[i].one, cases[i].other);
    }
}

/* ---- what is around ---- */

struct row {
    int minute;
    const char *operation, *actor, *key, *ip;
};

static const struct row log_rows[] = {
    {-61, "StopLogging", "mallory", "K1", "198.51.100.23"},
    {-60, "CreateLoadBalancer", "mallory", "K1", "198.51.100.23"},
    {-10, "DescribeInstances", "mallory", "K2", "203.0.113.1"},
    {-5, "RegisterTargets", "other", "K1", "203.0.113.2"},
    {-4, "RegisterTargets", "third", "K3", "203.0.113.3"},
    {0, "CreateTrafficMirrorSession", "mallory", "K1", "198.51.100.23"},
    {20, "ListBuckets", "fourth", "K4", "198.51.100.23"},
    {60, "StopLogging", "mallory", NULL, NULL},
    {61, "DeleteTrail", "mallory", "K1", "198.51.100.23"},
};
enum { ROWS = sizeof log_rows / sizeof log_rows[0] };

static void make_event(const struct row *row, struct event *event)
{
    event_clear(event);
    event->provider = PROVIDER_AWS;
    event->outcome = OUTCOME_SUCCESS;
    event->time_us = NOON + row->minute * MINUTE_US;
    event->time_quality = TIME_EXACT;
    event->text[FIELD_OPERATION] = slice_from(row->operation);
    event->text[FIELD_ACTOR] = slice_from(row->actor);
    event->text[FIELD_CREDENTIAL] = slice_from(row->key);
    event->text[FIELD_SOURCE_IP] = slice_from(row->ip);
}

/* The rows out of order, with many others between them. */
static void fill(struct bed *bed)
{
    int64_t source;
    uint64_t offset = 0;
    char text[64];
    struct event event;
    bed_begin(bed, "/logs/a", 10, "aa", &source, NULL);
    for (int i = ROWS - 1; i >= 0; i--) {
        make_event(&log_rows[i], &event);
        if (log_rows[i].minute == 0) {
            bed_add_hit(bed, &event, "{}", offset);
        } else {
            bed_add(bed, bed->batch, source, &event, offset, 2);
        }
        offset += 3;
        for (uint64_t j = 0; j < 2500; j++, offset += 3) {
            bed_event(&event, j, text);
            event.time_us = NOON;
            bed_add(bed, bed->batch, source, &event, offset, 2);
        }
    }
    bed_finish(bed, source, "aa", 10);
    bed_flush(bed);
}

static void expect(const struct context_list *list, const char *expected)
{
    char got[512] = "";
    for (size_t i = 0; i < list->count; i++) {
        const struct context_row *row = &list->rows[i];
        char ties[CONTEXT_TIE_COUNT + 1] = "";
        for (int j = 0, at = 0; j < CONTEXT_TIE_COUNT; j++) {
            if (row->ties & 1u << j)
                ties[at++] = context_ties[j].letter;
        }
        snprintf(got + strlen(got), sizeof got - strlen(got), "%d %s%s%s,",
                 (int)((row->at.event.time_us - NOON) / MINUTE_US), ties,
                 row->telling ? "*" : "", row->at.hit ? "!" : "");
    }
    assert_string_equal(got, expected);
}

static struct context_scope around(const struct event *act, int64_t margin_us)
{
    const struct context_span span = {act->time_us, act->time_us};
    return context_scope_of(act, span, margin_us);
}

static void finds_what_is_around(void **state)
{
    struct bed *bed = *state;
    struct event act;
    struct context_list list;
    fill(bed);
    make_event(&log_rows[5], &act);
    struct context_scope scope = around(&act, 60 * MINUTE_US);
    assert_int_equal(
        query_context(bed->handle, &scope, 0, 100, &bed->arena, &list, NULL), 0);
    expect(&list, "-60 aci*,-10 a,-5 c*,0 aci!,20 i,60 a*,");
    assert_int_equal(list.total, 6);
    assert_int_equal(list.telling, 3);
    assert_true(slice_equal(list.rows[2].at.event.text[FIELD_ACTOR], SLICE("other")));

    /* Page by page. */
    assert_int_equal(
        query_context(bed->handle, &scope, 4, 100, &bed->arena, &list, NULL), 0);
    expect(&list, "20 i,60 a*,");
    assert_int_equal(list.total, 6);
    assert_int_equal(query_context(bed->handle, &scope, 1, 2, &bed->arena, &list, NULL),
                     0);
    expect(&list, "-10 a,-5 c*,");
    assert_int_equal(query_context(bed->handle, &scope, 6, 2, &bed->arena, &list, NULL),
                     0);
    expect(&list, "");

    scope.telling_only = true;
    assert_int_equal(
        query_context(bed->handle, &scope, 0, 100, &bed->arena, &list, NULL), 0);
    expect(&list, "-60 aci*,-5 c*,60 a*,");
    assert_int_equal(list.found, 6);
    assert_int_equal(list.total, 3);

    scope = around(&act, 61 * MINUTE_US);
    assert_int_equal(
        query_context(bed->handle, &scope, 0, 100, &bed->arena, &list, NULL), 0);
    assert_int_equal(list.total, 8);
}

/* One interface, in the case of each of three exports, and another one. */
static void ties_by_a_resource_in_any_case(void **state)
{
    static const char *const names[] = {
        "/subscriptions/s/nic1", "/SUBSCRIPTIONS/S/NIC1", "/subscriptions/S/Nic1",
        "/subscriptions/s/nic2"};
    struct bed *bed = *state;
    struct event act, event;
    struct context_list list;
    int64_t source;
    bed_begin(bed, "/logs/a", 10, "aa", &source, NULL);
    for (int i = 0; i < 4; i++) {
        make_event(&(struct row){i, "write", "x", NULL, NULL}, &event);
        event.text[FIELD_ACTOR] = SLICE_NONE;
        event.text[FIELD_RESOURCE] = slice_from(names[i]);
        bed_add(bed, bed->batch, source, &event, (uint64_t)i * 3, 2);
        if (i == 0)
            act = event;
    }
    bed_finish(bed, source, "aa", 10);
    bed_flush(bed);
    struct context_scope scope = around(&act, 60 * MINUTE_US);
    assert_int_equal(
        query_context(bed->handle, &scope, 0, 100, &bed->arena, &list, NULL), 0);
    expect(&list, "0 r,1 r,2 r,");
}

/* Events of a source that proved to be a double of another are not told twice. */
static void passes_doubles_over(void **state)
{
    struct bed *bed = *state;
    struct event act;
    struct context_list list;
    fill(bed);
    bed_run(bed, "UPDATE source SET doubled = 1");
    make_event(&log_rows[5], &act);
    struct context_scope scope = around(&act, 60 * MINUTE_US);
    assert_int_equal(
        query_context(bed->handle, &scope, 0, 100, &bed->arena, &list, NULL), 0);
    assert_int_equal(list.total, 0);
}

static void has_no_surroundings_without_a_time(void **state)
{
    struct bed *bed = *state;
    struct event act;
    struct context_list list;
    fill(bed);
    make_event(&log_rows[5], &act);
    act.time_us = EVENT_TIME_NONE;
    struct context_scope scope = around(&act, 60 * MINUTE_US);
    assert_int_equal(
        query_context(bed->handle, &scope, 0, 100, &bed->arena, &list, NULL), 0);
    assert_int_equal(list.total, 0);
    event_clear(&act); /* nor without anything to share */
    act.time_us = NOON;
    scope = around(&act, 60 * MINUTE_US);
    assert_int_equal(
        query_context(bed->handle, &scope, 0, 100, &bed->arena, &list, NULL), 0);
    assert_int_equal(list.total, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_what_tells),
        cmocka_unit_test(knows_a_resource_by_its_other_names),
        ON_BED(finds_what_is_around),
        ON_BED(ties_by_a_resource_in_any_case),
        ON_BED(passes_doubles_over),
        ON_BED(has_no_surroundings_without_a_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
