#include "config.h"

#include "core/lineage_internal.h"

const struct event *lineage_last_event(const struct lineage_chain *chain)
{
    return &chain->out->steps[chain->out->count - 1].at.event;
}

struct slice lineage_last_text(const struct lineage_chain *chain,
                               enum event_field field)
{
    return lineage_last_event(chain)->text[field];
}

void lineage_match(struct lineage_question *question, enum event_field field,
                   struct slice value)
{
    question->all[question->count++] = (struct lineage_match){field, value};
}

int lineage_answer(struct lineage_chain *chain, const struct lineage_question *question)
{
    chain->answer_count = 0;
    return chain->ask(chain->payload, question, chain->arena, chain->answers,
                      &chain->answer_count, chain->error);
}

/* The span before the last step, with a minute for clocks that differ. */
struct lineage_question lineage_before_last(const struct lineage_chain *chain,
                                            int64_t span_us)
{
    int64_t now_us = lineage_last_event(chain)->time_us;
    struct lineage_question question = {
        .near_us = now_us, .from_us = INT64_MIN, .until_us = INT64_MAX};
    if (now_us != EVENT_TIME_NONE) {
        question.from_us = now_us - span_us;
        question.until_us = now_us + LINEAGE_MINUTE_US;
    }
    return question;
}

void lineage_push(struct lineage_chain *chain, enum lineage_link link,
                  const struct lineage_event *at)
{
    chain->out->steps[chain->out->count++] = (struct lineage_step){link, *at};
}

int lineage_end(struct lineage_chain *chain, bool reached, struct slice words)
{
    chain->out->reached = reached;
    chain->out->ending = words;
    return slice_present(words)
               ? 0
               : error_set(chain->error, ERROR_MEMORY, "out of memory");
}

/* "words TEXT words" in the arena. */
struct slice lineage_quoted(struct lineage_chain *chain, const char *before,
                            struct slice text, const char *after)
{
    const struct slice parts[] = {slice_from(before), text, slice_from(after)};
    return arena_join(chain->arena, parts, 3);
}

/* ---- answers ---- */

/*
 * Both accounts of a cross-account call have a record of it; the caller's names the
 * caller in full, the other its account alone.  Before that the order in time counts.
 */
static bool tells_more(const struct event *a, const struct event *b)
{
    bool key = !slice_blank(a->text[FIELD_CREDENTIAL]);
    if (key != !slice_blank(b->text[FIELD_CREDENTIAL]))
        return key;
    bool arn = slice_starts_with(a->text[FIELD_ACTOR], SLICE("arn:"));
    if (arn != slice_starts_with(b->text[FIELD_ACTOR], SLICE("arn:")))
        return arn;
    return a->time_us < b->time_us;
}

const struct lineage_event *lineage_best_issuer(const struct lineage_chain *chain)
{
    const struct lineage_event *best = NULL;
    for (size_t i = 0; i < chain->answer_count; i++) {
        const struct event *event = &chain->answers[i].event;
        if (outcome_is_attempt(event->outcome))
            continue;
        if (!best || tells_more(event, &best->event))
            best = &chain->answers[i];
    }
    return best;
}

bool lineage_has_guess(const struct lineage_chain *chain)
{
    for (size_t i = 0; i < chain->out->count; i++) {
        if (!lineage_link_is_proof(chain->out->steps[i].link))
            return true;
    }
    return false;
}

/* Whether a step of the chain was made with this credential already. */
bool lineage_met_before(const struct lineage_chain *chain,
                        const struct lineage_event *at)
{
    for (size_t i = 0; i < chain->out->count; i++) {
        const struct lineage_event *met = &chain->out->steps[i].at;
        if (met->source == at->source && met->offset == at->offset)
            return true;
    }
    return false;
}
