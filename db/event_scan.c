#include "config.h"

#include "db/event_scan.h"

static int failed(struct event_scan *scan, struct error *error)
{
    if (sqlite3_errcode(scan->reader.db) == SQLITE_INTERRUPT)
        return error_set(error, ERROR_INTERRUPTED, "stopped");
    return error_set(error, ERROR_CASE, "%s", sqlite3_errmsg(scan->reader.db));
}

int event_scan_begin(struct event_scan *scan, struct case_file *handle, int64_t from_us,
                     int64_t until_us, struct error *error)
{
    static const char segments[] =
        "SELECT id, events, (SELECT count(*) FROM segment) FROM segment"
        " WHERE (?1 AND ?2) OR (last_us >= ?3 AND first_us <= ?4) ORDER BY id";
    static const char code[] =
        "SELECT code FROM dictionary WHERE field = ? AND value = ? LIMIT 1";
    static const char value[] =
        "SELECT value FROM dictionary WHERE field = ? AND code = ?";
    *scan = (struct event_scan){.code = NULL};
    segment_reader_init(&scan->reader, handle->db);
    open_columns_init(&scan->segment);
    if (sqlite3_get_autocommit(handle->db)) {
        if (sqlite3_exec(handle->db, "BEGIN", NULL, NULL, NULL))
            return failed(scan, error);
        scan->reading = true;
    }
    if (sqlite3_prepare_v2(handle->db, segments, -1, &scan->segments, NULL) ||
        sqlite3_prepare_v2(handle->db, code, -1, &scan->code, NULL) ||
        sqlite3_prepare_v2(handle->db, value, -1, &scan->value, NULL))
        return failed(scan, error);
    sqlite3_bind_int(scan->segments, 1, from_us == INT64_MIN);
    sqlite3_bind_int(scan->segments, 2, until_us == INT64_MAX);
    sqlite3_bind_int64(scan->segments, 3, from_us);
    sqlite3_bind_int64(scan->segments, 4, until_us);
    return doubled_read(&scan->doubled, handle->db, error);
}

void event_scan_end(struct event_scan *scan)
{
    sqlite3_finalize(scan->segments);
    sqlite3_finalize(scan->code);
    sqlite3_finalize(scan->value);
    if (scan->reading) /* nothing was written */
        sqlite3_exec(scan->reader.db, "ROLLBACK", NULL, NULL, NULL);
    segment_reader_fini(&scan->reader);
    open_columns_fini(&scan->segment);
    doubled_free(&scan->doubled);
}

int event_scan_next(struct event_scan *scan, struct error *error)
{
    int code = sqlite3_step(scan->segments);
    if (code == SQLITE_DONE)
        return 0;
    if (code != SQLITE_ROW)
        return failed(scan, error);
    int64_t id = sqlite3_column_int64(scan->segments, 0);
    int64_t count = sqlite3_column_int64(scan->segments, 1);
    if (id < 1 || id > INT32_MAX || count < 0 || count > SEGMENT_EVENTS)
        return error_set(error, ERROR_CASE, "segment %lld is damaged: its size",
                         (long long)id);
    scan->segments_in_all = (uint64_t)sqlite3_column_int64(scan->segments, 2);
    open_columns_reset(&scan->segment, id, (uint32_t)count);
    return 1;
}

int event_scan_column(struct event_scan *scan, enum segment_column column,
                      const struct segment_values **out, struct error *error)
{
    struct error local = {.code = ERROR_NONE};
    if (!segment_reader_column(&scan->reader, &scan->segment, column, out, &local))
        return 0;
    if (local.code != ERROR_CASE)
        return error_set(error, local.code, "%s", local.message);
    return error_set(error, ERROR_CASE, "segment %lld: %.400s",
                     (long long)scan->segment.id, local.message);
}

int event_scan_field(struct event_scan *scan, int field,
                     const struct segment_values **out, struct error *error)
{
    return event_scan_column(scan, (enum segment_column)(COLUMN_TEXT + field), out,
                             error);
}

int event_scan_find(struct event_scan *scan, int field, struct slice text,
                    struct scan_value *out, struct error *error)
{
    *out = (struct scan_value){.field = field, .text = text};
    sqlite3_bind_int(scan->code, 1, segment_dictionary(field));
    sqlite3_bind_blob(scan->code, 2, text.data, (int)text.length, SQLITE_STATIC);
    int code = sqlite3_step(scan->code);
    if (code == SQLITE_ROW)
        out->code = (uint32_t)sqlite3_column_int64(scan->code, 0);
    int result = code == SQLITE_ROW || code == SQLITE_DONE ? 0 : failed(scan, error);
    sqlite3_reset(scan->code);
    return result;
}

uint32_t event_scan_code(const struct scan_value *value,
                         const struct segment_values *column)
{
    for (uint32_t i = 0; !value->code && i < column->own_count; i++) {
        if (slice_equal(column->own[i], value->text))
            return LIMIT_DICTIONARY_VALUES + 1 + i;
    }
    return value->code;
}

