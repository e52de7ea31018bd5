#include "config.h"

#include <stdio.h>

#include "core/escape.h"
#include "core/timestamp.h"
#include "tui/view.h"

const char *format_number(uint64_t value, char out[NUMBER_MAX])
{
    char digits[NUMBER_MAX];
    int count = snprintf(digits, sizeof digits, "%llu", (unsigned long long)value);
    int at = 0;
    for (int i = 0; i < count && at < NUMBER_MAX - 2; i++) {
        if (i && (count - i) % 3 == 0)
            out[at++] = ',';
        out[at++] = digits[i];
    }
    out[at] = '\0';
    return out;
}

void format_span(int64_t first_us, int64_t last_us, char *out, size_t size)
{
    enum { YEAR = 5, DAY = 10 };
    char first[TIMESTAMP_TEXT_MAX], last[TIMESTAMP_TEXT_MAX];
    timestamp_format(first_us, first);
    timestamp_format(last_us, last);
    first[DAY] = last[DAY] = '\0';
    if (!first[0] || !last[0])
        out[0] = '\0';
    else if (!strcmp(first, last))
        snprintf(out, size, "%s UTC", first);
    else if (!strncmp(first, last, YEAR))
        snprintf(out, size, "%s - %s UTC", first, last + YEAR);
    else
        snprintf(out, size, "%s - %s UTC", first, last);
}

bool app_has_years(const struct app *app)
{
    enum { YEAR = 5 };
    char first[TIMESTAMP_TEXT_MAX], last[TIMESTAMP_TEXT_MAX];
    if (!app->overview)
        return false;
    timestamp_format(app->overview->summary.first_us, first);
    timestamp_format(app->overview->summary.last_us, last);
    return strncmp(first, last, YEAR) != 0;
}

const char *format_time(const struct app *app, int64_t time_us,
                        char out[TIMESTAMP_TEXT_MAX])
{
    enum { YEAR = 5 };
    bool skip = timestamp_format_seconds(time_us, out) && !app_has_years(app);
    return skip ? out + YEAR : out;
}

void draw_places(const struct app *app, const struct canvas *canvas,
                 const struct column *columns, int count, struct column_place *out)
{
    columns_place(columns, count, canvas->width - ROW_MARKS, app_has_years(app), out);
}

void draw_header(const struct app *app, struct canvas *canvas, int row,
                 const struct column *columns, int count, int sorted, bool descending)
{
    struct column_place places[COLUMNS_MAX];
    draw_places(app, canvas, columns, count, places);
    for (int i = 0; i < count; i++) {
        int start = ROW_MARKS + places[i].start, width = places[i].width;
        char title[40];
        snprintf(title, sizeof title, "%s%s", columns[i].title,
                 i != sorted  ? ""
                 : descending ? " v"
                              : " ^");
        if (columns[i].kind == CELL_NUMBER)
            canvas_right(canvas, row, start, width, title, ROLE_HEADER);
        else
            canvas_label(canvas, row, start, width, title, ROLE_HEADER);
    }
}

void draw_marks(struct canvas *canvas, int row, bool selected, char mark,
                enum role role)
{
    if (selected) {
        canvas_fill(canvas, row, 0, 1, '>', ROLE_TEXT);
        canvas_select(canvas, row, 0, canvas->width);
    }
    canvas_fill(canvas, row, 2, 1, mark, role);
}

void draw_placeholder(const struct app *app, struct canvas *canvas, int row,
                      bool selected)
{
    draw_marks(canvas, row, selected, ' ', ROLE_TEXT);
    if (app->late)
        canvas_label(canvas, row, ROW_MARKS, 3, "...", ROLE_DIM);
}

enum { LEAST_ROWS = 2 };

int draw_details(const struct layout *layout, int lines)
{
    int room = sub_sat(layout->body_height, LEAST_ROWS);
    return lines < room ? lines : room;
}

void row_text(const struct row_pen *pen, int column, struct slice text, enum role role)
{
    canvas_text(pen->canvas, pen->row, ROW_MARKS + pen->places[column].start,
                pen->places[column].width, text, role);
}

/* What to leave out of the start so that the rest fits, two columns for a mark. */
static size_t tail_cut(struct slice text, int width)
{
    size_t cut = 0, at_part = 0;
    while (cut < text.length && (int)escape_width(slice_skip(text, cut)) > width - 2) {
        cut++;
        while (cut < text.length && ((unsigned char)text.data[cut] & 0xc0) == 0x80)
            cut++;
    }
    for (size_t i = cut; i < text.length && !at_part; i++)
        if (text.data[i] == '.' || text.data[i] == '/')
            at_part = i + (text.data[i] == '.');
    /* Not where little would be left. */
    return at_part && text.length - at_part > (text.length - cut) / 2 ? at_part : cut;
}

void row_tail(const struct row_pen *pen, int column, struct slice text, enum role role)
{
    int start = ROW_MARKS + pen->places[column].start;
    int width = pen->places[column].width;
    /* Only the end of a long text can be shown: measuring all of it would be slow. */
    if (text.length > CANVAS_MAX_WIDTH)
        text = slice_skip(text, text.length - CANVAS_MAX_WIDTH);
    if (width < 8 || (int)escape_width(text) <= width) {
        row_text(pen, column, text, role);
        return;
    }
    canvas_label(pen->canvas, pen->row, start, 2, "..", role);
    canvas_text(pen->canvas, pen->row, start + 2, width - 2,
                slice_skip(text, tail_cut(text, width)), role);
}

void row_operation(const struct row_pen *pen, int column, const struct event *event,
                   enum role role)
{
    struct slice name = event->text[FIELD_OPERATION];
    bool is_method = slice_index(name, '.') >= 0 && slice_index(name, ' ') < 0;
    (is_method ? row_tail : row_text)(pen, column, name, role);
}

