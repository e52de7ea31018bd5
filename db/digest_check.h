/*
 * digest_check.h - loaded files against the CloudTrail digests that were loaded too.
 *
 * Done when it is asked for: the digests are read again where they are, in archives as
 * well, and the log files that they list, and the digest before each, are unpacked and
 * hashed.  "Consistent with its digest" says that
 * the content is the one that the digest names, and no more.  Nothing is written.
 */
#ifndef DB_DIGEST_CHECK_H
#define DB_DIGEST_CHECK_H

#include "core/digest.h"
#include "db/case.h"

/* X(identifier, words) */
#define DIGEST_STATES(X)                                                               \
    X(DIGEST_CONSISTENT, "consistent with its digest")                                 \
    X(DIGEST_DIFFERS, "differs from its digest")                                       \
    X(DIGEST_MISSING, "listed in a digest and not loaded")                             \
    X(DIGEST_GAP, "named by the digest after it and not loaded, so its own files are " \
                  "not known")                                                         \
    X(DIGEST_UNREAD, "not compared: unreadable now, or without a SHA-256")

enum digest_state {
#define X(identifier, words) identifier,
    DIGEST_STATES(X)
#undef X
        DIGEST_STATE_COUNT
};
const char *digest_state_words(enum digest_state state);

/* object: as the digest names it; path: of the loaded file or member, blank where it is
 * missing.
 * Returns 0 to go on, -1 with *error filled. */
typedef int (*digest_visit)(void *payload, enum digest_state state, struct slice object,
                            struct slice path, struct error *error);

struct digest_totals {
    uint64_t digests, unread; /* unread: digests that cannot be read any more */
    uint64_t files[DIGEST_STATE_COUNT];
};

/* How many loaded files hold digests. */
int digest_count(struct case_file *handle, uint64_t *out, struct error *error);
int digest_check(struct case_file *handle, digest_visit visit, void *payload,
                 struct digest_totals *out, struct error *error);

#endif
