/*
 * The ledger of AWS traffic mirror sessions: who copies which interface to which
 * target through which filter.  Rules of the state: AWS, "Traffic Mirroring" (deleting
 * the source interface deletes its sessions; a target or filter that is in use cannot
 * be deleted).
 */
#include "config.h"

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
    struct slice id, end, owner, account, region, shared_by;
    bool made; /* in these logs, or shown by a snapshot */
    bool gone, used;
    const struct fact *maker;
};

struct session {
    struct ledger_track track; /* first */
    struct slice interface, target, filter, length, label, number, owner, caller;
    const struct fact *opener;
    bool observed; /* by the snapshot at hand */
};

/* What facts refer to each other by. */
struct aws {
    struct ledger *ledger;
    struct ledger_index sessions, targets, filters, interfaces, machines, attachments,
        rules;
};

/* The thing of that id, made where it is not there. */
static void *thing_of(struct aws *aws, struct ledger_index *index, struct slice id,
                      size_t size)
{
    void *thing = ledger_find(index, id);
    if (thing)
        return thing;
    thing = ledger_alloc(aws->ledger, size);
    if (thing && !ledger_put(index, aws->ledger->arena, id, thing)) {
        aws->ledger->failed = true;
        return NULL;
    }
    return thing;
}

static struct target *target_of(struct aws *aws, struct slice id)
{
    struct target *target = thing_of(aws, &aws->targets, id, sizeof *target);
    if (target)
        target->id = id;
    return target;
}

static struct filter *filter_of(struct aws *aws, struct slice id)
{
    struct filter *filter = thing_of(aws, &aws->filters, id, sizeof *filter);
    if (filter)
        filter->id = id;
    return filter;
}

static struct interface *interface_of(struct aws *aws, struct slice id)
{
    struct interface *interface =
        thing_of(aws, &aws->interfaces, id, sizeof *interface);
    if (interface)
        interface->id = id;
    return interface;
}

static struct session *next_session(struct session *session)
{
    return (struct session *)session->track.next;
}

/* ---- what is copied, in words ---- */

static bool is_anywhere(struct slice end)
{
    return !end.length || slice_equal(end, SLICE("0.0.0.0/0")) ||
           slice_equal(end, SLICE("::/0"));
}

/* "tcp from 10.0.0.0/8 to anywhere port 443"; "all" for what accepts everything. */
static struct slice rule_text(const struct rule *rule, struct arena *arena)
{
    static const struct {
        struct slice number, name;
    } protocols[] = {{SLICE_INIT("6"), SLICE_INIT("tcp")},
                     {SLICE_INIT("17"), SLICE_INIT("udp")},
                     {SLICE_INIT("1"), SLICE_INIT("icmp")}};
    struct slice protocol = rule->protocol;
    for (size_t i = 0; i < sizeof protocols / sizeof protocols[0]; i++) {
        if (slice_equal(protocol, protocols[i].number))
            protocol = protocols[i].name;
    }
    bool from_any = is_anywhere(rule->source), to_any = is_anywhere(rule->destination);
    bool reject = slice_equal_nocase(rule->verdict, SLICE("reject"));
    const struct slice parts[] = {
        reject ? SLICE("not ") : SLICE_NONE,
        protocol.length ? protocol : SLICE("all"),
        from_any ? SLICE_NONE : SLICE(" from "),
        from_any ? SLICE_NONE : rule->source,
        to_any ? SLICE_NONE : SLICE(" to "),
        to_any ? SLICE_NONE : rule->destination,
    };
    return arena_join(arena, parts, sizeof parts / sizeof parts[0]);
}

