/*
 * What `gcloud compute packet-mirrorings list`, `gcloud network-security mirroring-*
 * list`, `gcloud compute network-firewall-policies describe` and the REST calls behind
 * them show.  REST names what its list is a list of; gcloud prints a bare array.
 */
#include "config.h"

#include "core/fact_internal.h"

static struct fact *observe(struct fact_reader *reader, enum fact_thing thing,
                            struct slice name)
{
    struct fact *fact = fact_add(reader, thing, ACT_OBSERVE);
    fact->text[FACT_OBJECT] = name;
    fact->account = slice_segment(name, SLICE("projects/"));
    fact->region = slice_segment(name, SLICE("/regions/"));
    return fact;
}

static void add_list(struct fact_reader *reader, enum fact_thing thing,
                     struct slice collection)
{
    const struct slice parts[] = {collection, SLICE("/")};
    fact_add(reader, thing, ACT_LIST)->text[FACT_OBJECT] =
        arena_join(reader->tree.arena, parts, 2);
}

/* Where something was left out or could not be asked, what is absent may stand. */
static bool is_whole(json_t *list)
{
    return !facts_find(list, "nextPageToken") && !facts_find(list, "unreachables") &&
           !facts_find(list, "unreachable");
}

/* ---- packet mirroring policies ---- */

static void policy(struct fact_reader *reader, json_t *object)
{
    struct slice link = gcp_short_name(fact_text_at(reader, object, "selfLink"));
    const struct slice parts[] = {
        gcp_short_name(fact_text_at(reader, object, "region")),
        SLICE("/packetMirrorings/"), fact_text_at(reader, object, "name")};
    struct slice name = link.length       ? link
                        : parts[0].length ? arena_join(reader->tree.arena, parts, 3)
                                          : parts[2];
    gcp_fill_policy(reader, observe(reader, THING_SESSION, name), object);
}

static void policies(struct fact_reader *reader, json_t *array)
{
    json_t *value;
    size_t i;
    json_array_foreach(array, i, value) policy(reader, value);
}

/* "projects/p/regions/r/packetMirrorings" of a list of them. */
static struct slice collection_of(const struct fact_reader *reader, json_t *list)
{
    struct slice link = gcp_short_name(fact_text_at(reader, list, "selfLink"));
    return link.length ? link : fact_text_at(reader, list, "id");
}

static void policy_list(struct fact_reader *reader, json_t *list)
{
    struct slice collection = collection_of(reader, list);
    policies(reader, facts_member(list, "items"));
    if (collection.length && is_whole(list) && !facts_member(list, "warning"))
        add_list(reader, THING_SESSION, collection);
}

/* A region that holds none has a warning of its own that says so. */
static bool is_region_whole(const struct fact_reader *reader, json_t *region)
{
    json_t *warning = facts_member(region, "warning");
    return !warning || slice_equal(fact_text_at(reader, warning, "code"),
                                   SLICE("NO_RESULTS_ON_PAGE"));
}

/* "regions/r": its policies, for all regions of a project. */
static void policy_regions(struct fact_reader *reader, json_t *list)
{
    struct slice project =
        slice_segment(collection_of(reader, list), SLICE("projects/"));
    bool whole = project.length && is_whole(list);
    const char *scope;
    json_t *region;
    json_object_foreach(facts_member(list, "items"), scope, region)
    {
        const struct slice parts[] = {SLICE("projects/"), project, SLICE("/"),
                                      slice_from(scope), SLICE("/packetMirrorings")};
        policies(reader, facts_member(region, "packetMirrorings"));
        if (whole && is_region_whole(reader, region))
            add_list(reader, THING_SESSION, arena_join(reader->tree.arena, parts, 5));
    }
}

/* ---- firewall policies ---- */

static void firewall_policy(struct fact_reader *reader, json_t *object)
{
    struct slice name = gcp_short_name(fact_text_at(reader, object, "selfLink"));
    json_t *rules = facts_member(object, "packetMirroringRules");
    if (name.length && rules)
        gcp_policy_rules(reader, ACT_OBSERVE, rules, name);
}

