/*
 * lineage_internal.h - a chain while it is followed: what the providers' steps share.
 *
 * A step looks at the last event of the chain, pushes what leads to it and says whether
 * to go on: 1 yes, 0 the chain has ended (lineage_end), -1 error.
 */
#ifndef CORE_LINEAGE_INTERNAL_H
#define CORE_LINEAGE_INTERNAL_H

#include "core/lineage.h"

#define LINEAGE_MINUTE_US INT64_C(60000000)
#define LINEAGE_HOUR_US (60 * LINEAGE_MINUTE_US)

struct lineage_chain {
    lineage_ask ask;
    void *payload;
    struct arena *arena;
    struct lineage *out;
    struct error *error;
    struct lineage_event answers[LIMIT_LINEAGE_ANSWERS];
    size_t answer_count;
};

const struct event *lineage_last_event(const struct lineage_chain *chain);
struct slice lineage_last_text(const struct lineage_chain *chain,
                               enum event_field field);

/* A question about the span before the last step, with a minute for clocks that
 * differ. */
struct lineage_question lineage_before_last(const struct lineage_chain *chain,
                                            int64_t span_us);
void lineage_match(struct lineage_question *question, enum event_field field,
                   struct slice value);
/* Its answers are the chain's until the next question. */
int lineage_answer(struct lineage_chain *chain,
                   const struct lineage_question *question);
/* Of the answers the one that gave out a credential; NULL: none. */
const struct lineage_event *lineage_best_issuer(const struct lineage_chain *chain);
/* Whether an event is a step of the chain already. */
bool lineage_met_before(const struct lineage_chain *chain,
                        const struct lineage_event *at);

/* Whether a step of the chain is a guess: none follows another. */
bool lineage_has_guess(const struct lineage_chain *chain);

void lineage_push(struct lineage_chain *chain, enum lineage_link link,
                  const struct lineage_event *at);
/* 0, or -1 where the words are absent for lack of memory. */
int lineage_end(struct lineage_chain *chain, bool reached, struct slice words);
/* "words TEXT words" in the arena. */
struct slice lineage_quoted(struct lineage_chain *chain, const char *before,
                            struct slice text, const char *after);

int lineage_aws_step(struct lineage_chain *chain);
int lineage_gcp_step(struct lineage_chain *chain);
int lineage_azure_step(struct lineage_chain *chain);
int lineage_device_step(struct lineage_chain *chain);

#endif
