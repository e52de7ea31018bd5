#include "config.h"

#include "core/time_cursor.h"

/* Howard Hinnant's days_from_civil: years begin in March, so that the leap day is the
 * last of its year; eras of 400 years have 146,097 days. */
int64_t timestamp_days(int year, int month, int day)
{
    int64_t y = year - (month <= 2);
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t year_of_era = y - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t day_of_era =
        year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

void time_civil_from_us(int64_t us, struct civil *out)
{
    const int64_t day_us = (int64_t)SECONDS_PER_DAY * US_PER_SECOND;
    int64_t days = us / day_us, rest = us % day_us;
    if (rest < 0) {
        rest += day_us;
        days--;
    }
    int64_t z = days + 719468;
    int64_t era = (z >= 0 ? z : z - 146096) / 146097;
    int64_t day_of_era = z - era * 146097;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) /
        365;
    int64_t day_of_year =
        day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t month = (5 * day_of_year + 2) / 153;
    out->day = (int)(day_of_year - (153 * month + 2) / 5 + 1);
    out->month = (int)(month < 10 ? month + 3 : month - 9);
    out->year = (int)(year_of_era + era * 400 + (out->month <= 2));
    out->microsecond = (int)(rest % US_PER_SECOND);
    rest /= US_PER_SECOND;
    out->second = (int)(rest % 60);
    out->minute = (int)(rest / 60 % 60);
    out->hour = (int)(rest / 3600);
}

/* Second 60 is a leap second and counts as the next minute's first. */
int time_civil_to_us(const struct civil *civil, int64_t *us)
{
    static const unsigned char lengths[] = {31, 29, 31, 30, 31, 30,
                                            31, 31, 30, 31, 30, 31};
    bool leap = civil->year % 4 == 0 && (civil->year % 100 || civil->year % 400 == 0);
    if (civil->year < 1970 || civil->year > 9999 || civil->month < 1 ||
        civil->month > 12 || civil->day < 1 || civil->day > lengths[civil->month - 1] ||
        (civil->month == 2 && civil->day == 29 && !leap) || civil->hour > 23 ||
        civil->minute > 59 || civil->second > 60)
        return -1;
    int64_t seconds =
        timestamp_days(civil->year, civil->month, civil->day) * SECONDS_PER_DAY +
        civil->hour * 3600 + civil->minute * 60 + civil->second;
    *us = seconds * US_PER_SECOND + civil->microsecond;
    return 0;
}

/* --- a cursor over text -------------------------------------------------------- */

bool cursor_take(struct cursor *cursor, char byte)
{
    if (cursor->at == cursor->end || *cursor->at != byte)
        return false;
    cursor->at++;
    return true;
}

/* Exactly `count` digits. */
bool cursor_take_digits(struct cursor *cursor, int count, int *out)
{
    int number = 0;
    if (cursor->end - cursor->at < count)
        return false;
    for (int i = 0; i < count; i++) {
        if (!is_digit(cursor->at[i]))
            return false;
        number = number * 10 + (cursor->at[i] - '0');
    }
    cursor->at += count;
    *out = number;
    return true;
}

/* One to `most` digits. */
bool cursor_take_number(struct cursor *cursor, int most, int *out)
{
    int number = 0, taken = 0;
    while (taken < most && cursor->at < cursor->end && is_digit(*cursor->at)) {
        number = number * 10 + (*cursor->at++ - '0');
        taken++;
    }
    *out = number;
    return taken > 0;
}

/* After a dot or comma: any number of digits, of which six count. */
bool cursor_take_fraction(struct cursor *cursor, int *microsecond)
{
    int scale = 100000;
    *microsecond = 0;
    if (!cursor_take(cursor, '.') && !cursor_take(cursor, ','))
        return true;
    if (cursor->at == cursor->end || !is_digit(*cursor->at))
        return false;
    for (; cursor->at < cursor->end && is_digit(*cursor->at); cursor->at++) {
        *microsecond += scale * (*cursor->at - '0');
        scale /= 10;
    }
    return true;
}

bool cursor_take_clock(struct cursor *cursor, struct civil *civil)
{
    return cursor_take_digits(cursor, 2, &civil->hour) && cursor_take(cursor, ':') &&
           cursor_take_digits(cursor, 2, &civil->minute) && cursor_take(cursor, ':') &&
           cursor_take_digits(cursor, 2, &civil->second) &&
           cursor_take_fraction(cursor, &civil->microsecond);
}

bool cursor_take_short_clock(struct cursor *cursor, struct civil *civil)
{
    return cursor_take_number(cursor, 2, &civil->hour) && cursor_take(cursor, ':') &&
           cursor_take_digits(cursor, 2, &civil->minute) && cursor_take(cursor, ':') &&
           cursor_take_digits(cursor, 2, &civil->second) &&
           cursor_take_fraction(cursor, &civil->microsecond);
}

bool cursor_take_blanks(struct cursor *cursor)
{
    bool any = false;
    while (cursor_take(cursor, ' '))
        any = true;
    return any;
}

bool cursor_at_blank(const struct cursor *cursor)
{
    return cursor->at == cursor->end || *cursor->at == ' ' || *cursor->at == '\t';
}

/* The number of the three letters at the cursor in `names`, from 0, or -1. */
static int find_name(const struct cursor *cursor, const char *names)
{
    if (cursor->end - cursor->at < 3)
        return -1;
    for (int i = 0; names[3 * i]; i++) {
        if (slice_equal_nocase((struct slice){cursor->at, 3},
                               (struct slice){names + 3 * i, 3}))
            return i;
    }
    return -1;
}

static void skip_letters(struct cursor *cursor)
{
    while (cursor->at < cursor->end && is_letter(*cursor->at))
        cursor->at++;
}

bool cursor_take_month(struct cursor *cursor, int *month)
{
    int number = find_name(cursor, "JanFebMarAprMayJunJulAugSepOctNovDec");
    *month = number + 1;
    if (number >= 0)
        skip_letters(cursor);
    return number >= 0;
}

void cursor_skip_weekday(struct cursor *cursor)
{
    struct cursor ahead = *cursor;
    if (find_name(cursor, "MonTueWedThuFriSatSun") < 0)
        return;
    skip_letters(&ahead);
    cursor_take(&ahead, ',');
    if (cursor_take_blanks(&ahead))
        *cursor = ahead;
}

/* "+hh:mm", "+hhmm" or "+hh"; minutes east. */
bool cursor_take_offset(struct cursor *cursor, int *minutes)
{
    int hours, rest = 0;
    bool west = cursor->at < cursor->end && *cursor->at == '-';
    if (!cursor_take(cursor, '+') && !cursor_take(cursor, '-'))
        return false;
    if (!cursor_take_digits(cursor, 2, &hours))
        return false;
    bool colon = cursor_take(cursor, ':');
    if (!cursor_take_digits(cursor, 2, &rest) && colon)
        return false;
    if (hours > 14 || rest > 59)
        return false;
    *minutes = (hours * 60 + rest) * (west ? -1 : 1);
    return true;
}

int time_finish(const struct civil *civil, int offset_minutes,
                enum time_quality quality, struct time_value *out)
{
    int64_t us;
    if (time_civil_to_us(civil, &us))
        return -1;
    out->us = us - (int64_t)offset_minutes * 60 * US_PER_SECOND;
    out->quality = quality;
    return 0;
}
