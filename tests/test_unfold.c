/* Envelopes: what is opened, what is told of what cannot be, and the way to each leaf.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "tests/leaf_bed.h"

#define RECORD                                                                         \
    "{\"eventVersion\":\"1.11\",\"eventTime\":\"2026-03-14T02:11:09Z\","               \
    "\"eventSource\":\"ec2.amazonaws.com\",\"eventName\":"                             \
    "\"CreateTrafficMirrorTarget\","                                                   \
    "\"awsRegion\":\"us-east-1\",\"userIdentity\":{\"type\":\"IAMUser\",\"arn\":"      \
    "\"arn:aws:iam::111122223333:user/mallory\",\"userName\":\"mallory\"},"            \
    "\"eventID\":\"7f1f3f7e-0000-4000-8000-000000000006\"}"

static void expect_leaf(const struct leaf *leaf, const char *chain)
{
    assert_int_equal(leaf->class, RECORD_EVENT);
    assert_string_equal(leaf->chain, chain);
    assert_true(slice_equal(leaf->raw, SLICE(RECORD)));
    assert_true(slice_equal(leaf->event.text[FIELD_OPERATION],
                            SLICE("CreateTrafficMirrorTarget")));
}

static void expect_reason(const struct leaf *leaf, const char *part)
{
    if (slice_find(slice_from(leaf->reason), slice_from(part)) < 0)
        fail_msg("\"%s\" has no \"%s\"", leaf->reason, part);
}

/* Texts around a record; %s is the record, as it is or as a JSON string's inside. */
static const struct around {
    const char *before, *after;
    bool text;
    const char *chain;
} arounds[] = {
    {"", "", false, ""},
    {"{\"Records\":[", "]}", false, "Records"},
    {"{\"detail-type\":\"AWS API Call via CloudTrail\",\"source\":\"aws.ec2\","
     "\"time\":\"2026-03-14T02:12:00Z\",\"id\":\"x\",\"detail\":",
     "}", false, "eventbridge"},
    {"{\"Events\":[{\"EventId\":\"e\",\"EventName\":\"x\",\"CloudTrailEvent\":\"",
     "\"}]}", true, "Events>lookup-events"},
    {"{\"EventId\":\"e\",\"CloudTrailEvent\":\"", "\"}", true, "lookup-events"},
    {"{\"Type\":\"Notification\",\"TopicArn\":\"t\",\"Message\":\"", "\"}", true,
     "sns"},
    {"{\"Records\":[{\"EventSource\":\"aws:sns\",\"Sns\":{\"Message\":\"", "\"}}]}",
     true, "Records>sns"},
    {"{\"Records\":[{\"messageId\":\"m\",\"eventSource\":\"aws:sqs\",\"body\":\"",
     "\"}]}", true, "Records>sqs"},
    {"{\"Messages\":[{\"MessageId\":\"m\",\"Body\":\"", "\"}]}", true, "Messages>sqs"},
    {"{\"messageType\":\"DATA_MESSAGE\",\"logEvents\":[{\"id\":\"3\",\"timestamp\":1,"
     "\"message\":\"",
     "\"}]}", true, "logEvents>message"},
    {"{\"events\":[{\"ingestionTime\":1,\"message\":\"",
     "\"}],\"searchedLogStreams\":[]}", true, "events>cloudwatch"},
    {"2026-03-14T02:11:09.000Z ", "\n", false, "line"},
    {"<134>Mar 14 02:11:12 relay trail: ", "", false, "line"},
    {"{\"preview\":false,\"result\":{\"sourcetype\":\"aws:cloudtrail\",\"_raw\":\"",
     "\"}}", true, "splunk>splunk"},
    {"{\"results\":[{\"_raw\":\"", "\"}]}", true, "results>splunk"},
    {"{\"@timestamp\":1773454269000,\"Vendor.eventName\":\"x\",\"@rawstring\":\"",
     "\"}", true, "logscale"},
    {"{\"hits\":{\"hits\":[{\"_index\":\"i\",\"_source\":{\"event\":{\"original\":\"",
     "\"}}}]}}", true, "hits hits>elastic>elastic"},
    {"{\"_source\":{\"event.original\":\"", "\"}}", true, "elastic>elastic"},
};

