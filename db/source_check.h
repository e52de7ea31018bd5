/*
 * source_check.h - whether the file of a source still holds what was read of it.
 *
 * The whole part that was read is hashed, so this takes as long as reading it.  A file
 * that grew still holds it.  A member of an archive is not looked into.
 */
#ifndef DB_SOURCE_CHECK_H
#define DB_SOURCE_CHECK_H

#include "db/case.h"
#include "db/triage.h"

enum source_condition {
    SOURCE_UNCHANGED, /* the file, or one of its aliases, holds it */
    SOURCE_KEPT,      /* the bytes are in the case */
    SOURCE_UNHASHED,  /* cannot be told: a member, or loaded with --no-hash */
    SOURCE_MOVED,     /* there is no such file */
    SOURCE_CHANGED,   /* there is one, with other bytes */
};
/* "unchanged", "kept in the case", ... */
const char *source_condition_name(enum source_condition condition);

int source_check(struct case_file *handle, int64_t source,
                 enum source_condition *condition, struct error *error);

/* What became of one source of a relocation. */
typedef void (*relocate_visit)(void *payload, struct slice path, struct slice moved_to,
                               enum source_condition condition);
struct relocated {
    uint64_t moved, missing, changed;
};

/*
 * Sources at `old`, or in the folder of this name, are at `new` now.  Each file is
 * checked there (members and sources without a hash: that it is there); those that are
 * not found or differ stay where they were.  In one transaction with the journal.
 */
int source_relocate(struct case_file *handle, const struct analyst *who, int64_t now_us,
                    const char *old, const char *new, relocate_visit visit,
                    void *payload, struct relocated *out, struct error *error);

#endif
