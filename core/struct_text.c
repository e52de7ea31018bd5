#include "config.h"

#include "core/struct_text.h"

enum { KEY_BYTES = 128 };

struct reader {
    const char *at, *end;
    unsigned depth;
};

/* --- pieces ---------------------------------------------------------------------- */

static struct slice rest_of(const struct reader *reader)
{
    return (struct slice){reader->at, (size_t)(reader->end - reader->at)};
}

static void skip_blanks(struct reader *reader)
{
    while (reader->at < reader->end && *reader->at == ' ')
        reader->at++;
}

static bool take(struct reader *reader, char byte)
{
    if (reader->at == reader->end || *reader->at != byte)
        return false;
    reader->at++;
    return true;
}

static bool is_key_byte(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= '0' && byte <= '9') || (byte && strchr("_-.:/@$#", byte));
}

/* `key=` at the start; 0 where there is none. */
static size_t key_length(struct slice text)
{
    size_t at = 0;
    while (at < text.length && at < KEY_BYTES && is_key_byte(text.data[at]))
        at++;
    return at && at < text.length && text.data[at] == '=' ? at : 0;
}

static struct slice after_blanks(struct slice text)
{
    size_t at = 0;
    while (at < text.length && text.data[at] == ' ')
        at++;
    return slice_skip(text, at);
}

/* `, key=`, or in a list `, ` alone. */
static bool begins_next(struct slice text, bool list)
{
    if (!slice_starts_with(text, SLICE(", ")))
        return false;
    return list || key_length(after_blanks(slice_skip(text, 1)));
}

/* Whether a closing bracket is that of the struct or list, by what is behind it. */
static bool closes(struct slice behind, unsigned depth)
{
    if (depth == 1)
        return !after_blanks(behind).length;
    return behind.length && (behind.data[0] == '}' || behind.data[0] == ']' ||
                             slice_starts_with(behind, SLICE(", ")));
}

/* --- values ---------------------------------------------------------------------- */

static json_t *take_value(struct reader *reader, bool list);

static json_t *text_value(struct slice text)
{
    if (slice_equal(text, SLICE("null")))
        return json_null();
    return json_stringn(text.data ? text.data : "", text.length);
}

/* JSON as it stands. */
static json_t *take_json(struct reader *reader)
{
    struct slice rest = rest_of(reader);
    json_error_t error;
    json_t *tree = json_loadb(rest.data, rest.length, JSON_DISABLE_EOF_CHECK, &error);
    if (!tree)
        return NULL;
    json_decref(tree);
    reader->at += error.position;
    return json_stringn(rest.data, (size_t)error.position);
}

static json_t *take_plain(struct reader *reader, bool list)
{
    const char *from = reader->at, close = list ? ']' : '}';
    for (; reader->at < reader->end; reader->at++) {
        if (*reader->at == ',' && begins_next(rest_of(reader), list))
            break;
        if (*reader->at == close &&
            closes(slice_skip(rest_of(reader), 1), reader->depth))
            break;
    }
    return text_value((struct slice){from, (size_t)(reader->at - from)});
}

static json_t *take_members(struct reader *reader)
{
    json_t *object = json_object();
    char name[KEY_BYTES + 1];
    while (object && !take(reader, '}')) {
        skip_blanks(reader);
        size_t length = key_length(rest_of(reader));
        memcpy(name, reader->at, length);
        name[length] = '\0';
        reader->at += length ? length + 1 : 0;
        json_t *value = length ? take_value(reader, false) : NULL;
        bool more = value && take(reader, ',');
        bool ended = reader->at < reader->end && *reader->at == '}';
        if (json_object_set_new(object, name, value) || (!more && !ended)) {
            json_decref(object);
            return NULL;
        }
    }
    return object;
}

static json_t *take_elements(struct reader *reader)
{
    json_t *array = json_array();
    while (array && !take(reader, ']')) {
        skip_blanks(reader);
        json_t *value = take_value(reader, true);
        bool more = value && take(reader, ',');
        bool ended = reader->at < reader->end && *reader->at == ']';
        if (json_array_append_new(array, value) || (!more && !ended)) {
            json_decref(array);
            return NULL;
        }
    }
    return array;
}

static bool begins_struct(struct slice text)
{
    return slice_starts_with(text, SLICE("{")) &&
           (key_length(slice_skip(text, 1)) || slice_starts_with(text, SLICE("{}")));
}

static bool begins_json(struct slice text)
{
    return slice_starts_with(text, SLICE("{\"")) ||
           slice_starts_with(text, SLICE("[\"")) ||
           slice_starts_with(text, SLICE("[{\""));
}

static json_t *take_bracketed(struct reader *reader)
{
    if (reader->depth == LIMIT_STRUCT_DEPTH)
        return NULL;
    reader->depth++;
    json_t *value = *reader->at++ == '{' ? take_members(reader) : take_elements(reader);
    reader->depth--;
    return value;
}

static json_t *take_value(struct reader *reader, bool list)
{
    struct slice rest = rest_of(reader);
    json_t *json = begins_json(rest) ? take_json(reader) : NULL;
    if (json)
        return json;
    if (begins_struct(rest) || slice_starts_with(rest, SLICE("[")))
        return take_bracketed(reader);
    return take_plain(reader, list);
}

json_t *struct_text_parse(struct slice text)
{
    struct reader reader = {text.data, text.data + text.length, 0};
    if (!begins_struct(text) &&
        !(slice_starts_with(text, SLICE("[")) && begins_struct(slice_skip(text, 1))))
        return NULL;
    json_t *tree = take_bracketed(&reader);
    skip_blanks(&reader);
    if (tree && reader.at == reader.end)
        return tree;
    json_decref(tree);
    return NULL;
}
