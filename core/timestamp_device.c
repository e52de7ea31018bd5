#include "config.h"

#include "core/timestamp.h"

#include <stdlib.h>

#include "core/time_cursor.h"

/* --- zones --------------------------------------------------------------------- */

/* Names with one usual meaning in device clocks; CST, IST and BST have several. */
static const struct zone {
    const char *name;
    int minutes;
} zones[] = {
    {"UTC", 0},    {"GMT", 0},    {"Z", 0},      {"WET", 0},    {"WEST", 60},
    {"CET", 60},   {"MET", 60},   {"CEST", 120}, {"MEST", 120}, {"EET", 120},
    {"EEST", 180}, {"MSK", 180},  {"EST", -300}, {"EDT", -240}, {"CDT", -300},
    {"MST", -420}, {"MDT", -360}, {"PST", -480}, {"PDT", -420}, {"JST", 540},
    {"AEST", 600}, {"AEDT", 660}, {"NZST", 720}, {"NZDT", 780},
};

static const struct zone *find_zone(struct slice word)
{
    for (size_t i = 0; i < sizeof zones / sizeof zones[0]; i++) {
        if (slice_equal_nocase(slice_from(zones[i].name), word))
            return &zones[i];
    }
    return NULL;
}

static bool is_letter(char byte)
{
    return (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z');
}

/*
 * The zone after a stamp: a known name, "UTC+07:30", or any word that a colon follows
 * ("clock timezone NewYork -5" prints as NewYork). Elsewhere a word is the host.
 */
static bool take_zone(struct cursor *cursor, int *minutes, bool *known)
{
    struct cursor word = *cursor;
    if (!cursor_take(&word, ' '))
        return false;
    const char *start = word.at;
    while (word.at < word.end && is_letter(*word.at))
        word.at++;
    struct slice name = {start, (size_t)(word.at - start)};
    const struct zone *zone = find_zone(name);
    *minutes = zone ? zone->minutes : 0;
    *known = zone != NULL;
    struct cursor offset = word;
    int east;
    if (cursor_take_offset(&offset, &east)) {
        if (!name.length || (zone && zone->minutes == 0)) {
            *minutes = east;
            *known = true;
            *cursor = offset;
            return true;
        }
        return false;
    }
    bool colon = word.at < word.end && *word.at == ':';
    bool ends = word.at == word.end || *word.at == ' ' || colon;
    if (!name.length || !ends || (!zone && !colon))
        return false;
    *cursor = word;
    return true;
}

/* --- dates --------------------------------------------------------------------- */

static bool take_month(struct cursor *cursor, int *month)
{
    static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    if (cursor->end - cursor->at < 3)
        return false;
    for (int i = 0; i < 12; i++) {
        if (slice_equal_nocase((struct slice){cursor->at, 3},
                               (struct slice){names + 3 * i, 3})) {
            *month = i + 1;
            cursor->at += 3;
            /* "July", in full */
            while (cursor->at < cursor->end && is_letter(*cursor->at))
                cursor->at++;
            return true;
        }
    }
    return false;
}

static bool take_blanks(struct cursor *cursor)
{
    bool any = false;
    while (cursor_take(cursor, ' '))
        any = true;
    return any;
}

/* "2026 " before a month. */
static bool take_year(struct cursor *cursor, int *year)
{
    struct cursor ahead = *cursor;
    if (!cursor_take_digits(&ahead, 4, year) || !take_blanks(&ahead) || *year < 1970)
        return false;
    *cursor = ahead;
    return true;
}

/* "Sat " before a month; a month itself is no weekday. */
static void skip_weekday(struct cursor *cursor)
{
    static const char names[] = "MonTueWedThuFriSatSun";
    if (cursor->end - cursor->at < 4 || cursor->at[3] != ' ')
        return;
    for (int i = 0; i < 7; i++) {
        if (slice_equal_nocase((struct slice){cursor->at, 3},
                               (struct slice){names + 3 * i, 3})) {
            cursor->at += 3;
            take_blanks(cursor);
            return;
        }
    }
}

struct device_stamp {
    struct civil civil;
    bool year_known;
};

/* [year] Mon day [year] hh:mm:ss[.f] [year] */
static bool take_stamp(struct cursor *cursor, struct device_stamp *out)
{
    struct civil *civil = &out->civil;
    *out = (struct device_stamp){{0}, false};
    skip_weekday(cursor);
    out->year_known = take_year(cursor, &civil->year);
    if (!take_month(cursor, &civil->month) || !take_blanks(cursor) ||
        !cursor_take_number(cursor, 2, &civil->day) || !take_blanks(cursor))
        return false;
    if (!out->year_known)
        out->year_known = take_year(cursor, &civil->year);
    if (!cursor_take_clock(cursor, civil))
        return false;
    struct cursor ahead = *cursor;
    int year;
    if (!out->year_known && take_blanks(&ahead) &&
        cursor_take_digits(&ahead, 4, &year) && year >= 1970 && year < 2200 &&
        (ahead.at == ahead.end || *ahead.at == ' ' || *ahead.at == ':')) {
        civil->year = year;
        out->year_known = true;
        *cursor = ahead;
    }
    return true;
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

/* The zone of the option, for a stamp that names none. */
static void apply_zone(struct time_value *value, const struct time_hint *hint)
{
    if (value->quality != TIME_ZONE_ASSUMED || !hint->offset_given)
        return;
    value->us -= (int64_t)hint->offset_minutes * 60 * US_PER_SECOND;
    value->quality = TIME_EXACT;
}

int timestamp_device(struct slice text, const struct time_hint *hint,
                     struct time_value *out, size_t *used)
{
    struct cursor cursor = {text.data, text.data + text.length};
    struct device_stamp stamp;
    bool unsynced = cursor_take(&cursor, '*') || cursor_take(&cursor, '.');
    struct cursor start = cursor;
    if (!take_stamp(&cursor, &stamp)) {
        cursor = start;
        if (!cursor_take_iso(&cursor, out)) {
            apply_zone(out, hint);
        } else {
            cursor = start;
            if (!take_uptime(&cursor))
                return -1;
            *out = (struct time_value){EVENT_TIME_NONE, TIME_UPTIME_ONLY};
        }
        *used = (size_t)(cursor.at - text.data);
        return 0;
    }
    enum time_quality quality = TIME_EXACT;
    int minutes = hint->offset_minutes;
    bool known = false;
    int zone_minutes;
    if (take_zone(&cursor, &zone_minutes, &known) && known)
        minutes = zone_minutes;
    /* A clock that was never set or lost its server is no better than a guess. */
    if ((!known && !hint->offset_given) || unsynced)
        quality = TIME_ZONE_ASSUMED;
    if (!stamp.year_known && hint->year) {
        stamp.civil.year = hint->year;
    } else if (!stamp.year_known) {
        quality = TIME_YEAR_INFERRED;
        if (infer_year(&stamp.civil, hint))
            return -1;
    }
    if (time_finish(&stamp.civil, minutes, quality, out))
        return -1;
    *used = (size_t)(cursor.at - text.data);
    return 0;
}

int timestamp_any(struct slice text, const struct time_hint *hint,
                  struct time_value *out)
{
    size_t used;
    text = slice_trim(text);
    if (!timestamp_iso(text, out)) {
        apply_zone(out, hint);
        return 0;
    }
    if (!timestamp_epoch(text, out))
        return 0;
    return !timestamp_device(text, hint, out, &used) && used == text.length ? 0 : -1;
}

/* --- what a person types ------------------------------------------------------- */

/* No span is longer, so that no sum of spans and times overflows: 300 years. */
#define SPAN_MAX_US (INT64_C(300) * 365 * SECONDS_PER_DAY * US_PER_SECOND)

/* "1h30m", "2d": microseconds. */
static int parse_span(struct cursor *cursor, int64_t *out)
{
    static const struct {
        char unit;
        int64_t seconds;
    } units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}, {'w', 604800}};
    *out = 0;
    do {
        int number;
        int64_t seconds = 0;
        if (!cursor_take_number(cursor, 5, &number) || cursor->at == cursor->end)
            return -1;
        for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
            if (units[i].unit == *cursor->at)
                seconds = units[i].seconds;
        }
        if (!seconds)
            return -1;
        cursor->at++;
        *out += number * seconds * US_PER_SECOND;
        if (*out > SPAN_MAX_US)
            return -1;
    } while (cursor->at < cursor->end);
    return 0;
}

