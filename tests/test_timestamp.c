#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "core/date_survey.h"
#include "core/timestamp.h"
#include "core/unfold.h"
#include "core/year_walk.h"

/* A file of 2026-03-20 12:00, read without options. */
static const struct time_hint plain = {.newest_us = INT64_C(1774008000000000)};

struct stamp {
    const char *text;
    const char *time; /* "" without a time, NULL where it is refused */
    enum time_quality quality;
};

static void expect_time(const struct stamp *stamp, int status,
                        const struct time_value *value)
{
    char text[TIMESTAMP_TEXT_MAX];
    if (status && stamp->time)
        fail_msg("%s is refused", stamp->text);
    if (!status && !stamp->time)
        fail_msg("%s is taken", stamp->text);
    if (status)
        return;
    timestamp_format(value->us, text);
    assert_string_equal(text, stamp->time);
    assert_int_equal(value->quality, stamp->quality);
}

#define EACH(stamp, table)                                                             \
    for (const struct stamp *stamp = table;                                            \
         stamp < table + sizeof(table) / sizeof(table)[0]; stamp++)

static void reads_iso_stamps(void **state)
{
    (void)state;
    static const struct stamp stamps[] = {
        {"2026-03-14T02:11:09Z", "2026-03-14T02:11:09Z", TIME_EXACT},
        {"2026-03-14t02:11:09z", "2026-03-14T02:11:09Z", TIME_EXACT},
        {"2026-03-14 02:11:09 UTC", "2026-03-14T02:11:09Z", TIME_EXACT},
        {"2026-03-14T02:11:09.5Z", "2026-03-14T02:11:09.5Z", TIME_EXACT},
        {"2026-03-14T02:11:09,25Z", "2026-03-14T02:11:09.25Z", TIME_EXACT},
        {"2026-03-14T02:11:09.123456Z", "2026-03-14T02:11:09.123456Z", TIME_EXACT},
        /* nine digits of GCP, seven of Azure: cut, not rounded */
        {"2026-03-14T02:11:09.999999999Z", "2026-03-14T02:11:09.999999Z", TIME_EXACT},
        {"2026-03-14T02:11:09.1234567Z", "2026-03-14T02:11:09.123456Z", TIME_EXACT},
        {"2026-03-14T02:11:09+05:30", "2026-03-13T20:41:09Z", TIME_EXACT},
        {"2026-03-14T02:11:09-0800", "2026-03-14T10:11:09Z", TIME_EXACT},
        {"2026-03-14T02:11:09 +02", "2026-03-14T00:11:09Z", TIME_EXACT},
        {"20260314T021109Z", "2026-03-14T02:11:09Z", TIME_EXACT},
        {"2026-03-14T02:11:09", "2026-03-14T02:11:09Z", TIME_ZONE_ASSUMED},
        {"2024-02-29T00:00:00Z", "2024-02-29T00:00:00Z", TIME_EXACT},
        {"2026-12-31T23:59:60Z", "2027-01-01T00:00:00Z", TIME_EXACT},
        {"1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z", TIME_EXACT},
        {"2026-03-14 02:11:09 GMT", "2026-03-14T02:11:09Z", TIME_EXACT},
        {"2026-02-29T00:00:00Z", NULL, TIME_NONE},
        {"2026-03-14T02:11:0:Z", NULL, TIME_NONE},
        {"2026-03-14T02:11:09.1xZ", NULL, TIME_NONE},
        {"2026/03/14T02:11:09Z", NULL, TIME_NONE},
        {"2100-02-29T00:00:00Z", NULL, TIME_NONE},
        {"2026-04-31T00:00:00Z", NULL, TIME_NONE},
        {"2026-13-01T00:00:00Z", NULL, TIME_NONE},
        {"2026-00-01T00:00:00Z", NULL, TIME_NONE},
        {"2026-03-14T24:00:00Z", NULL, TIME_NONE},
        {"2026-03-14T02:60:00Z", NULL, TIME_NONE},
        {"2026-03-14T02:11:09.Z", NULL, TIME_NONE},
        {"2026-03-14T02:11:09+25:00", NULL, TIME_NONE},
        {"2026-03-14T02:11:09Z ", NULL, TIME_NONE},
        {"2026-03-14T02:11", NULL, TIME_NONE},
        {"2026-03-14", NULL, TIME_NONE},
        {"", NULL, TIME_NONE},
    };
    EACH(stamp, stamps)
    {
        struct time_value value = {0};
        expect_time(stamp, timestamp_iso(slice_from(stamp->text), &value), &value);
    }
}

