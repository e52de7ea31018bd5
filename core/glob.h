/*
 * glob.h - the one pattern of filters and approvals: `*` stands for any bytes, ASCII
 * case is ignored, and there is no escape.
 */
#ifndef CORE_GLOB_H
#define CORE_GLOB_H

#include <stdbool.h>

#include "core/slice.h"

/* The whole text, in time linear in it for each `*`, without recursion. */
bool glob_match(struct slice pattern, struct slice text);

#endif
