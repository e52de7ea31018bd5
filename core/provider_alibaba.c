/*
 * Alibaba Cloud ActionTrail.  Keys and operation names are those of CloudTrail;
 * acsRegion and the event source tell them apart.  Fields: Alibaba Cloud,
 * "Management event structure".
 */
#include "config.h"

#include "core/form_internal.h"

bool alibaba_fits(const struct json_slot *slots)
{
    return form_is(slots, SLOT_EVENT_NAME, VALUE_STRING) &&
           (form_is(slots, SLOT_ACS_REGION, VALUE_STRING) ||
            slice_ends_with_nocase(slots[SLOT_EVENT_SOURCE].text,
                                   SLICE(".aliyuncs.com")));
}

static enum outcome outcome_of(struct slice code)
{
    static const struct slice denied[] = {SLICE_INIT("NoPermission"),
                                          SLICE_INIT("Forbidden"),
                                          SLICE_INIT("AccessDenied")};
    if (!slice_present(code))
        return OUTCOME_SUCCESS;
    if (slice_find(code, SLICE("DryRunOperation")) >= 0)
        return OUTCOME_DRY_RUN;
    for (size_t i = 0; i < sizeof(denied) / sizeof(denied[0]); i++) {
        if (slice_find(code, denied[i]) >= 0)
            return OUTCOME_DENIED;
    }
    return OUTCOME_FAILURE;
}

static void set_actor(const struct form_record *record)
{
    static const enum form_slot actor[] = {SLOT_USER_NAME, SLOT_USER_INVOKED_BY,
                                           SLOT_USER_PRINCIPAL, SLOT_USER_ACCOUNT};
    struct event *event = record->event;
    event->text[FIELD_ACTOR] = form_first_text(record, actor, 4);
    form_set(record, FIELD_ACTOR_TYPE, SLOT_USER_TYPE);
    form_set(record, FIELD_ACTOR_ID, SLOT_USER_PRINCIPAL);
    form_set(record, FIELD_MFA, SLOT_USER_MFA);
    form_set(record, FIELD_VIA, SLOT_USER_INVOKED_BY);
    form_set(record, FIELD_CREDENTIAL, SLOT_USER_KEY);
    form_set_address(event, form_text(record, SLOT_SOURCE_ADDRESS));
    form_set(record, FIELD_USER_AGENT, SLOT_USER_AGENT);
}

enum record_class alibaba_fill(const struct form_record *record, const char **reason)
{
    static const enum form_slot service[] = {SLOT_SERVICE_NAME, SLOT_EVENT_SOURCE};
    static const enum form_slot account[] = {SLOT_RECIPIENT_ACCOUNT, SLOT_USER_ACCOUNT};
    struct event *event = record->event;

    form_set(record, FIELD_OPERATION, SLOT_EVENT_NAME);
    if (!slice_present(event->text[FIELD_OPERATION])) {
        *reason = "ActionTrail record without an event name";
        return RECORD_DAMAGED;
    }
    form_set_iso_time(record, form_text(record, SLOT_EVENT_TIME));
    /* The event source names the region's end point, the service name does not. */
    event->text[FIELD_SERVICE] = form_first_text(record, service, 2);
    set_actor(record);
    event->text[FIELD_ACCOUNT] = form_first_text(record, account, 2);
    form_set(record, FIELD_REGION, SLOT_ACS_REGION);
    form_set(record, FIELD_ERROR_CODE, SLOT_ERROR_CODE);
    event->outcome = outcome_of(event->text[FIELD_ERROR_CODE]);
    form_set(record, FIELD_EVENT_ID, SLOT_EVENT_ID);
    form_set(record, FIELD_REQUEST_ID, SLOT_REQUEST_ID);
    event->merge_key = event->text[FIELD_EVENT_ID];
    return RECORD_EVENT;
}
