#include "config.h"

#include "core/address.h"
#include "core/ledger_sessions.h"

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
struct slice cloud_traffic_text(const struct filter *filter, struct arena *arena)
{
    const struct slice parts[] = {
        labelled(arena, "in: ", direction_text(filter, "ingress", arena)),
        labelled(arena, "out: ", direction_text(filter, "egress", arena)),
        filter->dns ? SLICE("Amazon DNS") : SLICE_NONE};
    return ledger_joined(arena, parts, 3, "; ");
}

/* A packet is copied once, by the session of the interface with the lowest number that
 * takes it. */
static struct slice priority_text(const struct session *session, struct arena *arena)
{
    const struct slice parts[] = {SLICE("what sessions below number "), session->number,
                                  SLICE(" leave")};
    return session->number.length && !slice_equal(session->number, SLICE("1"))
               ? arena_join(arena, parts, 3)
               : SLICE_NONE;
}

#define ACCEPTS_NOTHING "nothing: the filter accepts nothing"

static struct slice aws_filter_text(struct cloud *cloud, const struct session *session)
{
    struct arena *arena = cloud->ledger->arena;
    const struct filter *filter = ledger_find(&cloud->filters, session->filter);
    struct slice traffic = SLICE_NONE;
    if (filter && filter->made) {
        traffic = cloud_traffic_text(filter, arena);
        if (!traffic.length)
            traffic = SLICE(ACCEPTS_NOTHING);
    } else if (session->filter.length) {
        const struct slice parts[] = {SLICE("rules of "), session->filter,
                                      SLICE(" not in the logs")};
        traffic = arena_join(arena, parts, 3);
        if (filter && filter->rules) {
            const struct slice known[] = {cloud_traffic_text(filter, arena), traffic};
            traffic = ledger_joined(arena, known, 2, "; other ");
        }
    }
    struct slice length = SLICE("whole packets");
    if (session->length.length) {
        const struct slice parts[] = {SLICE("first "), session->length,
                                      SLICE(" bytes of each packet")};
        length = arena_join(arena, parts, 3);
    }
    const struct slice parts[] = {traffic, length,
                                  labelled(arena, "VXLAN id ", session->label),
                                  priority_text(session, arena)};
    return traffic.length ? ledger_joined(arena, parts, 4, "; ") : SLICE_NONE;
}

struct slice cloud_filter_text(struct cloud *cloud, const struct session *session)
{
    const struct slice capture[] = {SLICE("capture filter "), session->filter};
    switch (session->track.provider) {
    case PROVIDER_AWS:
        return aws_filter_text(cloud, session);
    case PROVIDER_AZURE:
        return SLICE("all traffic of the interface");
    default:
        return session->filter.length ? arena_join(cloud->ledger->arena, capture, 2)
                                      : SLICE_NONE;
    }
}

/* ---- meaning, when all is known ---- */

static struct slice interface_text(struct cloud *cloud, struct slice id)
{
    const struct interface *interface = ledger_find(&cloud->interfaces, id);
    if (!interface)
        return id;
    const struct slice parts[] = {interface->machine, interface->address,
                                  interface->network};
    return ledger_described(cloud->ledger->arena, id, parts, 3);
}

/* The account in "arn:aws:elasticloadbalancing:REGION:ACCOUNT:loadbalancer/net/...",
 * the subscription in "/subscriptions/S/resourceGroups/...". */
static struct slice account_in(struct slice id)
{
    static const struct slice subscriptions = SLICE_INIT("/subscriptions/");
    if (slice_starts_with(id, subscriptions)) {
        id = slice_skip(id, subscriptions.length);
        return slice_cut(&id, '/');
    }
    if (!slice_starts_with(id, SLICE("arn:")))
        return SLICE_NONE;
    for (int colons = 0; colons < 4; colons++)
        slice_cut(&id, ':');
    return slice_cut(&id, ':');
}

