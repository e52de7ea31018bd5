/*
 * actions.h - everything that a key can do, once.
 *
 * Key dispatch, the footer and the help screen all come from this table, so none of
 * them can say what another does not do.
 */
#ifndef TUI_ACTIONS_H
#define TUI_ACTIONS_H

#include <stddef.h>
#include <stdint.h>

enum view_id {
    VIEW_GROUPS,
    VIEW_HITS,
    VIEW_HIT,
    VIEW_APPROVALS,
    VIEW_SOURCES,
    VIEW_REJECTS,
    VIEW_TIMELINE,
    VIEW_MIRRORS,
    VIEW_MIRROR,
    VIEW_CONTEXT,
    VIEW_COVERAGE,
    VIEW_TALLY,
    VIEW_EVENTS,
    VIEW_SEARCH,
    VIEW_EVENT,
    VIEW_HELP,
    VIEW_COUNT
};

enum action_id {
    ACTION_DOWN,
    ACTION_UP,
    ACTION_PAGE_DOWN,
    ACTION_PAGE_UP,
    ACTION_HALF_DOWN,
    ACTION_HALF_UP,
    ACTION_TOP,
    ACTION_BOTTOM,
    ACTION_OPEN,
    ACTION_BACK,
    ACTION_QUIT,
    ACTION_CLEAR,
    ACTION_ZOOM_IN,
    ACTION_ZOOM_OUT,
    ACTION_SHOW_TIME,
    ACTION_KEEP_VALUE,
    ACTION_NEXT_COLUMN,
    ACTION_PREVIOUS_COLUMN,
    ACTION_NEXT_RECORD,
    ACTION_PREVIOUS_RECORD,
    ACTION_SEARCH,
    ACTION_FIND_NEXT,
    ACTION_FIND_PREVIOUS,
    ACTION_FILTER,
    ACTION_SORT,
    ACTION_SORT_REVERSE,
    ACTION_CREATES,
    ACTION_MODIFIES,
    ACTION_DELETES,
    ACTION_SHOW_APPROVED,
    ACTION_SHOW_ENDED,
    ACTION_APPROVE,
    ACTION_TOGGLE,
    ACTION_UNDO,
    ACTION_APPROVALS,
    ACTION_SOURCES,
    ACTION_MIRRORS,
    ACTION_TIMELINE,
    ACTION_COVERAGE,
    ACTION_TALLY,
    ACTION_EVENTS,
    ACTION_SEARCH_RAW,
    ACTION_CONTEXT,
    ACTION_TELLING,
    ACTION_WIDER,
    ACTION_NARROWER,
    ACTION_RELOCATE,
    ACTION_FOLD,
    ACTION_COPY,
    ACTION_REFRESH,
    ACTION_HELP,
    ACTION_REDRAW,
    ACTION_SUSPEND,
    ACTION_INTERRUPT,
    ACTION_COUNT
};

enum { ACTION_KEYS = 6 };

struct action {
    enum action_id id;
    const char *section; /* heading on the help screen */
    unsigned views;      /* 1 << view_id */
    int footer_rank;     /* place in the footer, 0: not in it */
    const char *label;   /* in the footer */
    const char *help;    /* one line */
    uint32_t keys[ACTION_KEYS];
};

/* In order of help: actions_table[i].id == i. */
extern const struct action actions_table[ACTION_COUNT];

/* NULL: the key does nothing in this view. */
const struct action *action_for_key(enum view_id view, uint32_t key);
/* The action of this view that follows in the footer, by rank and then as in the table;
 * before NULL: the first.  NULL at the end. */
const struct action *action_in_footer(enum view_id view, const struct action *before);

#endif
