/*
 * journal.h - who did what to this case: append-only, each row chained to the one
 * before by SHA-256, so that a row changed or taken out later shows.  Cases that were
 * merged into this one keep the chains that they had.
 */
#ifndef DB_JOURNAL_H
#define DB_JOURNAL_H

#include "db/triage.h"

struct journal_entry {
    const char *action;
    struct slice subject;
    struct slice before, after; /* compact JSON, or empty */
};

/* Inside the caller's transaction. */
int journal_append(struct case_file *handle, const struct analyst *who, int64_t now_us,
                   const struct journal_entry *entry, struct error *error);
/* The last row's hash, of this case's own chain, in hex; 64 zeros for an empty journal.
 */
int journal_head(struct case_file *handle, struct arena *arena, struct slice *hash,
                 struct error *error);
/* *intact: every row's hash follows from its fields and the row before. */
int journal_verify(struct case_file *handle, bool *intact, struct error *error);

#endif
