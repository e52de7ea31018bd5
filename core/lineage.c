#include "config.h"

#include "core/lineage.h"

#include "core/limits.h"

#define MINUTE_US INT64_C(60000000)
#define HOUR_US (60 * MINUTE_US)

/* How far back a guess may look: the longest life of what it looks for. */
static const int64_t CONSOLE_US = 12 * HOUR_US; /* a console session */
static const int64_t TOKEN_US = 12 * HOUR_US;   /* an access token of GCP */
static const int64_t STACK_US = 6 * HOUR_US;    /* a stack or automation at work */
static const int64_t DAY_US = 24 * HOUR_US;     /* a login on a device */
static const int64_t NOTICE_US = HOUR_US;       /* until configuration mode is left */

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

struct chain {
    lineage_ask ask;
    void *payload;
    struct arena *arena;
    struct lineage *out;
    struct error *error;
    struct lineage_event answers[LIMIT_LINEAGE_ANSWERS];
    size_t answer_count;
};

static const struct event *last_event(const struct chain *chain)
{
    return &chain->out->steps[chain->out->count - 1].at.event;
}

static struct slice last_text(const struct chain *chain, enum event_field field)
{
    return last_event(chain)->text[field];
}

static void match(struct lineage_question *question, enum event_field field,
                  struct slice value)
{
    question->all[question->count++] = (struct lineage_match){field, value};
}

static int ask(struct chain *chain, const struct lineage_question *question)
{
    chain->answer_count = 0;
    return chain->ask(chain->payload, question, chain->arena, chain->answers,
                      &chain->answer_count, chain->error);
}

/* The span before the last step, with a minute for clocks that differ. */
static struct lineage_question before_last(const struct chain *chain, int64_t span_us)
{
    int64_t now_us = last_event(chain)->time_us;
    struct lineage_question question = {
        .near_us = now_us, .from_us = INT64_MIN, .until_us = INT64_MAX};
    if (now_us != EVENT_TIME_NONE) {
        question.from_us = now_us - span_us;
        question.until_us = now_us + MINUTE_US;
    }
    return question;
}

static void push(struct chain *chain, enum lineage_link link,
                 const struct lineage_event *at)
{
    chain->out->steps[chain->out->count++] = (struct lineage_step){link, *at};
}

static int end(struct chain *chain, bool reached, struct slice words)
{
    chain->out->reached = reached;
    chain->out->ending = words;
    return slice_present(words)
               ? 0
               : error_set(chain->error, ERROR_MEMORY, "out of memory");
}

/* "words TEXT words" in the arena. */
static struct slice quoted(struct chain *chain, const char *before, struct slice text,
                           const char *after)
{
    const struct slice parts[] = {slice_from(before), text, slice_from(after)};
    return arena_join(chain->arena, parts, 3);
}

/* ---- AWS ---- */

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

static const struct lineage_event *best_issuer(const struct chain *chain)
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

/* Whether a step of the chain was made with this credential already. */
static bool met_before(const struct chain *chain, const struct lineage_event *at)
{
    for (size_t i = 0; i < chain->out->count; i++) {
        const struct lineage_event *met = &chain->out->steps[i].at;
        if (met->source == at->source && met->offset == at->offset)
            return true;
    }
    return false;
}

/* The services that act for somebody who set them to work, and how. */
static const struct {
    struct slice service;
    struct slice operations[4];
} workers[] = {
    {SLICE_INIT("cloudformation.amazonaws.com"),
     {SLICE_INIT("ExecuteChangeSet"), SLICE_INIT("CreateStack"),
      SLICE_INIT("UpdateStack"), SLICE_INIT("CreateStackInstances")}},
    {SLICE_INIT("ssm.amazonaws.com"),
     {SLICE_INIT("StartAutomationExecution"), SLICE_INIT("SendCommand"),
      SLICE_INIT("StartChangeRequestExecution"), SLICE_INIT("CreateAssociation")}},
};

static bool is_order_of(size_t worker, struct slice name)
{
    for (size_t i = 0; i < sizeof workers[0].operations / sizeof(struct slice); i++) {
        if (slice_equal(workers[worker].operations[i], name))
            return true;
    }
    return false;
}

static bool is_stack_order(struct slice name)
{
    return is_order_of(0, name);
}

static bool is_systems_manager_order(struct slice name)
{
    return is_order_of(1, name);
}

