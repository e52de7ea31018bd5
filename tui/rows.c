#include "config.h"

#include <stddef.h>

#include "tui/view.h"

enum { ROWS_LEAST = 64 };

/* The rows of an answer, and where they stand in the list. */
struct window {
    uint64_t offset, total;
    size_t count;
};

/*
 * A list that a view shows through a window: where the app keeps it, and how an answer
 * is read.  A view with a list of its own adds its row here.
 */
struct list_kind {
    enum request_kind kind;
    size_t rows; /* offset in struct app */
    struct window (*window)(const struct result *result);
    /* Whether both rows show the same thing of the case. */
    bool (*same)(const struct result *a, size_t i, const struct result *b, size_t j);
};

/* Lists of db/query.h all have these members. */
#define WINDOW_OF(list)                                                                \
    {                                                                                  \
        (list).offset, (list).total, (list).count                                      \
    }

static struct window groups_window(const struct result *result)
{
    return (struct window)WINDOW_OF(result->groups);
}

static bool same_group(const struct result *a, size_t i, const struct result *b,
                       size_t j)
{
    return a->groups.rows[i].provider == b->groups.rows[j].provider &&
           slice_equal(a->groups.rows[i].actor, b->groups.rows[j].actor);
}

static struct window hits_window(const struct result *result)
{
    return (struct window)WINDOW_OF(result->hits);
}

static bool same_hit(const struct result *a, size_t i, const struct result *b, size_t j)
{
    return slice_equal(a->hits.rows[i].id, b->hits.rows[j].id);
}

static struct window sources_window(const struct result *result)
{
    return (struct window)WINDOW_OF(result->sources);
}

static bool same_source(const struct result *a, size_t i, const struct result *b,
                        size_t j)
{
    return a->sources.rows[i].id == b->sources.rows[j].id;
}

/* There are few: all of them are one window. */
static struct window approvals_window(const struct result *result)
{
    size_t count = result->approvals.count;
    return (struct window){0, count, count};
}

static bool same_approval(const struct result *a, size_t i, const struct result *b,
                          size_t j)
{
    return a->approvals.rows[i].approval.id == b->approvals.rows[j].approval.id;
}

static struct window context_window(const struct result *result)
{
    return (struct window)WINDOW_OF(result->context);
}

static bool same_context(const struct result *a, size_t i, const struct result *b,
                         size_t j)
{
    const struct context_row *left = &a->context.rows[i], *right = &b->context.rows[j];
    return left->at.rowid == right->at.rowid;
}

/* All of them are one window: there are at most LIMIT_COVERAGE_PLACES. */
static struct window coverage_window(const struct result *result)
{
    size_t count = result->coverage.count;
    return (struct window){0, count, count};
}

static bool same_place(const struct result *a, size_t i, const struct result *b,
                       size_t j)
{
    const struct coverage_place *left = &a->coverage.places[i];
    const struct coverage_place *right = &b->coverage.places[j];
    return left->provider == right->provider &&
           slice_equal(left->account, right->account) &&
           slice_equal(left->region, right->region);
}

static struct window rejects_window(const struct result *result)
{
    const struct reject_list *list = &result->rejects;
    return (struct window){list->offset_row, list->total, list->count};
}

static bool same_reject(const struct result *a, size_t i, const struct result *b,
                        size_t j)
{
    const struct reject_row *left = &a->rejects.rows[i], *right = &b->rejects.rows[j];
    return left->offset == right->offset && left->length == right->length &&
           slice_equal(left->reason, right->reason);
}

/* All that is shown of a search is one window. */
static struct window search_window(const struct result *result)
{
    size_t count = result->search.events.count;
    return (struct window){0, count, count};
}

static bool same_match(const struct result *a, size_t i, const struct result *b,
                       size_t j)
{
    return a->search.events.rows[i].rowid == b->search.events.rows[j].rowid;
}

static struct window tally_window(const struct result *result)
{
    return (struct window)WINDOW_OF(result->tally);
}

static bool same_value(const struct result *a, size_t i, const struct result *b,
                       size_t j)
{
    return slice_equal(a->tally.rows[i].value, b->tally.rows[j].value);
}

static struct window events_window(const struct result *result)
{
    return (struct window)WINDOW_OF(result->events);
}

static bool same_event(const struct result *a, size_t i, const struct result *b,
                       size_t j)
{
    return a->events.rows[i].rowid == b->events.rows[j].rowid;
}

static struct window mirrors_window(const struct result *result)
{
    return (struct window)WINDOW_OF(result->mirrors);
}

static bool same_mirror(const struct result *a, size_t i, const struct result *b,
                        size_t j)
{
    const struct mirror *left = &a->mirrors.rows[i].mirror;
    const struct mirror *right = &b->mirrors.rows[j].mirror;
    return left->segment == right->segment && slice_equal(left->id, right->id);
}