void row_address(const struct row_pen *pen, int column, const struct event *event)
{
    const struct slice *text = event->text;
    enum event_field field =
        slice_blank(text[FIELD_SOURCE_IP]) ? FIELD_SOURCE_TEXT : FIELD_SOURCE_IP;
    row_text(pen, column, text[field], ROLE_TEXT);
}

void row_ends(const struct row_pen *pen, int column, struct slice from, struct slice to)
{
    int start = ROW_MARKS + pen->places[column].start;
    int width = pen->places[column].width;
    /* Each side keeps half where both are long. */
    int half = sub_sat(width, 4) / 2;
    int left = sub_sat(width, 4 + (int)escape_width(slice_first(to, CANVAS_MAX_WIDTH)));
    int used = canvas_text(pen->canvas, pen->row, start, left > half ? left : half,
                           slice_blank(from) ? SLICE("?") : from, ROLE_TEXT);
    used += canvas_label(pen->canvas, pen->row, start + used, sub_sat(width, used),
                         " -> ", ROLE_TEXT);
    canvas_text(pen->canvas, pen->row, start + used, sub_sat(width, used),
                slice_blank(to) ? SLICE("?") : to, ROLE_TEXT);
}

void row_right(const struct row_pen *pen, int column, const char *text, enum role role)
{
    canvas_right(pen->canvas, pen->row, ROW_MARKS + pen->places[column].start,
                 pen->places[column].width, text, role);
}

void row_time(const struct row_pen *pen, int column, int64_t time_us)
{
    enum { MINUTE = 16 };
    char text[TIMESTAMP_TEXT_MAX];
    size_t length = timestamp_format_seconds(time_us, text);
    int width = pen->places[column].width;
    struct slice shown = slice_from(length ? text : "-");
    if ((int)length > width)
        shown = width < MINUTE ? slice_skip(shown, length - (size_t)width)
                               : slice_first(shown, MINUTE);
    row_text(pen, column, shown, ROLE_TEXT);
}

void draw_mirror_line(const struct mirror_row *row, enum mirror_line line,
                      struct canvas *canvas, int at)
{
    struct mirror_words words;
    int column = ROW_MARKS;
    bool alert = (line == MIRROR_LINE_FOREIGN && row->mirror.foreign == FOREIGN_YES) ||
                 (line == MIRROR_LINE_APPROVAL && row->overstay_us);
    mirror_line(row, line, &words);
    for (size_t i = 0; i < words.count; i++)
        column += canvas_text(canvas, at, column, sub_sat(canvas->width, column + 1),
                              words.parts[i], alert ? ROLE_ALERT : ROLE_TEXT);
}

char hit_mark(const struct hit_row *row, enum role *role)
{
    const struct operation *operation = &row->operation;
    *role = ROLE_TEXT;
    if (hit_is_overstayed(row)) {
        *role = ROLE_ALERT;
        return '!';
    }
    if (row->approval) {
        *role = ROLE_APPROVED;
        return 'a';
    }
    if (outcome_is_attempt(operation->event.outcome)) {
        *role = ROLE_ATTEMPT;
        return 'x';
    }
    if (operation->lifecycle == LIFECYCLE_CREATION ||
        operation->lifecycle == LIFECYCLE_CREATION_MODIFICATION) {
        *role = ROLE_ALERT;
        return '!';
    }
    return ' ';
}

const char *lifecycle_word(enum lifecycle lifecycle)
{
    static const char *const words[LIFECYCLE_COUNT] = {
        [LIFECYCLE_NONE] = "",
        [LIFECYCLE_CREATION] = "create",
        [LIFECYCLE_MODIFICATION] = "modify",
        [LIFECYCLE_DELETION] = "delete",
        [LIFECYCLE_CREATION_MODIFICATION] = "cre/mod",
        [LIFECYCLE_READ] = "read",
        [LIFECYCLE_OTHER] = "other",
    };
    return words[lifecycle];
}

void draw_bar(const struct row_pen *pen, int column, uint64_t value, uint64_t most,
              bool hit)
{
    const struct column_place *place = &pen->places[column];
    uint64_t cells = most ? value * (uint64_t)place->width / most : 0;
    if (value && !cells)
        cells = 1;
    for (int i = 0; i < place->width && (uint64_t)i < cells; i++)
        canvas_bar(pen->canvas, pen->row, ROW_MARKS + place->start + i, 8,
                   hit ? ROLE_ALERT : ROLE_DIM);
}

/* --- documents ------------------------------------------------------------------- */

void document_scroll(const struct document *document, struct list *list, int height)
{
    size_t page = height > 0 ? (size_t)height : 0;
    list_resize(list, 1);
    list_set_total(list,
                   document->line_count > page ? document->line_count - page + 1 : 1);
}

static void highlight(const struct event *of, struct canvas *canvas, int row)
{
    static const enum event_field fields[] = {FIELD_OPERATION, FIELD_MIRROR,
                                              FIELD_MIRRORED, FIELD_DESTINATION,
                                              FIELD_RESOURCE};
    enum { SHORTEST = 4 };
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        if (of->text[fields[i]].length >= SHORTEST)
            canvas_paint(canvas, row, 0, canvas->width, of->text[fields[i]],
                         ROLE_ALERT);
}

void draw_document(const struct document *document, const struct list *list,
                   const struct event *of, struct canvas *canvas,
                   const struct layout *layout)
{
    for (int i = 0; i < layout->body_height; i++) {
        size_t line = (size_t)list->top + (size_t)i;
        document_render(document, line, canvas, layout->body + i);
        if (line < document->line_count && document->lines[line].raw)
            highlight(of, canvas, layout->body + i);
    }
}
