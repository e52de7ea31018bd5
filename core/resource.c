#include "config.h"

#include "core/resource.h"

#include "core/glob.h"
#include "core/mirror_internal.h"

/* Keys in order, a blank between; the first that the request or the answer has. */
static const struct row {
    const char *operation; /* `*` any run, ASCII case ignored */
    const char *keys;
} rows[] = {
    {"*NetworkInterface*", "networkInterfaceId attachmentId"},
    {"*PrivateIpAddresses", "networkInterfaceId"},
    {"AssociateAddress", "networkInterfaceId instanceId allocationId"},
    {"RunInstances", "instanceId"},
    {"*Instances", "instanceId"},
    {"ModifyInstanceAttribute", "instanceId"},
    {"*LoadBalancer", "loadBalancerArn loadBalancerName"},
    {"*Listener", "loadBalancerArn listenerArn"},
    {"*TargetGroup", "targetGroupArn"},
    {"*registerTargets", "targetGroupArn"},
    {"*VpcEndpoint*", "vpcEndpointId content"},
    {"*SecurityGroup*", "groupId"},
    {"*VpcPeeringConnection", "vpcPeeringConnectionId"},
    {"*TransitGateway*Attachment*", "transitGatewayAttachmentId"},
    {"*ResourceShare*", "resourceShareArn resourceShareInvitationArn"},
    {"*Snapshot*", "snapshotId volumeId"},
    {"*Image*", "imageId instanceId"},
    {"*AccessKey", "accessKeyId"},
    {"*RolePolicy", "roleName"},
    {"*UserPolicy", "userName"},
    {"StopLogging", "name"},
    {"*Trail", "name"},
    {"PutEventSelectors", "trailName"},
    {"*FlowLogs", "flowLogId resourceId"},
    {"DeleteLogGroup", "logGroupName"},
    {"DeleteDetector", "detectorId"},
};

/* Twice the longest name that AWS has; longer ones only cost time. */
enum { OPERATION_NAME_MAX = 128 };

static const struct row *find_row(const struct event *event)
{
    struct slice operation = event->text[FIELD_OPERATION];
    static const struct slice reads[] = {SLICE_INIT("Describe"), SLICE_INIT("Get"),
                                         SLICE_INIT("List")};
    if (event->provider != PROVIDER_AWS || operation.length > OPERATION_NAME_MAX)
        return NULL;
    for (size_t i = 0; i < sizeof reads / sizeof reads[0]; i++) {
        if (slice_starts_with(operation, reads[i]))
            return NULL;
    }
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (glob_match(slice_from(rows[i].operation), operation))
            return &rows[i];
    }
    return NULL;
}

bool resource_wanted(const struct event *event)
{
    return find_row(event) != NULL;
}

static struct slice first_of(const struct facts *facts, const char *part,
                             const char *keys)
{
    json_t *body = facts_body(facts, facts_member(facts->root, part));
    struct slice rest = slice_from(keys), id = SLICE_NONE;
    while (slice_present(rest) && !id.length) {
        struct slice key = arena_copy(facts->arena, slice_cut(&rest, ' '));
        if (slice_present(key))
            id = facts_find_text(facts, body, key.data);
    }
    return id;
}

/* Many records do not, such as those of failed calls.  Looking costs a tenth of a
 * parse, and parsing all of them took 30 % of a load; CloudTrail escapes no key. */
static bool names_a_key(struct slice raw, const char *keys)
{
    struct slice rest = slice_from(keys);
    while (slice_present(rest)) {
        if (slice_find_nocase(raw, slice_cut(&rest, ' ')) >= 0)
            return true;
    }
    return false;
}

struct slice resource_read(const struct event *event, struct slice raw,
                           struct arena *arena)
{
    static const char *const parts[] = {"requestParameters", "responseElements"};
    const struct row *row = find_row(event);
    struct slice id = SLICE_NONE;
    struct facts facts;
    if (row && names_a_key(raw, row->keys) && facts_open(&facts, raw, arena)) {
        for (size_t i = 0; i < sizeof parts / sizeof parts[0] && !id.length; i++)
            id = first_of(&facts, parts[i], row->keys);
        facts_close(&facts);
    }
    return id;
}
