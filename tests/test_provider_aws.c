#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "tests/record_bed.h"

/* The parts of a record of ours; the tests vary one part at a time. */
#define MALLORY                                                                        \
    "\"userIdentity\":{\"type\":\"AssumedRole\","                                      \
    "\"principalId\":\"AROAEXAMPLEEXAMPLE00:mallory\","                                \
    "\"arn\":\"arn:aws:sts::111122223333:assumed-role/NetOps/mallory\","               \
    "\"accountId\":\"111122223333\",\"accessKeyId\":\"ASIAEXAMPLEEXAMPLE00\","         \
    "\"sessionContext\":{\"sessionIssuer\":{\"type\":\"Role\","                        \
    "\"arn\":\"arn:aws:iam::111122223333:role/NetOps\",\"userName\":\"NetOps\"},"      \
    "\"sourceIdentity\":\"mallory@example.com\",\"attributes\":{"                      \
    "\"creationDate\":\"2026-03-14T02:01:00Z\",\"mfaAuthenticated\":\"false\"}}}"
#define EC2                                                                            \
    "\"eventVersion\":\"1.11\",\"eventTime\":\"2026-03-14T02:11:09Z\","                \
    "\"eventSource\":\"ec2.amazonaws.com\",\"awsRegion\":\"us-east-1\","               \
    "\"sourceIPAddress\":\"198.51.100.23\",\"userAgent\":\"aws-cli/2.15.0\","          \
    "\"requestID\":\"r-6\",\"eventID\":\"7f1f3f7e-0000-4000-8000-000000000006\","      \
    "\"readOnly\":false,\"eventType\":\"AwsApiCall\",\"managementEvent\":true,"        \
    "\"recipientAccountId\":\"111122223333\",\"eventCategory\":\"Management\""
#define CALL(name, rest) "{" MALLORY "," EC2 ",\"eventName\":\"" name "\"" rest "}"

static const char create_session[] = CALL(
    "CreateTrafficMirrorSession",
    ",\"requestParameters\":{\"CreateTrafficMirrorSessionRequest\":{"
    "\"NetworkInterfaceId\":\"eni-0a1b2c3d4e5f60718\","
    "\"TrafficMirrorTargetId\":\"tmt-0123456789abcdef0\","
    "\"TrafficMirrorFilterId\":\"tmf-0fedcba9876543210\",\"SessionNumber\":1}},"
    "\"responseElements\":{\"CreateTrafficMirrorSessionResponse\":{"
    "\"requestId\":\"r-6\",\"trafficMirrorSession\":{"
    "\"trafficMirrorSessionId\":\"tms-00112233445566778\","
    "\"trafficMirrorTargetId\":\"tmt-0123456789abcdef0\","
    "\"trafficMirrorFilterId\":\"tmf-0fedcba9876543210\","
    "\"networkInterfaceId\":\"eni-0a1b2c3d4e5f60718\","
    "\"ownerId\":\"111122223333\",\"virtualNetworkId\":4242001,\"tagSet\":\"\"}}}");

static void reads_a_session_in_full(void **state)
{
    struct event event = record_read_hit(*state, create_session);
    expect_texts(
        &event,
        (expected_texts){
            [FIELD_TIME_TEXT] = "2026-03-14T02:11:09Z",
            [FIELD_FORM] = "cloudtrail",
            [FIELD_OPERATION] = "CreateTrafficMirrorSession",
            [FIELD_SERVICE] = "ec2.amazonaws.com",
            [FIELD_ACTOR] = "arn:aws:sts::111122223333:assumed-role/NetOps/mallory",
            [FIELD_ACTOR_TYPE] = "AssumedRole",
            [FIELD_ACTOR_ID] = "AROAEXAMPLEEXAMPLE00:mallory",
            [FIELD_SESSION_ISSUER] = "arn:aws:iam::111122223333:role/NetOps",
            [FIELD_SOURCE_IDENTITY] = "mallory@example.com",
            [FIELD_MFA] = "false",
            [FIELD_CREDENTIAL] = "ASIAEXAMPLEEXAMPLE00",
            [FIELD_SOURCE_IP] = "198.51.100.23",
            [FIELD_USER_AGENT] = "aws-cli/2.15.0",
            [FIELD_ACCOUNT] = "111122223333",
            [FIELD_REGION] = "us-east-1",
            [FIELD_RESOURCE] = "tms-00112233445566778",
            [FIELD_MIRROR] = "tms-00112233445566778",
            [FIELD_MIRRORED] = "eni-0a1b2c3d4e5f60718",
            [FIELD_DESTINATION] = "tmt-0123456789abcdef0",
            [FIELD_EVENT_ID] = "7f1f3f7e-0000-4000-8000-000000000006",
            [FIELD_REQUEST_ID] = "r-6",
        });
    assert_int_equal(event.provider, PROVIDER_AWS);
    assert_int_equal(event.phase, PHASE_SINGLE);
    assert_int_equal(event.time_us, INT64_C(1773454269000000));
    expect_outcome(&event, OUTCOME_SUCCESS);
    assert_true(slice_equal(event.merge_key, event.text[FIELD_EVENT_ID]));
}

