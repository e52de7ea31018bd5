/* What could not be read of one source: where, why, and its bytes. */
#include "config.h"

#include "tui/view.h"

enum { KIND, OFFSET, LENGTH, REASON, BYTES, COLUMN_COUNT };

static const struct column columns[COLUMN_COUNT] = {
    [KIND] = {"KIND", 7, 7, 0, 0, false},
    [OFFSET] = {"AT BYTE", 13, 13, 0, 0, true},
    [LENGTH] = {"BYTES", 11, 11, 0, 2, true},
    [REASON] = {"WHY", 20, 60, 2, 0, false},
    [BYTES] = {"", 16, 1000, 3, 1, false},
};

enum { DETAILS = 3 };

void rejects_open(struct app *app, int64_t source)
{
    app->reject_source = source;
    app->waits[REQUEST_REJECTS].pending = false;
    rows_forget(&app->rejects);
    app_push(app, VIEW_REJECTS);
}

static struct list *list(struct app *app)
{
    return &app->rejects.list;
}

static void want(struct app *app, struct effects *effects)
{
    struct request *request = rows_request(app, REQUEST_REJECTS);
    if (!request)
        return;
    request->source = app->reject_source;
    app_ask(app, effects, request);
}

static void resize(struct app *app, const struct layout *layout)
{
    list_resize(&app->rejects.list, (uint64_t)sub_sat(layout->body_height, DETAILS));
}

static void title(const struct app *app, struct canvas *canvas, int row)
{
    (void)app;
    canvas_label(canvas, row, 1, canvas->width,
                 "Not read as events: damaged, of unknown kind, or noted", ROLE_TITLE);
}

static void header(const struct app *app, struct canvas *canvas, int row)
{
    (void)app;
    struct column_place places[COLUMN_COUNT];
    columns_place(columns, COLUMN_COUNT, canvas->width - ROW_MARKS, places);
    draw_header(canvas, row, columns, COLUMN_COUNT, places, -1, false);
}

static void render_row(const struct app *app, size_t index, const struct row_pen *pen,
                       bool selected)
{
    const struct reject_row *reject = &app->rejects.result->rejects.rows[index];
    char text[NUMBER_MAX];
    bool damaged = slice_equal(reject->kind, SLICE("damaged"));
    draw_marks(pen->canvas, pen->row, selected, damaged ? '!' : ' ', ROLE_ALERT);
    row_text(pen, KIND, reject->kind, damaged ? ROLE_ALERT : ROLE_TEXT);
    row_right(pen, OFFSET, format_number(reject->offset, text), ROLE_TEXT);
    row_right(pen, LENGTH, format_number(reject->length, text), ROLE_TEXT);
    row_text(pen, REASON, reject->reason, ROLE_TEXT);
    row_text(pen, BYTES, reject->bytes, ROLE_DIM);
}

static void render_details(const struct reject_row *reject, struct canvas *canvas,
                           int row)
{
    int width = sub_sat(canvas->width, 2);
    int used = canvas_text(canvas, row, 1, width, reject->path, ROLE_TEXT);
    if (!slice_blank(reject->member))
        canvas_text(canvas, row, used + 2, sub_sat(width, used + 1), reject->member,
                    ROLE_TEXT);
    canvas_text(canvas, row + 1, 1, width, reject->reason, ROLE_ALERT);
    canvas_text(canvas, row + 2, 1, width, reject->bytes, ROLE_DIM);
}

static const struct list_columns list_columns = {columns, COLUMN_COUNT, render_row};

static void render(const struct app *app, struct canvas *canvas,
                   const struct layout *layout)
{
    const struct list *shown = &app->rejects.list;
    if (app->rejects.known && shown->total == 0)
        canvas_label(canvas, layout->body, ROW_MARKS, canvas->width,
                     "Everything in this source was read.", ROLE_DIM);
    draw_rows(app, &app->rejects, &list_columns, canvas, layout);
    ptrdiff_t index = rows_index(&app->rejects, shown->cursor);
    if (index >= 0)
        render_details(&app->rejects.result->rejects.rows[index], canvas,
                       layout->body + (int)shown->page);
}

const struct view view_rejects = {
    .list = list,
    .want = want,
    .resize = resize,
    .title = title,
    .header = header,
    .render = render,
};
