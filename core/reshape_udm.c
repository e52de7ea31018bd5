/*
 * Chronicle's Unified Data Model: what it keeps of an audit record, in either of its
 * spellings.  Names: Google, "UDM field list", and the fields that chronicle's
 * detection rules read.  The original request is usually lost.
 */
#include "config.h"

#include "core/reshape_internal.h"

static const struct reshape_row aws[] = {
    {"metadata eventTimestamp", "eventTime", RESHAPE_COPY},
    {"metadata event_timestamp", "eventTime", RESHAPE_COPY},
    {"metadata productEventType", "eventName", RESHAPE_COPY},
    {"metadata product_event_type", "eventName", RESHAPE_COPY},
    {"metadata productLogId", "eventID", RESHAPE_COPY},
    {"metadata product_log_id", "eventID", RESHAPE_COPY},
    {"target application", "eventSource", RESHAPE_COPY},
    {"principal ip 0", "sourceIPAddress", RESHAPE_COPY},
    {"principal ip", "sourceIPAddress", RESHAPE_COPY},
    {"principal user userid", "userIdentity userName", RESHAPE_COPY},
    {"principal user productObjectId", "userIdentity principalId", RESHAPE_COPY},
    {"principal user product_object_id", "userIdentity principalId", RESHAPE_COPY},
    {"principal location name", "awsRegion", RESHAPE_COPY},
    {"target location name", "awsRegion", RESHAPE_COPY},
    {"network http userAgent", "userAgent", RESHAPE_COPY},
    {"network http user_agent", "userAgent", RESHAPE_COPY},
    {"unknown", RESHAPED_OUTCOME, RESHAPE_TEXT},
};

static const struct reshape_row azure[] = {
    {"metadata eventTimestamp", "time", RESHAPE_COPY},
    {"metadata event_timestamp", "time", RESHAPE_COPY},
    {"metadata productEventType", "operationName", RESHAPE_COPY},
    {"metadata product_event_type", "operationName", RESHAPE_COPY},
    {"metadata productLogId", "correlationId", RESHAPE_COPY},
    {"metadata product_log_id", "correlationId", RESHAPE_COPY},
    {"principal ip 0", "callerIpAddress", RESHAPE_COPY},
    {"principal ip", "callerIpAddress", RESHAPE_COPY},
    {"principal user userid", "caller", RESHAPE_COPY},
    {"target resource name", "resourceId", RESHAPE_COPY},
};

static const struct reshape_row gcp[] = {
    {"metadata eventTimestamp", "timestamp", RESHAPE_COPY},
    {"metadata event_timestamp", "timestamp", RESHAPE_COPY},
    {"metadata productEventType", "protoPayload methodName", RESHAPE_COPY},
    {"metadata product_event_type", "protoPayload methodName", RESHAPE_COPY},
    {"metadata productLogId", "insertId", RESHAPE_COPY},
    {"metadata product_log_id", "insertId", RESHAPE_COPY},
    {"target application", "protoPayload serviceName", RESHAPE_COPY},
    {"target resource name", "protoPayload resourceName", RESHAPE_COPY},
    {"principal ip 0", "protoPayload requestMetadata callerIp", RESHAPE_COPY},
    {"principal ip", "protoPayload requestMetadata callerIp", RESHAPE_COPY},
    {"principal user emailAddresses 0",
     "protoPayload authenticationInfo principalEmail", RESHAPE_COPY},
    {"principal user emailAddresses", "protoPayload authenticationInfo principalEmail",
     RESHAPE_COPY},
    {"principal user email_addresses 0",
     "protoPayload authenticationInfo principalEmail", RESHAPE_COPY},
    {"principal user email_addresses", "protoPayload authenticationInfo principalEmail",
     RESHAPE_COPY},
    {"principal user userid", "protoPayload authenticationInfo principalEmail",
     RESHAPE_COPY},
    {"network http userAgent", "protoPayload requestMetadata callerSuppliedUserAgent",
     RESHAPE_COPY},
    {"network http user_agent", "protoPayload requestMetadata callerSuppliedUserAgent",
     RESHAPE_COPY},
    {"unknown", RESHAPED_OUTCOME, RESHAPE_TEXT},
};

#define AWS RESHAPE_ROWS(aws), .name = "udm-aws", .prepare = prepare
#define AZURE RESHAPE_ROWS(azure), .name = "udm-azure", .prepare = prepare
#define GCP RESHAPE_ROWS(gcp), .name = "udm-gcp", .prepare = prepare

static json_t *member(json_t *object, const char *key)
{
    return json_tree_member(object, slice_from(key));
}

static json_t *first(json_t *node)
{
    return json_is_array(node) ? json_array_get(node, 0) : node;
}

/* What Chronicle says came of it becomes an outcome; a userIdentity marks CloudTrail.
 */
static bool prepare(json_t *event)
{
    json_t *result = first(member(event, "securityResult"));
    if (!result)
        result = first(member(event, "security_result"));
    json_t *action = first(member(result, "action"));
    struct slice word = slice_from(json_string_value(action));
    if (slice_equal(word, SLICE("ALLOW")))
        json_object_set_new(event, RESHAPED_OUTCOME, json_string("success"));
    else if (slice_starts_with(word, SLICE("BLOCK")) ||
             slice_equal(word, SLICE("FAIL")))
        json_object_set_new(event, RESHAPED_OUTCOME, json_string("failure"));
    return true;
}

const struct reshape_form reshape_udm[RESHAPE_UDM] = {
    {AWS, .marks = {"metadata productEventType", "metadata vendorName=AMAZON"}},
    {AWS,
     .marks = {"metadata productEventType", "metadata productName=AWS CloudTrail"}},
    {AWS, .marks = {"metadata product_event_type", "metadata vendor_name=AMAZON"}},
    {AWS,
     .marks = {"metadata product_event_type", "metadata product_name=AWS CloudTrail"}},
    {AZURE, .marks = {"metadata productEventType", "metadata vendorName=Microsoft"}},
    {AZURE, .marks = {"metadata product_event_type", "metadata vendor_name=Microsoft"}},
    {GCP, .marks = {"metadata productEventType",
                    "metadata vendorName=Google Cloud Platform"}},
    {GCP, .marks = {"metadata product_event_type",
                    "metadata vendor_name=Google Cloud Platform"}},
};
