/*
 * The chain of GCP's Network Security Integration: a deployment (with its forwarding
 * rule) belongs to a deployment group, an end point group refers to that, an
 * association puts it on a network, a profile names it, a profile group holds that, and
 * a rule of a firewall policy applies the group.  It copies when all of them are there;
 * a row is an end point group, or a deployment group that none refers to, and says
 * which links are missing.
 */
#include "config.h"

#include "core/ledger_internal.h"

struct link {
    struct link *next;
    enum fact_thing thing;
    struct slice name, refers, parent, mirrored;
    bool present, enabled;
    const struct fact *seen;    /* the newest snapshot that shows it */
    struct ledger_track *track; /* of an end point group, or a deployment group */
};

struct ledger_chains {
    struct ledger *ledger;
    struct ledger_index by_name;
    struct link *links, **last;
};

struct ledger_chains *ledger_chains_new(struct ledger *ledger)
{
    struct ledger_chains *chains = ledger_alloc(ledger, sizeof *chains);
    if (chains) {
        chains->ledger = ledger;
        chains->last = &chains->links;
    }
    return chains;
}

static struct link *link_of(struct ledger_chains *chains, enum fact_thing thing,
                            struct slice name)
{
    struct link *link = ledger_find(&chains->by_name, name);
    if (link || !name.length)
        return link;
    link = ledger_alloc(chains->ledger, sizeof *link);
    if (!link || !ledger_put(&chains->by_name, chains->ledger->arena, name, link)) {
        chains->ledger->failed = true;
        return NULL;
    }
    link->thing = thing;
    link->name = name;
    *chains->last = link;
    chains->last = &link->next;
    return link;
}

/* The next present link of a kind that refers to a name. */
static struct link *referring(struct link *from, enum fact_thing thing,
                              struct slice name)
{
    for (struct link *link = from; link; link = link->next) {
        if (link->present && link->thing == thing && name.length &&
            (slice_equal(link->refers, name) || slice_equal(link->parent, name)))
            return link;
    }
    return NULL;
}

/* ---- one chain as it stands ---- */

#define DEPLOYMENT "deployment"

struct standing {
    struct slice networks, ends, missing;
    uint64_t sources;
    bool rule_off;
};

static void add_text(struct arena *arena, struct slice *list, struct slice text)
{
    const struct slice parts[] = {*list, text};
    *list = ledger_joined(arena, parts, 2, ", ");
}

static void need(struct arena *arena, struct standing *standing, bool there,
                 const char *name)
{
    if (!there)
        add_text(arena, &standing->missing, slice_from(name));
}

static void find_ends(struct ledger_chains *chains, struct slice group,
                      struct standing *standing)
{
    struct arena *arena = chains->ledger->arena;
    const struct link *known = ledger_find(&chains->by_name, group);
    struct link *link = chains->links;
    bool any = false;
    need(arena, standing, known && known->present, "deployment group");
    while ((link = referring(link, THING_DEPLOYMENT, group))) {
        add_text(arena, &standing->ends, link->refers);
        any = true;
        link = link->next;
    }
    need(arena, standing, any, DEPLOYMENT);
}

/* Whether the logs show a firewall policy on networks, and now on none. */
static bool is_unlinked(struct ledger_chains *chains, struct slice policy)
{
    bool any = false;
    for (const struct link *link = chains->links; link; link = link->next) {
        if (link->thing != THING_POLICY_LINK || !slice_equal(link->parent, policy))
            continue;
        if (link->present)
            return false;
        any = true;
    }
    return any;
}

/* A profile in a group that a rule applies. */
static bool find_rule(struct ledger_chains *chains, struct slice endpoint_group,
                      struct standing *standing)
{
    struct arena *arena = chains->ledger->arena;
    bool profile = false, group = false, rule = false;
    for (struct link *p = chains->links;
         (p = referring(p, THING_PROFILE, endpoint_group)); p = p->next) {
        profile = true;
        for (struct link *g = chains->links;
             (g = referring(g, THING_PROFILE_GROUP, p->name)); g = g->next) {
            group = true;
            for (struct link *r = chains->links;
                 (r = referring(r, THING_POLICY_RULE, g->name)); r = r->next) {
                bool applies = r->enabled && !is_unlinked(chains, r->parent);
                rule |= applies;
                standing->rule_off |= !applies;
            }
        }
    }
    need(arena, standing, profile, "security profile");
    need(arena, standing, group, "security profile group");
    need(arena, standing, rule, "mirroring rule");
    return rule;
}

