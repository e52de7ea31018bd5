#include "config.h"

#include "tui/canvas.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/escape.h"

static int clamp(int value, int low, int high)
{
    return value < low ? low : value > high ? high : value;
}

void canvas_init(struct canvas *canvas, bool unicode)
{
    *canvas =
        (struct canvas){.unicode = unicode, .cursor_row = -1, .cursor_column = -1};
}

void canvas_fini(struct canvas *canvas)
{
    free(canvas->cells);
    canvas_init(canvas, canvas->unicode);
}

int canvas_resize(struct canvas *canvas, int width, int height)
{
    width = clamp(width, 1, CANVAS_MAX_WIDTH);
    height = clamp(height, 1, CANVAS_MAX_HEIGHT);
    struct cell *cells = malloc((size_t)width * (size_t)height * sizeof *cells);
    if (!cells)
        return -1;
    free(canvas->cells);
    canvas->cells = cells;
    canvas->width = width;
    canvas->height = height;
    canvas_clear(canvas);
    return 0;
}

void canvas_clear(struct canvas *canvas)
{
    size_t count = (size_t)canvas->width * (size_t)canvas->height;
    for (size_t i = 0; i < count; i++)
        canvas->cells[i] = (struct cell){.text = " ", .length = 1};
    canvas->cursor_row = canvas->cursor_column = -1;
}

struct cell *canvas_cell(const struct canvas *canvas, int row, int column)
{
    if (row < 0 || column < 0 || row >= canvas->height || column >= canvas->width)
        return NULL;
    return &canvas->cells[(size_t)row * (size_t)canvas->width + (size_t)column];
}

static void put(struct canvas *canvas, int row, int column, struct slice text,
                enum role role)
{
    struct cell *cell = canvas_cell(canvas, row, column);
    if (!cell || text.length > CELL_BYTES)
        return;
    memcpy(cell->text, text.data, text.length);
    cell->length = (uint8_t)text.length;
    cell->role = (uint8_t)role;
}

static void put_ascii(struct canvas *canvas, int row, int column, char character,
                      enum role role)
{
    put(canvas, row, column, (struct slice){&character, 1}, role);
}

static void put_wide(struct canvas *canvas, int row, int column, struct slice text,
                     enum role role)
{
    put(canvas, row, column, text, role);
    struct cell *right = canvas_cell(canvas, row, column + 1);
    if (right) {
        right->length = 0;
        right->role = (uint8_t)role;
    }
}

static void put_ellipsis(struct canvas *canvas, int row, int column)
{
    struct cell *before = canvas_cell(canvas, row, column - 1);
    struct cell *here = canvas_cell(canvas, row, column);
    /* Never half of a wide character. */
    if (before && here && here->length == 0)
        put_ascii(canvas, row, column - 1, ' ', ROLE_TEXT);
    put(canvas, row, column, canvas->unicode ? SLICE("\xe2\x80\xa6") : SLICE("~"),
        ROLE_DIM);
}

/* Where the pen is within a field. */
struct pen {
    struct canvas *canvas;
    int row, column, end;
    bool full;
};

static void pen_ascii(struct pen *pen, struct slice text, enum role role)
{
    for (size_t i = 0; i < text.length && !pen->full; i++) {
        if (pen->column >= pen->end)
            pen->full = true;
        else
            put_ascii(pen->canvas, pen->row, pen->column++, text.data[i], role);
    }
}

static void pen_character(struct pen *pen, struct slice text, unsigned columns,
                          enum role role)
{
    if ((int)columns > pen->end - pen->column) {
        pen->full = true;
        return;
    }
    if (columns == 1)
        put(pen->canvas, pen->row, pen->column, text, role);
    else
        put_wide(pen->canvas, pen->row, pen->column, text, role);
    pen->column += (int)columns;
}

static bool is_ascii(struct slice text)
{
    for (size_t i = 0; i < text.length; i++)
        if ((unsigned char)text.data[i] >= 0x80)
            return false;
    return true;
}

/* A character and its marks, where the screen takes ASCII alone. */
static void pen_code_points(struct pen *pen, struct slice text, enum role role)
{
    uint32_t code_point;
    for (unsigned length; (length = utf8_length(text, &code_point)) != 0;
         text = slice_skip(text, length)) {
        if (length == 1) {
            pen_ascii(pen, slice_first(text, 1), role);
            continue;
        }
        char escape[16];
        int written =
            snprintf(escape, sizeof escape, "\\u{%lX}", (unsigned long)code_point);
        pen_ascii(pen, (struct slice){escape, (size_t)written}, ROLE_ESCAPE);
    }
}

