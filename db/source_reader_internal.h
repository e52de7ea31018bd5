/*
 * source_reader_internal.h - the inside of the source reader: source_reader.c (the
 * buffers, files, reading), source_begin.c (what a source is, and its layers),
 * source_archive.c (members).
 */
#ifndef DB_SOURCE_READER_INTERNAL_H
#define DB_SOURCE_READER_INTERNAL_H

#include "core/limits.h"
#include "db/archive_walk.h"
#include "db/gzip_whole.h"
#include "db/source_reader.h"

enum {
    /* Two workers must stay well under 256 MB together.  CloudTrail's files are 2 to
     * 7 MB packed and 27 MB unpacked on average. */
    PACKED_CAPACITY = 16 * 1024 * 1024,
    WINDOW_CAPACITY = 48 * 1024 * 1024,
    WINDOW_STREAMING = LIMIT_RECORD_BYTES + 1024 * 1024,
    READ_CHUNK = 1024 * 1024,
    LAYERS_MAX = 64, /* bytes of their names */
    /* Names of members in archives in archives. */
    NAME_BYTES = LIMIT_PACKING_DEPTH * (LIMIT_MEMBER_NAME_BYTES + 1),
};

/* An archive that is walked. */
struct level {
    struct archive_walk *walk;
    size_t name_length; /* where the names of its members begin */
    unsigned depth;     /* packings from the file to its members */
    const char *reason; /* "" or why its members cannot be read */
};

/* A file, or a member of an archive. */
struct source {
    struct byte_stream *origin; /* its packed bytes, the lowest layer of `leaf` */
    struct byte_stream *leaf;   /* its unpacked bytes; owns the layers below */
    struct packing packing;     /* of the innermost bytes */
    char layers[LAYERS_MAX];
    unsigned depth; /* packings from the file to here */
    uint64_t bytes; /* packed, as said before they are read */
    bool bytes_known;
    int64_t mtime_us;
    const char *reason, *note; /* "" where the layers say it */
    uint32_t crc32;            /* of what was unpacked so far */
    char sha256[SHA256_HEX];   /* "" until known */
};

struct source_reader {
    int descriptor;
    uint64_t size; /* of the file when opened */
    int64_t file_mtime_us;
    uint64_t consumed;
    bool hashing;
    struct sha256 *hash;
    struct gzip_whole *inflater;
    struct unpack_budget budget;

    struct source source;
    struct source archive; /* the file, while its members are read */
    struct level levels[LIMIT_PACKING_DEPTH];
    unsigned level_count;
    uint64_t members, passed_over;
    char name[NAME_BYTES];
    const char *wanted; /* the members that are not passed over; NULL: all */

    char *packed, *window;
    size_t packed_capacity, window_capacity;
    size_t packed_length; /* bytes of the source read ahead of its layers */
    bool whole;           /* all of it is in `content` */
    struct slice content;
    size_t window_length, window_given; /* given: by source_reader_read */
    uint64_t window_base;
    bool large_touched;        /* beyond what streaming needs */
    struct access_point point; /* passed and not taken yet */
    bool ended;
};

/* --- source_begin.c --- */
/* Begins to hash what source.origin gives. */
int source_start_hash(struct source_reader *reader, struct error *error);
/* Reads what is left of the source for its hash. */
int source_drain(struct source_reader *reader, struct error *error);
/* Finds out what source.origin gives, and reads it whole if it is small. */
int source_begin(struct source_reader *reader, struct error *error);
int source_no_memory(struct error *error);

/* The source is gzip data in a file, with nothing around it or in it. */
bool source_is_gzip_file(const struct source *source);

/* --- source_reader.c --- */
void source_drop_layers(struct source_reader *reader);

#endif
