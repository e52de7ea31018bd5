/*
 * pack.h - zlib streams and CRC-32, with libdeflate where it is built in.
 *
 * A packer belongs to one thread at a time and is reused: setting one up costs more
 * than packing a column.
 */
#ifndef DB_PACK_H
#define DB_PACK_H

#include "core/arena.h"

struct packer;

struct packer *packer_new(void);
void packer_free(struct packer *packer);

/* A zlib stream of `bytes` in the arena, or absent where that is not smaller (or there
 * is no memory): then store the bytes themselves. */
struct slice pack(struct packer *packer, struct slice bytes, struct arena *arena);
/* The same whatever its size; absent only where there is no memory. */
struct slice pack_always(struct packer *packer, struct slice bytes,
                         struct arena *arena);
/* Fills exactly `size` bytes of out; false where the stream is not of that size. */
bool unpack(struct slice packed, void *out, size_t size);
uint32_t pack_crc32(struct slice bytes);

#endif
