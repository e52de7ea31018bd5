/*
 * GCP packet mirroring policies (compute.packetMirrorings), mirroring rules of
 * firewall policies, and Network Security Integration (networksecurity ...
 * Mirroring).  Names: Google, compute.proto and networksecurity mirroring.proto; no
 * public record of these calls was found, so keys are sought by name.
 */
#include "config.h"

#include "core/mirror_internal.h"

struct slice gcp_short_name(struct slice url)
{
    static const struct slice roots[] = {
        SLICE_INIT("/projects/"), SLICE_INIT("/organizations/"),
        SLICE_INIT("/folders/"), SLICE_INIT("/locations/")};
    /* A name without a host may hold the other words within. */
    bool has_host = slice_find(url, SLICE("//")) >= 0;
    size_t count = has_host ? sizeof roots / sizeof roots[0] : 1;
    for (size_t i = 0; i < count; i++) {
        ptrdiff_t at = slice_find(url, roots[i]);
        if (at >= 0)
            return slice_skip(url, (size_t)at + 1);
    }
    return url;
}

json_t *gcp_request(const struct facts *facts)
{
    return facts_body(facts, facts_path(facts->root, "protoPayload request"));
}

struct slice gcp_reference(const struct facts *facts, json_t *node)
{
    json_t *url = json_is_object(node) ? facts_find(node, "url") : node;
    return gcp_short_name(facts_text(facts, url));
}

static void add_references(const struct facts *facts, struct facts_list *list,
                           json_t *array)
{
    json_t *element;
    size_t i;
    facts_add(list, gcp_reference(facts, json_is_array(array) ? NULL : array));
    json_array_foreach(array, i, element)
        facts_add(list, gcp_reference(facts, element));
}

/* New machines with the tag join a mirror silently: show that it is a tag. */
static void add_tags(const struct facts *facts, struct facts_list *list, json_t *array)
{
    json_t *element;
    size_t i;
    json_array_foreach(array, i, element)
    {
        struct slice tag = facts_text(facts, element);
        if (tag.length) {
            const struct slice parts[] = {SLICE("tag:"), tag};
            facts_add(list, arena_join(facts->arena, parts, 2));
        }
    }
}

static struct slice mirrored_resources(const struct facts *facts, json_t *request)
{
    json_t *resources = facts_find(request, "mirroredResources");
    struct facts_list list = {.count = 0};
    add_references(facts, &list, facts_member(resources, "instances"));
    add_references(facts, &list, facts_member(resources, "subnetworks"));
    add_tags(facts, &list, facts_member(resources, "tags"));
    return facts_joined(facts, &list);
}

static void policy(const struct facts *facts)
{
    json_t *request = gcp_request(facts);
    struct slice name = gcp_short_name(facts->event->text[FIELD_RESOURCE]);
    if (slice_find_nocase(name, SLICE("/packetMirrorings/")) < 0) {
        struct slice link = gcp_short_name(facts_text(
            facts, facts_path(facts->root, "protoPayload response targetLink")));
        name = link.length ? link : name;
    }
    facts_set(facts, FIELD_MIRROR, name);
    facts_set(facts, FIELD_MIRRORED, mirrored_resources(facts, request));
    facts_set(facts, FIELD_DESTINATION,
              gcp_reference(facts, facts_find(request, "collectorIlb")));
    if (facts_truth(facts_find(request, "enable")) == 0)
        facts->event->switched_off = true;
}

/* A rule of a firewall policy: the policy and its priority name it.  Only the
 * action "mirror" copies packets. */
static void policy_rule(const struct facts *facts)
{
    json_t *request = gcp_request(facts);
    struct slice priority = facts_find_text(facts, request, "priority");
    struct slice action = facts_find_text(facts, request, "action");
    struct slice name = gcp_short_name(facts->event->text[FIELD_RESOURCE]);
    if (name.length && priority.length) {
        const struct slice parts[] = {name, SLICE("/packetMirroringRules/"), priority};
        name = arena_join(facts->arena, parts, 3);
    }
    struct facts_list targets = {.count = 0};
    add_references(facts, &targets, facts_find(request, "targetResources"));
    facts_set(facts, FIELD_MIRROR, name);
    facts_set(facts, FIELD_MIRRORED, facts_joined(facts, &targets));
    facts_set(facts, FIELD_DESTINATION,
              gcp_short_name(facts_find_text(facts, request, "securityProfileGroup")));
    if (facts_truth(facts_find(request, "disabled")) == 1 ||
        (action.length && !slice_equal_nocase(action, SLICE("mirror"))))
        facts->event->switched_off = true;
}

