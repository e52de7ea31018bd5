/* What could not be read of one source: where, why, and its bytes. */
#include "config.h"

#include "tui/view.h"

enum { KIND, OFFSET, LENGTH, REASON, BYTES, COLUMN_COUNT };

static const struct column columns[COLUMN_COUNT] = {
    [KIND] = {"KIND", 7, 7, 0, 0, CELL_TEXT},
    [OFFSET] = {"AT BYTE", 13, 13, 0, 0, CELL_NUMBER},
    [LENGTH] = {"BYTES", 11, 11, 0, 2, CELL_NUMBER},
    [REASON] = {"WHY", 20, 60, 2, 0, CELL_TEXT},
    [BYTES] = {"", 16, 1000, 3, 1, CELL_TEXT},
};

enum { DETAILS = 3 };

void rejects_open(struct app *app, int64_t source)
{
    app->reject_source = source;
    rows_open(app, REQUEST_REJECTS, VIEW_REJECTS);
}

static void ask(const struct app *app, struct request *request)
{
    request->source = app->reject_source;
}

static void title(const struct app *app, struct canvas *canvas, int row)
{
    (void)app;
    canvas_label(canvas, row, 1, canvas->width,
                 "Not read as events: damaged, of unknown kind, or noted", ROLE_TITLE);
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

static void render_details(const struct app *app, size_t index, struct canvas *canvas,
                           int row, int lines)
{
    const struct reject_row *reject = &app->rejects.result->rejects.rows[index];
    int width = sub_sat(canvas->width, 2);
    int used = canvas_text(canvas, row, 1, width, reject->path, ROLE_TEXT);
    if (!slice_blank(reject->member))
        canvas_text(canvas, row, used + 2, sub_sat(width, used + 1), reject->member,
                    ROLE_TEXT);
    if (lines > 1)
        canvas_text(canvas, row + 1, 1, width, reject->reason, ROLE_ALERT);
    if (lines > 2)
        canvas_text(canvas, row + 2, 1, width, reject->bytes, ROLE_DIM);
}

static const struct list_view rows = {
    .kind = REQUEST_REJECTS,
    .columns = columns,
    .column_count = COLUMN_COUNT,
    .row = render_row,
    .ask = ask,
    .empty = "Everything in this source was read.",
    .details = DETAILS,
    .render_details = render_details,
};

const struct view view_rejects = {
    .rows = &rows,
    .title = title,
};
