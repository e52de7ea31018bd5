/*
 * json_scan.h - the projection scanner: one pass over one JSON value that
 * notes where the wanted values stand and checks that the rest is well formed.
 *
 * This is the hot loop that the program exists for: a full parse of every
 * record costs 30 times as much (37 k against 1.1 M CloudTrail records a second
 * on one core).  Nothing is copied or decoded; slots are slices of the input.
 *
 * The rules are those of jansson, which the tests use as the oracle: RFC 8259,
 * the last of duplicate keys wins.  These differences are wanted and tested:
 * invalid UTF-8 inside a string is accepted and kept, numbers of any size are
 * accepted as text, NUL (escaped as \u0000) and lone surrogates are accepted, and
 * nesting stops at LIMIT_JSON_DEPTH.
 *
 * Thread-safe: a projection is read-only once built.
 */
#ifndef CORE_JSON_SCAN_H
#define CORE_JSON_SCAN_H

#include "core/arena.h"
#include "core/error.h"

enum json_type {
    VALUE_ABSENT,
    VALUE_STRING, /* text without the quotes, escapes not decoded */
    VALUE_NUMBER, /* the digits as written: ids never pass through a double */
    VALUE_TRUE,
    VALUE_FALSE,
    VALUE_NULL,
    VALUE_OBJECT, /* text with the brackets */
    VALUE_ARRAY,
};

struct json_slot {
    struct slice text;
    enum json_type type;
    bool escaped; /* a string with at least one backslash: decode before use */
    /* The scanner's own: the slots that hold something, so that only they are cleared.
     */
    bool chained;
    uint16_t next;
};

enum json_status {
    JSON_OK,
    JSON_INCOMPLETE, /* the bytes end inside the value: more may complete it */
    JSON_MALFORMED,
    JSON_TOO_DEEP,
};

/*
 * A projection maps paths to slot numbers.  A path is a list of keys separated
 * by ONE SPACE ("userIdentity sessionContext sessionIssuer arn"), since keys
 * contain dots and slashes (Azure claims) but these never contain blanks.  A
 * key `*` stands for the elements of an array: the first element that has the
 * rest of the path fills the slot.  A path may end at an inner node whose
 * children are also wanted ("operationName" and "operationName value").  Keys
 * compare with their case.  A path stands once; several paths may share one slot
 * (alternative spellings): the one that comes last in the text fills it.
 */
struct json_path {
    const char *keys;
    unsigned slot;
};

struct json_projection;

/* slot_count: one more than the highest slot.  NULL with *error filled. */
struct json_projection *json_projection_new(const struct json_path *paths, size_t count,
                                            unsigned slot_count, struct error *error);
void json_projection_free(struct json_projection *projection);
unsigned json_projection_slot_count(const struct json_projection *projection);

/*
 * Scans the value that begins at `begin` (no leading blank), of any type.
 * Clears and fills slots[0 .. slot_count-1], which were all zero before the first
 * scan into them and which nobody else writes: of some hundred, a record fills
 * thirty.  On JSON_OK *next is just after the value; else it is the byte at fault
 * (JSON_INCOMPLETE: end).  A number or literal that touches `end` is
 * JSON_INCOMPLETE unless `final`.
 */
enum json_status json_scan(const struct json_projection *projection, const char *begin,
                           const char *end, bool final, struct json_slot *slots,
                           const char **next);

/*
 * The text of a slot: strings decoded into the arena where they are escaped,
 * numbers, true and false as written, null and absent as SLICE_NONE, objects
 * and arrays as their JSON text.  A lone surrogate decodes to its three-byte
 * form so that nothing is lost (the escaper shows it).
 */
struct slice json_text(const struct json_slot *slot, struct arena *arena);

/* Which byte scanner was built in: "sse2", "neon" or "scalar". */
const char *json_scan_build(void);

#endif
