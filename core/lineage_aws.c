/*
 * AWS: by access key through the calls that gave it out, a console session by its
 * login, a service by the call that set it to work.
 */
#include "config.h"

#include "core/lineage_internal.h"

/* How far back a guess may look: the longest life of what it looks for. */
static const int64_t CONSOLE_US = 12 * LINEAGE_HOUR_US; /* a console session */
static const int64_t STACK_US = 6 * LINEAGE_HOUR_US; /* a stack or automation at work */

static bool is_console_login(struct slice name)
{
    return slice_equal(name, SLICE("ConsoleLogin")) ||
           slice_equal(name, SLICE("SwitchRole"));
}

/* A key that stays, and need not be used by who made it. */
static bool makes_key(const struct event *event)
{
    return slice_equal(event->text[FIELD_OPERATION], SLICE("CreateAccessKey"));
}

/* ---- services that act for somebody ---- */

static bool is_one_of(struct slice name, const struct slice *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (slice_equal(name, names[i]))
            return true;
    }
    return false;
}

static bool is_stack_order(struct slice name)
{
    static const struct slice names[] = {
        SLICE_INIT("ExecuteChangeSet"), SLICE_INIT("CreateStack"),
        SLICE_INIT("UpdateStack"), SLICE_INIT("CreateStackInstances")};
    return is_one_of(name, names, sizeof names / sizeof names[0]);
}

static bool is_systems_manager_order(struct slice name)
{
    static const struct slice names[] = {
        SLICE_INIT("StartAutomationExecution"), SLICE_INIT("SendCommand"),
        SLICE_INIT("StartChangeRequestExecution"), SLICE_INIT("CreateAssociation")};
    return is_one_of(name, names, sizeof names / sizeof names[0]);
}

/* How each is set to work, and how it names its session of a role that it was given. */
static const struct worker {
    struct slice service, session;
    bool (*is_order)(struct slice name);
} workers[] = {
    {SLICE_INIT("cloudformation.amazonaws.com"), SLICE_INIT("/AWSCloudFormation"),
     is_stack_order},
    {SLICE_INIT("ssm.amazonaws.com"), SLICE_INIT("/Automation-"),
     is_systems_manager_order},
};

static const struct worker *worker_of(struct slice service)
{
    for (size_t i = 0; i < sizeof workers / sizeof workers[0]; i++) {
        if (slice_equal(workers[i].service, service))
            return &workers[i];
    }
    return NULL;
}

/* Whether the record names the service, or its session, and not who it works for. */
static bool is_nameless(const struct worker *worker, struct slice actor)
{
    return slice_equal(actor, worker->service) ||
           slice_find(actor, worker->session) >= 0;
}

/* Pushes the nearest order to the service, by whoever has that field. */
static int push_order(struct lineage_chain *chain, const struct worker *worker,
                      enum event_field field, enum lineage_link link, bool *found)
{
    struct lineage_question question = lineage_before_last(chain, STACK_US);
    lineage_match(&question, field, lineage_last_text(chain, field));
    question.operation = worker->is_order;
    *found = false;
    if (lineage_answer(chain, &question))
        return -1;
    for (size_t i = 0; i < chain->answer_count && !*found; i++) {
        const struct lineage_event *answer = &chain->answers[i];
        /* An order of the service itself is another automaton's. */
        if (outcome_is_attempt(answer->event.outcome) ||
            slice_equal(answer->event.text[FIELD_ACTOR], worker->service) ||
            lineage_met_before(chain, answer))
            continue;
        lineage_push(chain, link, answer);
        *found = true;
    }
    return 0;
}

static int service_unordered(struct lineage_chain *chain, struct slice service)
{
    return lineage_end(
        chain, false,
        lineage_quoted(chain, "", service,
                       " did it, and no call that sets it to work is in the logs"));
}

/* Somebody of the account: a guess. */
static int any_order(struct lineage_chain *chain, const struct worker *worker)
{
    bool found;
    if (push_order(chain, worker, FIELD_ACCOUNT, LINEAGE_SET_TO_WORK, &found))
        return -1;
    if (!found)
        return service_unordered(chain, worker->service);
    return lineage_end(
        chain, false,
        lineage_quoted(chain, "", worker->service,
                       " did it; the nearest call before that sets it to work is "
                       "shown, which need not be the one"));
}

/*
 * A service without a role of its own works in the name of its caller, whom the record
 * names (AWS, "Run an automation": in the context of the user).  Who that is, is known;
 * which of the caller's orders it was, is the nearest.
 */
static int order_of_identity(struct lineage_chain *chain, const struct worker *worker)
{
    bool found;
    if (push_order(chain, worker, FIELD_ACTOR, LINEAGE_ORDERED, &found))
        return -1;
    return found ? 1
                 : lineage_end(
                       chain, false,
                       lineage_quoted(chain, "", worker->service,
                                      " did it in the name of the identity that the "
                                      "record names; no call of that identity which "
                                      "sets it to work is in the logs"));
}

/* The service that the record says did it: in older records its name stands for the
 * address alone. */
