/*
 * embedded.h - reads back the input bytes that a case keeps of a source.
 *
 * They are chunks of the unpacked stream (schema.c).  Chunks of a load that was resumed
 * may overlap; where they do, they hold the same bytes.
 */
#ifndef DB_EMBEDDED_H
#define DB_EMBEDDED_H

#include "db/case.h"

/*
 * Copies up to `length` bytes from `offset` on to `to`; *got of them are there.  -1:
 * the case cannot be read, or a chunk is damaged.
 */
int embedded_read(struct case_file *handle, int64_t source, uint64_t offset, char *to,
                  size_t length, size_t *got, struct error *error);

#endif
