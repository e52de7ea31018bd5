#include "config.h"

#include "core/sigma.h"

#include <stdarg.h>
#include <stdio.h>

enum { QUOTED_BYTES = 60, ID_BYTES = 64, MESSAGE_BYTES = 400 };

int sigma_refuse(struct sigma_compiler *compiler, unsigned line, enum error_code code,
                 const char *format, ...)
{
    char message[MESSAGE_BYTES];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    const char *file = sigma_quote(compiler, compiler->file);
    return line ? error_set(compiler->error, code, "%s:%u: %s", file, line, message)
                : error_set(compiler->error, code, "%s: %s", file, message);
}

int sigma_out_of_memory(struct sigma_compiler *compiler)
{
    return error_set(compiler->error, ERROR_MEMORY, "out of memory");
}

const char *sigma_quote(struct sigma_compiler *compiler, struct slice text)
{
    struct slice copy = arena_copy(compiler->arena, slice_first(text, QUOTED_BYTES));
    if (!slice_present(copy))
        return "";
    char *bytes = (char *)copy.data;
    for (size_t i = 0; i < copy.length; i++)
        if (bytes[i] < ' ' || bytes[i] > '~')
            bytes[i] = '?';
    return bytes;
}

void sigma_regex_free(struct sigma_regex *regexes)
{
    for (; regexes; regexes = regexes->next)
        pcre2_code_free(regexes->code);
}

const struct expression *sigma_combine(struct sigma_compiler *compiler,
                                       enum expression_kind kind,
                                       const struct expression **children, size_t count)
{
    if (count == 1 && kind != EXPRESSION_NOT)
        return children[0];
    struct expression *node = arena_alloc(compiler->arena, sizeof *node);
    const struct expression **copy =
        arena_alloc(compiler->arena, count * sizeof *children);
    if (!node || !copy) {
        sigma_out_of_memory(compiler);
        return NULL;
    }
    memcpy(copy, children, count * sizeof *children);
    *node = (struct expression){.kind = kind, .count = count, .children = copy};
    return node;
}

static const struct expression *compile_test(struct sigma_compiler *compiler,
                                             const struct tree_node *entry)
{
    struct expression *node = arena_alloc(compiler->arena, sizeof *node);
    if (!node) {
        sigma_out_of_memory(compiler);
        return NULL;
    }
    *node = (struct expression){.kind = EXPRESSION_TEST};
    return sigma_field_test(compiler, entry, &node->test) ? NULL : node;
}

static const struct expression *compile_group(struct sigma_compiler *compiler,
                                              const struct tree_node *node);

/* The fields of a map all have to hold; of a list of maps, one map. */
static const struct expression *compile_child(struct sigma_compiler *compiler,
                                              const struct tree_node *parent,
                                              const struct tree_node *child)
{
    if (parent->kind == TREE_MAP)
        return compile_test(compiler, child);
    if (child->kind == TREE_MAP)
        return compile_group(compiler, child);
    sigma_refuse(compiler, child->line, ERROR_UNSUPPORTED,
                 "keywords (values without a field) are not supported");
    return NULL;
}

static const struct expression *compile_group(struct sigma_compiler *compiler,
                                              const struct tree_node *node)
{
    if (!node->count) {
        sigma_refuse(compiler, node->line, ERROR_SYNTAX, "a selection is empty");
        return NULL;
    }
    const struct expression **children =
        arena_alloc(compiler->arena, node->count * sizeof *children);
    if (!children) {
        sigma_out_of_memory(compiler);
        return NULL;
    }
    size_t count = 0;
    for (const struct tree_node *child = node->first; child; child = child->next)
        if (!(children[count++] = compile_child(compiler, node, child)))
            return NULL;
    enum expression_kind kind = node->kind == TREE_MAP ? EXPRESSION_AND : EXPRESSION_OR;
    return sigma_combine(compiler, kind, children, count);
}

