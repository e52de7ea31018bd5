#include "config.h"

#include "core/rule.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

/* Every mutating operation that the pack answers for, and what it makes of it. */
static const struct expectation {
    enum provider provider;
    const char *operation;
    enum lifecycle lifecycle; /* NONE: not marked */
} operations[] = {
#define C LIFECYCLE_CREATION
#define M LIFECYCLE_MODIFICATION
#define D LIFECYCLE_DELETION
#define CM LIFECYCLE_CREATION_MODIFICATION
#define OTHER LIFECYCLE_OTHER
#define NOT LIFECYCLE_NONE
#define AZURE(name, lifecycle) {PROVIDER_AZURE, "Microsoft.Network/" name, lifecycle},
#define GCP(name, lifecycle)                                                           \
    {PROVIDER_GCP, "v1." name, lifecycle}, {PROVIDER_GCP, "beta." name, lifecycle},    \
        {PROVIDER_GCP, "alpha." name, lifecycle},
#define NSI(name, lifecycle)                                                           \
    {PROVIDER_GCP, "google.cloud.networksecurity.v1.Mirroring." name, lifecycle},      \
        {PROVIDER_GCP, "google.cloud.networksecurity.v1beta1.Mirroring." name,         \
         lifecycle},                                                                   \
        {PROVIDER_GCP, "google.cloud.networksecurity.v1alpha1.Mirroring." name,        \
         lifecycle},
#define OCI(name, lifecycle)                                                           \
    {PROVIDER_OCI, name, lifecycle},                                                   \
        {PROVIDER_OCI, "com.oraclecloud.virtualNetwork." name, lifecycle},
    {PROVIDER_AWS, "CreateTrafficMirrorSession", C},
    {PROVIDER_AWS, "createtrafficmirrorsession", C},
    {PROVIDER_AWS, "CreateTrafficMirrorTarget", C},
    {PROVIDER_AWS, "CreateTrafficMirrorFilter", C},
    {PROVIDER_AWS, "CreateTrafficMirrorFilterRule", C},
    {PROVIDER_AWS, "ModifyTrafficMirrorSession", M},
    {PROVIDER_AWS, "ModifyTrafficMirrorFilterRule", M},
    {PROVIDER_AWS, "ModifyTrafficMirrorFilterNetworkServices", M},
    {PROVIDER_AWS, "DeleteTrafficMirrorSession", D},
    {PROVIDER_AWS, "DeleteTrafficMirrorTarget", D},
    {PROVIDER_AWS, "DeleteTrafficMirrorFilter", D},
    {PROVIDER_AWS, "DeleteTrafficMirrorFilterRule", D},
    {PROVIDER_AWS, "DescribeTrafficMirrorSessions", NOT},
    {PROVIDER_AWS, "DescribeTrafficMirrorTargets", NOT},
    {PROVIDER_AWS, "DescribeTrafficMirrorFilters", NOT},
    {PROVIDER_AWS, "DescribeTrafficMirrorFilterRules", NOT},
    {PROVIDER_AWS, "DescribeTrafficMirrorNewThings", NOT},
    {PROVIDER_AWS, "PauseTrafficMirrorSession", OTHER},
    {PROVIDER_AWS, "ModifyTrafficMirrorTargetPolicy", M},
    {PROVIDER_AWS, "RunInstances", NOT},
    {PROVIDER_AWS, "CreateVtap", NOT},

    AZURE("virtualNetworkTaps/write", CM) AZURE("virtualNetworkTaps/delete", D) AZURE(
        "networkInterfaces/tapConfigurations/write",
        CM) AZURE("networkInterfaces/tapConfigurations/delete", D)
        AZURE("virtualNetworkTaps/networkInterfaceTapConfigurationProxies/write", CM)
            AZURE("virtualNetworkTaps/networkInterfaceTapConfigurationProxies/delete",
                  D) AZURE("virtualNetworkTaps/join/action", OTHER)
                AZURE("virtualNetworkTaps/reset/action", M)
                    AZURE("virtualNetworkTaps/read", NOT)
                        AZURE("networkInterfaces/tapConfigurations/read", NOT)
                            AZURE("virtualNetworks/write", NOT)
                                AZURE("networkWatchers/packetCaptures/write", NOT){
                                    PROVIDER_AZURE,
                                    "MICROSOFT.NETWORK/VIRTUALNETWORKTAPS/WRITE", CM},
    {PROVIDER_AZURE, "MICROSOFT.NETWORK/NETWORKINTERFACES/TAPCONFIGURATIONS/DELETE", D},

    GCP("compute.packetMirrorings.insert", C) GCP(
        "compute.packetMirrorings.patch", M) GCP("compute.packetMirrorings.delete", D)
        GCP("compute.packetMirrorings.get", NOT) GCP(
            "compute.packetMirrorings.list",
            NOT) GCP("compute.packetMirrorings.aggregatedList",
                     NOT) GCP("compute.packetMirrorings.testIamPermissions", NOT)
            GCP("compute.networkFirewallPolicies.addPacketMirroringRule", C) GCP(
                "compute.networkFirewallPolicies.patchPacketMirroringRule",
                M) GCP("compute.networkFirewallPolicies.removePacketMirroringRule", D)
                GCP("compute.networkFirewallPolicies.getPacketMirroringRule", NOT) GCP(
                    "compute.firewallPolicies.addPacketMirroringRule",
                    C) GCP("compute.firewallPolicies.patchPacketMirroringRule", M)
                    GCP("compute.firewallPolicies.removePacketMirroringRule", D) GCP(
                        "compute.regionNetworkFirewallPolicies.addPacketMirroringRule",
                        C) GCP("compute.firewalls.insert", NOT)
                        GCP("compute.networkFirewallPolicies.addAssociation",
                            NOT){PROVIDER_GCP, "compute.packetMirrorings.insert", C},
    {PROVIDER_GCP, "v1.compute.packetMirrorings.setLabels", M},
    {PROVIDER_GCP, "google.cloud.backupdr.v1.managementServers.manageMirroring", NOT},
    {PROVIDER_GCP, "backupdr.managementServers.manageMirroring", NOT},
    {PROVIDER_GCP, "io.k8s.core.v1.pods.create", NOT},
    NSI("CreateMirroringDeployment", C) NSI("CreateMirroringDeploymentGroup", C) NSI(
        "CreateMirroringEndpointGroup",
        C) NSI("CreateMirroringEndpointGroupAssociation",
               C) NSI("UpdateMirroringDeployment",
                      M) NSI("UpdateMirroringDeploymentGroup",
                             M) NSI("UpdateMirroringEndpointGroup",
                                    M) NSI("UpdateMirroringEndpointGroupAssociation",
                                           M) NSI("DeleteMirroringDeployment", D)
        NSI("DeleteMirroringDeploymentGroup", D) NSI("DeleteMirroringEndpointGroup", D)
            NSI("DeleteMirroringEndpointGroupAssociation",
                D) NSI("GetMirroringDeployment",
                       NOT) NSI("ListMirroringEndpointGroups", NOT){
                PROVIDER_GCP,
                "google.cloud.networksecurity.v1.Intercept.CreateInterceptDeployment",
                NOT},

    OCI("CreateVtap", C) OCI("UpdateVtap", M) OCI("ChangeVtapCompartment", M)
        OCI("DeleteVtap", D) OCI("GetVtap", NOT) OCI("ListVtaps", NOT){
            PROVIDER_OCI, "com.oraclecloud.virtualnetwork.createvtap.begin", C},
    {PROVIDER_OCI, "LaunchInstance", NOT},

    {PROVIDER_ALIBABA, "CreateTrafficMirrorSession", C},
    {PROVIDER_ALIBABA, "CreateTrafficMirrorFilter", C},
    {PROVIDER_ALIBABA, "CreateTrafficMirrorFilterRules", C},
    {PROVIDER_ALIBABA, "AddSourcesToTrafficMirrorSession", M},
    {PROVIDER_ALIBABA, "RemoveSourcesFromTrafficMirrorSession", M},
    {PROVIDER_ALIBABA, "UpdateTrafficMirrorSessionAttribute", M},
    {PROVIDER_ALIBABA, "UpdateTrafficMirrorFilterAttribute", M},
    {PROVIDER_ALIBABA, "UpdateTrafficMirrorFilterRuleAttribute", M},
    {PROVIDER_ALIBABA, "DeleteTrafficMirrorSession", D},
    {PROVIDER_ALIBABA, "DeleteTrafficMirrorFilter", D},
    {PROVIDER_ALIBABA, "DeleteTrafficMirrorFilterRules", D},
    {PROVIDER_ALIBABA, "OpenTrafficMirrorService", OTHER},
    {PROVIDER_ALIBABA, "ListTrafficMirrorSessions", NOT},
    {PROVIDER_ALIBABA, "GetTrafficMirrorServiceStatus", NOT},

    {PROVIDER_HUAWEI, "CreateTrafficMirrorSession", C},
    {PROVIDER_HUAWEI, "createTrafficMirrorFilter", C},
    {PROVIDER_HUAWEI, "CreateTrafficMirrorFilterRule", C},
    {PROVIDER_HUAWEI, "UpdateTrafficMirrorSession", M},
    {PROVIDER_HUAWEI, "UpdateTrafficMirrorFilter", M},
    {PROVIDER_HUAWEI, "UpdateTrafficMirrorFilterRule", M},
    {PROVIDER_HUAWEI, "AddSourcesToTrafficMirrorSession", M},
    {PROVIDER_HUAWEI, "RemoveSourcesFromTrafficMirrorSession", M},
    {PROVIDER_HUAWEI, "DeleteTrafficMirrorSession", D},
    {PROVIDER_HUAWEI, "DeleteTrafficMirrorFilter", D},
    {PROVIDER_HUAWEI, "DeleteTrafficMirrorFilterRule", D},
    {PROVIDER_HUAWEI, "ListTrafficMirrorSessions", NOT},
    {PROVIDER_HUAWEI, "ShowTrafficMirrorSession", NOT},

    {PROVIDER_CISCO_IOS, "monitor session 7 type erspan-source", CM},
    {PROVIDER_CISCO_IOS, "monitor session 1 source interface Gi0/1 both", CM},
    {PROVIDER_CISCO_IOS, "monitor session 1 destination remote vlan 900 <cr>", CM},
    {PROVIDER_CISCO_IOS, "mon sess 1 so int gi0/1", CM},
    {PROVIDER_CISCO_IOS, "mon s 1 s i gi0/1", CM},
    {PROVIDER_CISCO_IOS, "no mon s al", D},
    {PROVIDER_CISCO_IOS, "ip traf app P1", CM},
    {PROVIDER_CISCO_IOS, "no monitor session 7", D},
    {PROVIDER_CISCO_IOS, "no mon ses 7", D},
    {PROVIDER_CISCO_IOS, "no monitor session 7 <cr>", D},
    {PROVIDER_CISCO_IOS, "no monitor session all", D},
    {PROVIDER_CISCO_IOS, "no monitor session local", D},
    {PROVIDER_CISCO_IOS, "no monitor session range 1-3", D},
    {PROVIDER_CISCO_IOS, "no monitor session 1 source interface Gi0/1", M},
    {PROVIDER_CISCO_IOS, "remote-span", CM},
    {PROVIDER_CISCO_IOS, "no remote-span", D},
    {PROVIDER_CISCO_IOS, "ip traffic-export profile tap", CM},
    {PROVIDER_CISCO_IOS, "ip traffic-export apply tap", CM},
    {PROVIDER_CISCO_IOS, "no ip traffic-export apply tap", D},
    {PROVIDER_CISCO_IOS, "set span 3/1 3/24 both", CM},
    {PROVIDER_CISCO_IOS, "set rspan disable source all", D},
    {PROVIDER_CISCO_IOS, "%MIRROR-5-ETH_SPAN_SESSION_UP", C},
    {PROVIDER_CISCO_NXOS, "%SPAN-5-SESSION_UP", C},
    {PROVIDER_CISCO_NXOS, "%MIRROR-5-ETH_SPAN_SESSION_DOWN", D},
    {PROVIDER_CISCO_NXOS,
     "configure terminal ; monitor session 3 type erspan-source ; destination ip "
     "203.0.113.66 (SUCCESS)",
     CM},
    {PROVIDER_CISCO_NXOS, "configure terminal ; no monitor session 3 (SUCCESS)", D},
    {PROVIDER_CISCO_NXOS, "configure terminal ; no monitor session 3 shut", M},
    {PROVIDER_CISCO_IOSXR, "monitor-session TAP ethernet", CM},
    {PROVIDER_CISCO_IOSXR, "no monitor-session TAP", D},
    {PROVIDER_CISCO_IOS, "monitor capture CAP interface Gi0/1 both", NOT},
    {PROVIDER_CISCO_IOS, "monitor capture point ip cef CAP all both", NOT},
    {PROVIDER_CISCO_IOS, "monitor event-trace all", NOT},
    {PROVIDER_CISCO_IOS, "show monitor session 1", NOT},
    {PROVIDER_CISCO_IOS, "!exec: show monitor session all", NOT},
    {PROVIDER_CISCO_IOS, "%SPANTREE-2-ROOTGUARD_BLOCK", NOT},
    {PROVIDER_CISCO_IOS, "%SPANTREE-5-SESSION_UP", NOT},
    {PROVIDER_CISCO_IOS, "spanning-tree mode rapid-pvst", NOT},
    {PROVIDER_CISCO_IOS, "description for monitor session 1", NOT},
    {PROVIDER_CISCO_IOS, "ip address 203.0.113.66", NOT},

    {PROVIDER_EOS, "monitor session M1 source Ethernet1 rx <cr>", CM},
    {PROVIDER_EOS, "no monitor session M1", D},
    {PROVIDER_EOS, "no monitor session M1 source Ethernet1", M},
    {PROVIDER_EOS, "show interfaces status", NOT},
    {PROVIDER_JUNOS,
     "set forwarding-options analyzer A1 output ip-address 203.0.113.66", CM},
    {PROVIDER_JUNOS, "delete forwarding-options port-mirroring", D},
    {PROVIDER_JUNOS, "show forwarding-options port-mirroring", NOT},
    {PROVIDER_JUNOS, "edit forwarding-options analyzer A1", NOT},
    {PROVIDER_JUNOS, "load-configuration rpc set forwarding-options analyzer A1", CM},
    {PROVIDER_JUNOS, "set firewall filter F term T then port-mirror", CM},
    {PROVIDER_JUNOS, "set system host-name mx2", NOT},
    {PROVIDER_EOS,
     "OpenConfig.Set rpc=/gnmi.gNMI/Set request={\"path\":\"/mirroring\"}", CM},
    {PROVIDER_EOS, "OpenConfig.Set rpc=/gnmi.gNMI/Set request={\"path\":\"/ntp\"}",
     NOT},
    {PROVIDER_CISCO_IOSXR, "MGBL-CONFIG-6-DB_COMMIT", NOT},
    {PROVIDER_HUAWEI_VRP, "port-mirroring to observe-port 1 both", CM},
    {PROVIDER_HUAWEI_VRP, "undo port-mirroring to observe-port 1 both", D},
    {PROVIDER_HUAWEI_VRP, "traffic-mirror inbound acl 3000 to observe-port 1", CM},
    {PROVIDER_HUAWEI_VRP, "undo traffic-mirror inbound acl 3000", D},
    {PROVIDER_HUAWEI_VRP, "observe-port 1 interface GigabitEthernet0/0/2", CM},
    {PROVIDER_HUAWEI_VRP, "undo observe-port 1", D},
    {PROVIDER_HUAWEI_VRP, "display observe-port", NOT},
    {PROVIDER_FORTIOS, "Add firewall.sniffer", CM},
    {PROVIDER_FORTIOS, "Delete firewall.sniffer", D},
    {PROVIDER_FORTIOS, "Edit system.switch-interface span[disable->enable]", CM},
    {PROVIDER_FORTIOS, "Edit system.switch-interface member[a->b]", NOT},
    {PROVIDER_OPENVSWITCH,
     "ovs-vsctl -- --id=@m create Mirror name=m -- set Bridge br0 mirrors=@m", C},
    {PROVIDER_OPENVSWITCH, "ovs-vsctl clear Bridge br0 mirrors", D},
    {PROVIDER_OPENVSWITCH, "ovs-vsctl set Mirror m0 select-all=true", M},
    {PROVIDER_OPENVSWITCH, "ovs-vsctl list Mirror", NOT},
    {PROVIDER_LINUX,
     "tc filter add dev eth0 parent ffff: action mirred egress mirror dev t0", C},
    {PROVIDER_LINUX, "tc filter show dev eth0", NOT},
    {PROVIDER_LINUX, "tc filter del dev eth0 parent ffff: action mirred egress mirror",
     D},
    {PROVIDER_LINUX, "tc filter del dev eth0 parent ffff:", D},
    {PROVIDER_LINUX, "/sbin/tc qdisc del dev eth0 ingress", D},
    {PROVIDER_LINUX, "tc qdisc del dev eth0 parent 1:2", NOT},
    {PROVIDER_LINUX, "tc filter add dev eth0 action mirred egress redirect dev ifb0",
     NOT},

    {PROVIDER_OTHER, "CreateTrafficMirrorSession", C},
    {PROVIDER_OTHER, "DescribeTrafficMirrorSessions", NOT},
    {PROVIDER_OTHER, "compute.packetMirrorings.insert", C},
    {PROVIDER_OTHER, "config.mirror", NOT},
    {PROVIDER_OTHER, "CreateSession", NOT},
};

