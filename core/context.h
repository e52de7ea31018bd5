/*
 * context.h - what happened around an act: which events belong to it, and which of
 * them tell a story of their own.
 *
 * The table names operations that prepare a mirror (a load balancer, UDP 4789, a
 * peering, a share), that give access (keys, roles), that take copies of another kind
 * (snapshots) or that hide it (trails, flow logs, sinks), with a short phrase why each
 * matters.  Sources: AWS, "Traffic Mirroring" and CloudTrail event names; Microsoft,
 * Azure resource provider operations; Google, audited methods; Cisco command
 * references.
 */
#ifndef CORE_CONTEXT_H
#define CORE_CONTEXT_H

#include "core/event.h"

/* X(bit, letter, field, of, words): the field of an event that is the field `of` of the
 * act. */
#define CONTEXT_TIES(X)                                                                \
    X(CONTEXT_ACTOR, 'a', FIELD_ACTOR, FIELD_ACTOR, "actor")                           \
    X(CONTEXT_CREDENTIAL, 'c', FIELD_CREDENTIAL, FIELD_CREDENTIAL, "credential")       \
    X(CONTEXT_ADDRESS, 'i', FIELD_SOURCE_IP, FIELD_SOURCE_IP, "address")               \
    X(CONTEXT_ISSUER, 's', FIELD_SESSION_ISSUER, FIELD_SESSION_ISSUER,                 \
      "session issuer")                                                                \
    X(CONTEXT_RESOURCE, 'r', FIELD_RESOURCE, FIELD_RESOURCE, "resource")               \
    X(CONTEXT_MIRRORED, 'm', FIELD_RESOURCE, FIELD_MIRRORED, "mirrored resource")      \
    X(CONTEXT_DESTINATION, 'd', FIELD_RESOURCE, FIELD_DESTINATION, "destination")

enum context_tie {
#define X(identifier, letter, field, of, words) identifier,
    CONTEXT_TIES(X)
#undef X
        CONTEXT_TIE_COUNT
};

struct context_tie_info {
    char letter;
    enum event_field field, of;
    const char *words;
};
extern const struct context_tie_info context_ties[CONTEXT_TIE_COUNT];

/*
 * Whether two names are of one resource: Azure's in any case, Google's as a path or as
 * a link of any version and host ("projects/p/..."), Amazon's as an id or as an ARN
 * that ends in it.
 */
bool context_same_resource(struct slice one, struct slice other);

/* Why an operation of this name is worth a look beside a mirror; NULL: it is not. */
const char *context_telling(enum provider provider, struct slice operation);

#endif
