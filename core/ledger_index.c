#include "config.h"

#include "core/ledger_internal.h"

static uint64_t hash(struct slice key)
{
    uint64_t value = UINT64_C(14695981039346656037);
    for (size_t i = 0; i < key.length; i++)
        value = (value ^ (unsigned char)key.data[i]) * UINT64_C(1099511628211);
    return value ^ (value >> 32);
}

/* The slot of the key, or the free one where it belongs.  There is always a free one.
 */
static struct ledger_slot *slot_of(const struct ledger_index *index, struct slice key)
{
    size_t at = (size_t)hash(key) & (index->room - 1);
    while (index->slots[at].thing && !slice_equal(index->slots[at].key, key))
        at = (at + 1) & (index->room - 1);
    return &index->slots[at];
}

void *ledger_find(const struct ledger_index *index, struct slice key)
{
    return index->count ? slot_of(index, key)->thing : NULL;
}

static bool grow(struct ledger_index *index, struct arena *arena)
{
    struct ledger_index wider = {.room = index->room ? 2 * index->room : 16,
                                 .count = index->count};
    wider.slots = arena_alloc(arena, wider.room * sizeof *wider.slots);
    if (!wider.slots)
        return false;
    memset(wider.slots, 0, wider.room * sizeof *wider.slots);
    for (size_t i = 0; i < index->room; i++) {
        if (index->slots[i].thing)
            *slot_of(&wider, index->slots[i].key) = index->slots[i];
    }
    *index = wider;
    return true;
}

bool ledger_put(struct ledger_index *index, struct arena *arena, struct slice key,
                void *thing)
{
    if (2 * (index->count + 1) > index->room && !grow(index, arena))
        return false;
    struct ledger_slot *slot = slot_of(index, key);
    index->count += !slot->thing;
    *slot = (struct ledger_slot){key, thing};
    return true;
}