static void reads_epochs_by_magnitude(void **state)
{
    (void)state;
    static const struct stamp stamps[] = {
        {"1773454269", "2026-03-14T02:11:09Z", TIME_EXACT},
        {"1773454269.25", "2026-03-14T02:11:09.25Z", TIME_EXACT},
        {"1773454269500", "2026-03-14T02:11:09.5Z", TIME_EXACT},
        {"1773454269500.250", "2026-03-14T02:11:09.50025Z", TIME_EXACT},
        {"1773454269123456", "2026-03-14T02:11:09.123456Z", TIME_EXACT},
        {"1773454269123456789", "2026-03-14T02:11:09.123456Z", TIME_EXACT},
        {"1000000000", NULL, TIME_NONE}, /* 2001 */
        {"4200000000", NULL, TIME_NONE}, /* 2103 */
        {"9999999999999999999", NULL, TIME_NONE},
        {"99999999999999999999", NULL, TIME_NONE},
        {"17734542691", NULL, TIME_NONE},
        {"-1773454269", NULL, TIME_NONE},
        {"1773454269x", NULL, TIME_NONE},
        {"1773454269.", NULL, TIME_NONE},
        {"", NULL, TIME_NONE},
    };
    EACH(stamp, stamps)
    {
        struct time_value value = {0};
        expect_time(stamp, timestamp_epoch(slice_from(stamp->text), &value), &value);
    }
}