int event_scan_text(struct event_scan *scan, int field, uint32_t code,
                    struct arena *arena, struct slice *out, struct error *error)
{
    const struct segment_values *column;
    *out = SLICE_NONE;
    if (!code)
        return 0;
    if (code > LIMIT_DICTIONARY_VALUES) {
        if (event_scan_field(scan, field, &column, error))
            return -1;
        *out = arena_copy(arena, column->own[code - LIMIT_DICTIONARY_VALUES - 1]);
        return slice_present(*out) ? 0
                                   : error_set(error, ERROR_MEMORY, "out of memory");
    }
    sqlite3_bind_int(scan->value, 1, segment_dictionary(field));
    sqlite3_bind_int64(scan->value, 2, code);
    int step = sqlite3_step(scan->value), result = 0;
    if (step == SQLITE_ROW) {
        const char *data = sqlite3_column_blob(scan->value, 0);
        size_t length = (size_t)sqlite3_column_bytes(scan->value, 0);
        *out = arena_copy(arena, (struct slice){data ? data : "", length});
        if (!slice_present(*out))
            result = error_set(error, ERROR_MEMORY, "out of memory");
    } else {
        result = step == SQLITE_DONE
                     ? error_set(error, ERROR_CASE, "a code has no value")
                     : failed(scan, error);
    }
    sqlite3_reset(scan->value);
    return result;
}

static int number_at(struct event_scan *scan, enum segment_column column,
                     uint32_t place, int64_t *out, struct error *error)
{
    const struct segment_values *values;
    if (event_scan_column(scan, column, &values, error))
        return -1;
    *out = values->numbers[place];
    return 0;
}

int event_scan_event(struct event_scan *scan, uint32_t place, struct arena *arena,
                     struct event *out, struct error *error)
{
    const struct segment_values *codes;
    int64_t quality, provider, outcome;
    event_clear(out);
    if (number_at(scan, COLUMN_TIME, place, &out->time_us, error) ||
        number_at(scan, COLUMN_TIME_QUALITY, place, &quality, error) ||
        number_at(scan, COLUMN_PROVIDER, place, &provider, error) ||
        number_at(scan, COLUMN_OUTCOME, place, &outcome, error))
        return -1;
    out->time_quality = (enum time_quality)quality;
    out->provider = (enum provider)provider;
    out->outcome = (enum outcome)outcome;
    for (int field = 0; field < TEXT_COLUMN_COUNT; field++) {
        if (event_scan_field(scan, field, &codes, error) ||
            event_scan_text(scan, field, codes->codes[place], arena, &out->text[field],
                            error))
            return -1;
    }
    return 0;
}

/* --- events that were found ---------------------------------------------------- */

int event_place_order(const void *left, const void *right)
{
    const struct event_place *a = left, *b = right;
    bool a_dated = a->time_us != EVENT_TIME_NONE;
    if (a_dated != (b->time_us != EVENT_TIME_NONE))
        return a_dated ? -1 : 1;
    if (a->time_us != b->time_us)
        return a->time_us < b->time_us ? -1 : 1;
    if (a->segment != b->segment)
        return a->segment < b->segment ? -1 : 1;
    return (a->at > b->at) - (a->at < b->at);
}

int event_scan_place(struct event_scan *scan, int64_t rowid, struct event_place *out,
                     struct error *error)
{
    sqlite3_stmt *select = NULL;
    if (sqlite3_prepare_v2(scan->reader.db, "SELECT events FROM segment WHERE id = ?",
                           -1, &select, NULL))
        return failed(scan, error);
    *out = (struct event_place){.segment = rowid / SEGMENT_EVENTS,
                                .at = (uint32_t)(rowid % SEGMENT_EVENTS)};
    sqlite3_bind_int64(select, 1, out->segment);
    int code = sqlite3_step(select), result = 0;
    int64_t events = code == SQLITE_ROW ? sqlite3_column_int64(select, 0) : 0;
    out->segment_events = events > 0 && events <= SEGMENT_EVENTS ? (uint32_t)events : 0;
    if (code != SQLITE_ROW && code != SQLITE_DONE)
        result = failed(scan, error);
    else if (out->at >= out->segment_events)
        result = error_set(error, ERROR_INPUT, "there is no such event");
    sqlite3_finalize(select);
    return result;
}

static int read_place(struct event_scan *scan, const struct event_place *place,
                      struct arena *arena, struct event_row *row, struct error *error)
{
    int64_t lifecycle, offset, length, leaf;
    uint32_t at = place->at;
    if (event_scan_event(scan, at, arena, &row->event, error) ||
        number_at(scan, COLUMN_LIFECYCLE, at, &lifecycle, error) ||
        number_at(scan, COLUMN_SOURCE, at, &row->source, error) ||
        number_at(scan, COLUMN_OFFSET, at, &offset, error) ||
        number_at(scan, COLUMN_LENGTH, at, &length, error) ||
        number_at(scan, COLUMN_LEAF, at, &leaf, error))
        return -1;
    row->rowid = place->segment * SEGMENT_EVENTS + at;
    row->hit = lifecycle != LIFECYCLE_NONE;
    row->place =
        (struct record_place){(uint64_t)offset, (uint32_t)length, (uint32_t)leaf};
    return 0;
}

/* The lowest segment after `segment`; INT64_MAX: none. */
static int64_t next_segment(const struct event_place *places, size_t count,
                            int64_t segment)
{
    int64_t next = INT64_MAX;
    for (size_t i = 0; i < count; i++) {
        if (places[i].segment > segment && places[i].segment < next)
            next = places[i].segment;
    }
    return next;
}

int event_scan_read(struct event_scan *scan, const struct event_place *places,
                    size_t count, struct arena *arena, struct event_row *rows,
                    struct error *error)
{
    int64_t segment = INT64_MIN;
    while ((segment = next_segment(places, count, segment)) != INT64_MAX) {
        bool open = false;
        for (size_t i = 0; i < count; i++) {
            if (places[i].segment != segment)
                continue;
            if (!open)
                open_columns_reset(&scan->segment, segment, places[i].segment_events);
            open = true;
            if (read_place(scan, &places[i], arena, &rows[i], error))
                return -1;
        }
    }
    return 0;
}
