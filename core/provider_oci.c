/*
 * OCI Audit, schema version 2, as the Audit service exports it (eventType,
 * eventTime, eventID) and as the Logging service wraps it in CloudEvents 1.0
 * (type, time, id).  Fields: Oracle, "Contents of an Audit Log Event".
 */
#include "config.h"

#include "core/form_internal.h"

static struct slice type_of(const struct json_slot *slots)
{
    if (form_is_string(slots, SLOT_EVENT_TYPE))
        return slots[SLOT_EVENT_TYPE].text;
    return form_is_string(slots, SLOT_TYPE) ? slots[SLOT_TYPE].text : SLICE_NONE;
}

bool oci_audit_fits(const struct json_slot *slots)
{
    return form_is(slots, SLOT_OCI_EVENT, VALUE_STRING) &&
           slice_starts_with_nocase(type_of(slots), SLICE("com.oraclecloud."));
}

/* "com.oraclecloud.virtualNetwork.CreateVtap" comes from virtualNetwork. */
static struct slice service_of(const struct json_slot *slots)
{
    struct slice rest = slice_skip(type_of(slots), sizeof("com.oraclecloud.") - 1);
    struct slice service = slice_cut(&rest, '.');
    return service.length ? service : SLICE_NONE;
}

/* "ocid1.vtap.oc1.iad.unique": the fourth part is a region, by key or by name. */
static struct slice region_of(struct slice ocid)
{
    struct slice rest = ocid;
    if (!slice_starts_with(ocid, SLICE("ocid1.")))
        return SLICE_NONE;
    for (int i = 0; i < 3; i++)
        slice_cut(&rest, '.');
    if (!slice_present(rest))
        return SLICE_NONE;
    struct slice region = slice_cut(&rest, '.');
    return slice_present(rest) && region.length ? region : SLICE_NONE;
}

/* Long calls log twice, "LaunchInstance.begin" and ".end", under one grouping id. */
static enum phase phase_of(struct slice type)
{
    if (slice_ends_with_nocase(type, SLICE(".begin")))
        return PHASE_FIRST;
    return slice_ends_with_nocase(type, SLICE(".end")) ? PHASE_LAST : PHASE_SINGLE;
}

/* 404 is also what a caller without the permission gets: "NotAuthorizedOrNotFound".
 * Then the message decides. */
static enum outcome outcome_of(const struct form_record *record, struct slice status)
{
    if (!slice_present(status))
        return OUTCOME_UNKNOWN;
    if (status.data[0] == '2')
        return record->event->phase == PHASE_FIRST ? OUTCOME_PENDING : OUTCOME_SUCCESS;
    if (slice_equal(status, SLICE("401")) || slice_equal(status, SLICE("403")) ||
        slice_find(form_text(record, SLOT_OCI_MESSAGE), SLICE("NotAuthorized")) >= 0)
        return OUTCOME_DENIED;
    return OUTCOME_FAILURE;
}

static void set_actor(const struct form_record *record)
{
    static const enum form_slot actor[] = {SLOT_OCI_PRINCIPAL, SLOT_OCI_CALLER,
                                           SLOT_OCI_PRINCIPAL_ID};
    struct event *event = record->event;
    event->text[FIELD_ACTOR] = form_first_text(record, actor, 3);
    form_set(record, FIELD_ACTOR_TYPE, SLOT_OCI_AUTH_TYPE);
    form_set(record, FIELD_ACTOR_ID, SLOT_OCI_PRINCIPAL_ID);
    form_set(record, FIELD_VIA, SLOT_OCI_CALLER);
    form_set(record, FIELD_CREDENTIAL, SLOT_OCI_CREDENTIAL);
    form_set_address(event, form_text(record, SLOT_OCI_ADDRESS));
    form_set(record, FIELD_USER_AGENT, SLOT_OCI_AGENT);
}

static void set_place(const struct form_record *record)
{
    static const enum form_slot resource[] = {SLOT_OCI_RESOURCE_ID, SLOT_OCI_RESOURCE};
    static const enum form_slot group[] = {SLOT_OCI_COMPARTMENT,
                                           SLOT_OCI_COMPARTMENT_ID};
    struct event *event = record->event;
    event->text[FIELD_RESOURCE] = form_first_text(record, resource, 2);
    event->text[FIELD_RESOURCE_GROUP] = form_first_text(record, group, 2);
    event->text[FIELD_REGION] = region_of(event->text[FIELD_RESOURCE]);
    form_set(record, FIELD_ACCOUNT, SLOT_OCI_TENANT);
}

enum record_class oci_fill(const struct form_record *record, const char **reason)
{
    static const enum form_slot time[] = {SLOT_EVENT_TIME, SLOT_TIME};
    static const enum form_slot id[] = {SLOT_EVENT_ID, SLOT_OCI_ID};
    struct event *event = record->event;

    form_set(record, FIELD_OPERATION, SLOT_OCI_EVENT);
    if (!slice_present(event->text[FIELD_OPERATION])) {
        *reason = "OCI record without an event name";
        return RECORD_DAMAGED;
    }
    form_set_iso_time(record, form_first_text(record, time, 2));
    event->text[FIELD_SERVICE] = service_of(record->slots);
    set_actor(record);
    set_place(record);
    event->phase = phase_of(type_of(record->slots));
    struct slice status = form_text(record, SLOT_OCI_STATUS);
    event->outcome = outcome_of(record, status);
    if (outcome_is_attempt(event->outcome))
        event->text[FIELD_ERROR_CODE] = status;
    event->text[FIELD_EVENT_ID] = form_first_text(record, id, 2);
    form_set(record, FIELD_REQUEST_ID, SLOT_OCI_REQUEST);
    form_set(record, FIELD_CORRELATION_ID, SLOT_OCI_GROUPING);
    event->merge_key =
        event->phase != PHASE_SINGLE && slice_present(event->text[FIELD_CORRELATION_ID])
            ? event->text[FIELD_CORRELATION_ID]
            : event->text[FIELD_EVENT_ID];
    return RECORD_EVENT;
}
