/*
 * The ledger of GCP packet mirroring policies.  A patch is merged onto the body that is
 * remembered, field by field; `enable` FALSE switches the policy off and leaves it.
 * Tags and subnetworks are dynamic: machines that join them join the mirror silently.
 */
#include "config.h"

#include "core/ledger_internal.h"

struct policy {
    struct ledger_track track; /* first */
    struct slice body[FACT_FIELD_COUNT];
    bool seen_whole; /* an insert or a snapshot gave the body */
};

/* An instance with its network tags, which may put it into a policy. */
struct instance {
    struct instance *next;
    struct slice tags, network;
    bool gone;
};

struct gcp {
    struct ledger *ledger;
    struct ledger_index policies, by_name;
    struct instance *instances;
    struct ledger_chains *chains;
};

static struct policy *policy_of(struct gcp *gcp, const struct fact *fact)
{
    struct slice name = fact->text[FACT_OBJECT];
    struct policy *policy = ledger_find(&gcp->policies, name);
    if (policy)
        return policy;
    policy = ledger_alloc(gcp->ledger, sizeof *policy);
    if (!policy || !ledger_put(&gcp->policies, gcp->ledger->arena, name, policy)) {
        gcp->ledger->failed = true;
        return NULL;
    }
    policy->track.id = name;
    ledger_add_track(gcp->ledger, &policy->track, fact);
    return policy;
}

/* ---- the body ---- */

static void merge(struct policy *policy, const struct fact *fact)
{
    for (int i = 0; i < FACT_FIELD_COUNT; i++) {
        if (slice_present(fact->text[i]) && i != FACT_OBJECT)
            policy->body[i] = fact->text[i];
    }
}

/* Whether the record had a body. */
static bool tells_body(const struct fact *fact)
{
    for (int i = 0; i < FACT_FIELD_COUNT; i++) {
        if (slice_present(fact->text[i]) && i != FACT_OBJECT)
            return true;
    }
    return false;
}

static void replace(struct policy *policy, const struct fact *fact)
{
    memset(policy->body, 0, sizeof policy->body);
    merge(policy, fact);
    policy->seen_whole = tells_body(fact);
}

static bool is_off(const struct policy *policy)
{
    return slice_equal_nocase(policy->body[FACT_ENABLED], SLICE("false"));
}

/* "a, tag:b": each tag of a list marked as one. */
static struct slice tagged(struct arena *arena, struct slice tags)
{
    struct slice text = SLICE_NONE;
    while (slice_present(tags)) {
        struct slice tag = slice_trim(slice_cut(&tags, ','));
        const struct slice named[] = {SLICE("tag:"), tag};
        const struct slice parts[] = {text, tag.length ? arena_join(arena, named, 2)
                                                       : SLICE_NONE};
        text = ledger_joined(arena, parts, 2, ", ");
    }
    return text;
}

static struct slice mirrored_text(const struct policy *policy, struct arena *arena)
{
    const struct slice parts[] = {policy->body[FACT_SOURCE], policy->body[FACT_ADDRESS],
                                  tagged(arena, policy->body[FACT_TAGS])};
    return ledger_joined(arena, parts, 3, ", ");
}

static struct slice labelled(struct arena *arena, const char *label, struct slice text)
{
    const struct slice parts[] = {slice_from(label), text};
    return text.length ? arena_join(arena, parts, 2) : SLICE_NONE;
}

static struct slice filter_text(const struct policy *policy, struct arena *arena)
{
    struct slice direction = policy->body[FACT_DIRECTION];
    struct slice protocols = policy->body[FACT_PROTOCOL];
    struct slice blocks = policy->body[FACT_FILTER];
    if (!policy->seen_whole && !direction.length && !protocols.length && !blocks.length)
        return SLICE_NONE;
    const struct slice parts[] = {
        slice_equal_nocase(direction, SLICE("ingress"))  ? SLICE("in")
        : slice_equal_nocase(direction, SLICE("egress")) ? SLICE("out")
                                                         : SLICE("in and out"),
        protocols.length ? protocols : SLICE("all protocols"),
        labelled(arena, "of ", blocks), SLICE("whole packets")};
    return ledger_joined(arena, parts, 4, "; ");
}

