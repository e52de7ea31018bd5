#include "config.h"

#include "db/open_segment.h"

#include <stdlib.h>
#include <sys/random.h>

enum { OWN_KEPT_BYTES = 256 * 1024 };

static int no_memory(struct error *error)
{
    return error_set(error, ERROR_MEMORY, "out of memory");
}

struct open_segment *open_segment_new(struct error *error)
{
    struct open_segment *segment = calloc(1, sizeof *segment);
    uint64_t seeds[2 * TEXT_COLUMNS];
    if (segment)
        segment->packer = packer_new();
    if (!segment || !segment->packer ||
        getrandom(seeds, sizeof seeds, 0) != (ssize_t)sizeof seeds) {
        open_segment_free(segment);
        no_memory(error);
        return NULL;
    }
    for (int i = 0; i < TEXT_COLUMNS; i++) {
        /* Hardly any stamp comes again: a dictionary of them would cost a row each. */
        uint32_t values = i == FIELD_TIME_TEXT ? 0 : LIMIT_DICTIONARY_VALUES;
        value_table_init(&segment->columns[i].dictionary, seeds[2 * i], values,
                         LIMIT_DICTIONARY_BYTES);
        value_table_init(&segment->columns[i].own, seeds[2 * i + 1], SEGMENT_EVENTS,
                         SEGMENT_OWN_BYTES);
    }
    segment->id = 1;
    return segment;
}

void open_segment_free(struct open_segment *segment)
{
    if (!segment)
        return;
    for (int i = 0; i < TEXT_COLUMNS; i++) {
        value_table_fini(&segment->columns[i].dictionary);
        value_table_fini(&segment->columns[i].own);
    }
    packer_free(segment->packer);
    free(segment);
}

void open_segment_next(struct open_segment *segment)
{
    for (int i = 0; i < TEXT_COLUMNS; i++)
        value_table_clear(&segment->columns[i].own, OWN_KEPT_BYTES);
    segment->id++;
    segment->count = 0;
    segment->own_bytes = 0;
    segment->changed = false;
}

/* --- adding ---------------------------------------------------------------- */

/*
 * Whether a dictionary takes no more values: what it holds tells, not what was refused,
 * so that it stays full when the case is opened again.  Else a value could stand in the
 * dictionary that segments have among their own, and nobody would look there.
 */
static bool is_full(const struct open_segment *segment,
                    const struct text_column *column)
{
    return segment->dictionary_bytes > STORE_DICTIONARY_BYTES - LIMIT_FIELD_BYTES ||
           !value_table_takes(&column->dictionary, LIMIT_FIELD_BYTES);
}

static uint32_t add_to_dictionary(struct open_segment *segment,
                                  struct text_column *column, struct slice value)
{
    uint32_t before = column->dictionary.used;
    uint32_t code = value_table_add(&column->dictionary, value,
                                    value_table_hash(&column->dictionary, value));
    segment->dictionary_bytes += column->dictionary.used - before;
    return code;
}

static struct text_column *dictionary_of(struct open_segment *segment, int field)
{
    return &segment->columns[segment_dictionary(field)];
}

/* 0 where the segment has no room for one more of its own values. */
static uint32_t own_code(struct open_segment *segment, struct text_column *column,
                         struct slice value)
{
    uint32_t before = column->own.used;
    if (segment->own_bytes + value.length > SEGMENT_OWN_BYTES &&
        !value_table_find(&column->own, value))
        return 0;
    uint32_t code =
        value_table_add(&column->own, value, value_table_hash(&column->own, value));
    if (!code)
        return 0;
    segment->own_bytes += column->own.used - before;
    return LIMIT_DICTIONARY_VALUES + code;
}

/* The store's code of the batch's code `local` (not 0); 0 where there is no room, or no
 * memory. */
static uint32_t map_code(struct open_segment *segment, struct batch_column *from,
                         int field, uint16_t local)
{
    struct slice value = value_table_get(&from->values, local);
    if (!from->mapped[local]) {
        struct text_column *column = dictionary_of(segment, field);
        bool full = is_full(segment, column);
        uint32_t code = full ? value_table_find(&column->dictionary, value)
                             : add_to_dictionary(segment, column, value);
        from->mapped[local] = full && !code ? (uint32_t)MAPPED_OWN : code;
    }
    if (from->mapped[local] != MAPPED_OWN)
        return from->mapped[local];
    if (from->own_segment[local] != segment->id) {
        uint32_t code = own_code(segment, &segment->columns[field], value);
        if (!code)
            return 0;
        from->own_code[local] = code;
        from->own_segment[local] = segment->id;
    }
    return from->own_code[local];
}

