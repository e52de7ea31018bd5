/*
 * The same event through every form that carries it: each carrier below must give what
 * the provider's own record gives, field by field.
 *
 * A carrier says which fields its form does not carry.  Adding a form: a row in the
 * carriers of its provider; adding a provider: a row in `origins`.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "tests/leaf_bed.h"

enum { ABSENT_MAX = 8 };

enum carried {
    AS_ITSELF, /* before + the record + after */
    AS_TEXT,   /* the record as the inside of a JSON string */
    AS_BASE64,
    AS_GZIP,   /* packed, then base64 */
    REWRITTEN, /* `before` is the whole text */
};

struct carrier {
    const char *name;
    enum carried how;
    const char *before, *after;
    enum event_field absent[ABSENT_MAX];
    size_t absent_count;
};

struct origin {
    const char *record;
    const struct carrier *carriers;
    size_t carrier_count;
};

/* ---- CloudTrail ---- */

#define REQUEST                                                                        \
    "{\"CreateTrafficMirrorSessionRequest\":{\"NetworkInterfaceId\":"                  \
    "\"eni-0a1b2c3d4e5f60718\",\"TrafficMirrorTargetId\":\"tmt-0123456789abcdef0\","   \
    "\"TrafficMirrorFilterId\":\"tmf-0fedcba9876543210\",\"SessionNumber\":1}}"
#define RESPONSE                                                                       \
    "{\"CreateTrafficMirrorSessionResponse\":{\"trafficMirrorSession\":{"              \
    "\"trafficMirrorSessionId\":\"tms-00112233445566778\",\"ownerId\":"                \
    "\"111122223333\",\"sessionNumber\":1}}}"
#define USER                                                                           \
    "{\"type\":\"AssumedRole\",\"principalId\":\"AROAEXAMPLEEXAMPLE00:mallory\","      \
    "\"arn\":\"arn:aws:sts::111122223333:assumed-role/NetOps/mallory\","               \
    "\"accountId\":\"111122223333\",\"accessKeyId\":\"ASIAEXAMPLEEXAMPLE00\","         \
    "\"sessionContext\":{\"sessionIssuer\":{\"arn\":"                                  \
    "\"arn:aws:iam::111122223333:role/NetOps\"},\"attributes\":{"                      \
    "\"mfaAuthenticated\":\"false\"}}}"
#define CLOUDTRAIL                                                                     \
    "{\"eventVersion\":\"1.11\",\"userIdentity\":" USER ","                            \
    "\"eventTime\":\"2026-03-14T02:11:09Z\",\"eventSource\":\"ec2.amazonaws.com\","    \
    "\"eventName\":\"CreateTrafficMirrorSession\",\"awsRegion\":\"us-east-1\","        \
    "\"sourceIPAddress\":\"198.51.100.23\",\"userAgent\":\"aws-cli/2.15.0\","          \
    "\"requestParameters\":" REQUEST ",\"responseElements\":" RESPONSE ","             \
    "\"requestID\":\"r-6\",\"eventID\":\"7f1f3f7e-0000-4000-8000-000000000006\","      \
    "\"readOnly\":false,\"eventType\":\"AwsApiCall\",\"recipientAccountId\":"          \
    "\"111122223333\"}"

/* Texts of JSON inside of JSON: the macros above, escaped by hand. */
#define REQUEST_TEXT                                                                   \
    "{\\\"CreateTrafficMirrorSessionRequest\\\":{\\\"NetworkInterfaceId\\\":"          \
    "\\\"eni-0a1b2c3d4e5f60718\\\",\\\"TrafficMirrorTargetId\\\":"                     \
    "\\\"tmt-0123456789abcdef0\\\",\\\"SessionNumber\\\":1}}"
#define RESPONSE_TEXT                                                                  \
    "{\\\"CreateTrafficMirrorSessionResponse\\\":{\\\"trafficMirrorSession\\\":{"      \
    "\\\"trafficMirrorSessionId\\\":\\\"tms-00112233445566778\\\"}}}"