/* The rules of a direction in order; absent where none accepts. */
static struct slice direction_text(const struct filter *filter, const char *direction,
                                   struct arena *arena)
{
    struct slice text = SLICE_NONE;
    bool accepts = false;
    for (const struct rule *rule = filter->rules; rule; rule = rule->next) {
        if (rule->gone || !slice_equal_nocase(rule->direction, slice_from(direction)))
            continue;
        accepts |= !slice_equal_nocase(rule->verdict, SLICE("reject"));
        const struct slice parts[] = {text, rule_text(rule, arena)};
        text = ledger_joined(arena, parts, 2, ", ");
    }
    return accepts ? text : SLICE_NONE;
}

static struct slice labelled(struct arena *arena, const char *label, struct slice text)
{
    const struct slice parts[] = {slice_from(label), text};
    return text.length ? arena_join(arena, parts, 2) : SLICE_NONE;
}

/* "in: all; out: tcp; DNS": absent where the filter copies nothing. */
static struct slice traffic_text(const struct filter *filter, struct arena *arena)
{
    const struct slice parts[] = {
        labelled(arena, "in: ", direction_text(filter, "ingress", arena)),
        labelled(arena, "out: ", direction_text(filter, "egress", arena)),
        filter->dns ? SLICE("Amazon DNS") : SLICE_NONE};
    return ledger_joined(arena, parts, 3, "; ");
}

static struct slice filter_text(struct aws *aws, const struct session *session)
{
    struct arena *arena = aws->ledger->arena;
    const struct filter *filter = ledger_find(&aws->filters, session->filter);
    struct slice traffic = SLICE_NONE;
    if (filter && filter->made) {
        traffic = traffic_text(filter, arena);
        if (!traffic.length)
            traffic = SLICE("nothing: the filter accepts nothing");
    } else if (session->filter.length) {
        const struct slice parts[] = {SLICE("rules of "), session->filter,
                                      SLICE(" not in the logs")};
        traffic = arena_join(arena, parts, 3);
        if (filter && filter->rules) {
            const struct slice known[] = {traffic_text(filter, arena), traffic};
            traffic = ledger_joined(arena, known, 2, "; other ");
        }
    }
    struct slice length = SLICE("whole packets");
    if (session->length.length) {
        const struct slice parts[] = {SLICE("first "), session->length,
                                      SLICE(" bytes of each packet")};
        length = arena_join(arena, parts, 3);
    }
    const struct slice parts[] = {traffic, length};
    return traffic.length ? ledger_joined(arena, parts, 2, "; ") : SLICE_NONE;
}

/* A session whose filter is known to accept nothing copies nothing. */
static bool copies_nothing(struct aws *aws, const struct session *session)
{
    const struct filter *filter = ledger_find(&aws->filters, session->filter);
    return filter && filter->made && !traffic_text(filter, aws->ledger->arena).length;
}

static enum mirror_state state_of(struct aws *aws, const struct session *session,
                                  enum mirror_state wanted)
{
    return wanted == MIRROR_LIVE && copies_nothing(aws, session) ? MIRROR_INCOMPLETE
                                                                 : wanted;
}

/* ---- sessions ---- */

/* Some exports drop the response, and with it the id. */
static struct slice session_id(struct aws *aws, const struct fact *fact)
{
    const struct slice parts[] = {
        fact->account,           SLICE("/"),         fact->region,           SLICE("/"),
        fact->text[FACT_SOURCE], SLICE("/session "), fact->text[FACT_NUMBER]};
    if (fact->text[FACT_OBJECT].length)
        return fact->text[FACT_OBJECT];
    return arena_join(aws->ledger->arena, parts, sizeof parts / sizeof parts[0]);
}

static struct session *session_of(struct aws *aws, const struct fact *fact)
{
    struct slice id = session_id(aws, fact);
    struct session *session = ledger_find(&aws->sessions, id);
    if (session)
        return session;
    session = thing_of(aws, &aws->sessions, id, sizeof *session);
    if (!session)
        return NULL;
    session->track.id = id;
    ledger_add_track(aws->ledger, &session->track, fact);
    return session;
}

static void take(struct slice *into, struct slice text)
{
    if (text.length)
        *into = text;
}