static void pen_piece(struct pen *pen, const struct escape_piece *piece, bool raw,
                      enum role role)
{
    if (raw && slice_equal(piece->text, SLICE("\\\\"))) {
        pen_ascii(pen, SLICE("\\"), role);
    } else if (piece->escaped) {
        pen_ascii(pen, piece->text, ROLE_ESCAPE);
    } else if (is_ascii(piece->text)) {
        pen_ascii(pen, piece->text, role);
    } else if (pen->canvas->unicode) {
        pen_character(pen, piece->text, piece->columns, role);
    } else {
        pen_code_points(pen, piece->text, role);
    }
}

static int draw(struct canvas *canvas, int row, int column, int width,
                struct slice text, bool raw, enum role role)
{
    if (column < 0 || width <= 0 || row < 0 || row >= canvas->height)
        return 0;
    int room = sub_sat(canvas->width, column);
    struct pen pen = {
        .canvas = canvas,
        .row = row,
        .column = column,
        .end = column + (width < room ? width : room),
    };
    struct escape_piece piece;
    while (!pen.full && escape_next(&text, &piece))
        pen_piece(&pen, &piece, raw, role);
    if (pen.full && pen.end > column) {
        put_ellipsis(canvas, row, pen.end - 1);
        pen.column = pen.end;
    }
    return pen.column - column;
}

int canvas_text(struct canvas *canvas, int row, int column, int width,
                struct slice text, enum role role)
{
    return draw(canvas, row, column, width, text, false, role);
}

int canvas_raw(struct canvas *canvas, int row, int column, int width, struct slice text,
               enum role role)
{
    return draw(canvas, row, column, width, text, true, role);
}

int canvas_label(struct canvas *canvas, int row, int column, int width,
                 const char *label, enum role role)
{
    return draw(canvas, row, column, width, slice_from(label), true, role);
}

int canvas_printf(struct canvas *canvas, int row, int column, int width, enum role role,
                  const char *format, ...)
{
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return canvas_label(canvas, row, column, width, text, role);
}

void canvas_right(struct canvas *canvas, int row, int column, int width,
                  const char *label, enum role role)
{
    int length = (int)strlen(label);
    int left = sub_sat(width, length);
    canvas_label(canvas, row, column + left, width - left, label, role);
}

void canvas_fill(struct canvas *canvas, int row, int column, int width, char character,
                 enum role role)
{
    for (int i = 0; i < width && column + i < canvas->width; i++)
        put_ascii(canvas, row, column + i, character, role);
}

void canvas_bar(struct canvas *canvas, int row, int column, unsigned eighths,
                enum role role)
{
    static const char *const ascii[9] = {" ", "_", "_", ".", "-", "-", "=", "=", "#"};
    static const char *const blocks[9] = {" ",
                                          "\xe2\x96\x81",
                                          "\xe2\x96\x82",
                                          "\xe2\x96\x83",
                                          "\xe2\x96\x84",
                                          "\xe2\x96\x85",
                                          "\xe2\x96\x86",
                                          "\xe2\x96\x87",
                                          "\xe2\x96\x88"};
    if (eighths > 8)
        eighths = 8;
    put(canvas, row, column,
        slice_from(canvas->unicode ? blocks[eighths] : ascii[eighths]), role);
}

void canvas_select(struct canvas *canvas, int row, int column, int width)
{
    for (int i = 0; i < width; i++) {
        struct cell *cell = canvas_cell(canvas, row, column + i);
        if (cell)
            cell->selected = true;
    }
}

static char fold(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

/* Cells taken by `needle` where it starts at this cell, 0 where it does not. */
static int match_at(const struct canvas *canvas, int row, int column, int end,
                    struct slice needle)
{
    size_t done = 0;
    int at = column;
    while (done < needle.length) {
        const struct cell *cell = at < end ? canvas_cell(canvas, row, at) : NULL;
        if (!cell)
            return 0;
        for (size_t i = 0; i < cell->length && done < needle.length; i++, done++)
            if (fold(cell->text[i]) != fold(needle.data[done]))
                return 0;
        at++;
    }
    return at - column;
}

static bool each_match(struct canvas *canvas, int row, int column, int width,
                       struct slice needle, int role)
{
    bool found = false;
    int end = column + width < canvas->width ? column + width : canvas->width;
    if (slice_blank(needle) || row < 0 || row >= canvas->height || column < 0)
        return false;
    for (int at = column; at < end; at++) {
        int length = match_at(canvas, row, at, end, needle);
        found |= length > 0;
        for (int i = 0; i < length; i++) {
            struct cell *cell = canvas_cell(canvas, row, at + i);
            if (role < 0)
                cell->matched = true;
            else
                cell->role = (uint8_t)role;
        }
        at += sub_sat(length, 1);
    }
    return found;
}

bool canvas_mark(struct canvas *canvas, int row, int column, int width,
                 struct slice needle)
{
    return each_match(canvas, row, column, width, needle, -1);
}

void canvas_paint(struct canvas *canvas, int row, int column, int width,
                  struct slice needle, enum role role)
{
    each_match(canvas, row, column, width, needle, (int)role);
}
