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
