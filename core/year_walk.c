#include "config.h"

#include "core/year_walk.h"

#include <stdlib.h>

#include "core/time_cursor.h"

/*
 * A moment is a number of seconds since the walk's year 0, all years having 365 days
 * (Feb 29 counts as Mar 1).  Year 0 is not known until the end.
 */
#define DAY ((int64_t)SECONDS_PER_DAY)
#define YEAR (365 * DAY)
#define LATE (7 * DAY)

enum { FEBRUARY_ENDS = 59, HOST_SLOTS = 2 * LIMIT_WALK_HOSTS };

enum direction { OLDEST_FIRST, NEWEST_FIRST, DIRECTIONS };

struct stretch {
    uint64_t offset;
    unsigned chain; /* stretches of one chain share their year 0 */
    int64_t first, newest;
};

/* The walk under the assumption of one direction. */
struct path {
    struct stretch stretches[LIMIT_WALK_STRETCHES];
    size_t count;
    bool failed;
    int64_t last; /* the moment of the line before */
};

struct host {
    uint64_t name; /* its hash, 0: a free slot */
    int64_t second;
    int64_t moment[DIRECTIONS];
    unsigned chain[DIRECTIONS]; /* 0: not met */
};

struct year_walk {
    struct path paths[DIRECTIONS];
    struct host hosts[HOST_SLOTS];
    size_t host_count;
    uint64_t rises, falls; /* from a line to the next of the same host */
    struct time_stretch result[LIMIT_WALK_STRETCHES];
};

struct year_walk *year_walk_new(void)
{
    return calloc(1, sizeof(struct year_walk));
}

void year_walk_free(struct year_walk *walk)
{
    free(walk);
}

/* ---- moments ---- */

static int64_t floor_divide(int64_t number, int64_t by)
{
    return number / by - (number % by < 0);
}

static int64_t second_of_year(int64_t time_us)
{
    struct civil civil;
    time_civil_from_us(time_us, &civil);
    int64_t day =
        timestamp_days(2001, civil.month, civil.day) - timestamp_days(2001, 1, 1);
    return day * DAY + civil.hour * 3600 + civil.minute * 60 + civil.second;
}

/* In the first year, or the last, in which it is not too late for the moment before. */
static int64_t place(int64_t second, int64_t before, enum direction direction)
{
    int64_t year = direction == OLDEST_FIRST
                       ? -floor_divide(second - (before - LATE), YEAR)
                       : floor_divide(before + LATE - second, YEAR);
    return year * YEAR + second;
}

static int64_t moment_us(int64_t moment, int year_0)
{
    int year = year_0 + (int)floor_divide(moment, YEAR);
    int64_t second = moment - floor_divide(moment, YEAR) * YEAR;
    int64_t day = second / DAY;
    bool leap = timestamp_days(year + 1, 1, 1) - timestamp_days(year, 1, 1) == 366;
    day += timestamp_days(year, 1, 1) + (leap && day >= FEBRUARY_ENDS);
    return (day * DAY + second % DAY) * US_PER_SECOND;
}

/* ---- hosts ---- */

static uint64_t hash_of(struct slice text)
{
    uint64_t hash = UINT64_C(14695981039346656037); /* FNV-1a */
    for (size_t i = 0; i < text.length; i++)
        hash = (hash ^ (unsigned char)text.data[i]) * UINT64_C(1099511628211);
    return hash | 1;
}

/* NULL: there are too many. */
static struct host *host_of(struct year_walk *walk, struct slice name)
{
    uint64_t hash = hash_of(name);
    size_t at = hash % HOST_SLOTS;
    while (walk->hosts[at].name && walk->hosts[at].name != hash)
        at = (at + 1) % HOST_SLOTS;
    if (!walk->hosts[at].name) {
        if (walk->host_count == LIMIT_WALK_HOSTS)
            return NULL;
        walk->host_count++;
        walk->hosts[at].name = hash;
    }
    return &walk->hosts[at];
}