static int order_of_service(struct chain *chain, struct slice service, bool *found)
{
    static bool (*const orders[])(struct slice name) = {is_stack_order,
                                                        is_systems_manager_order};
    *found = false;
    for (size_t i = 0; i < sizeof orders / sizeof orders[0]; i++) {
        if (!slice_equal(workers[i].service, service))
            continue;
        struct lineage_question question = before_last(chain, STACK_US);
        match(&question, FIELD_ACCOUNT, last_text(chain, FIELD_ACCOUNT));
        question.operation = orders[i];
        if (ask(chain, &question))
            return -1;
        for (size_t j = 0; j < chain->answer_count && !*found; j++) {
            /* An order of the service itself is another automaton's. */
            const struct lineage_event *answer = &chain->answers[j];
            if (outcome_is_attempt(answer->event.outcome) ||
                slice_equal(answer->event.text[FIELD_ACTOR], service))
                continue;
            push(chain, LINEAGE_SET_TO_WORK, answer);
            *found = true;
        }
    }
    return 0;
}

static int aws_service(struct chain *chain, struct slice service)
{
    bool found;
    if (order_of_service(chain, service, &found))
        return -1;
    if (found)
        return end(chain, false,
                   quoted(chain, "", service,
                          " did it; the nearest call before that sets it to work is "
                          "shown, which need not be the one"));
    return end(chain, false,
               quoted(chain, "", service,
                      " did it, and no call that sets it to work is in the logs"));
}

