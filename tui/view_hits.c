/* The operations of one group. */
#include "config.h"

#include "core/actor.h"
#include "core/escape.h"
#include "core/timestamp.h"
#include "tui/view.h"

enum { TIME, LIFECYCLE, OPERATION, TARGET, OUTCOME, ADDRESS, APPROVAL, COLUMN_COUNT };

static const struct column columns[COLUMN_COUNT] = {
    [TIME] = {"TIME", 14, 19, 0, 0, CELL_TIME},
    [LIFECYCLE] = {"LIFE", 7, 7, 0, 2, CELL_TEXT},
    [OPERATION] = {"OPERATION", 16, 44, 20, 0, CELL_TEXT},
    [TARGET] = {"MIRRORED -> DESTINATION", 24, 120, 20, 5, CELL_TEXT},
    [OUTCOME] = {"OUTCOME", 8, 8, 0, 1, CELL_TEXT},
    [ADDRESS] = {"ADDRESS", 15, 39, 1, 3, CELL_TEXT},
    [APPROVAL] = {"APPROVAL", 12, 24, 1, 4, CELL_TEXT},
};

static const int sort_columns[OPERATION_SORT_COUNT] = {
    [OPERATION_BY_TIME] = TIME,           [OPERATION_BY_NAME] = OPERATION,
    [OPERATION_BY_LIFECYCLE] = LIFECYCLE, [OPERATION_BY_OUTCOME] = OUTCOME,
    [OPERATION_BY_ADDRESS] = ADDRESS,
};

static void ask(const struct app *app, struct request *request)
{
    const struct rows *shown = &app->hits;
    struct arena arena;
    arena_init(&arena);
    struct request_scope scope = app_scope(app, true, &arena);
    request_set_scope(request, &scope);
    arena_fini(&arena);
    ptrdiff_t index = rows_index(shown, shown->list.cursor);
    if (index >= 0 && shown->follow) {
        request->anchored = true;
        request->anchor =
            arena_copy(&request->arena, shown->result->hits.rows[index].id);
    }
}

static const struct hit_row *current(const struct app *app)
{
    ptrdiff_t index = rows_index(&app->hits, app->hits.list.cursor);
    return index < 0 ? NULL : &app->hits.result->hits.rows[index];
}

static void copy(struct app *app, struct effects *effects)
{
    const struct hit_row *hit = current(app);
    if (!hit)
        return;
    const struct slice *text = hit->operation.event.text;
    char time[TIMESTAMP_TEXT_MAX];
    struct arena arena;
    timestamp_format(hit->operation.event.time_us, time);
    arena_init(&arena);
    const struct slice parts[] = {
        slice_from(time),
        SLICE(" "),
        escape_text(&arena, text[FIELD_OPERATION]),
        SLICE(" "),
        slice_from(outcome_name(hit->operation.event.outcome)),
        SLICE(" by "),
        escape_text(&arena, text[FIELD_ACTOR]),
        SLICE(" from "),
        escape_text(&arena, text[FIELD_SOURCE_IP]),
        SLICE(": "),
        escape_text(&arena, text[FIELD_MIRRORED]),
        SLICE(" -> "),
        escape_text(&arena, text[FIELD_DESTINATION]),
        SLICE(" ("),
        escape_text(&arena, text[FIELD_EVENT_ID]),
        SLICE(")"),
    };
    app_copy(app, effects, arena_join(&arena, parts, sizeof parts / sizeof parts[0]),
             "the operation");
    arena_fini(&arena);
}

static bool act(struct app *app, enum action_id action, struct effects *effects)
{
    switch (action) {
    case ACTION_OPEN:
        if (current(app))
            hit_open(app, current(app)->id);
        return true;
    case ACTION_CONTEXT:
        if (current(app))
            context_open(app, &current(app)->operation.event);
        return true;
    case ACTION_COPY:
        copy(app, effects);
        return true;
    default:
        return false;
    }
}

static void title(const struct app *app, struct canvas *canvas, int row)
{
    struct slice actor = {app->group_actor, app->group_actor_length};
    int column = 1;
    if (slice_blank(actor))
        column +=
            canvas_label(canvas, row, column, canvas->width, "(no actor)", ROLE_TITLE);
    else
        column += canvas_text(canvas, row, column, canvas->width * 2 / 3,
                              actor_short(actor), ROLE_TITLE);
    column += 2 + canvas_label(canvas, row, column + 2, canvas->width,
                               provider_name(app->group_provider), ROLE_TEXT);
    if (actor_short(actor).length != actor.length)
        canvas_text(canvas, row, column + 2, sub_sat(canvas->width, column + 3), actor,
                    ROLE_DIM);
}

static void target_at(const struct row_pen *pen, const struct slice *text)
{
    struct slice from = text[FIELD_MIRRORED], to = text[FIELD_DESTINATION];
    if (slice_blank(from) && slice_blank(to)) {
        row_text(pen, TARGET,
                 slice_blank(text[FIELD_MIRROR]) ? text[FIELD_RESOURCE]
                                                 : text[FIELD_MIRROR],
                 ROLE_DIM);
        return;
    }
    row_ends(pen, TARGET, from, to);
}

static void approval_at(const struct row_pen *pen, const struct hit_row *hit)
{
    if (hit_is_overstayed(hit))
        row_text(pen, APPROVAL, hit->approval_state, ROLE_ALERT);
    else if (hit->approval)
        row_text(pen, APPROVAL,
                 slice_blank(hit->approval_ticket) ? hit->approval_state
                                                   : hit->approval_ticket,
                 ROLE_APPROVED);
    else if (!slice_blank(hit->near_miss))
        row_text(pen, APPROVAL, SLICE("near miss"), ROLE_TEXT);
}

static void render_row(const struct app *app, size_t index, const struct row_pen *pen,
                       bool selected)
{
    const struct hit_row *hit = &app->hits.result->hits.rows[index];
    const struct event *event = &hit->operation.event;
    enum role role;
    char mark = hit_mark(hit, &role);
    draw_marks(pen->canvas, pen->row, selected, mark, role);
    row_time(pen, TIME, event->time_us);
    row_text(pen, LIFECYCLE, slice_from(lifecycle_word(hit->operation.lifecycle)),
             ROLE_TEXT);
    row_operation(pen, OPERATION, event, ROLE_TEXT);
    target_at(pen, event->text);
    row_text(pen, OUTCOME, slice_from(outcome_name(event->outcome)),
             outcome_is_attempt(event->outcome) ? ROLE_ATTEMPT : ROLE_TEXT);
    row_address(pen, ADDRESS, event);
    approval_at(pen, hit);
}

static const struct list_view rows = {
    .kind = REQUEST_HITS,
    .columns = columns,
    .column_count = COLUMN_COUNT,
    .row = render_row,
    .sort_columns = sort_columns,
    .sorting = offsetof(struct app, hit_sorting),
    .ask = ask,
    .empty = "Nothing here fits what is shown: & filter, 1 2 3, v",
};

const struct view view_hits = {
    .rows = &rows,
    .act = act,
    .title = title,
};
