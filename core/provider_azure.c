/*
 * The Azure Activity Log, in its JSON forms: diagnostic records (Event Hub, storage),
 * REST (CLI, portal), the Python SDK's dump, and what an alert tells a web hook.
 * Fields: Microsoft, "Azure Activity Log event schema", which also says how the forms
 * translate into each other.
 *
 * The merge key is correlation id, operation and resource, in lower case.  One
 * correlation id spans several operations, so it alone is too wide; the operation
 * id, which REST has, is missing from most diagnostic records, so a key with it
 * would split one act into two.  It serves where no correlation id is.
 */
#include "config.h"

#include "core/address.h"
#include "core/form_internal.h"

/* ---- recognition ---- */

/* `operationName` alone is too common a key: NSG flow logs, Application Insights. */
static bool has_azure_key(const struct json_slot *slots)
{
    return form_is(slots, SLOT_RESOURCE_ID, VALUE_STRING) ||
           form_is(slots, SLOT_SNAKE_RESOURCE_ID, VALUE_STRING) ||
           form_is(slots, SLOT_CORRELATION_ID, VALUE_STRING) ||
           form_is(slots, SLOT_CATEGORY, VALUE_STRING) ||
           form_is(slots, SLOT_CALLER_ADDRESS, VALUE_STRING) ||
           form_is(slots, SLOT_CALLER, VALUE_STRING);
}

bool azure_activity_fits(const struct json_slot *slots)
{
    return form_is(slots, SLOT_OPERATION_NAME, VALUE_STRING) && has_azure_key(slots);
}

bool azure_rest_fits(const struct json_slot *slots)
{
    return form_is(slots, SLOT_OPERATION_NAME, VALUE_OBJECT) && has_azure_key(slots);
}

bool azure_sdk_fits(const struct json_slot *slots)
{
    return (form_is(slots, SLOT_SDK_OPERATION_NAME, VALUE_OBJECT) ||
            form_is(slots, SLOT_SDK_OPERATION_NAME, VALUE_STRING)) &&
           has_azure_key(slots);
}

/* ---- who ---- */

static bool is_hex_digit(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* 8-4-4-4-12 hex digits: `caller` of a service principal or managed identity. */
static bool is_guid(struct slice text)
{
    if (text.length != 36)
        return false;
    for (size_t i = 0; i < 36; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? text.data[i] != '-' : !is_hex_digit(text.data[i]))
            return false;
    }
    return true;
}

/*
 * The text of the member whose key ends with `key_end` (its closing quote included),
 * in the text of an object.  A quote inside of a string is escaped, so what is found
 * is a key.
 */
static struct slice text_after_key(struct slice object, struct slice key_end)
{
    ptrdiff_t at = slice_find_nocase(object, key_end);
    if (at < 0)
        return SLICE_NONE;
    struct slice rest = slice_skip(object, (size_t)at + key_end.length);
    ptrdiff_t quote = slice_index(rest, '"');
    if (quote < 0 ||
        !slice_equal(slice_trim(slice_first(rest, (size_t)quote)), SLICE(":")))
        return SLICE_NONE;
    rest = slice_skip(rest, (size_t)quote + 1);
    struct slice text = slice_cut(&rest, '"');
    return slice_present(rest) && text.length ? text : SLICE_NONE;
}

