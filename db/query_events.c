#include "config.h"

#include "db/query_event.h"

#include <stdlib.h>

#include "db/event_filter.h"
#include "db/statement.h"

/*
 * A window of a list that nothing sorts: times are counted in buckets, then in buckets
 * of the one where the window begins, until so few are left that they can be put in
 * order.
 */
enum { BUCKETS = 4096, SORTED_MAX = 65536 };

/* The buckets of a span of keys. */
struct histogram_of_keys {
    uint64_t first, last, width;
    uint64_t counts[BUCKETS];
};

struct events_search {
    struct case_file *handle;
    struct event_filter *filter;
    uint64_t first_key, last_key; /* of the events that have a time */
    bool undated;                 /* are wanted: their key is last_key + 1 */
    struct histogram_of_keys histogram;
    struct event_place *places;
    size_t count;
    uint64_t drop;    /* so many places before those that are kept */
    size_t most;      /* places are kept of a search */
    uint64_t *before; /* each of them: events between it and the one before */
    struct arena *arena;
    struct event_list *out;
};

/* Times in the order of unsigned numbers. */
static uint64_t key_of(int64_t time_us)
{
    return (uint64_t)time_us + (UINT64_C(1) << 63);
}

static int64_t time_of(uint64_t key)
{
    return (int64_t)(key - (UINT64_C(1) << 63));
}

/* --- passes over the events ------------------------------------------------------- */

typedef void take_event(struct events_search *search, uint64_t key,
                        const struct event_place *place);

static int pass_segment(struct events_search *search, struct event_scan *scan,
                        uint64_t first, uint64_t last, take_event *take,
                        struct error *error)
{
    bool keep[SEGMENT_EVENTS];
    const struct segment_values *times;
    if (event_filter_apply(search->filter, scan, keep, error) ||
        event_scan_column(scan, COLUMN_TIME, &times, error))
        return -1;
    for (uint32_t i = 0; i < scan->segment.count; i++) {
        int64_t time_us = times->numbers[i];
        bool dated = time_us != EVENT_TIME_NONE;
        uint64_t key = dated ? key_of(time_us) : search->last_key + 1;
        if (!keep[i] || key < first || key > last || (!dated && !search->undated))
            continue;
        const struct event_place place = {.time_us = time_us,
                                          .segment = scan->segment.id,
                                          .segment_events = scan->segment.count,
                                          .at = i};
        take(search, key, &place);
    }
    return 0;
}

/* All events with a key of this span, in the order of the case. */
static int pass(struct events_search *search, uint64_t first, uint64_t last,
                take_event *take, struct error *error)
{
    struct event_scan scan;
    bool all = search->undated && last > search->last_key;
    int64_t from_us = all ? INT64_MIN : time_of(first);
    int64_t until_us = all ? INT64_MAX : time_of(last);
    int more = event_scan_begin(&scan, search->handle, from_us, until_us, error);
    while (!more && (more = event_scan_next(&scan, error)) > 0)
        more = pass_segment(search, &scan, first, last, take, error);
    event_scan_end(&scan);
    return more;
}

static void count_key(struct events_search *search, uint64_t key,
                      const struct event_place *place)
{
    struct histogram_of_keys *histogram = &search->histogram;
    (void)place;
    histogram->counts[(key - histogram->first) / histogram->width]++;
}

static void keep_place(struct events_search *search, uint64_t key,
                       const struct event_place *place)
{
    (void)key;
    if (search->drop)
        search->drop--;
    else if (search->count < SORTED_MAX)
        search->places[search->count++] = *place;
}

/* --- where the window begins --------------------------------------------------- */

/* A span of keys, how many events have one, and how many of them the window skips. */
struct span {
    uint64_t first, last, events, skip;
};

static int count_span(struct events_search *search, const struct span *span,
                      struct error *error)
{
    struct histogram_of_keys *histogram = &search->histogram;
    *histogram = (struct histogram_of_keys){
        .first = span->first,
        .last = span->last,
        .width = (span->last - span->first) / BUCKETS + 1,
    };
    return pass(search, span->first, span->last, count_key, error);
}

/* To the bucket where the window begins, and those behind it that can be sorted with
 * it.
 */
static struct span first_buckets(const struct histogram_of_keys *histogram,
                                 uint64_t skip)
{
    struct span span = {.skip = skip};
    size_t bucket = 0, end;
    while (bucket + 1 < BUCKETS && span.skip >= histogram->counts[bucket])
        span.skip -= histogram->counts[bucket++];
    span.events = histogram->counts[bucket];
    for (end = bucket + 1;
         end < BUCKETS && span.events + histogram->counts[end] <= SORTED_MAX; end++)
        span.events += histogram->counts[end];
    span.first = histogram->first + bucket * histogram->width;
    span.last = histogram->first + (end - 1) * histogram->width;
    span.last = histogram->last - span.last < histogram->width
                    ? histogram->last
                    : span.last + histogram->width - 1;
    return span;
}