static const struct {
    struct slice kind;
    void (*take)(struct fact_reader *reader, json_t *object);
} kinds[] = {
    {SLICE_INIT("compute#packetMirroring"), policy},
    {SLICE_INIT("compute#packetMirroringList"), policy_list},
    {SLICE_INIT("compute#packetMirroringAggregatedList"), policy_regions},
    {SLICE_INIT("compute#firewallPolicy"), firewall_policy},
};

/* ---- the chain of Network Security Integration ---- */

static const struct link {
    const char *list; /* the key of a REST list, and the collection in a name */
    enum fact_thing thing;
    const char *source, *destination, *parent;
} links[] = {
    {"mirroringDeployments", THING_DEPLOYMENT, NULL, "forwardingRule",
     "mirroringDeploymentGroup"},
    {"mirroringDeploymentGroups", THING_DEPLOYMENT_GROUP, "network", NULL, NULL},
    {"mirroringEndpointGroups", THING_ENDPOINT_GROUP, NULL, "mirroringDeploymentGroup",
     NULL},
    {"mirroringEndpointGroupAssociations", THING_ASSOCIATION, "network",
     "mirroringEndpointGroup", NULL},
    {"securityProfiles", THING_PROFILE, NULL, "mirroringEndpointGroup", NULL},
    {"securityProfileGroups", THING_PROFILE_GROUP, NULL, "customMirroringProfile",
     NULL},
};
enum { LINK_COUNT = sizeof links / sizeof links[0] };

static struct slice reference_at(const struct fact_reader *reader, json_t *object,
                                 const char *key)
{
    return key ? gcp_reference(&reader->tree, facts_find(object, key)) : SLICE_NONE;
}

/* The row of the collection that a name ends in: ".../mirroringDeployments/d". */
static const struct link *link_of(struct slice name)
{
    struct slice collection = fact_collection(name);
    collection.length -= collection.length > 0;
    for (size_t i = 0; i < LINK_COUNT; i++) {
        ptrdiff_t slash = slice_rindex(collection, '/');
        if (slash > 0 && slice_equal(slice_skip(collection, (size_t)slash + 1),
                                     slice_from(links[i].list)))
            return &links[i];
    }
    return NULL;
}

static bool observe_link(struct fact_reader *reader, json_t *object)
{
    struct slice name = fact_text_at(reader, object, "name");
    const struct link *link = link_of(name);
    if (!link)
        return false;
    struct fact *fact = observe(reader, link->thing, name);
    fact->text[FACT_SOURCE] = reference_at(reader, object, link->source);
    fact->text[FACT_DESTINATION] = reference_at(reader, object, link->destination);
    fact->text[FACT_PARENT] = reference_at(reader, object, link->parent);
    return true;
}

/* A REST list names no collection but by what it shows. */
static bool observe_links(struct fact_reader *reader, json_t *root)
{
    for (size_t i = 0; i < LINK_COUNT; i++) {
        json_t *array = facts_member(root, links[i].list), *value;
        size_t at, from = reader->out->count;
        if (!json_is_array(array))
            continue;
        json_array_foreach(array, at, value) observe_link(reader, value);
        if (reader->out->count > from && is_whole(root)) {
            struct slice collection =
                fact_collection(reader->out->facts[from].text[FACT_OBJECT]);
            add_list(reader, links[i].thing,
                     slice_first(collection, collection.length - 1));
        }
        return true;
    }
    return false;
}

bool fact_state_gcp(struct fact_reader *reader)
{
    json_t *root = reader->tree.root;
    struct slice kind = fact_text_at(reader, root, "kind");
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (slice_equal(kind, kinds[i].kind)) {
            kinds[i].take(reader, root);
            return true;
        }
    }
    return observe_link(reader, root) || observe_links(reader, root);
}
