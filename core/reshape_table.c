/*
 * Tables that a console, a workspace or a query engine exports, each row an object of
 * its columns.  Names: AWS, "Viewing events in the console"; Microsoft, the tables
 * AWSCloudTrail and AzureActivity of Log Analytics and the portal's activity log;
 * Google, "BigQuery schema for exported logs"; the LogScale query of this technique.
 * A blank in a name of a column reads as `_`.
 */
#include "config.h"

#include "core/reshape_internal.h"

/* --- AWS ------------------------------------------------------------------------- */

/* CloudTrail's event history: no request, no response (see reshape_resources). */
static const struct reshape_row console[] = {
    {"Event_time", "eventTime", RESHAPE_COPY},
    {"Event_name", "eventName", RESHAPE_COPY},
    {"Event_source", "eventSource", RESHAPE_COPY},
    {"User_name", "userIdentity userName", RESHAPE_COPY},
    {"AWS_access_key", "userIdentity accessKeyId", RESHAPE_COPY},
    {"AWS_region", "awsRegion", RESHAPE_COPY},
    {"Source_IP_address", "sourceIPAddress", RESHAPE_COPY},
    {"User_agent", "userAgent", RESHAPE_COPY},
    {"Error_code", "errorCode", RESHAPE_COPY},
    {"Resources", "resources", RESHAPE_PARSE},
    {"Request_ID", "requestID", RESHAPE_COPY},
    {"Event_ID", "eventID", RESHAPE_COPY},
    {"Event_type", "eventType", RESHAPE_COPY},
    {"Recipient_account_ID", "recipientAccountId", RESHAPE_COPY},
};

#define ISSUER "userIdentity sessionContext sessionIssuer "

static const struct reshape_row sentinel[] = {
    {"TimeGenerated", "eventTime", RESHAPE_COPY},
    {"TimeGenerated_[UTC]", "eventTime", RESHAPE_COPY},
    {"AwsEventId", "eventID", RESHAPE_COPY},
    {"AwsRequestId", "requestID", RESHAPE_COPY},
    {"AwsRequestId_", "requestID", RESHAPE_COPY},
    {"EventTypeName", "eventType", RESHAPE_COPY},
    {"RequestParameters", "requestParameters", RESHAPE_PARSE},
    {"ResponseElements", "responseElements", RESHAPE_PARSE},
    {"UserIdentityType", "userIdentity type", RESHAPE_COPY},
    {"UserIdentityPrincipalid", "userIdentity principalId", RESHAPE_COPY},
    {"UserIdentityArn", "userIdentity arn", RESHAPE_COPY},
    {"UserIdentityAccountId", "userIdentity accountId", RESHAPE_COPY},
    {"UserIdentityAccessKeyId", "userIdentity accessKeyId", RESHAPE_COPY},
    {"UserIdentityUserName", "userIdentity userName", RESHAPE_COPY},
    {"UserIdentityInvokedBy", "userIdentity invokedBy", RESHAPE_COPY},
    {"SessionMfaAuthenticated",
     "userIdentity sessionContext attributes mfaAuthenticated", RESHAPE_COPY},
    {"SessionCreationDate", "userIdentity sessionContext attributes creationDate",
     RESHAPE_COPY},
    {"SessionIssuerType", ISSUER "type", RESHAPE_COPY},
    {"SessionIssuerPrincipalId", ISSUER "principalId", RESHAPE_COPY},
    {"SessionIssuerArn", ISSUER "arn", RESHAPE_COPY},
    {"SessionIssuerAccountId", ISSUER "accountId", RESHAPE_COPY},
    {"SessionIssuerUserName", ISSUER "userName", RESHAPE_COPY},
    {"unknown", RESHAPED_OUTCOME, RESHAPE_TEXT},
};

/* Columns chosen by hand, of the record's own names. */
static const struct reshape_row selection[] = {
    {"@timestamp", "eventTime", RESHAPE_COPY},
    {"_time", "eventTime", RESHAPE_COPY},
    {"time", "eventTime", RESHAPE_COPY},
    {"userIdentity", "userIdentity", RESHAPE_PARSE},
    {"requestParameters", "requestParameters", RESHAPE_PARSE},
    {"responseElements", "responseElements", RESHAPE_PARSE},
    {"unknown", RESHAPED_OUTCOME, RESHAPE_TEXT},
};

