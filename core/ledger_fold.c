#include "config.h"

#include <stdlib.h>

#include "core/ledger_internal.h"
#include "core/operation.h"

/*
 * Facts of one act: the same record in two exports, Azure's Started and Succeeded,
 * GCP's first and last entry.  The act has one outcome and the time of its first
 * record; each of its facts has the texts of all records that tell it.
 */

static int compare_numbers(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static int compare_texts(const struct fact *a, const struct fact *b)
{
    int order = 0;
    for (int i = 0; !order && i < FACT_FIELD_COUNT; i++)
        order = slice_compare(a->text[i], b->text[i]);
    return order;
}

/* By act, then by number, then so that the first teller of a text is the same in any
 * order of loading. */
static int compare_within_act(const void *left, const void *right)
{
    const struct fact *a = left, *b = right;
    int order = slice_compare(a->act_id, b->act_id);
    if (!order)
        order = compare_numbers(a->number, b->number);
    if (!order)
        order = compare_numbers(a->phase, b->phase);
    if (!order)
        order = compare_numbers(a->time_us, b->time_us);
    if (!order)
        order = slice_compare(a->order, b->order);
    return order ? order : compare_texts(a, b);
}

/*
 * What the things need before others use them: at equal times (CloudTrail has whole
 * seconds) a machine comes before its interface, a target, a filter and a rule before
 * their session, and all of them go in the other order.  A snapshot shows what is left.
 */
static int rank(const struct fact *fact)
{
    static const int by_thing[THING_COUNT] = {
        [THING_MACHINE] = 1,
        [THING_INTERFACE] = 2,
        [THING_BALANCER] = 3,
        [THING_SHARE] = 4,
        [THING_DEPLOYMENT_GROUP] = 5,
        [THING_DEPLOYMENT] = 6,
        [THING_ENDPOINT_GROUP] = 7,
        [THING_ASSOCIATION] = 8,
        [THING_PROFILE] = 9,
        [THING_PROFILE_GROUP] = 10,
        [THING_POLICY_RULE] = 11,
        [THING_POLICY_LINK] = 12,
        [THING_TARGET] = 13,
        [THING_FILTER] = 14,
        [THING_RULE] = 15,
        [THING_SESSION] = 16,
    };
    if (provider_is_device(fact->provider))
        return 0; /* lines stand in the order in which they were given */
    switch (fact->act) {
    case ACT_DELETE:
        return 100 - by_thing[fact->thing];
    case ACT_OBSERVE:
        return 100 + by_thing[fact->thing];
    case ACT_LIST:
        return 200;
    case ACT_CHANGE:
    case ACT_DETACH:
        return 50 + by_thing[fact->thing];
    default:
        return by_thing[fact->thing];
    }
}

/* Undated facts come first: what is dated is known better and comes after. */
static int compare_in_time(const void *left, const void *right)
{
    const struct fact *a = left, *b = right;
    int order = compare_numbers(a->time_us, b->time_us);
    if (!order)
        order = compare_numbers(rank(a), rank(b));
    if (!order)
        order = slice_compare(a->order, b->order);
    if (!order)
        order = slice_compare(a->act_id, b->act_id);
    if (!order)
        order = compare_numbers(a->number, b->number);
    return order;
}

static bool same_act(const struct fact *a, const struct fact *b)
{
    return slice_equal(a->act_id, b->act_id);
}

/* The records of an act that stands in two accounts' logs: the owner's tells whose the
 * thing is. */
static void prefer_owner(struct fact *into, const struct fact *from)
{
    if (from->text[FACT_OWNER].length &&
        slice_equal(from->account, from->text[FACT_OWNER]) &&
        !slice_equal(into->account, into->text[FACT_OWNER])) {
        into->account = from->account;
        into->region = from->region;
    }
}

static void merge(struct fact *into, const struct fact *from, struct arena *arena)
{
    prefer_owner(into, from);
    for (int i = 0; i < FACT_FIELD_COUNT; i++) {
        if (!into->text[i].length && slice_present(from->text[i]))
            into->text[i] = from->text[i];
    }
    if (!into->account.length)
        into->account = from->account;
    if (!into->region.length)
        into->region = from->region;
    if (!into->actor.length)
        into->actor = from->actor;
    if (slice_compare(from->order, into->order) < 0)
        into->order = from->order;
    if (into->act == ACT_WRITE && from->act == ACT_CREATE)
        into->act = ACT_CREATE;
    if (from->operation.length && !slice_equal(from->operation, into->operation))
        into->operation =
            into->operation.length
                ? ledger_joined(
                      arena, (const struct slice[]){into->operation, from->operation},
                      2, " ")
                : from->operation;
}

static bool decides(const struct fact *fact, const struct fact *decided)
{
    return operation_result_outdoes(
        &(struct operation_result){fact->outcome, fact->phase, fact->time_us},
        &(struct operation_result){decided->outcome, decided->phase, decided->time_us});
}

/* What all records of an act have in common goes into each of its facts. */
static void spread_result(struct fact *facts, size_t count)
{
    const struct fact *final = &facts[0];
    int64_t first = EVENT_TIME_NONE;
    for (size_t i = 0; i < count; i++) {
        if (decides(&facts[i], final))
            final = &facts[i];
        if (facts[i].time_us != EVENT_TIME_NONE &&
            (first == EVENT_TIME_NONE || facts[i].time_us < first))
            first = facts[i].time_us;
    }
    enum outcome outcome = final->outcome;
    for (size_t i = 0; i < count; i++) {
        facts[i].outcome = outcome;
        facts[i].time_us = first;
    }
}

/* Folds one act in place; how many facts are left of it. */
static size_t fold_act(struct fact *facts, size_t count, struct arena *arena)
{
    size_t kept = 0;
    spread_result(facts, count);
    if (outcome_is_attempt(facts[0].outcome))
        return 0;
    for (size_t i = 0; i < count; i++) {
        if (kept && facts[kept - 1].number == facts[i].number)
            merge(&facts[kept - 1], &facts[i], arena);
        else
            facts[kept++] = facts[i];
    }
    return kept;
}

size_t ledger_fold(struct fact *facts, size_t count, struct arena *arena)
{
    size_t kept = 0;
    if (!count)
        return 0;
    qsort(facts, count, sizeof *facts, compare_within_act);
    for (size_t from = 0, to; from < count; from = to) {
        for (to = from + 1; to < count && same_act(&facts[from], &facts[to]);)
            to++;
        size_t left = fold_act(facts + from, to - from, arena);
        memmove(facts + kept, facts + from, left * sizeof *facts);
        kept += left;
    }
    qsort(facts, kept, sizeof *facts, compare_in_time);
    return kept;
}
