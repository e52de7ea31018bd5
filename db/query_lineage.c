#include "config.h"

#include "db/query_lineage.h"

#include <stdlib.h>

#include "db/event_scan.h"
#include "db/statement.h"

/* --- one question --------------------------------------------------------------- */

struct candidate {
    uint64_t distance;
    bool fresh; /* of the present segment: not read yet */
    uint32_t place;
    struct lineage_event answer;
};

/* Whether an operation's name fits, asked once for each code of the dictionary. */
enum name_fits { NAME_NOT_ASKED, NAME_FITS, NAME_DIFFERS };

struct search {
    struct event_scan scan;
    const struct lineage_question *question;
    struct scan_value values[LINEAGE_MATCHES];
    uint8_t *names; /* enum name_fits, by code of the operation */
    struct candidate found[LIMIT_LINEAGE_ANSWERS];
    size_t count;
    struct arena *arena;
};

enum { NAME_CODES = LIMIT_DICTIONARY_VALUES + 1 + SEGMENT_EVENTS };

static uint64_t distance_of(const struct lineage_question *question, int64_t time_us)
{
    if (time_us == EVENT_TIME_NONE)
        return UINT64_MAX;
    if (question->near_us == EVENT_TIME_NONE) /* earliest first */
        return (uint64_t)time_us - (uint64_t)INT64_MIN;
    return time_us < question->near_us
               ? (uint64_t)question->near_us - (uint64_t)time_us
               : (uint64_t)time_us - (uint64_t)question->near_us;
}

static bool in_span(const struct lineage_question *question, int64_t time_us)
{
    bool any = question->from_us == INT64_MIN && question->until_us == INT64_MAX;
    return any || (time_us != EVENT_TIME_NONE && time_us >= question->from_us &&
                   time_us <= question->until_us);
}

/* The nearest are kept; of equals, those met first. */
static void keep(struct search *search, uint32_t place, int64_t time_us)
{
    uint64_t distance = distance_of(search->question, time_us);
    size_t at = search->count;
    if (at == LIMIT_LINEAGE_ANSWERS) {
        at = 0;
        for (size_t i = 1; i < search->count; i++) {
            if (search->found[i].distance > search->found[at].distance)
                at = i;
        }
        if (search->found[at].distance <= distance)
            return;
    } else {
        search->count++;
    }
    search->found[at] =
        (struct candidate){.distance = distance, .fresh = true, .place = place};
}

static int name_fits(struct search *search, uint32_t code, bool *fits,
                     struct error *error)
{
    uint8_t *known = &search->names[code];
    if (*known == NAME_NOT_ASKED) {
        struct slice name;
        if (event_scan_text(&search->scan, FIELD_OPERATION, code, search->arena, &name,
                            error))
            return -1;
        *known = search->question->operation(name) ? NAME_FITS : NAME_DIFFERS;
    }
    *fits = *known == NAME_FITS;
    return 0;
}

struct columns {
    const struct segment_values *all[LINEAGE_MATCHES], *times, *sources, *operations;
    uint32_t wanted[LINEAGE_MATCHES];
};

/* 0: no event of the segment can match. */
static int open_matches(struct search *search, struct columns *columns,
                        struct error *error)
{
    for (size_t i = 0; i < search->question->count; i++) {
        const struct scan_value *value = &search->values[i];
        if (event_scan_field(&search->scan, value->field, &columns->all[i], error))
            return -1;
        columns->wanted[i] = event_scan_code(value, columns->all[i]);
        if (!columns->wanted[i])
            return 0;
    }
    return 1;
}

static bool all_equal(const struct search *search, const struct columns *columns,
                      uint32_t place)
{
    for (size_t i = 0; i < search->question->count; i++) {
        if (columns->all[i]->codes[place] != columns->wanted[i])
            return false;
    }
    return true;
}

/* The other columns are read where an event matches: most segments have none. */
static int consider(struct search *search, struct columns *columns, uint32_t place,
                    struct error *error)
{
    struct event_scan *scan = &search->scan;
    bool fits = true;
    if (!columns->times &&
        (event_scan_column(scan, COLUMN_TIME, &columns->times, error) ||
         event_scan_column(scan, COLUMN_SOURCE, &columns->sources, error) ||
         event_scan_field(scan, FIELD_OPERATION, &columns->operations, error)))
        return -1;
    if (!in_span(search->question, columns->times->numbers[place]) ||
        doubled_has(&scan->doubled, columns->sources->numbers[place]))
        return 0;
    if (search->question->operation &&
        name_fits(search, columns->operations->codes[place], &fits, error))
        return -1;
    if (fits)
        keep(search, place, columns->times->numbers[place]);
    return 0;
}

