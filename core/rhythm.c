#include "config.h"

#include "core/rhythm.h"

/* 9999-12-31: what timestamp_format prints. */
static const int64_t LAST_TIME_US = INT64_C(253402300799999999);

/* Steps of at most this many doublings divide a day. */
enum { DAY_DOUBLINGS = 5, DAYS_NEEDED = 2 };
static const int64_t DAY_US = INT64_C(86400000000);

void rhythm_init(struct rhythm *rhythm)
{
    *rhythm = (struct rhythm){.first_us = EVENT_TIME_NONE, .last_us = EVENT_TIME_NONE};
}

static int64_t step_of(const struct rhythm *rhythm, int64_t time_us)
{
    return time_us / rhythm_step_us(rhythm);
}

/* The counts in use: from the first event's step to the last one's. */
static size_t used(const struct rhythm *rhythm)
{
    return rhythm->events ? (size_t)(step_of(rhythm, rhythm->last_us) -
                                     step_of(rhythm, rhythm->first_us) + 1)
                          : 0;
}

static void double_steps(struct rhythm *rhythm, size_t count)
{
    int64_t base = rhythm->base / 2;
    for (size_t i = 0; i < count; i++) {
        uint32_t value = rhythm->counts[i];
        rhythm->counts[i] = 0;
        rhythm->counts[(rhythm->base + (int64_t)i) / 2 - base] += value;
    }
    rhythm->base = base;
    rhythm->doublings++;
}

/* Widens the span to hold the time. */
static void make_room(struct rhythm *rhythm, int64_t first_us, int64_t last_us)
{
    size_t count = used(rhythm);
    while (step_of(rhythm, last_us) - step_of(rhythm, first_us) >= RHYTHM_STEPS) {
        double_steps(rhythm, count);
        count = used(rhythm);
    }
    int64_t begin = step_of(rhythm, first_us);
    if (begin < rhythm->base) {
        size_t shift = (size_t)(rhythm->base - begin);
        memmove(rhythm->counts + shift, rhythm->counts, count * sizeof(uint32_t));
        memset(rhythm->counts, 0, (shift < count ? shift : count) * sizeof(uint32_t));
        rhythm->base = begin;
    }
}

void rhythm_add(struct rhythm *rhythm, int64_t time_us)
{
    if (time_us < 0 || time_us > LAST_TIME_US)
        return;
    if (!rhythm->events) {
        rhythm->first_us = rhythm->last_us = time_us;
        rhythm->base = step_of(rhythm, time_us);
    } else if (time_us < rhythm->first_us || time_us > rhythm->last_us) {
        int64_t first_us = time_us < rhythm->first_us ? time_us : rhythm->first_us;
        int64_t last_us = time_us > rhythm->last_us ? time_us : rhythm->last_us;
        make_room(rhythm, first_us, last_us);
        rhythm->first_us = first_us;
        rhythm->last_us = last_us;
    }
    uint32_t *count = &rhythm->counts[step_of(rhythm, time_us) - rhythm->base];
    *count += *count < UINT32_MAX;
    rhythm->events++;
}

/* ---- gaps ---- */

struct silence {
    size_t from, until; /* steps, until not included */
};

/* How likely the step was to be active, by the same time of other days; -1 where there
 * are too few of them. */
static double share_of_days(const struct rhythm *rhythm, size_t count, size_t day,
                            const struct silence *silence, size_t step)
{
    size_t days = 0, active = 0;
    for (size_t at = step % day; at < count; at += day) {
        if (at >= silence->from && at < silence->until)
            continue;
        days++;
        active += rhythm->counts[at] > 0;
    }
    return days < DAYS_NEEDED ? -1 : (double)active / (double)days;
}

static bool is_gap(const struct rhythm *rhythm, size_t count, size_t active,
                   const struct silence *silence)
{
    size_t length = silence->until - silence->from;
    double overall = (double)active / (double)(count - length), expected = 0;
    size_t day = rhythm->doublings <= DAY_DOUBLINGS
                     ? (size_t)(DAY_US / rhythm_step_us(rhythm))
                     : 0;
    for (size_t i = silence->from; i < silence->until; i++) {
        double share = day ? share_of_days(rhythm, count, day, silence, i) : -1;
        expected += share < 0 ? overall : share;
    }
    return expected >= RHYTHM_EXPECTED;
}

size_t rhythm_gaps(const struct rhythm *rhythm, struct rhythm_gap *out, size_t limit)
{
    size_t count = used(rhythm), active = 0, found = 0;
    for (size_t i = 0; i < count; i++)
        active += rhythm->counts[i] > 0;
    for (size_t i = 0; i < count; i++) {
        struct silence silence = {i, i};
        while (silence.until < count && !rhythm->counts[silence.until])
            silence.until++;
        if (silence.until == i)
            continue;
        if (is_gap(rhythm, count, active, &silence)) {
            int64_t step = rhythm_step_us(rhythm);
            if (found < limit)
                out[found] =
                    (struct rhythm_gap){(rhythm->base + (int64_t)silence.from) * step,
                                        (rhythm->base + (int64_t)silence.until) * step};
            found++;
        }
        i = silence.until;
    }
    return found;
}

void rhythm_columns(const struct rhythm *rhythm, int64_t from_us, int64_t until_us,
                    uint64_t *out, size_t columns)
{
    size_t count = used(rhythm);
    memset(out, 0, columns * sizeof *out);
    if (!columns || until_us < from_us)
        return;
    int64_t width = (until_us - from_us) / (int64_t)columns + 1;
    for (size_t i = 0; i < count; i++) {
        int64_t time_us = (rhythm->base + (int64_t)i) * rhythm_step_us(rhythm);
        /* The first step may begin before its first event, and the span with it. */
        if (time_us < from_us)
            time_us += rhythm_step_us(rhythm) - 1;
        if (time_us < from_us)
            continue;
        size_t column = (size_t)((time_us - from_us) / width);
        if (column < columns)
            out[column] += rhythm->counts[i];
    }
}
