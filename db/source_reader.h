/*
 * source_reader.h - the bytes of one input file, unpacked, hashed on the way.
 *
 * Bytes are read once into two buffers that are reused for every file: packed input
 * and a window of unpacked bytes.  A file that fits is read and inflated whole, so
 * that its SHA-256 is known before anything is done with it; a larger one streams.
 * The inputs are never mapped: a file that shrinks would kill the program (SIGBUS).
 *
 * One reader per worker thread.
 */
#ifndef DB_SOURCE_READER_H
#define DB_SOURCE_READER_H

#include <sys/types.h>

#include "core/error.h"
#include "core/packing.h"

enum { SHA256_HEX = 65 };
/* 32 bytes as 64 digits. */
void sha256_text(const unsigned char *digest, char out[SHA256_HEX]);

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

struct source_reader *source_reader_new(void);
void source_reader_free(struct source_reader *reader);

/*
 * Takes over `descriptor`, of a regular file at its start. hash: whether to compute
 * the SHA-256. On return packing is known, and for a small file the hash as well.
 */
int source_reader_open(struct source_reader *reader, int descriptor, bool hash,
                       struct error *error);
void source_reader_close(struct source_reader *reader);

struct packing source_reader_packing(const struct source_reader *reader);
uint64_t source_reader_bytes(const struct source_reader *reader); /* as opened */
int64_t source_reader_mtime(const struct source_reader *reader);  /* microseconds */
/* Packed bytes read so far, for progress. */
uint64_t source_reader_consumed(const struct source_reader *reader);

/* The hash, once all bytes were read; NULL before, or without hash. */
const char *source_reader_sha256(const struct source_reader *reader);
/* Reads all for the hash alone, then starts again at the beginning. */
int source_reader_hash_first(struct source_reader *reader, struct error *error);

/*
 * Drops the window's bytes before `keep` and extends it.  Successive calls at least
 * double a window whose bytes are all kept, up to LIMIT_RECORD_BYTES + 1 MiB, which
 * is always enough for the framer.
 */
int source_reader_next(struct source_reader *reader, size_t keep,
                       struct source_window *window, struct error *error);

/* Static text: why a source was cut, or "" ; and what was odd at its end. */
const char *source_reader_reason(const struct source_reader *reader);
const char *source_reader_note(const struct source_reader *reader);

#endif
