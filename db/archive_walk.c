#include "config.h"

#include "db/archive_walk.h"

#include <errno.h>
#include <stdlib.h>

#include <archive.h>
#include <archive_entry.h>

#include "core/event.h"
#include "core/limits.h"

struct archive_walk {
    struct archive *archive;
    struct byte_stream *below;
    struct slice lent;    /* of below, to libarchive */
    uint64_t at;          /* offset in below of what comes next */
    struct error failure; /* of below */
    char name[LIMIT_MEMBER_NAME_BYTES];
    const char *reason;
};

/* --- what libarchive reads from ------------------------------------------------ */

static la_ssize_t lend(struct archive *archive, void *payload, const void **bytes)
{
    struct archive_walk *walk = payload;
    byte_stream_take(walk->below, walk->lent.length);
    walk->at += walk->lent.length;
    walk->lent = SLICE_NONE;
    if (byte_stream_ahead(walk->below, 1, &walk->lent, &walk->failure)) {
        archive_set_error(archive, EIO, "%s", walk->failure.message);
        return ARCHIVE_FATAL;
    }
    *bytes = walk->lent.data;
    return (la_ssize_t)walk->lent.length;
}

static la_int64_t seek(struct archive *archive, void *payload, la_int64_t offset,
                       int whence)
{
    struct archive_walk *walk = payload;
    int64_t size = (int64_t)walk->below->kind->size(walk->below);
    int64_t now = (int64_t)(walk->at + walk->lent.length);
    int64_t from = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? now : size;
    (void)archive;
    int64_t target = offset < -from ? 0 : from + offset;
    if (target > size)
        target = size;
    byte_stream_seek(walk->below, (uint64_t)target);
    walk->at = (uint64_t)target;
    walk->lent = SLICE_NONE;
    return target;
}

/* --- opening ------------------------------------------------------------------- */

static const struct {
    enum packing_kind kind;
    int (*support)(struct archive *archive);
} formats[] = {
    {PACKING_TAR, archive_read_support_format_tar},
    {PACKING_ZIP, archive_read_support_format_zip},
    {PACKING_7Z, archive_read_support_format_7zip},
};

static int support(struct archive *archive, enum packing_kind kind)
{
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        if (formats[i].kind == kind)
            return formats[i].support(archive);
    }
    return ARCHIVE_FATAL;
}

bool archive_walk_can(enum packing_kind kind)
{
    return packing_is_archive(kind);
}

struct archive_walk *archive_walk_new(enum packing_kind kind, struct byte_stream *below)
{
    struct archive_walk *walk = calloc(1, sizeof *walk);
    if (!walk || !(walk->archive = archive_read_new()) ||
        support(walk->archive, kind) != ARCHIVE_OK) {
        if (walk && walk->archive)
            archive_read_free(walk->archive);
        free(walk);
        byte_stream_free(below);
        return NULL;
    }
    walk->below = below;
    walk->reason = "";
    archive_read_set_read_callback(walk->archive, lend);
    if (below->kind->seek)
        archive_read_set_seek_callback(walk->archive, seek);
    archive_read_set_callback_data(walk->archive, walk);
    /* Tars that were joined are read to the last one; other forms have no such option.
     */
    (void)archive_read_set_options(walk->archive, "read_concatenated_archives");
    if (archive_read_open1(walk->archive) != ARCHIVE_OK)
        walk->reason = "the archive cannot be read";
    return walk;
}

void archive_walk_free(struct archive_walk *walk)
{
    if (!walk)
        return;
    archive_read_free(walk->archive);
    byte_stream_free(walk->below);
    free(walk);
}

/* --- members ------------------------------------------------------------------- */

static const char *name_of(struct archive_walk *walk, struct archive_entry *entry)
{
    /* Names in the archive's own bytes where they are no UTF-8. */
    const char *name = archive_entry_pathname_utf8(entry);
    if (!name)
        name = archive_entry_pathname(entry);
    struct slice kept =
        slice_first(slice_from(name ? name : ""), LIMIT_MEMBER_NAME_BYTES - 1);
    if (kept.length)
        memcpy(walk->name, kept.data, kept.length);
    walk->name[kept.length] = '\0';
    return walk->name;
}

static enum archive_member_kind kind_of(struct archive_entry *entry)
{
    if (archive_entry_filetype(entry) != AE_IFREG || archive_entry_hardlink(entry))
        return MEMBER_OTHER;
    return archive_entry_is_data_encrypted(entry) ? MEMBER_ENCRYPTED : MEMBER_FILE;
}

