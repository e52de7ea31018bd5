/*
 * time_cursor.h - the pieces that stamps are read from. Internal to timestamp*.c.
 */
#ifndef CORE_TIME_CURSOR_H
#define CORE_TIME_CURSOR_H

#include "core/timestamp.h"

enum { US_PER_SECOND = 1000000, SECONDS_PER_DAY = 86400, US_PER_MILLISECOND = 1000 };

struct civil {
    int year, month, day, hour, minute, second, microsecond;
};

void time_civil_from_us(int64_t us, struct civil *out);
/* -1 for a date or clock that does not exist. Second 60 is the next minute's first. */
int time_civil_to_us(const struct civil *civil, int64_t *us);
int time_finish(const struct civil *civil, int offset_minutes,
                enum time_quality quality, struct time_value *out);

struct cursor {
    const char *at, *end;
};

/* Each takes what it names off the cursor, or returns false. */
bool cursor_take(struct cursor *cursor, char byte);
bool cursor_take_digits(struct cursor *cursor, int count, int *out);
bool cursor_take_number(struct cursor *cursor, int most, int *out);
/* Nothing, or a dot or comma and digits, of which six count. */
bool cursor_take_fraction(struct cursor *cursor, int *microsecond);
bool cursor_take_clock(struct cursor *cursor, struct civil *civil);
/* The same, where one digit may be the hour. */
bool cursor_take_short_clock(struct cursor *cursor, struct civil *civil);
bool cursor_take_blanks(struct cursor *cursor);
/* "Mar", "March". */
bool cursor_take_month(struct cursor *cursor, int *month);
/* Whether a blank, a tab or the end follows. */
bool cursor_at_blank(const struct cursor *cursor);
/* "Sat ", "Sat, ", or nothing. */
void cursor_skip_weekday(struct cursor *cursor);
/* "+hh:mm", "+hhmm", "+hh"; minutes east. */
bool cursor_take_offset(struct cursor *cursor, int *minutes);
/* An ISO stamp with its zone; 0 or -1. */
int cursor_take_iso(struct cursor *cursor, struct time_value *out);

/* The zone of the options, for a stamp that names none. */
void time_apply_zone(struct time_value *value, const struct time_hint *hint);

static inline bool is_letter(char byte)
{
    return (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z');
}

static inline bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

#endif
