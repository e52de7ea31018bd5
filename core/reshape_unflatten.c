/*
 * Dotted keys.  LogScale and Kibana write "userIdentity.arn" and "a.list[0].b", Splunk
 * "a{}.b"; GCP's Logs Explorer heads its columns so.
 */
#include "config.h"

#include "core/reshape_internal.h"

enum {
    /* Parts of one key, and elements of one array. */
    LIMIT_PARTS = 32,
    LIMIT_ELEMENTS = 1024,
    /* A key of words, such as the header of a column. */
    LIMIT_KEY_BYTES = 256,
};

/* One part of a key: a name, then maybe elements of arrays. */
struct part {
    struct slice name;
    bool element;
    size_t index;
};

static bool is_url(struct slice rest)
{
    return slice_starts_with_nocase(rest, SLICE("http:")) ||
           slice_starts_with_nocase(rest, SLICE("https:"));
}

/* "[12]" or "{}" at the beginning of *rest; false: neither. */
static bool cut_index(struct slice *rest, size_t *index)
{
    if (slice_starts_with(*rest, SLICE("{}"))) {
        *rest = slice_skip(*rest, 2);
        *index = 0;
        return true;
    }
    size_t at = 1, number = 0;
    if (!slice_starts_with(*rest, SLICE("[")))
        return false;
    for (; at < rest->length && rest->data[at] >= '0' && rest->data[at] <= '9'; at++) {
        number = number * 10 + (size_t)(rest->data[at] - '0');
        if (number >= LIMIT_ELEMENTS)
            return false;
    }
    if (at == 1 || at == rest->length || rest->data[at] != ']')
        return false;
    *rest = slice_skip(*rest, at + 1);
    *index = number;
    return true;
}

/* The parts of a key, 0 where it cannot be one of a flat record. */
static size_t split(struct slice key, struct part parts[LIMIT_PARTS])
{
    struct slice rest = key;
    size_t count = 0;
    while (rest.length && count < LIMIT_PARTS) {
        struct part *part = &parts[count++];
        size_t end = 0;
        while (end < rest.length && !strchr(".[{", rest.data[end]))
            end++;
        if (is_url(rest))
            end = rest.length;
        *part = (struct part){.name = slice_first(rest, end)};
        rest = slice_skip(rest, end);
        part->element = cut_index(&rest, &part->index);
        if (!part->name.length || (rest.length && rest.data[0] != '.'))
            return 0;
        if (rest.length == 1)
            return 0;
        rest = slice_skip(rest, 1);
    }
    return rest.length ? 0 : count;
}

/* The container at `index`, of an array that is filled up with objects. */
static json_t *element_at(json_t *array, size_t index)
{
    while (json_array_size(array) <= index) {
        if (json_array_append_new(array, json_object()))
            return NULL;
    }
    return json_array_get(array, index);
}

/* What a part leads to, made where it is missing; NULL where something else stands. */
static json_t *enter(json_t *object, const struct part *part)
{
    struct slice name = part->name;
    json_t *inner = json_object_getn(object, name.data, name.length);
    if (!inner || json_is_null(inner)) {
        inner = part->element ? json_array() : json_object();
        if (json_object_setn_new(object, name.data, name.length, inner))
            return NULL;
    }
    if (!part->element)
        return json_is_object(inner) ? inner : NULL;
    inner = json_is_array(inner) ? element_at(inner, part->index) : NULL;
    return json_is_object(inner) ? inner : NULL;
}

static bool set_last(json_t *object, const struct part *part, json_t *value)
{
    struct slice name = part->name;
    if (!part->element) {
        json_t *there = json_object_getn(object, name.data, name.length);
        return (!there || json_is_null(there)) &&
               !json_object_setn(object, name.data, name.length, value);
    }
    /* Splunk joins the values of "a{}" itself. */
    if (json_is_array(value) && part->index == 0 &&
        !json_object_getn(object, name.data, name.length))
        return !json_object_setn(object, name.data, name.length, value);
    json_t *array = json_object_getn(object, name.data, name.length);
    if (!array) {
        array = json_array();
        if (json_object_setn_new(object, name.data, name.length, array))
            return false;
    }
    return json_is_array(array) && element_at(array, part->index) &&
           !json_array_set(array, part->index, value);
}

static bool place(json_t *root, struct slice key, json_t *value)
{
    struct part parts[LIMIT_PARTS];
    size_t count = split(key, parts);
    json_t *object = root;
    if (!count)
        return false;
    for (size_t i = 0; i + 1 < count && object; i++)
        object = enter(object, &parts[i]);
    return object && set_last(object, &parts[count - 1], value);
}

/* "Event name" as "Event_name". */
static struct slice join_words(struct slice key, char joined[LIMIT_KEY_BYTES])
{
    if (slice_index(key, ' ') < 0 || key.length > LIMIT_KEY_BYTES)
        return key;
    for (size_t i = 0; i < key.length; i++)
        joined[i] = key.data[i] == ' ' ? '_' : key.data[i];
    return (struct slice){joined, key.length};
}

json_t *reshape_unflatten(json_t *object, struct slice prefix)
{
    json_t *root = json_object(), *value;
    const char *name;
    char joined[LIMIT_KEY_BYTES];
    json_object_foreach(object, name, value)
    {
        struct slice whole = join_words(slice_from(name), joined), key = whole;
        if (slice_starts_with(key, prefix))
            key = slice_skip(key, prefix.length);
        /* A key that leads nowhere stays as it is. */
        if (!place(root, key, value))
            json_object_setn(root, whole.data, whole.length, value);
    }
    return root;
}
