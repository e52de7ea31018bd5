/*
 * mirror.h - one row of the ledger, as the ledger makes it and everything after reads
 * it.
 *
 * A row is one stretch of a mirror: a change of what is copied, to where or how much,
 * ends it (closed_how "changed") and begins the next of the same mirror.  So each row
 * says what was true from `since` to `until`.  What never copied anything (prepared,
 * incomplete, shut) keeps its state when it ends; what did is `ended`.
 *
 * The row says what is not known: since_us EVENT_TIME_NONE is a mirror from before the
 * log, an absent text is one that the logs do not show.
 */
#ifndef CORE_MIRROR_H
#define CORE_MIRROR_H

#include "core/event.h"

/* X(identifier, text).  In order of urgency; the numbers are stored: append only. */
#define MIRROR_STATES(X)                                                               \
    X(MIRROR_LIVE, "live")                                                             \
    X(MIRROR_UNKNOWN, "unknown")       /* there may be one: closed_how says why */     \
    X(MIRROR_PENDING, "pending")       /* begun; the logs do not show the end */       \
    X(MIRROR_BLACKHOLED, "blackholed") /* its destination is gone */                   \
    X(MIRROR_INCOMPLETE, "incomplete") /* half built */                                \
    X(MIRROR_SHUT, "shut")             /* configured and switched off */               \
    X(MIRROR_PREPARED, "prepared")     /* a destination that nothing uses yet */       \
    X(MIRROR_ENDED, "ended")

#define FOREIGNS(X)                                                                    \
    X(FOREIGN_NO, "no")                                                                \
    X(FOREIGN_UNKNOWN, "unknown")                                                      \
    X(FOREIGN_YES, "yes")

#define X(identifier, text) identifier,
enum mirror_state { MIRROR_STATES(X) MIRROR_STATE_COUNT };
enum foreign { FOREIGNS(X) FOREIGN_COUNT };
#undef X

const char *mirror_state_name(enum mirror_state state);
const char *foreign_name(enum foreign foreign);
int mirror_state_from_name(struct slice name);
int foreign_from_name(struct slice name);

/* How an operation had to do with a row. */
enum mirror_part { PART_OPENED, PART_CLOSED, PART_SUPPORTS };

struct mirror_operation {
    struct mirror_operation *next;
    struct slice operation;
    enum mirror_part part;
};

struct mirror {
    struct slice id;  /* the provider's, else of account, region, device, number; where
                       * nothing names it, of the act that tells of it */
    unsigned segment; /* 1 for the first row of the mirror */
    enum provider provider;
    struct slice account, region, device;
    enum mirror_state state;
    int64_t since_us, until_us; /* EVENT_TIME_NONE: before the log; not ended */
    int64_t observed_us;        /* of the newest snapshot that shows it */
    struct slice mirrored, destination, filter; /* in words */
    struct slice destination_ids; /* all names of the destination, ';' between */
    uint64_t sources;             /* things mirrored, 0: not known */
    enum foreign foreign;
    struct slice foreign_reason;
    struct slice opened_by, closed_by, closed_how;
    struct mirror_operation *operations; /* by id; each once */
};

struct mirror_list {
    struct mirror *rows; /* in order of id and segment */
    size_t count;
};

#endif
