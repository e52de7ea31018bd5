/*
 * raw_portions.h - the sources of a case, as portions that threads take to search them.
 *
 * A portion is a file with all its members, or a piece of a file that is not packed, so
 * that every thread has some of a large one.  What the case keeps itself is in the list
 * and in no portion: the case is the caller's thread's.
 */
#ifndef DB_RAW_PORTIONS_H
#define DB_RAW_PORTIONS_H

#include <pthread.h>

#include "db/case.h"

enum { RAW_PIECE_BYTES = 64 * 1024 * 1024 };

/* A source; those of one file follow each other. */
struct raw_wanted {
    int64_t source;
    const char *path, *member; /* in the arena */
    bool embedded;
    size_t pieces, unread; /* of them */
};

struct raw_portions {
    struct raw_wanted *wanted; /* owned */
    size_t count;
    pthread_mutex_t lock; /* of the rest, and of `unread` while threads run */
    size_t next, piece;   /* what nobody has taken */
};

int raw_portions_init(struct raw_portions *portions, struct case_file *handle,
                      struct arena *arena, struct error *error);
void raw_portions_fini(struct raw_portions *portions);

struct raw_portion {
    struct raw_wanted *first;
    size_t count;
    uint64_t from, to; /* a text that begins there; of a file, or its members, all */
    size_t ends;       /* sources that are all taken with this portion */
};
/* False: there is no more. */
bool raw_portions_take(struct raw_portions *portions, struct raw_portion *out);
/* The first source of this member's name that was not read; NULL: there is none. */
struct raw_wanted *raw_portion_member(const struct raw_portion *portion,
                                      const char *name);
void raw_portions_read(struct raw_portions *portions, struct raw_wanted *wanted);

#endif
