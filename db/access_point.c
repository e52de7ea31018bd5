#include "config.h"

#include "db/access_point.h"

#include "db/pack.h"
#include "db/statement.h"

/* A point that is damaged is none: the source can be read from its beginning. */
static bool take_row(sqlite3_stmt *row, struct access_point *out)
{
    out->offset = statement_count(row, 0);
    out->bit = statement_count(row, 1);
    struct slice packed = {sqlite3_column_blob(row, 2),
                           (size_t)sqlite3_column_bytes(row, 2)};
    return packed.data && unpack(packed, out->window, sizeof out->window);
}

int access_point_find(struct case_file *handle, int64_t source, uint64_t offset,
                      struct access_point *out, struct error *error)
{
    static const char sql[] =
        "SELECT offset, bit, window FROM access_point"
        " WHERE source = ? AND offset <= ? ORDER BY offset DESC LIMIT 1";
    sqlite3_stmt *select = statement_prepare(handle, slice_from(sql), error);
    if (!select)
        return -1;
    sqlite3_bind_int64(select, 1, source);
    sqlite3_bind_int64(select, 2, (int64_t)offset);
    int code = sqlite3_step(select);
    int found = code == SQLITE_ROW && take_row(select, out);
    return statement_end(handle, select, code, "reading an access point", error)
               ? -1
               : found;
}
