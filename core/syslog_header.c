#include "config.h"

#include "core/syslog_header.h"

/* Words of a header that are looked at; real ones have at most a dozen. */
enum { LIMIT_HEADER_WORDS = 64 };

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_letter(char c)
{
    return is_upper(c) || (c >= 'a' && c <= 'z');
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static char byte_at(struct slice s, size_t at)
{
    return at < s.length ? s.data[at] : '\0';
}

static size_t skip_blanks(struct slice s, size_t at)
{
    while (at < s.length && is_blank(s.data[at]))
        at++;
    return at;
}

static size_t skip_digits(struct slice s, size_t at)
{
    while (at < s.length && is_digit(s.data[at]))
        at++;
    return at;
}

static bool all_digits(struct slice s)
{
    return s.length && skip_digits(s, 0) == s.length;
}

/* ---- time stamps, by their looks ---- */

/* '9' in the pattern is a digit, all else is itself. */
static bool looks_like(struct slice s, size_t at, const char *pattern)
{
    for (size_t i = 0; pattern[i]; i++) {
        char c = byte_at(s, at + i);
        if (pattern[i] == '9' ? !is_digit(c) : c != pattern[i])
            return false;
    }
    return true;
}

static size_t skip_fraction(struct slice s, size_t at)
{
    /* Huawei counts the messages of one moment behind a second dot. */
    for (int parts = 0; parts < 2; parts++) {
        if (byte_at(s, at) == '.' && is_digit(byte_at(s, at + 1)))
            at = skip_digits(s, at + 1);
    }
    return at;
}

/* The number of bytes of "02:25:03.100" at `at`, 0 if it is none. */
static size_t clock_length(struct slice s, size_t at)
{
    size_t end;
    if (looks_like(s, at, "99:99:99"))
        end = at + 8;
    else if (looks_like(s, at, "9:99:99"))
        end = at + 7;
    else
        return 0;
    return is_digit(byte_at(s, end)) ? 0 : skip_fraction(s, end) - at;
}

/* The month's bytes, a full name included. */
static size_t month_length(struct slice s, size_t at)
{
    static const char *const months[] = {
        "january", "february", "march",     "april",   "may",      "june",
        "july",    "august",   "september", "october", "november", "december"};
    struct slice rest = slice_skip(s, at);
    if (!is_letter(byte_at(s, at)))
        return 0;
    for (size_t i = 0; i < sizeof(months) / sizeof(months[0]); i++) {
        if ((rest.data[0] | 0x20) != months[i][0])
            continue;
        struct slice name = slice_from(months[i]);
        if (slice_starts_with_nocase(rest, name) &&
            !is_letter(byte_at(rest, name.length)))
            return name.length;
        if (slice_starts_with_nocase(rest, slice_first(name, 3)) &&
            !is_letter(byte_at(rest, 3)))
            return 3;
    }
    return 0;
}

/* "2026-03-14", or "2026-3-14" as Huawei writes it. */
static size_t iso_date_length(struct slice s)
{
    if (!looks_like(s, 0, "9999-"))
        return 0;
    size_t month = skip_digits(s, 5), day = skip_digits(s, month + 1);
    bool shaped = month > 5 && month < 8 && byte_at(s, month) == '-' &&
                  day > month + 1 && day < month + 4;
    return shaped ? day : 0;
}

/* "2024-10-11T10:15:31.208321-05:00", a blank for the T, a zone or none. */
static size_t iso_length(struct slice s)
{
    size_t date = iso_date_length(s), end;
    if (!date || (byte_at(s, date) != 'T' && byte_at(s, date) != ' '))
        return 0;
    size_t clock = clock_length(s, date + 1);
    if (!clock)
        return 0;
    end = date + 1 + clock;
    if (byte_at(s, end) == 'Z')
        return end + 1;
    if (byte_at(s, end) != '+' && byte_at(s, end) != '-')
        return end;
    if (looks_like(s, end + 1, "99:99"))
        return end + 6;
    return looks_like(s, end + 1, "9999") ? end + 5 : end;
}

/* A year and the blanks after it. */
static size_t skip_year(struct slice s, size_t at)
{
    if (!looks_like(s, at, "9999") || !is_blank(byte_at(s, at + 4)))
        return at;
    return skip_blanks(s, at + 4);
}

/* " 2026" after the clock, as Junos writes it.  "2001:" is the number of a message. */
static size_t late_year_length(struct slice s, size_t at)
{
    size_t year = skip_blanks(s, at);
    bool follows = year > at && (byte_at(s, year) == '1' || byte_at(s, year) == '2') &&
                   looks_like(s, year, "9999");
    return follows && is_blank(byte_at(s, year + 4)) &&
                   byte_at(s, skip_blanks(s, year + 4)) != ':'
               ? year + 4 - at
               : 0;
}

/* "Mar 14 02:25:03.100", the year before the month, after the day or clock, or
 * nowhere. */
static size_t dated_length(struct slice s)
{
    size_t at = skip_year(s, 0);
    size_t month = month_length(s, at);
    if (!month || !is_blank(byte_at(s, at + month)))
        return 0;
    size_t day = skip_blanks(s, at + month);
    size_t after = skip_digits(s, day);
    if (after == day || after > day + 2 || !is_blank(byte_at(s, after)))
        return 0;
    size_t clock = skip_year(s, skip_blanks(s, after));
    size_t length = clock_length(s, clock);
    if (!length)
        return 0;
    size_t end = clock + length;
    bool dated = clock > skip_blanks(s, after) || at > 0;
    return dated ? end : end + late_year_length(s, end);
}

/* "2y10w", "13w1d", "1d02h", "00:00:46": time since the device started. */
static size_t uptime_length(struct slice s)
{
    static const char *const units[] = {"yw", "wd", "dh"};
    size_t first = skip_digits(s, 0);
    size_t second = skip_digits(s, first + 1);
    size_t clock = clock_length(s, 0);
    if (clock)
        return clock;
    if (first == 0 || first > 3 || second == first + 1 || second > first + 3)
        return 0;
    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
        if (byte_at(s, first) == units[i][0] && byte_at(s, second) == units[i][1])
            return second + 1;
    }
    return 0;
}

