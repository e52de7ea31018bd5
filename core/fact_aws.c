/*
 * Facts of CloudTrail records.  Names: botocore, ec2 2016-11-15; the old EC2 calls
 * (RunInstances and the interfaces) log flat camelCase requests and lists under
 * `items` or `item`, so lists are walked whatever they are called.
 */
#include "config.h"

#include "core/fact_internal.h"

static json_t *request_of(const struct fact_reader *reader)
{
    return facts_body(&reader->tree,
                      facts_member(reader->tree.root, "requestParameters"));
}

static json_t *response_of(const struct fact_reader *reader)
{
    return facts_body(&reader->tree,
                      facts_member(reader->tree.root, "responseElements"));
}

#define NO_NUMBER UINT64_MAX

static uint64_t number_of(struct slice digits)
{
    enum { DIGITS_MAX = 18 };
    uint64_t number = 0;
    if (!digits.length || digits.length > DIGITS_MAX)
        return NO_NUMBER;
    for (size_t i = 0; i < digits.length; i++) {
        if (digits.data[i] < '0' || digits.data[i] > '9')
            return NO_NUMBER;
        number = number * 10 + (uint64_t)(digits.data[i] - '0');
    }
    return number;
}

/*
 * "123123123123" of "1.23123123123e+11": some exports pass ids that are numbers through
 * a floating one, whose digits are exact.  Another text stays as it is.
 */
static struct slice whole_number(struct arena *arena, struct slice text)
{
    static const struct slice zeros = SLICE_INIT("000000000000");
    struct slice rest = text;
    struct slice first = slice_cut(&rest, '.');
    struct slice fraction = slice_cut(&rest, 'e');
    uint64_t exponent =
        number_of(slice_skip(rest, slice_starts_with(rest, SLICE("+"))));
    if (first.length != 1 || number_of(first) == NO_NUMBER ||
        number_of(fraction) == NO_NUMBER || exponent < fraction.length ||
        exponent - fraction.length > zeros.length)
        return text;
    const struct slice parts[] = {first, fraction,
                                  slice_first(zeros, exponent - fraction.length)};
    return arena_join(arena, parts, 3);
}

static struct slice number_at(const struct fact_reader *reader, json_t *node,
                              const char *key)
{
    return whole_number(reader->tree.arena, facts_find_text(&reader->tree, node, key));
}

/* The response describes the object as it is now; the request what was asked. */
static struct slice id_of(const struct fact_reader *reader, const char *key)
{
    struct slice text = number_at(reader, response_of(reader), key);
    return text.length ? text : number_at(reader, request_of(reader), key);
}

/* The caller's account where it is not the account that the call was made in. */
static struct slice foreign_caller(const struct fact_reader *reader)
{
    struct slice caller = facts_text(
        &reader->tree, facts_path(reader->tree.root, "userIdentity accountId"));
    return slice_equal(caller, reader->event->text[FIELD_ACCOUNT]) ? SLICE_NONE
                                                                   : caller;
}

static enum fact_act act_of(const struct fact_reader *reader)
{
    static const struct {
        struct slice verb;
        enum fact_act act;
    } verbs[] = {{SLICE_INIT("Create"), ACT_CREATE},
                 {SLICE_INIT("Modify"), ACT_CHANGE},
                 {SLICE_INIT("Delete"), ACT_DELETE}};
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
        if (slice_starts_with_nocase(reader->event->text[FIELD_OPERATION],
                                     verbs[i].verb))
            return verbs[i].act;
    }
    return ACT_NONE;
}

/* ---- sessions, targets, filters ---- */

static void fill(const struct fact_reader *reader, struct fact *fact,
                 const struct fact_key *fields, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct slice text = id_of(reader, fields[i].key);
        if (text.length && !fact->text[fields[i].field].length)
            fact->text[fields[i].field] = text;
    }
}

/* What the request of a Modify takes away. */
static struct slice removed_words(const struct fact_reader *reader)
{
    struct slice words = SLICE_NONE;
    struct facts_list list = {.count = 0};
    facts_add_all(&reader->tree, &list, facts_find(request_of(reader), "removeField"),
                  "content");
    for (size_t i = 0; i < list.count; i++)
        words = fact_word(reader->tree.arena, words, list.items[i]);
    return words;
}