struct fixture {
    struct rule_set *set;
    struct detector *detector;
};

static int set_up(void **state)
{
    static struct fixture fixture;
    struct error error = {0};
    fixture.set = rule_set_default(&error);
    if (!fixture.set) {
        print_error("%s\n", error.message);
        return -1;
    }
    fixture.detector = detector_new(fixture.set);
    *state = &fixture;
    return fixture.detector ? 0 : -1;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    detector_free(fixture->detector);
    rule_set_free(fixture->set);
    return 0;
}

static enum truth check(struct detector *detector, enum provider provider,
                        const char *operation, const char *mode, const char *raw,
                        struct rule_match *match)
{
    struct event event;
    event_clear(&event);
    event.provider = provider;
    event.text[FIELD_OPERATION] = slice_from(operation);
    event.text[FIELD_MODE] = slice_from(mode);
    *match = (struct rule_match){0};
    return detector_check(detector, &event, slice_from(raw), match);
}

static void every_operation_has_its_lifecycle(void **state)
{
    struct fixture *fixture = *state;
    for (int pass = 0; pass < 2; pass++) /* the second one from memory */
        for (size_t i = 0; i < sizeof operations / sizeof *operations; i++) {
            const struct expectation *wanted = &operations[i];
            struct rule_match match;
            enum truth truth = check(fixture->detector, wanted->provider,
                                     wanted->operation, NULL, NULL, &match);
            bool marked = wanted->lifecycle != NOT;
            if (truth != (marked ? TRUTH_TRUE : TRUTH_FALSE) ||
                (marked && (match.lifecycle != wanted->lifecycle || match.count != 1)))
                fail_msg("%s %s: truth %d, %zu rules, lifecycle %s",
                         provider_name(wanted->provider), wanted->operation, truth,
                         match.count, lifecycle_name(match.lifecycle));
        }
}

