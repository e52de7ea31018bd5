/*
 * archive_walk.h - the members of a tar, zip or 7z, one after the other, in memory.
 *
 * libarchive with the one format that the bytes show: asked for all formats it takes
 * short JSON for an mtree (formats.md Part B).  Nothing is ever written to disk, so a
 * member's name is a text and no path, however hostile.  A zip that cannot be
 * searched from its end, or whose end is cut off, is read from its start.
 */
#ifndef DB_ARCHIVE_WALK_H
#define DB_ARCHIVE_WALK_H

#include "core/packing.h"
#include "db/byte_stream.h"

enum archive_member_kind {
    MEMBER_FILE,
    MEMBER_ENCRYPTED, /* a file, whose bytes cannot be had */
    MEMBER_OTHER,     /* a link, a device: has no bytes of its own */
};

struct archive_member {
    enum archive_member_kind kind;
    const char *name; /* as it stands in the archive, cut at LIMIT_MEMBER_NAME_BYTES;
                         valid until the next one */
    int64_t mtime_us; /* EVENT_TIME_NONE: not said */
    uint64_t bytes;   /* with bytes_known */
    bool bytes_known;
};

struct archive_walk;

/* Whether this build can open it. */
bool archive_walk_can(enum packing_kind kind);
/* Takes over `below`. NULL: no memory. What is damaged shows at the first member. */
struct archive_walk *archive_walk_new(enum packing_kind kind,
                                      struct byte_stream *below);
void archive_walk_free(struct archive_walk *walk);

/*
 * 1: *member is the next one that is no folder. 0: there are no more; the reason, if
 * any, says why they may be fewer than there were. -1: the file cannot be read.
 */
int archive_walk_next(struct archive_walk *walk, struct archive_member *member,
                      struct error *error);
/* The bytes of the member that archive_walk_next gave, to be freed before the next
 * call of it. NULL: no memory. */
struct byte_stream *archive_walk_data(struct archive_walk *walk,
                                      struct unpack_budget *budget);

/* Static text: why the walk ended early, or "". */
const char *archive_walk_reason(const struct archive_walk *walk);
/* Static text: what was odd at the end of the packings around it, or "". */
const char *archive_walk_note(const struct archive_walk *walk);

#endif
