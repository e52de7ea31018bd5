#include "config.h"

#include "db/raw_portions.h"

#include <stdlib.h>
#include <string.h>

#include "db/statement.h"

static int add_wanted(struct raw_portions *portions, sqlite3_stmt *row,
                      struct arena *arena)
{
    if (!(portions->count & (portions->count + 1))) {
        size_t room = 2 * (portions->count + 1);
        void *more = realloc(portions->wanted, room * sizeof *portions->wanted);
        if (!more)
            return -1;
        portions->wanted = more;
    }
    uint64_t plain = statement_count(row, 4);
    size_t pieces = plain ? (size_t)((plain - 1) / RAW_PIECE_BYTES) + 1 : 1;
    /* statement_text ends its texts with a NUL. */
    const struct raw_wanted wanted = {
        .source = sqlite3_column_int64(row, 0),
        .path = statement_text(row, 1, arena).data,
        .member = statement_text(row, 2, arena).data,
        .embedded = sqlite3_column_int(row, 3) != 0,
        .pieces = pieces,
        .unread = pieces,
    };
    if (!wanted.path || !wanted.member)
        return -1;
    portions->wanted[portions->count++] = wanted;
    return 0;
}

int raw_portions_init(struct raw_portions *portions, struct case_file *handle,
                      struct arena *arena, struct error *error)
{
    static const char sql[] =
        "SELECT id, path, member, embedded,"
        " iif(packing = '' AND member = '' AND NOT embedded, unpacked_bytes, 0)"
        " FROM source WHERE records > 0 AND doubled = 0 ORDER BY path, member, id";
    *portions = (struct raw_portions){.count = 0};
    pthread_mutex_init(&portions->lock, NULL);
    sqlite3_stmt *rows = statement_prepare(handle, slice_from(sql), error);
    int code = SQLITE_DONE;
    bool room = true;
    if (!rows)
        return -1;
    while (room && (code = sqlite3_step(rows)) == SQLITE_ROW)
        room = !add_wanted(portions, rows, arena);
    if (statement_end(handle, rows, code, "listing the sources", error))
        return -1;
    return room ? 0 : error_set(error, ERROR_MEMORY, "no memory for the sources");
}

void raw_portions_fini(struct raw_portions *portions)
{
    pthread_mutex_destroy(&portions->lock);
    free(portions->wanted);
}

static bool same_file(const struct raw_wanted *a, const struct raw_wanted *b)
{
    return !a->embedded && !b->embedded && !strcmp(a->path, b->path);
}

/* How many sources the next file has; 0: there is none. */
static size_t next_file(struct raw_portions *portions)
{
    const struct raw_wanted *wanted = portions->wanted;
    size_t count = 0;
    while (portions->next < portions->count && wanted[portions->next].embedded)
        portions->next++;
    while (portions->next + count < portions->count &&
           same_file(&wanted[portions->next], &wanted[portions->next + count]))
        count++;
    return count;
}

bool raw_portions_take(struct raw_portions *portions, struct raw_portion *out)
{
    pthread_mutex_lock(&portions->lock);
    size_t count = next_file(portions);
    *out = (struct raw_portion){
        .first = portions->wanted + portions->next,
        .count = count,
        .from = portions->piece * (uint64_t)RAW_PIECE_BYTES,
        .to = INT64_MAX,
    };
    if (count && portions->piece + 1 < out->first->pieces) {
        out->to = out->from + RAW_PIECE_BYTES;
        portions->piece++;
    } else {
        out->ends = count;
        portions->next += count;
        portions->piece = 0;
    }
    pthread_mutex_unlock(&portions->lock);
    return count > 0;
}

struct raw_wanted *raw_portion_member(const struct raw_portion *portion,
                                      const char *name)
{
    for (size_t i = 0; i < portion->count; i++)
        if (portion->first[i].unread && !strcmp(portion->first[i].member, name))
            return &portion->first[i];
    return NULL;
}

void raw_portions_read(struct raw_portions *portions, struct raw_wanted *wanted)
{
    pthread_mutex_lock(&portions->lock);
    wanted->unread--;
    pthread_mutex_unlock(&portions->lock);
}
