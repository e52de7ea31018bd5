#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "tests/record_bed.h"

/* ---- OCI ---- */

static const char vtap_update[] =
    "{\"cloudEventsVersion\":\"0.1\",\"eventTypeVersion\":\"2.0\",\"eventType\":"
    "\"com.oraclecloud.virtualNetwork.UpdateVtap\",\"source\":\"vtap\",\"eventTime\":"
    "\"2026-03-14T02:31:10.250Z\",\"eventID\":\"u-1\",\"data\":{\"eventGroupingId\":"
    "\"g-1\",\"eventName\":\"UpdateVtap\",\"compartmentId\":\"ocid1.compartment.oc1.."
    "c\","
    "\"compartmentName\":\"network\",\"resourceName\":\"vtap1\",\"resourceId\":"
    "\"ocid1.vtap.oc1.iad.v\",\"identity\":{\"principalName\":\"mallory\","
    "\"principalId\":\"ocid1.user.oc1..m\",\"authType\":\"natv\",\"callerName\":null,"
    "\"tenantId\":\"ocid1.tenancy.oc1..t\",\"ipAddress\":\"198.51.100.23\","
    "\"credentials\":\"key-1\",\"userAgent\":\"Oracle-PythonSDK/2.0\"},\"request\":{"
    "\"id\":\"r-1\",\"action\":\"PUT\"},\"response\":{\"status\":\"200\"},"
    "\"stateChange\":{\"previous\":{\"isVtapEnabled\":true,\"targetId\":\"old\"},"
    "\"current\":{\"isVtapEnabled\":false,\"sourceId\":\"ocid1.subnet.oc1.iad.s\","
    "\"targetId\":\"ocid1.networkloadbalancer.oc1.iad.n\"}}}}";

static void reads_a_vtap_in_full(void **state)
{
    struct event event = record_read_hit(*state, vtap_update);
    expect_texts(&event,
                 (expected_texts){
                     [FIELD_TIME_TEXT] = "2026-03-14T02:31:10.250Z",
                     [FIELD_FORM] = "oci-audit",
                     [FIELD_OPERATION] = "UpdateVtap",
                     [FIELD_SERVICE] = "virtualNetwork",
                     [FIELD_ACTOR] = "mallory",
                     [FIELD_ACTOR_TYPE] = "natv",
                     [FIELD_ACTOR_ID] = "ocid1.user.oc1..m",
                     [FIELD_CREDENTIAL] = "key-1",
                     [FIELD_SOURCE_IP] = "198.51.100.23",
                     [FIELD_USER_AGENT] = "Oracle-PythonSDK/2.0",
                     [FIELD_ACCOUNT] = "ocid1.tenancy.oc1..t",
                     [FIELD_REGION] = "iad",
                     [FIELD_RESOURCE_GROUP] = "network",
                     [FIELD_RESOURCE] = "ocid1.vtap.oc1.iad.v",
                     [FIELD_MIRROR] = "ocid1.vtap.oc1.iad.v",
                     [FIELD_MIRRORED] = "ocid1.subnet.oc1.iad.s",
                     [FIELD_DESTINATION] = "ocid1.networkloadbalancer.oc1.iad.n",
                     [FIELD_EVENT_ID] = "u-1",
                     [FIELD_REQUEST_ID] = "r-1",
                     [FIELD_CORRELATION_ID] = "g-1",
                 });
    expect_outcome(&event, OUTCOME_SUCCESS);
    /* What it was before is not what the call did. */
    assert_true(event.switched_off);
}

static const struct {
    const char *type, *response;
    enum outcome outcome;
    enum phase phase;
    const char *error_code;
} oci_results[] = {
    {"LaunchInstance.begin", "{\"status\":\"200\"}", OUTCOME_PENDING, PHASE_FIRST,
     NULL},
    {"LaunchInstance.end", "{\"status\":\"202\"}", OUTCOME_SUCCESS, PHASE_LAST, NULL},
    {"CreateVtap", "{\"status\":\"403\"}", OUTCOME_DENIED, PHASE_SINGLE, "403"},
    {"CreateVtap", "{\"status\":\"404\",\"message\":\"NotAuthorizedOrNotFound\"}",
     OUTCOME_DENIED, PHASE_SINGLE, "404"},
    {"CreateVtap", "{\"status\":\"409\"}", OUTCOME_FAILURE, PHASE_SINGLE, "409"},
    {"CreateVtap", "null", OUTCOME_UNKNOWN, PHASE_SINGLE, NULL},
};

