/*
 * Huawei Cloud Trace Service.  Fields: Huawei Cloud, "Trace Structure".  Times are
 * milliseconds since 1970, in older exports "2026-03-14 10:11:09 GMT+08:00"; `user`
 * is an object or the JSON text of that object.
 */
#include "config.h"

#include "core/form_internal.h"

enum user_slot {
    USER_NAME,
    USER_ID,
    USER_TYPE,
    USER_KEY,
    USER_URN,
    USER_ACCOUNT,
    USER_DOMAIN_ID,
    USER_MFA,
    USER_INVOKED_BY,
    USER_SLOT_COUNT
};

struct json_projection *huawei_user_projection(struct error *error)
{
    static const struct json_path paths[] = {
        {"name", USER_NAME},
        {"user_name", USER_NAME},
        {"id", USER_ID},
        {"type", USER_TYPE},
        {"access_key_id", USER_KEY},
        {"principal_urn", USER_URN},
        {"account_id", USER_ACCOUNT},
        {"domain id", USER_DOMAIN_ID},
        {"session_context attributes mfa_authenticated", USER_MFA},
        {"invoked_by", USER_INVOKED_BY},
        {"invoked_by *", USER_INVOKED_BY},
    };
    return json_projection_new(paths, sizeof(paths) / sizeof(paths[0]), USER_SLOT_COUNT,
                               error);
}

bool huawei_fits(const struct json_slot *slots)
{
    return form_is(slots, SLOT_TRACE_NAME, VALUE_STRING) &&
           (form_is(slots, SLOT_TRACE_ID, VALUE_STRING) ||
            form_is(slots, SLOT_TRACE_RATING, VALUE_STRING));
}

/* ---- who ---- */

static struct slice user_text(const struct form_record *record,
                              const struct json_slot *slot)
{
    if (slot->type == VALUE_OBJECT || slot->type == VALUE_ARRAY)
        return SLICE_NONE;
    struct slice text = json_text(slot, &record->normaliser->arena);
    return text.length ? text : SLICE_NONE;
}

/* json: the user object.  False if it is none. */
static bool set_user(const struct form_record *record, struct slice json)
{
    struct json_slot user[USER_SLOT_COUNT] = {0};
    struct event *event = record->event;
    const char *next = NULL;

    if (!slice_starts_with(json, SLICE("{")) ||
        json_scan(record->normaliser->huawei_user, json.data, json.data + json.length,
                  true, user, &next) != JSON_OK)
        return false;
    static const struct {
        enum event_field field;
        enum user_slot first, second;
    } fields[] = {
        {FIELD_ACTOR, USER_NAME, USER_URN},
        {FIELD_ACTOR_ID, USER_ID, USER_URN},
        {FIELD_ACTOR_TYPE, USER_TYPE, USER_TYPE},
        {FIELD_CREDENTIAL, USER_KEY, USER_KEY},
        {FIELD_MFA, USER_MFA, USER_MFA},
        {FIELD_VIA, USER_INVOKED_BY, USER_INVOKED_BY},
        {FIELD_ACCOUNT, USER_ACCOUNT, USER_DOMAIN_ID},
    };
    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
        struct slice text = user_text(record, &user[fields[i].first]);
        if (!slice_present(text))
            text = user_text(record, &user[fields[i].second]);
        event->text[fields[i].field] = text;
    }
    if (!slice_present(event->text[FIELD_ACTOR]))
        event->text[FIELD_ACTOR] = event->text[FIELD_ACTOR_ID];
    return true;
}

static void set_actor(const struct form_record *record)
{
    const struct json_slot *slot = &record->slots[SLOT_TRACE_USER];
    struct slice text =
        slot->type == VALUE_OBJECT ? slot->text : form_text(record, SLOT_TRACE_USER);
    if (!set_user(record, slice_trim(text)))
        record->event->text[FIELD_ACTOR] = text;
    form_set_address(record->event, form_text(record, SLOT_TRACE_ADDRESS));
    form_set(record, FIELD_USER_AGENT, SLOT_TRACE_AGENT);
    if (!slice_present(record->event->text[FIELD_ACCOUNT]))
        form_set(record, FIELD_ACCOUNT, SLOT_TRACE_PROJECT);
}

/* ---- when, and what came of it ---- */

static void set_time(const struct form_record *record)
{
    struct slice text = form_text(record, SLOT_TIME);
    struct slice stamp = text;
    struct time_value value = {EVENT_TIME_NONE, TIME_NONE};
    ptrdiff_t zone = slice_find(text, SLICE(" GMT"));

    if (!slice_present(text))
        return;
    if (form_is(record->slots, SLOT_TIME, VALUE_NUMBER)) {
        form_set_time(record->event, text, timestamp_epoch(text, &value), value);
        return;
    }
    if (zone > 0 && (size_t)zone + 4 < text.length) {
        const struct slice parts[] = {slice_first(text, (size_t)zone),
                                      slice_skip(text, (size_t)zone + 4)};
        stamp = arena_join(&record->normaliser->arena, parts, 2);
    }
    int status = timestamp_any(stamp, &record->normaliser->hint, &value);
    form_set_time(record->event, text, status, value);
}

/* The HTTP code where there is one; else the rating: "warning" is a call that
 * failed, "incident" one that did harm. */
static void set_outcome(const struct form_record *record)
{
    struct event *event = record->event;
    struct slice code = form_text(record, SLOT_TRACE_CODE);
    struct slice rating = form_text(record, SLOT_TRACE_RATING);

    if (code.length == 3 && (code.data[0] == '2' || code.data[0] == '3')) {
        event->outcome = OUTCOME_SUCCESS;
        return;
    }
    if (slice_present(code))
        event->text[FIELD_ERROR_CODE] = code;
    if (slice_equal(code, SLICE("401")) || slice_equal(code, SLICE("403")))
        event->outcome = OUTCOME_DENIED;
    else if (slice_present(code) || slice_equal_nocase(rating, SLICE("warning")) ||
             slice_equal_nocase(rating, SLICE("incident")))
        event->outcome = OUTCOME_FAILURE;
    else if (slice_equal_nocase(rating, SLICE("normal")))
        event->outcome = OUTCOME_SUCCESS;
}

enum record_class huawei_fill(const struct form_record *record, const char **reason)
{
    static const enum form_slot resource[] = {SLOT_SNAKE_RESOURCE_ID,
                                              SLOT_TRACE_RESOURCE};
    struct event *event = record->event;

    form_set(record, FIELD_OPERATION, SLOT_TRACE_NAME);
    if (!slice_present(event->text[FIELD_OPERATION])) {
        *reason = "Cloud Trace Service record without a trace name";
        return RECORD_DAMAGED;
    }
    set_time(record);
    form_set(record, FIELD_SERVICE, SLOT_TRACE_SERVICE);
    set_actor(record);
    event->text[FIELD_RESOURCE] = form_first_text(record, resource, 2);
    set_outcome(record);
    form_set(record, FIELD_EVENT_ID, SLOT_TRACE_ID);
    form_set(record, FIELD_REQUEST_ID, SLOT_TRACE_REQUEST);
    event->merge_key = event->text[FIELD_EVENT_ID];
    return RECORD_EVENT;
}