static void one_operation_has_one_kind_of_provider(void **state)
{
    struct fixture *fixture = *state;
    struct rule_match match;
    assert_int_equal(check(fixture->detector, PROVIDER_GCP,
                           "CreateTrafficMirrorSession", NULL, NULL, &match),
                     TRUTH_FALSE);
    check(fixture->detector, PROVIDER_ALIBABA, "CreateTrafficMirrorSession", NULL, NULL,
          &match);
    assert_int_equal(match.count, 1);
    assert_non_null(
        strstr(rule_set_get(fixture->set, match.rules[0])->title, "Alibaba"));
    check(fixture->detector, PROVIDER_OTHER, "CreateTrafficMirrorSession", NULL, NULL,
          &match);
    assert_int_equal(match.confidence, CONFIDENCE_LOW);
}

static void lines_in_a_mode_count_by_their_mode(void **state)
{
    static const struct {
        const char *mode, *command;
        enum lifecycle lifecycle;
        enum provider provider;
    } lines[] = {
        {"monitor session 3 type erspan-source", "destination ip 203.0.113.66", CM,
         PROVIDER_CISCO_NXOS},
        {"monitor session 3", "no source interface Ethernet1/1", M,
         PROVIDER_CISCO_NXOS},
        {"monitor session TAP", "destination interface Gi0/0/0/9", CM,
         PROVIDER_CISCO_IOSXR},
        {"interface Ethernet1/1", "shutdown", NOT, PROVIDER_CISCO_NXOS},
        {"edit forwarding-options analyzer A1", "set output interface ge-0/0/9", CM,
         PROVIDER_JUNOS},
        {"edit forwarding-options analyzer A1", "delete output", M, PROVIDER_JUNOS},
        {"edit forwarding-options analyzer A1", "delete", D, PROVIDER_JUNOS},
        {"edit forwarding-options analyzer A1", "show", NOT, PROVIDER_JUNOS},
        {"edit forwarding-options", "set analyzer A1 input ingress interface x", CM,
         PROVIDER_JUNOS},
        {"edit forwarding-options", "delete port-mirroring", D, PROVIDER_JUNOS},
        {"edit forwarding-options", "set sampling input rate 1", NOT, PROVIDER_JUNOS},
        {"edit interfaces ge-0/0/1", "set disable", NOT, PROVIDER_JUNOS},
        {"monitor session 7 type erspan-source", "source interface Gi0/1", CM,
         PROVIDER_CISCO_IOS},
        {"monitor session 7 type erspan-source", "destination", CM, PROVIDER_CISCO_IOS},
        {"monitor session 7 type erspan-source", "erspan-id 101", CM,
         PROVIDER_CISCO_IOS},
        {"monitor session 7 type erspan-source", "ip address 203.0.113.66", CM,
         PROVIDER_CISCO_IOS},
        {"monitor session 7 type erspan-source", "origin ip address 192.0.2.1", CM,
         PROVIDER_CISCO_IOS},
        {"monitor session 7 type erspan-source", "no shutdown", CM, PROVIDER_CISCO_IOS},
        {"monitor session 7 type erspan-source", "no sh", CM, PROVIDER_CISCO_IOS},
        {"monitor session 7 type erspan-source", "ers 7", CM, PROVIDER_CISCO_IOS},
        {"monitor session 7 type erspan-source", "sh", M, PROVIDER_CISCO_IOS},
        {"monitor session 7 type erspan-source", "shutdown", M, PROVIDER_CISCO_IOS},
        {"monitor session 7 type erspan-source", "no source interface Gi0/1", M,
         PROVIDER_CISCO_IOS},
        {"monitor session 7 type erspan-source", "exit", NOT, PROVIDER_CISCO_IOS},
        {"monitor session 7 type erspan-source", "no monitor session 7", D,
         PROVIDER_CISCO_IOS},
        {"monitor session 7 type erspan-source ; destination", "ip add 203.0.113.66",
         CM, PROVIDER_CISCO_IOS},
        {"ip traffic-export profile tap", "interface Gi0/2", CM, PROVIDER_CISCO_IOS},
        {"interface Gi0/1", "ip address 203.0.113.66", NOT, PROVIDER_CISCO_IOS},
        {NULL, "source interface Gi0/1", NOT, PROVIDER_CISCO_IOS},
        {NULL, "shutdown", NOT, PROVIDER_CISCO_IOS},
    };
    struct fixture *fixture = *state;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct rule_match match;
        enum truth truth = check(fixture->detector, lines[i].provider, lines[i].command,
                                 lines[i].mode, NULL, &match);
        bool marked = lines[i].lifecycle != NOT;
        if (truth != (marked ? TRUTH_TRUE : TRUTH_FALSE) ||
            (marked && match.lifecycle != lines[i].lifecycle))
            fail_msg("%s / %s: truth %d, lifecycle %s", lines[i].mode, lines[i].command,
                     truth, lifecycle_name(match.lifecycle));
    }
}

