#include "config.h"

#include <stddef.h>

#include "tui/key.h"
#include "tui/view.h"

/* --- actions ------------------------------------------------------------------- */

static void pop(struct app *app)
{
    app->depth--;
    app->overview_stale = true;
    find_forget(app);
}

static bool move_action(struct app *app, enum action_id action)
{
    struct layout layout;
    app_layout(app, &layout);
    struct list *list = view_list(app, view_get(app_view(app)));
    int64_t page = layout.body_height > 1 ? layout.body_height - 1 : 1;
    bool moved;
    switch (action) {
    case ACTION_DOWN:
        moved = list_move(list, 1);
        break;
    case ACTION_UP:
        moved = list_move(list, -1);
        break;
    case ACTION_PAGE_DOWN:
        moved = list_move(list, page);
        break;
    case ACTION_PAGE_UP:
        moved = list_move(list, -page);
        break;
    case ACTION_HALF_DOWN:
        moved = list_move(list, (page + 1) / 2);
        break;
    case ACTION_HALF_UP:
        moved = list_move(list, -((page + 1) / 2));
        break;
    case ACTION_TOP:
        moved = list_go(list, 0);
        break;
    case ACTION_BOTTOM:
        moved = list_go(list, list->total ? list->total - 1 : 0);
        break;
    default:
        return false;
    }
    if (!moved && (action == ACTION_DOWN || action == ACTION_PAGE_DOWN))
        app_notice(app, "this is the end");
    else if (!moved && (action == ACTION_UP || action == ACTION_PAGE_UP))
        app_notice(app, "this is the beginning");
    return true;
}

static void ask_to_quit(struct app *app, struct effects *effects)
{
    if (app->load.running)
        prompt_ask(&app->prompt, PROMPT_QUIT,
                   "Stop loading and quit? What is loaded stays in the case");
    else
        app_quit(app, effects);
}

static void interrupt(struct app *app, struct effects *effects, bool again)
{
    if (again) {
        app_quit(app, effects);
    } else if (app_waiting(app)) {
        app_effect(effects, (struct effect){.kind = EFFECT_INTERRUPT});
        app_notice(app, "stopped; Ctrl-C again quits");
    } else {
        app_notice(app, "Ctrl-C again quits");
    }
}

static void open_help(struct app *app)
{
    app->help_of = app_view(app);
    app->help_list.cursor = app->help_list.top = 0;
    app->help_document.line_count = 0;
    app_push(app, VIEW_HELP);
}

static void toggle_lifecycle(struct app *app, unsigned bit)
{
    app->hidden_lifecycles ^= bit;
    app_scope_changed(app);
}

/* How a list may be sorted, in the order of its enum of db/query. */
struct sortable {
    size_t sorting; /* offset in struct app */
    int count;
    const char *const *names;
};

static const char *const group_sorts[GROUP_SORT_COUNT] = {
    [GROUP_BY_URGENCY] = "urgency",
    [GROUP_BY_LAST] = "last seen",
    [GROUP_BY_FIRST] = "first seen",
    [GROUP_BY_ACTOR] = "actor",
    [GROUP_BY_COUNT] = "number of operations",
    [GROUP_BY_OPEN] = "number to decide",
};
static const char *const operation_sorts[OPERATION_SORT_COUNT] = {
    [OPERATION_BY_TIME] = "time",           [OPERATION_BY_NAME] = "operation",
    [OPERATION_BY_LIFECYCLE] = "lifecycle", [OPERATION_BY_OUTCOME] = "outcome",
    [OPERATION_BY_ADDRESS] = "address",
};
static const char *const mirror_sorts[MIRROR_SORT_COUNT] = {
    [MIRROR_BY_URGENCY] = "urgency",           [MIRROR_BY_SINCE] = "since",
    [MIRROR_BY_ACTOR] = "who opened it",       [MIRROR_BY_DESTINATION] = "destination",
    [MIRROR_BY_ACCOUNT] = "account or device",
};

static const char *const tally_sorts[TALLY_SORT_COUNT] = {
#define X(identifier, words) words,
    TALLY_SORTS(X)
#undef X
};

static const struct sortable sortables[VIEW_COUNT] = {
    [VIEW_GROUPS] = {offsetof(struct app, group_sorting), GROUP_SORT_COUNT,
                     group_sorts},
    [VIEW_HITS] = {offsetof(struct app, hit_sorting), OPERATION_SORT_COUNT,
                   operation_sorts},
    [VIEW_MIRRORS] = {offsetof(struct app, mirror_sorting), MIRROR_SORT_COUNT,
                      mirror_sorts},
    [VIEW_TALLY] = {offsetof(struct app, tally_sorting), TALLY_SORT_COUNT, tally_sorts},
};

/* By the next column, or this one in the other direction. */
static void sort(struct app *app, bool reverse)
{
    const struct sortable *by = &sortables[app_view(app)];
    if (!by->count)
        return;
    struct sorting *sorting = (struct sorting *)((char *)app + by->sorting);
    if (reverse)
        sorting->descending = !sorting->descending;
    else
        sorting->column = (sorting->column + 1) % by->count;
    app_notice(app, "sorted by %s, %s first", by->names[sorting->column],
               sorting->descending ? "highest" : "lowest");
    app_scope_changed(app);
}

static void list_action(struct app *app, enum action_id action)
{
    switch (action) {
    case ACTION_SORT:
        sort(app, false);
        break;
    case ACTION_SORT_REVERSE:
        sort(app, true);
        break;
    case ACTION_CREATES:
        toggle_lifecycle(app, 1);
        break;
    case ACTION_MODIFIES:
        toggle_lifecycle(app, 2);
        break;
    case ACTION_DELETES:
        toggle_lifecycle(app, 4);
        break;
    case ACTION_SHOW_APPROVED:
        app->hide_approved = !app->hide_approved;
        app_notice(app, app->hide_approved ? "approved operations are hidden"
                                           : "approved operations are shown");
        app_scope_changed(app);
        break;
    default:
        break;
    }
}

