#include "config.h"

#include "core/state_lists.h"

void state_lists_reset(struct state_lists *lists)
{
    lists->count = 0;
    lists->spoiled = false;
}

void state_lists_spoil(struct state_lists *lists)
{
    lists->spoiled = true;
}

static bool is_known(const struct state_lists *lists, enum provider provider,
                     struct slice collection)
{
    for (size_t i = 0; i < lists->count; i++) {
        const struct state_list *list = &lists->lists[i];
        if (list->provider == provider &&
            slice_equal((struct slice){list->collection, list->length}, collection))
            return true;
    }
    return false;
}

static void add_list(struct state_lists *lists, const struct state_list *list)
{
    struct slice collection = {list->collection, list->length};
    if (lists->count < LIMIT_STATE_LISTS &&
        !is_known(lists, list->provider, collection))
        lists->lists[lists->count++] = *list;
}

void state_lists_see(struct state_lists *lists, const struct fact_list *facts,
                     const char *chain)
{
    if (!chain[0] || !facts->count) {
        lists->spoiled = true;
        return;
    }
    /* The first fact is of the object itself. */
    const struct fact *fact = &facts->facts[0];
    struct slice collection = fact_collection(fact->text[FACT_OBJECT]);
    if (!collection.length || collection.length > STATE_LIST_BYTES)
        return;
    struct state_list list = {
        .provider = fact->provider, .thing = fact->thing, .length = collection.length};
    memcpy(list.collection, collection.data, collection.length);
    add_list(lists, &list);
}

void state_lists_add(struct state_lists *lists, const struct state_lists *part)
{
    lists->spoiled = lists->spoiled || part->spoiled;
    for (size_t i = 0; i < part->count; i++)
        add_list(lists, &part->lists[i]);
}

void state_lists_tell(const struct state_lists *lists, struct arena *arena,
                      struct fact_list *out)
{
    *out = (struct fact_list){0};
    if (lists->spoiled || !lists->count)
        return;
    out->facts = arena_alloc(arena, lists->count * sizeof *out->facts);
    out->failed = !out->facts;
    for (size_t i = 0; out->facts && i < lists->count; i++) {
        const struct state_list *list = &lists->lists[i];
        struct fact *fact = &out->facts[out->count++];
        *fact = (struct fact){.thing = list->thing,
                              .act = ACT_LIST,
                              .number = (unsigned)i,
                              .provider = list->provider};
        fact->text[FACT_OBJECT] = (struct slice){list->collection, list->length};
    }
}