/*
 * The codes of one column, as far as the store knows its values; false where it has to
 * be asked for one.  Nearly all columns of nearly all batches are done with here.
 */
static bool add_known(const struct batch_column *from, uint32_t first, uint32_t count,
                      uint32_t *codes)
{
    bool known = true;
    for (uint32_t i = 0; i < count; i++) {
        uint16_t local = from->codes[first + i];
        uint32_t code = from->mapped[local];
        codes[i] = code;
        known = known && (!local || (code && code != MAPPED_OWN));
    }
    return known;
}

/* The columns with values that the store has to be asked for. */
struct asked {
    size_t count;
    int fields[TEXT_COLUMNS];
};

/* False where the segment has no room for one of the event's values. */
static bool add_asked(struct open_segment *segment, const struct asked *asked,
                      struct event_batch *batch, uint32_t from, uint32_t to)
{
    for (size_t i = 0; i < asked->count; i++) {
        int field = asked->fields[i];
        uint16_t local = batch->columns[field].codes[from];
        uint32_t code = 0;
        if (local && !(code = map_code(segment, &batch->columns[field], field, local)))
            return false;
        segment->columns[field].codes[to] = code;
    }
    return true;
}

/* How many of the events have room. */
static uint32_t add_texts(struct open_segment *segment, struct event_batch *batch,
                          uint32_t from, uint32_t count)
{
    struct asked asked = {0};
    for (int i = 0; i < TEXT_COLUMNS; i++) {
        uint32_t *codes = segment->columns[i].codes + segment->count;
        if (!add_known(&batch->columns[i], from, count, codes))
            asked.fields[asked.count++] = i;
    }
    uint32_t fitting = 0;
    /* Event by event: one column must not take the room of the others. */
    while (fitting < count &&
           add_asked(segment, &asked, batch, from + fitting, segment->count + fitting))
        fitting++;
    return fitting;
}

static void add_numbers(struct open_segment *segment, const struct event_batch *batch,
                        int64_t source, uint32_t from, uint32_t count)
{
    for (int i = 0; i < NUMBER_COLUMNS; i++) {
        if (i != COLUMN_SOURCE)
            memcpy(segment->numbers[i] + segment->count, batch->numbers[i] + from,
                   count * sizeof(int64_t));
    }
    for (uint32_t j = 0; j < count; j++)
        segment->numbers[COLUMN_SOURCE][segment->count + j] = source;
}

int open_segment_add(struct open_segment *segment, struct event_batch *batch,
                     int64_t source, uint32_t *from, struct error *error)
{
    for (int i = 0; i < TEXT_COLUMNS; i++) {
        if (!event_batch_map_room(&batch->columns[i]))
            return no_memory(error);
    }
    uint32_t count = batch->count - *from, room = SEGMENT_EVENTS - segment->count;
    count = add_texts(segment, batch, *from, count < room ? count : room);
    add_numbers(segment, batch, source, *from, count);
    /* One event always fits an empty segment, else memory is short. */
    if (count == 0 && segment->count == 0 && *from < batch->count)
        return no_memory(error);
    segment->count += count;
    segment->changed = segment->changed || count;
    *from += count;
    return 0;
}

/* --- encoding -------------------------------------------------------------- */

static void span(const struct open_segment *segment, struct encoded_segment *out)
{
    out->first_us = out->last_us = EVENT_TIME_NONE;
    for (uint32_t i = 0; i < segment->count; i++) {
        int64_t time_us = segment->numbers[COLUMN_TIME][i];
        if (time_us == EVENT_TIME_NONE)
            continue;
        if (out->first_us == EVENT_TIME_NONE || time_us < out->first_us)
            out->first_us = time_us;
        if (out->last_us == EVENT_TIME_NONE || time_us > out->last_us)
            out->last_us = time_us;
    }
}

static int encode_numbers(struct open_segment *segment, enum segment_column column,
                          struct arena *arena, struct slice *out, struct error *error)
{
    const int64_t *numbers = segment->numbers[column];
    if (column == COLUMN_OFFSET) {
        size_t size = segment->count * sizeof(int64_t);
        int64_t *gaps = arena_alloc(arena, size);
        if (!gaps)
            return no_memory(error);
        memcpy(gaps, numbers, size);
        segment_gaps(gaps, segment->numbers[COLUMN_LENGTH], segment->count);
        numbers = gaps;
    }
    return segment_encode_numbers(segment->packer, column, numbers, segment->count,
                                  arena, out, error);
}

