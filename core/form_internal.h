/*
 * form_internal.h - what the files behind form.h share: the slots of the one
 * projection, the row of the table of forms, and small readers of slots.
 *
 * Adding a form of JSON: its paths go into FORM_PATHS, a row into the table in
 * form.c, its extraction into the file of its provider.  Adding a form of text
 * lines: see core/device_line.h.
 */
#ifndef CORE_FORM_INTERNAL_H
#define CORE_FORM_INTERNAL_H

#include "core/form.h"

/*
 * X(slot, path).  Paths as in json_scan.h: keys separated by one blank.  A slot
 * may have several paths where forms name the same thing differently and never
 * both at once: FORM_MORE_PATHS.
 *
 * Shared by CloudTrail and ActionTrail, which has the same names.
 */
#define FORM_PATHS(X)                                                                  \
    X(SLOT_EVENT_NAME, "eventName")                                                    \
    X(SLOT_EVENT_TIME, "eventTime")                                                    \
    X(SLOT_EVENT_SOURCE, "eventSource")                                                \
    X(SLOT_EVENT_TYPE, "eventType")                                                    \
    X(SLOT_EVENT_ID, "eventID")                                                        \
    X(SLOT_SHARED_EVENT_ID, "sharedEventID")                                           \
    X(SLOT_REQUEST_ID, "requestID")                                                    \
    X(SLOT_AWS_REGION, "awsRegion")                                                    \
    X(SLOT_SOURCE_ADDRESS, "sourceIPAddress")                                          \
    X(SLOT_USER_AGENT, "userAgent")                                                    \
    X(SLOT_ERROR_CODE, "errorCode")                                                    \
    X(SLOT_RECIPIENT_ACCOUNT, "recipientAccountId")                                    \
    X(SLOT_CONSOLE_LOGIN, "responseElements ConsoleLogin")                             \
    X(SLOT_ISSUED, "responseElements credentials accessKeyId")                         \
    X(SLOT_USER, "userIdentity")                                                       \
    X(SLOT_USER_TYPE, "userIdentity type")                                             \
    X(SLOT_USER_ARN, "userIdentity arn")                                               \
    X(SLOT_USER_PRINCIPAL, "userIdentity principalId")                                 \
    X(SLOT_USER_ACCOUNT, "userIdentity accountId")                                     \
    X(SLOT_USER_KEY, "userIdentity accessKeyId")                                       \
    X(SLOT_USER_NAME, "userIdentity userName")                                         \
    X(SLOT_USER_INVOKED_BY, "userIdentity invokedBy")                                  \
    X(SLOT_USER_ON_BEHALF_OF, "userIdentity onBehalfOf userId")                        \
    X(SLOT_USER_ISSUER, "userIdentity sessionContext sessionIssuer arn")               \
    X(SLOT_USER_SOURCE_IDENTITY, "userIdentity sessionContext sourceIdentity")         \
    X(SLOT_USER_MFA, "userIdentity sessionContext attributes mfaAuthenticated")        \
    X(SLOT_EVENT_VERSION, "eventVersion")                                              \
    /* of a copy in canonical shape: RESHAPED_OUTCOME */                               \
    X(SLOT_TOLD_OUTCOME, "@outcome")                                                   \
    /* keys that only records with paths for keys have */                              \
    X(SLOT_FLAT, "@timestamp")                                                         \
    /* ActionTrail */                                                                  \
    X(SLOT_ACS_REGION, "acsRegion")                                                    \
    X(SLOT_SERVICE_NAME, "serviceName")                                                \
    /* the original text beside the fields of a record: unfold_rows.c has the rows */  \
    X(SLOT_ORIGINAL, "CloudTrailEvent")                                                \
    /* what looks like CloudTrail and is none */                                       \
    X(SLOT_INSIGHT_DETAILS, "insightDetails")                                          \
    X(SLOT_DIGEST_OBJECT, "digestS3Object")                                            \
    X(SLOT_DIGEST_START, "digestStartTime")                                            \
    X(SLOT_DIGEST_FILES, "logFiles")                                                   \
    X(SLOT_S3, "s3")                                                                   \
    X(SLOT_S3_OBJECT_KEY, "s3ObjectKey")                                               \
    X(SLOT_STATE_SESSIONS, "TrafficMirrorSessions")                                    \
    X(SLOT_STATE_TARGETS, "TrafficMirrorTargets")                                      \
    X(SLOT_STATE_FILTERS, "TrafficMirrorFilters")                                      \
    X(SLOT_STATE_LINKS, "mirroringDeployments")                                        \
    X(SLOT_STATE_NAME, "name")                                                         \
    X(SLOT_KIND, "kind")                                                               \
    X(SLOT_TYPE, "type")                                                               \
    /* Azure Activity Log */                                                           \
    X(SLOT_OPERATION_NAME, "operationName")                                            \
    X(SLOT_SDK_OPERATION_NAME, "operation_name")                                       \
    X(SLOT_OPERATION_VALUE, "operationName value")                                     \
    X(SLOT_TIME, "time")                                                               \
    X(SLOT_RESOURCE_ID, "resourceId")                                                  \
    X(SLOT_CORRELATION_ID, "correlationId")                                            \
    X(SLOT_OPERATION_ID, "operationId")                                                \
    X(SLOT_EVENT_DATA_ID, "eventDataId")                                               \
    X(SLOT_CATEGORY, "category")                                                       \
    X(SLOT_CALLER, "caller")                                                           \
    X(SLOT_CALLER_ADDRESS, "callerIpAddress")                                          \
    X(SLOT_CLIENT_ADDRESS, "httpRequest clientIpAddress")                              \
    X(SLOT_RESULT, "resultType")                                                       \
    X(SLOT_RESULT_DETAIL, "resultSignature")                                           \
    X(SLOT_STATUS_WORD, "status")                                                      \
    X(SLOT_STATUS_DETAIL, "subStatus")                                                 \
    X(SLOT_PHASE, "properties eventName")                                              \
    X(SLOT_STATUS_CODE, "properties statusCode")                                       \
    X(SLOT_STATUS_MESSAGE, "properties statusMessage")                                 \
    X(SLOT_RESOURCE_GROUP, "resourceGroupName")                                        \
    X(SLOT_SUBSCRIPTION, "subscriptionId")                                             \
    X(SLOT_RESOURCE_PROVIDER, "resourceProviderName value")                            \
    X(SLOT_AUTHORIZED_ACTION, "authorization action")                                  \
    X(SLOT_CLAIMS, "claims")                                                           \
    X(SLOT_CLAIM_UPN,                                                                  \
      "claims http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn")              \
    X(SLOT_CLAIM_EMAIL,                                                                \
      "claims http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress")     \
    X(SLOT_CLAIM_OBJECT_ID,                                                            \
      "claims http://schemas.microsoft.com/identity/claims/objectidentifier")          \
    X(SLOT_CLAIM_NAME, "claims name")                                                  \
    X(SLOT_CLAIM_APP, "claims appid")                                                  \
    X(SLOT_CLAIM_TYPE, "claims idtyp")                                                 \
    X(SLOT_CLAIM_TOKEN, "claims uti")                                                  \
    X(SLOT_CLAIM_ADDRESS, "claims ipaddr")                                             \
    X(SLOT_CLAIM_MANAGED, "claims xms_mirid")                                          \
    X(SLOT_EVIDENCE_PRINCIPAL, "identity authorization evidence principalId")          \
    X(SLOT_EVIDENCE_TYPE, "identity authorization evidence principalType")             \
    /* Entra ID: what tells its records; they are read by provider_entra.c's own */    \
    X(SLOT_ENTRA_CREATED, "createdDateTime")                                           \
    X(SLOT_ENTRA_ADDRESS, "ipAddress")                                                 \
    X(SLOT_ENTRA_ACTIVITY, "activityDisplayName")                                      \
    /* GCP Cloud Audit Logs */                                                         \
    X(SLOT_PROTO, "protoPayload")                                                      \
    X(SLOT_PROTO_TYPE, "protoPayload @type")                                           \
    X(SLOT_PROTO_SERVICE, "protoPayload serviceName")                                  \
    X(SLOT_PROTO_METHOD, "protoPayload methodName")                                    \
    X(SLOT_PROTO_RESOURCE, "protoPayload resourceName")                                \
    X(SLOT_PROTO_EMAIL, "protoPayload authenticationInfo principalEmail")              \
    X(SLOT_PROTO_SUBJECT, "protoPayload authenticationInfo principalSubject")          \
    X(SLOT_PROTO_KEY, "protoPayload authenticationInfo serviceAccountKeyName")         \
    X(SLOT_PROTO_RESPONSE_NAME, "protoPayload response name")                          \
    X(SLOT_PROTO_DELEGATE_EMAIL,                                                       \
      "protoPayload authenticationInfo serviceAccountDelegationInfo * "                \
      "firstPartyPrincipal principalEmail")                                            \
    X(SLOT_PROTO_DELEGATE_SUBJECT,                                                     \
      "protoPayload authenticationInfo serviceAccountDelegationInfo * "                \
      "principalSubject")                                                              \
    X(SLOT_PROTO_AUTHORIZATION, "protoPayload authorizationInfo")                      \
    X(SLOT_PROTO_ADDRESS, "protoPayload requestMetadata callerIp")                     \
    X(SLOT_PROTO_AGENT, "protoPayload requestMetadata callerSuppliedUserAgent")        \
    X(SLOT_PROTO_RESULT, "protoPayload status")                                        \
    X(SLOT_PROTO_STATUS, "protoPayload status code")                                   \
    X(SLOT_PROTO_REQUEST_NAME, "protoPayload request name")                            \
    X(SLOT_PROTO_LOCATION, "protoPayload resourceLocation currentLocations *")         \
    X(SLOT_LABEL_PROJECT, "resource labels project_id")                                \
    X(SLOT_LABEL_REGION, "resource labels region")                                     \
    X(SLOT_LABEL_LOCATION, "resource labels location")                                 \
    X(SLOT_LABEL_ZONE, "resource labels zone")                                         \
    X(SLOT_LOG_NAME, "logName")                                                        \
    X(SLOT_INSERT_ID, "insertId")                                                      \
    X(SLOT_TIMESTAMP, "timestamp")                                                     \
    X(SLOT_RECEIVED, "receiveTimestamp")                                               \
    X(SLOT_LONG_ID, "operation id")                                                    \
    X(SLOT_LONG_FIRST, "operation first")                                              \
    X(SLOT_LONG_LAST, "operation last")                                                \
    /* OCI Audit */                                                                    \
    X(SLOT_OCI_ID, "id")                                                               \
    X(SLOT_OCI_EVENT, "data eventName")                                                \
    X(SLOT_OCI_GROUPING, "data eventGroupingId")                                       \
    X(SLOT_OCI_COMPARTMENT, "data compartmentName")                                    \
    X(SLOT_OCI_COMPARTMENT_ID, "data compartmentId")                                   \
    X(SLOT_OCI_RESOURCE, "data resourceName")                                          \
    X(SLOT_OCI_RESOURCE_ID, "data resourceId")                                         \
    X(SLOT_OCI_PRINCIPAL, "data identity principalName")                               \
    X(SLOT_OCI_PRINCIPAL_ID, "data identity principalId")                              \
    X(SLOT_OCI_CALLER, "data identity callerName")                                     \
    X(SLOT_OCI_AUTH_TYPE, "data identity authType")                                    \
    X(SLOT_OCI_TENANT, "data identity tenantId")                                       \
    X(SLOT_OCI_ADDRESS, "data identity ipAddress")                                     \
    X(SLOT_OCI_AGENT, "data identity userAgent")                                       \
    X(SLOT_OCI_CREDENTIAL, "data identity credentials")                                \
    X(SLOT_OCI_REQUEST, "data request id")                                             \
    X(SLOT_OCI_STATUS, "data response status")                                         \
    X(SLOT_OCI_MESSAGE, "data response message")                                       \
    /* Huawei Cloud Trace Service */                                                   \
    X(SLOT_TRACE_NAME, "trace_name")                                                   \
    X(SLOT_TRACE_ID, "trace_id")                                                       \
    X(SLOT_TRACE_RATING, "trace_rating")                                               \
    X(SLOT_TRACE_SERVICE, "service_type")                                              \
    X(SLOT_TRACE_ADDRESS, "source_ip")                                                 \
    X(SLOT_TRACE_CODE, "code")                                                         \
    X(SLOT_TRACE_PROJECT, "project_id")                                                \
    X(SLOT_SNAKE_RESOURCE_ID, "resource_id")                                           \
    X(SLOT_TRACE_RESOURCE, "resource_name")                                            \
    X(SLOT_TRACE_REQUEST, "request_id")                                                \
    X(SLOT_TRACE_AGENT, "user_agent")                                                  \
    X(SLOT_TRACE_USER, "user")                                                         \
    /* journald */                                                                     \
    X(SLOT_JOURNAL_TIME, "__REALTIME_TIMESTAMP")                                       \
    X(SLOT_JOURNAL_MESSAGE, "MESSAGE")                                                 \
    X(SLOT_JOURNAL_HOST, "_HOSTNAME")                                                  \
    X(SLOT_JOURNAL_TAG, "SYSLOG_IDENTIFIER")

