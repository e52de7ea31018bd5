#include "config.h"

#include "db/report.h"

#include "core/actor.h"
#include "core/escape.h"
#include "core/timestamp.h"
#include "db/coverage.h"
#include "db/journal.h"
#include "db/report_internal.h"

enum {
    /* The same whatever the terminal: a report is kept, compared and pasted. */
    REPORT_WIDTH = 100,
    GROUPS_SHOWN = 200,
    OPERATIONS_SHOWN = 500,
    SOURCES_SHOWN = 200,
    VALUES_SHOWN = 40
};

struct report {
    struct case_file *handle;
    const struct hit_scope *scope;
    enum report_extent extent;
    struct report_lines lines;
    struct case_summary summary; /* of the whole case */
    struct hit_counts counts;    /* of the scope */
};

/* --- the answer ----------------------------------------------------------------- */

static const char *plural(uint64_t count)
{
    return count == 1 ? "" : "s";
}

/* "3 Creation, 1 Deletion": those that there are. */
static void add_lifecycles(struct report_lines *lines, const uint64_t *counts)
{
    uint64_t rest = 0;
    for (int i = 0; i < LIFECYCLE_COUNT; i++)
        rest += counts[i];
    for (int i = 0; i < LIFECYCLE_COUNT; i++) {
        const char *name = lifecycle_name((enum lifecycle)i);
        rest -= counts[i];
        if (counts[i])
            report_add(lines, "%llu %s%s", (unsigned long long)counts[i],
                       name[0] ? name : "without a lifecycle", rest ? "," : "");
    }
}

static void put_title(struct report *report)
{
    struct report_lines *lines = &report->lines;
    report_line(lines, 0, "Mirrorscope report: %s",
                report_safe(lines, slice_from(report->handle->path)));
    report_blank(lines);
}

static void put_answer(struct report *report)
{
    struct report_lines *lines = &report->lines;
    const struct hit_counts *counts = &report->counts;
    bool narrowed = counts->hits != report->summary.hits;
    if (!counts->hits)
        report_line(lines, 0,
                    "No mirroring operation was found%s in what is covered below.",
                    narrowed ? " by this filter" : "");
    else
        report_line(
            lines, 0, "%llu mirroring operation%s: %llu left to decide, %llu approved",
            (unsigned long long)counts->hits, plural(counts->hits),
            (unsigned long long)counts->open, (unsigned long long)counts->approved);
    if (narrowed)
        report_line(lines, 2, "(by a filter, out of %llu in the case)",
                    (unsigned long long)report->summary.hits);
    if (counts->hits) {
        report_begin(lines, 2);
        add_lifecycles(lines, counts->lifecycle);
        report_end(lines);
    }
    if (counts->attempts)
        report_line(lines, 2, "attempts among them: %llu (failed, denied or dry run)",
                    (unsigned long long)counts->attempts);
}

/* --- what was covered ----------------------------------------------------------- */

static int put_values(struct report *report, const char *heading,
                      enum event_field field, struct error *error)
{
    struct report_lines *lines = &report->lines;
    struct value_list list;
    if (coverage_values(report->handle, field, VALUES_SHOWN, &lines->arena, &list,
                        error))
        return -1;
    report_begin(lines, 2);
    report_add(lines, "%s:%s", heading, list.count ? "" : " none named in the logs");
    for (size_t i = 0; i < list.count; i++)
        report_add(lines, "%s%s", report_safe(lines, list.values[i]),
                   i + 1 < list.count ? "," : "");
    if (list.more)
        report_add(lines, "and more");
    report_end(lines);
    return 0;
}

