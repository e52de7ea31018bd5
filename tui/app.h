/*
 * app.h - the dashboard as a state machine.  app.c holds the state, act.c
 * what keys do, take.c what answers do, rows.c the lists.
 *
 * app_update takes one message and says what is to be done (effects); app_render
 * draws what is known.  Neither reads a file, a clock or a terminal: time, results
 * and signals come in as messages.  app_render allocates nothing.
 *
 * Lists are windows: a view keeps the rows around what it shows and asks for others
 * as the cursor moves.  Results carry the generation of their request; those of an
 * older one are dropped.
 */
#ifndef TUI_APP_H
#define TUI_APP_H

#include "tui/actions.h"
#include "tui/canvas.h"
#include "tui/document.h"
#include "tui/list.h"
#include "tui/prompt.h"
#include "tui/request.h"
#include "tui/timeline.h"

/* How far a load is: load_totals, and the clock's time for a rate. */
struct load_progress {
    bool running, listing;
    uint64_t files, files_done, bytes, bytes_done, events, partial, failed;
    int64_t elapsed_ms;
};

enum message_kind {
    MESSAGE_START, /* asks for the first rows */
    MESSAGE_KEY,
    MESSAGE_RESIZE,
    MESSAGE_RESULT,  /* owned by the app from now on */
    MESSAGE_LOAD,    /* progress */
    MESSAGE_CHANGED, /* the case has new rows */
    MESSAGE_TICK,    /* an answer is late */
    MESSAGE_NOTICE,  /* a sentence for the footer */
    MESSAGE_HANG_UP, /* a signal, or the terminal is gone */
};

struct message {
    enum message_kind kind;
    uint32_t key;
    int width, height;
    struct result *result;
    struct load_progress load;
    const char *notice;
};

enum effect_kind {
    EFFECT_REQUEST,   /* request: owned by the receiver */
    EFFECT_INTERRUPT, /* stop the running query */
    EFFECT_COPY,      /* text: from malloc, owned by the receiver */
    EFFECT_REDRAW,
    EFFECT_SUSPEND,
    EFFECT_QUIT,
};

struct effect {
    enum effect_kind kind;
    struct request *request;
    char *text;
};

enum { EFFECTS_MAX = 16 };
struct effects {
    size_t count;
    struct effect list[EFFECTS_MAX];
};

/* What one kind of request waits for. */
struct wait {
    uint64_t generation;
    bool pending;
    uint64_t done, all; /* how far it is; all 0: not known */
};

/* A list of which a window is known. */
struct rows {
    struct list list;
    struct result *result; /* NULL: nothing yet */
    uint64_t offset;       /* of the window */
    size_t count;
    bool known;  /* the total is */
    bool stale;  /* ask again */
    bool follow; /* the next answer keeps the cursor on its row */
    bool failed; /* the last answer was an error: do not ask until something changes */
    uint64_t asked_offset, asked_cursor;
    size_t asked_limit;
};

/* What the last search found in the current view. */
struct finding {
    char text[256];
    size_t length;
    struct result *result; /* positions in a list */
    size_t *lines;         /* or lines of a document */
    size_t count, index;
    bool more, stale;
    int direction; /* of the step to take when the answer comes: -1, 0 (here too), 1 */
};

struct sorting {
    int column;
    bool descending;
};

struct timeline_state {
    struct list list;
    struct zoom zoom;
    struct result *result; /* of the present level, NULL: not yet */
    bool stale, failed;
};

/* The event that VIEW_EVENT shows. */
struct event_state {
    int64_t rowid;
    struct result *result, *proof; /* NULL: not yet */
    bool stale, failed, folded;
    struct document document;
    struct list list;
};

/* What VIEW_SEARCH shows: searched once, however the case changes meanwhile. */
struct search_state {
    char text[LIMIT_SEARCH_TEXT];
    size_t length;
    bool asked;
};

enum { APP_DEPTH = VIEW_COUNT, APP_NOTICE_BYTES = 256 };

struct app {
    int width, height;
    bool unicode, read_only;
    const char *case_name;

    enum view_id stack[APP_DEPTH];
    size_t depth; /* at least 1 */

    /* What the lists show. */
    char filter[LIMIT_FILTER_BYTES];
    size_t filter_length;
    unsigned hidden_lifecycles; /* 1: creations, 2: modifications, 4: deletions */
    bool hide_approved;

    uint64_t generation;
    struct wait waits[REQUEST_KIND_COUNT];
    bool late; /* an answer has been waited for long enough to say so */

    struct result *overview; /* NULL: not yet */
    bool overview_stale, overview_failed;

    struct rows groups, hits, mirrors, approvals, sources, rejects, context, coverage,
        tally, search, events;
    int64_t events_from_us, events_until_us; /* what VIEW_EVENTS shows */
    struct event_state event;
    int64_t reject_source; /* whose rejects are shown */
    /* What is looked around: its ties, its name as the operation; texts in the arena.
     */
    struct event context_of;
    struct context_span context_span;
    struct slice context_mirror; /* absent: no mirror */
    unsigned context_segment;
    struct arena context_arena;
    size_t context_margin;
    bool context_telling;
    struct sorting group_sorting, hit_sorting, mirror_sorting;
    bool hide_ended; /* mirrors */
    struct search_state raw_search;
    size_t tally_column; /* what VIEW_TALLY counts by: its place in its table */
    struct sorting tally_sorting;
    /* The group that VIEW_HITS shows; texts in malloc. */
    char *group_actor; /* NULL: no actor */
    size_t group_actor_length;
    enum provider group_provider;

    char hit_id[OPERATION_ID_LENGTH + 1];
    struct result *hit;
    bool hit_stale, hit_failed, raw_folded;
    struct result *lineage; /* of the hit; NULL: not yet */
    bool lineage_stale;
    struct document hit_document;
    struct list hit_list;
    size_t hit_records; /* laid out */

    struct document help_document;
    struct list help_list;
    enum view_id help_of;

    /* The mirror that VIEW_MIRROR shows; text in malloc. */
    char *mirror_id;
    size_t mirror_id_length;
    unsigned mirror_segment;
    struct result *mirror; /* NULL: not yet */
    bool mirror_stale, mirror_failed;
    struct list mirror_list; /* its operations */

    struct timeline_state timeline;

    struct prompt prompt;
    struct finding finding;
    struct result *proposal;
    struct document question; /* shown above the prompt */
    char ticket[256];
    size_t ticket_length;
    int64_t disable_id;                     /* approval asked about, 0: none */
    char relocate_from[LIMIT_FILTER_BYTES]; /* where the case looks for a source */
    size_t relocate_from_length;

    struct load_progress load;
    char notice[APP_NOTICE_BYTES]; /* in place of the footer until the next key */
    bool notice_is_error;
    bool interrupted; /* the last key was Ctrl-C */
    bool quitting;

    const struct rule_set *rules; /* titles; may be NULL */
    const char *analyst;
};

struct app_options {
    const char *case_name; /* all borrowed */
    const char *analyst;
    bool unicode, read_only;
    const struct rule_set *rules;
};

void app_init(struct app *app, const struct app_options *options);
void app_fini(struct app *app);

void app_update(struct app *app, const struct message *message,
                struct effects *effects);
void app_render(const struct app *app, struct canvas *canvas);

/* Whether a MESSAGE_TICK should be sent APP_LATE_MS from now if nothing comes. */
enum { APP_LATE_MS = 30 };
bool app_wants_tick(const struct app *app);

#endif
