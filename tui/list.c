#include "config.h"

#include "tui/list.h"

static void settle(struct list *list)
{
    uint64_t last = list->total ? list->total - 1 : 0;
    if (list->cursor > last)
        list->cursor = last;
    if (list->page == 0) {
        list->top = list->cursor;
        return;
    }
    uint64_t last_top = list->total > list->page ? list->total - list->page : 0;
    if (list->top > last_top)
        list->top = last_top;
    if (list->cursor < list->top)
        list->top = list->cursor;
    if (list->cursor - list->top >= list->page)
        list->top = list->cursor - list->page + 1;
}

void list_resize(struct list *list, uint64_t page)
{
    list->page = page;
    settle(list);
}

void list_set_total(struct list *list, uint64_t total)
{
    list->total = total;
    settle(list);
}

bool list_move(struct list *list, int64_t delta)
{
    uint64_t last = list->total ? list->total - 1 : 0;
    uint64_t distance = delta < 0 ? 0 - (uint64_t)delta : (uint64_t)delta;
    if (delta < 0)
        return list_go(list, list->cursor > distance ? list->cursor - distance : 0);
    return list_go(list,
                   last - list->cursor > distance ? list->cursor + distance : last);
}

bool list_go(struct list *list, uint64_t position)
{
    uint64_t before = list->cursor;
    list->cursor = position;
    settle(list);
    return list->cursor != before;
}

void list_follow(struct list *list, uint64_t position)
{
    uint64_t line = list->cursor - list->top;
    bool at_top = list->top == 0;
    list->cursor = position;
    if (!at_top || position >= list->page)
        list->top = position > line ? position - line : 0;
    settle(list);
}
