/*
 * Where EC2's mirroring calls say what is mirrored to where.  Names: botocore,
 * ec2 2016-11-15; the wrappers were seen in real records only.
 */
#include "config.h"

#include "core/mirror_internal.h"

/* The response describes the whole object, also after a Modify; a failed call has
 * the request alone. */
static struct slice id_of(const struct facts *facts, const char *key)
{
    json_t *response = facts_body(facts, facts_member(facts->root, "responseElements"));
    json_t *request = facts_body(facts, facts_member(facts->root, "requestParameters"));
    struct slice text = facts_find_text(facts, response, key);
    return text.length ? text : facts_find_text(facts, request, key);
}

static void session(const struct facts *facts)
{
    struct slice id = id_of(facts, "trafficMirrorSessionId");
    facts_set(facts, FIELD_MIRROR, id);
    facts_set(facts, FIELD_RESOURCE, id);
    facts_set(facts, FIELD_MIRRORED, id_of(facts, "networkInterfaceId"));
    facts_set(facts, FIELD_DESTINATION, id_of(facts, "trafficMirrorTargetId"));
}

/* A target's network interface is where the copies go, not what is copied. */
static void target(const struct facts *facts)
{
    static const char *const keys[] = {"networkLoadBalancerArn",
                                       "gatewayLoadBalancerEndpointId",
                                       "networkInterfaceId"};
    struct slice id = id_of(facts, "trafficMirrorTargetId");
    facts_set(facts, FIELD_MIRROR, id);
    facts_set(facts, FIELD_RESOURCE, id);
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
        facts_set(facts, FIELD_DESTINATION, id_of(facts, keys[i]));
}

static void filter(const struct facts *facts)
{
    struct slice id = id_of(facts, "trafficMirrorFilterId");
    facts_set(facts, FIELD_MIRROR, id);
    facts_set(facts, FIELD_RESOURCE, id);
}

/* A rule changes what every session of its filter copies. */
static void filter_rule(const struct facts *facts)
{
    facts_set(facts, FIELD_MIRROR, id_of(facts, "trafficMirrorFilterRuleId"));
    facts_set(facts, FIELD_RESOURCE, id_of(facts, "trafficMirrorFilterId"));
    facts_set(facts, FIELD_MIRROR, facts->event->text[FIELD_RESOURCE]);
    facts_set(facts, FIELD_RESOURCE, facts->event->text[FIELD_MIRROR]);
}

/* The longer name first: "FilterRule" has "Filter" in it. */
static const struct {
    struct slice part;
    void (*extract)(const struct facts *);
} families[] = {
    {SLICE_INIT("TrafficMirrorSession"), session},
    {SLICE_INIT("TrafficMirrorTarget"), target},
    {SLICE_INIT("TrafficMirrorFilterRule"), filter_rule},
    {SLICE_INIT("TrafficMirrorFilter"), filter},
};

void aws_mirror_facts(const struct facts *facts)
{
    for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++) {
        if (facts_operation_has(facts, families[i].part)) {
            families[i].extract(facts);
            break;
        }
    }
    struct facts_list resources = {.count = 0};
    facts_add_all(facts, &resources, facts_member(facts->root, "resources"), "ARN");
    facts_set(facts, FIELD_RESOURCE, facts_joined(facts, &resources));
}
