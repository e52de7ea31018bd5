/*
 * table.h - a row of a table as the JSON object {column: text}.
 *
 * Tables come as delimited text (CSV of consoles, SIEMs and query engines) and as JSON
 * (columns x rows of Azure Log Analytics, field/value pairs of CloudWatch Logs
 * Insights).  A row without its columns says nothing, so each is made an object of its
 * own, which the forms then judge like any other JSON.
 *
 * Delimited text is RFC 4180, read with patience: `,` `;` or a tab between cells,
 * blanks around quotes, newlines in quoted cells.  An empty cell, or one that says
 * nothing in words (`-`, `(null)`), is null in the object: the column is there.
 *
 * A table owns the memory of its columns and of the last object; one serves one stream
 * and thread.  No function fails but by its result: memory that is out reads as a row
 * that is too long.
 */
#ifndef CORE_TABLE_H
#define CORE_TABLE_H

#include "core/limits.h"
#include "core/slice.h"

struct table;

struct table *table_new(void);
void table_free(struct table *table);
unsigned table_columns(const struct table *table);
/* Forgets the columns. */
void table_clear(struct table *table);
/* The same columns. -1: no memory. */
int table_copy(struct table *to, const struct table *from);
/* How often the columns were made anew; a copy goes on from the same number. */
uint64_t table_changes(const struct table *table);

/* --- delimited text (table_text.c) ----------------------------------------------- */

/*
 * Whether the line is a header: names alone, enough of them known as columns of logs
 * (table_header.c has the list), in any order, case and company.  The table then has
 * its columns and separator; else it is unchanged.
 */
bool table_open(struct table *table, struct slice line);

/* A line that may be a header of the same file again, told cheaply by its first cells;
 * call table_open to be sure. */
bool table_like_header(const struct table *table);

enum table_cut {
    TABLE_ROW,
    TABLE_MORE,  /* the text ends inside the row */
    TABLE_QUOTE, /* a quote that never closes, or text behind a closed one */
};

struct table_row {
    size_t length; /* without the line ending */
    size_t after;  /* with it; of an unreadable row how far it was read */
    unsigned cells;
    bool ended; /* by a line ending, not by the end of the text */
};

/* Cuts the row at the start of `text`, of which all is there if `final`. */
enum table_cut table_cut(struct table *table, struct slice text, bool final,
                         struct table_row *row);

/* Of the row cut last: its first cell as written, and whether more cells than columns
 * hold text.  An unnamed count of rows in front (as pandas writes) is no such cell. */
struct slice table_first_cell(const struct table *table);
bool table_row_is_wide(const struct table *table);

/* The object of the row cut last, valid until the next is made; without members where
 * no cell has text.  Absent where it is longer than LIMIT_RECORD_BYTES. */
struct slice table_object(struct table *table);

/* --- JSON (table_json.c); the texts are well formed ------------------------------ */

/* [{"name":"TimeGenerated",..},..] or ["TimeGenerated",..] become the columns. */
bool table_set_columns(struct table *table, struct slice array);
/* {"Data":[{"VarCharValue":"eventname"},..]} likewise, where enough of the names are
 * known, as in table_open. */
bool table_set_titles(struct table *table, struct slice object);
/* {"Data":[{"VarCharValue":".."},..]} as an object. */
struct slice table_object_of_cells(struct table *table, struct slice object);
/* ["2026-03-14T02:15:30Z",..] as an object. */
struct slice table_object_of_values(struct table *table, struct slice array);
/* [{"field":"@message","value":".."},..] as an object. */
struct slice table_object_of_pairs(struct table *table, struct slice array);

#endif
