#include "config.h"

#include "core/timestamp.h"

#include "core/time_cursor.h"

/* --- zones --------------------------------------------------------------------- */

/* Names in device clocks.  CST, IST and BST have several meanings, so that the usual
 * one is an assumption, and --tz decides where it is given. */
static const struct zone {
    const char *name;
    int minutes;
    bool ambiguous;
} zones[] = {
    {"UTC", 0, false},    {"GMT", 0, false},    {"Z", 0, false},
    {"WET", 0, false},    {"WEST", 60, false},  {"CET", 60, false},
    {"MET", 60, false},   {"CEST", 120, false}, {"MEST", 120, false},
    {"EET", 120, false},  {"EEST", 180, false}, {"MSK", 180, false},
    {"EST", -300, false}, {"EDT", -240, false}, {"CDT", -300, false},
    {"MST", -420, false}, {"MDT", -360, false}, {"PST", -480, false},
    {"PDT", -420, false}, {"JST", 540, false},  {"AEST", 600, false},
    {"AEDT", 660, false}, {"NZST", 720, false}, {"NZDT", 780, false},
    {"CST", -360, true},  {"IST", 330, true},   {"BST", 60, true},
};

const struct time_zone_name *timestamp_zone(const struct time_hint *hint,
                                            struct slice name)
{
    for (size_t i = 0; i < hint->zone_count; i++) {
        if (slice_equal_nocase(hint->zones[i].name, name))
            return &hint->zones[i];
    }
    return NULL;
}

/* What the options say of the name comes before the table. */
static bool find_zone(struct slice word, const struct time_hint *hint, struct zone *out)
{
    const struct time_zone_name *given = timestamp_zone(hint, word);
    if (given && word.length) {
        *out = (struct zone){given->name.data, given->minutes, false};
        return true;
    }
    for (size_t i = 0; i < sizeof zones / sizeof zones[0]; i++) {
        if (slice_equal_nocase(slice_from(zones[i].name), word)) {
            *out = zones[i];
            return true;
        }
    }
    return false;
}

bool timestamp_zone_is_known(struct slice word, const struct time_hint *hint)
{
    struct zone zone;
    for (size_t i = 0; i < word.length; i++) {
        if (!is_letter(word.data[i]))
            return true;
    }
    return !word.length || find_zone(word, hint, &zone);
}

/*
 * The zone after a stamp: an offset, a known name, "UTC+07:30", or any word that a
 * colon follows ("clock timezone NewYork -5" prints as NewYork).  Elsewhere a word is
 * the host, and so is a known name that is not in capitals: then *out stays.
 */
static void take_zone(struct cursor *cursor, const struct time_hint *hint,
                      struct zone *out)
{
    struct cursor word = *cursor, offset;
    struct zone found = {NULL, 0, true};
    bool apart = cursor_take_blanks(&word);
    const char *start = word.at;
    while (word.at < word.end && is_letter(*word.at))
        word.at++;
    struct slice name = {start, (size_t)(word.at - start)};
    bool zone = find_zone(name, hint, &found);
    offset = word;
    if ((!name.length || (zone && found.minutes == 0)) &&
        cursor_take_offset(&offset, &found.minutes)) {
        found.ambiguous = false;
        *out = found;
        *cursor = offset;
        return;
    }
    bool colon = word.at < word.end && *word.at == ':';
    if (!name.length || !(colon || cursor_at_blank(&word)) || (!apart && !zone))
        return;
    if (!colon && !(zone && !memcmp(found.name, name.data, name.length)))
        return;
    *out = found;
    *cursor = word;
}

/* --- dates --------------------------------------------------------------------- */

/* "2026 " before a month. */
static bool take_year(struct cursor *cursor, int *year)
{
    struct cursor ahead = *cursor;
    if (!cursor_take_digits(&ahead, 4, year) || !cursor_take_blanks(&ahead) ||
        *year < 1970)
        return false;
    *cursor = ahead;
    return true;
}

struct device_stamp {
    struct civil civil;
    bool year_known;
};

