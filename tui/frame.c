/* app_render: what surrounds the view, and the layout of both. */
#include "config.h"

#include <stdio.h>

#include "core/timestamp.h"
#include "tui/key.h"
#include "tui/view.h"

enum { SECOND_US = 1000000 };
enum { LEAST_WIDTH = 40, LEAST_HEIGHT = 10, HISTOGRAM_HEIGHT = 14 };

static bool is_filtered(const struct app *app)
{
    return app->filter_length || app->hidden_lifecycles;
}

void app_layout(const struct app *app, struct layout *out)
{
    const struct view *view = view_get(app_view(app));
    bool lists = app_view(app) == VIEW_GROUPS || app_view(app) == VIEW_HITS;
    int row = 2;
    int end = sub_sat(app->height, app->prompt.kind ? 2 : 1);
    *out = (struct layout){
        .loading = -1, .filter = -1, .title = -1, .header = -1, .histogram = -1};
    out->too_small = app->width < LEAST_WIDTH || app->height < LEAST_HEIGHT;
    if (app->load.running)
        out->loading = row++;
    if (actions_table[ACTION_FILTER].views & 1u << app_view(app) && is_filtered(app))
        out->filter = row++;
    if (view->title)
        out->title = row++;
    if (view->rows || view->header)
        out->header = row++;
    if (lists && app->height >= HISTOGRAM_HEIGHT && !app->prompt.kind)
        out->histogram = --end;
    out->footer = sub_sat(app->height, 1);
    out->body = row;
    out->body_height = sub_sat(end, row);
}

/* --- the two lines on top --------------------------------------------------------- */

struct pen {
    struct canvas *canvas;
    int row, column;
};

/* Parts that do not fit are left out whole. */
static void part(struct pen *pen, enum role role, const char *text)
{
    int gap = pen->column > 1 ? 2 : 0;
    int room = sub_sat(pen->canvas->width, pen->column + gap);
    if (!text[0] || (pen->column > 1 && (int)strlen(text) > room))
        return;
    pen->column +=
        gap + canvas_label(pen->canvas, pen->row, pen->column + gap, room, text, role);
}

static struct slice base_name(const char *path)
{
    struct slice name = slice_from(path);
    ptrdiff_t slash = slice_rindex(name, '/');
    return slash >= 0 ? slice_skip(name, (size_t)slash + 1) : name;
}

/* "(1 partial, 2 failed)", or nothing. */
static void format_bad(uint64_t partial, uint64_t failed, char *out, size_t size)
{
    char a[NUMBER_MAX], b[NUMBER_MAX];
    format_number(partial, a);
    format_number(failed, b);
    if (partial && failed)
        snprintf(out, size, "(%s partial, %s failed)", a, b);
    else if (partial)
        snprintf(out, size, "(%s partial)", a);
    else if (failed)
        snprintf(out, size, "(%s failed)", b);
    else
        out[0] = '\0';
}

static void render_case(const struct app *app, struct canvas *canvas)
{
    char text[128], a[NUMBER_MAX];
    struct pen pen = {canvas, 0, 1};
    pen.column += canvas_text(canvas, 0, 1, canvas->width / 3,
                              base_name(app->case_name), ROLE_TITLE);
    if (!app->overview)
        return;
    const struct case_summary *sum = &app->overview->summary;
    snprintf(text, sizeof text, "%s event%s", format_number(sum->events, a),
             sum->events == 1 ? "" : "s");
    part(&pen, ROLE_TEXT, text);
    snprintf(text, sizeof text, "%s source%s", format_number(sum->sources, a),
             sum->sources == 1 ? "" : "s");
    part(&pen, ROLE_TEXT, text);
    format_bad(sum->partial, sum->failed, text, sizeof text);
    part(&pen, ROLE_ALERT, text);
    format_span(sum->first_us, sum->last_us, text, sizeof text);
    part(&pen, ROLE_TEXT, text);
}

/* The answer before all other numbers: "2 LIVE mirrors (1 FOREIGN)". */
static void render_live(const struct mirror_counts *mirrors, struct pen *pen)
{
    char text[128], a[NUMBER_MAX], b[NUMBER_MAX];
    uint64_t live = mirrors->states[MIRROR_LIVE];
    int used = snprintf(text, sizeof text, "%s %s mirror%s", format_number(live, a),
                        live ? "LIVE" : "live", live == 1 ? "" : "s");
    if (mirrors->live_foreign)
        snprintf(text + used, sizeof text - (size_t)used, " (%s FOREIGN)",
                 format_number(mirrors->live_foreign, b));
    part(pen, live ? ROLE_ALERT : ROLE_TEXT, text);
    if (!mirrors->overstayed)
        return;
    snprintf(text, sizeof text, "%s overstayed", format_number(mirrors->overstayed, a));
    part(pen, ROLE_ALERT, text);
}

