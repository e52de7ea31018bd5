/*
 * source_index.h - the sources that a load is at or ended since the last commit, by
 * what is asked for: id, path, size, hash.  A load of many small files ends thousands
 * between two commits, and asks for each file whether one of them is the same.
 *
 * Used under the store's mutex.  Sources are borrowed; whoever frees one clears first.
 */
#ifndef DB_SOURCE_INDEX_H
#define DB_SOURCE_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct store_source;

enum { SOURCE_INDEX_HEADS = 4096 };

struct source_index {
    struct source_entry *entries;
    size_t count, room;
    uint32_t heads[SOURCE_INDEX_HEADS]; /* place in entries plus one; 0: none */
};

/* What a source can be found by. Different keys may collide: compare what is found. */
uint64_t source_key_id(int64_t id);
uint64_t source_key_size(uint64_t bytes);
uint64_t source_key_path(const char *path, const char *member);
uint64_t source_key_hash(const char *sha256);
/* By its unpacked bytes, apart for sources that are packed and that are not. */
uint64_t source_key_unpacked(uint64_t unpacked, bool packed);
uint64_t source_key_content(uint64_t unpacked, uint32_t crc32);
uint64_t source_key_head(int64_t head);

/* -1: no memory. */
int source_index_add(struct source_index *index, uint64_t key,
                     struct store_source *source);
/* The sources under a key, the last added first; *place begins at 0. NULL: no more. */
struct store_source *source_index_next(const struct source_index *index, uint64_t key,
                                       uint32_t *place);
void source_index_clear(struct source_index *index);
void source_index_fini(struct source_index *index);

#endif
