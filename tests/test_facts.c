/*
 * What records tell the ledger, one by one: a record or a snapshot, and its facts, one
 * line each, "thing act key=value ...", with what is absent left out.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/fact.h"
#include "core/resource.h"
#include "tests/record_bed.h"

struct told {
    const char *record, *facts;
};

static struct slice fact_line(const struct fact *fact, struct arena *arena)
{
    struct slice line = arena_printf(arena, "%s %s", fact_thing_name(fact->thing),
                                     fact_act_name(fact->act));
    if (fact->account.length)
        line = arena_printf(arena, "%s account=%s", line.data,
                            arena_copy(arena, fact->account).data);
    for (int i = 0; i < FACT_FIELD_COUNT; i++) {
        if (slice_present(fact->text[i]))
            line = arena_printf(arena, "%s %s=%s", line.data, fact_field_names[i],
                                arena_copy(arena, fact->text[i]).data);
    }
    return line;
}

static const char *lines(const struct fact_list *list, struct arena *arena)
{
    struct slice all = SLICE("");
    for (size_t i = 0; i < list->count; i++) {
        assert_int_equal(list->facts[i].number, i);
        all = arena_printf(arena, "%s%s\n", all.data,
                           fact_line(&list->facts[i], arena).data);
    }
    return all.data;
}

/* Names stand in single quotes where JSON has double ones. */
static const char *quoted(const char *text, struct arena *arena)
{
    struct slice copy = arena_copy(arena, slice_from(text));
    for (size_t i = 0; i < copy.length; i++) {
        if (copy.data[i] == '\'')
            ((char *)copy.data)[i] = '"';
    }
    return copy.data;
}

static void check(struct record_bed *bed, const struct told *told)
{
    const char *json = quoted(told->record, &bed->kept);
    struct event event = record_read(bed, json);
    struct fact_list list = {.count = 0};
    if (bed->class == RECORD_EVENT) {
        assert_int_equal(fact_wanted(&event), told->facts[0] != '\0');
        fact_read(&event, slice_from(json), &bed->kept, &list);
    } else {
        assert_int_equal(bed->class, RECORD_STATE);
        fact_read_state(slice_from(json), &bed->kept, &list);
    }
    const char *got = lines(&list, &bed->kept);
    if (strcmp(got, told->facts))
        fail_msg("%s\n-- expected\n%s-- got\n%s", json, told->facts, got);
}

#define CHECK(state, table)                                                            \
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)                        \
    check(*(state), &table[i])

/* ---- AWS ---- */

#define AWS(name, request, response)                                                   \
    "{'eventVersion':'1.11','userIdentity':{'type':'IAMUser','accountId':"             \
    "'111122223333','userName':'mallory'},'eventTime':'2026-03-14T02:00:00Z',"         \
    "'eventSource':'ec2.amazonaws.com','eventName':'" name "',"                        \
    "'awsRegion':'us-east-1','requestParameters':" request                             \
    ",'responseElements':" response ",'recipientAccountId':'111122223333'}"
#define NLB "arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/net/n/1"

