/*
 * json_tree.h - a whole record as a jansson tree, for what happens seldom: marked
 * records and records in a shape that has to be rewritten.
 *
 * jansson refuses what the scanner keeps as evidence: invalid UTF-8, lone
 * surrogates, NUL, numbers beyond 64 bits.  The tree has U+FFFD for the former and
 * every number as a string, so that no id passes through a double.
 *
 * A tree is the caller's: json_decref.  The parser bounds the depth
 * (JSON_PARSER_MAX_DEPTH, 2,048).
 */
#ifndef CORE_JSON_TREE_H
#define CORE_JSON_TREE_H

#include <jansson.h>

#include "core/slice.h"

/* NULL where the text does not begin with JSON, or without memory. */
json_t *json_tree_parse(struct slice text);

/* The tree that a string holds as text: NULL where the node is no string, or its text
 * does not look like an object or an array.  *text: it, trimmed; absent without a look.
 */
json_t *json_tree_inside(const json_t *node, struct slice *text);

/* A member of an object by its name: with its case first, then without.  NULL for
 * anything else. */
json_t *json_tree_member(json_t *object, struct slice key);

/* null, "", [] and {} say nothing, like an absent value. */
bool json_tree_is_empty(const json_t *node);

#endif