static void opens_envelopes(void **state)
{
    struct leaf_bed *bed = *state;
    for (size_t i = 0; i < sizeof arounds / sizeof arounds[0]; i++) {
        const struct around *it = &arounds[i];
        struct slice record = it->text ? quoted(bed, SLICE(RECORD)) : SLICE(RECORD);
        struct slice text = joined(bed, it->before, record.data, it->after, NULL);
        expect_leaf(leaf_read(bed, text, RECORD_EVENT), it->chain);
    }
}

/* Every envelope in every other one. */
static void opens_envelopes_in_envelopes(void **state)
{
    struct leaf_bed *bed = *state;
    const size_t count = sizeof arounds / sizeof arounds[0];
    for (size_t i = 1; i < count; i++) {
        for (size_t j = 1; j < count; j++) {
            const struct around *outer = &arounds[i], *inner = &arounds[j];
            struct slice record =
                inner->text ? quoted(bed, SLICE(RECORD)) : SLICE(RECORD);
            struct slice text = joined(bed, inner->before, record.data, "", NULL);
            text = joined(bed, text.data, inner->after, NULL);
            /* A line is no value of JSON, and ends with its line. */
            if (slice_starts_with(text, SLICE("2")) ||
                slice_starts_with(text, SLICE("<")))
                continue;
            if (outer->text)
                text = quoted(bed, text);
            text = joined(bed, outer->before, text.data, outer->after, NULL);
            const struct leaf *leaf = leaf_read(bed, text, RECORD_EVENT);
            assert_true(slice_equal(leaf->raw, SLICE(RECORD)));
        }
        arena_reset(&bed->kept);
    }
}

#define CWL(message)                                                                   \
    "{\"messageType\":\"DATA_MESSAGE\",\"owner\":\"111122223333\",\"logEvents\":["     \
    "{\"id\":\"1\",\"timestamp\":1,\"message\":\"",                                    \
        message, "\"},{\"id\":\"2\",\"timestamp\":2,\"message\":\"", message, "\"}]}"

static void opens_packed_envelopes(void **state)
{
    static const struct {
        const char *before, *after, *chain;
    } packed[] = {
        {"{\"awslogs\":{\"data\":\"", "\"}}", "lambda>logEvents>message"},
        {"{\"Records\":[{\"kinesis\":{\"data\":\"", "\"}}]}",
         "Records>kinesis>logEvents>message"},
        {"{\"Records\":[{\"SequenceNumber\":\"1\",\"Data\":\"", "\"}]}",
         "Records>kinesis>logEvents>message"},
        {"{\"records\":[{\"recordId\":\"1\",\"data\":\"", "\"}]}",
         "records>firehose>logEvents>message"},
        {"{\"requestId\":\"q\",\"records\":[{\"data\":\"", "\"}]}",
         "records>firehose>logEvents>message"},
        {"{\"message\":{\"messageId\":\"1\",\"data\":\"", "\"},\"subscription\":\"s\"}",
         "pubsub>logEvents>message"},
        {"{\"@type\":\"type.googleapis.com/"
         "google.pubsub.v1.PubsubMessage\",\"data\":\"",
         "\"}", "pubsub>logEvents>message"},
    };
    struct leaf_bed *bed = *state;
    struct slice record = quoted(bed, SLICE(RECORD));
    struct slice document = joined(bed, CWL(record.data), NULL);
    struct slice two = joined(bed, document.data, document.data, NULL);
    struct slice ways[] = {two, gzipped(bed, two), gzipped(bed, gzipped(bed, two))};
    for (size_t i = 0; i < sizeof packed / sizeof packed[0]; i++) {
        for (size_t way = 0; way < 3; way++) {
            struct slice data = base64(bed, ways[way]);
            leaves_read(
                bed, joined(bed, packed[i].before, data.data, packed[i].after, NULL));
            assert_int_equal(bed->count, 4);
            for (size_t leaf = 0; leaf < 4; leaf++)
                expect_leaf(&bed->leaves[leaf], packed[i].chain);
        }
    }
}