/* An alert has the claims as JSON text in a string; their names are found in it. */
static struct slice claim(const struct form_record *record, enum form_slot slot)
{
    static const struct {
        enum form_slot slot;
        struct slice key_end;
    } names[] = {
        {SLOT_CLAIM_UPN, SLICE_INIT("claims/upn\"")},
        {SLOT_CLAIM_EMAIL, SLICE_INIT("claims/emailaddress\"")},
        {SLOT_CLAIM_OBJECT_ID, SLICE_INIT("claims/objectidentifier\"")},
        {SLOT_CLAIM_NAME, SLICE_INIT("\"name\"")},
        {SLOT_CLAIM_APP, SLICE_INIT("\"appid\"")},
        {SLOT_CLAIM_TYPE, SLICE_INIT("\"idtyp\"")},
        {SLOT_CLAIM_TOKEN, SLICE_INIT("\"uti\"")},
        {SLOT_CLAIM_ADDRESS, SLICE_INIT("\"ipaddr\"")},
        {SLOT_CLAIM_MANAGED, SLICE_INIT("\"xms_mirid\"")},
    };
    struct slice text = form_text(record, slot);
    if (slice_present(text) || !form_is(record->slots, SLOT_CLAIMS, VALUE_STRING))
        return text;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (names[i].slot == slot)
            return text_after_key(form_text(record, SLOT_CLAIMS), names[i].key_end);
    }
    return SLICE_NONE;
}

static struct slice first_claim(const struct form_record *record,
                                const enum form_slot *slots, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct slice text = claim(record, slots[i]);
        if (slice_present(text))
            return text;
    }
    return SLICE_NONE;
}

/* Exports rewrite the addresses that claims are named by, never their last word. */
static struct slice claimed_name(const struct form_record *record)
{
    const struct json_slot *claims = &record->slots[SLOT_CLAIMS];
    if (claims->type != VALUE_OBJECT)
        return SLICE_NONE;
    struct slice text = text_after_key(claims->text, SLICE("claims/upn\""));
    return slice_present(text)
               ? text
               : text_after_key(claims->text, SLICE("claims/emailaddress\""));
}

static struct slice actor_of(const struct form_record *record)
{
    static const enum form_slot names[] = {SLOT_CALLER, SLOT_CLAIM_UPN,
                                           SLOT_CLAIM_EMAIL};
    static const enum form_slot others[] = {
        SLOT_CLAIM_NAME, SLOT_CLAIM_APP, SLOT_CLAIM_OBJECT_ID, SLOT_EVIDENCE_PRINCIPAL};
    struct slice actor = first_claim(record, names, 3);
    if (!slice_present(actor))
        actor = claimed_name(record);
    return slice_present(actor) ? actor : first_claim(record, others, 4);
}

static struct slice actor_type(const struct form_record *record, struct slice actor)
{
    if (slice_present(claim(record, SLOT_CLAIM_MANAGED)))
        return SLICE("ManagedIdentity");
    struct slice type = claim(record, SLOT_CLAIM_TYPE);
    if (slice_present(type)) /* idtyp: "app" or "user" */
        return slice_equal(type, SLICE("app"))    ? SLICE("ServicePrincipal")
               : slice_equal(type, SLICE("user")) ? SLICE("User")
                                                  : type;
    type = form_text(record, SLOT_EVIDENCE_TYPE);
    if (slice_present(type))
        return type;
    if (is_guid(actor))
        return SLICE("ServicePrincipal");
    return slice_index(actor, '@') >= 0 ? SLICE("User") : SLICE_NONE;
}

static void set_actor(const struct form_record *record)
{
    static const enum form_slot id[] = {SLOT_CLAIM_OBJECT_ID, SLOT_EVIDENCE_PRINCIPAL};
    static const enum form_slot credential[] = {SLOT_CLAIM_TOKEN, SLOT_CLAIM_APP};
    /* Who asked for the token: the resource of a managed identity, or an application.
     */
    static const enum form_slot issuer[] = {SLOT_CLAIM_MANAGED, SLOT_CLAIM_APP};
    static const enum form_slot address[] = {SLOT_CLIENT_ADDRESS, SLOT_CALLER_ADDRESS,
                                             SLOT_CLAIM_ADDRESS};
    struct event *event = record->event;

    event->text[FIELD_ACTOR] = actor_of(record);
    event->text[FIELD_ACTOR_TYPE] = actor_type(record, event->text[FIELD_ACTOR]);
    event->text[FIELD_ACTOR_ID] = first_claim(record, id, 2);
    event->text[FIELD_CREDENTIAL] = first_claim(record, credential, 2);
    event->text[FIELD_SESSION_ISSUER] = first_claim(record, issuer, 2);
    form_set_address(event, first_claim(record, address, 3));
}

