/*
 * fact.h - what one record says of the things that mirrors are made of.
 *
 * The ledger is rebuilt from facts alone: those of the mirroring calls, and those of
 * their neighbours, which are no hits but give the meaning (an instance was made with
 * this interface; that load balancer is gone).  A fact is small: ids and a few words,
 * never the record.  It is read once, when the record is loaded.
 *
 * A record gives none, one or several facts; they are numbered in the record's own
 * order, so that the same record in two exports gives the same numbers.  Sources of
 * the names: reference pages of the providers, as in mirror_*.c.
 *
 * Texts are borrowed from the event or live in the caller's arena.
 */
#ifndef CORE_FACT_H
#define CORE_FACT_H

#include "core/arena.h"
#include "core/event.h"

/* X(identifier, text).  The numbers are stored: append only. */
#define FACT_THINGS(X)                                                                 \
    X(THING_NONE, "")                                                                  \
    X(THING_SESSION, "session") /* what copies: session, TAP configuration,            \
                                   policy, VTAP, SPAN session */                       \
    X(THING_TARGET, "target")   /* where it goes: target, TAP */                       \
    X(THING_FILTER, "filter")                                                          \
    X(THING_RULE, "rule") /* of a filter */                                            \
    X(THING_INTERFACE, "interface")                                                    \
    X(THING_MACHINE, "machine")                                                        \
    X(THING_BALANCER, "balancer") /* load balancer, endpoint, forwarding rule */       \
    X(THING_SHARE, "share")                                                            \
    X(THING_DEPLOYMENT, "deployment")                                                  \
    X(THING_DEPLOYMENT_GROUP, "deployment group")                                      \
    X(THING_ENDPOINT_GROUP, "endpoint group")                                          \
    X(THING_ASSOCIATION, "association")                                                \
    X(THING_PROFILE, "security profile")                                               \
    X(THING_PROFILE_GROUP, "security profile group")                                   \
    X(THING_POLICY_RULE, "mirroring rule")                                             \
    X(THING_CONFIGURATION, "configuration")    /* of a device, as a whole */           \
    X(THING_POLICY_LINK, "policy association") /* of a firewall policy, to a network   \
                                                */

#define FACT_ACTS(X)                                                                   \
    X(ACT_NONE, "")                                                                    \
    X(ACT_CREATE, "create")                                                            \
    X(ACT_CHANGE, "change")                                                            \
    X(ACT_WRITE, "write") /* make or change, whichever it was */                       \
    X(ACT_DELETE, "delete")                                                            \
    X(ACT_ATTACH, "attach")                                                            \
    X(ACT_DETACH, "detach")                                                            \
    X(ACT_OBSERVE, "observe") /* a snapshot shows it */                                \
    X(ACT_LIST, "list")       /* a list's end: what it does not show is gone */        \
    X(ACT_SAVE, "save")                                                                \
    X(ACT_RESTART, "restart")                                                          \
    X(ACT_COMMIT, "commit")                                                            \
    X(ACT_ROLLBACK, "rollback")                                                        \
    X(ACT_REQUEST, "request") /* of a commit, and of which kind */

/*
 * X(identifier, column).  Of a list, the object is the collection that it shows the
 * whole of (what its members' ids begin with), else the destination is what all its
 * members go to, else the owners are the accounts that it names.  What each means
 * depends on the thing; lists are joined by
 * ", ".  Absent: the record does not say.  Empty: it says that there is none.
 */
#define FACT_FIELDS(X)                                                                 \
    X(FACT_OBJECT, object)           /* the id of the thing */                         \
    X(FACT_PARENT, parent)           /* a rule's filter, an interface's machine,       \
                                        another name of a session */                   \
    X(FACT_KIND, kind)               /* network-load-balancer, erspan-source */        \
    X(FACT_SOURCE, mirrored)         /* what is copied; a rule: from where */          \
    X(FACT_DESTINATION, destination) /* where to; a rule: to where */                  \
    X(FACT_FILTER, filter)                                                             \
    X(FACT_OWNER, owner)   /* the account that the result names */                     \
    X(FACT_CALLER, caller) /* the account of a caller from elsewhere */                \
    X(FACT_NUMBER, number_text)                                                        \
    X(FACT_LENGTH, length)       /* bytes kept of each packet */                       \
    X(FACT_LABEL, label)         /* VXLAN or ERSPAN id, commit id, attachment id */    \
    X(FACT_DIRECTION, direction) /* ingress, egress, both */                           \
    X(FACT_VERDICT, verdict)     /* accept, reject, mirror */                          \
    X(FACT_PROTOCOL, protocol)                                                         \
    X(FACT_NETWORK, network)                                                           \
    X(FACT_ADDRESS, address)                                                           \
    X(FACT_TAGS, tags)                                                                 \
    X(FACT_ENABLED, enabled) /* true, false; an interface: goes with its machine */    \
    X(FACT_CHANGED, changed) /* what a change named, blank between */                  \
    X(FACT_REMOVED, removed) /* what a change took away */

#define X(identifier, text) identifier,
enum fact_thing { FACT_THINGS(X) THING_COUNT };
enum fact_act { FACT_ACTS(X) ACT_COUNT };
enum fact_field { FACT_FIELDS(X) FACT_FIELD_COUNT };
#undef X

struct fact {
    enum fact_thing thing;
    enum fact_act act;
    unsigned number; /* within its record */
    struct slice text[FACT_FIELD_COUNT];

    /* Of the record; filled by who keeps the fact. */
    int64_t time_us; /* EVENT_TIME_NONE: undated */
    enum provider provider;
    enum outcome outcome;
    enum phase phase;
    struct slice account, region, actor;
    struct slice act_id;    /* equal for all records of one act: operation_id() */
    struct slice order;     /* breaks ties of time, by content alone */
    struct slice operation; /* the hit's operation, absent for what is no hit */
};

struct fact_list {
    struct fact *facts;
    size_t count, room;
    size_t left_out; /* beyond LIMIT_FACTS_PER_RECORD */
    bool failed;     /* no memory */
};

/* "projects/p/regions/r/packetMirrorings/" of the id of one: what is before its name;
 * absent where an id has no such parts. */
struct slice fact_collection(struct slice id);

const char *fact_thing_name(enum fact_thing thing);
const char *fact_act_name(enum fact_act act);
extern const char *const fact_field_names[FACT_FIELD_COUNT];

/*
 * Whether records of this provider, service, operation and mode tell facts.  Reads
 * these fields alone, so the answer may be kept per distinct value.
 */
bool fact_wanted(const struct event *event);
/* Its facts.  raw: the record's bytes; a device's line is told by the event alone. */
void fact_read(const struct event *event, struct slice raw, struct arena *arena,
               struct fact_list *out);
/* What a snapshot of the present state shows (describe, list), with the provider.  None
 * where it is no snapshot that is known. */
void fact_read_state(struct slice raw, struct arena *arena, struct fact_list *out);

#endif