/* --- Azure ----------------------------------------------------------------------- */

static const struct reshape_row activity[] = {
    {"TimeGenerated", "time", RESHAPE_COPY},
    {"TimeGenerated_[UTC]", "time", RESHAPE_COPY},
    {"EventSubmissionTimestamp", "time", RESHAPE_COPY},
    {"EventSubmissionTimestamp_[UTC]", "time", RESHAPE_COPY},
    {"OperationNameValue", "operationName", RESHAPE_COPY},
    {"ActivityStatusValue", "resultType", RESHAPE_COPY},
    {"ActivityStatus", "resultType", RESHAPE_COPY},
    {"ActivitySubstatusValue", "resultSignature", RESHAPE_COPY},
    {"ActivitySubstatus", "resultSignature", RESHAPE_COPY},
    {"CategoryValue", "category", RESHAPE_COPY},
    {"ResourceGroup", "resourceGroupName", RESHAPE_COPY},
    {"_ResourceId", "resourceId", RESHAPE_COPY},
    {"ResourceProviderValue", "resourceProviderName value", RESHAPE_COPY},
    {"Authorization_d", "authorization", RESHAPE_PARSE},
    {"Authorization", "authorization", RESHAPE_PARSE},
    {"Claims_d", "claims", RESHAPE_PARSE},
    {"Claims", "claims", RESHAPE_PARSE},
    {"Properties_d", "properties", RESHAPE_PARSE},
    {"Properties", "properties", RESHAPE_PARSE},
    {"HTTPRequest", "httpRequest", RESHAPE_PARSE},
};

static const struct reshape_row portal[] = {
    {"Time", "time", RESHAPE_COPY},
    {"Correlation_id", "correlationId", RESHAPE_COPY},
    {"Status", "resultType", RESHAPE_COPY},
    {"Event_category", "category", RESHAPE_COPY},
    {"Subscription", "subscriptionId", RESHAPE_COPY},
    {"Event_initiated_by", "caller", RESHAPE_COPY},
    {"Resource_group", "resourceGroupName", RESHAPE_COPY},
    {"Resource", "resourceId", RESHAPE_COPY},
};

static struct slice text_of(json_t *object, const char *key)
{
    json_t *value = json_tree_member(object, slice_from(key));
    return json_is_string(value)
               ? (struct slice){json_string_value(value), json_string_length(value)}
               : SLICE_NONE;
}

/* The portal prints what an operation is called, not its name; the first word and the
 * type of the resource give the name back. */
static const struct display_word {
    struct slice word;
    const char *verb;
} display_words[] = {
    {SLICE_INIT("Create"), "write"},  {SLICE_INIT("Update"), "write"},
    {SLICE_INIT("Write"), "write"},   {SLICE_INIT("Modify"), "write"},
    {SLICE_INIT("Set"), "write"},     {SLICE_INIT("Add"), "write"},
    {SLICE_INIT("Delete"), "delete"}, {SLICE_INIT("Remove"), "delete"},
    {SLICE_INIT("Get"), "read"},      {SLICE_INIT("List"), "read"},
};

static const char *verb_of(struct slice display)
{
    for (size_t i = 0; i < sizeof display_words / sizeof display_words[0]; i++) {
        if (slice_starts_with_nocase(display, display_words[i].word))
            return display_words[i].verb;
    }
    return "action";
}

static bool prepare_portal(json_t *row)
{
    struct slice display = text_of(row, "Operation_name");
    struct slice type = text_of(row, "Resource_type");
    if (slice_blank(display) || slice_index(display, '/') >= 0 || slice_blank(type))
        return !slice_blank(display) &&
               !json_object_set(row, "operationName",
                                json_tree_member(row, SLICE("Operation_name")));
    /* A configuration on an interface is shown under the interface's type. */
    bool tap = slice_find_nocase(display, SLICE("tap config")) >= 0 &&
               slice_find_nocase(type, SLICE("tapConfigurations")) < 0;
    return !json_object_set_new(row, "operationName",
                                json_sprintf("%.*s%s/%s", (int)type.length, type.data,
                                             tap ? "/tapConfigurations" : "",
                                             verb_of(display)));
}