static int encode_text(struct open_segment *segment, int field, struct arena *arena,
                       struct slice *out, struct error *error)
{
    const struct text_column *column = &segment->columns[field];
    struct slice *own = arena_alloc(arena, (column->own.count + 1) * sizeof *own);
    if (!own)
        return no_memory(error);
    for (uint32_t i = 0; i < column->own.count; i++)
        own[i] = value_table_get(&column->own, i + 1);
    int leader = segment_leader(field);
    return segment_encode_text(
        segment->packer, (enum segment_column)(COLUMN_TEXT + field), column->codes,
        segment->count, own, column->own.count,
        leader < 0 ? NULL : segment->columns[leader].codes, arena, out, error);
}

/* The blobs alone are kept: what they are made from is larger than they are. */
static int keep_blob(struct slice blob, struct arena *arena, struct slice *out,
                     struct error *error)
{
    *out = arena_copy(arena, blob);
    return slice_present(*out) == slice_present(blob) ? 0 : no_memory(error);
}

int open_segment_encode(struct open_segment *segment, struct arena *arena,
                        struct encoded_segment **out, struct error *error)
{
    struct encoded_segment *encoded = arena_alloc(arena, sizeof *encoded);
    if (!encoded)
        return no_memory(error);
    memset(encoded, 0, sizeof *encoded);
    encoded->id = segment->id;
    encoded->count = segment->count;
    span(segment, encoded);
    struct arena scratch;
    arena_init(&scratch);
    int result = 0;
    struct slice blob;
    for (int i = 0; i < NUMBER_COLUMNS && !result; i++) {
        arena_reset(&scratch);
        result =
            encode_numbers(segment, (enum segment_column)i, &scratch, &blob, error);
        if (!result)
            result = keep_blob(blob, arena, &encoded->blobs[i], error);
    }
    for (int i = 0; i < TEXT_COLUMNS && !result; i++) {
        arena_reset(&scratch);
        result = encode_text(segment, i, &scratch, &blob, error);
        if (!result)
            result = keep_blob(blob, arena, &encoded->blobs[COLUMN_TEXT + i], error);
    }
    arena_fini(&scratch);
    segment->changed = false;
    *out = encoded;
    return result;
}

/* --- the case's dictionaries ----------------------------------------------- */

size_t open_segment_unwritten_values(const struct open_segment *segment)
{
    size_t count = 0;
    for (int i = 0; i < TEXT_COLUMNS; i++)
        count += segment->columns[i].dictionary.count - segment->columns[i].committed;
    return count;
}

int open_segment_write_dictionaries(struct open_segment *segment, sqlite3_stmt *insert)
{
    for (int i = 0; i < TEXT_COLUMNS; i++) {
        struct text_column *column = &segment->columns[i];
        for (uint32_t code = column->committed + 1; code <= column->dictionary.count;
             code++) {
            struct slice value = value_table_get(&column->dictionary, code);
            sqlite3_bind_int(insert, 1, i);
            sqlite3_bind_int64(insert, 2, code);
            sqlite3_bind_blob(insert, 3, value.data, (int)value.length, SQLITE_STATIC);
            int result = sqlite3_step(insert);
            sqlite3_reset(insert);
            if (result != SQLITE_DONE)
                return -1;
        }
        column->committed = column->dictionary.count;
    }
    return 0;
}

/* --- loading --------------------------------------------------------------- */

static int damaged(const char *what, struct error *error)
{
    return error_set(error, ERROR_CASE, "the case file is damaged: %s", what);
}

static int take_value(struct open_segment *segment, sqlite3_stmt *row,
                      struct error *error)
{
    int64_t field = sqlite3_column_int64(row, 0), code = sqlite3_column_int64(row, 1);
    struct slice value = {sqlite3_column_blob(row, 2),
                          (size_t)sqlite3_column_bytes(row, 2)};
    if (!value.data)
        value = SLICE("");
    /* A field that this program does not keep: made by a relative of it. */
    if (field < 0 || field >= TEXT_COLUMNS)
        return damaged("a dictionary of an unknown field", error);
    struct text_column *column = &segment->columns[field];
    if (code != (int64_t)column->dictionary.count + 1 ||
        add_to_dictionary(segment, column, value) != code)
        return damaged("a dictionary has a gap", error);
    column->committed = column->dictionary.count;
    return 0;
}

