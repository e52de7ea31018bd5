/* One operation. */
#include "config.h"

#include "tui/hit_document.h"
#include "tui/view.h"

void hit_open(struct app *app, struct slice operation_id)
{
    if (operation_id.length >= sizeof app->hit_id)
        return;
    memcpy(app->hit_id, operation_id.data, operation_id.length);
    app->hit_id[operation_id.length] = '\0';
    app->hit_stale = true;
    app->hit_failed = false;
    app->raw_folded = false;
    result_free(app->hit);
    app->hit = NULL;
    app->waits[REQUEST_HIT].pending = false;
    app->hit_list = (struct list){.page = 1};
    app->hit_document.line_count = 0;
    app_push(app, VIEW_HIT);
}

static struct list *list(struct app *app)
{
    return &app->hit_list;
}

/* After the hit itself: it is a scan of all events. */
static void want_lineage(struct app *app, struct effects *effects)
{
    if (!app->hit || !app->lineage_stale || app->waits[REQUEST_LINEAGE].pending)
        return;
    struct request *request = request_new(REQUEST_LINEAGE);
    if (!request)
        return;
    request->operation_id = arena_copy(&request->arena, app->hit->hit.id);
    app->lineage_stale = false;
    app_ask(app, effects, request);
}

static void want(struct app *app, struct effects *effects)
{
    if (!app->hit_stale)
        want_lineage(app, effects);
    if (!app->hit_stale || app->hit_failed || app->waits[REQUEST_HIT].pending)
        return;
    struct request *request = request_new(REQUEST_HIT);
    if (!request)
        return;
    request->operation_id = arena_copy(&request->arena, slice_from(app->hit_id));
    app->hit_stale = false;
    app_ask(app, effects, request);
}

/* The first line of a record, or -1. */
static ptrdiff_t record_line(const struct app *app, uint32_t record)
{
    const struct document *document = &app->hit_document;
    for (size_t i = 0; i < document->line_count; i++)
        if (document->lines[i].anchor == record)
            return (ptrdiff_t)i;
    return -1;
}

static uint32_t record_at(const struct app *app, uint64_t line)
{
    const struct document *document = &app->hit_document;
    return line < document->line_count ? document->lines[line].anchor : 0;
}

static void go_to_record(struct app *app, int direction)
{
    uint32_t now = record_at(app, app->hit_list.cursor);
    ptrdiff_t line = -1;
    if (direction > 0)
        line = record_line(app, now + 1);
    else if (now > 0)
        line = now > 1 ? record_line(app, now - 1) : 0;
    if (line < 0 || !list_go(&app->hit_list, (uint64_t)line))
        app_notice(app, direction > 0 ? "no further record" : "no record before");
}

static void copy(struct app *app, struct effects *effects)
{
    struct arena arena;
    arena_init(&arena);
    app_copy(app, effects, document_text(&app->hit_document, &arena),
             "all of this screen");
    arena_fini(&arena);
}

static bool act(struct app *app, enum action_id action, struct effects *effects)
{
    switch (action) {
    case ACTION_NEXT_RECORD:
        go_to_record(app, 1);
        return true;
    case ACTION_PREVIOUS_RECORD:
        go_to_record(app, -1);
        return true;
    case ACTION_FOLD:
        app->raw_folded = !app->raw_folded;
        app->hit_document.line_count = 0;
        return true;
    case ACTION_CONTEXT:
        if (app->hit)
            context_open(app, &app->hit->hit.operation.event);
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
    struct document *document = &app->hit_document;
    if (app->hit && !document->line_count) {
        struct hit_document_options options = {
            .width = app->width - 1,
            .folded = app->raw_folded,
            .rules = app->rules,
            .lineage = app->lineage ? &app->lineage->lineage : NULL,
        };
        hit_document_build(document, &app->hit->hit, &app->hit->evidence, &options);
    }
    document_scroll(document, &app->hit_list, layout->body_height);
}

static void render(const struct app *app, struct canvas *canvas,
                   const struct layout *layout)
{
    if (app->hit)
        draw_document(&app->hit_document, &app->hit_list,
                      &app->hit->hit.operation.event, canvas, layout);
    else if (app->late)
        canvas_label(canvas, layout->body, ROW_MARKS, canvas->width, "...", ROLE_DIM);
}

const struct view view_hit = {
    .list = list,
    .want = want,
    .act = act,
    .resize = resize,
    .render = render,
};
