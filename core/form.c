#include "config.h"

#include <stdlib.h>

#include "core/device_context.h"
#include "core/device_line.h"
#include "core/form_internal.h"
#include "core/line_state.h"

/* ---- forms that are known and no events ---- */

/* What `aws ec2 describe-traffic-mirror-*`, `gcloud ... list` and `az network ... list`
 * print: what stands, not what was done.  core/fact_*_state.c and fact_azure.c read it.
 */
static const struct {
    enum form_slot slot;
    struct slice part; /* of the text that is there */
} snapshot_texts[] = {
    {SLOT_KIND, SLICE_INIT("compute#packetMirroring")},
    {SLOT_KIND, SLICE_INIT("compute#firewallPolicy")},
    {SLOT_TYPE, SLICE_INIT("Microsoft.Network/virtualNetworkTaps")},
    {SLOT_TYPE, SLICE_INIT("Microsoft.Network/networkInterfaces")},
    {SLOT_STATE_NAME, SLICE_INIT("/mirroringDeployments/")},
    {SLOT_STATE_NAME, SLICE_INIT("/mirroringDeploymentGroups/")},
    {SLOT_STATE_NAME, SLICE_INIT("/mirroringEndpointGroups/")},
    {SLOT_STATE_NAME, SLICE_INIT("/mirroringEndpointGroupAssociations/")},
    {SLOT_STATE_NAME, SLICE_INIT("/securityProfiles/")},
    {SLOT_STATE_NAME, SLICE_INIT("/securityProfileGroups/")},
};

static bool is_state_object(const struct json_slot *slots)
{
    if (!form_is_string(slots, SLOT_KIND) && !form_is_string(slots, SLOT_TYPE) &&
        !form_is_string(slots, SLOT_STATE_NAME))
        return false;
    for (size_t i = 0; i < sizeof snapshot_texts / sizeof snapshot_texts[0]; i++) {
        enum form_slot slot = snapshot_texts[i].slot;
        if (form_is_string(slots, slot) &&
            slice_find_nocase(slots[slot].text, snapshot_texts[i].part) >= 0)
            return true;
    }
    return false;
}

static bool is_state_snapshot(const struct json_slot *slots)
{
    return form_is(slots, SLOT_STATE_SESSIONS, VALUE_ARRAY) ||
           form_is(slots, SLOT_STATE_TARGETS, VALUE_ARRAY) ||
           form_is(slots, SLOT_STATE_FILTERS, VALUE_ARRAY) ||
           form_is(slots, SLOT_STATE_LINKS, VALUE_ARRAY) || is_state_object(slots);
}

/*
 * The first row that fits decides.  What only looks like a form stands before it:
 * Insight files and notifications before CloudTrail, whose keys they use; Entra ID
 * before the Activity Log, whose envelope it uses; Azure
 * before CloudTrail, since its REST form has an `eventName` too; Alibaba before
 * CloudTrail, since ActionTrail took over its keys and AWS's operation names.
 */
static const struct form forms[] = {
    {"cloudtrail-digest", "CloudTrail digest", PROVIDER_AWS, cloudtrail_is_digest,
     NULL},
    {"cloudtrail-insight", "CloudTrail Insight", PROVIDER_AWS, cloudtrail_is_insight,
     NULL},
    {"s3-notification", "S3 notification: these are pointers, load the objects",
     PROVIDER_AWS, cloudtrail_is_pointer, NULL},
    {"state-snapshot", "state snapshot, not an event", PROVIDER_OTHER,
     is_state_snapshot, NULL},
    {"entra-sign-in", NULL, PROVIDER_AZURE, entra_sign_in_fits, entra_sign_in_fill},
    {"entra-audit", NULL, PROVIDER_AZURE, entra_audit_fits, entra_audit_fill},
    {"azure-activity", NULL, PROVIDER_AZURE, azure_activity_fits, azure_fill},
    {"azure-activity-rest", NULL, PROVIDER_AZURE, azure_rest_fits, azure_fill},
    {"azure-activity-sdk", NULL, PROVIDER_AZURE, azure_sdk_fits, azure_fill},
    {"alibaba-actiontrail", NULL, PROVIDER_ALIBABA, alibaba_fits, alibaba_fill},
    {"cloudtrail", NULL, PROVIDER_AWS, cloudtrail_fits, cloudtrail_fill},
    {"gcp-audit", NULL, PROVIDER_GCP, gcp_audit_fits, gcp_fill},
    {"gcp-log", "log entry without an audit record", PROVIDER_GCP, gcp_is_other_log,
     NULL},
    {"oci-audit", NULL, PROVIDER_OCI, oci_audit_fits, oci_fill},
    {"huawei-cts", NULL, PROVIDER_HUAWEI, huawei_fits, huawei_fill},
    {"journald", NULL, PROVIDER_OTHER, journald_fits, journald_fill},
};

enum { FORM_COUNT = sizeof(forms) / sizeof(forms[0]) };

/* ---- the projection ---- */

