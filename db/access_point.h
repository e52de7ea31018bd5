/*
 * access_point.h - where reading a large gzip source can begin besides its start.
 *
 * Deflate (RFC 1951) is read from its beginning, but where a block ends, the last 32 KB
 * of what came out are all that a decoder must know to go on.  Such points are noted
 * while a source is loaded (unpack.h) and kept in the case, so that a record in its
 * middle is opened in milliseconds.  They say nothing about the content: whether the
 * file is as it was is source_check.h's to judge.
 */
#ifndef DB_ACCESS_POINT_H
#define DB_ACCESS_POINT_H

#include "db/case.h"

enum {
    ACCESS_WINDOW_BYTES = 32 * 1024, /* as far as a copy may reach back */
    /* Unpacked bytes between two points: zlib reads them in 20 ms, and a point of a log
     * takes 4 to 8 KB of the case. */
    ACCESS_SPACING = 8 * 1024 * 1024,
};

struct access_point {
    uint64_t offset;                  /* in the unpacked bytes; 0: no point */
    uint64_t bit;                     /* of the file, where the block begins */
    char window[ACCESS_WINDOW_BYTES]; /* what was unpacked before it */
};

/* The last point of the source at `offset` or before it. 1: found, 0: there is none. */
int access_point_find(struct case_file *handle, int64_t source, uint64_t offset,
                      struct access_point *out, struct error *error);

#endif
