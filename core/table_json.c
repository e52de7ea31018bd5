#include "config.h"

#include "core/table_internal.h"

#include "core/json_walk.h"

/* Names of the name of a column: Log Analytics, Data Explorer, Athena. */
static const struct slice name_keys[] = {SLICE_INIT("name"), SLICE_INIT("ColumnName"),
                                         SLICE_INIT("Name"),
                                         SLICE_INIT("VarCharValue")};

/* The member of an object that has one of these names; absent in anything else. */
static struct json_slot member_of(const struct json_slot *object,
                                  const struct slice *names, size_t count)
{
    struct json_walk walk = json_walk_into(object->text);
    struct slice key;
    struct json_slot value;
    while (object->type == VALUE_OBJECT && json_walk_member(&walk, &key, &value)) {
        for (size_t i = 0; i < count; i++) {
            if (slice_equal(key, names[i]))
                return value;
        }
    }
    return (struct json_slot){.type = VALUE_ABSENT};
}

/* The inside of a column's name. */
static struct slice name_of(const struct json_slot *column)
{
    struct json_slot name = *column;
    if (column->type == VALUE_OBJECT)
        name = member_of(column, name_keys, sizeof name_keys / sizeof name_keys[0]);
    return name.type == VALUE_STRING ? name.text : SLICE_NONE;
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

/* Athena's row of cells. */
static struct slice cells_of(struct slice object)
{
    static const struct slice data = SLICE_INIT("Data");
    const struct json_slot row = {.type = VALUE_OBJECT, .text = object};
    struct json_slot cells = member_of(&row, &data, 1);
    return cells.type == VALUE_ARRAY ? cells.text : SLICE("[]");
}

bool table_set_titles(struct table *table, struct slice object)
{
    struct slice cells = cells_of(object);
    struct json_walk walk = json_walk_into(cells);
    struct json_slot title;
    unsigned weight = 0;
    while (json_walk_element(&walk, &title))
        weight += table_name_weight(name_of(&title));
    return weight >= TABLE_HEADER_WEIGHT && table_set_columns(table, cells);
}

/* key: of the value in an object that is the element, or absent. */
static struct slice object_of(struct table *table, struct slice array, struct slice key)
{
    struct json_walk walk = json_walk_into(array);
    struct json_slot value;
    table_begin_object(table);
    for (unsigned i = 0; i < table->columns && json_walk_element(&walk, &value); i++) {
        if (slice_present(key))
            value = member_of(&value, &key, 1);
        if (value.type == VALUE_NULL || value.type == VALUE_ABSENT ||
            (value.type == VALUE_STRING && !value.text.length))
            continue;
        table_begin_member(table, i);
        json_write(&table->object, json_walk_text(&value));
    }
    return table_end_object(table);
}

struct slice table_object_of_values(struct table *table, struct slice array)
{
    return object_of(table, array, SLICE_NONE);
}

struct slice table_object_of_cells(struct table *table, struct slice object)
{
    return object_of(table, cells_of(object), SLICE("VarCharValue"));
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