/* ---- what came of it ---- */

/*
 * The words of both generations of exports ("Started" became "Start"); case
 * differs between exports.
 */
static const struct status_word {
    struct slice word;
    enum outcome outcome;
    enum phase phase;
} status_words[] = {
    {SLICE_INIT("Start"), OUTCOME_PENDING, PHASE_FIRST},
    {SLICE_INIT("Started"), OUTCOME_PENDING, PHASE_FIRST},
    {SLICE_INIT("Accept"), OUTCOME_PENDING, PHASE_MIDDLE},
    {SLICE_INIT("Accepted"), OUTCOME_PENDING, PHASE_MIDDLE},
    {SLICE_INIT("InProgress"), OUTCOME_PENDING, PHASE_MIDDLE},
    {SLICE_INIT("Success"), OUTCOME_SUCCESS, PHASE_LAST},
    {SLICE_INIT("Succeeded"), OUTCOME_SUCCESS, PHASE_LAST},
    {SLICE_INIT("Failure"), OUTCOME_FAILURE, PHASE_LAST},
    {SLICE_INIT("Failed"), OUTCOME_FAILURE, PHASE_LAST},
    {SLICE_INIT("Canceled"), OUTCOME_FAILURE, PHASE_LAST},
};

static struct slice detail_of(const struct form_record *record)
{
    static const enum form_slot detail[] = {SLOT_RESULT_DETAIL, SLOT_STATUS_DETAIL};
    return form_first_text(record, detail, 2);
}

static void set_status(const struct form_record *record)
{
    static const enum form_slot words[] = {SLOT_RESULT, SLOT_STATUS_WORD};
    struct slice status = form_first_text(record, words, 2);
    for (size_t i = 0; i < sizeof(status_words) / sizeof(status_words[0]); i++) {
        if (slice_equal_nocase(status, status_words[i].word)) {
            record->event->outcome = status_words[i].outcome;
            record->event->phase = status_words[i].phase;
            return;
        }
    }
    struct slice phase = form_text(record, SLOT_PHASE);
    if (slice_equal_nocase(phase, SLICE("BeginRequest")))
        record->event->phase = PHASE_FIRST;
    else if (slice_equal_nocase(phase, SLICE("EndRequest")))
        record->event->phase = PHASE_LAST;
}

static bool says_denied(struct slice text)
{
    static const struct slice words[] = {
        SLICE_INIT("AuthorizationFailed"), /* LinkedAuthorizationFailed as well */
        SLICE_INIT("RequestDisallowedByPolicy"),
        SLICE_INIT("Forbidden"),
    };
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (slice_find_nocase(text, words[i]) >= 0)
            return true;
    }
    return false;
}

/* "Failed.Forbidden" is the code Forbidden. */
static struct slice after_dot(struct slice text)
{
    ptrdiff_t dot = slice_index(text, '.');
    struct slice rest = dot < 0 ? text : slice_skip(text, (size_t)dot + 1);
    return rest.length ? rest : SLICE_NONE;
}

static void set_error(const struct form_record *record)
{
    struct event *event = record->event;
    struct slice status_code = form_text(record, SLOT_STATUS_CODE);
    struct slice detail = detail_of(record);
    /* The error's JSON as text: {"error":{"code":"...","message":..}}. */
    struct slice code =
        text_after_key(form_text(record, SLOT_STATUS_MESSAGE), SLICE("\"code\""));

    if (!slice_present(code))
        code = slice_present(status_code) ? status_code : after_dot(detail);
    event->text[FIELD_ERROR_CODE] = code;
    if (says_denied(code) || says_denied(status_code) || says_denied(detail))
        event->outcome = OUTCOME_DENIED;
}

