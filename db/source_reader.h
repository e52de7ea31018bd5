/*
 * source_reader.h - the bytes of one source, unpacked, hashed on the way.
 *
 * A source is a file, or a member of an archive: what is an archive, at whatever depth,
 * is walked with source_reader_next_member, each member being read as a file is.
 * Packings are told by their bytes at every level, to LIMIT_PACKING_DEPTH (gz in zst in
 * tar in zip); nothing is ever written to disk.  Text in UTF-16 is read as UTF-8.
 * Offsets count the innermost bytes: unpacked, and where they were UTF-16, as UTF-8.
 *
 * Bytes are read into two buffers that are reused for every source: packed input, and
 * a window of unpacked bytes.  A source that fits is read and inflated whole, so that
 * its SHA-256 is known before anything is done with it; a larger one, and every other
 * packing than gzip, streams through layers (byte_stream.h).  The inputs are never
 * mapped: a file that shrinks would kill the program (SIGBUS).
 *
 * One reader per worker thread.
 */
#ifndef DB_SOURCE_READER_H
#define DB_SOURCE_READER_H

#include <sys/types.h>

#include "core/error.h"
#include "core/packing.h"
#include "db/access_point.h"
#include "db/sha256.h"
#include "db/source_content.h"

enum source_state {
    SOURCE_MORE,  /* the window was extended, more follows */
    SOURCE_WHOLE, /* the window ends where the source ends */
    SOURCE_CUT,   /* the window ends early: see source_reader_reason */
};

struct source_window {
    const char *data;
    size_t length;
    uint64_t base; /* offset of data in the unpacked stream */
    enum source_state state;
};

struct source_reader;

enum source_reader_use {
    READER_LOADS,  /* large buffers */
    READER_CHECKS, /* small ones: everything streams */
};
struct source_reader *source_reader_new(enum source_reader_use use);
void source_reader_free(struct source_reader *reader);

/*
 * Takes over `descriptor`, of a regular file at its start. hash: whether to compute
 * the SHA-256. On return packing is known, and for a small file the hash as well.
 */
int source_reader_open(struct source_reader *reader, int descriptor, bool hash,
                       struct error *error);
void source_reader_close(struct source_reader *reader);

/* --- archives ------------------------------------------------------------------ */

/* The source that was opened is an archive that can be walked. */
bool source_reader_is_archive(const struct source_reader *reader);

/* The source is a member of one. */
bool source_reader_in_archive(const struct source_reader *reader);

struct source_member {
    const char *name;    /* inside of the archive, inner archives included:
                            logs.tar/2026/a.json.gz; valid until the next one */
    const char *failure; /* NULL, or why it cannot be read: static text */
};

/*
 * The next member is the source from now on. 1: there is one. 0: no more, the source is
 * the archive itself again: what ended the walk early is its reason.
 */
int source_reader_next_member(struct source_reader *reader,
                              struct source_member *member, struct error *error);
/* Only members of this name, and the archives that lead to them, are the source from
 * now on; the others are passed over unread.  Borrowed until the next file is opened.
 */
void source_reader_want_member(struct source_reader *reader, const char *name);
/* Links and devices that had no bytes of their own. */
uint64_t source_reader_passed_over(const struct source_reader *reader);

/* --- the source ---------------------------------------------------------------- */

struct packing source_reader_packing(const struct source_reader *reader);
/* The names of its packings from the outside in, such as "zstd>gzip", or "". */
const char *source_reader_layers(const struct source_reader *reader);
uint64_t source_reader_bytes(const struct source_reader *reader); /* packed */
int64_t source_reader_mtime(const struct source_reader *reader);  /* microseconds */
/* Bytes of the file read so far, for progress. */
uint64_t source_reader_consumed(const struct source_reader *reader);

/* The hash, once all bytes were read; NULL before, or without hash. */
const char *source_reader_sha256(const struct source_reader *reader);
/* Reads all of a file for the hash alone, then starts again at the beginning; does
 * nothing for a member, which cannot be read twice. */
int source_reader_hash_first(struct source_reader *reader, struct error *error);

/*
 * Drops the window's bytes before `keep` and extends it.  Successive calls at least
 * double a window whose bytes are all kept, up to LIMIT_RECORD_BYTES + 1 MiB, which
 * is always enough for the framer.
 */
int source_reader_next(struct source_reader *reader, size_t keep,
                       struct source_window *window, struct error *error);

/* Goes on at this offset of what was not read yet; false where the bytes are packed, so
 * that they must be read to get there.  What was read of the source is not hashed. */
bool source_reader_seek(struct source_reader *reader, uint64_t offset);
/* The same at a point of a file that is gzip data and nothing else. 1; 0: it is not. */
int source_reader_resume(struct source_reader *reader, const struct access_point *point,
                         struct error *error);
/* The point that was passed since the last time, if one was; READER_LOADS alone. */
void source_reader_take_point(struct source_reader *reader, struct access_point *out);

enum { SOURCE_READ_MIN = 64 }; /* the least room that every layer can write into */
/*
 * The same bytes in order, up to `room` of them (at least SOURCE_READ_MIN), for whoever
 * has a window of its own; 0: the end.  Either this or source_reader_next, not both.
 */
ssize_t source_reader_read(struct source_reader *reader, char *to, size_t room,
                           struct error *error);
/* How a source that was read to its end did end. */
enum source_state source_reader_end(const struct source_reader *reader);

/* The whole source in the window before any reading, or false. */
bool source_reader_whole(const struct source_reader *reader, struct slice *content);
/* Of what was read so far: the content's once the source ended. */
struct source_content source_reader_content(const struct source_reader *reader);

/* Static text: why a source was cut, or "" ; and what was odd at its end. */
const char *source_reader_reason(const struct source_reader *reader);
const char *source_reader_note(const struct source_reader *reader);

#endif
