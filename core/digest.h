/*
 * digest.h - a CloudTrail digest: the log files of one hour, with the hash of each, and
 * the digest of the hour before, with its own: so the digests are a chain.
 *
 * A file whose content has that hash is consistent with the digest; who signed the
 * digest is another matter, which is not looked at here.  Fields: AWS, "CloudTrail
 * digest file structure"; the hash is of the unpacked content.
 */
#ifndef CORE_DIGEST_H
#define CORE_DIGEST_H

#include "core/arena.h"
#include "core/error.h"

enum {
    /* Bytes of one digest, and files that it lists. */
    LIMIT_DIGEST_BYTES = 8 * 1024 * 1024,
    LIMIT_DIGEST_FILES = 20000,
};

struct digest_file {
    struct slice object; /* the file's key in its bucket */
    struct slice sha256; /* 64 hex digits, or blank where it is another hash */
    bool digest;         /* the one before this, else a log file */
};

struct digest {
    struct slice start, end; /* of the hour, as written */
    struct digest_file *files;
    size_t count;
};

/* Texts in the arena.  ERROR_SYNTAX: no digest; ERROR_LIMIT: beyond the limits. */
int digest_read(struct slice json, struct arena *arena, struct digest *out,
                struct error *error);

#endif
