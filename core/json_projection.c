#include "config.h"

#include "core/json_projection.h"

#include <stdlib.h>

/*
 * Built in three steps: a plain tree of linked nodes, whose number and keys give
 * the sizes of the final arrays; then the key tables; then the slots below each
 * node, which are cleared when a later duplicate replaces it.
 */
struct draft_node {
    struct slice key;
    uint32_t next;  /* sibling, 0: none */
    uint32_t child; /* first of its keys, 0: none */
    uint32_t key_count;
    uint32_t elements;
    uint16_t slot;
};

struct draft {
    struct draft_node *nodes;
    uint32_t count, room;
};

static int out_of_memory(struct error *error)
{
    return error_set(error, ERROR_MEMORY, "out of memory for the JSON projection");
}

static uint32_t draft_add(struct draft *draft, struct slice key)
{
    if (draft->count == draft->room)
        return 0;
    draft->nodes[draft->count] =
        (struct draft_node){.key = key, .slot = PROJECTION_NO_SLOT};
    return draft->count++;
}

static uint32_t draft_child(struct draft *draft, uint32_t parent, struct slice key)
{
    bool elements = slice_equal(key, SLICE("*"));
    uint32_t child =
        elements ? draft->nodes[parent].elements : draft->nodes[parent].child;
    while (!elements && child && !slice_equal(draft->nodes[child].key, key))
        child = draft->nodes[child].next;
    if (child)
        return child;
    child = draft_add(draft, key);
    if (!child)
        return 0;
    if (elements) {
        draft->nodes[parent].elements = child;
    } else {
        draft->nodes[child].next = draft->nodes[parent].child;
        draft->nodes[parent].child = child;
        draft->nodes[parent].key_count++;
    }
    return child;
}

static int draft_path(struct draft *draft, const struct json_path *path,
                      unsigned slot_count, struct error *error)
{
    if (path->slot >= slot_count)
        return error_set(error, ERROR_SYNTAX, "path '%s' has no slot", path->keys);
    struct slice rest = slice_from(path->keys);
    uint32_t node = 0;
    for (unsigned depth = 0; slice_present(rest); depth++) {
        struct slice key = slice_cut(&rest, ' ');
        if (key.length == 0 || key.length > LIMIT_PROJECTION_KEY_BYTES ||
            depth == LIMIT_PROJECTION_KEYS)
            return error_set(error, ERROR_SYNTAX, "path '%s' is not valid", path->keys);
        node = draft_child(draft, node, key);
        if (!node)
            return error_set(error, ERROR_LIMIT, "too many JSON paths");
    }
    if (!node || draft->nodes[node].slot != PROJECTION_NO_SLOT)
        return error_set(error, ERROR_SYNTAX, "path '%s' stands twice or is empty",
                         path->keys ? path->keys : "");
    draft->nodes[node].slot = (uint16_t)path->slot;
    return 0;
}

static uint32_t table_size(uint32_t key_count)
{
    uint32_t size = 2;
    while (size < key_count * 4)
        size *= 2;
    return size;
}

static int allocate(struct json_projection *projection, const struct draft *draft,
                    struct error *error)
{
    size_t entries = 0, key_bytes = 1;
    for (uint32_t i = 0; i < draft->count; i++) {
        entries += table_size(draft->nodes[i].key_count);
        key_bytes += draft->nodes[i].key.length;
    }
    projection->node_count = draft->count;
    projection->nodes = calloc(draft->count, sizeof *projection->nodes);
    projection->entries = calloc(entries, sizeof *projection->entries);
    projection->keys = malloc(key_bytes);
    /* A slot is listed once at each node above it. */
    projection->subtree_slots =
        calloc((size_t)draft->count * (LIMIT_PROJECTION_KEYS + 1), sizeof(uint16_t));
    return projection->nodes && projection->entries && projection->keys &&
                   projection->subtree_slots
               ? 0
               : out_of_memory(error);
}

