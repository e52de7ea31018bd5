#include "config.h"

#include "tui/app.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "tui/key.h"
#include "tui/view.h"

static const struct view *const views[VIEW_COUNT] = {
    [VIEW_GROUPS] = &view_groups,   [VIEW_HITS] = &view_hits,
    [VIEW_HIT] = &view_hit,         [VIEW_APPROVALS] = &view_approvals,
    [VIEW_SOURCES] = &view_sources, [VIEW_HELP] = &view_help,
};

const struct view *view_get(enum view_id id)
{
    return views[id];
}

enum view_id app_view(const struct app *app)
{
    return app->stack[app->depth - 1];
}

void app_init(struct app *app, const struct app_options *options)
{
    *app = (struct app){
        .width = 80,
        .height = 24,
        .unicode = options->unicode,
        .read_only = options->read_only,
        .case_name = options->case_name,
        .analyst = options->analyst,
        .rules = options->rules,
        .depth = 1,
        .overview_stale = true,
        .group_sorting = {GROUP_BY_LAST, true},
        .hit_sorting = {OPERATION_BY_TIME, false},
    };
    document_init(&app->hit_document);
    document_init(&app->help_document);
    document_init(&app->question);
}

void app_fini(struct app *app)
{
    result_free(app->overview);
    result_free(app->hit);
    result_free(app->proposal);
    rows_forget(&app->groups);
    rows_forget(&app->hits);
    rows_forget(&app->approvals);
    rows_forget(&app->sources);
    find_forget(app);
    free(app->group_actor);
    document_fini(&app->hit_document);
    document_fini(&app->help_document);
    document_fini(&app->question);
}

/* --- effects and notices ------------------------------------------------------ */

void app_effect(struct effects *effects, struct effect effect)
{
    if (effects->count < EFFECTS_MAX) {
        effects->list[effects->count++] = effect;
        return;
    }
    request_free(effect.request);
    free(effect.text);
}

void app_ask(struct app *app, struct effects *effects, struct request *request)
{
    if (!request)
        return;
    struct wait *wait = &app->waits[request->kind];
    wait->generation = request->generation = ++app->generation;
    wait->pending = true;
    app_effect(effects, (struct effect){.kind = EFFECT_REQUEST, .request = request});
}

static void say(struct app *app, bool error, const char *format, va_list arguments)
{
    vsnprintf(app->notice, sizeof app->notice, format, arguments);
    app->notice_is_error = error;
}

void app_notice(struct app *app, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    say(app, false, format, arguments);
    va_end(arguments);
}

void app_error(struct app *app, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    say(app, true, format, arguments);
    va_end(arguments);
}

void app_copy(struct app *app, struct effects *effects, struct slice text,
              const char *what)
{
    char *copy = malloc(text.length + 1);
    if (!copy) {
        app_error(app, "no memory to copy");
        return;
    }
    if (text.length)
        memcpy(copy, text.data, text.length);
    copy[text.length] = '\0';
    app_notice(app, "copied %s", what);
    app_effect(effects, (struct effect){.kind = EFFECT_COPY, .text = copy});
}

/* --- what the lists show ------------------------------------------------------- */

struct request_scope app_scope(const struct app *app, bool one_group,
                               struct arena *arena)
{
    enum { CREATIONS = 1, MODIFICATIONS = 2, DELETIONS = 4 };
    unsigned hidden = app->hidden_lifecycles;
    struct slice parts[] = {
        {app->filter, app->filter_length},
        slice_from(hidden & CREATIONS ? " -lifecycle:creation" : ""),
        slice_from(hidden & MODIFICATIONS ? " -lifecycle:modification" : ""),
        /* An upsert may be either: hidden with both. */
        slice_from((hidden & 3) == 3 ? " -lifecycle:creation/modification" : ""),
        slice_from(hidden & DELETIONS ? " -lifecycle:deletion" : ""),
    };
    struct request_scope scope = {
        .filter = arena_join(arena, parts, sizeof parts / sizeof parts[0]),
        .last_event_us =
            app->overview ? app->overview->summary.last_us : EVENT_TIME_NONE,
        .hide_approved = app->hide_approved,
        .one_group = one_group,
    };
    if (one_group) {
        scope.actor = app->group_actor
                          ? arena_copy(arena, (struct slice){app->group_actor,
                                                             app->group_actor_length})
                          : SLICE_NONE;
        scope.provider = app->group_provider;
    }
    return scope;
}