/* --- GCP ------------------------------------------------------------------------- */

#define BQ "protopayload_auditlog "

static const struct reshape_row bigquery[] = {
    {BQ "requestJson", "protopayload_auditlog request", RESHAPE_PARSE},
    {BQ "responseJson", "protopayload_auditlog response", RESHAPE_PARSE},
    {BQ "metadataJson", "protopayload_auditlog metadata", RESHAPE_PARSE},
    {BQ "serviceDataJson", "protopayload_auditlog serviceData", RESHAPE_PARSE},
    {"protopayload_auditlog", "protoPayload", RESHAPE_COPY},
};

/* A CSV cannot nest: who exports one names the columns so, or alike. */
#define FLAT "protopayload_auditlog_"

static const struct reshape_row bigquery_flat[] = {
    {FLAT "methodName", "protoPayload methodName", RESHAPE_COPY},
    {FLAT "serviceName", "protoPayload serviceName", RESHAPE_COPY},
    {FLAT "resourceName", "protoPayload resourceName", RESHAPE_COPY},
    {FLAT "authenticationInfo_principalEmail",
     "protoPayload authenticationInfo principalEmail", RESHAPE_COPY},
    {FLAT "authenticationInfo_principalSubject",
     "protoPayload authenticationInfo principalSubject", RESHAPE_COPY},
    {FLAT "authenticationInfo_serviceAccountKeyName",
     "protoPayload authenticationInfo serviceAccountKeyName", RESHAPE_COPY},
    {FLAT "requestMetadata_callerIp", "protoPayload requestMetadata callerIp",
     RESHAPE_COPY},
    {FLAT "requestMetadata_callerSuppliedUserAgent",
     "protoPayload requestMetadata callerSuppliedUserAgent", RESHAPE_COPY},
    {FLAT "requestJson", "protoPayload request", RESHAPE_PARSE},
    {FLAT "responseJson", "protoPayload response", RESHAPE_PARSE},
    {FLAT "status_code", "protoPayload status code", RESHAPE_COPY},
    {"resource_labels_project_id", "resource labels project_id", RESHAPE_COPY},
    {"resource_labels_location", "resource labels location", RESHAPE_COPY},
    {"resource_labels_region", "resource labels region", RESHAPE_COPY},
    {"operation_id", "operation id", RESHAPE_COPY},
    {"operation_first", "operation first", RESHAPE_COPY},
    {"operation_last", "operation last", RESHAPE_COPY},
    {"unknown", RESHAPED_OUTCOME, RESHAPE_TEXT},
};

/* --- the LogScale query's own result ---------------------------------------------- */

#define SUMMARY_TIME(to)                                                               \
    {"_time", to, RESHAPE_COPY},                                                       \
    {                                                                                  \
        "@timestamp", to, RESHAPE_COPY                                                 \
    }

static const struct reshape_row summary_aws[] = {
    SUMMARY_TIME("eventTime"),
    {"ResolvedEventName", "eventName", RESHAPE_COPY},
    {"ActorIdentity", "userIdentity arn", RESHAPE_COPY},
    {"SourceIP", "sourceIPAddress", RESHAPE_COPY},
    {"unknown", RESHAPED_OUTCOME, RESHAPE_TEXT},
};

static const struct reshape_row summary_azure[] = {
    SUMMARY_TIME("time"),
    {"ResolvedEventName", "operationName", RESHAPE_COPY},
    {"ActorIdentity", "caller", RESHAPE_COPY},
    {"SourceIP", "callerIpAddress", RESHAPE_COPY},
    {"Administrative", "category", RESHAPE_TEXT},
};

static const struct reshape_row summary_gcp[] = {
    SUMMARY_TIME("timestamp"),
    {"ResolvedEventName", "protoPayload methodName", RESHAPE_COPY},
    {"ActorIdentity", "protoPayload authenticationInfo principalEmail", RESHAPE_COPY},
    {"SourceIP", "protoPayload requestMetadata callerIp", RESHAPE_COPY},
    {"unknown", RESHAPED_OUTCOME, RESHAPE_TEXT},
};