static const struct told aws[] = {
    {AWS("CreateTrafficMirrorSession",
         "{'CreateTrafficMirrorSessionRequest':{'NetworkInterfaceId':'eni-1',"
         "'TrafficMirrorTargetId':'tmt-1','TrafficMirrorFilterId':'tmf-1',"
         "'SessionNumber':1,'PacketLength':128,'VirtualNetworkId':7}}",
         "{'CreateTrafficMirrorSessionResponse':{'trafficMirrorSession':{"
         "'trafficMirrorSessionId':'tms-1','ownerId':'111122223333'}}}"),
     "session create object=tms-1 mirrored=eni-1 destination=tmt-1 filter=tmf-1"
     " owner=111122223333 number_text=1 length=128 label=7\n"},
    /* The response is missing, or the body altogether. */
    {AWS("CreateTrafficMirrorSession",
         "{'CreateTrafficMirrorSessionRequest':{'NetworkInterfaceId':'eni-1',"
         "'TrafficMirrorTargetId':'tmt-1'}}",
         "null"),
     "session create mirrored=eni-1 destination=tmt-1\n"},
    {AWS("DeleteTrafficMirrorSession", "null", "null"), "session delete\n"},
    /* Numbers that went through a floating one. */
    {AWS("CreateTrafficMirrorSession", "null",
         "{'CreateTrafficMirrorSessionResponse':{'trafficMirrorSession':{"
         "'trafficMirrorSessionId':'tms-1','ownerId':1.11122223333e+11,"
         "'virtualNetworkId':1.2348395e+07,'sessionNumber':1.5}}}"),
     "session create object=tms-1 owner=111122223333 number_text=1.5 label=12348395\n"},
    /* It succeeds though it leaves one of them. */
    {AWS("DeleteVpcEndpoints",
         "{'DeleteVpcEndpointsRequest':{'VpcEndpointId':[{'tag':1,'content':'vpce-1'},"
         "{'tag':2,'content':'vpce-2'}]}}",
         "{'DeleteVpcEndpointsResponse':{'unsuccessful':{'item':{'resourceId':"
         "'vpce-1'}}}}"),
     "balancer delete object=vpce-2\n"},
    {AWS("AcceptResourceShareInvitation", "null",
         "{'resourceShareInvitation':{'senderAccountId':'444455556666'}}"),
     "share attach owner=444455556666\n"},
    {AWS("ModifyTrafficMirrorFilterRule",
         "{'ModifyTrafficMirrorFilterRuleRequest':{'TrafficMirrorFilterRuleId':"
         "'tmfr-1','RemoveField':[{'content':'protocol','tag':1}]}}",
         "null"),
     "rule change object=tmfr-1 removed=protocol\n"},
    {AWS("ModifyTrafficMirrorSession",
         "{'ModifyTrafficMirrorSessionRequest':{'TrafficMirrorSessionId':'tms-1',"
         "'PacketLength':64,'RemoveField':[{'content':'description','tag':1},"
         "{'content':'virtual-network-id','tag':2}]}}",
         "null"),
     "session change object=tms-1 length=64 changed=packetLength virtual-network-id"
     " removed=description virtual-network-id\n"},
    {AWS("ModifyTrafficMirrorSession",
         "{'ModifyTrafficMirrorSessionRequest':{'TrafficMirrorSessionId':'tms-1',"
         "'Description':'x'}}",
         "null"),
     "session change object=tms-1 changed=\n"},
    {AWS("CreateTrafficMirrorTarget",
         "{'CreateTrafficMirrorTargetRequest':{'NetworkLoadBalancerArn':'" NLB "'}}",
         "{'CreateTrafficMirrorTargetResponse':{'trafficMirrorTarget':{"
         "'trafficMirrorTargetId':'tmt-1','ownerId':'444455556666'}}}"),
     "target create object=tmt-1 destination=" NLB " owner=444455556666\n"},
    {AWS("DeleteTrafficMirrorTarget",
         "{'DeleteTrafficMirrorTargetRequest':{'TrafficMirrorTargetId':'tmt-1'}}",
         "{'DeleteTrafficMirrorTargetResponse':{'trafficMirrorTargetId':'tmt-1'}}"),
     "target delete object=tmt-1\n"},
    {AWS("CreateTrafficMirrorFilterRule",
         "{'CreateTrafficMirrorFilterRuleRequest':{'TrafficMirrorFilterId':'tmf-1',"
         "'TrafficDirection':'ingress','RuleNumber':1,'RuleAction':'accept',"
         "'Protocol':6,'SourceCidrBlock':'0.0.0.0/0','DestinationCidrBlock':"
         "'10.0.0.0/8','DestinationPortRange':{'FromPort':80,'ToPort':443}}}",
         "{'CreateTrafficMirrorFilterRuleResponse':{'trafficMirrorFilterRule':{"
         "'trafficMirrorFilterRuleId':'tmfr-1'}}}"),
     "rule create object=tmfr-1 parent=tmf-1 mirrored=0.0.0.0/0"
     " destination=10.0.0.0/8 ports 80-443 number_text=1 direction=ingress"
     " verdict=accept protocol=6\n"},
    {AWS("ModifyTrafficMirrorFilterNetworkServices",
         "{'ModifyTrafficMirrorFilterNetworkServicesRequest':{'TrafficMirrorFilterId':"
         "'tmf-1','RemoveNetworkService':[{'content':'amazon-dns','tag':1}]}}",
         "null"),
     "filter change object=tmf-1 removed=amazon-dns\n"},
    {AWS("RunInstances", "{}",
         "{'instancesSet':{'items':[{'instanceId':'i-1','networkInterfaceSet':{'items':"
         "[{'networkInterfaceId':'eni-1','vpcId':'vpc-1','privateIpAddress':'10.0.0.5',"
         "'attachment':{'attachmentId':'a-1','deleteOnTermination':true}}]}}]}}"),
     "interface create object=eni-1 parent=i-1 label=a-1 network=vpc-1"
     " address=10.0.0.5 enabled=true\n"},
    /* It uses an interface that was there. */
    {AWS("RunInstances",
         "{'networkInterfaceSet':{'items':[{'networkInterfaceId':'eni-1',"
         "'deleteOnTermination':false}]}}",
         "null"),
     "interface create object=eni-1 enabled=false\n"},
    {AWS("TerminateInstances", "{'instancesSet':{'items':[{'instanceId':'i-1'}]}}",
         "null"),
     "machine delete object=i-1\n"},
    {AWS("DetachNetworkInterface", "{'attachmentId':'a-1','force':false}", "null"),
     "interface detach label=a-1\n"},
    {AWS("DeleteLoadBalancer", "{'loadBalancerArn':'" NLB "'}", "null"),
     "balancer delete object=" NLB "\n"},
    {AWS("DescribeRegions", "{}", "null"), ""},
    {"{'TrafficMirrorSessions':[{'TrafficMirrorSessionId':'tms-1',"
     "'TrafficMirrorTargetId':'tmt-1','NetworkInterfaceId':'eni-1','OwnerId':"
     "'111122223333','SessionNumber':1}]}",
     "session observe account=111122223333 object=tms-1 mirrored=eni-1"
     " destination=tmt-1 owner=111122223333 number_text=1\n"
     "session list owner=111122223333\n"},
    {"{'TrafficMirrorSessions':[],'NextToken':'x'}",
     "session list owner= changed=part\n"},
};