static void render_counts(const struct app *app, struct canvas *canvas)
{
    char text[128], a[NUMBER_MAX];
    struct pen pen = {canvas, 1, 1};
    if (!app->overview) {
        if (app->late)
            part(&pen, ROLE_DIM, "...");
        return;
    }
    const struct mirror_counts *mirrors = &app->overview->mirror_counts;
    render_live(mirrors, &pen);
    const struct case_summary *sum = &app->overview->summary;
    snprintf(text, sizeof text, "%s hit%s", format_number(sum->hits, a),
             sum->hits == 1 ? "" : "s");
    part(&pen, ROLE_TEXT, text);
    snprintf(text, sizeof text, "%s to decide", format_number(sum->open, a));
    part(&pen, sum->open ? ROLE_ALERT : ROLE_TEXT, text);
    snprintf(text, sizeof text, "%s approved%s", format_number(sum->approved, a),
             app->hide_approved ? " (hidden, v shows)" : "");
    part(&pen, ROLE_TEXT, text);
    snprintf(text, sizeof text, "%s attempt%s", format_number(sum->attempts, a),
             sum->attempts == 1 ? "" : "s");
    part(&pen, ROLE_TEXT, text);
    if (app->read_only)
        part(&pen, ROLE_DIM, "read-only");
}

static void render_loading(const struct app *app, struct canvas *canvas, int row)
{
    const struct load_progress *load = &app->load;
    char text[128], a[NUMBER_MAX], b[NUMBER_MAX];
    struct pen pen = {canvas, row, 1};
    if (load->listing)
        part(&pen, ROLE_TITLE, "loading, listing files");
    else if (load->bytes) {
        double share = (double)load->bytes_done / (double)load->bytes;
        snprintf(text, sizeof text, "loading %d%%",
                 (int)(share > 1 ? 100 : share * 100));
        part(&pen, ROLE_TITLE, text);
    } else
        part(&pen, ROLE_TITLE, "loading");
    snprintf(text, sizeof text, "%s/%s files", format_number(load->files_done, a),
             format_number(load->files, b));
    part(&pen, ROLE_TEXT, text);
    snprintf(text, sizeof text, "%s events", format_number(load->events, a));
    part(&pen, ROLE_TEXT, text);
    if (load->elapsed_ms > 0) {
        uint64_t rate = load->events * 1000 / (uint64_t)load->elapsed_ms;
        snprintf(text, sizeof text, "%s/s", format_number(rate, a));
        part(&pen, ROLE_DIM, text);
    }
    format_bad(load->partial, load->failed, text, sizeof text);
    part(&pen, ROLE_ALERT, text);
}

static void render_filter(const struct app *app, struct canvas *canvas, int row)
{
    int column = 1;
    unsigned hidden = app->hidden_lifecycles;
    if (hidden)
        column += canvas_printf(canvas, row, column, canvas->width, ROLE_ALERT,
                                "hidden:%s%s%s  ", hidden & 1 ? " creations" : "",
                                hidden & 2 ? " modifications" : "",
                                hidden & 4 ? " deletions" : "");
    if (app->filter_length) {
        column +=
            canvas_label(canvas, row, column, canvas->width, "filter: ", ROLE_ALERT);
        canvas_text(canvas, row, column, canvas->width,
                    (struct slice){app->filter, app->filter_length}, ROLE_TEXT);
    }
}

/* --- histogram -------------------------------------------------------------------- */

static void format_step(int64_t step_us, char *out, size_t size)
{
    static const struct {
        int64_t us;
        const char *unit;
    } units[] = {{86400000000, "d"}, {3600000000, "h"}, {60000000, "min"}};
    double value = (double)step_us / 1e6;
    const char *unit = "s";
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (step_us >= units[i].us) {
            value = (double)step_us / (double)units[i].us;
            unit = units[i].unit;
            break;
        }
    }
    snprintf(out, size, value < 10 ? "%.1f %s" : "%.0f %s", value, unit);
}

static void render_histogram(const struct app *app, struct canvas *canvas, int row)
{
    if (!app->overview || app->overview->histogram.count == 0)
        return;
    const struct histogram *histogram = &app->overview->histogram;
    uint64_t most = 1;
    for (size_t i = 0; i < histogram->count; i++)
        if (histogram->counts[i] > most)
            most = histogram->counts[i];
    enum { LABEL = 43, YEARS = 10, SECONDS = 3 };
    int bars = sub_sat(canvas->width, LABEL + (app_has_years(app) ? YEARS : 0));
    int count = (int)histogram->count < bars ? (int)histogram->count : bars;
    for (int i = 0; i < count; i++) {
        uint64_t value = histogram->counts[i];
        canvas_bar(canvas, row, 1 + i, value ? 1 + (unsigned)(value * 7 / most) : 0,
                   ROLE_NUMBER);
    }
    char first[TIMESTAMP_TEXT_MAX], last[TIMESTAMP_TEXT_MAX], step[24];
    int64_t end_us =
        histogram->first_us + histogram->step_us * (int64_t)histogram->count;
    const char *from = format_time(app, histogram->first_us, first);
    const char *until = format_time(app, end_us, last);
    int minute = (int)strlen(from) - SECONDS, room = sub_sat(canvas->width, count + 2);
    if (histogram->step_us < SECOND_US) {
        canvas_printf(canvas, row, count + 2, room, ROLE_DIM, "%.*s", minute, from);
        return;
    }
    format_step(histogram->step_us, step, sizeof step);
    canvas_printf(canvas, row, count + 2, room, ROLE_DIM, "%.*s - %.*s  hits/%s",
                  minute, from, minute, until, step);
}