static void set_foreign(struct cloud *cloud, struct mirror *mirror,
                        enum foreign foreign, const char *reason, struct slice account)
{
    const struct slice parts[] = {slice_from(reason), account};
    if (foreign < mirror->foreign)
        return;
    mirror->foreign = foreign;
    mirror->foreign_reason = arena_join(cloud->ledger->arena, parts, 2);
}

/* An account beside the session's own that is not declared or inferred as ours. */
static bool is_other(struct cloud *cloud, const struct mirror *mirror,
                     struct slice account)
{
    enum own_kind kind =
        mirror->provider == PROVIDER_AZURE ? OWN_SUBSCRIPTION : OWN_ACCOUNT;
    return account.length && !slice_equal_nocase(account, mirror->account) &&
           own_is(cloud->ledger->own, kind, account) != OWN_YES;
}

/* How a cloud says whose a destination is. */
struct foreign_words {
    const char *no_target, *not_shown, *target, *end;
};

static const struct foreign_words *words_of(enum provider provider)
{
    static const struct foreign_words
        aws = {"the logs do not show the target",
               "the target was made before the log starts, or is shared from another "
               "account",
               "the target belongs to account ",
               "the load balancer belongs to account "},
        azure = {"the logs do not show the TAP: az network vnet tap show",
                 "the logs do not show the TAP's destination: az network vnet tap show",
                 "the TAP belongs to subscription ",
                 "the destination belongs to subscription "},
        other = {"the logs do not show the target",
                 "the logs do not show whose the target is",
                 "the target belongs to account ",
                 "the destination belongs to account "};
    return provider == PROVIDER_AWS     ? &aws
           : provider == PROVIDER_AZURE ? &azure
                                        : &other;
}

/* "; resource shares of account X were accepted": the target may be in one. */
static struct slice accepted_shares(struct cloud *cloud, const struct mirror *mirror)
{
    struct arena *arena = cloud->ledger->arena;
    struct slice owners = SLICE_NONE;
    for (const struct share *share = cloud->shares; share; share = share->next) {
        if (slice_equal(share->account, mirror->account) &&
            is_other(cloud, mirror, share->owner)) {
            const struct slice parts[] = {owners, share->owner};
            owners = ledger_joined(arena, parts, 2, ", ");
        }
    }
    const struct slice words[] = {SLICE("; shares accepted from account "), owners};
    return owners.length ? arena_join(arena, words, 2) : SLICE_NONE;
}

static void judge_target(struct cloud *cloud, struct mirror *mirror,
                         const struct target *target, struct slice end)
{
    const struct foreign_words *words = words_of(mirror->provider);
    struct slice owner = target->owner.length ? target->owner : account_in(target->id);
    struct address address;
    if (!end.length && (!target->made || mirror->provider == PROVIDER_AZURE))
        set_foreign(cloud, mirror, FOREIGN_UNKNOWN, words->not_shown,
                    accepted_shares(cloud, mirror));
    if (is_other(cloud, mirror, owner))
        set_foreign(cloud, mirror, FOREIGN_YES, words->target, owner);
    if (is_other(cloud, mirror, account_in(end)))
        set_foreign(cloud, mirror, FOREIGN_YES, words->end, account_in(end));
    if (address_parse(target->id, &address) &&
        own_is(cloud->ledger->own, OWN_NETWORK, target->id) == OWN_NO)
        set_foreign(cloud, mirror, FOREIGN_YES, "outside of the own networks",
                    SLICE_NONE);
}

static void judge(struct cloud *cloud, struct mirror *mirror,
                  const struct target *target, struct slice end)
{
    const struct session *session = ledger_find(&cloud->sessions, mirror->id);
    struct slice caller = mirror->foreign_reason;
    mirror->foreign = FOREIGN_NO;
    mirror->foreign_reason = SLICE_NONE;
    if (target)
        judge_target(cloud, mirror, target, end);
    else
        set_foreign(cloud, mirror, FOREIGN_UNKNOWN,
                    words_of(mirror->provider)->no_target, SLICE_NONE);
    if (session && is_other(cloud, mirror, session->owner))
        set_foreign(cloud, mirror, FOREIGN_YES, "the session belongs to account ",
                    session->owner);
    if (caller.length) {
        const struct slice called[] = {SLICE("called from account "), caller};
        const struct slice reasons[] = {mirror->foreign_reason,
                                        arena_join(cloud->ledger->arena, called, 2)};
        mirror->foreign_reason = ledger_joined(cloud->ledger->arena, reasons, 2, "; ");
    }
}