static const struct carrier cloudtrail_carriers[] = {
    {"S3 delivery", AS_ITSELF, "{\"Records\":[", "]}", {0}, 0},
    {"array", AS_ITSELF, "[", "]", {0}, 0},
    {"lookup-events",
     AS_TEXT,
     "{\"Events\":[{\"EventId\":\"x\",\"EventTime\":\"2026-03-13T19:11:09-07:00\","
     "\"Username\":\"mallory\",\"CloudTrailEvent\":\"",
     "\"}]}",
     {0},
     0},
    {"EventBridge",
     AS_ITSELF,
     "{\"version\":\"0\",\"id\":\"other\",\"detail-type\":\"AWS API Call via "
     "CloudTrail\","
     "\"source\":\"aws.ec2\",\"account\":\"111122223333\",\"time\":"
     "\"2026-03-14T02:12:00Z\",\"region\":\"us-east-1\",\"resources\":[],\"detail\":",
     "}",
     {0},
     0},
    {"CloudWatch subscription",
     AS_TEXT,
     "{\"messageType\":\"DATA_MESSAGE\",\"logGroup\":\"g\",\"logEvents\":[{\"id\":"
     "\"3\","
     "\"timestamp\":1773454269999,\"message\":\"",
     "\"}]}",
     {0},
     0},
    {"subscription to a function",
     AS_GZIP,
     "{\"awslogs\":{\"data\":\"",
     "\"}}",
     {0},
     0},
    {"Kinesis",
     AS_GZIP,
     "{\"Records\":[{\"eventSource\":\"aws:kinesis\",\"kinesis\":{\"data\":\"",
     "\"}}]}",
     {0},
     0},
    {"Firehose",
     AS_BASE64,
     "{\"records\":[{\"recordId\":\"1\",\"data\":\"",
     "\"}]}",
     {0},
     0},
    {"filter-log-events",
     AS_TEXT,
     "{\"events\":[{\"eventId\":\"55\",\"timestamp\":1773454269999,\"ingestionTime\":1,"
     "\"message\":\"",
     "\"}],\"searchedLogStreams\":[]}",
     {0},
     0},
    {"export task", AS_ITSELF, "2026-03-14T02:11:10.000Z ", "\n", {0}, 0},
    {"SNS", AS_TEXT, "{\"Type\":\"Notification\",\"Message\":\"", "\"}", {0}, 0},
    {"SQS", AS_TEXT, "{\"Messages\":[{\"Body\":\"", "\"}]}", {0}, 0},
    {"relayed line", AS_ITSELF, "<134>Mar 14 02:11:12 relay trail: ", "\n", {0}, 0},
    {"LogScale, original text",
     AS_TEXT,
     "[{\"@timestamp\":1773454269000,\"#repo\":\"r\",\"Vendor.eventName\":\"other\","
     "\"@rawstring\":\"",
     "\"}]",
     {0},
     0},
    {"Splunk", AS_TEXT, "{\"preview\":false,\"result\":{\"_raw\":\"", "\"}}", {0}, 0},
    {"Elastic, original text",
     AS_TEXT,
     "{\"hits\":{\"hits\":[{\"_source\":{\"event\":{\"original\":\"",
     "\"}}}]}}",
     {0},
     0},
    {"all lower case",
     REWRITTEN,
     "{\"eventversion\":\"1.11\",\"useridentity\":{\"type\":\"AssumedRole\","
     "\"principalid\":\"AROAEXAMPLEEXAMPLE00:mallory\",\"arn\":"
     "\"arn:aws:sts::111122223333:assumed-role/NetOps/mallory\",\"accountid\":"
     "111122223333,\"accesskeyid\":\"ASIAEXAMPLEEXAMPLE00\",\"sessioncontext\":{"
     "\"sessionissuer\":{\"arn\":\"arn:aws:iam::111122223333:role/NetOps\"},"
     "\"attributes\":{\"mfaauthenticated\":\"false\"}}},\"eventtime\":"
     "\"2026-03-14T02:11:09Z\",\"eventsource\":\"ec2.amazonaws.com\",\"eventname\":"
     "\"CreateTrafficMirrorSession\",\"awsregion\":\"us-east-1\",\"sourceipaddress\":"
     "\"198.51.100.23\",\"useragent\":\"aws-cli/2.15.0\",\"requestid\":\"r-6\","
     "\"eventid\":\"7f1f3f7e-0000-4000-8000-000000000006\",\"recipientaccountid\":"
     "\"111122223333\",\"requestparameters\":\"" REQUEST_TEXT
     "\",\"responseelements\":\"" RESPONSE_TEXT "\"}",
     NULL,
     {0},
     0},
    {"LogScale, fields alone",
     REWRITTEN,
     "{\"@timestamp\":1773454269000,\"Vendor.eventName\":"
     "\"CreateTrafficMirrorSession\","
     "\"Vendor.eventVersion\":\"1.11\",\"Vendor.eventTime\":\"2026-03-14T02:11:09Z\","
     "\"Vendor.eventSource\":"
     "\"ec2.amazonaws.com\",\"Vendor.awsRegion\":\"us-east-1\","
     "\"Vendor.sourceIPAddress\":\"198.51.100.23\",\"Vendor.userAgent\":"
     "\"aws-cli/2.15.0\",\"Vendor.requestID\":\"r-6\",\"Vendor.eventID\":"
     "\"7f1f3f7e-0000-4000-8000-000000000006\",\"Vendor.recipientAccountId\":"
     "\"111122223333\",\"Vendor.userIdentity.type\":\"AssumedRole\","
     "\"Vendor.userIdentity.principalId\":\"AROAEXAMPLEEXAMPLE00:mallory\","
     "\"Vendor.userIdentity.arn\":"
     "\"arn:aws:sts::111122223333:assumed-role/NetOps/mallory\","
     "\"Vendor.userIdentity.accountId\":\"111122223333\","
     "\"Vendor.userIdentity.accessKeyId\":\"ASIAEXAMPLEEXAMPLE00\","
     "\"Vendor.userIdentity.sessionContext.sessionIssuer.arn\":"
     "\"arn:aws:iam::111122223333:role/NetOps\","
     "\"Vendor.userIdentity.sessionContext.attributes.mfaAuthenticated\":\"false\","
     "\"Vendor.requestParameters.CreateTrafficMirrorSessionRequest."
     "NetworkInterfaceId\":"
     "\"eni-0a1b2c3d4e5f60718\","
     "\"Vendor.requestParameters.CreateTrafficMirrorSessionRequest."
     "TrafficMirrorTargetId\":\"tmt-0123456789abcdef0\","
     "\"Vendor.responseElements.CreateTrafficMirrorSessionResponse."
     "trafficMirrorSession.trafficMirrorSessionId\":\"tms-00112233445566778\"}",
     NULL,
     {0},
     0},
    {"OCSF",
     REWRITTEN,
     "{\"class_uid\":6003,\"time\":1773454269000,\"time_dt\":\"2026-03-14T02:11:09Z\","
     "\"api\":{\"operation\":\"CreateTrafficMirrorSession\",\"service\":{\"name\":"
     "\"ec2.amazonaws.com\"},\"request\":{\"uid\":\"r-6\",\"data\":\"" REQUEST_TEXT
     "\"},\"response\":{\"data\":\"" RESPONSE_TEXT
     "\",\"error\":null}},\"actor\":{\"user\":{\"type\":\"AssumedRole\",\"uid\":"
     "\"arn:aws:sts::111122223333:assumed-role/NetOps/mallory\",\"uid_alt\":"
     "\"AROAEXAMPLEEXAMPLE00:mallory\",\"credential_uid\":\"ASIAEXAMPLEEXAMPLE00\","
     "\"account\":{\"uid\":\"111122223333\"}},\"session\":{\"issuer\":"
     "\"arn:aws:iam::111122223333:role/NetOps\",\"is_mfa\":false},\"invoked_by\":null},"
     "\"src_endpoint\":{\"ip\":\"198.51.100.23\"},\"http_request\":{\"user_agent\":"
     "\"aws-cli/2.15.0\"},\"cloud\":{\"region\":\"us-east-1\",\"provider\":\"AWS\"},"
     "\"metadata\":{\"uid\":\"7f1f3f7e-0000-4000-8000-000000000006\",\"product\":{"
     "\"name\":\"CloudTrail\"}},\"unmapped\":{\"recipientAccountId\":\"111122223333\"}"
     "}",
     NULL,
     {0},
     0},
    {"lookup-events, its text cut off",
     REWRITTEN,
     "{\"EventId\":\"7f1f3f7e-0000-4000-8000-000000000006\",\"EventName\":"
     "\"CreateTrafficMirrorSession\",\"ReadOnly\":\"false\",\"AccessKeyId\":"
     "\"ASIAEXAMPLEEXAMPLE00\",\"EventTime\":\"2026-03-13T19:11:09-07:00\","
     "\"EventSource\":\"ec2.amazonaws.com\",\"Username\":"
     "\"arn:aws:sts::111122223333:assumed-role/NetOps/mallory\","
     "\"CloudTrailEvent\":\"{\\\"eventVersion\\\":\"}",
     NULL,
     {FIELD_ACTOR_TYPE, FIELD_ACTOR_ID, FIELD_SESSION_ISSUER, FIELD_SOURCE_IP,
      FIELD_USER_AGENT, FIELD_ACCOUNT, FIELD_REGION, FIELD_MFA},
     8},
};

