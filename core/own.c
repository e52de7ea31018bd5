#include "config.h"

#include "core/own.h"

#include "core/limits.h"

#define X(identifier, name) name,
static const char *const kind_names[OWN_KIND_COUNT] = {OWN_KINDS(X)};
#undef X

void own_init(struct own *own)
{
    *own = (struct own){0};
}

const char *own_kind_name(enum own_kind kind)
{
    return (unsigned)kind < OWN_KIND_COUNT ? kind_names[kind] : "";
}

int own_kind_from_name(struct slice name)
{
    for (int i = 0; i < OWN_KIND_COUNT; i++) {
        if (slice_equal_nocase(slice_from(kind_names[i]), name))
            return i;
    }
    return -1;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_number(struct slice text)
{
    for (size_t i = 0; i < text.length; i++) {
        if (!is_digit(text.data[i]))
            return false;
    }
    return text.length > 0;
}

static bool is_guid(struct slice text)
{
    if (text.length != 36)
        return false;
    for (size_t i = 0; i < text.length; i++) {
        char c = text.data[i];
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        bool hex = is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
        if (dash ? c != '-' : !hex)
            return false;
    }
    return true;
}

enum own_kind own_kind_of_value(struct slice value)
{
    struct address_block block;
    bool slash = slice_index(value, '/') >= 0;
    if (slash || address_block_parse(value, &block))
        return OWN_NETWORK;
    if (is_guid(value))
        return OWN_SUBSCRIPTION;
    if ((value.length == 12 && is_number(value)) ||
        slice_starts_with_nocase(value, SLICE("ocid1.")))
        return OWN_ACCOUNT;
    return OWN_PROJECT;
}

/* ---- the sets ---- */

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static int compare(struct slice a, struct slice b)
{
    size_t shorter = a.length < b.length ? a.length : b.length;
    for (size_t i = 0; i < shorter; i++) {
        unsigned char left = (unsigned char)lower(a.data[i]);
        unsigned char right = (unsigned char)lower(b.data[i]);
        if (left != right)
            return left < right ? -1 : 1;
    }
    return (a.length > b.length) - (a.length < b.length);
}

/* Where the value stands, or would stand. */
static size_t place_of(const struct own_set *set, struct slice value, bool *there)
{
    size_t low = 0, high = set->count;
    *there = false;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = compare(set->values[middle], value);
        if (order == 0) {
            *there = true;
            return middle;
        }
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static int make_room(struct own_set *set, struct arena *arena, struct error *error)
{
    if (set->count < set->room)
        return 0;
    size_t room = set->room ? 2 * set->room : 16;
    struct slice *values = arena_alloc(arena, room * sizeof *values);
    struct address_block *blocks = arena_alloc(arena, room * sizeof *blocks);
    if (!values || !blocks)
        return error_set(error, ERROR_MEMORY, "out of memory");
    if (set->count) {
        memcpy(values, set->values, set->count * sizeof *values);
        memcpy(blocks, set->blocks, set->count * sizeof *blocks);
    }
    set->values = values;
    set->blocks = blocks;
    set->room = room;
    return 0;
}

static int insert(struct own_set *set, struct arena *arena, struct slice value,
                  const struct address_block *block, struct error *error)
{
    bool there;
    size_t at = place_of(set, value, &there);
    if (there)
        return 0;
    if (set->count == LIMIT_OWN_VALUES)
        return error_set(error, ERROR_LIMIT, "more than %d own values of one kind",
                         LIMIT_OWN_VALUES);
    struct slice copy = arena_copy(arena, value);
    if (!slice_present(copy))
        return error_set(error, ERROR_MEMORY, "out of memory");
    if (make_room(set, arena, error))
        return -1;
    size_t after = set->count - at;
    memmove(set->values + at + 1, set->values + at, after * sizeof *set->values);
    memmove(set->blocks + at + 1, set->blocks + at, after * sizeof *set->blocks);
    set->values[at] = copy;
    set->blocks[at] = *block;
    set->count++;
    return 0;
}

int own_add(struct own *own, struct arena *arena, enum own_kind kind,
            struct slice value, bool declared, struct error *error)
{
    struct own_set *set = &own->sets[kind];
    struct address_block block = {.prefix = 0};
    if (slice_blank(value))
        return error_set(error, ERROR_SYNTAX, "an own %s without a value",
                         own_kind_name(kind));
    if (kind == OWN_NETWORK && !address_block_parse(value, &block))
        return error_set(error, ERROR_SYNTAX,
                         "an own network is an address or a block such as "
                         "192.0.2.0/24");
    if (set->declared && !declared) {
        bool there;
        place_of(set, value, &there);
        return there ? 0 : insert(&own->passed_over[kind], arena, value, &block, error);
    }
    if (declared && !set->declared) {
        set->declared = true;
        set->count = 0;
    }
    return insert(set, arena, value, &block, error);
}

/* ---- the question ---- */

static enum own_answer network_is(const struct own_set *set, struct slice value)
{
    struct address address;
    if (!address_parse(value, &address))
        return OWN_UNKNOWN;
    for (size_t i = 0; i < set->count; i++) {
        if (address_in_block(&address, &set->blocks[i]))
            return OWN_YES;
    }
    if (set->declared)
        return OWN_NO;
    return address_is_public(&address) ? OWN_NO : OWN_YES;
}

static bool has_number(const struct own_set *set)
{
    for (size_t i = 0; i < set->count; i++) {
        if (is_number(set->values[i]))
            return true;
    }
    return false;
}

enum own_answer own_is(const struct own *own, enum own_kind kind, struct slice value)
{
    const struct own_set *set = &own->sets[kind];
    bool there;
    if (kind == OWN_NETWORK)
        return network_is(set, value);
    if (slice_blank(value) || !set->count)
        return OWN_UNKNOWN;
    place_of(set, value, &there);
    if (there)
        return OWN_YES;
    if (kind == OWN_PROJECT && is_number(value) && !has_number(set))
        return OWN_UNKNOWN;
    return OWN_NO;
}