static void put_sources_in_short(struct report *report)
{
    const struct case_summary *summary = &report->summary;
    struct report_lines *lines = &report->lines;
    const struct {
        uint64_t count;
        const char *state;
    } unfinished[] = {{summary->partial, "partial"},
                      {summary->failed, "failed"},
                      {summary->loading, "still loading"}};
    report_begin(lines, 0);
    report_add(lines, "Covered: %llu event%s of %llu source%s",
               (unsigned long long)summary->events, plural(summary->events),
               (unsigned long long)summary->sources, plural(summary->sources));
    for (size_t i = 0; i < sizeof unfinished / sizeof unfinished[0]; i++) {
        if (unfinished[i].count)
            report_add(lines, "(%llu %s, named %s)",
                       (unsigned long long)unfinished[i].count, unfinished[i].state,
                       report->extent == REPORT_SHORT ? "in full" : "below");
    }
    report_end(lines);
}

static void put_span(struct report *report)
{
    const struct case_summary *summary = &report->summary;
    struct report_lines *lines = &report->lines;
    report_blank(lines);
    put_sources_in_short(report);
    if (summary->first_us == EVENT_TIME_NONE)
        report_line(lines, 2, "span: no event has a time");
    else
        report_line(lines, 2, "span: %s to %s", report_time(lines, summary->first_us),
                    report_time(lines, summary->last_us));
}

static int put_coverage(struct report *report, struct error *error)
{
    const struct case_summary *summary = &report->summary;
    struct report_lines *lines = &report->lines;
    put_span(report);
    if (put_values(report, "accounts", FIELD_ACCOUNT, error) ||
        put_values(report, "regions", FIELD_REGION, error))
        return -1;
    if (summary->damaged || summary->unknown)
        report_line(lines, 2, "not read: %llu damaged records, %llu of unknown kind",
                    (unsigned long long)summary->damaged,
                    (unsigned long long)summary->unknown);
    return report_coverage(report->handle, false, lines, error);
}

/* --- who ------------------------------------------------------------------------ */

static const char *group_state(const struct group_row *row)
{
    if (!row->open)
        return "approved";
    return row->attempts == row->hits ? "attempts only" : "open";
}

static void put_group(struct report_lines *lines, const struct group_row *row)
{
    struct slice actor =
        slice_blank(row->actor) ? SLICE("(not named)") : actor_short(row->actor);
    report_begin(lines, 2);
    report_add(lines, "%s,", report_safe(lines, actor));
    report_add(lines, "%s", provider_name(row->provider));
    report_add(lines, "%s%s:", report_safe(lines, row->account),
               row->accounts > 1 ? " and others" : "");
    report_add(lines, "%s", group_state(row));
    report_end(lines);
    report_begin(lines, 4);
    add_lifecycles(lines, row->lifecycle);
    report_add(lines, "(%llu left to decide)", (unsigned long long)row->open);
    if (row->attempts)
        report_add(lines, "(%llu attempt%s)", (unsigned long long)row->attempts,
                   plural(row->attempts));
    if (row->first_us != EVENT_TIME_NONE)
        report_add(lines, "%s to %s", report_time(lines, row->first_us),
                   report_time(lines, row->last_us));
    report_end(lines);
}

static int put_groups(struct report *report, struct error *error)
{
    struct report_lines *lines = &report->lines;
    struct group_list list;
    if (query_groups(report->handle, report->scope, GROUP_BY_URGENCY, true, 0,
                     GROUPS_SHOWN, &lines->arena, &list, error))
        return -1;
    if (list.count) {
        report_blank(lines);
        report_line(lines, 0, "By actor, live mirrors first, then the latest");
    }
    for (size_t i = 0; i < list.count; i++)
        put_group(lines, &list.rows[i]);
    if (list.total > list.count)
        report_line(lines, 2, "and %llu more actors",
                    (unsigned long long)(list.total - list.count));
    return 0;
}

/* --- each operation -------------------------------------------------------------- */

