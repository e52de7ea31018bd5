/*
 * leaf_reader.h - one of the records that the bytes of one place hold, as it was found
 * when they were read first.
 *
 * The bytes are framed and unfolded again (frame.h, unfold.h), and the records counted
 * as then.  What needs more than its own bytes to be an event, such as the row of a
 * table without its header, is not found: the bytes speak for themselves.
 *
 * Pure; one thread.
 */
#ifndef CORE_LEAF_READER_H
#define CORE_LEAF_READER_H

#include "core/arena.h"
#include "core/error.h"

struct leaf_reader;

struct leaf_reader *leaf_reader_new(struct error *error);
void leaf_reader_free(struct leaf_reader *reader);

/* The record of this number, decoded from its envelopes, in the arena; absent where
 * there is no such event. */
struct slice leaf_reader_find(struct leaf_reader *reader, struct slice bytes,
                              uint32_t leaf, struct arena *arena);

#endif