/* Other names of the same thing. */
#define FORM_MORE_PATHS(X)                                                             \
    X(SLOT_STATE_LINKS, "mirroringDeploymentGroups")                                   \
    X(SLOT_STATE_LINKS, "mirroringEndpointGroups")                                     \
    X(SLOT_STATE_LINKS, "mirroringEndpointGroupAssociations")                          \
    X(SLOT_STATE_LINKS, "securityProfiles")                                            \
    X(SLOT_STATE_LINKS, "securityProfileGroups")                                       \
    X(SLOT_ORIGINAL, "@rawstring")                                                     \
    X(SLOT_ORIGINAL, "_raw")                                                           \
    X(SLOT_ORIGINAL, "event original")                                                 \
    X(SLOT_ORIGINAL, "event.original")                                                 \
    X(SLOT_ORIGINAL, "@message")                                                       \
    X(SLOT_FLAT, "_time")                                                              \
    X(SLOT_FLAT, "userIdentity.type")                                                  \
    X(SLOT_FLAT, "userIdentity.arn")                                                   \
    X(SLOT_FLAT, "userIdentity.principalId")                                           \
    X(SLOT_FLAT, "userIdentity.accountId")                                             \
    X(SLOT_FLAT, "userIdentity.userName")                                              \
    X(SLOT_FLAT, "userIdentity.invokedBy")                                             \
    X(SLOT_FLAT, "identity.claims.appid")                                              \
    X(SLOT_FLAT, "claims.appid")                                                       \
    X(SLOT_FLAT, "operationName.value")                                                \
    X(SLOT_FLAT, "protoPayload.methodName")                                            \
    X(SLOT_FLAT, "protopayload_auditlog")                                              \
    X(SLOT_FLAT, "protoPayload.serviceName")                                           \
    X(SLOT_EVENT_ID, "eventId")                                                        \
    X(SLOT_REQUEST_ID, "requestId")                                                    \
    X(SLOT_SOURCE_ADDRESS, "sourceIpAddress")                                          \
    X(SLOT_ISSUED, "responseElements accessKey accessKeyId")                           \
    X(SLOT_OPERATION_VALUE, "operation_name value")                                    \
    X(SLOT_TIME, "eventTimestamp")                                                     \
    X(SLOT_TIME, "event_timestamp")                                                    \
    X(SLOT_CORRELATION_ID, "correlation_id")                                           \
    X(SLOT_OPERATION_ID, "operation_id")                                               \
    X(SLOT_EVENT_DATA_ID, "event_data_id")                                             \
    X(SLOT_CLIENT_ADDRESS, "http_request client_ip_address")                           \
    X(SLOT_RESULT, "status value")                                                     \
    X(SLOT_RESULT_DETAIL, "subStatus value")                                           \
    X(SLOT_RESULT_DETAIL, "sub_status value")                                          \
    X(SLOT_PHASE, "eventName value")                                                   \
    X(SLOT_PHASE, "event_name value")                                                  \
    X(SLOT_RESOURCE_GROUP, "resource_group_name")                                      \
    X(SLOT_SUBSCRIPTION, "subscription_id")                                            \
    X(SLOT_RESOURCE_PROVIDER, "resource_provider_name value")                          \
    X(SLOT_CLAIM_UPN,                                                                  \
      "identity claims http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn")     \
    X(SLOT_CLAIM_EMAIL,                                                                \
      "identity claims "                                                               \
      "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress")            \
    X(SLOT_CLAIM_OBJECT_ID,                                                            \
      "identity claims http://schemas.microsoft.com/identity/claims/objectidentifier") \
    X(SLOT_CLAIM_NAME, "identity claims name")                                         \
    X(SLOT_CLAIM_APP, "identity claims appid")                                         \
    X(SLOT_CLAIM_TYPE, "identity claims idtyp")                                        \
    X(SLOT_CLAIM_TOKEN, "identity claims uti")                                         \
    X(SLOT_CLAIM_ADDRESS, "identity claims ipaddr")                                    \
    X(SLOT_CLAIM_MANAGED, "identity claims xms_mirid")                                 \
    X(SLOT_CLAIMS, "identity claims")                                                  \
    X(SLOT_AUTHORIZED_ACTION, "identity authorization action")                         \
    X(SLOT_ENTRA_ACTIVITY, "properties activityDisplayName")                           \
    X(SLOT_PROTO_DELEGATE_SUBJECT,                                                     \
      "protoPayload authenticationInfo serviceAccountDelegationInfo * "                \
      "thirdPartyPrincipal thirdPartyClaims sub")

