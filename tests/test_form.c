#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "tests/record_bed.h"

/* ---- what is what, and what only looks like it ---- */

struct form_case {
    const char *json;
    enum record_class class;
    const char *form;   /* of an event */
    const char *reason; /* a word of it, of anything else */
};

static const struct form_case form_cases[] = {
    {"{\"eventName\":\"RunInstances\",\"userIdentity\":{}}", RECORD_EVENT, "cloudtrail",
     NULL},
    {"{\"eventName\":\"RunInstances\",\"eventSource\":\"ec2.amazonaws.com\"}",
     RECORD_EVENT, "cloudtrail", NULL},
    {"{\"eventName\":\"A\",\"eventSource\":\"ec2.amazonaws.com.cn\"}", RECORD_EVENT,
     "cloudtrail", NULL},
    {"{\"eventName\":\"\",\"userIdentity\":{}}", RECORD_DAMAGED, NULL, "event name"},
    {"{\"eventName\":\"RunInstances\"}", RECORD_UNKNOWN, NULL, "no known form"},
    {"{\"eventName\":{\"value\":\"A\"},\"userIdentity\":{}}", RECORD_UNKNOWN, NULL,
     "no known form"},

    /* Files of CloudTrail that hold no events. */
    {"{\"eventName\":\"x\",\"userIdentity\":{},\"digestS3Object\":\"AWSLogs/"
     "x.json.gz\"}",
     RECORD_SKIPPED, NULL, "CloudTrail digest"},
    {"{\"digestStartTime\":\"2026-03-14T01:00:00Z\",\"logFiles\":[]}", RECORD_SKIPPED,
     NULL, "CloudTrail digest"},
    {"{\"eventType\":\"AwsCloudTrailInsight\",\"insightDetails\":{\"state\":\"Start\","
     "\"eventName\":\"CreateTrafficMirrorSession\",\"eventSource\":"
     "\"ec2.amazonaws.com\"}}",
     RECORD_SKIPPED, NULL, "Insight"},
    {"{\"eventType\":\"AwsCloudTrailInsight\",\"eventName\":\"A\",\"userIdentity\":{}}",
     RECORD_SKIPPED, NULL, "Insight"},

    /* An S3 event has most keys of a CloudTrail record. */
    {"{\"eventVersion\":\"2.1\",\"eventSource\":\"aws:s3\",\"awsRegion\":\"us-east-1\","
     "\"eventTime\":\"2026-03-14T02:16:00Z\",\"eventName\":\"ObjectCreated:Put\","
     "\"userIdentity\":{\"principalId\":\"AWS:X\"},\"s3\":{\"bucket\":{}}}",
     RECORD_SKIPPED, NULL, "pointers"},
    {"{\"s3Bucket\":\"logs\",\"s3ObjectKey\":[\"AWSLogs/x.json.gz\"]}", RECORD_SKIPPED,
     NULL, "pointers"},

    {"{\"TrafficMirrorSessions\":[{\"TrafficMirrorSessionId\":\"tms-1\"}]}",
     RECORD_STATE, NULL, "state snapshot"},
    {"{\"TrafficMirrorTargets\":[]}", RECORD_STATE, NULL, "state snapshot"},
    {"{\"TrafficMirrorFilters\":[]}", RECORD_STATE, NULL, "state snapshot"},
    {"{\"kind\":\"compute#packetMirroring\",\"name\":\"pm1\"}", RECORD_STATE, NULL,
     "state snapshot"},
    {"{\"type\":\"microsoft.network/VirtualNetworkTaps\",\"id\":\"/subscriptions/s\"}",
     RECORD_STATE, NULL, "state snapshot"},

    {"{\"operationName\":\"A/write\",\"resourceId\":\"/subscriptions/s\"}",
     RECORD_EVENT, "azure-activity", NULL},
    {"{\"operationName\":{\"value\":\"A/write\"},\"eventName\":{\"value\":"
     "\"EndRequest\"},\"caller\":\"a@b.example\"}",
     RECORD_EVENT, "azure-activity-rest", NULL},
    {"{\"operation_name\":{\"value\":\"A/write\"},\"correlation_id\":\"c\"}",
     RECORD_EVENT, "azure-activity-sdk", NULL},
    {"{\"operationName\":{\"localizedValue\":\"x\"},\"caller\":\"a\"}", RECORD_DAMAGED,
     NULL, "without an operation"},
    {"{\"operationName\":\"NetworkSecurityGroupFlowEvents\"}", RECORD_UNKNOWN, NULL,
     "no known form"},

    /* AWS's names, not AWS. */
    {"{\"eventName\":\"CreateTrafficMirrorSession\",\"userIdentity\":{},"
     "\"acsRegion\":\"eu-central-1\"}",
     RECORD_EVENT, "alibaba-actiontrail", NULL},
    {"{\"eventName\":\"CreateTrafficMirrorSession\",\"userIdentity\":{},"
     "\"eventSource\":\"vpc.aliyuncs.com\"}",
     RECORD_EVENT, "alibaba-actiontrail", NULL},

    {"{\"protoPayload\":{\"methodName\":\"v1.compute.packetMirrorings.insert\"}}",
     RECORD_EVENT, "gcp-audit", NULL},
    {"{\"protoPayload\":{\"@type\":\"type.googleapis.com/"
     "google.cloud.audit.AuditLog\"}}",
     RECORD_DAMAGED, NULL, "method name"},
    {"{\"protoPayload\":{\"@type\":"
     "\"type.googleapis.com/google.appengine.logging.v1.RequestLog\"}}",
     RECORD_SKIPPED, NULL, "without an audit record"},
    {"{\"logName\":\"projects/p/logs/x\",\"insertId\":\"i\",\"textPayload\":\"t\"}",
     RECORD_SKIPPED, NULL, "without an audit record"},

    {"{\"eventType\":\"com.oraclecloud.virtualNetwork.CreateVtap\",\"data\":"
     "{\"eventName\":\"CreateVtap\"}}",
     RECORD_EVENT, "oci-audit", NULL},
    {"{\"type\":\"com.oraclecloud.virtualNetwork.CreateVtap\",\"data\":"
     "{\"eventName\":\"CreateVtap\"}}",
     RECORD_EVENT, "oci-audit", NULL},
    {"{\"type\":\"com.example.thing\",\"data\":{\"eventName\":\"CreateVtap\"}}",
     RECORD_UNKNOWN, NULL, "no known form"},

    {"{\"trace_name\":\"CreateTrafficMirrorSession\",\"trace_id\":\"t\"}", RECORD_EVENT,
     "huawei-cts", NULL},
    {"{\"trace_name\":\"CreateTrafficMirrorSession\"}", RECORD_UNKNOWN, NULL,
     "no known form"},
};