/* "UTC", "NewYork", "UTC+07:30", "+0000": letters, then perhaps an offset. */
static size_t zone_length(struct slice s, size_t at)
{
    size_t end = at;
    while (is_letter(byte_at(s, end)))
        end++;
    if (byte_at(s, end) != '+' && byte_at(s, end) != '-')
        return end - at;
    if (looks_like(s, end + 1, "99:99"))
        return end + 6 - at;
    if (looks_like(s, end + 1, "9999"))
        return end + 5 - at;
    size_t digits = skip_digits(s, end + 1);
    return digits > end + 1 && digits <= end + 3 ? digits - at : 0;
}

struct stamp {
    size_t length; /* mark and zone included, 0: no stamp */
    bool uptime;
    bool closed; /* a colon follows: the device wrote it */
};

static bool colon_follows(struct slice s, size_t at)
{
    return byte_at(s, skip_blanks(s, at)) == ':';
}

/* s begins where the stamp may begin and ends before the token. */
static struct stamp match_stamp(struct slice s)
{
    struct stamp stamp = {0, false, false};
    size_t mark = byte_at(s, 0) == '*' || byte_at(s, 0) == '.' ? 1 : 0;
    struct slice rest = slice_skip(s, mark);
    size_t length = iso_length(rest);
    if (!length)
        length = dated_length(rest);
    if (!length) {
        length = uptime_length(rest);
        stamp.uptime = true;
    }
    if (!length)
        return stamp;
    size_t end = mark + length;
    size_t zone = skip_blanks(s, end);
    size_t zone_end = zone + zone_length(s, zone);
    /* After a relay's stamp comes the host: a word is a zone only before a colon. */
    if (zone > end && zone_end > zone && colon_follows(s, zone_end))
        end = zone_end;
    stamp.closed = colon_follows(s, end);
    if (stamp.uptime && !stamp.closed)
        return (struct stamp){0, false, false};
    char next = byte_at(s, end);
    if (next && next != ':' && !is_blank(next))
        return (struct stamp){0, false, false};
    stamp.length = end;
    return stamp;
}

/* ---- the anchor ---- */

/* Bytes of the token at `at` (just after the percent sign), 0 if it is none.  A
 * severity of one digit stands between a facility and a mnemonic. */
