#include "config.h"

#include "core/fact_internal.h"
#include "core/limits.h"

#define X(identifier, text) text,
static const char *const thing_names[] = {FACT_THINGS(X)};
static const char *const act_names[] = {FACT_ACTS(X)};
#undef X
#define X(identifier, column) #column,
const char *const fact_field_names[FACT_FIELD_COUNT] = {FACT_FIELDS(X)};
#undef X

const char *fact_thing_name(enum fact_thing thing)
{
    return thing_names[thing < THING_COUNT ? thing : THING_NONE];
}

const char *fact_act_name(enum fact_act act)
{
    return act_names[act < ACT_COUNT ? act : ACT_NONE];
}

struct slice fact_collection(struct slice id)
{
    ptrdiff_t slash = slice_rindex(id, '/');
    return slash < 0 ? SLICE_NONE : slice_first(id, (size_t)slash + 1);
}

/* ---- the list ---- */

static bool grow(struct fact_list *list, struct arena *arena)
{
    size_t room = list->room ? 2 * list->room : 4;
    struct fact *facts = arena_alloc(arena, room * sizeof *facts);
    if (!facts)
        return false;
    if (list->count)
        memcpy(facts, list->facts, list->count * sizeof *facts);
    list->facts = facts;
    list->room = room;
    return true;
}

struct fact *fact_add(struct fact_reader *reader, enum fact_thing thing,
                      enum fact_act act)
{
    struct fact_list *list = reader->out;
    struct fact *fact = &reader->spare;
    if (list->count == LIMIT_FACTS_PER_RECORD)
        list->left_out++;
    else if (list->count == list->room && !grow(list, reader->tree.arena))
        list->failed = true;
    else
        fact = &list->facts[list->count++];
    *fact =
        (struct fact){.thing = thing, .act = act, .number = (unsigned)list->count - 1};
    return fact;
}

struct slice fact_word(struct arena *arena, struct slice words, struct slice word)
{
    const struct slice parts[] = {words, words.length ? SLICE(" ") : SLICE_NONE, word};
    struct slice rest = words;
    while (slice_present(rest)) {
        if (slice_equal(slice_cut(&rest, ' '), word))
            return words;
    }
    return arena_join(arena, parts, 3);
}

void fact_each_with(struct fact_reader *reader, json_t *node, const char *key,
                    struct slice parent,
                    void (*take)(struct fact_reader *reader, json_t *object,
                                 struct slice parent))
{
    json_t *value;
    const char *name;
    size_t i;
    if (json_is_object(node) && facts_member(node, key)) {
        take(reader, node, parent);
        return;
    }
    json_object_foreach(node, name, value)
        fact_each_with(reader, value, key, parent, take);
    json_array_foreach(node, i, value) fact_each_with(reader, value, key, parent, take);
}

/* ---- dispatch ---- */

static const struct fact_row *const rows_of[PROVIDER_COUNT] = {
    [PROVIDER_AWS] = fact_rows_aws,          [PROVIDER_AZURE] = fact_rows_azure,
    [PROVIDER_GCP] = fact_rows_gcp,          [PROVIDER_OCI] = fact_rows_oci,
    [PROVIDER_ALIBABA] = fact_rows_sessions, [PROVIDER_HUAWEI] = fact_rows_sessions,
};

/* The first row that fits; NULL for none. */
static const struct fact_row *find_row(const struct event *event)
{
    struct slice operation = event->text[FIELD_OPERATION];
    const struct fact_row *row =
        (unsigned)event->provider < PROVIDER_COUNT ? rows_of[event->provider] : NULL;
    for (; row && row->extract; row++) {
        if (row->whole ? slice_equal_nocase(operation, row->part)
                       : slice_find_nocase(operation, row->part) >= 0)
            return row;
    }
    return NULL;
}

bool fact_wanted(const struct event *event)
{
    return provider_is_device(event->provider) ? fact_wanted_device(event)
                                               : find_row(event) != NULL;
}

void fact_read(const struct event *event, struct slice raw, struct arena *arena,
               struct fact_list *out)
{
    struct fact_reader reader = {.event = event, .raw = raw, .out = out};
    *out = (struct fact_list){0};
    if (provider_is_device(event->provider)) {
        reader.tree.arena = arena;
        fact_read_device(&reader);
        return;
    }
    const struct fact_row *row = find_row(event);
    if (row && facts_open(&reader.tree, raw, arena))
        row->extract(&reader);
    facts_close(&reader.tree);
}

static bool (*const states[])(struct fact_reader *reader) = {
    [PROVIDER_AWS] = fact_state_aws,
    [PROVIDER_AZURE] = fact_state_azure,
    [PROVIDER_GCP] = fact_state_gcp,
};

void fact_read_state(struct slice raw, struct arena *arena, struct fact_list *out)
{
    struct fact_reader reader = {.out = out};
    *out = (struct fact_list){0};
    if (facts_open(&reader.tree, raw, arena)) {
        unsigned provider = 0, count = sizeof states / sizeof states[0];
        while (provider < count && !(states[provider] && states[provider](&reader)))
            provider++;
        for (size_t i = 0; i < out->count; i++)
            out->facts[i].provider = (enum provider)provider;
    }
    facts_close(&reader.tree);
}