static void tells_oci_results_apart(void **state)
{
    for (size_t i = 0; i < sizeof(oci_results) / sizeof(oci_results[0]); i++) {
        char json[512];
        snprintf(
            json, sizeof(json),
            "{\"type\":\"com.oraclecloud.c.%s\",\"time\":\"2026-03-14T02:31:10Z\","
            "\"id\":\"i-1\",\"data\":{\"eventName\":\"E\",\"eventGroupingId\":\"g\","
            "\"response\":%s}}",
            oci_results[i].type, oci_results[i].response);
        struct event event = record_read(*state, json);
        expect_outcome(&event, oci_results[i].outcome);
        assert_int_equal(event.phase, oci_results[i].phase);
        expect_text(&event, FIELD_ERROR_CODE, oci_results[i].error_code);
        /* The Logging service's envelope has its own names. */
        expect_text(&event, FIELD_EVENT_ID, "i-1");
        assert_int_equal(event.time_quality, TIME_EXACT);
        assert_true(slice_equal(
            event.merge_key, event.phase == PHASE_SINGLE ? SLICE("i-1") : SLICE("g")));
    }
}

/* ---- Alibaba ---- */

static void reads_a_session_of_alibaba(void **state)
{
    struct event event = record_read_hit(
        *state,
        "{\"eventId\":\"e-1\",\"eventVersion\":1,\"eventName\":"
        "\"CreateTrafficMirrorSession\",\"eventSource\":"
        "\"vpc.eu-central-1.aliyuncs.com\",\"serviceName\":\"Vpc\",\"acsRegion\":"
        "\"eu-central-1\",\"eventTime\":\"2026-03-14T02:41:09Z\",\"eventType\":"
        "\"ApiCall\","
        "\"requestId\":\"r-1\",\"sourceIpAddress\":\"198.51.100.23\",\"userAgent\":"
        "\"aliyun-cli/3.0\",\"userIdentity\":{\"accountId\":\"1111222233334444\","
        "\"principalId\":\"2222\",\"type\":\"ram-user\",\"userName\":\"mallory\","
        "\"accessKeyId\":\"LTAIEXAMPLE\",\"sessionContext\":{\"attributes\":{"
        "\"mfaAuthenticated\":\"false\"}}},\"requestParameters\":{"
        "\"TrafficMirrorSourceIds.1\":\"eni-1\",\"TrafficMirrorSourceIds.2\":\"eni-2\","
        "\"TrafficMirrorTargetId\":\"eni-9\",\"TrafficMirrorFilterId\":\"tmf-1\","
        "\"Enabled\":true},\"responseElements\":{\"TrafficMirrorSessionId\":\"tms-1\"}"
        "}");
    expect_texts(&event, (expected_texts){
                             [FIELD_TIME_TEXT] = "2026-03-14T02:41:09Z",
                             [FIELD_FORM] = "alibaba-actiontrail",
                             [FIELD_OPERATION] = "CreateTrafficMirrorSession",
                             [FIELD_SERVICE] = "Vpc",
                             [FIELD_ACTOR] = "mallory",
                             [FIELD_ACTOR_TYPE] = "ram-user",
                             [FIELD_ACTOR_ID] = "2222",
                             [FIELD_MFA] = "false",
                             [FIELD_CREDENTIAL] = "LTAIEXAMPLE",
                             [FIELD_SOURCE_IP] = "198.51.100.23",
                             [FIELD_USER_AGENT] = "aliyun-cli/3.0",
                             [FIELD_ACCOUNT] = "1111222233334444",
                             [FIELD_REGION] = "eu-central-1",
                             [FIELD_RESOURCE] = "tms-1",
                             [FIELD_MIRROR] = "tms-1",
                             [FIELD_MIRRORED] = "eni-1, eni-2",
                             [FIELD_DESTINATION] = "eni-9",
                             [FIELD_EVENT_ID] = "e-1",
                             [FIELD_REQUEST_ID] = "r-1",
                         });
    assert_int_equal(event.provider, PROVIDER_ALIBABA);
    expect_outcome(&event, OUTCOME_SUCCESS);
    assert_false(event.switched_off);
}

