/*
 * coverage_grid.h - what the logs cover: every account, subscription, project or device
 * and region, over time, with the gaps of each against its own rhythm; and what is
 * named in the logs but has none of its own.
 *
 * "No hit" is never "no mirror": whatever says "none" says this beside it.
 */
#ifndef DB_COVERAGE_GRID_H
#define DB_COVERAGE_GRID_H

#include "core/rhythm.h"
#include "db/case.h"

enum {
    /* Places with a row of their own; events of others are counted. */
    LIMIT_COVERAGE_PLACES = 1024,
    LIMIT_COVERAGE_GAPS = 64,
    LIMIT_COVERAGE_UNLOGGED = 256,
};

struct coverage_place {
    enum provider provider;
    struct slice account, region; /* blank: the logs do not say */
    uint64_t undated;             /* events without a time; the rhythm has the others */
    struct rhythm *rhythm;
    struct rhythm_gap *gaps; /* at most LIMIT_COVERAGE_GAPS */
    size_t gap_count, gap_total;
};

/* Named by an ARN somewhere, and no event of the case is of it. Region blank: the whole
 * account has no log. */
struct coverage_unlogged {
    struct slice account, region, named_by;
};

struct coverage_grid {
    struct coverage_place *places; /* in order of provider, account, region */
    size_t count;
    uint64_t events_beyond; /* of places beyond the limit */
    int64_t first_us, last_us;
    struct coverage_unlogged *unlogged;
    size_t unlogged_count;
    bool unlogged_more;
};

/* Some hundred milliseconds for ten million events. */
int coverage_grid(struct case_file *handle, struct arena *arena,
                  struct coverage_grid *out, struct error *error);

/* What records of this form cannot show, in words; NULL: nothing is known of it. */
const char *coverage_blind_spot(struct slice form);

#endif