static bool is_removed(const struct fact *fact, const char *what)
{
    struct slice rest = fact->text[FACT_REMOVED];
    while (slice_present(rest)) {
        if (slice_equal(slice_cut(&rest, ' '), slice_from(what)))
            return true;
    }
    return false;
}

static void take_values(struct aws *aws, struct session *session,
                        const struct fact *fact)
{
    take(&session->interface, fact->text[FACT_SOURCE]);
    take(&session->target, fact->text[FACT_DESTINATION]);
    take(&session->filter, fact->text[FACT_FILTER]);
    take(&session->length, fact->text[FACT_LENGTH]);
    take(&session->label, fact->text[FACT_LABEL]);
    take(&session->number, fact->text[FACT_NUMBER]);
    take(&session->owner, fact->text[FACT_OWNER]);
    take(&session->caller, fact->text[FACT_CALLER]);
    if (is_removed(fact, "packet-length"))
        session->length = SLICE_NONE;
    if (is_removed(fact, "virtual-network-id"))
        session->label = SLICE_NONE;
    struct target *target =
        session->target.length ? target_of(aws, session->target) : NULL;
    if (target)
        target->used = true;
}

/* The row keeps the ids of its stretch; they become words when all is known. */
static void stamp(struct aws *aws, struct session *session)
{
    struct ledger_row *row = session->track.row;
    if (!row)
        return;
    row->mirror.mirrored = session->interface;
    row->mirror.destination = session->target;
    row->mirror.filter = filter_text(aws, session);
    row->mirror.foreign_reason = session->caller;
}

static void link_chain(struct aws *aws, struct session *session)
{
    struct ledger_row *row = session->track.row;
    const struct target *target = ledger_find(&aws->targets, session->target);
    if (row && target && target->maker)
        ledger_link(aws->ledger, row, target->maker, PART_SUPPORTS);
}

static void open_session(struct aws *aws, const struct fact *fact)
{
    struct session *session = session_of(aws, fact);
    if (!session)
        return;
    bool again = session->track.row != NULL;
    take_values(aws, session, fact);
    enum mirror_state state = state_of(aws, session, ledger_state_of(fact));
    if (again)
        ledger_split(aws->ledger, &session->track, fact, state, "changed");
    else
        ledger_open(aws->ledger, &session->track, fact, state, false);
    stamp(aws, session);
    link_chain(aws, session);
}

/* A description alone changes nothing; a request that is not there may have changed
 * anything. */
static bool changes_something(const struct fact *fact)
{
    struct slice changed = fact->text[FACT_CHANGED];
    return !slice_present(changed) || changed.length;
}

static void change_session(struct aws *aws, const struct fact *fact)
{
    struct session *session = session_of(aws, fact);
    if (!session)
        return;
    if (!session->track.row) {
        ledger_open(aws->ledger, &session->track, fact, MIRROR_LIVE, true);
        if (!changes_something(fact))
            take_values(aws, session, fact);
        stamp(aws, session);
    }
    if (!changes_something(fact)) {
        if (session->track.row)
            ledger_link(aws->ledger, session->track.row, fact, PART_SUPPORTS);
        return;
    }
    take_values(aws, session, fact);
    ledger_split(aws->ledger, &session->track, fact,
                 state_of(aws, session, ledger_state_of(fact)), "changed");
    stamp(aws, session);
    link_chain(aws, session);
}

static void delete_session(struct aws *aws, const struct fact *fact)
{
    struct session *session = session_of(aws, fact);
    if (!session)
        return;
    if (!session->track.row && session->track.segments)
        return; /* ended before */
    if (!session->track.row)
        ledger_open(aws->ledger, &session->track, fact, MIRROR_LIVE, true);
    if (fact->outcome == OUTCOME_SUCCESS)
        ledger_end(aws->ledger, &session->track, fact, "deleted");
    else
        ledger_split(aws->ledger, &session->track, fact, ledger_state_of(fact),
                     "its deletion began; the logs do not show its result");
}