static const struct {
    const char *rest;
    enum outcome outcome;
    const char *mirror, *mirrored;
    bool off;
} alibaba_calls[] = {
    {"\"eventName\":\"UpdateTrafficMirrorSessionAttribute\",\"requestParameters\":{"
     "\"TrafficMirrorSessionId\":\"tms-1\",\"Enabled\":\"false\"}",
     OUTCOME_SUCCESS, "tms-1", NULL, true},
    {"\"eventName\":\"AddSourcesToTrafficMirrorSession\",\"requestParameters\":{"
     "\"TrafficMirrorSessionId\":\"tms-1\",\"TrafficMirrorSourceIds\":[\"eni-3\"]}",
     OUTCOME_SUCCESS, "tms-1", "eni-3", false},
    {"\"eventName\":\"DeleteTrafficMirrorFilter\",\"errorCode\":\"Forbidden.RAM\","
     "\"requestParameters\":{\"TrafficMirrorFilterId\":\"tmf-1\"}",
     OUTCOME_DENIED, "tmf-1", NULL, false},
    {"\"eventName\":\"DeleteTrafficMirrorSession\",\"errorCode\":\"NoPermission\"",
     OUTCOME_DENIED, NULL, NULL, false},
    {"\"eventName\":\"DeleteTrafficMirrorSession\",\"errorCode\":\"DryRunOperation\"",
     OUTCOME_DRY_RUN, NULL, NULL, false},
    {"\"eventName\":\"DeleteTrafficMirrorSession\",\"errorCode\":"
     "\"ResourceNotFound.TrafficMirrorSession\"",
     OUTCOME_FAILURE, NULL, NULL, false},
};

static void reads_calls_of_alibaba(void **state)
{
    for (size_t i = 0; i < sizeof(alibaba_calls) / sizeof(alibaba_calls[0]); i++) {
        char json[512];
        snprintf(json, sizeof(json), "{\"acsRegion\":\"x\",%s}", alibaba_calls[i].rest);
        struct event event = record_read_hit(*state, json);
        expect_outcome(&event, alibaba_calls[i].outcome);
        expect_text(&event, FIELD_MIRROR, alibaba_calls[i].mirror);
        expect_text(&event, FIELD_MIRRORED, alibaba_calls[i].mirrored);
        assert_int_equal(event.switched_off, alibaba_calls[i].off);
    }
}

/* ---- Huawei ---- */

#define HUAWEI_USER                                                                    \
    "{\"name\":\"mallory\",\"id\":\"u-1\",\"type\":\"User\",\"access_key_id\":"        \
    "\"HSTAEXAMPLE\",\"domain\":{\"name\":\"acme\",\"id\":\"d-1\"}}"
#define HUAWEI_USER_TEXT                                                               \
    "\"{\\\"name\\\":\\\"mallory\\\",\\\"id\\\":\\\"u-1\\\",\\\"type\\\":"             \
    "\\\"User\\\","                                                                    \
    "\\\"access_key_id\\\":\\\"HSTAEXAMPLE\\\",\\\"domain\\\":{\\\"name\\\":"          \
    "\\\"acme\\\",\\\"id\\\":\\\"d-1\\\"}}\""

static const char *const huawei_users[] = {HUAWEI_USER, HUAWEI_USER_TEXT};

