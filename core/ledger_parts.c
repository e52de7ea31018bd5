/*
 * What sessions are made of: targets, filters and their rules, interfaces, machines and
 * load balancers.  A change of one is a change of every session that uses it.
 */
#include "config.h"

#include "core/ledger_sessions.h"

struct filter *cloud_filter(struct cloud *cloud, struct slice id)
{
    struct filter *filter = cloud_thing(cloud, &cloud->filters, id, sizeof *filter);
    if (filter)
        filter->id = id;
    return filter;
}

static struct interface *interface_of(struct cloud *cloud, struct slice id)
{
    struct interface *interface =
        cloud_thing(cloud, &cloud->interfaces, id, sizeof *interface);
    if (interface)
        interface->id = id;
    return interface;
}

/* Every session with a present stretch that `fits`. */
static void each_open(struct cloud *cloud, const struct fact *fact, struct slice id,
                      bool (*fits)(struct cloud *cloud, const struct session *session,
                                   struct slice id),
                      void (*act)(struct cloud *cloud, struct session *session,
                                  const struct fact *fact))
{
    for (struct session *session = (struct session *)cloud->ledger->tracks; session;
         session = cloud_next_session(session)) {
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
               fact->act == ACT_LIST ? "implied: a snapshot does not show its target"
               : fact->thing == THING_TARGET ? "implied: its target was deleted"
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
    ledger_doubt(cloud->ledger, &session->track, fact,
                 stays ? "its instance was terminated, its interface was to stay: check"
                       : "its instance was terminated, its interface is not known: "
                         "check",
                 stays ? "instance gone, interface to stay: check"
                       : "instance gone, interface unknown: check");
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
        state = cloud_copies_nothing(cloud, session) ? MIRROR_INCOMPLETE : MIRROR_LIVE;
    ledger_split(cloud->ledger, &session->track, fact, state, "changed");
    cloud_stamp(cloud, session);
}

static void retarget(struct cloud *cloud, struct session *session,
                     const struct fact *fact)
{
    ledger_split(cloud->ledger, &session->track, fact, session->track.row->mirror.state,
                 "changed");
    cloud_stamp(cloud, session);
}

/* ---- targets, filters and rules ---- */

/* A target that a whole list does not show is gone, and nothing can use it. */
static void take_target_list(struct cloud *cloud, const struct fact *fact)
{
    for (size_t i = 0; i < cloud->targets.room; i++) {
        struct target *target = cloud->targets.slots[i].thing;
        if (!target || target->gone ||
            !ledger_is_absent(fact, target->id, SLICE_NONE, target->seen))
            continue;
        target->gone = true;
        each_open(cloud, fact, target->id, uses_target, end_implied);
    }
}

void cloud_take_target(struct cloud *cloud, const struct fact *fact)
{
    if (fact->act == ACT_LIST) {
        take_target_list(cloud, fact);
        return;
    }
    struct target *target = cloud_target(cloud, fact->text[FACT_OBJECT]);
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
    cloud_take(&target->end, fact->text[FACT_DESTINATION]);
    cloud_take(&target->holder, fact->text[FACT_PARENT]);
    cloud_take(&target->owner, fact->text[FACT_OWNER]);
    cloud_take(&target->account, fact->account);
    cloud_take(&target->region, fact->region);
    target->made = true;
    target->gone = false;
    if (fact->act == ACT_OBSERVE)
        target->seen = fact;
    if (!target->maker)
        target->maker = fact;
    if (moved && fact->act != ACT_OBSERVE)
        each_open(cloud, fact, target->id, uses_target, retarget);
}

static void accept_share(struct cloud *cloud, const struct fact *fact)
{
    struct share *share = ledger_alloc(cloud->ledger, sizeof *share);
    if (!share || fact->outcome != OUTCOME_SUCCESS)
        return;
    *share = (struct share){cloud->shares, fact->account, fact->text[FACT_OWNER]};
    cloud->shares = share;
}

void cloud_take_share(struct cloud *cloud, const struct fact *fact)
{
    if (fact->act == ACT_ATTACH) {
        accept_share(cloud, fact);
        return;
    }
    struct target *target = cloud_target(cloud, fact->text[FACT_OBJECT]);
    if (target)
        cloud_take(&target->owner, fact->text[FACT_OWNER]);
}

void cloud_take_filter(struct cloud *cloud, const struct fact *fact)
{
    struct filter *filter = cloud_filter(cloud, fact->text[FACT_OBJECT]);
    if (!filter || !fact->text[FACT_OBJECT].length)
        return;
    if (fact->act == ACT_DELETE) {
        if (fact->outcome != OUTCOME_SUCCESS)
            return;
        filter->gone = true;
        each_open(cloud, fact, filter->id, uses_filter, end_implied);
        return;
    }
    if (fact->act != ACT_CHANGE && !filter->maker)
        filter->maker = fact;
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

/* The block of "10.0.0.0/8 ports 80-443", or its ports. */
static struct slice end_part(struct slice end, bool ports)
{
    ptrdiff_t at = slice_find(end, SLICE("port"));
    size_t length = at < 0 ? end.length : (size_t)at;
    return ports ? slice_skip(end, length) : slice_trim(slice_first(end, length));
}

/* What a change does not name stays, unless it takes it away. */
static void change_end(struct cloud *cloud, struct slice *end, const struct fact *fact,
                       enum fact_field field, const char *ports_word)
{
    struct slice now = fact->text[field];
    struct slice parts[] = {end_part(now, false), end_part(now, true)};
    if (!parts[0].length)
        parts[0] = end_part(*end, false);
    if (!parts[1].length && !cloud_removes(fact, ports_word))
        parts[1] = end_part(*end, true);
    *end = ledger_joined(cloud->ledger->arena, parts, 2, " ");
}

static void change_rule(struct cloud *cloud, struct rule *rule, const struct fact *fact)
{
    if (fact->act != ACT_CHANGE)
        *rule = (struct rule){.next = rule->next, .id = rule->id};
    rule->gone = false;
    cloud_take(&rule->direction, fact->text[FACT_DIRECTION]);
    cloud_take(&rule->number, fact->text[FACT_NUMBER]);
    cloud_take(&rule->verdict, fact->text[FACT_VERDICT]);
    cloud_take(&rule->protocol, fact->text[FACT_PROTOCOL]);
    if (cloud_removes(fact, "protocol"))
        rule->protocol = SLICE_NONE;
    change_end(cloud, &rule->source, fact, FACT_SOURCE, "source-port-range");
    change_end(cloud, &rule->destination, fact, FACT_DESTINATION,
               "destination-port-range");
}

struct placed_rule {
    struct rule rule; /* first */
    struct filter *filter;
};

void cloud_take_rule(struct cloud *cloud, const struct fact *fact)
{
    struct slice id = rule_id(cloud, fact);
    struct placed_rule *placed = cloud_thing(cloud, &cloud->rules, id, sizeof *placed);
    if (!placed)
        return;
    struct rule *rule = &placed->rule;
    if (fact->text[FACT_PARENT].length)
        placed->filter = cloud_filter(cloud, fact->text[FACT_PARENT]);
    if (!placed->filter)
        return; /* a rule of a filter that the logs do not name */
    rule->id = id;
    if (fact->act == ACT_DELETE) {
        rule->gone = true;
    } else {
        change_rule(cloud, rule, fact);
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
    struct machine *holder =
        cloud_thing(cloud, &cloud->machines, machine, sizeof *holder);
    if (!holder)
        return;
    interface->machine = machine;
    interface->next_of_machine = holder->interfaces;
    holder->interfaces = interface;
}

/* Azure: a TAP that stands in the interface itself goes when it is written without. */
static bool is_put_on_interface(struct cloud *cloud, const struct session *session,
                                struct slice id)
{
    return copies_interface(cloud, session, id) &&
           slice_ends_with_nocase(session->track.id, SLICE("/virtualnetworktaps")) &&
           session->track.row->mirror.state != MIRROR_UNKNOWN;
}

static void doubt_written(struct cloud *cloud, struct session *session,
                          const struct fact *fact)
{
    ledger_doubt(cloud->ledger, &session->track, fact, "its interface was written",
                 "its interface was written, and the logs do not show how: check");
}

static void lose_interface(struct cloud *cloud, struct interface *interface,
                           const struct fact *fact)
{
    interface->gone = true;
    each_open(cloud, fact, interface->id, copies_interface, end_with_interface);
    each_open(cloud, fact, interface->id, ends_at, blackhole);
}

void cloud_take_interface(struct cloud *cloud, const struct fact *fact)
{
    struct slice id = fact->text[FACT_OBJECT], attachment = fact->text[FACT_LABEL];
    if (fact->act == ACT_LIST)
        return; /* of the neighbours, those alone are kept that a mirror refers to */
    struct interface *interface = id.length
                                      ? interface_of(cloud, id)
                                      : ledger_find(&cloud->attachments, attachment);
    if (!interface)
        return;
    cloud_take(&interface->owner, fact->text[FACT_OWNER]);
    cloud_take(&interface->network, fact->text[FACT_NETWORK]);
    cloud_take(&interface->address, fact->text[FACT_ADDRESS]);
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
        cloud_take(&interface->goes, fact->text[FACT_ENABLED]);
        attach(cloud, interface, fact->text[FACT_PARENT]);
        if (fact->act == ACT_WRITE && !fact->text[FACT_CHANGED].length)
            each_open(cloud, fact, id, is_put_on_interface, doubt_written);
        break;
    }
}

void cloud_take_machine(struct cloud *cloud, const struct fact *fact)
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

void cloud_take_balancer(struct cloud *cloud, const struct fact *fact)
{
    if (fact->act == ACT_DELETE && fact->outcome == OUTCOME_SUCCESS)
        each_open(cloud, fact, fact->text[FACT_OBJECT], ends_at, blackhole);
}
