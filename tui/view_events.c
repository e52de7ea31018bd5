/* Any events, hits or not, in order of time: those that fit the filter, or of them
 * those of one step of the timeline. */
#include "config.h"

#include <stdio.h>

#include "core/actor.h"
#include "core/timestamp.h"
#include "tui/view.h"

enum { TIME, OPERATION, OUTCOME, ACTOR, ADDRESS, RESOURCE, PLACE };

const struct column event_columns[EVENT_COLUMNS] = {
    [TIME] = {"TIME", 14, 19, 0, 0, CELL_TIME},
    [OPERATION] = {"OPERATION", 18, 44, 10, 0, CELL_TEXT},
    [OUTCOME] = {"OUTCOME", 8, 8, 0, 2, CELL_TEXT},
    [ACTOR] = {"ACTOR", 12, 40, 8, 0, CELL_TEXT},
    [ADDRESS] = {"ADDRESS", 15, 39, 1, 1, CELL_TEXT},
    [RESOURCE] = {"RESOURCE", 20, 60, 6, 4, CELL_TEXT},
    [PLACE] = {"ACCOUNT", 14, 36, 2, 5, CELL_TEXT},
};

void events_open(struct app *app, int64_t from_us, int64_t until_us)
{
    app->events_from_us = from_us;
    app->events_until_us = until_us;
    rows_open(app, REQUEST_EVENTS, VIEW_EVENTS);
}

static void ask(const struct app *app, struct request *request)
{
    struct request_scope scope = app_filter(app);
    request_set_scope(request, &scope);
    request->from_us = app->events_from_us;
    request->until_us = app->events_until_us;
}

static const struct event_row *current(const struct app *app)
{
    ptrdiff_t index = rows_index(&app->events, app->events.list.cursor);
    return index < 0 ? NULL : &app->events.result->events.rows[index];
}

static bool act(struct app *app, enum action_id action, struct effects *effects)
{
    (void)effects;
    return event_row_act(app, current(app), action);
}

static void title(const struct app *app, struct canvas *canvas, int row)
{
    char span[2 * TIMESTAMP_TEXT_MAX + 16] = "", number[NUMBER_MAX];
    if (app->events_from_us != INT64_MIN) {
        char from[TIMESTAMP_TEXT_MAX], until[TIMESTAMP_TEXT_MAX];
        snprintf(span, sizeof span, " from %s until %s",
                 format_time(app, app->events_from_us, from),
                 format_time(app, app->events_until_us, until));
    }
    int column =
        1 + canvas_printf(canvas, row, 1, canvas->width, ROLE_TITLE, "Events%s", span);
    if (app->events.result)
        canvas_printf(canvas, row, column, sub_sat(canvas->width, column), ROLE_TEXT,
                      ": %s", format_number(app->events.result->events.total, number));
}

void draw_event_row(const struct event_row *row, const struct row_pen *pen,
                    bool selected)
{
    const struct slice *text = row->event.text;
    bool attempt = outcome_is_attempt(row->event.outcome);
    draw_marks(pen->canvas, pen->row, selected, row->hit ? '!' : ' ', ROLE_ALERT);
    row_time(pen, TIME, row->event.time_us);
    row_operation(pen, OPERATION, &row->event, row->hit ? ROLE_ALERT : ROLE_TEXT);
    row_text(pen, OUTCOME, slice_from(outcome_name(row->event.outcome)),
             attempt ? ROLE_ATTEMPT : ROLE_TEXT);
    row_text(pen, ACTOR, actor_short(text[FIELD_ACTOR]), ROLE_TEXT);
    row_address(pen, ADDRESS, &row->event);
    row_tail(pen, RESOURCE, text[FIELD_RESOURCE], ROLE_TEXT);
    row_text(pen, PLACE, text[FIELD_ACCOUNT], ROLE_TEXT);
}

static void render_row(const struct app *app, size_t index, const struct row_pen *pen,
                       bool selected)
{
    draw_event_row(&app->events.result->events.rows[index], pen, selected);
}

static const struct list_view rows = {
    .kind = REQUEST_EVENTS,
    .columns = event_columns,
    .column_count = EVENT_COLUMNS,
    .row = render_row,
    .ask = ask,
    .empty = "No event fits the filter; & changes it.",
};

const struct view view_events = {
    .rows = &rows,
    .act = act,
    .title = title,
};