/* ---- where each call says what it is about ---- */

static const struct {
    const char *json, *mirror, *mirrored, *destination, *resource;
} calls[] = {
    /* Denied: the request is all there is. */
    {CALL("CreateTrafficMirrorSession",
          ",\"errorCode\":\"Client.UnauthorizedOperation\",\"requestParameters\":{"
          "\"CreateTrafficMirrorSessionRequest\":{\"NetworkInterfaceId\":\"eni-1\","
          "\"TrafficMirrorTargetId\":\"tmt-1\"}},\"responseElements\":null"),
     NULL, "eni-1", "tmt-1", NULL},
    /* Unwrapped, as some exports write it. */
    {CALL("CreateTrafficMirrorSession",
          ",\"requestParameters\":{\"networkInterfaceId\":\"eni-1\","
          "\"trafficMirrorTargetId\":\"tmt-1\"},\"responseElements\":{"
          "\"trafficMirrorSession\":{\"trafficMirrorSessionId\":\"tms-1\"}}"),
     "tms-1", "eni-1", "tmt-1", "tms-1"},
    /* Lower-cased throughout, the request as JSON text. */
    {CALL("CreateTrafficMirrorSession",
          ",\"requestParameters\":\"{\\\"networkinterfaceid\\\":\\\"eni-1\\\"}\""),
     NULL, "eni-1", NULL, NULL},
    /* The answer shows the session as it now is, the request only what changed. */
    {CALL("ModifyTrafficMirrorSession",
          ",\"requestParameters\":{\"ModifyTrafficMirrorSessionRequest\":{"
          "\"TrafficMirrorSessionId\":\"tms-1\",\"TrafficMirrorTargetId\":\"tmt-2\"}},"
          "\"responseElements\":{\"ModifyTrafficMirrorSessionResponse\":{"
          "\"trafficMirrorSession\":{\"trafficMirrorSessionId\":\"tms-1\","
          "\"networkInterfaceId\":\"eni-1\",\"trafficMirrorTargetId\":\"tmt-2\"}}}"),
     "tms-1", "eni-1", "tmt-2", "tms-1"},
    {CALL("DeleteTrafficMirrorSession",
          ",\"requestParameters\":{\"DeleteTrafficMirrorSessionRequest\":{"
          "\"TrafficMirrorSessionId\":\"tms-1\"}}"),
     "tms-1", NULL, NULL, "tms-1"},
    /* A target's interface is where the copies go. */
    {CALL("CreateTrafficMirrorTarget",
          ",\"requestParameters\":{\"CreateTrafficMirrorTargetRequest\":{"
          "\"NetworkInterfaceId\":\"eni-9\"}},\"responseElements\":{"
          "\"CreateTrafficMirrorTargetResponse\":{\"trafficMirrorTarget\":{"
          "\"trafficMirrorTargetId\":\"tmt-1\",\"type\":\"network-interface\","
          "\"networkInterfaceId\":\"eni-9\",\"ownerId\":\"111122223333\"}}}"),
     "tmt-1", NULL, "eni-9", "tmt-1"},
    {CALL("CreateTrafficMirrorTarget",
          ",\"requestParameters\":{\"CreateTrafficMirrorTargetRequest\":{"
          "\"NetworkLoadBalancerArn\":\"arn:aws:elasticloadbalancing:us-east-1:"
          "444455556666:loadbalancer/net/sink/1\"}}"),
     NULL, NULL,
     "arn:aws:elasticloadbalancing:us-east-1:444455556666:loadbalancer/net/sink/1",
     NULL},
    {CALL("CreateTrafficMirrorTarget",
          ",\"requestParameters\":{\"CreateTrafficMirrorTargetRequest\":{"
          "\"GatewayLoadBalancerEndpointId\":\"vpce-1\"}}"),
     NULL, NULL, "vpce-1", NULL},
    {CALL("DeleteTrafficMirrorTarget",
          ",\"requestParameters\":{\"DeleteTrafficMirrorTargetRequest\":{"
          "\"TrafficMirrorTargetId\":\"tmt-1\"}},\"responseElements\":{"
          "\"DeleteTrafficMirrorTargetResponse\":{\"trafficMirrorTargetId\":\"tmt-1\"}"
          "}"),
     "tmt-1", NULL, NULL, "tmt-1"},
    {CALL("CreateTrafficMirrorFilter",
          ",\"requestParameters\":{\"CreateTrafficMirrorFilterRequest\":{}},"
          "\"responseElements\":{\"CreateTrafficMirrorFilterResponse\":{"
          "\"trafficMirrorFilter\":{\"trafficMirrorFilterId\":\"tmf-1\","
          "\"ingressFilterRuleSet\":\"\"}}}"),
     "tmf-1", NULL, NULL, "tmf-1"},
    {CALL("ModifyTrafficMirrorFilterNetworkServices",
          ",\"requestParameters\":{\"ModifyTrafficMirrorFilterNetworkServicesRequest\":"
          "{\"TrafficMirrorFilterId\":\"tmf-1\"}}"),
     "tmf-1", NULL, NULL, "tmf-1"},
    {CALL("DeleteTrafficMirrorFilter",
          ",\"requestParameters\":{\"DeleteTrafficMirrorFilterRequest\":{"
          "\"TrafficMirrorFilterId\":\"tmf-1\"}}"),
     "tmf-1", NULL, NULL, "tmf-1"},
    /* A rule changes the filter that it belongs to. */
    {CALL(
         "CreateTrafficMirrorFilterRule",
         ",\"requestParameters\":{\"CreateTrafficMirrorFilterRuleRequest\":{"
         "\"TrafficMirrorFilterId\":\"tmf-1\",\"RuleNumber\":1}},\"responseElements\":{"
         "\"CreateTrafficMirrorFilterRuleResponse\":{\"trafficMirrorFilterRule\":{"
         "\"trafficMirrorFilterRuleId\":\"tmfr-1\","
         "\"trafficMirrorFilterId\":\"tmf-1\"}}}"),
     "tmfr-1", NULL, NULL, "tmf-1"},
    {CALL("ModifyTrafficMirrorFilterRule",
          ",\"errorCode\":\"AccessDenied\",\"requestParameters\":{"
          "\"ModifyTrafficMirrorFilterRuleRequest\":{"
          "\"TrafficMirrorFilterRuleId\":\"tmfr-1\"}}"),
     "tmfr-1", NULL, NULL, "tmfr-1"},
    {CALL("DeleteTrafficMirrorFilterRule",
          ",\"requestParameters\":{\"DeleteTrafficMirrorFilterRuleRequest\":{"
          "\"TrafficMirrorFilterRuleId\":\"tmfr-1\"}}"),
     "tmfr-1", NULL, NULL, "tmfr-1"},
    /* Any other call has the ids under which CloudTrail files it. */
    {CALL("RunInstances", ",\"resources\":[{\"ARN\":\"arn:1\"},{\"ARN\":\"arn:2\"},"
                          "{\"ARN\":\"arn:1\"}]"),
     NULL, NULL, NULL, "arn:1, arn:2"},
};