static struct slice service_behind(const struct lineage_chain *chain)
{
    struct slice via = lineage_last_text(chain, FIELD_VIA);
    struct slice from = lineage_last_text(chain, FIELD_SOURCE_TEXT);
    return slice_blank(via) && worker_of(from) ? from : via;
}

/* 1: go on with the step that was added. */
static int aws_service(struct lineage_chain *chain, struct slice service)
{
    const struct worker *worker = worker_of(service);
    if (!worker)
        return service_unordered(chain, service);
    if (lineage_has_guess(chain))
        return lineage_end(chain, false,
                           lineage_quoted(chain, "", service,
                                          " did that; who set it to work would be a "
                                          "guess of a guess"));
    return is_nameless(worker, lineage_last_text(chain, FIELD_ACTOR))
               ? any_order(chain, worker)
               : order_of_identity(chain, worker);
}

/* ---- keys ---- */

static int console_login(struct lineage_chain *chain, bool *found)
{
    struct lineage_question question = lineage_before_last(chain, CONSOLE_US);
    lineage_match(&question, FIELD_ACTOR, lineage_last_text(chain, FIELD_ACTOR));
    question.operation = is_console_login;
    *found = false;
    if (lineage_answer(chain, &question))
        return -1;
    for (size_t i = 0; i < chain->answer_count && !*found; i++) {
        if (outcome_is_attempt(chain->answers[i].event.outcome))
            continue;
        lineage_push(chain, LINEAGE_LOGIN, &chain->answers[i]);
        *found = true;
    }
    return 0;
}

/* "arn:aws:sts::111122223333:assumed-role/NetOps/i-0abc": the session of an instance.
 */
static bool is_instance_session(struct slice actor)
{
    ptrdiff_t slash = slice_rindex(actor, '/');
    return slash > 0 &&
           slice_starts_with(slice_skip(actor, (size_t)slash + 1), SLICE("i-")) &&
           slice_find(actor, SLICE(":assumed-role/")) >= 0;
}

/* No event of the logs gave this key out. */
static int aws_key_unknown(struct lineage_chain *chain, struct slice key)
{
    bool found = false, guessed = lineage_has_guess(chain);
    struct slice via = service_behind(chain);
    if (!guessed && worker_of(via))
        return aws_service(chain, via);
    if (slice_starts_with(key, SLICE("AKIA")))
        return lineage_end(chain, true,
                           lineage_quoted(chain, "whoever holds the access key ", key,
                                          ", first seen in these logs"));
    if (!guessed && console_login(chain, &found))
        return -1;
    if (found)
        return lineage_end(
            chain, true,
            SLICE("a console session: the nearest login of this identity before "
                  "it is shown"));
    if (is_instance_session(lineage_last_text(chain, FIELD_ACTOR)))
        return lineage_end(
            chain, false,
            lineage_quoted(chain,
                           "an instance's own session; no AssumeRole in the logs "
                           "for the key ",
                           key, ""));
    return lineage_end(
        chain, false,
        lineage_quoted(chain, "no AssumeRole in the logs for the key ", key, ""));
}

static int aws_first_identity(struct lineage_chain *chain)
{
    struct slice type = lineage_last_text(chain, FIELD_ACTOR_TYPE);
    struct slice via = service_behind(chain);
    if (slice_equal(type, SLICE("SAMLUser")))
        return lineage_end(
            chain, true,
            SLICE("a user of a SAML identity provider: its own log tells more"));
    if (slice_equal(type, SLICE("WebIdentityUser")))
        return lineage_end(
            chain, true,
            SLICE("an identity of an OpenID Connect provider: its own log tells "
                  "more"));
    if (slice_equal(type, SLICE("AWSAccount")))
        return lineage_end(
            chain, false,
            SLICE("a caller of another account: only that account's log names "
                  "it"));
    if (slice_present(via))
        return aws_service(chain, via);
    if (slice_equal(type, SLICE("AWSService")))
        return aws_service(chain, lineage_last_text(chain, FIELD_ACTOR));
    return lineage_end(chain, false, SLICE("the record names no credential"));
}

/* 1: a step was added, go on; 0: the chain has ended. */
int lineage_aws_step(struct lineage_chain *chain)
{
    struct slice key = lineage_last_text(chain, FIELD_CREDENTIAL);
    struct lineage_question question = {
        .near_us = EVENT_TIME_NONE, .from_us = INT64_MIN, .until_us = INT64_MAX};
    if (slice_blank(key))
        return aws_first_identity(chain);
    lineage_match(&question, FIELD_ISSUED, key);
    if (lineage_answer(chain, &question))
        return -1;
    const struct lineage_event *issuer = lineage_best_issuer(chain);
    if (!issuer)
        return aws_key_unknown(chain, key);
    if (lineage_met_before(chain, issuer))
        return lineage_end(chain, false,
                           SLICE("the chain comes back to itself: stopped"));
    if (!makes_key(&issuer->event)) {
        lineage_push(chain, LINEAGE_ISSUED, issuer);
        return 1;
    }
    lineage_push(chain, LINEAGE_MADE_KEY, issuer);
    return lineage_end(chain, true,
                       lineage_quoted(chain, "whoever holds the access key ", key,
                                      ", which was made in these logs"));
}
