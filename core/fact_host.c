/*
 * Facts of commands of Huawei VRP, FortiOS, Open vSwitch and Linux tc.  Each names its
 * mirrors otherwise: VRP by the port that observes, FortiOS by the object of its
 * configuration, Open vSwitch by a name on a bridge, tc by the device and the side.
 */
#include "config.h"

#include "core/device_line.h"
#include "core/fact_device.h"

static struct facts facts_of(const struct path *path, struct event *event)
{
    *event = *path->reader->event;
    return (struct facts){.event = event, .arena = path->reader->tree.arena};
}

static struct slice joined(const struct path *path, struct slice a, struct slice b)
{
    const struct slice parts[] = {a, b};
    return b.length ? arena_join(path->reader->tree.arena, parts, 2) : SLICE_NONE;
}

/* "eth0 rx", or "eth0" where no side is told. */
static struct slice sided(const struct path *path, struct slice port, struct slice side)
{
    return port.length && side.length ? joined(path, port, side) : port;
}

static struct slice word_after(struct slice text, struct slice mark)
{
    struct slice rest = text_after(text, mark);
    return slice_word(&rest);
}

/* ---- Huawei VRP ---- */

static struct slice vrp_way(struct slice command)
{
    if (slice_ends_with_nocase(command, SLICE("inbound")))
        return SLICE(" rx");
    return slice_ends_with_nocase(command, SLICE("outbound")) ? SLICE(" tx")
                                                              : SLICE(" both");
}

/* "port-mirroring to observe-port 1 both" in the view of an interface. */
static void vrp_source(struct path *path, struct slice command, bool undone)
{
    static const struct slice interface = SLICE_INIT("interface ");
    struct slice view = path->reader->event->text[FIELD_MODE];
    struct slice port = slice_starts_with_nocase(view, interface)
                            ? slice_skip(view, interface.length)
                            : SLICE("a traffic behavior");
    device_fact_set(path, FACT_SOURCE, sided(path, port, vrp_way(command)));
    /* There is no mirroring to a port that was not defined before. */
    path->fact->text[FACT_CHANGED] = SLICE("source");
    if (undone)
        device_fact_removes(path, "source");
}

static void read_vrp(struct path *path)
{
    struct slice command = path->reader->event->text[FIELD_OPERATION], rest = command;
    bool undone = slice_equal_nocase(slice_word(&rest), SLICE("undo"));
    struct slice number = word_after(command, SLICE("observe-port "));
    if (undone)
        command = rest;
    if (!number.length)
        return;
    device_fact_begin(path, SLICE("observe-port "), number);
    if (!slice_starts_with_nocase(command, SLICE("observe-port "))) {
        vrp_source(path, command, undone);
        return;
    }
    if (undone)
        path->fact->act = ACT_DELETE;
    struct slice address = word_after(command, SLICE("destination-ip "));
    device_fact_set(path, FACT_DESTINATION,
                    address.length ? address
                                   : word_after(command, SLICE("interface ")));
}

/* ---- FortiOS ---- */

static void fortios_span(struct path *path, struct slice attributes)
{
    struct slice span = fortios_attribute(attributes, "span");
    if (path->fact->act == ACT_DELETE)
        path->fact->text[FACT_CHANGED] = device_fact_container;
    struct slice way = fortios_attribute(attributes, "span-direction");
    struct slice port = fortios_attribute(attributes, "span-source-port");
    struct slice side = slice_equal(way, SLICE("rx"))   ? SLICE(" rx")
                        : slice_equal(way, SLICE("tx")) ? SLICE(" tx")
                                                        : SLICE("");
    device_fact_set(path, FACT_SOURCE, sided(path, port, side));
    device_fact_set(path, FACT_DESTINATION,
                    fortios_attribute(attributes, "span-dest-port"));
    if (span.length)
        path->fact->text[FACT_ENABLED] =
            slice_equal(span, SLICE("disable")) ? SLICE("false") : SLICE("true");
}

/* What it hears is analysed by the firewall itself. */
static void fortios_sniffer(struct path *path, struct slice attributes)
{
    struct slice status = fortios_attribute(attributes, "status");
    device_fact_set(path, FACT_SOURCE, fortios_attribute(attributes, "interface"));
    path->fact->text[FACT_DESTINATION] = SLICE("the firewall itself");
    if (status.length)
        path->fact->text[FACT_ENABLED] =
            slice_equal(status, SLICE("disable")) ? SLICE("false") : SLICE("true");
}