static void finds_ids_in_every_call(void **state)
{
    for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
        struct event event = record_read_hit(*state, calls[i].json);
        print_message("%.*s\n", (int)event.text[FIELD_OPERATION].length,
                      event.text[FIELD_OPERATION].data);
        expect_text(&event, FIELD_MIRROR, calls[i].mirror);
        expect_text(&event, FIELD_MIRRORED, calls[i].mirrored);
        expect_text(&event, FIELD_DESTINATION, calls[i].destination);
        expect_text(&event, FIELD_RESOURCE, calls[i].resource);
    }
}

/* ---- outcomes ---- */

static const struct {
    const char *code;
    enum outcome outcome;
} codes[] = {
    {"Client.DryRunOperation", OUTCOME_DRY_RUN},
    {"DryRunOperation", OUTCOME_DRY_RUN},
    {"Client.UnauthorizedOperation", OUTCOME_DENIED},
    {"UnauthorizedOperation", OUTCOME_DENIED},
    {"AccessDenied", OUTCOME_DENIED},
    {"AccessDeniedException", OUTCOME_DENIED},
    {"Client.NetworkInterfaceNotSupported", OUTCOME_FAILURE},
    {"ThrottlingException", OUTCOME_FAILURE},
};

static void tells_outcomes_apart(void **state)
{
    for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
        char json[256];
        snprintf(json, sizeof(json),
                 "{\"eventName\":\"A\",\"userIdentity\":{},\"errorCode\":\"%s\"}",
                 codes[i].code);
        struct event event = record_read(*state, json);
        expect_outcome(&event, codes[i].outcome);
        expect_text(&event, FIELD_ERROR_CODE, codes[i].code);
    }
    struct event login =
        record_read(*state, "{\"eventName\":\"ConsoleLogin\",\"userIdentity\":{},"
                            "\"responseElements\":{\"ConsoleLogin\":\"Failure\"}}");
    expect_outcome(&login, OUTCOME_FAILURE);
}

