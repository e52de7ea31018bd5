#include "config.h"

#include "core/sigma.h"

/* The modifiers of one field, as they stand after its name. */
struct modifiers {
    enum matcher_kind kind; /* MATCHER_EQUAL until one says otherwise */
    bool cased, all;
    uint32_t regex_options;
};

static int take_modifier(struct sigma_compiler *compiler, unsigned line,
                         struct slice name, struct modifiers *modifiers)
{
    static const struct {
        const char *name;
        enum matcher_kind kind;
    } kinds[] = {
        {"contains", MATCHER_CONTAINS},  {"startswith", MATCHER_STARTS_WITH},
        {"endswith", MATCHER_ENDS_WITH}, {"re", MATCHER_REGEX},
        {"exists", MATCHER_EXISTS},
    };
    static const struct {
        const char *name;
        uint32_t option;
    } regex_flags[] = {
        {"i", PCRE2_CASELESS}, {"m", PCRE2_MULTILINE}, {"s", PCRE2_DOTALL}};

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (!slice_equal(name, slice_from(kinds[i].name)))
            continue;
        if (modifiers->kind != MATCHER_EQUAL)
            return sigma_refuse(compiler, line, ERROR_UNSUPPORTED,
                                "modifier %s after another of its kind", kinds[i].name);
        modifiers->kind = kinds[i].kind;
        return 0;
    }
    for (size_t i = 0; i < sizeof regex_flags / sizeof *regex_flags; i++) {
        if (modifiers->kind == MATCHER_REGEX &&
            slice_equal(name, slice_from(regex_flags[i].name))) {
            modifiers->regex_options |= regex_flags[i].option;
            return 0;
        }
    }
    if (slice_equal(name, SLICE("all"))) {
        modifiers->all = true;
        return 0;
    }
    if (slice_equal(name, SLICE("cased"))) {
        modifiers->cased = true;
        return 0;
    }
    return sigma_refuse(compiler, line, ERROR_UNSUPPORTED,
                        "modifier %s is not supported", sigma_quote(compiler, name));
}

/*
 * A value as Sigma writes it: * and ? are wildcards, a backslash before one of them
 * or before a backslash takes its meaning away, any other backslash is itself.
 */
static size_t tokenize(struct slice text, uint16_t *tokens, bool *wild)
{
    size_t count = 0;
    *wild = false;
    for (size_t i = 0; i < text.length; i++) {
        char c = text.data[i];
        if (c == '\\' && i + 1 < text.length &&
            (text.data[i + 1] == '*' || text.data[i + 1] == '?' ||
             text.data[i + 1] == '\\'))
            tokens[count++] = (unsigned char)text.data[++i];
        else if (c == '*' || c == '?')
            tokens[count++] = c == '*' ? GLOB_ANY_RUN : GLOB_ANY_ONE;
        else
            tokens[count++] = (unsigned char)c;
        *wild |= tokens[count - 1] >= GLOB_ANY_RUN;
    }
    return count;
}

static int literal_matcher(struct sigma_compiler *compiler, const uint16_t *tokens,
                           size_t count, struct matcher *matcher)
{
    char *text = arena_alloc(compiler->arena, count + 1);
    if (!text)
        return sigma_out_of_memory(compiler);
    for (size_t i = 0; i < count; i++)
        text[i] = (char)tokens[i];
    text[count] = '\0';
    matcher->text = (struct slice){text, count};
    return 0;
}

/* contains, startswith and endswith become leading and trailing wildcards. */
static int glob_matcher(struct sigma_compiler *compiler, const uint16_t *tokens,
                        size_t count, struct matcher *matcher)
{
    uint16_t *glob = arena_alloc(compiler->arena, (count + 2) * sizeof *glob);
    if (!glob)
        return sigma_out_of_memory(compiler);
    size_t length = 0;
    bool open_start =
        matcher->kind == MATCHER_CONTAINS || matcher->kind == MATCHER_ENDS_WITH;
    bool open_end =
        matcher->kind == MATCHER_CONTAINS || matcher->kind == MATCHER_STARTS_WITH;
    if (open_start)
        glob[length++] = GLOB_ANY_RUN;
    memcpy(glob + length, tokens, count * sizeof *glob);
    length += count;
    if (open_end)
        glob[length++] = GLOB_ANY_RUN;
    matcher->kind = MATCHER_GLOB;
    matcher->glob = glob;
    matcher->glob_length = length;
    return 0;
}

/* "*x*", "x*" and "*x" are the fast kinds in disguise. */
static void simplify_wildcards(const uint16_t **tokens, size_t *count, bool *wild,
                               struct matcher *matcher)
{
    if (matcher->kind != MATCHER_EQUAL || *count < 2)
        return;
    bool start = (*tokens)[0] == GLOB_ANY_RUN;
    bool end = (*tokens)[*count - 1] == GLOB_ANY_RUN;
    const uint16_t *inner = *tokens + start;
    size_t length = *count - start - end;
    for (size_t i = 0; i < length; i++)
        if (inner[i] >= GLOB_ANY_RUN)
            return;
    if (!length)
        return;
    matcher->kind = start && end ? MATCHER_CONTAINS
                    : start      ? MATCHER_ENDS_WITH
                    : end        ? MATCHER_STARTS_WITH
                                 : MATCHER_EQUAL;
    *tokens = inner;
    *count = length;
    *wild = false;
}

