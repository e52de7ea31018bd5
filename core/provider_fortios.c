/*
 * FortiOS: one line of key=value.  Changes of the configuration name the path
 * (cfgpath), the object and the attributes (cfgattr="span[disable->enable]");
 * ui="ssh(ip)" is where the user sat.
 */
#include "config.h"

#include "core/address.h"
#include "core/device_line.h"

static struct slice value(const struct device_line *line, struct slice key)
{
    return text_value(line->line, key);
}

bool fortios_fits(struct device_line *line)
{
    return slice_present(value(line, SLICE("devid"))) &&
           slice_present(value(line, SLICE("type"))) &&
           (slice_present(value(line, SLICE("date"))) ||
            slice_present(value(line, SLICE("eventtime"))));
}

/* eventtime is epoch seconds, or nanoseconds since 6.0; else date, time and tz. */
static void set_time(struct device_line *line)
{
    struct slice epoch = value(line, SLICE("eventtime"));
    struct time_value time;
    if (epoch.length && !timestamp_epoch(epoch, &time)) {
        form_set_time(line->event, epoch, 0, time);
        return;
    }
    static const struct slice blank = {" ", 1};
    struct slice zone = value(line, SLICE("tz"));
    const struct slice parts[] = {value(line, SLICE("date")), blank,
                                  value(line, SLICE("time")), zone};
    device_set_stamp(line, arena_join(&line->normaliser->arena, parts, 4), TIME_EXACT);
}

static void set_account(struct device_line *line)
{
    struct slice name = value(line, SLICE("devname"));
    if (!name.length)
        name = value(line, SLICE("devid"));
    device_set(line->event, FIELD_ACCOUNT, name);
}

/* "Edit system.switch-interface span[disable->enable]", else what the log calls it. */
static struct slice operation(const struct device_line *line)
{
    static const struct slice blank = {" ", 1};
    struct slice action = value(line, SLICE("action"));
    struct slice path = value(line, SLICE("cfgpath"));
    struct slice attributes = value(line, SLICE("cfgattr"));
    if (path.length) {
        const struct slice parts[] = {action, action.length ? blank : SLICE_NONE, path,
                                      attributes.length ? blank : SLICE_NONE,
                                      attributes};
        return arena_join(&line->normaliser->arena, parts, 5);
    }
    struct slice description = value(line, SLICE("logdesc"));
    if (description.length)
        return description;
    return action.length ? action : value(line, SLICE("type"));
}

static enum outcome outcome_of(const struct device_line *line)
{
    struct slice status = value(line, SLICE("status"));
    if (slice_starts_with_nocase(status, SLICE("fail")))
        return OUTCOME_FAILURE;
    bool done = slice_starts_with_nocase(status, SLICE("succ")) ||
                slice_present(value(line, SLICE("cfgpath")));
    return done ? OUTCOME_SUCCESS : OUTCOME_UNKNOWN;
}

enum record_class fortios_fill(struct device_line *line, const char **reason)
{
    struct event *event = line->event;
    if (!slice_equal(value(line, SLICE("type")), SLICE("event"))) {
        *reason = "log of traffic, not of configuration";
        return RECORD_SKIPPED;
    }
    set_account(line);
    set_time(line);
    event->text[FIELD_OPERATION] = operation(line);
    device_set(event, FIELD_SERVICE, value(line, SLICE("subtype")));
    if (!event->text[FIELD_SERVICE].length)
        event->text[FIELD_SERVICE] = SLICE("event");
    device_set(event, FIELD_ACTOR, value(line, SLICE("user")));
    device_set_terminal(event, value(line, SLICE("ui")));
    if (!slice_present(event->text[FIELD_SOURCE_IP]))
        form_set_address(event, address_in_text(value(line, SLICE("srcip"))));
    device_set(event, FIELD_RESOURCE, value(line, SLICE("cfgobj")));
    device_set(event, FIELD_CORRELATION_ID, value(line, SLICE("cfgtid")));
    event->outcome = outcome_of(line);
    return RECORD_EVENT;
}
