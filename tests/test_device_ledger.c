#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "core/ledger.h"
#include "core/operation.h"
#include "tests/record_bed.h"

/* The lines of one device, as they stand in its log, and the mirrors that they make. */

enum { FACTS_MAX = 64, ROWS_BYTES = 4096 };

static void fill(struct fact *fact, const struct event *event, size_t number,
                 struct arena *arena)
{
    fact->time_us = event->time_us;
    fact->provider = event->provider;
    fact->outcome = event->outcome;
    fact->phase = event->phase;
    fact->account = event->text[FIELD_ACCOUNT];
    fact->actor = event->text[FIELD_ACTOR];
    fact->act_id = fact->order = arena_printf(arena, "%04zu", number);
}

static size_t read_facts(struct record_bed *bed, const char *lines, struct fact *out)
{
    const struct time_hint hint = {.year = 2026, .newest_us = EVENT_TIME_NONE};
    struct slice rest = slice_from(lines);
    size_t count = 0;
    normaliser_reset(bed->normaliser, &hint);
    for (size_t number = 0; slice_present(rest); number++) {
        struct frame_item item = {.kind = FRAME_LINE, .bytes = slice_cut(&rest, '\n')};
        struct fact_list facts = {.facts = NULL};
        struct event event;
        const char *reason;
        if (!item.bytes.length)
            continue;
        assert_int_equal(normalise(bed->normaliser, &item, NULL, &event, &reason),
                         RECORD_EVENT);
        for (int i = 0; i < EVENT_FIELD_COUNT; i++)
            event.text[i] = arena_copy(&bed->kept, event.text[i]);
        if (!fact_wanted(&event))
            continue;
        fact_read(&event, arena_copy(&bed->kept, item.bytes), &bed->kept, &facts);
        for (size_t i = 0; i < facts.count; i++) {
            assert_true(count < FACTS_MAX);
            fill(&facts.facts[i], &event, number, &bed->kept);
            out[count++] = facts.facts[i];
        }
    }
    return count;
}

static int say_time(char *out, size_t size, const char *label, int64_t time_us)
{
    char text[TIMESTAMP_TEXT_MAX] = "-";
    if (time_us != EVENT_TIME_NONE)
        timestamp_format(time_us, text);
    return snprintf(out, size, " %s=%s", label, text + (text[0] == '-' ? 0 : 11));
}

static void say_text(char *out, size_t size, const char *label, struct slice text)
{
    size_t used = strlen(out);
    if (text.length)
        snprintf(out + used, size - used, " %s=[%.*s]", label, (int)text.length,
                 text.data);
}

/* "vrp1/observe-port 1/1#1 live since=02:25:12Z from=[..] to=[..]" */
static void say_rows(const struct mirror_list *rows, char out[ROWS_BYTES])
{
    out[0] = '\0';
    for (size_t i = 0; i < rows->count; i++) {
        const struct mirror *row = &rows->rows[i];
        size_t used = strlen(out);
        used += (size_t)snprintf(out + used, ROWS_BYTES - used, "%.*s#%u %s",
                                 (int)row->id.length, row->id.data, row->segment,
                                 mirror_state_name(row->state));
        used += (size_t)say_time(out + used, ROWS_BYTES - used, "since", row->since_us);
        if (row->until_us != EVENT_TIME_NONE)
            say_time(out + used, ROWS_BYTES - used, "until", row->until_us);
        say_text(out, ROWS_BYTES, "from", row->mirrored);
        say_text(out, ROWS_BYTES, "to", row->destination);
        say_text(out, ROWS_BYTES, "how", row->closed_how);
        used = strlen(out);
        snprintf(out + used, ROWS_BYTES - used, "\n");
    }
}

#define VRP(stamp, command)                                                            \
    "<189>Mar 14 2026 " stamp " vrp1 %%01SHELL/5/CMDRECORD(s)[13]:Recorded command "   \
    "information. (Task=VT0, Ip=198.51.100.23, User=mallory, Command=\"" command       \
    "\")\n"