static void aws_records(void **state)
{
    CHECK(state, aws);
}

/* What a call was about, of those that are no hits. */
static void aws_resources(void **state)
{
    static const struct {
        const char *record, *resource; /* NULL: not asked for */
    } cases[] = {
        {AWS("AttachNetworkInterface",
             "{'networkInterfaceId':'eni-1','instanceId':'i-1'}", "null"),
         "eni-1"},
        {AWS("DetachNetworkInterface", "{'attachmentId':'a-1'}", "null"), "a-1"},
        {AWS("RunInstances", "{'imageId':'ami-1'}",
             "{'instancesSet':{'items':[{'instanceId':'i-1'}]}}"),
         "i-1"},
        {AWS("CreateLoadBalancer", "{'name':'n'}",
             "{'loadBalancers':[{'loadBalancerArn':'" NLB "'}]}"),
         NLB},
        {AWS("RegisterTargets", "{'targetGroupArn':'t','targets':[{'id':'i-1'}]}",
             "null"),
         "t"},
        {AWS("DeleteVpcEndpoints",
             "{'DeleteVpcEndpointsRequest':{'VpcEndpointId':{'tag':1,'content':"
             "'vpce-1'}}}",
             "null"),
         "vpce-1"},
        {AWS("AuthorizeSecurityGroupIngress", "{'groupId':'sg-1'}", "null"), "sg-1"},
        {AWS("StopLogging", "{'name':'main'}", "null"), "main"},
        {AWS("StopLogging", "null", "null"), ""},
        {AWS("DescribeNetworkInterfaces", "{'networkInterfaceId':'eni-1'}", "null"),
         NULL},
        {AWS("CreateTrafficMirrorSession", "{}", "null"), NULL},
    };
    struct record_bed *bed = *state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *json = quoted(cases[i].record, &bed->kept);
        struct event event = record_read(bed, json);
        struct slice got = resource_read(&event, slice_from(json), &bed->kept);
        assert_int_equal(resource_wanted(&event), cases[i].resource != NULL);
        if (!slice_equal(got, slice_from(cases[i].resource ? cases[i].resource : "")))
            fail_msg("%s\n-- got %.*s", json, (int)got.length, got.data);
    }
}