/* ---- what is known and no event ---- */

static const struct {
    const char *json, *reason;
} skipped[] = {
    {"{\"detail-type\":\"GuardDuty Finding\",\"detail\":{\"severity\":8}}",
     "other EventBridge event: GuardDuty Finding"},
    {"{\"messageType\":\"CONTROL_MESSAGE\",\"logEvents\":[{\"id\":\"\",\"timestamp\":1,"
     "\"message\":\"CWL CONTROL MESSAGE: Checking health of destination Firehose.\"}]}",
     "control message"},
    {"Permission Check Successful", "test file"},
    {"{\"Type\":\"Notification\",\"Message\":\"{\\\"s3Bucket\\\":\\\"b\\\","
     "\\\"s3ObjectKey\\\":[\\\"k\\\"]}\"}",
     "pointers"},
    {"{\"Messages\":[{\"Body\":\"{\\\"Records\\\":[{\\\"eventSource\\\":\\\"aws:s3\\\","
     "\\\"eventName\\\":\\\"ObjectCreated:Put\\\",\\\"s3\\\":{}}]}\"}]}",
     "pointers"},
    {"{\"Service\":\"Amazon S3\",\"Event\":\"s3:TestEvent\",\"Bucket\":\"b\"}",
     "S3 test notification"},
    {"{\"FrameType\":\"DataSetHeader\",\"Version\":\"v2.0\"}", "no result"},
    {"{\"preview\":true,\"result\":{\"_raw\":\"x\"}}", "preview"},
    {"{\"Type\":\"SubscriptionConfirmation\",\"TopicArn\":\"t\",\"Message\":\"You "
     "...\"}",
     "subscription"},
    {"{\"detail-type\":\"x\",\"detail\":{\"message\":\"hello\"}}",
     "other EventBridge event: x"},
};

static void skips_with_a_word(void **state)
{
    struct leaf_bed *bed = *state;
    for (size_t i = 0; i < sizeof skipped / sizeof skipped[0]; i++)
        expect_reason(leaf_read(bed, slice_from(skipped[i].json), RECORD_SKIPPED),
                      skipped[i].reason);
}

static void passes_snapshots_on(void **state)
{
    static const char json[] = "{\"TrafficMirrorSessions\":[{\"OwnerId\":\"1\"}]}";
    const struct leaf *leaf = leaf_read(*state, slice_from(json), RECORD_STATE);
    assert_true(slice_equal(leaf->raw, slice_from(json)));
}

static void keeps_what_is_unknown_whole(void **state)
{
    static const char *const texts[] = {
        "{\"level\":\"info\",\"message\":\"hello\"}",
        "{\"data\":\"not base64!\"}",
        "{\"a\":1}",
        "{\"body\":\"hello\"}",
        "{\"message\":\"{\\\"b\\\":2}\"}",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        const struct leaf *leaf =
            leaf_read(*state, slice_from(texts[i]), RECORD_UNKNOWN);
        assert_true(slice_equal(leaf->raw, slice_from(texts[i])));
    }
}

/* ---- damage ---- */