/* "2026-03-14", with "T02:00" behind it or not, and a zone or not. */
static int parse_typed(struct slice text, int64_t *out)
{
    struct time_value value;
    if (!timestamp_iso(text, &value)) {
        *out = value.us;
        return 0;
    }
    struct cursor cursor = {text.data, text.data + text.length};
    struct civil civil = {0};
    int minutes = 0;
    if (!cursor_take_digits(&cursor, 4, &civil.year) || !cursor_take(&cursor, '-') ||
        !cursor_take_digits(&cursor, 2, &civil.month) || !cursor_take(&cursor, '-') ||
        !cursor_take_digits(&cursor, 2, &civil.day))
        return -1;
    if (cursor_take(&cursor, 'T') || cursor_take(&cursor, ' ')) {
        if (!cursor_take_digits(&cursor, 2, &civil.hour) ||
            !cursor_take(&cursor, ':') ||
            !cursor_take_digits(&cursor, 2, &civil.minute))
            return -1;
    }
    if (!cursor_take(&cursor, 'Z') && cursor.at < cursor.end &&
        !cursor_take_offset(&cursor, &minutes))
        return -1;
    if (cursor.at != cursor.end || time_finish(&civil, minutes, TIME_EXACT, &value))
        return -1;
    *out = value.us;
    return 0;
}

int timestamp_user(struct slice text, int64_t anchor_us, int64_t *out_us,
                   struct error *error)
{
    struct cursor cursor = {text.data, text.data + text.length};
    bool later = cursor_take(&cursor, '+');
    bool earlier = !later && cursor_take(&cursor, '-');
    if (!later && !earlier) {
        if (!parse_typed(text, out_us))
            return 0;
        return error_set(
            error, ERROR_SYNTAX,
            "this is no time: use 2026-03-14T02:00Z, 2026-03-14, +1h or -24h");
    }
    int64_t span;
    if (parse_span(&cursor, &span))
        return error_set(error, ERROR_SYNTAX,
                         "this is no span of time: use +1h, +1h30m, -2d");
    if (anchor_us == EVENT_TIME_NONE)
        return error_set(error, ERROR_SYNTAX, "there is no time that this counts from");
    *out_us = later ? anchor_us + span : anchor_us - span;
    return 0;
}
