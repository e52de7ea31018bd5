#include "config.h"

#include "tests/json_oracle.h"

#include <jansson.h>
#include <stdlib.h>

#include "core/json_scan.h"

enum { FLAGS = JSON_DECODE_ANY | JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL };

struct json_oracle {
    const char *const *paths;
    size_t count, accepted;
    struct json_projection *projection;
    struct json_slot *slots;
    struct arena arena;
};

struct json_oracle *json_oracle_new(const char *const *paths, size_t count)
{
    struct json_oracle *oracle = calloc(1, sizeof *oracle);
    struct json_path *rows = calloc(count, sizeof *rows);
    if (oracle && rows) {
        for (size_t i = 0; i < count; i++)
            rows[i] = (struct json_path){paths[i], (unsigned)i};
        oracle->paths = paths;
        oracle->count = count;
        oracle->slots = calloc(count, sizeof *oracle->slots);
        oracle->projection = json_projection_new(rows, count, (unsigned)count, NULL);
        arena_init(&oracle->arena);
    }
    free(rows);
    if (oracle && (!oracle->projection || !oracle->slots)) {
        json_oracle_free(oracle);
        return NULL;
    }
    return oracle;
}

void json_oracle_free(struct json_oracle *oracle)
{
    if (!oracle)
        return;
    json_projection_free(oracle->projection);
    arena_fini(&oracle->arena);
    free(oracle->slots);
    free(oracle);
}

size_t json_oracle_accepted(const struct json_oracle *oracle)
{
    return oracle->accepted;
}

/* Differences that the header of the scanner declares. */
static bool refusal_expected(const json_error_t *error)
{
    switch (json_error_code(error)) {
    case json_error_invalid_utf8:
    case json_error_null_byte_in_key:
    case json_error_numeric_overflow:
        return true;
    case json_error_invalid_syntax: /* "invalid Unicode '\uD800'" */
        return strstr(error->text, "invalid Unicode") != NULL;
    default:
        return false;
    }
}

static const json_t *find(const json_t *value, struct slice keys)
{
    if (!slice_present(keys))
        return value;
    struct slice key = slice_cut(&keys, ' ');
    if (!slice_equal(key, SLICE("*")))
        return json_is_object(value)
                   ? find(json_object_getn(value, key.data, key.length), keys)
                   : NULL;
    const json_t *found = NULL;
    for (size_t i = 0; !found && i < json_array_size(value); i++)
        found = find(json_array_get(value, i), keys);
    return found;
}

static enum json_type type_of(const json_t *value)
{
    if (!value)
        return VALUE_ABSENT;
    switch (json_typeof(value)) {
    case JSON_REAL:
        return VALUE_NUMBER;
    default:
        return json_is_object(value)   ? VALUE_OBJECT
               : json_is_array(value)  ? VALUE_ARRAY
               : json_is_string(value) ? VALUE_STRING
               : json_is_true(value)   ? VALUE_TRUE
               : json_is_false(value)  ? VALUE_FALSE
                                       : VALUE_NULL;
    }
}

static bool same_container(const json_t *expected, struct slice text)
{
    json_t *parsed = json_loadb(text.data, text.length, FLAGS, NULL);
    bool same = parsed && json_equal(expected, parsed);
    json_decref(parsed);
    return same;
}

static bool same_value(struct json_oracle *oracle, const struct json_slot *slot,
                       const json_t *expected)
{
    struct slice text = json_text(slot, &oracle->arena);
    if (slot->type == VALUE_STRING)
        return slice_equal(text, (struct slice){json_string_value(expected),
                                                json_string_length(expected)});
    if (slot->type == VALUE_NUMBER) {
        struct slice digits = arena_copy(&oracle->arena, text);
        return strtod(digits.data, NULL) == json_real_value(expected);
    }
    if (slot->type == VALUE_OBJECT || slot->type == VALUE_ARRAY)
        return same_container(expected, text);
    return slice_present(text) ==
           (slot->type == VALUE_TRUE || slot->type == VALUE_FALSE);
}

static const char *compare_slots(struct json_oracle *oracle, const json_t *document,
                                 const char **path)
{
    for (size_t i = 0; i < oracle->count; i++) {
        const struct json_slot *slot = &oracle->slots[i];
        const json_t *expected = find(document, slice_from(oracle->paths[i]));
        *path = oracle->paths[i];
        if (slot->type != type_of(expected))
            return "a slot has another type";
        if (expected && !same_value(oracle, slot, expected))
            return "a slot has another value";
    }
    *path = NULL;
    return NULL;
}

static bool only_blanks(const char *p, const char *end)
{
    while (p < end && strchr(" \t\r\n", *p) && *p)
        p++;
    return p == end;
}

static struct slice without_leading_blanks(struct slice text)
{
    while (text.length && strchr(" \t\r\n", text.data[0]) && text.data[0])
        text = slice_skip(text, 1);
    return text;
}

const char *json_oracle_compare(struct json_oracle *oracle, struct slice text,
                                const char **path)
{
    *path = NULL;
    text = without_leading_blanks(text);
    const char *end = text.data + text.length, *next = NULL;
    enum json_status status =
        json_scan(oracle->projection, text.data, end, true, oracle->slots, &next);
    if (status == JSON_TOO_DEEP)
        return NULL;
    bool accepted = status == JSON_OK && only_blanks(next, end);

    json_error_t error;
    json_t *document = json_loadb(text.data, text.length, FLAGS, &error);
    const char *difference = NULL;
    arena_reset(&oracle->arena);
    /* After a number jansson passes over a NUL as if it were not there. */
    bool dropped_nul = document && !accepted && memchr(text.data, '\0', text.length);
    if (dropped_nul)
        difference = NULL;
    else if (document && !accepted)
        difference = "jansson accepts, the scanner refuses";
    else if (!document && accepted && !refusal_expected(&error))
        difference = "jansson refuses, the scanner accepts";
    else if (document)
        difference = compare_slots(oracle, document, path);
    oracle->accepted += document && !difference;
    json_decref(document);
    return difference;
}
