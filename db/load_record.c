#include "config.h"

#include "db/load_internal.h"

#include <stdio.h>

#include "core/date_survey.h"
#include "core/resource.h"
#include "core/unfold.h"

enum {
    BATCH_BYTES = 8 * 1024 * 1024,
    UNKNOWN_BYTES_KEPT = 256,
    FORM_CHAIN_MAX = UNFOLD_CHAIN_MAX + 64,
};

/* Whether the present record is not in the case yet. */
static bool is_fresh(const struct work *work, const struct frame_item *item)
{
    return item->offset > work->resume_offset ||
           (item->offset == work->resume_offset && work->leaf >= work->resume_leaf);
}

static int keep_reject(struct work *work, enum reject_kind kind,
                       const struct frame_item *item, const char *reason,
                       struct slice bytes)
{
    if (kind == REJECT_NOTE)
        tally_remark(&work->tally.notes, reason);
    else if (++work->tally.rejects_kept > LIMIT_REJECTS_KEPT)
        return 0;
    if (!is_fresh(work, item))
        return 0;
    size_t limit = kind == REJECT_UNKNOWN ? UNKNOWN_BYTES_KEPT : LIMIT_REJECT_BYTES;
    return event_batch_reject(work->batch, kind, item->offset, item->length, reason,
                              slice_first(bytes, limit));
}

static struct record_place place_of(const struct work *work,
                                    const struct frame_item *item)
{
    return (struct record_place){item->offset, (uint32_t)item->length, work->leaf};
}

static int keep_hit(struct work *work, struct leaf *leaf, const struct frame_item *item,
                    const struct rule_match *match)
{
    char chain[FORM_CHAIN_MAX];
    struct slice form = leaf->event.text[FIELD_FORM];
    snprintf(chain, sizeof chain, "%s%s%.*s", leaf->chain, leaf->chain[0] ? ">" : "",
             (int)form.length, form.data);
    mirror_facts(&leaf->event, leaf->read, &work->facts);

    const struct rule_set *rules = work->load->options.rules;
    struct slice parts[2 * LIMIT_RULES_PER_EVENT];
    size_t count = 0;
    struct slice technique = SLICE_NONE;
    for (size_t i = 0; i < match->count; i++) {
        const struct rule *rule = rule_set_get(rules, match->rules[i]);
        if (i)
            parts[count++] = SLICE(";");
        parts[count++] = slice_from(rule->id);
        if (!slice_present(technique))
            technique = slice_from(rule->technique);
    }
    struct batch_hit hit = {
        .event = leaf->event,
        .raw = leaf->raw,
        .place = place_of(work, item),
        .form_chain = chain,
        .lifecycle = match->lifecycle,
        .severity = match->severity,
        .confidence = match->confidence,
        .rules = arena_join(&work->facts, parts, count),
        .technique = technique,
    };
    return event_batch_hit(work->batch, &hit);
}

static void fill_fact(struct fact *fact, const struct event *event, struct slice act_id)
{
    fact->time_us = event->time_us;
    fact->provider = event->provider;
    fact->outcome = event->outcome;
    fact->phase = event->phase;
    fact->act_id = act_id;
    fact->order = event->text[FIELD_EVENT_ID];
    if (!fact->account.length)
        fact->account = event->text[FIELD_ACCOUNT];
    if (!fact->region.length)
        fact->region = event->text[FIELD_REGION];
    fact->actor = event->text[FIELD_ACTOR];
}

static bool is_neighbour(enum fact_thing thing)
{
    return thing == THING_INTERFACE || thing == THING_MACHINE ||
           thing == THING_BALANCER;
}

/* What is neither a hit nor one record of several tells who did it only where that ends
 * something, and needs no id: there may be very many of them. */
static bool is_plain_neighbour(const struct event *event, bool hit)
{
    return !hit && event->phase == PHASE_SINGLE;
}

static void thin_out(struct fact *fact)
{
    fact->act_id = fact->order = SLICE_NONE;
    if (fact->act != ACT_DELETE && fact->act != ACT_RESTART)
        fact->actor = SLICE_NONE;
}

static int keep_facts(struct work *work, const struct leaf *leaf,
                      const struct frame_item *item, bool hit)
{
    const struct event *event = &leaf->event;
    struct fact_list facts;
    char id[OPERATION_ID_LENGTH + 1];
    bool plain = is_plain_neighbour(event, hit);
    if (plain && outcome_is_attempt(event->outcome))
        return 0;
    fact_read(event, leaf->read, &work->facts, &facts);
    if (facts.failed)
        return -1;
    operation_id(event, leaf->raw, id);
    for (size_t i = 0; i < facts.count; i++) {
        fill_fact(&facts.facts[i], event, slice_from(id));
        if (plain && is_neighbour(facts.facts[i].thing))
            thin_out(&facts.facts[i]);
    }
    if (facts.left_out &&
        keep_reject(work, REJECT_NOTE, item,
                    "names more interfaces than the ledger keeps of one record",
                    leaf->raw))
        return -1;
    return event_batch_facts(work->batch, &facts, item->offset, work->leaf);
}

