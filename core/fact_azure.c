/*
 * Facts of Azure Activity Log records: TAPs, the TAP configurations of interfaces, and
 * the interfaces, machines and load balancers around them.  Ids are kept in lower case:
 * exports differ in theirs.
 */
#include "config.h"

#include "core/fact_internal.h"

static struct slice lower(const struct fact_reader *reader, struct slice text)
{
    struct slice copy = arena_copy(reader->tree.arena, text);
    for (size_t i = 0; i < copy.length; i++) {
        char *c = (char *)copy.data + i;
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c - 'A' + 'a');
    }
    return copy;
}

static struct slice resource_of(const struct fact_reader *reader)
{
    struct slice resource = reader->event->text[FIELD_RESOURCE];
    if (!resource.length)
        resource =
            facts_text(&reader->tree, facts_member(reader->tree.root, "resourceId"));
    return lower(reader, resource);
}

static struct slice before(struct slice text, struct slice part)
{
    ptrdiff_t at = slice_find(text, part);
    return at < 0 ? text : slice_first(text, (size_t)at);
}

static enum fact_act act_of(const struct fact_reader *reader)
{
    return slice_ends_with_nocase(reader->event->text[FIELD_OPERATION],
                                  SLICE("/delete"))
               ? ACT_DELETE
               : ACT_WRITE;
}

static void tap_configuration(struct fact_reader *reader)
{
    struct fact *fact = fact_add(reader, THING_SESSION, act_of(reader));
    struct slice id = resource_of(reader);
    fact->text[FACT_OBJECT] = id;
    fact->text[FACT_SOURCE] = before(id, SLICE("/tapconfigurations/"));
    fact->text[FACT_DESTINATION] =
        lower(reader, azure_ids_in_bodies(&reader->tree, "virtualNetworkTap"));
}

/* The interface or load balancer of one of its addresses. */
static struct slice holder_of(struct slice id)
{
    return before(before(id, SLICE("/ipconfigurations/")),
                  SLICE("/frontendipconfigurations/"));
}

static void fill_tap(struct fact_reader *reader, struct fact *fact)
{
    static const char *const ends[] = {
        "destinationNetworkInterfaceIPConfiguration",
        "destinationLoadBalancerFrontEndIPConfiguration"};
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        struct slice end = azure_ids_in_bodies(&reader->tree, ends[i]);
        if (end.length)
            fact->text[FACT_DESTINATION] = lower(reader, end);
    }
    fact->text[FACT_PARENT] = holder_of(fact->text[FACT_DESTINATION]);
    fact->text[FACT_NUMBER] =
        facts_text(&reader->tree, azure_in_bodies(&reader->tree, "destinationPort"));
}

static void tap(struct fact_reader *reader)
{
    struct fact *fact = fact_add(reader, THING_TARGET, act_of(reader));
    fact->text[FACT_OBJECT] = resource_of(reader);
    if (fact->act != ACT_DELETE)
        fill_tap(reader, fact);
}

/* A TAP may be put on an interface by writing the interface itself; the next write
 * without it takes it away.  Without a body neither can be told. */
static void direct_taps(struct fact_reader *reader, struct slice interface)
{
    struct slice taps = azure_ids_in_bodies(&reader->tree, "virtualNetworkTaps");
    if (!taps.length && !azure_in_bodies(&reader->tree, "ipConfigurations"))
        return;
    const struct slice id[] = {interface, SLICE("/virtualnetworktaps")};
    struct fact *fact =
        fact_add(reader, THING_SESSION, taps.length ? ACT_WRITE : ACT_DETACH);
    fact->text[FACT_OBJECT] = arena_join(reader->tree.arena, id, 2);
    fact->text[FACT_SOURCE] = interface;
    fact->text[FACT_DESTINATION] = lower(reader, taps);
}

static void network_interface(struct fact_reader *reader)
{
    struct slice id = resource_of(reader);
    struct fact *fact = fact_add(reader, THING_INTERFACE, act_of(reader));
    fact->text[FACT_OBJECT] = id;
    if (fact->act == ACT_DELETE)
        return;
    fact->act = ACT_CREATE;
    fact->text[FACT_PARENT] =
        lower(reader, azure_ids_in_bodies(&reader->tree, "virtualMachine"));
    fact->text[FACT_ADDRESS] =
        facts_text(&reader->tree, azure_in_bodies(&reader->tree, "privateIPAddress"));
    direct_taps(reader, id);
}

