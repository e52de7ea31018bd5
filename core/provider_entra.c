/*
 * Microsoft Entra ID: sign-in logs (of users, interactive or not, of service
 * principals and of managed identities) and audit logs.  As context: whose token it
 * is that the Activity Log shows.  A diagnostic record has the fields under
 * `properties`, Microsoft Graph has the same at the top.  Fields: Microsoft Graph,
 * "signIn resource type" and "directoryAudit resource type"; Microsoft, "Linkable
 * identifiers" (a sign-in's uniqueTokenIdentifier is the token's `uti` claim).
 *
 * Nothing of this is read in the one projection of all forms: it has its own, and its
 * records are scanned twice, so that no other record pays for it.
 */
#include "config.h"

#include "core/form_internal.h"

/* X(slot, name): the path is the name, and below `properties` the name again. */
#define ENTRA_NAMES(X)                                                                 \
    X(ENTRA_ID, "id")                                                                  \
    X(ENTRA_CREATED, "createdDateTime")                                                \
    X(ENTRA_DONE, "activityDateTime")                                                  \
    X(ENTRA_USER, "userPrincipalName")                                                 \
    X(ENTRA_USER_NAME, "userDisplayName")                                              \
    X(ENTRA_USER_ID, "userId")                                                         \
    X(ENTRA_APP, "appId")                                                              \
    X(ENTRA_APP_NAME, "appDisplayName")                                                \
    X(ENTRA_SERVICE, "servicePrincipalId")                                             \
    X(ENTRA_SERVICE_NAME, "servicePrincipalName")                                      \
    X(ENTRA_ADDRESS, "ipAddress")                                                      \
    X(ENTRA_AGENT, "userAgent")                                                        \
    X(ENTRA_TOKEN, "uniqueTokenIdentifier")                                            \
    X(ENTRA_ASKED_FOR, "authenticationRequirement")                                    \
    X(ENTRA_KIND, "signInEventTypes *")                                                \
    X(ENTRA_TARGET, "resourceDisplayName")                                             \
    X(ENTRA_TENANT, "resourceTenantId")                                                \
    X(ENTRA_CODE, "status errorCode")                                                  \
    X(ENTRA_ACTIVITY, "activityDisplayName")                                           \
    X(ENTRA_LOGGED_BY, "loggedByService")                                              \
    X(ENTRA_RESULT, "result")                                                          \
    X(ENTRA_RESULT_REASON, "resultReason")                                             \
    X(ENTRA_BY_USER, "initiatedBy user userPrincipalName")                             \
    X(ENTRA_BY_USER_NAME, "initiatedBy user displayName")                              \
    X(ENTRA_BY_USER_ID, "initiatedBy user id")                                         \
    X(ENTRA_BY_ADDRESS, "initiatedBy user ipAddress")                                  \
    X(ENTRA_BY_APP, "initiatedBy app displayName")                                     \
    X(ENTRA_BY_APP_ID, "initiatedBy app appId")                                        \
    X(ENTRA_BY_SERVICE, "initiatedBy app servicePrincipalId")                          \
    X(ENTRA_BY_SERVICE_NAME, "initiatedBy app servicePrincipalName")                   \
    X(ENTRA_ON_USER, "targetResources * userPrincipalName")                            \
    X(ENTRA_ON, "targetResources * displayName")                                       \
    X(ENTRA_ON_ID, "targetResources * id")

/* X(slot, path) beside the properties of a diagnostic record. */
#define ENTRA_OUTER(X)                                                                 \
    X(ENTRA_OUTER_OPERATION, "operationName")                                          \
    X(ENTRA_OUTER_TIME, "time")                                                        \
    X(ENTRA_OUTER_CATEGORY, "category")                                                \
    X(ENTRA_OUTER_CODE, "resultType")                                                  \
    X(ENTRA_OUTER_ADDRESS, "callerIpAddress")                                          \
    X(ENTRA_OUTER_TENANT, "tenantId")                                                  \
    X(ENTRA_OUTER_NAME, "identity")                                                    \
    X(ENTRA_OUTER_CORRELATION, "correlationId")

/* X(slot, path) as PowerShell spells what lies deeper; reshape_azure.c does the rest.
 */
