#include "config.h"

#include "core/table_internal.h"

/* --- cutting --------------------------------------------------------------------- */

/* What is behind a cell. */
enum behind { BEHIND_SEPARATOR, BEHIND_LINE, BEHIND_TEXT, BEHIND_NOTHING };

static size_t skip_blanks(struct slice text, size_t at)
{
    while (at < text.length && text.data[at] == ' ')
        at++;
    return at;
}

/* The byte at `at`, and how far it and what belongs to it reach. */
static enum behind look_behind(const struct table *table, struct slice text, size_t at,
                               size_t *after)
{
    *after = at + 1;
    if (at == text.length)
        return BEHIND_NOTHING;
    if (text.data[at] == '\n')
        return BEHIND_LINE;
    if (text.data[at] == table->separator)
        return BEHIND_SEPARATOR;
    if (text.data[at] != '\r')
        return BEHIND_TEXT;
    *after = at + 2;
    if (at + 1 == text.length)
        return BEHIND_NOTHING;
    return text.data[at + 1] == '\n' ? BEHIND_LINE : BEHIND_TEXT;
}

static void add_cell(struct table *table, struct table_cell cell)
{
    if (table->cell_count < sizeof table->cells / sizeof table->cells[0])
        table->cells[table->cell_count] = cell;
    table->cell_count++;
}

/* `at` is behind the opening quote; returns the place behind the closing one, or 0. */
static size_t cut_quoted(struct table *table, struct slice text, size_t at)
{
    struct table_cell cell = {.text = {text.data + at, 0}, .quoted = true};
    for (;;) {
        ptrdiff_t quote = slice_index(slice_skip(text, at), '"');
        if (quote < 0)
            return 0;
        at += (size_t)quote + 1;
        if (at == text.length || text.data[at] != '"')
            break;
        cell.doubled = true;
        at++;
    }
    cell.text.length = (size_t)(text.data + at - 1 - cell.text.data);
    add_cell(table, cell);
    return at;
}

static size_t cut_plain(struct table *table, struct slice text, size_t at)
{
    size_t from = at;
    while (at < text.length && text.data[at] != '\n' &&
           text.data[at] != table->separator)
        at++;
    size_t end = at;
    if (end > from && text.data[end - 1] == '\r' &&
        (at == text.length || text.data[at] == '\n'))
        end--;
    add_cell(table, (struct table_cell){.text = {text.data + from, end - from}});
    return at;
}

enum table_cut table_cut(struct table *table, struct slice text, bool final,
                         struct table_row *row)
{
    size_t at = 0, after = 0;
    enum behind behind;
    table->cell_count = 0;
    do {
        size_t quote = skip_blanks(text, at);
        bool quoted = quote < text.length && text.data[quote] == '"';
        at = quoted ? cut_quoted(table, text, quote + 1) : cut_plain(table, text, at);
        row->after = text.length;
        if (quoted && !at)
            return final ? TABLE_QUOTE : TABLE_MORE;
        if (at == text.length && !final)
            return TABLE_MORE;
        row->length = at;
        if (quoted)
            at = skip_blanks(text, at);
        behind = look_behind(table, text, at, &after);
        at = after;
    } while (behind == BEHIND_SEPARATOR);
    if (behind == BEHIND_NOTHING && !final)
        return TABLE_MORE;
    row->after = at < text.length ? at : text.length;
    if (behind == BEHIND_TEXT)
        return TABLE_QUOTE;
    row->ended = behind == BEHIND_LINE;
    row->cells = table->cell_count;
    return TABLE_ROW;
}

struct slice table_first_cell(const struct table *table)
{
    return table->cells[0].text;
}

/* --- the object ------------------------------------------------------------------ */

/* What exports write for "nothing". */
static bool says_nothing(const struct table_cell *cell)
{
    static const struct slice words[] = {SLICE_INIT("-"), SLICE_INIT("null"),
                                         SLICE_INIT("NULL"), SLICE_INIT("(null)"),
                                         SLICE_INIT("(empty)")};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (slice_equal(cell->text, words[i]))
            return true;
    }
    return slice_blank(slice_trim(cell->text));
}

/* pandas counts the rows in a column whose name is empty. */
static bool is_counted(const struct table *table)
{
    struct slice first = table->cells[0].text;
    if (table->cell_count != table->columns + 1 || !first.length || first.length > 9)
        return false;
    for (size_t i = 0; i < first.length; i++) {
        if (first.data[i] < '0' || first.data[i] > '9')
            return false;
    }
    return true;
}

bool table_row_is_wide(const struct table *table)
{
    if (table->cell_count <= table->columns || is_counted(table))
        return false;
    if (table->cell_count > LIMIT_TABLE_COLUMNS + 1)
        return true;
    for (unsigned i = table->columns; i < table->cell_count; i++) {
        if (!says_nothing(&table->cells[i]))
            return true;
    }
    return false;
}

/* The inside of a string, pairs of quotes being one. */
static void write_cell(struct json_writer *out, const struct table_cell *cell)
{
    struct slice rest = cell->text;
    json_write_byte(out, '"');
    while (cell->doubled && rest.length) {
        ptrdiff_t quote = slice_index(rest, '"');
        size_t piece = quote < 0 ? rest.length : (size_t)quote + 1;
        json_write_inside(out, slice_first(rest, piece));
        rest = slice_skip(rest, quote < 0 ? piece : piece + 1);
    }
    json_write_inside(out, rest);
    json_write_byte(out, '"');
}

struct slice table_object(struct table *table)
{
    const struct table_cell *cells = table->cells + is_counted(table);
    unsigned count = table->cell_count - is_counted(table);
    bool empty = true;
    table_begin_object(table);
    for (unsigned i = 0; i < table->columns; i++) {
        table_begin_member(table, i);
        if (i >= count || says_nothing(&cells[i])) {
            json_write(&table->object, SLICE("null"));
            continue;
        }
        write_cell(&table->object, &cells[i]);
        empty = false;
    }
    return empty ? SLICE("{}") : table_end_object(table);
}
