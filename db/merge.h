/*
 * merge.h - takes what another case holds into this one.
 *
 * Everything has a name that both cases agree on: sources their SHA-256, operations the
 * hash of their content, approvals their key, journal entries their chain.  So merging
 * again changes nothing, and two cases merged either way round export the same.  Where
 * both have a source, the earlier load's particulars stay, and the other's path is an
 * alias; of two words on one thing the later stands.
 *
 * Events come first, through the store, a source being 'loading' until its rows follow
 * in one transaction with all else: a merge that is killed leaves a whole case, and the
 * next one goes on where it was.  Where the file itself is loaded before that, it is
 * loaded as a whole, and what was merged of it does not count.
 */
#ifndef DB_MERGE_H
#define DB_MERGE_H

#include "db/store.h"
#include "db/triage.h"

struct merge {
    struct store *store;
    struct event_batch *batch; /* empty */
    const struct analyst *who;
    int64_t now_us;
    bool (*stopped)(void *payload);
    void *payload;
    /* What came of it: */
    uint64_t sources, known; /* new ones, and those that were here already */
    uint64_t events;
};

/* -1 with ERROR_INPUT: the other case cannot be read; any other: this one. */
int merge_case(struct merge *merge, const char *path, struct error *error);

/* Whether a file is a case, by its first bytes. */
bool merge_is_case(int descriptor);

#endif
