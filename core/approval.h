/*
 * approval.h - what was approved: selectors, an event-time window, a ticket.
 *
 * An approval annotates operations, it never hides or deletes one.  It matches on
 * the time of the event, so that a case gives the same answer next year.
 */
#ifndef CORE_APPROVAL_H
#define CORE_APPROVAL_H

#include "core/arena.h"
#include "core/error.h"
#include "core/limits.h"
#include "core/operation.h"

/* X(identifier, name, anchor) anchor: one of these must be among the selectors. */
#define APPROVAL_SELECTORS(X)                                                          \
    X(SELECT_PROVIDER, provider, false)                                                \
    X(SELECT_ACCOUNT, account, false)                                                  \
    X(SELECT_REGION, region, false)                                                    \
    X(SELECT_ACTOR, actor, true)                                                       \
    X(SELECT_CREDENTIAL, credential, true)                                             \
    X(SELECT_ADDRESS, address, true)                                                   \
    X(SELECT_OPERATION, operation, false)                                              \
    X(SELECT_LIFECYCLE, lifecycle, false)                                              \
    X(SELECT_VIA, via, false)                                                          \
    X(SELECT_MIRRORED, mirrored, true)                                                 \
    X(SELECT_DESTINATION, destination, true)                                           \
    X(SELECT_MIRROR, mirror, true)                                                     \
    X(SELECT_RESOURCE, resource, false)                                                \
    X(SELECT_DEVICE, device, true)                                                     \
    X(SELECT_RULE, rule, false)

enum approval_selector {
#define X(identifier, name, anchor) identifier,
    APPROVAL_SELECTORS(X)
#undef X
        APPROVAL_SELECTOR_COUNT
};

struct approval {
    int64_t id;
    bool enabled;
    /* Absent = any.  Globs without case, alternatives joined by `|`; address takes
     * addresses and CIDR blocks. */
    struct slice selector[APPROVAL_SELECTOR_COUNT];
    int64_t start_us, end_us; /* inclusive; EVENT_TIME_NONE = open */
    struct slice ticket, reason, approved_by, created_by;
    int64_t created_us;
    int64_t review_us; /* a reminder by the wall clock, never a match */
};

/*
 * At least two selectors, one of them an anchor, and an end; an open end needs
 * actor, destination and a review date; reason or ticket must be there.
 */
int approval_validate(const struct approval *approval, struct error *error);

enum approval_fit {
    APPROVAL_NO,        /* does not concern this operation */
    APPROVAL_NEAR_MISS, /* all but one thing fits: *why says which */
    APPROVAL_COVERS,
};

/* why: "14 minutes after its window", "address differs"; in `arena`. */
enum approval_fit approval_check(const struct approval *approval,
                                 const struct operation *operation, struct arena *arena,
                                 struct slice *why);

/*
 * A proposal from marked operations: their common actor, provider, account and
 * destination, and exactly the span that they cover.  -1 where they share no
 * anchor (two actors, say); the message names what differs.
 */
int approval_propose(const struct operation *operations, size_t count,
                     struct arena *arena, struct approval *out, struct error *error);

const char *approval_selector_name(enum approval_selector selector);
int approval_selector_from_name(struct slice name);

#endif