/* ---- Azure ---- */

#define GROUP "/subscriptions/s1/resourceGroups/G/providers/Microsoft.Network"
#define LOWER "/subscriptions/s1/resourcegroups/g/providers/microsoft.network"
#define AZURE(name, resource, properties)                                              \
    "{'time':'2026-03-14T02:00:00Z','operationName':'" name                            \
    "','resourceId':'" resource                                                        \
    "','category':'Administrative','resultType':'Success','correlationId':'c',"        \
    "'callerIpAddress':'198.51.100.23','properties':{" properties "}}"
#define PROXY "/virtualNetworkTaps/T/networkInterfaceTapConfigurationProxies/P"

static const struct told azure[] = {
    {AZURE("MICROSOFT.NETWORK/NETWORKINTERFACES/TAPCONFIGURATIONS/WRITE",
           GROUP "/networkInterfaces/N/tapConfigurations/C",
           "'responseBody':'{\\'properties\\':{\\'virtualNetworkTap\\':{\\'id\\':"
           "\\'" GROUP "/virtualNetworkTaps/T\\'}}}'"),
     "session write object=" LOWER "/networkinterfaces/n/tapconfigurations/c"
     " mirrored=" LOWER "/networkinterfaces/n destination=" LOWER
     "/virtualnetworktaps/t\n"},
    /* An interface, with the TAP that is put on it, and without a body. */
    {AZURE("Microsoft.Network/networkInterfaces/write", GROUP "/networkInterfaces/N",
           "'requestbody':'{\\'properties\\':{\\'ipConfigurations\\':[{\\'properties\\'"
           ":{\\'virtualNetworkTaps\\':[{\\'id\\':\\'" GROUP
           "/virtualNetworkTaps/T\\'}]}}]}}'"),
     "interface write object=" LOWER "/networkinterfaces/n changed=virtualNetworkTaps\n"
     "session write object=" LOWER
     "/networkinterfaces/n/virtualnetworktaps mirrored=" LOWER
     "/networkinterfaces/n destination=" LOWER "/virtualnetworktaps/t\n"},
    {AZURE("Microsoft.Network/networkInterfaces/write", GROUP "/networkInterfaces/N",
           ""),
     "interface write object=" LOWER "/networkinterfaces/n\n"},
    /* Without a body. */
    {AZURE("Microsoft.Network/networkInterfaces/tapConfigurations/delete",
           GROUP "/networkInterfaces/N/tapConfigurations/C", ""),
     "session delete object=" LOWER "/networkinterfaces/n/tapconfigurations/c"
     " mirrored=" LOWER "/networkinterfaces/n\n"},
    {AZURE(
         "Microsoft.Network/virtualNetworkTaps/networkInterfaceTapConfigurationProxies"
         "/write",
         GROUP PROXY,
         "'requestbody':'{\\'properties\\':{\\'networkInterfaceTapConfiguration\\':"
         "{\\'id\\':\\'/subscriptions/s2/resourceGroups/g/providers/Microsoft.Network"
         "/networkInterfaces/n/tapConfigurations/c\\'}}}'"),
     "session write account=s2 object=/subscriptions/s2/resourcegroups/g/providers"
     "/microsoft.network/networkinterfaces/n/tapconfigurations/c parent=" LOWER
     "/virtualnetworktaps/t/networkinterfacetapconfigurationproxies/p"
     " mirrored=/subscriptions/s2/resourcegroups/g/providers/microsoft.network"
     "/networkinterfaces/n destination=" LOWER "/virtualnetworktaps/t\n"},
    {AZURE(
         "Microsoft.Network/virtualNetworkTaps/networkInterfaceTapConfigurationProxies"
         "/delete",
         GROUP PROXY, ""),
     "session delete object=" LOWER
     "/virtualnetworktaps/t/networkinterfacetapconfigurationproxies/p parent=" LOWER
     "/virtualnetworktaps/t/networkinterfacetapconfigurationproxies/p "
     "destination=" LOWER "/virtualnetworktaps/t\n"},
    {"{'id':'" GROUP "/virtualNetworkTaps/T','type':'Microsoft.Network/"
     "virtualNetworkTaps','destinationPort':4789,"
     "'destinationNetworkInterfaceIPConfiguration':{'id':'" GROUP
     "/networkInterfaces/ids/ipConfigurations/ip1'},"
     "'networkInterfaceTapConfigurations':[{'id':'" GROUP
     "/networkInterfaces/N/tapConfigurations/C'}]}",
     "target observe account=s1 object=" LOWER "/virtualnetworktaps/t parent=" LOWER
     "/networkinterfaces/ids destination=" LOWER
     "/networkinterfaces/ids/ipconfigurations/ip1\n"
     "session observe account=s1 object=" LOWER
     "/networkinterfaces/n/tapconfigurations/c mirrored=" LOWER
     "/networkinterfaces/n destination=" LOWER "/virtualnetworktaps/t\n"
     "session list kind=/tapconfigurations/ destination=" LOWER
     "/virtualnetworktaps/t\n"},
    /* Its list is not there: nothing is told of what goes to it. */
    {"{'id':'" GROUP "/virtualNetworkTaps/T','type':'Microsoft.Network/"
     "virtualNetworkTaps','properties':{}}",
     "target observe account=s1 object=" LOWER "/virtualnetworktaps/t\n"},
    {"{'id':'" GROUP "/networkInterfaces/N','type':'Microsoft.Network/"
     "networkInterfaces','properties':{'tapConfigurations':[],'virtualMachine':{'id':"
     "'/subscriptions/s1/VM'},'ipConfigurations':[{'privateIPAddress':'10.0.0.4',"
     "'virtualNetworkTaps':[{'id':'" GROUP "/virtualNetworkTaps/T'}]}]}}",
     "interface observe account=s1 object=" LOWER
     "/networkinterfaces/n parent=/subscriptions/s1/vm address=10.0.0.4\n"
     "session list object=" LOWER "/networkinterfaces/n/tapconfigurations/\n"
     "session observe account=s1 object=" LOWER
     "/networkinterfaces/n/virtualnetworktaps mirrored=" LOWER
     "/networkinterfaces/n destination=" LOWER "/virtualnetworktaps/t\n"},
    {"{'id':'" GROUP "/networkInterfaces/N/tapConfigurations/C','type':'Microsoft."
     "Network/networkInterfaces/tapConfigurations','virtualNetworkTap':{'id':'" GROUP
     "/virtualNetworkTaps/T'}}",
     "session observe account=s1 object=" LOWER
     "/networkinterfaces/n/tapconfigurations/c mirrored=" LOWER
     "/networkinterfaces/n destination=" LOWER "/virtualnetworktaps/t\n"},
};

