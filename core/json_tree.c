#include "config.h"

#include "core/json_tree.h"

#include <stdlib.h>

#include "core/escape.h"

/* A copy that jansson reads. */
struct repair {
    const char *at, *end;
    char *out;
};

static void put(struct repair *repair, const char *bytes, size_t length)
{
    memcpy(repair->out, bytes, length);
    repair->out += length;
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* The code unit of a \uXXXX at `at`, or -1. */
static int code_unit(const char *at, const char *end)
{
    int unit = 0;
    if (end - at < 6 || at[0] != '\\' || at[1] != 'u')
        return -1;
    for (int i = 2; i < 6; i++) {
        int digit = hex_value(at[i]);
        if (digit < 0)
            return -1;
        unit = unit * 16 + digit;
    }
    return unit;
}

static void repair_escape(struct repair *repair)
{
    int unit = code_unit(repair->at, repair->end);
    size_t length = unit < 0 ? 2 : 6;
    if (unit >= 0xD800 && unit <= 0xDBFF) {
        int low = code_unit(repair->at + 6, repair->end);
        if (low >= 0xDC00 && low <= 0xDFFF)
            length = 12;
    }
    if (length > (size_t)(repair->end - repair->at))
        length = (size_t)(repair->end - repair->at);
    if (unit == 0 || (unit >= 0xD800 && unit <= 0xDFFF && length == 6))
        put(repair, "\\ufffd", 6);
    else
        put(repair, repair->at, length);
    repair->at += length;
}

static void repair_string(struct repair *repair)
{
    put(repair, repair->at++, 1);
    while (repair->at < repair->end && *repair->at != '"') {
        struct slice rest = {repair->at, (size_t)(repair->end - repair->at)};
        uint32_t code_point;
        if (*repair->at == '\\') {
            repair_escape(repair);
            continue;
        }
        unsigned length = utf8_length(rest, &code_point);
        if (!length || (unsigned char)*repair->at < 0x20) {
            put(repair, "\xEF\xBF\xBD", 3);
            repair->at++;
        } else {
            put(repair, repair->at, length);
            repair->at += length;
        }
    }
    if (repair->at < repair->end)
        put(repair, repair->at++, 1);
}

static bool is_number_byte(char c)
{
    return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' || c == 'e' ||
           c == 'E';
}

static void repair_value(struct repair *repair)
{
    char c = *repair->at;
    if (c == '"') {
        repair_string(repair);
    } else if (c == '-' || (c >= '0' && c <= '9')) {
        put(repair, "\"", 1);
        while (repair->at < repair->end && is_number_byte(*repair->at))
            put(repair, repair->at++, 1);
        put(repair, "\"", 1);
    } else {
        put(repair, repair->at++, 1);
    }
}

json_t *json_tree_parse(struct slice text)
{
    enum { GROWTH = 3 }; /* one bad byte becomes U+FFFD, one digit a string */
    if (!text.length || text.length > SIZE_MAX / GROWTH)
        return NULL;
    char *copy = malloc(text.length * GROWTH);
    if (!copy)
        return NULL;
    struct repair repair = {text.data, text.data + text.length, copy};
    while (repair.at < repair.end)
        repair_value(&repair);
    json_t *root = json_loadb(copy, (size_t)(repair.out - copy),
                              JSON_DISABLE_EOF_CHECK | JSON_ALLOW_NUL, NULL);
    free(copy);
    return root;
}

json_t *json_tree_member(json_t *object, struct slice key)
{
    const char *name;
    json_t *value, *folded = NULL;
    json_object_foreach(object, name, value)
    {
        if (slice_equal(slice_from(name), key))
            return value;
        if (!folded && slice_equal_nocase(slice_from(name), key))
            folded = value;
    }
    return folded;
}

bool json_tree_is_empty(const json_t *node)
{
    return !node || json_is_null(node) ||
           (json_is_string(node) && !json_string_length(node)) ||
           (json_is_array(node) && !json_array_size(node)) ||
           (json_is_object(node) && !json_object_size(node));
}

json_t *json_tree_inside(const json_t *node, struct slice *text)
{
    *text = SLICE_NONE;
    if (!json_is_string(node))
        return NULL;
    struct slice held =
        slice_trim((struct slice){json_string_value(node), json_string_length(node)});
    if (!slice_starts_with(held, SLICE("{")) && !slice_starts_with(held, SLICE("[")))
        return NULL;
    *text = held;
    return json_tree_parse(held);
}
