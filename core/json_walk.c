#include "config.h"

#include "core/json_walk.h"

static bool is_space(char byte)
{
    return byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t';
}

static void skip_to(struct json_walk *walk)
{
    while (walk->at < walk->end &&
           (is_space(*walk->at) || *walk->at == ',' || *walk->at == ':'))
        walk->at++;
}

/* Behind the string whose opening quote is at `at`. */
static const char *string_end(const char *at, const char *end, bool *escaped)
{
    *escaped = false;
    for (at++; at < end && *at != '"'; at++) {
        if (*at != '\\')
            continue;
        *escaped = true;
        at++;
    }
    return at < end ? at + 1 : end;
}

/* Behind the container whose bracket is at `at`. */
static const char *container_end(const char *at, const char *end)
{
    size_t open = 0;
    bool escaped;
    while (at < end) {
        if (*at == '"') {
            at = string_end(at, end, &escaped);
            continue;
        }
        open += *at == '{' || *at == '[';
        open -= *at == '}' || *at == ']';
        at++;
        if (!open)
            break;
    }
    return at;
}

static const char *scalar_end(const char *at, const char *end)
{
    while (at < end && !is_space(*at) && *at != ',' && *at != ']' && *at != '}')
        at++;
    return at;
}

static enum json_type type_of(char byte)
{
    switch (byte) {
    case '"':
        return VALUE_STRING;
    case '{':
        return VALUE_OBJECT;
    case '[':
        return VALUE_ARRAY;
    case 't':
        return VALUE_TRUE;
    case 'f':
        return VALUE_FALSE;
    case 'n':
        return VALUE_NULL;
    default:
        return VALUE_NUMBER;
    }
}

static void take_value(struct json_walk *walk, struct json_slot *value)
{
    const char *begin = walk->at;
    *value = (struct json_slot){.type = type_of(*begin)};
    if (value->type == VALUE_STRING) {
        walk->at = string_end(begin, walk->end, &value->escaped);
        value->text = (struct slice){begin + 1, (size_t)(walk->at - begin) - 2};
        return;
    }
    walk->at = value->type == VALUE_OBJECT || value->type == VALUE_ARRAY
                   ? container_end(begin, walk->end)
                   : scalar_end(begin, walk->end);
    value->text = (struct slice){begin, (size_t)(walk->at - begin)};
}

struct json_walk json_walk_into(struct slice container)
{
    struct slice inside = slice_skip(container, 1);
    return (struct json_walk){inside.data, inside.data + inside.length};
}

bool json_walk_element(struct json_walk *walk, struct json_slot *value)
{
    skip_to(walk);
    if (walk->at == walk->end || *walk->at == ']' || *walk->at == '}')
        return false;
    take_value(walk, value);
    return true;
}

bool json_walk_member(struct json_walk *walk, struct slice *key,
                      struct json_slot *value)
{
    bool escaped;
    skip_to(walk);
    if (walk->at == walk->end || *walk->at != '"')
        return false;
    const char *begin = walk->at;
    walk->at = string_end(begin, walk->end, &escaped);
    *key = (struct slice){begin + 1, (size_t)(walk->at - begin) - 2};
    skip_to(walk);
    if (walk->at == walk->end)
        return false;
    take_value(walk, value);
    return true;
}

struct slice json_walk_text(const struct json_slot *value)
{
    if (value->type != VALUE_STRING)
        return value->text;
    return (struct slice){value->text.data - 1, value->text.length + 2};
}
