#include "config.h"

#include "tui/app.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "tui/view.h"

static const struct view *const views[VIEW_COUNT] = {
    [VIEW_GROUPS] = &view_groups,     [VIEW_HITS] = &view_hits,
    [VIEW_HIT] = &view_hit,           [VIEW_APPROVALS] = &view_approvals,
    [VIEW_SOURCES] = &view_sources,   [VIEW_REJECTS] = &view_rejects,
    [VIEW_TIMELINE] = &view_timeline, [VIEW_MIRRORS] = &view_mirrors,
    [VIEW_MIRROR] = &view_mirror,     [VIEW_HELP] = &view_help,
    [VIEW_CONTEXT] = &view_context,   [VIEW_COVERAGE] = &view_coverage,
    [VIEW_TALLY] = &view_tally,       [VIEW_EVENTS] = &view_events,
    [VIEW_SEARCH] = &view_search,     [VIEW_EVENT] = &view_event,
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
        .group_sorting = {GROUP_BY_URGENCY, true},
        .hit_sorting = {OPERATION_BY_TIME, false},
        .tally_sorting = {TALLY_BY_EVENTS, true},
    };
    arena_init(&app->context_arena);
    document_init(&app->hit_document);
    document_init(&app->event.document);
    document_init(&app->help_document);
    document_init(&app->question);
}

void app_fini(struct app *app)
{
    result_free(app->overview);
    result_free(app->hit);
    result_free(app->lineage);
    result_free(app->event.result);
    result_free(app->event.proof);
    arena_fini(&app->context_arena);
    result_free(app->proposal);
    result_free(app->timeline.result);
    app_each_rows(app, rows_forget);
    find_forget(app);
    free(app->group_actor);
    free(app->mirror_id);
    result_free(app->mirror);
    document_fini(&app->hit_document);
    document_fini(&app->event.document);
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
    wait->done = wait->all = 0;
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

struct request_scope app_filter(const struct app *app)
{
    return (struct request_scope){
        .filter = {app->filter, app->filter_length},
        .last_event_us =
            app->overview ? app->overview->summary.last_us : EVENT_TIME_NONE,
    };
}

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
    struct request_scope scope = app_filter(app);
    scope.filter = arena_join(arena, parts, sizeof parts / sizeof parts[0]);
    scope.hide_approved = app->hide_approved;
    scope.one_group = one_group;
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
    app_each_rows(app, rows_refresh);
    app->overview_stale = true;
    app->overview_failed = false;
    app->hit_stale = true;
    app->hit_failed = false;
    app->event.stale = true;
    app->event.failed = false;
    app->timeline.stale = app->mirror_stale = true;
    app->timeline.failed = app->mirror_failed = false;
    app->finding.stale = true;
}

void app_scope_changed(struct app *app)
{
    app->waits[REQUEST_GROUPS].pending = false;
    app->waits[REQUEST_HITS].pending = false;
    app->waits[REQUEST_MIRRORS].pending = false;
    app->waits[REQUEST_OVERVIEW].pending = false;
    app->waits[REQUEST_TIMELINE].pending = false;
    app->waits[REQUEST_TALLY].pending = false;
    app->waits[REQUEST_EVENTS].pending = false;
    app->timeline.stale = true;
    app->timeline.failed = false;
    rows_restart(&app->groups);
    rows_restart(&app->hits);
    rows_restart(&app->mirrors);
    rows_restart(&app->tally);
    rows_restart(&app->events);
    app->overview_stale = true;
    app->overview_failed = false;
    app->finding.stale = true;
}

bool app_filter_add(struct app *app, struct slice term)
{
    size_t blank = app->filter_length ? 1 : 0;
    if (term.length + blank > sizeof app->filter - app->filter_length) {
        app_error(app, "the filter is too long for another term");
        return false;
    }
    if (blank)
        app->filter[app->filter_length++] = ' ';
    memcpy(app->filter + app->filter_length, term.data, term.length);
    app->filter_length += term.length;
    app_scope_changed(app);
    return true;
}

void app_push(struct app *app, enum view_id view)
{
    /* A screen holds one thing at a time: opened again, it is gone back to. */
    for (size_t i = 0; i < app->depth; i++)
        if (app->stack[i] == view)
            app->depth = i;
    app->stack[app->depth++] = view;
    app->overview_stale = true;
    find_forget(app);
}

void app_quit(struct app *app, struct effects *effects)
{
    app->quitting = true;
    app_effect(effects, (struct effect){.kind = EFFECT_QUIT});
}

bool app_waiting(const struct app *app)
{
    for (int i = 0; i < REQUEST_KIND_COUNT; i++)
        if (app->waits[i].pending)
            return true;
    return false;
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
    view_resize(app, view, &layout);
    if (app->quitting)
        return;
    want_overview(app, effects);
    view_want(app, view, effects);
}

static void resize(struct app *app, int width, int height)
{
    app->overview_stale |= width != app->width;
    app->width = width;
    app->height = height;
    app->help_document.line_count = app->hit_document.line_count = 0;
    app->event.document.line_count = 0;
    decide_resize(app);
}

void app_update(struct app *app, const struct message *message, struct effects *effects)
{
    effects->count = 0;
    switch (message->kind) {
    case MESSAGE_START:
        break;
    case MESSAGE_KEY:
        app_key(app, message->key, effects);
        break;
    case MESSAGE_RESIZE:
        resize(app, message->width, message->height);
        break;
    case MESSAGE_RESULT:
        app_take(app, message->result, effects);
        break;
    case MESSAGE_LOAD:
        app->load = message->load;
        break;
    case MESSAGE_CHANGED:
        app_data_changed(app);
        break;
    case MESSAGE_TICK:
        app->late = app_waiting(app);
        break;
    case MESSAGE_NOTICE:
        app_notice(app, "%s", message->notice);
        break;
    case MESSAGE_HANG_UP:
        app_quit(app, effects);
        break;
    }
    settle(app, effects);
}

bool app_wants_tick(const struct app *app)
{
    return !app->late && app_waiting(app);
}
