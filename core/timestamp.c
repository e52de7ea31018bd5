#include "config.h"

#include "core/timestamp.h"

#include <stdio.h>

#include "core/time_cursor.h"

/* --- ISO ----------------------------------------------------------------------- */

static bool take_iso_date(struct cursor *cursor, struct civil *civil)
{
    return cursor_take_digits(cursor, 4, &civil->year) && cursor_take(cursor, '-') &&
           cursor_take_digits(cursor, 2, &civil->month) && cursor_take(cursor, '-') &&
           cursor_take_digits(cursor, 2, &civil->day);
}

static bool take_basic(struct cursor *cursor, struct civil *civil)
{
    return cursor_take_digits(cursor, 4, &civil->year) &&
           cursor_take_digits(cursor, 2, &civil->month) &&
           cursor_take_digits(cursor, 2, &civil->day) && cursor_take(cursor, 'T') &&
           cursor_take_digits(cursor, 2, &civil->hour) &&
           cursor_take_digits(cursor, 2, &civil->minute) &&
           cursor_take_digits(cursor, 2, &civil->second) &&
           cursor_take_fraction(cursor, &civil->microsecond);
}

/* Moves the cursor past the stamp and its zone. */
int cursor_take_iso(struct cursor *cursor, struct time_value *out)
{
    struct civil civil = {0};
    bool basic = cursor->end - cursor->at >= 9 && cursor->at[8] == 'T';
    if (basic) {
        if (!take_basic(cursor, &civil))
            return -1;
    } else if (!take_iso_date(cursor, &civil) ||
               !(cursor_take(cursor, 'T') || cursor_take(cursor, ' ') ||
                 cursor_take(cursor, 't')) ||
               !cursor_take_clock(cursor, &civil)) {
        return -1;
    }
    if (cursor_take(cursor, 'Z') || cursor_take(cursor, 'z'))
        return time_finish(&civil, 0, TIME_EXACT, out);
    struct cursor zone = *cursor;
    cursor_take(&zone, ' ');
    if (zone.end - zone.at >= 3 &&
        (!memcmp(zone.at, "UTC", 3) || !memcmp(zone.at, "GMT", 3))) {
        cursor->at = zone.at + 3;
        return time_finish(&civil, 0, TIME_EXACT, out);
    }
    int minutes = 0;
    if (cursor_take_offset(&zone, &minutes)) {
        cursor->at = zone.at;
        return time_finish(&civil, minutes, TIME_EXACT, out);
    }
    return time_finish(&civil, 0, TIME_ZONE_ASSUMED, out);
}

static unsigned two_digits(const char *text, unsigned *wrong)
{
    unsigned tens = (unsigned char)text[0] - (unsigned)'0';
    unsigned ones = (unsigned char)text[1] - (unsigned)'0';
    *wrong |= (tens > 9) | (ones > 9);
    return tens * 10 + ones;
}

/*
 * "2026-03-14T02:11:09Z", perhaps with a fraction: nearly every stamp of the clouds.
 * One test at the end instead of one a byte; what fails here is read with care.
 */
static int read_usual(struct slice text, struct time_value *out)
{
    const char *at = text.data;
    unsigned wrong = 0;
    if (text.length < 20 || at[text.length - 1] != 'Z')
        return -1;
    struct civil civil = {
        .year = (int)(two_digits(at, &wrong) * 100 + two_digits(at + 2, &wrong)),
        .month = (int)two_digits(at + 5, &wrong),
        .day = (int)two_digits(at + 8, &wrong),
        .hour = (int)two_digits(at + 11, &wrong),
        .minute = (int)two_digits(at + 14, &wrong),
        .second = (int)two_digits(at + 17, &wrong),
    };
    wrong |= (unsigned)((at[4] ^ '-') | (at[7] ^ '-') | (at[10] ^ 'T') |
                        (at[13] ^ ':') | (at[16] ^ ':'));
    if (wrong)
        return -1;
    struct cursor rest = {at + 19, at + text.length - 1};
    if (!cursor_take_fraction(&rest, &civil.microsecond) || rest.at != rest.end)
        return -1;
    return time_finish(&civil, 0, TIME_EXACT, out);
}

