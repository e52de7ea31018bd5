/*
 * filter.h - the filter language, the same on the command line and in the
 * dashboard.
 *
 *   actor:~mallory ip:198.51.100.0/24 lifecycle:creation since:2026-03-14T02:00Z
 *
 * Terms are joined by AND.  `key:value` is equality without case; `key:~text`
 * contains; `key:a,b` any of; a value may hold `*` (any run).  Bare words search
 * all text.  `-` or `!` before a term negates.  Values with blanks stand in double
 * quotes, with \" and \\ inside.  An empty text matches everything; anything
 * misunderstood is an error with its column, never a filter that matches nothing.
 *
 * The parser is pure; db/filter_sql.h turns the terms into bound SQL.
 */
#ifndef CORE_FILTER_H
#define CORE_FILTER_H

#include "core/address.h"
#include "core/arena.h"
#include "core/error.h"
#include "core/event.h"

/* X(identifier, key, kind) kind: what the values mean. */
#define FILTER_KEYS(X)                                                                 \
    X(FILTER_ACTOR, "actor", TEXT)                                                     \
    X(FILTER_ACTOR_TYPE, "actor_type", TEXT)                                           \
    X(FILTER_ACTOR_ID, "actor_id", TEXT)                                               \
    X(FILTER_SESSION_ISSUER, "session_issuer", TEXT)                                   \
    X(FILTER_CREDENTIAL, "credential", TEXT)                                           \
    X(FILTER_VIA, "via", TEXT)                                                         \
    X(FILTER_IP, "ip", ADDRESS)                                                        \
    X(FILTER_USER_AGENT, "user_agent", TEXT)                                           \
    X(FILTER_PROVIDER, "provider", NAME)                                               \
    X(FILTER_FORM, "form", TEXT)                                                       \
    X(FILTER_OPERATION, "operation", TEXT)                                             \
    X(FILTER_SERVICE, "service", TEXT)                                                 \
    X(FILTER_LIFECYCLE, "lifecycle", NAME)                                             \
    X(FILTER_OUTCOME, "outcome", NAME)                                                 \
    X(FILTER_ERROR, "error", TEXT)                                                     \
    X(FILTER_ACCOUNT, "account", TEXT)                                                 \
    X(FILTER_REGION, "region", TEXT)                                                   \
    X(FILTER_RESOURCE_GROUP, "resource_group", TEXT)                                   \
    X(FILTER_RESOURCE, "resource", TEXT)                                               \
    X(FILTER_MIRROR, "mirror", TEXT)                                                   \
    X(FILTER_MIRRORED, "mirrored", TEXT)                                               \
    X(FILTER_DESTINATION, "destination", TEXT)                                         \
    X(FILTER_RULE, "rule", TEXT)                                                       \
    X(FILTER_SEVERITY, "severity", NAME)                                               \
    X(FILTER_CONFIDENCE, "confidence", NAME)                                           \
    X(FILTER_ID, "id", TEXT)                                                           \
    X(FILTER_EVENT_ID, "event_id", TEXT)                                               \
    X(FILTER_STATE, "state", NAME)                                                     \
    X(FILTER_FOREIGN, "foreign", NAME)                                                 \
    X(FILTER_APPROVED, "approved", YES_NO)                                             \
    X(FILTER_ATTEMPT, "attempt", YES_NO)                                               \
    X(FILTER_SINCE, "since", TIME)                                                     \
    X(FILTER_UNTIL, "until", TIME)                                                     \
    X(FILTER_TEXT, "", TEXT)

enum filter_key {
#define X(identifier, key, kind) identifier,
    FILTER_KEYS(X)
#undef X
        FILTER_KEY_COUNT
};

enum filter_kind {
    FILTER_TEXT_KIND,
    FILTER_NAME_KIND,
    FILTER_ADDRESS_KIND,
    FILTER_YES_NO_KIND,
    FILTER_TIME_KIND
};

enum filter_compare {
    FILTER_EQUALS,   /* the whole value, ASCII case ignored, `*` any run */
    FILTER_CONTAINS, /* anywhere, ASCII case ignored */
};

struct filter_value {
    struct slice text;          /* decoded */
    struct address_block block; /* ADDRESS */
    int number;                 /* NAME: the enum value; YES_NO: 0 or 1 */
    int64_t time_us;            /* TIME */
};

struct filter_term {
    enum filter_key key;
    enum filter_compare compare;
    bool negated;
    size_t value_count;
    struct filter_value *values;
    size_t column; /* of the term in the text, for messages */
};

struct filter {
    size_t term_count;
    struct filter_term *terms;
};

/*
 * last_event_us anchors `since:-24h` (EVENT_TIME_NONE: refused); `until:+1h`
 * counts from the filter's own `since`.  The filter lives in the arena and borrows
 * nothing from `text`.
 */
int filter_parse(struct filter *out, struct arena *arena, struct slice text,
                 int64_t last_event_us, struct error *error);

const char *filter_key_name(enum filter_key key);
enum filter_kind filter_key_kind(enum filter_key key);

#endif
