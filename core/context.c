#include "config.h"

#include "core/context.h"

#include "core/glob.h"

const struct context_tie_info context_ties[CONTEXT_TIE_COUNT] = {
#define X(identifier, letter, field, of, words) {letter, field, of, words},
    CONTEXT_TIES(X)
#undef X
};

/* Patterns: `*` any run, ASCII case ignored; the first that fits decides. */
struct telling {
    const char *operation;
    const char *why;
};

static const struct telling aws[] = {
    {"DescribeTrafficMirror*", "looks at what is mirrored"},
    {"CreateLoadBalancer", "a load balancer can take mirrored traffic"},
    {"CreateTargetGroup", "receivers of a load balancer"},
    {"CreateListener", "a load balancer begins to listen"},
    {"RegisterTargets", "says who receives what the load balancer gets"},
    {"CreateVpcEndpoint*", "an endpoint can carry traffic to another account"},
    {"AuthorizeSecurityGroup*", "opens ports; mirrored packets come on UDP 4789"},
    {"*VpcPeeringConnection", "a way into another network"},
    {"*TransitGateway*Attachment*", "a way into another network"},
    {"CreateResourceShare", "offers a resource to another account"},
    {"AssociateResourceShare", "offers a resource to another account"},
    {"AcceptResourceShareInvitation", "takes a resource of another account"},
    {"RunInstances", "a new instance can be the receiver"},
    {"CreateNetworkInterface", "a new interface can be the receiver"},
    {"AttachNetworkInterface", "moves an interface to another instance"},
    {"AssociateAddress", "gives an instance a public address"},
    {"CreateSnapshot*", "copies a disk"},
    {"CopySnapshot", "copies a disk"},
    {"ModifySnapshotAttribute", "may share a disk's copy"},
    {"CreateImage", "copies a machine"},
    {"ModifyImageAttribute", "may share a machine's copy"},
    {"CreateAccessKey", "a new key"},
    {"CreateUser", "a new user"},
    {"CreateLoginProfile", "a password for the console"},
    {"DeactivateMFADevice", "switches MFA off"},
    {"AttachUserPolicy", "more rights"},
    {"AttachRolePolicy", "more rights"},
    {"PutUserPolicy", "more rights"},
    {"PutRolePolicy", "more rights"},
    {"UpdateAssumeRolePolicy", "says who may take a role"},
    {"StopLogging", "switches the trail off"},
    {"DeleteTrail", "deletes the trail"},
    {"UpdateTrail", "changes where or what the trail logs"},
    {"PutEventSelectors", "changes what the trail logs"},
    {"DeleteFlowLogs", "deletes flow logs"},
    {"DeleteLogGroup", "deletes logs"},
    {"DeleteDetector", "switches GuardDuty off"},
    {"StopConfigurationRecorder", "switches AWS Config off"},
    {"DeleteConfigurationRecorder", "switches AWS Config off"},
    {NULL, NULL},
};

static const struct telling azure[] = {
    {"Microsoft.Network/loadBalancers/write", "a load balancer can take mirrored "
                                              "traffic"},
    {"Microsoft.Network/networkSecurityGroups/*write",
     "opens ports; mirrored packets come on UDP 4789"},
    {"Microsoft.Network/virtualNetworks/virtualNetworkPeerings/write",
     "a way into another network"},
    {"Microsoft.Network/networkInterfaces/write", "may put a tap on the interface"},
    {"Microsoft.Network/networkWatchers/packetCaptures/write", "captures packets"},
    {"Microsoft.Compute/virtualMachines/start/action",
     "a tap takes hold when its machine starts"},
    {"Microsoft.Compute/virtualMachines/restart/action",
     "a tap takes hold when its machine starts"},
    {"Microsoft.Compute/virtualMachines/deallocate/action",
     "a tap takes hold when its machine starts again"},
    {"Microsoft.Compute/virtualMachines/runCommand*", "runs commands in a machine"},
    {"Microsoft.Compute/snapshots/*", "copies a disk"},
    {"Microsoft.Compute/disks/beginGetAccess/action", "lets a disk be fetched"},
    {"Microsoft.Authorization/roleAssignments/write", "more rights"},
    {"Microsoft.Insights/diagnosticSettings/delete", "switches logs off"},
    {"Microsoft.Insights/diagnosticSettings/write", "changes where logs go"},
    {"Microsoft.Network/networkWatchers/flowLogs/delete", "deletes flow logs"},
    {"Microsoft.OperationalInsights/workspaces/delete", "deletes logs"},
    {"*Add service principal credentials*", "a new secret of an application"},
    {NULL, NULL},
};

