/*
 * GCP Cloud Audit Logs.  Fields: Google, google/cloud/audit/audit_log.proto and
 * the LogEntry reference.
 */
#include "config.h"

#include "core/form_internal.h"

bool gcp_audit_fits(const struct json_slot *slots)
{
    return form_is(slots, SLOT_PROTO, VALUE_OBJECT);
}

/* jsonPayload, textPayload: entries of other logs in the same export. */
bool gcp_is_other_log(const struct json_slot *slots)
{
    return form_is(slots, SLOT_LOG_NAME, VALUE_STRING) &&
           form_is(slots, SLOT_INSERT_ID, VALUE_STRING);
}

/* What an identity is, by its address or by its subject's name. */
static struct slice actor_type(struct slice actor, struct slice subject)
{
    static const struct {
        struct slice start, type;
    } subjects[] = {
        {SLICE_INIT("serviceAccount:"), SLICE_INIT("ServiceAccount")},
        {SLICE_INIT("user:"), SLICE_INIT("User")},
        {SLICE_INIT("principal:"), SLICE_INIT("Federated")},
        {SLICE_INIT("principalSet:"), SLICE_INIT("Federated")},
    };
    if (slice_ends_with(actor, SLICE(".gserviceaccount.com")))
        return SLICE("ServiceAccount");
    for (size_t i = 0; i < sizeof(subjects) / sizeof(subjects[0]); i++) {
        if (slice_starts_with(subject, subjects[i].start))
            return subjects[i].type;
    }
    return slice_index(actor, '@') >= 0 ? SLICE("User") : SLICE_NONE;
}

/* An impersonated service account: the delegation's first entry is who began. */
static void set_actor(const struct form_record *record)
{
    static const enum form_slot actor[] = {SLOT_PROTO_EMAIL, SLOT_PROTO_SUBJECT};
    static const enum form_slot via[] = {SLOT_PROTO_DELEGATE_EMAIL,
                                         SLOT_PROTO_DELEGATE_SUBJECT};
    struct event *event = record->event;

    event->text[FIELD_VIA] = form_first_text(record, via, 2);
    event->text[FIELD_ACTOR] = form_first_text(record, actor, 2);
    if (!slice_present(event->text[FIELD_ACTOR]))
        event->text[FIELD_ACTOR] = event->text[FIELD_VIA];
    form_set(record, FIELD_ACTOR_ID, SLOT_PROTO_SUBJECT);
    event->text[FIELD_ACTOR_TYPE] =
        actor_type(event->text[FIELD_ACTOR], event->text[FIELD_ACTOR_ID]);
    form_set(record, FIELD_CREDENTIAL, SLOT_PROTO_KEY);
    form_set_address(event, form_text(record, SLOT_PROTO_ADDRESS));
    form_set(record, FIELD_USER_AGENT, SLOT_PROTO_AGENT);
}

/* A new key, by the name that its uses have in serviceAccountKeyName. */
static void set_issued(const struct form_record *record)
{
    struct slice name = form_text(record, SLOT_PROTO_RESPONSE_NAME);
    struct slice method = record->event->text[FIELD_OPERATION];
    if (!slice_ends_with(method, SLICE(".CreateServiceAccountKey")) ||
        slice_find(name, SLICE("/keys/")) < 0)
        return;
    const struct slice parts[] = {SLICE("//iam.googleapis.com/"), name};
    record->event->text[FIELD_ISSUED] =
        arena_join(&record->normaliser->arena, parts, 2);
}

/* "us-central1-a" lies in the region "us-central1". */
static struct slice region_of_zone(struct slice zone)
{
    ptrdiff_t dash = slice_rindex(zone, '-');
    if (dash > 0 && (size_t)dash + 2 == zone.length)
        return slice_first(zone, (size_t)dash);
    return zone;
}

/* "projects/p/zones/us-west1-a/instances/i" lies in us-west1. */
static struct slice region_in_name(struct slice name)
{
    static const struct slice keys[] = {SLICE_INIT("/regions/"), SLICE_INIT("/zones/"),
                                        SLICE_INIT("/locations/")};
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        struct slice region = form_segment(name, keys[i]);
        if (slice_present(region))
            return region_of_zone(region);
    }
    return slice_find(name, SLICE("/global/")) >= 0 ? SLICE("global") : SLICE_NONE;
}

static struct slice region_of(const struct form_record *record)
{
    static const enum form_slot labels[] = {SLOT_LABEL_REGION, SLOT_LABEL_LOCATION,
                                            SLOT_LABEL_ZONE};
    struct slice region = form_first_text(record, labels, 3);
    if (!slice_present(region))
        region = region_in_name(form_text(record, SLOT_PROTO_RESOURCE));
    if (!slice_present(region))
        region = form_text(record, SLOT_PROTO_LOCATION);
    return region_of_zone(region);
}

static struct slice project_of(const struct form_record *record)
{
    struct slice project = form_text(record, SLOT_LABEL_PROJECT);
    struct slice name = form_text(record, SLOT_PROTO_RESOURCE);
    if (slice_present(project))
        return project;
    project = form_segment(name, SLICE("projects/"));
    if (slice_present(project))
        return project;
    return form_segment(form_text(record, SLOT_LOG_NAME), SLICE("projects/"));
}

