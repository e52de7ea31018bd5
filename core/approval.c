#include "config.h"

#include "core/approval.h"

#include "core/address.h"
#include "core/escape.h"
#include "core/glob.h"

struct selector_info {
    const char *name;
    bool anchor;
};

static const struct selector_info selectors[APPROVAL_SELECTOR_COUNT] = {
#define X(identifier, name, anchor) [identifier] = {#name, anchor},
    APPROVAL_SELECTORS(X)
#undef X
};

const char *approval_selector_name(enum approval_selector selector)
{
    return selectors[selector].name;
}

int approval_selector_from_name(struct slice name)
{
    for (int i = 0; i < APPROVAL_SELECTOR_COUNT; i++) {
        if (slice_equal(slice_from(selectors[i].name), name))
            return i;
    }
    return -1;
}

/* --- what an approval must contain --------------------------------------------- */

static int check_addresses(struct slice pattern, struct error *error)
{
    while (slice_present(pattern)) {
        struct slice part = slice_trim(slice_cut(&pattern, '|'));
        struct address_block block;
        if (!address_block_parse(part, &block))
            return error_set(error, ERROR_SYNTAX,
                             "the address selector takes addresses and CIDR blocks");
    }
    return 0;
}

/* A pattern of stars alone selects nothing in particular. */
static bool says_something(struct slice pattern)
{
    for (size_t i = 0; i < pattern.length; i++) {
        if (pattern.data[i] != '*' && pattern.data[i] != ' ')
            return true;
    }
    return false;
}

int approval_validate(const struct approval *approval, struct error *error)
{
    size_t count = 0;
    bool anchored = false;
    for (int i = 0; i < APPROVAL_SELECTOR_COUNT; i++) {
        if (!slice_present(approval->selector[i]))
            continue;
        count++;
        anchored |= selectors[i].anchor && says_something(approval->selector[i]);
    }
    if (count < 2)
        return error_set(error, ERROR_SYNTAX,
                         "an approval needs at least two selectors, such as actor and "
                         "account");
    if (!anchored)
        return error_set(error, ERROR_SYNTAX,
                         "one selector must be actor, credential, address, mirrored, "
                         "destination, mirror or device, and more than `*`");
    if (slice_present(approval->selector[SELECT_ADDRESS]) &&
        check_addresses(approval->selector[SELECT_ADDRESS], error))
        return -1;
    bool open_end = approval->end_us == EVENT_TIME_NONE;
    if (open_end && (!slice_present(approval->selector[SELECT_ACTOR]) ||
                     !slice_present(approval->selector[SELECT_DESTINATION]) ||
                     approval->review_us == EVENT_TIME_NONE))
        return error_set(error, ERROR_SYNTAX,
                         "an approval needs an end; without one it needs actor, "
                         "destination and a date for review");
    if (!open_end && approval->start_us != EVENT_TIME_NONE &&
        approval->start_us > approval->end_us)
        return error_set(error, ERROR_SYNTAX, "the window ends before it starts");
    if (slice_blank(slice_trim(approval->ticket)) &&
        slice_blank(slice_trim(approval->reason)))
        return error_set(error, ERROR_SYNTAX, "an approval needs a ticket or a reason");
    return 0;
}

/* --- matching ------------------------------------------------------------------ */

static struct slice subject_text(enum approval_selector selector,
                                 const struct operation *operation)
{
    static const int fields[APPROVAL_SELECTOR_COUNT] = {
        [SELECT_ACCOUNT] = FIELD_ACCOUNT,
        [SELECT_REGION] = FIELD_REGION,
        [SELECT_ACTOR] = FIELD_ACTOR,
        [SELECT_CREDENTIAL] = FIELD_CREDENTIAL,
        [SELECT_ADDRESS] = FIELD_SOURCE_IP,
        [SELECT_OPERATION] = FIELD_OPERATION,
        [SELECT_VIA] = FIELD_VIA,
        [SELECT_MIRRORED] = FIELD_MIRRORED,
        [SELECT_DESTINATION] = FIELD_DESTINATION,
        [SELECT_MIRROR] = FIELD_MIRROR,
        [SELECT_RESOURCE] = FIELD_RESOURCE,
        [SELECT_DEVICE] = FIELD_ACCOUNT,
    };
    const struct event *event = &operation->event;
    switch (selector) {
    case SELECT_PROVIDER:
        return slice_from(provider_name(event->provider));
    case SELECT_LIFECYCLE:
        return slice_from(lifecycle_name(operation->lifecycle));
    case SELECT_RULE:
        return operation->rules;
    case SELECT_DEVICE:
        return provider_is_device(event->provider) ? event->text[FIELD_ACCOUNT]
                                                   : SLICE_NONE;
    default:
        return event->text[fields[selector]];
    }
}

