/*
 * row_writer.h - the one writer of rows: as CSV, JSON Lines or a table for reading.
 *
 * A row is an array of named cells, the same names in every row.  A dotted name belongs
 * to a nested object, unless the names are the analyst's own: in JSON, neighbours
 * "approval.id", "approval.state" become one object (null where all of them are null),
 * and neighbours that are lists become an array of objects; CSV keeps the dotted names
 * and joins lists by `;`.
 *
 * Texts are escaped here.  In JSON, valid UTF-8 is kept as it is (as \u escapes beyond
 * ASCII, so that nothing invisible is left); other bytes pass the escaper first.
 */
#ifndef DB_ROW_WRITER_H
#define DB_ROW_WRITER_H

#include "db/export.h"

enum cell_kind {
    CELL_TEXT, /* an absent slice is null */
    CELL_NUMBER,
    CELL_REAL, /* its text as SQLite writes it, in every format */
    CELL_BOOLEAN,
    CELL_LIST,    /* of texts */
    CELL_NUMBERS, /* a list whose texts are numbers */
};

struct cell {
    const char *name;
    enum cell_kind kind;
    bool null;
    struct slice text;
    int64_t number; /* CELL_BOOLEAN: 0 or 1 */
    double real;
    const struct slice *items;
    size_t item_count;
};

struct cell cell_text(const char *name, struct slice text);
/* Columns that say "absent" by an empty text: null. */
struct cell cell_given(const char *name, struct slice text);
struct cell cell_number(const char *name, int64_t number);
struct cell cell_real(const char *name, double real, struct slice text);
/* Written by timestamp_format; null for EVENT_TIME_NONE. */
struct cell cell_time(const char *name, int64_t time_us, struct arena *arena);
/* Splits the text at `;`; absent text is an empty list. */
struct cell cell_split(const char *name, struct slice text, struct arena *arena);
struct cell cell_null(const char *name);

struct row_writer;

/* The sink is borrowed. NULL: no memory. */
struct row_writer *row_writer_new(enum export_format format,
                                  const struct export_sink *sink);
/* Names are written whole, whatever dots they have: columns of the analyst's own SQL,
 * such as max(source.bytes). */
void row_writer_keep_names(struct row_writer *writer);
/* False: nobody reads any more, or memory is short. */
bool row_writer_row(struct row_writer *writer, const struct cell *cells, size_t count);
/* Writes what is left and frees; -1 where memory was short and something is missing.
 * header: written where there was no row (CSV, table). */
int row_writer_end(struct row_writer *writer, const struct cell *header, size_t count,
                   struct error *error);

#endif