/* Everything up to the present record is committed with its place; done: it too. */
static int append_so_far(struct work *work, const struct frame_item *item, bool done,
                         struct error *error)
{
    struct source_progress *now = &work->tally.progress;
    if (load_take_turn(work, error))
        return -1;
    /* What is read again lies before that. */
    if (is_fresh(work, item)) {
        now->resume_offset = item->offset;
        now->resume_leaf = work->leaf + done;
    }
    return load_append(work, NULL, error);
}

static const char doubtful_dates[] =
    "day and month of dates are in doubt, month first is assumed: say --date-order dmy "
    "or mdy";

static enum date_order survey_order(const struct work *work)
{
    const struct time_hint hint = {.newest_us = EVENT_TIME_NONE};
    const struct source_window *window = work->window;
    struct date_survey *survey = date_survey_new(work->load->projection, &hint);
    if (!survey)
        return DATE_ORDER_UNKNOWN;
    /* The last record may end behind these bytes: then it tells nothing. */
    date_survey_window(survey, (struct slice){window->data, window->length}, 0, true);
    enum date_order order = date_survey_order(survey);
    date_survey_free(survey);
    return order;
}

/*
 * 03/04/2026: the other stamps of the source decide.  A source that is not in the
 * window as a whole is judged by what was read of it so far.
 */
static void settle_dates(struct work *work, struct event *event)
{
    const struct source_window *window = work->window;
    enum date_order order = normaliser_date_order(work->normaliser);
    bool whole = window->base == 0 && window->state != SOURCE_MORE;
    if (!work->tally.dates_surveyed && window->base == 0)
        order = survey_order(work);
    else if (whole)
        order = DATE_ORDER_UNKNOWN;
    work->tally.dates_surveyed = true;
    if (order == DATE_ORDER_UNKNOWN)
        tally_remark(&work->tally.notes, doubtful_dates);
    else
        normaliser_set_date_order(work->normaliser, order, event);
}

static int take_event(struct work *work, struct leaf *leaf,
                      const struct frame_item *item, struct error *error)
{
    struct rule_match match;
    struct event *event = &leaf->event;
    if (event->time_quality == TIME_DAY_MONTH_AMBIGUOUS) {
        if (load_take_turn(work, error))
            return -1;
        settle_dates(work, event);
    }
    enum truth truth = detector_check(work->detector, event, SLICE_NONE, &match);
    if (truth == TRUTH_UNKNOWN)
        truth = detector_check(work->detector, event, leaf->read, &match);
    bool hit = truth == TRUTH_TRUE;
    if (hit && match.lifecycle == LIFECYCLE_NONE)
        match.lifecycle = lifecycle_from_operation(event->text[FIELD_OPERATION]);
    state_lists_spoil(&work->tally.lists);
    bool fresh = is_fresh(work, item);
    if (match.resource && fresh && !slice_present(event->text[FIELD_RESOURCE]))
        event->text[FIELD_RESOURCE] = resource_read(event, leaf->read, &work->facts);
    enum lifecycle lifecycle = hit ? match.lifecycle : LIFECYCLE_NONE;
    struct record_place place = place_of(work, item);
    if (fresh && !event_batch_add(work->batch, event, lifecycle, &place)) {
        if (append_so_far(work, item, false, error))
            return -1;
        if (!event_batch_add(work->batch, event, lifecycle, &place))
            return error_set(error, ERROR_LIMIT, "one event does not fit a batch");
    }
    source_notes_see(&work->tally.exports, event, leaf->chain);
    work->tally.tail_is_event = true;
    work->tally.progress.events++;
    work->tally.progress.hits += hit;
    time_span_widen(&work->tally.progress.first_us, &work->tally.progress.last_us,
                    event->time_us);
    tally_form(&work->tally, event->text[FIELD_FORM]);
    if (fresh && match.facts && keep_facts(work, leaf, item, hit))
        return error_set(error, ERROR_MEMORY, "no memory for the facts of a record");
    if (hit && fresh && keep_hit(work, leaf, item, &match))
        return error_set(error, ERROR_MEMORY, "no memory for a hit");
    if (leaf->remark)
        tally_remark(&work->tally.notes, leaf->remark);
    if (event->remark)
        tally_remark(&work->tally.notes, event->remark);
    work->tally.degraded = work->tally.degraded || leaf->note;
    if (leaf->note && keep_reject(work, REJECT_NOTE, item, leaf->note, leaf->raw))
        return error_set(error, ERROR_MEMORY, "no memory for a note");
    return 0;
}

/* A snapshot is no event, and shows what stands when it was taken: at the file's time.
 * raw: what tells it from others. */
