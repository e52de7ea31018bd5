#include "config.h"

#include "tui/view.h"

static const struct rows *rows_of(const struct app *app, const struct list_view *view)
{
    return app_rows((struct app *)app, view->kind);
}

static const struct sorting *sorting_of(const struct app *app,
                                        const struct list_view *view)
{
    const char *at = (const char *)app + view->sorting;
    return view->sort_columns ? (const struct sorting *)(const void *)at : NULL;
}

struct list *view_list(struct app *app, const struct view *view)
{
    return view->rows ? &app_rows(app, view->rows->kind)->list : view->list(app);
}

/* What the list shows, and in which order. */
static void complete(const struct app *app, const struct list_view *view,
                     struct request *request)
{
    const struct sorting *sorting = sorting_of(app, view);
    if (request && sorting) {
        request->sort = sorting->column;
        request->descending = sorting->descending;
    }
    if (request && view->ask)
        view->ask(app, request);
}

static void ask(struct app *app, const struct list_view *view, struct effects *effects)
{
    struct request *request = rows_request(app, view->kind);
    complete(app, view, request);
    app_ask(app, effects, request);
}

struct request *view_find(const struct app *app, const struct list_view *view,
                          struct slice needle)
{
    struct request *request = request_new(REQUEST_FIND);
    complete(app, view, request);
    if (request) {
        request->listed = view->kind;
        request->needle = arena_copy(&request->arena, needle);
    }
    return request;
}

size_t view_find_shown(const struct app *app, const struct list_view *view,
                       struct slice needle, size_t *positions, size_t limit)
{
    const struct rows *rows = rows_of(app, view);
    struct column_place places[COLUMNS_MAX];
    struct canvas line;
    size_t count = 0;
    canvas_init(&line, true);
    if (!canvas_resize(&line, CANVAS_MAX_WIDTH, 1)) {
        const struct row_pen pen = {&line, 0, places};
        draw_places(app, &line, view->columns, view->column_count, places);
        for (size_t i = 0; i < rows->count && count < limit; i++) {
            canvas_clear(&line);
            view->row(app, i, &pen, false);
            if (canvas_mark(&line, 0, 0, line.width, needle))
                positions[count++] = (size_t)rows->offset + i;
        }
    }
    canvas_fini(&line);
    return count;
}

void view_want(struct app *app, const struct view *view, struct effects *effects)
{
    if (view->want)
        view->want(app, effects);
    else if (view->rows)
        ask(app, view->rows, effects);
}

void view_resize(struct app *app, const struct view *view, const struct layout *layout)
{
    if (view->rows)
        list_resize(view_list(app, view),
                    (uint64_t)sub_sat(layout->body_height,
                                      draw_details(layout, view->rows->details)));
    else
        view->resize(app, layout);
}

void view_header(const struct app *app, const struct view *view, struct canvas *canvas,
                 int row)
{
    const struct list_view *rows = view->rows;
    if (!rows) {
        view->header(app, canvas, row);
        return;
    }
    const struct sorting *sorting = sorting_of(app, rows);
    draw_header(app, canvas, row, rows->columns, rows->column_count,
                sorting ? rows->sort_columns[sorting->column] : -1,
                sorting && sorting->descending);
}

static void render_nothing(const struct app *app, const struct list_view *view,
                           struct canvas *canvas, int row)
{
    if (rows_of(app, view)->failed)
        canvas_label(canvas, row, ROW_MARKS, sub_sat(canvas->width, ROW_MARKS),
                     "Not listed: see the message below.", ROLE_DIM);
    else if (view->render_empty)
        view->render_empty(app, canvas, row);
    else
        canvas_label(canvas, row, ROW_MARKS, sub_sat(canvas->width, ROW_MARKS),
                     view->empty, ROLE_DIM);
}

/* A page of the list from the body's first row on. */
static void render_rows(const struct app *app, const struct list_view *view,
                        struct canvas *canvas, const struct layout *layout)
{
    struct column_place places[COLUMNS_MAX];
    const struct rows *rows = rows_of(app, view);
    const struct list *list = &rows->list;
    draw_places(app, canvas, view->columns, view->column_count, places);
    for (int i = 0; i < (int)list->page; i++) {
        uint64_t position = list->top + (uint64_t)i;
        struct row_pen pen = {canvas, layout->body + i, places};
        if (rows->known && position >= list->total)
            break;
        ptrdiff_t index = rows_index(rows, position);
        if (index < 0)
            draw_placeholder(app, canvas, pen.row, position == list->cursor);
        else
            view->row(app, (size_t)index, &pen, position == list->cursor);
    }
}

static void render_list(const struct app *app, const struct list_view *view,
                        struct canvas *canvas, const struct layout *layout)
{
    const struct rows *rows = rows_of(app, view);
    ptrdiff_t index = rows_index(rows, rows->list.cursor);
    int details = draw_details(layout, view->details);
    if (rows->failed ? !rows->result : rows->known && !rows->list.total)
        render_nothing(app, view, canvas, layout->body);
    else
        render_rows(app, view, canvas, layout);
    if (index >= 0 && details)
        view->render_details(app, (size_t)index, canvas,
                             layout->body + (int)rows->list.page, details);
}

void view_render(const struct app *app, const struct view *view, struct canvas *canvas,
                 const struct layout *layout)
{
    if (view->rows)
        render_list(app, view->rows, canvas, layout);
    else
        view->render(app, canvas, layout);
}
