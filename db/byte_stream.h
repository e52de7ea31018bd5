/*
 * byte_stream.h - bytes that are pulled through layers: a file, what it unpacks to, a
 * member of an archive, what that unpacks to.
 *
 * A stream owns the one below it.  Its buffer, made when it is first needed, holds what
 * was read ahead: the layer above looks at it and takes what it can use, so no bytes
 * are copied between layers.  A layer that reads into a buffer of its own choice takes
 * the rest of this buffer first.
 *
 * The end of a stream may be early: then `reason` says why, and all bytes that came
 * before are good.  Texts are static.  -1 with an error only where the file itself
 * cannot be read, or memory ends.
 */
#ifndef DB_BYTE_STREAM_H
#define DB_BYTE_STREAM_H

#include <stdbool.h>
#include <sys/types.h>

#include "core/error.h"
#include "core/slice.h"
#include "db/sha256.h"

enum { BYTE_STREAM_BUFFER = 256 * 1024 };

struct byte_stream;

struct byte_stream_kind {
    /* Up to `room` bytes, more than none; 0: the end. */
    ssize_t (*read)(struct byte_stream *stream, char *to, size_t room,
                    struct error *error);
    void (*free)(struct byte_stream *stream);
    /* Goes on at this offset; NULL where that is not possible. */
    void (*seek)(struct byte_stream *stream, uint64_t offset);
    /* Bytes in all; with seek alone. */
    uint64_t (*size)(const struct byte_stream *stream);
};

/* What all layers over one file may make, see LIMIT_UNPACK_RATIO. */
struct unpack_budget {
    uint64_t made, limit;
};

struct byte_stream {
    const struct byte_stream_kind *kind;
    struct byte_stream *below;
    struct unpack_budget *budget; /* borrowed; NULL: this layer unpacks nothing */
    struct sha256 *hash;          /* borrowed; NULL: not hashed */
    char *buffer;
    size_t begin, end; /* of what is in the buffer */
    uint64_t total;    /* bytes that came out of `kind` */
    bool ended;
    const char *reason; /* "" or why it ended early */
    const char *note;   /* "" or what was odd at its end */
};

/* `stream` is the first member of what the kind needs; below is taken over. */
void byte_stream_init(struct byte_stream *stream, const struct byte_stream_kind *kind,
                      struct byte_stream *below);
/* With all below it; NULL is well. */
void byte_stream_free(struct byte_stream *stream);

/* Up to `room` bytes; 0 at the end alone. */
ssize_t byte_stream_read(struct byte_stream *stream, char *to, size_t room,
                         struct error *error);
/* What is read ahead, at least `want` bytes (at most BYTE_STREAM_BUFFER) unless the
 * stream ends before; valid until the next call. */
int byte_stream_ahead(struct byte_stream *stream, size_t want, struct slice *ahead,
                      struct error *error);
/* Takes bytes that were read ahead. */
void byte_stream_take(struct byte_stream *stream, size_t count);
/* Reads to the end, for the hash. */
int byte_stream_drain(struct byte_stream *stream, struct error *error);
void byte_stream_seek(struct byte_stream *stream, uint64_t offset);
/* Ends early; the first reason stays. */
void byte_stream_cut(struct byte_stream *stream, const char *reason);

/* The first reason why this stream or one below it ended early, "" if none did. */
const char *byte_stream_reason(const struct byte_stream *stream);
const char *byte_stream_note(const struct byte_stream *stream);

/* Memory, taken over (from malloc), and then what follows it in `rest` (may be NULL).
 */
struct byte_stream *byte_stream_of_memory(char *data, size_t length,
                                          struct byte_stream *rest);

#endif
