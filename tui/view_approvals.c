/* Approvals: who allowed what, for when, and what each covers. */
#include "config.h"

#include "core/timestamp.h"
#include "tui/view.h"

enum { ID, COVERS, TICKET, FROM, UNTIL, SELECTORS, AUTHOR, REASON, COLUMN_COUNT };

/* Windows may lie in any year: theirs is always told. */
static const struct column columns[COLUMN_COUNT] = {
    [ID] = {"ID", 3, 5, 0, 0, CELL_NUMBER},
    [COVERS] = {"COVERS", 6, 6, 0, 2, CELL_NUMBER},
    [TICKET] = {"TICKET", 12, 20, 1, 0, CELL_TEXT},
    [FROM] = {"FROM", 16, 19, 1, 3, CELL_TEXT},
    [UNTIL] = {"UNTIL", 16, 19, 1, 1, CELL_TEXT},
    [SELECTORS] = {"WHAT", 16, 120, 4, 0, CELL_TEXT},
    [AUTHOR] = {"AUTHOR", 10, 20, 1, 4, CELL_TEXT},
    [REASON] = {"REASON", 14, 60, 2, 5, CELL_TEXT},
};

/* The last two rows tell all about the approval under the cursor. */
enum { DETAILS = 2 };

static void title(const struct app *app, struct canvas *canvas, int row)
{
    (void)app;
    canvas_label(canvas, row, 1, canvas->width,
                 "Approvals  (a: enabled, -: disabled; times are of the events)",
                 ROLE_TITLE);
}

static void selectors_at(struct canvas *canvas, int row, int start, int width,
                         const struct approval *approval)
{
    int end = start + width;
    for (int i = 0; i < APPROVAL_SELECTOR_COUNT && start < end; i++) {
        if (slice_blank(approval->selector[i]))
            continue;
        start +=
            canvas_printf(canvas, row, start, end - start, ROLE_DIM,
                          "%s:", approval_selector_name((enum approval_selector)i));
        start += 1 + canvas_text(canvas, row, start, sub_sat(end, start),
                                 approval->selector[i], ROLE_TEXT);
    }
}

static void render_details(const struct app *app, size_t index, struct canvas *canvas,
                           int row, int lines)
{
    const struct approval *approval =
        &app->approvals.result->approvals.rows[index].approval;
    int width = sub_sat(canvas->width, 2);
    selectors_at(canvas, row, 1, width, approval);
    if (lines < DETAILS)
        return;
    char from[TIMESTAMP_TEXT_MAX], until[TIMESTAMP_TEXT_MAX];
    timestamp_format_seconds(approval->start_us, from);
    timestamp_format_seconds(approval->end_us, until);
    int column = 1 + canvas_printf(canvas, row + 1, 1, width, ROLE_DIM, "%s - %s  ",
                                   from, until[0] ? until : "open");
    column += canvas_text(canvas, row + 1, column, sub_sat(width, column),
                          approval->reason, ROLE_TITLE);
    column += slice_blank(approval->reason) ? 0 : 2;
    column += canvas_label(canvas, row + 1, column, sub_sat(canvas->width, column),
                           "by ", ROLE_DIM);
    canvas_text(canvas, row + 1, column, sub_sat(canvas->width, column),
                approval->created_by, ROLE_TEXT);
}

static void render_row(const struct app *app, size_t index, const struct row_pen *pen,
                       bool selected)
{
    const struct approval_row *row = &app->approvals.result->approvals.rows[index];
    const struct approval *approval = &row->approval;
    char number[NUMBER_MAX];
    draw_marks(pen->canvas, pen->row, selected, approval->enabled ? 'a' : '-',
               approval->enabled ? ROLE_APPROVED : ROLE_DIM);
    row_right(pen, ID, format_number((uint64_t)approval->id, number), ROLE_TEXT);
    row_right(pen, COVERS, format_number(row->covers, number), ROLE_TEXT);
    row_text(pen, TICKET, slice_blank(approval->ticket) ? SLICE("-") : approval->ticket,
             ROLE_TEXT);
    row_time(pen, FROM, approval->start_us);
    if (approval->end_us == EVENT_TIME_NONE)
        row_text(pen, UNTIL, SLICE("open"), ROLE_ALERT);
    else
        row_time(pen, UNTIL, approval->end_us);
    selectors_at(pen->canvas, pen->row, ROW_MARKS + pen->places[SELECTORS].start,
                 pen->places[SELECTORS].width, approval);
    row_text(pen, AUTHOR, approval->created_by, ROLE_TEXT);
    row_text(pen, REASON, approval->reason, ROLE_TEXT);
}

static const struct list_view rows = {
    .kind = REQUEST_APPROVALS,
    .columns = columns,
    .column_count = COLUMN_COUNT,
    .row = render_row,
    .empty = "Nothing is approved yet: a on an operation or a group approves it",
    .details = DETAILS,
    .render_details = render_details,
};

const struct view view_approvals = {
    .rows = &rows,
    .title = title,
};
