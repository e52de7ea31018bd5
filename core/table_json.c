#include "config.h"

#include "core/table_internal.h"

#include "core/json_walk.h"

/* Names of the name of a column: Log Analytics, Data Explorer. */
static bool is_name_key(struct slice key)
{
    return slice_equal(key, SLICE("name")) || slice_equal(key, SLICE("ColumnName")) ||
           slice_equal(key, SLICE("Name"));
}

/* The inside of a column's name. */
static struct slice name_of(const struct json_slot *column)
{
    if (column->type == VALUE_STRING)
        return column->text;
    struct json_walk walk = json_walk_into(column->text);
    struct slice key;
    struct json_slot value;
    while (column->type == VALUE_OBJECT && json_walk_member(&walk, &key, &value)) {
        if (is_name_key(key) && value.type == VALUE_STRING)
            return value.text;
    }
    return SLICE_NONE;
}

bool table_set_columns(struct table *table, struct slice array)
{
    struct json_walk walk = json_walk_into(array);
    struct json_slot column;
    table_clear(table);
    while (json_walk_element(&walk, &column)) {
        struct slice name = name_of(&column);
        if (!slice_present(name) || !table_add_column(table, name, true))
            return false;
    }
    return table->columns > 0;
}

struct slice table_object_of_values(struct table *table, struct slice array)
{
    struct json_walk walk = json_walk_into(array);
    struct json_slot value;
    table_begin_object(table);
    for (unsigned i = 0; i < table->columns && json_walk_element(&walk, &value); i++) {
        if (value.type == VALUE_NULL ||
            (value.type == VALUE_STRING && !value.text.length))
            continue;
        table_begin_member(table, i);
        json_write(&table->object, json_walk_text(&value));
    }
    return table_end_object(table);
}

static void write_pair(struct table *table, const struct json_slot *pair)
{
    struct json_walk walk = json_walk_into(pair->text);
    struct slice key;
    struct json_slot member, field = {.type = VALUE_ABSENT}, value = field;
    while (pair->type == VALUE_OBJECT && json_walk_member(&walk, &key, &member)) {
        if (slice_equal(key, SLICE("field")))
            field = member;
        else if (slice_equal(key, SLICE("value")))
            value = member;
    }
    if (field.type != VALUE_STRING || value.type == VALUE_ABSENT)
        return;
    if (!table->object_empty)
        json_write_byte(&table->object, ',');
    table->object_empty = false;
    json_write(&table->object, json_walk_text(&field));
    json_write_byte(&table->object, ':');
    json_write(&table->object, json_walk_text(&value));
}

struct slice table_object_of_pairs(struct table *table, struct slice array)
{
    struct json_walk walk = json_walk_into(array);
    struct json_slot pair;
    table_begin_object(table);
    while (json_walk_element(&walk, &pair))
        write_pair(table, &pair);
    return table_end_object(table);
}