static void takes_the_fields_of_a_damaged_text(void **state)
{
    const struct leaf *leaf = leaf_read(
        *state,
        SLICE("{\"EventId\":\"7f1f3f7e-0000-4000-8000-000000000006\",\"EventName\":"
              "\"CreateTrafficMirrorTarget\",\"ReadOnly\":\"false\",\"AccessKeyId\":"
              "\"ASIAEXAMPLEEXAMPLE00\",\"EventTime\":\"2026-03-13T19:11:09-07:00\","
              "\"EventSource\":\"ec2.amazonaws.com\",\"Username\":\"mallory\","
              "\"CloudTrailEvent\":\"{\\\"eventVersion\\\":\\\"1.11\\\",\\\"eve\"}"),
        RECORD_EVENT);
    const struct event *event = &leaf->event;
    assert_non_null(leaf->note);
    assert_int_equal(event->outcome, OUTCOME_UNKNOWN);
    assert_string_equal(leaf->chain, "lookup-events");
    assert_true(slice_equal(event->text[FIELD_FORM], SLICE("lookup-events")));
    assert_true(
        slice_equal(event->text[FIELD_OPERATION], SLICE("CreateTrafficMirrorTarget")));
    assert_true(slice_equal(event->text[FIELD_ACTOR], SLICE("mallory")));
    assert_true(
        slice_equal(event->text[FIELD_CREDENTIAL], SLICE("ASIAEXAMPLEEXAMPLE00")));
    assert_true(slice_equal(event->text[FIELD_EVENT_ID],
                            SLICE("7f1f3f7e-0000-4000-8000-000000000006")));
    assert_int_equal(event->time_us, INT64_C(1773454269000000));
}

/* A transport cuts a record anywhere: it is damaged until its name stands there whole,
 * and from then on an event that tells no success. */
static void keeps_what_stands_before_a_cut(void **state)
{
    struct leaf_bed *bed = *state;
    struct slice whole = SLICE(RECORD);
    bool known = false;
    for (size_t length = 1; length < whole.length; length++) {
        struct slice text = quoted(bed, slice_first(whole, length));
        text = joined(bed, "{\"events\":[{\"ingestionTime\":1,\"message\":\"",
                      text.data, "\"}]}", NULL);
        leaves_read(bed, text);
        assert_int_equal(bed->count, 1);
        const struct leaf *leaf = &bed->leaves[0];
        assert_true(leaf->class == RECORD_EVENT || !known);
        known = leaf->class == RECORD_EVENT;
        if (!known)
            continue;
        /* But for a comma at its end. */
        assert_true(slice_starts_with(whole, leaf->raw));
        assert_true(leaf->raw.length + 1 >= length);
        assert_true(slice_equal(leaf->event.text[FIELD_OPERATION],
                                SLICE("CreateTrafficMirrorTarget")));
        assert_int_equal(leaf->event.outcome, OUTCOME_UNKNOWN);
        assert_non_null(leaf->note);
    }
    assert_true(known);
}

static const struct {
    const char *json, *reason;
} damaged[] = {
    {"{\"awslogs\":{\"data\":\"not base64!\"}}", "unpacked"},
    {"{\"awslogs\":{\"data\":\"H4sIAAAAAAAA\"}}", "unpacked"},
    {"{\"_raw\":\"{\\\"eventName\\\":\"}", "original text"},
    {"{\"Type\":\"Notification\",\"Message\":\"{\\\"eventName\\\":\"}", "ends inside"},
};

static void names_what_is_damaged(void **state)
{
    struct leaf_bed *bed = *state;
    for (size_t i = 0; i < sizeof damaged / sizeof damaged[0]; i++)
        expect_reason(leaf_read(bed, slice_from(damaged[i].json), RECORD_DAMAGED),
                      damaged[i].reason);
}

static void gives_what_is_before_a_cut(void **state)
{
    struct leaf_bed *bed = *state;
    struct slice lines = SLICE(RECORD "\n");
    for (int i = 0; i < 3; i++)
        lines = joined(bed, lines.data, lines.data, NULL);
    struct slice packed = gzipped(bed, lines);
    struct slice data = base64(bed, slice_first(packed, packed.length - 12));
    leaves_read(bed, joined(bed, "{\"awslogs\":{\"data\":\"", data.data, "\"}}", NULL));
    assert_true(bed->count >= 2 && bed->count <= 9);
    expect_leaf(&bed->leaves[0], "lambda");
    const struct leaf *last = &bed->leaves[bed->count - 1];
    assert_true(last->class == RECORD_DAMAGED || last->note);
}

