#include "config.h"

#include "db/report_internal.h"

#include <stdlib.h>

#include "core/actor.h"
#include "db/query_context.h"
#include "db/query_lineage.h"

/* A lineage is some scans of all events; a report of many actors stays short. */
enum { LINEAGES_SHOWN = 25, TELLING_SHOWN = 12 };

/* How far around the operations telling events are named. */
static const int64_t MARGIN_US = INT64_C(3600000000);

/* The first hit of each lineage, in order of time. */
struct gathering {
    struct hit_row hits[LINEAGES_SHOWN];
    int64_t last_us[LINEAGES_SHOWN]; /* of all hits of the lineage */
    size_t count;
    bool more;
    struct arena arena;
};

static bool known(struct gathering *gathering, const struct event *event)
{
    for (size_t i = 0; i < gathering->count; i++) {
        if (!query_lineage_same(&gathering->hits[i].operation.event, event))
            continue;
        if (event->time_us > gathering->last_us[i])
            gathering->last_us[i] = event->time_us;
        return true;
    }
    return false;
}

static int gather(void *payload, const struct hit_row *row, struct arena *arena,
                  struct error *error)
{
    struct gathering *gathering = payload;
    (void)arena;
    (void)error;
    if (known(gathering, &row->operation.event))
        return 0;
    if (gathering->count == LINEAGES_SHOWN) {
        gathering->more = true;
        return 1;
    }
    gathering->last_us[gathering->count] = row->operation.event.time_us;
    struct hit_row *kept = &gathering->hits[gathering->count++];
    *kept = *row;
    kept->id = arena_copy(&gathering->arena, row->id);
    for (int i = 0; i < EVENT_FIELD_COUNT; i++)
        kept->operation.event.text[i] =
            arena_copy(&gathering->arena, row->operation.event.text[i]);
    return 0;
}

static void put_step(struct report_lines *lines, const struct lineage_step *step)
{
    const char *words = lineage_link_words(step->link);
    report_begin(lines, 4);
    report_add(lines, "%s", report_time(lines, step->at.event.time_us));
    report_add(lines, "%s",
               report_safe(lines, lineage_step_words(step, &lines->arena)));
    report_add(lines, "(%s%s)", words,
               lineage_link_is_proof(step->link) ? "" : ": joined, not proven");
    report_end(lines);
}

static int put_lineage(struct case_file *handle, const struct hit_row *hit,
                       struct report_lines *lines, struct error *error)
{
    struct lineage *lineage = arena_alloc(&lines->arena, sizeof *lineage);
    const struct event *event = &hit->operation.event;
    if (!lineage)
        return error_set(error, ERROR_MEMORY, "out of memory");
    if (query_lineage(handle, hit, &lines->arena, lineage, error))
        return -1;
    struct slice actor = event->text[FIELD_ACTOR];
    report_begin(lines, 2);
    report_add(lines, "%s,",
               slice_blank(actor) ? "(not named)"
                                  : report_safe(lines, actor_short(actor)));
    report_add(lines, "%s", provider_name(event->provider));
    report_add(lines, "%s", report_safe(lines, event->text[FIELD_ACCOUNT]));
    if (!slice_blank(event->text[FIELD_CREDENTIAL]))
        report_add(lines, "with %s", report_safe(lines, event->text[FIELD_CREDENTIAL]));
    report_end(lines);
    for (size_t i = 1; i < lineage->count; i++)
        put_step(lines, &lineage->steps[i]);
    report_line(lines, 4, "%s: %s", lineage->reached ? "first" : "ends",
                report_safe(lines, lineage->ending));
    return 0;
}

/* What the same actor, credential or address did around it that tells. */
static int put_around(struct case_file *handle, const struct event *event,
                      int64_t last_us, struct report_lines *lines, struct error *error)
{
    const struct context_span span = {event->time_us, event->time_us};
    struct context_scope scope = context_scope_of(event, span, MARGIN_US);
    struct context_list list;
    if (event->time_us == EVENT_TIME_NONE)
        return 0;
    scope.until_us = last_us + MARGIN_US;
    scope.telling_only = true;
    if (query_context(handle, &scope, 0, TELLING_SHOWN, &lines->arena, &list, error))
        return -1;
    for (size_t i = 0; i < list.count; i++) {
        const struct context_row *row = &list.rows[i];
        report_begin(lines, 4);
        report_add(lines, "around it: %s", report_time(lines, row->at.event.time_us));
        report_add(lines,
                   "%s:", report_safe(lines, row->at.event.text[FIELD_OPERATION]));
        report_add(lines, "%s", row->telling);
        if (outcome_is_attempt(row->at.event.outcome))
            report_add(lines, "(%s)", outcome_name(row->at.event.outcome));
        report_end(lines);
    }
    if (list.total > list.count)
        report_line(lines, 4, "and %llu more within an hour: the dashboard's context",
                    (unsigned long long)(list.total - list.count));
    return 0;
}

/* Whether an earlier lineage was of the same actor: what is around it was said. */
static bool said(const struct gathering *gathering, size_t at)
{
    for (size_t i = 0; i < at; i++) {
        if (slice_equal(gathering->hits[i].operation.event.text[FIELD_ACTOR],
                        gathering->hits[at].operation.event.text[FIELD_ACTOR]))
            return true;
    }
    return false;
}

int report_lineage(struct case_file *handle, const struct hit_scope *scope,
                   struct report_lines *lines, struct error *error)
{
    struct gathering *gathering = calloc(1, sizeof *gathering);
    if (!gathering)
        return error_set(error, ERROR_MEMORY, "out of memory");
    arena_init(&gathering->arena);
    int result = query_each_hit(handle, scope, gather, gathering, error);
    if (!result && gathering->count) {
        report_blank(lines);
        report_line(lines, 0, "Who is behind it");
    }
    for (size_t i = 0; i < gathering->count && !result; i++) {
        result = put_lineage(handle, &gathering->hits[i], lines, error);
        if (!result && !said(gathering, i))
            result = put_around(handle, &gathering->hits[i].operation.event,
                                gathering->last_us[i], lines, error);
    }
    if (!result && gathering->more)
        report_line(lines, 2, "and more; the dashboard shows it for each operation");
    arena_fini(&gathering->arena);
    free(gathering);
    return result;
}
