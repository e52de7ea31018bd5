#include "config.h"

#include "db/source_index.h"

#include <stdlib.h>
#include <string.h>

struct source_entry {
    uint64_t key;
    struct store_source *source;
    uint32_t next; /* place plus one, as in heads */
};

/* FNV-1a, 64 bits. `seed` tells the kinds of keys apart. */
static uint64_t key_of(uint64_t seed, const void *data, size_t length)
{
    const unsigned char *bytes = data;
    uint64_t key = UINT64_C(0xcbf29ce484222325) ^ seed;
    for (size_t i = 0; i < length; i++)
        key = (key ^ bytes[i]) * UINT64_C(0x100000001b3);
    return key;
}

uint64_t source_key_id(int64_t id)
{
    return key_of(1, &id, sizeof id);
}

uint64_t source_key_size(uint64_t bytes)
{
    return key_of(2, &bytes, sizeof bytes);
}

uint64_t source_key_path(const char *path, const char *member)
{
    return key_of(key_of(3, path, strlen(path)), member, strlen(member));
}

uint64_t source_key_hash(const char *sha256)
{
    return key_of(4, sha256, strlen(sha256));
}

uint64_t source_key_head(int64_t head)
{
    return key_of(5, &head, sizeof head);
}

uint64_t source_key_unpacked(uint64_t unpacked, bool packed)
{
    return key_of(packed ? 5 : 6, &unpacked, sizeof unpacked);
}

uint64_t source_key_content(uint64_t unpacked, uint32_t crc32)
{
    return key_of(key_of(7, &unpacked, sizeof unpacked), &crc32, sizeof crc32);
}

static size_t head_of(uint64_t key)
{
    return (key ^ key >> 32) % SOURCE_INDEX_HEADS;
}

int source_index_add(struct source_index *index, uint64_t key,
                     struct store_source *source)
{
    if (index->count == index->room) {
        size_t room = index->room ? 2 * index->room : 256;
        struct source_entry *entries = realloc(index->entries, room * sizeof *entries);
        if (!entries)
            return -1;
        index->entries = entries;
        index->room = room;
    }
    uint32_t *head = &index->heads[head_of(key)];
    index->entries[index->count] = (struct source_entry){key, source, *head};
    *head = (uint32_t)++index->count;
    return 0;
}

struct store_source *source_index_next(const struct source_index *index, uint64_t key,
                                       uint32_t *place)
{
    uint32_t at = *place ? index->entries[*place - 1].next : index->heads[head_of(key)];
    while (at && index->entries[at - 1].key != key)
        at = index->entries[at - 1].next;
    *place = at;
    return at ? index->entries[at - 1].source : NULL;
}

void source_index_clear(struct source_index *index)
{
    index->count = 0;
    memset(index->heads, 0, sizeof index->heads);
}

void source_index_fini(struct source_index *index)
{
    free(index->entries);
    *index = (struct source_index){0};
}
