#include "config.h"

#include "core/sigma.h"

/*
 * condition  = and-terms { "or" and-terms }
 * and-terms  = factor { "and" factor }
 * factor     = "not" factor | "(" condition ")" | quantity "of" pattern | selection
 * quantity   = "1" | "any" | "all"
 * pattern    = "them" | a name with * wildcards
 */
struct parser {
    struct sigma_compiler *compiler;
    const struct tree_node *node;
    const struct sigma_selection *selections;
    size_t count;
    struct slice rest;
    struct slice word; /* the next one, blank at the end */
    size_t depth;
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool is_mark(char c)
{
    return c == '(' || c == ')' || c == '|';
}

static void advance(struct parser *parser)
{
    struct slice rest = slice_trim(parser->rest);
    size_t length = 0;
    if (rest.length && is_mark(rest.data[0]))
        length = 1;
    else
        while (length < rest.length && !is_blank(rest.data[length]) &&
               !is_mark(rest.data[length]))
            length++;
    parser->word = slice_first(rest, length);
    parser->rest = slice_skip(rest, length);
}

static bool at_word(const struct parser *parser, const char *word)
{
    return slice_equal_nocase(parser->word, slice_from(word));
}

static bool take_word(struct parser *parser, const char *word)
{
    if (!at_word(parser, word))
        return false;
    advance(parser);
    return true;
}

static const struct expression *refuse(struct parser *parser, enum error_code code,
                                       const char *format)
{
    sigma_refuse(parser->compiler, parser->node->line, code, format,
                 sigma_quote(parser->compiler, parser->word));
    return NULL;
}

static bool name_fits(struct slice name, struct slice pattern)
{
    if (slice_equal(pattern, SLICE("them")))
        return !slice_starts_with(name, SLICE("_"));
    while (pattern.length && pattern.data[0] != '*') {
        if (!name.length || name.data[0] != pattern.data[0])
            return false;
        name = slice_skip(name, 1);
        pattern = slice_skip(pattern, 1);
    }
    if (!pattern.length)
        return !name.length;
    struct slice tail = slice_skip(pattern, 1);
    for (size_t skip = 0; skip <= name.length; skip++)
        if (name_fits(slice_skip(name, skip), tail))
            return true;
    return false;
}

static const struct expression *parse_quantity(struct parser *parser,
                                               enum expression_kind kind)
{
    const struct expression *chosen[LIMIT_RULE_MAP_ENTRIES];
    size_t count = 0, stars = 0;
    if (!take_word(parser, "of"))
        return refuse(parser, ERROR_SYNTAX, "condition: `of` is missing before `%s`");
    for (size_t i = 0; i < parser->word.length; i++)
        stars += parser->word.data[i] == '*';
    if (stars > 2)
        return refuse(parser, ERROR_LIMIT, "condition: `%s` has too many wildcards");
    for (size_t i = 0; i < parser->count; i++)
        if (name_fits(parser->selections[i].name, parser->word))
            chosen[count++] = parser->selections[i].expression;
    if (!count)
        return refuse(parser, ERROR_SYNTAX, "condition: no selection fits `%s`");
    advance(parser);
    return sigma_combine(parser->compiler, kind, chosen, count);
}

static const struct expression *parse_selection(struct parser *parser)
{
    for (size_t i = 0; i < parser->count; i++) {
        if (slice_equal(parser->selections[i].name, parser->word)) {
            advance(parser);
            return parser->selections[i].expression;
        }
    }
    if (slice_blank(parser->word))
        return refuse(parser, ERROR_SYNTAX, "condition: it ends too early%s");
    if (at_word(parser, "near"))
        return refuse(parser, ERROR_UNSUPPORTED, "condition: `%s` is not supported");
    return refuse(parser, ERROR_SYNTAX, "condition: there is no selection `%s`");
}

static const struct expression *parse_or(struct parser *parser);

static const struct expression *parse_nested(struct parser *parser)
{
    const struct expression *inner = parse_or(parser);
    if (inner && !take_word(parser, ")"))
        return refuse(parser, ERROR_SYNTAX, "condition: `)` is missing before `%s`");
    return inner;
}

static const struct expression *parse_factor(struct parser *parser);

static const struct expression *parse_not(struct parser *parser)
{
    const struct expression *inner = parse_factor(parser);
    return inner ? sigma_combine(parser->compiler, EXPRESSION_NOT, &inner, 1) : NULL;
}

static const struct expression *parse_deeper(struct parser *parser)
{
    if (take_word(parser, "not"))
        return parse_not(parser);
    if (take_word(parser, "("))
        return parse_nested(parser);
    if (take_word(parser, "1") || take_word(parser, "any"))
        return parse_quantity(parser, EXPRESSION_OR);
    if (take_word(parser, "all"))
        return parse_quantity(parser, EXPRESSION_AND);
    return parse_selection(parser);
}

static const struct expression *parse_factor(struct parser *parser)
{
    if (parser->depth == LIMIT_RULE_CONDITION_DEPTH)
        return refuse(parser, ERROR_LIMIT, "condition: nested too deeply at `%s`");
    parser->depth++;
    const struct expression *factor = parse_deeper(parser);
    parser->depth--;
    return factor;
}

/* Items joined by one word; each joins what came before: a chain of pairs would be
 * as deep as it is long, so all of one level become one node. */
static const struct expression *
parse_joined(struct parser *parser, const char *word, enum expression_kind kind,
             const struct expression *(*parse_item)(struct parser *))
{
    const struct expression *items[LIMIT_RULE_MAP_ENTRIES];
    size_t count = 0;
    do {
        if (count == LIMIT_RULE_MAP_ENTRIES)
            return refuse(parser, ERROR_LIMIT, "condition: too many terms at `%s`");
        if (!(items[count++] = parse_item(parser)))
            return NULL;
    } while (take_word(parser, word));
    return sigma_combine(parser->compiler, kind, items, count);
}

static const struct expression *parse_and(struct parser *parser)
{
    return parse_joined(parser, "and", EXPRESSION_AND, parse_factor);
}

static const struct expression *parse_or(struct parser *parser)
{
    return parse_joined(parser, "or", EXPRESSION_OR, parse_and);
}

const struct expression *sigma_condition(struct sigma_compiler *compiler,
                                         const struct tree_node *condition,
                                         const struct sigma_selection *selections,
                                         size_t count)
{
    struct parser parser = {.compiler = compiler,
                            .node = condition,
                            .selections = selections,
                            .count = count,
                            .rest = condition->text};
    if (condition->kind != TREE_SCALAR)
        return refuse(&parser, ERROR_UNSUPPORTED,
                      "a list of conditions is not supported%s");
    if (condition->text.length > LIMIT_RULE_CONDITION_BYTES)
        return refuse(&parser, ERROR_LIMIT, "condition: too long%s");
    advance(&parser);
    const struct expression *whole = parse_or(&parser);
    if (!whole)
        return NULL;
    if (take_word(&parser, "|"))
        return refuse(&parser, ERROR_UNSUPPORTED,
                      "condition: aggregation `| %s` is not supported");
    if (at_word(&parser, "near"))
        return refuse(&parser, ERROR_UNSUPPORTED, "condition: `%s` is not supported");
    if (!slice_blank(parser.word))
        return refuse(&parser, ERROR_SYNTAX, "condition: `%s` is out of place");
    return whole;
}
