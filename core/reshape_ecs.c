/*
 * The Elastic Common Schema: Elastic's integrations and Falcon LogScale's parsers
 * (CPS), where the original text is not in the export.  Names: the expected events of
 * elastic/integrations (aws, azure, gcp); LogScale's parsers keep the original fields
 * beside these, under "Vendor.", which win.
 */
#include "config.h"

#include "core/reshape_internal.h"

#define USER "aws cloudtrail user_identity "
#define ISSUER USER "session_context session_issuer "
#define TO_ISSUER "userIdentity sessionContext sessionIssuer "

static const struct reshape_row aws[] = {
    {"@timestamp", "eventTime", RESHAPE_COPY},
    {"event action", "eventName", RESHAPE_COPY},
    {"event provider", "eventSource", RESHAPE_COPY},
    {"event id", "eventID", RESHAPE_COPY},
    {"event outcome", RESHAPED_OUTCOME, RESHAPE_COPY},
    {"cloud region", "awsRegion", RESHAPE_COPY},
    {"aws cloudtrail recipient_account_id", "recipientAccountId", RESHAPE_COPY},
    {"cloud account id", "recipientAccountId", RESHAPE_COPY},
    {"source address", "sourceIPAddress", RESHAPE_COPY},
    {"source ip", "sourceIPAddress", RESHAPE_COPY},
    {"source domain", "sourceIPAddress", RESHAPE_COPY},
    {"user_agent original", "userAgent", RESHAPE_COPY},
    {"aws cloudtrail error_code", "errorCode", RESHAPE_COPY},
    {"aws cloudtrail error_message", "errorMessage", RESHAPE_COPY},
    {"error code", "errorCode", RESHAPE_COPY},
    {"error message", "errorMessage", RESHAPE_COPY},
    {"aws cloudtrail event_version", "eventVersion", RESHAPE_COPY},
    {"aws cloudtrail event_type", "eventType", RESHAPE_COPY},
    {"aws cloudtrail request_id", "requestID", RESHAPE_COPY},
    {"aws cloudtrail shared_event_id", "sharedEventID", RESHAPE_COPY},
    {"aws cloudtrail flattened request_parameters", "requestParameters", RESHAPE_COPY},
    {"aws cloudtrail request_parameters", "requestParameters", RESHAPE_PARSE},
    {"aws cloudtrail flattened response_elements", "responseElements", RESHAPE_COPY},
    {"aws cloudtrail response_elements", "responseElements", RESHAPE_PARSE},
    {USER "type", "userIdentity type", RESHAPE_COPY},
    {USER "arn", "userIdentity arn", RESHAPE_COPY},
    {USER "access_key_id", "userIdentity accessKeyId", RESHAPE_COPY},
    {USER "invoked_by", "userIdentity invokedBy", RESHAPE_COPY},
    {USER "session_context mfa_authenticated",
     "userIdentity sessionContext attributes mfaAuthenticated", RESHAPE_COPY},
    {USER "session_context creation_date",
     "userIdentity sessionContext attributes creationDate", RESHAPE_COPY},
    {ISSUER "type", TO_ISSUER "type", RESHAPE_COPY},
    {ISSUER "arn", TO_ISSUER "arn", RESHAPE_COPY},
    {ISSUER "principal_id", TO_ISSUER "principalId", RESHAPE_COPY},
    {ISSUER "account_id", TO_ISSUER "accountId", RESHAPE_COPY},
    {"user id", "userIdentity principalId", RESHAPE_COPY},
    {"user name", "userIdentity userName", RESHAPE_COPY},
    {"unknown", RESHAPED_OUTCOME, RESHAPE_TEXT},
};

#define ACTIVITY "azure activitylogs "
#define CLAIMS ACTIVITY "identity claims "
#define UPN "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn"

/* Dots in the names of claims have become `_`. */
static const struct reshape_row azure[] = {
    {"@timestamp", "time", RESHAPE_COPY},
    {ACTIVITY "operation_name", "operationName", RESHAPE_COPY},
    {"event action", "operationName", RESHAPE_COPY},
    {ACTIVITY "result_type", "resultType", RESHAPE_COPY},
    {"event outcome", "resultType", RESHAPE_COPY},
    {ACTIVITY "result_signature", "resultSignature", RESHAPE_COPY},
    {ACTIVITY "category", "category", RESHAPE_COPY},
    {ACTIVITY "event_data_id", "eventDataId", RESHAPE_COPY},
    {ACTIVITY "operation_id", "operationId", RESHAPE_COPY},
    {ACTIVITY "caller", "caller", RESHAPE_COPY},
    {ACTIVITY "properties", "properties", RESHAPE_PARSE},
    {"azure correlation_id", "correlationId", RESHAPE_COPY},
    {"azure resource id", "resourceId", RESHAPE_COPY},
    {"azure resource group", "resourceGroupName", RESHAPE_COPY},
    {"azure subscription_id", "subscriptionId", RESHAPE_COPY},
    {"cloud account id", "subscriptionId", RESHAPE_COPY},
    {"source address", "callerIpAddress", RESHAPE_COPY},
    {"source ip", "callerIpAddress", RESHAPE_COPY},
    {CLAIMS "*claims/upn", "identity claims " UPN, RESHAPE_COPY},
    {CLAIMS "*claims/objectidentifier",
     "identity claims http://schemas.microsoft.com/identity/claims/objectidentifier",
     RESHAPE_COPY},
    {CLAIMS "*claims/emailaddress",
     "identity claims "
     "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress",
     RESHAPE_COPY},
    {CLAIMS "name", "identity claims name", RESHAPE_COPY},
    {CLAIMS "appid", "identity claims appid", RESHAPE_COPY},
    {CLAIMS "idtyp", "identity claims idtyp", RESHAPE_COPY},
    {CLAIMS "uti", "identity claims uti", RESHAPE_COPY},
    {CLAIMS "ipaddr", "identity claims ipaddr", RESHAPE_COPY},
    {ACTIVITY "identity claims_initiated_by_user name", "identity claims " UPN,
     RESHAPE_COPY},
    {ACTIVITY "identity authorization", "identity authorization", RESHAPE_COPY},
    {"user email", "identity claims " UPN, RESHAPE_COPY},
    {"user name", "identity claims name", RESHAPE_COPY},
};

