/* The timeline: all events and the hits among them, by steps of time that zoom. */
#include "config.h"

#include <stdio.h>

#include "core/timestamp.h"
#include "tui/duration.h"
#include "tui/view.h"

enum { TIME, EVENTS, HITS, BAR, COLUMN_COUNT };

static const struct column columns[COLUMN_COUNT] = {
    [TIME] = {"FROM (UTC)", 14, 19, 0, 0, CELL_TIME},
    [EVENTS] = {"EVENTS", 11, 11, 0, 0, CELL_NUMBER},
    [HITS] = {"HITS", 8, 8, 0, 0, CELL_NUMBER},
    [BAR] = {"", 8, 1000, 1, 1, CELL_TEXT},
};

static struct list *list(struct app *app)
{
    return &app->timeline.list;
}

static void start_level(struct app *app)
{
    struct timeline_state *state = &app->timeline;
    const struct zoom_level *level = zoom_now(&state->zoom);
    result_free(state->result);
    state->result = NULL;
    state->stale = true;
    state->failed = false;
    app->waits[REQUEST_TIMELINE].pending = false;
    list_set_total(&state->list, level ? level->count : 0);
    list_go(&state->list, level ? level->cursor : 0);
}

static void want(struct app *app, struct effects *effects)
{
    struct timeline_state *state = &app->timeline;
    if (app->overview) {
        const struct case_summary *summary = &app->overview->summary;
        size_t depth = state->zoom.depth;
        zoom_whole(&state->zoom, summary->first_us, summary->last_us);
        if (state->zoom.depth != depth)
            start_level(app);
        list_set_total(&state->list, zoom_now(&state->zoom)->count);
    }
    const struct zoom_level *level = zoom_now(&state->zoom);
    if (!level || !level->count || !state->stale || state->failed ||
        app->waits[REQUEST_TIMELINE].pending)
        return;
    struct request *request = request_new(REQUEST_TIMELINE);
    if (!request)
        return;
    struct request_scope scope = app_filter(app);
    request_set_scope(request, &scope);
    request->from_us = level->from_us;
    request->step_us = level->step_us;
    request->limit = level->count;
    state->stale = false;
    app_ask(app, effects, request);
}

static int64_t cursor_us(const struct app *app)
{
    const struct zoom_level *level = zoom_now(&app->timeline.zoom);
    return level->from_us + (int64_t)app->timeline.list.cursor * level->step_us;
}

/* The lists show what happened in the step under the cursor. */
static void show_hits(struct app *app)
{
    const struct zoom_level *level = zoom_now(&app->timeline.zoom);
    char since[TIMESTAMP_TEXT_MAX], until[TIMESTAMP_TEXT_MAX];
    char term[2 * TIMESTAMP_TEXT_MAX + sizeof "since: until:"];
    timestamp_format(cursor_us(app), since);
    timestamp_format(cursor_us(app) + level->step_us - 1, until);
    snprintf(term, sizeof term, "since:%s until:%s", since, until);
    if (!app_filter_add(app, slice_from(term)))
        return;
    app->depth = 1;
    app_notice(app, "the actors of this time; & changes the filter");
}

static bool act(struct app *app, enum action_id action, struct effects *effects)
{
    struct timeline_state *state = &app->timeline;
    (void)effects;
    if (!zoom_now(&state->zoom))
        return false;
    switch (action) {
    case ACTION_ZOOM_IN:
        if (zoom_in(&state->zoom, state->list.cursor))
            start_level(app);
        else
            app_notice(app, "there are no shorter steps");
        return true;
    case ACTION_ZOOM_OUT:
        if (zoom_out(&state->zoom))
            start_level(app);
        else
            app_notice(app, "this is the whole case");
        return true;
    case ACTION_EVENTS:
        if (zoom_now(&state->zoom)->count)
            events_open(app, cursor_us(app),
                        cursor_us(app) + zoom_now(&state->zoom)->step_us - 1);
        return true;
    case ACTION_SHOW_TIME:
        if (zoom_now(&state->zoom)->count)
            show_hits(app);
        return true;
    default:
        return false;
    }
}

static void resize(struct app *app, const struct layout *layout)
{
    list_resize(&app->timeline.list, (uint64_t)layout->body_height);
}

static void title(const struct app *app, struct canvas *canvas, int row)
{
    const struct timeline_state *state = &app->timeline;
    const struct zoom_level *level = zoom_now(&state->zoom);
    char step[DURATION_MAX], a[NUMBER_MAX], b[NUMBER_MAX];
    if (!level || !level->count || !state->result) {
        canvas_label(canvas, row, 1, canvas->width, "Timeline", ROLE_TITLE);
        return;
    }
    duration_text(level->step_us, step);
    const struct timeline *timeline = &state->result->timeline;
    canvas_printf(canvas, row, 1, canvas->width, ROLE_TITLE,
                  "Timeline  %s dated event%s, %s record%s of hits, by %s",
                  format_number(timeline->total, a), timeline->total == 1 ? "" : "s",
                  format_number(timeline->total_hits, b),
                  timeline->total_hits == 1 ? "" : "s", step);
}

static void header(const struct app *app, struct canvas *canvas, int row)
{
    draw_header(app, canvas, row, columns, COLUMN_COUNT, -1, false);
}

static uint64_t most_events(const struct timeline *timeline)
{
    uint64_t most = 1;
    for (size_t i = 0; i < timeline->count; i++)
        if (timeline->events[i] > most)
            most = timeline->events[i];
    return most;
}

static void render_row(const struct app *app, const struct row_pen *pen, uint64_t step)
{
    const struct timeline *timeline = &app->timeline.result->timeline;
    uint64_t events = timeline->events[step], hits = timeline->hits[step];
    char text[NUMBER_MAX];
    draw_marks(pen->canvas, pen->row, step == app->timeline.list.cursor,
               hits ? '!' : ' ', ROLE_ALERT);
    row_time(pen, TIME, timeline->from_us + (int64_t)step * timeline->step_us);
    /* No events at all is what an analyst must see: the logs may have a gap. */
    row_right(pen, EVENTS, events ? format_number(events, text) : "none", ROLE_TEXT);
    if (hits)
        row_right(pen, HITS, format_number(hits, text), ROLE_ALERT);
    draw_bar(pen, BAR, events, most_events(timeline), hits > 0);
}

static void render(const struct app *app, struct canvas *canvas,
                   const struct layout *layout)
{
    const struct timeline_state *state = &app->timeline;
    const struct zoom_level *level = zoom_now(&state->zoom);
    struct column_place places[COLUMN_COUNT];
    draw_places(app, canvas, columns, COLUMN_COUNT, places);
    if (level && !level->count)
        canvas_label(canvas, layout->body, ROW_MARKS, canvas->width,
                     "No event has a time.", ROLE_DIM);
    if (state->failed)
        canvas_label(canvas, layout->body, ROW_MARKS, canvas->width,
                     "Not counted: see the message below; & changes the filter.",
                     ROLE_DIM);
    for (int i = 0; i < layout->body_height && !state->failed; i++) {
        uint64_t step = state->list.top + (uint64_t)i;
        struct row_pen pen = {canvas, layout->body + i, places};
        if (step >= state->list.total)
            break;
        if (state->result && step < state->result->timeline.count)
            render_row(app, &pen, step);
        else
            draw_placeholder(app, canvas, pen.row, step == state->list.cursor);
    }
}

const struct view view_timeline = {
    .list = list,
    .want = want,
    .act = act,
    .resize = resize,
    .title = title,
    .header = header,
    .render = render,
};