static bool says_created(const struct form_record *record)
{
    struct slice detail = detail_of(record);
    struct slice status_code = form_text(record, SLOT_STATUS_CODE);
    return slice_find_nocase(detail, SLICE("Created")) >= 0 ||
           slice_equal(detail, SLICE("201")) ||
           slice_equal_nocase(status_code, SLICE("Created")) ||
           slice_equal(status_code, SLICE("201"));
}

static void set_outcome(const struct form_record *record)
{
    set_status(record);
    if (record->event->outcome == OUTCOME_FAILURE)
        set_error(record);
    else
        record->event->says_created = says_created(record);
}

/* ---- where ---- */

static struct slice service_of(const struct form_record *record)
{
    struct slice provider = form_text(record, SLOT_RESOURCE_PROVIDER);
    struct slice rest = record->event->text[FIELD_OPERATION];
    if (slice_present(provider))
        return provider;
    if (slice_index(rest, '/') < 0)
        return SLICE_NONE;
    return slice_cut(&rest, '/'); /* "Microsoft.Network" */
}

static void set_place(const struct form_record *record)
{
    static const enum form_slot resource[] = {SLOT_RESOURCE_ID, SLOT_SNAKE_RESOURCE_ID};
    struct event *event = record->event;

    event->text[FIELD_RESOURCE] = form_first_text(record, resource, 2);
    form_set(record, FIELD_ACCOUNT, SLOT_SUBSCRIPTION);
    if (!slice_present(event->text[FIELD_ACCOUNT]))
        event->text[FIELD_ACCOUNT] =
            form_segment(event->text[FIELD_RESOURCE], SLICE("/subscriptions/"));
    form_set(record, FIELD_RESOURCE_GROUP, SLOT_RESOURCE_GROUP);
    if (!slice_present(event->text[FIELD_RESOURCE_GROUP]))
        event->text[FIELD_RESOURCE_GROUP] =
            form_segment(event->text[FIELD_RESOURCE], SLICE("/resourceGroups/"));
    event->text[FIELD_SERVICE] = service_of(record);
    /* No region: `location` says where the event was processed. */
}

static struct slice merge_key(const struct form_record *record)
{
    struct event *event = record->event;
    struct slice id = event->text[FIELD_CORRELATION_ID];
    if (!slice_present(id))
        id = form_text(record, SLOT_OPERATION_ID);
    if (!slice_present(id))
        return event->text[FIELD_EVENT_ID];
    const struct slice parts[] = {id, SLICE(" "), event->text[FIELD_OPERATION],
                                  SLICE(" "), event->text[FIELD_RESOURCE]};
    struct arena *arena = &record->normaliser->arena;
    return form_lower(arena, arena_join(arena, parts, 5));
}

enum record_class azure_fill(const struct form_record *record, const char **reason)
{
    static const enum form_slot operation[] = {
        SLOT_OPERATION_VALUE, SLOT_OPERATION_NAME, SLOT_SDK_OPERATION_NAME,
        SLOT_AUTHORIZED_ACTION};
    struct event *event = record->event;

    event->text[FIELD_OPERATION] = form_first_text(record, operation, 4);
    if (!slice_present(event->text[FIELD_OPERATION])) {
        *reason = "Azure record without an operation";
        return RECORD_DAMAGED;
    }
    form_set_iso_time(record, form_text(record, SLOT_TIME));
    set_actor(record);
    set_place(record);
    set_outcome(record);
    form_set(record, FIELD_EVENT_ID, SLOT_EVENT_DATA_ID);
    form_set(record, FIELD_CORRELATION_ID, SLOT_CORRELATION_ID);
    form_set(record, FIELD_REQUEST_ID, SLOT_OPERATION_ID);
    event->merge_key = merge_key(record);
    return RECORD_EVENT;
}
