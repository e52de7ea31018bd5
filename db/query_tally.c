#include "config.h"

#include "db/query_tally.h"

#include <stdlib.h>

#include "db/event_filter.h"
#include "db/value_table.h"

struct counter {
    uint64_t events, hits;
    int64_t first_us, last_us;
};

/* The code of a number is one more, so that 0 is "none" everywhere. */
enum { CODES = LIMIT_DICTIONARY_VALUES + 1, NUMBERS = 64 };

struct tally {
    enum segment_column column;
    struct event_scan scan;
    struct counter *known; /* by code; 0: no value */
    /* Of the segments' own values, by their codes in the table. */
    struct value_table values;
    struct counter *own;
    uint32_t own_room;
    uint32_t map[SEGMENT_EVENTS + 1]; /* this segment's own values; 0: not asked yet */
    struct counter others;
    bool keep[SEGMENT_EVENTS];
};

/* The number columns that can be counted by. */
static const char *number_name(enum segment_column column, int number)
{
    if (column == COLUMN_PROVIDER && number < PROVIDER_COUNT)
        return provider_name((enum provider)number);
    if (column == COLUMN_OUTCOME && number < OUTCOME_COUNT)
        return outcome_name((enum outcome)number);
    return NULL;
}

/* --- counting -------------------------------------------------------------------- */

/* Nothing yet: any time is before first_us, and EVENT_TIME_NONE is after none. */
static void clear(struct counter *counters, size_t count)
{
    for (size_t i = 0; i < count; i++)
        counters[i] =
            (struct counter){.first_us = INT64_MAX, .last_us = EVENT_TIME_NONE};
}

static inline void count(struct counter *counter, int64_t time_us, bool hit)
{
    counter->events++;
    counter->hits += hit;
    if (time_us > counter->last_us)
        counter->last_us = time_us;
    if (time_us < counter->first_us && time_us != EVENT_TIME_NONE)
        counter->first_us = time_us;
}

/* The counter of a value that only the segment knows; NULL: no memory. */
static struct counter *own_counter(struct tally *tally, struct slice value,
                                   uint32_t *mapped)
{
    struct value_table *values = &tally->values;
    if (!*mapped)
        *mapped = value_table_add(values, value, value_table_hash(values, value));
    if (!*mapped)
        return &tally->others;
    if (*mapped > tally->own_room) {
        uint32_t room = 2 * *mapped + 1024;
        struct counter *own = realloc(tally->own, room * sizeof *own);
        if (!own)
            return NULL;
        clear(own + tally->own_room, room - tally->own_room);
        tally->own = own;
        tally->own_room = room;
    }
    return &tally->own[*mapped - 1];
}

static int count_texts(struct tally *tally, const struct segment_values *values,
                       const int64_t *times, const int64_t *lifecycles,
                       struct error *error)
{
    memset(tally->map, 0, values->own_count * sizeof tally->map[0]);
    for (uint32_t i = 0; i < values->count; i++) {
        uint32_t code = values->codes[i];
        struct counter *counter = &tally->known[code < CODES ? code : 0];
        if (!tally->keep[i])
            continue;
        if (code >= CODES)
            counter = own_counter(tally, values->own[code - CODES],
                                  &tally->map[code - CODES]);
        if (!counter)
            return error_set(error, ERROR_MEMORY, "no memory to count values");
        count(counter, times[i], lifecycles[i] != LIFECYCLE_NONE);
    }
    return 0;
}

static void count_numbers(struct tally *tally, const struct segment_values *values,
                          const int64_t *times, const int64_t *lifecycles)
{
    for (uint32_t i = 0; i < values->count; i++) {
        uint64_t number = (uint64_t)values->numbers[i];
        if (tally->keep[i])
            count(&tally->known[number < NUMBERS ? number + 1 : 0], times[i],
                  lifecycles[i] != LIFECYCLE_NONE);
    }
}

static int count_segment(struct tally *tally, struct event_filter *filter,
                         struct error *error)
{
    const struct segment_values *values, *times, *lifecycles;
    struct event_scan *scan = &tally->scan;
    if (event_filter_apply(filter, scan, tally->keep, error) ||
        event_scan_column(scan, tally->column, &values, error) ||
        event_scan_column(scan, COLUMN_TIME, &times, error) ||
        event_scan_column(scan, COLUMN_LIFECYCLE, &lifecycles, error))
        return -1;
    if (values->text)
        return count_texts(tally, values, times->numbers, lifecycles->numbers, error);
    count_numbers(tally, values, times->numbers, lifecycles->numbers);
    return 0;
}

