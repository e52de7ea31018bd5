#include "config.h"

#include "db/query_event.h"

#include "db/event_scan.h"
#include "db/statement.h"

static int read_row(struct case_file *handle, int64_t rowid, struct arena *arena,
                    struct event_row *out, struct error *error)
{
    struct event_scan scan;
    struct event_place place;
    int result = event_scan_begin(&scan, handle, INT64_MIN, INT64_MAX, error);
    if (!result)
        result = event_scan_place(&scan, rowid, &place, error);
    if (!result)
        result = event_scan_read(&scan, &place, 1, arena, out, error);
    event_scan_end(&scan);
    return result;
}

static int read_names(struct case_file *handle, struct arena *arena,
                      struct event_found *out, struct error *error)
{
    static const char sql[] =
        "SELECT s.sha256, r.operation FROM source AS s LEFT JOIN record AS r"
        " ON r.source = s.id AND r.offset = ?2 AND r.leaf = ?3 WHERE s.id = ?1";
    sqlite3_stmt *select = statement_prepare(handle, slice_from(sql), error);
    if (!select)
        return -1;
    sqlite3_bind_int64(select, 1, out->row.source);
    sqlite3_bind_int64(select, 2, (int64_t)out->row.place.offset);
    sqlite3_bind_int64(select, 3, out->row.place.leaf);
    int code = sqlite3_step(select);
    if (code == SQLITE_ROW) {
        out->sha256 = statement_text(select, 0, arena);
        out->operation = statement_text(select, 1, arena);
    }
    return statement_end(handle, select, code, "reading an event", error);
}

int query_event(struct case_file *handle, int64_t rowid, struct arena *arena,
                struct event_found *out, struct error *error)
{
    *out = (struct event_found){.sha256 = SLICE_NONE};
    if (read_row(handle, rowid, arena, &out->row, error) ||
        read_names(handle, arena, out, error))
        return -1;
    struct raw_reader *reader = raw_reader_new(handle, SOURCE_LOOK, error);
    if (!reader)
        return -1;
    int result = raw_reader_read(reader, out->row.source, &out->row.place, arena,
                                 &out->raw, error);
    raw_reader_free(reader);
    return result;
}