static void reads_device_stamps(void **state)
{
    (void)state;
    static const struct {
        struct stamp stamp;
        size_t used;
    } cases[] = {
        {{"Mar 14 02:25:03.100 UTC: %SYS-5", "2026-03-14T02:25:03.1Z",
          TIME_YEAR_INFERRED},
         23},
        {{"Mar 14 02:25:03 switch-1 x", "2026-03-14T02:25:03Z", TIME_YEAR_INFERRED},
         15},
        {{"Mar  4 02:25:03: x", "2026-03-04T02:25:03Z", TIME_YEAR_INFERRED}, 15},
        {{"2026 Mar 14 02:25:01 x", "2026-03-14T02:25:01Z", TIME_ZONE_ASSUMED}, 20},
        {{"2026 Mar 14 02:25:01 UTC: x", "2026-03-14T02:25:01Z", TIME_EXACT}, 24},
        {{"Jan  6 2022 20:52:12.861: x", "2022-01-06T20:52:12.861Z", TIME_ZONE_ASSUMED},
         24},
        {{"Sat Mar 14 02:25:03 2026 x", "2026-03-14T02:25:03Z", TIME_ZONE_ASSUMED}, 24},
        {{"*Mar 14 2026 02:25:03 UTC: x", "2026-03-14T02:25:03Z", TIME_ZONE_ASSUMED},
         25},
        {{".Mar 14 2026 02:25:03 CET: x", "2026-03-14T01:25:03Z", TIME_ZONE_ASSUMED},
         25},
        {{"Mar 14 2026 02:25:03 PST: x", "2026-03-14T10:25:03Z", TIME_EXACT}, 24},
        /* a name of the owner's, which tells no offset */
        {{"Mar 14 2026 02:25:03 NewYork: x", "2026-03-14T02:25:03Z", TIME_ZONE_ASSUMED},
         28},
        {{"Mar 14 2026 02:25:03 UTC+07:30: x", "2026-03-13T18:55:03Z", TIME_EXACT}, 30},
        {{"Mar 14 2026 02:25:03+08:00 sw", "2026-03-13T18:25:03Z", TIME_EXACT}, 26},
        {{"Mar 14 2026 02:25:03 CST: x", "2026-03-14T08:25:03Z", TIME_ZONE_ASSUMED},
         24},
        {{"Mar 14 2026 02:25:03 MET x", "2026-03-14T01:25:03Z", TIME_EXACT}, 24},
        /* a host that has a zone's name */
        {{"Mar 14 2026 02:25:03 met x", "2026-03-14T02:25:03Z", TIME_ZONE_ASSUMED}, 20},
        {{"Mar 14 2026 2:25:03 x", "2026-03-14T02:25:03Z", TIME_ZONE_ASSUMED}, 19},
        {{"Sat Mar 14 02:25:03 UTC 2026 x", "2026-03-14T02:25:03Z", TIME_EXACT}, 28},
        {{"Mar 14 02:25:03 2024\tx", "2024-03-14T02:25:03Z", TIME_ZONE_ASSUMED}, 20},
        {{"Mar 14 02:25:03 2024:type=x", "2024-03-14T02:25:03Z", TIME_ZONE_ASSUMED},
         20},
        /* the number of a message */
        {{"Mar 14 02:25:03 2024: x", "2026-03-14T02:25:03Z", TIME_YEAR_INFERRED}, 15},
        {{"*2026-03-14T02:11:09Z sw", "2026-03-14T02:11:09Z", TIME_ZONE_ASSUMED}, 21},
        {{"2026-03-14T02:11:09+01:00 sw", "2026-03-14T01:11:09Z", TIME_EXACT}, 25},
        {{"00:00:46: %SYS", "", TIME_UPTIME_ONLY}, 8},
        {{"2y10w: %SYS", "", TIME_UPTIME_ONLY}, 5},
        {{"1d02h: %SYS", "", TIME_UPTIME_ONLY}, 5},
        {{"Feb 30 02:25:03 x", NULL, TIME_NONE}, 0},
        {{"Mar 14 x", NULL, TIME_NONE}, 0},
        {{"Mxx 14 02:25:03 x", NULL, TIME_NONE}, 0},
        {{"2y10", NULL, TIME_NONE}, 0},
        {{"", NULL, TIME_NONE}, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct time_value value = {0};
        size_t used = 0;
        int status =
            timestamp_device(slice_from(cases[i].stamp.text), &plain, &value, &used);
        expect_time(&cases[i].stamp, status, &value);
        if (!status)
            assert_int_equal(used, cases[i].used);
    }
}

static void follows_hints(void **state)
{
    (void)state;
    const struct {
        struct time_hint hint;
        struct stamp stamp;
    } cases[] = {
        /* never after the file, but for a day */
        {plain, {"Dec 31 23:59:59", "2025-12-31T23:59:59Z", TIME_YEAR_INFERRED}},
        {plain, {"Mar 21 11:00:00", "2026-03-21T11:00:00Z", TIME_YEAR_INFERRED}},
        {plain, {"Mar 22 11:00:00", "2025-03-22T11:00:00Z", TIME_YEAR_INFERRED}},
        {plain, {"Feb 29 11:00:00", "2024-02-29T11:00:00Z", TIME_YEAR_INFERRED}},
        {{.newest_us = EVENT_TIME_NONE}, {"Mar 14 02:00:00", NULL, TIME_NONE}},
        {{.year = 2019, .newest_us = EVENT_TIME_NONE},
         {"Mar 14 02:00:00 UTC", "2019-03-14T02:00:00Z", TIME_EXACT}},
        {{.year = 2019, .newest_us = EVENT_TIME_NONE},
         {"Mar 14 2026 02:00:00 UTC", "2026-03-14T02:00:00Z", TIME_EXACT}},
        {{.year = 2026, .offset_minutes = 120, .offset_given = true},
         {"Mar 14 02:00:00", "2026-03-14T00:00:00Z", TIME_EXACT}},
        {{.year = 2026, .offset_minutes = 120, .offset_given = true},
         {"Mar 14 02:00:00 UTC", "2026-03-14T02:00:00Z", TIME_EXACT}},
        {{.offset_minutes = -300, .offset_given = true},
         {"2026-03-14 02:00:00", "2026-03-14T07:00:00Z", TIME_EXACT}},
        {{.offset_minutes = -300, .offset_given = true},
         {"2026-03-14T02:00:00Z", "2026-03-14T02:00:00Z", TIME_EXACT}},
        {{.offset_minutes = -300, .offset_given = true},
         {"1773454269", "2026-03-14T02:11:09Z", TIME_EXACT}},
        {{.offset_minutes = 120},
         {"2026-03-14 02:00:00", "2026-03-14T00:00:00Z", TIME_ZONE_ASSUMED}},
        {{.offset_minutes = 480, .offset_given = true},
         {"Mar 14 2026 02:00:00 CST", "2026-03-13T18:00:00Z", TIME_EXACT}},
        {{.offset_minutes = 480, .offset_given = true},
         {"Mar 14 2026 02:00:00 EST", "2026-03-14T07:00:00Z", TIME_EXACT}},
        {plain, {"  2026-03-14T02:00:00Z\r\n", "2026-03-14T02:00:00Z", TIME_EXACT}},
        {plain, {"Mar 14 02:00:00 and more", NULL, TIME_NONE}},
        {{.date_order = DATE_ORDER_DAY_FIRST},
         {"03/04/2026 02:15:41", "2026-04-03T02:15:41Z", TIME_ZONE_ASSUMED}},
        {{.date_order = DATE_ORDER_MONTH_FIRST},
         {"03/04/2026 02:15:41", "2026-03-04T02:15:41Z", TIME_ZONE_ASSUMED}},
        /* what a stamp shows itself is stronger */
        {{.date_order = DATE_ORDER_DAY_FIRST},
         {"3/14/2026 02:15:41", "2026-03-14T02:15:41Z", TIME_ZONE_ASSUMED}},
        {{.date_order = DATE_ORDER_MONTH_FIRST},
         {"14/3/2026 02:15:41", "2026-03-14T02:15:41Z", TIME_ZONE_ASSUMED}},
        {{.date_order = DATE_ORDER_MONTH_FIRST},
         {"04.03.2026 02:15:41", "2026-03-04T02:15:41Z", TIME_ZONE_ASSUMED}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct time_value value = {0};
        int status =
            timestamp_any(slice_from(cases[i].stamp.text), &cases[i].hint, &value);
        expect_time(&cases[i].stamp, status, &value);
    }
}

static void reads_columns(void **state)
{
    (void)state;
    static const struct stamp stamps[] = {
        {"/Date(1773454541765)/", "2026-03-14T02:15:41.765Z", TIME_EXACT},
        {"\\/Date(1773454541765+0200)\\/", "2026-03-14T02:15:41.765Z", TIME_EXACT},
        {"/Date(1773454541765)", NULL, TIME_NONE},
        {"/Date()/", NULL, TIME_NONE},
        {"3/14/2026 2:15:30 AM", "2026-03-14T02:15:30Z", TIME_ZONE_ASSUMED},
        {"3/14/2026 12:15:30 AM", "2026-03-14T00:15:30Z", TIME_ZONE_ASSUMED},
        {"3/14/2026 12:15:30 PM", "2026-03-14T12:15:30Z", TIME_ZONE_ASSUMED},
        {"3/14/2026, 2:15:30\xe2\x80\xafpm", "2026-03-14T14:15:30Z", TIME_ZONE_ASSUMED},
        {"14/03/2026, 02:15:41.765", "2026-03-14T02:15:41.765Z", TIME_ZONE_ASSUMED},
        {"14.03.2026 02:15:41", "2026-03-14T02:15:41Z", TIME_ZONE_ASSUMED},
        {"04.03.2026 02:15:41 UTC", "2026-03-04T02:15:41Z", TIME_EXACT},
        {"2026/03/14 02:15:41", "2026-03-14T02:15:41Z", TIME_ZONE_ASSUMED},
        {"01/09/2007 09:41:00 AM +01:00", "2007-01-09T08:41:00Z",
         TIME_DAY_MONTH_AMBIGUOUS},
        {"03/03/2026 02:15:41 Z", "2026-03-03T02:15:41Z", TIME_EXACT},
        {"3/14/2026 13:15:30 PM", NULL, TIME_NONE},
        {"3/14/2026 0:15:30 AM", NULL, TIME_NONE},
        {"14/14/2026 02:15:41", NULL, TIME_NONE},
        {"3/14/26 02:15:41", NULL, TIME_NONE},
        {"3/14.2026 02:15:41", NULL, TIME_NONE},
        {"3/14/2026", NULL, TIME_NONE},
        {"3/14/2026 02:15:41 x", NULL, TIME_NONE},
        {"Mar 14, 2026 @ 02:11:09.000", "2026-03-14T02:11:09Z", TIME_ZONE_ASSUMED},
        {"March 14, 2026 02:11:09", "2026-03-14T02:11:09Z", TIME_ZONE_ASSUMED},
        {"Sat Mar 14 2026 02:15:41 GMT+0100 (Central European Standard Time)",
         "2026-03-14T01:15:41Z", TIME_EXACT},
        {"Sat, 14 Mar 2026 02:15:41 +0000", "2026-03-14T02:15:41Z", TIME_EXACT},
        {"Sat, 14 Mar 2026 02:15:41 GMT", "2026-03-14T02:15:41Z", TIME_EXACT},
        {"Sat Mar 14 2026 02:15:41 GMT (a) b", NULL, TIME_NONE},
    };
    EACH(stamp, stamps)
    {
        struct time_value value = {0};
        expect_time(stamp, timestamp_any(slice_from(stamp->text), &plain, &value),
                    &value);
    }
}

static void tells_the_order_of_dates(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum date_order order;
    } rows[] = {
        {"3/14/2026 2:15:30 AM", DATE_ORDER_MONTH_FIRST},
        {" 14/03/2026, 02:15:41.765", DATE_ORDER_DAY_FIRST},
        {"03/04/2026 02:15:41", DATE_ORDER_UNKNOWN},
        {"14.03.2026 02:15:41", DATE_ORDER_UNKNOWN},
        {"2026/03/14 02:15:41", DATE_ORDER_UNKNOWN},
        {"2026-03-14T02:15:41Z", DATE_ORDER_UNKNOWN},
        {"", DATE_ORDER_UNKNOWN},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_int_equal(timestamp_date_order(slice_from(rows[i].text)), rows[i].order);
}

static void reads_what_people_type(void **state)
{
    (void)state;
    const int64_t anchor = INT64_C(1773454269000000); /* 2026-03-14T02:11:09Z */
    static const struct stamp stamps[] = {
        {"2026-03-14T02:11:09.5Z", "2026-03-14T02:11:09.5Z", TIME_NONE},
        {"2026-03-14T02:00Z", "2026-03-14T02:00:00Z", TIME_NONE},
        {"2026-03-14T02:00", "2026-03-14T02:00:00Z", TIME_NONE},
        {"2026-03-14 02:00", "2026-03-14T02:00:00Z", TIME_NONE},
        {"2026-03-14T02:00+01:00", "2026-03-14T01:00:00Z", TIME_NONE},
        {"2026-03-14T02:00:30", "2026-03-14T02:00:30Z", TIME_NONE},
        {"2026-03-14", "2026-03-14T00:00:00Z", TIME_NONE},
        {"2026-03-14Z", "2026-03-14T00:00:00Z", TIME_NONE},
        {"1h", NULL, TIME_NONE},
        {"+1h", "2026-03-14T03:11:09Z", TIME_NONE},
        {"-24h30m", "2026-03-13T01:41:09Z", TIME_NONE},
        {"-2w1d", "2026-02-27T02:11:09Z", TIME_NONE},
        {"+30s", "2026-03-14T02:11:39Z", TIME_NONE},
        {"+1", NULL, TIME_NONE},
        {"+h", NULL, TIME_NONE},
        {"+", NULL, TIME_NONE},
        {"-1y", NULL, TIME_NONE},
        {"+99999w99999w", NULL, TIME_NONE},
        {"yesterday", NULL, TIME_NONE},
        {"2026-03-14T", NULL, TIME_NONE},
        {"2026-02-30", NULL, TIME_NONE},
        {"2026-03-14x", NULL, TIME_NONE},
        {"", NULL, TIME_NONE},
    };
    EACH(stamp, stamps)
    {
        struct error error = {0};
        struct time_value value = {0};
        int status = timestamp_user(slice_from(stamp->text), anchor, &value.us, &error);
        expect_time(stamp, status, &value);
        assert_int_equal(error.code, stamp->time ? ERROR_NONE : ERROR_SYNTAX);
    }
    struct error error = {0};
    int64_t us;
    assert_int_equal(timestamp_user(SLICE("+1h"), EVENT_TIME_NONE, &us, &error), -1);
    assert_string_equal(error.message, "there is no time that this counts from");
    assert_int_equal(timestamp_user(SLICE("2026-02-30"), anchor, &us, &error), -1);
    assert_string_equal(error.message, "the calendar or the clock has no such time");
    assert_int_equal(timestamp_user(SLICE("2026-02-03T25:00"), anchor, &us, &error),
                     -1);
    assert_string_equal(error.message, "the calendar or the clock has no such time");
}

/* A hundred spans that each would fit, one after another. */
static void refuses_endless_spans(void **state)
{
    (void)state;
    char text[601] = "+";
    for (size_t i = 0; i < 99; i++)
        memcpy(text + 1 + 6 * i, "99999w", 6);
    struct error error = {0};
    int64_t us;
    assert_int_equal(timestamp_user(slice_from(text), 0, &us, &error), -1);
}

static void prints_times(void **state)
{
    (void)state;
    static const struct {
        int64_t us;
        const char *text, *to_second;
    } cases[] = {
        {EVENT_TIME_NONE, "", ""},
        {0, "1970-01-01T00:00:00Z", "1970-01-01 00:00:00"},
        {-1, "1969-12-31T23:59:59.999999Z", "1969-12-31 23:59:59"},
        {INT64_C(1773454269100000), "2026-03-14T02:11:09.1Z", "2026-03-14 02:11:09"},
        {INT64_C(951782400000000), "2000-02-29T00:00:00Z", "2000-02-29 00:00:00"},
        {INT64_MAX, "294247-01-10T04:00:54.775807Z", "294247-01-10 04:00:54"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[TIMESTAMP_TEXT_MAX];
        assert_int_equal(timestamp_format(cases[i].us, text), strlen(cases[i].text));
        assert_string_equal(text, cases[i].text);
        timestamp_format_seconds(cases[i].us, text);
        assert_string_equal(text, cases[i].to_second);
    }
}

/* What is printed reads back, over two centuries of days. */
static void reads_its_own_prints(void **state)
{
    (void)state;
    const int64_t step = INT64_C(86400000000) * 3 + 12345678901;
    for (int64_t us = 0; us < INT64_C(6311347200000000); us += step) {
        char text[TIMESTAMP_TEXT_MAX];
        struct time_value value;
        size_t length = timestamp_format(us, text);
        assert_int_equal(timestamp_iso((struct slice){text, length}, &value), 0);
        assert_true(value.us == us);
    }
    assert_int_equal(timestamp_days(1970, 1, 1), 0);
    assert_int_equal(timestamp_days(2000, 3, 1), 11017);
    assert_int_equal(timestamp_days(1969, 12, 31), -1);
}

/* ---- years by the order of lines ---- */

enum { YEAR_LINES = 12 };

/* What was read of a text, one line each: "2026-03-14 02" of the device. */
struct years_read {
    char text[YEAR_LINES * 16];
    size_t used;
};

static int note_year(struct leaf *leaf, void *payload)
{
    struct years_read *read = payload;
    char time[TIMESTAMP_TEXT_MAX];
    timestamp_format(leaf->event.time_us, time);
    assert_true(read->used + 16 < sizeof read->text);
    read->used += (size_t)snprintf(read->text + read->used, 16, "%.10s\n", time);
    return 0;
}

static struct years_read read_years(const struct json_projection *projection,
                                    struct slice text, const struct time_hint *hint)
{
    struct years_read read = {.used = 0};
    struct frame_item item;
    struct framer *framer = framer_new(projection);
    struct normaliser *normaliser = normaliser_new();
    struct unfolder *unfolder = unfolder_new(projection, normaliser);
    struct json_slot *slots =
        calloc(json_projection_slot_count(projection), sizeof *slots);
    normaliser_reset(normaliser, hint);
    framer_window(framer, text.data, text.length, 0, true, false);
    while (framer_next(framer, &item, slots), item.kind != FRAME_END)
        unfold(unfolder, &item, slots, note_year, &read);
    free(slots);
    unfolder_free(unfolder);
    normaliser_free(normaliser);
    framer_free(framer);
    return read;
}

#define OF(host, stamp) stamp " " host " 7: %LINK-3-UPDOWN: x\n"
#define SW1(stamp) OF("sw1", stamp)

static const struct {
    const char *lines, *times;
} year_cases[] = {
    /* more than a year, up to the file's time */
    {SW1("Oct  2 10:00:00") SW1("Mar 19 10:00:00") SW1("Dec 30 10:00:00")
         SW1("Jan  5 10:00:00") SW1("Mar 18 10:00:00"),
     "2024-10-02\n2025-03-19\n2025-12-30\n2026-01-05\n2026-03-18\n"},
    /* the end tells the rest, although the beginning would fit the file's time */
    {SW1("Jan  5 10:00:00") SW1("Feb 28 10:00:00") SW1("Dec 30 10:00:00"),
     "2025-01-05\n2025-02-28\n2025-12-30\n"},
    /* newest first, without a turn */
    {SW1("Jun  1 10:00:00") SW1("May 31 10:00:00") SW1("May  1 10:00:00")
         SW1("Apr  1 10:00:00") SW1("Feb 28 10:00:00"),
     "2025-06-01\n2025-05-31\n2025-05-01\n2025-04-01\n2025-02-28\n"},
    /* late by moments, at the turn as well */
    {SW1("Dec 31 23:59:58") SW1("Jan  1 00:00:01") SW1("Dec 31 23:59:59")
         SW1("Jan  1 00:00:02") SW1("Mar  2 00:00:00") SW1("Mar  1 12:00:00"),
     "2025-12-31\n2026-01-01\n2025-12-31\n2026-01-01\n2026-03-02\n2026-03-01\n"},
    /* newest first */
    {SW1("Mar 18 10:00:00") SW1("Jan  5 10:00:00") SW1("Dec 30 10:00:00")
         SW1("Mar 19 10:00:00") SW1("Oct  2 10:00:00"),
     "2026-03-18\n2026-01-05\n2025-12-30\n2025-03-19\n2024-10-02\n"},
    /* the logs of two devices, one behind the other */
    {SW1("Jan  5 10:00:00") SW1("Mar 18 10:00:00") OF("sw2", "Jan  6 10:00:00")
         OF("sw2", "Mar 17 10:00:00"),
     "2026-01-05\n2026-03-18\n2026-01-06\n2026-03-17\n"},
    /* the lines of two devices mixed, one of them a few days behind */
    {OF("sw2", "Dec 10 10:00:00") SW1("Dec 30 10:00:00") OF("sw2", "Dec 20 10:00:00")
         SW1("Jan  3 10:00:00") OF("sw2", "Dec 24 10:00:00") SW1("Jan 13 10:00:00"),
     "2025-12-10\n2025-12-30\n2025-12-20\n2026-01-03\n2025-12-24\n2026-01-13\n"},
    /* a clock that was never set */
    {SW1("Jan  5 10:00:00") "*Mar  1 00:00:09: %LINK-3-UPDOWN: x\n" SW1(
         "Jan  6 10:00:00"),
     "2026-01-05\n2025-03-01\n2026-01-06\n"},
    /* a leap day */
    {SW1("Feb 29 10:00:00") SW1("Mar  2 10:00:00") SW1("Dec 24 10:00:00")
         SW1("Dec 23 10:00:00") SW1("Apr  2 10:00:00") SW1("Dec  1 10:00:00"),
     "2024-02-29\n2024-03-02\n2024-12-24\n2024-12-23\n2025-04-02\n2025-12-01\n"},
};

static void tells_years_by_the_order_of_lines(void **state)
{
    struct error error;
    struct json_projection *projection = form_projection_new(&error);
    (void)state;
    for (size_t i = 0; i < sizeof year_cases / sizeof year_cases[0]; i++) {
        struct slice text = slice_from(year_cases[i].lines);
        struct time_hint hint = plain;
        struct date_survey *survey = date_survey_new(projection, &hint);
        size_t done = date_survey_window(survey, slice_first(text, 40), 0, false);
        date_survey_window(survey, slice_skip(text, done), done, true);
        assert_true(date_survey_lacks_years(survey));
        hint.stretches = date_survey_years(survey);
        struct years_read read = read_years(projection, text, &hint);
        assert_string_equal(read.text, year_cases[i].times);
        date_survey_free(survey);
    }
    json_projection_free(projection);
}

/* Lines in no order at all tell nothing. */
static void tells_no_years_without_order(void **state)
{
    static const char *const stamps[] = {"Jan  5 10:00:00", "Jun  5 10:00:00"};
    struct year_walk *walk = year_walk_new();
    (void)state;
    for (uint64_t i = 0; i < 1000; i++) {
        struct time_value value;
        size_t used;
        assert_int_equal(
            timestamp_device(slice_from(stamps[i % 2]), &plain, &value, &used), 0);
        year_walk_see(walk, i, SLICE("sw1"), value.us);
    }
    assert_int_equal(year_walk_end(walk, plain.newest_us).count, 0);
    year_walk_free(walk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_iso_stamps),
        cmocka_unit_test(reads_epochs_by_magnitude),
        cmocka_unit_test(reads_device_stamps),
        cmocka_unit_test(follows_hints),
        cmocka_unit_test(tells_the_order_of_dates),
        cmocka_unit_test(tells_years_by_the_order_of_lines),
        cmocka_unit_test(tells_no_years_without_order),
        cmocka_unit_test(reads_columns),
        cmocka_unit_test(reads_what_people_type),
        cmocka_unit_test(refuses_endless_spans),
        cmocka_unit_test(prints_times),
        cmocka_unit_test(reads_its_own_prints),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