/* "Mar 14", or "14 Mar" as mail has it. */
static bool take_day(struct cursor *cursor, struct civil *civil)
{
    if (cursor_take_number(cursor, 2, &civil->day))
        return cursor_take_blanks(cursor) && cursor_take_month(cursor, &civil->month);
    return cursor_take_month(cursor, &civil->month) && cursor_take_blanks(cursor) &&
           cursor_take_number(cursor, 2, &civil->day);
}

/* " 2026" after a clock or zone.  "2001: " is the number of a message. */
static void take_late_year(struct cursor *cursor, struct device_stamp *stamp)
{
    struct cursor ahead = *cursor;
    int year;
    if (stamp->year_known || !cursor_take_blanks(&ahead) ||
        !cursor_take_digits(&ahead, 4, &year) || year < 1970 || year >= 2200)
        return;
    bool colon = ahead.end - ahead.at >= 2 && *ahead.at == ':' && ahead.at[1] != ' ';
    if (!colon && !cursor_at_blank(&ahead))
        return;
    stamp->civil.year = year;
    stamp->year_known = true;
    *cursor = ahead;
}

/* [weekday] [year] Mon day[,] [year] [@] hh:mm:ss[.f] [year] */
static bool take_stamp(struct cursor *cursor, struct device_stamp *out)
{
    struct civil *civil = &out->civil;
    *out = (struct device_stamp){{0}, false};
    cursor_skip_weekday(cursor);
    out->year_known = take_year(cursor, &civil->year);
    if (!take_day(cursor, civil))
        return false;
    bool comma = cursor_take(cursor, ',');
    if (!cursor_take_blanks(cursor))
        return false;
    if (!out->year_known)
        out->year_known = take_year(cursor, &civil->year);
    if (comma && cursor_take(cursor, '@')) /* Kibana */
        cursor_take_blanks(cursor);
    if (!cursor_take_short_clock(cursor, civil))
        return false;
    take_late_year(cursor, out);
    return true;
}

/* The year that puts the stamp nearest to a time of the same file. */
static int nearest_year(struct civil *civil, int64_t neighbour_us)
{
    struct civil neighbour, tried = *civil;
    uint64_t least = UINT64_MAX;
    time_civil_from_us(neighbour_us, &neighbour);
    for (tried.year = neighbour.year - 1; tried.year <= neighbour.year + 1;
         tried.year++) {
        int64_t us;
        if (time_civil_to_us(&tried, &us))
            continue;
        uint64_t apart = us > neighbour_us ? (uint64_t)us - (uint64_t)neighbour_us
                                           : (uint64_t)neighbour_us - (uint64_t)us;
        if (apart < least) {
            least = apart;
            civil->year = tried.year;
        }
    }
    return least == UINT64_MAX ? -1 : 0;
}

/* The latest year that does not put the stamp more than a day after the newest time. */
static int infer_year(struct civil *civil, const struct time_hint *hint)
{
    const int64_t slack_us = (int64_t)SECONDS_PER_DAY * US_PER_SECOND;
    struct civil newest;
    if (hint->newest_us == EVENT_TIME_NONE)
        return -1;
    time_civil_from_us(hint->newest_us, &newest);
    /* Feb 29 may be up to eight years back. */
    for (int year = newest.year + 1; year > newest.year - 9; year--) {
        int64_t us;
        civil->year = year;
        if (!time_civil_to_us(civil, &us) && us <= hint->newest_us + slack_us)
            return 0;
    }
    return -1;
}

/* "2y10w", "13w1d", "1d02h", "00:00:46:" without a date: time since the start. */
static bool take_uptime(struct cursor *cursor)
{
    struct cursor ahead = *cursor;
    int number, parts = 0;
    while (cursor_take_number(&ahead, 4, &number)) {
        if (ahead.at == ahead.end || !strchr("ywdhms", *ahead.at))
            break;
        ahead.at++;
        parts++;
        *cursor = ahead;
    }
    if (parts)
        return cursor->at == cursor->end || *cursor->at == ':' || *cursor->at == ' ';
    struct civil clock = {0};
    ahead = *cursor;
    if (!cursor_take_clock(&ahead, &clock))
        return false;
    *cursor = ahead;
    return true;
}

void time_apply_zone(struct time_value *value, const struct time_hint *hint)
{
    if (value->quality != TIME_ZONE_ASSUMED)
        return;
    value->us -= (int64_t)hint->offset_minutes * 60 * US_PER_SECOND;
    if (hint->offset_given)
        value->quality = TIME_EXACT;
}