void app_data_changed(struct app *app)
{
    rows_refresh(&app->groups);
    rows_refresh(&app->hits);
    rows_refresh(&app->approvals);
    rows_refresh(&app->sources);
    app->overview_stale = true;
    app->overview_failed = false;
    app->hit_stale = true;
    app->hit_failed = false;
    app->finding.stale = true;
}

void app_scope_changed(struct app *app)
{
    app->waits[REQUEST_GROUPS].pending = false;
    app->waits[REQUEST_HITS].pending = false;
    app->waits[REQUEST_OVERVIEW].pending = false;
    rows_restart(&app->groups);
    rows_restart(&app->hits);
    app->overview_stale = true;
    app->overview_failed = false;
    app->finding.stale = true;
}

void app_push(struct app *app, enum view_id view)
{
    if (app->depth == APP_DEPTH)
        return;
    app->stack[app->depth++] = view;
    app->overview_stale = true;
    find_forget(app);
}

static void pop(struct app *app)
{
    app->depth--;
    app->overview_stale = true;
    find_forget(app);
}

/* --- actions ------------------------------------------------------------------- */

static bool move_action(struct app *app, enum action_id action)
{
    struct layout layout;
    app_layout(app, &layout);
    struct list *list = view_get(app_view(app))->list(app);
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

static void quit(struct app *app, struct effects *effects)
{
    app->quitting = true;
    app_effect(effects, (struct effect){.kind = EFFECT_QUIT});
}

static void ask_to_quit(struct app *app, struct effects *effects)
{
    if (app->load.running)
        prompt_ask(&app->prompt, PROMPT_QUIT,
                   "Stop loading and quit? What is loaded stays in the case");
    else
        quit(app, effects);
}

static bool anything_pending(const struct app *app)
{
    for (int i = 0; i < REQUEST_KIND_COUNT; i++)
        if (app->waits[i].pending)
            return true;
    return false;
}

static void interrupt(struct app *app, struct effects *effects, bool again)
{
    if (again) {
        quit(app, effects);
    } else if (anything_pending(app)) {
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

static void sorted(struct app *app, const struct sorting *sorting)
{
    app_notice(app, "sorted by %s, %s first", sort_name(app_view(app), sorting->column),
               sorting->descending ? "highest" : "lowest");
    app_scope_changed(app);
}

static void list_action(struct app *app, enum action_id action)
{
    struct sorting *sorting =
        app_view(app) == VIEW_HITS ? &app->hit_sorting : &app->group_sorting;
    int columns =
        app_view(app) == VIEW_HITS ? (int)OPERATION_SORT_COUNT : (int)GROUP_SORT_COUNT;
    switch (action) {
    case ACTION_SORT:
        sorting->column = (sorting->column + 1) % columns;
        sorted(app, sorting);
        break;
    case ACTION_SORT_REVERSE:
        sorting->descending = !sorting->descending;
        sorted(app, sorting);
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

static void act(struct app *app, enum action_id action, struct effects *effects)
{
    if (move_action(app, action) || view_get(app_view(app))->act(app, action, effects))
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
    case ACTION_APPROVALS:
        app_push(app, VIEW_APPROVALS);
        break;
    case ACTION_SOURCES:
        app_push(app, VIEW_SOURCES);
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
    case PROMPT_FILTER:
        apply_filter(app);
        break;
    case PROMPT_QUIT:
        prompt_close(&app->prompt);
        quit(app, effects);
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
    if (action)
        act(app, action->id, effects);
    else
        app_notice(app, "no such key here, ? for help");
}

/* --- results -------------------------------------------------------------------- */

static struct rows *rows_of(struct app *app, enum request_kind kind)
{
    switch (kind) {
    case REQUEST_GROUPS:
        return &app->groups;
    case REQUEST_HITS:
        return &app->hits;
    case REQUEST_APPROVALS:
        return &app->approvals;
    case REQUEST_SOURCES:
        return &app->sources;
    default:
        return NULL;
    }
}

static void take_failure(struct app *app, struct result *result)
{
    struct rows *rows = rows_of(app, result->kind);
    if (rows)
        rows->failed = true;
    if (result->kind == REQUEST_OVERVIEW)
        app->overview_failed = true;
    if (result->kind == REQUEST_HIT)
        app->hit_failed = true;
    if (result->error.code != ERROR_INTERRUPTED)
        app_error(app, "%s", result->error.message);
    result_free(result);
}

static void take_hit(struct app *app, struct result *result, struct effects *effects)
{
    result_free(app->hit);
    app->hit = result;
    app->hit_document.line_count = 0;
    if (app->read_only ||
        !slice_equal(result->hit.approval_state, SLICE("newly-covered")))
        return;
    struct request *request = request_new(REQUEST_MARK_SEEN);
    if (!request)
        return;
    request->operation_id = arena_copy(&request->arena, result->hit.id);
    app_ask(app, effects, request);
    rows_refresh(&app->hits);
}

static void take(struct app *app, struct result *result, struct effects *effects)
{
    struct wait *wait = &app->waits[result->kind];
    if (!wait->pending || wait->generation != result->generation) {
        result_free(result);
        return;
    }
    wait->pending = false;
    if (!anything_pending(app))
        app->late = false;
    if (result->failed) {
        take_failure(app, result);
        return;
    }
    switch (result->kind) {
    case REQUEST_OVERVIEW:
        result_free(app->overview);
        app->overview = result;
        break;
    case REQUEST_GROUPS:
    case REQUEST_HITS:
    case REQUEST_SOURCES:
        rows_take(rows_of(app, result->kind), result);
        break;
    case REQUEST_HIT:
        take_hit(app, result, effects);
        break;
    case REQUEST_FIND:
        find_take(app, result);
        break;
    default:
        decide_take(app, result);
    }
}

/* --- update --------------------------------------------------------------------- */

static void want_overview(struct app *app, struct effects *effects)
{
    enum view_id view = app_view(app);
    if (!app->overview_stale || app->overview_failed ||
        app->waits[REQUEST_OVERVIEW].pending)
        return;
    struct request *request = request_new(REQUEST_OVERVIEW);
    if (!request)
        return;
    struct arena arena;
    arena_init(&arena);
    struct request_scope scope = app_scope(app, view == VIEW_HITS, &arena);
    request_set_scope(request, &scope);
    arena_fini(&arena);
    request->limit = (size_t)sub_sat(app->width, 51) + 8;
    app->overview_stale = false;
    app_ask(app, effects, request);
}

/* After every message: geometry first, then what is missing for it. */
static void settle(struct app *app, struct effects *effects)
{
    struct layout layout;
    const struct view *view = view_get(app_view(app));
    app_layout(app, &layout);
    view->resize(app, &layout);
    if (app->quitting)
        return;
    want_overview(app, effects);
    view->want(app, effects);
}

static void resize(struct app *app, int width, int height)
{
    app->overview_stale |= width != app->width;
    app->width = width;
    app->height = height;
    app->help_document.line_count = app->hit_document.line_count = 0;
    decide_resize(app);
}

void app_update(struct app *app, const struct message *message, struct effects *effects)
{
    effects->count = 0;
    switch (message->kind) {
    case MESSAGE_START:
        break;
    case MESSAGE_KEY:
        if (app->prompt.kind)
            key_in_prompt(app, message->key, effects);
        else
            key_in_view(app, message->key, effects);
        break;
    case MESSAGE_RESIZE:
        resize(app, message->width, message->height);
        break;
    case MESSAGE_RESULT:
        take(app, message->result, effects);
        break;
    case MESSAGE_LOAD:
        app->load = message->load;
        break;
    case MESSAGE_CHANGED:
        app_data_changed(app);
        break;
    case MESSAGE_TICK:
        app->late = anything_pending(app);
        break;
    case MESSAGE_NOTICE:
        app_notice(app, "%s", message->notice);
        break;
    case MESSAGE_HANG_UP:
        quit(app, effects);
        break;
    }
    settle(app, effects);
}

bool app_wants_tick(const struct app *app)
{
    return !app->late && anything_pending(app);
}
