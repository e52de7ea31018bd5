#include "config.h"

#include "db/event_cursor.h"

#include "core/timestamp.h"

/* Number columns by column of the table; names make texts of enumerations. */
static const char *quality_text(int64_t number)
{
    return time_quality_name((enum time_quality)number);
}

static const char *provider_text(int64_t number)
{
    return provider_name((enum provider)number);
}

static const char *outcome_text(int64_t number)
{
    return outcome_name((enum outcome)number);
}

static const char *lifecycle_text(int64_t number)
{
    return lifecycle_name((enum lifecycle)number);
}

struct number_column {
    enum segment_column column;
    const char *(*text)(int64_t number);
    int names;
};

static const struct number_column *number_column(int column)
{
    static const struct number_column columns[] = {
        [EVENT_COLUMN_TIME_QUALITY] = {COLUMN_TIME_QUALITY, quality_text,
                                       TIME_QUALITY_COUNT},
        [EVENT_COLUMN_PROVIDER] = {COLUMN_PROVIDER, provider_text, PROVIDER_COUNT},
        [EVENT_COLUMN_OUTCOME] = {COLUMN_OUTCOME, outcome_text, OUTCOME_COUNT},
        [EVENT_COLUMN_LIFECYCLE] = {COLUMN_LIFECYCLE, lifecycle_text, LIFECYCLE_COUNT},
        [EVENT_COLUMN_SOURCE] = {COLUMN_SOURCE, NULL, 0},
        [EVENT_COLUMN_OFFSET] = {COLUMN_OFFSET, NULL, 0},
        [EVENT_COLUMN_LENGTH] = {COLUMN_LENGTH, NULL, 0},
        [EVENT_COLUMN_LEAF] = {COLUMN_LEAF, NULL, 0},
    };
    bool known =
        (column >= EVENT_COLUMN_TIME_QUALITY && column <= EVENT_COLUMN_LIFECYCLE) ||
        (column >= EVENT_COLUMN_SOURCE && column <= EVENT_COLUMN_LEAF);
    return known ? &columns[column] : NULL;
}

/* The field of a text column, or -1. */
static int field_of(int column)
{
    return column >= EVENT_COLUMN_TEXT && column < EVENT_COLUMN_SOURCE
               ? column - EVENT_COLUMN_TEXT
               : -1;
}

bool event_column_testable(int column)
{
    int field = field_of(column);
    /* An absent time_text is told by the time, so its code does not decide. */
    if (field >= 0)
        return field < TEXT_COLUMN_COUNT && field != FIELD_TIME_TEXT;
    return column == EVENT_COLUMN_HIT || number_column(column) != NULL;
}

/* --- life ------------------------------------------------------------------ */

void event_cursor_init(struct event_cursor *cursor, struct segment_reader *reader)
{
    cursor->reader = reader;
    cursor->ended = true;
    arena_init(&cursor->arena);
    open_columns_init(&cursor->segment);
}

void event_cursor_fini(struct event_cursor *cursor)
{
    sqlite3_finalize(cursor->segments);
    sqlite3_finalize(cursor->hit);
    doubled_free(&cursor->doubled);
    open_columns_fini(&cursor->segment);
    arena_fini(&cursor->arena);
}

void event_cursor_restart(struct event_cursor *cursor)
{
    arena_reset(&cursor->arena);
    if (cursor->segments)
        sqlite3_reset(cursor->segments);
    if (cursor->hit)
        sqlite3_reset(cursor->hit);
    cursor->nothing = cursor->ended = cursor->timed = false;
    cursor->from_us = cursor->from_id = INT64_MIN;
    cursor->until_us = cursor->until_id = INT64_MAX;
    cursor->hit_wanted = -1;
    cursor->equality_count = 0;
    cursor->row_count = cursor->row = 0;
    cursor->hit_current = false;
}

static int failed(struct event_cursor *cursor, struct error *error)
{
    sqlite3 *db = cursor->reader->db;
    if (sqlite3_errcode(db) == SQLITE_INTERRUPT)
        return error_set(error, ERROR_INTERRUPTED, "stopped");
    return error_set(error, ERROR_CASE, "%s", sqlite3_errmsg(db));
}

/* Names the segment in what the decoder says. */
static int damaged(struct event_cursor *cursor, struct error *error)
{
    if (error->code != ERROR_CASE)
        return -1;
    char what[256];
    memcpy(what, error->message, sizeof what);
    what[sizeof what - 1] = '\0';
    return error_set(error, ERROR_CASE, "segment %lld: %s",
                     (long long)cursor->segment.id, what);
}

/* --- tests ----------------------------------------------------------------- */

