/*
 * CloudTrail in other shapes, and what is read from the envelope of lookup-events
 * where its inner text is damaged.  Names: botocore, cloudtrail 2013-11-01.
 */
#include "config.h"

#include "core/reshape_internal.h"

static const struct reshape_row lookup_events[] = {
    {"EventName", "eventName", RESHAPE_COPY},
    {"EventTime", "eventTime", RESHAPE_COPY},
    {"EventSource", "eventSource", RESHAPE_COPY},
    {"EventId", "eventID", RESHAPE_COPY},
    {"ReadOnly", "readOnly", RESHAPE_COPY},
    {"Username", "userIdentity userName", RESHAPE_COPY},
    {"AccessKeyId", "userIdentity accessKeyId", RESHAPE_COPY},
    {"Resources", "resources", RESHAPE_COPY},
    /* Whether the call failed stood in the text that is damaged. */
    {"unknown", RESHAPED_OUTCOME, RESHAPE_TEXT},
};

const struct reshape_form reshape_lookup_events = {
    .name = "lookup-events",
    .marks = {"CloudTrailEvent", "EventName", "EventSource"},
    RESHAPE_ROWS(lookup_events),
};

/* Any case, dotted or not; columns that hold JSON as text. */
static const struct reshape_row folded_aws[] = {
    {"userIdentity", "userIdentity", RESHAPE_PARSE},
    {"requestParameters", "requestParameters", RESHAPE_PARSE},
    {"responseElements", "responseElements", RESHAPE_PARSE},
    {"additionalEventData", "additionalEventData", RESHAPE_PARSE},
    {"resources", "resources", RESHAPE_PARSE},
    {"@timestamp", "eventTime", RESHAPE_COPY},
    {"_time", "eventTime", RESHAPE_COPY},
    {"unknown", RESHAPED_OUTCOME, RESHAPE_TEXT},
};

const struct reshape_form reshape_folded_aws = {
    .marks = {"eventName", "eventSource"},
    RESHAPE_ROWS(folded_aws),
};

static const struct reshape_row folded_azure[] = {
    {"authorization", "authorization", RESHAPE_PARSE},
    {"claims", "claims", RESHAPE_PARSE},
    {"identity", "identity", RESHAPE_PARSE},
    {"properties", "properties", RESHAPE_PARSE},
    {"httpRequest", "httpRequest", RESHAPE_PARSE},
    {"@timestamp", "time", RESHAPE_COPY},
    {"_time", "time", RESHAPE_COPY},
};

const struct reshape_form reshape_folded_azure = {
    .marks = {"operationName"},
    RESHAPE_ROWS(folded_azure),
};

static const struct reshape_row folded_gcp[] = {
    {"protoPayload", "protoPayload", RESHAPE_PARSE},
    {"resource", "resource", RESHAPE_PARSE},
    {"operation", "operation", RESHAPE_PARSE},
    {"@timestamp", "timestamp", RESHAPE_COPY},
    {"_time", "timestamp", RESHAPE_COPY},
    {"unknown", RESHAPED_OUTCOME, RESHAPE_TEXT},
};

const struct reshape_form reshape_folded_gcp = {
    .marks = {"protoPayload"},
    RESHAPE_ROWS(folded_gcp),
};
