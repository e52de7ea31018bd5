/* Mirrors: what is being copied, from where to where, since when, by whom. */
#include "config.h"

#include <stdio.h>

#include "core/actor.h"
#include "tui/mirror_text.h"
#include "tui/view.h"

enum { STATE, FOREIGN, WHAT, SINCE, UNTIL, BY, WHERE, APPROVAL, COLUMN_COUNT };

static const struct column columns[COLUMN_COUNT] = {
    [STATE] = {"STATE", 10, 10, 0, 0, CELL_TEXT},
    [FOREIGN] = {"FOREIGN", 7, 7, 0, 2, CELL_TEXT},
    [WHAT] = {"MIRRORED -> DESTINATION", 36, 140, 20, 0, CELL_TEXT},
    [SINCE] = {"SINCE", 14, 19, 0, 1, CELL_TIME},
    [UNTIL] = {"UNTIL", 14, 19, 0, 4, CELL_TIME},
    [BY] = {"OPENED BY", 12, 40, 6, 3, CELL_TEXT},
    [WHERE] = {"WHERE", 12, 28, 3, 5, CELL_TEXT},
    [APPROVAL] = {"APPROVAL", 12, 24, 1, 6, CELL_TEXT},
};

static const int sort_columns[MIRROR_SORT_COUNT] = {
    [MIRROR_BY_URGENCY] = STATE,    [MIRROR_BY_SINCE] = SINCE,   [MIRROR_BY_ACTOR] = BY,
    [MIRROR_BY_DESTINATION] = WHAT, [MIRROR_BY_ACCOUNT] = WHERE,
};

enum { DETAILS = 1 + MIRROR_LINE_COUNT };

static void ask(const struct app *app, struct request *request)
{
    struct request_scope scope = app_filter(app);
    request_set_scope(request, &scope);
    request->present = app->hide_ended;
}

static const struct mirror_row *current(const struct app *app)
{
    ptrdiff_t index = rows_index(&app->mirrors, app->mirrors.list.cursor);
    return index < 0 ? NULL : &app->mirrors.result->mirrors.rows[index];
}

static bool act(struct app *app, enum action_id action, struct effects *effects)
{
    const struct mirror_row *row = current(app);
    (void)effects;
    switch (action) {
    case ACTION_OPEN:
        if (row)
            mirror_open(app, &row->mirror);
        return true;
    case ACTION_CONTEXT:
        if (row)
            context_open_mirror(app, row);
        return true;
    case ACTION_SHOW_ENDED:
        app->hide_ended = !app->hide_ended;
        rows_restart(&app->mirrors);
        app_notice(app, app->hide_ended ? "mirrors that have ended are hidden"
                                        : "mirrors that have ended are shown");
        return true;
    default:
        return false;
    }
}

static void title(const struct app *app, struct canvas *canvas, int row)
{
    char text[160];
    snprintf(text, sizeof text, "Mirrors%s  of the logs in this case",
             app->hide_ended ? " that have not ended" : "");
    canvas_label(canvas, row, 1, canvas->width, text, ROLE_TITLE);
}

/* The device, or account and region. */
static void where_at(const struct row_pen *pen, const struct mirror *mirror)
{
    int start = ROW_MARKS + pen->places[WHERE].start, width = pen->places[WHERE].width;
    if (!slice_blank(mirror->device)) {
        row_text(pen, WHERE, mirror->device, ROLE_TEXT);
        return;
    }
    int used = 0;
    if (!slice_blank(mirror->region)) {
        used =
            canvas_text(pen->canvas, pen->row, start, width, mirror->region, ROLE_TEXT);
        used++;
    }
    canvas_text(pen->canvas, pen->row, start + used, sub_sat(width, used),
                mirror->account, ROLE_TEXT);
}

static void render_row(const struct app *app, size_t index, const struct row_pen *pen,
                       bool selected)
{
    const struct mirror_row *row = &app->mirrors.result->mirrors.rows[index];
    const struct mirror *mirror = &row->mirror;
    enum role role = mirror_role(row);
    draw_marks(pen->canvas, pen->row, selected, mirror_mark(row), role);
    row_text(pen, STATE, slice_from(mirror_state_name(mirror->state)), role);
    row_text(pen, FOREIGN, slice_from(foreign_name(mirror->foreign)),
             mirror->foreign == FOREIGN_YES ? role : ROLE_TEXT);
    row_ends(pen, WHAT, mirror->mirrored, mirror->destination);
    row_time(pen, SINCE, mirror->since_us);
    row_time(pen, UNTIL, mirror->until_us);
    row_text(pen, BY, actor_short(mirror->opened_by), ROLE_TEXT);
    where_at(pen, mirror);
    row_text(pen, APPROVAL, row->approval_ticket,
             row->overstay_us ? ROLE_ALERT : ROLE_APPROVED);
}

static void render_empty(const struct app *app, struct canvas *canvas, int row)
{
    canvas_label(canvas, row, ROW_MARKS, canvas->width,
                 app->filter_length ? "No mirror fits the filter; & changes it."
                 : app->hide_ended  ? "None that has not ended; v shows all."
                                    : "None in what was covered:",
                 ROLE_DIM);
    if (!app->overview || app->filter_length || app->hide_ended)
        return;
    char a[NUMBER_MAX], b[NUMBER_MAX], span[64];
    const struct case_summary *summary = &app->overview->summary;
    format_span(summary->first_us, summary->last_us, span, sizeof span);
    canvas_printf(canvas, row + 1, ROW_MARKS, canvas->width, ROLE_DIM,
                  "%s events of %s sources, %s; C shows where and when",
                  format_number(summary->events, a), format_number(summary->sources, b),
                  span);
}

static void render_details(const struct app *app, size_t index, struct canvas *canvas,
                           int row, int lines)
{
    const struct mirror_row *mirror = &app->mirrors.result->mirrors.rows[index];
    canvas_fill(canvas, row, 0, canvas->width, '-', ROLE_DIM);
    for (int i = 0; i < lines - 1; i++)
        draw_mirror_line(mirror, (enum mirror_line)i, canvas, row + 1 + i);
}

static const struct list_view rows = {
    .kind = REQUEST_MIRRORS,
    .columns = columns,
    .column_count = COLUMN_COUNT,
    .row = render_row,
    .sort_columns = sort_columns,
    .sorting = offsetof(struct app, mirror_sorting),
    .ask = ask,
    .render_empty = render_empty,
    .details = DETAILS,
    .render_details = render_details,
};

const struct view view_mirrors = {
    .rows = &rows,
    .act = act,
    .title = title,
};
