/*
 * year_walk.h - the years of stamps that have none, by the order of their lines.
 *
 * A device's log is written in order: where month and day fall back from one line to
 * the next, a year has ended.  So the last line tells the years of those before it,
 * however many there are, and a file that was written in one year and copied in the
 * next is not split between both.  Formats.md A.6: "walking backwards from the newest
 * line, month increase = year - 1".
 *
 * A line that comes up to a week late turns no year: it is likelier than a silence of a
 * year less a week.  A file that is newest first is told by most of its steps.  Each
 * host has its own order; where month and day fall back at a host that was not met
 * before, another log was appended, which is as new as the file.
 *
 * The result is a list of stretches of the file, none longer than about half a year,
 * each with the newest time in it: what timestamp_device needs to infer a year.  Years
 * are still inferred, and say so (TIME_YEAR_INFERRED).  One walk for one source and
 * thread.
 */
#ifndef CORE_YEAR_WALK_H
#define CORE_YEAR_WALK_H

#include "core/timestamp.h"

enum {
    /* Hosts whose order is kept apart; later ones follow the line before. */
    LIMIT_WALK_HOSTS = 1024,
    /* Stretches of one source, and years that end in it: more than that tells that its
     * lines are in no order. */
    LIMIT_WALK_STRETCHES = 4096,
    LIMIT_WALK_YEARS = 32,
};

struct year_walk;

struct year_walk *year_walk_new(void);
void year_walk_free(struct year_walk *walk);

/* The stamp of the next line, in whatever year. */
void year_walk_see(struct year_walk *walk, uint64_t offset, struct slice host,
                   int64_t time_us);

/* What was seen, of a source that has nothing newer than newest_us.  The stretches live
 * as long as the walk; none where it could not tell. */
struct time_stretches year_walk_end(struct year_walk *walk, int64_t newest_us);

#endif