/* ---- how many things it mirrors ---- */

static uint64_t count_listed(struct slice list)
{
    uint64_t count = 0;
    while (slice_present(list))
        count += slice_trim(slice_cut(&list, ',')).length > 0;
    return count;
}

static bool is_listed(struct slice list, struct slice item)
{
    while (slice_present(list)) {
        if (slice_equal(slice_trim(slice_cut(&list, ',')), item))
            return true;
    }
    return false;
}

/* Tags count in the policy's own network alone. */
static bool is_within(const struct policy *policy, const struct instance *instance)
{
    return !policy->body[FACT_NETWORK].length || !instance->network.length ||
           slice_equal(policy->body[FACT_NETWORK], instance->network);
}

static bool shares_tag(const struct policy *policy, const struct instance *instance)
{
    struct slice tags = policy->body[FACT_TAGS];
    while (slice_present(tags)) {
        struct slice tag = slice_trim(slice_cut(&tags, ','));
        if (tag.length && is_listed(instance->tags, tag))
            return true;
    }
    return false;
}

/* The instances that the logs show with one of its tags; where they show none, each tag
 * counts as one. */
static uint64_t count_tagged(const struct gcp *gcp, const struct policy *policy)
{
    uint64_t count = 0;
    for (const struct instance *instance = gcp->instances; instance;
         instance = instance->next)
        count += !instance->gone && is_within(policy, instance) &&
                 shares_tag(policy, instance);
    return count ? count : count_listed(policy->body[FACT_TAGS]);
}

static uint64_t count_sources(const struct gcp *gcp, const struct policy *policy)
{
    return count_listed(policy->body[FACT_SOURCE]) +
           count_listed(policy->body[FACT_ADDRESS]) + count_tagged(gcp, policy);
}

/* ---- whose the destination is ---- */

void ledger_judge_project(const struct ledger *ledger, struct mirror *mirror,
                          struct slice destination)
{
    struct slice project = slice_segment(destination, SLICE("projects/"));
    struct slice account = mirror->account;
    const struct slice parts[] = {SLICE("the destination belongs to project "),
                                  project};
    const struct slice ids[] = {destination, project};
    mirror->destination_ids = ledger_joined(ledger->arena, ids, 2, ";");
    mirror->foreign_reason = SLICE_NONE;
    mirror->foreign = FOREIGN_NO;
    if (!project.length) {
        mirror->foreign = FOREIGN_UNKNOWN;
        mirror->foreign_reason = SLICE("the logs do not show the destination");
    } else if (!slice_equal(project, account)) {
        enum own_answer own = own_is(ledger->own, OWN_PROJECT, project);
        mirror->foreign = own == OWN_YES  ? FOREIGN_NO
                          : own == OWN_NO ? FOREIGN_YES
                                          : FOREIGN_UNKNOWN;
        if (own != OWN_YES)
            mirror->foreign_reason = arena_join(ledger->arena, parts, 2);
    }
}

/* ---- rows ---- */

static void stamp(struct gcp *gcp, struct policy *policy)
{
    struct ledger_row *row = policy->track.row;
    if (!row)
        return;
    struct arena *arena = gcp->ledger->arena;
    row->mirror.mirrored = mirrored_text(policy, arena);
    row->mirror.destination = policy->body[FACT_DESTINATION];
    row->mirror.filter = filter_text(policy, arena);
    row->mirror.sources = count_sources(gcp, policy);
    ledger_judge_project(gcp->ledger, &row->mirror, row->mirror.destination);
}

static enum mirror_state state_of(const struct policy *policy, const struct fact *fact)
{
    enum mirror_state state = ledger_state_of(fact);
    return state == MIRROR_LIVE && is_off(policy) ? MIRROR_SHUT : state;
}

