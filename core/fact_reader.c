#include "config.h"

#include "core/fact_internal.h"
#include "core/limits.h"

struct slice fact_collection(struct slice id)
{
    ptrdiff_t slash = slice_rindex(id, '/');
    return slash < 0 ? SLICE_NONE : slice_first(id, (size_t)slash + 1);
}

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