static void put_act(struct report_lines *lines, const struct hit_row *row)
{
    const struct event *event = &row->operation.event;
    const char *lifecycle = lifecycle_name(row->operation.lifecycle);
    struct slice error_code = event->text[FIELD_ERROR_CODE];
    bool coded = !slice_blank(error_code);
    report_begin(lines, 2);
    report_add(lines, "%s", report_time(lines, event->time_us));
    report_add(lines, "%s%s%s%s%s%s:", lifecycle, lifecycle[0] ? ", " : "",
               outcome_name(event->outcome), coded ? " (" : "",
               coded ? report_safe(lines, error_code) : "", coded ? ")" : "");
    report_add(lines, "%s", report_safe(lines, event->text[FIELD_OPERATION]));
    report_end(lines);
}

static void put_actor(struct report_lines *lines, const struct hit_row *row)
{
    const struct event *event = &row->operation.event;
    const struct slice *texts = event->text;
    bool has_address = !slice_blank(texts[FIELD_SOURCE_IP]);
    struct slice from = texts[has_address ? FIELD_SOURCE_IP : FIELD_SOURCE_TEXT];
    report_begin(lines, 6);
    report_add(lines, "by %s", report_safe(lines, texts[FIELD_ACTOR]));
    if (!slice_blank(texts[FIELD_VIA]))
        report_add(lines, "via %s", report_safe(lines, texts[FIELD_VIA]));
    if (!slice_blank(from))
        report_add(lines, "from %s", report_safe(lines, from));
    if (has_address && slice_starts_with(texts[FIELD_SOURCE_TEXT], SLICE("joined: ")))
        report_add(lines, "(%s)", report_safe(lines, texts[FIELD_SOURCE_TEXT]));
    report_add(lines, "in %s %s", provider_name(event->provider),
               report_safe(lines, texts[FIELD_ACCOUNT]));
    if (!slice_blank(texts[FIELD_REGION]))
        report_add(lines, "%s", report_safe(lines, texts[FIELD_REGION]));
    report_end(lines);
}

/* A side that the record does not tell is a question mark. */
static void put_flow(struct report_lines *lines, struct slice mirrored,
                     struct slice destination)
{
    if (slice_blank(mirrored) && slice_blank(destination))
        return;
    report_begin(lines, 6);
    if (slice_blank(mirrored)) {
        report_add(lines, "? -> %s", report_safe(lines, destination));
    } else {
        report_add(lines, "%s", report_safe(lines, mirrored));
        report_add(lines, "-> %s",
                   slice_blank(destination) ? "?" : report_safe(lines, destination));
    }
    report_end(lines);
}

static void put_operation(struct report_lines *lines, const struct hit_row *row)
{
    const struct slice *texts = row->operation.event.text;
    put_act(lines, row);
    put_actor(lines, row);
    put_flow(lines, texts[FIELD_MIRRORED], texts[FIELD_DESTINATION]);
    if (!slice_blank(row->near_miss))
        report_line(lines, 6, "nearly approved by %s",
                    report_safe(lines, row->near_miss));
    if (row->approval)
        report_line(lines, 6, "%s by approval %lld %s",
                    report_safe(lines, row->approval_state), (long long)row->approval,
                    slice_blank(row->approval_ticket)
                        ? ""
                        : report_safe(lines, row->approval_ticket));
}

struct section {
    struct report_lines *lines;
    bool approved; /* which of the operations belong here */
    uint64_t shown, limit;
};

static int visit_operation(void *payload, const struct hit_row *row,
                           struct arena *arena, struct error *error)
{
    struct section *section = payload;
    (void)arena;
    (void)error;
    bool approved = !slice_blank(row->approval_state) && !hit_is_overstayed(row);
    if (approved != section->approved)
        return 0;
    put_operation(section->lines, row);
    section->shown++;
    arena_reset(&section->lines->arena);
    return section->lines->closed || section->shown == section->limit;
}

