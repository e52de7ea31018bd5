#include "config.h"

#include "core/json_bytes.h"
#include "core/json_projection.h"
#include "core/json_text.h"
#include "core/limits.h"

/*
 * The state of one scan.  Every scanning function takes the first byte of what it
 * reads and returns the byte after it, or NULL with status and fault set.
 */
struct scan {
    const struct json_projection *projection;
    const char *end;
    bool final;
    struct json_slot *slots;
    enum json_status status;
    const char *fault;
    /* Slots that an earlier element of a `*` array has filled: they stay. */
    bool locked[LIMIT_PROJECTION_SLOTS];
};

enum { BITS_PER_WORD = 64 };

static const char *fail(struct scan *scan, enum json_status status, const char *at)
{
    scan->status = status;
    scan->fault = at;
    return NULL;
}

static const char *fail_at(struct scan *scan, const char *at)
{
    return fail(scan, at < scan->end ? JSON_MALFORMED : JSON_INCOMPLETE, at);
}

static inline bool is_blank(char byte)
{
    return byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t';
}

/* Mostly there is none: one comparison says so. */
static inline const char *skip_blank(const char *p, const char *end)
{
    while (p < end && (unsigned char)*p <= ' ' && is_blank(*p))
        p++;
    return p;
}

static inline bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static inline bool is_hex(char byte)
{
    return is_digit(byte) || ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'f');
}

static inline bool is_escape(char byte)
{
    switch (byte) {
    case '"':
    case '\\':
    case '/':
    case 'b':
    case 'f':
    case 'n':
    case 'r':
    case 't':
        return true;
    default:
        return false;
    }
}

/* An escape sequence; p is at the backslash. */
static const char *scan_escape(struct scan *scan, const char *p)
{
    if (++p == scan->end)
        return fail(scan, JSON_INCOMPLETE, p);
    if (*p != 'u')
        return is_escape(*p) ? p + 1 : fail(scan, JSON_MALFORMED, p);
    p++;
    for (int i = 0; i < 4; i++, p++) {
        if (p == scan->end || !is_hex(*p))
            return fail_at(scan, p);
    }
    return p;
}

/* The rest of a string that holds at least one escape, from its first stop on. */
static const char *scan_escaped_string(struct scan *scan, const char *p)
{
    while (p < scan->end && *p != '"') {
        if (*p != '\\')
            return fail(scan, JSON_MALFORMED, p);
        p = scan_escape(scan, p);
        if (!p)
            return NULL;
        p = json_plain_end(p, scan->end);
    }
    return p < scan->end ? p + 1 : fail(scan, JSON_INCOMPLETE, p);
}

/* p is at the opening quote. */
HOT_INLINE const char *scan_string(struct scan *scan, const char *p, bool *escaped)
{
    p = json_plain_end(p + 1, scan->end);
    *escaped = false;
    if (p < scan->end && *p == '"')
        return p + 1;
    *escaped = true;
    return scan_escaped_string(scan, p);
}

static const char *skip_digits(const char *p, const char *end)
{
    while (p < end && is_digit(*p))
        p++;
    return p;
}

/* At least one digit. */
static const char *scan_digits(struct scan *scan, const char *p)
{
    if (p == scan->end || !is_digit(*p))
        return fail_at(scan, p);
    return skip_digits(p + 1, scan->end);
}

static const char *scan_number(struct scan *scan, const char *p)
{
    const char *end = scan->end;
    if (*p == '-')
        p++;
    if (p < end && *p == '0') {
        p++;
        if (p < end && is_digit(*p))
            return fail(scan, JSON_MALFORMED, p);
    } else if (!(p = scan_digits(scan, p))) {
        return NULL;
    }
    if (p < end && *p == '.' && !(p = scan_digits(scan, p + 1)))
        return NULL;
    if (p < end && (*p | 0x20) == 'e') {
        p++;
        if (p < end && (*p == '+' || *p == '-'))
            p++;
        if (!(p = scan_digits(scan, p)))
            return NULL;
    }
    return p == end && !scan->final ? fail(scan, JSON_INCOMPLETE, p) : p;
}