/* The first slots belong to the framer's envelopes. */
enum form_slot {
    SLOT_BEFORE_FIRST = FRAME_SLOT_COUNT - 1,
#define X(slot, path) slot,
    FORM_PATHS(X)
#undef X
        FORM_SLOT_COUNT
};

struct device_contexts; /* core/device_context.h: sub-modes of device command lines */
struct line_state;      /* core/line_state.h: what lines tell about later ones */

/* What a normaliser knows between two records, beside the orders that stamps showed. */
struct normaliser_joint {
    bool has_neighbour;
    int64_t neighbour_us;
    enum date_order date_order;
    uint64_t devices, lines; /* how often each has changed */
};

/* What is carried from one record to the next must be in normaliser_begin_as, and what
 * another record may read of it in the joint. */
struct normaliser {
    struct arena arena; /* reset with each record */
    struct time_hint hint;
    /* By date_order: some stamp of the source showed it. */
    bool shown_order[DATE_ORDER_MONTH_FIRST + 1];
    struct device_contexts *devices; /* of the present source */
    struct line_state *lines;        /* of the present source */
    struct normaliser_joint begun;   /* of a part of a source */
    /* In the part: a stamp told the year of its neighbours; one that had none asked. */
    bool year_told, year_asked;
    /* Huawei writes `user` as an object or as that object's JSON text. */
    struct json_projection *huawei_user;
    struct json_projection *entra; /* of Entra ID's records, which are scanned again */
};

