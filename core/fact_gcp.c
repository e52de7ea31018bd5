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
    } verbs[] = {{SLICE_INIT("insert"), ACT_CREATE}, {SLICE_INIT("create"), ACT_CREATE},
                 {SLICE_INIT("add"), ACT_CREATE},    {SLICE_INIT("delete"), ACT_DELETE},
                 {SLICE_INIT("remove"), ACT_DELETE}, {SLICE_INIT("patch"), ACT_CHANGE},
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

void gcp_fill_policy(struct fact_reader *reader, struct fact *fact, json_t *body)
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
    json_t *request = gcp_request(&reader->tree);
    gcp_fill_policy(reader, fact, request);
    if (json_is_object(request))
        fact->text[FACT_CHANGED] = SLICE(""); /* the body is there, whatever it names */
}

/* ---- the chain ---- */

/* A reference of `object`, sought below it. */
static struct slice reference_in(const struct fact_reader *reader, json_t *object,
                                 const char *key)
{
    return gcp_reference(&reader->tree, facts_find(object, key));
}

/* A rule of a firewall policy, wherever it is written.  Only the action "mirror" copies
 * packets. */
static void policy_rule(struct fact_reader *reader, enum fact_act act, json_t *rule,
                        struct slice policy)
{
    struct slice action = facts_find_text(&reader->tree, rule, "action");
    const struct slice id[] = {policy, SLICE("/packetMirroringRules/"),
                               facts_find_text(&reader->tree, rule, "priority")};
    bool off = facts_truth(facts_find(rule, "disabled")) == 1 ||
               (action.length && !slice_equal_nocase(action, SLICE("mirror")));
    struct fact *fact = fact_add(reader, THING_POLICY_RULE, act);
    fact->text[FACT_OBJECT] =
        id[2].length ? arena_join(reader->tree.arena, id, 3) : policy;
    fact->text[FACT_PARENT] = policy;
    fact->text[FACT_DESTINATION] = reference_in(reader, rule, "securityProfileGroup");
    fact->text[FACT_DIRECTION] = facts_find_text(&reader->tree, rule, "direction");
    fact->text[FACT_ENABLED] = off ? SLICE("false") : SLICE("true");
}

void gcp_policy_rules(struct fact_reader *reader, enum fact_act act, json_t *rules,
                      struct slice policy)
{
    const struct slice collection[] = {policy, SLICE("/packetMirroringRules/")};
    json_t *rule;
    size_t i;
    json_array_foreach(rules, i, rule) policy_rule(reader, act, rule, policy);
    fact_add(reader, THING_POLICY_RULE, ACT_LIST)->text[FACT_OBJECT] =
        arena_join(reader->tree.arena, collection, 2);
}

static struct slice resource_of(const struct fact_reader *reader)
{
    return gcp_short_name(reader->event->text[FIELD_RESOURCE]);
}

static void mirroring_rule(struct fact_reader *reader)
{
    policy_rule(reader, act_of(reader), gcp_request(&reader->tree),
                resource_of(reader));
}

/* A policy that is written with its rules, or deleted with them.  The last record of
 * the act has no request: it tells the outcome alone. */
static void whole_policy(struct fact_reader *reader)
{
    json_t *rules = facts_find(gcp_request(&reader->tree), "packetMirroringRules");
    if (rules || act_of(reader) == ACT_DELETE)
        gcp_policy_rules(reader, ACT_WRITE, rules, resource_of(reader));
    else if (reader->event->phase == PHASE_LAST)
        fact_add(reader, THING_POLICY_RULE, ACT_NONE);
}

/* The rules of another policy, whatever they are, become those of this one as well. */
static void cloned_rules(struct fact_reader *reader)
{
    struct fact *fact = fact_add(reader, THING_POLICY_RULE, ACT_ATTACH);
    fact->text[FACT_PARENT] = resource_of(reader);
    fact->text[FACT_SOURCE] =
        reference_in(reader, gcp_request(&reader->tree), "sourceFirewallPolicy");
}

