/*
 * load.h - from paths to a case: the pipeline and its threads.
 *
 * Each worker takes one file at a time: read, hash, inflate, frame, normalise, detect,
 * batch, append.  No queue and no copy between the steps; memory is bounded by the
 * windows of the workers.  Loading is idempotent and resumes after any kind of end.
 */
#ifndef DB_LOAD_H
#define DB_LOAD_H

#include "core/rule.h"
#include "core/timestamp.h"
#include "db/store.h"

/* --device-tz: how often, and how long a name may be. */
enum { LIMIT_LOAD_ZONES = 32, LIMIT_LOAD_ZONE_BYTES = 96 };

struct load_options {
    unsigned workers; /* 0: one per processor */
    bool no_hash;
    bool embed;
    bool follow; /* keep reading what grows or appears, until load_stop */
    int year;
    int offset_minutes;
    bool offset_given;
    const struct time_zone_name *zones; /* borrowed until load_join */
    size_t zone_count;
    enum date_order date_order; /* unknown: as the stamps of each source show it */
    int64_t now_us;
    const char *analyst, *host;
    const struct rule_set *rules;
};

/* What one source gave. */
struct load_source_result {
    const char *path;
    const char *member; /* "" for a file, or an archive as a whole */
    const char *status;
    const char *reason;
    bool duplicate;
    struct source_progress progress;
};

struct load_totals {
    uint64_t files, files_done, bytes, bytes_done;
    uint64_t records, events, hits, skipped, unknown, damaged;
    uint64_t partial, failed, duplicates;
    uint64_t members; /* of archives, read or not */
    uint64_t untold;  /* sources beyond LIMIT_RESULTS: the case alone tells of them */
    bool listing;     /* files are still being found */
};

struct load;

/*
 * Starts threads that load `paths` ("-": standard input) into the case at case_path,
 * which must exist.  `changed` is called from a worker after each commit that the
 * dashboard should look at, and once at the end; it must return quickly.
 */
struct load *load_start(const char *case_path, const char *const *paths, size_t count,
                        const struct load_options *options,
                        void (*changed)(void *payload), void *payload,
                        struct error *error);
void load_totals(struct load *load, struct load_totals *out);
bool load_finished(struct load *load);
/* Returns when the load has finished, at the latest after so many milliseconds: whether
 * it has. */
bool load_wait(struct load *load, unsigned milliseconds);
/* Asks the workers to stop at the next record, or a load that follows to end; what is
 * committed stays. */
void load_stop(struct load *load);
/*
 * Waits, then frees.  each: called for the sources that were met (LIMIT_RESULTS of
 * them), in order of path, members in the order of their archive.
 * -1 where the case could not be written or the load was stopped; damaged input is
 * not a failure (see totals).
 */
int load_join(struct load *load, struct load_totals *totals,
              void (*each)(const struct load_source_result *result, void *payload),
              void *payload, struct error *error);

#endif