/* The rows of a span that can be put in order: of one time, it is that of the case. */
static int give(struct events_search *search, const struct span *span, size_t limit,
                struct error *error)
{
    struct event_list *out = search->out;
    bool one_time = span->first == span->last;
    search->count = 0;
    search->drop = one_time ? span->skip : 0;
    if (pass(search, span->first, span->last, keep_place, error))
        return -1;
    qsort(search->places, search->count, sizeof *search->places, event_place_order);
    size_t skip = one_time ? 0 : (size_t)span->skip;
    if (skip > search->count)
        skip = search->count;
    size_t count = search->count - skip;
    if (count > limit - out->count)
        count = limit - out->count;
    struct event_scan scan;
    int result = event_scan_begin(&scan, search->handle, INT64_MIN, INT64_MAX, error);
    if (!result)
        result = event_scan_read(&scan, search->places + skip, count, search->arena,
                                 out->rows + out->count, error);
    event_scan_end(&scan);
    out->count += count;
    return result;
}

/* Rows from where the window begins in `rest`, as many as stand close together. */
static int give_first(struct events_search *search, struct span *rest, size_t limit,
                      struct error *error)
{
    struct span span = first_buckets(&search->histogram, rest->skip);
    while (span.events > SORTED_MAX && span.first != span.last) {
        if (count_span(search, &span, error))
            return -1;
        span = first_buckets(&search->histogram, span.skip);
    }
    rest->first = span.last + 1;
    rest->skip = 0;
    return give(search, &span, limit, error);
}

static int search_window(struct events_search *search, uint64_t offset, size_t limit,
                         struct error *error)
{
    struct event_list *out = search->out;
    struct span rest = {search->first_key, search->last_key + search->undated, 0,
                        offset};
    if (rest.first > rest.last || count_span(search, &rest, error))
        return rest.first > rest.last ? 0 : -1;
    for (size_t i = 0; i < BUCKETS; i++)
        out->total += search->histogram.counts[i];
    while (offset + out->count < out->total && out->count < limit) {
        if ((out->count && count_span(search, &rest, error)) ||
            give_first(search, &rest, limit, error))
            return -1;
    }
    return 0;
}

/* --- the span of all ----------------------------------------------------------- */

static int find_span(struct events_search *search, const struct events_scope *scope,
                     struct error *error)
{
    int64_t from_us, until_us;
    event_filter_span(search->filter, &from_us, &until_us);
    if (from_us < scope->from_us)
        from_us = scope->from_us;
    if (until_us > scope->until_us)
        until_us = scope->until_us;
    search->undated = from_us == INT64_MIN && until_us == INT64_MAX;
    sqlite3_stmt *select = statement_prepare(
        search->handle, SLICE("SELECT min(first_us), max(last_us) FROM segment"),
        error);
    if (!select)
        return -1;
    int code = sqlite3_step(select);
    int64_t first_us = code == SQLITE_ROW ? statement_time(select, 0) : EVENT_TIME_NONE;
    int64_t last_us = code == SQLITE_ROW ? statement_time(select, 1) : EVENT_TIME_NONE;
    first_us = from_us > first_us ? from_us : first_us;
    last_us = until_us < last_us ? until_us : last_us;
    /* None has a time: a span that is empty, and one key behind it. */
    search->first_key = last_us == EVENT_TIME_NONE ? 1 : key_of(first_us);
    search->last_key = last_us == EVENT_TIME_NONE ? 0 : key_of(last_us);
    return statement_end(search->handle, select, code, "reading the segments", error);
}

static int find_window(struct events_search *search, const struct events_scope *scope,
                       uint64_t offset, size_t limit, struct error *error)
{
    return event_filter_new(scope->filter, &search->filter, error) ||
                   find_span(search, scope, error) ||
                   search_window(search, offset, limit, error)
               ? -1
               : 0;
}

/* One snapshot for all passes; nothing is written. */
static bool begin(struct case_file *handle)
{
    return sqlite3_get_autocommit(handle->db) &&
           !sqlite3_exec(handle->db, "BEGIN", NULL, NULL, NULL);
}

static struct events_search *search_new(struct case_file *handle, struct arena *arena)
{
    struct events_search *search = calloc(1, sizeof *search);
    if (!search)
        return NULL;
    search->handle = handle;
    search->arena = arena;
    search->places = malloc(SORTED_MAX * sizeof *search->places);
    return search;
}

