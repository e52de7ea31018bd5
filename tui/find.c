#include "config.h"

#include <stdlib.h>

#include "tui/view.h"

enum { FIND_LINES = 10000 };

struct slice find_text(const struct app *app)
{
    return (struct slice){app->finding.text, app->finding.length};
}

void find_forget(struct app *app)
{
    result_free(app->finding.result);
    free(app->finding.lines);
    app->finding = (struct finding){0};
    app->waits[REQUEST_FIND].pending = false;
}

static bool in_list(const struct app *app)
{
    return app_view(app) == VIEW_GROUPS || app_view(app) == VIEW_HITS;
}

static const struct document *document_of(const struct app *app)
{
    switch (app_view(app)) {
    case VIEW_HELP:
        return &app->help_document;
    case VIEW_EVENT:
        return &app->event.document;
    default:
        return &app->hit_document;
    }
}

static uint64_t place(const struct finding *finding, size_t index)
{
    return finding->result ? finding->result->positions.positions[index]
                           : finding->lines[index];
}

/* The next place from the cursor in the direction, around the end where needed. */
static size_t choose(const struct finding *finding, uint64_t cursor, bool *wrapped)
{
    *wrapped = false;
    if (finding->direction >= 0) {
        for (size_t i = 0; i < finding->count; i++)
            if (place(finding, i) > cursor ||
                (finding->direction == 0 && place(finding, i) == cursor))
                return i;
        *wrapped = true;
        return 0;
    }
    for (size_t i = finding->count; i-- > 0;)
        if (place(finding, i) < cursor)
            return i;
    *wrapped = true;
    return finding->count - 1;
}

/* In a document the last screen shows several places at one scroll position: the
 * step is then counted from the place last shown. */
static uint64_t step_from(const struct app *app, const struct list *list)
{
    const struct finding *finding = &app->finding;
    if (!finding->result && finding->direction != 0 && finding->index < finding->count)
        return place(finding, finding->index);
    return list->cursor;
}

static void go(struct app *app)
{
    struct finding *finding = &app->finding;
    if (!finding->count) {
        app_error(app, "not found");
        return;
    }
    struct list *list = view_list(app, view_get(app_view(app)));
    bool wrapped;
    finding->index = choose(finding, step_from(app, list), &wrapped);
    list_go(list, place(finding, finding->index));
    app_notice(app, "%zu of %zu%s%s", finding->index + 1, finding->count,
               finding->more ? "+" : "", wrapped ? ", from the other end" : "");
}

static void ask(struct app *app, struct effects *effects)
{
    struct request *request = request_new(REQUEST_FIND);
    if (!request)
        return;
    bool hits = app_view(app) == VIEW_HITS;
    const struct sorting *sorting = hits ? &app->hit_sorting : &app->group_sorting;
    struct arena arena;
    arena_init(&arena);
    struct request_scope scope = app_scope(app, hits, &arena);
    request_set_scope(request, &scope);
    arena_fini(&arena);
    request->find_groups = !hits;
    request->sort = sorting->column;
    request->descending = sorting->descending;
    request->needle = arena_copy(&request->arena, find_text(app));
    app->finding.stale = false;
    app_ask(app, effects, request);
}

static void look_in_document(struct app *app)
{
    struct finding *finding = &app->finding;
    if (!finding->lines)
        finding->lines = malloc(FIND_LINES * sizeof *finding->lines);
    if (!finding->lines)
        return;
    finding->count =
        document_find(document_of(app), find_text(app), finding->lines, FIND_LINES);
    finding->more = finding->count == FIND_LINES;
}

void find_start(struct app *app, struct slice text, struct effects *effects)
{
    find_forget(app);
    struct finding *finding = &app->finding;
    finding->length = text.length < sizeof finding->text ? text.length : 0;
    memcpy(finding->text, text.data, finding->length);
    if (!finding->length) {
        app_error(app, "the text to search is too long");
        return;
    }
    if (in_list(app)) {
        ask(app, effects);
    } else {
        look_in_document(app);
        go(app);
    }
}

void find_step(struct app *app, int direction, struct effects *effects)
{
    struct finding *finding = &app->finding;
    if (!finding->length) {
        app_notice(app, "nothing was searched yet, / searches");
        return;
    }
    finding->direction = direction;
    if (!in_list(app)) {
        look_in_document(app);
        go(app);
    } else if (finding->stale) {
        ask(app, effects);
    } else if (finding->result) {
        go(app);
    }
}

void find_take(struct app *app, struct result *result)
{
    struct finding *finding = &app->finding;
    result_free(finding->result);
    finding->result = result;
    finding->count = result->positions.count;
    finding->more = result->positions.more;
    if (in_list(app))
        go(app);
}
