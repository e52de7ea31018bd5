/*
 * view.h - what every screen of the dashboard offers to app.c, and what app.c offers
 * to the screens.  One record of functions for each view.
 */
#ifndef TUI_VIEW_H
#define TUI_VIEW_H

#include "tui/app.h"
#include "tui/columns.h"
#include "tui/mirror_text.h"

/* Rows of the screen given to each part; -1: not shown. */
struct layout {
    bool too_small;
    int loading, filter, title, header;
    int body, body_height;
    int histogram, footer;
};

/* The columns of one row. */
struct row_pen {
    struct canvas *canvas;
    int row;
    const struct column_place *places;
};

/*
 * A screen that is one list of rows: what it shows, as data.  Asking for windows of
 * it, its header, its pages and what is said where it is empty are the same for all
 * (list_view.c).  An index is a row's place in the window that the app keeps.
 */
enum { COLUMNS_MAX = 16 };
struct list_view {
    enum request_kind kind; /* whose rows: rows.c */
    const struct column *columns;
    int column_count; /* at most COLUMNS_MAX */
    void (*row)(const struct app *app, size_t index, const struct row_pen *pen,
                bool selected);
    /* The column that each order is shown on, -1: none; NULL: there is one order. */
    const int *sort_columns;
    size_t sorting; /* offset of its struct sorting in struct app */
    /* Completes a request for rows; NULL: it needs nothing more. */
    void (*ask)(const struct app *app, struct request *request);
    /* Why there is no row: words, or what writes them. */
    const char *empty;
    void (*render_empty)(const struct app *app, struct canvas *canvas, int row);
    /* Lines below the list that tell of the row under the cursor; a small screen
     * gives it fewer, from 1 on. */
    int details;
    void (*render_details)(const struct app *app, size_t index, struct canvas *canvas,
                           int row, int lines);
};

/* One screen. With `rows`, it has no `list`, `resize`, `header` and `render`. */
struct view {
    const struct list_view *rows;
    /* What moves with j and k. */
    struct list *(*list)(struct app *app);
    /* Asks for what it needs and does not have; NULL: for its rows, or nothing. */
    void (*want)(struct app *app, struct effects *effects);
    /* An action of its own; false: none of its. NULL: it has none. */
    bool (*act)(struct app *app, enum action_id action, struct effects *effects);
    /* The geometry is new: page sizes, wrapped text. */
    void (*resize)(struct app *app, const struct layout *layout);
    /* Line above the column header, NULL: none. */
    void (*title)(const struct app *app, struct canvas *canvas, int row);
    void (*header)(const struct app *app, struct canvas *canvas, int row);
    void (*render)(const struct app *app, struct canvas *canvas,
                   const struct layout *layout);
};

/* Asks the case where such a list holds the text. */
struct request *view_find(const struct app *app, const struct list_view *view,
                          struct slice needle);
/* Positions of the rows at hand that show it, the whole of what their columns can. */
size_t view_find_shown(const struct app *app, const struct list_view *view,
                       struct slice needle, size_t *positions, size_t limit);
struct list *view_list(struct app *app, const struct view *view);
void view_want(struct app *app, const struct view *view, struct effects *effects);
void view_resize(struct app *app, const struct view *view, const struct layout *layout);
void view_header(const struct app *app, const struct view *view, struct canvas *canvas,
                 int row);
void view_render(const struct app *app, const struct view *view, struct canvas *canvas,
                 const struct layout *layout);

extern const struct view view_groups, view_hits, view_hit, view_approvals, view_sources,
    view_rejects, view_timeline, view_mirrors, view_mirror, view_context, view_coverage,
    view_tally, view_events, view_event, view_search, view_help;

const struct view *view_get(enum view_id id);
enum view_id app_view(const struct app *app);
void app_push(struct app *app, enum view_id view);
void app_layout(const struct app *app, struct layout *out);

/* --- the parts of app_update (act.c, take.c) ----------------------------------- */