static bool screen_action(struct app *app, enum action_id action)
{
    static const struct {
        enum action_id action;
        enum view_id view;
    } screens[] = {
        {ACTION_APPROVALS, VIEW_APPROVALS}, {ACTION_SOURCES, VIEW_SOURCES},
        {ACTION_MIRRORS, VIEW_MIRRORS},     {ACTION_TIMELINE, VIEW_TIMELINE},
        {ACTION_COVERAGE, VIEW_COVERAGE},   {ACTION_TALLY, VIEW_TALLY},
    };
    for (size_t i = 0; i < sizeof screens / sizeof screens[0]; i++) {
        if (screens[i].action == action) {
            app_push(app, screens[i].view);
            return true;
        }
    }
    return false;
}

static void act(struct app *app, enum action_id action, struct effects *effects)
{
    const struct view *view = view_get(app_view(app));
    if (move_action(app, action) || (view->act && view->act(app, action, effects)) ||
        screen_action(app, action))
        return;
    switch (action) {
    case ACTION_BACK:
        pop(app);
        break;
    case ACTION_QUIT:
        ask_to_quit(app, effects);
        break;
    case ACTION_CLEAR:
        find_forget(app);
        break;
    case ACTION_SEARCH:
        prompt_open(&app->prompt, PROMPT_SEARCH, "/", SLICE_NONE);
        break;
    case ACTION_SEARCH_RAW:
        prompt_open(&app->prompt, PROMPT_SEARCH_RAW,
                    "search all raw records: ", SLICE_NONE);
        break;
    case ACTION_FIND_NEXT:
        find_step(app, 1, effects);
        break;
    case ACTION_FIND_PREVIOUS:
        find_step(app, -1, effects);
        break;
    case ACTION_FILTER:
        prompt_open(&app->prompt, PROMPT_FILTER,
                    "filter: ", (struct slice){app->filter, app->filter_length});
        break;
    case ACTION_APPROVE:
        decide_approve(app, effects);
        break;
    case ACTION_TOGGLE:
        decide_toggle(app, effects);
        break;
    case ACTION_UNDO:
        decide_undo(app, effects);
        break;
    case ACTION_EVENTS:
        events_open(app, INT64_MIN, INT64_MAX);
        break;
    case ACTION_REFRESH:
        app_data_changed(app);
        break;
    case ACTION_HELP:
        open_help(app);
        break;
    case ACTION_REDRAW:
        app_effect(effects, (struct effect){.kind = EFFECT_REDRAW});
        break;
    case ACTION_SUSPEND:
        app_effect(effects, (struct effect){.kind = EFFECT_SUSPEND});
        break;
    default:
        list_action(app, action);
    }
}

/* --- keys ----------------------------------------------------------------------- */

static void apply_filter(struct app *app)
{
    struct slice text = slice_trim(prompt_text(&app->prompt));
    struct arena arena;
    struct filter filter;
    struct error error = {0};
    int64_t last = app->overview ? app->overview->summary.last_us : EVENT_TIME_NONE;
    arena_init(&arena);
    if (filter_parse(&filter, &arena, text, last, &error)) {
        prompt_fail(&app->prompt, error.message, error.column);
    } else {
        memcpy(app->filter, text.data, text.length);
        app->filter_length = text.length;
        prompt_close(&app->prompt);
        app_scope_changed(app);
    }
    arena_fini(&arena);
}

static void prompt_done(struct app *app, struct effects *effects)
{
    switch (app->prompt.kind) {
    case PROMPT_SEARCH: {
        struct slice text = prompt_text(&app->prompt);
        prompt_close(&app->prompt);
        if (slice_blank(text))
            find_step(app, 1, effects);
        else
            find_start(app, text, effects);
        break;
    }
    case PROMPT_SEARCH_RAW: {
        struct slice text = prompt_text(&app->prompt);
        prompt_close(&app->prompt);
        search_open(app, text);
        break;
    }
    case PROMPT_FILTER:
        apply_filter(app);
        break;
    case PROMPT_RELOCATE:
        relocate_answer(app, effects);
        break;
    case PROMPT_QUIT:
        prompt_close(&app->prompt);
        app_quit(app, effects);
        break;
    default:
        decide_answer(app, effects);
    }
}

static void key_in_prompt(struct app *app, uint32_t key, struct effects *effects)
{
    switch (prompt_key(&app->prompt, key)) {
    case PROMPT_DONE:
        prompt_done(app, effects);
        break;
    case PROMPT_CANCELLED:
        prompt_close(&app->prompt);
        decide_cancel(app);
        break;
    default:
        break;
    }
}

static void key_in_view(struct app *app, uint32_t key, struct effects *effects)
{
    struct layout layout;
    char name[KEY_NAME_MAX];
    app_layout(app, &layout);
    bool again = app->interrupted && key == KEY_CTRL('c');
    app->interrupted = key == KEY_CTRL('c');
    app->notice[0] = '\0';
    if (app->interrupted) {
        interrupt(app, effects, again);
        return;
    }
    if (layout.too_small && key == 'q') {
        ask_to_quit(app, effects);
        return;
    }
    const struct action *action = action_for_key(app_view(app), key);
    key_label(key, name);
    if (action)
        act(app, action->id, effects);
    else
        app_notice(app, "%s is no key of this screen; ? shows those that are", name);
}

void app_key(struct app *app, uint32_t key, struct effects *effects)
{
    if (app->prompt.kind)
        key_in_prompt(app, key, effects);
    else
        key_in_view(app, key, effects);
}
