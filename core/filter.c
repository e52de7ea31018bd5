#include "config.h"

#include "core/filter.h"

#include "core/escape.h"
#include "core/mirror.h"
#include "core/limits.h"
#include "core/timestamp.h"

struct key_info {
    const char *name;
    enum filter_kind kind;
};

static const struct key_info keys[FILTER_KEY_COUNT] = {
#define TEXT FILTER_TEXT_KIND
#define NAME FILTER_NAME_KIND
#define ADDRESS FILTER_ADDRESS_KIND
#define YES_NO FILTER_YES_NO_KIND
#define TIME FILTER_TIME_KIND
#define X(identifier, key, kind) [identifier] = {key, kind},
    FILTER_KEYS(X)
#undef X
#undef TEXT
#undef NAME
#undef ADDRESS
#undef YES_NO
#undef TIME
};

const char *filter_key_name(enum filter_key key)
{
    return keys[key].name;
}

enum filter_kind filter_key_kind(enum filter_key key)
{
    return keys[key].kind;
}

/* --- suggestions --------------------------------------------------------------- */

static int find_key(struct slice name)
{
    for (int i = 0; i < FILTER_KEY_COUNT; i++) {
        if (keys[i].name[0] && slice_equal_nocase(slice_from(keys[i].name), name))
            return i;
    }
    return -1;
}

static const char *nearest_key(struct slice name)
{
    const char *nearest = keys[0].name;
    size_t least = SIZE_MAX;
    for (int i = 0; i < FILTER_KEY_COUNT; i++) {
        size_t distance = slice_distance(slice_from(keys[i].name), name);
        if (keys[i].name[0] && distance < least) {
            least = distance;
            nearest = keys[i].name;
        }
    }
    return nearest;
}

/* --- names of enumerations ----------------------------------------------------- */

struct synonym {
    const char *word;
    enum lifecycle lifecycle;
};

static const struct synonym synonyms[] = {
    {"create", LIFECYCLE_CREATION},
    {"modify", LIFECYCLE_MODIFICATION},
    {"delete", LIFECYCLE_DELETION},
    {"upsert", LIFECYCLE_CREATION_MODIFICATION},
};

static int lifecycle_from_word(struct slice word)
{
    for (size_t i = 0; i < sizeof synonyms / sizeof synonyms[0]; i++) {
        if (slice_equal_nocase(slice_from(synonyms[i].word), word))
            return (int)synonyms[i].lifecycle;
    }
    return lifecycle_from_name(word);
}

struct naming {
    enum filter_key key;
    int count;
    int (*number)(struct slice word);
    const char *(*name)(int number);
};

#define NAME_OF(type)                                                                  \
    static const char *type##_text(int number)                                         \
    {                                                                                  \
        return type##_name((enum type)number);                                         \
    }
NAME_OF(provider)
NAME_OF(lifecycle)
NAME_OF(outcome)
NAME_OF(severity)
NAME_OF(confidence)

static const char *state_text(int number)
{
    return mirror_state_name((enum mirror_state)number);
}

static const char *foreign_text(int number)
{
    return foreign_name((enum foreign)number);
}

static const struct naming namings[] = {
    {FILTER_PROVIDER, PROVIDER_COUNT, provider_from_name, provider_text},
    {FILTER_LIFECYCLE, LIFECYCLE_COUNT, lifecycle_from_word, lifecycle_text},
    {FILTER_OUTCOME, OUTCOME_COUNT, outcome_from_name, outcome_text},
    {FILTER_SEVERITY, SEVERITY_COUNT, severity_from_name, severity_text},
    {FILTER_CONFIDENCE, CONFIDENCE_COUNT, confidence_from_name, confidence_text},
    {FILTER_STATE, MIRROR_STATE_COUNT, mirror_state_from_name, state_text},
    {FILTER_FOREIGN, FOREIGN_COUNT, foreign_from_name, foreign_text},
};

static const struct naming *naming_of(enum filter_key key)
{
    for (size_t i = 0; i < sizeof namings / sizeof namings[0]; i++) {
        if (namings[i].key == key)
            return &namings[i];
    }
    return NULL;
}