static int count_all(struct tally *tally, struct event_filter *filter,
                     const struct query_progress *progress, struct error *error)
{
    uint64_t done = 0;
    int more;
    while ((more = event_scan_next(&tally->scan, error)) > 0) {
        if (count_segment(tally, filter, error))
            return -1;
        if (progress)
            progress->step(progress->payload, ++done, tally->scan.segments_in_all);
    }
    return more;
}

/* --- rows ------------------------------------------------------------------------ */

static struct tally_row row_of(const struct counter *counter, struct slice value)
{
    bool timed = counter->last_us != EVENT_TIME_NONE;
    return (struct tally_row){value, counter->events, counter->hits,
                              timed ? counter->first_us : EVENT_TIME_NONE,
                              counter->last_us};
}

static struct slice known_value(const struct tally *tally,
                                const struct dictionary *dictionary, uint32_t code)
{
    if (!code)
        return SLICE_NONE;
    if (dictionary)
        return dictionary->values[code - 1];
    const char *name = number_name(tally->column, (int)code - 1);
    return name ? slice_from(name) : SLICE_NONE;
}

/* Every value that was met; the caller frees *rows. */
static int all_rows(struct tally *tally, struct tally_row **rows, size_t *total,
                    struct error *error)
{
    const struct dictionary *dictionary = NULL;
    *rows = malloc((CODES + (size_t)tally->values.count) * sizeof **rows);
    if (!*rows)
        return error_set(error, ERROR_MEMORY, "no memory for the values");
    if (tally->column >= COLUMN_TEXT &&
        segment_reader_dictionary(&tally->scan.reader, (int)tally->column - COLUMN_TEXT,
                                  &dictionary, error))
        return -1;
    for (uint32_t code = 0; code < CODES; code++) {
        if (!tally->known[code].events)
            continue;
        if (dictionary && code > dictionary->count)
            return error_set(error, ERROR_CASE, "a code has no value");
        (*rows)[(*total)++] =
            row_of(&tally->known[code], known_value(tally, dictionary, code));
    }
    for (uint32_t code = 1; code <= tally->values.count; code++)
        (*rows)[(*total)++] =
            row_of(&tally->own[code - 1], value_table_get(&tally->values, code));
    return 0;
}

#define BY_NUMBER(name, member)                                                        \
    static int name(const void *left, const void *right)                               \
    {                                                                                  \
        const struct tally_row *a = left, *b = right;                                  \
        int order = (a->member > b->member) - (a->member < b->member);                 \
        return order ? order : -slice_compare(a->value, b->value);                     \
    }
BY_NUMBER(by_events, events)
BY_NUMBER(by_hits, hits)
BY_NUMBER(by_first, first_us)
BY_NUMBER(by_last, last_us)

static int by_value(const void *left, const void *right)
{
    const struct tally_row *a = left, *b = right;
    return slice_compare(a->value, b->value);
}

static int (*const orders[TALLY_SORT_COUNT])(const void *, const void *) = {
    [TALLY_BY_EVENTS] = by_events, [TALLY_BY_HITS] = by_hits,
    [TALLY_BY_VALUE] = by_value,   [TALLY_BY_FIRST] = by_first,
    [TALLY_BY_LAST] = by_last,
};

/* What is asked of the counts: a window of rows, or the positions of some. */
struct tally_question {
    enum tally_sort sort;
    bool descending;
    size_t limit;
    struct arena *arena;
    struct tally_list *list;
    struct slice needle;
    struct position_list *positions; /* NULL: the window */
};

static const struct tally_row *row_at(const struct tally_question *question,
                                      const struct tally_row *rows, size_t total,
                                      size_t place)
{
    return &rows[question->descending ? total - 1 - place : place];
}

static int give_window(const struct tally_question *question,
                       const struct tally_row *rows, size_t total, struct error *error)
{
    struct tally_list *out = question->list;
    uint64_t rest = out->offset < total ? total - out->offset : 0;
    out->total = total;
    out->count = rest < question->limit ? (size_t)rest : question->limit;
    out->rows = arena_alloc(question->arena, (out->count + 1) * sizeof *out->rows);
    if (!out->rows)
        return error_set(error, ERROR_MEMORY, "no memory for the values");
    for (size_t i = 0; i < total; i++) {
        out->events += rows[i].events;
        if (rows[i].events > out->most)
            out->most = rows[i].events;
    }
    for (size_t i = 0; i < out->count; i++) {
        out->rows[i] = *row_at(question, rows, total, (size_t)out->offset + i);
        if (!slice_present(out->rows[i].value))
            continue;
        out->rows[i].value = arena_copy(question->arena, out->rows[i].value);
        if (!slice_present(out->rows[i].value))
            return error_set(error, ERROR_MEMORY, "no memory for the values");
    }
    return 0;
}

