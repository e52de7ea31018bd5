/*
 * What `aws ec2 describe-traffic-mirror-sessions`, `-targets` and `-filters` show.
 */
#include "config.h"

#include "core/fact_internal.h"

static struct slice arn_part(struct slice arn, int colons)
{
    struct slice part = SLICE_NONE;
    if (!slice_starts_with(arn, SLICE("arn:")))
        return SLICE_NONE;
    for (int i = 0; i <= colons; i++)
        part = slice_cut(&arn, ':');
    return part;
}

static void observe_session(struct fact_reader *reader, json_t *object,
                            struct slice none)
{
    static const struct fact_key fields[] = {
        {"TrafficMirrorSessionId", FACT_OBJECT},
        {"NetworkInterfaceId", FACT_SOURCE},
        {"TrafficMirrorTargetId", FACT_DESTINATION},
        {"TrafficMirrorFilterId", FACT_FILTER},
        {"SessionNumber", FACT_NUMBER},
        {"PacketLength", FACT_LENGTH},
        {"VirtualNetworkId", FACT_LABEL},
        {"OwnerId", FACT_OWNER},
    };
    struct fact *fact = fact_add(reader, THING_SESSION, ACT_OBSERVE);
    (void)none;
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        fact->text[fields[i].field] = fact_text_at(reader, object, fields[i].key);
    fact->account = fact->text[FACT_OWNER];
}

static void observe_target(struct fact_reader *reader, json_t *object,
                           struct slice none)
{
    static const char *const ends[] = {"NetworkLoadBalancerArn",
                                       "GatewayLoadBalancerEndpointId",
                                       "NetworkInterfaceId"};
    struct fact *fact = fact_add(reader, THING_TARGET, ACT_OBSERVE);
    (void)none;
    fact->text[FACT_OBJECT] = fact_text_at(reader, object, "TrafficMirrorTargetId");
    fact->text[FACT_OWNER] = fact_text_at(reader, object, "OwnerId");
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        if (!fact->text[FACT_DESTINATION].length)
            fact->text[FACT_DESTINATION] = fact_text_at(reader, object, ends[i]);
    }
    fact->account = fact->text[FACT_OWNER];
    fact->region = arn_part(fact->text[FACT_DESTINATION], 3);
}

static void observe_rule(struct fact_reader *reader, json_t *object,
                         struct slice filter)
{
    struct fact *fact = fact_add(reader, THING_RULE, ACT_OBSERVE);
    aws_fill_rule(reader, fact, object);
    if (!fact->text[FACT_PARENT].length)
        fact->text[FACT_PARENT] = filter;
}

static void observe_filter(struct fact_reader *reader, json_t *object,
                           struct slice none)
{
    struct fact *fact = fact_add(reader, THING_FILTER, ACT_OBSERVE);
    struct slice id = fact_text_at(reader, object, "TrafficMirrorFilterId");
    (void)none;
    fact->text[FACT_OBJECT] = id;
    if (aws_mentions(facts_member(object, "NetworkServices"), "amazon-dns"))
        fact->text[FACT_PROTOCOL] = SLICE("amazon-dns");
    fact_each_with(reader, facts_member(object, "IngressFilterRules"),
                   "TrafficMirrorFilterRuleId", id, observe_rule);
    fact_each_with(reader, facts_member(object, "EgressFilterRules"),
                   "TrafficMirrorFilterRuleId", id, observe_rule);
}

/* The accounts that a list of sessions names tell what it is a list of. */
static void end_list(struct fact_reader *reader, json_t *list)
{
    struct facts_list owners = {.count = 0};
    struct slice words = SLICE("");
    facts_add_all(&reader->tree, &owners, list, "OwnerId");
    for (size_t i = 0; i < owners.count; i++)
        words = fact_word(reader->tree.arena, words, owners.items[i]);
    struct fact *fact = fact_add(reader, THING_SESSION, ACT_LIST);
    fact->text[FACT_OWNER] = words;
    /* More pages follow: what is absent here may stand there. */
    if (facts_member(reader->tree.root, "NextToken"))
        fact->text[FACT_CHANGED] = SLICE("part");
}

bool fact_state_aws(struct fact_reader *reader)
{
    json_t *root = reader->tree.root;
    json_t *sessions = facts_member(root, "TrafficMirrorSessions");
    json_t *targets = facts_member(root, "TrafficMirrorTargets");
    json_t *filters = facts_member(root, "TrafficMirrorFilters");
    fact_each_with(reader, targets, "TrafficMirrorTargetId", SLICE_NONE,
                   observe_target);
    fact_each_with(reader, filters, "TrafficMirrorFilterId", SLICE_NONE,
                   observe_filter);
    fact_each_with(reader, sessions, "TrafficMirrorSessionId", SLICE_NONE,
                   observe_session);
    if (json_is_array(sessions))
        end_list(reader, sessions);
    return json_is_array(sessions) || json_is_array(targets) || json_is_array(filters);
}
