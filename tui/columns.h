/*
 * columns.h - how the columns of a list share a width.
 *
 * What does not fit is dropped whole, highest `drop` first; the rest of the width
 * goes to the columns with a weight, up to their maximum.  Pure.
 */
#ifndef TUI_COLUMNS_H
#define TUI_COLUMNS_H

#include <stdbool.h>

enum cell_kind {
    CELL_TEXT,
    CELL_NUMBER, /* to the right */
    CELL_TIME,   /* at its maximum where years are told apart, else at its minimum */
};

struct column {
    const char *title;
    int min, max;
    int weight; /* share of what is left over; 0: stays at min */
    int drop;   /* 0: never; else the higher, the sooner */
    enum cell_kind kind;
};

struct column_place {
    int start, width; /* width 0: dropped */
};

/* One blank between columns; with_years: of times in several of them. */
void columns_place(const struct column *columns, int count, int width, bool with_years,
                   struct column_place *out);

#endif
