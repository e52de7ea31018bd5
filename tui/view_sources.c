/* Sources: what was loaded, and what could not be read. */
#include "config.h"

#include <stdio.h>

#include "tui/view.h"

enum {
    STATUS,
    PATH,
    RECORDS,
    EVENTS,
    HITS,
    DAMAGED,
    UNKNOWN,
    FIRST,
    LAST,
    REASON,
    COLUMN_COUNT
};

static const struct column columns[COLUMN_COUNT] = {
    [STATUS] = {"STATUS", 7, 7, 0, 0, CELL_TEXT},
    [PATH] = {"SOURCE", 28, 100, 20, 0, CELL_TEXT},
    [RECORDS] = {"RECORDS", 11, 11, 0, 6, CELL_NUMBER},
    [EVENTS] = {"EVENTS", 11, 11, 0, 2, CELL_NUMBER},
    [HITS] = {"HITS", 6, 6, 0, 1, CELL_NUMBER},
    [DAMAGED] = {"DAMAGED", 8, 8, 0, 3, CELL_NUMBER},
    [UNKNOWN] = {"UNKNOWN", 8, 8, 0, 5, CELL_NUMBER},
    [FIRST] = {"FIRST", 14, 19, 0, 8, CELL_TIME},
    [LAST] = {"LAST", 14, 19, 0, 7, CELL_TIME},
    [REASON] = {"REASON", 16, 60, 3, 4, CELL_TEXT},
};

static bool act(struct app *app, enum action_id action, struct effects *effects)
{
    (void)effects;
    ptrdiff_t index = rows_index(&app->sources, app->sources.list.cursor);
    const struct source_row *row =
        index < 0 ? NULL : &app->sources.result->sources.rows[index];
    if (row && action == ACTION_OPEN)
        rejects_open(app, row->id);
    if (row && action == ACTION_RELOCATE)
        relocate_ask(app, row->path);
    return action == ACTION_OPEN || action == ACTION_RELOCATE;
}

static void title(const struct app *app, struct canvas *canvas, int row)
{
    char text[200], a[NUMBER_MAX], b[NUMBER_MAX], c[NUMBER_MAX], d[NUMBER_MAX];
    if (!app->overview) {
        canvas_label(canvas, row, 1, canvas->width, "Sources", ROLE_TITLE);
        return;
    }
    const struct case_summary *sum = &app->overview->summary;
    snprintf(text, sizeof text,
             "Sources  %s records: %s events, %s skipped, %s unknown, %llu damaged",
             format_number(sum->records, a), format_number(sum->events, b),
             format_number(sum->skipped, c), format_number(sum->unknown, d),
             (unsigned long long)sum->damaged);
    canvas_label(canvas, row, 1, canvas->width, text, ROLE_TITLE);
}

static bool is_bad(const struct source_row *row)
{
    return slice_equal(row->status, SLICE("partial")) ||
           slice_equal(row->status, SLICE("failed")) || row->damaged;
}

static void count_at(const struct row_pen *pen, int column, uint64_t value, bool bad)
{
    char text[NUMBER_MAX];
    row_right(pen, column, format_number(value, text),
              !value ? ROLE_DIM
              : bad  ? ROLE_ALERT
                     : ROLE_TEXT);
}

static void path_at(const struct row_pen *pen, const struct source_row *source)
{
    row_tail(pen, PATH, slice_blank(source->member) ? source->path : source->member,
             ROLE_TEXT);
}

static void render_row(const struct app *app, size_t index, const struct row_pen *pen,
                       bool selected)
{
    const struct source_row *source = &app->sources.result->sources.rows[index];
    bool bad = is_bad(source);
    draw_marks(pen->canvas, pen->row, selected, bad ? '!' : ' ', ROLE_ALERT);
    row_text(pen, STATUS, source_word(source), bad ? ROLE_ALERT : ROLE_TEXT);
    path_at(pen, source);
    count_at(pen, RECORDS, source->records, false);
    count_at(pen, EVENTS, source->events, false);
    count_at(pen, HITS, source->hits, false);
    count_at(pen, DAMAGED, source->damaged, true);
    count_at(pen, UNKNOWN, source->unknown, false);
    row_time(pen, FIRST, source->first_us);
    row_time(pen, LAST, source->last_us);
    row_text(pen, REASON, source->reason, ROLE_TEXT);
}

static void render_details(const struct app *app, size_t index, struct canvas *canvas,
                           int row, int lines)
{
    const struct source_row *source = &app->sources.result->sources.rows[index];
    (void)lines;
    int column = 1;
    if (!slice_blank(source->reason)) {
        column += canvas_text(canvas, row, column, canvas->width - 2, source->reason,
                              ROLE_ALERT);
        column += 2;
    }
    column += canvas_text(canvas, row, column, sub_sat(canvas->width, column + 1),
                          source->path, ROLE_DIM);
    column +=
        2 + canvas_text(canvas, row, column + 2, sub_sat(canvas->width, column + 3),
                        source->forms, ROLE_DIM);
    if (!slice_blank(source->sha256)) {
        column += canvas_label(canvas, row, column + 2,
                               sub_sat(canvas->width, column + 3), "sha256 ", ROLE_DIM);
        canvas_text(canvas, row, column + 2, sub_sat(canvas->width, column + 3),
                    source->sha256, ROLE_DIM);
    }
}

static const struct list_view rows = {
    .kind = REQUEST_SOURCES,
    .columns = columns,
    .column_count = COLUMN_COUNT,
    .row = render_row,
    .empty = "Nothing is loaded: mirrorscope load PATH...",
    .details = 1,
    .render_details = render_details,
};

const struct view view_sources = {
    .rows = &rows,
    .act = act,
    .title = title,
};