static void reads_both_ways_to_write_a_user(void **state)
{
    for (size_t i = 0; i < sizeof(huawei_users) / sizeof(huawei_users[0]); i++) {
        char json[2048];
        snprintf(
            json, sizeof(json),
            "{\"trace_id\":\"t-1\",\"trace_name\":\"CreateTrafficMirrorSession\","
            "\"service_type\":\"VPC\",\"resource_type\":\"trafficMirrorSession\","
            "\"trace_rating\":\"normal\",\"trace_type\":\"ApiCall\",\"source_ip\":"
            "\"198.51.100.23\",\"code\":\"201\",\"project_id\":\"p-1\","
            "\"resource_id\":\"m-1\",\"time\":1773456069123,\"user\":%s,"
            "\"request_id\":\"r-1\",\"response\":\"{\\\"traffic_mirror_session\\\":{"
            "\\\"id\\\":\\\"m-1\\\",\\\"traffic_mirror_sources\\\":[\\\"n-1\\\","
            "\\\"n-2\\\"],\\\"traffic_mirror_target_id\\\":\\\"n-9\\\","
            "\\\"enabled\\\":false}}\"}",
            huawei_users[i]);
        struct event event = record_read_hit(*state, json);
        expect_texts(&event, (expected_texts){
                                 [FIELD_TIME_TEXT] = "1773456069123",
                                 [FIELD_FORM] = "huawei-cts",
                                 [FIELD_OPERATION] = "CreateTrafficMirrorSession",
                                 [FIELD_SERVICE] = "VPC",
                                 [FIELD_ACTOR] = "mallory",
                                 [FIELD_ACTOR_TYPE] = "User",
                                 [FIELD_ACTOR_ID] = "u-1",
                                 [FIELD_CREDENTIAL] = "HSTAEXAMPLE",
                                 [FIELD_SOURCE_IP] = "198.51.100.23",
                                 [FIELD_ACCOUNT] = "d-1",
                                 [FIELD_RESOURCE] = "m-1",
                                 [FIELD_MIRROR] = "m-1",
                                 [FIELD_MIRRORED] = "n-1, n-2",
                                 [FIELD_DESTINATION] = "n-9",
                                 [FIELD_EVENT_ID] = "t-1",
                                 [FIELD_REQUEST_ID] = "r-1",
                             });
        assert_int_equal(event.time_us, INT64_C(1773456069123000));
        expect_outcome(&event, OUTCOME_SUCCESS);
        assert_true(event.switched_off);
    }
}

static const struct {
    const char *fields;
    enum outcome outcome;
    const char *actor, *time;
} huawei_records[] = {
    {"\"code\":403,\"trace_rating\":\"warning\",\"user\":\"bob\"", OUTCOME_DENIED,
     "bob", ""},
    {"\"code\":\"409\",\"user\":\"{broken\"", OUTCOME_FAILURE, "{broken", ""},
    {"\"trace_rating\":\"warning\",\"time\":\"2026-03-14 10:11:09 GMT+08:00\"",
     OUTCOME_FAILURE, NULL, "2026-03-14T02:11:09Z"},
    {"\"trace_rating\":\"normal\",\"time\":\"1773454269000\"", OUTCOME_SUCCESS, NULL,
     "2026-03-14T02:11:09Z"},
    {"\"time\":\"2026-03-14T02:11:09Z\"", OUTCOME_UNKNOWN, NULL,
     "2026-03-14T02:11:09Z"},
};

static void reads_times_and_results_of_huawei(void **state)
{
    for (size_t i = 0; i < sizeof(huawei_records) / sizeof(huawei_records[0]); i++) {
        char json[512], written[TIMESTAMP_TEXT_MAX];
        snprintf(json, sizeof(json), "{\"trace_id\":\"t\",\"trace_name\":\"A\",%s}",
                 huawei_records[i].fields);
        struct event event = record_read(*state, json);
        print_message("%s\n", json);
        expect_outcome(&event, huawei_records[i].outcome);
        expect_text(&event, FIELD_ACTOR, huawei_records[i].actor);
        timestamp_format(event.time_us, written);
        assert_string_equal(written, huawei_records[i].time);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_a_vtap_in_full),
        cmocka_unit_test(tells_oci_results_apart),
        cmocka_unit_test(reads_a_session_of_alibaba),
        cmocka_unit_test(reads_calls_of_alibaba),
        cmocka_unit_test(reads_both_ways_to_write_a_user),
        cmocka_unit_test(reads_times_and_results_of_huawei),
    };
    return cmocka_run_group_tests(tests, record_bed_make, record_bed_unmake);
}
