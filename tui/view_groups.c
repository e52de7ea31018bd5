/* Actors with what they did: the first screen. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/actor.h"
#include "core/escape.h"
#include "tui/view.h"

enum { ACTOR, WHERE, CREATE, MODIFY, DELETE, FIRST, LAST, STATE, COLUMN_COUNT };

static const struct column columns[COLUMN_COUNT] = {
    [ACTOR] = {"ACTOR", 13, 60, 3, 0, CELL_TEXT},
    [WHERE] = {"WHERE", 14, 44, 2, 3, CELL_TEXT},
    [CREATE] = {"CREATE", 6, 6, 0, 0, CELL_NUMBER},
    [MODIFY] = {"MODIFY", 6, 6, 0, 0, CELL_NUMBER},
    [DELETE] = {"DELETE", 6, 6, 0, 0, CELL_NUMBER},
    [FIRST] = {"FIRST SEEN", 14, 16, 0, 4, CELL_TIME},
    [LAST] = {"LAST SEEN", 14, 16, 0, 2, CELL_TIME},
    [STATE] = {"STATE", 9, 16, 1, 1, CELL_TEXT},
};

/* Which column the sort is shown on. */
static const int sort_columns[GROUP_SORT_COUNT] = {
    [GROUP_BY_URGENCY] = STATE, [GROUP_BY_LAST] = LAST, [GROUP_BY_FIRST] = FIRST,
    [GROUP_BY_ACTOR] = ACTOR,   [GROUP_BY_COUNT] = -1,  [GROUP_BY_OPEN] = -1,
};

static void ask(const struct app *app, struct request *request)
{
    const struct rows *shown = &app->groups;
    struct arena arena;
    arena_init(&arena);
    struct request_scope scope = app_scope(app, false, &arena);
    request_set_scope(request, &scope);
    arena_fini(&arena);
    ptrdiff_t index = rows_index(shown, shown->list.cursor);
    if (index >= 0 && shown->follow) {
        request->anchored = true;
        request->anchor =
            arena_copy(&request->arena, shown->result->groups.rows[index].actor);
        request->anchor_provider = shown->result->groups.rows[index].provider;
    }
}

static const struct group_row *current(const struct app *app)
{
    ptrdiff_t index = rows_index(&app->groups, app->groups.list.cursor);
    return index < 0 ? NULL : &app->groups.result->groups.rows[index];
}

static void open_group(struct app *app)
{
    const struct group_row *group = current(app);
    if (!group)
        return;
    char *actor = NULL;
    if (slice_present(group->actor)) {
        actor = malloc(group->actor.length + 1);
        if (!actor)
            return;
        memcpy(actor, group->actor.data, group->actor.length);
    }
    free(app->group_actor);
    app->group_actor = actor;
    app->group_actor_length = group->actor.length;
    app->group_provider = group->provider;
    rows_open(app, REQUEST_HITS, VIEW_HITS);
}

static bool act(struct app *app, enum action_id action, struct effects *effects)
{
    if (action == ACTION_OPEN) {
        open_group(app);
        return true;
    }
    if (action == ACTION_CONTEXT) {
        if (current(app))
            context_open_actor(app, current(app));
        return true;
    }
    if (action == ACTION_COPY) {
        const struct group_row *group = current(app);
        if (group) {
            struct arena arena;
            arena_init(&arena);
            app_copy(app, effects, escape_text(&arena, group->actor), "the actor");
            arena_fini(&arena);
        }
        return true;
    }
    return false;
}

static char mark_of(const struct group_row *group, enum role *role)
{
    if (group->standing == STANDING_LIVE_FOREIGN) {
        *role = ROLE_ALERT;
        return 'F';
    }
    *role = ROLE_TEXT;
    if (group->hits && group->approved == group->hits) {
        *role = ROLE_APPROVED;
        return 'a';
    }
    if (group->hits && group->attempts == group->hits) {
        *role = ROLE_ATTEMPT;
        return 'x';
    }
    uint64_t creations = group->lifecycle[LIFECYCLE_CREATION] +
                         group->lifecycle[LIFECYCLE_CREATION_MODIFICATION];
    if (group->open && (creations || group->standing)) {
        *role = ROLE_ALERT;
        return '!';
    }
    return ' ';
}

/* One role for the whole row: each change of looks costs a dozen bytes on the wire of
 * every cursor move. */
static void count_at(const struct row_pen *pen, int column, uint64_t value,
                     bool uncertain)
{
    char text[NUMBER_MAX];
    format_number(value, text);
    if (uncertain) {
        size_t length = strlen(text);
        text[length] = '?';
        text[length + 1] = '\0';
    }
    row_right(pen, column, value ? text : "-", ROLE_TEXT);
}

/* Both ends of an account number tell it apart: a long one loses its middle. */
static int account_at(const struct row_pen *pen, int start, int width,
                      struct slice account)
{
    enum { GAP = 2 };
    int wanted = (int)escape_width(slice_first(account, CANVAS_MAX_WIDTH));
    if (wanted <= width || width < 6)
        return canvas_text(pen->canvas, pen->row, start, width, account, ROLE_TEXT);
    size_t tail = (size_t)(width - GAP) / 2;
    size_t head = (size_t)(width - GAP) - tail;
    int used = canvas_text(pen->canvas, pen->row, start, (int)head,
                           slice_first(account, head), ROLE_TEXT);
    used += canvas_label(pen->canvas, pen->row, start + used, GAP, "..", ROLE_TEXT);
    used += canvas_text(pen->canvas, pen->row, start + used, width - used,
                        slice_skip(account, account.length - tail), ROLE_TEXT);
    return used;
}

