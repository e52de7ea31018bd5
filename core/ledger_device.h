/*
 * ledger_device.h - one mirror of a network device while its lines are applied.
 * Files: device_session.c says what a mirror is made of, in words, and which names mean
 * it; ledger_device.c applies lines, commits, saves and reloads.  Internal to them.
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
};

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

#endif