/* Nothing outside these years: other numbers are hostile. */
static int64_t mtime_of(struct archive_entry *entry)
{
    enum { YEAR_SECONDS = 366 * 24 * 60 * 60, YEARS = 1000 };
    int64_t seconds = archive_entry_mtime(entry);
    if (!archive_entry_mtime_is_set(entry) || seconds < 0 ||
        seconds > (int64_t)YEAR_SECONDS * YEARS)
        return EVENT_TIME_NONE;
    return seconds * 1000000;
}

static int end(struct archive_walk *walk, struct error *error)
{
    if (walk->failure.code != ERROR_NONE) {
        *error = walk->failure;
        return -1;
    }
    walk->reason = byte_stream_reason(walk->below);
    if (archive_read_has_encrypted_entries(walk->archive) > 0)
        walk->reason = "it is encrypted: unpack it with its password, then load that";
    else if (!walk->reason[0])
        walk->reason = "the archive is cut off or damaged: what follows is not read";
    return 0;
}

int archive_walk_next(struct archive_walk *walk, struct archive_member *member,
                      struct error *error)
{
    struct archive_entry *entry = NULL;
    int result;
    do {
        if (walk->reason[0])
            return walk->failure.code == ERROR_NONE ? 0 : end(walk, error);
        result = archive_read_next_header(walk->archive, &entry);
        if (result == ARCHIVE_EOF) {
            /* What cut the layer below is the reason here. */
            walk->reason = byte_stream_reason(walk->below);
            return 0;
        }
        if (result != ARCHIVE_OK && result != ARCHIVE_WARN)
            return end(walk, error);
    } while (archive_entry_filetype(entry) == AE_IFDIR);
    *member = (struct archive_member){
        .kind = kind_of(entry),
        .name = name_of(walk, entry),
        .mtime_us = mtime_of(entry),
        .bytes_known =
            archive_entry_size_is_set(entry) && archive_entry_size(entry) >= 0,
    };
    if (member->bytes_known)
        member->bytes = (uint64_t)archive_entry_size(entry);
    return 1;
}

/* --- the bytes of a member ----------------------------------------------------- */

struct member_stream {
    struct byte_stream stream;
    struct archive_walk *walk;
    struct slice block; /* libarchive's, not yet taken */
    uint64_t gap;       /* NULs before it: a hole of a sparse file */
};

static int next_block(struct member_stream *member, struct error *error)
{
    const void *bytes = NULL;
    size_t length = 0;
    la_int64_t offset = 0;
    struct byte_stream *stream = &member->stream;
    int result =
        archive_read_data_block(member->walk->archive, &bytes, &length, &offset);
    if (member->walk->failure.code != ERROR_NONE) {
        *error = member->walk->failure;
        return -1;
    }
    if (result == ARCHIVE_EOF)
        stream->ended = true;
    else if (result != ARCHIVE_OK && result != ARCHIVE_WARN)
        byte_stream_cut(stream, "it is cut off or damaged in its archive");
    else {
        member->block = (struct slice){bytes, length};
        member->gap =
            (uint64_t)offset > stream->total ? (uint64_t)offset - stream->total : 0;
    }
    return 0;
}

static ssize_t read_member(struct byte_stream *stream, char *to, size_t room,
                           struct error *error)
{
    struct member_stream *member = (struct member_stream *)stream;
    while (!stream->ended && !member->gap && !member->block.length) {
        if (next_block(member, error))
            return -1;
    }
    if (member->gap) {
        size_t length = member->gap < room ? (size_t)member->gap : room;
        memset(to, 0, length);
        member->gap -= length;
        return (ssize_t)length;
    }
    struct slice taken = slice_first(member->block, room);
    if (taken.length)
        memcpy(to, taken.data, taken.length);
    member->block = slice_skip(member->block, taken.length);
    return (ssize_t)taken.length;
}

static void free_member(struct byte_stream *stream)
{
    free(stream);
}

struct byte_stream *archive_walk_data(struct archive_walk *walk,
                                      struct unpack_budget *budget)
{
    static const struct byte_stream_kind kind = {read_member, free_member, NULL, NULL};
    struct member_stream *member = calloc(1, sizeof *member);
    if (!member)
        return NULL;
    member->walk = walk;
    byte_stream_init(&member->stream, &kind, NULL);
    member->stream.budget = budget;
    return &member->stream;
}

const char *archive_walk_reason(const struct archive_walk *walk)
{
    return walk->reason;
}

const char *archive_walk_note(const struct archive_walk *walk)
{
    return byte_stream_note(walk->below);
}
