#include "config.h"

#include "core/lineage_internal.h"

#include "core/limits.h"

static const char *const link_words[LINEAGE_LINK_COUNT] = {
#define X(identifier, words) words,
    LINEAGE_LINKS(X)
#undef X
};

const char *lineage_link_words(enum lineage_link link)
{
    return (unsigned)link < LINEAGE_LINK_COUNT ? link_words[link] : "";
}

bool lineage_link_is_proof(enum lineage_link link)
{
    return link == LINEAGE_ACT || link == LINEAGE_ISSUED || link == LINEAGE_MADE_KEY;
}

/* ---- asking ---- */

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

/* ---- the chain ---- */

static int step(struct lineage_chain *chain)
{
    switch (lineage_last_event(chain)->provider) {
    case PROVIDER_AWS:
        return lineage_aws_step(chain);
    case PROVIDER_GCP:
        return lineage_gcp_step(chain);
    case PROVIDER_AZURE:
        return lineage_azure_step(chain);
    default:
        break;
    }
    if (provider_is_device(lineage_last_event(chain)->provider))
        return lineage_device_step(chain);
    return lineage_end(
        chain, false,
        SLICE("the logs of this provider do not tell where a credential is "
              "from"));
}

int lineage_build(const struct lineage_event *act, lineage_ask ask_caller,
                  void *payload, struct arena *arena, struct lineage *out,
                  struct error *error)
{
    struct lineage_chain *chain = arena_alloc(arena, sizeof *chain);
    *out = (struct lineage){.count = 0};
    if (!chain)
        return error_set(error, ERROR_MEMORY, "out of memory");
    *chain = (struct lineage_chain){.ask = ask_caller,
                                    .payload = payload,
                                    .arena = arena,
                                    .out = out,
                                    .error = error};
    lineage_push(chain, LINEAGE_ACT, act);
    int result = 1;
    /* A step may add one for its link and one that is a guess. */
    while (result > 0 && out->count < LIMIT_LINEAGE_STEPS - 1)
        result = step(chain);
    if (result > 0)
        result = lineage_end(chain, false, SLICE("more steps than are followed"));
    return result;
}

/* ---- in words ---- */

static size_t add_part(struct slice *parts, size_t count, const char *words,
                       struct slice text)
{
    if (slice_blank(text))
        return count;
    parts[count] = slice_from(words);
    parts[count + 1] = text;
    return count + 2;
}

struct slice lineage_step_words(const struct lineage_step *step_of, struct arena *arena)
{
    const struct slice *text = step_of->at.event.text;
    struct slice parts[16], mfa = text[FIELD_MFA];
    size_t count = add_part(parts, 0, "", text[FIELD_OPERATION]);
    struct slice from =
        text[slice_blank(text[FIELD_SOURCE_IP]) ? FIELD_SOURCE_TEXT : FIELD_SOURCE_IP];
    count = add_part(parts, count, " by ",
                     slice_blank(text[FIELD_ACTOR]) ? SLICE("nobody named")
                                                    : text[FIELD_ACTOR]);
    count = add_part(parts, count, " via ", text[FIELD_VIA]);
    if (slice_equal(mfa, SLICE("true")))
        count = add_part(parts, count, ", ", SLICE("with MFA"));
    if (slice_equal(mfa, SLICE("false")))
        count = add_part(parts, count, ", ", SLICE("without MFA"));
    count = add_part(parts, count, ", source identity ", text[FIELD_SOURCE_IDENTITY]);
    count = add_part(parts, count, ", from ", from);
    count = add_part(parts, count, ", with ", text[FIELD_CREDENTIAL]);
    return arena_join(arena, parts, count);
}