static void find_networks(struct ledger_chains *chains, struct slice endpoint_group,
                          struct standing *standing)
{
    for (struct link *link = chains->links;
         (link = referring(link, THING_ASSOCIATION, endpoint_group));
         link = link->next) {
        add_text(chains->ledger->arena, &standing->networks, link->mirrored);
        standing->sources++;
    }
    need(chains->ledger->arena, standing, standing->sources > 0, "association");
}

/* ---- its row ---- */

static struct ledger_track *track_of(struct ledger_chains *chains, struct link *link,
                                     const struct fact *fact)
{
    if (!link->track) {
        link->track = ledger_alloc(chains->ledger, sizeof *link->track);
        if (!link->track)
            return NULL;
        link->track->id = link->name;
        ledger_add_track(chains->ledger, link->track, fact);
    }
    return link->track;
}

static void stamp(struct ledger_chains *chains, struct ledger_track *track,
                  const struct standing *standing)
{
    struct arena *arena = chains->ledger->arena;
    struct mirror *mirror = &track->row->mirror;
    const struct slice missing[] = {SLICE("nothing yet, the logs do not show: "),
                                    standing->missing};
    mirror->mirrored = standing->networks;
    mirror->destination = standing->ends;
    mirror->sources = standing->sources;
    mirror->filter = standing->missing.length
                         ? arena_join(arena, missing, 2)
                         : SLICE("what the rule matches; whole packets");
    ledger_judge_project(chains->ledger, mirror, standing->ends);
}

static const char *change_word(enum mirror_state before, enum mirror_state now)
{
    static const char *const words[MIRROR_STATE_COUNT] = {
        [MIRROR_SHUT] = "its rule was switched off",
        [MIRROR_BLACKHOLED] = "its destination was deleted",
        [MIRROR_INCOMPLETE] = "a link of its chain is gone",
    };
    return words[now]              ? words[now]
           : before == MIRROR_SHUT ? "a rule applies to it"
                                   : "changed";
}

static void advance(struct ledger_chains *chains, struct link *link,
                    const struct standing *standing, enum mirror_state state,
                    const struct fact *fact)
{
    struct ledger_track *track = track_of(chains, link, fact);
    if (!track)
        return;
    struct ledger_row *row = track->row;
    if (!row) {
        ledger_open(chains->ledger, track, fact, state, fact->act == ACT_OBSERVE);
    } else if (row->mirror.state == state &&
               slice_equal(row->mirror.mirrored, standing->networks) &&
               slice_equal(row->mirror.destination, standing->ends)) {
        stamp(chains, track, standing);
        return;
    } else if (row->mirror.state == MIRROR_INCOMPLETE ||
               (row->mirror.state == MIRROR_PREPARED && state == MIRROR_PREPARED)) {
        row->mirror.state = state;
        if (state == MIRROR_LIVE) {
            row->mirror.since_us =
                fact->act == ACT_OBSERVE ? EVENT_TIME_NONE : fact->time_us;
            row->mirror.opened_by = fact->actor;
        }
        ledger_link(chains->ledger, row, fact, PART_OPENED);
    } else {
        ledger_split(chains->ledger, track, fact, state,
                     change_word(row->mirror.state, state));
    }
    if (track->row)
        stamp(chains, track, standing);
}

static void end(struct ledger_chains *chains, struct link *link,
                const struct fact *fact)
{
    if (link->track && link->track->row)
        ledger_end(chains->ledger, link->track, fact,
                   fact->act == ACT_LIST ? LEDGER_NOT_SHOWN : "deleted");
}

/* A chain that copied, and of which nothing but the end is gone: it still names it. */
static bool lost_its_end(const struct link *link, struct standing *standing)
{
    const struct ledger_row *row = link->track ? link->track->row : NULL;
    if (!row || !slice_equal(standing->missing, slice_from(DEPLOYMENT)) ||
        (row->mirror.state != MIRROR_LIVE && row->mirror.state != MIRROR_BLACKHOLED))
        return false;
    standing->ends = row->mirror.destination;
    standing->missing = SLICE_NONE;
    return true;
}

