/*
 * list.h - the arithmetic of a scrolling list: a cursor, the first row shown, and a
 * total that may change at any time.  Pure; every operation leaves a valid state:
 * cursor < total, and cursor within [top, top + page) where page > 0.
 */
#ifndef TUI_LIST_H
#define TUI_LIST_H

#include <stdbool.h>
#include <stdint.h>

struct list {
    uint64_t total, cursor, top;
    uint64_t page; /* rows shown */
};

void list_resize(struct list *list, uint64_t page);
void list_set_total(struct list *list, uint64_t total);
/* False where it was at the end already. */
bool list_move(struct list *list, int64_t delta);
bool list_go(struct list *list, uint64_t position);
/* The row under the cursor is at `position` now: the cursor follows it and stays on
 * the same line of the screen, unless the list was at its top. */
void list_follow(struct list *list, uint64_t position);

#endif