static void where_at(const struct row_pen *pen, const struct group_row *group)
{
    int start = ROW_MARKS + pen->places[WHERE].start, width = pen->places[WHERE].width;
    char more[NUMBER_MAX + 2] = "";
    if (!width)
        return;
    int used = 1 + canvas_label(pen->canvas, pen->row, start, width,
                                provider_name(group->provider), ROLE_TEXT);
    if (group->accounts > 1)
        snprintf(more, sizeof more, " +%llu", (unsigned long long)group->accounts - 1);
    used += account_at(pen, start + used, sub_sat(width, used + (int)strlen(more)),
                       group->account);
    canvas_label(pen->canvas, pen->row, start + used, sub_sat(width, used), more,
                 ROLE_TEXT);
}

/* What is live comes first: a narrow column shows that alone. */
static void state_at(const struct row_pen *pen, const struct group_row *group)
{
    static const char *const standings[] = {
        [STANDING_NONE] = "",
        [STANDING_LIVE] = "LIVE ",
        [STANDING_LIVE_UNKNOWN] = "LIVE ? ",
        [STANDING_LIVE_FOREIGN] = "LIVE F ",
    };
    char text[NUMBER_MAX + 16], number[NUMBER_MAX];
    const char *standing = standings[group->standing];
    enum role role = ROLE_TEXT;
    if (group->approved == group->hits) {
        snprintf(text, sizeof text, "%sapproved", standing);
        role = ROLE_APPROVED;
    } else if (group->attempts == group->hits) {
        snprintf(text, sizeof text, "attempts");
        role = ROLE_ATTEMPT;
    } else {
        snprintf(text, sizeof text, "%s%s open", standing,
                 format_number(group->open, number));
    }
    bool fits = strlen(text) <= (size_t)pen->places[STATE].width;
    row_text(pen, STATE, slice_from(fits || !standing[0] ? text : standing), role);
}

static void render_row(const struct app *app, size_t index, const struct row_pen *pen,
                       bool selected)
{
    const struct group_row *group = &app->groups.result->groups.rows[index];
    (void)app;
    enum role role;
    char mark = mark_of(group, &role);
    draw_marks(pen->canvas, pen->row, selected, mark, role);
    if (slice_blank(group->actor))
        row_text(pen, ACTOR, SLICE("(no actor)"), ROLE_DIM);
    else
        row_text(pen, ACTOR, actor_short(group->actor), ROLE_TEXT);
    where_at(pen, group);
    uint64_t upserts = group->lifecycle[LIFECYCLE_CREATION_MODIFICATION];
    count_at(pen, CREATE, group->lifecycle[LIFECYCLE_CREATION] + upserts, upserts > 0);
    count_at(pen, MODIFY, group->lifecycle[LIFECYCLE_MODIFICATION], false);
    count_at(pen, DELETE, group->lifecycle[LIFECYCLE_DELETION], false);
    row_time(pen, FIRST, group->first_us);
    row_time(pen, LAST, group->last_us);
    state_at(pen, group);
}

/* "None" is never said without what was looked at. */
static void render_covered(const struct app *app, struct canvas *canvas, int row)
{
    char span[80], number[NUMBER_MAX];
    if (!app->overview || !app->overview->summary.events)
        return;
    const struct case_summary *summary = &app->overview->summary;
    format_span(summary->first_us, summary->last_us, span, sizeof span);
    canvas_printf(
        canvas, row, ROW_MARKS, canvas->width - ROW_MARKS, ROLE_DIM,
        "in %s events of %llu sources, %s; C shows accounts, regions and gaps",
        format_number(summary->events, number), (unsigned long long)summary->sources,
        span[0] ? span : "none with a time");
}

/* Lists of what is there and commits of unknown content show mirrors without a hit. */
static bool mirrors_listed(const struct app *app)
{
    uint64_t mirrors = 0;
    for (int i = 0; app->overview && i < MIRROR_STATE_COUNT; i++)
        mirrors += app->overview->mirror_counts.states[i];
    return mirrors > 0;
}

static void render_empty(const struct app *app, struct canvas *canvas, int row)
{
    const char *text = "No mirroring operation in these logs";
    if (app->load.running)
        text = "No mirroring operation so far";
    else if (app->filter_length || app->hidden_lifecycles || app->hide_approved)
        text = "Nothing fits the filter; & changes it, 1 2 3 v show what is hidden";
    else if (app->overview && app->overview->summary.events == 0)
        text = "The case is empty: mirrorscope load PATH... fills it";
    else if (mirrors_listed(app))
        text = "No mirroring operation in these logs; M shows mirrors without one";
    canvas_label(canvas, row, ROW_MARKS, canvas->width - ROW_MARKS, text, ROLE_DIM);
    render_covered(app, canvas, row + 1);
}

static const struct list_view rows = {
    .kind = REQUEST_GROUPS,
    .columns = columns,
    .column_count = COLUMN_COUNT,
    .row = render_row,
    .sort_columns = sort_columns,
    .sorting = offsetof(struct app, group_sorting),
    .ask = ask,
    .render_empty = render_empty,
};

const struct view view_groups = {
    .rows = &rows,
    .act = act,
};
