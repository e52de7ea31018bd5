/*
 * Cisco ISE and ACS: TACACS+ accounting as their syslog tells it.  A command is a list
 * of CmdAV and CmdArgAV; a message longer than one line is split, each part with its
 * number, and is read as far as it is known.
 */
#include "config.h"

#include <stdlib.h>

#include "core/device_line.h"
#include "core/line_state.h"

struct ise_part {
    struct slice category; /* "CISE_TACACS_Accounting" */
    struct slice message;  /* its number, the same in all parts */
    unsigned count, number;
    struct slice text;
};

static bool take_number(struct slice *rest, unsigned *out)
{
    enum { MANY = 10000 };
    struct slice word = slice_word(rest);
    *out = 0;
    for (size_t i = 0; i < word.length; i++) {
        if (word.data[i] < '0' || word.data[i] > '9' || *out >= MANY)
            return false;
        *out = *out * 10 + (unsigned)(word.data[i] - '0');
    }
    return word.length > 0;
}

/* "CISE_TACACS_Accounting 0000012345 2 0 2026-03-14 02:25:03.421 +00:00 ..." */
static bool find_part(struct slice line, size_t *anchor, struct ise_part *out)
{
    ptrdiff_t at = slice_find(line, SLICE("CISE_"));
    if (at < 0)
        at = slice_find(line, SLICE("CSCOacs_"));
    if (at < 0)
        return false;
    struct slice rest = slice_skip(line, (size_t)at);
    *anchor = (size_t)at;
    out->category = slice_word(&rest);
    struct slice behind = rest;
    out->message = slice_word(&behind);
    if (!take_number(&behind, &out->count) || !take_number(&behind, &out->number) ||
        !out->count || out->number >= out->count) {
        /* CISE_Alarm has no numbers. */
        out->message = SLICE_NONE;
        out->count = 1;
        out->number = 0;
        behind = rest;
    }
    out->text = behind;
    return true;
}

bool ise_fits(struct device_line *line)
{
    struct ise_part part;
    size_t anchor;
    return find_part(line->line, &anchor, &part);
}

/* "CmdSet=[ CmdAV=monitor CmdArgAV=session CmdArgAV=7 CmdArgAV=<cr> ]": the words, with
 * a blank between. */
static struct slice join_command(struct arena *arena, struct slice text)
{
    static const struct slice first = {"CmdAV=", 6}, next = {"CmdArgAV=", 9};
    struct slice rest = slice_skip(text, 0);
    ptrdiff_t at = slice_find(rest, first);
    if (at < 0)
        return SLICE_NONE;
    rest = slice_skip(rest, (size_t)at + first.length);
    ptrdiff_t end = slice_find(rest, SLICE(" ]"));
    rest = slice_first(rest, end < 0 ? rest.length : (size_t)end);
    char *out = arena_alloc(arena, rest.length + 1);
    size_t length = 0;
    while (out && rest.length) {
        at = slice_find(rest, next);
        struct slice word =
            slice_trim(slice_first(rest, at < 0 ? rest.length : (size_t)at));
        rest = at < 0 ? SLICE_NONE : slice_skip(rest, (size_t)at + next.length);
        if (!word.length)
            continue;
        if (length)
            out[length++] = ' ';
        memcpy(out + length, word.data, word.length);
        length += word.length;
    }
    return length ? (struct slice){out, length} : SLICE_NONE;
}

/* ", key=value," : values may hold blanks. */
static struct slice item(struct slice text, struct slice key)
{
    return text_between(text, key, ',');
}

/* "2026-03-14 02:25:03.421 +00:00 0000054321 3300 NOTICE ..." */
static void set_time(struct device_line *line, struct slice text)
{
    struct slice rest = text, date = slice_word(&rest), clock = slice_word(&rest);
    struct slice zone = slice_word(&rest);
    bool offset = zone.length && (zone.data[0] == '+' || zone.data[0] == '-');
    const struct slice parts[] = {date, SLICE(" "), clock, offset ? zone : SLICE_NONE};
    struct slice stamp = arena_join(&line->normaliser->arena, parts, 4);
    struct time_value value;
    if (!timestamp_iso(stamp, &value))
        device_set_stamp(line, stamp, TIME_RECEIVER_CLOCK);
}

static void set_device(struct device_line *line, struct slice text)
{
    struct slice name = item(text, SLICE("NetworkDeviceName="));
    struct slice address = item(text, SLICE("Device IP Address="));
    line->header.relay_host = SLICE_NONE;
    line->header.host = name.length ? name : address;
    if (!line->header.host.length)
        line->header.host = SLICE_NONE;
}

static struct slice kind_of(struct slice text)
{
    struct slice flags = item(text, SLICE("AcctRequest-Flags="));
    return flags.length ? flags : SLICE("stop");
}

static void fill_message(struct device_line *line, const struct ise_part *part,
                         struct slice text)
{
    struct arena *arena = &line->normaliser->arena;
    struct event *event = line->event;
    struct slice command = join_command(arena, text);
    set_device(line, text);
    device_set_header(line, STAMP_OF_RELAY);
    set_time(line, text);
    const struct accounting accounting = {
        .user = item(text, SLICE(" User=")),
        .port = item(text, SLICE(" Port=")),
        .address = item(text, SLICE("Remote-Address=")),
        .kind = kind_of(text),
        .command = command,
        .task = item(text, SLICE("task_id=")),
        .service = part->category,
    };
    accounting_fill(line, &accounting);
    if (!command.length)
        event->text[FIELD_OPERATION] = part->category;
}

/* The parts of one message are one act. */
static void set_merge_key(struct device_line *line, const struct ise_part *part)
{
    static const struct slice between = {"\x1f", 1};
    const struct slice parts[] = {part->category, between, part->message, between,
                                  line->header.relay_stamp};
    if (part->count > 1)
        line->event->merge_key = arena_join(&line->normaliser->arena, parts, 5);
}

/* RADIUS and posture are of hosts that join a network, not of who runs a device. */
static bool is_administration(const struct ise_part *part, struct slice text)
{
    return slice_find_nocase(part->category, SLICE("TACACS")) >= 0 ||
           slice_find_nocase(text, SLICE("Protocol=Tacacs")) >= 0 ||
           slice_find_nocase(part->category, SLICE("Administrative")) >= 0;
}

enum record_class ise_fill(struct device_line *line, const char **reason)
{
    struct ise_part part = {0};
    size_t anchor = 0;
    bool complete;
    find_part(line->line, &anchor, &part);
    struct slice text =
        line_state_add_part(line->normaliser->lines, part.message, part.number,
                            part.count, part.text, &line->normaliser->arena, &complete);
    if (!is_administration(&part, text)) {
        *reason = "message that is not of device administration";
        return RECORD_SKIPPED;
    }
    /* A part with a piece of the command is told at once: the rest may be missing. */
    if (!complete && slice_find(part.text, SLICE("CmdA")) < 0) {
        *reason = "part of a split message";
        return RECORD_SKIPPED;
    }
    device_line_header_before(line, anchor);
    fill_message(line, &part, text);
    set_merge_key(line, &part);
    if (part.count > 1)
        line->event->phase = complete ? PHASE_SINGLE : PHASE_MIDDLE;
    return RECORD_EVENT;
}
