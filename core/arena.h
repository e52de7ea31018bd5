/*
 * arena.h - memory that is freed all at once.
 *
 * Used for what lives as long as one record or one frame.  Chunks are kept by
 * arena_reset, so a steady loop allocates nothing.  Not shared between threads.
 * Allocation failure returns NULL (or an absent slice), never exits.
 */
#ifndef CORE_ARENA_H
#define CORE_ARENA_H

#include "core/slice.h"

struct arena_chunk;

struct arena {
    struct arena_chunk *first;
    struct arena_chunk *current;
};

void arena_init(struct arena *arena);
void arena_fini(struct arena *arena);
/* Everything handed out becomes invalid; the chunks stay. */
void arena_reset(struct arena *arena);

/* Aligned for any type. */
void *arena_alloc(struct arena *arena, size_t size);
/* A copy of s, followed by a NUL that length does not count. */
struct slice arena_copy(struct arena *arena, struct slice s);
struct slice arena_printf(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* The concatenation of `count` slices. */
struct slice arena_join(struct arena *arena, const struct slice *parts, size_t count);

#endif
