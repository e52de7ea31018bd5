#include "config.h"

#include "db/row_writer.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/escape.h"
#include "core/timestamp.h"

enum {
    OUTPUT_BYTES = 64 * 1024,
    /* Rows whose widths decide a table's columns; later ones are cut to them. */
    TABLE_ROWS = 200,
    TABLE_COLUMNS = 2000, /* as many as SQLite gives (SQLITE_MAX_COLUMN) */
    TABLE_CELL_WIDTH = 48,
    REAL_DIGITS = 15, /* as SQLite writes a real as text */
};

struct row_writer {
    enum export_format format;
    const struct export_sink *sink;
    bool closed, headed;
    bool flat;   /* dots in names mean nothing */
    bool failed; /* memory was short: something is missing */
    size_t used;
    char buffer[OUTPUT_BYTES];
    struct arena row;
    /* a table's first rows, held until their widths are known */
    struct arena held;
    struct slice *cells;
    size_t held_rows, columns;
    size_t widths[TABLE_COLUMNS];
};

/* --- cells --------------------------------------------------------------------- */

struct cell cell_text(const char *name, struct slice text)
{
    return (struct cell){
        .name = name, .kind = CELL_TEXT, .null = !slice_present(text), .text = text};
}

struct cell cell_given(const char *name, struct slice text)
{
    return cell_text(name, slice_blank(text) ? SLICE_NONE : text);
}

struct cell cell_number(const char *name, int64_t number)
{
    return (struct cell){.name = name, .kind = CELL_NUMBER, .number = number};
}

struct cell cell_real(const char *name, double real, struct slice text)
{
    return (struct cell){.name = name, .kind = CELL_REAL, .real = real, .text = text};
}

struct cell cell_null(const char *name)
{
    return cell_text(name, SLICE_NONE);
}

struct cell cell_time(const char *name, int64_t time_us, struct arena *arena)
{
    char text[TIMESTAMP_TEXT_MAX];
    size_t length = timestamp_format(time_us, text);
    return cell_text(name, length ? arena_copy(arena, (struct slice){text, length})
                                  : SLICE_NONE);
}

struct cell cell_split(const char *name, struct slice text, struct arena *arena)
{
    struct cell cell = {.name = name, .kind = CELL_LIST};
    size_t count = 1;
    for (size_t i = 0; i < text.length; i++)
        count += text.data[i] == ';';
    struct slice *items = arena_alloc(arena, count * sizeof *items);
    cell.items = items;
    while (items && !slice_blank(text))
        items[cell.item_count++] = slice_cut(&text, ';');
    return cell;
}

/* --- output -------------------------------------------------------------------- */

static void flush(struct row_writer *writer)
{
    if (writer->used && !writer->closed &&
        writer->sink->write(writer->sink->payload, writer->buffer, writer->used))
        writer->closed = true;
    writer->used = 0;
}

static void put(struct row_writer *writer, struct slice text)
{
    if (!slice_present(text)) {
        writer->failed = true;
        return;
    }
    if (writer->used + text.length > OUTPUT_BYTES)
        flush(writer);
    if (text.length > OUTPUT_BYTES) {
        if (!writer->closed &&
            writer->sink->write(writer->sink->payload, text.data, text.length))
            writer->closed = true;
        return;
    }
    if (text.length)
        memcpy(writer->buffer + writer->used, text.data, text.length);
    writer->used += text.length;
}

struct row_writer *row_writer_new(enum export_format format,
                                  const struct export_sink *sink)
{
    struct row_writer *writer = calloc(1, sizeof *writer);
    if (!writer)
        return NULL;
    writer->format = format;
    writer->sink = sink;
    arena_init(&writer->row);
    arena_init(&writer->held);
    return writer;
}

void row_writer_keep_names(struct row_writer *writer)
{
    writer->flat = true;
}

/* A cell as one text, not yet escaped for CSV. */
static struct slice flat_text(struct row_writer *writer, const struct cell *cell)
{
    struct slice text = SLICE("");
    if (cell->null)
        return text;
    switch (cell->kind) {
    case CELL_TEXT:
    case CELL_REAL:
        return cell->text;
    case CELL_NUMBER:
        return arena_printf(&writer->row, "%lld", (long long)cell->number);
    case CELL_BOOLEAN:
        return cell->number ? SLICE("true") : SLICE("false");
    case CELL_LIST:
    case CELL_NUMBERS:
        break;
    }
    for (size_t i = 0; i < cell->item_count; i++) {
        struct slice parts[] = {text, i ? SLICE(";") : SLICE(""), cell->items[i]};
        text = arena_join(&writer->row, parts, 3);
    }
    return text;
}

/* --- CSV ----------------------------------------------------------------------- */

