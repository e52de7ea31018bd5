/*
 * What commands on hosts tell of a mirror: ovs-vsctl, whose parts refer to each other
 * by ids, and tc with its mirred action.
 */
#include "config.h"

#include "core/device_line.h"
#include "core/mirror_internal.h"

/* ---- Open vSwitch ---- */

struct slice ovs_name(const struct facts *facts, struct slice text)
{
    static const struct slice id = {"--id=", 5}, get = {" get ", 5};
    if (!text.length || text.data[0] != '@')
        return text;
    const struct slice parts[] = {id, text, get};
    struct slice found = text_after(facts->event->text[FIELD_OPERATION],
                                    arena_join(facts->arena, parts, 3));
    slice_word(&found); /* Port, Mirror */
    struct slice name = slice_word(&found);
    return name.length ? name : text;
}

struct slice ovs_column(const struct facts *facts, struct slice hyphen,
                        struct slice underscore)
{
    struct slice command = facts->event->text[FIELD_OPERATION];
    struct slice value = text_value(command, hyphen);
    return ovs_name(facts, value.length ? value : text_value(command, underscore));
}

void ovs_mirror_facts(const struct facts *facts)
{
    static const struct slice vlan = {"vlan ", 5};
    struct slice command = facts->event->text[FIELD_OPERATION];
    struct slice name = text_value(command, SLICE("name"));
    struct slice bridge = text_after(command, SLICE(" bridge "));
    struct slice destroyed = text_after(command, SLICE("destroy mirror "));
    struct slice tag = ovs_column(facts, SLICE("output-vlan"), SLICE("output_vlan"));
    const struct slice tagged[] = {vlan, tag};
    bridge = slice_word(&bridge);
    if (!name.length)
        name = slice_word(&destroyed);
    if (name.length)
        facts_set_mirror(facts, SLICE("mirror "), name);
    else if (bridge.length)
        facts_set_mirror(facts, SLICE("bridge "), bridge);
    facts_set(facts, FIELD_MIRRORED,
              ovs_column(facts, SLICE("select-src-port"), SLICE("select_src_port")));
    facts_set(facts, FIELD_MIRRORED,
              ovs_column(facts, SLICE("select-dst-port"), SLICE("select_dst_port")));
    if (ovs_column(facts, SLICE("select-all"), SLICE("select_all")).length)
        facts_set(facts, FIELD_MIRRORED, bridge.length ? bridge : SLICE("all ports"));
    facts_set(facts, FIELD_DESTINATION,
              ovs_column(facts, SLICE("output-port"), SLICE("output_port")));
    if (tag.length)
        facts_set(facts, FIELD_DESTINATION, arena_join(facts->arena, tagged, 2));
}

/* ---- Linux ---- */

/* "tc filter add dev eth0 ... action mirred egress mirror dev tun0" */
void linux_mirror_facts(const struct facts *facts)
{
    struct slice command = facts->event->text[FIELD_OPERATION];
    struct slice from = text_after(command, SLICE(" dev "));
    struct slice to = text_after(command, SLICE("mirror dev "));
    from = slice_word(&from);
    if (!from.length)
        return;
    facts_set_mirror(facts, SLICE("tc "), from);
    facts_set(facts, FIELD_MIRRORED, from);
    facts_set(facts, FIELD_DESTINATION, slice_word(&to));
}