/*
 * Whether a permission was refused, by the text of authorizationInfo: the value of
 * "granted" that is false, or is left out as JSON of protocol buffers leaves out what
 * is false.  Every element has one "permission" and may have one "granted"; inside a
 * string the quotes would be escaped.
 */
static bool has_refusal(struct slice text)
{
    static const struct slice permission = SLICE_INIT("\"permission\"");
    static const struct slice granted = SLICE_INIT("\"granted\"");
    size_t asked = 0, given = 0;
    for (struct slice rest = text; slice_present(rest) && rest.length; asked++) {
        ptrdiff_t at = slice_find(rest, permission);
        if (at < 0)
            break;
        rest = slice_skip(rest, (size_t)at + permission.length);
    }
    for (ptrdiff_t at; (at = slice_find(text, granted)) >= 0;) {
        text = slice_skip(text, (size_t)at + granted.length);
        struct slice value = slice_trim(slice_first(text, 64));
        if (!slice_starts_with(value, SLICE(":")))
            continue;
        value = slice_trim(slice_skip(value, 1));
        /* SIEMs write it as a text. */
        if (slice_starts_with(value, SLICE("false")) ||
            slice_starts_with_nocase(value, SLICE("\"false\"")))
            return true;
        given++;
    }
    return given < asked;
}

/* google.rpc.Code: 0 OK, 7 PERMISSION_DENIED. */
static void set_outcome(const struct form_record *record)
{
    struct event *event = record->event;
    struct slice code = form_text(record, SLOT_PROTO_STATUS);
    /* {} is 0; the column of a table is there without a status as well. */
    bool told = form_is(record->slots, SLOT_PROTO_RESULT, VALUE_OBJECT) &&
                !form_is(record->slots, SLOT_PROTO_STATUS, VALUE_NULL);

    if (slice_present(code) && !slice_equal(code, SLICE("0"))) {
        event->text[FIELD_ERROR_CODE] = code;
        event->outcome =
            slice_equal(code, SLICE("7")) ? OUTCOME_DENIED : OUTCOME_FAILURE;
    } else if (!told && has_refusal(record->slots[SLOT_PROTO_AUTHORIZATION].text)) {
        event->outcome = OUTCOME_DENIED;
    } else if (event->phase == PHASE_FIRST) {
        event->outcome = OUTCOME_PENDING;
    } else {
        bool complete = record->slots[SLOT_PROTO_STATUS].type != VALUE_ABSENT ||
                        record->slots[SLOT_PROTO_TYPE].type != VALUE_ABSENT;
        event->outcome = form_outcome_without_error(record->slots, complete);
    }
}

/* A call that is done at once has both marks, or no operation at all. */
static enum phase phase_of(const struct json_slot *slots)
{
    bool first = form_is_true(slots, SLOT_LONG_FIRST);
    bool last = form_is_true(slots, SLOT_LONG_LAST);
    if (first == last)
        return first || !form_is_string(slots, SLOT_LONG_ID) ? PHASE_SINGLE
                                                             : PHASE_MIDDLE;
    return first ? PHASE_FIRST : PHASE_LAST;
}

/*
 * What was acted on.  A token is asked for by the account's address, and the
 * resource's name has a number in its place (GenerateAccessToken, SignJwt, ...).
 */
static void set_resource(const struct form_record *record)
{
    static const enum form_slot account[] = {SLOT_PROTO_REQUEST_NAME,
                                             SLOT_PROTO_RESOURCE};
    if (slice_equal(record->event->text[FIELD_SERVICE],
                    SLICE("iamcredentials.googleapis.com")))
        record->event->text[FIELD_RESOURCE] = form_first_text(record, account, 2);
    else
        form_set(record, FIELD_RESOURCE, SLOT_PROTO_RESOURCE);
}

static enum record_class no_method(const struct form_record *record,
                                   const char **reason)
{
    struct slice type = record->slots[SLOT_PROTO_TYPE].text;
    if (slice_present(type) && slice_find(type, SLICE("audit")) < 0) {
        *reason = "log entry without an audit record"; /* App Engine requests */
        return RECORD_SKIPPED;
    }
    *reason = "GCP audit record without a method name";
    return RECORD_DAMAGED;
}

enum record_class gcp_fill(const struct form_record *record, const char **reason)
{
    static const enum form_slot time[] = {SLOT_TIMESTAMP, SLOT_RECEIVED};
    struct event *event = record->event;

    form_set(record, FIELD_OPERATION, SLOT_PROTO_METHOD);
    if (!slice_present(event->text[FIELD_OPERATION]))
        return no_method(record, reason);
    form_set_iso_time(record, form_first_text(record, time, 2));
    form_set(record, FIELD_SERVICE, SLOT_PROTO_SERVICE);
    set_resource(record);
    set_actor(record);
    set_issued(record);
    event->text[FIELD_ACCOUNT] = project_of(record);
    event->text[FIELD_REGION] = region_of(record);
    event->phase = phase_of(record->slots);
    set_outcome(record);
    form_set(record, FIELD_EVENT_ID, SLOT_INSERT_ID);
    form_set(record, FIELD_CORRELATION_ID, SLOT_LONG_ID);
    event->merge_key = slice_present(event->text[FIELD_CORRELATION_ID])
                           ? event->text[FIELD_CORRELATION_ID]
                           : event->text[FIELD_EVENT_ID];
    return RECORD_EVENT;
}