static void recognises_forms(void **state)
{
    for (size_t i = 0; i < sizeof(form_cases) / sizeof(form_cases[0]); i++) {
        const struct form_case *it = &form_cases[i];
        struct record_bed *bed = *state;
        struct event event = record_read(bed, it->json);
        if (bed->class != it->class)
            fail_msg("%s: class %d, not %d", it->json, bed->class, it->class);
        if (it->class == RECORD_EVENT) {
            expect_text(&event, FIELD_FORM, it->form);
            assert_null(bed->reason);
        } else if (slice_find(slice_from(bed->reason), slice_from(it->reason)) < 0) {
            fail_msg("%s: \"%s\" has no \"%s\"", it->json, bed->reason, it->reason);
        }
    }
}

/* ---- times ---- */

struct time_case {
    const char *stamp;     /* as JSON */
    const char *time;      /* as written by us */
    const char *time_text; /* kept beside it */
};

static const struct time_case time_cases[] = {
    {"\"2026-03-14T02:11:09Z\"", "2026-03-14T02:11:09Z", NULL},
    {"\"2026-03-14T02:11:09.123456Z\"", "2026-03-14T02:11:09.123456Z", NULL},
    {"\"2026-03-14T02:11:09.500Z\"", "2026-03-14T02:11:09.5Z",
     "2026-03-14T02:11:09.500Z"},
    {"\"2026-03-14T03:11:09+01:00\"", "2026-03-14T02:11:09Z",
     "2026-03-14T03:11:09+01:00"},
    {"\"2026-03-14T02:11:09.123456789Z\"", "2026-03-14T02:11:09.123456Z",
     "2026-03-14T02:11:09.123456789Z"},
    /* A leap second is the second after. */
    {"\"2026-12-31T23:59:60Z\"", "2027-01-01T00:00:00Z", "2026-12-31T23:59:60Z"},
    /* Undated, not damaged: the act is evidence all the same. */
    {"\"yesterday\"", "", "yesterday"},
    {"\"\"", "", NULL},
    {"null", "", NULL},
};

