#include "config.h"

#include "db/report.h"

#include <stdarg.h>
#include <stdio.h>

#include "core/actor.h"
#include "core/escape.h"
#include "core/timestamp.h"
#include "db/coverage.h"
#include "db/journal.h"

enum {
    GROUPS_SHOWN = 50,
    OPERATIONS_SHOWN = 200,
    SOURCES_SHOWN = 50,
    VALUES_SHOWN = 12
};

struct report {
    struct case_file *handle;
    const struct hit_scope *scope;
    const struct export_sink *sink;
    bool closed;
    struct arena arena; /* of the present section */
};

static void put(struct report *report, struct slice text)
{
    if (!report->closed && text.length)
        report->closed =
            report->sink->write(report->sink->payload, text.data, text.length) != 0;
}

/* One line, never cut: a ticket wraps it.  Outside texts in it have been escaped. */
static void line(struct report *report, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static void line(struct report *report, const char *format, ...)
{
    char text[2048];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (length < 0)
        return;
    struct slice whole = {text, (size_t)length < sizeof text ? (size_t)length
                                                             : sizeof text - 1};
    put(report, whole);
    put(report, SLICE("\n"));
}

static const char *safe(struct report *report, struct slice text)
{
    enum { SHOWN_MAX = 400 };
    struct slice shown = slice_blank(text)
                             ? SLICE("-")
                             : escape_text_limited(&report->arena, text, SHOWN_MAX);
    shown = arena_copy(&report->arena, shown);
    return slice_present(shown) ? shown.data : "";
}

static const char *time_text(struct report *report, int64_t time_us)
{
    char text[TIMESTAMP_TEXT_MAX];
    size_t length = timestamp_format(time_us, text);
    return length ? arena_copy(&report->arena, (struct slice){text, length}).data
                  : "no time";
}

static const char *short_time(struct report *report, int64_t time_us)
{
    char text[TIMESTAMP_TEXT_MAX];
    size_t length = timestamp_format_short(time_us, text);
    return length ? arena_copy(&report->arena, (struct slice){text, length}).data : "-";
}

/* --- what was covered ----------------------------------------------------------- */

static int put_values(struct report *report, const char *heading,
                      enum event_field field, struct error *error)
{
    struct value_list list;
    struct slice text = SLICE("");
    if (coverage_values(report->handle, field, VALUES_SHOWN, &report->arena, &list,
                        error))
        return -1;
    for (size_t i = 0; i < list.count; i++)
        text = arena_printf(&report->arena, "%.*s%s%s", (int)text.length, text.data,
                            i ? ", " : "", safe(report, list.values[i]));
    line(report, "  %-9s %s%s", heading,
         list.count ? text.data : "none named in the logs",
         list.more ? ", and more" : "");
    return 0;
}

static int put_coverage(struct report *report, const struct case_summary *summary,
                        struct error *error)
{
    line(report, "Covered: %llu events of %llu sources",
         (unsigned long long)summary->events, (unsigned long long)summary->sources);
    line(report, "  %-9s %s to %s", "span", time_text(report, summary->first_us),
         time_text(report, summary->last_us));
    if (put_values(report, "accounts", FIELD_ACCOUNT, error) ||
        put_values(report, "regions", FIELD_REGION, error))
        return -1;
    if (summary->damaged || summary->unknown)
        line(report, "  %-9s %llu damaged records, %llu of unknown kind", "not read",
             (unsigned long long)summary->damaged,
             (unsigned long long)summary->unknown);
    return 0;
}

/* --- sections ------------------------------------------------------------------- */

static void put_answer(struct report *report, const struct case_summary *summary)
{
    line(report, "Mirrorscope report: %s",
         safe(report, slice_from(report->handle->path)));
    line(report, "%s", "");
    if (!summary->hits)
        line(report, "No mirroring event was found in what is covered below.");
    else
        line(report,
             "%llu mirroring operations: %llu left to decide, %llu approved, "
             "%llu failed, denied or dry-run attempts",
             (unsigned long long)summary->hits, (unsigned long long)summary->open,
             (unsigned long long)summary->approved,
             (unsigned long long)summary->attempts);
    line(report, "%s", "");
}

/* An escaped text in exactly `width` cells. */
static const char *cell(struct report *report, struct slice text, size_t width)
{
    struct slice shown =
        escape_cut(&report->arena, slice_from(safe(report, text)), width);
    size_t used = escape_width(shown);
    return arena_printf(&report->arena, "%.*s%*s", (int)shown.length, shown.data,
                        (int)(width - used), "")
        .data;
}

static void put_group(struct report *report, const struct group_row *row)
{
    struct slice actor =
        slice_blank(row->actor) ? SLICE("(not named)") : actor_short(row->actor);
    uint64_t create = row->lifecycle[LIFECYCLE_CREATION] +
                      row->lifecycle[LIFECYCLE_CREATION_MODIFICATION];
    const char *state = !row->open                   ? "approved"
                        : row->attempts == row->hits ? "attempts"
                                                     : "open";
    line(report, "%s %-11s %s %3llu %3llu %3llu %4llu  %-14s  %s",
         cell(report, actor, 32), provider_name(row->provider),
         cell(report, row->account, 14), (unsigned long long)create,
         (unsigned long long)row->lifecycle[LIFECYCLE_MODIFICATION],
         (unsigned long long)row->lifecycle[LIFECYCLE_DELETION],
         (unsigned long long)row->open, short_time(report, row->last_us), state);
}

static int put_groups(struct report *report, struct error *error)
{
    struct group_list list;
    if (query_groups(report->handle, report->scope, GROUP_BY_LAST, true, 0,
                     GROUPS_SHOWN, &report->arena, &list, error))
        return -1;
    if (!list.count)
        return 0;
    line(report, "%s", "");
    line(report, "%-32s %-11s %-14s %3s %3s %3s %4s  %-14s  %s", "ACTOR", "PROVIDER",
         "ACCOUNT", "CRE", "MOD", "DEL", "OPEN", "LAST (UTC)", "STATE");
    for (size_t i = 0; i < list.count; i++)
        put_group(report, &list.rows[i]);
    if (list.total > list.count)
        line(report, "and %llu more", (unsigned long long)(list.total - list.count));
    return 0;
}

static void put_operation(struct report *report, const struct hit_row *row)
{
    const struct event *event = &row->operation.event;
    const struct slice *texts = event->text;
    line(report, "%s  %s  %s  %s", time_text(report, event->time_us),
         lifecycle_name(row->operation.lifecycle), outcome_name(event->outcome),
         safe(report, texts[FIELD_OPERATION]));
    bool has_address = !slice_blank(texts[FIELD_SOURCE_IP]);
    line(report, "    by %s%s%s from %s, %s %s %s", safe(report, texts[FIELD_ACTOR]),
         slice_blank(texts[FIELD_VIA]) ? "" : " via ",
         slice_blank(texts[FIELD_VIA]) ? "" : safe(report, texts[FIELD_VIA]),
         safe(report, texts[has_address ? FIELD_SOURCE_IP : FIELD_SOURCE_TEXT]),
         provider_name(event->provider), safe(report, texts[FIELD_ACCOUNT]),
         slice_blank(texts[FIELD_REGION]) ? "" : safe(report, texts[FIELD_REGION]));
    if (!slice_blank(texts[FIELD_MIRRORED]) || !slice_blank(texts[FIELD_DESTINATION]))
        line(report, "    %s -> %s", safe(report, texts[FIELD_MIRRORED]),
             safe(report, texts[FIELD_DESTINATION]));
    if (!slice_blank(row->near_miss))
        line(report, "    nearly approved: %s", safe(report, row->near_miss));
    if (row->approval)
        line(report, "    %s: approval %lld %s", safe(report, row->approval_state),
             (long long)row->approval, safe(report, row->approval_ticket));
}

static int put_operations(struct report *report, bool approved, struct error *error)
{
    struct arena arena;
    struct hit_list list = {0};
    arena_init(&arena);
    struct hit_scope scope = *report->scope;
    scope.hide_approved = !approved;
    int result = query_hits(report->handle, &scope, OPERATION_BY_TIME, false, 0,
                            OPERATIONS_SHOWN, &arena, &list, error);
    bool headed = false;
    for (size_t i = 0; !result && i < list.count; i++) {
        if (approved != (list.rows[i].approval != 0))
            continue;
        if (!headed)
            line(report, "\n%s", approved ? "Approved" : "Left to decide");
        headed = true;
        put_operation(report, &list.rows[i]);
        arena_reset(&report->arena);
    }
    if (!result && list.total > list.count)
        line(report, "and more: %llu operations in all; `export hits` has them",
             (unsigned long long)list.total);
    arena_fini(&arena);
    return result;
}

static int put_sources(struct report *report, struct error *error)
{
    struct source_list list = {.total = 1};
    size_t shown = 0;
    for (uint64_t at = 0; at < list.total && shown < SOURCES_SHOWN;
         at += SOURCES_SHOWN) {
        arena_reset(&report->arena);
        if (query_sources(report->handle, at, SOURCES_SHOWN, &report->arena, &list,
                          error))
            return -1;
        for (size_t i = 0; i < list.count && shown < SOURCES_SHOWN; i++) {
            const struct source_row *row = &list.rows[i];
            if (slice_equal(row->status, SLICE("done")))
                continue;
            if (!shown++)
                line(report, "\nNot read in full");
            line(report, "  %s %s: %s", safe(report, row->status),
                 safe(report, row->path), safe(report, row->reason));
        }
    }
    return 0;
}

int report_text(struct case_file *handle, const struct hit_scope *scope,
                const struct export_sink *sink, struct error *error)
{
    struct report report = {.handle = handle, .scope = scope, .sink = sink};
    struct case_summary summary;
    struct slice head;
    if (query_summary(handle, &summary, error))
        return -1;
    arena_init(&report.arena);
    put_answer(&report, &summary);
    int result = put_coverage(&report, &summary, error);
    if (!result)
        result = put_groups(&report, error);
    if (!result)
        result = put_operations(&report, false, error);
    if (!result && summary.approved)
        result = put_operations(&report, true, error);
    if (!result)
        result = put_sources(&report, error);
    if (!result)
        result = journal_head(handle, &report.arena, &head, error);
    if (!result)
        line(&report, "\nJournal: %.*s", (int)head.length, head.data);
    arena_fini(&report.arena);
    return result;
}
