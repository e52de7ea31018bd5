/*
 * value_table.h - distinct byte strings, numbered from 1 in order of arrival.
 *
 * An open-addressing table over one growing buffer; nothing is allocated once it has
 * grown.  Whoever wrote the log chose the values, so the hash is seeded: nobody can
 * prepare values that fall together.  Both limits are the caller's and hold always.
 */
#ifndef DB_VALUE_TABLE_H
#define DB_VALUE_TABLE_H

#include "core/slice.h"

struct value_entry {
    uint32_t offset, length; /* in bytes[] */
    uint32_t hash;
};

struct value_table {
    uint64_t seed;
    uint32_t limit_values;
    uint32_t limit_bytes;
    uint32_t *slots; /* 0 or a code */
    uint32_t slot_mask;
    struct value_entry *entries; /* of code i + 1 */
    uint32_t count, entry_room;
    char *bytes;
    uint32_t used, room;
};

void value_table_init(struct value_table *table, uint64_t seed, uint32_t limit_values,
                      uint32_t limit_bytes);
void value_table_fini(struct value_table *table);
/* Forgets the values; a buffer larger than `keep` bytes is given back. */
void value_table_clear(struct value_table *table, uint32_t keep);

/* The value's code, or 0. */
uint32_t value_table_find(const struct value_table *table, struct slice value);
/* Its code, added where it is new; 0 where a limit is met or memory is short. */
uint32_t value_table_add(struct value_table *table, struct slice value);

/* Borrowed until the next call that adds. */
static inline struct slice value_table_get(const struct value_table *table,
                                           uint32_t code)
{
    const struct value_entry *entry = &table->entries[code - 1];
    return (struct slice){table->bytes + entry->offset, entry->length};
}

#endif
