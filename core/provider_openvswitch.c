/*
 * Open vSwitch: ovs-vsctl logs the command that it was called with, to syslog or to a
 * file of its own ("2026-03-14T02:25:05.123Z|00001|vsctl|INFO|Called as ovs-vsctl
 * ..."). It names no user.
 */
#include "config.h"

#include "core/device_line.h"

static const struct slice CALLED = {"Called as ", 10};

bool ovs_fits(struct device_line *line)
{
    return slice_find(line->line, SLICE("|vsctl|")) >= 0;
}

enum record_class ovs_fill(struct device_line *line, const char **reason)
{
    ptrdiff_t called = slice_find(line->line, CALLED);
    if (called < 0) {
        *reason = "message of ovs-vsctl that is no command";
        return RECORD_SKIPPED;
    }
    ptrdiff_t bar = slice_index(line->line, '|');
    ptrdiff_t tag = slice_find(line->line, SLICE("ovs|"));
    /* Its own file has the stamp before the first bar, syslog a header before "ovs". */
    if (tag >= 0 && tag < bar) {
        device_line_header_before(line, (size_t)tag);
        device_set_header(line, STAMP_OF_DEVICE);
    } else {
        device_line_header_before(line, 0);
        device_set_header(line, STAMP_OF_DEVICE);
        device_set_stamp(line, slice_first(line->line, (size_t)bar), TIME_EXACT);
    }
    line->event->text[FIELD_OPERATION] =
        slice_trim(slice_skip(line->line, (size_t)called + CALLED.length));
    line->event->text[FIELD_SERVICE] = SLICE("ovs-vsctl");
    line->event->outcome = OUTCOME_SUCCESS;
    return RECORD_EVENT;
}
