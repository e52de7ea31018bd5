#include "config.h"

#include "db/query_mirrors.h"
#include "db/report_internal.h"

enum { MIRRORS_SHOWN = 200 };

static const char *plural(uint64_t count)
{
    return count == 1 ? "" : "s";
}

/* "2 mirrors are live: 1 to a foreign destination, 0 to one that the logs do not show,
 * 1 overstayed"; and what else there is. */
static void put_counts(struct report_lines *lines, const struct mirror_counts *counts)
{
    uint64_t live = counts->states[MIRROR_LIVE];
    bool others = false;
    report_begin(lines, 0);
    if (live) {
        report_add(lines, "%llu mirror%s live:", (unsigned long long)live,
                   live == 1 ? " is" : "s are");
        report_add(lines, "%llu to a foreign destination,",
                   (unsigned long long)counts->live_foreign);
        report_add(lines, "%llu to one that the logs do not show,",
                   (unsigned long long)counts->live_unknown);
        report_add(lines, "%llu overstayed", (unsigned long long)counts->overstayed);
    } else {
        report_add(lines, "No mirror is live in what is covered below.");
    }
    report_end(lines);
    for (int state = MIRROR_UNKNOWN; state < MIRROR_STATE_COUNT; state++) {
        if (!counts->states[state])
            continue;
        if (!others)
            report_begin(lines, 2);
        others = true;
        report_add(lines, "%llu %s", (unsigned long long)counts->states[state],
                   mirror_state_name((enum mirror_state)state));
    }
    if (others)
        report_end(lines);
}

static void put_state(struct report_lines *lines, const struct mirror_row *row)
{
    const struct mirror *mirror = &row->mirror;
    report_begin(lines, 2);
    report_add(lines, "%s%s", mirror_state_name(mirror->state),
               mirror->foreign == FOREIGN_YES ? " FOREIGN" : "");
    report_add(lines, "%s", report_safe(lines, mirror->id));
    if (mirror->since_us == EVENT_TIME_NONE)
        report_add(lines, mirror->opened_by.length ? "since an unknown time"
                                                   : "since before the log starts");
    else
        report_add(lines, "since %s", report_time(lines, mirror->since_us));
    if (time_quality_doubt(row->since_quality)[0])
        report_add(lines, "(%s)", time_quality_doubt(row->since_quality));
    if (mirror->until_us != EVENT_TIME_NONE)
        report_add(lines, "until %s", report_time(lines, mirror->until_us));
    else if (row->as_of_us != EVENT_TIME_NONE)
        report_add(lines, "as of %s", report_time(lines, row->as_of_us));
    report_end(lines);
}

static void put_flow(struct report_lines *lines, const struct mirror *mirror)
{
    report_begin(lines, 6);
    report_add(lines, "%s",
               mirror->mirrored.length ? report_safe(lines, mirror->mirrored) : "?");
    report_add(lines, "-> %s",
               mirror->destination.length ? report_safe(lines, mirror->destination)
                                          : "?");
    report_end(lines);
    if (mirror->filter.length)
        report_line(lines, 6, "%s", report_safe(lines, mirror->filter));
}

/* Who opened and ended it, and how it ended. */
static void put_hands(struct report_lines *lines, const struct mirror *mirror)
{
    report_begin(lines, 6);
    if (mirror->opened_by.length)
        report_add(lines, "by %s", report_safe(lines, mirror->opened_by));
    if (mirror->closed_by.length)
        report_add(lines, "ended by %s", report_safe(lines, mirror->closed_by));
    if (mirror->closed_how.length)
        report_add(lines, "(%s)", report_safe(lines, mirror->closed_how));
    report_end(lines);
}

static void put_people(struct report_lines *lines, const struct mirror_row *row)
{
    const struct mirror *mirror = &row->mirror;
    if (mirror->opened_by.length || mirror->closed_by.length ||
        mirror->closed_how.length)
        put_hands(lines, mirror);
    if (mirror->foreign_reason.length)
        report_line(lines, 6, "foreign: %s, %s", foreign_name(mirror->foreign),
                    report_safe(lines, mirror->foreign_reason));
    if (row->approval)
        report_line(lines, 6, "%s by approval %lld %s",
                    report_safe(lines, row->approval_state), (long long)row->approval,
                    row->approval_ticket.length
                        ? report_safe(lines, row->approval_ticket)
                        : "");
    if (row->overstay_us)
        report_line(lines, 6, "%lld minutes beyond the end of its approval",
                    (long long)(row->overstay_us / 60000000));
}

int report_mirrors(struct case_file *handle, const struct hit_scope *scope, bool ended,
                   enum report_extent extent, struct report_lines *lines,
                   struct error *error)
{
    const struct mirror_scope mirrors = {
        .hits = scope, .present = !ended, .past = ended};
    const struct mirror_scope all = {.hits = scope};
    struct mirror_counts counts;
    struct mirror_rows list;
    struct arena arena;
    size_t limit = extent == REPORT_SHORT ? REPORT_SHORT_ROWS : MIRRORS_SHOWN;
    arena_init(&arena);
    int result = query_mirror_counts(handle, &all, &counts, error) ||
                 query_mirrors(handle, &mirrors, MIRROR_BY_URGENCY, false, 0, limit,
                               &arena, &list, error);
    if (!result && !ended)
        put_counts(lines, &counts);
    if (!result && ended && list.count) {
        report_blank(lines);
        report_line(lines, 0, "Mirrors that ended, or were changed");
    }
    for (size_t i = 0; !result && i < list.count && !lines->closed; i++) {
        put_state(lines, &list.rows[i]);
        put_flow(lines, &list.rows[i].mirror);
        put_people(lines, &list.rows[i]);
    }
    if (!result && list.total > list.count)
        report_line(lines, 2, "and %llu more row%s: `mirrorscope export mirrors`",
                    (unsigned long long)(list.total - list.count),
                    plural(list.total - list.count));
    if (!result && !ended)
        report_blank(lines);
    arena_fini(&arena);
    return result ? -1 : 0;
}