#define AUDIT "gcp audit "

static const struct reshape_row gcp[] = {
    {"@timestamp", "timestamp", RESHAPE_COPY},
    {AUDIT "method_name", "protoPayload methodName", RESHAPE_COPY},
    {"event action", "protoPayload methodName", RESHAPE_COPY},
    {AUDIT "service_name", "protoPayload serviceName", RESHAPE_COPY},
    {"service name", "protoPayload serviceName", RESHAPE_COPY},
    {AUDIT "resource_name", "protoPayload resourceName", RESHAPE_COPY},
    {AUDIT "authentication_info principal_email",
     "protoPayload authenticationInfo principalEmail", RESHAPE_COPY},
    {AUDIT "authentication_info principal_subject",
     "protoPayload authenticationInfo principalSubject", RESHAPE_COPY},
    {"client user email", "protoPayload authenticationInfo principalEmail",
     RESHAPE_COPY},
    {"user email", "protoPayload authenticationInfo principalEmail", RESHAPE_COPY},
    {AUDIT "authorization_info", "protoPayload authorizationInfo", RESHAPE_COPY},
    {AUDIT "request_metadata caller_ip", "protoPayload requestMetadata callerIp",
     RESHAPE_COPY},
    {"source ip", "protoPayload requestMetadata callerIp", RESHAPE_COPY},
    {"client ip", "protoPayload requestMetadata callerIp", RESHAPE_COPY},
    {AUDIT "request_metadata caller_supplied_user_agent",
     "protoPayload requestMetadata callerSuppliedUserAgent", RESHAPE_COPY},
    {"user_agent original", "protoPayload requestMetadata callerSuppliedUserAgent",
     RESHAPE_COPY},
    {AUDIT "flattened request", "protoPayload request", RESHAPE_COPY},
    {AUDIT "request", "protoPayload request", RESHAPE_PARSE},
    {AUDIT "flattened response", "protoPayload response", RESHAPE_COPY},
    {AUDIT "response", "protoPayload response", RESHAPE_PARSE},
    {AUDIT "status code", "protoPayload status code", RESHAPE_COPY},
    {AUDIT "status message", "protoPayload status message", RESHAPE_COPY},
    {AUDIT "resource_location current_locations",
     "protoPayload resourceLocation currentLocations", RESHAPE_COPY},
    {AUDIT "type", "protoPayload @type", RESHAPE_COPY},
    {"event outcome", RESHAPED_OUTCOME, RESHAPE_COPY},
    {"event id", "insertId", RESHAPE_COPY},
    {"log logger", "logName", RESHAPE_COPY},
    {"cloud project id", "resource labels project_id", RESHAPE_COPY},
    {"cloud account id", "resource labels project_id", RESHAPE_COPY},
    {"cloud region", "resource labels location", RESHAPE_COPY},
    {"unknown", RESHAPED_OUTCOME, RESHAPE_TEXT},
};

#define AWS RESHAPE_ROWS(aws), .name = "ecs-aws"
#define AZURE RESHAPE_ROWS(azure), .name = "ecs-azure"
#define GCP RESHAPE_ROWS(gcp), .name = "ecs-gcp"

const struct reshape_form reshape_ecs[RESHAPE_ECS] = {
    {AWS, .marks = {"aws cloudtrail", "event action"}},
    {AZURE, .marks = {"azure activitylogs"}},
    {GCP, .marks = {"gcp audit"}},
    {AWS, .marks = {"event action", "event module=aws"}},
    {AWS, .marks = {"event action", "cloud provider=aws"}},
    {AWS, .marks = {"event action", "#Vendor=aws"}},
    {AZURE, .marks = {"event action", "event module=azure"}},
    {AZURE, .marks = {"event action", "cloud provider=azure"}},
    {AZURE, .marks = {"event action", "#Vendor=microsoft"}},
    {AZURE, .marks = {"event action", "#Vendor=azure"}},
    {GCP, .marks = {"event action", "event module=gcp"}},
    {GCP, .marks = {"event action", "cloud provider=gcp"}},
    {GCP, .marks = {"event action", "#Vendor=google"}},
    {GCP, .marks = {"event action", "#Vendor=gcp"}},
};
