/*
 * packing.h - what bytes are, by the first of them: names and extensions prove nothing.
 *
 * A packing is a stream (bytes that unpack to other bytes: gzip, and UTF-16 text,
 * which is read as UTF-8), an archive (members with names), or nothing that can be
 * read.  What unpacks to a packing is judged again (db/source_reader.h).
 *
 * Source of the signatures: formats.md section 2, step 1 (RFC 1952 for gzip, RFC 8878
 * for zstd, the Parquet and Avro specifications, sqlite.org/fileformat; POSIX ustar
 * for the checksum of a tar header; RFC 2781 for UTF-16).
 */
#ifndef CORE_PACKING_H
#define CORE_PACKING_H

#include "core/slice.h"

enum packing_kind {
    PACKING_NONE, /* UTF-8 text or JSON, as far as can be told */
    /* streams */
    PACKING_GZIP,
    PACKING_ZSTD,
    PACKING_BZIP2,
    PACKING_XZ,
    PACKING_UTF16_LITTLE,
    PACKING_UTF16_BIG,
    /* archives */
    PACKING_TAR,
    PACKING_ZIP,
    PACKING_7Z,
    /* neither */
    PACKING_OTHER,  /* known, and not read */
    PACKING_BINARY, /* no kind of log */
    PACKING_KIND_COUNT
};

struct packing {
    enum packing_kind kind;
    const char *name;
    /* One line: what the analyst can do where it cannot be read; "" for text. */
    const char *hint;
};

enum { PACKING_SNIFF_BYTES = 4096 };

/* head: the first PACKING_SNIFF_BYTES bytes, or all where there are fewer. */
struct packing packing_of(struct slice head);

bool packing_is_stream(enum packing_kind kind);
bool packing_is_archive(enum packing_kind kind);

#endif
