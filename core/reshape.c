#include "config.h"

#include "core/json_projection.h"
#include "core/reshape_internal.h"
#include "core/struct_text.h"

#include <stdlib.h>

/* The first form whose marks are there decides: what is told by more stands before
 * what is told by a key alone. */
static const struct form_group {
    const struct reshape_form *forms;
    size_t count;
} groups[] = {
    {&reshape_lookup_events, 1},
    {&reshape_ocsf_aws, 1},
    {&reshape_ocsf_azure, 1},
    {&reshape_ocsf_gcp, 1},
    {&reshape_ocsf_other, 1},
    {reshape_tables, RESHAPE_TABLES},
    {reshape_udm, RESHAPE_UDM},
    {reshape_ecs, RESHAPE_ECS},
    {&reshape_folded_aws, 1},
    {&reshape_entra_sign_in, 1},
    {&reshape_azure_powershell, 1},
    {&reshape_entra_audit, 1},
    {&reshape_folded_azure, 1},
    {&reshape_folded_gcp, 1},
    {reshape_selections, RESHAPE_SELECTIONS},
};

enum { GROUP_COUNT = sizeof groups / sizeof groups[0] };

static const struct slice prefix = SLICE_INIT("Vendor.");

/* --- at a glance ---------------------------------------------------------------- */

static char folded(char byte)
{
    if (byte == ' ')
        return '_';
    return byte >= 'A' && byte <= 'Z' ? (char)(byte - 'A' + 'a') : byte;
}

/* A key of the outermost object against a path: its first part. */
static bool key_begins_path(struct slice key, const char *path)
{
    size_t length = strcspn(path, " =");
    if (slice_starts_with(key, prefix))
        key = slice_skip(key, prefix.length);
    if (key.length < length)
        return false;
    for (size_t i = 0; i < length; i++) {
        if (folded(key.data[i]) != folded(path[i]))
            return false;
    }
    return key.length == length || strchr(".[{", key.data[length]);
}

static bool key_tells(struct slice key)
{
    for (size_t i = 0; i < GROUP_COUNT; i++) {
        for (size_t j = 0; j < groups[i].count; j++) {
            if (key_begins_path(key, groups[i].forms[j].marks[0]))
                return true;
        }
    }
    return false;
}

/* Whether a key of the outermost object tells a form.  The text is well formed. */
static bool is_worth_a_parse(struct slice json)
{
    const char *p = json.data, *end = json.data + json.length;
    unsigned depth = 0;
    bool key = false;
    for (; p < end; p++) {
        if (*p == '{' || *p == '[')
            key = ++depth == 1;
        else if (*p == '}' || *p == ']')
            depth--;
        else if (*p == ',')
            key = depth == 1;
        if (*p != '"')
            continue;
        const char *begin = ++p;
        while (p < end && *p != '"')
            p += *p == '\\' ? 2 : 1;
        if (key && p < end && key_tells((struct slice){begin, (size_t)(p - begin)}))
            return true;
        key = false;
    }
    return false;
}

/* --- paths of a tree ------------------------------------------------------------ */

static json_t *member_ending(json_t *object, struct slice suffix)
{
    const char *name;
    json_t *value;
    json_object_foreach(object, name, value)
    {
        if (slice_ends_with_nocase(slice_from(name), suffix))
            return value;
    }
    return NULL;
}

static bool is_number(struct slice text)
{
    for (size_t i = 0; i < text.length; i++) {
        if (text.data[i] < '0' || text.data[i] > '9')
            return false;
    }
    return text.length > 0 && text.length < 4;
}

static size_t number_of(struct slice text)
{
    size_t number = 0;
    for (size_t i = 0; i < text.length; i++)
        number = number * 10 + (size_t)(text.data[i] - '0');
    return number;
}

static json_t *step(json_t *node, struct slice key)
{
    if (json_is_array(node)) {
        if (is_number(key))
            return json_array_get(node, number_of(key));
        node = json_array_get(node, 0);
    }
    return slice_starts_with(key, SLICE("*")) ? member_ending(node, slice_skip(key, 1))
                                              : json_tree_member(node, key);
}

static json_t *find(json_t *node, struct slice path)
{
    while (node && slice_present(path))
        node = step(node, slice_cut(&path, ' '));
    return node;
}

/* The object under a key, made where there is none; NULL where something else is. */
static json_t *enter(json_t *object, struct slice key)
{
    json_t *inner = json_object_getn(object, key.data, key.length);
    if (inner && !json_is_null(inner))
        return json_is_object(inner) ? inner : NULL;
    inner = json_object();
    return json_object_setn_new(object, key.data, key.length, inner) ? NULL : inner;
}

/* Sets what is not there yet, or empty; or in place of what is there. */
static void put(json_t *object, struct slice path, json_t *value, bool replace)
{
    struct slice key = slice_cut(&path, ' ');
    while (object && slice_present(path)) {
        object = enter(object, key);
        key = slice_cut(&path, ' ');
    }
    if (object &&
        (replace || json_tree_is_empty(json_object_getn(object, key.data, key.length))))
        json_object_setn(object, key.data, key.length, value);
}

