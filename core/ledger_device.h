/*
 * ledger_device.h - one mirror of a network device while its lines are applied.
 * Files: device_session.c says what a mirror is made of, in words, and which names mean
 * it; ledger_device.c applies lines, saves and reloads; ledger_commit.c keeps what
 * waits for a commit.  Internal to them.
 */
#ifndef CORE_LEDGER_DEVICE_H
#define CORE_LEDGER_DEVICE_H

#include "core/device_ends.h"
#include "core/ledger_internal.h"

struct session {
    struct ledger_track track; /* first */
    struct slice name;         /* "session 7", as the device calls it */
    struct slice parent;       /* "bridge br0": what it goes with */
    struct slice kind, filter, length, label, address, network;
    struct device_ends sources, destinations;
    bool exists; /* configured at present */
    bool shut, worked;
    bool told;       /* whether it is shut was told, or follows from its kind */
    bool before_log; /* the first line that the logs have is no beginning */
    unsigned ordinal;
    int64_t changed_us;
    bool saved;
    size_t made_in, changed_in; /* the number of the commit */
};

/* What was asked for before a commit was told of. */
enum device_request { REQUEST_COMMIT, REQUEST_CHECK, REQUEST_TRIAL };

struct device {
    struct ledger *ledger;
    struct ledger_index sessions; /* by name: the present incarnation */
    struct slice name;

    const struct fact **candidate; /* lines that wait for a commit */
    size_t candidate_count;
    enum device_request request;
    bool replaced;    /* the candidate is a file that the logs do not show */
    bool rolled_back; /* the candidate is the configuration of commit back_to */
    size_t back_to;
    size_t commits;                                /* so far */
    size_t trial;                                  /* the last one on trial; 0: none */
    bool confirmed;                                /* it was */
    const struct fact *first_commit, *last_commit; /* of unknown content */
    size_t blind_commits;
};

/* ---- a session (device_session.c) ---- */

/* What a line says of it. */
void device_session_take(struct ledger *ledger, struct session *session,
                         const struct fact *fact);
/* What follows from what it is made of. */
enum mirror_state device_session_state(const struct session *session,
                                       const struct fact *fact);
/* Writes its ends and what is copied, in words, into a row. */
void device_session_describe(const struct ledger *ledger, const struct session *session,
                             struct mirror *out);

/* "session 7", "session 1-3,5", "session all", "bridge br0" mean it. */
bool device_session_is_named(const struct session *session, struct slice names);
/* One mirror, and no group or range of them: what is said of it is true of a mirror
 * that the logs do not know as well. */
bool device_names_one(struct slice names);

/* ---- the sessions of a device (ledger_device.c) ---- */

struct session *device_next(struct session *session);
struct session *device_new_session(struct device *device, const struct fact *fact,
                                   struct slice name, unsigned ordinal);
/* The present one of the fact's name, else a new one.  beginning: such a line may be
 * the first of it.  NULL: no memory. */
struct session *device_session_of(struct device *device, const struct fact *fact,
                                  bool beginning);
/* Writes its texts into its row. */
void device_stamp(struct device *device, struct session *session);
/* A line takes effect. */
void device_apply(struct device *device, const struct fact *fact);
void device_save(struct device *device);
void device_delete(struct device *device, struct session *session,
                   const struct fact *fact, const char *how);
/* Back, as far as the logs tell: `why` says how far. */
void device_revive(struct device *device, struct session *session,
                   const struct fact *fact, const char *why);
/* From now on it is not known what it does. */
void device_doubt(struct device *device, struct session *session,
                  const struct fact *fact, const char *how, const char *why);

/* ---- commits (ledger_commit.c) ---- */

bool device_needs_commit(const struct fact *fact);
/* A commit, a request for one, a rollback. */
void device_take_commit(struct device *device, const struct fact *fact);
/* What is left at the end of the log. */
void device_end_commits(struct device *device);

#endif
