#include "config.h"

#include "core/arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { CHUNK_BYTES = 64 * 1024 };

struct arena_chunk {
    struct arena_chunk *next;
    size_t size, used;
    max_align_t data[];
};

void arena_init(struct arena *arena)
{
    arena->first = arena->current = NULL;
}

void arena_fini(struct arena *arena)
{
    struct arena_chunk *chunk = arena->first;
    while (chunk) {
        struct arena_chunk *next = chunk->next;
        free(chunk);
        chunk = next;
    }
    arena_init(arena);
}

void arena_reset(struct arena *arena)
{
    arena->current = arena->first;
    if (arena->current)
        arena->current->used = 0;
}

static struct arena_chunk *add_chunk(struct arena *arena, size_t size)
{
    size_t room = size > CHUNK_BYTES ? size : CHUNK_BYTES;
    struct arena_chunk *chunk = malloc(sizeof *chunk + room);
    if (!chunk)
        return NULL;
    chunk->size = room;
    chunk->used = 0;
    if (arena->current) {
        chunk->next = arena->current->next;
        arena->current->next = chunk;
    } else {
        chunk->next = NULL;
        arena->first = chunk;
    }
    arena->current = chunk;
    return chunk;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    const size_t align = sizeof(max_align_t);
    if (size > SIZE_MAX / 2)
        return NULL;
    size = (size + align - 1) / align * align;
    struct arena_chunk *chunk = arena->current;
    while (chunk && chunk->size - chunk->used < size) {
        chunk = chunk->next;
        if (chunk) {
            chunk->used = 0;
            arena->current = chunk;
        }
    }
    if (!chunk && !(chunk = add_chunk(arena, size)))
        return NULL;
    void *memory = (char *)chunk->data + chunk->used;
    chunk->used += size;
    return memory;
}

struct slice arena_join(struct arena *arena, const struct slice *parts, size_t count)
{
    size_t total = 0;
    for (size_t i = 0; i < count; i++)
        total += parts[i].length;
    char *text = arena_alloc(arena, total + 1);
    if (!text)
        return SLICE_NONE;
    size_t at = 0;
    for (size_t i = 0; i < count; i++) {
        if (parts[i].length)
            memcpy(text + at, parts[i].data, parts[i].length);
        at += parts[i].length;
    }
    text[at] = '\0';
    return (struct slice){text, total};
}

struct slice arena_copy(struct arena *arena, struct slice s)
{
    return slice_present(s) ? arena_join(arena, &s, 1) : SLICE_NONE;
}

struct slice arena_printf(struct arena *arena, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (length < 0)
        return SLICE_NONE;
    char *text = arena_alloc(arena, (size_t)length + 1);
    if (!text)
        return SLICE_NONE;
    va_start(arguments, format);
    vsnprintf(text, (size_t)length + 1, format, arguments);
    va_end(arguments);
    return (struct slice){text, (size_t)length};
}