/* Create calls name the parent and give the child's id beside it. */
static struct slice child_name(const struct facts *facts, const char *collection,
                               const char *id_key)
{
    struct slice name = gcp_short_name(facts->event->text[FIELD_RESOURCE]);
    struct slice part = arena_printf(facts->arena, "/%s/", collection);
    if (slice_find_nocase(name, part) >= 0)
        return name;
    struct slice id = facts_find_text(facts, gcp_request(facts), id_key);
    if (!name.length || !id.length)
        return name;
    const struct slice parts[] = {name, part, id};
    return arena_join(facts->arena, parts, 3);
}

/*
 * The chain of Network Security Integration: a deployment (with its forwarding
 * rule) belongs to a deployment group, an end point group refers to that, an
 * association puts it on a network, a profile and a profile group name it.
 */
static const struct link {
    struct slice part; /* of the method's name; the longer one first */
    const char *collection, *id;
    const char *mirrored, *destination;
} links[] = {
    {SLICE_INIT("MirroringEndpointGroupAssociation"),
     "mirroringEndpointGroupAssociations", "mirroringEndpointGroupAssociationId",
     "network", "mirroringEndpointGroup"},
    {SLICE_INIT("MirroringEndpointGroup"), "mirroringEndpointGroups",
     "mirroringEndpointGroupId", NULL, "mirroringDeploymentGroup"},
    {SLICE_INIT("MirroringDeploymentGroup"), "mirroringDeploymentGroups",
     "mirroringDeploymentGroupId", "network", NULL},
    {SLICE_INIT("MirroringDeployment"), "mirroringDeployments", "mirroringDeploymentId",
     NULL, "forwardingRule"},
    {SLICE_INIT("SecurityProfileGroup"), "securityProfileGroups",
     "securityProfileGroupId", NULL, "customMirroringProfile"},
    {SLICE_INIT("SecurityProfile"), "securityProfiles", "securityProfileId", NULL,
     "mirroringEndpointGroup"},
};

static void integration(const struct facts *facts, const struct link *link)
{
    json_t *request = gcp_request(facts);
    facts_set(facts, FIELD_MIRROR, child_name(facts, link->collection, link->id));
    if (link->mirrored)
        facts_set(facts, FIELD_MIRRORED,
                  gcp_short_name(facts_find_text(facts, request, link->mirrored)));
    if (link->destination)
        facts_set(facts, FIELD_DESTINATION,
                  gcp_short_name(facts_find_text(facts, request, link->destination)));
}

static void association(const struct facts *facts)
{
    facts_set(facts, FIELD_MIRROR, gcp_short_name(facts->event->text[FIELD_RESOURCE]));
    facts_set(
        facts, FIELD_MIRRORED,
        gcp_short_name(facts_find_text(facts, gcp_request(facts), "attachmentTarget")));
}

/* Packet mirroring rules written with the policy itself. */
static void inline_rules(const struct facts *facts)
{
    json_t *rules = facts_find(gcp_request(facts), "packetMirroringRules");
    if (!rules)
        return;
    struct facts_list groups = {.count = 0}, targets = {.count = 0};
    facts_add_all(facts, &groups, rules, "securityProfileGroup");
    facts_add_all(facts, &targets, facts_find(rules, "targetResources"), "url");
    facts_set(facts, FIELD_MIRROR, gcp_short_name(facts->event->text[FIELD_RESOURCE]));
    facts_set(facts, FIELD_MIRRORED, facts_joined(facts, &targets));
    facts_set(facts, FIELD_DESTINATION, facts_joined(facts, &groups));
}

/* Without the service, whose name may hold another link's:
 * "OrganizationSecurityProfileGroupService.CreateSecurityProfile". */
static struct slice method_of(struct slice operation)
{
    ptrdiff_t dot = slice_rindex(operation, '.');
    return dot < 0 ? operation : slice_skip(operation, (size_t)dot + 1);
}

void gcp_mirror_facts(const struct facts *facts)
{
    if (facts_operation_has(facts, SLICE("packetMirrorings."))) {
        policy(facts);
        return;
    }
    if (facts_operation_has(facts, SLICE("PacketMirroringRule"))) {
        policy_rule(facts);
        return;
    }
    if (facts_operation_has(facts, SLICE("firewallPolicies."))) {
        if (facts_operation_has(facts, SLICE("Association")))
            association(facts);
        else
            inline_rules(facts);
        return;
    }
    struct slice method = method_of(facts->event->text[FIELD_OPERATION]);
    for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++) {
        if (slice_find_nocase(method, links[i].part) >= 0) {
            integration(facts, &links[i]);
            return;
        }
    }
}