static int compile_selection(struct sigma_compiler *compiler,
                             const struct tree_node *node,
                             struct sigma_selection *selection)
{
    if (slice_equal(node->key, SLICE("timeframe")))
        return sigma_refuse(compiler, node->line, ERROR_UNSUPPORTED,
                            "timeframe is not supported");
    if (node->kind == TREE_SCALAR)
        return sigma_refuse(compiler, node->line, ERROR_UNSUPPORTED,
                            "selection %s is neither a map nor a list of maps",
                            sigma_quote(compiler, node->key));
    selection->name = node->key;
    selection->expression = compile_group(compiler, node);
    return selection->expression ? 0 : -1;
}

static int compile_detection(struct sigma_compiler *compiler,
                             const struct tree_node *detection, struct sigma_rule *rule)
{
    struct sigma_selection selections[LIMIT_RULE_MAP_ENTRIES];
    size_t count = 0;
    const struct tree_node *condition = tree_entry(detection, "condition");
    if (!condition)
        return sigma_refuse(compiler, detection->line, ERROR_SYNTAX,
                            "detection has no condition");
    for (const struct tree_node *node = detection->first; node; node = node->next)
        if (node != condition &&
            compile_selection(compiler, node, &selections[count++]))
            return -1;
    rule->condition = sigma_condition(compiler, condition, selections, count);
    return rule->condition ? 0 : -1;
}

static const char *copy_text(struct sigma_compiler *compiler,
                             const struct tree_node *document, const char *key)
{
    const struct tree_node *entry = tree_entry(document, key);
    if (!entry || entry->kind != TREE_SCALAR)
        return "";
    struct slice copy = arena_copy(compiler->arena, slice_trim(entry->text));
    return slice_present(copy) ? copy.data : NULL;
}