static void narrow(int64_t *from, int64_t *until, enum event_test test, int64_t value)
{
    if (test != EVENT_UNTIL && value > *from)
        *from = value;
    if (test != EVENT_FROM && value < *until)
        *until = value;
}

static struct event_equality *add_equality(struct event_cursor *cursor,
                                           enum segment_column column)
{
    struct event_equality *equality = &cursor->equalities[cursor->equality_count++];
    *equality = (struct event_equality){.column = column};
    return equality;
}

static int test_text(struct event_cursor *cursor, int field, struct slice value,
                     struct error *error)
{
    const struct dictionary *dictionary;
    if (segment_reader_dictionary(cursor->reader, field, &dictionary, error))
        return -1;
    struct event_equality *equality =
        add_equality(cursor, (enum segment_column)(COLUMN_TEXT + field));
    equality->text = true;
    equality->value = arena_copy(&cursor->arena, value);
    if (!slice_present(equality->value))
        return error_set(error, ERROR_MEMORY, "out of memory");
    for (uint32_t i = 0; i < dictionary->count && !equality->code; i++) {
        if (slice_equal(dictionary->values[i], value))
            equality->code = i + 1;
    }
    return 0;
}

static void test_name(struct event_cursor *cursor, const struct number_column *numbers,
                      struct slice value)
{
    for (int i = 0; i < numbers->names; i++) {
        const char *name = numbers->text(i);
        if (name[0] && slice_equal(slice_from(name), value)) {
            add_equality(cursor, numbers->column)->number = i;
            return;
        }
    }
    cursor->nothing = true;
}

/* Values of other types than the column's are left to SQLite. */
int event_cursor_test(struct event_cursor *cursor, enum event_test test, int column,
                      sqlite3_value *value, struct error *error)
{
    int type = sqlite3_value_type(value);
    if (type == SQLITE_NULL) {
        cursor->nothing = true; /* no comparison with NULL is true */
        return 0;
    }
    if (type == SQLITE_TEXT) {
        struct slice text = {(const char *)sqlite3_value_text(value), 0};
        text.length = (size_t)sqlite3_value_bytes(value);
        const struct number_column *numbers = number_column(column);
        int field = field_of(column);
        if (field >= 0)
            return test_text(cursor, field, text, error);
        if (numbers && numbers->text)
            test_name(cursor, numbers, text);
        return 0;
    }
    if (type != SQLITE_INTEGER)
        return 0;
    int64_t number = sqlite3_value_int64(value);
    if (column == EVENT_COLUMN_TIME_US) {
        narrow(&cursor->from_us, &cursor->until_us, test, number);
        cursor->timed = true;
    } else if (column == EVENT_COLUMN_ROWID) {
        narrow(&cursor->from_id, &cursor->until_id, test, number);
    } else if (column == EVENT_COLUMN_HIT) {
        if (number < 0 || number > 1 ||
            (cursor->hit_wanted >= 0 && cursor->hit_wanted != number))
            cursor->nothing = true;
        cursor->hit_wanted = number == 1;
    } else if (number_column(column) && !number_column(column)->text) {
        add_equality(cursor, number_column(column)->column)->number = number;
    }
    return 0;
}

/* --- the rows of a segment ------------------------------------------------- */

static int keep_times(struct event_cursor *cursor, struct error *error)
{
    const struct segment_values *times;
    if (!cursor->timed)
        return 0;
    if (segment_reader_column(cursor->reader, &cursor->segment, COLUMN_TIME, &times,
                              error))
        return -1;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < cursor->row_count; i++) {
        int64_t time_us = times->numbers[cursor->rows[i]];
        cursor->rows[kept] = cursor->rows[i];
        kept += time_us >= cursor->from_us && time_us <= cursor->until_us &&
                time_us != EVENT_TIME_NONE;
    }
    cursor->row_count = kept;
    return 0;
}

static int keep_hits(struct event_cursor *cursor, struct error *error)
{
    const struct segment_values *lifecycles;
    if (cursor->hit_wanted < 0)
        return 0;
    if (segment_reader_column(cursor->reader, &cursor->segment, COLUMN_LIFECYCLE,
                              &lifecycles, error))
        return -1;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < cursor->row_count; i++) {
        bool hit = lifecycles->numbers[cursor->rows[i]] != LIFECYCLE_NONE;
        cursor->rows[kept] = cursor->rows[i];
        kept += hit == (cursor->hit_wanted == 1);
    }
    cursor->row_count = kept;
    return 0;
}

/* The code of the value in this segment: its own, or the dictionary's. */
static uint32_t wanted_code(const struct event_equality *equality,
                            const struct segment_values *values)
{
    for (uint32_t i = 0; !equality->code && i < values->own_count; i++) {
        if (slice_equal(values->own[i], equality->value))
            return LIMIT_DICTIONARY_VALUES + 1 + i;
    }
    return equality->code;
}

