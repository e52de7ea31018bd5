/*
 * Azure virtual network TAPs, tap configurations of network interfaces, and packet
 * captures.  Bodies are in some records only: `requestbody` with the first phase,
 * `responseBody` with the last, as JSON text.  Names: Microsoft, REST reference of
 * virtual network TAPs; the bodies' place in the log: exports of real records.
 */
#include "config.h"

#include "core/mirror_internal.h"

/* The text of `resource` before `part`; the whole where it has none. */
static struct slice before(struct slice resource, struct slice part)
{
    ptrdiff_t at = slice_find_nocase(resource, part);
    return at < 0 ? resource : slice_first(resource, (size_t)at);
}

json_t *azure_in_bodies(const struct facts *facts, const char *key)
{
    static const char *const bodies[] = {"responseBody", "requestBody"};
    json_t *properties = facts_body(facts, facts_member(facts->root, "properties"));
    for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
        json_t *body = facts_body(facts, facts_member(properties, bodies[i]));
        json_t *found = json_is_string(body) ? NULL : facts_find(body, key);
        if (found)
            return found;
    }
    return NULL;
}

struct slice azure_ids_in_bodies(const struct facts *facts, const char *key)
{
    struct facts_list ids = {.count = 0};
    facts_add_all(facts, &ids, azure_in_bodies(facts, key), "id");
    return facts_joined(facts, &ids);
}

/* networkInterfaces/NIC/tapConfigurations/C: one mirror. */
static void tap_configuration(const struct facts *facts, struct slice resource)
{
    facts_set(facts, FIELD_MIRROR, resource);
    facts_set(facts, FIELD_MIRRORED, before(resource, SLICE("/tapConfigurations/")));
    facts_set(facts, FIELD_DESTINATION,
              azure_ids_in_bodies(facts, "virtualNetworkTap"));
}

static void tap_proxy(const struct facts *facts, struct slice resource)
{
    facts_set(facts, FIELD_MIRROR, resource);
    facts_set(facts, FIELD_MIRRORED,
              azure_ids_in_bodies(facts, "networkInterfaceTapConfiguration"));
    facts_set(facts, FIELD_DESTINATION,
              before(resource, SLICE("/networkInterfaceTapConfigurationProxies/")));
}

static void tap(const struct facts *facts, struct slice resource)
{
    facts_set(facts, FIELD_MIRROR, resource);
    facts_set(facts, FIELD_MIRRORED,
              azure_ids_in_bodies(facts, "networkInterfaceTapConfigurations"));
    facts_set(facts, FIELD_DESTINATION,
              azure_ids_in_bodies(facts, "destinationNetworkInterfaceIPConfiguration"));
    facts_set(
        facts, FIELD_DESTINATION,
        azure_ids_in_bodies(facts, "destinationLoadBalancerFrontEndIPConfiguration"));
}

static void packet_capture(const struct facts *facts, struct slice resource)
{
    json_t *storage = azure_in_bodies(facts, "storageLocation");
    facts_set(facts, FIELD_MIRROR, resource);
    facts_set(facts, FIELD_MIRRORED,
              facts_text(facts, azure_in_bodies(facts, "target")));
    facts_set(facts, FIELD_DESTINATION, facts_find_text(facts, storage, "storageId"));
    facts_set(facts, FIELD_DESTINATION, facts_find_text(facts, storage, "storagePath"));
}

/* A TAP may be put on an interface by writing the interface itself. */
static void network_interface(const struct facts *facts, struct slice resource)
{
    struct slice taps = azure_ids_in_bodies(facts, "virtualNetworkTaps");
    if (!taps.length)
        return;
    facts_set(facts, FIELD_MIRRORED, resource);
    facts_set(facts, FIELD_DESTINATION, taps);
}

/* The longer name first. */
static const struct {
    struct slice part;
    void (*extract)(const struct facts *, struct slice resource);
} families[] = {
    {SLICE_INIT("networkInterfaceTapConfigurationProxies/"), tap_proxy},
    {SLICE_INIT("tapConfigurations/"), tap_configuration},
    {SLICE_INIT("virtualNetworkTaps/"), tap},
    {SLICE_INIT("packetCaptures/"), packet_capture},
    {SLICE_INIT("networkInterfaces/"), network_interface},
};

void azure_mirror_facts(const struct facts *facts)
{
    facts_set(facts, FIELD_RESOURCE,
              facts_text(facts, facts_member(facts->root, "resourceId")));
    for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++) {
        if (facts_operation_has(facts, families[i].part)) {
            families[i].extract(facts, facts->event->text[FIELD_RESOURCE]);
            break;
        }
    }
    /* The record's own `location` is where the event was processed. */
    facts_set(facts, FIELD_REGION,
              facts_text(facts, azure_in_bodies(facts, "location")));
}
