/*
 * growth.h - whether a file is a later version of a source that the case has.
 *
 * Logs grow, are renamed when they rotate, and are copied.  Candidates are the sources
 * of the same path, and those that begin with the same lines; the SHA-256 of the part
 * that was read decides.  Where it is unchanged, the file is the same source, and only
 * what is new is stored.  A load without hash, or one that was killed before it had
 * read all, leaves a sample of the file instead, which decides for the same path alone.
 *
 * A worker's thread; reads the file, leaves its offset alone.
 */
#ifndef DB_GROWTH_H
#define DB_GROWTH_H

#include "db/sha256.h"
#include "db/store.h"

enum growth {
    GROWTH_NONE,       /* no source that is known begins like this */
    GROWTH_SAME,       /* all of a source, and nothing more */
    GROWTH_CONTINUES,  /* the source goes on, or its load was not finished */
    GROWTH_SUPERSEDES, /* the same, but in the middle of what was taken for an event */
    GROWTH_PART,       /* the beginning of a source whose bytes are in the case */
};

struct growth_found {
    enum growth kind;
    int64_t source;
    bool embedded, same_path;
};

/* A key of the lines that have the first 256 bytes (4096 at most); 0 while there are
 * fewer.  It stays the same while the file grows. */
int64_t growth_head(int descriptor);

/* The SHA-256 of the file's first `length` bytes, as text. -1: they cannot be read, or
 * goes_on said no, which is asked now and then (NULL: yes). */
int growth_hash(int descriptor, uint64_t length, bool (*goes_on)(void *payload),
                void *payload, char out[SHA256_HEX]);

/* The SHA-256 of the beginning, the end and blocks in between of the file's first
 * `bytes`, as text; "" where they cannot be read. */
void growth_sample(int descriptor, uint64_t bytes, char out[SHA256_HEX]);

/* Failures of the file are no failure: it is then a source of its own.  What this load
 * itself is at counts as far as it is committed (store_flush_head). */
int growth_find(struct store *store, int descriptor, uint64_t bytes, const char *path,
                int64_t head, struct growth_found *out, struct error *error);

#endif
