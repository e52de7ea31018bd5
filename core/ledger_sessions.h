/*
 * ledger_sessions.h - clouds whose mirrors are sessions that copy an interface to a
 * target: AWS sessions, Azure TAP configurations, OCI VTAPs, Alibaba and Huawei
 * sessions.  One machine keeps their state (ledger_sessions.c); what they mean in words
 * and whose they are differs (ledger_meaning.c).
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
    bool made; /* in these logs, or shown by a snapshot: its rules are known */
    bool dns;
};

struct target {
    struct slice id, end, owner, account, region;
    struct slice holder; /* the interface or load balancer whose address the end is */
    bool made;           /* in these logs, or shown by a snapshot */
    bool gone, used;
    const struct fact *maker;
};

struct session {
    struct ledger_track track; /* first */
    struct slice interface, target, filter, length, label, number, owner, caller;
    struct slice enabled; /* "true", "false", absent: not told */
    bool observed;        /* by the snapshot at hand */
};

/* What facts refer to each other by. */
struct cloud {
    struct ledger *ledger;
    struct ledger_index sessions, targets, filters, interfaces, machines, attachments,
        rules;
};

/* What the session copies, in words, by the rules that stand now. */
struct slice cloud_filter_text(struct cloud *cloud, const struct session *session);
/* "in: all; out: tcp": absent where the filter copies nothing. */
struct slice cloud_traffic_text(const struct filter *filter, struct arena *arena);
/* Ids become words when all is known; targets that nothing uses become rows. */
void cloud_give_meaning(struct cloud *cloud);

#endif