static void csv_header(struct row_writer *writer, const struct cell *cells,
                       size_t count)
{
    for (size_t i = 0; i < count; i++) {
        put(writer, i ? SLICE(",") : SLICE(""));
        put(writer, escape_csv(&writer->row, slice_from(cells[i].name)));
    }
    put(writer, SLICE("\n"));
}

static void csv_row(struct row_writer *writer, const struct cell *cells, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        put(writer, i ? SLICE(",") : SLICE(""));
        put(writer, escape_csv(&writer->row, flat_text(writer, &cells[i])));
    }
    put(writer, SLICE("\n"));
}

/* --- JSON ---------------------------------------------------------------------- */

static json_t *json_of_text(struct row_writer *writer, struct slice text)
{
    if (!slice_present(text))
        return json_null();
    json_t *value = json_stringn(text.data, text.length);
    if (value)
        return value;
    struct slice safe = escape_text(&writer->row, text);
    value = json_stringn(safe.data, safe.length);
    return value ? value : json_null();
}

static json_t *json_of_number(struct slice text)
{
    char copy[24] = "";
    memcpy(copy, text.data, text.length < sizeof copy ? text.length : sizeof copy - 1);
    return json_integer((json_int_t)strtoll(copy, NULL, 10));
}

static json_t *json_of_item(struct row_writer *writer, const struct cell *cell,
                            size_t item)
{
    if (item >= cell->item_count || !slice_present(cell->items[item]))
        return json_null();
    return cell->kind == CELL_NUMBERS ? json_of_number(cell->items[item])
                                      : json_of_text(writer, cell->items[item]);
}

/* Infinity is no number in JSON: it stays a text. */
static json_t *json_of_real(struct row_writer *writer, const struct cell *cell)
{
    json_t *value = json_real(cell->real);
    return value ? value : json_of_text(writer, cell->text);
}

static json_t *json_of_cell(struct row_writer *writer, const struct cell *cell)
{
    if (cell->null)
        return json_null();
    switch (cell->kind) {
    case CELL_TEXT:
        return json_of_text(writer, cell->text);
    case CELL_NUMBER:
        return json_integer(cell->number);
    case CELL_REAL:
        return json_of_real(writer, cell);
    case CELL_BOOLEAN:
        return json_boolean(cell->number);
    case CELL_LIST:
    case CELL_NUMBERS:
        break;
    }
    json_t *array = json_array();
    for (size_t i = 0; i < cell->item_count; i++)
        json_array_append_new(array, json_of_item(writer, cell, i));
    return array;
}

/* Neighbours of one prefix; how many. */
static size_t group_length(const struct cell *cells, size_t count)
{
    const char *dot = strchr(cells[0].name, '.');
    size_t prefix = dot ? (size_t)(dot - cells[0].name) + 1 : 0, length = 1;
    while (prefix && length < count &&
           !strncmp(cells[0].name, cells[length].name, prefix))
        length++;
    return prefix ? length : 0;
}

static json_t *json_of_group(struct row_writer *writer, const struct cell *cells,
                             size_t count, size_t prefix)
{
    bool all_null = true;
    if (cells[0].kind == CELL_LIST || cells[0].kind == CELL_NUMBERS) {
        json_t *array = json_array();
        for (size_t item = 0; item < cells[0].item_count; item++) {
            json_t *object = json_object();
            for (size_t i = 0; i < count; i++)
                json_object_set_new(object, cells[i].name + prefix,
                                    json_of_item(writer, &cells[i], item));
            json_array_append_new(array, object);
        }
        return array;
    }
    json_t *object = json_object();
    for (size_t i = 0; i < count; i++) {
        all_null = all_null && cells[i].null;
        json_object_set_new(object, cells[i].name + prefix,
                            json_of_cell(writer, &cells[i]));
    }
    if (!all_null)
        return object;
    json_decref(object);
    return json_null();
}

/* jansson leaves DEL as it is, the one control character that is left then: it stands
 * only inside of strings. */
static void put_json(struct row_writer *writer, struct slice text)
{
    ptrdiff_t at;
    while ((at = slice_index(text, 0x7f)) >= 0) {
        put(writer, slice_first(text, (size_t)at));
        put(writer, SLICE("\\u007f"));
        text = slice_skip(text, (size_t)at + 1);
    }
    put(writer, text);
    put(writer, SLICE("\n"));
}

static void json_row(struct row_writer *writer, const struct cell *cells, size_t count)
{
    json_t *object = json_object();
    for (size_t i = 0; i < count;) {
        size_t group = writer->flat ? 0 : group_length(cells + i, count - i);
        if (!group) {
            json_object_set_new(object, cells[i].name, json_of_cell(writer, &cells[i]));
            i++;
            continue;
        }
        size_t prefix = (size_t)(strchr(cells[i].name, '.') - cells[i].name);
        struct slice name =
            arena_copy(&writer->row, (struct slice){cells[i].name, prefix});
        json_object_set_new(object, name.data,
                            json_of_group(writer, cells + i, group, prefix + 1));
        i += group;
    }
    char *text = json_dumps(object, JSON_COMPACT | JSON_ENSURE_ASCII |
                                        JSON_REAL_PRECISION(REAL_DIGITS));
    put_json(writer, slice_from(text));
    free(text);
    json_decref(object);
}