#define ENTRA_PASCAL(X)                                                                \
    X(ENTRA_BY_USER, "InitiatedBy User UserPrincipalName")                             \
    X(ENTRA_BY_USER_NAME, "InitiatedBy User DisplayName")                              \
    X(ENTRA_BY_USER_ID, "InitiatedBy User Id")                                         \
    X(ENTRA_BY_ADDRESS, "InitiatedBy User IPAddress")                                  \
    X(ENTRA_BY_ADDRESS, "InitiatedBy User IpAddress")                                  \
    X(ENTRA_BY_APP, "InitiatedBy App DisplayName")                                     \
    X(ENTRA_BY_APP_ID, "InitiatedBy App AppId")                                        \
    X(ENTRA_BY_SERVICE, "InitiatedBy App ServicePrincipalId")                          \
    X(ENTRA_BY_SERVICE_NAME, "InitiatedBy App ServicePrincipalName")                   \
    X(ENTRA_ON_USER, "TargetResources * UserPrincipalName")                            \
    X(ENTRA_ON, "TargetResources * DisplayName")                                       \
    X(ENTRA_ON_ID, "TargetResources * Id")

enum entra_slot {
#define X(slot, path) slot,
    ENTRA_NAMES(X) ENTRA_OUTER(X)
#undef X
        ENTRA_SLOT_COUNT
};

struct json_projection *entra_projection(struct error *error)
{
    static const struct json_path paths[] = {
#define X(slot, path) {path, slot}, {"properties " path, slot},
        ENTRA_NAMES(X)
#undef X
#define X(slot, path) {path, slot},
            ENTRA_OUTER(X)
#undef X
#define X(slot, path) {path, slot},
                ENTRA_PASCAL(X)
#undef X
    };
    return json_projection_new(paths, sizeof paths / sizeof paths[0], ENTRA_SLOT_COUNT,
                               error);
}

/* ---- recognition, in the one projection ---- */

static bool is_sign_in_category(const struct json_slot *slots)
{
    return form_is_string(slots, SLOT_CATEGORY) &&
           slice_ends_with_nocase(slots[SLOT_CATEGORY].text, SLICE("SignInLogs"));
}

/* Much in Microsoft Graph has a createdDateTime, but only a sign-in an address too. */
bool entra_sign_in_fits(const struct json_slot *slots)
{
    if (is_sign_in_category(slots))
        return form_is(slots, SLOT_OPERATION_NAME, VALUE_STRING);
    return form_is_string(slots, SLOT_ENTRA_CREATED) &&
           form_is(slots, SLOT_ENTRA_ADDRESS, VALUE_STRING) &&
           form_is(slots, SLOT_CORRELATION_ID, VALUE_STRING);
}

bool entra_audit_fits(const struct json_slot *slots)
{
    return form_is_string(slots, SLOT_ENTRA_ACTIVITY) &&
           form_is(slots, SLOT_CATEGORY, VALUE_STRING);
}

/* ---- reading ---- */

struct entra_record {
    const struct form_record *outer;
    struct json_slot slots[ENTRA_SLOT_COUNT];
};

static bool scan(const struct form_record *outer, struct entra_record *record)
{
    struct slice bytes = outer->bytes;
    const char *next = NULL;
    *record = (struct entra_record){.outer = outer};
    return json_scan(outer->normaliser->entra, bytes.data, bytes.data + bytes.length,
                     true, record->slots, &next) == JSON_OK;
}

/* Containers, null and "" are absent. */
static struct slice text_of(const struct entra_record *record, enum entra_slot slot)
{
    const struct json_slot *s = &record->slots[slot];
    if (s->type != VALUE_STRING && s->type != VALUE_NUMBER)
        return SLICE_NONE;
    struct slice text = json_text(s, &record->outer->normaliser->arena);
    return text.length ? text : SLICE_NONE;
}

enum { FILL_CHOICES = 7 };

/* A field and where it stands: the first that has text. */
struct fill {
    enum event_field field;
    size_t count;
    enum entra_slot slots[FILL_CHOICES];
};