static int put_operations(struct report *report, bool approved, struct error *error)
{
    struct report_lines *lines = &report->lines;
    struct section section = {
        .lines = lines,
        .approved = approved,
        .limit = report->extent == REPORT_SHORT ? REPORT_SHORT_ROWS : OPERATIONS_SHOWN};
    uint64_t total = approved ? report->counts.approved : report->counts.open;
    if (!total)
        return 0;
    report_blank(lines);
    report_line(lines, 0, "%s", approved ? "Approved" : "Left to decide");
    if (query_each_hit(report->handle, report->scope, visit_operation, &section, error))
        return -1;
    if (total > section.shown)
        report_line(lines, 2, "and %llu more: `mirrorscope export hits` has them",
                    (unsigned long long)(total - section.shown));
    return 0;
}

/* --- what could not be read ------------------------------------------------------- */

static int put_unfinished(struct report *report, struct error *error)
{
    struct report_lines *lines = &report->lines;
    struct source_list list;
    if (query_unfinished_sources(report->handle, 0, SOURCES_SHOWN, &lines->arena, &list,
                                 error))
        return -1;
    if (list.count) {
        report_blank(lines);
        report_line(lines, 0, "Not read in full");
    }
    for (size_t i = 0; i < list.count; i++) {
        const struct source_row *row = &list.rows[i];
        bool member = !slice_blank(row->member);
        report_begin(lines, 2);
        report_add(lines, "%s", report_safe(lines, row->status));
        report_add(lines, "%s%s%s:", report_safe(lines, row->path), member ? "!" : "",
                   member ? report_safe(lines, row->member) : "");
        report_add(lines, "%s", report_safe(lines, row->reason));
        report_end(lines);
    }
    if (list.total > list.count)
        report_line(lines, 2, "and %llu more: `mirrorscope export sources` has them",
                    (unsigned long long)(list.total - list.count));
    return 0;
}

static int put_journal(struct report *report, struct error *error)
{
    struct slice head;
    if (journal_head(report->handle, &report->lines.arena, &head, error))
        return -1;
    report_blank(&report->lines);
    report_line(&report->lines, 0, "Journal: %s", report_safe(&report->lines, head));
    return 0;
}

/* --- all of it -------------------------------------------------------------------- */

/* The first of what is left to decide, and what was covered. */
static int put_short(struct report *report, struct error *error)
{
    if (put_operations(report, false, error))
        return -1;
    put_span(report);
    report_line(&report->lines, 2, "in full: `mirrorscope report`");
    return put_journal(report, error);
}

static int put_whole(struct report *report, struct error *error)
{
    if (put_coverage(report, error) || put_groups(report, error) ||
        report_lineage(report->handle, report->scope, &report->lines, error) ||
        put_operations(report, false, error) || put_operations(report, true, error) ||
        report_mirrors(report->handle, report->scope, true, REPORT_WHOLE,
                       &report->lines, error) ||
        put_unfinished(report, error))
        return -1;
    return put_journal(report, error);
}

static int put_all(struct report *report, struct error *error)
{
    if (query_summary(report->handle, &report->summary, error) ||
        query_counts(report->handle, report->scope, &report->counts, error))
        return -1;
    put_title(report);
    if (report_mirrors(report->handle, report->scope, false, report->extent,
                       &report->lines, error))
        return -1;
    put_answer(report);
    return report->extent == REPORT_SHORT ? put_short(report, error)
                                          : put_whole(report, error);
}

int report_text(struct case_file *handle, const struct hit_scope *scope,
                enum report_extent extent, const struct export_sink *sink,
                struct error *error)
{
    struct report report = {.handle = handle,
                            .scope = scope,
                            .extent = extent,
                            .lines = {.sink = sink, .width = REPORT_WIDTH}};
    /* One snapshot for all of its parts. */
    if (sqlite3_exec(handle->db, "BEGIN", NULL, NULL, NULL) != SQLITE_OK)
        return case_error(handle, "reading the case", error);
    arena_init(&report.lines.arena);
    int result = put_all(&report, error);
    if (!result && report.lines.failed)
        result = error_set(error, ERROR_MEMORY, "no memory for the report");
    arena_fini(&report.lines.arena);
    sqlite3_exec(handle->db, "ROLLBACK", NULL, NULL, NULL); /* nothing was written */
    return result;
}
