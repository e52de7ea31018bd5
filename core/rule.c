#include "config.h"

#include "core/sigma.h"

#include <stdlib.h>

struct rule_set {
    struct arena arena;
    struct sigma_regex *regexes;
    size_t count;
    struct sigma_rule rules[LIMIT_RULES];
};

static int refuse_source(struct sigma_compiler *compiler,
                         const struct tree_fault *fault)
{
    if (fault->memory)
        return sigma_out_of_memory(compiler);
    return sigma_refuse(compiler, fault->line,
                        fault->limit ? ERROR_LIMIT : ERROR_SYNTAX, "%s",
                        fault->message);
}

static int add_source(struct rule_set *set, struct sigma_compiler *compiler,
                      const struct rule_source *source)
{
    struct tree_node *document;
    struct tree_fault fault;
    compiler->file = arena_copy(&set->arena, source->name);
    if (yaml_tree_read(&set->arena, source->text, &document, &fault))
        return refuse_source(compiler, &fault);
    for (; document; document = document->next) {
        if (tree_is_null(document))
            continue;
        if (set->count == LIMIT_RULES)
            return sigma_refuse(compiler, document->line, ERROR_LIMIT,
                                "more than %d rules", LIMIT_RULES);
        if (sigma_compile(compiler, document, &set->rules[set->count]))
            return -1;
        set->count++;
    }
    return 0;
}

static int compare_ids(const void *a, const void *b)
{
    const struct sigma_rule *left = a, *right = b;
    return strcmp(left->rule.id, right->rule.id);
}

static int sort_by_id(struct rule_set *set, struct sigma_compiler *compiler)
{
    qsort(set->rules, set->count, sizeof *set->rules, compare_ids);
    for (size_t i = 1; i < set->count; i++) {
        const struct sigma_rule *first = &set->rules[i - 1], *second = &set->rules[i];
        if (compare_ids(first, second))
            continue;
        compiler->file = second->file;
        return sigma_refuse(compiler, second->line, ERROR_SYNTAX,
                            "id %s is also that of %s:%u", second->rule.id,
                            sigma_quote(compiler, first->file), first->line);
    }
    return 0;
}

static int fill(struct rule_set *set, struct sigma_compiler *compiler,
                const struct rule_source *sources, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (add_source(set, compiler, &sources[i]))
            return -1;
    return sort_by_id(set, compiler);
}

struct rule_set *rule_set_new(const struct rule_source *sources, size_t count,
                              struct error *error)
{
    struct rule_set *set = calloc(1, sizeof *set);
    if (!set) {
        error_set(error, ERROR_MEMORY, "out of memory");
        return NULL;
    }
    arena_init(&set->arena);
    struct sigma_compiler compiler = {.arena = &set->arena, .error = error};
    int status = fill(set, &compiler, sources, count);
    set->regexes = compiler.regexes;
    if (status) {
        rule_set_free(set);
        return NULL;
    }
    return set;
}

struct rule_set *rule_set_default(struct error *error)
{
    return rule_set_new(rule_pack, rule_pack_count, error);
}

const struct rule_source *rule_pack_sources(size_t *count)
{
    *count = rule_pack_count;
    return rule_pack;
}

void rule_set_free(struct rule_set *set)
{
    if (!set)
        return;
    sigma_regex_free(set->regexes);
    arena_fini(&set->arena);
    free(set);
}

size_t rule_set_count(const struct rule_set *set)
{
    return set->count;
}

const struct sigma_rule *rule_set_compiled(const struct rule_set *set, size_t index)
{
    return &set->rules[index];
}

const struct rule *rule_set_get(const struct rule_set *set, size_t index)
{
    return index < set->count ? &set->rules[index].rule : NULL;
}

ptrdiff_t rule_set_find(const struct rule_set *set, struct slice id)
{
    for (size_t i = 0; i < set->count; i++)
        if (slice_equal(slice_from(set->rules[i].rule.id), id))
            return (ptrdiff_t)i;
    return -1;
}

static bool is_in_group(const struct sigma_rule *rule, struct slice name)
{
    for (size_t i = 0; i < rule->group_count; i++)
        if (slice_equal(rule->groups[i], name))
            return true;
    return false;
}

size_t rule_set_switch(struct rule_set *set, struct slice which, bool enabled)
{
    size_t fitting = 0;
    for (size_t i = 0; i < set->count; i++) {
        struct sigma_rule *rule = &set->rules[i];
        if (!slice_equal(slice_from(rule->rule.id), which) && !is_in_group(rule, which))
            continue;
        rule->rule.enabled = enabled;
        fitting++;
    }
    return fitting;
}
