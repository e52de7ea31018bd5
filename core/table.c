#include "config.h"

#include "core/table_internal.h"

#include <stdlib.h>

struct table *table_new(void)
{
    struct table *table = calloc(1, sizeof *table);
    if (!table)
        return NULL;
    json_writer_init(&table->names, LIMIT_TABLE_NAME_BYTES);
    json_writer_init(&table->object, LIMIT_RECORD_BYTES);
    return table;
}

void table_free(struct table *table)
{
    if (!table)
        return;
    json_writer_fini(&table->names);
    json_writer_fini(&table->object);
    free(table);
}

unsigned table_columns(const struct table *table)
{
    return table->columns;
}

void table_clear(struct table *table)
{
    table->columns = 0;
    table->changes++;
    json_writer_reset(&table->names);
}

int table_copy(struct table *to, const struct table *from)
{
    json_writer_reset(&to->names);
    json_write(&to->names, json_written(&from->names));
    to->separator = from->separator;
    to->columns = from->columns;
    to->changes = from->changes;
    memcpy(to->ends, from->ends, from->columns * sizeof *to->ends);
    return to->names.failed ? -1 : 0;
}

uint64_t table_changes(const struct table *table)
{
    return table->changes;
}

bool table_add_column(struct table *table, struct slice name, bool inside)
{
    if (table->columns == LIMIT_TABLE_COLUMNS)
        return false;
    json_write_byte(&table->names, '"');
    if (inside)
        json_write(&table->names, name);
    else
        json_write_inside(&table->names, name);
    json_write(&table->names, SLICE("\":"));
    table->ends[table->columns++] = table->names.length;
    return !table->names.failed;
}

void table_begin_object(struct table *table)
{
    json_writer_reset(&table->object);
    json_write_byte(&table->object, '{');
    table->object_empty = true;
}

void table_begin_member(struct table *table, unsigned column)
{
    size_t from = column ? table->ends[column - 1] : 0;
    if (!table->object_empty)
        json_write_byte(&table->object, ',');
    table->object_empty = false;
    json_write(&table->object,
               (struct slice){table->names.data + from, table->ends[column] - from});
}

struct slice table_end_object(struct table *table)
{
    json_write_byte(&table->object, '}');
    return json_written(&table->object);
}
