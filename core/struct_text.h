/*
 * struct_text.h - what query engines print for a struct, a map or a list.
 *
 * Hive, Athena and Java write `{type=AssumedRole, arn=arn:.., sessioncontext={
 * attributes={mfaauthenticated=false}}}` and `[{arn=.., type=..}]`: keys and values
 * without quotes, so that a value ends where `, key=` or the closing bracket follows.
 * A value that holds such a text itself is cut there; nothing can tell.  A value that
 * is JSON stays one text.  The word null is nothing.
 */
#ifndef CORE_STRUCT_TEXT_H
#define CORE_STRUCT_TEXT_H

#include <jansson.h>

#include "core/slice.h"

enum { LIMIT_STRUCT_DEPTH = 32 };

/* The same as a tree, the caller's: json_decref.  NULL where it is no such text, or its
 * brackets do not match. */
json_t *struct_text_parse(struct slice text);

#endif
