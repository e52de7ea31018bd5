#include "config.h"

#include "core/timestamp.h"

#include "core/time_cursor.h"

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

/* "2026-03-14", with "T02:00" behind it or not, and a zone or not.  *shaped: it is
 * written like a time, whether or not there is such a one. */
static int parse_typed(struct slice text, int64_t *out, bool *shaped)
{
    struct time_value value;
    if (!timestamp_iso(text, &value)) {
        *out = value.us;
        return 0;
    }
    struct cursor cursor = {text.data, text.data + text.length};
    struct civil civil = {0};
    int minutes = 0;
    *shaped = false;
    if (!cursor_take_digits(&cursor, 4, &civil.year) || !cursor_take(&cursor, '-') ||
        !cursor_take_digits(&cursor, 2, &civil.month) || !cursor_take(&cursor, '-') ||
        !cursor_take_digits(&cursor, 2, &civil.day))
        return -1;
    if (cursor_take(&cursor, 'T') || cursor_take(&cursor, 't') ||
        cursor_take(&cursor, ' ')) {
        if (!cursor_take_digits(&cursor, 2, &civil.hour) ||
            !cursor_take(&cursor, ':') ||
            !cursor_take_digits(&cursor, 2, &civil.minute))
            return -1;
        if (cursor_take(&cursor, ':') &&
            (!cursor_take_digits(&cursor, 2, &civil.second) ||
             !cursor_take_fraction(&cursor, &civil.microsecond)))
            return -1;
    }
    if (!cursor_take(&cursor, 'Z') && !cursor_take(&cursor, 'z') &&
        cursor.at < cursor.end && !cursor_take_offset(&cursor, &minutes))
        return -1;
    *shaped = cursor.at == cursor.end;
    if (!*shaped || time_finish(&civil, minutes, TIME_EXACT, &value))
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
        bool shaped;
        if (!parse_typed(text, out_us, &shaped))
            return 0;
        if (shaped)
            return error_set(error, ERROR_SYNTAX,
                             "the calendar or the clock has no such time");
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