#define NIC "Microsoft.Network/networkInterfaces/write"
#define PROFILE                                                                        \
    "google.cloud.networksecurity.v1.OrganizationSecurityProfileGroupService."

static void bodies_decide_where_names_do_not(void **state)
{
    static const struct {
        enum provider provider;
        const char *operation, *raw;
        enum lifecycle lifecycle;
    } bodies[] = {
        {PROVIDER_AZURE, NIC,
         "{\"properties\":{\"requestbody\":\"{\\\"properties\\\":"
         "{\\\"virtualNetworkTaps\\\":[{\\\"id\\\":\\\"/x\\\"}]}}\"}}",
         CM},
        {PROVIDER_AZURE, NIC,
         "{\"properties\":{\"requestBody\":{\"properties\":{\"virtualNetworkTaps\":[]}}"
         "}}",
         CM},
        {PROVIDER_AZURE, NIC, "{\"properties\":{\"requestbody\":\"{}\"}}", NOT},
        {PROVIDER_AZURE, NIC,
         "{\"properties\":{\"responseBody\":\"{\\\"virtualNetworkTaps\\\":[]}\"}}",
         NOT},
        {PROVIDER_AZURE, NIC, "{}", NOT},
        {PROVIDER_GCP, PROFILE "CreateSecurityProfile",
         "{\"protoPayload\":{\"request\":{\"securityProfile\":{"
         "\"customMirroringProfile\":"
         "{\"mirroringEndpointGroup\":\"g\"}}}}}",
         C},
        {PROVIDER_GCP, PROFILE "CreateSecurityProfile",
         "{\"protoPayload\":{\"request\":{\"securityProfile\":{}}}}", NOT},
        {PROVIDER_GCP, PROFILE "UpdateSecurityProfileGroup",
         "{\"protoPayload\":{\"request\":{\"securityProfileGroup\":"
         "{\"customMirroringProfile\":\"p\"}}}}",
         M},
        {PROVIDER_GCP, "v1.compute.networkFirewallPolicies.insert",
         "{\"protoPayload\":{\"request\":{\"packetMirroringRules\":[{\"action\":"
         "\"mirror\"}]}}}",
         C},
        {PROVIDER_GCP, "v1.compute.firewallPolicies.patch",
         "{\"protoPayload\":{\"request\":{\"packetMirroringRules\":[]}}}", M},
        {PROVIDER_GCP, "v1.compute.firewallPolicies.patch",
         "{\"protoPayload\":{\"request\":{\"rules\":[]}}}", NOT},
        {PROVIDER_OCI, "CreateCaptureFilter",
         "{\"data\":{\"request\":{\"filterType\":\"VTAP\"}}}", C},
        {PROVIDER_OCI, "UpdateCaptureFilter", "{\"data\":{}}", M},
        {PROVIDER_OCI, "DeleteCaptureFilter",
         "{\"data\":{\"stateChange\":{\"previous\":{\"filterType\":\"FLOWLOG\"}}}}",
         NOT},
    };
    struct fixture *fixture = *state;
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        struct rule_match match;
        bool marked = bodies[i].lifecycle != NOT;
        assert_int_equal(check(fixture->detector, bodies[i].provider,
                               bodies[i].operation, NULL, NULL, &match),
                         TRUTH_UNKNOWN);
        enum truth truth = check(fixture->detector, bodies[i].provider,
                                 bodies[i].operation, NULL, bodies[i].raw, &match);
        if (truth != (marked ? TRUTH_TRUE : TRUTH_FALSE) ||
            (marked && match.lifecycle != bodies[i].lifecycle))
            fail_msg("%s %s: truth %d, lifecycle %s", bodies[i].operation,
                     bodies[i].raw, truth, lifecycle_name(match.lifecycle));
    }
}