static int text_matcher(struct sigma_compiler *compiler, struct slice text,
                        struct matcher *matcher)
{
    uint16_t buffer[LIMIT_RULE_VALUE_BYTES];
    const uint16_t *tokens = buffer;
    bool wild;
    size_t count = tokenize(text, buffer, &wild);
    simplify_wildcards(&tokens, &count, &wild, matcher);
    return wild ? glob_matcher(compiler, tokens, count, matcher)
                : literal_matcher(compiler, tokens, count, matcher);
}

static int regex_matcher(struct sigma_compiler *compiler, const struct tree_node *value,
                         uint32_t options, struct matcher *matcher)
{
    int code;
    PCRE2_SIZE offset;
    struct sigma_regex *node = arena_alloc(compiler->arena, sizeof *node);
    if (!node)
        return sigma_out_of_memory(compiler);
    node->code = pcre2_compile((PCRE2_SPTR)value->text.data, value->text.length,
                               options | PCRE2_NEVER_UTF | PCRE2_NEVER_UCP, &code,
                               &offset, NULL);
    if (!node->code)
        return sigma_refuse(compiler, value->line, ERROR_SYNTAX,
                            "regular expression %s is broken at byte %zu",
                            sigma_quote(compiler, value->text), (size_t)offset + 1);
    node->next = compiler->regexes;
    compiler->regexes = node;
    /* Where the just-in-time compiler is missing or refuses, matching interprets. */
    (void)pcre2_jit_compile(node->code, PCRE2_JIT_COMPLETE);
    matcher->regex = node->code;
    return 0;
}

static int exists_matcher(struct sigma_compiler *compiler,
                          const struct tree_node *value, struct matcher *matcher)
{
    if (!tree_boolean(value, &matcher->expected))
        return sigma_refuse(compiler, value->line, ERROR_SYNTAX,
                            "modifier exists takes true or false");
    return 0;
}

static int compile_value(struct sigma_compiler *compiler, const struct tree_node *value,
                         const struct modifiers *modifiers, struct matcher *matcher)
{
    *matcher = (struct matcher){.kind = modifiers->kind, .cased = modifiers->cased};
    if (value->kind != TREE_SCALAR)
        return sigma_refuse(compiler, value->line, ERROR_UNSUPPORTED,
                            "a list or map inside the values of a field");
    if (value->text.length > LIMIT_RULE_VALUE_BYTES)
        return sigma_refuse(compiler, value->line, ERROR_LIMIT, "a value is too long");
    if (modifiers->kind == MATCHER_EXISTS)
        return exists_matcher(compiler, value, matcher);
    if (tree_is_null(value)) {
        if (modifiers->kind != MATCHER_EQUAL)
            return sigma_refuse(compiler, value->line, ERROR_UNSUPPORTED,
                                "null together with a modifier");
        matcher->kind = MATCHER_NULL;
        return 0;
    }
    if (modifiers->kind == MATCHER_REGEX)
        return regex_matcher(compiler, value, modifiers->regex_options, matcher);
    return text_matcher(compiler, value->text, matcher);
}

static int compile_values(struct sigma_compiler *compiler,
                          const struct tree_node *entry,
                          const struct modifiers *modifiers, struct field_test *test)
{
    bool list = entry->kind == TREE_LIST;
    size_t count = list ? entry->count : 1;
    if (!count)
        return sigma_refuse(compiler, entry->line, ERROR_SYNTAX,
                            "field %s has no values",
                            sigma_quote(compiler, test->name));
    struct matcher *matchers = arena_alloc(compiler->arena, count * sizeof *matchers);
    if (!matchers)
        return sigma_out_of_memory(compiler);
    const struct tree_node *value = list ? entry->first : entry;
    for (size_t i = 0; i < count; i++, value = value->next)
        if (compile_value(compiler, value, modifiers, &matchers[i]))
            return -1;
    test->matchers = matchers;
    test->count = count;
    test->all = modifiers->all;
    return 0;
}

int sigma_field_test(struct sigma_compiler *compiler, const struct tree_node *entry,
                     struct field_test *test)
{
    struct modifiers modifiers = {.kind = MATCHER_EQUAL};
    struct slice rest = entry->key;
    struct slice name = slice_cut(&rest, '|');
    if (slice_blank(name))
        return sigma_refuse(compiler, entry->line, ERROR_UNSUPPORTED,
                            "keywords (values without a field) are not supported");
    if (name.length > LIMIT_RULE_VALUE_BYTES)
        return sigma_refuse(compiler, entry->line, ERROR_LIMIT,
                            "a field name is too long");
    while (slice_present(rest))
        if (take_modifier(compiler, entry->line, slice_cut(&rest, '|'), &modifiers))
            return -1;
    *test = (struct field_test){0};
    return sigma_field(compiler, entry->line, name, test) ||
                   compile_values(compiler, entry, &modifiers, test)
               ? -1
               : 0;
}
