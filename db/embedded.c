#include "config.h"

#include "db/embedded.h"

#include <stdlib.h>

#include <zlib.h>

#include "db/statement.h"

enum { CHUNK_BYTES_MAX = 1024 * 1024 };

/* Unpacks the chunk under the cursor into `room`; false: it is damaged. */
static bool unpack(sqlite3_stmt *row, unsigned char *room, size_t *length)
{
    int64_t stated = sqlite3_column_int64(row, 1);
    const void *data = sqlite3_column_blob(row, 2);
    uLongf made = CHUNK_BYTES_MAX;
    if (stated < 0 || stated > CHUNK_BYTES_MAX || !data ||
        uncompress(room, &made, data, (uLong)sqlite3_column_bytes(row, 2)) != Z_OK ||
        (int64_t)made != stated)
        return false;
    *length = made;
    return true;
}

/* The bytes from `offset` on that one chunk has. 0: no chunk has this byte. */
static int read_chunk(struct case_file *handle, sqlite3_stmt *select, int64_t source,
                      uint64_t offset, char *to, size_t length, unsigned char *room,
                      size_t *got, struct error *error)
{
    *got = 0;
    sqlite3_bind_int64(select, 1, source);
    sqlite3_bind_int64(select, 2, (int64_t)offset);
    int code = sqlite3_step(select), result = 0;
    if (code == SQLITE_ROW) {
        size_t have;
        uint64_t begin = (uint64_t)sqlite3_column_int64(select, 0);
        if (!unpack(select, room, &have)) {
            result = error_set(error, ERROR_CASE,
                               "the embedded bytes of a source are damaged at %llu",
                               (unsigned long long)begin);
        } else if (begin + have > offset) {
            size_t from = (size_t)(offset - begin);
            *got = have - from < length ? have - from : length;
            memcpy(to, room + from, *got);
        }
    } else if (code != SQLITE_DONE) {
        result = case_error(handle, "reading embedded bytes", error);
    }
    sqlite3_reset(select);
    return result;
}

int embedded_read(struct case_file *handle, int64_t source, uint64_t offset, char *to,
                  size_t length, size_t *got, struct error *error)
{
    /* Of chunks that overlap here, the one that reaches furthest. */
    static const char sql[] =
        "SELECT offset, length, data FROM embedded WHERE source = ?1 AND offset <= ?2"
        " AND offset + length > ?2 ORDER BY offset DESC LIMIT 1";
    sqlite3_stmt *select = statement_prepare(handle, slice_from(sql), error);
    unsigned char *room = malloc(CHUNK_BYTES_MAX);
    int result = 0;
    *got = 0;
    if (!select || !room) {
        sqlite3_finalize(select);
        free(room);
        return select ? error_set(error, ERROR_MEMORY, "out of memory") : -1;
    }
    size_t part = 1;
    while (!result && part && *got < length) {
        result = read_chunk(handle, select, source, offset + *got, to + *got,
                            length - *got, room, &part, error);
        *got += part;
    }
    sqlite3_finalize(select);
    free(room);
    return result;
}