/* Managed switches have one, for all of them; what it listens to are objects below. */
static void fortios_switches(struct path *path, struct slice attributes)
{
    struct slice object = path->reader->event->text[FIELD_RESOURCE];
    device_fact_set(path, FACT_DESTINATION, fortios_attribute(attributes, "erspan-ip"));
    device_fact_set(path, FACT_KIND, fortios_attribute(attributes, "mode"));
    device_fact_set(path, FACT_SOURCE, object);
    if (path->fact->act == ACT_DELETE && object.length) {
        path->fact->act = ACT_WRITE;
        device_fact_removes(path, "source");
    }
}

static const struct {
    struct slice path; /* how it begins */
    struct slice name;
    struct slice attribute; /* without which a change is not about mirroring */
    bool is_one;            /* without an object's name */
    void (*take)(struct path *path, struct slice attributes);
} fortios_objects[] = {
    {SLICE_INIT("system.switch-interface"), SLICE_INIT("switch-interface "),
     SLICE_INIT("span"), false, fortios_span},
    {SLICE_INIT("firewall.sniffer"), SLICE_INIT("sniffer "), SLICE_INIT(""), false,
     fortios_sniffer},
    {SLICE_INIT("switch-controller.traffic-sniffer"), SLICE_INIT("traffic-sniffer"),
     SLICE_INIT(""), true, fortios_switches},
};

static void read_fortios(struct path *path)
{
    const struct event *event = path->reader->event;
    struct slice attributes = event->text[FIELD_OPERATION];
    struct slice action = slice_word(&attributes), where = slice_word(&attributes);
    for (size_t i = 0; i < sizeof fortios_objects / sizeof fortios_objects[0]; i++) {
        bool deleted = slice_equal_nocase(action, SLICE("delete"));
        if (!slice_starts_with(where, fortios_objects[i].path))
            continue;
        if (!deleted && slice_find(attributes, fortios_objects[i].attribute) < 0)
            return;
        device_fact_begin(path, fortios_objects[i].name,
                          fortios_objects[i].is_one ? SLICE("")
                                                    : event->text[FIELD_RESOURCE]);
        if (deleted)
            path->fact->act = ACT_DELETE;
        fortios_objects[i].take(path, attributes);
        return;
    }
}

/* ---- Open vSwitch ---- */

static void ovs_delete(struct path *path, struct slice kind, struct slice name)
{
    if (!name.length)
        return;
    path->fact = NULL;
    device_fact_begin(path, kind, name);
    path->fact->act = ACT_DELETE;
}

static void ovs_delete_if_any(struct path *path, struct slice kind, struct slice name)
{
    ovs_delete(path, kind, name);
    if (name.length)
        path->fact->text[FACT_CHANGED] = device_fact_container;
}

/* What arrives from ports and what is sent to them, as "tap1 rx, tap2 tx". */
static struct slice ovs_ports(const struct path *path, const struct facts *facts)
{
    struct slice in =
        ovs_column(facts, SLICE("select-src-port"), SLICE("select_src_port"));
    struct slice out =
        ovs_column(facts, SLICE("select-dst-port"), SLICE("select_dst_port"));
    const struct slice parts[] = {in, in.length ? SLICE(" rx") : SLICE(""), SLICE(", "),
                                  out, out.length ? SLICE(" tx") : SLICE("")};
    if (slice_equal(in, out))
        return in;
    if (!in.length || !out.length)
        return arena_join(path->reader->tree.arena, parts + (in.length ? 0 : 3), 2);
    return arena_join(path->reader->tree.arena, parts, 5);
}

static void ovs_write(struct path *path, const struct facts *facts, struct slice name,
                      struct slice bridge)
{
    struct slice vlan = ovs_column(facts, SLICE("output-vlan"), SLICE("output_vlan"));
    struct slice all = ovs_column(facts, SLICE("select-all"), SLICE("select_all"));
    path->fact = NULL;
    device_fact_begin(path, SLICE("mirror "), name);
    device_fact_set(path, FACT_PARENT, joined(path, SLICE("bridge "), bridge));
    device_fact_set(path, FACT_DESTINATION,
                    ovs_column(facts, SLICE("output-port"), SLICE("output_port")));
    device_fact_set(path, FACT_DESTINATION, joined(path, SLICE("vlan "), vlan));
    device_fact_set(path, FACT_SOURCE, ovs_ports(path, facts));
    if (slice_equal(all, SLICE("true")) || slice_equal(all, SLICE("1")))
        path->fact->text[FACT_SOURCE] = bridge.length ? bridge : SLICE("all ports");
}

