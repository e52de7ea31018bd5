#include "config.h"

#include "db/query_context.h"

#include <stdlib.h>

#include "db/event_scan.h"
#include "db/query_mirrors.h"

struct context_scope context_scope_of(const struct event *event,
                                      struct context_span span, int64_t margin_us)
{
    struct context_scope scope = {.from_us = 0, .until_us = -1};
    for (int i = 0; i < CONTEXT_TIE_COUNT; i++)
        scope.ties[i] = event->text[context_ties[i].of];
    if (span.from_us == EVENT_TIME_NONE)
        span.from_us = span.until_us;
    if (span.until_us == EVENT_TIME_NONE)
        span.until_us = span.from_us;
    if (span.from_us != EVENT_TIME_NONE) {
        scope.from_us = span.from_us - margin_us;
        scope.until_us = span.until_us + margin_us;
    }
    return scope;
}

int context_scope_tie_mirror(struct case_file *handle, struct slice mirror,
                             unsigned segment, struct arena *arena,
                             struct context_scope *scope, struct error *error)
{
    struct mirror_rows rows;
    struct hit_list operations = {.count = 0};
    if (query_mirror(handle, mirror, segment, arena, &rows, error) ||
        (rows.count &&
         query_mirror_operations(handle, rows.rows[0].id, arena, &operations, error)))
        return -1;
    for (int i = 0; i < CONTEXT_TIE_COUNT && operations.count; i++) {
        scope->ties[i] = SLICE_NONE;
        for (size_t j = 0; j < operations.count && slice_blank(scope->ties[i]); j++)
            scope->ties[i] =
                operations.rows[j].operation.event.text[context_ties[i].of];
    }
    return 0;
}

/* --- finding ------------------------------------------------------------------- */

/* A found event; 40 bytes each. */
struct place {
    struct event_place at;
    const char *telling;
    uint8_t ties;
};

/* What the name of an operation tells, asked once for each code. */
struct name {
    bool asked;
    uint8_t provider;
    const char *telling;
};

/* Beside the ties that a resource makes. */
enum { RESOURCE_ASKED = 1 << 8 };
_Static_assert(CONTEXT_TIE_COUNT <= 8, "the ties of a place are a byte");

enum { NAME_CODES = LIMIT_DICTIONARY_VALUES + 1 + SEGMENT_EVENTS };

struct search {
    struct event_scan scan;
    const struct context_scope *scope;
    struct scan_value ties[CONTEXT_TIE_COUNT];
    struct name *names;
    uint16_t *resources; /* the ties of each, by code; 0: not asked yet */
    struct place *places;
    size_t count, room;
    struct context_list *out;
    struct arena arena; /* of names */
};

static int telling_of(struct search *search, uint32_t code, int64_t provider,
                      const char **out, struct error *error)
{
    struct name *name = &search->names[code];
    if (!name->asked || name->provider != (uint8_t)provider) {
        struct slice text;
        if (event_scan_text(&search->scan, FIELD_OPERATION, code, &search->arena, &text,
                            error))
            return -1;
        name->asked = true;
        name->provider = (uint8_t)provider;
        name->telling = context_telling((enum provider)provider, text);
    }
    *out = name->telling;
    return 0;
}

static int keep(struct search *search, const struct place *place, struct error *error)
{
    search->out->found++;
    search->out->telling += place->telling != NULL;
    if ((search->scope->telling_only && !place->telling) ||
        search->count == LIMIT_CONTEXT_EVENTS)
        return 0;
    if (search->count == search->room) {
        search->room = search->room ? 2 * search->room : 256;
        void *more = realloc(search->places, search->room * sizeof *search->places);
        if (!more)
            return error_set(error, ERROR_MEMORY, "out of memory");
        search->places = more;
    }
    search->places[search->count++] = *place;
    return 0;
}

/* The columns of the ties that the segment has at all. */
struct columns {
    const struct segment_values *ties[CONTEXT_TIE_COUNT];
    uint32_t codes[CONTEXT_TIE_COUNT]; /* 0: no event here has it */
    const struct segment_values *times, *sources, *providers, *operations;
    const struct segment_values *resources; /* NULL: the act has none */
};

static int open_columns(struct search *search, struct columns *columns, bool *any,
                        struct error *error)
{
    struct event_scan *scan = &search->scan;
    *any = false;
    for (int i = 0; i < CONTEXT_TIE_COUNT; i++) {
        columns->codes[i] = 0;
        if (slice_blank(search->scope->ties[i]))
            continue;
        if (event_scan_field(scan, search->ties[i].field, &columns->ties[i], error))
            return -1;
        columns->codes[i] = event_scan_code(&search->ties[i], columns->ties[i]);
        /* A resource has other names, which are asked for by event. */
        if (context_ties[i].field == FIELD_RESOURCE)
            columns->resources = columns->ties[i];
        *any = *any || columns->codes[i] || columns->resources;
    }
    if (!*any)
        return 0;
    return event_scan_column(scan, COLUMN_TIME, &columns->times, error) ||
                   event_scan_column(scan, COLUMN_SOURCE, &columns->sources, error) ||
                   event_scan_column(scan, COLUMN_PROVIDER, &columns->providers,
                                     error) ||
                   event_scan_field(scan, FIELD_OPERATION, &columns->operations, error)
               ? -1
               : 0;
}

static uint8_t ties_of(const struct columns *columns, uint32_t at)
{
    unsigned ties = 0;
    for (int i = 0; i < CONTEXT_TIE_COUNT; i++) {
        if (columns->codes[i] && columns->ties[i]->codes[at] == columns->codes[i])
            ties |= 1u << i;
    }
    return (uint8_t)ties;
}

