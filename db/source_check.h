/*
 * source_check.h - whether a source still holds what was read of it, and where.
 *
 * This is the one place that judges a source after its load.  It may be at its own path
 * or at an alias, as a file, as a file that grew since, or as a member of an archive.
 * A file is judged by its SHA-256; the members of an archive that is as it was are as
 * they were; in one that is not, the member itself is looked for and hashed.  What was
 * loaded with --no-hash is judged by its size and time.
 *
 * Hashing takes as long as reading.  SOURCE_LOOK spares it for a large file of the same
 * size and time: good enough to show a record while the hash follows, no evidence.
 *
 * A checker remembers what it found of a source: it serves one screen or one export.
 * One thread; stopped by sqlite3_interrupt (ERROR_INTERRUPTED).
 */
#ifndef DB_SOURCE_CHECK_H
#define DB_SOURCE_CHECK_H

#include "db/case.h"
#include "db/triage.h"

/* In order of how good they are. */
enum source_condition {
    SOURCE_UNCHANGED, /* the file, or one of its aliases, holds it */
    SOURCE_KEPT,      /* the bytes are in the case */
    SOURCE_UNHASHED,  /* its size and time are as they were */
    SOURCE_CHANGED,   /* there is such a file, with other bytes */
    SOURCE_MOVED,     /* there is no such file */
};
/* "unchanged", "kept in the case", ... */
const char *source_condition_name(enum source_condition condition);

enum source_proof { SOURCE_LOOK, SOURCE_HASH };

/* Where the bytes are: texts valid until the checker is asked again. */
struct source_standing {
    enum source_condition condition;
    const char *path, *member; /* "" for KEPT; where it was, for CHANGED and MOVED */
};

struct source_checker;
/* NULL without memory. */
struct source_checker *source_checker_new(struct case_file *handle,
                                          enum source_proof proof);
void source_checker_free(struct source_checker *checker);
int source_checker_ask(struct source_checker *checker, int64_t source,
                       struct source_standing *out, struct error *error);

/* The same of a source if it stood at `path`, whatever was found before. */
int source_checker_try(struct source_checker *checker, int64_t source, const char *path,
                       enum source_condition *out, struct error *error);

/* --- relocating (source_relocate.c) ---------------------------------------------- */

/* What became of one source of a relocation; may be NULL. */
typedef void (*relocate_visit)(void *payload, struct slice path, struct slice moved_to,
                               enum source_condition condition);
struct relocated {
    uint64_t moved, missing, changed;
};

/*
 * Sources at `old`, or in the folder of this name, are at `new` now.  Each is checked
 * there; those that are not found or differ stay where they were.  In one transaction
 * with the journal.
 */
int source_relocate(struct case_file *handle, const struct analyst *who, int64_t now_us,
                    const char *old, const char *new, relocate_visit visit,
                    void *payload, struct relocated *out, struct error *error);

#endif
