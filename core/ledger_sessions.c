/*
 * The state of sessions.  AWS, "Traffic Mirroring": deleting the source interface
 * deletes its sessions; a target or filter that is in use cannot be deleted.
 */
#include "config.h"

#include "core/ledger_sessions.h"

/* The thing of that id, made where it is not there. */
static void *thing_of(struct cloud *cloud, struct ledger_index *index, struct slice id,
                      size_t size)
{
    void *thing = ledger_find(index, id);
    if (thing)
        return thing;
    thing = ledger_alloc(cloud->ledger, size);
    if (thing && !ledger_put(index, cloud->ledger->arena, id, thing)) {
        cloud->ledger->failed = true;
        return NULL;
    }
    return thing;
}

static struct target *target_of(struct cloud *cloud, struct slice id)
{
    struct target *target = thing_of(cloud, &cloud->targets, id, sizeof *target);
    if (target)
        target->id = id;
    return target;
}

static struct filter *filter_of(struct cloud *cloud, struct slice id)
{
    struct filter *filter = thing_of(cloud, &cloud->filters, id, sizeof *filter);
    if (filter)
        filter->id = id;
    return filter;
}

static struct interface *interface_of(struct cloud *cloud, struct slice id)
{
    struct interface *interface =
        thing_of(cloud, &cloud->interfaces, id, sizeof *interface);
    if (interface)
        interface->id = id;
    return interface;
}

static struct session *next_session(struct session *session)
{
    return (struct session *)session->track.next;
}

/* A session whose filter is known to accept nothing copies nothing. */
static bool copies_nothing(struct cloud *cloud, const struct session *session)
{
    const struct filter *filter = ledger_find(&cloud->filters, session->filter);
    return filter && filter->made &&
           !cloud_traffic_text(filter, cloud->ledger->arena).length;
}

/* A VTAP is off until it is told to be on. */
static enum mirror_state state_of(struct cloud *cloud, const struct session *session,
                                  enum mirror_state wanted)
{
    if (wanted != MIRROR_LIVE)
        return wanted;
    if (slice_equal(session->enabled, SLICE("false")))
        return MIRROR_SHUT;
    if (session->track.provider == PROVIDER_OCI && !session->enabled.length)
        return MIRROR_UNKNOWN;
    return copies_nothing(cloud, session) ? MIRROR_INCOMPLETE : MIRROR_LIVE;
}

/* ---- sessions ---- */

/* Some exports drop the response, and with it the id. */
static struct slice session_id(struct cloud *cloud, const struct fact *fact)
{
    const struct slice parts[] = {
        fact->account,           SLICE("/"),         fact->region,           SLICE("/"),
        fact->text[FACT_SOURCE], SLICE("/session "), fact->text[FACT_NUMBER]};
    if (fact->text[FACT_OBJECT].length)
        return fact->text[FACT_OBJECT];
    return arena_join(cloud->ledger->arena, parts, sizeof parts / sizeof parts[0]);
}

