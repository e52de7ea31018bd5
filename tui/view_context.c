/* What happened around an operation, an actor or a mirror: events of the same actor,
 * credential, address, session issuer or resource, out of all events. */
#include "config.h"

#include <stdio.h>

#include "core/actor.h"
#include "core/timestamp.h"
#include "tui/view.h"

enum { TIME, OPERATION, TIES, WHY, OUTCOME, ACTOR, ADDRESS, PLACE, COLUMN_COUNT };

static const struct column columns[COLUMN_COUNT] = {
    [TIME] = {"TIME", 14, 19, 0, 0, CELL_TIME},
    [OPERATION] = {"OPERATION", 20, 44, 20, 0, CELL_TEXT},
    [TIES] = {"SAME", 5, 5, 0, 1, CELL_TEXT},
    [WHY] = {"WHY IT TELLS", 20, 60, 20, 2, CELL_TEXT},
    [OUTCOME] = {"OUTCOME", 8, 8, 0, 4, CELL_TEXT},
    [ACTOR] = {"ACTOR", 16, 40, 10, 5, CELL_TEXT},
    [ADDRESS] = {"ADDRESS", 15, 39, 1, 6, CELL_TEXT},
    [PLACE] = {"ACCOUNT", 14, 36, 4, 7, CELL_TEXT},
};

/* How far it looks, before and after. */
static const struct {
    int64_t us;
    const char *words;
} margins[] = {
    {INT64_C(300000000), "5 min"}, {INT64_C(1800000000), "30 min"},
    {INT64_C(3600000000), "1 h"},  {INT64_C(21600000000), "6 h"},
    {INT64_C(86400000000), "1 d"}, {INT64_C(604800000000), "7 d"},
};
enum { MARGINS = sizeof margins / sizeof margins[0], MARGIN_AT_FIRST = 2 };

static void open_around(struct app *app, const struct event *event,
                        struct context_span span)
{
    app->context_of = (struct event){.time_us = event->time_us};
    app->context_of.text[FIELD_OPERATION] =
        arena_copy(&app->context_arena, event->text[FIELD_OPERATION]);
    for (int i = 0; i < CONTEXT_TIE_COUNT; i++) {
        enum event_field field = context_ties[i].of;
        app->context_of.text[field] =
            arena_copy(&app->context_arena, event->text[field]);
    }
    app->context_span = span;
    app->context_margin = MARGIN_AT_FIRST;
    app->context_telling = false;
    rows_open(app, REQUEST_CONTEXT, VIEW_CONTEXT);
}

void context_open(struct app *app, const struct event *event)
{
    const struct context_span span = {event->time_us, event->time_us};
    arena_reset(&app->context_arena);
    app->context_mirror = SLICE_NONE;
    open_around(app, event, span);
}

void context_open_actor(struct app *app, const struct group_row *group)
{
    const struct context_span span = {group->first_us, group->last_us};
    struct event event = {.time_us = group->first_us};
    if (slice_blank(group->actor)) {
        app_notice(app, "without an actor there is nothing to look for");
        return;
    }
    event.text[FIELD_ACTOR] = group->actor;
    event.text[FIELD_OPERATION] = actor_short(group->actor);
    arena_reset(&app->context_arena);
    app->context_mirror = SLICE_NONE;
    open_around(app, &event, span);
}

void context_open_mirror(struct app *app, const struct mirror_row *row)
{
    const struct mirror *mirror = &row->mirror;
    bool ended = mirror->until_us != EVENT_TIME_NONE;
    const struct context_span span = {mirror->since_us,
                                      ended ? mirror->until_us : row->as_of_us};
    struct event event = {.time_us = mirror->since_us};
    event.text[FIELD_ACTOR] = mirror->opened_by;
    event.text[FIELD_OPERATION] = mirror->id;
    arena_reset(&app->context_arena);
    app->context_mirror = arena_copy(&app->context_arena, mirror->id);
    app->context_segment = mirror->segment;
    open_around(app, &event, span);
}