static const struct json_path form_paths[] = {
#define X(slot, path) {path, slot},
    FORM_PATHS(X) FORM_MORE_PATHS(X)
#undef X
};

struct json_projection *form_projection_new(struct error *error)
{
    const size_t own = sizeof(form_paths) / sizeof(form_paths[0]);
    struct json_path *paths = calloc(frame_path_count + own, sizeof(*paths));
    if (!paths) {
        error_set(error, ERROR_MEMORY, "out of memory");
        return NULL;
    }
    memcpy(paths, frame_paths, frame_path_count * sizeof(*paths));
    memcpy(paths + frame_path_count, form_paths, sizeof(form_paths));
    struct json_projection *projection =
        json_projection_new(paths, frame_path_count + own, FORM_SLOT_COUNT, error);
    free(paths);
    return projection;
}

/* ---- the normaliser ---- */

struct normaliser *normaliser_new(void)
{
    struct normaliser *normaliser = calloc(1, sizeof(*normaliser));
    if (!normaliser)
        return NULL;
    arena_init(&normaliser->arena);
    normaliser->hint.newest_us = EVENT_TIME_NONE;
    normaliser->huawei_user = huawei_user_projection(NULL);
    normaliser->entra = entra_projection(NULL);
    if (!normaliser->huawei_user || !normaliser->entra) {
        normaliser_free(normaliser);
        return NULL;
    }
    return normaliser;
}

void normaliser_free(struct normaliser *normaliser)
{
    if (!normaliser)
        return;
    json_projection_free(normaliser->huawei_user);
    json_projection_free(normaliser->entra);
    device_contexts_free(normaliser->devices);
    line_state_free(normaliser->lines);
    arena_fini(&normaliser->arena);
    free(normaliser);
}

void normaliser_reset(struct normaliser *normaliser, const struct time_hint *hint)
{
    arena_reset(&normaliser->arena);
    if (normaliser->devices)
        device_contexts_reset(normaliser->devices);
    if (normaliser->lines)
        line_state_reset(normaliser->lines);
    normaliser->hint = hint ? *hint : (struct time_hint){.newest_us = EVENT_TIME_NONE};
    memset(normaliser->shown_order, 0, sizeof(normaliser->shown_order));
}

enum date_order normaliser_date_order(const struct normaliser *normaliser)
{
    bool day = normaliser->shown_order[DATE_ORDER_DAY_FIRST];
    bool month = normaliser->shown_order[DATE_ORDER_MONTH_FIRST];
    if (day == month)
        return DATE_ORDER_UNKNOWN;
    return day ? DATE_ORDER_DAY_FIRST : DATE_ORDER_MONTH_FIRST;
}

void normaliser_set_newest(struct normaliser *normaliser, int64_t newest_us)
{
    normaliser->hint.newest_us = newest_us;
}

void normaliser_set_offset(struct normaliser *normaliser, uint64_t offset)
{
    const struct time_stretches *all = &normaliser->hint.stretches;
    size_t low = 0, high = all->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (all->items[middle].offset <= offset)
            low = middle + 1;
        else
            high = middle;
    }
    if (low)
        normaliser->hint.newest_us = all->items[low - 1].newest_us;
}

static const struct form *form_of(const struct json_slot *slots)
{
    for (size_t i = 0; i < FORM_COUNT; i++) {
        if (forms[i].fits(slots))
            return &forms[i];
    }
    return NULL;
}

bool form_fits(const struct json_slot *slots)
{
    return form_of(slots);
}

void normaliser_set_date_order(struct normaliser *normaliser, enum date_order order,
                               struct event *event)
{
    struct time_value value;
    normaliser->hint.date_order = order;
    if (timestamp_any(event->text[FIELD_TIME_TEXT], &normaliser->hint, &value))
        return;
    event->time_us = value.us;
    event->time_quality = value.quality;
}

static enum record_class normalise_json(struct normaliser *normaliser,
                                        const struct json_slot *slots,
                                        struct slice bytes, struct event *event,
                                        const char **reason)
{
    const struct form *form = form_of(slots);
    if (!form) {
        *reason = "JSON of no known form";
        return RECORD_UNKNOWN;
    }
    event->provider = form->provider;
    event->text[FIELD_FORM] = slice_from(form->name);
    if (form->reason) {
        *reason = form->reason;
        return form->fits == is_state_snapshot ? RECORD_STATE : RECORD_SKIPPED;
    }
    const struct form_record record = {normaliser, slots, event, bytes};
    return form->fill(&record, reason);
}

enum record_class normalise(struct normaliser *normaliser,
                            const struct frame_item *item,
                            const struct json_slot *slots, struct event *event,
                            const char **reason)
{
    arena_reset(&normaliser->arena);
    event_clear(event);
    *reason = NULL;
    if (item->kind == FRAME_JSON)
        return normalise_json(normaliser, slots, item->bytes, event, reason);
    return line_normalise(normaliser, item->bytes, NULL, event, reason);
}
