/*
 * json_projection.h - the trie of wanted paths, as the scanner walks it.
 *
 * Internal to the scanner.  A node is a place in a document; its keys lie in one
 * open-addressed table that all nodes share, each node owning a power of two of
 * entries at most half full.  Node 0 is the document itself; 0 as a child means
 * "none".
 */
#ifndef CORE_JSON_PROJECTION_H
#define CORE_JSON_PROJECTION_H

#include "core/json_scan.h"

enum {
    PROJECTION_NO_SLOT = UINT16_MAX,
    LIMIT_PROJECTION_SLOTS = 1024,
    LIMIT_PROJECTION_NODES = 4096,
    /* Keys in one path: bounds the recursion over wanted values. */
    LIMIT_PROJECTION_KEYS = 16,
    LIMIT_PROJECTION_KEY_BYTES = 256,
};

struct projection_entry {
    struct slice key;
    uint32_t child; /* 0: free */
};

struct projection_node {
    uint32_t first_entry; /* of its table in entries[] */
    uint32_t entry_mask;  /* table size - 1 */
    uint32_t key_count;   /* 0: no keys below, skip whole objects */
    uint32_t elements;    /* child for `*`, 0: none */
    uint32_t first_slot;  /* of subtree_slots[]: the slots at and below this node */
    uint32_t slot_count;
    uint16_t slot; /* PROJECTION_NO_SLOT: only its children are wanted */
};

struct json_projection {
    unsigned slot_count;
    uint32_t node_count;
    struct projection_node *nodes;
    struct projection_entry *entries;
    uint16_t *subtree_slots;
    char *keys; /* the text of all keys */
};

/* Cheap and good enough: keys of one node differ in length, ends or middle. */
static inline uint32_t projection_hash(const char *key, size_t length)
{
    if (length == 0)
        return 0;
    uint32_t first = (unsigned char)key[0];
    uint32_t middle = (unsigned char)key[length / 2];
    uint32_t last = (unsigned char)key[length - 1];
    uint32_t mixed = (first | middle << 8 | last << 16) + ((uint32_t)length << 11);
    return (mixed * UINT32_C(2654435761)) >> 16;
}

/* The child of `node` under a decoded key, 0 where the key is not wanted. */
static inline uint32_t projection_child(const struct json_projection *projection,
                                        const struct projection_node *node,
                                        const char *key, size_t length)
{
    const struct projection_entry *table = projection->entries + node->first_entry;
    uint32_t at = projection_hash(key, length) & node->entry_mask;
    while (table[at].child) {
        if (table[at].key.length == length && !memcmp(table[at].key.data, key, length))
            return table[at].child;
        at = (at + 1) & node->entry_mask;
    }
    return 0;
}

#endif