static const struct telling gcp[] = {
    {"*compute.forwardingRules.insert",
     "a forwarding rule can collect mirrored traffic"},
    {"*ackendServices.insert", "receivers of a forwarding rule"},
    {"*compute.firewalls.*", "opens or closes ports"},
    {"*compute.networks.addPeering", "a way into another network"},
    {"*compute.instances.insert", "a new instance can be the receiver"},
    {"*compute.instances.setTags", "tags decide which instances are mirrored"},
    {"*compute.snapshots.insert", "copies a disk"},
    {"*compute.disks.createSnapshot", "copies a disk"},
    {"*compute.images.insert", "copies a machine"},
    {"*CreateServiceAccountKey", "a new key"},
    {"*GenerateAccessToken", "takes the identity of a service account"},
    {"*SetIamPolicy", "more rights"},
    {"*DeleteSink", "switches an export of logs off"},
    {"*UpdateSink", "changes where logs go"},
    {"*DeleteLog", "deletes logs"},
    {"*DeleteBucket", "deletes logs or data"},
    {NULL, NULL},
};

static const struct telling oci[] = {
    {"Create*LoadBalancer", "a load balancer can take mirrored traffic"},
    {"*LocalPeering*", "a way into another network"},
    {"CreateRemotePeeringConnection", "a way into another network"},
    {"CreateNetworkSecurityGroup*", "opens ports"},
    {"AddNetworkSecurityGroupSecurityRules", "opens ports"},
    {"UpdateSecurityList", "opens ports"},
    {"CreateApiKey", "a new key"},
    {"UploadApiKey", "a new key"},
    {"CreateVolumeBackup", "copies a disk"},
    {"DeleteLog*", "deletes logs"},
    {"UpdateConfiguration", "may change how long audit records are kept"},
    {NULL, NULL},
};

static const struct telling devices[] = {
    {"*-LOGIN_FAILED", "a login that failed"},
    {"*-LOGIN_SUCCESS", "a login"},
    {"*CONFIG_I",
     "configuration mode was left; what a file or NETCONF set is not logged"},
    {"*-CONFIG_P", "configured by a program; what it set is not logged"},
    {"no logging*", "switches logs off"},
    {"no archive*", "switches the log of commands off"},
    {"no aaa accounting*", "switches the log of commands off"},
    {"clear logging*", "deletes logs"},
    {"username *", "a user of the device"},
    {"*snmp-server community*", "a password of the device"},
    {"reload*", "what was not saved is gone"},
    {"write erase*", "deletes the configuration"},
    {"copy *", "copies a configuration"},
    {"interface tunnel*", "a tunnel can carry traffic away"},
    {"ip route *", "changes a way"},
    {"monitor capture*", "captures packets"},
    {NULL, NULL},
};

static const struct telling *table_of(enum provider provider)
{
    switch (provider) {
    case PROVIDER_AWS:
        return aws;
    case PROVIDER_AZURE:
        return azure;
    case PROVIDER_GCP:
        return gcp;
    case PROVIDER_OCI:
        return oci;
    default:
        return provider_is_device(provider) ? devices : NULL;
    }
}

const char *context_telling(enum provider provider, struct slice operation)
{
    const struct telling *row = table_of(provider);
    for (; row && row->operation; row++) {
        if (glob_match(slice_from(row->operation), operation))
            return row->why;
    }
    return NULL;
}

/* "projects/p/..." of "https://compute.googleapis.com/compute/beta/projects/p/...". */
static struct slice without_host(struct slice name)
{
    ptrdiff_t at = slice_find(name, SLICE("/projects/"));
    return at < 0 ? name : slice_skip(name, (size_t)at + 1);
}

static bool is_arn_of(struct slice arn, struct slice id)
{
    return slice_starts_with(arn, SLICE("arn:")) && id.length &&
           arn.length > id.length && slice_ends_with(arn, id) &&
           (arn.data[arn.length - id.length - 1] == '/' ||
            arn.data[arn.length - id.length - 1] == ':');
}

bool context_same_resource(struct slice one, struct slice other)
{
    if (slice_starts_with_nocase(one, SLICE("/subscriptions/")))
        return slice_equal_nocase(one, other);
    return slice_equal(without_host(one), without_host(other)) ||
           is_arn_of(one, other) || is_arn_of(other, one);
}
