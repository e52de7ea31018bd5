/* One event, a hit or not, with its raw record. */
#include "config.h"

#include "tui/event_document.h"
#include "tui/view.h"

void event_open(struct app *app, int64_t rowid)
{
    struct event_state *state = &app->event;
    result_free(state->result);
    result_free(state->proof);
    state->result = state->proof = NULL;
    state->rowid = rowid;
    state->stale = true;
    state->failed = state->folded = false;
    state->list = (struct list){.page = 1};
    state->document.line_count = 0;
    app->waits[REQUEST_EVENT].pending = app->waits[REQUEST_PROOF].pending = false;
    app_push(app, VIEW_EVENT);
}

bool event_row_act(struct app *app, const struct event_row *row, enum action_id action)
{
    switch (action) {
    case ACTION_OPEN:
        if (row)
            event_open(app, row->rowid);
        return true;
    case ACTION_CONTEXT:
        if (row)
            context_open(app, &row->event);
        return true;
    default:
        return false;
    }
}

static struct list *list(struct app *app)
{
    return &app->event.list;
}

static const struct event_found *found_of(const struct app *app)
{
    return app->event.result ? &app->event.result->event : NULL;
}

/* The hash of a large source follows when its record is on the screen. */
static void want_proof(struct app *app, struct effects *effects)
{
    const struct event_found *found = found_of(app);
    if (!found || app->event.failed || app->event.proof ||
        found->raw.condition != SOURCE_UNHASHED || slice_blank(found->sha256) ||
        app->waits[REQUEST_PROOF].pending)
        return;
    struct request *request = request_new(REQUEST_PROOF);
    if (!request)
        return;
    request->source = found->row.source;
    app_ask(app, effects, request);
}

static void want(struct app *app, struct effects *effects)
{
    if (!app->event.stale)
        want_proof(app, effects);
    if (!app->event.stale || app->event.failed || app->waits[REQUEST_EVENT].pending)
        return;
    struct request *request = request_new(REQUEST_EVENT);
    if (!request)
        return;
    request->rowid = app->event.rowid;
    app->event.stale = false;
    app_ask(app, effects, request);
}

static void copy(struct app *app, struct effects *effects)
{
    struct arena arena;
    arena_init(&arena);
    app_copy(app, effects, document_text(&app->event.document, &arena),
             "all of this screen");
    arena_fini(&arena);
}

static bool act(struct app *app, enum action_id action, struct effects *effects)
{
    const struct event_found *found = found_of(app);
    switch (action) {
    case ACTION_OPEN:
        if (found && slice_present(found->operation))
            hit_open(app, found->operation);
        else
            app_notice(app, "it is not marked: no operation has it");
        return true;
    case ACTION_CONTEXT:
        if (found)
            context_open(app, &found->row.event);
        return true;
    case ACTION_RELOCATE:
        if (found)
            relocate_ask(app, found->raw.path);
        return true;
    case ACTION_FOLD:
        app->event.folded = !app->event.folded;
        app->event.document.line_count = 0;
        return true;
    case ACTION_COPY:
        copy(app, effects);
        return true;
    default:
        return false;
    }
}

static void resize(struct app *app, const struct layout *layout)
{
    struct document *document = &app->event.document;
    if (found_of(app) && !document->line_count) {
        const struct event_document_options options = {
            .width = app->width - 1,
            .folded = app->event.folded,
            .proof = app->event.proof ? &app->event.proof->condition : NULL,
        };
        event_document_build(document, found_of(app), &options);
    }
    document_scroll(document, &app->event.list, layout->body_height);
}

static void title(const struct app *app, struct canvas *canvas, int row)
{
    (void)app;
    canvas_label(canvas, row, 1, canvas->width, "One event", ROLE_TITLE);
}

static void render(const struct app *app, struct canvas *canvas,
                   const struct layout *layout)
{
    if (found_of(app))
        draw_document(&app->event.document, &app->event.list, &found_of(app)->row.event,
                      canvas, layout);
    else if (app->late)
        canvas_label(canvas, layout->body, ROW_MARKS, canvas->width, "...", ROLE_DIM);
}

const struct view view_event = {
    .list = list,
    .want = want,
    .act = act,
    .resize = resize,
    .title = title,
    .render = render,
};