/* --- footer ----------------------------------------------------------------------- */

static int footer_action(struct canvas *canvas, int row, int column,
                         const struct action *action)
{
    char key[KEY_NAME_MAX];
    key_label(action->keys[0], key);
    column += canvas_label(canvas, row, column, canvas->width, key, ROLE_KEY);
    column += 1 + canvas_label(canvas, row, column + 1, canvas->width, action->label,
                               ROLE_DIM);
    return column + 2;
}

static int footer_width(const struct action *action)
{
    char key[KEY_NAME_MAX];
    key_label(action->keys[0], key);
    return (int)(strlen(key) + strlen(action->label)) + 3;
}

static void render_footer(const struct app *app, struct canvas *canvas, int row)
{
    if (app->notice[0]) {
        canvas_label(canvas, row, 1, canvas->width - 1, app->notice,
                     app->notice_is_error ? ROLE_ALERT : ROLE_TITLE);
        return;
    }
    const struct list *list = view_list((struct app *)app, view_get(app_view(app)));
    char a[NUMBER_MAX], b[NUMBER_MAX], text[2 * NUMBER_MAX];
    snprintf(text, sizeof text, "%s/%s", format_number(list->total, a),
             format_number(list->total, b));
    /* As wide as it can get: the keys beside it never shift. */
    int width = (int)strlen(text), column = width + 3;
    canvas_printf(canvas, row, 1, canvas->width, ROLE_TEXT, "%s/%s",
                  format_number(list->total ? list->cursor + 1 : 0, a), b);
    enum view_id view = app_view(app);
    /* Help keeps its place, whatever else does not fit. */
    const struct action *help = action_for_key(view, '?');
    int end = canvas->width - (help ? footer_width(help) : 0);
    const struct action *action = NULL;
    while ((action = action_in_footer(view, action)))
        if (action != help && column + footer_width(action) <= end)
            column = footer_action(canvas, row, column, action);
    if (help)
        footer_action(canvas, row, column, help);
}

static void render_question(const struct app *app, struct canvas *canvas, int bottom)
{
    const struct document *question = &app->question;
    int count = (int)question->line_count;
    if (count == 0)
        return;
    int room = sub_sat(bottom, 3);
    int shown = count < room ? count : room;
    int top = bottom - shown - 1;
    canvas_fill(canvas, top, 0, canvas->width, '-', ROLE_DIM);
    for (int i = 0; i < shown; i++) {
        canvas_fill(canvas, top + 1 + i, 0, canvas->width, ' ', ROLE_TEXT);
        for (int x = 0; x < canvas->width; x++)
            canvas_cell(canvas, top + 1 + i, x)->selected = false;
        document_render(question, (size_t)i, canvas, top + 1 + i);
    }
    for (int x = 0; x < canvas->width; x++)
        canvas_cell(canvas, top, x)->selected = false;
}

static void render_too_small(const struct app *app, struct canvas *canvas)
{
    char text[64];
    int length = snprintf(text, sizeof text, "terminal too small (%dx%d): q quits",
                          app->width, app->height);
    canvas_label(canvas, 0, 0, canvas->width,
                 length <= canvas->width ? text : "too small, q quits", ROLE_ALERT);
}

void app_render(const struct app *app, struct canvas *canvas)
{
    struct layout layout;
    const struct view *view = view_get(app_view(app));
    app_layout(app, &layout);
    canvas_clear(canvas);
    if (layout.too_small) {
        render_too_small(app, canvas);
        return;
    }
    render_case(app, canvas);
    render_counts(app, canvas);
    if (layout.loading >= 0)
        render_loading(app, canvas, layout.loading);
    if (layout.filter >= 0)
        render_filter(app, canvas, layout.filter);
    if (layout.title >= 0)
        view->title(app, canvas, layout.title);
    if (layout.header >= 0)
        view_header(app, view, canvas, layout.header);
    view_render(app, view, canvas, &layout);
    if (app->finding.length)
        for (int i = 0; i < layout.body_height; i++)
            canvas_mark(canvas, layout.body + i, 0, canvas->width, find_text(app));
    if (layout.histogram >= 0)
        render_histogram(app, canvas, layout.histogram);
    if (app->prompt.kind) {
        render_question(app, canvas, layout.footer - 1);
        prompt_render(&app->prompt, canvas, layout.footer - 1);
    } else {
        render_footer(app, canvas, layout.footer);
    }
}