static struct slice first_of(const struct entra_record *record, const struct fill *fill)
{
    for (size_t i = 0; i < fill->count; i++) {
        struct slice text = text_of(record, fill->slots[i]);
        if (slice_present(text))
            return text;
    }
    return SLICE_NONE;
}

static void fill_all(const struct entra_record *record, const struct fill *fills,
                     size_t count)
{
    for (size_t i = 0; i < count; i++)
        record->outer->event->text[fills[i].field] = first_of(record, &fills[i]);
}

/* The source, the time and the keys, which both kinds of record have. */
static void fill_common(const struct entra_record *record)
{
    static const struct fill time = {
        FIELD_TIME_TEXT, 3, {ENTRA_CREATED, ENTRA_DONE, ENTRA_OUTER_TIME}};
    static const struct fill address = {
        FIELD_SOURCE_IP, 3, {ENTRA_ADDRESS, ENTRA_BY_ADDRESS, ENTRA_OUTER_ADDRESS}};
    struct event *event = record->outer->event;

    form_set_iso_time(record->outer, first_of(record, &time));
    form_set_address(event, first_of(record, &address));
    event->merge_key = event->text[FIELD_EVENT_ID];
}

/* ---- sign-ins ---- */

/* AADSTS codes of what a policy or an assignment refuses; other codes are failures. */
static bool is_refusal(struct slice code)
{
    static const struct slice codes[] = {
        SLICE_INIT("50105"), /* the user is not assigned to the application */
        SLICE_INIT("53000"), /* conditional access: the device is not compliant */
        SLICE_INIT("53001"), /* ... is not joined to the domain */
        SLICE_INIT("53002"), /* ... the application is not approved */
        SLICE_INIT("53003"), /* blocked by conditional access */
        SLICE_INIT("53004"), /* risky: a second factor cannot be set up now */
    };
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        if (slice_equal(code, codes[i]))
            return true;
    }
    return false;
}

static void set_sign_in_outcome(const struct entra_record *record)
{
    static const struct fill codes = {
        FIELD_ERROR_CODE, 2, {ENTRA_CODE, ENTRA_OUTER_CODE}};
    struct event *event = record->outer->event;
    struct slice code = first_of(record, &codes);

    if (!slice_present(code))
        return;
    if (slice_equal(code, SLICE("0"))) {
        event->outcome = OUTCOME_SUCCESS;
        event->text[FIELD_ISSUED] = event->text[FIELD_CREDENTIAL];
        return;
    }
    event->text[FIELD_ERROR_CODE] = code;
    event->outcome = is_refusal(code) ? OUTCOME_DENIED : OUTCOME_FAILURE;
}

/* From the log's name, or the event types of Graph's. */
static struct slice sign_in_type(const struct entra_record *record)
{
    struct slice kind = text_of(record, ENTRA_KIND);
    struct slice category = text_of(record, ENTRA_OUTER_CATEGORY);
    if (slice_starts_with_nocase(category, SLICE("ManagedIdentity")) ||
        slice_starts_with_nocase(kind, SLICE("managedIdentity")))
        return SLICE("ManagedIdentity");
    if (slice_starts_with_nocase(category, SLICE("ServicePrincipal")) ||
        slice_starts_with_nocase(kind, SLICE("servicePrincipal")) ||
        !slice_present(text_of(record, ENTRA_USER_ID)))
        return SLICE("ServicePrincipal");
    return SLICE("User");
}

static void set_second_factor(const struct entra_record *record)
{
    struct slice wanted = text_of(record, ENTRA_ASKED_FOR);
    if (slice_equal_nocase(wanted, SLICE("multiFactorAuthentication")))
        record->outer->event->text[FIELD_MFA] = SLICE("true");
    else if (slice_equal_nocase(wanted, SLICE("singleFactorAuthentication")))
        record->outer->event->text[FIELD_MFA] = SLICE("false");
}