static bool is_letter(char byte)
{
    return (byte | 0x20) >= 'a' && (byte | 0x20) <= 'z';
}

static const char *scan_literal(struct scan *scan, const char *p)
{
    const char *word = *p == 't' ? "true" : *p == 'f' ? "false" : "null";
    for (; *word; word++, p++) {
        if (p == scan->end || *p != *word)
            return fail_at(scan, p);
    }
    if (p == scan->end && !scan->final)
        return fail(scan, JSON_INCOMPLETE, p);
    return p < scan->end && is_letter(*p) ? fail(scan, JSON_MALFORMED, p) : p;
}

/* A string, number or literal. */
HOT_INLINE const char *scan_scalar(struct scan *scan, const char *p,
                                   enum json_type *type, bool *escaped)
{
    switch (*p) {
    case '"':
        *type = VALUE_STRING;
        return scan_string(scan, p, escaped);
    case '-':
    case '0':
    case '1':
    case '2':
    case '3':
    case '4':
    case '5':
    case '6':
    case '7':
    case '8':
    case '9':
        *type = VALUE_NUMBER;
        return scan_number(scan, p);
    case 't':
        *type = VALUE_TRUE;
        return scan_literal(scan, p);
    case 'f':
        *type = VALUE_FALSE;
        return scan_literal(scan, p);
    case 'n':
        *type = VALUE_NULL;
        return scan_literal(scan, p);
    default:
        return fail(scan, JSON_MALFORMED, p);
    }
}

/* The blanks, colon and blanks between a key and its value. */
static inline const char *scan_colon(struct scan *scan, const char *p)
{
    if (p == scan->end || *p != ':') {
        p = skip_blank(p, scan->end);
        if (p == scan->end || *p != ':')
            return fail_at(scan, p);
    }
    p = skip_blank(p + 1, scan->end);
    return p < scan->end ? p : fail(scan, JSON_INCOMPLETE, p);
}

/* A key that nobody wants, up to its value. */
static inline const char *skip_key(struct scan *scan, const char *p)
{
    bool escaped;
    if (p == scan->end || *p != '"')
        return fail_at(scan, p);
    p = scan_string(scan, p, &escaped);
    return p ? scan_colon(scan, p) : NULL;
}

/*
 * A whole object or array that nobody wants: checked, but without recursion.  One
 * bit for each open level tells whether it is an object.
 */
static const char *skip_container(struct scan *scan, const char *p, unsigned depth)
{
    uint64_t objects[LIMIT_JSON_DEPTH / BITS_PER_WORD + 1] = {0};
    const char *end = scan->end;
    const unsigned outside = depth;
    enum json_type type;
    bool escaped, object = false;

value:
    if (p == end)
        return fail(scan, JSON_INCOMPLETE, p);
    if (*p != '{' && *p != '[') {
        if (!(p = scan_scalar(scan, p, &type, &escaped)))
            return NULL;
        goto after_value;
    }
    if (++depth > LIMIT_JSON_DEPTH)
        return fail(scan, JSON_TOO_DEEP, p);
    object = *p == '{';
    uint64_t bit = UINT64_C(1) << depth % BITS_PER_WORD;
    if (object)
        objects[depth / BITS_PER_WORD] |= bit;
    else
        objects[depth / BITS_PER_WORD] &= ~bit;
    p = skip_blank(p + 1, end);
    if (p < end && *p == (object ? '}' : ']'))
        goto close;
    if (!object)
        goto value;

key:
    if (!(p = skip_key(scan, p)))
        return NULL;
    goto value;

after_value:
    p = skip_blank(p, end);
    if (p == end)
        return fail(scan, JSON_INCOMPLETE, p);
    if (*p == ',') {
        p = skip_blank(p + 1, end);
        if (object)
            goto key;
        goto value;
    }
    if (*p != (object ? '}' : ']'))
        return fail(scan, JSON_MALFORMED, p);

close:
    p++;
    if (--depth == outside)
        return p;
    object = objects[depth / BITS_PER_WORD] >> depth % BITS_PER_WORD & 1;
    goto after_value;
}