/* What the request of a Modify names: a description alone changes no mirror. */
static void fill_changes(const struct fact_reader *reader, struct fact *fact)
{
    static const char *const keys[] = {"trafficMirrorTargetId", "trafficMirrorFilterId",
                                       "sessionNumber", "packetLength",
                                       "virtualNetworkId"};
    struct arena *arena = reader->tree.arena;
    json_t *request = request_of(reader);
    if (!request)
        return;
    struct slice words = SLICE("");
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        if (facts_find(request, keys[i]))
            words = fact_word(arena, words, slice_from(keys[i]));
    }
    fact->text[FACT_REMOVED] = removed_words(reader);
    struct slice removed = fact->text[FACT_REMOVED];
    while (slice_present(removed)) {
        struct slice word = slice_cut(&removed, ' ');
        if (!slice_equal(word, SLICE("description")))
            words = fact_word(arena, words, word);
    }
    fact->text[FACT_CHANGED] = words;
}

static void session(struct fact_reader *reader)
{
    static const struct fact_key fields[] = {
        {"trafficMirrorSessionId", FACT_OBJECT},
        {"networkInterfaceId", FACT_SOURCE},
        {"trafficMirrorTargetId", FACT_DESTINATION},
        {"trafficMirrorFilterId", FACT_FILTER},
        {"sessionNumber", FACT_NUMBER},
        {"packetLength", FACT_LENGTH},
        {"virtualNetworkId", FACT_LABEL},
    };
    struct fact *fact = fact_add(reader, THING_SESSION, act_of(reader));
    fill(reader, fact, fields, sizeof fields / sizeof fields[0]);
    fact->text[FACT_OWNER] = number_at(reader, response_of(reader), "ownerId");
    fact->text[FACT_CALLER] = foreign_caller(reader);
    if (fact->act == ACT_CHANGE)
        fill_changes(reader, fact);
}

/* A target's network interface is where the copies go. */
static void target(struct fact_reader *reader)
{
    static const struct fact_key fields[] = {
        {"trafficMirrorTargetId", FACT_OBJECT},
        {"networkLoadBalancerArn", FACT_DESTINATION},
        {"gatewayLoadBalancerEndpointId", FACT_DESTINATION},
        {"networkInterfaceId", FACT_DESTINATION},
    };
    struct fact *fact = fact_add(reader, THING_TARGET, act_of(reader));
    fill(reader, fact, fields, sizeof fields / sizeof fields[0]);
    fact->text[FACT_OWNER] = number_at(reader, response_of(reader), "ownerId");
    fact->text[FACT_CALLER] = foreign_caller(reader);
}

/* "10.0.0.0/8 ports 80-443"; absent where it says neither. */
static struct slice end_text(const struct fact_reader *reader, json_t *rule,
                             const char *block_key, const char *range_key)
{
    struct slice block = facts_find_text(&reader->tree, rule, block_key);
    json_t *range = facts_find(rule, range_key);
    struct slice from = facts_find_text(&reader->tree, range, "fromPort");
    struct slice to = facts_find_text(&reader->tree, range, "toPort");
    if (!from.length)
        return block;
    bool one = !to.length || slice_equal(from, to);
    const struct slice parts[] = {block,
                                  block.length ? SLICE(" ") : SLICE_NONE,
                                  one ? SLICE("port ") : SLICE("ports "),
                                  from,
                                  one ? SLICE_NONE : SLICE("-"),
                                  one ? SLICE_NONE : to};
    return arena_join(reader->tree.arena, parts, sizeof parts / sizeof parts[0]);
}

void aws_fill_rule(const struct fact_reader *reader, struct fact *fact, json_t *rule)
{
    static const struct fact_key fields[] = {
        {"trafficMirrorFilterRuleId", FACT_OBJECT},
        {"trafficMirrorFilterId", FACT_PARENT},
        {"ruleNumber", FACT_NUMBER},
        {"trafficDirection", FACT_DIRECTION},
        {"ruleAction", FACT_VERDICT},
        {"protocol", FACT_PROTOCOL},
    };
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        if (!fact->text[fields[i].field].length)
            fact->text[fields[i].field] =
                facts_find_text(&reader->tree, rule, fields[i].key);
    }
    if (!fact->text[FACT_SOURCE].length)
        fact->text[FACT_SOURCE] =
            end_text(reader, rule, "sourceCidrBlock", "sourcePortRange");
    if (!fact->text[FACT_DESTINATION].length)
        fact->text[FACT_DESTINATION] =
            end_text(reader, rule, "destinationCidrBlock", "destinationPortRange");
}

static void rule(struct fact_reader *reader)
{
    struct fact *fact = fact_add(reader, THING_RULE, act_of(reader));
    aws_fill_rule(reader, fact, response_of(reader));
    aws_fill_rule(reader, fact, request_of(reader));
    fact->text[FACT_REMOVED] = removed_words(reader);
}

bool aws_mentions(json_t *node, const char *word)
{
    json_t *value;
    const char *key;
    size_t i;
    if (json_is_string(node))
        return !strcmp(json_string_value(node), word);
    json_object_foreach(node, key, value)
    {
        if (aws_mentions(value, word))
            return true;
    }
    json_array_foreach(node, i, value)
    {
        if (aws_mentions(value, word))
            return true;
    }
    return false;
}

