#include "config.h"

#include "tui/json_view.h"

struct indenter {
    struct document *document;
    struct slice rest;
    int indent, depth;
    bool key_next;    /* a string here is a key */
    bool fresh;       /* nothing on this line yet */
    uint64_t objects; /* which of the last 64 levels are objects */
};

bool json_view_suits(struct slice raw)
{
    struct slice text = slice_trim(raw);
    return text.length && (text.data[0] == '{' || text.data[0] == '[');
}

static bool blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void skip_blanks(struct indenter *in)
{
    while (in->rest.length && blank(in->rest.data[0]))
        in->rest = slice_skip(in->rest, 1);
}

static void start_line(struct indenter *in)
{
    int indent = in->indent + 2 * in->depth;
    document_line(in->document, indent, indent + 2);
    in->fresh = true;
}

static void put(struct indenter *in, size_t length, enum role role)
{
    document_add_raw(in->document, slice_first(in->rest, length), role);
    in->rest = slice_skip(in->rest, length);
    in->fresh = false;
}

static size_t string_length(struct slice text)
{
    size_t at = 1;
    while (at < text.length && text.data[at] != '"')
        at += text.data[at] == '\\' ? 2 : 1;
    return at < text.length ? at + 1 : text.length;
}

static size_t word_length(struct slice text)
{
    size_t at = 1;
    while (at < text.length && !blank(text.data[at]) &&
           !memchr("{}[],:\"", text.data[at], 7))
        at++;
    return at;
}

static void open_level(struct indenter *in)
{
    bool object = in->rest.data[0] == '{';
    put(in, 1, ROLE_TEXT);
    skip_blanks(in);
    if (in->rest.length && in->rest.data[0] == (object ? '}' : ']')) {
        put(in, 1, ROLE_TEXT);
        return;
    }
    in->objects = in->objects << 1 | (object ? 1 : 0);
    in->depth++;
    in->key_next = object;
    start_line(in);
}

static void close_level(struct indenter *in)
{
    in->depth = sub_sat(in->depth, 1);
    in->objects >>= 1;
    if (!in->fresh)
        start_line(in);
    put(in, 1, ROLE_TEXT);
}

static void token(struct indenter *in)
{
    char c = in->rest.data[0];
    if (c == '{' || c == '[') {
        open_level(in);
    } else if (c == '}' || c == ']') {
        close_level(in);
    } else if (c == ',') {
        put(in, 1, ROLE_TEXT);
        in->key_next = in->objects & 1;
        start_line(in);
    } else if (c == ':') {
        put(in, 1, ROLE_TEXT);
        document_label(in->document, " ", ROLE_TEXT);
        in->key_next = false;
    } else if (c == '"') {
        put(in, string_length(in->rest), in->key_next ? ROLE_KEY : ROLE_STRING);
    } else {
        put(in, word_length(in->rest), ROLE_NUMBER);
    }
}

void json_view(struct document *document, struct slice json, int indent)
{
    struct indenter in = {.document = document, .rest = json, .indent = indent};
    start_line(&in);
    for (skip_blanks(&in); in.rest.length && !document->failed; skip_blanks(&in))
        token(&in);
}