static unsigned resource_ties(const struct context_scope *scope, struct slice text)
{
    unsigned ties = 0;
    for (int i = 0; i < CONTEXT_TIE_COUNT; i++) {
        if (context_ties[i].field == FIELD_RESOURCE && !slice_blank(scope->ties[i]) &&
            context_same_resource(scope->ties[i], text))
            ties |= 1u << i;
    }
    return ties;
}

/* Ties by a resource that the event calls otherwise than the act. */
static int tie_resource(struct search *search, const struct columns *columns,
                        uint32_t at, uint8_t *ties, struct error *error)
{
    uint32_t code = columns->resources ? columns->resources->codes[at] : 0;
    uint16_t *known = &search->resources[code];
    if (!code)
        return 0;
    if (!*known) {
        struct slice text;
        if (event_scan_text(&search->scan, FIELD_RESOURCE, code, &search->arena, &text,
                            error))
            return -1;
        *known = (uint16_t)(RESOURCE_ASKED | resource_ties(search->scope, text));
        arena_reset(&search->arena);
    }
    *ties |= (uint8_t)*known;
    return 0;
}

static int search_segment(struct search *search, struct error *error)
{
    const struct open_columns *segment = &search->scan.segment;
    struct columns columns = {.times = NULL};
    bool any;
    if (open_columns(search, &columns, &any, error))
        return -1;
    if (!any)
        return 0;
    memset(search->names + LIMIT_DICTIONARY_VALUES + 1, 0,
           SEGMENT_EVENTS * sizeof *search->names);
    memset(search->resources + LIMIT_DICTIONARY_VALUES + 1, 0,
           SEGMENT_EVENTS * sizeof *search->resources);
    for (uint32_t i = 0; i < segment->count; i++) {
        int64_t time_us = columns.times->numbers[i];
        if (time_us < search->scope->from_us || time_us > search->scope->until_us)
            continue;
        struct place place = {
            .at = {time_us, segment->id, segment->count, i},
            .ties = ties_of(&columns, i),
        };
        if (tie_resource(search, &columns, i, &place.ties, error))
            return -1;
        if (!place.ties ||
            doubled_has(&search->scan.doubled, columns.sources->numbers[i]))
            continue;
        if (telling_of(search, columns.operations->codes[i],
                       columns.providers->numbers[i], &place.telling, error) ||
            keep(search, &place, error))
            return -1;
    }
    return 0;
}

static int find_all(struct search *search, struct error *error)
{
    for (int i = 0; i < CONTEXT_TIE_COUNT; i++) {
        if (!slice_blank(search->scope->ties[i]) &&
            event_scan_find(&search->scan, (int)context_ties[i].field,
                            search->scope->ties[i], &search->ties[i], error))
            return -1;
    }
    int next;
    while ((next = event_scan_next(&search->scan, error)) > 0) {
        if (search_segment(search, error))
            return -1;
    }
    return next;
}

/* --- giving a page ------------------------------------------------------------- */

static int by_time(const void *left, const void *right)
{
    return event_place_order(&((const struct place *)left)->at,
                             &((const struct place *)right)->at);
}

static int read_rows(struct search *search, const struct place *places,
                     struct arena *arena, struct error *error)
{
    struct context_list *out = search->out;
    struct event_place *at = arena_alloc(arena, (out->count + 1) * sizeof *at);
    struct event_row *rows = arena_alloc(arena, (out->count + 1) * sizeof *rows);
    out->rows = arena_alloc(arena, (out->count + 1) * sizeof *out->rows);
    if (!at || !rows || !out->rows)
        return error_set(error, ERROR_MEMORY, "out of memory");
    for (size_t i = 0; i < out->count; i++)
        at[i] = places[i].at;
    if (event_scan_read(&search->scan, at, out->count, arena, rows, error))
        return -1;
    for (size_t i = 0; i < out->count; i++)
        out->rows[i] = (struct context_row){rows[i], places[i].ties, places[i].telling};
    return 0;
}

static int read_page(struct search *search, uint64_t offset, size_t limit,
                     struct arena *arena, struct error *error)
{
    struct context_list *out = search->out;
    if (search->count)
        qsort(search->places, search->count, sizeof *search->places, by_time);
    out->total = search->count;
    if (offset >= search->count)
        return 0;
    out->count =
        search->count - (size_t)offset < limit ? search->count - (size_t)offset : limit;
    return read_rows(search, search->places + offset, arena, error);
}

int query_context(struct case_file *handle, const struct context_scope *scope,
                  uint64_t offset, size_t limit, struct arena *arena,
                  struct context_list *out, struct error *error)
{
    *out = (struct context_list){.offset = offset};
    if (scope->from_us > scope->until_us)
        return 0;
    struct search search = {.scope = scope, .out = out};
    search.names = calloc(NAME_CODES, sizeof *search.names);
    search.resources = calloc(NAME_CODES, sizeof *search.resources);
    if (!search.names || !search.resources) {
        free(search.names);
        free(search.resources);
        return error_set(error, ERROR_MEMORY, "out of memory");
    }
    arena_init(&search.arena);
    int result =
        event_scan_begin(&search.scan, handle, scope->from_us, scope->until_us, error);
    if (!result)
        result = find_all(&search, error);
    if (!result)
        result = read_page(&search, offset, limit, arena, error);
    event_scan_end(&search.scan);
    arena_fini(&search.arena);
    free(search.names);
    free(search.resources);
    free(search.places);
    return result;
}