static bool id_is_plain(struct slice id)
{
    for (size_t i = 0; i < id.length; i++) {
        char c = id.data[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                     (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
        if (!plain)
            return false;
    }
    return id.length > 0 && id.length <= ID_BYTES;
}

static int compile_head(struct sigma_compiler *compiler,
                        const struct tree_node *document, struct rule *rule)
{
    const struct tree_node *id = tree_entry(document, "id");
    if (!id || id->kind != TREE_SCALAR || !id_is_plain(id->text))
        return sigma_refuse(
            compiler, id ? id->line : document->line, ERROR_SYNTAX,
            "a rule needs an id (letters, digits and - . _, at most %d)", ID_BYTES);
    rule->id = copy_text(compiler, document, "id");
    rule->title = copy_text(compiler, document, "title");
    rule->description = copy_text(compiler, document, "description");
    if (!rule->id || !rule->title || !rule->description)
        return sigma_out_of_memory(compiler);
    if (!*rule->title)
        return sigma_refuse(compiler, document->line, ERROR_SYNTAX,
                            "a rule needs a title");
    return 0;
}

static int compile_word(struct sigma_compiler *compiler, const struct tree_node *entry,
                        int (*number_of)(struct slice), int *number)
{
    if (!entry)
        return 0;
    *number = entry->kind == TREE_SCALAR ? number_of(entry->text) : -1;
    if (*number < 0)
        return sigma_refuse(compiler, entry->line, ERROR_SYNTAX, "%s %s is not known",
                            sigma_quote(compiler, entry->key),
                            sigma_quote(compiler, entry->text));
    return 0;
}

/* What Sigma has no word for. */
static int compile_extension(struct sigma_compiler *compiler,
                             const struct tree_node *extension, struct rule *rule)
{
    int lifecycle = LIFECYCLE_NONE, confidence = CONFIDENCE_MEDIUM;
    rule->enabled = true;
    for (const struct tree_node *entry = extension ? extension->first : NULL; entry;
         entry = entry->next) {
        if (slice_equal(entry->key, SLICE("lifecycle"))) {
            if (compile_word(compiler, entry, lifecycle_from_name, &lifecycle))
                return -1;
        } else if (slice_equal(entry->key, SLICE("confidence"))) {
            if (compile_word(compiler, entry, confidence_from_name, &confidence))
                return -1;
        } else if (!slice_equal(entry->key, SLICE("enabled")) ||
                   !tree_boolean(entry, &rule->enabled)) {
            return sigma_refuse(compiler, entry->line, ERROR_UNSUPPORTED,
                                "mirrorscope: %s is not supported",
                                sigma_quote(compiler, entry->key));
        }
    }
    rule->lifecycle = (enum lifecycle)lifecycle;
    rule->confidence = (enum confidence)confidence;
    return 0;
}

/* "attack.t1020.001" -> "T1020.001"; absent where it names no technique. */
static struct slice technique_of(struct sigma_compiler *compiler, struct slice tag)
{
    struct slice prefix = SLICE("attack.t");
    if (!slice_starts_with_nocase(tag, prefix) || tag.length < prefix.length + 4)
        return SLICE_NONE;
    struct slice number = slice_skip(tag, prefix.length);
    for (size_t i = 0; i < number.length; i++)
        if (number.data[i] != '.' && (number.data[i] < '0' || number.data[i] > '9'))
            return SLICE_NONE;
    return arena_printf(compiler->arena, "T%.*s", (int)slice_first(number, 16).length,
                        number.data);
}

static int compile_tags(struct sigma_compiler *compiler, const struct tree_node *tags,
                        struct sigma_rule *rule)
{
    rule->rule.technique = "";
    if (!tags || tags->kind != TREE_LIST || !tags->count)
        return 0;
    struct slice *groups = arena_alloc(compiler->arena, tags->count * sizeof *groups);
    if (!groups)
        return sigma_out_of_memory(compiler);
    struct slice own = SLICE("mirrorscope.");
    for (const struct tree_node *tag = tags->first; tag; tag = tag->next) {
        struct slice technique = technique_of(compiler, tag->text);
        if (slice_present(technique) && !*rule->rule.technique)
            rule->rule.technique = technique.data;
        if (slice_starts_with(tag->text, own))
            groups[rule->group_count++] = slice_skip(tag->text, own.length);
    }
    rule->groups = groups;
    return 0;
}

/* Documents that are Sigma, but not a rule of one event. */
static int refuse_other_kinds(struct sigma_compiler *compiler,
                              const struct tree_node *document)
{
    static const char *const words[] = {"correlation", "filter", "action"};
    if (document->kind != TREE_MAP)
        return sigma_refuse(compiler, document->line, ERROR_SYNTAX,
                            "a rule is a map of keys");
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        const struct tree_node *entry = tree_entry(document, words[i]);
        if (entry)
            return sigma_refuse(compiler, entry->line, ERROR_UNSUPPORTED,
                                "%s documents are not supported", words[i]);
    }
    const struct tree_node *taxonomy = tree_entry(document, "taxonomy");
    if (taxonomy && !slice_equal_nocase(taxonomy->text, SLICE("sigma")))
        return sigma_refuse(compiler, taxonomy->line, ERROR_UNSUPPORTED,
                            "taxonomy %s is not supported",
                            sigma_quote(compiler, taxonomy->text));
    return 0;
}

static int require_map(struct sigma_compiler *compiler,
                       const struct tree_node *document, const char *key,
                       const struct tree_node **map)
{
    *map = tree_entry(document, key);
    if (!*map || (*map)->kind != TREE_MAP)
        return sigma_refuse(compiler, *map ? (*map)->line : document->line,
                            ERROR_SYNTAX, "a rule needs a map %s", key);
    return 0;
}

int sigma_compile(struct sigma_compiler *compiler, const struct tree_node *document,
                  struct sigma_rule *rule)
{
    const struct tree_node *logsource, *detection;
    int severity = SEVERITY_MEDIUM;
    *rule = (struct sigma_rule){.file = compiler->file, .line = document->line};
    if (refuse_other_kinds(compiler, document) ||
        compile_head(compiler, document, &rule->rule) ||
        compile_word(compiler, tree_entry(document, "level"), severity_from_name,
                     &severity) ||
        compile_tags(compiler, tree_entry(document, "tags"), rule) ||
        compile_extension(compiler, tree_entry(document, "mirrorscope"), &rule->rule) ||
        require_map(compiler, document, "logsource", &logsource) ||
        require_map(compiler, document, "detection", &detection))
        return -1;
    rule->rule.severity = (enum severity)severity;
    rule->providers = sigma_logsource(compiler, logsource);
    if (!rule->providers)
        return -1;
    compiler->providers = rule->providers;
    compiler->reads = 0;
    if (compile_detection(compiler, detection, rule))
        return -1;
    rule->reads = compiler->reads;
    return 0;
}
