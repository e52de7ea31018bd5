#include "config.h"

#include "db/doubled.h"

#include <stdlib.h>

static int failed(sqlite3 *db, struct error *error)
{
    if (sqlite3_errcode(db) == SQLITE_INTERRUPT)
        return error_set(error, ERROR_INTERRUPTED, "stopped");
    return error_set(error, ERROR_CASE, "%s", sqlite3_errmsg(db));
}

static int add(struct doubled *doubled, int64_t id, struct error *error)
{
    if (doubled->count == doubled->room) {
        size_t room = doubled->room ? 2 * doubled->room : 16;
        void *more = realloc(doubled->ids, room * sizeof *doubled->ids);
        if (!more)
            return error_set(error, ERROR_MEMORY, "out of memory");
        doubled->ids = more;
        doubled->room = room;
    }
    doubled->ids[doubled->count++] = id;
    return 0;
}

int doubled_read(struct doubled *doubled, sqlite3 *db, struct error *error)
{
    sqlite3_stmt *select = NULL;
    doubled->count = 0;
    if (sqlite3_prepare_v2(db, "SELECT id FROM source WHERE doubled ORDER BY id", -1,
                           &select, NULL))
        return failed(db, error);
    int code, result = 0;
    while (!result && (code = sqlite3_step(select)) == SQLITE_ROW)
        result = add(doubled, sqlite3_column_int64(select, 0), error);
    if (!result && code != SQLITE_DONE)
        result = failed(db, error);
    sqlite3_finalize(select);
    return result;
}

bool doubled_has(const struct doubled *doubled, int64_t source)
{
    size_t low = 0, high = doubled->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (doubled->ids[middle] < source)
            low = middle + 1;
        else
            high = middle;
    }
    return low < doubled->count && doubled->ids[low] == source;
}

void doubled_free(struct doubled *doubled)
{
    free(doubled->ids);
    *doubled = (struct doubled){0};
}
