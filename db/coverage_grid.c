#include "config.h"

#include "db/coverage_grid.h"

#include <stdlib.h>

#include "db/event_scan.h"
#include "db/statement.h"

/* ---- which place an event is of ----------------------------------------------------
 */

/* A remembered answer: codes of the dictionaries mean the same in all segments, a
 * segment's own values in it alone. */
struct known {
    uint64_t key; /* 0: free */
    int64_t segment;
    struct coverage_place *place; /* NULL: beyond the limit */
};

enum { KNOWN = 8192, KNOWN_MOST = KNOWN * 3 / 4 };

struct survey {
    struct event_scan scan;
    struct coverage_grid *grid;
    struct arena *arena;
    struct known *known;
    size_t known_count;
};

static struct coverage_place *find_place(struct survey *survey, enum provider provider,
                                         struct slice account, struct slice region)
{
    struct coverage_grid *grid = survey->grid;
    for (size_t i = 0; i < grid->count; i++) {
        struct coverage_place *place = &grid->places[i];
        if (place->provider == provider && slice_equal(place->account, account) &&
            slice_equal(place->region, region))
            return place;
    }
    return NULL;
}

static int make_place(struct survey *survey, enum provider provider,
                      struct slice account, struct slice region,
                      struct coverage_place **out, struct error *error)
{
    struct coverage_grid *grid = survey->grid;
    *out = find_place(survey, provider, account, region);
    if (*out || grid->count == LIMIT_COVERAGE_PLACES)
        return 0;
    struct coverage_place *place = &grid->places[grid->count];
    *place = (struct coverage_place){
        .provider = provider, .account = account, .region = region};
    place->rhythm = arena_alloc(survey->arena, sizeof *place->rhythm);
    if (!place->rhythm)
        return error_set(error, ERROR_MEMORY, "out of memory");
    rhythm_init(place->rhythm);
    grid->count++;
    *out = place;
    return 0;
}

static int read_place(struct survey *survey, int64_t provider, uint32_t account_code,
                      uint32_t region_code, struct coverage_place **out,
                      struct error *error)
{
    struct slice account, region;
    if (event_scan_text(&survey->scan, FIELD_ACCOUNT, account_code, survey->arena,
                        &account, error) ||
        event_scan_text(&survey->scan, FIELD_REGION, region_code, survey->arena,
                        &region, error))
        return -1;
    return make_place(survey, (enum provider)provider, account, region, out, error);
}

static int place_of(struct survey *survey, int64_t provider, uint32_t account,
                    uint32_t region, struct coverage_place **out, struct error *error)
{
    uint64_t key =
        1 + (uint64_t)account + ((uint64_t)region << 20) + ((uint64_t)provider << 40);
    bool own = account > LIMIT_DICTIONARY_VALUES || region > LIMIT_DICTIONARY_VALUES;
    int64_t segment = own ? survey->scan.segment.id : 0;
    size_t at = (size_t)(key * UINT64_C(0x9E3779B97F4A7C15) >> 51) % KNOWN;
    while (survey->known[at].key) {
        if (survey->known[at].key == key && survey->known[at].segment == segment) {
            *out = survey->known[at].place;
            return 0;
        }
        at = (at + 1) % KNOWN;
    }
    if (read_place(survey, provider, account, region, out, error))
        return -1;
    if (survey->known_count == KNOWN_MOST) {
        /* Only own values can be that many: remembered anew. */
        memset(survey->known, 0, KNOWN * sizeof *survey->known);
        survey->known_count = 0;
    }
    while (survey->known[at].key)
        at = (at + 1) % KNOWN;
    survey->known[at] = (struct known){key, segment, *out};
    survey->known_count++;
    return 0;
}

/* ---- all events --------------------------------------------------------------------
 */

static void count_event(struct coverage_grid *grid, struct coverage_place *place,
                        int64_t time_us)
{
    if (!place) {
        grid->events_beyond++;
        return;
    }
    uint64_t before = place->rhythm->events;
    if (time_us != EVENT_TIME_NONE)
        rhythm_add(place->rhythm, time_us);
    place->undated += place->rhythm->events == before;
}