static void insert(struct gcp *gcp, struct policy *policy, const struct fact *fact)
{
    replace(policy, fact);
    enum mirror_state state = state_of(policy, fact);
    if (policy->track.row)
        ledger_split(gcp->ledger, &policy->track, fact, state, "changed");
    else
        ledger_open(gcp->ledger, &policy->track, fact, state, false);
    stamp(gcp, policy);
}

static bool says_the_same(struct gcp *gcp, const struct policy *policy,
                          enum mirror_state state)
{
    const struct mirror *now = &policy->track.row->mirror;
    struct arena *arena = gcp->ledger->arena;
    return now->state == state &&
           slice_equal(now->mirrored, mirrored_text(policy, arena)) &&
           slice_equal(now->destination, policy->body[FACT_DESTINATION]) &&
           slice_equal(now->filter, filter_text(policy, arena));
}

static void patch(struct gcp *gcp, struct policy *policy, const struct fact *fact)
{
    if (!policy->track.row && !policy->track.segments) {
        ledger_open(gcp->ledger, &policy->track, fact, MIRROR_LIVE, true);
        stamp(gcp, policy);
    }
    if (!tells_body(fact)) {
        ledger_doubt(gcp->ledger, &policy->track, fact, "changed",
                     LEDGER_CHANGE_NOT_SHOWN);
        return;
    }
    merge(policy, fact);
    enum mirror_state state = state_of(policy, fact);
    struct ledger_row *row = policy->track.row;
    if (row && says_the_same(gcp, policy, state)) {
        ledger_link(gcp->ledger, row, fact, PART_SUPPORTS);
        return;
    }
    ledger_split(gcp->ledger, &policy->track, fact, state,
                 state == MIRROR_SHUT ? "switched off, policy still exists"
                                      : "changed");
    stamp(gcp, policy);
}

static void delete (struct gcp *gcp, struct policy *policy, const struct fact *fact)
{
    if (!policy->track.row && policy->track.segments)
        return;
    if (!policy->track.row) {
        ledger_open(gcp->ledger, &policy->track, fact, MIRROR_LIVE, true);
        stamp(gcp, policy);
    }
    if (fact->outcome == OUTCOME_SUCCESS)
        ledger_end(gcp->ledger, &policy->track, fact, "deleted");
    else
        ledger_end_in_doubt(gcp->ledger, &policy->track, fact);
}

static void observe(struct gcp *gcp, struct policy *policy, const struct fact *fact)
{
    replace(policy, fact);
    ledger_see(gcp->ledger, &policy->track, fact,
               is_off(policy) ? MIRROR_SHUT : MIRROR_LIVE);
    stamp(gcp, policy);
}

/* The policy of a track; NULL for a chain's. */
static struct policy *policy_at(const struct gcp *gcp, struct ledger_track *track)
{
    return track && ledger_find(&gcp->policies, track->id) == track
               ? (struct policy *)track
               : NULL;
}

static void take_list(struct gcp *gcp, const struct fact *fact)
{
    for (struct ledger_track *track = gcp->ledger->tracks; track; track = track->next) {
        if (policy_at(gcp, track) && track->row &&
            ledger_is_absent(fact, track->id, SLICE_NONE, track->seen))
            ledger_end(gcp->ledger, track, fact, LEDGER_NOT_SHOWN);
    }
}

static void take_policy(struct gcp *gcp, const struct fact *fact)
{
    if (fact->act == ACT_LIST) {
        take_list(gcp, fact);
        return;
    }
    struct policy *policy =
        fact->text[FACT_OBJECT].length ? policy_of(gcp, fact) : NULL;
    if (!policy)
        return;
    switch (fact->act) {
    case ACT_CREATE:
        insert(gcp, policy, fact);
        break;
    case ACT_DELETE:
        delete (gcp, policy, fact);
        break;
    case ACT_OBSERVE:
        observe(gcp, policy, fact);
        break;
    default:
        patch(gcp, policy, fact);
        break;
    }
}

/* ---- neighbours ---- */