static struct session *session_of(struct cloud *cloud, const struct fact *fact)
{
    struct slice id = session_id(cloud, fact);
    struct session *session = ledger_find(&cloud->sessions, id);
    if (session)
        return session;
    session = thing_of(cloud, &cloud->sessions, id, sizeof *session);
    if (!session)
        return NULL;
    session->track.id = id;
    ledger_add_track(cloud->ledger, &session->track, fact);
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

static void take_values(struct cloud *cloud, struct session *session,
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
    take(&session->enabled, fact->text[FACT_ENABLED]);
    if (is_removed(fact, "packet-length"))
        session->length = SLICE_NONE;
    if (is_removed(fact, "virtual-network-id"))
        session->label = SLICE_NONE;
    struct target *target =
        session->target.length ? target_of(cloud, session->target) : NULL;
    if (target)
        target->used = true;
}

/* The row keeps the ids of its stretch; they become words when all is known. */
static void stamp(struct cloud *cloud, struct session *session)
{
    struct ledger_row *row = session->track.row;
    if (!row)
        return;
    row->mirror.mirrored = session->interface;
    row->mirror.destination = session->target;
    row->mirror.filter = cloud_filter_text(cloud, session);
    row->mirror.foreign_reason = session->caller;
    /* What was behind the target then; where that is not known, what is learnt later.
     */
    const struct target *target = ledger_find(&cloud->targets, session->target);
    row->mirror.destination_ids = target ? target->end : SLICE_NONE;
    if (row->mirror.state == MIRROR_UNKNOWN && !session->enabled.length &&
        session->track.provider == PROVIDER_OCI)
        row->mirror.closed_how =
            SLICE("the logs do not show whether it was switched on");
}

static void link_chain(struct cloud *cloud, struct session *session)
{
    struct ledger_row *row = session->track.row;
    const struct target *target = ledger_find(&cloud->targets, session->target);
    if (row && target && target->maker)
        ledger_link(cloud->ledger, row, target->maker, PART_SUPPORTS);
}

static const char *change_word(enum mirror_state from, enum mirror_state to)
{
    return to == MIRROR_SHUT                          ? "switched off"
           : from == MIRROR_SHUT && to == MIRROR_LIVE ? "switched on"
                                                      : "changed";
}

static void open_session(struct cloud *cloud, const struct fact *fact)
{
    struct session *session = session_of(cloud, fact);
    if (!session)
        return;
    const struct session before = *session;
    take_values(cloud, session, fact);
    enum mirror_state state = state_of(cloud, session, ledger_state_of(fact));
    struct ledger_row *row = session->track.row;
    if (!row) {
        ledger_open(cloud->ledger, &session->track, fact, state, false);
    } else if (row->mirror.state == state &&
               slice_equal(before.interface, session->interface) &&
               slice_equal(before.target, session->target) &&
               slice_equal(before.filter, session->filter)) {
        ledger_link(cloud->ledger, row, fact, PART_SUPPORTS);
        return;
    } else {
        ledger_split(cloud->ledger, &session->track, fact, state,
                     change_word(row->mirror.state, state));
    }
    stamp(cloud, session);
    link_chain(cloud, session);
}

/* A description alone changes nothing; a request that is not there may have changed
 * anything. */
static bool changes_something(const struct fact *fact)
{
    struct slice changed = fact->text[FACT_CHANGED];
    return !slice_present(changed) || changed.length;
}

static void change_session(struct cloud *cloud, const struct fact *fact)
{
    struct session *session = session_of(cloud, fact);
    if (!session)
        return;
    if (!session->track.row) {
        ledger_open(cloud->ledger, &session->track, fact, MIRROR_LIVE, true);
        if (!changes_something(fact))
            take_values(cloud, session, fact);
        stamp(cloud, session);
    }
    if (!changes_something(fact)) {
        if (session->track.row)
            ledger_link(cloud->ledger, session->track.row, fact, PART_SUPPORTS);
        return;
    }
    take_values(cloud, session, fact);
    enum mirror_state state = state_of(cloud, session, ledger_state_of(fact));
    enum mirror_state before =
        session->track.row ? session->track.row->mirror.state : state;
    ledger_split(cloud->ledger, &session->track, fact, state,
                 change_word(before, state));
    stamp(cloud, session);
    link_chain(cloud, session);
}

static void delete_session(struct cloud *cloud, const struct fact *fact)
{
    struct session *session = session_of(cloud, fact);
    if (!session)
        return;
    if (!session->track.row && session->track.segments)
        return; /* ended before */
    if (!session->track.row)
        ledger_open(cloud->ledger, &session->track, fact, MIRROR_LIVE, true);
    if (fact->outcome == OUTCOME_SUCCESS)
        ledger_end(cloud->ledger, &session->track, fact, "deleted");
    else
        ledger_split(cloud->ledger, &session->track, fact, ledger_state_of(fact),
                     "its deletion began; the logs do not show its result");
}

/* Every session with a present stretch that `fits`. */
static void each_open(struct cloud *cloud, const struct fact *fact, struct slice id,
                      bool (*fits)(struct cloud *cloud, const struct session *session,
                                   struct slice id),
                      void (*act)(struct cloud *cloud, struct session *session,
                                  const struct fact *fact))
{
    for (struct session *session = (struct session *)cloud->ledger->tracks; session;
         session = next_session(session)) {
        if (session->track.row && fits(cloud, session, id))
            act(cloud, session, fact);
    }
}

static bool uses_target(struct cloud *cloud, const struct session *session,
                        struct slice id)
{
    (void)cloud;
    return slice_equal(session->target, id);
}

static bool uses_filter(struct cloud *cloud, const struct session *session,
                        struct slice id)
{
    (void)cloud;
    return slice_equal(session->filter, id);
}

static bool copies_interface(struct cloud *cloud, const struct session *session,
                             struct slice id)
{
    (void)cloud;
    return slice_equal(session->interface, id);
}

static bool ends_at(struct cloud *cloud, const struct session *session, struct slice id)
{
    const struct target *target = ledger_find(&cloud->targets, session->target);
    return target && target->end.length &&
           (slice_equal(target->end, id) || slice_equal(target->holder, id));
}

static void end_implied(struct cloud *cloud, struct session *session,
                        const struct fact *fact)
{
    ledger_end(cloud->ledger, &session->track, fact,
               fact->thing == THING_TARGET ? "implied: its target was deleted"
                                           : "implied: its filter was deleted");
}

static void end_with_interface(struct cloud *cloud, struct session *session,
                               const struct fact *fact)
{
    ledger_end(cloud->ledger, &session->track, fact,
               fact->thing == THING_MACHINE
                   ? "its instance was terminated, and its interface with it"
                   : "its interface was deleted");
}

static void doubt_interface(struct cloud *cloud, struct session *session,
                            const struct fact *fact)
{
    const struct interface *interface =
        ledger_find(&cloud->interfaces, session->interface);
    bool stays = interface && slice_equal(interface->goes, SLICE("false"));
    struct ledger_row *row = ledger_split(
        cloud->ledger, &session->track, fact, MIRROR_UNKNOWN,
        stays ? "its instance was terminated, its interface was to stay: check"
              : "its instance was terminated, its interface is not known: check");
    if (row)
        row->mirror.closed_how = stays
                                     ? SLICE("instance gone, interface to stay: check")
                                     : SLICE("instance gone, interface unknown: check");
}

static void blackhole(struct cloud *cloud, struct session *session,
                      const struct fact *fact)
{
    if (session->track.row->mirror.state == MIRROR_BLACKHOLED)
        return;
    ledger_split(cloud->ledger, &session->track, fact, MIRROR_BLACKHOLED,
                 "its destination was deleted");
}

static void refilter(struct cloud *cloud, struct session *session,
                     const struct fact *fact)
{
    struct ledger_row *row = session->track.row;
    struct slice text = cloud_filter_text(cloud, session);
    if (slice_equal(row->mirror.filter, text)) {
        ledger_link(cloud->ledger, row, fact, PART_SUPPORTS);
        return;
    }
    enum mirror_state state = row->mirror.state;
    if (state == MIRROR_LIVE || state == MIRROR_INCOMPLETE)
        state = copies_nothing(cloud, session) ? MIRROR_INCOMPLETE : MIRROR_LIVE;
    ledger_split(cloud->ledger, &session->track, fact, state, "changed");
    stamp(cloud, session);
}

static void retarget(struct cloud *cloud, struct session *session,
                     const struct fact *fact)
{
    ledger_split(cloud->ledger, &session->track, fact, session->track.row->mirror.state,
                 "changed");
    stamp(cloud, session);
}

/* ---- targets, filters and rules ---- */

static void take_target(struct cloud *cloud, const struct fact *fact)
{
    struct target *target = target_of(cloud, fact->text[FACT_OBJECT]);
    if (!target || !fact->text[FACT_OBJECT].length)
        return;
    if (fact->act == ACT_DELETE) {
        if (fact->outcome != OUTCOME_SUCCESS)
            return;
        target->gone = true;
        each_open(cloud, fact, target->id, uses_target, end_implied);
        return;
    }
    bool moved = fact->text[FACT_DESTINATION].length &&
                 !slice_equal(target->end, fact->text[FACT_DESTINATION]);
    take(&target->end, fact->text[FACT_DESTINATION]);
    take(&target->holder, fact->text[FACT_PARENT]);
    take(&target->owner, fact->text[FACT_OWNER]);
    take(&target->account, fact->account);
    take(&target->region, fact->region);
    target->made = true;
    target->gone = false;
    if (!target->maker)
        target->maker = fact;
    if (moved && fact->act != ACT_OBSERVE)
        each_open(cloud, fact, target->id, uses_target, retarget);
}

static void take_share(struct cloud *cloud, const struct fact *fact)
{
    struct target *target = target_of(cloud, fact->text[FACT_OBJECT]);
    if (target)
        take(&target->owner, fact->text[FACT_OWNER]);
}

static void take_filter(struct cloud *cloud, const struct fact *fact)
{
    struct filter *filter = filter_of(cloud, fact->text[FACT_OBJECT]);
    if (!filter || !fact->text[FACT_OBJECT].length)
        return;
    if (fact->act == ACT_DELETE) {
        if (fact->outcome == OUTCOME_SUCCESS)
            each_open(cloud, fact, filter->id, uses_filter, end_implied);
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
    each_open(cloud, fact, filter->id, uses_filter, refilter);
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
static struct slice rule_id(struct cloud *cloud, const struct fact *fact)
{
    const struct slice parts[] = {fact->text[FACT_PARENT], SLICE("/"),
                                  fact->text[FACT_DIRECTION], SLICE("/"),
                                  fact->text[FACT_NUMBER]};
    return fact->text[FACT_OBJECT].length ? fact->text[FACT_OBJECT]
                                          : arena_join(cloud->ledger->arena, parts,
                                                       sizeof parts / sizeof parts[0]);
}

struct placed_rule {
    struct rule rule; /* first */
    struct filter *filter;
};

static void take_rule(struct cloud *cloud, const struct fact *fact)
{
    struct slice id = rule_id(cloud, fact);
    struct placed_rule *placed = thing_of(cloud, &cloud->rules, id, sizeof *placed);
    if (!placed)
        return;
    struct rule *rule = &placed->rule;
    if (fact->text[FACT_PARENT].length)
        placed->filter = filter_of(cloud, fact->text[FACT_PARENT]);
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
    each_open(cloud, fact, placed->filter->id, uses_filter, refilter);
}

/* ---- interfaces, machines, load balancers ---- */

static void attach(struct cloud *cloud, struct interface *interface,
                   struct slice machine)
{
    if (!machine.length || slice_equal(interface->machine, machine))
        return;
    struct machine *holder = thing_of(cloud, &cloud->machines, machine, sizeof *holder);
    if (!holder)
        return;
    interface->machine = machine;
    interface->next_of_machine = holder->interfaces;
    holder->interfaces = interface;
}

static void lose_interface(struct cloud *cloud, struct interface *interface,
                           const struct fact *fact)
{
    interface->gone = true;
    each_open(cloud, fact, interface->id, copies_interface, end_with_interface);
    each_open(cloud, fact, interface->id, ends_at, blackhole);
}

static void take_interface(struct cloud *cloud, const struct fact *fact)
{
    struct slice id = fact->text[FACT_OBJECT], attachment = fact->text[FACT_LABEL];
    struct interface *interface = id.length
                                      ? interface_of(cloud, id)
                                      : ledger_find(&cloud->attachments, attachment);
    if (!interface)
        return;
    take(&interface->owner, fact->text[FACT_OWNER]);
    take(&interface->network, fact->text[FACT_NETWORK]);
    take(&interface->address, fact->text[FACT_ADDRESS]);
    if (attachment.length &&
        !ledger_put(&cloud->attachments, cloud->ledger->arena, attachment, interface))
        cloud->ledger->failed = true;
    switch (fact->act) {
    case ACT_DELETE:
        if (fact->outcome == OUTCOME_SUCCESS)
            lose_interface(cloud, interface, fact);
        break;
    case ACT_DETACH:
        interface->goes = SLICE("false");
        break;
    case ACT_ATTACH:
        /* An interface attached later stays when its machine goes, until it is told
         * otherwise. */
        interface->goes = SLICE("false");
        attach(cloud, interface, fact->text[FACT_PARENT]);
        break;
    default:
        take(&interface->goes, fact->text[FACT_ENABLED]);
        attach(cloud, interface, fact->text[FACT_PARENT]);
        break;
    }
}

static void take_machine(struct cloud *cloud, const struct fact *fact)
{
    struct slice id = fact->text[FACT_OBJECT];
    struct machine *machine = ledger_find(&cloud->machines, id);
    if (!machine || fact->act != ACT_DELETE)
        return;
    for (struct interface *interface = machine->interfaces; interface;
         interface = interface->next_of_machine) {
        if (interface->gone || !slice_equal(interface->machine, id))
            continue;
        if (slice_equal(interface->goes, SLICE("true")))
            lose_interface(cloud, interface, fact);
        else
            each_open(cloud, fact, interface->id, copies_interface, doubt_interface);
    }
}

static void take_balancer(struct cloud *cloud, const struct fact *fact)
{
    if (fact->act == ACT_DELETE && fact->outcome == OUTCOME_SUCCESS)
        each_open(cloud, fact, fact->text[FACT_OBJECT], ends_at, blackhole);
}

/* ---- snapshots ---- */

static void observe_session(struct cloud *cloud, const struct fact *fact)
{
    struct session *session = session_of(cloud, fact);
    if (!session)
        return;
    take_values(cloud, session, fact);
    session->observed = true;
    if (!session->track.row)
        ledger_open(cloud->ledger, &session->track, fact, MIRROR_LIVE, true);
    stamp(cloud, session);
    if (!session->track.row)
        return;
    session->track.row->mirror.state = state_of(cloud, session, MIRROR_LIVE);
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
static bool is_listed_region(struct cloud *cloud, const struct session *session)
{
    for (struct session *other = (struct session *)cloud->ledger->tracks; other;
         other = next_session(other)) {
        if (other->observed &&
            slice_equal(other->track.account, session->track.account) &&
            other->track.region.length &&
            slice_equal(other->track.region, session->track.region))
            return true;
    }
    return false;
}

static void end_absent(struct cloud *cloud, struct session *session,
                       const struct fact *fact)
{
    if (is_listed_region(cloud, session)) {
        ledger_end(cloud->ledger, &session->track, fact,
                   "ended before a snapshot that does not show it");
        return;
    }
    struct ledger_row *row = session->track.row;
    row->mirror.state = MIRROR_UNKNOWN;
    row->mirror.closed_how =
        SLICE("a snapshot that names neither account nor region does not show it");
}

/* A list that is empty, or names no region, may be of another region. */
static void take_list(struct cloud *cloud, const struct fact *fact)
{
    struct slice owners = fact->text[FACT_OWNER];
    bool part = fact->text[FACT_CHANGED].length > 0;
    for (struct session *session = (struct session *)cloud->ledger->tracks; session;
         session = next_session(session)) {
        if (session->track.row && !session->observed && !part &&
            (!owners.length || (has_word(owners, session->track.account) &&
                                is_listed_region(cloud, session))))
            end_absent(cloud, session, fact);
    }
    for (struct session *session = (struct session *)cloud->ledger->tracks; session;
         session = next_session(session))
        session->observed = false;
}

/* ---- dispatch ---- */

/* The interface was written without the TAP that an earlier write had put on it. */
static void detach_session(struct cloud *cloud, const struct fact *fact)
{
    struct session *session = ledger_find(&cloud->sessions, fact->text[FACT_OBJECT]);
    if (session && session->track.row && fact->outcome == OUTCOME_SUCCESS)
        ledger_end(cloud->ledger, &session->track, fact,
                   "its interface was written without it");
}

/* To write is to make or to change; what Azure writes is whole. */
static void write_session(struct cloud *cloud, const struct fact *fact)
{
    if (fact->provider == PROVIDER_AZURE)
        open_session(cloud, fact);
    else
        change_session(cloud, fact);
}

static void (*const session_acts[ACT_COUNT])(struct cloud *cloud,
                                             const struct fact *fact) = {
    [ACT_CREATE] = open_session,   [ACT_CHANGE] = change_session,
    [ACT_WRITE] = write_session,   [ACT_DELETE] = delete_session,
    [ACT_DETACH] = detach_session, [ACT_OBSERVE] = observe_session,
    [ACT_LIST] = take_list,
};

static void take_session(struct cloud *cloud, const struct fact *fact)
{
    if (fact->act < ACT_COUNT && session_acts[fact->act])
        session_acts[fact->act](cloud, fact);
}

static void (*const takers[THING_COUNT])(struct cloud *cloud,
                                         const struct fact *fact) = {
    [THING_SESSION] = take_session,     [THING_TARGET] = take_target,
    [THING_FILTER] = take_filter,       [THING_RULE] = take_rule,
    [THING_INTERFACE] = take_interface, [THING_MACHINE] = take_machine,
    [THING_BALANCER] = take_balancer,   [THING_SHARE] = take_share,
};

void ledger_apply_sessions(struct ledger *ledger)
{
    struct cloud cloud = {.ledger = ledger};
    for (size_t i = 0; i < ledger->fact_count && !ledger->failed; i++) {
        const struct fact *fact = &ledger->facts[i];
        if (fact->thing < THING_COUNT && takers[fact->thing])
            takers[fact->thing](&cloud, fact);
    }
    if (!ledger->failed)
        cloud_give_meaning(&cloud);
}