static int console_login(struct chain *chain, bool *found)
{
    struct lineage_question question = before_last(chain, CONSOLE_US);
    match(&question, FIELD_ACTOR, last_text(chain, FIELD_ACTOR));
    question.operation = is_console_login;
    *found = false;
    if (ask(chain, &question))
        return -1;
    for (size_t i = 0; i < chain->answer_count && !*found; i++) {
        if (outcome_is_attempt(chain->answers[i].event.outcome))
            continue;
        push(chain, LINEAGE_LOGIN, &chain->answers[i]);
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
static int aws_key_unknown(struct chain *chain, struct slice key)
{
    bool found;
    if (slice_starts_with(key, SLICE("AKIA")))
        return end(chain, true,
                   quoted(chain, "whoever holds the access key ", key,
                          ", first seen in these logs"));
    if (console_login(chain, &found))
        return -1;
    if (found)
        return end(chain, true,
                   SLICE("a console session: the nearest login of this identity before "
                         "it is shown"));
    if (is_instance_session(last_text(chain, FIELD_ACTOR)))
        return end(chain, false,
                   quoted(chain,
                          "an instance's own session; no AssumeRole in the logs "
                          "for the key ",
                          key, ""));
    return end(chain, false,
               quoted(chain, "no AssumeRole in the logs for the key ", key, ""));
}

static int aws_first_identity(struct chain *chain)
{
    struct slice type = last_text(chain, FIELD_ACTOR_TYPE);
    struct slice via = last_text(chain, FIELD_VIA);
    if (slice_equal(type, SLICE("SAMLUser")))
        return end(chain, true,
                   SLICE("a user of a SAML identity provider: its own log tells more"));
    if (slice_equal(type, SLICE("WebIdentityUser")))
        return end(chain, true,
                   SLICE("an identity of an OpenID Connect provider: its own log tells "
                         "more"));
    if (slice_equal(type, SLICE("AWSAccount")))
        return end(chain, false,
                   SLICE("a caller of another account: only that account's log names "
                         "it"));
    if (slice_present(via))
        return aws_service(chain, via);
    if (slice_equal(type, SLICE("AWSService")))
        return aws_service(chain, last_text(chain, FIELD_ACTOR));
    return end(chain, false, SLICE("the record names no credential"));
}

/* 1: a step was added, go on; 0: the chain has ended. */
static int aws_step(struct chain *chain)
{
    struct slice key = last_text(chain, FIELD_CREDENTIAL);
    struct lineage_question question = {
        .near_us = EVENT_TIME_NONE, .from_us = INT64_MIN, .until_us = INT64_MAX};
    if (slice_blank(key))
        return aws_first_identity(chain);
    match(&question, FIELD_ISSUED, key);
    if (ask(chain, &question))
        return -1;
    const struct lineage_event *issuer = best_issuer(chain);
    if (!issuer)
        return aws_key_unknown(chain, key);
    if (met_before(chain, issuer))
        return end(chain, false, SLICE("the chain comes back to itself: stopped"));
    if (!makes_key(&issuer->event)) {
        push(chain, LINEAGE_ISSUED, issuer);
        return 1;
    }
    push(chain, LINEAGE_MADE_KEY, issuer);
    return end(chain, true,
               quoted(chain, "whoever holds the access key ", key,
                      ", which was made in these logs"));
}

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
static int gcp_delegation(struct chain *chain, struct slice delegate)
{
    struct slice account = last_text(chain, FIELD_ACTOR);
    struct lineage_question question = before_last(chain, TOKEN_US);
    match(&question, FIELD_ACTOR, delegate);
    question.operation = is_token_call;
    if (ask(chain, &question))
        return -1;
    for (size_t i = 0; i < chain->answer_count; i++) {
        const struct lineage_event *answer = &chain->answers[i];
        if (outcome_is_attempt(answer->event.outcome) ||
            slice_find_nocase(answer->event.text[FIELD_RESOURCE], account) < 0 ||
            met_before(chain, answer))
            continue;
        push(chain, LINEAGE_DELEGATED, answer);
        return 1;
    }
    return end(chain, true,
               quoted(chain, "the record itself says that ", delegate,
                      " took this identity; no token call is in the logs, which Data "
                      "Access logs would show"));
}

static int gcp_key(struct chain *chain, struct slice key)
{
    struct lineage_question question = {
        .near_us = EVENT_TIME_NONE, .from_us = INT64_MIN, .until_us = INT64_MAX};
    match(&question, FIELD_ISSUED, key);
    if (ask(chain, &question))
        return -1;
    const struct lineage_event *maker = best_issuer(chain);
    if (!maker)
        return end(
            chain, true,
            quoted(chain, "whoever holds the key ", key, ", first seen in these logs"));
    push(chain, LINEAGE_MADE_KEY, maker);
    return end(
        chain, true,
        quoted(chain, "whoever holds the key ", key, ", which was made in these logs"));
}

static int gcp_step(struct chain *chain)
{
    struct slice via = last_text(chain, FIELD_VIA);
    struct slice key = last_text(chain, FIELD_CREDENTIAL);
    struct slice actor = last_text(chain, FIELD_ACTOR);
    if (!slice_blank(via) && !slice_equal(via, actor))
        return gcp_delegation(chain, via);
    if (!slice_blank(key))
        return gcp_key(chain, key);
    if (slice_ends_with(actor, SLICE(".gserviceaccount.com")))
        return end(chain, false,
                   SLICE("a service account without a key or a delegation in the "
                         "record: a workload that it is attached to"));
    return end(chain, !slice_blank(actor),
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
static int azure_name(struct chain *chain, struct slice principal, bool *found)
{
    struct lineage_question question = before_last(chain, DAY_US);
    question.from_us = INT64_MIN;
    question.until_us = INT64_MAX;
    match(&question, FIELD_ACTOR_ID, principal);
    *found = false;
    if (slice_blank(principal))
        return 0;
    if (ask(chain, &question))
        return -1;
    for (size_t i = 0; i < chain->answer_count && !*found; i++) {
        if (!is_name_of(&chain->answers[i].event, principal))
            continue;
        push(chain, LINEAGE_NAMED, &chain->answers[i]);
        *found = true;
    }
    return 0;
}

static int azure_step(struct chain *chain)
{
    struct slice token = last_text(chain, FIELD_CREDENTIAL);
    struct slice actor = last_text(chain, FIELD_ACTOR);
    struct slice id = last_text(chain, FIELD_ACTOR_ID);
    struct lineage_question question = {
        .near_us = EVENT_TIME_NONE, .from_us = INT64_MIN, .until_us = INT64_MAX};
    bool found = false;
    if (!slice_blank(token)) {
        match(&question, FIELD_ISSUED, token);
        if (ask(chain, &question))
            return -1;
        const struct lineage_event *sign_in = best_issuer(chain);
        if (sign_in) {
            push(chain, LINEAGE_ISSUED, sign_in);
            return end(chain, true, SLICE("the sign-in that gave out this token"));
        }
    }
    if (slice_equal(last_text(chain, FIELD_ACTOR_TYPE), SLICE("User")))
        return end(chain, true,
                   SLICE("a user; no sign-in record of this token is in the logs"));
    if (azure_name(chain, slice_blank(id) ? actor : id, &found))
        return -1;
    if (found)
        return end(chain, true, SLICE("an application, named by another record"));
    return end(chain, false,
               SLICE("an application or managed identity: no record in the logs gives "
                     "its name"));
}

/* ---- devices ---- */

int lineage_sighting_kind(struct slice operation)
{
    if (slice_ends_with_nocase(operation, SLICE("-LOGIN_SUCCESS")) ||
        slice_ends_with_nocase(operation, SLICE("UI_LOGIN_EVENT")))
        return 0;
    return slice_ends_with_nocase(operation, SLICE("CONFIG_I")) ||
                   slice_ends_with_nocase(operation, SLICE("-CONFIG_P"))
               ? 1
               : -1;
}

static bool is_sighting(struct slice operation)
{
    return lineage_sighting_kind(operation) >= 0;
}

/* The nearest sighting of a kind within a span after (or before) the command. */
static ptrdiff_t nearest(const struct lineage_sighting *list, size_t count,
                         int64_t time_us, bool configured, int64_t span_us)
{
    ptrdiff_t best = -1;
    int64_t least = span_us;
    for (size_t i = 0; i < count; i++) {
        int64_t distance =
            configured ? list[i].time_us - time_us : time_us - list[i].time_us;
        if (list[i].configured != configured || list[i].time_us == EVENT_TIME_NONE ||
            distance < 0 || distance > least)
            continue;
        if (best < 0 || distance < least)
            best = (ptrdiff_t)i;
        least = distance;
    }
    return best;
}

ptrdiff_t lineage_pick_sighting(const struct lineage_sighting *list, size_t count,
                                int64_t time_us)
{
    if (time_us == EVENT_TIME_NONE)
        return -1;
    ptrdiff_t picked = nearest(list, count, time_us, true, NOTICE_US);
    if (picked < 0)
        picked = nearest(list, count, time_us, false, DAY_US);
    return picked < 0 ? nearest(list, count, time_us, true, DAY_US) : picked;
}

static int device_sightings(struct chain *chain)
{
    struct lineage_question question = before_last(chain, DAY_US);
    if (question.from_us != INT64_MIN)
        question.until_us = question.near_us + DAY_US;
    match(&question, FIELD_ACCOUNT, last_text(chain, FIELD_ACCOUNT));
    match(&question, FIELD_ACTOR, last_text(chain, FIELD_ACTOR));
    question.operation = is_sighting;
    return ask(chain, &question);
}

static int device_step(struct chain *chain)
{
    struct lineage_sighting sightings[LIMIT_LINEAGE_ANSWERS];
    size_t count = 0, places[LIMIT_LINEAGE_ANSWERS];
    if (slice_blank(last_text(chain, FIELD_ACTOR)))
        return end(chain, false, SLICE("the line names no user"));
    if (device_sightings(chain))
        return -1;
    for (size_t i = 0; i < chain->answer_count; i++) {
        const struct event *event = &chain->answers[i].event;
        if (slice_blank(event->text[FIELD_SOURCE_IP]))
            continue;
        places[count] = i;
        sightings[count++] = (struct lineage_sighting){
            event->time_us, lineage_sighting_kind(event->text[FIELD_OPERATION]) == 1};
    }
    ptrdiff_t picked =
        lineage_pick_sighting(sightings, count, last_event(chain)->time_us);
    if (picked >= 0)
        push(chain, sightings[picked].configured ? LINEAGE_CONFIGURED : LINEAGE_LOGIN,
             &chain->answers[places[picked]]);
    if (picked >= 0)
        return end(chain, true, SLICE("a user of the device"));
    return end(chain, true,
               slice_blank(last_text(chain, FIELD_SOURCE_IP))
                   ? SLICE("a user of the device; no login or notice near it tells an "
                           "address")
                   : SLICE("a user of the device; the line itself tells the address"));
}

/* ---- the chain ---- */

static int step(struct chain *chain)
{
    switch (last_event(chain)->provider) {
    case PROVIDER_AWS:
        return aws_step(chain);
    case PROVIDER_GCP:
        return gcp_step(chain);
    case PROVIDER_AZURE:
        return azure_step(chain);
    default:
        break;
    }
    if (provider_is_device(last_event(chain)->provider))
        return device_step(chain);
    return end(chain, false,
               SLICE("the logs of this provider do not tell where a credential is "
                     "from"));
}

int lineage_build(const struct lineage_event *act, lineage_ask ask_caller,
                  void *payload, struct arena *arena, struct lineage *out,
                  struct error *error)
{
    struct chain *chain = arena_alloc(arena, sizeof *chain);
    *out = (struct lineage){.count = 0};
    if (!chain)
        return error_set(error, ERROR_MEMORY, "out of memory");
    *chain = (struct chain){.ask = ask_caller,
                            .payload = payload,
                            .arena = arena,
                            .out = out,
                            .error = error};
    push(chain, LINEAGE_ACT, act);
    int result = 1;
    /* A step may add one for its link and one that is a guess. */
    while (result > 0 && out->count < LIMIT_LINEAGE_STEPS - 1)
        result = step(chain);
    if (result > 0)
        result = end(chain, false, SLICE("more steps than are followed"));
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
