/*
 * packing.h - what a file is, by its first bytes: names and extensions prove nothing.
 *
 * Source of the signatures: formats.md section 2, step 1 (RFC 1952 for gzip, RFC 8878
 * for zstd, the Parquet and Avro specifications, sqlite.org/fileformat).
 */
#ifndef CORE_PACKING_H
#define CORE_PACKING_H

#include "core/slice.h"

enum packing_kind {
    PACKING_NONE, /* text or JSON, as far as can be told */
    PACKING_GZIP,
    PACKING_OTHER,  /* known, and not read: hint says what the analyst can do */
    PACKING_BINARY, /* no kind of log */
};

struct packing {
    enum packing_kind kind;
    const char *name;
    const char *hint; /* one line, "" for what is read */
};

enum { PACKING_SNIFF_BYTES = 4096 };

/* head: the first PACKING_SNIFF_BYTES bytes, or all of a shorter file. */
struct packing packing_of(struct slice head);

#endif