#define ROWS(member) offsetof(struct app, member)
static const struct list_kind list_kinds[] = {
    {REQUEST_GROUPS, ROWS(groups), groups_window, same_group},
    {REQUEST_HITS, ROWS(hits), hits_window, same_hit},
    {REQUEST_MIRRORS, ROWS(mirrors), mirrors_window, same_mirror},
    {REQUEST_SOURCES, ROWS(sources), sources_window, same_source},
    {REQUEST_REJECTS, ROWS(rejects), rejects_window, same_reject},
    {REQUEST_COVERAGE, ROWS(coverage), coverage_window, same_place},
    {REQUEST_CONTEXT, ROWS(context), context_window, same_context},
    {REQUEST_SEARCH, ROWS(search), search_window, same_match},
    {REQUEST_EVENTS, ROWS(events), events_window, same_event},
    {REQUEST_TALLY, ROWS(tally), tally_window, same_value},
    {REQUEST_APPROVALS, ROWS(approvals), approvals_window, same_approval},
};
enum { LIST_KINDS = sizeof list_kinds / sizeof list_kinds[0] };

static const struct list_kind *kind_of(enum request_kind kind)
{
    for (size_t i = 0; i < LIST_KINDS; i++)
        if (list_kinds[i].kind == kind)
            return &list_kinds[i];
    return NULL;
}

static struct rows *rows_at(struct app *app, const struct list_kind *kind)
{
    return (struct rows *)((char *)app + kind->rows);
}

struct rows *app_rows(struct app *app, enum request_kind kind)
{
    const struct list_kind *list = kind_of(kind);
    return list ? rows_at(app, list) : NULL;
}

void app_each_rows(struct app *app, void (*apply)(struct rows *rows))
{
    for (size_t i = 0; i < LIST_KINDS; i++)
        apply(rows_at(app, &list_kinds[i]));
}

ptrdiff_t rows_index(const struct rows *rows, uint64_t position)
{
    if (!rows->result || position < rows->offset ||
        position - rows->offset >= rows->count)
        return -1;
    return (ptrdiff_t)(position - rows->offset);
}

static bool covers(uint64_t offset, uint64_t count, uint64_t first, uint64_t end)
{
    return first >= offset && end <= offset + count;
}

/* Whether to ask; then rows->asked_offset and asked_limit say for what. */
static bool wants(struct rows *rows, bool pending)
{
    const struct list *list = &rows->list;
    uint64_t first = list->top;
    uint64_t end = first + list->page;
    if (rows->known && end > list->total)
        end = list->total;
    if (rows->failed ||
        (rows->result && !rows->stale && covers(rows->offset, rows->count, first, end)))
        return false;
    if (pending && covers(rows->asked_offset, rows->asked_limit, first, end))
        return false;
    rows->asked_offset = first > list->page ? first - list->page : 0;
    rows->asked_limit = (size_t)(3 * list->page);
    if (rows->asked_limit < ROWS_LEAST)
        rows->asked_limit = ROWS_LEAST;
    rows->asked_cursor = list->cursor;
    rows->stale = false;
    return true;
}

struct request *rows_request(struct app *app, enum request_kind kind)
{
    struct rows *rows = app_rows(app, kind);
    struct request *request =
        wants(rows, app->waits[kind].pending) ? request_new(kind) : NULL;
    if (request) {
        request->offset = rows->asked_offset;
        request->limit = rows->asked_limit;
    }
    return request;
}

/* Where the row under the cursor is in the new window, or by how much the row that
 * was asked about has moved. */
static int64_t new_place(const struct rows *rows, const struct result *result,
                         const struct list_kind *kind, const struct window *window)
{
    ptrdiff_t old = rows_index(rows, rows->list.cursor);
    if (old >= 0)
        for (size_t i = 0; i < window->count; i++)
            if (kind->same(rows->result, (size_t)old, result, i))
                return (int64_t)(window->offset + i);
    if (result->anchor_position < 0)
        return -1;
    int64_t moved = result->anchor_position - (int64_t)rows->asked_cursor;
    int64_t place = (int64_t)rows->list.cursor + moved;
    return place < 0 ? 0 : place;
}

void rows_take(struct rows *rows, struct result *result)
{
    const struct list_kind *kind = kind_of(result->kind);
    struct window window = kind->window(result);
    int64_t place =
        rows->result && rows->follow ? new_place(rows, result, kind, &window) : -1;
    rows->follow = true;
    /* A short answer is the end of the list, whatever its total says: asking for the
     * missing rows again would never end. */
    uint64_t total = window.total;
    if (window.count < rows->asked_limit && window.offset + window.count < total)
        total = window.offset + window.count;
    list_set_total(&rows->list, total);
    if (place >= 0)
        list_follow(&rows->list, (uint64_t)place);
    result_free(rows->result);
    rows->result = result;
    rows->offset = window.offset;
    rows->count = window.count;
    rows->known = true;
}

void rows_restart(struct rows *rows)
{
    rows->stale = true;
    rows->failed = false;
    rows->follow = false;
    list_go(&rows->list, 0);
}

void rows_refresh(struct rows *rows)
{
    rows->stale = true;
    rows->failed = false;
}

void rows_forget(struct rows *rows)
{
    result_free(rows->result);
    struct list list = {.page = rows->list.page};
    *rows = (struct rows){.list = list};
}

void rows_open(struct app *app, enum request_kind kind, enum view_id view)
{
    app->waits[kind].pending = false;
    rows_forget(app_rows(app, kind));
    app_push(app, view);
}