#define FORTIOS(stamp, action, path, object, attributes)                               \
    "date=2026-03-14 time=" stamp " tz=\"+0000\" devname=\"fw1\" devid=\"FG1\" "       \
    "type=\"event\" subtype=\"system\" logdesc=\"Object attribute configured\" "       \
    "user=\"mallory\" ui=\"ssh(198.51.100.23)\" action=\"" action "\" cfgpath=\"" path \
    "\" cfgobj=\"" object "\" cfgattr=\"" attributes "\"\n"
#define OVS(stamp, command)                                                            \
    "Mar 14 " stamp " kvm1 ovs-vsctl[811]: ovs|00001|vsctl|INFO|Called as "            \
    "ovs-vsctl " command "\n"
#define SUDO(stamp, command)                                                           \
    "Mar 14 " stamp " host1 sudo[811]:  mallory : TTY=pts/0 ; PWD=/home/mallory ; "    \
    "USER=root ; COMMAND=" command "\n"
#define JUNOS(stamp, text) "Mar 14 " stamp " mx1 mgd[7729]: " text "\n"
#define TYPED(stamp, command)                                                          \
    JUNOS(stamp, "UI_CMDLINE_READ_LINE: User 'mallory', command '" command " '")
#define REQUEST "UI_COMMIT: User 'mallory' requested "
#define LOAD "UI_LOAD_EVENT: User 'mallory' is performing a "
#define DONE "UI_COMMIT_COMPLETED: commit complete"
#define ANALYZER                                                                       \
    TYPED("02:00:00", "set forwarding-options analyzer A1 input ingress interface "    \
                      "ge-0/0/1.0")                                                    \
    TYPED("02:00:01", "set forwarding-options analyzer A1 output interface "           \
                      "ge-0/0/9.0")
#define EOS(second, command)                                                           \
    "Mar 14 02:25:05 leaf1 Aaa: %ACCOUNTING-6-CMD: mallory vty6 198.51.100.23 stop "   \
    "task_id=17 start_time=177345510" second " timezone=UTC service=shell "            \
    "priv-lvl=15 cmd=" command " <cr>\n"
#define NXOS(stamp, command)                                                           \
    "n9k1: 2026 Mar 14 " stamp " UTC: %AAA-6-AAA_ACCOUNTING_MESSAGE: "                 \
    "update:198.51.100.23@pts/0:mallory:configure terminal ; " command " (SUCCESS)\n"
#define IOS(stamp, command)                                                            \
    "sw1: Mar 14 " stamp " UTC: %PARSER-5-CFGLOG_LOGGEDCMD: User:mallory  logged "     \
    "command:" command "\n"

#define OBSERVER VRP("02:00:00", "observe-port 1 interface GigabitEthernet0/0/2")
#define VIEW VRP("02:00:10", "interface GigabitEthernet0/0/1")
#define SOURCE VRP("02:00:20", "port-mirroring to observe-port 1 inbound")
#define LINES_OF_M0                                                                    \
    OVS("02:00:00", "-- --id=@p get Port tun0 -- --id=@m create Mirror name=m0 "       \
                    "select-all=true output-port=@p -- set Bridge br0 mirrors=@m")
#define TC "/usr/sbin/tc "
#define TC_IN                                                                          \
    SUDO("02:00:00",                                                                   \
         TC "filter add dev eth0 parent ffff: protocol all u32 match u8 0 "            \
            "0 action mirred egress mirror dev tun0")
#define TC_OUT                                                                         \
    SUDO("02:01:00", TC "filter add dev eth0 parent 1: protocol all u32 match u8 0 0 " \
                        "action mirred egress mirror dev tun0")