/* Every session with a present stretch that `fits`. */
static void each_open(struct aws *aws, const struct fact *fact, struct slice id,
                      bool (*fits)(struct aws *aws, const struct session *session,
                                   struct slice id),
                      void (*act)(struct aws *aws, struct session *session,
                                  const struct fact *fact))
{
    for (struct session *session = (struct session *)aws->ledger->tracks; session;
         session = next_session(session)) {
        if (session->track.row && fits(aws, session, id))
            act(aws, session, fact);
    }
}

static bool uses_target(struct aws *aws, const struct session *session, struct slice id)
{
    (void)aws;
    return slice_equal(session->target, id);
}

static bool uses_filter(struct aws *aws, const struct session *session, struct slice id)
{
    (void)aws;
    return slice_equal(session->filter, id);
}

static bool copies_interface(struct aws *aws, const struct session *session,
                             struct slice id)
{
    (void)aws;
    return slice_equal(session->interface, id);
}

static bool ends_at(struct aws *aws, const struct session *session, struct slice id)
{
    const struct target *target = ledger_find(&aws->targets, session->target);
    return target && target->end.length && slice_equal(target->end, id);
}

static void end_implied(struct aws *aws, struct session *session,
                        const struct fact *fact)
{
    ledger_end(aws->ledger, &session->track, fact,
               fact->thing == THING_TARGET ? "implied: its target was deleted"
                                           : "implied: its filter was deleted");
}

static void end_with_interface(struct aws *aws, struct session *session,
                               const struct fact *fact)
{
    ledger_end(aws->ledger, &session->track, fact,
               fact->thing == THING_MACHINE
                   ? "its instance was terminated, and its interface with it"
                   : "its interface was deleted");
}

static void doubt_interface(struct aws *aws, struct session *session,
                            const struct fact *fact)
{
    const struct interface *interface =
        ledger_find(&aws->interfaces, session->interface);
    bool stays = interface && slice_equal(interface->goes, SLICE("false"));
    struct ledger_row *row = ledger_split(
        aws->ledger, &session->track, fact, MIRROR_UNKNOWN,
        stays ? "its instance was terminated, its interface was to stay: check"
              : "its instance was terminated, its interface is not known: check");
    if (row)
        row->mirror.closed_how = stays
                                     ? SLICE("instance gone, interface to stay: check")
                                     : SLICE("instance gone, interface unknown: check");
}

static void blackhole(struct aws *aws, struct session *session, const struct fact *fact)
{
    if (session->track.row->mirror.state == MIRROR_BLACKHOLED)
        return;
    ledger_split(aws->ledger, &session->track, fact, MIRROR_BLACKHOLED,
                 "its destination was deleted");
}

static void refilter(struct aws *aws, struct session *session, const struct fact *fact)
{
    struct ledger_row *row = session->track.row;
    struct slice text = filter_text(aws, session);
    if (slice_equal(row->mirror.filter, text)) {
        ledger_link(aws->ledger, row, fact, PART_SUPPORTS);
        return;
    }
    enum mirror_state state = row->mirror.state;
    if (state == MIRROR_LIVE || state == MIRROR_INCOMPLETE)
        state = copies_nothing(aws, session) ? MIRROR_INCOMPLETE : MIRROR_LIVE;
    ledger_split(aws->ledger, &session->track, fact, state, "changed");
    stamp(aws, session);
}

/* ---- targets, filters and rules ---- */

static void take_target(struct aws *aws, const struct fact *fact)
{
    struct target *target = target_of(aws, fact->text[FACT_OBJECT]);
    if (!target || !fact->text[FACT_OBJECT].length)
        return;
    if (fact->act == ACT_DELETE) {
        if (fact->outcome != OUTCOME_SUCCESS)
            return;
        target->gone = true;
        each_open(aws, fact, target->id, uses_target, end_implied);
        return;
    }
    take(&target->end, fact->text[FACT_DESTINATION]);
    take(&target->owner, fact->text[FACT_OWNER]);
    take(&target->account, fact->account);
    take(&target->region, fact->region);
    target->made = true;
    target->gone = false;
    if (!target->maker)
        target->maker = fact;
}