static void reads_are_off_until_they_are_switched_on(void **state)
{
    static const struct expectation reads[] = {
        {PROVIDER_AWS, "DescribeTrafficMirrorSessions", LIFECYCLE_READ},
        AZURE("virtualNetworkTaps/read", LIFECYCLE_READ)
            GCP("compute.packetMirrorings.aggregatedList", LIFECYCLE_READ)
                GCP("compute.firewallPolicies.getPacketMirroringRule",
                    LIFECYCLE_READ) NSI("ListMirroringDeployments", LIFECYCLE_READ)
                    OCI("ListVtaps", LIFECYCLE_READ) OCI("GetCaptureFilter",
                                                         LIFECYCLE_READ){
                        PROVIDER_ALIBABA, "ListTrafficMirrorSessions", LIFECYCLE_READ},
        {PROVIDER_HUAWEI, "ShowTrafficMirrorSession", LIFECYCLE_READ},
    };
    struct fixture *fixture = *state;
    struct rule_set *set = rule_set_default(NULL);
    assert_non_null(set);
    assert_true(rule_set_switch(set, SLICE("reads"), true) >= 7);
    assert_int_equal(rule_set_switch(set, SLICE("nonsense"), true), 0);
    struct detector *detector = detector_new(set);
    for (size_t i = 0; i < sizeof reads / sizeof *reads; i++) {
        struct rule_match match;
        if (check(fixture->detector, reads[i].provider, reads[i].operation, NULL, NULL,
                  &match) != TRUTH_FALSE ||
            check(detector, reads[i].provider, reads[i].operation, NULL, NULL,
                  &match) != TRUTH_TRUE ||
            match.lifecycle != LIFECYCLE_READ)
            fail_msg("%s", reads[i].operation);
    }
    detector_free(detector);
    rule_set_free(set);
}

