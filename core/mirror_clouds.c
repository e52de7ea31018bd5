/*
 * Mirroring of the clouds whose records name few things: OCI virtual test access
 * points, Alibaba and Huawei traffic mirror sessions.  Names: their SDKs
 * (oci-python-sdk core, alibaba-cloud-sdk-go vpc, huaweicloud-sdk-go-v3 vpc); no
 * public record of these calls was found.
 */
#include "config.h"

#include "core/mirror_internal.h"

/* Where a value may stand, the surest place first. */
struct places {
    json_t *nodes[4];
};

static json_t *find_in(const struct places *places, const char *key)
{
    for (size_t i = 0; i < sizeof(places->nodes) / sizeof(places->nodes[0]); i++) {
        json_t *found = facts_find(places->nodes[i], key);
        if (found)
            return found;
    }
    return NULL;
}

static struct slice text_in(const struct facts *facts, const struct places *places,
                            const char *key)
{
    return facts_text(facts, find_in(places, key));
}

/* A list of ids, or the ids of a list of objects. */
static struct slice list_in(const struct facts *facts, const struct places *places,
                            const char *key, const char *member)
{
    struct facts_list list = {.count = 0};
    facts_add_all(facts, &list, find_in(places, key), member);
    return facts_joined(facts, &list);
}

static void set_first(const struct facts *facts, const struct places *places,
                      enum event_field field, const char *const *keys, size_t count)
{
    for (size_t i = 0; i < count; i++)
        facts_set(facts, field, text_in(facts, places, keys[i]));
}

/* ---- OCI ---- */

/* Not stateChange.previous, which tells what is no more. */
void oci_mirror_facts(const struct facts *facts)
{
    static const char *const mirrored[] = {"sourceId", "sourcePrivateEndpointIp"};
    static const char *const destination[] = {"targetId", "targetIp",
                                              "targetPrivateEndpointIp"};
    json_t *data = facts_member(facts->root, "data");
    const struct places places = {
        {facts_path(data, "stateChange current"),
         facts_member(data, "additionalDetails"),
         facts_body(facts, facts_path(data, "request payload")),
         facts_body(facts, facts_path(data, "response payload"))}};
    struct slice resource = facts->event->text[FIELD_RESOURCE];

    if (!slice_starts_with(resource, SLICE("ocid1.")))
        resource = text_in(facts, &places, "id");
    facts_set(facts, FIELD_MIRROR,
              resource.length ? resource : facts->event->text[FIELD_RESOURCE]);
    facts_set(facts, FIELD_RESOURCE, resource);
    set_first(facts, &places, FIELD_MIRRORED, mirrored, 2);
    set_first(facts, &places, FIELD_DESTINATION, destination, 3);
    if (facts_truth(find_in(&places, "isVtapEnabled")) == 0)
        facts->event->switched_off = true;
}

/* ---- Alibaba ---- */

/* Lists are arrays, or numbered keys: "TrafficMirrorSourceIds.1". */
static void add_numbered(const struct facts *facts, struct facts_list *list,
                         json_t *object, struct slice prefix)
{
    const char *name;
    json_t *value;
    json_object_foreach(object, name, value)
    {
        if (slice_starts_with_nocase(slice_from(name), prefix))
            facts_add_all(facts, list, value, "id");
    }
}

void alibaba_mirror_facts(const struct facts *facts)
{
    static const char *const ids[] = {"TrafficMirrorSessionId", "TrafficMirrorFilterId",
                                      "TrafficMirrorFilterRuleId"};
    static const char *const destination[] = {"TrafficMirrorTargetId"};
    json_t *request = facts_body(facts, facts_member(facts->root, "requestParameters"));
    json_t *response = facts_body(facts, facts_member(facts->root, "responseElements"));
    const struct places places = {{request, response}};
    /* A session's request names its filter too, a filter's no session. */
    bool of_session = facts_operation_has(facts, SLICE("TrafficMirrorSession"));

    set_first(facts, &places, FIELD_MIRROR, of_session ? ids : ids + 1,
              of_session ? 1 : 2);
    facts_set(facts, FIELD_RESOURCE, facts->event->text[FIELD_MIRROR]);
    if (!of_session)
        return;
    struct facts_list sources = {.count = 0};
    facts_add_all(facts, &sources, find_in(&places, "TrafficMirrorSourceIds"), "id");
    add_numbered(facts, &sources, request, SLICE("TrafficMirrorSourceIds."));
    facts_set(facts, FIELD_MIRRORED, facts_joined(facts, &sources));
    set_first(facts, &places, FIELD_DESTINATION, destination, 1);
    if (facts_truth(find_in(&places, "Enabled")) == 0)
        facts->event->switched_off = true;
}

/* ---- Huawei ---- */

void huawei_mirror_facts(const struct facts *facts)
{
    json_t *request = facts_body(facts, facts_member(facts->root, "request"));
    json_t *response = facts_body(facts, facts_member(facts->root, "response"));
    const struct places places = {{response, request}};

    facts_set(facts, FIELD_MIRROR,
              facts_text(facts, facts_member(facts->root, "resource_id")));
    facts_set(facts, FIELD_MIRROR, text_in(facts, &places, "id"));
    facts_set(facts, FIELD_RESOURCE, facts->event->text[FIELD_MIRROR]);
    if (!facts_operation_has(facts, SLICE("Session")))
        return;
    facts_set(facts, FIELD_MIRRORED,
              list_in(facts, &places, "traffic_mirror_sources", "id"));
    facts_set(facts, FIELD_DESTINATION,
              text_in(facts, &places, "traffic_mirror_target_id"));
    if (facts_truth(find_in(&places, "enabled")) == 0)
        facts->event->switched_off = true;
}