enum record_class entra_sign_in_fill(const struct form_record *outer,
                                     const char **reason)
{
    static const struct fill fills[] = {
        {FIELD_OPERATION, 1, {ENTRA_OUTER_OPERATION}},
        {FIELD_ACTOR,
         7,
         {ENTRA_USER, ENTRA_SERVICE_NAME, ENTRA_USER_NAME, ENTRA_OUTER_NAME,
          ENTRA_APP_NAME, ENTRA_USER_ID, ENTRA_SERVICE}},
        {FIELD_ACTOR_ID, 3, {ENTRA_USER_ID, ENTRA_SERVICE, ENTRA_APP}},
        {FIELD_CREDENTIAL, 1, {ENTRA_TOKEN}},
        {FIELD_SESSION_ISSUER, 1, {ENTRA_APP}},
        {FIELD_USER_AGENT, 1, {ENTRA_AGENT}},
        {FIELD_ACCOUNT, 2, {ENTRA_OUTER_TENANT, ENTRA_TENANT}},
        {FIELD_RESOURCE, 1, {ENTRA_TARGET}},
        {FIELD_EVENT_ID, 1, {ENTRA_ID}},
        {FIELD_CORRELATION_ID, 1, {ENTRA_OUTER_CORRELATION}},
    };
    struct entra_record record;
    struct event *event = outer->event;
    if (!scan(outer, &record)) {
        *reason = "unreadable Entra sign-in record";
        return RECORD_DAMAGED;
    }
    fill_all(&record, fills, sizeof fills / sizeof fills[0]);
    if (!slice_present(event->text[FIELD_OPERATION]))
        event->text[FIELD_OPERATION] = SLICE("Sign-in activity"); /* Graph: no name */
    event->text[FIELD_SERVICE] = SLICE("Microsoft.aadiam");
    event->text[FIELD_ACTOR_TYPE] = sign_in_type(&record);
    set_second_factor(&record);
    fill_common(&record);
    set_sign_in_outcome(&record);
    return RECORD_EVENT;
}

/* ---- audit ---- */

static void set_audit_outcome(const struct entra_record *record)
{
    struct event *event = record->outer->event;
    struct slice result = text_of(record, ENTRA_RESULT);
    if (slice_equal_nocase(result, SLICE("success"))) {
        event->outcome = OUTCOME_SUCCESS;
    } else if (slice_present(result)) {
        event->outcome = OUTCOME_FAILURE; /* failure, timeout */
        event->text[FIELD_ERROR_CODE] = text_of(record, ENTRA_RESULT_REASON);
    }
}

enum record_class entra_audit_fill(const struct form_record *outer, const char **reason)
{
    static const struct fill fills[] = {
        {FIELD_OPERATION, 2, {ENTRA_ACTIVITY, ENTRA_OUTER_OPERATION}},
        {FIELD_SERVICE, 1, {ENTRA_LOGGED_BY}},
        {FIELD_ACTOR,
         7,
         {ENTRA_BY_USER, ENTRA_BY_USER_NAME, ENTRA_BY_APP, ENTRA_BY_SERVICE_NAME,
          ENTRA_BY_USER_ID, ENTRA_BY_APP_ID, ENTRA_BY_SERVICE}},
        {FIELD_ACTOR_ID, 3, {ENTRA_BY_USER_ID, ENTRA_BY_SERVICE, ENTRA_BY_APP_ID}},
        {FIELD_ACCOUNT, 1, {ENTRA_OUTER_TENANT}},
        {FIELD_RESOURCE, 3, {ENTRA_ON_USER, ENTRA_ON, ENTRA_ON_ID}},
        {FIELD_EVENT_ID, 1, {ENTRA_ID}},
        {FIELD_CORRELATION_ID, 1, {ENTRA_OUTER_CORRELATION}},
    };
    static const struct fill user = {
        FIELD_ACTOR_TYPE, 3, {ENTRA_BY_USER, ENTRA_BY_USER_NAME, ENTRA_BY_USER_ID}};
    struct entra_record record;
    struct event *event = outer->event;
    if (!scan(outer, &record)) {
        *reason = "unreadable Entra audit record";
        return RECORD_DAMAGED;
    }
    fill_all(&record, fills, sizeof fills / sizeof fills[0]);
    if (slice_present(event->text[FIELD_ACTOR]))
        event->text[FIELD_ACTOR_TYPE] = slice_present(first_of(&record, &user))
                                            ? SLICE("User")
                                            : SLICE("ServicePrincipal");
    fill_common(&record);
    set_audit_outcome(&record);
    return RECORD_EVENT;
}
