#include "config.h"

#include "tui/mirror_text.h"

static bool copies(const struct mirror_row *row)
{
    return row->mirror.state == MIRROR_LIVE || row->mirror.state == MIRROR_BLACKHOLED ||
           row->mirror.state == MIRROR_UNKNOWN;
}

char mirror_mark(const struct mirror_row *row)
{
    if (copies(row) && row->mirror.foreign == FOREIGN_YES)
        return 'F';
    if (copies(row) && (!row->approval || row->overstay_us))
        return '!';
    return row->approval ? 'a' : ' ';
}

enum role mirror_role(const struct mirror_row *row)
{
    switch (mirror_mark(row)) {
    case 'F':
    case '!':
        return ROLE_ALERT;
    case 'a':
        return ROLE_APPROVED;
    default:
        return row->mirror.state == MIRROR_ENDED ? ROLE_DIM : ROLE_TEXT;
    }
}

static void add(struct mirror_words *out, struct slice part)
{
    if (out->count < MIRROR_PARTS)
        out->parts[out->count++] = part;
}

static void add_time(struct mirror_words *out, int place, int64_t time_us)
{
    timestamp_format_seconds(time_us, out->times[place]);
    add(out, slice_from(out->times[place]));
}

static void add_if(struct mirror_words *out, const char *before, struct slice text)
{
    if (slice_blank(text))
        return;
    add(out, slice_from(before));
    add(out, text);
}

static void state_line(const struct mirror_row *row, struct mirror_words *out)
{
    const struct mirror *mirror = &row->mirror;
    add(out, slice_from(mirror_state_name(mirror->state)));
    if (mirror->since_us == EVENT_TIME_NONE) {
        add(out, slice_from(mirror->opened_by.length ? " since an unknown time"
                                                     : " since before the logs begin"));
    } else {
        add(out, SLICE(" since "));
        add_time(out, 0, mirror->since_us);
        add_if(out, ", ", slice_from(time_quality_doubt(row->since_quality)));
    }
    if (mirror->until_us != EVENT_TIME_NONE) {
        add(out, SLICE(" until "));
        add_time(out, 1, mirror->until_us);
    } else if (row->as_of_us != EVENT_TIME_NONE) {
        add(out, SLICE(", as of "));
        add_time(out, 1, row->as_of_us);
    }
    int64_t end =
        mirror->until_us != EVENT_TIME_NONE ? mirror->until_us : row->as_of_us;
    if (mirror->since_us != EVENT_TIME_NONE && end != EVENT_TIME_NONE &&
        end > mirror->since_us) {
        duration_text(end - mirror->since_us, out->span);
        add(out, SLICE(" ("));
        add(out, slice_from(out->span));
        add(out, SLICE(")"));
    }
    add_if(out, ": ", mirror->closed_how);
}

static void foreign_line(const struct mirror_row *row, struct mirror_words *out)
{
    static const char *const words[FOREIGN_COUNT] = {
        [FOREIGN_NO] = "destination is own",
        [FOREIGN_UNKNOWN] = "whose the destination is, the logs do not show",
        [FOREIGN_YES] = "FOREIGN destination",
    };
    add(out, slice_from(words[row->mirror.foreign]));
    add_if(out, ": ", row->mirror.foreign_reason);
}

static void approval_line(const struct mirror_row *row, struct mirror_words *out)
{
    if (!row->approval) {
        add(out, SLICE("approved by nobody"));
        return;
    }
    add(out, SLICE("approval "));
    add(out, row->approval_ticket);
    add_if(out, ", ", row->approval_state);
    if (row->overstay_us) {
        duration_text(row->overstay_us, out->span);
        add(out, SLICE(": OVERSTAYED by "));
        add(out, slice_from(out->span));
    }
}

/* AWS, "Traffic Mirroring considerations"; Microsoft, "Virtual network TAP"; Google,
 * "Packet Mirroring"; Cisco, "Configuring ERSPAN". */
static void note_line(enum provider provider, struct mirror_words *out)
{
    static const char erspan[] =
        "note: an ERSPAN session begins shut, nothing flows before `no shutdown`";
    static const char *const notes[PROVIDER_COUNT] = {
        [PROVIDER_AWS] =
            "note: flow logs omit it; VXLAN comes from the interface's own address",
        [PROVIDER_AZURE] =
            "note: a machine's first TAP may wait until it was stopped and started",
        [PROVIDER_GCP] =
            "note: machines that join by tag or subnetwork are copied silently",
        [PROVIDER_CISCO_IOS] = erspan,
        [PROVIDER_CISCO_NXOS] = erspan,
    };
    if ((unsigned)provider < PROVIDER_COUNT && notes[provider])
        add(out, slice_from(notes[provider]));
}

void mirror_line(const struct mirror_row *row, enum mirror_line line,
                 struct mirror_words *out)
{
    const struct mirror *mirror = &row->mirror;
    out->count = 0;
    switch (line) {
    case MIRROR_LINE_STATE:
        state_line(row, out);
        break;
    case MIRROR_LINE_FOREIGN:
        foreign_line(row, out);
        break;
    case MIRROR_LINE_FILTER:
        add_if(out, "what: ",
               slice_blank(mirror->filter) ? SLICE("the logs do not show the filter")
                                           : mirror->filter);
        break;
    case MIRROR_LINE_BY:
        add_if(out, "opened by ",
               slice_blank(mirror->opened_by) ? SLICE("?") : mirror->opened_by);
        add_if(out, ", closed by ", mirror->closed_by);
        add(out, SLICE("; in "));
        add(out, slice_from(provider_name(mirror->provider)));
        add_if(out, " ",
               slice_blank(mirror->device) ? mirror->account : mirror->device);
        add_if(out, " ", mirror->region);
        break;
    case MIRROR_LINE_APPROVAL:
        approval_line(row, out);
        break;
    case MIRROR_LINE_NOTE:
        note_line(mirror->provider, out);
        break;
    default:
        break;
    }
}