/* One record on its way into an event. */
struct form_record {
    struct normaliser *normaliser;
    const struct json_slot *slots;
    struct event *event;
    struct slice bytes; /* the record itself */
};

struct form {
    const char *name;   /* what FIELD_FORM says */
    const char *reason; /* of a form that is known and skipped, else NULL */
    enum provider provider;
    bool (*fits)(const struct json_slot *slots);
    enum record_class (*fill)(const struct form_record *record, const char **reason);
};

/* Whether a form fits, of events or of what is known and skipped. */
bool form_fits(const struct json_slot *slots);

/* ---- readers of slots ---- */

/* A string or number with at least one byte; containers, null and "" are absent. */
struct slice form_text(const struct form_record *record, enum form_slot slot);
/* The first of them that has text. */
struct slice form_first_text(const struct form_record *record,
                             const enum form_slot *slots, size_t count);
static inline void form_set(const struct form_record *record, enum event_field field,
                            enum form_slot slot)
{
    record->event->text[field] = form_text(record, slot);
}
static inline bool form_is_string(const struct json_slot *slots, enum form_slot slot)
{
    return slots[slot].type == VALUE_STRING && slots[slot].text.length;
}
/* true, or a text that says so. */
static inline bool form_is_true(const struct json_slot *slots, enum form_slot slot)
{
    return slots[slot].type == VALUE_TRUE ||
           (slots[slot].type == VALUE_STRING &&
            slice_equal_nocase(slots[slot].text, SLICE("true")));
}
static inline bool form_is(const struct json_slot *slots, enum form_slot slot,
                           enum json_type type)
{
    return slots[slot].type == type;
}

