/*
 * gzip_whole.h - gzip data that is in memory, unpacked in one go.
 *
 * libdeflate is 2.1 times as fast as zlib's stream (performance.md section 2), but
 * gives nothing of what precedes damage: the caller streams then (unpack.h).  A build
 * without libdeflate always streams.
 */
#ifndef DB_GZIP_WHOLE_H
#define DB_GZIP_WHOLE_H

#include "core/slice.h"

struct gzip_whole;

struct gzip_content {
    size_t length;
    uint32_t crc32; /* of all that was unpacked */
    bool trailing;  /* bytes that are no padding follow the last member */
};

struct gzip_whole *gzip_whole_new(void);
void gzip_whole_free(struct gzip_whole *whole);

/* All members, into `to`. False: damaged, cut off, or larger than `room`. */
bool gzip_whole_unpack(struct gzip_whole *whole, struct slice packed, char *to,
                       size_t room, struct gzip_content *out);

/* The CRC-32 of gzip and zip, begun with 0. */
uint32_t gzip_crc32(uint32_t crc, struct slice bytes);

#endif