static const struct origin origins[] = {
    {CLOUDTRAIL, cloudtrail_carriers,
     sizeof cloudtrail_carriers / sizeof cloudtrail_carriers[0]},
};

/* ---- the comparison ---- */

static struct slice carry(struct leaf_bed *bed, const char *record,
                          const struct carrier *carrier)
{
    struct slice text = slice_from(record);
    switch (carrier->how) {
    case AS_ITSELF:
        break;
    case AS_TEXT:
        text = quoted(bed, text);
        break;
    case AS_BASE64:
        text = base64(bed, text);
        break;
    case AS_GZIP:
        text = base64(bed, gzipped(bed, text));
        break;
    case REWRITTEN:
        return slice_from(carrier->before);
    }
    return joined(bed, carrier->before, text.data, carrier->after, NULL);
}

static bool is_carried(const struct carrier *carrier, enum event_field field)
{
    /* How a time was written is the form's, and so is its name. */
    if (field == FIELD_FORM || field == FIELD_TIME_TEXT)
        return false;
    for (size_t i = 0; i < carrier->absent_count; i++) {
        if (carrier->absent[i] == field)
            return false;
    }
    return true;
}

/* Mirror facts of a damaged record are gone with its text. */
static bool is_fact(enum event_field field)
{
    return field == FIELD_MIRROR || field == FIELD_MIRRORED ||
           field == FIELD_DESTINATION || field == FIELD_RESOURCE ||
           field == FIELD_REQUEST_ID;
}

