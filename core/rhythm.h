/*
 * rhythm.h - how busy a source was over time, and where its logs have gaps.
 *
 * A histogram of bounded size that fits itself to whatever span its events have: steps
 * of five minutes, doubled until all events fit.  The same whatever the order of the
 * events.
 *
 * A silence is a gap where the source's own rhythm lets one expect at least
 * RHYTHM_EXPECTED active steps in it.  How likely a step is to be active is the share
 * of the other days on which the same time of the day was; with fewer than two other
 * days, or with steps longer than a part of the day, the share of all other steps.  So
 * nights and sparse sources make no gaps, and an hour missing from a busy account does.
 * Silence before the first and after the last event is none: their times say that.
 * A weekend of a source that sleeps at weekends counts as a gap.
 */
#ifndef CORE_RHYTHM_H
#define CORE_RHYTHM_H

#include "core/event.h"

enum { RHYTHM_STEPS = 2048, RHYTHM_EXPECTED = 8 };
#define RHYTHM_STEP_US INT64_C(300000000)

struct rhythm {
    uint64_t events;
    int64_t first_us, last_us; /* EVENT_TIME_NONE: no event */
    unsigned doublings;        /* a step is RHYTHM_STEP_US << doublings */
    int64_t base;              /* counts[i] is of step base + i since 1970 */
    uint32_t counts[RHYTHM_STEPS];
};

void rhythm_init(struct rhythm *rhythm);
/* Times outside the years 1970 to 9999 are passed over. */
void rhythm_add(struct rhythm *rhythm, int64_t time_us);

static inline int64_t rhythm_step_us(const struct rhythm *rhythm)
{
    return RHYTHM_STEP_US << rhythm->doublings;
}

/* From the end of the last active step before to the begin of the first one after. */
struct rhythm_gap {
    int64_t from_us, until_us;
};
/* In order of time, at most `limit`; returns how many there are. */
size_t rhythm_gaps(const struct rhythm *rhythm, struct rhythm_gap *out, size_t limit);

/* Events by equal columns between two times: what a grid shows of it. */
void rhythm_columns(const struct rhythm *rhythm, int64_t from_us, int64_t until_us,
                    uint64_t *out, size_t columns);

#endif