static void count_step(struct year_walk *walk, struct host *host, int64_t second)
{
    int64_t step = second - host->second;
    if (host->chain[OLDEST_FIRST] && step > -YEAR / 2 && step < YEAR / 2) {
        walk->rises += step > 0;
        walk->falls += step < 0;
    }
    host->second = second;
}

/* ---- the walk ---- */

static void begin_stretch(struct path *path, uint64_t offset, unsigned chain,
                          int64_t moment)
{
    int64_t year = floor_divide(moment, YEAR);
    path->failed = path->count == LIMIT_WALK_STRETCHES || year > LIMIT_WALK_YEARS ||
                   year < -LIMIT_WALK_YEARS;
    if (!path->failed)
        path->stretches[path->count++] =
            (struct stretch){offset, chain, moment, moment};
}

static void extend(struct path *path, uint64_t offset, unsigned chain, int64_t moment)
{
    struct stretch *stretch = path->count ? &path->stretches[path->count - 1] : NULL;
    if (!stretch || stretch->chain != chain || moment - stretch->first > YEAR / 2 ||
        stretch->first - moment > YEAR / 2)
        begin_stretch(path, offset, chain, moment);
    else if (moment > stretch->newest)
        stretch->newest = moment;
}

static void step(struct path *path, enum direction direction, uint64_t offset,
                 struct host *host, int64_t second)
{
    unsigned chain = path->count ? path->stretches[path->count - 1].chain : 1;
    bool met = host && host->chain[direction] == chain;
    int64_t moment =
        place(second, met ? host->moment[direction] : path->last, direction);
    bool turned = floor_divide(moment, YEAR) != floor_divide(path->last, YEAR);
    if (!path->count || (host && !met && turned)) {
        chain += path->count != 0;
        moment = second;
    }
    extend(path, offset, chain, moment);
    path->last = moment;
    if (host) {
        host->moment[direction] = moment;
        host->chain[direction] = chain;
    }
}

void year_walk_see(struct year_walk *walk, uint64_t offset, struct slice name,
                   int64_t time_us)
{
    struct host *host = host_of(walk, name);
    int64_t second = second_of_year(time_us);
    if (host)
        count_step(walk, host, second);
    for (enum direction way = OLDEST_FIRST; way < DIRECTIONS; way++) {
        if (!walk->paths[way].failed)
            step(&walk->paths[way], way, offset, host, second);
    }
}

/* ---- the end ---- */

/* The latest year 0 that leaves the moment not more than a day after the newest time.
 */
static int year_0_of(int64_t moment, int64_t newest_us)
{
    struct civil newest;
    time_civil_from_us(newest_us, &newest);
    int year_0 = newest.year + 1 - (int)floor_divide(moment, YEAR);
    while (moment_us(moment, year_0) > newest_us + DAY * US_PER_SECOND)
        year_0--;
    return year_0;
}

struct time_stretches year_walk_end(struct year_walk *walk, int64_t newest_us)
{
    const struct path *path =
        &walk->paths[walk->falls > walk->rises ? NEWEST_FIRST : OLDEST_FIRST];
    if (path->failed || newest_us == EVENT_TIME_NONE)
        return (struct time_stretches){NULL, 0};
    for (size_t from = 0, to; from < path->count; from = to) {
        int64_t newest = path->stretches[from].newest;
        for (to = from; to < path->count &&
                        path->stretches[to].chain == path->stretches[from].chain;
             to++) {
            if (path->stretches[to].newest > newest)
                newest = path->stretches[to].newest;
        }
        int year_0 = year_0_of(newest, newest_us);
        for (size_t i = from; i < to; i++)
            walk->result[i] =
                (struct time_stretch){path->stretches[i].offset,
                                      moment_us(path->stretches[i].newest, year_0)};
    }
    return (struct time_stretches){walk->result, path->count};
}
