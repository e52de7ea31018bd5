/* One mirror: what is known of it, and the operations that made, changed and ended it.
 */
#include "config.h"

#include <stdlib.h>

#include "core/actor.h"
#include "tui/mirror_text.h"
#include "tui/view.h"

enum { TIME, LIFECYCLE, OPERATION, OUTCOME, BY, ADDRESS, COLUMN_COUNT };

static const struct column columns[COLUMN_COUNT] = {
    [TIME] = {"TIME", 14, 19, 0, 0, CELL_TIME},
    [LIFECYCLE] = {"LIFE", 7, 7, 0, 3, CELL_TEXT},
    [OPERATION] = {"OPERATION", 20, 60, 8, 0, CELL_TEXT},
    [OUTCOME] = {"OUTCOME", 8, 8, 0, 2, CELL_TEXT},
    [BY] = {"ACTOR", 12, 40, 6, 1, CELL_TEXT},
    [ADDRESS] = {"ADDRESS", 15, 39, 1, 4, CELL_TEXT},
};

/* Ends and id, then its lines, then a rule. */
enum { AROUND_LINES = 3, FACTS = AROUND_LINES + MIRROR_LINE_COUNT };

void mirror_open(struct app *app, const struct mirror *mirror)
{
    char *id = malloc(mirror->id.length + 1);
    if (!id) {
        app_error(app, "no memory to open the mirror");
        return;
    }
    if (mirror->id.length)
        memcpy(id, mirror->id.data, mirror->id.length);
    free(app->mirror_id);
    app->mirror_id = id;
    app->mirror_id_length = mirror->id.length;
    app->mirror_segment = mirror->segment;
    app->mirror_stale = true;
    app->mirror_failed = false;
    result_free(app->mirror);
    app->mirror = NULL;
    app->waits[REQUEST_MIRROR].pending = false;
    app->mirror_list = (struct list){.page = 1};
    app_push(app, VIEW_MIRROR);
}

static struct list *list(struct app *app)
{
    return &app->mirror_list;
}

static void want(struct app *app, struct effects *effects)
{
    if (app->mirror)
        list_set_total(&app->mirror_list, app->mirror->hits.count);
    if (!app->mirror_stale || app->mirror_failed || app->waits[REQUEST_MIRROR].pending)
        return;
    struct request *request = request_new(REQUEST_MIRROR);
    if (!request)
        return;
    request->mirror_id = arena_copy(
        &request->arena, (struct slice){app->mirror_id, app->mirror_id_length});
    request->mirror_segment = app->mirror_segment;
    app->mirror_stale = false;
    app_ask(app, effects, request);
}

static bool act(struct app *app, enum action_id action, struct effects *effects)
{
    (void)effects;
    uint64_t at = app->mirror_list.cursor;
    if (action == ACTION_CONTEXT && app->mirror && app->mirror->mirrors.count)
        context_open_mirror(app, &app->mirror->mirrors.rows[0]);
    if (action != ACTION_OPEN)
        return action == ACTION_CONTEXT;
    if (app->mirror && at < app->mirror->hits.count)
        hit_open(app, app->mirror->hits.rows[at].id);
    return true;
}

static void resize(struct app *app, const struct layout *layout)
{
    list_resize(&app->mirror_list,
                (uint64_t)sub_sat(layout->body_height, draw_details(layout, FACTS)));
}

static void title(const struct app *app, struct canvas *canvas, int row)
{
    (void)app;
    canvas_label(canvas, row, 1, canvas->width, "One mirror", ROLE_TITLE);
}

static void render_facts(const struct mirror_row *row, struct canvas *canvas, int top,
                         int lines)
{
    const struct mirror *mirror = &row->mirror;
    const struct column_place whole = {0, sub_sat(canvas->width, ROW_MARKS + 1)};
    const struct row_pen pen = {canvas, top, &whole};
    row_ends(&pen, 0, mirror->mirrored, mirror->destination);
    canvas_text(canvas, top + 1, ROW_MARKS, sub_sat(canvas->width, ROW_MARKS),
                mirror->id, ROLE_DIM);
    for (int i = 0; i < lines - AROUND_LINES; i++)
        draw_mirror_line(row, (enum mirror_line)i, canvas, top + 2 + i);
    canvas_fill(canvas, top + lines - 1, 0, canvas->width, '-', ROLE_DIM);
}

static void render_operation(const struct hit_row *hit, const struct row_pen *pen,
                             bool selected)
{
    enum role role;
    const struct event *event = &hit->operation.event;
    char mark = hit_mark(hit, &role);
    draw_marks(pen->canvas, pen->row, selected, mark, role);
    row_time(pen, TIME, event->time_us);
    row_text(pen, LIFECYCLE, slice_from(lifecycle_word(hit->operation.lifecycle)),
             role);
    row_operation(pen, OPERATION, event, ROLE_TEXT);
    row_text(pen, OUTCOME, slice_from(outcome_name(event->outcome)), ROLE_TEXT);
    row_text(pen, BY, actor_short(event->text[FIELD_ACTOR]), ROLE_TEXT);
    row_address(pen, ADDRESS, event);
}

static void render(const struct app *app, struct canvas *canvas,
                   const struct layout *layout)
{
    struct column_place places[COLUMN_COUNT];
    const struct list *shown = &app->mirror_list;
    int facts = draw_details(layout, FACTS);
    draw_places(app, canvas, columns, COLUMN_COUNT, places);
    if (!app->mirror)
        return;
    if (!app->mirror->mirrors.count) {
        canvas_label(
            canvas, layout->body, ROW_MARKS, canvas->width,
            "The logs that came meanwhile tell it otherwise: go back, open it again.",
            ROLE_DIM);
        return;
    }
    render_facts(&app->mirror->mirrors.rows[0], canvas, layout->body, facts);
    for (uint64_t i = 0; i < shown->page; i++) {
        uint64_t at = shown->top + i;
        struct row_pen pen = {canvas, layout->body + facts + (int)i, places};
        if (at >= app->mirror->hits.count)
            break;
        render_operation(&app->mirror->hits.rows[at], &pen, at == shown->cursor);
    }
}

const struct view view_mirror = {
    .list = list,
    .want = want,
    .act = act,
    .resize = resize,
    .title = title,
    .render = render,
};
