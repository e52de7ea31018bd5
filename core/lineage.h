/*
 * lineage.h - who is behind an act: from its credential back to the first identity
 * that the logs name.
 *
 * AWS: by access key id through AssumeRole, AssumeRoleWithSAML,
 * AssumeRoleWithWebIdentity, GetFederationToken, GetSessionToken and role chaining; a
 * console session by its ConsoleLogin; CloudFormation and Systems Manager by the call
 * that set them to work: of the identity that the record names, where it names one.
 * GCP: by delegation and by the making of a key.  Azure: by the sign-in that gave out
 * the token, else by a record that names the same principal. Devices: by the login or
 * the configuration notice of the same user.
 *
 * A link is proof (the credential was given out by that event) or a guess (the nearest
 * fitting event of the same identity), and each step says which.  The chain ends with
 * words that say where and why; it never goes on by a guess of a guess.
 *
 * Pure: which events there are is asked of the caller.  Facts: AWS, "CloudTrail
 * userIdentity element" and "Log entries for IAM and AWS STS"; Google, "Service account
 * impersonation"; Cisco, "Configuration Change Notification and Logging".
 */
#ifndef CORE_LINEAGE_H
#define CORE_LINEAGE_H

#include "core/arena.h"
#include "core/error.h"
#include "core/event.h"

enum {
    /* Steps of a chain; role chaining lasts an hour and seldom has more than three. */
    LIMIT_LINEAGE_STEPS = 16,
    /* Answers to one question, the nearest in time. */
    LIMIT_LINEAGE_ANSWERS = 64,
    LINEAGE_MATCHES = 3,
};

/* An event with its place, which the caller understands. */
struct lineage_event {
    struct event event;
    int64_t source;
    uint64_t offset;
    uint32_t length;
};

/* Events whose fields all equal these, within a span, nearest to a time first. */
struct lineage_question {
    struct lineage_match {
        enum event_field field;
        struct slice value;
    } all[LINEAGE_MATCHES];
    size_t count;
    bool (*operation)(struct slice name); /* NULL: any */
    int64_t from_us, until_us, near_us;   /* near EVENT_TIME_NONE: earliest first */
};

/* Fills at most LIMIT_LINEAGE_ANSWERS; their texts live as long as `arena`. */
typedef int (*lineage_ask)(void *payload, const struct lineage_question *question,
                           struct arena *arena, struct lineage_event *out,
                           size_t *count, struct error *error);

/* X(identifier, words) how a step leads to the one before it */
#define LINEAGE_LINKS(X)                                                               \
    X(LINEAGE_ACT, "the act")                                                          \
    X(LINEAGE_ISSUED, "gave out the credential")                                       \
    X(LINEAGE_MADE_KEY, "made the key")                                                \
    X(LINEAGE_DELEGATED, "took the identity")                                          \
    X(LINEAGE_LOGIN, "nearest login of this identity")                                 \
    X(LINEAGE_CONFIGURED, "nearest configuration notice of this user")                 \
    X(LINEAGE_SET_TO_WORK, "nearest call that sets this service to work")              \
    X(LINEAGE_NAMED, "names this principal")                                           \
    X(LINEAGE_ORDERED,                                                                 \
      "nearest call of the identity that the record names, to this service")

enum lineage_link {
#define X(identifier, words) identifier,
    LINEAGE_LINKS(X)
#undef X
        LINEAGE_LINK_COUNT
};

struct lineage_step {
    enum lineage_link link;
    struct lineage_event at;
};

struct lineage {
    struct lineage_step steps[LIMIT_LINEAGE_STEPS]; /* the act first */
    size_t count;
    struct slice ending; /* where the chain ends and why, not escaped */
    bool reached;        /* the first identity is named: the logs do not run out */
};

/* The chain of an event; texts are the event's own or in the arena. */
int lineage_build(const struct lineage_event *act, lineage_ask ask, void *payload,
                  struct arena *arena, struct lineage *out, struct error *error);

const char *lineage_link_words(enum lineage_link link);
/* Proof, not the nearest event that fits. */
bool lineage_link_is_proof(enum lineage_link link);

/* "AssumeRole by arn:..., without MFA, source identity x, from 198.51.100.23"; no time,
 * not escaped, in the arena. */
struct slice lineage_step_words(const struct lineage_step *step, struct arena *arena);

/* Where a device's command came from: of the sightings of one user on one device, which
 * tells?  A notice of configuration (it follows the commands) up to an hour later, else
 * the nearest login of the day before, else a notice up to a day later.  NULL: none. */
struct lineage_sighting {
    int64_t time_us;
    bool configured; /* CONFIG_I, else a login */
};
ptrdiff_t lineage_pick_sighting(const struct lineage_sighting *list, size_t count,
                                int64_t time_us);
/* -1: neither; 0: a login that succeeded; 1: a configuration notice. */
int lineage_sighting_kind(struct slice operation);

#endif