static int keep_equal(struct event_cursor *cursor,
                      const struct event_equality *equality, struct error *error)
{
    const struct segment_values *values;
    if (segment_reader_column(cursor->reader, &cursor->segment, equality->column,
                              &values, error))
        return -1;
    uint32_t kept = 0;
    uint32_t code = equality->text ? wanted_code(equality, values) : 0;
    if (equality->text && !code) {
        cursor->row_count = 0;
        return 0;
    }
    for (uint32_t i = 0; i < cursor->row_count; i++) {
        uint16_t place = cursor->rows[i];
        cursor->rows[kept] = place;
        kept += equality->text ? values->codes[place] == code
                               : values->numbers[place] == equality->number;
    }
    cursor->row_count = kept;
    return 0;
}

static int drop_doubles(struct event_cursor *cursor, struct error *error)
{
    const struct segment_values *sources;
    if (!cursor->doubled.count)
        return 0;
    if (segment_reader_column(cursor->reader, &cursor->segment, COLUMN_SOURCE, &sources,
                              error))
        return -1;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < cursor->row_count; i++) {
        uint16_t place = cursor->rows[i];
        cursor->rows[kept] = place;
        kept += !doubled_has(&cursor->doubled, sources->numbers[place]);
    }
    cursor->row_count = kept;
    return 0;
}

static void take_places(struct event_cursor *cursor)
{
    int64_t first = cursor->segment.id * SEGMENT_EVENTS;
    cursor->row_count = cursor->row = 0;
    for (uint32_t i = 0; i < cursor->segment.count; i++) {
        cursor->rows[cursor->row_count] = (uint16_t)i;
        cursor->row_count +=
            first + i >= cursor->from_id && first + i <= cursor->until_id;
    }
}

static int select_rows(struct event_cursor *cursor, struct error *error)
{
    take_places(cursor);
    if (cursor->row_count && keep_times(cursor, error))
        return damaged(cursor, error);
    if (cursor->row_count && keep_hits(cursor, error))
        return damaged(cursor, error);
    for (int i = 0; i < cursor->equality_count && cursor->row_count; i++) {
        if (keep_equal(cursor, &cursor->equalities[i], error))
            return damaged(cursor, error);
    }
    return cursor->row_count && drop_doubles(cursor, error) ? damaged(cursor, error)
                                                            : 0;
}

/* --- segment after segment ------------------------------------------------- */

/* Number bounds of `segment` itself skip what cannot hold an answer. */
static int next_segment(struct event_cursor *cursor, struct error *error)
{
    int code = sqlite3_step(cursor->segments);
    if (code == SQLITE_DONE) {
        cursor->ended = true;
        return 0;
    }
    if (code != SQLITE_ROW)
        return failed(cursor, error);
    int64_t id = sqlite3_column_int64(cursor->segments, 0);
    int64_t count = sqlite3_column_int64(cursor->segments, 1);
    if (id < 1 || id > INT32_MAX || count < 0 || count > SEGMENT_EVENTS)
        return error_set(error, ERROR_CASE, "segment %lld is damaged: its size",
                         (long long)id);
    open_columns_reset(&cursor->segment, id, (uint32_t)count);
    return select_rows(cursor, error);
}

static int find_row(struct event_cursor *cursor, struct error *error)
{
    cursor->hit_current = false;
    while (!cursor->ended && cursor->row >= cursor->row_count) {
        if (next_segment(cursor, error))
            return -1;
    }
    return 0;
}

int event_cursor_begin(struct event_cursor *cursor, struct error *error)
{
    static const char sql[] =
        "SELECT id, events FROM segment WHERE id BETWEEN ?1 AND ?2"
        " AND (NOT ?3 OR (last_us >= ?4 AND first_us <= ?5)) ORDER BY id";
    if (cursor->nothing) {
        cursor->ended = true;
        return 0;
    }
    if (doubled_read(&cursor->doubled, cursor->reader->db, error))
        return -1;
    if (!cursor->segments &&
        sqlite3_prepare_v2(cursor->reader->db, sql, -1, &cursor->segments, NULL))
        return failed(cursor, error);
    sqlite3_bind_int64(cursor->segments, 1, cursor->from_id / SEGMENT_EVENTS);
    sqlite3_bind_int64(cursor->segments, 2, cursor->until_id / SEGMENT_EVENTS);
    sqlite3_bind_int(cursor->segments, 3, cursor->timed);
    sqlite3_bind_int64(cursor->segments, 4, cursor->from_us);
    sqlite3_bind_int64(cursor->segments, 5, cursor->until_us);
    return find_row(cursor, error);
}

int event_cursor_next(struct event_cursor *cursor, struct error *error)
{
    cursor->row++;
    return find_row(cursor, error);
}