static const char *nearest_name(const struct naming *naming, struct slice word)
{
    const char *nearest = "";
    size_t least = SIZE_MAX;
    for (int i = 0; i < naming->count; i++) {
        const char *name = naming->name(i);
        size_t distance = slice_distance(slice_from(name), word);
        if (name[0] && distance < least) {
            least = distance;
            nearest = name;
        }
    }
    return nearest;
}

/* --- parsing ------------------------------------------------------------------- */

struct parser {
    struct arena *arena;
    struct slice text;
    size_t at;
    int64_t last_event_us;
    int64_t since_us; /* the filter's own, for `until:+1h` */
    struct error *error;
};

enum { QUOTED_MAX = 64 }; /* bytes of a word in a message */

static int refuse(struct parser *parser, size_t column, const char *format,
                  struct slice word, const char *hint)
{
    struct slice safe = escape_text_limited(parser->arena, word, QUOTED_MAX);
    return error_set_at(parser->error, ERROR_SYNTAX, column, format, (int)safe.length,
                        safe.data, hint);
}

static bool at_end(const struct parser *parser)
{
    return parser->at >= parser->text.length;
}

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

static void skip_blanks(struct parser *parser)
{
    while (!at_end(parser) && is_blank(parser->text.data[parser->at]))
        parser->at++;
}

/* A quoted text, the opening quote taken already. */
static int take_quoted(struct parser *parser, size_t column, struct slice *out)
{
    char *copy = arena_alloc(parser->arena, parser->text.length + 1);
    size_t length = 0;
    if (!copy)
        return error_set(parser->error, ERROR_MEMORY, "no memory for the filter");
    while (!at_end(parser)) {
        char byte = parser->text.data[parser->at++];
        if (byte == '"') {
            copy[length] = '\0';
            *out = (struct slice){copy, length};
            return 0;
        }
        if (byte == '\\' && !at_end(parser))
            byte = parser->text.data[parser->at++];
        copy[length++] = byte;
    }
    return refuse(parser, column, "the quote is not closed%.*s%s", SLICE(""), "");
}

/* One value: quoted, or up to a blank or comma. */
static int take_value(struct parser *parser, bool commas, struct slice *out)
{
    size_t column = parser->at + 1;
    if (!at_end(parser) && parser->text.data[parser->at] == '"') {
        parser->at++;
        return take_quoted(parser, column, out);
    }
    size_t start = parser->at;
    while (!at_end(parser) && !is_blank(parser->text.data[parser->at]) &&
           !(commas && parser->text.data[parser->at] == ','))
        parser->at++;
    *out = arena_copy(parser->arena,
                      (struct slice){parser->text.data + start, parser->at - start});
    return slice_present(*out)
               ? 0
               : error_set(parser->error, ERROR_MEMORY, "no memory for the filter");
}

static int parse_time(struct parser *parser, const struct filter_term *term,
                      size_t column, struct filter_value *value)
{
    struct error inner = {0};
    int64_t anchor = parser->last_event_us;
    if (term->key == FILTER_UNTIL && value->text.length && value->text.data[0] == '+')
        anchor = parser->since_us;
    if (!timestamp_user(value->text, anchor, &value->time_us, &inner)) {
        if (term->key == FILTER_SINCE)
            parser->since_us = value->time_us;
        return 0;
    }
    return error_set_at(parser->error, ERROR_SYNTAX, column, "%s", inner.message);
}

static int parse_value(struct parser *parser, const struct filter_term *term,
                       size_t column, struct filter_value *value)
{
    const struct naming *naming;
    if (!value->text.length)
        return refuse(parser, column, "`%.*s:` needs a value%s",
                      slice_from(keys[term->key].name), "");
    switch (keys[term->key].kind) {
    case FILTER_TEXT_KIND:
        return 0;
    case FILTER_TIME_KIND:
        return parse_time(parser, term, column, value);
    case FILTER_ADDRESS_KIND:
        if (term->compare == FILTER_CONTAINS)
            return refuse(parser, column, "`%.*s` takes an address or a block, not ~%s",
                          slice_from(keys[term->key].name), "");
        return address_block_parse(value->text, &value->block)
                   ? 0
                   : refuse(parser, column, "`%.*s` is no address and no block%s",
                            value->text, "");
    case FILTER_YES_NO_KIND:
        value->number = slice_equal_nocase(value->text, SLICE("yes"));
        return value->number || slice_equal_nocase(value->text, SLICE("no"))
                   ? 0
                   : refuse(parser, column, "`%.*s`: it is yes or no%s", value->text,
                            "");
    case FILTER_NAME_KIND:
        break;
    }
    naming = naming_of(term->key);
    value->number = naming ? naming->number(value->text) : -1;
    return value->number >= 0
               ? 0
               : refuse(parser, column, "`%.*s` is not known; did you mean `%s`?",
                        value->text, naming ? nearest_name(naming, value->text) : "");
}

