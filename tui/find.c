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

/* The list that is searched, NULL: a document is. */
static const struct list_view *list_of(const struct app *app)
{
    return view_get(app_view(app))->rows;
}

/* Whether the case is to be asked; what is shown may be but a window of the list. */
static bool asks(const struct app *app)
{
    return list_of(app) && request_finds(list_of(app)->kind);
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
    if (!list_of(app) && finding->direction != 0 && finding->index < finding->count)
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
    app->finding.stale = false;
    app_ask(app, effects, view_find(app, list_of(app), find_text(app)));
}

static void look(struct app *app)
{
    struct finding *finding = &app->finding;
    const struct list_view *list = list_of(app);
    if (!finding->lines)
        finding->lines = malloc(FIND_LINES * sizeof *finding->lines);
    if (!finding->lines)
        return;
    finding->count =
        list ? view_find_shown(app, list, find_text(app), finding->lines, FIND_LINES)
             : document_find(document_of(app), find_text(app), finding->lines,
                             FIND_LINES);
    const struct rows *rows = list ? app_rows(app, list->kind) : NULL;
    finding->more =
        finding->count == FIND_LINES || (rows && rows->count < rows->list.total);
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
    if (asks(app)) {
        ask(app, effects);
    } else {
        look(app);
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
    if (!asks(app)) {
        look(app);
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
    if (asks(app))
        go(app);
}