/* ---- actors ---- */

static const struct {
    const char *identity, *actor, *type, *via;
} actors[] = {
    {"{\"type\":\"IAMUser\",\"arn\":\"arn:aws:iam::111122223333:user/bob\","
     "\"userName\":\"bob\"}",
     "arn:aws:iam::111122223333:user/bob", "IAMUser", NULL},
    {"{\"type\":\"Root\",\"arn\":\"arn:aws:iam::111122223333:root\"}",
     "arn:aws:iam::111122223333:root", "Root", NULL},
    /* Without the session: principalId still has it. */
    {"{\"type\":\"AssumedRole\",\"principalId\":\"AROAX:mallory\","
     "\"arn\":\"arn:aws:sts::111122223333:assumed-role/NetOps\"}",
     "arn:aws:sts::111122223333:assumed-role/NetOps/mallory", "AssumedRole", NULL},
    {"{\"type\":\"AssumedRole\",\"principalId\":\"AROAX\","
     "\"arn\":\"arn:aws:sts::111122223333:assumed-role/NetOps\"}",
     "arn:aws:sts::111122223333:assumed-role/NetOps", "AssumedRole", NULL},
    {"{\"type\":\"SAMLUser\",\"principalId\":\"p:q\",\"userName\":\"bob@idp\"}",
     "bob@idp", "SAMLUser", NULL},
    {"{\"type\":\"IAMUser\",\"userName\":\"HIDDEN_DUE_TO_SECURITY_REASONS\","
     "\"accountId\":\"111122223333\"}",
     "111122223333", "IAMUser", NULL},
    {"{\"type\":\"IdentityCenterUser\",\"onBehalfOf\":{\"userId\":\"u-1\"},"
     "\"accountId\":\"111122223333\"}",
     "u-1", "IdentityCenterUser", NULL},
    {"{\"type\":\"AWSService\",\"invokedBy\":\"cloudformation.amazonaws.com\"}",
     "cloudformation.amazonaws.com", "AWSService", "cloudformation.amazonaws.com"},
    /* No type at all: 42 of 2,900 real records. */
    {"{\"accountId\":\"111122223333\",\"invokedBy\":\"secretsmanager.amazonaws.com\"}",
     "secretsmanager.amazonaws.com", NULL, "secretsmanager.amazonaws.com"},
    /* A service on behalf of a role: both are shown. */
    {"{\"type\":\"AssumedRole\",\"arn\":\"arn:aws:sts::111122223333:assumed-role/D/d\","
     "\"invokedBy\":\"cloudformation.amazonaws.com\"}",
     "arn:aws:sts::111122223333:assumed-role/D/d", "AssumedRole",
     "cloudformation.amazonaws.com"},
    {"{\"type\":\"AWSAccount\",\"principalId\":\"AIDAX\",\"accountId\":"
     "\"444455556666\"}",
     "AIDAX", "AWSAccount", NULL},
    {"{\"type\":\"Unknown\"}", NULL, "Unknown", NULL},
};