static void ask(const struct app *app, struct request *request)
{
    struct context_scope scope = context_scope_of(&app->context_of, app->context_span,
                                                  margins[app->context_margin].us);
    request->mirror_id = arena_copy(&request->arena, app->context_mirror);
    request->mirror_segment = app->context_segment;
    for (int i = 0; i < CONTEXT_TIE_COUNT; i++)
        scope.ties[i] = arena_copy(&request->arena, scope.ties[i]);
    scope.telling_only = app->context_telling;
    request->context = scope;
}

static void look(struct app *app, size_t margin)
{
    if (margin >= MARGINS) {
        app_notice(app, "this is as far as it looks");
        return;
    }
    app->context_margin = margin;
    app->waits[REQUEST_CONTEXT].pending = false;
    rows_restart(&app->context);
}

static void open_event(struct app *app)
{
    ptrdiff_t index = rows_index(&app->context, app->context.list.cursor);
    if (index >= 0)
        event_open(app, app->context.result->context.rows[index].at.rowid);
}

static bool act(struct app *app, enum action_id action, struct effects *effects)
{
    (void)effects;
    switch (action) {
    case ACTION_OPEN:
        open_event(app);
        return true;
    case ACTION_WIDER:
        look(app, app->context_margin + 1);
        return true;
    case ACTION_NARROWER:
        look(app, app->context_margin ? app->context_margin - 1 : MARGINS);
        return true;
    case ACTION_TELLING:
        app->context_telling = !app->context_telling;
        app_notice(app, app->context_telling ? "only what tells is shown"
                                             : "all events around it are shown");
        look(app, app->context_margin);
        return true;
    default:
        return false;
    }
}

/* When it was comes last: a mirror's span is the first to be cut on a small screen. */
static void title(const struct app *app, struct canvas *canvas, int row)
{
    const struct context_span *span = &app->context_span;
    char from[TIMESTAMP_TEXT_MAX], end[TIMESTAMP_TEXT_MAX];
    char a[NUMBER_MAX], b[NUMBER_MAX];
    const char *time = format_time(app, span->from_us, from), *until = "";
    if (span->until_us != span->from_us)
        until = format_time(app, span->until_us, end);
    int column = 1 + canvas_label(canvas, row, 1, canvas->width, "Around ", ROLE_TITLE);
    column += canvas_text(canvas, row, column, canvas->width / 3,
                          app->context_of.text[FIELD_OPERATION], ROLE_TITLE);
    column += canvas_printf(canvas, row, column, sub_sat(canvas->width, column),
                            ROLE_TITLE, " +-%s", margins[app->context_margin].words);
    if (app->context.result) {
        const struct context_list *found = &app->context.result->context;
        column += canvas_printf(canvas, row, column, sub_sat(canvas->width, column),
                                ROLE_TEXT, ": %s events, %s telling",
                                format_number(found->found, a),
                                format_number(found->telling, b));
    }
    canvas_printf(canvas, row, column, sub_sat(canvas->width, column), ROLE_DIM,
                  "  %s%s%s", time[0] ? time : "(no time)", until[0] ? " - " : "",
                  until);
}

/* "ac..r": a letter for each tie, a dot for none; those by one field share a place. */
static void ties_at(const struct row_pen *pen, unsigned ties)
{
    char text[CONTEXT_TIE_COUNT + 1];
    size_t length = 0;
    for (int i = 0; i < CONTEXT_TIE_COUNT; i++) {
        if (!i || context_ties[i].field != context_ties[i - 1].field)
            text[length++] = '.';
        if (ties & 1u << i)
            text[length - 1] = context_ties[i].letter;
    }
    row_text(pen, TIES, (struct slice){text, length}, ROLE_DIM);
}

