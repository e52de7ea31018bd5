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

/*
 * A key as it is compared: its length and two words that hold its first and its last
 * bytes tell keys of up to 16 bytes apart, which nearly all are, without a call of
 * memcmp or a look at the text (a tenth of all instructions of a load went there).
 */
struct projection_key {
    uint64_t first, last;
    struct slice text;
};

struct projection_entry {
    struct projection_key key;
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

/* What the scanner does for each key and value, which compilers leave as calls since it
 * is done in several places: inside of them all, a scan takes 8 % fewer instructions.
 */
#define HOT_INLINE __attribute__((always_inline)) static inline

static inline uint64_t projection_word(const char *data, size_t bytes)
{
    uint64_t word = 0;
    memcpy(&word, data, bytes);
    return word;
}

static inline struct projection_key projection_key(struct slice text)
{
    struct projection_key key = {.text = text};
    const char *data = text.data;
    size_t length = text.length;
    if (length >= 8) {
        key.first = projection_word(data, 8);
        key.last = projection_word(data + length - 8, 8);
    } else if (length >= 4) {
        key.first = projection_word(data, 4);
        key.last = projection_word(data + length - 4, 4);
    } else if (length) {
        key.first = projection_word(data, 1);
        key.last = projection_word(data + length / 2, 1) << 8 |
                   projection_word(data + length - 1, 1);
    }
    return key;
}

static inline bool projection_key_equal(const struct projection_key *a,
                                        const struct projection_key *b)
{
    size_t length = a->text.length;
    return length == b->text.length && a->first == b->first && a->last == b->last &&
           (length <= 16 || !memcmp(a->text.data + 8, b->text.data + 8, length - 16));
}

static inline uint32_t projection_hash(const struct projection_key *key)
{
    uint64_t mixed = (key->first + key->text.length) * UINT64_C(0x9e3779b97f4a7c15) ^
                     key->last * UINT64_C(0xd6e8feb86659fd93);
    return (uint32_t)(mixed >> 40);
}

/* The child of `node` under a decoded key, 0 where the key is not wanted. */
HOT_INLINE uint32_t projection_child(const struct json_projection *projection,
                                     const struct projection_node *node,
                                     struct slice text)
{
    const struct projection_entry *table = projection->entries + node->first_entry;
    const struct projection_key key = projection_key(text);
    uint32_t at = projection_hash(&key) & node->entry_mask;
    while (table[at].child) {
        if (projection_key_equal(&table[at].key, &key))
            return table[at].child;
        at = (at + 1) & node->entry_mask;
    }
    return 0;
}

#endif