static void reads_times(void **state)
{
    for (size_t i = 0; i < sizeof(time_cases) / sizeof(time_cases[0]); i++) {
        const struct time_case *it = &time_cases[i];
        struct record_bed *bed = *state;
        char json[512], written[TIMESTAMP_TEXT_MAX];
        snprintf(json, sizeof(json),
                 "{\"eventName\":\"A\",\"userIdentity\":{},\"eventTime\":%s}",
                 it->stamp);
        struct event event = record_read(bed, json);
        assert_int_equal(bed->class, RECORD_EVENT);
        timestamp_format(event.time_us, written);
        assert_string_equal(written, it->time);
        expect_text(&event, FIELD_TIME_TEXT, it->time_text);
        assert_int_equal(event.time_quality, it->time[0] ? TIME_EXACT : TIME_NONE);
    }
}

/* --tz is for stamps that name no zone, in the logs of clouds too. */
static void gives_stamps_the_zone_of_the_option(void **state)
{
    static const struct time_hint hint = {
        .newest_us = EVENT_TIME_NONE, .offset_minutes = 120, .offset_given = true};
    static const char *const stamps[] = {"2026-03-14 04:11:09", "2026-03-14T02:11:09Z",
                                         "3/14/2026 4:11:09 AM"};
    struct record_bed *bed = *state;
    normaliser_reset(bed->normaliser, &hint);
    for (size_t i = 0; i < sizeof(stamps) / sizeof(stamps[0]); i++) {
        char json[512], written[TIMESTAMP_TEXT_MAX];
        snprintf(json, sizeof(json),
                 "{\"eventName\":\"A\",\"userIdentity\":{},\"eventTime\":\"%s\"}",
                 stamps[i]);
        struct event event = record_read(bed, json);
        timestamp_format(event.time_us, written);
        assert_string_equal(written, "2026-03-14T02:11:09Z");
        assert_int_equal(event.time_quality, TIME_EXACT);
    }
    normaliser_reset(bed->normaliser, NULL);
}

static void keeps_the_stamp_of_a_hit(void **state)
{
    struct event event = record_read_hit(
        *state, "{\"eventName\":\"CreateTrafficMirrorSession\",\"userIdentity\":{},"
                "\"eventTime\":\"2026-03-14T02:11:09Z\"}");
    expect_text(&event, FIELD_TIME_TEXT, "2026-03-14T02:11:09Z");
}

/* ---- the shapes of a value ---- */

static void takes_texts_and_numbers_alone(void **state)
{
    struct event event = record_read(
        *state,
        "{\"eventName\":\"A\\u0042\\n\",\"userIdentity\":{\"accountId\":111122223333,"
        "\"arn\":null,\"userName\":\"\",\"principalId\":[\"x\"]},\"awsRegion\":{},"
        "\"errorCode\":\"\",\"userAgent\":true}");
    expect_texts(&event, (expected_texts){
                             [FIELD_FORM] = "cloudtrail",
                             [FIELD_OPERATION] = "AB\n",
                             [FIELD_ACTOR] = "111122223333",
                             [FIELD_ACCOUNT] = "111122223333",
                             [FIELD_USER_AGENT] = "true",
                         });
    expect_outcome(&event, OUTCOME_SUCCESS);
}