static size_t token_length(struct slice s, size_t at, size_t *facility)
{
    size_t begin = at, part = at, parts = 0;
    *facility = 0;
    for (;; at++) {
        char c = byte_at(s, at);
        if (is_upper(c) || is_digit(c) || c == '_')
            continue;
        if (at == part)
            return 0;
        if (*facility)
            break;
        bool severity = at == part + 1 && s.data[part] >= '0' && s.data[part] <= '7';
        if (c != '-')
            return 0;
        if (severity && parts)
            *facility = part - 1 - begin;
        parts++;
        part = at + 1;
    }
    bool mnemonic = is_upper(s.data[part]) || is_digit(s.data[part]);
    char after = byte_at(s, at);
    return mnemonic && (after == ':' || is_blank(after)) ? at - begin : 0;
}

/* Sets token, facility and text; returns the offset of the percent sign, or -1. */
static ptrdiff_t find_token(struct slice line, struct syslog_header *out)
{
    struct slice rest = line;
    ptrdiff_t found;
    while ((found = slice_index(rest, '%')) >= 0) {
        size_t facility;
        struct slice begin = slice_skip(rest, (size_t)found + 1);
        char before = found ? rest.data[found - 1] : ' ';
        bool inside = is_letter(before) || is_digit(before); /* "%2F" of an address */
        size_t length = inside ? 0 : token_length(begin, 0, &facility);
        if (length) {
            out->token = slice_first(begin, length);
            out->facility = slice_first(begin, facility);
            size_t text = skip_blanks(begin, length);
            if (byte_at(begin, text) == ':')
                text++;
            out->text = slice_trim(slice_skip(begin, text));
            return begin.data - line.data - 1;
        }
        rest = begin;
    }
    return -1;
}

/* The tag that relays give to these devices: CISCO-IOS, CISCO-IOS[811]. */
static const struct slice TAG = {"CISCO-IOS", 9};

bool syslog_header_is_tag(struct slice word)
{
    struct slice rest = slice_skip(word, TAG.length);
    return slice_starts_with(word, TAG) && (!rest.length || rest.data[0] == '[');
}

/* For a line without a token: the text is what follows the tag.  The offset of the
 * tag, or -1. */
static ptrdiff_t find_tag(struct slice line, struct syslog_header *out)
{
    struct slice rest = line;
    ptrdiff_t found;
    while ((found = slice_find(rest, TAG)) >= 0) {
        const char *begin = rest.data + found;
        size_t at = TAG.length;
        rest = slice_skip(rest, (size_t)found);
        if (byte_at(rest, at) == '[') {
            at = skip_digits(rest, at + 1);
            at += byte_at(rest, at) == ']';
        }
        bool alone = begin == line.data || is_blank(begin[-1]) || begin[-1] == '>';
        if (alone && (byte_at(rest, at) == ':' || is_blank(byte_at(rest, at)))) {
            out->text = slice_trim(slice_skip(rest, at + 1));
            return begin - line.data;
        }
        rest = slice_skip(rest, TAG.length);
    }
    return -1;
}

static bool is_repeat(struct slice line)
{
    /* "last message repeated 3 times", "Last message 'x' repeated 3 times", "--- last
     * message repeated". */
    ptrdiff_t at = slice_find(line, SLICE(" repeated"));
    return at >= 0 &&
           slice_find_nocase(slice_first(line, (size_t)at), SLICE("message")) >= 0;
}

/* ---- what stands left of the anchor ---- */

struct reading {
    struct syslog_header *out;
    struct slice rest;
    struct slice named;   /* the first word before a colon that is no number */
    bool named_after_seq; /* so it is the device's, not a process of a relayed line */
    bool named_first;     /* before any stamp */
};

static void read_stamp(struct reading *reading, struct stamp stamp)
{
    struct slice text = slice_first(reading->rest, stamp.length);
    if (stamp.closed) {
        reading->out->stamp = text;
        reading->out->uptime = stamp.uptime;
    } else if (!slice_present(reading->out->relay_stamp)) {
        reading->out->relay_stamp = text;
    }
    reading->rest = slice_skip(reading->rest, stamp.length);
}