int timestamp_iso(struct slice text, struct time_value *out)
{
    if (!read_usual(text, out))
        return 0;
    struct cursor cursor = {text.data, text.data + text.length};
    if (cursor_take_iso(&cursor, out))
        return -1;
    return cursor.at == cursor.end ? 0 : -1;
}

/* --- epoch --------------------------------------------------------------------- */

int timestamp_epoch(struct slice text, struct time_value *out)
{
    static const struct {
        size_t digits;
        uint64_t multiply, divide;
    } scales[] = {
        {10, US_PER_SECOND, 1}, {13, US_PER_MILLISECOND, 1}, {16, 1, 1}, {19, 1, 1000}};
    struct cursor cursor = {text.data, text.data + text.length};
    uint64_t number = 0; /* 19 digits do not all fit a signed one */
    size_t digits = 0;
    int microsecond;
    for (; cursor.at < cursor.end && is_digit(*cursor.at) && digits < 19; digits++)
        number = number * 10 + (uint64_t)(*cursor.at++ - '0');
    if (!cursor_take_fraction(&cursor, &microsecond) || cursor.at != cursor.end)
        return -1;
    for (size_t i = 0; i < sizeof scales / sizeof scales[0]; i++) {
        if (digits != scales[i].digits)
            continue;
        out->us = (int64_t)(number * scales[i].multiply / scales[i].divide);
        if (i == 0)
            out->us += microsecond;
        else if (i == 1)
            out->us += microsecond / 1000;
        out->quality = TIME_EXACT;
        const int64_t earliest = timestamp_days(2005, 1, 1),
                      latest = timestamp_days(2100, 1, 1);
        int64_t days = out->us / US_PER_SECOND / SECONDS_PER_DAY;
        return days >= earliest && days < latest ? 0 : -1;
    }
    return -1;
}

/* --- printing ------------------------------------------------------------------ */

/* The number's last digits and the byte that ends them; returns what is behind it. */
static char *put_digits(char *out, int number, int digits, char end)
{
    for (int i = digits; i-- > 0; number /= 10)
        out[i] = (char)('0' + number % 10);
    out[digits] = end;
    return out + digits + 1;
}

/* Both forms up to the second; 0 for EVENT_TIME_NONE.  Of every event whose stamp is
 * not the usual one: with snprintf alone this was a tenth of a load. */
static size_t format_civil(int64_t us, char between, struct civil *civil,
                           char out[TIMESTAMP_TEXT_MAX])
{
    out[0] = '\0';
    if (us == EVENT_TIME_NONE)
        return 0;
    time_civil_from_us(us, civil);
    char *at = civil->year >= 0 && civil->year <= 9999
                   ? put_digits(out, civil->year, 4, '-')
                   : out + snprintf(out, TIMESTAMP_TEXT_MAX, "%04d-", civil->year);
    at = put_digits(at, civil->month, 2, '-');
    at = put_digits(at, civil->day, 2, between);
    at = put_digits(at, civil->hour, 2, ':');
    at = put_digits(at, civil->minute, 2, ':');
    at = put_digits(at, civil->second, 2, '\0');
    return (size_t)(at - out) - 1;
}

size_t timestamp_format(int64_t us, char out[TIMESTAMP_TEXT_MAX])
{
    struct civil civil;
    size_t length = format_civil(us, 'T', &civil, out);
    if (!length)
        return 0;
    if (civil.microsecond) {
        out[length++] = '.';
        put_digits(out + length, civil.microsecond, 6, '\0');
        length += 6;
        while (out[length - 1] == '0')
            length--;
    }
    out[length++] = 'Z';
    out[length] = '\0';
    return length;
}

size_t timestamp_format_seconds(int64_t us, char out[TIMESTAMP_TEXT_MAX])
{
    struct civil civil;
    return format_civil(us, ' ', &civil, out);
}