/* --- marks and rows -------------------------------------------------------------- */

static bool mark_fits(json_t *root, const char *mark)
{
    size_t length = strcspn(mark, "=");
    json_t *value = find(root, (struct slice){mark, length});
    if (!value || json_is_null(value))
        return false;
    return !mark[length] || (json_is_string(value) &&
                             slice_equal_nocase(slice_from(json_string_value(value)),
                                                slice_from(mark + length + 1)));
}

static bool form_fits_tree(const struct reshape_form *form, json_t *root)
{
    const char *const *mark = form->marks;
    while (*mark && mark_fits(root, *mark))
        mark++;
    return !*mark && (!form->prepare || form->prepare(root));
}

static const struct reshape_form *form_of(json_t *root)
{
    for (size_t i = 0; i < GROUP_COUNT; i++) {
        for (size_t j = 0; j < groups[i].count; j++) {
            if (form_fits_tree(&groups[i].forms[j], root))
                return &groups[i].forms[j];
        }
    }
    return NULL;
}

static json_t *parsed(json_t *value)
{
    struct slice text;
    json_t *tree = json_tree_inside(value, &text);
    return tree || !slice_present(text) ? tree : struct_text_parse(text);
}

static void apply(json_t *root, const struct reshape_row *row)
{
    json_t *made = row->how == RESHAPE_TEXT ? json_string(row->from) : NULL;
    json_t *value = made ? made : find(root, slice_from(row->from));
    if (json_tree_is_empty(value))
        return;
    if (row->how == RESHAPE_PARSE)
        made = parsed(value);
    /* A tree must not hold itself. */
    json_t *copy = made ? made : json_deep_copy(value);
    put(root, slice_from(row->to), copy, made && !strcmp(row->from, row->to));
    json_decref(copy);
}

/* --- spelling -------------------------------------------------------------------- */

/* The key that the projection has at this place, the case of its letters aside. */
static const struct projection_entry *entry_of(const struct json_projection *projection,
                                               uint32_t index, struct slice key)
{
    const struct projection_node *node = &projection->nodes[index];
    const struct projection_entry *table = projection->entries + node->first_entry;
    const struct projection_entry *found = NULL;
    for (uint32_t i = 0; node->key_count && i <= node->entry_mask; i++) {
        if (!table[i].child || !slice_equal_nocase(table[i].key.text, key))
            continue;
        if (slice_equal(table[i].key.text, key))
            return &table[i];
        if (!found || slice_compare(table[i].key.text, found->key.text) < 0)
            found = &table[i];
    }
    return found;
}

/* A copy of the tree under the projection's node; the recursion ends with it. */
static json_t *fold(json_t *value, const struct json_projection *projection,
                    uint32_t index)
{
    if (json_is_array(value) && projection->nodes[index].elements) {
        json_t *array = json_array(), *element;
        size_t i;
        json_array_foreach(value, i, element) json_array_append_new(
            array, fold(element, projection, projection->nodes[index].elements));
        return array;
    }
    if (!json_is_object(value) || !projection->nodes[index].key_count)
        return json_incref(value);
    json_t *object = json_object(), *member;
    const char *name;
    json_object_foreach(value, name, member)
    {
        const struct projection_entry *entry =
            entry_of(projection, index, slice_from(name));
        struct slice key = entry ? entry->key.text : slice_from(name);
        json_t *folded =
            entry ? fold(member, projection, entry->child) : json_incref(member);
        /* What is spelled right wins over what is not. */
        bool exact = slice_equal(key, slice_from(name));
        if (exact || json_tree_is_empty(json_object_getn(object, key.data, key.length)))
            json_object_setn_new(object, key.data, key.length, folded);
        else
            json_decref(folded);
    }
    return object;
}

/* --- the whole ------------------------------------------------------------------- */

static struct slice print(json_t *tree, struct arena *arena)
{
    char *text = json_dumps(tree, JSON_COMPACT);
    struct slice copy = text ? arena_copy(arena, slice_from(text)) : SLICE_NONE;
    free(text);
    return copy;
}

struct slice reshape_tree(json_t *object, const struct json_projection *projection,
                          struct arena *arena, const struct reshape_form **form)
{
    *form = NULL;
    if (!json_is_object(object))
        return SLICE_NONE;
    json_t *root = reshape_unflatten(object, prefix);
    struct slice copy = SLICE_NONE;
    if (root && (*form = form_of(root))) {
        for (size_t i = 0; i < (*form)->row_count; i++)
            apply(root, &(*form)->rows[i]);
        json_t *folded = fold(root, projection, 0);
        copy = print(folded, arena);
        json_decref(folded);
    }
    json_decref(root);
    return copy;
}

struct slice reshape(struct slice json, const struct json_projection *projection,
                     struct arena *arena, const struct reshape_form **form)
{
    *form = NULL;
    if (!slice_starts_with(json, SLICE("{")) || !is_worth_a_parse(json))
        return SLICE_NONE;
    json_t *tree = json_tree_parse(json);
    struct slice copy = reshape_tree(tree, projection, arena, form);
    json_decref(tree);
    return copy;
}