void app_key(struct app *app, uint32_t key, struct effects *effects);
void app_take(struct app *app, struct result *result, struct effects *effects);
void app_quit(struct app *app, struct effects *effects);
/* Whether any request is not answered yet. */
bool app_waiting(const struct app *app);

/* What could not be read of a source. */
void rejects_open(struct app *app, int64_t source);
void hit_open(struct app *app, struct slice operation_id);
void mirror_open(struct app *app, const struct mirror *mirror);
/* Any event, by its rowid; and those of a span (INT64_MIN, INT64_MAX: all). */
void event_open(struct app *app, int64_t rowid);
/* What every list of events does with the row under the cursor, which may be NULL. */
bool event_row_act(struct app *app, const struct event_row *row, enum action_id action);
/* Searches all raw records for a text. */
void search_open(struct app *app, struct slice text);
void events_open(struct app *app, int64_t from_us, int64_t until_us);
/* Opens VIEW_CONTEXT around an event, all that an actor did, or a mirror from its
 * beginning to its end; texts are copied. */
void context_open(struct app *app, const struct event *event);
void context_open_actor(struct app *app, const struct group_row *group);
void context_open_mirror(struct app *app, const struct mirror_row *row);

/* --- asking ------------------------------------------------------------------ */

/* Sends it; older requests of the kind are forgotten. NULL is ignored. */
void app_ask(struct app *app, struct effects *effects, struct request *request);
void app_effect(struct effects *effects, struct effect effect);
/* The filter alone, as the user wrote it: of all events, and of mirrors. */
struct request_scope app_filter(const struct app *app);
/* Filter, hidden lifecycles and approvals; with the group of VIEW_HITS. The filter
 * text lives in *arena. */
struct request_scope app_scope(const struct app *app, bool one_group,
                               struct arena *arena);
/* Everything shown is to be read again: the case changed (rows keep their places)
 * or what is asked for did (lists start at the top). */
