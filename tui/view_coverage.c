/* Coverage: what the logs show of each account and region over time, and what not. */
#include "config.h"

#include <stdio.h>

#include "core/timestamp.h"
#include "tui/view.h"

enum { PLACE, STRIP, EVENTS, GAPS, FIRST, LAST, COLUMN_COUNT };

static const struct column columns[COLUMN_COUNT] = {
    [PLACE] = {"ACCOUNT AND REGION", 28, 48, 2, 0, CELL_TEXT},
    [STRIP] = {"EVENTS OVER TIME", 20, 120, 4, 0, CELL_TEXT},
    [EVENTS] = {"EVENTS", 11, 11, 0, 1, CELL_NUMBER},
    [GAPS] = {"GAPS", 4, 4, 0, 2, CELL_NUMBER},
    [FIRST] = {"FIRST", 14, 19, 0, 4, CELL_TIME},
    [LAST] = {"LAST", 14, 19, 0, 3, CELL_TIME},
};

/* The last two rows tell of the place under the cursor, and of what has no log. */
enum { DETAILS = 2 };

static const struct coverage_grid *grid_of(const struct app *app)
{
    return app->coverage.result ? &app->coverage.result->coverage : NULL;
}

static void title(const struct app *app, struct canvas *canvas, int row)
{
    const struct coverage_grid *grid = grid_of(app);
    size_t gaps = 0;
    int column =
        1 + canvas_label(canvas, row, 1, canvas->width, "Coverage", ROLE_TITLE);
    if (!grid)
        return;
    for (size_t i = 0; i < grid->count; i++)
        gaps += grid->places[i].gap_total;
    canvas_printf(canvas, row, column, sub_sat(canvas->width, column), ROLE_TITLE,
                  "  %zu accounts and regions, %zu gaps, %zu%s named without a log",
                  grid->count, gaps, grid->unlogged_count,
                  grid->unlogged_more ? " and more" : "");
}

static bool in_gap(const struct coverage_place *place, int64_t time_us)
{
    for (size_t i = 0; i < place->gap_count; i++) {
        if (time_us >= place->gaps[i].from_us && time_us < place->gaps[i].until_us)
            return true;
    }
    return false;
}

/* A bar for each column, `!` where a gap leaves it empty. */
static void strip_at(const struct row_pen *pen, const struct coverage_grid *grid,
                     const struct coverage_place *place)
{
    enum { STRIP_MOST = 120 };
    uint64_t counts[STRIP_MOST], most = 1;
    int width = pen->places[STRIP].width, start = ROW_MARKS + pen->places[STRIP].start;
    if (width > STRIP_MOST)
        width = STRIP_MOST;
    if (width <= 0 || grid->first_us == EVENT_TIME_NONE)
        return;
    int64_t step = (grid->last_us - grid->first_us) / width + 1;
    rhythm_columns(place->rhythm, grid->first_us, grid->last_us, counts, (size_t)width);
    for (int i = 0; i < width; i++)
        most = counts[i] > most ? counts[i] : most;
    for (int i = 0; i < width; i++) {
        if (counts[i])
            canvas_bar(pen->canvas, pen->row, start + i,
                       1 + (unsigned)(counts[i] * 7 / most), ROLE_TEXT);
        else if (in_gap(place, grid->first_us + step * i + step / 2))
            canvas_fill(pen->canvas, pen->row, start + i, 1, '!', ROLE_ALERT);
    }
}

/* "aws 111122223333 us-east-1" */
static void place_at(const struct row_pen *pen, const struct coverage_place *place)
{
    const struct slice texts[] = {place->account, place->region};
    int column = ROW_MARKS + pen->places[PLACE].start, end = column;
    end += pen->places[PLACE].width;
    column += canvas_label(pen->canvas, pen->row, column, sub_sat(end, column),
                           provider_name(place->provider), ROLE_DIM);
    for (size_t i = 0; i < 2; i++) {
        if (!slice_blank(texts[i]))
            column += 1 + canvas_text(pen->canvas, pen->row, column + 1,
                                      sub_sat(end, column + 1), texts[i], ROLE_TEXT);
    }
}

static void render_row(const struct app *app, size_t index, const struct row_pen *pen,
                       bool selected)
{
    const struct coverage_grid *grid = grid_of(app);
    const struct coverage_place *place = &grid->places[index];
    char number[NUMBER_MAX];
    draw_marks(pen->canvas, pen->row, selected, place->gap_total ? '!' : ' ',
               ROLE_ALERT);
    place_at(pen, place);
    strip_at(pen, grid, place);
    row_right(pen, EVENTS,
              format_number(place->rhythm->events + place->undated, number), ROLE_TEXT);
    row_right(pen, GAPS, format_number(place->gap_total, number),
              place->gap_total ? ROLE_ALERT : ROLE_DIM);
    row_time(pen, FIRST, place->rhythm->first_us);
    row_time(pen, LAST, place->rhythm->last_us);
}

static void render_gaps(const struct app *app, const struct coverage_place *place,
                        struct canvas *canvas, int row)
{
    int column = 1;
    if (!place->gap_total)
        canvas_label(canvas, row, column, canvas->width,
                     "no gap against the rhythm of its own events", ROLE_DIM);
    for (size_t i = 0; i < place->gap_count && column < canvas->width; i++) {
        char from[TIMESTAMP_TEXT_MAX], until[TIMESTAMP_TEXT_MAX];
        column += canvas_printf(canvas, row, column, sub_sat(canvas->width, column),
                                ROLE_ALERT, "%s%s to %s", i ? ", " : "gap ",
                                format_time(app, place->gaps[i].from_us, from),
                                format_time(app, place->gaps[i].until_us, until));
    }
}

static void render_unlogged(const struct coverage_grid *grid, struct canvas *canvas,
                            int row)
{
    int column = 1;
    if (grid->unlogged_count)
        column += canvas_label(canvas, row, column, canvas->width,
                               "named, and without a log: ", ROLE_ALERT);
    for (size_t i = 0; i < grid->unlogged_count && column < canvas->width; i++) {
        const struct slice texts[] = {grid->unlogged[i].account,
                                      grid->unlogged[i].region};
        for (size_t j = 0; j < 2; j++) {
            if (slice_blank(texts[j]))
                continue;
            column += canvas_label(canvas, row, column, sub_sat(canvas->width, column),
                                   j   ? " "
                                   : i ? ", "
                                       : "",
                                   ROLE_TEXT);
            column += canvas_text(canvas, row, column, sub_sat(canvas->width, column),
                                  texts[j], ROLE_TEXT);
        }
    }
}

static void render_details(const struct app *app, size_t index, struct canvas *canvas,
                           int row, int lines)
{
    const struct coverage_grid *grid = grid_of(app);
    render_gaps(app, &grid->places[index], canvas, row);
    if (lines == DETAILS)
        render_unlogged(grid, canvas, row + 1);
}

static const struct list_view rows = {
    .kind = REQUEST_COVERAGE,
    .columns = columns,
    .column_count = COLUMN_COUNT,
    .row = render_row,
    .empty = "No event is loaded: nothing is covered",
    .details = DETAILS,
    .render_details = render_details,
};

const struct view view_coverage = {
    .rows = &rows,
    .title = title,
};