static void take_share(struct aws *aws, const struct fact *fact)
{
    struct target *target = target_of(aws, fact->text[FACT_OBJECT]);
    if (target)
        take(&target->owner, fact->text[FACT_OWNER]);
}

static void take_filter(struct aws *aws, const struct fact *fact)
{
    struct filter *filter = filter_of(aws, fact->text[FACT_OBJECT]);
    if (!filter || !fact->text[FACT_OBJECT].length)
        return;
    if (fact->act == ACT_DELETE) {
        if (fact->outcome == OUTCOME_SUCCESS)
            each_open(aws, fact, filter->id, uses_filter, end_implied);
        return;
    }
    /* A snapshot's rules follow it and are all there are. */
    for (struct rule *rule = filter->rules; rule && fact->act == ACT_OBSERVE;
         rule = rule->next)
        rule->gone = true;
    filter->made |= fact->act != ACT_CHANGE;
    if (fact->text[FACT_PROTOCOL].length || fact->act == ACT_OBSERVE)
        filter->dns = fact->text[FACT_PROTOCOL].length > 0;
    if (fact->text[FACT_REMOVED].length)
        filter->dns = false;
    each_open(aws, fact, filter->id, uses_filter, refilter);
}

static int64_t rule_number(const struct rule *rule)
{
    int64_t number = 0;
    for (size_t i = 0; i < rule->number.length && i < 9; i++) {
        char c = rule->number.data[i];
        number = number * 10 + (c >= '0' && c <= '9' ? c - '0' : 0);
    }
    return number;
}

static void place_rule(struct filter *filter, struct rule *rule)
{
    struct rule **at = &filter->rules;
    while (*at && *at != rule)
        at = &(*at)->next;
    if (*at)
        *at = rule->next;
    for (at = &filter->rules; *at && rule_number(*at) <= rule_number(rule);)
        at = &(*at)->next;
    rule->next = *at;
    *at = rule;
}

/* Without an id (the response is missing) a rule is named by its place. */
static struct slice rule_id(struct aws *aws, const struct fact *fact)
{
    const struct slice parts[] = {fact->text[FACT_PARENT], SLICE("/"),
                                  fact->text[FACT_DIRECTION], SLICE("/"),
                                  fact->text[FACT_NUMBER]};
    return fact->text[FACT_OBJECT].length
               ? fact->text[FACT_OBJECT]
               : arena_join(aws->ledger->arena, parts, sizeof parts / sizeof parts[0]);
}

struct placed_rule {
    struct rule rule; /* first */
    struct filter *filter;
};

static void take_rule(struct aws *aws, const struct fact *fact)
{
    struct slice id = rule_id(aws, fact);
    struct placed_rule *placed = thing_of(aws, &aws->rules, id, sizeof *placed);
    if (!placed)
        return;
    struct rule *rule = &placed->rule;
    if (fact->text[FACT_PARENT].length)
        placed->filter = filter_of(aws, fact->text[FACT_PARENT]);
    if (!placed->filter)
        return; /* a rule of a filter that the logs do not name */
    rule->id = id;
    if (fact->act == ACT_DELETE) {
        rule->gone = true;
    } else {
        rule->gone = false;
        take(&rule->direction, fact->text[FACT_DIRECTION]);
        take(&rule->number, fact->text[FACT_NUMBER]);
        take(&rule->verdict, fact->text[FACT_VERDICT]);
        take(&rule->protocol, fact->text[FACT_PROTOCOL]);
        take(&rule->source, fact->text[FACT_SOURCE]);
        take(&rule->destination, fact->text[FACT_DESTINATION]);
        place_rule(placed->filter, rule);
    }
    each_open(aws, fact, placed->filter->id, uses_filter, refilter);
}

