/*
 * yaml_tree.h - YAML text as a tree of maps, lists and scalars.
 *
 * Built from libyaml's events, so that the limits hold while reading: rule files
 * may come from anywhere.  Anchors, aliases and tags are refused altogether: no
 * rule needs them, and aliases multiply (a "billion laughs").  Keys are scalars and
 * differ within one map.
 *
 * The nodes and their texts live in the arena.  Thread-safe.
 */
#ifndef CORE_YAML_TREE_H
#define CORE_YAML_TREE_H

#include "core/arena.h"

enum tree_kind { TREE_SCALAR, TREE_LIST, TREE_MAP };

struct tree_node {
    enum tree_kind kind;
    bool plain;       /* a scalar without quotes: null, true and numbers are such */
    unsigned line;    /* 1-based */
    struct slice key; /* in a map: the entry's key, else absent */
    struct slice text;
    size_t count; /* of children */
    struct tree_node *first, *last, *next;
};

struct tree_fault {
    unsigned line;
    const char *message; /* static text */
    bool limit;          /* a named limit was met */
    bool memory;
};

/* The documents, linked by next; *documents is NULL where the text has none. */
int yaml_tree_read(struct arena *arena, struct slice text, struct tree_node **documents,
                   struct tree_fault *fault);

/* The entry of a map, or NULL. */
const struct tree_node *tree_entry(const struct tree_node *map, const char *key);
/* An unquoted scalar that stands for nothing: empty, ~, null. */
bool tree_is_null(const struct tree_node *node);
/* An unquoted true or false; false is returned for anything else. */
bool tree_boolean(const struct tree_node *node, bool *value);

#endif
