#include "config.h"

#include "core/event.h"

const struct event_field_info event_fields[EVENT_FIELD_COUNT] = {
#define X(identifier, name, kept) [identifier] = {#name, kept},
    EVENT_FIELDS(X)
#undef X
};

#define X(identifier, text) text,
static const char *const provider_names[] = {PROVIDERS(X)};
static const char *const lifecycle_names[] = {LIFECYCLES(X)};
static const char *const outcome_names[] = {OUTCOMES(X)};
static const char *const time_quality_names[] = {TIME_QUALITIES(X)};
static const char *const severity_names[] = {SEVERITIES(X)};
static const char *const confidence_names[] = {CONFIDENCES(X)};
#undef X

void event_clear(struct event *event)
{
    *event = (struct event){.time_us = EVENT_TIME_NONE};
}

/* Numbers come from a case file too, so they are not trusted to be in range. */
static const char *name_of(const char *const *names, int count, int number)
{
    return number >= 0 && number < count ? names[number] : "";
}

static int number_of(const char *const *names, int count, struct slice name)
{
    for (int i = 0; i < count; i++) {
        if (names[i][0] && slice_equal_nocase(slice_from(names[i]), name))
            return i;
    }
    return -1;
}

#define NAMED(type, TYPE)                                                              \
    const char *type##_name(enum type number)                                          \
    {                                                                                  \
        return name_of(type##_names, TYPE##_COUNT, (int)number);                       \
    }
#define NUMBERED(type, TYPE)                                                           \
    int type##_from_name(struct slice name)                                            \
    {                                                                                  \
        return number_of(type##_names, TYPE##_COUNT, name);                            \
    }

NAMED(provider, PROVIDER)
NAMED(lifecycle, LIFECYCLE)
NAMED(outcome, OUTCOME)
NAMED(time_quality, TIME_QUALITY)
NAMED(severity, SEVERITY)
NAMED(confidence, CONFIDENCE)
NUMBERED(provider, PROVIDER)
NUMBERED(lifecycle, LIFECYCLE)
NUMBERED(outcome, OUTCOME)
NUMBERED(severity, SEVERITY)
NUMBERED(confidence, CONFIDENCE)

int event_field_from_name(struct slice name)
{
    for (int i = 0; i < EVENT_FIELD_COUNT; i++) {
        if (slice_equal(slice_from(event_fields[i].name), name))
            return i;
    }
    return -1;
}

bool outcome_is_attempt(enum outcome outcome)
{
    return outcome == OUTCOME_FAILURE || outcome == OUTCOME_DENIED ||
           outcome == OUTCOME_DRY_RUN;
}

bool provider_is_device(enum provider provider)
{
    return provider >= PROVIDER_CISCO_IOS && provider <= PROVIDER_LINUX;
}

const char *time_quality_doubt(enum time_quality quality)
{
    static const char *const doubts[TIME_QUALITY_COUNT] = {
        [TIME_ZONE_ASSUMED] = "its zone is assumed",
        [TIME_YEAR_INFERRED] = "its year is inferred",
        [TIME_DAY_MONTH_AMBIGUOUS] = "day and month may be exchanged",
        [TIME_UPTIME_ONLY] = "of a device that knew its uptime alone",
        [TIME_RECEIVER_CLOCK] = "by the receiver's clock",
    };
    return quality < TIME_QUALITY_COUNT && doubts[quality] ? doubts[quality] : "";
}