/*
 * What a scan fills is chained from slot 0, by number; 0 ends the chain, since slot 0
 * is cleared anyway.
 */
static void clear_chain(struct json_slot *slots)
{
    uint16_t next;
    for (uint16_t at = slots[0].next; at; at = next) {
        next = slots[at].next;
        slots[at] = (struct json_slot){0};
    }
    slots[0] = (struct json_slot){0};
}

static inline void set_slot(struct json_slot *slots, uint16_t at,
                            struct json_slot value)
{
    value.chained = true;
    value.next = slots[at].next;
    if (at && !slots[at].chained) {
        value.next = slots[0].next;
        slots[0].next = at;
    }
    slots[at] = value;
}

static void clear_slots(struct scan *scan, const struct projection_node *node)
{
    const uint16_t *slot = scan->projection->subtree_slots + node->first_slot;
    for (uint32_t i = 0; i < node->slot_count; i++) {
        if (!scan->locked[slot[i]] && scan->slots[slot[i]].type != VALUE_ABSENT)
            set_slot(scan->slots, slot[i], (struct json_slot){0});
    }
}

static inline void fill_slot(struct scan *scan, const struct projection_node *node,
                             enum json_type type, const char *begin, const char *end,
                             bool escaped)
{
    if (node->slot == PROJECTION_NO_SLOT || scan->locked[node->slot])
        return;
    if (type == VALUE_STRING) {
        begin++;
        end--;
    }
    set_slot(scan->slots, node->slot,
             (struct json_slot){.text = {begin, (size_t)(end - begin)},
                                .type = type,
                                .escaped = escaped});
}

/* Apart, so that the room for the decoded key costs the others nothing. */
__attribute__((noinline)) static uint32_t
find_escaped_child(const struct scan *scan, const struct projection_node *node,
                   struct slice key)
{
    char decoded[LIMIT_PROJECTION_KEY_BYTES];
    size_t length = json_decode(key, decoded, sizeof decoded);
    return length == SIZE_MAX ? 0
                              : projection_child(scan->projection, node,
                                                 (struct slice){decoded, length});
}

static inline uint32_t find_child(const struct scan *scan,
                                  const struct projection_node *node, struct slice key,
                                  bool escaped)
{
    return escaped ? find_escaped_child(scan, node, key)
                   : projection_child(scan->projection, node, key);
}

static const char *scan_node(struct scan *scan, uint32_t index, const char *p,
                             unsigned depth);

static inline const char *skip_value(struct scan *scan, const char *p, unsigned depth)
{
    enum json_type type;
    bool escaped;
    if (*p == '{' || *p == '[')
        return skip_container(scan, p, depth);
    return scan_scalar(scan, p, &type, &escaped);
}

/* One `"key": value`, p at the key. */
static inline const char *scan_member(struct scan *scan,
                                      const struct projection_node *node, const char *p,
                                      unsigned depth)
{
    bool escaped;
    if (p == scan->end || *p != '"')
        return fail_at(scan, p);
    const char *key = p + 1;
    if (!(p = scan_string(scan, p, &escaped)))
        return NULL;
    struct slice name = {key, (size_t)(p - 1 - key)};
    uint32_t child = find_child(scan, node, name, escaped);
    if (!(p = scan_colon(scan, p)))
        return NULL;
    return child ? scan_node(scan, child, p, depth) : skip_value(scan, p, depth);
}

/* Comma (true) or closing bracket (false) after a member or element. */
static inline const char *scan_separator(struct scan *scan, const char *p, char close,
                                         bool *more)
{
    p = skip_blank(p, scan->end);
    if (p == scan->end || (*p != ',' && *p != close))
        return fail_at(scan, p);
    *more = *p == ',';
    return *more ? skip_blank(p + 1, scan->end) : p + 1;
}