static void expect_same(const struct event *wanted, const struct leaf *leaf,
                        const struct carrier *carrier)
{
    const struct event *found = &leaf->event;
    assert_int_equal(found->provider, wanted->provider);
    /* What is left of a damaged record does not tell whether the call failed. */
    assert_int_equal(found->outcome, leaf->note ? OUTCOME_UNKNOWN : wanted->outcome);
    assert_int_equal(found->phase, wanted->phase);
    assert_true(slice_equal(found->merge_key, wanted->merge_key));
    if (found->time_us != wanted->time_us ||
        found->time_quality != wanted->time_quality)
        fail_msg("%s: another time", carrier->name);
    for (int i = 0; i < EVENT_FIELD_COUNT; i++) {
        enum event_field field = (enum event_field)i;
        struct slice text = found->text[i];
        if (!is_carried(carrier, field) || (leaf->note && is_fact(field)) ||
            slice_equal(text, wanted->text[i]))
            continue;
        fail_msg("%s: %s is \"%.*s\", not \"%.*s\"", carrier->name,
                 event_fields[i].name, (int)text.length, text.data ? text.data : "",
                 (int)wanted->text[i].length,
                 wanted->text[i].data ? wanted->text[i].data : "");
    }
}

static void every_carrier_gives_the_same(void **state)
{
    struct leaf_bed *bed = *state;
    for (size_t i = 0; i < sizeof origins / sizeof origins[0]; i++) {
        const struct origin *origin = &origins[i];
        const struct leaf *plain =
            leaf_read(bed, slice_from(origin->record), RECORD_EVENT);
        const struct event wanted = plain->event;
        assert_true(slice_present(wanted.text[FIELD_MIRRORED]));
        for (size_t j = 0; j < origin->carrier_count; j++) {
            const struct carrier *carrier = &origin->carriers[j];
            struct slice text = carry(bed, origin->record, carrier);
            expect_same(&wanted, leaf_read(bed, text, RECORD_EVENT), carrier);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_carrier_gives_the_same),
    };
    return cmocka_run_group_tests(tests, leaf_bed_make, leaf_bed_unmake);
}