/* --- table --------------------------------------------------------------------- */

static void table_line(struct row_writer *writer, const struct slice *cells)
{
    for (size_t i = 0; i < writer->columns; i++) {
        struct slice text = escape_cut(&writer->row, cells[i], writer->widths[i]);
        put(writer, text);
        if (i + 1 == writer->columns)
            break;
        for (size_t pad = escape_width(text); pad < writer->widths[i] + 2; pad++)
            put(writer, SLICE(" "));
    }
    put(writer, SLICE("\n"));
}

static void table_release(struct row_writer *writer)
{
    for (size_t i = 0; i < writer->held_rows; i++)
        table_line(writer, writer->cells + i * writer->columns);
    writer->held_rows = 0;
    writer->headed = true;
    arena_reset(&writer->held);
}

static void table_hold(struct row_writer *writer, const struct slice *cells)
{
    if (!writer->cells) {
        size_t size = (TABLE_ROWS + 1) * writer->columns * sizeof *writer->cells;
        writer->cells = malloc(size);
        if (!writer->cells) {
            writer->failed = true;
            return;
        }
    }
    struct slice *row = writer->cells + writer->held_rows++ * writer->columns;
    for (size_t i = 0; i < writer->columns; i++) {
        row[i] = arena_copy(&writer->held, cells[i]);
        size_t width = escape_width(cells[i]);
        width = width < TABLE_CELL_WIDTH ? width : TABLE_CELL_WIDTH;
        if (width > writer->widths[i])
            writer->widths[i] = width;
    }
}

static void table_header(struct row_writer *writer, const struct cell *cells,
                         size_t count)
{
    writer->columns = count < TABLE_COLUMNS ? count : TABLE_COLUMNS;
    struct slice *texts = arena_alloc(&writer->row, writer->columns * sizeof *texts);
    writer->failed = writer->failed || !texts;
    if (writer->failed)
        return;
    for (size_t i = 0; i < writer->columns; i++)
        texts[i] = escape_text(&writer->row, slice_from(cells[i].name));
    table_hold(writer, texts);
}

static void table_row(struct row_writer *writer, const struct cell *cells, size_t count)
{
    if (!writer->columns)
        table_header(writer, cells, count);
    count = writer->columns;
    struct slice *texts = arena_alloc(&writer->row, count * sizeof *texts);
    writer->failed = writer->failed || !texts;
    if (writer->failed)
        return;
    for (size_t i = 0; i < count; i++)
        texts[i] = escape_text(&writer->row, flat_text(writer, &cells[i]));
    if (writer->headed) {
        table_line(writer, texts);
        return;
    }
    table_hold(writer, texts);
    if (writer->held_rows > TABLE_ROWS)
        table_release(writer);
}

/* --- the face ------------------------------------------------------------------ */

bool row_writer_row(struct row_writer *writer, const struct cell *cells, size_t count)
{
    switch (writer->format) {
    case EXPORT_CSV:
        if (!writer->headed)
            csv_header(writer, cells, count);
        writer->headed = true;
        csv_row(writer, cells, count);
        break;
    case EXPORT_JSONL:
        json_row(writer, cells, count);
        break;
    case EXPORT_TABLE:
        table_row(writer, cells, count);
        break;
    }
    arena_reset(&writer->row);
    return !writer->closed && !writer->failed;
}

int row_writer_end(struct row_writer *writer, const struct cell *header, size_t count,
                   struct error *error)
{
    if (writer->format == EXPORT_CSV && !writer->headed)
        csv_header(writer, header, count);
    if (writer->format == EXPORT_TABLE && !writer->columns)
        table_header(writer, header, count);
    if (writer->format == EXPORT_TABLE)
        table_release(writer);
    flush(writer);
    bool failed = writer->failed;
    free(writer->cells);
    arena_fini(&writer->row);
    arena_fini(&writer->held);
    free(writer);
    return failed ? error_set(error, ERROR_MEMORY, "no memory for a row") : 0;
}

int export_format_from_name(struct slice name)
{
    static const char *const names[] = {
        [EXPORT_TABLE] = "table", [EXPORT_CSV] = "csv", [EXPORT_JSONL] = "jsonl"};
    for (int i = 0; i < (int)(sizeof names / sizeof names[0]); i++) {
        if (slice_equal(slice_from(names[i]), name))
            return i;
    }
    return -1;
}
