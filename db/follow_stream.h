/*
 * follow_stream.h - one input that is read as it grows: a file, or standard input.
 *
 * What was read is stored with each round, up to its last complete record; the rest
 * waits in memory for what completes it.  All bytes are embedded in the case.  A file
 * that was cut, or written anew, is another source from then on: what was read of it
 * stays.  A file that the case knows (growth.h) is read on where it was left.
 *
 * Used by the thread of follow.c alone; the tools are shared by all streams.
 */
#ifndef DB_FOLLOW_STREAM_H
#define DB_FOLLOW_STREAM_H

#include "db/load_internal.h"

struct follow_stream;

/* What streams have in common: the tools of a worker and one window. */
struct follow_tools {
    struct work work;
    char *window; /* FRAME_WINDOW_BYTES */
};
int follow_tools_init(struct follow_tools *tools, struct load *load,
                      struct error *error);
void follow_tools_fini(struct follow_tools *tools);

/* By its first bytes. A packed file is not read as it grows. */
bool follow_is_packed(int descriptor);

/* Takes over the descriptor. file: its place in the load's list. NULL: no memory. */
struct follow_stream *follow_stream_new(struct follow_tools *tools, size_t file,
                                        int descriptor);
void follow_stream_free(struct follow_stream *stream);

enum follow_state {
    FOLLOW_GROWS,  /* all that is there was read */
    FOLLOW_ENDED,  /* standard input has */
    FOLLOW_PACKED, /* not to be read as it grows: nothing was done */
};
/* Reads and appends to the store what is new. */
int follow_stream_read(struct follow_stream *stream, enum follow_state *state,
                       struct error *error);

enum follow_end {
    FOLLOW_PAUSED, /* an incomplete record stays to be read later */
    FOLLOW_OVER,   /* nothing more will come: what is left is a record */
    FOLLOW_CUT,    /* the rest of it is gone */
};
/* Ends its source, if it has begun. */
int follow_stream_end(struct follow_stream *stream, enum follow_end how,
                      struct error *error);

int follow_stream_descriptor(const struct follow_stream *stream);
const char *follow_stream_path(const struct follow_stream *stream);
/* Bytes read since the last call. */
uint64_t follow_stream_progress(struct follow_stream *stream);

#endif
