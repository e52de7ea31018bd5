#include "config.h"

#include "db/segment_reader.h"

#include <stdlib.h>

int segment_reader_init(struct segment_reader *reader, sqlite3 *db)
{
    *reader = (struct segment_reader){.db = db};
    for (int i = 0; i < TEXT_COLUMN_COUNT; i++)
        arena_init(&reader->dictionaries[i].arena);
    return 0;
}

void segment_reader_fini(struct segment_reader *reader)
{
    sqlite3_finalize(reader->values);
    sqlite3_finalize(reader->column);
    reader->values = reader->column = NULL;
    for (int i = 0; i < TEXT_COLUMN_COUNT; i++) {
        free(reader->dictionaries[i].values);
        arena_fini(&reader->dictionaries[i].arena);
    }
}

static int failed(struct segment_reader *reader, struct error *error)
{
    if (sqlite3_errcode(reader->db) == SQLITE_INTERRUPT)
        return error_set(error, ERROR_INTERRUPTED, "stopped");
    return error_set(error, ERROR_CASE, "%s", sqlite3_errmsg(reader->db));
}

/* Prepared when they are first needed: a connection may never ask for an event. */
static int prepare(struct segment_reader *reader, sqlite3_stmt **statement,
                   const char *sql, struct error *error)
{
    if (*statement || sqlite3_prepare_v3(reader->db, sql, -1, SQLITE_PREPARE_PERSISTENT,
                                         statement, NULL) == SQLITE_OK)
        return 0;
    return failed(reader, error);
}

/* --- dictionaries ---------------------------------------------------------- */

static int keep_value(struct dictionary *dictionary, sqlite3_stmt *row,
                      struct error *error)
{
    if (sqlite3_column_int64(row, 0) != (int64_t)dictionary->count + 1)
        return error_set(error, ERROR_CASE, "a dictionary has a gap");
    if (dictionary->count == dictionary->room) {
        uint32_t room = dictionary->room ? 2 * dictionary->room : 64;
        void *values = realloc(dictionary->values, room * sizeof *dictionary->values);
        if (!values)
            return error_set(error, ERROR_MEMORY, "out of memory");
        dictionary->values = values;
        dictionary->room = room;
    }
    const char *data = sqlite3_column_blob(row, 1);
    struct slice value = {data ? data : "", (size_t)sqlite3_column_bytes(row, 1)};
    value = arena_copy(&dictionary->arena, value);
    if (!slice_present(value))
        return error_set(error, ERROR_MEMORY, "out of memory");
    dictionary->values[dictionary->count++] = value;
    return 0;
}

int segment_reader_dictionary(struct segment_reader *reader, int field,
                              const struct dictionary **out, struct error *error)
{
    field = segment_dictionary(field);
    struct dictionary *dictionary = &reader->dictionaries[field];
    if (prepare(reader, &reader->values,
                "SELECT code, value FROM dictionary WHERE field = ? AND code > ?"
                " ORDER BY code",
                error))
        return -1;
    sqlite3_bind_int(reader->values, 1, field);
    sqlite3_bind_int64(reader->values, 2, dictionary->count);
    int code, result = 0;
    while (!result && (code = sqlite3_step(reader->values)) == SQLITE_ROW)
        result = keep_value(dictionary, reader->values, error);
    if (!result && code != SQLITE_DONE)
        result = failed(reader, error);
    sqlite3_reset(reader->values);
    *out = dictionary;
    return result;
}

/* --- columns --------------------------------------------------------------- */

void open_columns_init(struct open_columns *segment)
{
    *segment = (struct open_columns){0};
    arena_init(&segment->arena);
}

void open_columns_fini(struct open_columns *segment)
{
    arena_fini(&segment->arena);
}

void open_columns_reset(struct open_columns *segment, int64_t id, uint32_t count)
{
    arena_reset(&segment->arena);
    memset(segment->loaded, 0, sizeof segment->loaded);
    segment->id = id;
    segment->count = count;
}

static int decode(struct segment_reader *reader, struct open_columns *segment,
                  enum segment_column column, struct error *error)
{
    sqlite3_stmt *select = reader->column;
    sqlite3_bind_int64(select, 1, segment->id * SEGMENT_COLUMNS_MAX + (int)column);
    int code = sqlite3_step(select), result;
    struct slice blob = SLICE_NONE;
    if (code == SQLITE_ROW) {
        const char *data = sqlite3_column_blob(select, 0);
        blob =
            (struct slice){data ? data : "", (size_t)sqlite3_column_bytes(select, 0)};
    }
    if (code == SQLITE_ROW || code == SQLITE_DONE)
        result = segment_decode(column, blob, segment->count, &segment->arena,
                                &segment->columns[column], error);
    else
        result = failed(reader, error);
    sqlite3_reset(select);
    return result;
}

/* What is kept relative to another column of the segment. */
static int resolve(struct segment_reader *reader, struct open_columns *segment,
                   enum segment_column column, struct error *error)
{
    struct segment_values *values = &segment->columns[column];
    const struct segment_values *other;
    if (column == COLUMN_OFFSET) {
        if (segment_reader_column(reader, segment, COLUMN_LENGTH, &other, error))
            return -1;
        segment_offsets(values->numbers, other->numbers, segment->count);
    }
    if (!values->follows)
        return 0;
    int leader = COLUMN_TEXT + segment_leader((int)column - COLUMN_TEXT);
    return segment_reader_column(reader, segment, (enum segment_column)leader, &other,
                                 error) ||
                   segment_follow(values, column, other->codes, &segment->arena, error)
               ? -1
               : 0;
}

int segment_reader_column(struct segment_reader *reader, struct open_columns *segment,
                          enum segment_column column, const struct segment_values **out,
                          struct error *error)
{
    *out = &segment->columns[column];
    if (segment->loaded[column])
        return 0;
    if (prepare(reader, &reader->column, "SELECT data FROM segment_column WHERE id = ?",
                error) ||
        decode(reader, segment, column, error) ||
        resolve(reader, segment, column, error))
        return -1;
    segment->loaded[column] = true;
    return 0;
}

int segment_reader_text(struct segment_reader *reader, struct open_columns *segment,
                        int field, uint32_t place, struct slice *out,
                        struct error *error)
{
    const struct segment_values *values;
    *out = SLICE_NONE;
    if (segment_reader_column(reader, segment,
                              (enum segment_column)(COLUMN_TEXT + field), &values,
                              error))
        return -1;
    uint32_t code = values->codes[place];
    if (code == 0)
        return 0;
    if (code > LIMIT_DICTIONARY_VALUES) {
        *out = values->own[code - LIMIT_DICTIONARY_VALUES - 1];
        return 0;
    }
    const struct dictionary *dictionary =
        &reader->dictionaries[segment_dictionary(field)];
    if (code > dictionary->count &&
        segment_reader_dictionary(reader, field, &dictionary, error))
        return -1;
    if (code > dictionary->count)
        return error_set(error, ERROR_CASE, "a code has no value");
    *out = dictionary->values[code - 1];
    return 0;
}