/*
 * The time and, where timestamp_format would not give the text back, the text.
 * An unreadable time leaves the event undated: the act is still evidence.
 */
void form_set_time(struct event *event, struct slice text, int status,
                   struct time_value value);
void form_set_iso_time(const struct form_record *record, struct slice text);
/* source_ip from an address (a port is cut off), else source_text as written. */
void form_set_address(struct event *event, struct slice text);
/*
 * What a copy in canonical shape tells of the outcome where it has no error; success of
 * any other record.  complete: the record has what every whole one has, or a place for
 * errors, so that none means success.
 */
enum outcome form_outcome_without_error(const struct json_slot *slots, bool complete);
/* The path segment after `key`, ASCII case ignored: ("/regions/") of a name. */
struct slice form_segment(struct slice path, struct slice key);
/* ASCII lower case, copied only where it must be. */
struct slice form_lower(struct arena *arena, struct slice text);

/* ---- one function per form ---- */

bool cloudtrail_is_digest(const struct json_slot *slots);
bool cloudtrail_is_insight(const struct json_slot *slots);
bool cloudtrail_is_pointer(const struct json_slot *slots);
bool cloudtrail_fits(const struct json_slot *slots);
enum record_class cloudtrail_fill(const struct form_record *record,
                                  const char **reason);

