/*
 * table_internal.h - the table's state, shared by its files:
 *   table.c         memory, columns, the object of a row
 *   table_header.c  which lines are headers
 *   table_text.c    rows of delimited text
 *   table_json.c    rows of JSON
 */
#ifndef CORE_TABLE_INTERNAL_H
#define CORE_TABLE_INTERNAL_H

#include "core/json_write.h"
#include "core/table.h"

struct table_cell {
    struct slice text; /* of a quoted cell the inside, its quotes still doubled */
    bool quoted;
    bool doubled; /* has doubled quotes */
};

struct table {
    char separator;
    unsigned columns;
    uint64_t changes;
    /* The names as written, `"name":` each, one behind another; ends[i] is behind i. */
    struct json_writer names;
    size_t ends[LIMIT_TABLE_COLUMNS];

    unsigned cell_count; /* may be more than are kept */
    struct table_cell cells[LIMIT_TABLE_COLUMNS + 1];
    struct json_writer object;
    bool object_empty; /* no member was written yet */
};

/* inside: the name is the inside of a JSON string, else plain text.  False where there
 * are too many. */
bool table_add_column(struct table *table, struct slice name, bool inside);

void table_begin_object(struct table *table);
/* Names the next member; then its value is written to table->object. */
void table_begin_member(struct table *table, unsigned column);
struct slice table_end_object(struct table *table);

/* How well a name is known: 0, 1 (common in other tables too) or 2; TABLE_RAW is one
 * that is a table of its own. */
enum { TABLE_RAW = 3 };
/* Weights that make a header together. */
enum { TABLE_HEADER_WEIGHT = 3 };
unsigned table_name_weight(struct slice name);

#endif
