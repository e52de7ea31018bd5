/*
 * When a line was written: which of its stamps is the device's, what they tell of each
 * other, and what is doubtful about them and so is said of the source.
 */
#include "config.h"

#include <inttypes.h>

#include "core/device_line.h"

/* The zone that an option gives the device is that of its stamps without one. */
static struct time_hint hint_of_device(const struct device_line *line)
{
    struct time_hint hint = line->normaliser->hint;
    const struct time_zone_name *zone =
        timestamp_zone(&hint, line->event->text[FIELD_ACCOUNT]);
    if (zone) {
        hint.offset_minutes = zone->minutes;
        hint.offset_given = true;
    }
    return hint;
}

/* A stamp with a year of its own tells the year of its neighbours; a clock that was
 * never set tells nothing. */
static void remember_neighbour(struct device_line *line, struct slice stamp,
                               const struct time_value *value)
{
    struct time_hint *hint = &line->normaliser->hint;
    if (value->us == EVENT_TIME_NONE || value->quality == TIME_YEAR_INFERRED ||
        stamp.data[0] == '*' || stamp.data[0] == '.')
        return;
    line->normaliser->year_told = hint->has_neighbour = true;
    hint->neighbour_us = value->us;
}

/* ---- what is doubtful ---- */

/* One remark of a kind is enough for a source, so that the first of an event stays. */
static void remark(struct device_line *line, struct slice text)
{
    if (!line->event->remark)
        line->event->remark = text.data;
}

/* "23:22:27 NewYork": the word stands for a zone, and nothing tells for which. */
static void remark_on_zone(struct device_line *line, struct slice stamp,
                           const struct time_hint *hint, const struct time_value *value)
{
    struct slice word = slice_skip(stamp, (size_t)(slice_rindex(stamp, ' ') + 1));
    if (value->us == EVENT_TIME_NONE || value->quality == TIME_EXACT ||
        timestamp_zone_is_known(word, hint))
        return;
    remark(line,
           arena_printf(&line->normaliser->arena,
                        "the zone %.*s is not known: --device-tz %.*s=+hh:mm says "
                        "it",
                        (int)word.length, word.data, (int)word.length, word.data));
}

static void remark_on_year(struct device_line *line, const struct time_hint *hint)
{
    bool told = hint->stretches.count || hint->path_year || hint->has_neighbour;
    if (line->event->time_quality == TIME_YEAR_INFERRED && !told)
        remark(line, SLICE("years go by the time of the file: --year says them"));
}

/*
 * The clocks of a device and of who received the line differ by the way of a packet.
 * Hours between them are a zone that is not told, or a clock that is wrong: which of
 * both, the line does not tell, so the time is the device's and in doubt.
 */
static void compare_clocks(struct device_line *line, int64_t received_us)
{
    static const int64_t half_hour_us = INT64_C(1800000000);
    struct event *event = line->event;
    if (event->time_us == EVENT_TIME_NONE || received_us == EVENT_TIME_NONE)
        return;
    int64_t apart = event->time_us - received_us;
    bool ahead = apart > 0;
    apart = ahead ? apart : -apart;
    if (apart < half_hour_us)
        return;
    apart = (apart + half_hour_us / 2) / half_hour_us;
    if (event->time_quality == TIME_EXACT)
        event->time_quality = TIME_ZONE_ASSUMED;
    struct slice device = event->text[FIELD_ACCOUNT];
    remark(line, arena_printf(&line->normaliser->arena,
                              "%.*s writes times %" PRId64 ".%d h %s its relay's",
                              (int)device.length, device.data, apart / 2,
                              apart % 2 ? 5 : 0, ahead ? "ahead of" : "behind"));
}

/* The same day and hour, as written: most lines need no more. */
static bool is_same_hour(struct slice a, struct slice b)
{
    ptrdiff_t colon = slice_index(a, ':');
    return colon > 0 &&
           slice_equal(slice_first(a, (size_t)colon), slice_first(b, (size_t)colon));
}

static void compare_with_relay(struct device_line *line)
{
    struct slice stamp = line->header.relay_stamp;
    const struct time_hint hint = line->normaliser->hint;
    struct time_value value = {EVENT_TIME_NONE, TIME_NONE};
    size_t used;
    if (line->relay)
        compare_clocks(line, line->relay->time_us);
    else if (stamp.length && !is_same_hour(stamp, line->header.stamp) &&
             !timestamp_device(stamp, &hint, &value, &used))
        compare_clocks(line, value.us);
}

/* ---- stamps ---- */

void device_set_stamp(struct device_line *line, struct slice stamp,
                      enum time_quality best)
{
    struct time_value value = {EVENT_TIME_NONE, TIME_NONE};
    const struct time_hint hint = hint_of_device(line);
    size_t used = 0;
    if (!stamp.length)
        return;
    int status = timestamp_device(stamp, &hint, &value, &used);
    if ((status || value.quality == TIME_YEAR_INFERRED) && !line->normaliser->year_told)
        line->normaliser->year_asked = true;
    if (status == 0) {
        remember_neighbour(line, stamp, &value);
        if (value.quality == TIME_EXACT)
            value.quality = best;
    }
    form_set_time(line->event, stamp, status, value);
    remark_on_zone(line, stamp, &hint, &value);
    remark_on_year(line, &hint);
}

/* A relay that writes the year tells that of the device's stamp beside it. */
static void learn_from_relay(struct device_line *line)
{
    struct slice stamp = line->header.relay_stamp;
    struct time_value value = {EVENT_TIME_NONE, TIME_NONE};
    if (stamp.length && stamp.data[0] >= '1' && stamp.data[0] <= '9' &&
        !timestamp_iso(stamp, &value))
        remember_neighbour(line, stamp, &value);
}

static void set_received(struct device_line *line)
{
    const struct line_relay *relay = line->relay;
    if (!relay || line->event->time_us != EVENT_TIME_NONE ||
        relay->time_us == EVENT_TIME_NONE)
        return;
    line->event->time_us = relay->time_us;
    line->event->time_quality = TIME_RECEIVER_CLOCK;
}

/* Time since the start is no time of day; the relay's may stand beside it. */
static void set_uptime(struct device_line *line)
{
    device_set_stamp(line, line->header.relay_stamp, TIME_RECEIVER_CLOCK);
    set_received(line);
    line->event->text[FIELD_TIME_TEXT] = line->header.stamp;
    if (line->event->time_us == EVENT_TIME_NONE)
        line->event->time_quality = TIME_UPTIME_ONLY;
}

void device_set_time(struct device_line *line, enum stamp_owner owner)
{
    const struct syslog_header *header = &line->header;
    /* A relay's clock is not the device's, however exact it is written. */
    enum time_quality best =
        owner == STAMP_OF_DEVICE ? TIME_EXACT : TIME_RECEIVER_CLOCK;
    if (header->uptime) {
        set_uptime(line);
        return;
    }
    if (slice_present(header->stamp)) {
        learn_from_relay(line);
        device_set_stamp(line, header->stamp, TIME_EXACT);
        compare_with_relay(line);
    } else {
        device_set_stamp(line, header->relay_stamp, best);
    }
    set_received(line);
}
