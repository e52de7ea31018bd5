/*
 * ledger_sessions.h - clouds whose mirrors are sessions that copy an interface to a
 * target: AWS sessions, Azure TAP configurations, OCI VTAPs, Alibaba and Huawei
 * sessions.  One machine keeps their state (ledger_sessions.c, and ledger_parts.c for
 * what they are made of); what they mean in words and whose they are differs
 * (ledger_meaning.c).
 */
#ifndef CORE_LEDGER_SESSIONS_H
#define CORE_LEDGER_SESSIONS_H

#include "core/ledger_internal.h"

struct machine;

struct interface {
    struct slice id, machine, owner, network, address, attachment;
    struct slice goes; /* deleteOnTermination: "true", "false", absent: not known */
    struct interface *next_of_machine;
    bool gone;
};

struct machine {
    struct interface *interfaces;
};

struct rule {
    struct rule *next; /* in order of direction and number */
    struct slice id, direction, number, verdict, protocol, source, destination;
    bool gone;
};

struct filter {
    struct slice id;
    struct rule *rules;
    const struct fact *maker;
    bool made; /* in these logs, or shown by a snapshot: its rules are known */
    bool dns, gone, used;
};

/* A resource share of another account that an account accepted. */
struct share {
    struct share *next;
    struct slice account, owner;
};

struct target {
    struct slice id, end, owner, account, region;
    struct slice holder; /* the interface or load balancer whose address the end is */
    bool made;           /* in these logs, or shown by a snapshot */
    bool gone, used;
    const struct fact *maker, *seen; /* seen: by the newest snapshot that shows it */
};

struct session {
    struct ledger_track track; /* first */
    struct slice interface, target, filter, length, label, number, owner, caller;
    struct slice enabled; /* "true", "false", absent: not told */
    bool unnamed;         /* the logs do not show its id */
};

/* What facts refer to each other by. */
struct cloud {
    struct ledger *ledger;
    struct share *shares;
    struct ledger_index sessions, targets, filters, interfaces, machines, attachments,
        rules;
};

static inline struct session *cloud_next_session(struct session *session)
{
    return (struct session *)session->track.next;
}
/* The thing of that id in an index, made where it is not there; NULL: no memory. */
void *cloud_thing(struct cloud *cloud, struct ledger_index *index, struct slice id,
                  size_t size);
struct target *cloud_target(struct cloud *cloud, struct slice id);
struct filter *cloud_filter(struct cloud *cloud, struct slice id);
/* Whether a change takes that away. */
bool cloud_removes(const struct fact *fact, const char *what);
/* Takes a text that says something. */
void cloud_take(struct slice *into, struct slice text);
/* A session whose filter is known to accept nothing copies nothing. */
bool cloud_copies_nothing(struct cloud *cloud, const struct session *session);
/* The row keeps the ids of its stretch; they become words when all is known. */
void cloud_stamp(struct cloud *cloud, struct session *session);

/* Facts of what sessions are made of (ledger_parts.c). */
void cloud_take_target(struct cloud *cloud, const struct fact *fact);
void cloud_take_share(struct cloud *cloud, const struct fact *fact);
void cloud_take_filter(struct cloud *cloud, const struct fact *fact);
void cloud_take_rule(struct cloud *cloud, const struct fact *fact);
void cloud_take_interface(struct cloud *cloud, const struct fact *fact);
void cloud_take_machine(struct cloud *cloud, const struct fact *fact);
void cloud_take_balancer(struct cloud *cloud, const struct fact *fact);

/* What the session copies, in words, by the rules that stand now. */
struct slice cloud_filter_text(struct cloud *cloud, const struct session *session);
/* "in: all; out: tcp": absent where the filter copies nothing. */
struct slice cloud_traffic_text(const struct filter *filter, struct arena *arena);
/* Ids become words when all is known; targets that nothing uses become rows. */
void cloud_give_meaning(struct cloud *cloud);

#endif