static const char *scan_object(struct scan *scan, const struct projection_node *node,
                               const char *p, unsigned depth)
{
    p = skip_blank(p + 1, scan->end);
    if (p < scan->end && *p == '}')
        return p + 1;
    bool more = true;
    while (more) {
        if (!(p = scan_member(scan, node, p, depth)) ||
            !(p = scan_separator(scan, p, '}', &more)))
            return NULL;
    }
    return p;
}

/*
 * What an element fills stays: it is locked before the next.  Locks that an outer
 * array holds already are not ours to take back.
 */
static void lock_slots(struct scan *scan, const struct projection_node *node,
                       bool *locked_here)
{
    const uint16_t *slot = scan->projection->subtree_slots + node->first_slot;
    for (uint32_t i = 0; i < node->slot_count; i++) {
        if (scan->slots[slot[i]].type != VALUE_ABSENT && !scan->locked[slot[i]])
            scan->locked[slot[i]] = locked_here[slot[i]] = true;
    }
}

static void unlock_slots(struct scan *scan, const struct projection_node *node,
                         const bool *locked_here)
{
    const uint16_t *slot = scan->projection->subtree_slots + node->first_slot;
    for (uint32_t i = 0; i < node->slot_count; i++) {
        if (locked_here[slot[i]])
            scan->locked[slot[i]] = false;
    }
}

static const char *scan_array(struct scan *scan, const struct projection_node *node,
                              const char *p, unsigned depth)
{
    const struct projection_node *element = &scan->projection->nodes[node->elements];
    bool locked_here[LIMIT_PROJECTION_SLOTS] = {false};
    p = skip_blank(p + 1, scan->end);
    if (p < scan->end && *p == ']')
        return p + 1;
    bool more = true;
    while (more) {
        if (p == scan->end)
            return fail(scan, JSON_INCOMPLETE, p);
        if (!(p = scan_node(scan, node->elements, p, depth)) ||
            !(p = scan_separator(scan, p, ']', &more)))
            return NULL;
        lock_slots(scan, element, locked_here);
    }
    unlock_slots(scan, element, locked_here);
    return p;
}

/* A wanted value.  The recursion goes no deeper than the projection. */
static const char *scan_node(struct scan *scan, uint32_t index, const char *p,
                             unsigned depth)
{
    const struct projection_node *node = &scan->projection->nodes[index];
    const char *begin = p;
    enum json_type type;
    bool escaped = false;
    /* All slots are clear when the scan begins. */
    if (index && (node->key_count || node->elements))
        clear_slots(scan, node);
    if (*p == '{' && node->key_count) {
        type = VALUE_OBJECT;
        p = depth < LIMIT_JSON_DEPTH ? scan_object(scan, node, p, depth + 1)
                                     : fail(scan, JSON_TOO_DEEP, p);
    } else if (*p == '[' && node->elements) {
        type = VALUE_ARRAY;
        p = depth < LIMIT_JSON_DEPTH ? scan_array(scan, node, p, depth + 1)
                                     : fail(scan, JSON_TOO_DEEP, p);
    } else if (*p == '{' || *p == '[') {
        type = *p == '{' ? VALUE_OBJECT : VALUE_ARRAY;
        p = skip_container(scan, p, depth);
    } else {
        p = scan_scalar(scan, p, &type, &escaped);
    }
    if (p)
        fill_slot(scan, node, type, begin, p, escaped);
    return p;
}

enum json_status json_scan(const struct json_projection *projection, const char *begin,
                           const char *end, bool final, struct json_slot *slots,
                           const char **next)
{
    struct scan scan;
    scan.projection = projection;
    scan.end = end;
    scan.final = final;
    scan.slots = slots;
    scan.status = JSON_OK;
    memset(scan.locked, 0, projection->slot_count * sizeof scan.locked[0]);
    clear_chain(slots);
    const char *after = begin < end ? scan_node(&scan, 0, begin, 0)
                                    : fail(&scan, JSON_INCOMPLETE, begin);
    *next = after ? after : scan.status == JSON_INCOMPLETE ? end : scan.fault;
    return scan.status;
}

const char *json_scan_build(void)
{
    return JSON_BYTES_BUILD;
}