static void take_forwarding_rule(struct gcp *gcp, const struct fact *fact)
{
    for (struct ledger_track *track = gcp->ledger->tracks; track; track = track->next) {
        struct policy *policy = policy_at(gcp, track);
        struct ledger_row *row = track->row;
        if (policy && row && row->mirror.state == MIRROR_LIVE &&
            fact->outcome == OUTCOME_SUCCESS &&
            slice_equal(policy->body[FACT_DESTINATION], fact->text[FACT_OBJECT]))
            ledger_split(gcp->ledger, &policy->track, fact, MIRROR_BLACKHOLED,
                         "its collector was deleted");
    }
}

/* The list without the name; *found: whether it was in it. */
static struct slice without(struct arena *arena, struct slice list, struct slice name,
                            bool *found)
{
    struct slice text = SLICE("");
    *found = false;
    while (slice_present(list)) {
        struct slice item = slice_trim(slice_cut(&list, ','));
        const struct slice parts[] = {text, item};
        if (slice_equal(item, name))
            *found = true;
        else
            text = ledger_joined(arena, parts, 2, ", ");
    }
    return text.length ? text : SLICE("");
}

/* A call that is not known to have ended has begun: the instance counts. */
static void take_tags(struct gcp *gcp, const struct fact *fact)
{
    struct slice name = fact->text[FACT_OBJECT];
    struct instance *instance = ledger_find(&gcp->by_name, name);
    if (!instance && fact->text[FACT_TAGS].length) {
        instance = ledger_alloc(gcp->ledger, sizeof *instance);
        if (!instance ||
            !ledger_put(&gcp->by_name, gcp->ledger->arena, name, instance)) {
            gcp->ledger->failed = true;
            return;
        }
        instance->next = gcp->instances;
        gcp->instances = instance;
    }
    if (!instance)
        return;
    instance->gone = fact->act == ACT_DELETE;
    if (slice_present(fact->text[FACT_TAGS]))
        instance->tags = fact->text[FACT_TAGS];
    if (fact->text[FACT_NETWORK].length)
        instance->network = fact->text[FACT_NETWORK];
    for (struct ledger_track *track = gcp->ledger->tracks; track; track = track->next) {
        struct policy *policy = policy_at(gcp, track);
        if (policy && track->row && policy->body[FACT_TAGS].length)
            track->row->mirror.sources = count_sources(gcp, policy);
    }
}

static void lose_machine(struct gcp *gcp, const struct fact *fact)
{
    for (struct ledger_track *track = gcp->ledger->tracks; track; track = track->next) {
        struct policy *policy = policy_at(gcp, track);
        bool found = false;
        if (!policy || !track->row || fact->outcome != OUTCOME_SUCCESS)
            continue;
        struct slice left = without(gcp->ledger->arena, policy->body[FACT_SOURCE],
                                    fact->text[FACT_OBJECT], &found);
        if (!found)
            continue;
        policy->body[FACT_SOURCE] = left;
        if (mirrored_text(policy, gcp->ledger->arena).length) {
            ledger_split(gcp->ledger, &policy->track, fact,
                         policy->track.row->mirror.state, "an instance was deleted");
            stamp(gcp, policy);
        } else {
            ledger_end(gcp->ledger, &policy->track, fact,
                       "its last instance was deleted, policy still exists");
        }
    }
}

static void take_machine(struct gcp *gcp, const struct fact *fact)
{
    if (fact->act == ACT_DELETE)
        lose_machine(gcp, fact);
    take_tags(gcp, fact);
}

void ledger_apply_gcp(struct ledger *ledger)
{
    struct gcp gcp = {.ledger = ledger, .chains = ledger_chains_new(ledger)};
    for (size_t i = 0; i < ledger->fact_count && !ledger->failed; i++) {
        const struct fact *fact = &ledger->facts[i];
        switch (fact->thing) {
        case THING_SESSION:
            take_policy(&gcp, fact);
            break;
        case THING_BALANCER:
            take_forwarding_rule(&gcp, fact);
            ledger_chains_take(gcp.chains, fact);
            break;
        case THING_MACHINE:
            take_machine(&gcp, fact);
            break;
        default:
            ledger_chains_take(gcp.chains, fact);
            break;
        }
    }
}
