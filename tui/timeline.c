#include "config.h"

#include "tui/timeline.h"

#define SECOND INT64_C(1000000)
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

/* Lengths that people count in; the shortest is the resolution of most logs. */
static const int64_t steps[] = {
    SECOND,     2 * SECOND, 5 * SECOND,  10 * SECOND, 30 * SECOND, MINUTE,
    2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 20 * MINUTE, HOUR,        2 * HOUR,
    6 * HOUR,   12 * HOUR,  DAY,         2 * DAY,     7 * DAY,     14 * DAY,
    28 * DAY,   91 * DAY,   182 * DAY,   364 * DAY,   3640 * DAY,
};
enum { STEP_COUNT = sizeof steps / sizeof steps[0] };

/* Down to a multiple of the step, before 1970 as well. */
static int64_t floor_to(int64_t time_us, int64_t step_us)
{
    int64_t rest = time_us % step_us;
    return time_us - (rest < 0 ? rest + step_us : rest);
}

static struct zoom_level level_of(int64_t first_us, int64_t last_us)
{
    struct zoom_level level = {.count = 0};
    for (size_t i = 0; i < STEP_COUNT; i++) {
        level.step_us = steps[i];
        level.from_us = floor_to(first_us, steps[i]);
        uint64_t span = (uint64_t)last_us - (uint64_t)level.from_us;
        level.count = (size_t)(span / (uint64_t)steps[i]) + 1;
        if (level.count <= STEPS_MAX)
            return level;
    }
    level.count = STEPS_MAX; /* stamps that are no dates: the first 600 years */
    return level;
}

void zoom_whole(struct zoom *zoom, int64_t first_us, int64_t last_us)
{
    struct zoom_level level = {.count = 0};
    if (first_us <= last_us && first_us != INT64_MIN)
        level = level_of(first_us, last_us);
    const struct zoom_level *known = &zoom->levels[0];
    if (zoom->depth && known->from_us == level.from_us &&
        known->step_us == level.step_us) {
        zoom->levels[0].count = level.count;
        return;
    }
    zoom->levels[0] = level;
    zoom->depth = 1;
}

bool zoom_in(struct zoom *zoom, uint64_t step)
{
    struct zoom_level *level = &zoom->levels[zoom->depth - 1];
    if (zoom->depth == ZOOM_DEPTH || level->step_us <= steps[0] || step >= level->count)
        return false;
    level->cursor = step;
    int64_t from_us = level->from_us + (int64_t)step * level->step_us;
    zoom->levels[zoom->depth++] = level_of(from_us, from_us + level->step_us - 1);
    return true;
}

bool zoom_out(struct zoom *zoom)
{
    if (zoom->depth < 2)
        return false;
    zoom->depth--;
    return true;
}

const struct zoom_level *zoom_now(const struct zoom *zoom)
{
    return zoom->depth ? &zoom->levels[zoom->depth - 1] : NULL;
}