/* "... -- --id=@m create Mirror name=m0 ... -- set Bridge br0 mirrors=@m": the parts
 * are read as one, since they stand for one another. */
static void read_ovs(struct path *path)
{
    struct event event;
    const struct facts facts = facts_of(path, &event);
    struct slice command = event.text[FIELD_OPERATION];
    struct slice bridge = word_after(command, SLICE(" bridge "));
    struct slice listed = text_after(command, SLICE("remove bridge "));
    slice_word(&listed); /* the bridge */
    slice_word(&listed); /* mirrors */
    struct slice changed = word_after(command, SLICE("set mirror "));
    if (slice_find_nocase(command, SLICE("set bridge ")) >= 0 &&
        slice_find_nocase(command, SLICE("mirrors=")) >= 0)
        ovs_delete_if_any(path, SLICE("bridge "), bridge);
    if (slice_find_nocase(command, SLICE("clear bridge ")) >= 0)
        ovs_delete(path, SLICE("bridge "), bridge);
    ovs_delete_if_any(path, SLICE("bridge "), word_after(command, SLICE("del-br ")));
    ovs_delete(path, SLICE("mirror "), ovs_name(&facts, slice_word(&listed)));
    ovs_delete(path, SLICE("mirror "),
               ovs_name(&facts, word_after(command, SLICE("destroy mirror "))));
    if (slice_find_nocase(command, SLICE("create mirror")) >= 0)
        ovs_write(path, &facts, text_value(command, SLICE("name")), bridge);
    else if (changed.length)
        ovs_write(path, &facts, ovs_name(&facts, changed), SLICE_NONE);
}

/* ---- Linux ---- */

/* What arrives passes `ingress`, the handle ffff: or clsact's ingress; the rest is
 * sent. */
static struct slice tc_side(struct slice command)
{
    bool in = slice_find(command, SLICE(" ingress")) >= 0 ||
              slice_find(command, SLICE("parent ffff:")) >= 0;
    bool out = slice_find(command, SLICE(" root")) >= 0 ||
               slice_find(command, SLICE(" parent ")) >= 0 ||
               slice_find(command, SLICE(" egress protocol")) >= 0;
    return in ? SLICE(" rx") : out ? SLICE(" tx") : SLICE("");
}

static bool is_tc(struct slice command)
{
    struct slice program = slice_word(&command);
    return slice_equal(program, SLICE("tc")) || slice_ends_with(program, SLICE("/tc"));
}

/* Each side of a device is a mirror, so that the end of one leaves the other; what
 * names no side ends both. */
static void read_tc(struct path *path)
{
    struct slice command = path->reader->event->text[FIELD_OPERATION];
    struct slice to = word_after(command, SLICE("mirror dev "));
    struct slice before = command;
    if (to.length)
        before.length = (size_t)(to.data - command.data);
    struct slice device = word_after(before, SLICE(" dev "));
    bool ends = slice_find(command, SLICE(" del")) >= 0;
    if (!is_tc(command) || !device.length || (!ends && !to.length))
        return;
    struct slice side = tc_side(before), whole = joined(path, SLICE("tc "), device);
    device_fact_begin(path, whole, ends && !side.length ? SLICE("") : side);
    device_fact_set(path, FACT_PARENT, whole);
    device_fact_set(path, FACT_DESTINATION, to);
    device_fact_set(path, FACT_SOURCE, sided(path, device, side));
    if (ends)
        path->fact->act = ACT_DELETE;
    if (ends && !to.length)
        path->fact->text[FACT_CHANGED] = device_fact_container;
}

void fact_read_host(struct path *path)
{
    static void (*const readers[PROVIDER_COUNT])(struct path * path) = {
        [PROVIDER_HUAWEI_VRP] = read_vrp,
        [PROVIDER_FORTIOS] = read_fortios,
        [PROVIDER_OPENVSWITCH] = read_ovs,
        [PROVIDER_LINUX] = read_tc,
    };
    if (readers[path->reader->event->provider])
        readers[path->reader->event->provider](path);
}