static void rules_say_what_a_reader_needs(void **state)
{
    struct fixture *fixture = *state;
    for (size_t i = 0; i < rule_set_count(fixture->set); i++) {
        const struct rule *rule = rule_set_get(fixture->set, i);
        assert_int_equal(strlen(rule->id), 36);
        assert_true(strlen(rule->title) > 10);
        assert_true(strlen(rule->description) > 10);
        assert_true(!strcmp(rule->technique, "T1020.001") || !rule->enabled);
        assert_int_equal(rule_set_find(fixture->set, slice_from(rule->id)), i);
        assert_true(!i || strcmp(rule_set_get(fixture->set, i - 1)->id, rule->id) < 0);
    }
    assert_null(rule_set_get(fixture->set, rule_set_count(fixture->set)));
    assert_int_equal(rule_set_find(fixture->set, SLICE("nonsense")), -1);
}

/* The LogScale query that the pack replaces: what it marks, we mark. */
static bool query_marks(enum provider provider, const char *operation)
{
    static const struct {
        enum provider provider; /* OTHER: any that has an eventName */
        const char *pattern;
    } clauses[] = {
        {PROVIDER_OTHER, "(?i)CreateTrafficMirrorSession|CreateTrafficMirrorTarget|"
                         "CreateTrafficMirrorFilter|ModifyTrafficMirrorSession|"
                         "ModifyTrafficMirrorFilterRule|DeleteTrafficMirrorSession"},
        {PROVIDER_AZURE, "(?i)virtualNetworkTaps\\/write|tapConfigurations\\/write"},
        {PROVIDER_GCP,
         "(?i)insertPacketMirroring|patchPacketMirroring|deletePacketMirroring"},
    };
    size_t clause = provider == PROVIDER_AZURE ? 1 : provider == PROVIDER_GCP ? 2 : 0;
    int code;
    PCRE2_SIZE offset;
    pcre2_code *regex = pcre2_compile((PCRE2_SPTR)clauses[clause].pattern,
                                      PCRE2_ZERO_TERMINATED, 0, &code, &offset, NULL);
    assert_non_null(regex);
    pcre2_match_data *data = pcre2_match_data_create(1, NULL);
    int count =
        pcre2_match(regex, (PCRE2_SPTR)operation, strlen(operation), 0, 0, data, NULL);
    pcre2_match_data_free(data);
    pcre2_code_free(regex);
    return count > 0;
}

