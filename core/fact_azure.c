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

static struct slice below(const struct fact_reader *reader, struct slice id,
                          const char *part)
{
    const struct slice parts[] = {id, slice_from(part)};
    return arena_join(reader->tree.arena, parts, 2);
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

static const char *const tap_ends[] = {
    "destinationNetworkInterfaceIPConfiguration",
    "destinationLoadBalancerFrontEndIPConfiguration"};

static void set_end(const struct fact_reader *reader, struct fact *fact,
                    struct slice end)
{
    if (!end.length)
        return;
    fact->text[FACT_DESTINATION] = lower(reader, end);
    fact->text[FACT_PARENT] = holder_of(fact->text[FACT_DESTINATION]);
}

static void fill_tap(struct fact_reader *reader, struct fact *fact)
{
    for (size_t i = 0; i < sizeof tap_ends / sizeof tap_ends[0]; i++)
        set_end(reader, fact, azure_ids_in_bodies(&reader->tree, tap_ends[i]));
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
static bool tells_taps(const struct fact_reader *reader)
{
    return azure_in_bodies(&reader->tree, "ipConfigurations") != NULL;
}

static void direct_taps(struct fact_reader *reader, struct slice interface)
{
    struct slice taps = azure_ids_in_bodies(&reader->tree, "virtualNetworkTaps");
    if (!taps.length && !tells_taps(reader))
        return;
    struct fact *fact =
        fact_add(reader, THING_SESSION, taps.length ? ACT_WRITE : ACT_DETACH);
    fact->text[FACT_OBJECT] = below(reader, interface, "/virtualnetworktaps");
    fact->text[FACT_SOURCE] = interface;
    fact->text[FACT_DESTINATION] = lower(reader, taps);
}

/*
 * The TAP's side of a configuration, which may be another subscription's log.  Without
 * a body the configuration is not told: then the proxy stands for it.
 */
static void tap_proxy(struct fact_reader *reader)
{
    struct slice proxy = resource_of(reader);
    struct slice configuration = lower(
        reader, azure_ids_in_bodies(&reader->tree, "networkInterfaceTapConfiguration"));
    struct fact *fact = fact_add(reader, THING_SESSION, act_of(reader));
    fact->text[FACT_OBJECT] = configuration.length ? configuration : proxy;
    fact->text[FACT_PARENT] = proxy;
    fact->account = slice_segment(configuration, SLICE("/subscriptions/"));
    fact->text[FACT_SOURCE] = before(configuration, SLICE("/tapconfigurations/"));
    fact->text[FACT_DESTINATION] =
        before(proxy, SLICE("/networkinterfacetapconfigurationproxies/"));
}

static void network_interface(struct fact_reader *reader)
{
    struct slice id = resource_of(reader);
    struct fact *fact = fact_add(reader, THING_INTERFACE, act_of(reader));
    fact->text[FACT_OBJECT] = id;
    if (fact->act == ACT_DELETE)
        return;
    fact->text[FACT_CHANGED] =
        tells_taps(reader) ? SLICE("virtualNetworkTaps") : SLICE_NONE;
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
    {SLICE_INIT("/networkInterfaceTapConfigurationProxies/write"), false, tap_proxy},
    {SLICE_INIT("/networkInterfaceTapConfigurationProxies/delete"), false, tap_proxy},
    {SLICE_INIT("Microsoft.Network/virtualNetworkTaps/write"), true, tap},
    {SLICE_INIT("Microsoft.Network/virtualNetworkTaps/delete"), true, tap},
    {SLICE_INIT("Microsoft.Network/networkInterfaces/write"), true, network_interface},
    {SLICE_INIT("Microsoft.Network/networkInterfaces/delete"), true, network_interface},
    {SLICE_INIT("Microsoft.Compute/virtualMachines/write"), true, machine},
    {SLICE_INIT("Microsoft.Compute/virtualMachines/delete"), true, machine},
    {SLICE_INIT("Microsoft.Network/loadBalancers/delete"), true, balancer},
    {SLICE_NONE, false, NULL},
};

/* ---- snapshots: az network vnet tap, nic and nic vtap-config, list and show ---- */

/* A member of the resource, which az shows without its `properties`. */
static json_t *property(const struct fact_reader *reader, const char *key)
{
    json_t *root = reader->tree.root, *found = facts_member(root, key);
    return found ? found : facts_member(facts_member(root, "properties"), key);
}

static struct slice id_at(const struct fact_reader *reader, json_t *object)
{
    return lower(reader, fact_text_at(reader, object, "id"));
}

static void add_list(struct fact_reader *reader, struct slice collection)
{
    fact_add(reader, THING_SESSION, ACT_LIST)->text[FACT_OBJECT] = collection;
}

static struct fact *observe(struct fact_reader *reader, enum fact_thing thing,
                            struct slice id)
{
    struct fact *fact = fact_add(reader, thing, ACT_OBSERVE);
    fact->text[FACT_OBJECT] = id;
    fact->account = slice_segment(id, SLICE("/subscriptions/"));
    return fact;
}

static void observe_configuration(struct fact_reader *reader, json_t *object,
                                  struct slice tap_id)
{
    struct slice id = id_at(reader, object);
    if (!id.length)
        return;
    struct fact *fact = observe(reader, THING_SESSION, id);
    fact->text[FACT_SOURCE] = before(id, SLICE("/tapconfigurations/"));
    fact->text[FACT_DESTINATION] =
        tap_id.length ? tap_id : id_at(reader, facts_find(object, "virtualNetworkTap"));
}

static void configuration_state(struct fact_reader *reader, struct slice id)
{
    (void)id;
    observe_configuration(reader, reader->tree.root, SLICE_NONE);
}

/* A TAP names all configurations that go to it. */
static void tap_state(struct fact_reader *reader, struct slice id)
{
    json_t *list = property(reader, "networkInterfaceTapConfigurations"), *value;
    size_t i;
    struct fact *fact = observe(reader, THING_TARGET, id);
    for (i = 0; i < sizeof tap_ends / sizeof tap_ends[0]; i++)
        set_end(reader, fact,
                fact_text_at(reader, property(reader, tap_ends[i]), "id"));
    json_array_foreach(list, i, value) observe_configuration(reader, value, id);
    if (!json_is_array(list))
        return;
    struct fact *end = fact_add(reader, THING_SESSION, ACT_LIST);
    end->text[FACT_DESTINATION] = id;
    end->text[FACT_KIND] = SLICE("/tapconfigurations/");
}

/* An interface names its configurations, and the TAPs that are put on its addresses. */
static void interface_state(struct fact_reader *reader, struct slice id)
{
    json_t *list = property(reader, "tapConfigurations"), *value;
    json_t *addresses = property(reader, "ipConfigurations");
    struct facts_list taps = {.count = 0};
    size_t i;
    struct fact *fact = observe(reader, THING_INTERFACE, id);
    fact->text[FACT_PARENT] = id_at(reader, property(reader, "virtualMachine"));
    fact->text[FACT_ADDRESS] =
        facts_find_text(&reader->tree, addresses, "privateIPAddress");
    json_array_foreach(list, i, value) observe_configuration(reader, value, SLICE_NONE);
    if (json_is_array(list))
        add_list(reader, below(reader, id, "/tapconfigurations/"));
    json_array_foreach(addresses, i, value) facts_add_all(
        &reader->tree, &taps, facts_find(value, "virtualNetworkTaps"), "id");
    struct slice direct = below(reader, id, "/virtualnetworktaps");
    if (taps.count) {
        fact = observe(reader, THING_SESSION, direct);
        fact->text[FACT_SOURCE] = id;
        fact->text[FACT_DESTINATION] =
            lower(reader, facts_joined(&reader->tree, &taps));
    } else if (json_is_array(addresses)) {
        add_list(reader, direct);
    }
}

bool fact_state_azure(struct fact_reader *reader)
{
    static const struct {
        struct slice type;
        void (*observe)(struct fact_reader *reader, struct slice id);
    } kinds[] = {
        {SLICE_INIT("Microsoft.Network/virtualNetworkTaps"), tap_state},
        {SLICE_INIT("Microsoft.Network/networkInterfaces"), interface_state},
        {SLICE_INIT("Microsoft.Network/networkInterfaces/tapConfigurations"),
         configuration_state},
    };
    struct slice type = fact_text_at(reader, reader->tree.root, "type");
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (slice_equal_nocase(type, kinds[i].type)) {
            kinds[i].observe(reader, id_at(reader, reader->tree.root));
            return true;
        }
    }
    return false;
}
