/*
 * OCSF, as Security Lake and SIEMs export it: class 6003 is API Activity.  Names:
 * ocsf/examples, mappings of CloudTrail v1.1.0; Azure and GCP fill fewer of them.
 */
#include "config.h"

#include "core/reshape_internal.h"

static const struct reshape_row ocsf_aws[] = {
    {"api operation", "eventName", RESHAPE_COPY},
    {"api service name", "eventSource", RESHAPE_COPY},
    {"time_dt", "eventTime", RESHAPE_COPY},
    {"time", "eventTime", RESHAPE_COPY},
    {"metadata uid", "eventID", RESHAPE_COPY},
    {"metadata event_code", "eventType", RESHAPE_COPY},
    {"api request uid", "requestID", RESHAPE_COPY},
    {"cloud region", "awsRegion", RESHAPE_COPY},
    {"src_endpoint ip", "sourceIPAddress", RESHAPE_COPY},
    {"src_endpoint domain", "sourceIPAddress", RESHAPE_COPY},
    {"http_request user_agent", "userAgent", RESHAPE_COPY},
    {"api response error", "errorCode", RESHAPE_COPY},
    {"api response message", "errorMessage", RESHAPE_COPY},
    {"unmapped recipientAccountId", "recipientAccountId", RESHAPE_COPY},
    {"cloud account uid", "recipientAccountId", RESHAPE_COPY},
    {"unmapped sharedEventID", "sharedEventID", RESHAPE_COPY},
    {"actor user type", "userIdentity type", RESHAPE_COPY},
    {"actor user uid", "userIdentity arn", RESHAPE_COPY},
    {"actor user uid_alt", "userIdentity principalId", RESHAPE_COPY},
    {"actor user name", "userIdentity userName", RESHAPE_COPY},
    {"actor user account uid", "userIdentity accountId", RESHAPE_COPY},
    {"actor user account_uid", "userIdentity accountId", RESHAPE_COPY},
    {"actor user credential_uid", "userIdentity accessKeyId", RESHAPE_COPY},
    {"actor invoked_by", "userIdentity invokedBy", RESHAPE_COPY},
    {"actor session issuer", "userIdentity sessionContext sessionIssuer arn",
     RESHAPE_COPY},
    {"actor session is_mfa", "userIdentity sessionContext attributes mfaAuthenticated",
     RESHAPE_COPY},
    {"actor session mfa", "userIdentity sessionContext attributes mfaAuthenticated",
     RESHAPE_COPY},
    {"unmapped userIdentity sessionContext sourceIdentity",
     "userIdentity sessionContext sourceIdentity", RESHAPE_COPY},
    {"api request data", "requestParameters", RESHAPE_PARSE},
    {"api response data", "responseElements", RESHAPE_PARSE},
};

const struct reshape_form reshape_ocsf_aws = {
    .name = "ocsf-cloudtrail",
    .marks = {"class_uid", "api operation", "metadata product name=CloudTrail"},
    RESHAPE_ROWS(ocsf_aws),
};

static const struct reshape_row ocsf_azure[] = {
    {"api operation", "operationName", RESHAPE_COPY},
    {"time_dt", "eventTimestamp", RESHAPE_COPY},
    {"resources uid", "resourceId", RESHAPE_COPY},
    {"metadata correlation_uid", "correlationId", RESHAPE_COPY},
    {"api request uid", "correlationId", RESHAPE_COPY},
    {"metadata uid", "eventDataId", RESHAPE_COPY},
    {"cloud account uid", "subscriptionId", RESHAPE_COPY},
    {"src_endpoint ip", "callerIpAddress", RESHAPE_COPY},
    {"actor user email_addr", "caller", RESHAPE_COPY},
    {"actor user name", "caller", RESHAPE_COPY},
    {"actor user uid", "caller", RESHAPE_COPY},
    {"status", "resultType", RESHAPE_COPY},
    {"status_detail", "resultSignature", RESHAPE_COPY},
    {"api request data", "properties requestbody", RESHAPE_COPY},
    {"api response data", "properties responseBody", RESHAPE_COPY},
};

const struct reshape_form reshape_ocsf_azure = {
    .name = "ocsf-azure",
    .marks = {"class_uid", "api operation", "cloud provider=Azure"},
    RESHAPE_ROWS(ocsf_azure),
};

static const struct reshape_row ocsf_gcp[] = {
    {"api operation", "protoPayload methodName", RESHAPE_COPY},
    {"api service name", "protoPayload serviceName", RESHAPE_COPY},
    {"time_dt", "timestamp", RESHAPE_COPY},
    {"time", "timestamp", RESHAPE_COPY},
    {"metadata uid", "insertId", RESHAPE_COPY},
    {"metadata correlation_uid", "operation id", RESHAPE_COPY},
    {"resources name", "protoPayload resourceName", RESHAPE_COPY},
    {"resources uid", "protoPayload resourceName", RESHAPE_COPY},
    {"cloud project_uid", "resource labels project_id", RESHAPE_COPY},
    {"cloud region", "resource labels region", RESHAPE_COPY},
    {"actor user email_addr", "protoPayload authenticationInfo principalEmail",
     RESHAPE_COPY},
    {"actor user name", "protoPayload authenticationInfo principalEmail", RESHAPE_COPY},
    {"src_endpoint ip", "protoPayload requestMetadata callerIp", RESHAPE_COPY},
    {"http_request user_agent", "protoPayload requestMetadata callerSuppliedUserAgent",
     RESHAPE_COPY},
    {"api response code", "protoPayload status code", RESHAPE_COPY},
    {"api request data", "protoPayload request", RESHAPE_PARSE},
    {"api response data", "protoPayload response", RESHAPE_PARSE},
};

const struct reshape_form reshape_ocsf_gcp = {
    .name = "ocsf-gcp",
    .marks = {"class_uid", "api operation", "cloud provider=GCP"},
    RESHAPE_ROWS(ocsf_gcp),
};

const struct reshape_form reshape_ocsf_other = {
    .reason = "OCSF record that is no API activity of a known cloud",
    .marks = {"class_uid", "metadata"},
};