static void names_the_actor(void **state)
{
    for (size_t i = 0; i < sizeof(actors) / sizeof(actors[0]); i++) {
        char json[512];
        snprintf(json, sizeof(json), "{\"eventName\":\"A\",\"userIdentity\":%s}",
                 actors[i].identity);
        struct event event = record_read(*state, json);
        expect_text(&event, FIELD_ACTOR, actors[i].actor);
        expect_text(&event, FIELD_ACTOR_TYPE, actors[i].type);
        expect_text(&event, FIELD_VIA, actors[i].via);
    }
}

/* ---- accounts and makers ---- */

static void takes_the_account_whose_log_it_is(void **state)
{
    struct event event = record_read(
        *state,
        "{\"eventName\":\"A\",\"userIdentity\":{\"accountId\":\"444455556666\"},"
        "\"recipientAccountId\":\"111122223333\",\"eventID\":\"e-1\","
        "\"sharedEventID\":\"s-1\"}");
    expect_text(&event, FIELD_ACCOUNT, "111122223333");
    expect_text(&event, FIELD_CORRELATION_ID, "s-1");
    assert_true(slice_equal(event.merge_key, SLICE("s-1")));
    event = record_read(
        *state,
        "{\"eventName\":\"A\",\"userIdentity\":{\"accountId\":\"444455556666\"}}");
    expect_text(&event, FIELD_ACCOUNT, "444455556666");
}

static void other_makers_are_not_aws(void **state)
{
    struct event event = record_read(
        *state, "{\"eventName\":\"CreateTrafficMirrorSession\",\"userIdentity\":{},"
                "\"eventSource\":\"mirror.example.com\"}");
    assert_int_equal(event.provider, PROVIDER_OTHER);
    event = record_read(*state, "{\"eventName\":\"A\",\"userIdentity\":{},"
                                "\"eventSource\":\"ec2.amazonaws.com.cn\"}");
    assert_int_equal(event.provider, PROVIDER_AWS);
}

/* The credential that a call gives out, by the name that its uses have. */
static void keeps_what_was_issued(void **state)
{
    static const char role[] =
        CALL("AssumeRole", ",\"responseElements\":{\"credentials\":{\"accessKeyId\":"
                           "\"ASIAEXAMPLEEXAMPLE01\",\"expiration\":\"Mar 14, 2026, "
                           "3:01:00 AM\"},\"assumedRoleUser\":{\"arn\":\"arn:aws:sts::"
                           "444455556666:assumed-role/Sensor/mallory\"}}");
    static const char key[] =
        CALL("CreateAccessKey", ",\"responseElements\":{\"accessKey\":{\"userName\":"
                                "\"svc\",\"accessKeyId\":\"AKIAEXAMPLEEXAMPLE02\"}}");
    struct event event = record_read(*state, role);
    expect_text(&event, FIELD_ISSUED, "ASIAEXAMPLEEXAMPLE01");
    expect_text(&event, FIELD_CREDENTIAL, "ASIAEXAMPLEEXAMPLE00");
    event = record_read(*state, key);
    expect_text(&event, FIELD_ISSUED, "AKIAEXAMPLEEXAMPLE02");
    event = record_read(*state, create_session);
    expect_text(&event, FIELD_ISSUED, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_a_session_in_full),
        cmocka_unit_test(finds_ids_in_every_call),
        cmocka_unit_test(tells_outcomes_apart),
        cmocka_unit_test(names_the_actor),
        cmocka_unit_test(takes_the_account_whose_log_it_is),
        cmocka_unit_test(other_makers_are_not_aws),
        cmocka_unit_test(keeps_what_was_issued),
    };
    return cmocka_run_group_tests(tests, record_bed_make, record_bed_unmake);
}
