/*
 * json_walk.h - steps over the members of an object or the elements of an array.
 *
 * For text that json_scan has found well formed; nothing is checked, copied or decoded.
 * Each step passes over one value, so walking a document visits its bytes once for each
 * level that is entered.
 */
#ifndef CORE_JSON_WALK_H
#define CORE_JSON_WALK_H

#include "core/json_scan.h"

struct json_walk {
    const char *at, *end;
};

/* At the first member or element of a container with its brackets. */
struct json_walk json_walk_into(struct slice container);
/* False at the end. */
bool json_walk_element(struct json_walk *walk, struct json_slot *value);
/* key: without its quotes, escapes not decoded. */
bool json_walk_member(struct json_walk *walk, struct slice *key,
                      struct json_slot *value);

/* The text of a value as it stands in the document: a string with its quotes. */
struct slice json_walk_text(const struct json_slot *value);

#endif