/* Where a policy applies: without a network it copies nothing. */
static void policy_link(struct fact_reader *reader)
{
    json_t *request = gcp_request(&reader->tree);
    struct slice policy = resource_of(reader);
    const struct slice id[] = {policy, SLICE("/associations/"),
                               facts_find_text(&reader->tree, request, "name")};
    struct fact *fact = fact_add(reader, THING_POLICY_LINK, act_of(reader));
    fact->text[FACT_OBJECT] = arena_join(reader->tree.arena, id, 3);
    fact->text[FACT_PARENT] = policy;
    fact->text[FACT_SOURCE] = reference_in(reader, request, "attachmentTarget");
}

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
    fact->text[FACT_OBJECT] = event.text[FIELD_MIRROR];
    fact->text[FACT_SOURCE] = event.text[FIELD_MIRRORED];
    fact->text[FACT_DESTINATION] = event.text[FIELD_DESTINATION];
    if (fact->thing == THING_DEPLOYMENT)
        fact->text[FACT_PARENT] = reference_in(reader, gcp_request(&reader->tree),
                                               "mirroringDeploymentGroup");
}

/* ---- neighbours ---- */

static void forwarding_rule(struct fact_reader *reader)
{
    fact_add(reader, THING_BALANCER, ACT_DELETE)->text[FACT_OBJECT] =
        resource_of(reader);
}

/* The network tags that a request gives an instance: a list, or an object with one.  A
 * request of setTags that lists none takes all away. */
static struct slice tags_of(const struct fact_reader *reader, json_t *request)
{
    json_t *tags = facts_find(request, "tags");
    json_t *inner = facts_find(tags, "items");
    struct facts_list list = {.count = 0};
    if (!inner)
        inner = facts_find(tags, "tags");
    facts_add_all(&reader->tree, &list, inner ? inner : tags, "name");
    if (!list.count && facts_member(request, "fingerprint"))
        return SLICE("");
    return facts_joined(&reader->tree, &list);
}

static void instance(struct fact_reader *reader)
{
    json_t *request = gcp_request(&reader->tree);
    enum fact_act act = act_of(reader);
    struct slice tags = act == ACT_DELETE ? SLICE_NONE : tags_of(reader, request);
    if (act != ACT_DELETE && !slice_present(tags))
        return;
    struct fact *fact = fact_add(reader, THING_MACHINE, act);
    fact->text[FACT_OBJECT] = resource_of(reader);
    fact->text[FACT_TAGS] = tags;
    if (act == ACT_CREATE)
        fact->text[FACT_NETWORK] =
            reference_in(reader, facts_find(request, "networkInterfaces"), "network");
}

const struct fact_row fact_rows_gcp[] = {
    {SLICE_INIT("packetMirrorings.insert"), false, policy},
    {SLICE_INIT("packetMirrorings.patch"), false, policy},
    {SLICE_INIT("packetMirrorings.delete"), false, policy},
    {SLICE_INIT("addPacketMirroringRule"), false, mirroring_rule},
    {SLICE_INIT("patchPacketMirroringRule"), false, mirroring_rule},
    {SLICE_INIT("removePacketMirroringRule"), false, mirroring_rule},
    {SLICE_INIT("FirewallPolicies.insert"), false, whole_policy},
    {SLICE_INIT("FirewallPolicies.patch"), false, whole_policy},
    {SLICE_INIT("FirewallPolicies.delete"), false, whole_policy},
    {SLICE_INIT("FirewallPolicies.cloneRules"), false, cloned_rules},
    {SLICE_INIT("FirewallPolicies.addAssociation"), false, policy_link},
    {SLICE_INIT("FirewallPolicies.removeAssociation"), false, policy_link},
    {SLICE_INIT(".CreateMirroring"), false, chain},
    {SLICE_INIT(".UpdateMirroring"), false, chain},
    {SLICE_INIT(".DeleteMirroring"), false, chain},
    {SLICE_INIT(".CreateSecurityProfile"), false, chain},
    {SLICE_INIT(".UpdateSecurityProfile"), false, chain},
    {SLICE_INIT(".DeleteSecurityProfile"), false, chain},
    {SLICE_INIT("compute.forwardingRules.delete"), false, forwarding_rule},
    {SLICE_INIT("compute.instances.delete"), false, instance},
    {SLICE_INIT("compute.instances.insert"), false, instance},
    {SLICE_INIT("compute.instances.setTags"), false, instance},
    {SLICE_NONE, false, NULL},
};
