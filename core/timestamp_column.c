#include "config.h"

#include "core/timestamp.h"

#include "core/time_cursor.h"

/* --- JSON of .NET -------------------------------------------------------------- */

/* "/Date(1773454541765+0200)/" as PowerShell 5 writes it, its slashes escaped or not.
 * The milliseconds are UTC; the offset says what a local clock showed. */
static int parse_json_date(struct slice text, struct time_value *out)
{
    struct cursor cursor = {text.data, text.data + text.length};
    int minutes;
    cursor_take(&cursor, '\\');
    struct slice head = {cursor.at, (size_t)(cursor.end - cursor.at)};
    if (!slice_starts_with(head, SLICE("/Date(")))
        return -1;
    cursor.at += 6;
    struct slice digits = {cursor.at, 0};
    while (cursor.at < cursor.end && is_digit(*cursor.at))
        cursor.at++;
    digits.length = (size_t)(cursor.at - digits.data);
    cursor_take_offset(&cursor, &minutes);
    if (!cursor_take(&cursor, ')'))
        return -1;
    cursor_take(&cursor, '\\');
    return cursor_take(&cursor, '/') && cursor.at == cursor.end
               ? timestamp_epoch(digits, out)
               : -1;
}

/* --- dates of numbers alone ---------------------------------------------------- */

/* Blanks, the no-break ones that newer .NET and browsers put before AM included. */
static bool take_any_blanks(struct cursor *cursor)
{
    static const struct slice blanks[] = {SLICE_INIT(" "), SLICE_INIT("\xc2\xa0"),
                                          SLICE_INIT("\xe2\x80\xaf")};
    const char *start = cursor->at;
    for (size_t i = 0; i < sizeof blanks / sizeof blanks[0];) {
        struct slice rest = {cursor->at, (size_t)(cursor->end - cursor->at)};
        bool found = slice_starts_with(rest, blanks[i]);
        cursor->at += found ? blanks[i].length : 0;
        i = found ? 0 : i + 1;
    }
    return cursor->at > start;
}

/* "AM", "PM", or nothing: then the clock has 24 hours. */
static bool take_meridiem(struct cursor *cursor, int *hour)
{
    struct cursor ahead = *cursor;
    take_any_blanks(&ahead);
    struct slice half = {ahead.at, ahead.end - ahead.at >= 2 ? 2 : 0};
    bool noon = slice_equal_nocase(half, SLICE("PM"));
    if (!noon && !slice_equal_nocase(half, SLICE("AM")))
        return true;
    if (*hour < 1 || *hour > 12)
        return false;
    *hour = *hour % 12 + (noon ? 12 : 0);
    ahead.at += 2;
    *cursor = ahead;
    return true;
}

/* A number above 12 is no month. */
static enum date_order order_of(int first, int second)
{
    if (first > 12)
        return DATE_ORDER_DAY_FIRST;
    return second > 12 ? DATE_ORDER_MONTH_FIRST : DATE_ORDER_UNKNOWN;
}

/*
 * "3/14/2026", "14/03/2026", "14.03.2026", "2026/03/14".  Which of the first two is the
 * day shows in them or in *order, which becomes what is shown; dots stand after the day
 * alone.  Else the month is taken to be first, and *ambiguous says so.
 */
static bool take_numbers(struct cursor *cursor, struct civil *civil,
                         enum date_order *order, bool *ambiguous)
{
    int first, second;
    const char *start = cursor->at;
    enum date_order hinted = *order;
    *ambiguous = false;
    *order = DATE_ORDER_UNKNOWN;
    if (!cursor_take_number(cursor, 4, &first))
        return false;
    bool year_first = cursor->at - start == 4;
    char separator = cursor->at < cursor->end ? *cursor->at : '\0';
    if ((separator != '/' && separator != '.') || !cursor_take(cursor, separator) ||
        !cursor_take_number(cursor, 2, &second) || !cursor_take(cursor, separator))
        return false;
    if (year_first) {
        civil->year = first;
        civil->month = second;
        return cursor_take_number(cursor, 2, &civil->day);
    }
    if (separator == '/')
        *order = order_of(first, second);
    enum date_order known = *order == DATE_ORDER_UNKNOWN ? hinted : *order;
    bool day_first = separator == '.' || known == DATE_ORDER_DAY_FIRST;
    *ambiguous = separator == '/' && known == DATE_ORDER_UNKNOWN && first != second;
    civil->day = day_first ? first : second;
    civil->month = day_first ? second : first;
    return cursor_take_digits(cursor, 4, &civil->year);
}

/* "3/14/2026 2:15:30 AM", "14/03/2026, 02:15:41.765", "... +01:00". */
static int parse_numbers(struct slice text, const struct time_hint *hint,
                         struct time_value *out)
{
    struct cursor cursor = {text.data, text.data + text.length};
    struct civil civil = {0};
    enum date_order order = hint->date_order;
    bool ambiguous;
    int minutes = 0;
    if (!take_numbers(&cursor, &civil, &order, &ambiguous))
        return -1;
    cursor_take(&cursor, ',');
    if (!take_any_blanks(&cursor) || !cursor_take_short_clock(&cursor, &civil) ||
        !take_meridiem(&cursor, &civil.hour))
        return -1;
    take_any_blanks(&cursor);
    struct slice zone = {cursor.at, (size_t)(cursor.end - cursor.at)};
    bool utc = slice_equal(zone, SLICE("Z")) || slice_equal(zone, SLICE("UTC")) ||
               slice_equal(zone, SLICE("GMT"));
    if (!utc && zone.length &&
        (!cursor_take_offset(&cursor, &minutes) || cursor.at != cursor.end))
        return -1;
    if (time_finish(&civil, minutes,
                    utc || zone.length ? TIME_EXACT : TIME_ZONE_ASSUMED, out))
        return -1;
    time_apply_zone(out, hint);
    if (ambiguous)
        out->quality = TIME_DAY_MONTH_AMBIGUOUS;
    return 0;
}

enum date_order timestamp_date_order(struct slice text)
{
    text = slice_trim(text);
    struct cursor cursor = {text.data, text.data + text.length};
    struct civil civil = {0};
    enum date_order order = DATE_ORDER_UNKNOWN;
    bool ambiguous;
    return take_numbers(&cursor, &civil, &order, &ambiguous) ? order
                                                             : DATE_ORDER_UNKNOWN;
}

/* --- any ----------------------------------------------------------------------- */

/* " (Coordinated Universal Time)", as browsers name the zone after its offset. */
static bool is_remark(struct slice rest)
{
    rest = slice_trim(rest);
    return !rest.length || (rest.length >= 2 && rest.data[0] == '(' &&
                            slice_index(rest, ')') == (ptrdiff_t)rest.length - 1);
}

int timestamp_any(struct slice text, const struct time_hint *hint,
                  struct time_value *out)
{
    size_t used;
    if (!timestamp_iso(text, out)) {
        time_apply_zone(out, hint);
        return 0;
    }
    text = slice_trim(text);
    if (!timestamp_epoch(text, out) || !parse_json_date(text, out) ||
        !parse_numbers(text, hint, out))
        return 0;
    return !timestamp_device(text, hint, out, &used) &&
                   is_remark(slice_skip(text, used))
               ? 0
               : -1;
}
