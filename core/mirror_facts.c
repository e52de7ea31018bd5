#include "config.h"

#include "core/form.h"
#include "core/mirror_internal.h"
#include "core/timestamp.h"

bool facts_open(struct facts *facts, struct slice raw, struct arena *arena)
{
    *facts = (struct facts){NULL, arena, json_tree_parse(raw), json_array()};
    return facts->root && facts->owned;
}

void facts_close(struct facts *facts)
{
    json_decref(facts->root);
    json_decref(facts->owned);
    facts->root = facts->owned = NULL;
}

/* ---- readers ---- */

json_t *facts_path(json_t *object, const char *path)
{
    struct slice rest = slice_from(path);
    while (object && slice_present(rest))
        object = json_tree_member(object, slice_cut(&rest, ' '));
    return object;
}

/* The parser bounds the depth. */
json_t *facts_find(json_t *node, const char *key)
{
    json_t *found = facts_member(node, key), *value;
    const char *name;
    size_t i;
    if (!json_tree_is_empty(found))
        return found;
    json_object_foreach(node, name, value)
    {
        if ((found = facts_find(value, key)))
            return found;
    }
    json_array_foreach(node, i, value)
    {
        if ((found = facts_find(value, key)))
            return found;
    }
    return NULL;
}

json_t *facts_body(const struct facts *facts, json_t *node)
{
    struct slice text;
    json_t *body = json_tree_inside(node, &text);
    return body && json_array_append_new(facts->owned, body) == 0 ? body : node;
}

struct slice facts_text(const struct facts *facts, json_t *node)
{
    if (json_is_boolean(node))
        return json_is_true(node) ? SLICE("true") : SLICE("false");
    if (!json_is_string(node) || !json_string_length(node))
        return SLICE_NONE;
    return arena_copy(facts->arena, (struct slice){json_string_value(node),
                                                   json_string_length(node)});
}

struct slice facts_find_text(const struct facts *facts, json_t *node, const char *key)
{
    return facts_text(facts, facts_find(node, key));
}

int facts_truth(json_t *node)
{
    if (json_is_boolean(node))
        return json_is_true(node);
    if (!json_is_string(node))
        return -1;
    struct slice text = {json_string_value(node), json_string_length(node)};
    if (slice_equal_nocase(text, SLICE("true")))
        return 1;
    return slice_equal_nocase(text, SLICE("false")) ? 0 : -1;
}

void facts_add(struct facts_list *list, struct slice item)
{
    if (!item.length)
        return;
    for (size_t i = 0; i < list->count; i++) {
        if (slice_equal(list->items[i], item))
            return;
    }
    if (list->count == LIMIT_FACTS_ITEMS)
        list->left_out++;
    else
        list->items[list->count++] = item;
}

void facts_add_all(const struct facts *facts, struct facts_list *list, json_t *node,
                   const char *key)
{
    json_t *element;
    size_t i;
    if (json_is_object(node))
        facts_add(list, facts_find_text(facts, node, key));
    else
        facts_add(list, facts_text(facts, node));
    json_array_foreach(node, i, element)
    {
        if (!json_is_array(element))
            facts_add_all(facts, list, element, key);
    }
}

struct slice facts_joined(const struct facts *facts, const struct facts_list *list)
{
    struct slice parts[2 * LIMIT_FACTS_ITEMS + 1];
    size_t count = 0;
    if (!list->count)
        return SLICE_NONE;
    for (size_t i = 0; i < list->count; i++) {
        if (i)
            parts[count++] = SLICE(", ");
        parts[count++] = list->items[i];
    }
    if (list->left_out)
        parts[count++] = arena_printf(facts->arena, ", and %zu more", list->left_out);
    return arena_join(facts->arena, parts, count);
}

void facts_set(const struct facts *facts, enum event_field field, struct slice text)
{
    if (!facts->event->text[field].length && text.length)
        facts->event->text[field] = text;
}

void facts_set_mirror(const struct facts *facts, struct slice kind, struct slice id)
{
    struct slice device = facts->event->text[FIELD_ACCOUNT];
    const struct slice parts[] = {device, device.length ? SLICE("/") : SLICE_NONE, kind,
                                  id};
    facts_set(facts, FIELD_MIRROR, arena_join(facts->arena, parts, 4));
    facts_set(facts, FIELD_RESOURCE, arena_join(facts->arena, parts + 2, 2));
}

bool facts_operation_has(const struct facts *facts, struct slice part)
{
    return slice_find_nocase(facts->event->text[FIELD_OPERATION], part) >= 0;
}

/* ---- dispatch ---- */

/* The stamp as written: an event keeps it only where it says more than its time. */
static void set_time_text(const struct facts *facts)
{
    static const char *const keys[] = {"eventTime", "eventTimestamp", "event_timestamp",
                                       "timestamp", "time"};
    if (facts->event->time_us == EVENT_TIME_NONE)
        return;
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
        facts_set(facts, FIELD_TIME_TEXT,
                  facts_text(facts, facts_member(facts->root, keys[i])));
}

static void (*const extractors[PROVIDER_COUNT])(const struct facts *) = {
    [PROVIDER_AWS] = aws_mirror_facts,       [PROVIDER_OTHER] = aws_mirror_facts,
    [PROVIDER_AZURE] = azure_mirror_facts,   [PROVIDER_GCP] = gcp_mirror_facts,
    [PROVIDER_OCI] = oci_mirror_facts,       [PROVIDER_ALIBABA] = alibaba_mirror_facts,
    [PROVIDER_HUAWEI] = huawei_mirror_facts,
};

/* A line has no tree: the command and its mode are fields by now. */
static void (*const line_extractors[PROVIDER_COUNT])(const struct facts *) = {
    [PROVIDER_CISCO_IOS] = cisco_mirror_facts,
    [PROVIDER_CISCO_NXOS] = cisco_mirror_facts,
    [PROVIDER_CISCO_IOSXR] = cisco_mirror_facts,
    [PROVIDER_EOS] = cisco_mirror_facts,
    [PROVIDER_JUNOS] = junos_mirror_facts,
    [PROVIDER_HUAWEI_VRP] = vrp_mirror_facts,
    [PROVIDER_FORTIOS] = fortios_mirror_facts,
    [PROVIDER_OPENVSWITCH] = ovs_mirror_facts,
    [PROVIDER_LINUX] = linux_mirror_facts,
};

void mirror_facts(struct event *event, struct slice raw, struct arena *arena)
{
    unsigned provider = (unsigned)event->provider;
    if (provider < PROVIDER_COUNT && line_extractors[provider]) {
        const struct facts line = {event, arena, NULL, NULL};
        line_extractors[provider](&line);
        return;
    }
    if (provider >= PROVIDER_COUNT || !extractors[provider])
        return;
    struct facts facts;
    if (facts_open(&facts, raw, arena)) {
        facts.event = event;
        extractors[provider](&facts);
        set_time_text(&facts);
    }
    facts_close(&facts);
}
