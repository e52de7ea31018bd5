#include "config.h"

#include "db/value_table.h"

#include <stdlib.h>

enum { FIRST_SLOTS = 64, FIRST_PLACES = 32, FIRST_BYTES = 1024 };

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

uint32_t value_table_hash(const struct value_table *table, struct slice value)
{
    uint64_t seed = table->seed;
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
    uint32_t needed = table->used + (uint32_t)(sizeof(struct value_header) + length);
    if (needed <= table->room)
        return true;
    uint32_t room =
        next_room(table->room ? table->room : FIRST_BYTES, needed, table->limit_bytes);
    char *bytes = realloc(table->bytes, room);
    if (!bytes)
        return false;
    table->bytes = bytes;
    table->room = room;
    return true;
}

static bool grow_places(struct value_table *table)
{
    if (table->count < table->place_room)
        return true;
    uint32_t room = next_room(table->place_room ? table->place_room : FIRST_PLACES,
                              table->count + 1, table->limit_values);
    uint32_t *places = realloc(table->places, room * sizeof *places);
    if (!places)
        return false;
    table->places = places;
    table->place_room = room;
    return true;
}

static void put(struct value_slot *slots, uint32_t mask, struct value_slot slot)
{
    uint32_t at = slot.hash & mask;
    while (slots[at].place)
        at = (at + 1) & mask;
    slots[at] = slot;
}

/* At most half full. */
static bool grow_slots(struct value_table *table)
{
    if (table->slots && table->count < table->slot_mask / 2)
        return true;
    uint32_t old = table->slots ? table->slot_mask + 1 : 0;
    uint32_t size = old ? 2 * old : FIRST_SLOTS;
    struct value_slot *slots = calloc(size, sizeof *slots);
    if (!slots)
        return false;
    for (uint32_t i = 0; i < old; i++) {
        if (table->slots[i].place)
            put(slots, size - 1, table->slots[i]);
    }
    free(table->slots);
    table->slots = slots;
    table->slot_mask = size - 1;
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
    free(table->places);
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
    const struct value_slot *slot = &table->slots[hash & table->slot_mask];
    while (slot->place) {
        if (slot->hash == hash) {
            const char *at = table->bytes + slot->place - 1;
            struct value_header header;
            memcpy(&header, at, sizeof header);
            if (value_equal((struct slice){at + sizeof header, header.length}, value))
                return header.code;
        }
        if (++slot > table->slots + table->slot_mask)
            slot = table->slots;
    }
    return 0;
}

uint32_t value_table_find(const struct value_table *table, struct slice value)
{
    return find(table, value, value_table_hash(table, value));
}

bool value_table_takes(const struct value_table *table, size_t length)
{
    return table->count < table->limit_values &&
           sizeof(struct value_header) + length <= table->limit_bytes - table->used;
}

uint32_t value_table_add(struct value_table *table, struct slice value, uint32_t hash)
{
    uint32_t code = find(table, value, hash);
    if (code)
        return code;
    if (!value_table_takes(table, value.length) || !grow_bytes(table, value.length) ||
        !grow_places(table) || !grow_slots(table))
        return 0;
    struct value_header header = {++table->count, (uint32_t)value.length};
    char *at = table->bytes + table->used;
    memcpy(at, &header, sizeof header);
    if (value.length)
        memcpy(at + sizeof header, value.data, value.length);
    put(table->slots, table->slot_mask, (struct value_slot){hash, table->used + 1});
    table->places[header.code - 1] = table->used;
    table->used += (uint32_t)(sizeof header + value.length);
    return header.code;
}