static void stops_at_its_limits(void **state)
{
    struct leaf_bed *bed = *state;
    struct slice text = SLICE(RECORD);
    for (int i = 0; i <= LIMIT_UNFOLD_DEPTH; i++)
        text = joined(bed, "{\"detail-type\":\"x\",\"detail\":", text.data, "}", NULL);
    expect_reason(leaf_read(bed, text, RECORD_DAMAGED), "too deeply");

    const size_t size = LIMIT_UNFOLD_BYTES + 1;
    char *blanks = malloc(size);
    assert_non_null(blanks);
    memset(blanks, ' ', size);
    struct slice data = base64(bed, gzipped(bed, (struct slice){blanks, size}));
    free(blanks);
    text = joined(bed, "{\"awslogs\":{\"data\":\"", data.data, "\"}}", NULL);
    expect_reason(leaf_read(bed, text, RECORD_DAMAGED), "64 MiB");
}

static int stop_at_once(struct leaf *leaf, void *payload)
{
    (void)leaf;
    ++*(int *)payload;
    return 7;
}

/* Neither hides the other: JSON in a command, a device's name in JSON. */
static void tells_devices_from_relays(void **state)
{
    struct leaf_bed *bed = *state;
    const struct leaf *leaf = leaf_read(
        bed,
        SLICE("Mar 14 2026 02:25:03: %PARSER-5-CFGLOG_LOGGEDCMD: User:mallory  logged "
              "command:monitor session 1 source interface Gi1/0/1 " RECORD),
        RECORD_EVENT);
    assert_int_equal(leaf->event.provider, PROVIDER_CISCO_IOS);
    leaf = leaf_read(bed,
                     SLICE("<134>Mar 14 02:11:12 relay trail: {\"eventName\":\"A\","
                           "\"userIdentity\":{},\"userAgent\":\"Mar 14 2026 02:25:03: "
                           "%SYS-5-CONFIG_I: Configured from console by mallory\"}"),
                     RECORD_EVENT);
    assert_int_equal(leaf->event.provider, PROVIDER_AWS);
}

static void ends_when_the_sink_says_so(void **state)
{
    struct leaf_bed *bed = *state;
    struct slice two = joined(bed, RECORD, RECORD, NULL);
    struct slice data = base64(bed, two);
    struct slice text =
        joined(bed, "{\"awslogs\":{\"data\":\"", data.data, "\"}}", NULL);
    const struct frame_item item = {.kind = FRAME_JSON, .bytes = text, .envelope = ""};
    const char *next;
    int calls = 0;
    assert_int_equal(json_scan(bed->projection, text.data, text.data + text.length,
                               true, bed->slots, &next),
                     JSON_OK);
    assert_int_equal(unfold(bed->unfolder, &item, bed->slots, stop_at_once, &calls), 7);
    assert_int_equal(calls, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(opens_envelopes),
        cmocka_unit_test(opens_envelopes_in_envelopes),
        cmocka_unit_test(opens_packed_envelopes),
        cmocka_unit_test(skips_with_a_word),
        cmocka_unit_test(passes_snapshots_on),
        cmocka_unit_test(keeps_what_is_unknown_whole),
        cmocka_unit_test(takes_the_fields_of_a_damaged_text),
        cmocka_unit_test(keeps_what_stands_before_a_cut),
        cmocka_unit_test(names_what_is_damaged),
        cmocka_unit_test(gives_what_is_before_a_cut),
        cmocka_unit_test(stops_at_its_limits),
        cmocka_unit_test(tells_devices_from_relays),
        cmocka_unit_test(ends_when_the_sink_says_so),
    };
    return cmocka_run_group_tests(tests, leaf_bed_make, leaf_bed_unmake);
}
