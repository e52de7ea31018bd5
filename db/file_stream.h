/*
 * file_stream.h - the bytes of a regular file as the lowest layer of a byte_stream.
 */
#ifndef DB_FILE_STREAM_H
#define DB_FILE_STREAM_H

#include "db/byte_stream.h"

/*
 * The first `size` bytes of the file: what it gains meanwhile belongs to the next load.
 * The descriptor stays the caller's.  consumed: borrowed; set to the end of what was
 * read so far. NULL: no memory.
 */
struct byte_stream *file_stream_new(int descriptor, uint64_t size, uint64_t *consumed);

#endif