static void search_free(struct events_search *search)
{
    event_filter_free(search->filter);
    free(search->places);
    free(search);
}

int query_events(struct case_file *handle, const struct events_scope *scope,
                 uint64_t offset, size_t limit, struct arena *arena,
                 struct event_list *out, struct error *error)
{
    *out = (struct event_list){.offset = offset};
    out->rows = arena_alloc(arena, (limit ? limit : 1) * sizeof *out->rows);
    struct events_search *search = search_new(handle, arena);
    if (!search)
        return error_set(error, ERROR_MEMORY, "out of memory");
    search->out = out;
    bool began = begin(handle);
    int result = search->places && out->rows
                     ? find_window(search, scope, offset, limit, error)
                     : error_set(error, ERROR_MEMORY, "out of memory");
    if (began)
        sqlite3_exec(handle->db, "ROLLBACK", NULL, NULL, NULL);
    search_free(search);
    return result;
}

/* --- finding ------------------------------------------------------------------- */

/* The first places of those met until now. */
static void keep_first(struct events_search *search)
{
    qsort(search->places, search->count, sizeof *search->places, event_place_order);
    if (search->count > search->most)
        search->count = search->most;
}

static void keep_match(struct events_search *search, uint64_t key,
                       const struct event_place *place)
{
    (void)key;
    if (search->count == SORTED_MAX)
        keep_first(search);
    search->places[search->count++] = *place;
}

static void count_before(struct events_search *search, uint64_t key,
                         const struct event_place *place)
{
    size_t low = 0, high = search->count;
    (void)key;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (event_place_order(&search->places[middle], place) > 0)
            high = middle;
        else
            low = middle + 1;
    }
    search->before[low]++;
}

/* The scope's filter, and the text. */
static int filter_matches(struct events_search *search, const struct filter *filter,
                          struct slice needle, struct error *error)
{
    size_t count = filter ? filter->term_count : 0;
    struct filter_value *value = arena_alloc(search->arena, sizeof *value);
    struct filter_term *terms = arena_alloc(search->arena, (count + 1) * sizeof *terms);
    struct filter *both = arena_alloc(search->arena, sizeof *both);
    if (!value || !terms || !both)
        return error_set(error, ERROR_MEMORY, "out of memory");
    *value = (struct filter_value){.text = needle};
    if (count)
        memcpy(terms, filter->terms, count * sizeof *terms);
    terms[count] = (struct filter_term){.key = FILTER_TEXT,
                                        .compare = FILTER_CONTAINS,
                                        .value_count = 1,
                                        .values = value};
    *both = (struct filter){count + 1, terms};
    return event_filter_new(both, &search->filter, error);
}

static int pass_all(struct events_search *search, take_event *take, struct error *error)
{
    uint64_t last = search->last_key + search->undated;
    return search->first_key > last
               ? 0
               : pass(search, search->first_key, last, take, error);
}

/* The matches first, then how many events of the list stand before each. */
static int find_positions(struct events_search *search,
                          const struct events_scope *scope, struct slice needle,
                          struct position_list *out, struct error *error)
{
    size_t limit = search->most - 1;
    if (filter_matches(search, scope->filter, needle, error) ||
        find_span(search, scope, error) || pass_all(search, keep_match, error))
        return -1;
    keep_first(search);
    event_filter_free(search->filter);
    search->filter = NULL;
    if (event_filter_new(scope->filter, &search->filter, error) ||
        pass_all(search, count_before, error))
        return -1;
    uint64_t position = 0;
    out->more = search->count > limit;
    out->count = out->more ? limit : search->count;
    for (size_t i = 0; i < out->count; i++) {
        position += search->before[i];
        out->positions[i] = position;
    }
    return 0;
}

int query_find_events(struct case_file *handle, const struct events_scope *scope,
                      struct slice needle, size_t limit, struct arena *arena,
                      struct position_list *out, struct error *error)
{
    *out = (struct position_list){.count = 0};
    if (limit >= SORTED_MAX)
        limit = SORTED_MAX - 1;
    struct events_search *search = search_new(handle, arena);
    if (!search)
        return error_set(error, ERROR_MEMORY, "out of memory");
    search->most = limit + 1;
    search->before = calloc(search->most + 1, sizeof *search->before);
    out->positions = arena_alloc(arena, search->most * sizeof *out->positions);
    bool began = begin(handle);
    int result = search->places && search->before && out->positions
                     ? find_positions(search, scope, needle, out, error)
                     : error_set(error, ERROR_MEMORY, "out of memory");
    if (began)
        sqlite3_exec(handle->db, "ROLLBACK", NULL, NULL, NULL);
    free(search->before);
    search_free(search);
    return result;
}