void app_data_changed(struct app *app);
void app_scope_changed(struct app *app);
/* Narrows the filter by another term; false where it has no room. */
bool app_filter_add(struct app *app, struct slice term);
/* A sentence in place of the footer. */
void app_notice(struct app *app, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void app_error(struct app *app, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Copies text to the clipboard; `what` for the notice. */
void app_copy(struct app *app, struct effects *effects, struct slice text,
              const char *what);

/* --- windows of rows (rows.c has the table of lists) --------------------------- */

/* The list that answers of this kind fill, NULL: none. */
struct rows *app_rows(struct app *app, enum request_kind kind);
void app_each_rows(struct app *app, void (*apply)(struct rows *rows));
/* A request for what the list of this kind lacks, with its offset and limit; NULL:
 * nothing is to be asked. */
struct request *rows_request(struct app *app, enum request_kind kind);
/* Takes the result over; the cursor follows its row. */
void rows_take(struct rows *rows, struct result *result);
/* To be read again: from the top, or where it is. */
void rows_restart(struct rows *rows);
void rows_refresh(struct rows *rows);
void rows_forget(struct rows *rows);
/* Opens a view on a list that is read anew. */
void rows_open(struct app *app, enum request_kind kind, enum view_id view);
/* Index into the window of a position, or -1. */
ptrdiff_t rows_index(const struct rows *rows, uint64_t position);

/* --- searching (find.c) ------------------------------------------------------- */

void find_start(struct app *app, struct slice text, struct effects *effects);
void find_step(struct app *app, int direction, struct effects *effects);
void find_take(struct app *app, struct result *result);
void find_forget(struct app *app);
struct slice find_text(const struct app *app);

/* --- approving (decide.c) ----------------------------------------------------- */

/* The case is open read-only, and that was said. */
bool decide_refused(struct app *app);
void decide_approve(struct app *app, struct effects *effects);
void decide_toggle(struct app *app, struct effects *effects);
void decide_undo(struct app *app, struct effects *effects);
void decide_answer(struct app *app, struct effects *effects);
void decide_cancel(struct app *app);
void decide_take(struct app *app, struct result *result);
void decide_resize(struct app *app);

/* --- relocating (relocate.c) -------------------------------------------------- */

/* Asks where the source that was at `path` is by now. */
void relocate_ask(struct app *app, struct slice path);
void relocate_answer(struct app *app, struct effects *effects);
void relocate_take(struct app *app, const struct result *result);

/* --- drawing (draw.c) --------------------------------------------------------- */

/* Whether the events of the case are of several years: then times tell theirs. */
bool app_has_years(const struct app *app);
/* "2026-03-14 02:11:09", without the year where the case has but one; "" for none. */
const char *format_time(const struct app *app, int64_t time_us,
                        char out[TIMESTAMP_TEXT_MAX]);
/* Where columns stand, behind the marks. */
void draw_places(const struct app *app, const struct canvas *canvas,
                 const struct column *columns, int count, struct column_place *out);
/* Titles of columns; sorted: the one that shows the order, -1: none. */
void draw_header(const struct app *app, struct canvas *canvas, int row,
                 const struct column *columns, int count, int sorted, bool descending);
/* "9,998,120" */
enum { NUMBER_MAX = 32 };
const char *format_number(uint64_t value, char out[NUMBER_MAX]);
/* "2026-03-10 - 03-15"; blank where unknown. */
void format_span(int64_t first_us, int64_t last_us, char *out, size_t size);
/* Cursor mark and row state, common to all lists; returns the first free column. */
enum { ROW_MARKS = 4 };
void draw_marks(struct canvas *canvas, int row, bool selected, char mark,
                enum role role);
/* The row is not known yet. */
void draw_placeholder(const struct app *app, struct canvas *canvas, int row,
                      bool selected);
/* Lines for what is told of one row: as many as it has, while the list keeps some. */
int draw_details(const struct layout *layout, int lines);
/* A document that scrolls by lines; in raw records, what `of` is about stands out. */
void document_scroll(const struct document *document, struct list *list, int height);
void draw_document(const struct document *document, const struct list *list,
                   const struct event *of, struct canvas *canvas,
                   const struct layout *layout);
void row_text(const struct row_pen *pen, int column, struct slice text, enum role role);
/* For names whose end tells them apart, paths and methods: a long one loses its start,
 * at a `.` or `/` where there is one. */
void row_tail(const struct row_pen *pen, int column, struct slice text, enum role role);
/* Methods (v1.compute.packetMirrorings.insert) end in what matters; commands and AWS's
 * names begin with it. */
void row_operation(const struct row_pen *pen, int column, const struct event *event,
                   enum role role);
/* Where it came from: an address, or what the log has in its place. */
void row_address(const struct row_pen *pen, int column, const struct event *event);
/* "from -> to", `?` for an end that is not known. */
void row_ends(const struct row_pen *pen, int column, struct slice from,
              struct slice to);
void row_right(const struct row_pen *pen, int column, const char *text, enum role role);
/* "2026-03-14 02:11:09", without the year where a case has but one. */
void row_time(const struct row_pen *pen, int column, int64_t time_us);
/* A row of any events, and its columns. */
enum { EVENT_COLUMNS = 7 };
extern const struct column event_columns[EVENT_COLUMNS];
void draw_event_row(const struct event_row *row, const struct row_pen *pen,
                    bool selected);
/* As many cells of the column as value is of most. */
void draw_bar(const struct row_pen *pen, int column, uint64_t value, uint64_t most,
              bool hit);
void draw_mirror_line(const struct mirror_row *row, enum mirror_line line,
                      struct canvas *canvas, int at);
/* `!` open creation, `x` attempt, `a` approved, blank. */
char hit_mark(const struct hit_row *row, enum role *role);
const char *lifecycle_word(enum lifecycle lifecycle);

#endif