static int read_fresh(struct search *search, struct error *error)
{
    for (size_t i = 0; i < search->count; i++) {
        struct candidate *candidate = &search->found[i];
        struct lineage_event *answer = &candidate->answer;
        const struct segment_values *sources, *offsets, *lengths;
        if (!candidate->fresh)
            continue;
        if (event_scan_event(&search->scan, candidate->place, search->arena,
                             &answer->event, error) ||
            event_scan_column(&search->scan, COLUMN_SOURCE, &sources, error) ||
            event_scan_column(&search->scan, COLUMN_OFFSET, &offsets, error) ||
            event_scan_column(&search->scan, COLUMN_LENGTH, &lengths, error))
            return -1;
        answer->source = sources->numbers[candidate->place];
        answer->offset = (uint64_t)offsets->numbers[candidate->place];
        answer->length = (uint32_t)lengths->numbers[candidate->place];
        candidate->fresh = false;
    }
    return 0;
}

static int search_segment(struct search *search, struct error *error)
{
    struct columns columns = {.times = NULL};
    int open = open_matches(search, &columns, error);
    if (open <= 0)
        return open;
    memset(search->names + LIMIT_DICTIONARY_VALUES + 1, NAME_NOT_ASKED, SEGMENT_EVENTS);
    for (uint32_t i = 0; i < search->scan.segment.count; i++) {
        if (all_equal(search, &columns, i) && consider(search, &columns, i, error))
            return -1;
    }
    return read_fresh(search, error);
}

static int by_distance(const void *left, const void *right)
{
    const struct candidate *a = left, *b = right;
    if (a->distance != b->distance)
        return a->distance < b->distance ? -1 : 1;
    /* Not by the order of loading. */
    int order = slice_compare(a->answer.event.text[FIELD_OPERATION],
                              b->answer.event.text[FIELD_OPERATION]);
    if (!order)
        order = slice_compare(a->answer.event.text[FIELD_ACTOR],
                              b->answer.event.text[FIELD_ACTOR]);
    if (!order)
        order = slice_compare(a->answer.event.text[FIELD_SOURCE_IP],
                              b->answer.event.text[FIELD_SOURCE_IP]);
    return order ? order
                 : (a->answer.offset > b->answer.offset) -
                       (a->answer.offset < b->answer.offset);
}

static int run(struct search *search, struct case_file *handle, struct error *error)
{
    const struct lineage_question *question = search->question;
    int next;
    if (event_scan_begin(&search->scan, handle, question->from_us, question->until_us,
                         error))
        return -1;
    for (size_t i = 0; i < question->count; i++) {
        if (event_scan_find(&search->scan, (int)question->all[i].field,
                            question->all[i].value, &search->values[i], error))
            return -1;
    }
    while ((next = event_scan_next(&search->scan, error)) > 0) {
        if (search_segment(search, error))
            return -1;
    }
    qsort(search->found, search->count, sizeof *search->found, by_distance);
    return next;
}

static int ask(void *payload, const struct lineage_question *question,
               struct arena *arena, struct lineage_event *out, size_t *count,
               struct error *error)
{
    struct search *search = calloc(1, sizeof *search);
    if (search)
        search->names = calloc(NAME_CODES, 1);
    if (!search || !search->names) {
        free(search);
        return error_set(error, ERROR_MEMORY, "out of memory");
    }
    search->question = question;
    search->arena = arena;
    int result = run(search, payload, error);
    event_scan_end(&search->scan);
    for (size_t i = 0; i < search->count; i++)
        out[i] = search->found[i].answer;
    *count = search->count;
    free(search->names);
    free(search);
    return result;
}

/* --- the chain of a hit --------------------------------------------------------- */

static int first_record(struct case_file *handle, struct slice operation,
                        struct lineage_event *out, struct error *error)
{
    static const char sql[] = "SELECT r.source, r.offset, r.length FROM record AS r"
                              " JOIN source AS s ON s.id = r.source"
                              " WHERE r.operation = ? ORDER BY r.time_us, r.phase,"
                              " s.sha256, s.path, r.offset LIMIT 1";
    sqlite3_stmt *statement = statement_prepare(handle, slice_from(sql), error);
    if (!statement)
        return -1;
    statement_bind_text(statement, 1, operation);
    int result = sqlite3_step(statement);
    if (result == SQLITE_ROW) {
        out->source = sqlite3_column_int64(statement, 0);
        out->offset = statement_count(statement, 1);
        out->length = (uint32_t)sqlite3_column_int64(statement, 2);
    }
    return statement_end(handle, statement, result, "reading a record", error);
}

int query_lineage(struct case_file *handle, const struct hit_row *hit,
                  struct arena *arena, struct lineage *out, struct error *error)
{
    struct lineage_event act = {.event = hit->operation.event};
    if (first_record(handle, hit->id, &act, error))
        return -1;
    return lineage_build(&act, ask, handle, arena, out, error);
}

bool query_lineage_same(const struct event *a, const struct event *b)
{
    static const enum event_field fields[] = {FIELD_ACTOR,      FIELD_ACTOR_ID,
                                              FIELD_ACCOUNT,    FIELD_VIA,
                                              FIELD_CREDENTIAL, FIELD_SOURCE_IP};
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        if (!slice_equal(a->text[fields[i]], b->text[fields[i]]))
            return false;
    }
    return a->provider == b->provider;
}
