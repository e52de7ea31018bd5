#include "config.h"

#include "tui/view.h"

enum { ROWS_LEAST = 64 };

static void window_of(const struct result *result, uint64_t *offset, size_t *count)
{
    *offset = 0;
    switch (result->kind) {
    case REQUEST_GROUPS:
        *offset = result->groups.offset;
        *count = result->groups.count;
        break;
    case REQUEST_HITS:
        *offset = result->hits.offset;
        *count = result->hits.count;
        break;
    case REQUEST_SOURCES:
        *offset = result->sources.offset;
        *count = result->sources.count;
        break;
    default:
        *count = result->approvals.count;
    }
}

static uint64_t total_of(const struct result *result)
{
    switch (result->kind) {
    case REQUEST_GROUPS:
        return result->groups.total;
    case REQUEST_HITS:
        return result->hits.total;
    case REQUEST_SOURCES:
        return result->sources.total;
    default:
        return result->approvals.count;
    }
}

static bool same_row(const struct result *a, size_t i, const struct result *b, size_t j)
{
    switch (a->kind) {
    case REQUEST_GROUPS:
        return a->groups.rows[i].provider == b->groups.rows[j].provider &&
               slice_equal(a->groups.rows[i].actor, b->groups.rows[j].actor);
    case REQUEST_HITS:
        return slice_equal(a->hits.rows[i].id, b->hits.rows[j].id);
    case REQUEST_SOURCES:
        return a->sources.rows[i].id == b->sources.rows[j].id;
    default:
        return a->approvals.rows[i].approval.id == b->approvals.rows[j].approval.id;
    }
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

bool rows_want(struct rows *rows, bool pending, uint64_t *offset, size_t *limit)
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
    *offset = rows->asked_offset;
    *limit = rows->asked_limit;
    return true;
}

/* Where the row under the cursor is in the new window, or by how much the row that
 * was asked about has moved. */
static int64_t new_place(const struct rows *rows, const struct result *result,
                         uint64_t offset, size_t count)
{
    ptrdiff_t old = rows_index(rows, rows->list.cursor);
    if (old >= 0)
        for (size_t i = 0; i < count; i++)
            if (same_row(rows->result, (size_t)old, result, i))
                return (int64_t)(offset + i);
    if (result->anchor_position < 0)
        return -1;
    int64_t moved = result->anchor_position - (int64_t)rows->asked_cursor;
    int64_t place = (int64_t)rows->list.cursor + moved;
    return place < 0 ? 0 : place;
}

void rows_take(struct rows *rows, struct result *result)
{
    uint64_t offset;
    size_t count;
    window_of(result, &offset, &count);
    int64_t place =
        rows->result && rows->follow ? new_place(rows, result, offset, count) : -1;
    rows->follow = true;
    /* A short answer is the end of the list, whatever its total says: asking for the
     * missing rows again would never end. */
    uint64_t total = total_of(result);
    if (count < rows->asked_limit && offset + count < total)
        total = offset + count;
    list_set_total(&rows->list, total);
    if (place >= 0)
        list_follow(&rows->list, (uint64_t)place);
    result_free(rows->result);
    rows->result = result;
    rows->offset = offset;
    rows->count = count;
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
