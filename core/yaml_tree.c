#include "config.h"

#include "core/yaml_tree.h"

#include "core/limits.h"

#include <yaml.h>

/* The containers that are open, innermost last, below the list of documents. */
struct builder {
    struct arena *arena;
    struct tree_fault *fault;
    struct tree_node documents;
    struct tree_node *open[LIMIT_RULE_DEPTH];
    size_t depth;
    size_t nodes;
    struct slice key; /* read, its value still to come */
};

static int fail(struct builder *builder, unsigned line, const char *message)
{
    builder->fault->line = line;
    builder->fault->message = message;
    return -1;
}

static int fail_limit(struct builder *builder, unsigned line, const char *message)
{
    builder->fault->limit = true;
    return fail(builder, line, message);
}

static int fail_memory(struct builder *builder, unsigned line)
{
    builder->fault->memory = true;
    return fail(builder, line, "out of memory");
}

static struct tree_node *parent_of_next(struct builder *builder)
{
    return builder->depth ? builder->open[builder->depth - 1] : &builder->documents;
}

/* NULL where the node may not stand here; the fault is filled. */
static struct tree_node *add_node(struct builder *builder, enum tree_kind kind,
                                  unsigned line)
{
    struct tree_node *parent = parent_of_next(builder);
    if (++builder->nodes > LIMIT_RULE_NODES) {
        fail_limit(builder, line, "the file has too many items");
        return NULL;
    }
    struct tree_node *node = arena_alloc(builder->arena, sizeof *node);
    if (!node) {
        fail_memory(builder, line);
        return NULL;
    }
    *node = (struct tree_node){.kind = kind, .line = line, .key = builder->key};
    builder->key = SLICE_NONE;
    if (parent->last)
        parent->last->next = node;
    else
        parent->first = node;
    parent->last = node;
    parent->count++;
    return node;
}

static bool awaits_key(struct builder *builder)
{
    return parent_of_next(builder)->kind == TREE_MAP && !slice_present(builder->key);
}

static int open_container(struct builder *builder, enum tree_kind kind, unsigned line)
{
    if (awaits_key(builder))
        return fail(builder, line, "a key is a list or a map");
    if (builder->depth == LIMIT_RULE_DEPTH)
        return fail_limit(builder, line, "the file is nested too deeply");
    struct tree_node *node = add_node(builder, kind, line);
    if (!node)
        return -1;
    builder->open[builder->depth++] = node;
    return 0;
}

static int take_key(struct builder *builder, struct slice text, unsigned line)
{
    const struct tree_node *map = parent_of_next(builder);
    if (map->count == LIMIT_RULE_MAP_ENTRIES)
        return fail_limit(builder, line, "a map has too many entries");
    for (const struct tree_node *entry = map->first; entry; entry = entry->next)
        if (slice_equal(entry->key, text))
            return fail(builder, line, "a key stands twice in one map");
    builder->key = text;
    return 0;
}

static int take_scalar(struct builder *builder, const yaml_event_t *event,
                       unsigned line)
{
    struct slice text = arena_copy(
        builder->arena, (struct slice){(const char *)event->data.scalar.value,
                                       event->data.scalar.length});
    if (!slice_present(text))
        return fail_memory(builder, line);
    if (awaits_key(builder))
        return take_key(builder, text, line);
    struct tree_node *node = add_node(builder, TREE_SCALAR, line);
    if (!node)
        return -1;
    node->text = text;
    node->plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    return 0;
}

static int refuse_decoration(struct builder *builder, const yaml_char_t *anchor,
                             const yaml_char_t *tag, unsigned line)
{
    if (anchor)
        return fail(builder, line, "YAML anchors are not supported");
    if (tag)
        return fail(builder, line, "YAML tags are not supported");
    return 0;
}

static int take_event(struct builder *builder, const yaml_event_t *event)
{
    unsigned line = (unsigned)event->start_mark.line + 1;
    switch (event->type) {
    case YAML_ALIAS_EVENT:
        return fail(builder, line, "YAML aliases are not supported");
    case YAML_SCALAR_EVENT:
        if (refuse_decoration(builder, event->data.scalar.anchor,
                              event->data.scalar.tag, line))
            return -1;
        return take_scalar(builder, event, line);
    case YAML_SEQUENCE_START_EVENT:
        if (refuse_decoration(builder, event->data.sequence_start.anchor,
                              event->data.sequence_start.tag, line))
            return -1;
        return open_container(builder, TREE_LIST, line);
    case YAML_MAPPING_START_EVENT:
        if (refuse_decoration(builder, event->data.mapping_start.anchor,
                              event->data.mapping_start.tag, line))
            return -1;
        return open_container(builder, TREE_MAP, line);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        builder->depth--;
        return 0;
    default:
        return 0;
    }
}

static int build(struct builder *builder, yaml_parser_t *parser)
{
    for (;;) {
        yaml_event_t event;
        if (!yaml_parser_parse(parser, &event)) {
            if (parser->error == YAML_MEMORY_ERROR)
                return fail_memory(builder, 0);
            return fail(builder, (unsigned)parser->problem_mark.line + 1,
                        parser->problem ? parser->problem : "not YAML");
        }
        bool end = event.type == YAML_STREAM_END_EVENT;
        int status = take_event(builder, &event);
        yaml_event_delete(&event);
        if (status || end)
            return status;
    }
}

int yaml_tree_read(struct arena *arena, struct slice text, struct tree_node **documents,
                   struct tree_fault *fault)
{
    struct builder builder = {.arena = arena, .fault = fault};
    builder.documents.kind = TREE_LIST;
    *fault = (struct tree_fault){0};
    *documents = NULL;
    if (text.length > LIMIT_RULE_FILE_BYTES)
        return fail_limit(&builder, 0, "the file is too large");

    yaml_parser_t parser;
    if (!yaml_parser_initialize(&parser))
        return fail_memory(&builder, 0);
    yaml_parser_set_input_string(
        &parser, (const unsigned char *)(text.data ? text.data : ""), text.length);
    int status = build(&builder, &parser);
    yaml_parser_delete(&parser);
    if (!status)
        *documents = builder.documents.first;
    return status;
}

const struct tree_node *tree_entry(const struct tree_node *map, const char *key)
{
    for (const struct tree_node *entry = map->first; entry; entry = entry->next)
        if (slice_equal(entry->key, slice_from(key)))
            return entry;
    return NULL;
}

bool tree_is_null(const struct tree_node *node)
{
    return node->kind == TREE_SCALAR && node->plain &&
           (node->text.length == 0 || slice_equal(node->text, SLICE("~")) ||
            slice_equal_nocase(node->text, SLICE("null")));
}

bool tree_boolean(const struct tree_node *node, bool *value)
{
    if (node->kind != TREE_SCALAR || !node->plain)
        return false;
    *value = slice_equal_nocase(node->text, SLICE("true"));
    return *value || slice_equal_nocase(node->text, SLICE("false"));
}