/* ---- interfaces, machines, load balancers ---- */

static void attach(struct aws *aws, struct interface *interface, struct slice machine)
{
    if (!machine.length || slice_equal(interface->machine, machine))
        return;
    struct machine *holder = thing_of(aws, &aws->machines, machine, sizeof *holder);
    if (!holder)
        return;
    interface->machine = machine;
    interface->next_of_machine = holder->interfaces;
    holder->interfaces = interface;
}

static void lose_interface(struct aws *aws, struct interface *interface,
                           const struct fact *fact)
{
    interface->gone = true;
    each_open(aws, fact, interface->id, copies_interface, end_with_interface);
    each_open(aws, fact, interface->id, ends_at, blackhole);
}

static void take_interface(struct aws *aws, const struct fact *fact)
{
    struct slice id = fact->text[FACT_OBJECT], attachment = fact->text[FACT_LABEL];
    struct interface *interface =
        id.length ? interface_of(aws, id) : ledger_find(&aws->attachments, attachment);
    if (!interface)
        return;
    take(&interface->owner, fact->text[FACT_OWNER]);
    take(&interface->network, fact->text[FACT_NETWORK]);
    take(&interface->address, fact->text[FACT_ADDRESS]);
    if (attachment.length &&
        !ledger_put(&aws->attachments, aws->ledger->arena, attachment, interface))
        aws->ledger->failed = true;
    switch (fact->act) {
    case ACT_DELETE:
        if (fact->outcome == OUTCOME_SUCCESS)
            lose_interface(aws, interface, fact);
        break;
    case ACT_DETACH:
        interface->goes = SLICE("false");
        break;
    case ACT_ATTACH:
        /* An interface attached later stays when its machine goes, until it is told
         * otherwise. */
        interface->goes = SLICE("false");
        attach(aws, interface, fact->text[FACT_PARENT]);
        break;
    default:
        take(&interface->goes, fact->text[FACT_ENABLED]);
        attach(aws, interface, fact->text[FACT_PARENT]);
        break;
    }
}

static void take_machine(struct aws *aws, const struct fact *fact)
{
    struct slice id = fact->text[FACT_OBJECT];
    struct machine *machine = ledger_find(&aws->machines, id);
    if (!machine || fact->act != ACT_DELETE)
        return;
    for (struct interface *interface = machine->interfaces; interface;
         interface = interface->next_of_machine) {
        if (interface->gone || !slice_equal(interface->machine, id))
            continue;
        if (slice_equal(interface->goes, SLICE("true")))
            lose_interface(aws, interface, fact);
        else
            each_open(aws, fact, interface->id, copies_interface, doubt_interface);
    }
}

static void take_balancer(struct aws *aws, const struct fact *fact)
{
    if (fact->act == ACT_DELETE && fact->outcome == OUTCOME_SUCCESS)
        each_open(aws, fact, fact->text[FACT_OBJECT], ends_at, blackhole);
}

/* ---- snapshots ---- */

static void observe_session(struct aws *aws, const struct fact *fact)
{
    struct session *session = session_of(aws, fact);
    if (!session)
        return;
    take_values(aws, session, fact);
    session->observed = true;
    if (!session->track.row)
        ledger_open(aws->ledger, &session->track, fact, MIRROR_LIVE, true);
    stamp(aws, session);
    if (!session->track.row)
        return;
    session->track.row->mirror.state = state_of(aws, session, MIRROR_LIVE);
    session->track.row->mirror.observed_us = fact->time_us;
    session->track.row->mirror.closed_how = SLICE_NONE;
}

static bool has_word(struct slice words, struct slice word)
{
    while (slice_present(words)) {
        if (slice_equal(slice_cut(&words, ' '), word))
            return true;
    }
    return false;
}

/* Whether a listing that showed other sessions of that account and region, and not this
 * one, tells that it is gone. */