static int survey_segment(struct survey *survey, struct error *error)
{
    const struct segment_values *times, *providers, *sources, *accounts, *regions;
    struct event_scan *scan = &survey->scan;
    struct coverage_place *place = NULL;
    if (event_scan_column(scan, COLUMN_TIME, &times, error) ||
        event_scan_column(scan, COLUMN_PROVIDER, &providers, error) ||
        event_scan_column(scan, COLUMN_SOURCE, &sources, error) ||
        event_scan_field(scan, FIELD_ACCOUNT, &accounts, error) ||
        event_scan_field(scan, FIELD_REGION, &regions, error))
        return -1;
    for (uint32_t i = 0; i < scan->segment.count; i++) {
        /* Neighbours mostly are of one place. */
        bool same = i && accounts->codes[i] == accounts->codes[i - 1] &&
                    regions->codes[i] == regions->codes[i - 1] &&
                    providers->numbers[i] == providers->numbers[i - 1];
        if (!same && place_of(survey, providers->numbers[i], accounts->codes[i],
                              regions->codes[i], &place, error))
            return -1;
        if (!scan->doubled.count || !doubled_has(&scan->doubled, sources->numbers[i]))
            count_event(survey->grid, place, times->numbers[i]);
    }
    return 0;
}

static int compare_places(const void *left, const void *right)
{
    const struct coverage_place *a = left, *b = right;
    if (a->provider != b->provider)
        return a->provider < b->provider ? -1 : 1;
    int order = slice_compare(a->account, b->account);
    return order ? order : slice_compare(a->region, b->region);
}

static int take_gaps(struct survey *survey, struct coverage_place *place,
                     struct error *error)
{
    place->gaps = arena_alloc(survey->arena, LIMIT_COVERAGE_GAPS * sizeof *place->gaps);
    if (!place->gaps)
        return error_set(error, ERROR_MEMORY, "out of memory");
    place->gap_total = rhythm_gaps(place->rhythm, place->gaps, LIMIT_COVERAGE_GAPS);
    place->gap_count =
        place->gap_total < LIMIT_COVERAGE_GAPS ? place->gap_total : LIMIT_COVERAGE_GAPS;
    return 0;
}

static int finish(struct survey *survey, struct error *error)
{
    struct coverage_grid *grid = survey->grid;
    qsort(grid->places, grid->count, sizeof *grid->places, compare_places);
    for (size_t i = 0; i < grid->count; i++) {
        const struct rhythm *rhythm = grid->places[i].rhythm;
        if (take_gaps(survey, &grid->places[i], error))
            return -1;
        if (!rhythm->events)
            continue;
        if (grid->first_us == EVENT_TIME_NONE || rhythm->first_us < grid->first_us)
            grid->first_us = rhythm->first_us;
        if (grid->last_us == EVENT_TIME_NONE || rhythm->last_us > grid->last_us)
            grid->last_us = rhythm->last_us;
    }
    return 0;
}

static int survey_all(struct survey *survey, struct error *error)
{
    int next;
    while ((next = event_scan_next(&survey->scan, error)) > 0) {
        if (survey_segment(survey, error))
            return -1;
    }
    return next < 0 ? -1 : finish(survey, error);
}

/* ---- what is named, and has no log --------------------------------------------------
 */

/* "arn:aws:ec2:eu-west-1:111122223333:...": its region and account. */
static bool arn_place(struct slice arn, struct slice *region, struct slice *account)
{
    struct slice rest = arn;
    if (!slice_equal(slice_cut(&rest, ':'), SLICE("arn")))
        return false;
    slice_cut(&rest, ':');
    slice_cut(&rest, ':');
    *region = slice_cut(&rest, ':');
    *account = slice_cut(&rest, ':');
    if (account->length != 12 || !slice_present(rest))
        return false;
    for (size_t i = 0; i < account->length; i++) {
        if (account->data[i] < '0' || account->data[i] > '9')
            return false;
    }
    return true;
}

static bool has_log(const struct coverage_grid *grid, struct slice account,
                    struct slice region)
{
    for (size_t i = 0; i < grid->count; i++) {
        const struct coverage_place *place = &grid->places[i];
        if (place->provider == PROVIDER_AWS && slice_equal(place->account, account) &&
            (slice_blank(region) || slice_equal(place->region, region)))
            return true;
    }
    return false;
}

static void add_unlogged(struct coverage_grid *grid, struct slice account,
                         struct slice region, struct slice named_by)
{
    if (has_log(grid, account, region))
        return;
    if (!has_log(grid, account, SLICE_NONE))
        region = SLICE_NONE; /* the account as a whole */
    for (size_t i = 0; i < grid->unlogged_count; i++) {
        if (slice_equal(grid->unlogged[i].account, account) &&
            slice_equal(grid->unlogged[i].region, region))
            return;
    }
    if (grid->unlogged_count == LIMIT_COVERAGE_UNLOGGED)
        grid->unlogged_more = true;
    else
        grid->unlogged[grid->unlogged_count++] =
            (struct coverage_unlogged){account, region, named_by};
}