static void azure_records(void **state)
{
    CHECK(state, azure);
}

/* ---- GCP ---- */

#define GCP(method, resource, request, rest)                                           \
    "{'protoPayload':{'@type':'type.googleapis.com/google.cloud.audit.AuditLog',"      \
    "'serviceName':'compute.googleapis.com','methodName':'" method                     \
    "','resourceName':'" resource "','request':" request "},'insertId':'i',"           \
    "'logName':'projects/p/logs/cloudaudit.googleapis.com%2Factivity',"                \
    "'timestamp':'2026-03-14T02:00:00Z'" rest "}"
#define V1 "https://www.googleapis.com/compute/v1/"
#define BETA "https://compute.googleapis.com/compute/beta/"
#define REGION "projects/p/regions/r"

static const struct told gcp[] = {
    /* Self-links of every version and host are the same resource. */
    {GCP("beta.compute.packetMirrorings.insert", REGION "/packetMirrorings/m",
         "{'collectorIlb':{'url':'" BETA REGION "/forwardingRules/ids'},"
         "'mirroredResources':{'instances':[{'url':'" V1 "projects/p/zones/z/instances"
         "/vm'}],'tags':['web']},'network':{'url':'" V1
         "projects/p/global/networks/n'},"
         "'enable':'TRUE','filter':{'direction':'BOTH'}}",
         ""),
     "session create object=" REGION "/packetMirrorings/m"
     " mirrored=projects/p/zones/z/instances/vm destination=" REGION
     "/forwardingRules/ids direction=BOTH network=projects/p/global/networks/n tags=web"
     " enabled=TRUE changed=\n"},
    {GCP("v1.compute.packetMirrorings.delete", REGION "/packetMirrorings/m", "null",
         ""),
     "session delete object=" REGION "/packetMirrorings/m\n"},
    /* A patch that names nothing of the policy, and one whose request is gone. */
    {GCP("v1.compute.packetMirrorings.patch", REGION "/packetMirrorings/m",
         "{'description':'d'}", ""),
     "session change object=" REGION "/packetMirrorings/m changed=\n"},
    {GCP("v1.compute.packetMirrorings.patch", REGION "/packetMirrorings/m", "null", ""),
     "session change object=" REGION "/packetMirrorings/m\n"},
    {GCP("v1.compute.instances.setTags", "projects/p/zones/z/instances/vm",
         "{'fingerprint':'f','tags':['web','db']}", ""),
     "machine write object=projects/p/zones/z/instances/vm tags=web, db\n"},
    {GCP("v1.compute.instances.setTags", "projects/p/zones/z/instances/vm",
         "{'fingerprint':'f'}", ""),
     "machine write object=projects/p/zones/z/instances/vm tags=\n"},
    {GCP("v1.compute.instances.insert", "projects/p/zones/z/instances/vm",
         "{'tags':{'tags':['web']},'networkInterfaces':[{'network':'" V1
         "projects/p/global/networks/n'}]}",
         ""),
     "machine create object=projects/p/zones/z/instances/vm"
     " network=projects/p/global/networks/n tags=web\n"},
    {GCP("v1.compute.networkFirewallPolicies.addPacketMirroringRule",
         "projects/p/global/firewallPolicies/fp",
         "{'priority':'10','action':'mirror','direction':'INGRESS',"
         "'securityProfileGroup':'//networksecurity.googleapis.com/organizations/1/"
         "locations/global/securityProfileGroups/g'}",
         ""),
     "mirroring rule create object=projects/p/global/firewallPolicies/fp"
     "/packetMirroringRules/10 parent=projects/p/global/firewallPolicies/fp"
     " destination=organizations/1/locations/global/securityProfileGroups/g"
     " direction=INGRESS enabled=true\n"},
    {GCP("v1.compute.networkFirewallPolicies.patch",
         "projects/p/global/firewallPolicies/fp",
         "{'packetMirroringRules':[{'priority':1,'action':'mirror',"
         "'securityProfileGroup':'g'},{'priority':2,'action':'do_not_mirror'},"
         "{'priority':3,'action':'mirror','disabled':true}]}",
         ""),
     "mirroring rule write object=projects/p/global/firewallPolicies/fp"
     "/packetMirroringRules/1 parent=projects/p/global/firewallPolicies/fp"
     " destination=g enabled=true\n"
     "mirroring rule write object=projects/p/global/firewallPolicies/fp"
     "/packetMirroringRules/2 parent=projects/p/global/firewallPolicies/fp"
     " enabled=false\n"
     "mirroring rule write object=projects/p/global/firewallPolicies/fp"
     "/packetMirroringRules/3 parent=projects/p/global/firewallPolicies/fp"
     " enabled=false\n"
     "mirroring rule list object=projects/p/global/firewallPolicies/fp"
     "/packetMirroringRules/\n"},
    {GCP("v1.compute.networkFirewallPolicies.delete",
         "projects/p/global/firewallPolicies/fp", "{}", ""),
     "mirroring rule list object=projects/p/global/firewallPolicies/fp"
     "/packetMirroringRules/\n"},
    {GCP("v1.compute.networkFirewallPolicies.cloneRules",
         "projects/p/global/firewallPolicies/fp",
         "{'sourceFirewallPolicy':'" V1 "projects/p/global/firewallPolicies/src'}", ""),
     "mirroring rule attach parent=projects/p/global/firewallPolicies/fp"
     " mirrored=projects/p/global/firewallPolicies/src\n"},
    {GCP("v1.compute.firewallPolicies.removeAssociation",
         "locations/global/firewallPolicies/7", "{'name':'n'}", ""),
     "policy association delete object=locations/global/firewallPolicies/7/associations"
     "/n parent=locations/global/firewallPolicies/7\n"},
    {"{'kind':'compute#packetMirroring','name':'m','region':'" V1 REGION
     "','enable':'TRUE'}",
     "session observe account=p object=" REGION "/packetMirrorings/m enabled=TRUE\n"},
    {"{'kind':'compute#packetMirroringList','id':'" REGION
     "/packetMirrorings','items':[{'kind':'compute#packetMirroring','name':'m',"
     "'selfLink':'" V1 REGION "/packetMirrorings/m','enable':'FALSE'}]}",
     "session observe account=p object=" REGION "/packetMirrorings/m enabled=FALSE\n"
     "session list object=" REGION "/packetMirrorings/\n"},
    /* More pages follow. */
    {"{'kind':'compute#packetMirroringList','id':'" REGION
     "/packetMirrorings','items':[],'nextPageToken':'x'}",
     ""},
    {"{'kind':'compute#packetMirroringAggregatedList','id':"
     "'projects/p/aggregated/packetMirrorings','items':{"
     "'regions/r':{'packetMirrorings':[{'name':'m','selfLink':'" V1 REGION
     "/packetMirrorings/m'}]},'regions/s':{'warning':{'code':'NO_RESULTS_ON_PAGE'}},"
     "'regions/t':{'warning':{'code':'UNREACHABLE'}}}}",
     "session observe account=p object=" REGION "/packetMirrorings/m\n"
     "session list object=" REGION "/packetMirrorings/\n"
     "session list object=projects/p/regions/s/packetMirrorings/\n"},
    {"{'name':'projects/p/locations/global/mirroringEndpointGroups/eg',"
     "'mirroringDeploymentGroup':'projects/q/locations/global/mirroringDeploymentGroups"
     "/dg','state':'ACTIVE'}",
     "endpoint group observe account=p object=projects/p/locations/global"
     "/mirroringEndpointGroups/eg destination=projects/q/locations/global"
     "/mirroringDeploymentGroups/dg\n"},
    {"{'mirroringDeployments':[{'name':'projects/p/locations/z/mirroringDeployments/d',"
     "'forwardingRule':'" V1 REGION "/forwardingRules/ids','mirroringDeploymentGroup':"
     "'projects/p/locations/global/mirroringDeploymentGroups/dg'}]}",
     "deployment observe account=p object=projects/p/locations/z/mirroringDeployments/d"
     " parent=projects/p/locations/global/mirroringDeploymentGroups/dg "
     "destination=" REGION "/forwardingRules/ids\n"
     "deployment list object=projects/p/locations/z/mirroringDeployments/\n"},
    {"{'kind':'compute#firewallPolicy','selfLink':'" V1
     "projects/p/global/firewallPolicies/fp','packetMirroringRules':[{'priority':1,"
     "'action':'mirror','securityProfileGroup':'g'}]}",
     "mirroring rule observe object=projects/p/global/firewallPolicies/fp"
     "/packetMirroringRules/1 parent=projects/p/global/firewallPolicies/fp"
     " destination=g enabled=true\n"
     "mirroring rule list object=projects/p/global/firewallPolicies/fp"
     "/packetMirroringRules/\n"},
};