static bool part_matches(enum approval_selector selector, struct slice part,
                         struct slice subject)
{
    if (selector == SELECT_ADDRESS) {
        struct address_block block;
        struct address address;
        return address_block_parse(part, &block) && address_parse(subject, &address) &&
               address_in_block(&address, &block);
    }
    if (selector != SELECT_RULE)
        return glob_match(part, subject);
    while (slice_present(subject)) {
        if (glob_match(part, slice_cut(&subject, ';')))
            return true;
    }
    return false;
}

static bool pattern_matches(enum approval_selector selector, struct slice pattern,
                            struct slice subject)
{
    if (!slice_present(subject))
        return false;
    while (slice_present(pattern)) {
        if (part_matches(selector, slice_trim(slice_cut(&pattern, '|')), subject))
            return true;
    }
    return false;
}

static bool selector_matches(const struct approval *approval,
                             enum approval_selector selector,
                             const struct operation *operation)
{
    struct slice pattern = approval->selector[selector];
    if (pattern_matches(selector, pattern, subject_text(selector, operation)))
        return true;
    /* The call names a target; the ledger knows what is behind it. */
    struct slice names =
        selector == SELECT_DESTINATION ? operation->destination_ids : SLICE_NONE;
    while (slice_present(names)) {
        if (pattern_matches(selector, pattern, slice_cut(&names, ';')))
            return true;
    }
    return false;
}

/* A foreign destination is covered only by an entry that names it. */
static bool leaves_foreign_unnamed(const struct approval *approval,
                                   const struct operation *operation)
{
    return operation->foreign &&
           !says_something(approval->selector[SELECT_DESTINATION]);
}

/* "14 minutes", the largest unit that leaves a number of one or more. */
static struct slice span_text(int64_t us, struct arena *arena)
{
    static const struct {
        const char *name;
        int64_t seconds;
    } units[] = {{"day", 86400}, {"hour", 3600}, {"minute", 60}, {"second", 1}};
    int64_t seconds = (us + 999999) / 1000000;
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        long long number = (long long)(seconds / units[i].seconds);
        if (number)
            return arena_printf(arena, "%lld %s%s", number, units[i].name,
                                number == 1 ? "" : "s");
    }
    return SLICE("a moment");
}

static bool window_holds(const struct approval *approval, int64_t time_us)
{
    return time_us != EVENT_TIME_NONE &&
           (approval->start_us == EVENT_TIME_NONE || time_us >= approval->start_us) &&
           (approval->end_us == EVENT_TIME_NONE || time_us <= approval->end_us);
}

/* By how much a time that the window does not hold lies outside of it. */
static struct slice window_miss(const struct approval *approval, int64_t time_us,
                                struct arena *arena)
{
    if (time_us == EVENT_TIME_NONE)
        return SLICE("the event has no time");
    bool after = approval->end_us != EVENT_TIME_NONE && time_us > approval->end_us;
    struct slice span = span_text(
        after ? time_us - approval->end_us : approval->start_us - time_us, arena);
    return arena_printf(arena, "%.*s %s its window", (int)span.length, span.data,
                        after ? "after" : "before");
}

static struct slice differs(enum approval_selector selector,
                            const struct operation *operation, struct arena *arena)
{
    enum { QUOTED_MAX = 80 };
    struct slice subject = subject_text(selector, operation);
    if (!slice_present(subject))
        return arena_printf(arena, "%s is not known", selectors[selector].name);
    struct slice safe = escape_text_limited(arena, subject, QUOTED_MAX);
    return arena_printf(arena, "%s %.*s differs", selectors[selector].name,
                        (int)safe.length, safe.data);
}

