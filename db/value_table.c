#include "config.h"

#include "db/value_table.h"

#include <stdlib.h>

enum { FIRST_SLOTS = 64, FIRST_ENTRIES = 32, FIRST_BYTES = 1024 };

/* --- hash ------------------------------------------------------------------ */

static uint64_t load(const char *at, size_t length)
{
    uint64_t value = 0;
    memcpy(&value, at, length);
    return value;
}

/* Both halves of the 128-bit product: every bit of the result depends on all bits of
 * both factors, and the seed is in one of them. */
static uint64_t multiply(uint64_t a, uint64_t b)
{
#ifdef __SIZEOF_INT128__
    __extension__ typedef unsigned __int128 wide;
    wide product = (wide)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
#else
    uint64_t a0 = (uint32_t)a, a1 = a >> 32, b0 = (uint32_t)b, b1 = b >> 32;
    uint64_t middle = a1 * b0 + (a0 * b0 >> 32);
    uint64_t high = a1 * b1 + (middle >> 32) + (((uint32_t)middle + a0 * b1) >> 32);
    return (a * b) ^ high;
#endif
}

static uint32_t hash_of(uint64_t seed, struct slice value)
{
    const char *at = value.data;
    size_t left = value.length;
    uint64_t hash = seed ^ (0x9e3779b97f4a7c15u + left);
    for (; left > 16; at += 16, left -= 16)
        hash = multiply(load(at, 8) ^ hash, load(at + 8, 8) ^ seed);
    uint64_t first = left > 8 ? load(at, 8) : load(at, left);
    uint64_t second = left > 8 ? load(at + 8, left - 8) : 0;
    hash = multiply(first ^ hash, second ^ seed);
    return (uint32_t)multiply(hash ^ 0xd6e8feb86659fd93u, seed | 1);
}

/* --- growth ---------------------------------------------------------------- */

/* Powers of two up to one that just holds the limit. */
static uint32_t next_room(uint32_t room, uint32_t needed, uint32_t limit)
{
    uint64_t next = room;
    while (next < needed)
        next *= 2;
    return next > limit ? limit : (uint32_t)next;
}

static bool grow_bytes(struct value_table *table, size_t length)
{
    if (length > table->limit_bytes - table->used)
        return false;
    uint32_t needed = table->used + (uint32_t)length;
    if (needed <= table->room && table->bytes)
        return true;
    uint32_t room =
        next_room(table->room ? table->room : FIRST_BYTES, needed, table->limit_bytes);
    char *bytes = realloc(table->bytes, room ? room : 1);
    if (!bytes)
        return false;
    table->bytes = bytes;
    table->room = room;
    return true;
}

static bool grow_entries(struct value_table *table)
{
    if (table->count < table->entry_room)
        return true;
    uint32_t room = next_room(table->entry_room ? table->entry_room : FIRST_ENTRIES,
                              table->count + 1, table->limit_values);
    struct value_entry *entries = realloc(table->entries, room * sizeof *entries);
    if (!entries)
        return false;
    table->entries = entries;
    table->entry_room = room;
    return true;
}

static void place(struct value_table *table, uint32_t code)
{
    uint32_t at = table->entries[code - 1].hash & table->slot_mask;
    while (table->slots[at])
        at = (at + 1) & table->slot_mask;
    table->slots[at] = code;
}

/* At most half full. */
static bool grow_slots(struct value_table *table)
{
    if (table->slots && table->count < table->slot_mask / 2)
        return true;
    uint32_t size = table->slots ? (table->slot_mask + 1) * 2 : FIRST_SLOTS;
    uint32_t *slots = calloc(size, sizeof *slots);
    if (!slots)
        return false;
    free(table->slots);
    table->slots = slots;
    table->slot_mask = size - 1;
    for (uint32_t code = 1; code <= table->count; code++)
        place(table, code);
    return true;
}

/* --- values ---------------------------------------------------------------- */

void value_table_init(struct value_table *table, uint64_t seed, uint32_t limit_values,
                      uint32_t limit_bytes)
{
    *table = (struct value_table){
        .seed = seed, .limit_values = limit_values, .limit_bytes = limit_bytes};
}

void value_table_fini(struct value_table *table)
{
    free(table->slots);
    free(table->entries);
    free(table->bytes);
    value_table_init(table, table->seed, table->limit_values, table->limit_bytes);
}

void value_table_clear(struct value_table *table, uint32_t keep)
{
    if (table->room > keep) {
        value_table_fini(table);
        return;
    }
    if (table->slots)
        memset(table->slots, 0, ((size_t)table->slot_mask + 1) * sizeof *table->slots);
    table->count = table->used = 0;
}

static uint32_t find(const struct value_table *table, struct slice value, uint32_t hash)
{
    if (!table->slots)
        return 0;
    uint32_t at = hash & table->slot_mask;
    for (; table->slots[at]; at = (at + 1) & table->slot_mask) {
        uint32_t code = table->slots[at];
        if (table->entries[code - 1].hash == hash &&
            slice_equal(value_table_get(table, code), value))
            return code;
    }
    return 0;
}

uint32_t value_table_find(const struct value_table *table, struct slice value)
{
    return find(table, value, hash_of(table->seed, value));
}

uint32_t value_table_add(struct value_table *table, struct slice value)
{
    uint32_t hash = hash_of(table->seed, value);
    uint32_t code = find(table, value, hash);
    if (code)
        return code;
    if (table->count >= table->limit_values || !grow_bytes(table, value.length) ||
        !grow_entries(table) || !grow_slots(table))
        return 0;
    table->entries[table->count] =
        (struct value_entry){table->used, (uint32_t)value.length, hash};
    if (value.length)
        memcpy(table->bytes + table->used, value.data, value.length);
    table->used += (uint32_t)value.length;
    place(table, ++table->count);
    return table->count;
}
