/*
 * Facts of GCP audit entries: packet mirroring policies as the fields of their body,
 * so that a patch can be merged field by field (JSON merge patch, RFC 7396: absent
 * keeps, null takes away, a list replaces), the links of Network Security Integration,
 * and the machines and forwarding rules around them.
 */
#include "config.h"

#include "core/fact_internal.h"

static enum fact_act act_of(const struct fact_reader *reader)
{
    static const struct {
        struct slice verb;
        enum fact_act act;
    } verbs[] = {
        {SLICE_INIT("insert"), ACT_CREATE},       {SLICE_INIT("create"), ACT_CREATE},
        {SLICE_INIT("addPacket"), ACT_CREATE},    {SLICE_INIT("delete"), ACT_DELETE},
        {SLICE_INIT("removePacket"), ACT_DELETE}, {SLICE_INIT("patch"), ACT_CHANGE},
        {SLICE_INIT("update"), ACT_CHANGE}};
    struct slice method = reader->event->text[FIELD_OPERATION];
    ptrdiff_t dot = slice_rindex(method, '.');
    method = dot < 0 ? method : slice_skip(method, (size_t)dot + 1);
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
        if (slice_starts_with_nocase(method, verbs[i].verb))
            return verbs[i].act;
    }
    return ACT_WRITE;
}

/* ---- policies ---- */

/* A list of texts or references, joined; empty where it was taken away. */
static struct slice list_text(const struct fact_reader *reader, json_t *node)
{
    struct facts_list list = {.count = 0};
    json_t *value;
    size_t i;
    if (!node)
        return SLICE_NONE;
    json_array_foreach(node, i, value)
        facts_add(&list, gcp_reference(&reader->tree, value));
    struct slice text = json_is_array(node) ? facts_joined(&reader->tree, &list)
                                            : gcp_reference(&reader->tree, node);
    return text.length ? text : SLICE("");
}

/* The member of an object; where the object itself was taken away, a null as well. */
static json_t *member_of(json_t *object, const char *key)
{
    return json_is_null(object) ? object : facts_member(object, key);
}

static void fill_policy(struct fact_reader *reader, struct fact *fact, json_t *body)
{
    json_t *resources = facts_member(body, "mirroredResources");
    json_t *filter = facts_member(body, "filter");
    const struct {
        json_t *node;
        enum fact_field field;
    } fields[] = {
        {facts_member(body, "collectorIlb"), FACT_DESTINATION},
        {facts_member(body, "network"), FACT_NETWORK},
        {facts_member(body, "enable"), FACT_ENABLED},
        {member_of(resources, "instances"), FACT_SOURCE},
        {member_of(resources, "subnetworks"), FACT_ADDRESS},
        {member_of(resources, "tags"), FACT_TAGS},
        {member_of(filter, "cidrRanges"), FACT_FILTER},
        {member_of(filter, "IPProtocols"), FACT_PROTOCOL},
        {member_of(filter, "direction"), FACT_DIRECTION},
    };
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        fact->text[fields[i].field] = list_text(reader, fields[i].node);
}

static void policy(struct fact_reader *reader)
{
    struct event event = *reader->event;
    reader->tree.event = &event;
    gcp_mirror_facts(&reader->tree);
    struct fact *fact = fact_add(reader, THING_SESSION, act_of(reader));
    fact->text[FACT_OBJECT] = event.text[FIELD_MIRROR];
    fill_policy(reader, fact, gcp_request(&reader->tree));
}

/* ---- the chain ---- */

static const struct {
    struct slice part; /* of the method; the longer one first */
    enum fact_thing thing;
} links[] = {
    {SLICE_INIT("MirroringEndpointGroupAssociation"), THING_ASSOCIATION},
    {SLICE_INIT("MirroringEndpointGroup"), THING_ENDPOINT_GROUP},
    {SLICE_INIT("MirroringDeploymentGroup"), THING_DEPLOYMENT_GROUP},
    {SLICE_INIT("MirroringDeployment"), THING_DEPLOYMENT},
    {SLICE_INIT("SecurityProfileGroup"), THING_PROFILE_GROUP},
    {SLICE_INIT("SecurityProfile"), THING_PROFILE},
    {SLICE_INIT("PacketMirroringRule"), THING_POLICY_RULE},
};