static int load_dictionaries(struct open_segment *segment, struct case_file *handle,
                             struct error *error)
{
    sqlite3_stmt *rows = NULL;
    int code = sqlite3_prepare_v2(
        handle->db, "SELECT field, code, value FROM dictionary ORDER BY field, code",
        -1, &rows, NULL);
    int result = code == SQLITE_OK ? 0 : -1;
    while (!result && (code = sqlite3_step(rows)) == SQLITE_ROW)
        result = take_value(segment, rows, error);
    if (!result && code != SQLITE_DONE)
        result = case_error(handle, "reading the dictionaries", error);
    sqlite3_finalize(rows);
    return result;
}

static int take_own_values(struct text_column *column,
                           const struct segment_values *values, struct error *error)
{
    for (uint32_t i = 0; i < values->own_count; i++) {
        uint32_t hash = value_table_hash(&column->own, values->own[i]);
        if (value_table_add(&column->own, values->own[i], hash) != i + 1)
            return damaged("a segment has a value twice", error);
    }
    return 0;
}

static int take_column(struct open_segment *segment, int column, struct slice blob,
                       struct arena *arena, struct error *error)
{
    struct segment_values values;
    if (segment_decode((enum segment_column)column, blob, segment->count, arena,
                       &values, error))
        return -1;
    if (!values.text) {
        memcpy(segment->numbers[column], values.numbers,
               segment->count * sizeof(int64_t));
        return 0;
    }
    struct text_column *text = &segment->columns[column - COLUMN_TEXT];
    int leader = segment_leader(column - COLUMN_TEXT);
    if (values.follows && segment_follow(&values, (enum segment_column)column,
                                         segment->columns[leader].codes, arena, error))
        return -1;
    uint32_t known = dictionary_of(segment, column - COLUMN_TEXT)->dictionary.count;
    for (uint32_t i = 0; i < segment->count; i++) {
        if (values.codes[i] <= LIMIT_DICTIONARY_VALUES && values.codes[i] > known)
            return damaged("a code has no value", error);
        text->codes[i] = values.codes[i];
    }
    if (take_own_values(text, &values, error))
        return -1;
    segment->own_bytes += text->own.used;
    return 0;
}

static int take_columns(struct open_segment *segment, struct case_file *handle,
                        sqlite3_stmt *select, struct error *error)
{
    struct arena arena;
    arena_init(&arena);
    int result = 0;
    for (int column = 0; column < COLUMN_TEXT + TEXT_COLUMNS && !result; column++) {
        if (column >= NUMBER_COLUMNS && column < COLUMN_TEXT)
            continue;
        sqlite3_bind_int64(select, 1, segment->id * SEGMENT_COLUMNS_MAX + column);
        int code = sqlite3_step(select);
        struct slice blob = SLICE_NONE;
        if (code == SQLITE_ROW)
            blob = (struct slice){sqlite3_column_blob(select, 0),
                                  (size_t)sqlite3_column_bytes(select, 0)};
        if (code == SQLITE_ROW || code == SQLITE_DONE)
            result = take_column(segment, column, blob, &arena, error);
        else
            result = case_error(handle, "reading the last segment", error);
        sqlite3_reset(select);
        arena_reset(&arena);
    }
    if (!result)
        segment_offsets(segment->numbers[COLUMN_OFFSET],
                        segment->numbers[COLUMN_LENGTH], segment->count);
    arena_fini(&arena);
    return result;
}

static int load_last_segment(struct open_segment *segment, struct case_file *handle,
                             struct error *error)
{
    sqlite3_stmt *last = NULL, *columns = NULL;
    int result = 0;
    if (sqlite3_prepare_v2(handle->db,
                           "SELECT id, events FROM segment ORDER BY id DESC LIMIT 1",
                           -1, &last, NULL) ||
        sqlite3_prepare_v2(handle->db, "SELECT data FROM segment_column WHERE id = ?",
                           -1, &columns, NULL)) {
        result = case_error(handle, "reading the last segment", error);
    } else if (sqlite3_step(last) == SQLITE_ROW) {
        segment->id = sqlite3_column_int64(last, 0);
        int64_t events = sqlite3_column_int64(last, 1);
        if (segment->id < 1 || segment->id > INT32_MAX || events < 0 ||
            events > SEGMENT_EVENTS)
            result = damaged("a segment's number of events", error);
        segment->count = result ? 0 : (uint32_t)events;
        if (!result)
            result = take_columns(segment, handle, columns, error);
    }
    sqlite3_finalize(last);
    sqlite3_finalize(columns);
    return result;
}

int open_segment_load(struct open_segment *segment, struct case_file *handle,
                      struct error *error)
{
    if (load_dictionaries(segment, handle, error) ||
        load_last_segment(segment, handle, error))
        return -1;
    if (segment->count == SEGMENT_EVENTS)
        open_segment_next(segment);
    return 0;
}