/* "amazon-dns" is the one service that can be mirrored beside the rules. */
static void filter(struct fact_reader *reader)
{
    static const char service[] = "amazon-dns";
    struct fact *fact = fact_add(reader, THING_FILTER, act_of(reader));
    fact->text[FACT_OBJECT] = id_of(reader, "trafficMirrorFilterId");
    json_t *request = request_of(reader);
    if (aws_mentions(facts_find(request, "addNetworkService"), service) ||
        aws_mentions(facts_find(response_of(reader), "networkServiceSet"), service))
        fact->text[FACT_PROTOCOL] = slice_from(service);
    if (aws_mentions(facts_find(request, "removeNetworkService"), service))
        fact->text[FACT_REMOVED] = slice_from(service);
}

/* ---- neighbours ---- */

static void take_interface(struct fact_reader *reader, json_t *object,
                           struct slice machine)
{
    struct fact *fact = fact_add(reader, THING_INTERFACE, ACT_CREATE);
    json_t *attachment = facts_member(object, "attachment");
    fact->text[FACT_OBJECT] = fact_text_at(reader, object, "networkInterfaceId");
    fact->text[FACT_PARENT] = machine;
    fact->text[FACT_OWNER] = fact_text_at(reader, object, "ownerId");
    fact->text[FACT_NETWORK] = fact_text_at(reader, object, "vpcId");
    fact->text[FACT_ADDRESS] = fact_text_at(reader, object, "privateIpAddress");
    fact->text[FACT_LABEL] = facts_find_text(&reader->tree, attachment, "attachmentId");
    /* A request that uses an interface again says so beside its id. */
    fact->text[FACT_ENABLED] = facts_find_text(
        &reader->tree, attachment ? attachment : object, "deleteOnTermination");
}

static void take_machine(struct fact_reader *reader, json_t *object, struct slice none)
{
    struct slice id = fact_text_at(reader, object, "instanceId");
    (void)none;
    fact_each_with(reader, facts_member(object, "networkInterfaceSet"),
                   "networkInterfaceId", id, take_interface);
}

static void run_instances(struct fact_reader *reader)
{
    fact_each_with(reader, response_of(reader), "instanceId", SLICE_NONE, take_machine);
    fact_each_with(reader, request_of(reader), "networkInterfaceId", SLICE_NONE,
                   take_interface);
}

static void take_ended(struct fact_reader *reader, json_t *object, struct slice none)
{
    struct fact *fact = fact_add(reader, THING_MACHINE, ACT_DELETE);
    (void)none;
    fact->text[FACT_OBJECT] = fact_text_at(reader, object, "instanceId");
}

static void terminate_instances(struct fact_reader *reader)
{
    json_t *response = response_of(reader);
    fact_each_with(reader,
                   facts_find(response, "instancesSet") ? response : request_of(reader),
                   "instanceId", SLICE_NONE, take_ended);
}

static void create_interface(struct fact_reader *reader)
{
    fact_each_with(reader, response_of(reader), "networkInterfaceId", SLICE_NONE,
                   take_interface);
}

static void attach_interface(struct fact_reader *reader)
{
    struct fact *fact = fact_add(reader, THING_INTERFACE, ACT_ATTACH);
    fact->text[FACT_OBJECT] = id_of(reader, "networkInterfaceId");
    fact->text[FACT_PARENT] = id_of(reader, "instanceId");
    fact->text[FACT_LABEL] = id_of(reader, "attachmentId");
}

/* It names the attachment alone. */
static void detach_interface(struct fact_reader *reader)
{
    struct fact *fact = fact_add(reader, THING_INTERFACE, ACT_DETACH);
    fact->text[FACT_LABEL] = id_of(reader, "attachmentId");
}

static void modify_interface(struct fact_reader *reader)
{
    struct slice goes = id_of(reader, "deleteOnTermination");
    if (!goes.length)
        return;
    struct fact *fact = fact_add(reader, THING_INTERFACE, ACT_CHANGE);
    fact->text[FACT_OBJECT] = id_of(reader, "networkInterfaceId");
    fact->text[FACT_LABEL] = id_of(reader, "attachmentId");
    fact->text[FACT_ENABLED] = goes;
}

static void delete_interface(struct fact_reader *reader)
{
    struct fact *fact = fact_add(reader, THING_INTERFACE, ACT_DELETE);
    fact->text[FACT_OBJECT] = id_of(reader, "networkInterfaceId");
}

