/*
 * timestamp.h - the one time parser and the one time printer.
 *
 * All varieties of formats.md A.6 that the loader meets.  Times are UTC
 * microseconds since 1970; further digits are cut, never rounded.  The present
 * and the zone are parameters: nothing here reads a clock or the environment.
 */
#ifndef CORE_TIMESTAMP_H
#define CORE_TIMESTAMP_H

#include "core/error.h"
#include "core/event.h"

/* --device-tz NAME=+hh:mm: the zone of a device, or what a zone's name stands for. */
struct time_zone_name {
    struct slice name;
    int minutes; /* east */
};

/* Which number of 03/04/2026 is the day. */
enum date_order { DATE_ORDER_UNKNOWN, DATE_ORDER_DAY_FIRST, DATE_ORDER_MONTH_FIRST };

/* From this offset of a source to the next stretch, no stamp is later. */
struct time_stretch {
    uint64_t offset;
    int64_t newest_us;
};
struct time_stretches {
    const struct time_stretch *items; /* by offset */
    size_t count;
};

/* What is known about stamps that do not say: from options, file times, and the other
 * stamps of the file. */
struct time_hint {
    int year;           /* --year, 0 where not given */
    int path_year;      /* of the source's path (".../2026/..."), 0: none */
    int64_t newest_us;  /* the source's newest possible time (mtime), or NONE */
    int offset_minutes; /* --tz: zone of stamps without one, minutes east; 0 is UTC */
    bool offset_given;  /* by option: then the quality is exact */
    /* The last stamp of this source that had a year: whoever reads lines keeps it. */
    bool has_neighbour;
    int64_t neighbour_us;
    const struct time_zone_name *zones; /* borrowed */
    size_t zone_count;
    enum date_order date_order; /* of 03/04/2026 */
    struct time_stretches
        stretches; /* borrowed; they tell newest_us where there are any */
};

struct time_value {
    int64_t us;
    enum time_quality quality;
};

/* RFC 3339 and its relatives: 2026-03-14T02:11:09[.f*](Z|+hh:mm), a blank for
 * the T, basic 20260314T021109Z, " UTC".  The hot path.  Without a zone it is UTC,
 * TIME_ZONE_ASSUMED.  -1: not of that form, or no such time; second 60 is the next
 * minute's first. */
int timestamp_iso(struct slice text, struct time_value *out);

/* Epoch seconds, milliseconds, microseconds or nanoseconds by magnitude,
 * fractions allowed; refused outside 2005..2100. */
int timestamp_epoch(struct slice text, struct time_value *out);

/*
 * A device stamp at the start of `text`: "Mar 14 02:25:03.100 UTC",
 * "2026 Mar 14 02:25:01", "Jan  6 2022 20:52:12.861", with `*` or `.` before it,
 * "2y10w", "00:00:46" (uptime), ISO.  *used: bytes taken, zone word included.
 * The year comes from the text, or hint->year.  Else it is inferred (quality
 * TIME_YEAR_INFERRED, which outweighs TIME_ZONE_ASSUMED): hint->path_year, the year
 * that is nearest to hint->neighbour_us, or the latest that does not put the time more
 * than a day after hint->newest_us; without any of these the stamp is refused.
 *
 * A word is a zone where it is a known name in capitals, or any that a colon follows.
 * A stamp without a zone, or with a word that tells none, has that of the hint; a word
 * of hint->zones is what they say, whatever the table has.  CST,
 * IST and BST have several meanings: the American, Indian and British one is assumed,
 * unless the hint's is given.  The marks make a stamp TIME_ZONE_ASSUMED at best.
 */
int timestamp_device(struct slice text, const struct time_hint *hint,
                     struct time_value *out, size_t *used);

/*
 * Any of the above, and what is met in columns alone: "/Date(1773454541765)/",
 * "3/14/2026 2:15:30 AM", "14.03.2026, 02:15:41", "Mar 14, 2026 @ 02:11:09.000",
 * "Sat Mar 14 2026 02:15:41 GMT+0000 (Coordinated Universal Time)".  Where neither the
 * stamp nor the hint tells day and month apart, the month is first and
 * TIME_DAY_MONTH_AMBIGUOUS says so.
 */
int timestamp_any(struct slice text, const struct time_hint *hint,
                  struct time_value *out);

/* What a stamp shows of the order in which its kind is written: "3/14/2026 .." is month
 * first, since 14 is no month.  Others of the same file then are, too. */
enum date_order timestamp_date_order(struct slice text);

/* What a person types: ISO with or without time, seconds and zone (UTC), "+1h" and
 * "-24h30m" relative to `anchor` (refused where that is NONE).  A span without a sign
 * is refused: before `since` and after `until` it would mean different things. */
int timestamp_user(struct slice text, int64_t anchor_us, int64_t *out_us,
                   struct error *error);

enum { TIMESTAMP_TEXT_MAX = 40 };
/* "2026-03-14T02:11:09Z", with as many of six decimals as are not zero.  Writes
 * a NUL-terminated text and returns its length; "" for EVENT_TIME_NONE. */
size_t timestamp_format(int64_t us, char out[TIMESTAMP_TEXT_MAX]);
/* "2026-03-14 02:11:09" for columns; the same of EVENT_TIME_NONE. */
size_t timestamp_format_seconds(int64_t us, char out[TIMESTAMP_TEXT_MAX]);

/* The minutes of hint->zones for this name (ASCII case ignored), or NULL. */
const struct time_zone_name *timestamp_zone(const struct time_hint *hint,
                                            struct slice name);

/* False for a word that stands where a zone does, and of which neither the options nor
 * the table say which.  What is no word (a clock, an offset) is known. */
bool timestamp_zone_is_known(struct slice word, const struct time_hint *hint);

/* The year of a path that has one for a folder (".../2026/03/sw1.log"), the innermost
 * if it has several, or 0. */
int timestamp_year_of_path(struct slice path);

/* Days since 1970-01-01 of a proleptic Gregorian date. */
int64_t timestamp_days(int year, int month, int day);

#endif
