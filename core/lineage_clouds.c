/*
 * GCP: by delegation and by the making of a key.  Azure: by the sign-in that gave out
 * the token, else by a record that names the same principal.
 */
#include "config.h"

#include "core/lineage_internal.h"

static const int64_t TOKEN_US = 12 * LINEAGE_HOUR_US; /* the life of an access token */

/* ---- GCP ---- */

static bool is_token_call(struct slice name)
{
    static const struct slice calls[] = {SLICE_INIT("GenerateAccessToken"),
                                         SLICE_INIT("GenerateIdToken"),
                                         SLICE_INIT("SignJwt"), SLICE_INIT("SignBlob")};
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
        if (slice_ends_with_nocase(name, calls[i]))
            return true;
    }
    return false;
}

/* A token for the account that acted, taken by who it was delegated to. */
static int gcp_delegation(struct lineage_chain *chain, struct slice delegate)
{
    struct slice account = lineage_last_text(chain, FIELD_ACTOR);
    struct lineage_question question = lineage_before_last(chain, TOKEN_US);
    lineage_match(&question, FIELD_ACTOR, delegate);
    question.operation = is_token_call;
    if (lineage_answer(chain, &question))
        return -1;
    for (size_t i = 0; i < chain->answer_count; i++) {
        const struct lineage_event *answer = &chain->answers[i];
        if (outcome_is_attempt(answer->event.outcome) ||
            slice_find_nocase(answer->event.text[FIELD_RESOURCE], account) < 0 ||
            lineage_met_before(chain, answer))
            continue;
        lineage_push(chain, LINEAGE_DELEGATED, answer);
        return 1;
    }
    return lineage_end(
        chain, true,
        lineage_quoted(chain, "the record itself says that ", delegate,
                       " took this identity; no token call is in the logs, which Data "
                       "Access logs would show"));
}

static int gcp_key(struct lineage_chain *chain, struct slice key)
{
    struct lineage_question question = {
        .near_us = EVENT_TIME_NONE, .from_us = INT64_MIN, .until_us = INT64_MAX};
    lineage_match(&question, FIELD_ISSUED, key);
    if (lineage_answer(chain, &question))
        return -1;
    const struct lineage_event *maker = lineage_best_issuer(chain);
    if (!maker)
        return lineage_end(chain, true,
                           lineage_quoted(chain, "whoever holds the key ", key,
                                          ", first seen in these logs"));
    lineage_push(chain, LINEAGE_MADE_KEY, maker);
    return lineage_end(chain, true,
                       lineage_quoted(chain, "whoever holds the key ", key,
                                      ", which was made in these logs"));
}

int lineage_gcp_step(struct lineage_chain *chain)
{
    struct slice via = lineage_last_text(chain, FIELD_VIA);
    struct slice key = lineage_last_text(chain, FIELD_CREDENTIAL);
    struct slice actor = lineage_last_text(chain, FIELD_ACTOR);
    if (!slice_blank(via) && !slice_equal(via, actor))
        return gcp_delegation(chain, via);
    if (!slice_blank(key))
        return gcp_key(chain, key);
    if (slice_ends_with(actor, SLICE(".gserviceaccount.com")))
        return lineage_end(
            chain, false,
            SLICE("a service account without a key or a delegation in the "
                  "record: a workload that it is attached to"));
    return lineage_end(chain, !slice_blank(actor),
                       slice_blank(actor) ? SLICE("the record names nobody")
                                          : SLICE("an account of its own"));
}

/* ---- Azure ---- */

static bool is_name_of(const struct event *event, struct slice principal)
{
    struct slice actor = event->text[FIELD_ACTOR];
    return !slice_blank(actor) && !slice_equal_nocase(actor, principal);
}

/* A record that has the principal's id and calls it by a name. */
static int azure_name(struct lineage_chain *chain, struct slice principal, bool *found)
{
    struct lineage_question question = lineage_before_last(chain, TOKEN_US);
    question.from_us = INT64_MIN;
    question.until_us = INT64_MAX;
    lineage_match(&question, FIELD_ACTOR_ID, principal);
    *found = false;
    if (slice_blank(principal))
        return 0;
    if (lineage_answer(chain, &question))
        return -1;
    for (size_t i = 0; i < chain->answer_count && !*found; i++) {
        if (!is_name_of(&chain->answers[i].event, principal))
            continue;
        lineage_push(chain, LINEAGE_NAMED, &chain->answers[i]);
        *found = true;
    }
    return 0;
}

int lineage_azure_step(struct lineage_chain *chain)
{
    struct slice token = lineage_last_text(chain, FIELD_CREDENTIAL);
    struct slice actor = lineage_last_text(chain, FIELD_ACTOR);
    struct slice id = lineage_last_text(chain, FIELD_ACTOR_ID);
    struct lineage_question question = {
        .near_us = EVENT_TIME_NONE, .from_us = INT64_MIN, .until_us = INT64_MAX};
    bool found = false;
    if (!slice_blank(token)) {
        lineage_match(&question, FIELD_ISSUED, token);
        if (lineage_answer(chain, &question))
            return -1;
        const struct lineage_event *sign_in = lineage_best_issuer(chain);
        if (sign_in) {
            lineage_push(chain, LINEAGE_ISSUED, sign_in);
            return lineage_end(chain, true,
                               SLICE("the sign-in that gave out this token"));
        }
    }
    if (slice_equal(lineage_last_text(chain, FIELD_ACTOR_TYPE), SLICE("User")))
        return lineage_end(
            chain, true,
            SLICE("a user; no sign-in record of this token is in the logs"));
    if (azure_name(chain, slice_blank(id) ? actor : id, &found))
        return -1;
    if (found)
        return lineage_end(chain, true,
                           SLICE("an application, named by another record"));
    return lineage_end(
        chain, false,
        SLICE("an application or managed identity: no record in the logs gives "
              "its name"));
}