static void insert_key(struct json_projection *projection,
                       const struct projection_node *node, struct slice text,
                       uint32_t child)
{
    struct projection_entry *table = projection->entries + node->first_entry;
    const struct projection_key key = projection_key(text);
    uint32_t at = projection_hash(&key) & node->entry_mask;
    while (table[at].child)
        at = (at + 1) & node->entry_mask;
    table[at] = (struct projection_entry){key, child};
}

static void fill_nodes(struct json_projection *projection, const struct draft *draft)
{
    uint32_t entry = 0;
    char *text = projection->keys;
    for (uint32_t i = 0; i < draft->count; i++) {
        const struct draft_node *from = &draft->nodes[i];
        struct projection_node *node = &projection->nodes[i];
        node->first_entry = entry;
        node->entry_mask = table_size(from->key_count) - 1;
        node->key_count = from->key_count;
        node->elements = from->elements;
        node->slot = from->slot;
        entry += node->entry_mask + 1;
        for (uint32_t child = from->child; child; child = draft->nodes[child].next) {
            struct slice key = draft->nodes[child].key;
            memcpy(text, key.data, key.length);
            insert_key(projection, node, (struct slice){text, key.length}, child);
            text += key.length;
        }
    }
}

/* Depth is bounded by LIMIT_PROJECTION_KEYS. */
static uint16_t *list_slots(struct json_projection *projection,
                            const struct draft *draft, uint32_t index, uint16_t *out)
{
    const struct draft_node *node = &draft->nodes[index];
    if (node->slot != PROJECTION_NO_SLOT)
        *out++ = node->slot;
    if (node->elements)
        out = list_slots(projection, draft, node->elements, out);
    for (uint32_t child = node->child; child; child = draft->nodes[child].next)
        out = list_slots(projection, draft, child, out);
    return out;
}

static void fill_slots(struct json_projection *projection, const struct draft *draft)
{
    uint16_t *out = projection->subtree_slots;
    for (uint32_t i = 0; i < draft->count; i++) {
        uint16_t *next = list_slots(projection, draft, i, out);
        projection->nodes[i].first_slot = (uint32_t)(out - projection->subtree_slots);
        projection->nodes[i].slot_count = (uint32_t)(next - out);
        out = next;
    }
}

static int build(struct json_projection *projection, struct draft *draft,
                 const struct json_path *paths, size_t count, struct error *error)
{
    draft_add(draft, SLICE_NONE);
    for (size_t i = 0; i < count; i++) {
        if (draft_path(draft, &paths[i], projection->slot_count, error))
            return -1;
    }
    if (allocate(projection, draft, error))
        return -1;
    fill_nodes(projection, draft);
    fill_slots(projection, draft);
    return 0;
}

struct json_projection *json_projection_new(const struct json_path *paths, size_t count,
                                            unsigned slot_count, struct error *error)
{
    if (slot_count > LIMIT_PROJECTION_SLOTS) {
        error_set(error, ERROR_LIMIT, "too many JSON slots");
        return NULL;
    }
    struct draft draft = {.room = LIMIT_PROJECTION_NODES};
    draft.nodes = calloc(draft.room, sizeof *draft.nodes);
    struct json_projection *projection = calloc(1, sizeof *projection);
    int failed = !draft.nodes || !projection ? out_of_memory(error) : 0;
    if (!failed) {
        projection->slot_count = slot_count;
        failed = build(projection, &draft, paths, count, error);
    }
    free(draft.nodes);
    if (failed) {
        json_projection_free(projection);
        return NULL;
    }
    return projection;
}

void json_projection_free(struct json_projection *projection)
{
    if (!projection)
        return;
    free(projection->nodes);
    free(projection->entries);
    free(projection->subtree_slots);
    free(projection->keys);
    free(projection);
}

unsigned json_projection_slot_count(const struct json_projection *projection)
{
    return projection->slot_count;
}
