#include "config.h"

#include "db/seen.h"

#include <stdio.h>

#include "db/event_scan.h"
#include "db/statement.h"

/* The last event of a triple of codes within one segment. */
struct last_seen {
    int64_t provider, time_us;
    uint32_t account, region;
};

/* Triples of one segment that are kept before they are written, each in the place that
 * its codes give it; of two with one place the older is written.  A segment of 400
 * devices costs 400 writes, not one an event, which took a quarter of a load. */
enum { KEPT_BITS = 11, KEPT = 1 << KEPT_BITS };

enum { NO_PROVIDER = -1 };

struct seen {
    struct event_scan scan;
    sqlite3_stmt *write;
    struct last_seen kept[KEPT]; /* NO_PROVIDER: free */
};

static int write_one(struct seen *seen, const struct last_seen *last,
                     struct error *error)
{
    struct slice account, region;
    struct arena arena;
    arena_init(&arena);
    int result = event_scan_text(&seen->scan, FIELD_ACCOUNT, last->account, &arena,
                                 &account, error) ||
                 event_scan_text(&seen->scan, FIELD_REGION, last->region, &arena,
                                 &region, error);
    if (!result) {
        sqlite3_bind_int64(seen->write, 1, last->provider);
        statement_bind_text(seen->write, 2, account.length ? account : SLICE(""));
        statement_bind_text(seen->write, 3, region.length ? region : SLICE(""));
        sqlite3_bind_int64(seen->write, 4, last->time_us);
        int code = sqlite3_step(seen->write);
        sqlite3_reset(seen->write);
        if (code != SQLITE_DONE)
            result = error_set(error, ERROR_CASE, "noting what is logged: %s",
                               sqlite3_errmsg(seen->scan.reader.db));
    }
    arena_fini(&arena);
    return result ? -1 : 0;
}

static bool same(const struct last_seen *a, const struct last_seen *b)
{
    return a->provider == b->provider && a->account == b->account &&
           a->region == b->region;
}

static size_t place_of(const struct last_seen *event)
{
    uint64_t mixed = event->account * UINT64_C(0x9e3779b97f4a7c15) +
                     event->region * UINT64_C(0xd6e8feb86659fd93) +
                     (uint64_t)event->provider;
    return mixed * UINT64_C(0x9e3779b97f4a7c15) >> (64 - KEPT_BITS);
}

static int write_kept(struct seen *seen, struct last_seen *kept, struct error *error)
{
    if (kept->provider != NO_PROVIDER && write_one(seen, kept, error))
        return -1;
    kept->provider = NO_PROVIDER;
    return 0;
}

static int note(struct seen *seen, const struct last_seen *event, struct error *error)
{
    struct last_seen *kept = &seen->kept[place_of(event)];
    if (!same(kept, event)) {
        if (write_kept(seen, kept, error))
            return -1;
        *kept = *event;
    } else if (event->time_us > kept->time_us) {
        kept->time_us = event->time_us;
    }
    return 0;
}

static int take_segment(struct seen *seen, struct error *error)
{
    const struct segment_values *providers, *accounts, *regions, *times;
    struct event_scan *scan = &seen->scan;
    if (event_scan_column(scan, COLUMN_PROVIDER, &providers, error) ||
        event_scan_column(scan, COLUMN_TIME, &times, error) ||
        event_scan_field(scan, FIELD_ACCOUNT, &accounts, error) ||
        event_scan_field(scan, FIELD_REGION, &regions, error))
        return -1;
    struct last_seen run = {.provider = NO_PROVIDER};
    for (uint32_t i = 0; i < times->count; i++) {
        struct last_seen event = {providers->numbers[i], times->numbers[i],
                                  accounts->codes[i], regions->codes[i]};
        if (same(&run, &event) && event.time_us <= run.time_us)
            continue;
        run = event;
        if (note(seen, &event, error))
            return -1;
    }
    for (size_t i = 0; i < KEPT; i++) {
        if (write_kept(seen, &seen->kept[i], error))
            return -1;
    }
    return 0;
}

static int64_t first_segment(struct case_file *handle)
{
    sqlite3_stmt *select = NULL;
    int64_t id = 0;
    if (!sqlite3_prepare_v2(handle->db,
                            "SELECT CAST(value AS INTEGER) FROM meta"
                            " WHERE key = 'seen_segment'",
                            -1, &select, NULL) &&
        sqlite3_step(select) == SQLITE_ROW)
        id = sqlite3_column_int64(select, 0);
    sqlite3_finalize(select);
    return id;
}

static int keep_last(struct case_file *handle, int64_t segment, struct error *error)
{
    sqlite3_stmt *write = statement_prepare(
        handle, SLICE("INSERT OR REPLACE INTO meta VALUES('seen_segment', ?)"), error);
    if (!write)
        return -1;
    char text[24];
    int length = snprintf(text, sizeof text, "%lld", (long long)segment);
    statement_bind_text(write, 1, (struct slice){text, (size_t)length});
    return statement_end(handle, write, sqlite3_step(write), "noting what is logged",
                         error);
}

int seen_refresh(struct case_file *handle, struct error *error)
{
    static const char sql[] =
        "INSERT INTO seen VALUES(?, ?, ?, ?) ON CONFLICT DO UPDATE"
        " SET last_us = excluded.last_us WHERE excluded.last_us > last_us";
    struct seen seen = {.write = statement_prepare(handle, slice_from(sql), error)};
    if (!seen.write)
        return -1;
    for (size_t i = 0; i < KEPT; i++)
        seen.kept[i].provider = NO_PROVIDER;
    int64_t from = first_segment(handle), last = from;
    int result = event_scan_begin(&seen.scan, handle, INT64_MIN, INT64_MAX, error);
    int next = 0;
    while (!result && (next = event_scan_next(&seen.scan, error)) > 0) {
        if (seen.scan.segment.id < from)
            continue;
        last = seen.scan.segment.id;
        result = take_segment(&seen, error);
    }
    event_scan_end(&seen.scan);
    sqlite3_finalize(seen.write);
    if (result || next < 0)
        return -1;
    return last == from ? 0 : keep_last(handle, last, error);
}
