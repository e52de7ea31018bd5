/*
 * CloudTrail in other shapes, and what is read from the envelope of lookup-events
 * where its inner text is damaged.  Names: botocore, cloudtrail 2013-11-01.
 */
#include "config.h"

#include "core/reshape_internal.h"

/* Of the things that a call touched, those that mirrors are made of: what they are
 * called in its request. */
static const struct {
    struct slice type;
    const char *key;
} resource_keys[] = {
    {SLICE_INIT("AWS::EC2::TrafficMirrorSession"), "trafficMirrorSessionId"},
    {SLICE_INIT("AWS::EC2::TrafficMirrorTarget"), "trafficMirrorTargetId"},
    {SLICE_INIT("AWS::EC2::TrafficMirrorFilter"), "trafficMirrorFilterId"},
    {SLICE_INIT("AWS::EC2::TrafficMirrorFilterRule"), "trafficMirrorFilterRuleId"},
    {SLICE_INIT("AWS::EC2::NetworkInterface"), "networkInterfaceId"},
};

static const char *key_of_type(json_t *resource)
{
    const char *type =
        json_string_value(json_tree_member(resource, SLICE("resourceType")));
    for (size_t i = 0; type && i < sizeof resource_keys / sizeof resource_keys[0];
         i++) {
        if (slice_equal_nocase(slice_from(type), resource_keys[i].type))
            return resource_keys[i].key;
    }
    return NULL;
}

/* Of two things of one type none is known to be the one that is meant. */
static void name_resource(json_t *request, const char *key, json_t *name)
{
    json_t *named = json_object_get(request, key);
    if (!named)
        json_object_set(request, key, name);
    else if (!json_equal(named, name))
        json_object_set_new(request, key, json_null());
}

bool reshape_resources(json_t *row)
{
    struct slice text;
    json_t *list = json_tree_member(row, SLICE("resources")), *resource;
    json_t *inside = json_tree_inside(list, &text), *request = json_object();
    size_t i;
    json_array_foreach(inside ? inside : list, i, resource)
    {
        const char *key = key_of_type(resource);
        if (key)
            name_resource(request, key,
                          json_tree_member(resource, SLICE("resourceName")));
    }
    json_object_set_new(row, "requestParameters", request);
    json_decref(inside);
    return true;
}

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
    .prepare = reshape_resources,
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