enum approval_fit approval_check(const struct approval *approval,
                                 const struct operation *operation, struct arena *arena,
                                 struct slice *why)
{
    int64_t time_us = operation->event.time_us;
    bool outside = !window_holds(approval, time_us);
    enum approval_selector missed = APPROVAL_SELECTOR_COUNT;
    int misses = outside, anchors = 0;
    *why = SLICE_NONE;
    if (!approval->enabled)
        return APPROVAL_NO;
    for (int i = 0; i < APPROVAL_SELECTOR_COUNT && misses < 2; i++) {
        enum approval_selector selector = (enum approval_selector)i;
        if (!slice_present(approval->selector[i]))
            continue;
        if (selector_matches(approval, selector, operation)) {
            anchors += selectors[i].anchor;
        } else {
            misses++;
            missed = selector;
        }
    }
    if (misses == 0 && leaves_foreign_unnamed(approval, operation)) {
        *why = SLICE("its destination is foreign and not named in it");
        return APPROVAL_NEAR_MISS;
    }
    if (misses == 0)
        return APPROVAL_COVERS;
    if (misses > 1 || anchors == 0)
        return APPROVAL_NO;
    *why = outside ? window_miss(approval, time_us, arena)
                   : differs(missed, operation, arena);
    return APPROVAL_NEAR_MISS;
}

/* --- proposing ----------------------------------------------------------------- */

/* A value as a pattern that matches it alone is not possible where it holds `*` or `|`,
 * or blanks at its ends: then nothing is proposed for it. */
static struct slice literal(struct slice value)
{
    bool plain = slice_index(value, '*') < 0 && slice_index(value, '|') < 0 &&
                 slice_trim(value).length == value.length;
    return plain ? value : SLICE_NONE;
}

static bool has_anchor(const struct approval *approval)
{
    for (int i = 0; i < APPROVAL_SELECTOR_COUNT; i++) {
        if (selectors[i].anchor && slice_present(approval->selector[i]))
            return true;
    }
    return false;
}

static bool shared(const struct operation *operations, size_t count,
                   enum approval_selector selector, struct slice *out)
{
    *out = subject_text(selector, &operations[0]);
    for (size_t i = 1; i < count; i++) {
        if (!slice_equal(*out, subject_text(selector, &operations[i])))
            return false;
    }
    return true;
}

int approval_propose(const struct operation *operations, size_t count,
                     struct arena *arena, struct approval *out, struct error *error)
{
    static const enum approval_selector taken[] = {SELECT_PROVIDER,    SELECT_ACCOUNT,
                                                   SELECT_ACTOR,       SELECT_MIRRORED,
                                                   SELECT_DESTINATION, SELECT_DEVICE};
    *out = (struct approval){.enabled = true,
                             .start_us = EVENT_TIME_NONE,
                             .end_us = EVENT_TIME_NONE,
                             .created_us = EVENT_TIME_NONE,
                             .review_us = EVENT_TIME_NONE};
    if (!count)
        return error_set(error, ERROR_SYNTAX, "there is no operation to approve");
    for (size_t i = 0; i < sizeof taken / sizeof taken[0]; i++) {
        struct slice value;
        if (shared(operations, count, taken[i], &value) && !slice_blank(value))
            out->selector[taken[i]] = arena_copy(arena, literal(value));
        else if (taken[i] == SELECT_ACTOR &&
                 !shared(operations, count, taken[i], &value))
            return error_set(error, ERROR_SYNTAX, "their actors differ");
    }
    if (!has_anchor(out))
        return error_set(error, ERROR_SYNTAX,
                         "they share no actor, mirrored object, destination or device");
    /* The device is the account of device operations: once is enough. */
    if (slice_present(out->selector[SELECT_DEVICE]))
        out->selector[SELECT_ACCOUNT] = SLICE_NONE;
    for (size_t i = 0; i < count; i++) {
        int64_t time_us = operations[i].event.time_us;
        if (time_us == EVENT_TIME_NONE)
            return error_set(error, ERROR_SYNTAX,
                             "an operation without a time cannot be approved");
        if (out->start_us == EVENT_TIME_NONE || time_us < out->start_us)
            out->start_us = time_us;
        if (out->end_us == EVENT_TIME_NONE || time_us > out->end_us)
            out->end_us = time_us;
    }
    return 0;
}