static void machine(struct fact_reader *reader)
{
    struct slice id = resource_of(reader);
    json_t *interfaces = azure_in_bodies(&reader->tree, "networkInterfaces"), *value;
    size_t i;
    if (act_of(reader) == ACT_DELETE) {
        fact_add(reader, THING_MACHINE, ACT_DELETE)->text[FACT_OBJECT] = id;
        return;
    }
    json_array_foreach(interfaces, i, value)
    {
        struct fact *fact = fact_add(reader, THING_INTERFACE, ACT_CREATE);
        struct slice option = facts_find_text(&reader->tree, value, "deleteOption");
        fact->text[FACT_OBJECT] =
            lower(reader, facts_find_text(&reader->tree, value, "id"));
        fact->text[FACT_PARENT] = id;
        if (option.length)
            fact->text[FACT_ENABLED] = slice_equal_nocase(option, SLICE("Delete"))
                                           ? SLICE("true")
                                           : SLICE("false");
    }
}

static void balancer(struct fact_reader *reader)
{
    fact_add(reader, THING_BALANCER, ACT_DELETE)->text[FACT_OBJECT] =
        resource_of(reader);
}

const struct fact_row fact_rows_azure[] = {
    {SLICE_INIT("Microsoft.Network/networkInterfaces/tapConfigurations/write"), true,
     tap_configuration},
    {SLICE_INIT("Microsoft.Network/networkInterfaces/tapConfigurations/delete"), true,
     tap_configuration},
    {SLICE_INIT("Microsoft.Network/virtualNetworkTaps/write"), true, tap},
    {SLICE_INIT("Microsoft.Network/virtualNetworkTaps/delete"), true, tap},
    {SLICE_INIT("Microsoft.Network/networkInterfaces/write"), true, network_interface},
    {SLICE_INIT("Microsoft.Network/networkInterfaces/delete"), true, network_interface},
    {SLICE_INIT("Microsoft.Compute/virtualMachines/write"), true, machine},
    {SLICE_INIT("Microsoft.Compute/virtualMachines/delete"), true, machine},
    {SLICE_INIT("Microsoft.Network/loadBalancers/delete"), true, balancer},
    {SLICE_NONE, false, NULL},
};

/* ---- snapshots: az network vnet tap list ---- */

static void observe_configurations(struct fact_reader *reader, struct slice tap_id)
{
    json_t *list = facts_find(reader->tree.root, "networkInterfaceTapConfigurations"),
           *value;
    size_t i;
    json_array_foreach(list, i, value)
    {
        struct slice id = lower(reader, facts_find_text(&reader->tree, value, "id"));
        struct fact *fact = fact_add(reader, THING_SESSION, ACT_OBSERVE);
        fact->text[FACT_OBJECT] = id;
        fact->text[FACT_SOURCE] = before(id, SLICE("/tapconfigurations/"));
        fact->text[FACT_DESTINATION] = tap_id;
        fact->account = slice_segment(id, SLICE("/subscriptions/"));
    }
}

bool fact_state_azure(struct fact_reader *reader)
{
    static const char *const ends[] = {
        "destinationNetworkInterfaceIPConfiguration",
        "destinationLoadBalancerFrontEndIPConfiguration"};
    json_t *root = reader->tree.root;
    struct slice type = facts_text(&reader->tree, facts_member(root, "type"));
    if (!slice_starts_with_nocase(type, SLICE("Microsoft.Network/virtualNetworkTaps")))
        return false;
    struct slice id =
        lower(reader, facts_text(&reader->tree, facts_member(root, "id")));
    struct fact *fact = fact_add(reader, THING_TARGET, ACT_OBSERVE);
    fact->text[FACT_OBJECT] = id;
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        struct slice end =
            facts_find_text(&reader->tree, facts_find(root, ends[i]), "id");
        if (end.length)
            fact->text[FACT_DESTINATION] = lower(reader, end);
    }
    fact->text[FACT_PARENT] = holder_of(fact->text[FACT_DESTINATION]);
    fact->account = slice_segment(id, SLICE("/subscriptions/"));
    observe_configurations(reader, id);
    return true;
}
