/*
 * canvas.h - a screen of cells in memory.
 *
 * Views draw on a canvas; term.c shows it, tests dump it.  Every text from a log is
 * drawn by canvas_text or canvas_raw, which pass it through escape_next: a cell
 * never holds a control character.  Labels of our own are plain ASCII.
 *
 * Coordinates outside the canvas are allowed everywhere and draw nothing: geometry
 * saturates, so no view needs to check for a small terminal.  Pure but for the cells
 * it owns.
 */
#ifndef TUI_CANVAS_H
#define TUI_CANVAS_H

#include "core/escape.h"

/* What a piece of text is.  Colours are chosen by term.c alone, and no meaning rests
 * on them: each has a word or a mark beside it. */
enum role {
    ROLE_TEXT,
    ROLE_DIM,
    ROLE_TITLE,
    ROLE_HEADER,
    ROLE_ALERT,    /* an open creation, damaged input, an error */
    ROLE_APPROVED, /* covered by an approval */
    ROLE_ATTEMPT,  /* failed, denied or a dry run */
    ROLE_KEY,      /* a key to press; a key of JSON */
    ROLE_STRING,
    ROLE_NUMBER,
    ROLE_ESCAPE, /* an untrusted byte, shown as an escape */
    ROLE_COUNT
};

enum {
    CELL_BYTES = ESCAPE_PIECE_BYTES,
    CANVAS_MAX_WIDTH = 1000,
    CANVAS_MAX_HEIGHT = 500
};

struct cell {
    char text[CELL_BYTES]; /* one character with its combining marks, not NUL-ended */
    uint8_t length;        /* 0: the right half of the wide character before it */
    uint8_t role;
    bool selected; /* in the row of the cursor */
    bool matched;  /* found by the search */
};

struct canvas {
    int width, height;
    bool unicode; /* false: ASCII alone, the rest as escapes */
    struct cell *cells;
    int cursor_row, cursor_column; /* -1: hidden */
};

void canvas_init(struct canvas *canvas, bool unicode);
void canvas_fini(struct canvas *canvas);
/* Clears; sizes outside 1..CANVAS_MAX are clamped.  -1: no memory, unchanged. */
int canvas_resize(struct canvas *canvas, int width, int height);
void canvas_clear(struct canvas *canvas);

/* NULL outside the canvas. */
struct cell *canvas_cell(const struct canvas *canvas, int row, int column);

/*
 * Draws within [column, column + width) and returns the columns taken.  Text that
 * does not fit ends in a mark (an ellipsis, or `~`).
 */
int canvas_text(struct canvas *canvas, int row, int column, int width,
                struct slice text, enum role role);
/* The same with single backslashes, for raw records that keep escapes of their own. */
int canvas_raw(struct canvas *canvas, int row, int column, int width, struct slice text,
               enum role role);
/* Our own words. */
int canvas_label(struct canvas *canvas, int row, int column, int width,
                 const char *label, enum role role);
int canvas_printf(struct canvas *canvas, int row, int column, int width, enum role role,
                  const char *format, ...) __attribute__((format(printf, 6, 7)));
/* At the right end of the field. */
void canvas_right(struct canvas *canvas, int row, int column, int width,
                  const char *label, enum role role);
void canvas_fill(struct canvas *canvas, int row, int column, int width, char character,
                 enum role role);
/* One of eight heights: a block, or one of `_.-=#`; 0 is a blank. */
void canvas_bar(struct canvas *canvas, int row, int column, unsigned eighths,
                enum role role);

void canvas_select(struct canvas *canvas, int row, int column, int width);
/* Marks what the row shows of `needle`, ASCII case ignored; whether it shows any. */
bool canvas_mark(struct canvas *canvas, int row, int column, int width,
                 struct slice needle);
/* The same, by a role. */
void canvas_paint(struct canvas *canvas, int row, int column, int width,
                  struct slice needle, enum role role);

/* Geometry never underflows. */
static inline int sub_sat(int a, int b)
{
    return a > b ? a - b : 0;
}

#endif