static void work_out(struct ledger_chains *chains, struct link *link,
                     const struct fact *fact)
{
    struct standing standing = {.sources = 0};
    if (!link->present) {
        end(chains, link, fact);
        return;
    }
    find_ends(chains, link->refers, &standing);
    find_networks(chains, link->name, &standing);
    find_rule(chains, link->name, &standing);
    enum mirror_state state = ledger_state_of(fact);
    if (lost_its_end(link, &standing))
        state = MIRROR_BLACKHOLED;
    else if (standing.missing.length)
        state = standing.rule_off ? MIRROR_SHUT : MIRROR_INCOMPLETE;
    advance(chains, link, &standing, state, fact);
}

/* A deployment group that no end point group refers to is ground that was prepared. */
static void work_out_group(struct ledger_chains *chains, struct link *link,
                           const struct fact *fact)
{
    struct standing standing = {.sources = 0};
    bool used = referring(chains->links, THING_ENDPOINT_GROUP, link->name) != NULL;
    if (!link->present || used) {
        if (used && link->track)
            ledger_drop(link->track); /* the end point group's row tells it */
        else
            end(chains, link, fact);
        return;
    }
    find_ends(chains, link->name, &standing);
    add_text(chains->ledger->arena, &standing.missing, SLICE("end point group"));
    advance(chains, link, &standing, MIRROR_PREPARED, fact);
}

/* ---- facts ---- */

static void take_values(struct link *link, const struct fact *fact)
{
    const struct {
        struct slice *into;
        enum fact_field field;
    } values[] = {{&link->refers, FACT_DESTINATION},
                  {&link->parent, FACT_PARENT},
                  {&link->mirrored, FACT_SOURCE}};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        if (fact->text[values[i].field].length)
            *values[i].into = fact->text[values[i].field];
    }
    link->present = true;
    link->seen = fact;
    link->enabled = !slice_equal(fact->text[FACT_ENABLED], SLICE("false"));
}

/* What the rules of one policy do, those of the other do from now on. */
static void clone_rules(struct ledger_chains *chains, const struct fact *fact)
{
    static const struct slice part = SLICE_INIT("/packetMirroringRules/");
    struct slice policy = fact->text[FACT_PARENT], source = fact->text[FACT_SOURCE];
    for (struct link *rule = chains->links; rule; rule = rule->next) {
        if (rule->thing != THING_POLICY_RULE || !rule->present ||
            !slice_equal(rule->parent, source) || slice_equal(policy, source))
            continue;
        const struct slice name[] = {policy, part, slice_segment(rule->name, part)};
        struct link *copy = link_of(chains, THING_POLICY_RULE,
                                    arena_join(chains->ledger->arena, name, 3));
        if (!copy)
            return;
        copy->parent = policy;
        copy->refers = rule->refers;
        copy->enabled = rule->enabled;
        copy->present = true;
        copy->seen = fact;
    }
}

/* A deleted forwarding rule leaves its deployment without an end. */
static void lose_end(struct ledger_chains *chains, const struct fact *fact)
{
    for (struct link *link = chains->links; link; link = link->next) {
        if (link->thing == THING_DEPLOYMENT &&
            slice_equal(link->refers, fact->text[FACT_OBJECT]))
            link->present = false;
    }
}

/* What a whole list does not show is there no more. */
static void take_list(struct ledger_chains *chains, const struct fact *fact)
{
    for (struct link *link = chains->links; link; link = link->next) {
        if (link->thing == fact->thing &&
            ledger_is_absent(fact, link->name, SLICE_NONE, link->seen))
            link->present = false;
    }
}

bool ledger_chains_take(struct ledger_chains *chains, const struct fact *fact)
{
    if (!chains || (fact->thing == THING_BALANCER && !chains->links))
        return false;
    if (fact->thing == THING_BALANCER) {
        lose_end(chains, fact);
    } else if (fact->act == ACT_LIST) {
        take_list(chains, fact);
    } else if (fact->act == ACT_ATTACH) {
        clone_rules(chains, fact);
    } else {
        struct link *link = link_of(chains, fact->thing, fact->text[FACT_OBJECT]);
        if (!link)
            return false;
        if (fact->act == ACT_DELETE)
            link->present = link->present && fact->outcome != OUTCOME_SUCCESS;
        else
            take_values(link, fact);
    }
    for (struct link *link = chains->links; link; link = link->next) {
        if (link->thing == THING_ENDPOINT_GROUP)
            work_out(chains, link, fact);
        else if (link->thing == THING_DEPLOYMENT_GROUP)
            work_out_group(chains, link, fact);
        if (fact->act == ACT_OBSERVE && link->seen == fact && link->track &&
            link->track->row)
            link->track->row->mirror.observed_us = fact->time_us;
    }
    return true;
}