static bool is_listed_region(struct aws *aws, const struct session *session)
{
    for (struct session *other = (struct session *)aws->ledger->tracks; other;
         other = next_session(other)) {
        if (other->observed &&
            slice_equal(other->track.account, session->track.account) &&
            other->track.region.length &&
            slice_equal(other->track.region, session->track.region))
            return true;
    }
    return false;
}

static void end_absent(struct aws *aws, struct session *session,
                       const struct fact *fact)
{
    if (is_listed_region(aws, session)) {
        ledger_end(aws->ledger, &session->track, fact,
                   "ended before a snapshot that does not show it");
        return;
    }
    struct ledger_row *row = session->track.row;
    row->mirror.state = MIRROR_UNKNOWN;
    row->mirror.closed_how =
        SLICE("a snapshot that names neither account nor region does not show it");
}

/* A list that is empty, or names no region, may be of another region. */
static void take_list(struct aws *aws, const struct fact *fact)
{
    struct slice owners = fact->text[FACT_OWNER];
    bool part = fact->text[FACT_CHANGED].length > 0;
    for (struct session *session = (struct session *)aws->ledger->tracks; session;
         session = next_session(session)) {
        if (session->track.row && !session->observed && !part &&
            (!owners.length || (has_word(owners, session->track.account) &&
                                is_listed_region(aws, session))))
            end_absent(aws, session, fact);
    }
    for (struct session *session = (struct session *)aws->ledger->tracks; session;
         session = next_session(session))
        session->observed = false;
}

/* ---- meaning, when all is known ---- */

static struct slice interface_text(struct aws *aws, struct slice id)
{
    const struct interface *interface = ledger_find(&aws->interfaces, id);
    if (!interface)
        return id;
    const struct slice parts[] = {interface->machine, interface->address,
                                  interface->network};
    return ledger_described(aws->ledger->arena, id, parts, 3);
}

/* The account in "arn:aws:elasticloadbalancing:REGION:ACCOUNT:loadbalancer/net/...". */
static struct slice arn_account(struct slice arn)
{
    if (!slice_starts_with(arn, SLICE("arn:")))
        return SLICE_NONE;
    for (int colons = 0; colons < 4; colons++)
        slice_cut(&arn, ':');
    return slice_cut(&arn, ':');
}

static void set_foreign(struct aws *aws, struct mirror *mirror, enum foreign foreign,
                        const char *reason, struct slice account)
{
    const struct slice parts[] = {slice_from(reason), account};
    if (foreign < mirror->foreign)
        return;
    mirror->foreign = foreign;
    mirror->foreign_reason = arena_join(aws->ledger->arena, parts, 2);
}

/* An account beside the session's own that is not declared or inferred as ours. */
static bool is_other(struct aws *aws, const struct mirror *mirror, struct slice account)
{
    return account.length && !slice_equal(account, mirror->account) &&
           own_is(aws->ledger->own, OWN_ACCOUNT, account) != OWN_YES;
}

static void judge(struct aws *aws, struct mirror *mirror, const struct target *target)
{
    struct slice caller = mirror->foreign_reason;
    mirror->foreign = FOREIGN_NO;
    mirror->foreign_reason = SLICE_NONE;
    if (!target) {
        set_foreign(aws, mirror, FOREIGN_UNKNOWN, "the logs do not show the target",
                    SLICE_NONE);
    } else {
        struct slice balancer = arn_account(target->end);
        if (!target->made && !target->end.length)
            set_foreign(aws, mirror, FOREIGN_UNKNOWN,
                        "the target was made before the log starts, or is shared from "
                        "another account",
                        SLICE_NONE);
        if (is_other(aws, mirror, target->owner))
            set_foreign(aws, mirror, FOREIGN_YES, "the target belongs to account ",
                        target->owner);
        if (is_other(aws, mirror, balancer))
            set_foreign(aws, mirror, FOREIGN_YES,
                        "the load balancer belongs to account ", balancer);
    }
    if (caller.length) {
        const struct slice called[] = {SLICE("called from account "), caller};
        const struct slice reasons[] = {mirror->foreign_reason,
                                        arena_join(aws->ledger->arena, called, 2)};
        mirror->foreign_reason = ledger_joined(aws->ledger->arena, reasons, 2, "; ");
    }
}