static int give_positions(const struct tally_question *question,
                          const struct tally_row *rows, size_t total,
                          struct error *error)
{
    struct position_list *out = question->positions;
    out->positions =
        arena_alloc(question->arena, (question->limit + 1) * sizeof *out->positions);
    if (!out->positions)
        return error_set(error, ERROR_MEMORY, "no memory for the search");
    for (size_t place = 0; place < total && !out->more; place++) {
        struct slice value = row_at(question, rows, total, place)->value;
        if (slice_find_nocase(value, question->needle) < 0)
            continue;
        out->more = out->count == question->limit;
        if (!out->more)
            out->positions[out->count++] = place;
    }
    return 0;
}

static int answer(struct tally *tally, const struct tally_question *question,
                  struct error *error)
{
    struct tally_row *rows = NULL;
    size_t total = 0;
    int result = all_rows(tally, &rows, &total, error);
    if (!result) {
        qsort(rows, total, sizeof *rows, orders[question->sort]);
        result = (question->positions ? give_positions : give_window)(question, rows,
                                                                      total, error);
    }
    free(rows);
    return result;
}

/* --- the query ------------------------------------------------------------------- */

static bool can_count(enum filter_key key)
{
    int column = event_filter_column(key);
    return column >= COLUMN_TEXT || number_name((enum segment_column)column, 0);
}

static struct tally *tally_new(enum filter_key key)
{
    struct tally *tally = calloc(1, sizeof *tally);
    if (!tally)
        return NULL;
    tally->column = (enum segment_column)event_filter_column(key);
    tally->known = malloc(CODES * sizeof *tally->known);
    if (tally->known)
        clear(tally->known, CODES);
    /* Whoever could prepare values that fall together gains a slow count of them. */
    value_table_init(&tally->values, (uint64_t)(uintptr_t)tally->known,
                     LIMIT_TALLY_VALUES, LIMIT_TALLY_BYTES);
    return tally;
}

static void tally_free(struct tally *tally)
{
    value_table_fini(&tally->values);
    free(tally->own);
    free(tally->known);
    free(tally);
}

static int ask(struct case_file *handle, const struct tally_scope *scope,
               const struct query_progress *progress,
               const struct tally_question *question, struct error *error)
{
    int64_t from_us, until_us;
    if (!can_count(scope->key))
        return error_set(error, ERROR_UNSUPPORTED, "events are not counted by `%s`",
                         filter_key_name(scope->key));
    struct tally *tally = tally_new(scope->key);
    if (!tally)
        return error_set(error, ERROR_MEMORY, "no memory to count values");
    struct event_filter *filter = NULL;
    int result = tally->known ? event_filter_new(scope->filter, &filter, error)
                              : error_set(error, ERROR_MEMORY, "no memory to count");
    if (!result) {
        event_filter_span(filter, &from_us, &until_us);
        result = event_scan_begin(&tally->scan, handle, from_us, until_us, error);
        if (!result)
            result = count_all(tally, filter, progress, error);
        if (!result)
            result = answer(tally, question, error);
        if (question->list)
            question->list->others = tally->others.events;
        event_scan_end(&tally->scan);
    }
    event_filter_free(filter);
    tally_free(tally);
    return result;
}

int query_tally(struct case_file *handle, const struct tally_scope *scope,
                enum tally_sort sort, bool descending, uint64_t offset, size_t limit,
                const struct query_progress *progress, struct arena *arena,
                struct tally_list *out, struct error *error)
{
    const struct tally_question question = {.sort = sort,
                                            .descending = descending,
                                            .limit = limit,
                                            .arena = arena,
                                            .list = out};
    *out = (struct tally_list){.offset = offset};
    return ask(handle, scope, progress, &question, error);
}

int query_find_tally(struct case_file *handle, const struct tally_scope *scope,
                     enum tally_sort sort, bool descending, struct slice needle,
                     size_t limit, struct arena *arena, struct position_list *out,
                     struct error *error)
{
    const struct tally_question question = {.sort = sort,
                                            .descending = descending,
                                            .limit = limit,
                                            .arena = arena,
                                            .needle = needle,
                                            .positions = out};
    *out = (struct position_list){.count = 0};
    return ask(handle, scope, NULL, &question, error);
}
