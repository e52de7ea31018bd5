#include "config.h"

#include "db/query.h"

#include "db/event_filter.h"

static void count_segment(const struct event_scan *scan,
                          const struct segment_values *times,
                          const struct segment_values *lifecycles, const bool *keep,
                          struct timeline *out)
{
    for (uint32_t i = 0; i < scan->segment.count; i++) {
        int64_t time_us = times->numbers[i];
        if (!keep[i] || time_us == EVENT_TIME_NONE || time_us < out->from_us)
            continue;
        uint64_t after = (uint64_t)time_us - (uint64_t)out->from_us;
        uint64_t step = after / (uint64_t)out->step_us;
        if (step >= out->count)
            continue;
        bool hit = lifecycles->numbers[i] != LIFECYCLE_NONE;
        out->events[step]++;
        out->hits[step] += hit;
        out->total++;
        out->total_hits += hit;
    }
}

static int count_all(struct event_scan *scan, struct event_filter *filter,
                     struct timeline *out, struct error *error)
{
    bool keep[SEGMENT_EVENTS];
    const struct segment_values *times, *lifecycles;
    int more;
    while ((more = event_scan_next(scan, error)) > 0) {
        if (event_filter_apply(filter, scan, keep, error) ||
            event_scan_column(scan, COLUMN_TIME, &times, error) ||
            event_scan_column(scan, COLUMN_LIFECYCLE, &lifecycles, error))
            return -1;
        count_segment(scan, times, lifecycles, keep, out);
    }
    return more;
}

static int scan_steps(struct case_file *handle, struct event_filter *filter,
                      struct timeline *out, struct error *error)
{
    struct event_scan scan;
    int64_t last = out->from_us + (int64_t)out->count * out->step_us - 1;
    int result = event_scan_begin(&scan, handle, out->from_us, last, error);
    if (!result)
        result = count_all(&scan, filter, out, error);
    event_scan_end(&scan);
    return result;
}

int query_timeline(struct case_file *handle, const struct filter *filter,
                   int64_t from_us, int64_t step_us, size_t count, struct arena *arena,
                   struct timeline *out, struct error *error)
{
    size_t bytes = count * sizeof *out->events;
    *out = (struct timeline){.from_us = from_us, .step_us = step_us, .count = count};
    out->events = arena_alloc(arena, bytes + 1);
    out->hits = arena_alloc(arena, bytes + 1);
    if (!out->events || !out->hits)
        return error_set(error, ERROR_MEMORY, "no memory for the timeline");
    memset(out->events, 0, bytes);
    memset(out->hits, 0, bytes);
    struct event_filter *columns = NULL;
    int result = event_filter_new(filter, &columns, error);
    if (!result && count && step_us > 0)
        result = scan_steps(handle, columns, out, error);
    event_filter_free(columns);
    return result;
}
