/*
 * merge_internal.h - what the two parts of a merge share: merge.c brings sources and
 * events, merge_rows.c all other rows.
 */
#ifndef DB_MERGE_INTERNAL_H
#define DB_MERGE_INTERNAL_H

#include "db/merge.h"
#include "db/store_internal.h"

/* One source of the other case. */
struct merge_source {
    int64_t there, here;   /* here 0: nothing of it is taken */
    int64_t embedded_here; /* where the bytes go that are embedded there, or 0 */
    /* Events before it, and so many of those at it, are here already. */
    uint64_t resume_offset, resume_leaf;
    struct source_progress progress; /* as the other case has it */
    char *forms;
};

struct merge_sources {
    struct merge_source *rows; /* in order of `there` */
    size_t count;
};

/* ERROR_INPUT with the other case's own words. */
int merge_failed_there(struct case_file *there, struct error *error);

/* The rows of `table` that name a source, under its number here. In a transaction. */
int merge_copy_table(struct case_file *there, struct case_file *here, const char *table,
                     int64_t source_there, int64_t source_here, struct error *error);
/* All rows but events and embedded bytes, in one transaction; *changed: anything is
 * new. The store's mutex is held. */
int merge_rows(struct merge *merge, struct case_file *there,
               const struct merge_sources *sources, struct error *error);

#endif
