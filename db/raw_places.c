#include "config.h"

#include "db/raw_places.h"

#include <stdlib.h>

#include "db/event_scan.h"

struct sorted {
    const struct raw_place *places;
    size_t count;
};

struct found {
    struct event_place *places;
    size_t count, room;
};

static int place_order(const void *left, const void *right)
{
    const struct raw_place *a = left, *b = right;
    if (a->source != b->source)
        return a->source < b->source ? -1 : 1;
    return (a->offset > b->offset) - (a->offset < b->offset);
}

static bool has_place(const struct sorted *sorted, int64_t source, uint64_t from,
                      uint64_t until)
{
    const struct raw_place wanted = {source, from};
    size_t low = 0, high = sorted->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (place_order(&sorted->places[middle], &wanted) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < sorted->count && sorted->places[low].source == source &&
           sorted->places[low].offset < until;
}

static int keep_event(struct found *found, const struct event_place *place,
                      struct error *error)
{
    if (found->count == found->room) {
        found->room = found->room ? 2 * found->room : 256;
        void *more = realloc(found->places, found->room * sizeof *found->places);
        if (!more)
            return error_set(error, ERROR_MEMORY, "no memory for what was found");
        found->places = more;
    }
    found->places[found->count++] = *place;
    return 0;
}

static int find_in_segment(const struct sorted *sorted, struct event_scan *scan,
                           struct found *found, struct error *error)
{
    const struct segment_values *sources, *offsets, *lengths, *times;
    int64_t asked = 0;
    bool met = false;
    if (event_scan_column(scan, COLUMN_SOURCE, &sources, error))
        return -1;
    for (uint32_t i = 0; i < scan->segment.count; i++) {
        int64_t source = sources->numbers[i];
        if (source != asked) {
            asked = source;
            met = !doubled_has(&scan->doubled, source) &&
                  has_place(sorted, source, 0, UINT64_MAX);
        }
        if (!met)
            continue;
        if (event_scan_column(scan, COLUMN_OFFSET, &offsets, error) ||
            event_scan_column(scan, COLUMN_LENGTH, &lengths, error) ||
            event_scan_column(scan, COLUMN_TIME, &times, error))
            return -1;
        uint64_t from = (uint64_t)offsets->numbers[i];
        const struct event_place place = {times->numbers[i], scan->segment.id,
                                          scan->segment.count, i};
        if (has_place(sorted, source, from, from + (uint64_t)lengths->numbers[i]) &&
            keep_event(found, &place, error))
            return -1;
    }
    return 0;
}

static int give_events(struct event_scan *scan, struct found *found, size_t limit,
                       struct arena *arena, struct event_list *out, struct error *error)
{
    if (found->count)
        qsort(found->places, found->count, sizeof *found->places, event_place_order);
    out->total = found->count;
    out->count = found->count < limit ? found->count : limit;
    out->rows = arena_alloc(arena, (out->count + 1) * sizeof *out->rows);
    if (!out->rows)
        return error_set(error, ERROR_MEMORY, "no memory for what was found");
    return event_scan_read(scan, found->places, out->count, arena, out->rows, error);
}

int raw_places_events(struct case_file *handle, struct raw_place *places, size_t count,
                      size_t limit, struct arena *arena, struct event_list *out,
                      struct error *error)
{
    struct event_scan scan;
    struct found found = {0};
    const struct sorted sorted = {places, count};
    if (count)
        qsort(places, count, sizeof *places, place_order);
    int more = 1, result = event_scan_begin(&scan, handle, INT64_MIN, INT64_MAX, error);
    while (!result && count && more > 0) {
        more = event_scan_next(&scan, error);
        result = more < 0 ? -1 : 0;
        if (more > 0)
            result = find_in_segment(&sorted, &scan, &found, error);
    }
    if (!result)
        result = give_events(&scan, &found, limit, arena, out, error);
    event_scan_end(&scan);
    free(found.places);
    return result;
}