static void give_meaning(struct aws *aws, struct mirror *mirror)
{
    struct arena *arena = aws->ledger->arena;
    const struct target *target = ledger_find(&aws->targets, mirror->destination);
    struct slice id = mirror->destination;
    mirror->sources = mirror->mirrored.length > 0;
    mirror->mirrored = interface_text(aws, mirror->mirrored);
    judge(aws, mirror, target);
    if (!target || !target->end.length) {
        mirror->destination_ids = id;
        return;
    }
    const struct interface *end = ledger_find(&aws->interfaces, target->end);
    struct slice account = arn_account(target->end);
    const struct slice ids[] = {target->end, id,
                                account.length ? account : target->owner};
    const struct slice parts[] = {
        id, end ? end->machine : SLICE_NONE, end ? end->address : SLICE_NONE,
        end ? end->network : SLICE_NONE, account.length ? SLICE_NONE : target->owner};
    mirror->destination_ids = ledger_joined(arena, ids, 3, ";");
    mirror->destination = ledger_described(arena, target->end, parts, 5);
}

/* A target that nothing has used and that still stands. */
static void add_prepared(struct aws *aws, struct target *target)
{
    struct ledger_track *track = ledger_alloc(aws->ledger, sizeof *track);
    if (!track)
        return;
    track->id = target->id;
    ledger_add_track(aws->ledger, track, target->maker);
    struct ledger_row *row =
        ledger_open(aws->ledger, track, target->maker, MIRROR_PREPARED,
                    target->maker->act == ACT_OBSERVE);
    if (!row)
        return;
    row->mirror.destination = target->id;
    row->mirror.foreign_reason = target->maker->text[FACT_CALLER];
    if (target->maker->act == ACT_OBSERVE)
        row->mirror.observed_us = target->maker->time_us;
}

static void finish(struct aws *aws)
{
    for (size_t i = 0; i < aws->targets.room; i++) {
        struct target *target = aws->targets.slots[i].thing;
        if (target && target->made && !target->gone && !target->used)
            add_prepared(aws, target);
    }
    for (struct ledger_row *row = aws->ledger->rows; row; row = row->next)
        give_meaning(aws, &row->mirror);
}

/* ---- dispatch ---- */

static void take_session(struct aws *aws, const struct fact *fact)
{
    switch (fact->act) {
    case ACT_CREATE:
        open_session(aws, fact);
        break;
    case ACT_CHANGE:
        change_session(aws, fact);
        break;
    case ACT_DELETE:
        delete_session(aws, fact);
        break;
    case ACT_OBSERVE:
        observe_session(aws, fact);
        break;
    case ACT_LIST:
        take_list(aws, fact);
        break;
    default:
        break;
    }
}

static void (*const takers[THING_COUNT])(struct aws *aws, const struct fact *fact) = {
    [THING_SESSION] = take_session,     [THING_TARGET] = take_target,
    [THING_FILTER] = take_filter,       [THING_RULE] = take_rule,
    [THING_INTERFACE] = take_interface, [THING_MACHINE] = take_machine,
    [THING_BALANCER] = take_balancer,   [THING_SHARE] = take_share,
};

void ledger_apply_aws(struct ledger *ledger)
{
    struct aws aws = {.ledger = ledger};
    for (size_t i = 0; i < ledger->fact_count && !ledger->failed; i++) {
        const struct fact *fact = &ledger->facts[i];
        if (fact->thing < THING_COUNT && takers[fact->thing])
            takers[fact->thing](&aws, fact);
    }
    if (!ledger->failed)
        finish(&aws);
}