static const struct address_case {
    const char *text, *source_ip, *source_text;
} address_cases[] = {
    {"198.51.100.23", "198.51.100.23", NULL},
    {"2001:db8::7", "2001:db8::7", NULL},
    {"198.51.100.23:51544", "198.51.100.23", NULL},
    {"[2001:db8::7]:443", "2001:db8::7", NULL},
    {"198.51.100.0/24", "198.51.100.0", "198.51.100.0/24"},
    {"AWS Internal", NULL, "AWS Internal"},
    {"config.amazonaws.com", NULL, "config.amazonaws.com"},
    {"private", NULL, "private"},
    {"999.1.2.3", NULL, "999.1.2.3"},
};

static void tells_addresses_from_other_text(void **state)
{
    for (size_t i = 0; i < sizeof(address_cases) / sizeof(address_cases[0]); i++) {
        const struct address_case *it = &address_cases[i];
        char json[256];
        snprintf(json, sizeof(json),
                 "{\"eventName\":\"A\",\"userIdentity\":{},\"sourceIPAddress\":\"%s\"}",
                 it->text);
        struct event event = record_read(*state, json);
        expect_text(&event, FIELD_SOURCE_IP, it->source_ip);
        expect_text(&event, FIELD_SOURCE_TEXT, it->source_text);
    }
}

/* ---- what jansson refuses and the scanner keeps ---- */

static const char *const odd_values[] = {
    "\"\xff\xfe\"",
    "\"\\ud800\"",
    "\"\\ud800\\u0041\"",
    "\"\\udc00x\"",
    "\"a\\u0000b\"",
    "1e999",
    "123456789012345678901234567890",
    "\"\\ud83d\\ude00\"",
    "{\"a\\u0000\":1}",
};

static void reads_facts_beside_odd_values(void **state)
{
    for (size_t i = 0; i < sizeof(odd_values) / sizeof(odd_values[0]); i++) {
        char json[512];
        snprintf(json, sizeof(json),
                 "{\"eventName\":\"CreateTrafficMirrorSession\",\"userIdentity\":{},"
                 "\"odd\":%s,\"requestParameters\":{\"networkInterfaceId\":\"eni-1\"}}",
                 odd_values[i]);
        struct event event = record_read_hit(*state, json);
        expect_text(&event, FIELD_MIRRORED, "eni-1");
    }
}

static void ids_pass_through_no_double(void **state)
{
    struct event event = record_read_hit(
        *state, "{\"eventName\":\"CreateTrafficMirrorSession\",\"userIdentity\":{},"
                "\"requestParameters\":{\"networkInterfaceId\":1234567890123456789012,"
                "\"trafficMirrorTargetId\":111122223333}}");
    expect_text(&event, FIELD_MIRRORED, "1234567890123456789012");
    expect_text(&event, FIELD_DESTINATION, "111122223333");
}

static void facts_of_no_json_are_none(void **state)
{
    struct record_bed *bed = *state;
    struct event event = {.provider = PROVIDER_AWS, .time_us = EVENT_TIME_NONE};
    mirror_facts(&event, SLICE("{\"a\":"), &bed->kept);
    mirror_facts(&event, SLICE_NONE, &bed->kept);
    mirror_facts(&event, SLICE("[1,2]"), &bed->kept);
    mirror_facts(&event, SLICE("\"\\"), &bed->kept);
    expect_texts(&event, (expected_texts){0});
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(recognises_forms),
        cmocka_unit_test(reads_times),
        cmocka_unit_test(gives_stamps_the_zone_of_the_option),
        cmocka_unit_test(keeps_the_stamp_of_a_hit),
        cmocka_unit_test(takes_texts_and_numbers_alone),
        cmocka_unit_test(tells_addresses_from_other_text),
        cmocka_unit_test(reads_facts_beside_odd_values),
        cmocka_unit_test(ids_pass_through_no_double),
        cmocka_unit_test(facts_of_no_json_are_none),
    };
    return cmocka_run_group_tests(tests, record_bed_make, record_bed_unmake);
}