/* ARNs of all events are in the dictionaries, those of mirrors with the operations. */
static int read_unlogged(struct case_file *handle, struct arena *arena,
                         struct coverage_grid *grid, struct error *error)
{
    static const char sql[] =
        "SELECT CAST(value AS TEXT) AS arn FROM dictionary WHERE field IN (?1, ?2, ?3)"
        " AND CAST(value AS TEXT) GLOB 'arn:*'"
        " UNION SELECT destination FROM operation WHERE destination GLOB 'arn:*'"
        " UNION SELECT mirrored FROM operation WHERE mirrored GLOB 'arn:*' ORDER BY 1";
    sqlite3_stmt *statement = statement_prepare(handle, slice_from(sql), error);
    int result;
    if (!statement)
        return -1;
    sqlite3_bind_int(statement, 1, FIELD_RESOURCE);
    sqlite3_bind_int(statement, 2, FIELD_ACTOR);
    sqlite3_bind_int(statement, 3, FIELD_SESSION_ISSUER);
    while ((result = sqlite3_step(statement)) == SQLITE_ROW) {
        struct slice arn = {(const char *)sqlite3_column_text(statement, 0),
                            (size_t)sqlite3_column_bytes(statement, 0)};
        struct slice region, account;
        if (!arn.data || !arn_place(arn, &region, &account) ||
            has_log(grid, account, region))
            continue;
        struct slice kept = arena_copy(arena, arn);
        if (arn_place(kept, &region, &account))
            add_unlogged(grid, account, region, kept);
    }
    return statement_end(handle, statement, result, "reading names", error);
}

int coverage_grid(struct case_file *handle, struct arena *arena,
                  struct coverage_grid *out, struct error *error)
{
    *out =
        (struct coverage_grid){.first_us = EVENT_TIME_NONE, .last_us = EVENT_TIME_NONE};
    struct survey survey = {.grid = out, .arena = arena};
    out->places = arena_alloc(arena, LIMIT_COVERAGE_PLACES * sizeof *out->places);
    out->unlogged = arena_alloc(arena, LIMIT_COVERAGE_UNLOGGED * sizeof *out->unlogged);
    survey.known = calloc(KNOWN, sizeof *survey.known);
    if (!out->places || !out->unlogged || !survey.known) {
        free(survey.known);
        return error_set(error, ERROR_MEMORY, "out of memory");
    }
    int result = event_scan_begin(&survey.scan, handle, INT64_MIN, INT64_MAX, error);
    if (!result)
        result = survey_all(&survey, error);
    event_scan_end(&survey.scan);
    free(survey.known);
    return result ? -1 : read_unlogged(handle, arena, out, error);
}

/* ---- what a form cannot show --------------------------------------------------------
 */

/* By the beginning of the form's name; the longer ones first. */
static const struct {
    struct slice form;
    const char *words;
} blind_spots[] = {
    {SLICE_INIT("cloudtrail-console"),
     "no request and no response: what is mirrored to "
     "where is not in it"},
    {SLICE_INIT("cloudtrail-lookup"), "90 days and one region a call; no data events"},
    {SLICE_INIT("cloudtrail"),
     "reads only where the trail keeps them; flow logs do not "
     "show mirrored packets"},
    {SLICE_INIT("azure-activity"), "no reads and no region; bodies, and with them "
                                   "destinations, are often left out"},
    {SLICE_INIT("gcp-audit"), "reads only with Data Access logs, which are off by "
                              "default; a sink may deliver an event twice"},
    {SLICE_INIT("alibaba"), "reads only where the trail keeps them"},
    {SLICE_INIT("cisco-iosxr"), "a commit names its changes by number only"},
    {SLICE_INIT("cisco"), "no result of a command; what NETCONF or a file set is not "
                          "logged; an address only from the login or the notice"},
    {SLICE_INIT("junos"), "candidate changes; they hold from the commit on"},
};

const char *coverage_blind_spot(struct slice form)
{
    for (size_t i = 0; i < sizeof blind_spots / sizeof blind_spots[0]; i++) {
        if (slice_starts_with(form, blind_spots[i].form))
            return blind_spots[i].words;
    }
    return NULL;
}
