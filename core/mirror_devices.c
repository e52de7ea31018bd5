/*
 * What a command of Junos, Huawei VRP or FortiOS tells of a mirror.  The names are
 * those of the vendors' manuals; names and numbers are a device's own, so a mirror is
 * named after both.
 */
#include "config.h"

#include "core/address.h"
#include "core/device_line.h"
#include "core/junos_command.h"
#include "core/mirror_internal.h"

/* ---- Junos ---- */

static bool take_word(struct slice *rest, struct slice word)
{
    struct slice after = *rest;
    if (!slice_equal(slice_word(&after), word))
        return false;
    *rest = after;
    return true;
}

/* Where the copies go: an address outdoes the interface that leads to it. */
static void junos_output(const struct facts *facts, struct slice rest)
{
    struct slice hop = text_after(rest, SLICE("next-hop "));
    if (hop.length)
        facts_set(facts, FIELD_DESTINATION, slice_word(&hop));
    if (take_word(&rest, SLICE("interface")) || take_word(&rest, SLICE("ip-address")))
        facts_set(facts, FIELD_DESTINATION, slice_word(&rest));
    else
        facts_set(facts, FIELD_DESTINATION, rest); /* "vlan 900" */
}

/* "input ingress interface ge-0/0/1.0", "output ip-address 203.0.113.66". */
static void junos_ends(const struct facts *facts, struct slice rest)
{
    struct slice output = text_after(rest, SLICE("output "));
    struct slice input = text_after(rest, SLICE("input "));
    if (output.length)
        junos_output(facts, output);
    if (!take_word(&input, SLICE("ingress")))
        take_word(&input, SLICE("egress"));
    if (take_word(&input, SLICE("interface")))
        facts_set(facts, FIELD_MIRRORED, slice_word(&input));
    else if (slice_starts_with(input, SLICE("vlan")))
        facts_set(facts, FIELD_MIRRORED, input);
}

void junos_mirror_facts(const struct facts *facts)
{
    struct slice path =
        junos_statement(facts->event->text[FIELD_MODE],
                        facts->event->text[FIELD_OPERATION], facts->arena);
    struct slice verb = slice_word(&path);
    struct slice behind = text_after(path, SLICE("analyzer "));
    if (behind.length) {
        facts_set_mirror(facts, SLICE("analyzer "), slice_word(&behind));
    } else {
        behind = text_after(path, SLICE("port-mirroring"));
        struct slice name = text_after(behind, SLICE("instance "));
        if (!slice_present(behind))
            return;
        facts_set_mirror(
            facts, name.length ? SLICE("port-mirroring ") : SLICE("port-mirroring"),
            slice_word(&name));
    }
    if (!slice_equal(verb, SLICE("delete")) && !slice_equal(verb, SLICE("deactivate")))
        junos_ends(facts, behind);
}

/* ---- Huawei VRP ---- */

/* "observe-port 1 interface GigabitEthernet0/0/2", "observe-port 1 destination-ip A".
 */
static void vrp_observer(const struct facts *facts, struct slice rest)
{
    struct slice address = text_after(rest, SLICE("destination-ip "));
    struct slice interface = text_after(rest, SLICE("interface "));
    facts_set(facts, FIELD_DESTINATION, address_in_text(slice_word(&address)));
    facts_set(facts, FIELD_DESTINATION, slice_word(&interface));
}

void vrp_mirror_facts(const struct facts *facts)
{
    static const struct slice interface = {"interface ", 10};
    struct slice rest = facts->event->text[FIELD_OPERATION];
    struct slice mode = facts->event->text[FIELD_MODE];
    bool negated = take_word(&rest, SLICE("undo"));
    bool observer = slice_starts_with(rest, SLICE("observe-port"));
    struct slice behind = text_after(rest, SLICE("observe-port "));
    if (behind.length)
        facts_set_mirror(facts, SLICE("observe-port "), slice_word(&behind));
    if (!observer && slice_starts_with(mode, interface))
        facts_set(facts, FIELD_MIRRORED, slice_skip(mode, interface.length));
    if (observer && !negated)
        vrp_observer(facts, behind);
}

/* ---- FortiOS ---- */

struct slice fortios_attribute(struct slice attributes, const char *name)
{
    struct slice rest = attributes;
    const size_t length = strlen(name);
    ptrdiff_t found;
    while ((found = slice_find(rest, slice_from(name))) >= 0) {
        size_t at = (size_t)(rest.data - attributes.data) + (size_t)found;
        rest = slice_skip(attributes, at + length);
        bool begins = at == 0 || strchr(" ]:", attributes.data[at - 1]);
        if (!begins || !rest.length || rest.data[0] != '[')
            continue;
        struct slice value = slice_skip(rest, 1);
        value = slice_cut(&value, ']');
        ptrdiff_t arrow = slice_find(value, SLICE("->"));
        return arrow < 0 ? value : slice_skip(value, (size_t)arrow + 2);
    }
    return SLICE_NONE;
}

void fortios_mirror_facts(const struct facts *facts)
{
    static const struct slice blank = {" ", 1};
    struct slice rest = facts->event->text[FIELD_OPERATION];
    struct slice object = facts->event->text[FIELD_RESOURCE];
    slice_word(&rest); /* Add, Edit, Delete */
    struct slice path = slice_word(&rest);
    const struct slice kind[] = {path, object.length ? blank : SLICE_NONE};
    facts_set_mirror(facts, arena_join(facts->arena, kind, 2), object);
    facts_set(facts, FIELD_MIRRORED, fortios_attribute(rest, "span-source-port"));
    facts_set(facts, FIELD_DESTINATION, fortios_attribute(rest, "span-dest-port"));
    facts_set(facts, FIELD_DESTINATION, fortios_attribute(rest, "erspan-ip"));
    if (slice_starts_with(path, SLICE("firewall.sniffer")))
        facts_set(facts, FIELD_MIRRORED, fortios_attribute(rest, "interface"));
    if (slice_equal(fortios_attribute(rest, "span"), SLICE("disable")))
        facts->event->switched_off = true;
}