static void take_balancer(struct fact_reader *reader, json_t *object, struct slice none)
{
    struct fact *fact = fact_add(reader, THING_BALANCER, act_of(reader));
    (void)none;
    fact->text[FACT_OBJECT] = fact_text_at(reader, object, "loadBalancerArn");
    fact->text[FACT_KIND] = fact_text_at(reader, object, "type");
    fact->text[FACT_NETWORK] = fact_text_at(reader, object, "vpcId");
}

static void balancer(struct fact_reader *reader)
{
    json_t *response = response_of(reader);
    fact_each_with(
        reader, facts_find(response, "loadBalancerArn") ? response : request_of(reader),
        "loadBalancerArn", SLICE_NONE, take_balancer);
}

/* Calls that delete several name them in a list whose elements hold the id.  Such a
 * call succeeds even where it deletes none of them: the answer tells which it did not.
 */
static void delete_endpoints(struct fact_reader *reader)
{
    struct facts_list ids = {.count = 0};
    json_t *request = request_of(reader);
    json_t *left = facts_find(response_of(reader), "unsuccessful");
    facts_add_all(&reader->tree, &ids, facts_find(request, "vpcEndpointId"), "content");
    for (size_t i = 0; i < ids.count; i++) {
        if (aws_mentions(left, ids.items[i].data))
            continue;
        struct fact *fact = fact_add(reader, THING_BALANCER, ACT_DELETE);
        fact->text[FACT_OBJECT] = ids.items[i];
    }
}

static void add_shared(struct fact_reader *reader, json_t *node)
{
    static const struct slice mark = SLICE_INIT(":traffic-mirror-target/");
    json_t *value;
    const char *key;
    size_t i;
    json_object_foreach(node, key, value) add_shared(reader, value);
    json_array_foreach(node, i, value) add_shared(reader, value);
    struct slice text = facts_text(&reader->tree, node);
    ptrdiff_t at = slice_find(text, mark);
    if (at < 0)
        return;
    struct fact *fact = fact_add(reader, THING_SHARE, ACT_CREATE);
    struct slice owner = text;
    for (int colons = 0; colons < 4; colons++)
        slice_cut(&owner, ':');
    fact->text[FACT_OBJECT] = slice_skip(text, (size_t)at + mark.length);
    fact->text[FACT_OWNER] = slice_cut(&owner, ':');
}

/* A target offered to other accounts: its ARN stands somewhere in the request. */
static void share(struct fact_reader *reader)
{
    add_shared(reader, request_of(reader));
}

/* What another account offers: which target is in it, its own log alone says. */
static void accepted_share(struct fact_reader *reader)
{
    struct fact *fact = fact_add(reader, THING_SHARE, ACT_ATTACH);
    fact->text[FACT_OWNER] = id_of(reader, "senderAccountId");
}

const struct fact_row fact_rows_aws[] = {
    {SLICE_INIT("CreateTrafficMirrorSession"), true, session},
    {SLICE_INIT("ModifyTrafficMirrorSession"), true, session},
    {SLICE_INIT("DeleteTrafficMirrorSession"), true, session},
    {SLICE_INIT("CreateTrafficMirrorTarget"), true, target},
    {SLICE_INIT("DeleteTrafficMirrorTarget"), true, target},
    {SLICE_INIT("CreateTrafficMirrorFilterRule"), true, rule},
    {SLICE_INIT("ModifyTrafficMirrorFilterRule"), true, rule},
    {SLICE_INIT("DeleteTrafficMirrorFilterRule"), true, rule},
    {SLICE_INIT("CreateTrafficMirrorFilter"), true, filter},
    {SLICE_INIT("DeleteTrafficMirrorFilter"), true, filter},
    {SLICE_INIT("ModifyTrafficMirrorFilterNetworkServices"), true, filter},
    {SLICE_INIT("RunInstances"), true, run_instances},
    {SLICE_INIT("TerminateInstances"), true, terminate_instances},
    {SLICE_INIT("CreateNetworkInterface"), true, create_interface},
    {SLICE_INIT("AttachNetworkInterface"), true, attach_interface},
    {SLICE_INIT("DetachNetworkInterface"), true, detach_interface},
    {SLICE_INIT("ModifyNetworkInterfaceAttribute"), true, modify_interface},
    {SLICE_INIT("DeleteNetworkInterface"), true, delete_interface},
    {SLICE_INIT("CreateLoadBalancer"), true, balancer},
    {SLICE_INIT("DeleteLoadBalancer"), true, balancer},
    {SLICE_INIT("DeleteVpcEndpoints"), true, delete_endpoints},
    {SLICE_INIT("CreateResourceShare"), true, share},
    {SLICE_INIT("AssociateResourceShare"), true, share},
    {SLICE_INIT("AcceptResourceShareInvitation"), true, accepted_share},
    {SLICE_NONE, false, NULL},
};
