/*
 * follow_internal.h - what the loop (follow.c) and the files that it follows
 * (follow_files.c) share.  One thread.
 */
#ifndef DB_FOLLOW_INTERNAL_H
#define DB_FOLLOW_INTERNAL_H

#include <sys/stat.h>

#include "db/follow_stream.h"

struct folder {
    int watch;
    char *path;
    bool whole; /* given, or inside one that was: all of its files are followed */
};

struct followed {
    struct followed *next;
    struct follow_stream *stream;
    int watch; /* -1: standard input */
    dev_t device;
    ino_t inode;
    bool given; /* by its own path */
    bool changed, replaced;
    int64_t changed_at; /* steady ms */
};

struct follower {
    struct load *load;
    struct follow_tools tools;
    int inotify;
    struct folder *folders;
    size_t folder_count, folder_room;
    struct followed *files;
    size_t open_files;
    bool listing;         /* files are left to the list that is made afterwards */
    uint64_t input_bytes; /* from standard input in this round */
};

int64_t follow_now_ms(void); /* steady */

/* The folder of a watch, or NULL. */
struct folder *follow_find_folder(struct follower *follower, int watch);
/* *new: it was not watched before. A folder that is gone again is no failure. */
int follow_watch_folder(struct follower *follower, const char *path, bool whole,
                        bool *new, struct error *error);
/* -1 with *error, by errno. */
int follow_watch_failed(const char *path, struct error *error);

void follow_mark(struct followed *file);
/* Takes it out of the list and forgets it; its source has been ended. */
void follow_forget(struct follower *follower, struct followed *file);
/* Ends its source, and forgets it. */
int follow_finish(struct follower *follower, struct followed *file, enum follow_end how,
                  struct error *error);
/* Takes over the descriptor; index: of the load's list. */
int follow_add(struct follower *follower, size_t index, int descriptor, bool given,
               struct error *error);
struct followed *follow_find(struct follower *follower, const struct stat *status);
bool follow_is_given(const struct follower *follower, const char *path);
int follow_load_whole(struct follower *follower, const char *path, struct error *error);

/* Looks at what a name stands for by now. complete: whoever wrote it has closed it. */
int follow_consider(struct follower *follower, const char *path, bool complete,
                    struct error *error);
int follow_consider_name(struct follower *follower, const char *folder,
                         const char *name, bool complete, struct error *error);
/* A folder that appeared: what is in it may have come before its watch. */
int follow_consider_folder(struct follower *follower, const char *path,
                           struct error *error);

#endif
