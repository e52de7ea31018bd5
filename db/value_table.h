/*
 * value_table.h - distinct byte strings, numbered from 1 in order of arrival.
 *
 * An open-addressing table over one growing buffer; nothing is allocated once it has
 * grown.  A look-up touches two places in memory, the slot and the value, and mostly
 * waits for them: who looks up many values at once first asks for all of the places
 * (value_table_fetch_slot, then _value) and then for the codes.  Whoever wrote
 * the log chose the values, so the hash is seeded: nobody can prepare values that fall
 * together.  Both limits are the caller's and hold always.
 */
#ifndef DB_VALUE_TABLE_H
#define DB_VALUE_TABLE_H

#include "core/slice.h"

struct value_slot {
    uint32_t hash;
    uint32_t place; /* of the value's header in bytes[], plus 1; 0: free */
};

struct value_table {
    uint64_t seed;
    uint32_t limit_values;
    uint32_t limit_bytes; /* of values and their headers */
    struct value_slot *slots;
    uint32_t slot_mask;
    uint32_t *places; /* of code i + 1 in bytes[] */
    uint32_t count, place_room;
    char *bytes; /* each value behind its header */
    uint32_t used, room;
};

struct value_header {
    uint32_t code, length;
};

void value_table_init(struct value_table *table, uint64_t seed, uint32_t limit_values,
                      uint32_t limit_bytes);
void value_table_fini(struct value_table *table);
/* Forgets the values; a buffer larger than `keep` bytes is given back. */
void value_table_clear(struct value_table *table, uint32_t keep);

uint32_t value_table_hash(const struct value_table *table, struct slice value);
/* Whether a new value of up to `length` bytes is within the limits. */
bool value_table_takes(const struct value_table *table, size_t length);
/* The value's code, or 0. */
uint32_t value_table_find(const struct value_table *table, struct slice value);
/* Its code, added where it is new; 0 where a limit is met or memory is short. */
uint32_t value_table_add(struct value_table *table, struct slice value, uint32_t hash);

static inline void value_table_fetch_slot(const struct value_table *table,
                                          uint32_t hash)
{
    if (table->slots)
        __builtin_prefetch(&table->slots[hash & table->slot_mask]);
}

static inline void value_table_fetch_value(const struct value_table *table,
                                           uint32_t hash)
{
    if (!table->slots)
        return;
    const struct value_slot *slot = &table->slots[hash & table->slot_mask];
    if (slot->place && slot->hash == hash)
        __builtin_prefetch(table->bytes + slot->place - 1);
}

/* Borrowed until the next call that adds. */
static inline struct slice value_table_get(const struct value_table *table,
                                           uint32_t code)
{
    const char *at = table->bytes + table->places[code - 1];
    struct value_header header;
    memcpy(&header, at, sizeof header);
    return (struct slice){at + sizeof header, header.length};
}

/* Most values are short, and a call of memcmp costs more than comparing them. */
static inline bool value_equal(struct slice a, struct slice b)
{
    if (a.length != b.length)
        return false;
    if (a.length < 8 || a.length > 64)
        return !a.length || !memcmp(a.data, b.data, a.length);
    uint64_t left, right;
    for (size_t i = 0; i + 8 < a.length; i += 8) {
        memcpy(&left, a.data + i, 8);
        memcpy(&right, b.data + i, 8);
        if (left != right)
            return false;
    }
    memcpy(&left, a.data + a.length - 8, 8);
    memcpy(&right, b.data + a.length - 8, 8);
    return left == right;
}

#endif