/* A word before a colon: a sequence number, the device's name, or a process. */
static void read_named(struct reading *reading, struct slice word)
{
    struct syslog_header *out = reading->out;
    if (all_digits(word)) {
        out->sequence = word;
    } else if (syslog_header_is_tag(word)) {
        out->tagged = true;
    } else if (slice_present(out->stamp)) {
        out->process = word;
    } else if (!slice_present(reading->named) && word.data[0] != '*' &&
               !slice_equal(word, SLICE("0.0.0.0"))) {
        reading->named = word;
        reading->named_after_seq = slice_present(out->sequence);
        reading->named_first = !slice_present(out->relay_stamp);
    }
}

/* A word that no colon follows: the first is the relay's host. */
static void read_bare(struct reading *reading, struct slice word)
{
    struct syslog_header *out = reading->out;
    if (syslog_header_is_tag(word)) {
        out->tagged = true;
        return;
    }
    bool counter = all_digits(word) || word.data[0] == '-';
    /* Kiwi: "Original Address=192.0.2.1 1 STAMP HOST ..." */
    bool kiwi = slice_equal(word, SLICE("Original")) ||
                slice_starts_with(word, SLICE("Address="));
    if (!slice_present(out->relay_host) && !slice_present(out->stamp) && !counter &&
        !kiwi)
        out->relay_host = word;
}

/* IOS XR glues its node to the stamp: "RP/0/RP0/CPU0:Oct 20 17:14:37.407". */
static size_t glued_stamp(struct slice rest, size_t length)
{
    for (size_t i = 1; i < length; i++) {
        struct slice after = slice_skip(rest, i + 1);
        if (rest.data[i] == ':' && (dated_length(after) || iso_length(after)))
            return i;
    }
    return length;
}

static void read_word(struct reading *reading)
{
    struct slice rest = reading->rest;
    size_t length = 0;
    while (length < rest.length && !is_blank(rest.data[length]))
        length++;
    size_t glue = glued_stamp(rest, length);
    struct slice word = slice_first(rest, glue);
    reading->rest = slice_skip(rest, glue);
    if (glue < length) {
        reading->out->node = word; /* part of a device, not its name */
        return;
    }
    bool named = word.data[word.length - 1] == ':';
    while (word.length && word.data[word.length - 1] == ':')
        word.length--;
    if (!word.length)
        return;
    if (named || colon_follows(reading->rest, 0))
        read_named(reading, word);
    else
        read_bare(reading, word);
}

/* "<189>", and the version of RFC 5424 after it. */
static struct slice skip_priority(struct slice line)
{
    struct slice rest = slice_skip(line, skip_blanks(line, 0));
    size_t end = skip_digits(rest, 1);
    if (byte_at(rest, 0) != '<' || end == 1 || end > 4 || byte_at(rest, end) != '>')
        return rest;
    rest = slice_skip(rest, end + 1);
    return looks_like(rest, 0, "9 9999-") ? slice_skip(rest, 2) : rest;
}

void syslog_header_read(struct slice header, struct syslog_header *out)
{
    struct reading reading = {out, skip_priority(header), SLICE_NONE, false, false};
    for (size_t words = 0; words < LIMIT_HEADER_WORDS; words++) {
        size_t at = 0;
        while (is_blank(byte_at(reading.rest, at)) || byte_at(reading.rest, at) == ':')
            at++;
        reading.rest = slice_skip(reading.rest, at);
        if (!reading.rest.length)
            break;
        struct stamp stamp = match_stamp(reading.rest);
        if (stamp.length)
            read_stamp(&reading, stamp);
        else
            read_word(&reading);
    }
    /* "leaf1 Aaa: %ACCOUNTING": after a relay's stamp and host, and without a stamp
     * of the device's own, it is a process unless a number led it in. */
    if (slice_present(out->stamp) || reading.named_after_seq || reading.named_first ||
        !slice_present(out->relay_host))
        out->host = reading.named;
    else
        out->process = reading.named;
}

bool syslog_header_parse(struct slice line, struct syslog_header *out)
{
    *out = (struct syslog_header){0};
    ptrdiff_t anchor = find_token(line, out);
    struct slice header = anchor < 0 ? line : slice_first(line, (size_t)anchor);
    if (is_repeat(header)) {
        out->repeated = true;
        return true;
    }
    if (anchor < 0) {
        anchor = find_tag(line, out);
        if (anchor < 0)
            return false;
        out->tagged = true;
        header = slice_first(line, (size_t)anchor);
    }
    syslog_header_read(header, out);
    return true;
}
