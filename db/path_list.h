/*
 * path_list.h - the files that a list of paths stands for.
 *
 * Folders are walked by descriptor, their entries in byte order, without following
 * links (a link named by the user is followed); pipes, devices and sockets inside a
 * folder are passed over.  What cannot be opened stays in the list with its reason,
 * so that it is reported and not lost.
 */
#ifndef DB_PATH_LIST_H
#define DB_PATH_LIST_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "core/error.h"

struct path_entry {
    char *path;   /* absolute where it exists, else as given */
    char *reason; /* NULL: a file to load; else why it cannot be */
    uint64_t bytes;
    bool is_stdin;
    bool named;    /* by the user, not found in a folder */
    bool followed; /* left to follow.h */
};

struct path_list {
    struct path_entry *entries;
    size_t count, capacity;
    uint64_t bytes;
};

/* What is never loaded: the case and the files beside it, by device and inode. */
struct path_exclusion {
    dev_t device;
    ino_t inode;
};

/* -1 only where memory ends. */
int path_list_fill(struct path_list *list, const char *const *paths, size_t count,
                   const struct path_exclusion *exclusions, size_t exclusion_count,
                   struct error *error);
/* One more file, of which nothing is known but its path; NULL: no memory. */
struct path_entry *path_list_add(struct path_list *list, const char *path);
void path_list_fini(struct path_list *list);

#endif