static void chain(struct fact_reader *reader)
{
    struct event event = *reader->event;
    struct slice method = event.text[FIELD_OPERATION];
    ptrdiff_t dot = slice_rindex(method, '.');
    method = dot < 0 ? method : slice_skip(method, (size_t)dot + 1);
    size_t i = 0;
    while (i < sizeof links / sizeof links[0] &&
           slice_find_nocase(method, links[i].part) < 0)
        i++;
    if (i == sizeof links / sizeof links[0])
        return;
    reader->tree.event = &event;
    gcp_mirror_facts(&reader->tree);
    struct fact *fact = fact_add(reader, links[i].thing, act_of(reader));
    json_t *request = gcp_request(&reader->tree);
    fact->text[FACT_OBJECT] = event.text[FIELD_MIRROR];
    fact->text[FACT_SOURCE] = event.text[FIELD_MIRRORED];
    fact->text[FACT_DESTINATION] = event.text[FIELD_DESTINATION];
    if (fact->thing == THING_DEPLOYMENT)
        fact->text[FACT_PARENT] = gcp_reference(
            &reader->tree, facts_find(request, "mirroringDeploymentGroup"));
    if (fact->thing == THING_POLICY_RULE) {
        fact->text[FACT_DIRECTION] =
            facts_find_text(&reader->tree, request, "direction");
        fact->text[FACT_ENABLED] = event.switched_off ? SLICE("false") : SLICE("true");
    }
}

/* ---- neighbours ---- */

static struct slice resource_of(const struct fact_reader *reader)
{
    return gcp_short_name(reader->event->text[FIELD_RESOURCE]);
}

static void forwarding_rule(struct fact_reader *reader)
{
    fact_add(reader, THING_BALANCER, ACT_DELETE)->text[FACT_OBJECT] =
        resource_of(reader);
}

static void instance(struct fact_reader *reader)
{
    fact_add(reader, THING_MACHINE, ACT_DELETE)->text[FACT_OBJECT] =
        resource_of(reader);
}

const struct fact_row fact_rows_gcp[] = {
    {SLICE_INIT("packetMirrorings.insert"), false, policy},
    {SLICE_INIT("packetMirrorings.patch"), false, policy},
    {SLICE_INIT("packetMirrorings.delete"), false, policy},
    {SLICE_INIT("addPacketMirroringRule"), false, chain},
    {SLICE_INIT("patchPacketMirroringRule"), false, chain},
    {SLICE_INIT("removePacketMirroringRule"), false, chain},
    {SLICE_INIT(".CreateMirroring"), false, chain},
    {SLICE_INIT(".UpdateMirroring"), false, chain},
    {SLICE_INIT(".DeleteMirroring"), false, chain},
    {SLICE_INIT(".CreateSecurityProfile"), false, chain},
    {SLICE_INIT(".UpdateSecurityProfile"), false, chain},
    {SLICE_INIT(".DeleteSecurityProfile"), false, chain},
    {SLICE_INIT("compute.forwardingRules.delete"), false, forwarding_rule},
    {SLICE_INIT("compute.instances.delete"), false, instance},
    {SLICE_NONE, false, NULL},
};

/* ---- snapshots: gcloud compute packet-mirrorings list ---- */

bool fact_state_gcp(struct fact_reader *reader)
{
    json_t *root = reader->tree.root;
    struct slice kind = facts_text(&reader->tree, facts_member(root, "kind"));
    if (!slice_equal(kind, SLICE("compute#packetMirroring")))
        return false;
    struct slice name =
        gcp_short_name(facts_text(&reader->tree, facts_member(root, "selfLink")));
    if (!name.length)
        name = facts_text(&reader->tree, facts_member(root, "name"));
    struct fact *fact = fact_add(reader, THING_SESSION, ACT_OBSERVE);
    fill_policy(reader, fact, root);
    fact->text[FACT_OBJECT] = name;
    fact->account = slice_segment(name, SLICE("projects/"));
    fact->region = slice_segment(name, SLICE("/regions/"));
    return true;
}