static void render_row(const struct app *app, size_t index, const struct row_pen *pen,
                       bool selected)
{
    const struct context_row *found = &app->context.result->context.rows[index];
    const struct slice *text = found->at.event.text;
    bool attempt = outcome_is_attempt(found->at.event.outcome);
    draw_marks(pen->canvas, pen->row, selected,
               found->at.hit    ? '!'
               : found->telling ? '*'
                                : ' ',
               ROLE_ALERT);
    row_time(pen, TIME, found->at.event.time_us);
    row_operation(pen, OPERATION, &found->at.event,
                  found->telling || found->at.hit ? ROLE_ALERT : ROLE_TEXT);
    ties_at(pen, found->ties);
    row_text(pen, WHY,
             slice_from(found->at.hit    ? "mirroring"
                        : found->telling ? found->telling
                                         : ""),
             ROLE_TEXT);
    row_text(pen, OUTCOME, slice_from(outcome_name(found->at.event.outcome)),
             attempt ? ROLE_ATTEMPT : ROLE_TEXT);
    row_text(pen, ACTOR, actor_short(text[FIELD_ACTOR]), ROLE_TEXT);
    row_address(pen, ADDRESS, &found->at.event);
    row_text(pen, PLACE, text[FIELD_ACCOUNT], ROLE_TEXT);
}

static int add_words(struct canvas *canvas, int row, int column, const char *label,
                     struct slice text, enum role role)
{
    if (slice_blank(text))
        return column;
    column += canvas_label(canvas, row, column, sub_sat(canvas->width, column), label,
                           ROLE_DIM);
    return column + canvas_text(canvas, row, column, sub_sat(canvas->width, column + 1),
                                text, role);
}

static void render_details(const struct app *app, size_t index, struct canvas *canvas,
                           int row, int lines)
{
    const struct context_row *found = &app->context.result->context.rows[index];
    const struct slice *text = found->at.event.text;
    int column = 1;
    if (found->telling)
        column =
            add_words(canvas, row, column, "", slice_from(found->telling), ROLE_ALERT) +
            2;
    const char *separator = "same ";
    (void)lines;
    for (int i = 0; i < CONTEXT_TIE_COUNT; i++) {
        if (!(found->ties & 1u << i))
            continue;
        column = add_words(canvas, row, column, separator,
                           slice_from(context_ties[i].words), ROLE_TEXT);
        separator = ", ";
    }
    column = add_words(canvas, row, column, ": ", text[FIELD_ACTOR], ROLE_DIM);
    column = add_words(canvas, row, column, " with ", text[FIELD_CREDENTIAL], ROLE_DIM);
    column = add_words(canvas, row, column, " on ", text[FIELD_RESOURCE], ROLE_DIM);
    add_words(canvas, row, column, " error ", text[FIELD_ERROR_CODE], ROLE_DIM);
}

static void render_empty(const struct app *app, struct canvas *canvas, int row)
{
    const struct context_span *span = &app->context_span;
    struct slice actor = app->context_of.text[FIELD_ACTOR];
    if (span->from_us != EVENT_TIME_NONE || span->until_us != EVENT_TIME_NONE) {
        canvas_label(canvas, row, ROW_MARKS, canvas->width,
                     "Nothing within this time: + looks further", ROLE_DIM);
        return;
    }
    canvas_label(canvas, row, ROW_MARKS, canvas->width,
                 "It has no time, so nothing is before or after it.", ROLE_DIM);
    add_words(canvas, row + 1, ROW_MARKS,
              "E, then & actor: lists all that was done by ", actor, ROLE_TEXT);
}

static const struct list_view rows = {
    .kind = REQUEST_CONTEXT,
    .columns = columns,
    .column_count = COLUMN_COUNT,
    .row = render_row,
    .ask = ask,
    .render_empty = render_empty,
    .details = 1,
    .render_details = render_details,
};

const struct view view_context = {
    .rows = &rows,
    .act = act,
    .title = title,
};