/* The year of the stamp, the option or the file; -1 where none is known. */
static int settle_year(struct device_stamp *stamp, const struct time_hint *hint,
                       enum time_quality *quality)
{
    if (stamp->year_known)
        return 0;
    if (hint->year) {
        stamp->civil.year = hint->year;
        return 0;
    }
    *quality = TIME_YEAR_INFERRED;
    if (hint->path_year) {
        stamp->civil.year = hint->path_year;
        return 0;
    }
    if (hint->has_neighbour && !nearest_year(&stamp->civil, hint->neighbour_us))
        return 0;
    return infer_year(&stamp->civil, hint);
}

/* "2026-3-14 02:25:05.270.1", as Huawei writes it: the last number counts messages. */
static bool take_short_date(struct cursor *cursor, struct device_stamp *out)
{
    struct civil *civil = &out->civil;
    int count;
    *out = (struct device_stamp){{0}, true};
    if (!cursor_take_digits(cursor, 4, &civil->year) || !cursor_take(cursor, '-') ||
        !cursor_take_number(cursor, 2, &civil->month) || !cursor_take(cursor, '-') ||
        !cursor_take_number(cursor, 2, &civil->day) || !cursor_take_blanks(cursor) ||
        !cursor_take_short_clock(cursor, civil))
        return false;
    return !cursor_take(cursor, '.') || cursor_take_number(cursor, 4, &count);
}

/* What `take` reads at the cursor, and the zone after it. */
static int take_dated(struct cursor *cursor,
                      bool (*take)(struct cursor *, struct device_stamp *),
                      const struct time_hint *hint, struct time_value *out)
{
    struct device_stamp stamp;
    struct zone zone = {NULL, 0, true};
    enum time_quality quality = TIME_EXACT;
    if (!take(cursor, &stamp))
        return -1;
    take_zone(cursor, hint, &zone);
    take_late_year(cursor, &stamp);
    int minutes = zone.minutes;
    if (zone.ambiguous && hint->offset_given)
        minutes = hint->offset_minutes;
    else if (zone.ambiguous) {
        quality = TIME_ZONE_ASSUMED;
        minutes = zone.name ? zone.minutes : hint->offset_minutes;
    }
    if (settle_year(&stamp, hint, &quality))
        return -1;
    return time_finish(&stamp.civil, minutes, quality, out);
}

static int take_iso(struct cursor *cursor, const struct time_hint *hint,
                    struct time_value *out)
{
    if (cursor_take_iso(cursor, out))
        return -1;
    time_apply_zone(out, hint);
    return 0;
}

int timestamp_year_of_path(struct slice path)
{
    enum { FIRST_YEAR = 1990, LAST_YEAR = 2100 };
    int found = 0;
    while (slice_index(path, '/') >= 0) { /* the file's own name is no folder */
        struct slice folder = slice_cut(&path, '/');
        struct cursor cursor = {folder.data, folder.data + folder.length};
        int year;
        if (folder.length == 4 && cursor_take_digits(&cursor, 4, &year) &&
            year >= FIRST_YEAR && year <= LAST_YEAR)
            found = year;
    }
    return found;
}

int timestamp_device(struct slice text, const struct time_hint *hint,
                     struct time_value *out, size_t *used)
{
    const struct cursor whole = {text.data, text.data + text.length};
    struct cursor start = whole, cursor;
    bool unsynced = cursor_take(&start, '*') || cursor_take(&start, '.');
    if ((cursor = start, take_dated(&cursor, take_stamp, hint, out)) &&
        (cursor = start, take_iso(&cursor, hint, out)) &&
        (cursor = start, take_dated(&cursor, take_short_date, hint, out))) {
        if (cursor = start, !take_uptime(&cursor))
            return -1;
        *out = (struct time_value){EVENT_TIME_NONE, TIME_UPTIME_ONLY};
    }
    /* A clock that was never set or lost its server is no better than a guess. */
    if (unsynced && out->quality == TIME_EXACT)
        out->quality = TIME_ZONE_ASSUMED;
    *used = (size_t)(cursor.at - text.data);
    return 0;
}