int64_t event_cursor_rowid(const struct event_cursor *cursor)
{
    return cursor->segment.id * SEGMENT_EVENTS + cursor->rows[cursor->row];
}

/* --- values ---------------------------------------------------------------- */

static int number_at(struct event_cursor *cursor, enum segment_column column,
                     int64_t *out, struct error *error)
{
    const struct segment_values *values;
    if (segment_reader_column(cursor->reader, &cursor->segment, column, &values, error))
        return damaged(cursor, error);
    *out = values->numbers[cursor->rows[cursor->row]];
    return 0;
}

static void give_time(sqlite3_context *context, int64_t time_us)
{
    char text[TIMESTAMP_TEXT_MAX];
    size_t length = timestamp_format(time_us, text);
    if (length)
        sqlite3_result_text(context, text, (int)length, SQLITE_TRANSIENT);
}

/* Fields that segments do not keep, from the record of a hit. */
static int give_hit_field(struct event_cursor *cursor, int field,
                          sqlite3_context *context, struct error *error)
{
    static const char sql[] =
        "SELECT mirror, mirrored, destination, event_id, request_id, correlation_id"
        " FROM record WHERE source = ? AND offset = ? AND leaf = ?";
    int64_t lifecycle, source, offset, leaf;
    if (number_at(cursor, COLUMN_LIFECYCLE, &lifecycle, error))
        return -1;
    if (lifecycle == LIFECYCLE_NONE)
        return 0;
    if (!cursor->hit &&
        sqlite3_prepare_v2(cursor->reader->db, sql, -1, &cursor->hit, NULL))
        return failed(cursor, error);
    if (!cursor->hit_current) {
        if (number_at(cursor, COLUMN_SOURCE, &source, error) ||
            number_at(cursor, COLUMN_OFFSET, &offset, error) ||
            number_at(cursor, COLUMN_LEAF, &leaf, error))
            return -1;
        sqlite3_reset(cursor->hit);
        sqlite3_bind_int64(cursor->hit, 1, source);
        sqlite3_bind_int64(cursor->hit, 2, offset);
        sqlite3_bind_int64(cursor->hit, 3, leaf);
        int code = sqlite3_step(cursor->hit);
        if (code == SQLITE_DONE)
            return 0;
        if (code != SQLITE_ROW)
            return failed(cursor, error);
        cursor->hit_current = true;
    }
    sqlite3_result_value(context,
                         sqlite3_column_value(cursor->hit, field - FIELD_MIRROR));
    return 0;
}

static int give_text(struct event_cursor *cursor, int field, sqlite3_context *context,
                     struct error *error)
{
    if (field >= TEXT_COLUMN_COUNT)
        return give_hit_field(cursor, field, context, error);
    struct slice text;
    if (segment_reader_text(cursor->reader, &cursor->segment, field,
                            cursor->rows[cursor->row], &text, error))
        return damaged(cursor, error);
    if (slice_present(text)) {
        sqlite3_result_text(context, text.data, (int)text.length, SQLITE_TRANSIENT);
    } else if (field == FIELD_TIME_TEXT) {
        /* Left out where it is just how the time is printed. */
        int64_t time_us;
        if (number_at(cursor, COLUMN_TIME, &time_us, error))
            return -1;
        give_time(context, time_us);
    }
    return 0;
}

static int give_number(struct event_cursor *cursor, const struct number_column *numbers,
                       sqlite3_context *context, struct error *error)
{
    int64_t number;
    if (number_at(cursor, numbers->column, &number, error))
        return -1;
    if (!numbers->text) {
        sqlite3_result_int64(context, number);
        return 0;
    }
    const char *name =
        number >= 0 && number < numbers->names ? numbers->text(number) : "";
    if (name[0])
        sqlite3_result_text(context, name, -1, SQLITE_STATIC);
    return 0;
}

/* A value that is not given is NULL. */
int event_cursor_column(struct event_cursor *cursor, int column,
                        sqlite3_context *context, struct error *error)
{
    int64_t number;
    if (field_of(column) >= 0)
        return give_text(cursor, field_of(column), context, error);
    if (number_column(column))
        return give_number(cursor, number_column(column), context, error);
    if (column == EVENT_COLUMN_HIT) {
        if (number_at(cursor, COLUMN_LIFECYCLE, &number, error))
            return -1;
        sqlite3_result_int(context, number != LIFECYCLE_NONE);
        return 0;
    }
    if (number_at(cursor, COLUMN_TIME, &number, error))
        return -1;
    if (column == EVENT_COLUMN_TIME)
        give_time(context, number);
    else if (number != EVENT_TIME_NONE)
        sqlite3_result_int64(context, number);
    return 0;
}