/* EC2 alone has operations of such a name: a row that does not say may be read so. */
static void assume_ec2(json_t *row, struct slice name)
{
    if (slice_find_nocase(name, SLICE("TrafficMirror")) >= 0 &&
        slice_blank(text_of(row, "eventSource")))
        json_object_set_new(row, "eventSource", json_string("ec2.amazonaws.com"));
}

static bool prepare_selection(json_t *row)
{
    assume_ec2(row, text_of(row, "eventName"));
    /* A record of CloudTrail has this, be it empty. */
    if (json_tree_is_empty(json_tree_member(row, SLICE("userIdentity"))))
        json_object_set_new(row, "userIdentity", json_object());
    return true;
}

static bool prepare_console(json_t *row)
{
    return prepare_selection(row) && reshape_resources(row);
}

static bool is_mirror_name(json_t *row)
{
    return slice_find_nocase(text_of(row, "eventName"), SLICE("TrafficMirror")) >= 0 &&
           prepare_selection(row);
}

static bool resolves_to_azure(json_t *row)
{
    return slice_index(text_of(row, "ResolvedEventName"), '/') > 0;
}

static bool resolves_to_gcp(json_t *row)
{
    return slice_find_nocase(text_of(row, "ResolvedEventName"),
                             SLICE("packetMirroring")) >= 0;
}

static bool resolves_to_aws(json_t *row)
{
    assume_ec2(row, text_of(row, "ResolvedEventName"));
    return prepare_selection(row);
}

#define SELECTION RESHAPE_ROWS(selection), .name = "cloudtrail-columns"
#define SUMMARY(rows) RESHAPE_ROWS(rows), .name = "logscale-summary", .note = summary
#define SENTINEL RESHAPE_ROWS(sentinel), .name = "sentinel-cloudtrail"

static const char summary[] = "summary rows of a query, no raw records: outcome and "
                              "what was mirrored are not known";

const struct reshape_form reshape_tables[RESHAPE_TABLES] = {
    {SUMMARY(summary_azure), .marks = {"ResolvedEventName"},
     .prepare = resolves_to_azure},
    {SUMMARY(summary_gcp), .marks = {"ResolvedEventName"}, .prepare = resolves_to_gcp},
    {SUMMARY(summary_aws), .marks = {"ResolvedEventName"}, .prepare = resolves_to_aws},
    {RESHAPE_ROWS(console), .name = "cloudtrail-console",
     .marks = {"Event_name", "Event_source"}, .prepare = prepare_console},
    {SENTINEL, .marks = {"AwsEventId", "EventName"}},
    {SENTINEL, .marks = {"UserIdentityArn", "EventName"}},
    {RESHAPE_ROWS(activity), .name = "azure-activity-table",
     .marks = {"OperationNameValue"}},
    {RESHAPE_ROWS(portal), .name = "azure-activity-portal",
     .marks = {"Event_initiated_by", "Operation_name"}, .prepare = prepare_portal},
    {RESHAPE_ROWS(bigquery), .name = "gcp-audit-bigquery",
     .marks = {"protopayload_auditlog methodName"}},
    {RESHAPE_ROWS(bigquery_flat), .name = "gcp-audit-bigquery",
     .marks = {"protopayload_auditlog_methodName"}},
};

/* Told by little: tried after all others. */
const struct reshape_form reshape_selections[RESHAPE_SELECTIONS] = {
    {SELECTION, .marks = {"eventName", "userIdentity"}, .prepare = prepare_selection},
    {SELECTION, .marks = {"eventName", "sourceIPAddress"},
     .prepare = prepare_selection},
    {SELECTION, .marks = {"eventName", "awsRegion"}, .prepare = prepare_selection},
    {SELECTION, .marks = {"eventName", "recipientAccountId"},
     .prepare = prepare_selection},
    {SELECTION, .marks = {"eventName"}, .prepare = is_mirror_name},
};
