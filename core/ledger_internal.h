/*
 * ledger_internal.h - what the providers' parts of the ledger share: an index by id,
 * the rows while they are made, and small texts.
 */
#ifndef CORE_LEDGER_INTERNAL_H
#define CORE_LEDGER_INTERNAL_H

#include "core/ledger.h"

/* ---- an index from ids to things, in the arena (ledger_index.c) ---- */

struct ledger_slot {
    struct slice key;
    void *thing;
};
struct ledger_index {
    struct ledger_slot *slots;
    size_t room, count;
};
void *ledger_find(const struct ledger_index *index, struct slice key);
/* Replaces what is there.  False: no memory. */
bool ledger_put(struct ledger_index *index, struct arena *arena, struct slice key,
                void *thing);

/* ---- rows ---- */

struct ledger_row {
    struct ledger_row *next; /* all rows, in the order made */
    bool dropped;
    struct mirror mirror;
};

/* One mirror while facts are applied.  A provider's own begins with it. */
struct ledger_track {
    struct ledger_track *next; /* all tracks, in the order made */
    struct slice id, account, region, device;
    enum provider provider;
    struct ledger_row *row; /* the present stretch; NULL before the first, after the end
                             */
    const struct fact *seen; /* of the newest snapshot that shows it */
    unsigned segments;
};

struct ledger {
    struct arena *arena;
    const struct own *own;
    const struct fact *facts; /* folded, in order of time */
    size_t fact_count;
    struct ledger_row *rows, **last_row;
    struct ledger_track *tracks, **last_track;
    size_t row_count;
    bool failed; /* no memory */
};

/* Zeroed memory; NULL marks the ledger as failed. */
void *ledger_alloc(struct ledger *ledger, size_t size);
/* Takes a track made by ledger_alloc into the list. */
void ledger_add_track(struct ledger *ledger, struct ledger_track *track,
                      const struct fact *fact);

/* The state that the outcome of an opening fact allows. */
enum mirror_state ledger_state_of(const struct fact *fact);

/* A new stretch since the fact's time; before_log: since before the log starts. */
struct ledger_row *ledger_open(struct ledger *ledger, struct ledger_track *track,
                               const struct fact *fact, enum mirror_state state,
                               bool before_log);
/* Ends the present stretch, if there is one. */
void ledger_end(struct ledger *ledger, struct ledger_track *track,
                const struct fact *fact, const char *how);
/* Ends it and begins the next with the same texts. */
struct ledger_row *ledger_split(struct ledger *ledger, struct ledger_track *track,
                                const struct fact *fact, enum mirror_state state,
                                const char *how);
/* Begins a stretch of which nobody knows whether anything is copied: what ended the one
 * before, and why it is not known. */
#define LEDGER_CHANGE_NOT_SHOWN "changed, and the logs do not show how: check"
void ledger_doubt(struct ledger *ledger, struct ledger_track *track,
                  const struct fact *fact, const char *how, const char *why);
/* Its deletion is told without a success. */
void ledger_end_in_doubt(struct ledger *ledger, struct ledger_track *track,
                         const struct fact *fact);
/* Takes the present stretch back: another row tells it. */
void ledger_drop(struct ledger_track *track);
/* Notes that the fact's operations had to do with the row. */
void ledger_link(struct ledger *ledger, struct ledger_row *row, const struct fact *fact,
                 enum mirror_part part);

#define LEDGER_NOT_SHOWN "ended before a snapshot that does not show it"
/* A snapshot shows that it stands: its row, opened before the log where it has none. */
struct ledger_row *ledger_see(struct ledger *ledger, struct ledger_track *track,
                              const struct fact *fact, enum mirror_state state);
/* Whether the list that a fact ends is whole for a thing of that id, or that goes to
 * that destination, and does not show it.  seen: the newest snapshot that does. */
bool ledger_is_absent(const struct fact *list, struct slice id,
                      struct slice destination, const struct fact *seen);

/* ---- texts ---- */

/* "first (a, b)": parts that are absent or empty are left out. */
struct slice ledger_described(struct arena *arena, struct slice first,
                              const struct slice *parts, size_t count);
/* Joined by a separator, absent and empty ones left out. */
struct slice ledger_joined(struct arena *arena, const struct slice *parts, size_t count,
                           const char *separator);

/* ---- the fold (ledger_fold.c) ---- */

/* Folds the facts of each act, drops attempts and sorts by time.  Returns the new
 * count. */
size_t ledger_fold(struct fact *facts, size_t count, struct arena *arena);

/* ---- the providers ---- */

/* GCP: whose project a destination is in, and all names of it. */
void ledger_judge_project(const struct ledger *ledger, struct mirror *mirror,
                          struct slice destination);

/* The links of GCP's Network Security Integration (ledger_chain.c): a fact of one, and
 * the rows of the chains as they stand after it. */
struct ledger_chains;
struct ledger_chains *ledger_chains_new(struct ledger *ledger);
bool ledger_chains_take(struct ledger_chains *chains, const struct fact *fact);

void ledger_apply_sessions(struct ledger *ledger);
void ledger_apply_gcp(struct ledger *ledger);
void ledger_apply_device(struct ledger *ledger);

#endif
