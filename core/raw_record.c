#include "config.h"

#include "core/raw_record.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* Beyond it a double does not hold every whole number. */
#define MAX_WHOLE 9007199254740992.0

void raw_record_init(struct raw_record *record, struct slice bytes)
{
    *record = (struct raw_record){.bytes = bytes};
}

void raw_record_fini(struct raw_record *record)
{
    json_decref(record->root);
    record->root = NULL;
}

/* jansson refuses invalid UTF-8 and integers beyond 64 bits; a record that carries
 * them on purpose is read all the same, with those places blurred. */
static json_t *parse_blurred(struct slice bytes)
{
    char *copy = malloc(bytes.length ? bytes.length : 1);
    if (!copy)
        return NULL;
    for (size_t i = 0; i < bytes.length; i++)
        copy[i] = (unsigned char)bytes.data[i] < 0x80 ? bytes.data[i] : '?';
    json_t *root =
        json_loadb(copy, bytes.length, JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL, NULL);
    free(copy);
    return root;
}

static void parse(struct raw_record *record)
{
    if (record->parsed)
        return;
    record->parsed = true;
    struct slice text = slice_trim(record->bytes);
    if (!text.length || text.data[0] != '{')
        return;
    record->root = json_loadb(text.data, text.length, JSON_ALLOW_NUL, NULL);
    if (!record->root)
        record->root = parse_blurred(text);
    record->damaged = !record->root;
}

struct walk {
    raw_visitor *visitor;
    void *payload;
    bool found;
};

static enum truth visit_dump(struct walk *walk, const json_t *value)
{
    char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
    if (!text)
        return TRUTH_UNKNOWN;
    enum truth truth = walk->visitor(slice_from(text), walk->payload);
    free(text);
    return truth;
}

/* A whole number reads as its digits, however large a type it was given. */
static enum truth visit_real(struct walk *walk, const json_t *value)
{
    double number = json_real_value(value);
    if (number < -MAX_WHOLE || number > MAX_WHOLE || number != (double)(int64_t)number)
        return visit_dump(walk, value);
    char digits[32];
    int length = snprintf(digits, sizeof digits, "%" PRId64, (int64_t)number);
    return walk->visitor((struct slice){digits, (size_t)length}, walk->payload);
}

static enum truth visit_value(struct walk *walk, const json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_NULL:
        return walk->visitor(SLICE_NONE, walk->payload);
    case JSON_STRING:
        walk->found = true;
        return walk->visitor(
            (struct slice){json_string_value(value), json_string_length(value)},
            walk->payload);
    case JSON_REAL:
        walk->found = true;
        return visit_real(walk, value);
    default:
        walk->found = true;
        return visit_dump(walk, value);
    }
}

static enum truth walk_path(struct walk *walk, const json_t *value, struct slice path);

static enum truth walk_elements(struct walk *walk, const json_t *array,
                                struct slice path)
{
    size_t index;
    json_t *element;
    json_array_foreach(array, index, element)
    {
        enum truth truth = walk_path(walk, element, path);
        if (truth != TRUTH_FALSE)
            return truth;
    }
    /* Its JSON as a whole, for `contains`. */
    return slice_blank(path) ? visit_value(walk, array) : TRUTH_FALSE;
}

static enum truth walk_key(struct walk *walk, json_t *object, struct slice key,
                           struct slice rest)
{
    const char *name;
    json_t *value;
    json_object_foreach(object, name, value)
    {
        if (slice_equal(key, slice_from(name)))
            return walk_path(walk, value, rest);
    }
    json_object_foreach(object, name, value)
    {
        if (!slice_equal_nocase(key, slice_from(name)))
            continue;
        enum truth truth = walk_path(walk, value, rest);
        if (truth != TRUTH_FALSE)
            return truth;
    }
    return TRUTH_FALSE;
}

/* Every split of the path at a dot may be a key: "a.b" inside {"a":{"b":..}} and
 * {"a.b":..}.  LIMIT_RULE_FIELD_DOTS bounds the number of splits. */
static enum truth walk_object(struct walk *walk, json_t *object, struct slice path)
{
    for (size_t i = 1; i <= path.length; i++) {
        if (i < path.length && path.data[i] != '.')
            continue;
        struct slice rest =
            i < path.length ? slice_skip(path, i + 1) : (struct slice){path.data, 0};
        enum truth truth = walk_key(walk, object, slice_first(path, i), rest);
        if (truth != TRUTH_FALSE)
            return truth;
    }
    return TRUTH_FALSE;
}

static enum truth walk_path(struct walk *walk, const json_t *value, struct slice path)
{
    if (json_is_array(value))
        return walk_elements(walk, value, path);
    if (slice_blank(path))
        return visit_value(walk, value);
    return json_is_object(value) ? walk_object(walk, (json_t *)value, path)
                                 : TRUTH_FALSE;
}

enum truth raw_record_visit(struct raw_record *record, struct slice path,
                            raw_visitor *visitor, void *payload, bool *found)
{
    struct walk walk = {.visitor = visitor, .payload = payload};
    parse(record);
    enum truth truth = record->damaged ? TRUTH_UNKNOWN : TRUTH_FALSE;
    if (record->root)
        truth = walk_path(&walk, record->root, path);
    *found = walk.found;
    return truth;
}