static void gcp_records(void **state)
{
    CHECK(state, gcp);
}

/* ---- clouds that tell a mirror in one piece ---- */

#define OCI(event, status, current)                                                    \
    "{'eventType':'com.oraclecloud.virtualNetwork." event                              \
    "','cloudEventsVersion':'0.1','source':'virtualNetwork','eventId':'e',"            \
    "'eventTime':'2026-03-14T02:05:00Z','data':{'eventName':'" event                   \
    "','compartmentId':'ocid1.compartment.oc1..a','resourceId':'ocid1.vtap.oc1..v1',"  \
    "'identity':{'principalName':'mallory','ipAddress':'198.51.100.23'},"              \
    "'response':{'status':'" status                                                    \
    "'},'stateChange':{'previous':null,'current':" current "}}}"
#define ALIBABA(event, parameters)                                                     \
    "{'eventId':'e','eventVersion':1,'eventSource':'vpc.eu-central-1.aliyuncs.com',"   \
    "'eventName':'" event "','eventTime':'2026-03-14T03:00:00Z','serviceName':'Vpc',"  \
    "'acsRegion':'eu-central-1','userIdentity':{'accountId':'1000000000000001',"       \
    "'type':'ram-user','userName':'mallory'},'requestParameters':" parameters "}"
#define HUAWEI(event, request)                                                         \
    "{'trace_id':'t','trace_name':'" event "','trace_type':'ApiCall','service_type':"  \
    "'VPC','resource_type':'trafficmirrorsession','resource_id':'s1','code':'200',"    \
    "'source_ip':'198.51.100.23','project_id':'0123456789abcdef','user':{'name':"      \
    "'mallory'},'time':1773457260000,'request':" request "}"