/* Who has the address that is the end: itself, or what it is an address of. */
static const struct interface *
end_interface(struct cloud *cloud, const struct target *target, struct slice end)
{
    const struct interface *found = ledger_find(&cloud->interfaces, end);
    if (!found && target->holder.length && slice_equal(target->end, end))
        found = ledger_find(&cloud->interfaces, target->holder);
    return found;
}

static void give_meaning(struct cloud *cloud, struct mirror *mirror)
{
    struct arena *arena = cloud->ledger->arena;
    const struct target *target = ledger_find(&cloud->targets, mirror->destination);
    struct slice id = mirror->destination, end = mirror->destination_ids;
    if (!end.length && target)
        end = target->end;
    mirror->sources = mirror->mirrored.length > 0;
    mirror->mirrored = interface_text(cloud, mirror->mirrored);
    judge(cloud, mirror, target, end);
    if (!end.length) {
        mirror->destination_ids = id;
        return;
    }
    const struct interface *interface = end_interface(cloud, target, end);
    struct slice account = account_in(end);
    const struct slice ids[] = {end, id, account.length ? account : target->owner};
    const struct slice parts[] = {id, interface ? interface->machine : SLICE_NONE,
                                  interface ? interface->address : SLICE_NONE,
                                  interface ? interface->network : SLICE_NONE,
                                  account.length ? SLICE_NONE : target->owner};
    mirror->destination_ids = ledger_joined(arena, ids, 3, ";");
    mirror->destination = ledger_described(arena, end, parts, 5);
}

/* What nothing has used and still stands. */
static struct ledger_row *add_prepared(struct cloud *cloud, struct slice id,
                                       const struct fact *maker)
{
    bool observed = maker->act == ACT_OBSERVE;
    struct ledger_track *track = ledger_alloc(cloud->ledger, sizeof *track);
    if (!track)
        return NULL;
    track->id = id;
    ledger_add_track(cloud->ledger, track, maker);
    struct ledger_row *row =
        ledger_open(cloud->ledger, track, maker, MIRROR_PREPARED, observed);
    if (!row)
        return NULL;
    row->mirror.foreign_reason = maker->text[FACT_CALLER];
    if (observed)
        row->mirror.observed_us = maker->time_us;
    return row;
}

static void add_prepared_target(struct cloud *cloud, const struct target *target)
{
    struct ledger_row *row = add_prepared(cloud, target->id, target->maker);
    if (!row)
        return;
    row->mirror.destination = target->id;
    row->mirror.destination_ids = target->end;
}

/* A session on a target that another account shares needs nothing else of ours. */
static void add_prepared_filter(struct cloud *cloud, const struct filter *filter)
{
    struct ledger_row *row = add_prepared(cloud, filter->id, filter->maker);
    struct slice traffic = cloud_traffic_text(filter, cloud->ledger->arena);
    if (row)
        row->mirror.filter = traffic.length ? traffic : SLICE(ACCEPTS_NOTHING);
}

void cloud_give_meaning(struct cloud *cloud)
{
    for (size_t i = 0; i < cloud->targets.room; i++) {
        struct target *target = cloud->targets.slots[i].thing;
        if (target && target->made && !target->gone && !target->used)
            add_prepared_target(cloud, target);
    }
    for (size_t i = 0; i < cloud->filters.room; i++) {
        struct filter *filter = cloud->filters.slots[i].thing;
        if (filter && filter->maker && !filter->gone && !filter->used)
            add_prepared_filter(cloud, filter);
    }
    for (struct ledger_row *row = cloud->ledger->rows; row; row = row->next)
        give_meaning(cloud, &row->mirror);
}