static int take_values(struct parser *parser, struct filter_term *term)
{
    bool commas = term->key != FILTER_TEXT;
    term->values =
        arena_alloc(parser->arena, LIMIT_FILTER_TERMS * sizeof *term->values);
    if (!term->values)
        return error_set(parser->error, ERROR_MEMORY, "no memory for the filter");
    for (;;) {
        size_t column = parser->at + 1;
        if (term->value_count == LIMIT_FILTER_TERMS)
            return refuse(parser, column, "too many values%.*s%s", SLICE(""), "");
        struct filter_value *value = &term->values[term->value_count++];
        *value = (struct filter_value){0};
        if (take_value(parser, commas, &value->text) ||
            parse_value(parser, term, column, value))
            return -1;
        if (at_end(parser) || is_blank(parser->text.data[parser->at]))
            return 0;
        if (!commas || parser->text.data[parser->at] != ',')
            return refuse(parser, parser->at + 1,
                          "a blank must follow the closing quote%.*s%s", SLICE(""), "");
        parser->at++;
    }
}

/* The key before a colon, or SLICE_NONE for a bare word. */
static struct slice peek_key(const struct parser *parser)
{
    size_t end = parser->at;
    while (end < parser->text.length && parser->text.data[end] != ':' &&
           parser->text.data[end] != '"' && !is_blank(parser->text.data[end]))
        end++;
    if (end == parser->at || end >= parser->text.length ||
        parser->text.data[end] != ':')
        return SLICE_NONE;
    return (struct slice){parser->text.data + parser->at, end - parser->at};
}

static int take_term(struct parser *parser, struct filter_term *term)
{
    *term = (struct filter_term){
        .key = FILTER_TEXT, .compare = FILTER_CONTAINS, .column = parser->at + 1};
    char first = parser->text.data[parser->at];
    bool more = parser->at + 1 < parser->text.length &&
                !is_blank(parser->text.data[parser->at + 1]);
    if ((first == '-' || first == '!') && more) {
        term->negated = true;
        parser->at++;
    }
    struct slice name = peek_key(parser);
    if (slice_present(name)) {
        int key = find_key(name);
        if (key < 0)
            return refuse(parser, parser->at + 1,
                          "`%.*s` is not a filter key; did you mean `%s`? (quote the "
                          "word to search for it as text)",
                          name, nearest_key(name));
        term->key = (enum filter_key)key;
        term->compare = FILTER_EQUALS;
        parser->at += name.length + 1;
        if (!at_end(parser) && parser->text.data[parser->at] == '~') {
            term->compare = FILTER_CONTAINS;
            parser->at++;
        }
    }
    return take_values(parser, term);
}

int filter_parse(struct filter *out, struct arena *arena, struct slice text,
                 int64_t last_event_us, struct error *error)
{
    struct parser parser = {arena, text, 0, last_event_us, EVENT_TIME_NONE, error};
    *out = (struct filter){0};
    if (text.length > LIMIT_FILTER_BYTES)
        return error_set_at(error, ERROR_LIMIT, LIMIT_FILTER_BYTES,
                            "a filter has at most %d bytes", LIMIT_FILTER_BYTES);
    out->terms = arena_alloc(arena, LIMIT_FILTER_TERMS * sizeof *out->terms);
    if (!out->terms)
        return error_set(error, ERROR_MEMORY, "no memory for the filter");
    for (skip_blanks(&parser); !at_end(&parser); skip_blanks(&parser)) {
        if (out->term_count == LIMIT_FILTER_TERMS)
            return error_set_at(error, ERROR_LIMIT, parser.at + 1,
                                "a filter has at most %d terms", LIMIT_FILTER_TERMS);
        if (take_term(&parser, &out->terms[out->term_count++]))
            return -1;
    }
    return 0;
}