static const struct {
    const char *what, *lines, *rows;
} cases[] = {
    /* ---- Huawei VRP ---- */
    {"VRP: an observing port alone", OBSERVER,
     "vrp1/observe-port 1/1#1 incomplete since=02:00:00Z to=[GigabitEthernet0/0/2]\n"},
    {"VRP: a port is mirrored to it", OBSERVER VIEW SOURCE,
     "vrp1/observe-port 1/1#1 live since=02:00:20Z from=[GigabitEthernet0/0/1 rx] "
     "to=[GigabitEthernet0/0/2]\n"},
    {"VRP: the port was defined before the log", VIEW SOURCE,
     "vrp1/observe-port 1/1#1 unknown since=- from=[GigabitEthernet0/0/1 rx] how=[made "
     "before the log starts]\n"},
    {"VRP: another source is a change",
     OBSERVER VIEW SOURCE VRP("02:30:00", "interface GigabitEthernet0/0/3")
         VRP("02:30:10", "port-mirroring to observe-port 1 both"),
     "vrp1/observe-port 1/1#1 ended since=02:00:20Z until=02:30:10Z "
     "from=[GigabitEthernet0/0/1 rx] to=[GigabitEthernet0/0/2] how=[changed]\n"
     "vrp1/observe-port 1/1#2 live since=02:30:10Z from=[GigabitEthernet0/0/1 rx, "
     "GigabitEthernet0/0/3 both] to=[GigabitEthernet0/0/2]\n"},
    {"VRP: its only source is taken away, then the port",
     OBSERVER VIEW SOURCE VRP("03:00:00",
                              "undo port-mirroring to observe-port 1 inbound")
         VRP("03:00:10", "undo observe-port 1"),
     "vrp1/observe-port 1/1#1 ended since=02:00:20Z until=03:00:00Z "
     "from=[GigabitEthernet0/0/1 rx] to=[GigabitEthernet0/0/2] how=[its source or "
     "destination was taken away]\n"
     "vrp1/observe-port 1/1#2 incomplete since=03:00:00Z until=03:00:10Z "
     "to=[GigabitEthernet0/0/2] how=[removed]\n"},
    {"VRP: a collector far away",
     VRP("02:00:00", "observe-port 2 destination-ip 203.0.113.66 source-ip 192.0.2.1")
         VIEW VRP("02:00:20", "port-mirroring to observe-port 2 both"),
     "vrp1/observe-port 2/1#1 live since=02:00:20Z from=[GigabitEthernet0/0/1 both] "
     "to=[203.0.113.66]\n"},
    {"VRP: a reboot without a save", OBSERVER VIEW SOURCE VRP("04:00:00", "reboot"),
     "vrp1/observe-port 1/1#1 ended since=02:00:20Z until=04:00:00Z "
     "from=[GigabitEthernet0/0/1 rx] to=[GigabitEthernet0/0/2] how=[a reload, and no "
     "save in the logs]\n"
     "vrp1/observe-port 1/1#2 unknown since=04:00:00Z from=[GigabitEthernet0/0/1 rx] "
     "to=[GigabitEthernet0/0/2] how=[unknown after a reload: no save in the logs]\n"},
    {"VRP: a reboot after a save",
     OBSERVER VIEW SOURCE VRP("03:30:00", "save") VRP("04:00:00", "reboot"),
     "vrp1/observe-port 1/1#1 live since=02:00:20Z from=[GigabitEthernet0/0/1 rx] "
     "to=[GigabitEthernet0/0/2]\n"},
    /* ---- FortiOS ---- */
    {"FortiOS: span of a switch interface, off and on",
     FORTIOS("02:00:00", "Edit", "system.switch-interface", "sw0",
             "span[disable->enable]span-source-port[->port1]span-dest-port[->port5]"
             "span-direction[both->rx]")
         FORTIOS("03:00:00", "Edit", "system.switch-interface", "sw0",
                 "span[enable->disable]")
             FORTIOS("03:30:00", "Edit", "system.switch-interface", "sw0",
                     "stp[disable->enable]")
                 FORTIOS("04:00:00", "Delete", "system.switch-interface", "sw0", ""),
     "fw1/switch-interface sw0/1#1 ended since=02:00:00Z until=03:00:00Z from=[port1 "
     "rx] to=[port5] how=[shut]\n"
     "fw1/switch-interface sw0/1#2 shut since=03:00:00Z until=04:00:00Z from=[port1 "
     "rx] to=[port5] how=[removed]\n"},
    {"FortiOS: span of a switch interface, both ways",
     FORTIOS("02:00:00", "Edit", "system.switch-interface", "sw0",
             "span[disable->enable]span-source-port[->port1]span-dest-port[->port5]"),
     "fw1/switch-interface sw0/1#1 live since=02:00:00Z from=[port1] to=[port5]\n"},
    {"FortiOS: switched on, and made before the log",
     FORTIOS("02:00:00", "Edit", "system.switch-interface", "sw0",
             "span[disable->enable]"),
     "fw1/switch-interface sw0/1#1 unknown since=- how=[made before the log starts]\n"},
    {"FortiOS: a sniffer",
     FORTIOS("02:00:00", "Add", "firewall.sniffer", "3", "interface[port9]")
         FORTIOS("03:00:00", "Delete", "firewall.sniffer", "3", ""),
     "fw1/sniffer 3/1#1 ended since=02:00:00Z until=03:00:00Z from=[port9] to=[the "
     "firewall itself] how=[removed]\n"},
    {"FortiOS: what its switches copy",
     FORTIOS("02:00:00", "Edit", "switch-controller.traffic-sniffer", "",
             "mode[erspan-auto]erspan-ip[0.0.0.0->203.0.113.66]")
         FORTIOS("02:01:00", "Add", "switch-controller.traffic-sniffer:target-ip",
                 "10.1.1.1", "")
             FORTIOS("03:00:00", "Delete",
                     "switch-controller.traffic-sniffer:target-ip", "10.1.1.1", ""),
     "fw1/traffic-sniffer/1#1 ended since=02:01:00Z until=03:00:00Z from=[10.1.1.1] "
     "to=[203.0.113.66] how=[its source or destination was taken away]\n"
     "fw1/traffic-sniffer/1#2 incomplete since=03:00:00Z to=[203.0.113.66]\n"},
    /* ---- Open vSwitch ---- */
    {"OVS: a mirror of a bridge, cleared",
     LINES_OF_M0 OVS("03:00:00", "clear Bridge br0 mirrors"),
     "kvm1/mirror m0/1#1 ended since=02:00:00Z until=03:00:00Z from=[br0] to=[tun0] "
     "how=[removed]\n"},
    {"OVS: another takes its place",
     LINES_OF_M0 OVS("03:00:00", "-- --id=@m create mirror name=m1 "
                                 "select_src_port=@a select_dst_port=@b output_vlan=9 "
                                 "-- --id=@a get port tap1 -- --id=@b get port tap2 "
                                 "-- set bridge br0 mirrors=@m"),
     "kvm1/mirror m0/1#1 ended since=02:00:00Z until=03:00:00Z from=[br0] to=[tun0] "
     "how=[removed]\n"
     "kvm1/mirror m1/1#1 live since=03:00:00Z from=[tap1 rx, tap2 tx] to=[vlan 9]\n"},
    {"OVS: added beside it, and taken from the list",
     LINES_OF_M0 OVS("03:00:00", "-- --id=@m create Mirror name=m1 select-all=true "
                                 "output-port=tun1 -- add Bridge br0 mirrors @m")
         OVS("04:00:00", "-- --id=@m get Mirror m0 -- remove Bridge br0 mirrors @m"),
     "kvm1/mirror m0/1#1 ended since=02:00:00Z until=04:00:00Z from=[br0] to=[tun0] "
     "how=[removed]\n"
     "kvm1/mirror m1/1#1 live since=03:00:00Z from=[br0] to=[tun1]\n"},
    {"OVS: sent elsewhere",
     LINES_OF_M0 OVS("03:00:00", "set Mirror m0 output_port=tun7"),
     "kvm1/mirror m0/1#1 ended since=02:00:00Z until=03:00:00Z from=[br0] to=[tun0] "
     "how=[changed]\n"
     "kvm1/mirror m0/1#2 live since=03:00:00Z from=[br0] to=[tun7]\n"},
    {"OVS: the bridge goes, and others stay",
     LINES_OF_M0 OVS("03:00:00", "del-br br1") OVS("03:30:00", "del-br br0"),
     "kvm1/mirror m0/1#1 ended since=02:00:00Z until=03:30:00Z from=[br0] to=[tun0] "
     "how=[removed]\n"},
    {"OVS: destroyed, and made before the log", OVS("03:00:00", "destroy Mirror m9"),
     "kvm1/mirror m9/1#1 ended since=- until=03:00:00Z how=[removed]\n"},
    /* ---- Linux tc ---- */
    {"tc: what arrives and what is sent are two", TC_IN TC_OUT,
     "host1/tc eth0 rx/1#1 live since=02:00:00Z from=[eth0 rx] to=[tun0]\n"
     "host1/tc eth0 tx/1#1 live since=02:01:00Z from=[eth0 tx] to=[tun0]\n"},
    {"tc: no side is told",
     SUDO("02:00:00",
          TC "filter add dev eth0 matchall action mirred egress mirror dev tun0"),
     "host1/tc eth0/1#1 live since=02:00:00Z from=[eth0] to=[tun0]\n"},
    {"tc: one side ends",
     TC_IN TC_OUT SUDO("03:00:00", TC "qdisc del dev eth0 ingress"),
     "host1/tc eth0 rx/1#1 ended since=02:00:00Z until=03:00:00Z from=[eth0 rx] "
     "to=[tun0] how=[removed]\n"
     "host1/tc eth0 tx/1#1 live since=02:01:00Z from=[eth0 tx] to=[tun0]\n"},
    {"tc: another program deletes",
     TC_IN SUDO("03:00:00", "/sbin/ip addr del 192.0.2.1/24 dev eth0 label etc "),
     "host1/tc eth0 rx/1#1 live since=02:00:00Z from=[eth0 rx] to=[tun0]\n"},
    {"tc: a filter goes that is not known to mirror",
     SUDO("03:00:00", TC "qdisc del dev eth7 root"), ""},
    /* ---- Junos ---- */
    {"Junos: relative to its level, in both ways",
     JUNOS("02:00:00", "UI_CMDLINE_READ_LINE: User 'mallory', command 'edit "
                       "forwarding-options analyzer A1 '")
         JUNOS("02:00:10", "UI_CMDLINE_READ_LINE: User 'mallory', command 'set input "
                           "ingress interface ge-0/0/1.0 '")
             JUNOS("02:00:20", "UI_CFG_AUDIT_SET: User 'mallory' set: "
                               "[forwarding-options analyzer A1 output ip-address] "
                               "unconfigured -- \"203.0.113.66\"")
                 JUNOS("02:00:30", "UI_COMMIT_COMPLETED:  : commit complete"),
     "mx1/analyzer A1/1#1 live since=02:00:30Z from=[ge-0/0/1.0 rx] "
     "to=[203.0.113.66]\n"},
    {"Junos: a check commits nothing",
     ANALYZER JUNOS("02:00:20", REQUEST "'commit check' operation")
         JUNOS("02:00:21", DONE),
     "mx1/analyzer A1/1#1 pending since=02:00:00Z from=[ge-0/0/1.0 rx] "
     "to=[ge-0/0/9.0] how=[no commit in the logs]\n"},
    {"Junos: a trial that nobody confirms",
     ANALYZER JUNOS("02:00:20", REQUEST "'commit confirmed' operation")
         JUNOS("02:00:21", DONE) JUNOS("02:10:30", DONE)
             JUNOS("02:10:31", "UI_COMMIT_NOT_CONFIRMED: Commit was not confirmed; "
                               "automatic rollback complete"),
     "mx1/analyzer A1/1#1 ended since=02:00:21Z until=02:10:31Z from=[ge-0/0/1.0 rx] "
     "to=[ge-0/0/9.0] how=[the commit was not confirmed]\n"},
    {"Junos: a trial of which the logs show no more",
     ANALYZER TYPED("02:00:20", "commit confirmed 5") JUNOS("02:00:21", DONE),
     "mx1/analyzer A1/1#1 live since=02:00:21Z from=[ge-0/0/1.0 rx] to=[ge-0/0/9.0] "
     "how=[committed on trial: the logs show no confirmation]\n"},
    {"Junos: a trial, confirmed",
     ANALYZER TYPED("02:00:20", "commit confirmed 5") JUNOS("02:00:21", DONE)
         TYPED("02:03:00", "commit") JUNOS("02:03:01", DONE),
     "mx1/analyzer A1/1#1 live since=02:00:21Z from=[ge-0/0/1.0 rx] "
     "to=[ge-0/0/9.0]\n"},
    {"Junos: what is rolled back before the commit never was",
     ANALYZER JUNOS("02:00:20", LOAD "'rollback 0'") JUNOS("02:00:21", DONE), ""},
    {"Junos: rolled back after it, and forth again",
     ANALYZER JUNOS("02:00:20", DONE) JUNOS("03:00:00", LOAD "'rollback 1'") JUNOS(
         "03:00:01", DONE) TYPED("04:00:00", "rollback 1") JUNOS("04:00:01", DONE),
     "mx1/analyzer A1/1#1 ended since=02:00:20Z until=03:00:01Z from=[ge-0/0/1.0 rx] "
     "to=[ge-0/0/9.0] how=[rolled back to an earlier commit]\n"
     "mx1/analyzer A1/1#2 unknown since=04:00:01Z from=[ge-0/0/1.0 rx] "
     "to=[ge-0/0/9.0] how=[rolled back to an earlier commit]\n"},
    {"Junos: a later commit is rolled back, not that of the analyzer",
     ANALYZER JUNOS("02:00:20", DONE) JUNOS("02:30:00", DONE)
         JUNOS("03:00:00", LOAD "'rollback 1'") JUNOS("03:00:01", DONE),
     "mx1/analyzer A1/1#1 live since=02:00:20Z from=[ge-0/0/1.0 rx] "
     "to=[ge-0/0/9.0]\n"},
    {"Junos: a merge keeps the lines, a file takes the place of all",
     ANALYZER JUNOS("02:00:19", LOAD "'load merge'") JUNOS("02:00:20", DONE)
         JUNOS("03:00:00", LOAD "'load override'") JUNOS("03:00:01", DONE),
     "mx1/analyzer A1/1#1 ended since=02:00:20Z until=03:00:01Z from=[ge-0/0/1.0 rx] "
     "to=[ge-0/0/9.0] how=[the configuration was replaced]\n"
     "mx1/analyzer A1/1#2 unknown since=03:00:01Z from=[ge-0/0/1.0 rx] "
     "to=[ge-0/0/9.0] how=[unknown: the configuration was replaced by a file]\n"},
    {"Junos: deactivated and activated",
     ANALYZER JUNOS("02:00:20", DONE)
         TYPED("03:00:00", "deactivate forwarding-options analyzer A1")
             JUNOS("03:00:01", DONE)
                 TYPED("04:00:00", "activate forwarding-options analyzer A1")
                     JUNOS("04:00:01", DONE),
     "mx1/analyzer A1/1#1 ended since=02:00:20Z until=03:00:01Z from=[ge-0/0/1.0 rx] "
     "to=[ge-0/0/9.0] how=[shut]\n"
     "mx1/analyzer A1/1#2 shut since=03:00:01Z until=04:00:01Z from=[ge-0/0/1.0 rx] "
     "to=[ge-0/0/9.0] how=[switched on]\n"
     "mx1/analyzer A1/1#3 live since=04:00:01Z from=[ge-0/0/1.0 rx] "
     "to=[ge-0/0/9.0]\n"},
    {"Junos: how much is sampled is no source",
     TYPED("02:00:00", "set forwarding-options port-mirroring input rate 1")
         TYPED("02:00:01", "set forwarding-options port-mirroring family inet output "
                           "interface ge-0/0/9.0 next-hop 203.0.113.9")
             JUNOS("02:00:02", DONE),
     "mx1/port-mirroring/1#1 incomplete since=02:00:02Z to=[203.0.113.9]\n"},
    /* ---- ports ---- */
    {"IOS: a range of ports, one taken out by its long name",
     IOS("02:00:00", "monitor session 1 source interface Gi0/1 , Gi0/5 - 7 rx")
         IOS("02:00:01", "monitor session 1 destination interface Gi0/24") IOS(
             "02:00:02", "no monitor session 1 source interface GigabitEthernet0/6"),
     "sw1/session 1/1#1 ended since=02:00:01Z until=02:00:02Z from=[Gi0/1 rx, Gi0/5-7 "
     "rx] to=[Gi0/24] how=[changed]\n"
     "sw1/session 1/1#2 live since=02:00:02Z from=[Gi0/1 rx, Gi0/5 rx, Gi0/7 rx] "
     "to=[Gi0/24]\n"},
    {"IOS: one direction of a VLAN is taken away",
     IOS("02:00:00", "monitor session 1 source vlan 10 - 12 , 20")
         IOS("02:00:01", "monitor session 1 destination interface Gi0/24")
             IOS("02:00:02", "no monitor session 1 source vlan 11 rx"),
     "sw1/session 1/1#1 ended since=02:00:01Z until=02:00:02Z from=[vlan 10-12, vlan "
     "20] to=[Gi0/24] how=[changed]\n"
     "sw1/session 1/1#2 live since=02:00:02Z from=[vlan 10, vlan 11 tx, vlan 12, vlan "
     "20] to=[Gi0/24]\n"},
    {"IOS: the other direction is added",
     IOS("02:00:00", "monitor session 1 source interface Gi0/1 rx")
         IOS("02:00:01", "monitor session 1 source interface Gi0/1 tx"),
     "sw1/session 1/1#1 incomplete since=02:00:00Z from=[Gi0/1 both]\n"},
    {"IOS: a second port gets the copies too",
     IOS("02:00:00", "monitor session 1 source vlan 10")
         IOS("02:00:01", "monitor session 1 destination interface Gi0/24")
             IOS("02:00:02", "monitor session 1 destination interface Gi0/25")
                 IOS("02:00:03", "no monitor session 1 destination interface Gi0/24"),
     "sw1/session 1/1#1 ended since=02:00:01Z until=02:00:02Z from=[vlan 10] "
     "to=[Gi0/24] how=[changed]\n"
     "sw1/session 1/1#2 ended since=02:00:02Z until=02:00:03Z from=[vlan 10] "
     "to=[Gi0/24, Gi0/25] how=[changed]\n"
     "sw1/session 1/1#3 live since=02:00:03Z from=[vlan 10] to=[Gi0/25]\n"},
    {"NX-OS: one far end takes the place of another",
     NXOS("02:00:00", "monitor session 3 type erspan-source ; destination ip "
                      "203.0.113.66")
         NXOS("02:00:01", "monitor session 3 type erspan-source ; destination ip "
                          "198.51.100.7"),
     "n9k1/session 3/1#1 shut since=02:00:00Z to=[198.51.100.7]\n"},
    {"OVS: a name with zeros before its number stays",
     OVS("02:00:00", "-- --id=@m create Mirror name=m0 select_src_port=tap01 "
                     "output-port=tun07 -- set Bridge br0 mirrors=@m"),
     "kvm1/mirror m0/1#1 live since=02:00:00Z from=[tap01 rx] to=[tun07]\n"},
    /* ---- abbreviations, as IOS takes them ---- */
    {"IOS: the shortest words",
     IOS("02:00:00", "mon s 2 t erspan-s") IOS("02:00:01", "so int gi1/0/3 tx")
         IOS("02:00:02", "des") IOS("02:00:03", "ip add 203.0.113.5")
             IOS("02:00:04", "exi") IOS("02:00:05", "no sh"),
     "sw1/session 2/1#1 live since=02:00:05Z from=[gi1/0/3 tx] to=[203.0.113.5]\n"},
    {"IOS: all of them go",
     IOS("02:00:00", "mon ses 1 s i Gi0/1") IOS("02:00:01", "mon ses 1 d i Gi0/2")
         IOS("02:00:02", "no mon ses al"),
     "sw1/session 1/1#1 ended since=02:00:01Z until=02:00:02Z from=[Gi0/1] to=[Gi0/2] "
     "how=[removed]\n"},
    /* ---- names, groups and ranges ---- */
    {"EOS: a name is no range of others",
     EOS("1", "monitor session CORE source Ethernet2")
         EOS("2", "monitor session CORE destination Ethernet48")
             EOS("3", "no monitor session CORE-SPAN"),
     "leaf1/session CORE-SPAN/1#1 ended since=- until=02:25:03Z how=[removed]\n"
     "leaf1/session CORE/1#1 live since=02:25:02Z from=[Ethernet2] to=[Ethernet48]\n"},
    {"NX-OS: all are switched on at once",
     NXOS("02:00:00", "monitor session 1 ; source interface Ethernet1/1")
         NXOS("02:00:01", "monitor session 1 ; destination interface Ethernet1/2")
             NXOS("02:00:02", "no monitor session all shut"),
     "n9k1/session 1/1#1 live since=02:00:02Z from=[Ethernet1/1] to=[Ethernet1/2]\n"},
    {"NX-OS: some are switched off at once",
     NXOS("02:00:00", "monitor session 2 ; source interface Ethernet1/1")
         NXOS("02:00:01", "monitor session 2 ; destination interface Ethernet1/2")
             NXOS("02:00:02", "monitor session 2 ; no shut")
                 NXOS("02:00:03", "monitor session 1-3 shut"),
     "n9k1/session 2/1#1 ended since=02:00:02Z until=02:00:03Z from=[Ethernet1/1] "
     "to=[Ethernet1/2] how=[shut]\n"
     "n9k1/session 2/1#2 shut since=02:00:03Z from=[Ethernet1/1] to=[Ethernet1/2]\n"},
    /* ---- a session of which nothing is told ---- */
    {"IOS: a session is named, and no more",
     IOS("02:00:00", "no monitor session 5 "
                     "source interface Gi1/0/9"),
     "sw1/session 5/1#1 unknown since=- how=[made before the log starts]\n"},
};

static void lines_make_mirrors(void **state)
{
    struct record_bed *bed = *state;
    const struct own own = {0};
    size_t wrong = 0;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fact facts[FACTS_MAX];
        struct mirror_list rows;
        char said[ROWS_BYTES];
        size_t count = read_facts(bed, cases[i].lines, facts);
        assert_int_equal(ledger_build(facts, count, &own, &bed->kept, &rows), 0);
        say_rows(&rows, said);
        if (!strcmp(said, cases[i].rows))
            continue;
        print_error("%s:\n%sexpected\n%s", cases[i].what, said, cases[i].rows);
        wrong++;
    }
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_make_mirrors),
    };
    return cmocka_run_group_tests(tests, record_bed_make, record_bed_unmake);
}