static void what_the_query_marks_we_mark(void **state)
{
    static const struct expectation variants[] = {
        {PROVIDER_AWS, "xCreateTrafficMirrorSessionV2", C},
        {PROVIDER_AWS, "AdminDeleteTrafficMirrorSessions", C},
        {PROVIDER_AZURE, "Microsoft.Network/virtualNetworkTaps/write/action", C},
        {PROVIDER_AZURE, "Contoso.Network/NETWORKINTERFACES/tapConfigurations/WRITE",
         C},
        {PROVIDER_GCP, "v2.compute.insertPacketMirroring", C},
        {PROVIDER_GCP, "deletePacketMirroring", C},
        {PROVIDER_OTHER, "CreateTrafficMirrorTarget", C},
        {PROVIDER_OCI, "DeleteTrafficMirrorSession", C},
    };
    struct fixture *fixture = *state;
    size_t marked = 0;
    for (size_t i = 0; i < sizeof operations / sizeof *operations; i++)
        if (query_marks(operations[i].provider, operations[i].operation)) {
            if (provider_is_device(operations[i].provider))
                continue;
            assert_int_not_equal(operations[i].lifecycle, NOT);
            marked++;
        }
    assert_true(marked >= 20);
    for (size_t i = 0; i < sizeof variants / sizeof *variants; i++) {
        struct rule_match match;
        assert_true(query_marks(variants[i].provider, variants[i].operation));
        if (check(fixture->detector, variants[i].provider, variants[i].operation, NULL,
                  NULL, &match) != TRUTH_TRUE)
            fail_msg("%s", variants[i].operation);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_operation_has_its_lifecycle),
        cmocka_unit_test(one_operation_has_one_kind_of_provider),
        cmocka_unit_test(lines_in_a_mode_count_by_their_mode),
        cmocka_unit_test(bodies_decide_where_names_do_not),
        cmocka_unit_test(reads_are_off_until_they_are_switched_on),
        cmocka_unit_test(rules_say_what_a_reader_needs),
        cmocka_unit_test(what_the_query_marks_we_mark),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
