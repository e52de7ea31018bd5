/* The events whose raw records hold a text. */
#include "config.h"

#include "tui/view.h"

void search_open(struct app *app, struct slice text)
{
    struct search_state *state = &app->raw_search;
    if (slice_blank(text) || text.length > sizeof state->text) {
        app_error(app, "a text of 1 to %zu bytes can be searched for",
                  sizeof state->text);
        return;
    }
    memcpy(state->text, text.data, text.length);
    state->length = text.length;
    state->asked = false;
    rows_open(app, REQUEST_SEARCH, VIEW_SEARCH);
}

static void want(struct app *app, struct effects *effects)
{
    struct search_state *state = &app->raw_search;
    struct request *request = state->asked ? NULL : request_new(REQUEST_SEARCH);
    if (!request)
        return;
    state->asked = true;
    request->needle =
        arena_copy(&request->arena, (struct slice){state->text, state->length});
    app->search.asked_limit = LIMIT_SEARCH_EVENTS;
    app_ask(app, effects, request);
}

static const struct event_row *current(const struct app *app)
{
    ptrdiff_t index = rows_index(&app->search, app->search.list.cursor);
    return index < 0 ? NULL : &app->search.result->search.events.rows[index];
}

static bool act(struct app *app, enum action_id action, struct effects *effects)
{
    (void)effects;
    return event_row_act(app, current(app), action);
}

/* What was found in how much of it. */
static void say_found(const struct app *app, struct canvas *canvas, int row, int column)
{
    const struct wait *wait = &app->waits[REQUEST_SEARCH];
    const struct raw_search_list none = {.bytes = 0};
    const struct raw_search_list *found =
        app->search.result ? &app->search.result->search : &none;
    bool ended = !wait->pending && !app->search.failed;
    char a[NUMBER_MAX], b[NUMBER_MAX], c[NUMBER_MAX];
    if (ended ? !app->search.result : !wait->all)
        return;
    column +=
        canvas_printf(canvas, row, column, sub_sat(canvas->width, column), ROLE_TEXT,
                      ": %s%s events; ", format_number(found->events.total, a),
                      found->more ? "+" : "");
    int width = sub_sat(canvas->width, column);
    if (ended)
        canvas_printf(
            canvas, row, column, width, found->unread ? ROLE_ALERT : ROLE_TEXT,
            "%s of %s sources searched, %s MB",
            format_number(found->sources - found->unread, a),
            format_number(found->sources, b), format_number(found->bytes / 1000000, c));
    else
        canvas_printf(canvas, row, column, width, ROLE_TEXT, "%s of %s sources, %s",
                      format_number(wait->done, a), format_number(wait->all, b),
                      wait->pending ? "Ctrl-C stops" : "stopped");
}

static void title(const struct app *app, struct canvas *canvas, int row)
{
    const struct search_state *state = &app->raw_search;
    int column = 1;
    column += canvas_label(canvas, row, column, canvas->width, "Raw records with ",
                           ROLE_TITLE);
    column += canvas_text(canvas, row, column, canvas->width / 3,
                          (struct slice){state->text, state->length}, ROLE_TITLE);
    say_found(app, canvas, row, column);
}

static void render_row(const struct app *app, size_t index, const struct row_pen *pen,
                       bool selected)
{
    draw_event_row(&app->search.result->search.events.rows[index], pen, selected);
}

static const struct list_view rows = {
    .kind = REQUEST_SEARCH,
    .columns = event_columns,
    .column_count = EVENT_COLUMNS,
    .row = render_row,
    .empty = "No event that could be read holds it; i has what could not.",
};

const struct view view_search = {
    .rows = &rows,
    .want = want,
    .act = act,
    .title = title,
};