bool azure_activity_fits(const struct json_slot *slots);
bool azure_rest_fits(const struct json_slot *slots);
bool azure_sdk_fits(const struct json_slot *slots);
enum record_class azure_fill(const struct form_record *record, const char **reason);

bool entra_sign_in_fits(const struct json_slot *slots);
enum record_class entra_sign_in_fill(const struct form_record *record,
                                     const char **reason);
bool entra_audit_fits(const struct json_slot *slots);
enum record_class entra_audit_fill(const struct form_record *record,
                                   const char **reason);
/* The projection of the two for their records. */
struct json_projection *entra_projection(struct error *error);

bool gcp_audit_fits(const struct json_slot *slots);
bool gcp_is_other_log(const struct json_slot *slots);
enum record_class gcp_fill(const struct form_record *record, const char **reason);

bool oci_audit_fits(const struct json_slot *slots);
enum record_class oci_fill(const struct form_record *record, const char **reason);

bool alibaba_fits(const struct json_slot *slots);
enum record_class alibaba_fill(const struct form_record *record, const char **reason);

bool huawei_fits(const struct json_slot *slots);
enum record_class huawei_fill(const struct form_record *record, const char **reason);
/* The projection of huawei_fill's own for `user`. */
struct json_projection *huawei_user_projection(struct error *error);

/* journalctl -o json: an envelope around a text line (core/device_line.h). */
bool journald_fits(const struct json_slot *slots);
enum record_class journald_fill(const struct form_record *record, const char **reason);

#endif