static int keep_state_facts(struct work *work, struct fact_list *facts,
                            struct slice raw, uint64_t offset)
{
    struct event event;
    char id[OPERATION_ID_LENGTH + 1];
    if (facts->failed)
        return -1;
    event_clear(&event);
    event.time_us = work->mtime_us;
    event.outcome = OUTCOME_SUCCESS;
    operation_id(&event, raw, id);
    for (size_t i = 0; i < facts->count; i++) {
        event.provider = facts->facts[i].provider;
        fill_fact(&facts->facts[i], &event, slice_from(id));
    }
    return event_batch_facts(work->batch, facts, offset, work->leaf);
}

static int keep_state(struct work *work, const struct leaf *leaf,
                      const struct frame_item *item)
{
    struct fact_list facts;
    fact_read_state(leaf->read, &work->facts, &facts);
    state_lists_see(&work->tally.lists, &facts, leaf->chain);
    if (facts.left_out &&
        keep_reject(work, REJECT_NOTE, item,
                    "shows more than the ledger keeps of one record", leaf->raw))
        return -1;
    return is_fresh(work, item)
               ? keep_state_facts(work, &facts, leaf->raw, item->offset)
               : 0;
}

int load_keep_lists(struct work *work)
{
    struct fact_list facts;
    state_lists_tell(&work->tally.lists, &work->facts, &facts);
    /* Behind the last record, where no other fact stands. */
    work->leaf = 0;
    int result = 0;
    for (size_t i = 0; !result && i < facts.count; i++) {
        struct fact_list list = {.facts = facts.facts + i, .count = 1};
        result = keep_state_facts(work, &list, facts.facts[i].text[FACT_OBJECT],
                                  work->tally.progress.unpacked_bytes);
    }
    arena_reset(&work->facts);
    return result || facts.failed ? -1 : 0;
}

/* What else is told of a leaf; -1 without memory. */
static int take_other(struct work *work, const struct leaf *leaf,
                      const struct frame_item *item)
{
    if (leaf->class != RECORD_STATE)
        state_lists_spoil(&work->tally.lists);
    switch (leaf->class) {
    case RECORD_EVENT:
        break;
    case RECORD_SKIPPED:
    case RECORD_STATE:
        work->tally.progress.skipped++;
        tally_remark(&work->tally.skips, leaf->reason);
        return leaf->class == RECORD_STATE ? keep_state(work, leaf, item) : 0;
    case RECORD_UNKNOWN:
        tally_unknown(&work->tally, leaf->reason);
        return keep_reject(work, REJECT_UNKNOWN, item, leaf->reason, leaf->raw);
    case RECORD_DAMAGED:
        work->tally.progress.damaged++;
        return keep_reject(work, REJECT_DAMAGED, item, leaf->reason, leaf->raw);
    case RECORD_NOTE:
        return keep_reject(work, REJECT_NOTE, item, leaf->reason, leaf->raw);
    }
    return 0;
}

/* The record that is being unfolded. */
struct taking {
    struct work *work;
    const struct frame_item *item;
    struct error *error;
};

static int take_leaf(struct leaf *leaf, void *payload)
{
    const struct taking *taking = payload;
    struct work *work = taking->work;
    int result = leaf->class == RECORD_EVENT
                     ? take_event(work, leaf, taking->item, taking->error)
                     : take_other(work, leaf, taking->item);
    arena_reset(&work->facts);
    if (result)
        return leaf->class == RECORD_EVENT
                   ? -1
                   : error_set(taking->error, ERROR_MEMORY, "no memory for a record");
    work->tally.progress.records += leaf->class != RECORD_NOTE;
    if (event_batch_bytes(work->batch) > BATCH_BYTES &&
        append_so_far(work, taking->item, true, taking->error))
        return -1;
    work->leaf++;
    return 0;
}

static int take_record(struct work *work, const struct frame_item *item,
                       struct error *error)
{
    struct taking taking = {work, item, error};
    return unfold(work->unfolder, item, work->slots, take_leaf, &taking);
}

/* What is no record of JSON or text. */
static int take_rest(struct work *work, const struct frame_item *item,
                     struct error *error)
{
    enum reject_kind kind = REJECT_NOTE;
    state_lists_spoil(&work->tally.lists);
    if (item->kind == FRAME_REJECT) {
        kind = REJECT_DAMAGED;
        work->tally.progress.records++;
        work->tally.progress.damaged++;
    }
    if (keep_reject(work, kind, item, item->reason, item->bytes))
        return error_set(error, ERROR_MEMORY, "no memory for a record");
    if (event_batch_bytes(work->batch) > BATCH_BYTES)
        return append_so_far(work, item, true, error);
    return 0;
}

int load_take_item(struct work *work, const struct frame_item *item,
                   struct error *error)
{
    work->leaf = 0;
    return item->kind == FRAME_JSON || item->kind == FRAME_LINE
               ? take_record(work, item, error)
               : take_rest(work, item, error);
}