static const struct told clouds[] = {
    {OCI("CreateVtap", "200",
         "{'sourceId':'ocid1.vnic.oc1..s','targetId':'ocid1.networkloadbalancer.oc1..t'"
         ","
         "'captureFilterId':'ocid1.capturefilter.oc1..f','isVtapEnabled':false}"),
     "session create object=ocid1.vtap.oc1..v1 mirrored=ocid1.vnic.oc1..s"
     " destination=ocid1.networkloadbalancer.oc1..t"
     " filter=ocid1.capturefilter.oc1..f enabled=false\n"},
    {OCI("UpdateVtap", "200", "{'isVtapEnabled':true}"),
     "session write object=ocid1.vtap.oc1..v1 enabled=true\n"},
    {OCI("DeleteVtap", "204", "null"), "session delete object=ocid1.vtap.oc1..v1\n"},
    /* The response, and with it the id, is missing. */
    {ALIBABA("CreateTrafficMirrorSession",
             "{'TrafficMirrorFilterId':'tmf-1','TrafficMirrorTargetType':'SLB',"
             "'TrafficMirrorTargetId':'lb-1','TrafficMirrorSourceIds.1':'eni-1',"
             "'TrafficMirrorSourceIds.2':'eni-2'}"),
     "session create mirrored=eni-1, eni-2 destination=lb-1\n"},
    {ALIBABA("UpdateTrafficMirrorSessionAttribute",
             "{'TrafficMirrorSessionId':'tms-1','TrafficMirrorTargetId':'lb-2'}"),
     "session write object=tms-1 destination=lb-2\n"},
    {ALIBABA("AddSourcesToTrafficMirrorSession",
             "{'TrafficMirrorSessionId':'tms-1','TrafficMirrorSourceIds':['eni-3']}"),
     "session change object=tms-1 mirrored=eni-3 changed=sources\n"},
    {ALIBABA("RemoveSourcesFromTrafficMirrorSession",
             "{'TrafficMirrorSessionId':'tms-1','TrafficMirrorSourceIds':['eni-1']}"),
     "session change object=tms-1 mirrored=eni-1 removed=sources\n"},
    {ALIBABA("DeleteTrafficMirrorSession", "{'TrafficMirrorSessionId':'tms-1'}"),
     "session delete object=tms-1\n"},
    {HUAWEI("createTrafficMirrorSession",
            "{'traffic_mirror_session':{'traffic_mirror_sources':['port-1'],"
            "'traffic_mirror_target_id':'port-2','traffic_mirror_target_type':'eni'}}"),
     "session create object=s1 mirrored=port-1 destination=port-2\n"},
    {HUAWEI("deleteTrafficMirrorSession", "{}"), "session delete object=s1\n"},
};

static void cloud_records(void **state)
{
    CHECK(state, clouds);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(cloud_records, record_bed_make,
                                        record_bed_unmake),
        cmocka_unit_test_setup_teardown(aws_records, record_bed_make,
                                        record_bed_unmake),
        cmocka_unit_test_setup_teardown(aws_resources, record_bed_make,
                                        record_bed_unmake),
        cmocka_unit_test_setup_teardown(azure_records, record_bed_make,
                                        record_bed_unmake),
        cmocka_unit_test_setup_teardown(gcp_records, record_bed_make,
                                        record_bed_unmake),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
