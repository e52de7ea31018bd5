#include "config.h"

#include "db/coverage.h"
#include "db/coverage_grid.h"
#include "db/report.h"
#include "db/report_internal.h"

enum { STRIP_COLUMNS = 72, SHORT_LINES = 12, FORMS = 64, TEXT_WIDTH = 100 };

static const char *place_name(struct report_lines *lines,
                              const struct coverage_place *place)
{
    struct slice parts[5] = {slice_from(provider_name(place->provider))};
    size_t count = 1;
    const struct slice texts[] = {place->account, place->region};
    for (size_t i = 0; i < 2; i++) {
        if (slice_blank(texts[i]))
            continue;
        parts[count++] = SLICE(" ");
        parts[count++] = slice_from(report_safe(lines, texts[i]));
    }
    struct slice name = arena_join(&lines->arena, parts, count);
    return slice_present(name) ? name.data : "";
}

/* "3 h 5 min" */
static const char *duration(struct report_lines *lines, int64_t us)
{
    int64_t minutes = us / INT64_C(60000000);
    struct slice text =
        minutes >= 2880
            ? arena_printf(&lines->arena, "%lld d", (long long)(minutes / 1440))
        : minutes >= 120
            ? arena_printf(&lines->arena, "%lld h", (long long)(minutes / 60))
            : arena_printf(&lines->arena, "%lld min", (long long)minutes);
    return slice_present(text) ? text.data : "";
}

/* Busier to the right of " .:-=+*#"; a gap is `!`. */
static void put_strip(struct report_lines *lines, const struct coverage_grid *grid,
                      const struct coverage_place *place)
{
    static const char ramp[] = " .:-=+*#";
    uint64_t counts[STRIP_COLUMNS], most = 0;
    char text[STRIP_COLUMNS + 1];
    int64_t width = (grid->last_us - grid->first_us) / STRIP_COLUMNS + 1;
    rhythm_columns(place->rhythm, grid->first_us, grid->last_us, counts, STRIP_COLUMNS);
    for (int i = 0; i < STRIP_COLUMNS; i++)
        most = counts[i] > most ? counts[i] : most;
    for (int i = 0; i < STRIP_COLUMNS; i++) {
        int64_t middle = grid->first_us + width * i + width / 2;
        text[i] = counts[i] ? ramp[1 + counts[i] * 6 / most] : ' ';
        for (size_t j = 0; j < place->gap_count && !counts[i]; j++) {
            if (middle >= place->gaps[j].from_us && middle < place->gaps[j].until_us)
                text[i] = '!';
        }
    }
    text[STRIP_COLUMNS] = '\0';
    report_line(lines, 4, "|%s|", text);
}

static void put_gap(struct report_lines *lines, const char *where,
                    const struct rhythm_gap *gap)
{
    report_line(lines, where[0] ? 2 : 4, "gap%s%s: %s to %s (%s)",
                where[0] ? " in " : "", where, report_time(lines, gap->from_us),
                report_time(lines, gap->until_us),
                duration(lines, gap->until_us - gap->from_us));
}

static void put_place(struct report_lines *lines, const struct coverage_grid *grid,
                      const struct coverage_place *place)
{
    const struct rhythm *rhythm = place->rhythm;
    report_begin(lines, 2);
    report_add(lines, "%s:", place_name(lines, place));
    report_add(lines, "%llu events",
               (unsigned long long)(rhythm->events + place->undated));
    if (place->undated)
        report_add(lines, "(%llu without a time)", (unsigned long long)place->undated);
    if (rhythm->events)
        report_add(lines, "%s to %s", report_time(lines, rhythm->first_us),
                   report_time(lines, rhythm->last_us));
    report_end(lines);
    if (rhythm->events)
        put_strip(lines, grid, place);
    for (size_t i = 0; i < place->gap_count; i++)
        put_gap(lines, "", &place->gaps[i]);
    if (place->gap_total > place->gap_count)
        report_line(lines, 4, "and %zu more gaps", place->gap_total - place->gap_count);
}

static void put_gaps_in_short(struct report_lines *lines,
                              const struct coverage_grid *grid)
{
    size_t shown = 0, total = 0;
    for (size_t i = 0; i < grid->count; i++) {
        const struct coverage_place *place = &grid->places[i];
        total += place->gap_total;
        for (size_t j = 0; j < place->gap_count && shown < SHORT_LINES; j++, shown++)
            put_gap(lines, place_name(lines, place), &place->gaps[j]);
    }
    if (!total && grid->count)
        report_line(lines, 2,
                    "gaps: none against the rhythm of each account and region");
    if (total > shown)
        report_line(lines, 2, "and %zu more gaps: `mirrorscope info` has them",
                    total - shown);
}

static void put_unlogged(struct report_lines *lines, const struct coverage_grid *grid,
                         size_t limit)
{
    for (size_t i = 0; i < grid->unlogged_count && i < limit; i++) {
        const struct coverage_unlogged *place = &grid->unlogged[i];
        bool region = !slice_blank(place->region);
        report_begin(lines, 2);
        report_add(lines, "no log of aws %s%s%s,", report_safe(lines, place->account),
                   region ? " " : "", region ? report_safe(lines, place->region) : "");
        report_add(lines, "named by %s", report_safe(lines, place->named_by));
        report_end(lines);
    }
    if (grid->unlogged_more || grid->unlogged_count > limit)
        report_line(lines, 2, "and more that are named and have no log");
}

static int put_blind_spots(struct case_file *handle, struct report_lines *lines,
                           struct error *error)
{
    struct value_list forms;
    if (coverage_values(handle, FIELD_FORM, FORMS, &lines->arena, &forms, error))
        return -1;
    const char *before = NULL; /* variants of a form follow each other */
    for (size_t i = 0; i < forms.count; i++) {
        const char *words = coverage_blind_spot(forms.values[i]);
        if (words && words != before)
            report_line(lines, 2, "%s cannot show: %s",
                        report_safe(lines, forms.values[i]), words);
        before = words;
    }
    return 0;
}

int report_coverage(struct case_file *handle, bool full, struct report_lines *lines,
                    struct error *error)
{
    struct coverage_grid grid;
    if (coverage_grid(handle, &lines->arena, &grid, error))
        return -1;
    for (size_t i = 0; full && i < grid.count; i++)
        put_place(lines, &grid, &grid.places[i]);
    if (!full)
        put_gaps_in_short(lines, &grid);
    if (grid.events_beyond)
        report_line(lines, 2, "%llu events of further accounts and regions",
                    (unsigned long long)grid.events_beyond);
    put_unlogged(lines, &grid, full ? LIMIT_COVERAGE_UNLOGGED : SHORT_LINES);
    return put_blind_spots(handle, lines, error);
}

int report_coverage_text(struct case_file *handle, const struct export_sink *sink,
                         struct error *error)
{
    struct report_lines lines = {.sink = sink, .width = TEXT_WIDTH};
    arena_init(&lines.arena);
    int result = report_coverage(handle, true, &lines, error);
    if (!result && lines.failed)
        result = error_set(error, ERROR_MEMORY, "no memory for the coverage");
    arena_fini(&lines.arena);
    return result;
}
