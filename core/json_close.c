#include "config.h"

#include "core/json_close.h"

#include "core/limits.h"

/* Where the text can be closed, and with how many of the brackets. */
struct closing {
    char brackets[LIMIT_JSON_DEPTH]; /* that close what is open */
    size_t depth;
    size_t safe, safe_depth;
};

/* Behind the string that begins at `at`, or the end of the text. */
static size_t pass_string(struct slice text, size_t at)
{
    for (at++; at < text.length && text.data[at] != '"'; at++)
        at += text.data[at] == '\\';
    return at < text.length ? at + 1 : text.length;
}

/* False: a bracket closes what is not open, or too many are. */
static bool take_bracket(struct closing *closing, char byte, size_t after)
{
    if (byte == '{' || byte == '[') {
        if (closing->depth == LIMIT_JSON_DEPTH)
            return false;
        closing->brackets[closing->depth++] = byte == '{' ? '}' : ']';
        return true;
    }
    if (!closing->depth || closing->brackets[closing->depth - 1] != byte)
        return false;
    closing->safe = after;
    closing->safe_depth = --closing->depth;
    return true;
}

static bool find_safe(struct slice text, struct closing *closing)
{
    for (size_t at = 0; at < text.length;) {
        char byte = text.data[at];
        if (byte == '"') {
            at = pass_string(text, at);
            continue;
        }
        if (byte == ',') {
            closing->safe = at;
            closing->safe_depth = closing->depth;
        } else if (byte == '{' || byte == '}' || byte == '[' || byte == ']') {
            if (!take_bracket(closing, byte, at + 1))
                return false;
        }
        at++;
    }
    return closing->safe > 0;
}

struct slice json_close(struct slice cut, struct arena *arena)
{
    struct closing closing = {.depth = 0};
    cut = slice_trim(cut);
    if (!slice_starts_with(cut, SLICE("{")) || !find_safe(cut, &closing))
        return SLICE_NONE;
    char *out = arena_alloc(arena, closing.safe + closing.safe_depth);
    if (!out)
        return SLICE_NONE;
    memcpy(out, cut.data, closing.safe);
    for (size_t i = 0; i < closing.safe_depth; i++)
        out[closing.safe + i] = closing.brackets[closing.safe_depth - 1 - i];
    return (struct slice){out, closing.safe + closing.safe_depth};
}
