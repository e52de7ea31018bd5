#include "config.h"

#include "db/source_reader_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "core/event.h"

bool source_reader_is_archive(const struct source_reader *reader)
{
    return archive_walk_can(reader->source.packing.kind);
}

bool source_reader_in_archive(const struct source_reader *reader)
{
    return reader->level_count > 0;
}

/* --- opening ------------------------------------------------------------------- */

/*
 * The directory of a zip or 7z stands at its end, so one that cannot be searched is
 * held in memory.  A larger zip is read from its start; a larger 7z cannot be.
 */
static int hold(struct source *source, bool *too_large, struct error *error)
{
    size_t length = 0, room = 0;
    char *data = NULL;
    ssize_t got = 1;
    while (got > 0 && length < LIMIT_HELD_ARCHIVE_BYTES) {
        if (length == room) {
            room = room ? 2 * room : BYTE_STREAM_BUFFER;
            char *more = realloc(data, room);
            if (!more) {
                free(data);
                return source_no_memory(error);
            }
            data = more;
        }
        got = byte_stream_read(source->leaf, data + length, room - length, error);
        length += got > 0 ? (size_t)got : 0;
    }
    if (got < 0) {
        free(data);
        return -1;
    }
    struct byte_stream *rest = source->leaf;
    if (got == 0 && !byte_stream_reason(rest)[0]) {
        byte_stream_free(rest);
        rest = NULL;
    }
    *too_large = got > 0;
    source->origin = NULL;
    source->leaf = byte_stream_of_memory(data, length, rest);
    return source->leaf ? 0 : source_no_memory(error);
}

/* The source is an archive: its members are next. */
static int open_level(struct source_reader *reader, struct error *error)
{
    struct source *source = &reader->source;
    enum packing_kind kind = source->packing.kind;
    bool too_large = false;
    if (source->origin)
        source->origin->hash = NULL;
    if (kind != PACKING_TAR && !source->leaf->kind->seek &&
        hold(source, &too_large, error))
        return -1;
    struct level *level = &reader->levels[reader->level_count];
    *level = (struct level){.walk = archive_walk_new(kind, source->leaf),
                            .depth = source->depth + 1,
                            .reason = ""};
    if (kind == PACKING_7Z && too_large)
        level->reason = "it is a 7z inside of another packing, too large to be held in "
                        "memory: unpack the outer packing first";
    source->leaf = source->origin = NULL;
    if (!level->walk)
        return source_no_memory(error);
    if (reader->level_count) {
        level->name_length = strlen(reader->name) + 1;
        reader->name[level->name_length - 1] = '/';
    }
    reader->level_count++;
    return 0;
}

/* --- members ------------------------------------------------------------------- */

static void name_member(struct source_reader *reader, const struct level *level,
                        const char *name)
{
    snprintf(reader->name + level->name_length, LIMIT_MEMBER_NAME_BYTES, "%s",
             name[0] ? name : "(unnamed)");
}

/* A member that is wanted, or what may be an archive that leads to it. */
static bool is_wanted(const struct source_reader *reader)
{
    if (!reader->wanted)
        return true;
    size_t length = strlen(reader->name);
    return !strncmp(reader->wanted, reader->name, length) &&
           (!reader->wanted[length] || reader->wanted[length] == '/');
}

void source_reader_want_member(struct source_reader *reader, const char *name)
{
    reader->wanted = name;
}

static int begin_member(struct source_reader *reader, const struct level *level,
                        const struct archive_member *member, struct error *error)
{
    reader->source = (struct source){
        .depth = level->depth,
        .bytes = member->bytes,
        .bytes_known = member->bytes_known,
        .mtime_us = member->mtime_us == EVENT_TIME_NONE ? reader->file_mtime_us
                                                        : member->mtime_us,
        .reason = "",
        .note = "",
    };
    reader->whole = true;
    reader->content = SLICE("");
    if (member->kind == MEMBER_ENCRYPTED)
        return 0;
    reader->source.origin = archive_walk_data(level->walk, &reader->budget);
    if (!reader->source.origin)
        return source_no_memory(error);
    return source_start_hash(reader, error) || source_begin(reader, error) ? -1 : 0;
}

static const char *changed_meanwhile(const struct source_reader *reader)
{
    struct stat status;
    if (fstat(reader->descriptor, &status) ||
        (uint64_t)status.st_size != reader->size ||
        (int64_t)status.st_mtim.tv_sec * 1000000 + status.st_mtim.tv_nsec / 1000 !=
            reader->file_mtime_us)
        return "the file changed while it was read";
    return "";
}

/* The file is the source again. */
static int end_walk(struct source_reader *reader, const char *reason)
{
    const char *note = archive_walk_note(reader->levels[0].walk);
    while (reader->level_count)
        archive_walk_free(reader->levels[--reader->level_count].walk);
    reader->source = reader->archive;
    reader->source.note = note;
    reader->source.reason = reason[0] ? reason : changed_meanwhile(reader);
    reader->whole = true;
    reader->content = SLICE("");
    return 0;
}

static const char *reason_of(const struct level *level)
{
    return level->reason[0] ? level->reason : archive_walk_reason(level->walk);
}

/* An archive inside of the archive ended: 1 where something must be said of it. */
static int end_level(struct source_reader *reader, struct source_member *member)
{
    struct level *level = &reader->levels[reader->level_count - 1];
    const char *reason = reason_of(level);
    reader->name[level->name_length - 1] = '\0';
    archive_walk_free(level->walk);
    reader->level_count--;
    *member = (struct source_member){reader->name, reason};
    return reason[0] ? 1 : 0;
}

static const char too_many[] =
    "it holds more than 1,000,000 members: the others are not read";
_Static_assert(LIMIT_ARCHIVE_MEMBERS == 1000000, "the text says so");

/* 1: *member is next; 0: look again; -1: failed. *ended: the archive is. */
static int step(struct source_reader *reader, struct source_member *member, bool *ended,
                struct error *error)
{
    struct level *level = &reader->levels[reader->level_count - 1];
    struct archive_member found;
    int result = archive_walk_next(level->walk, &found, error);
    if (result < 0)
        return -1;
    if (!result) {
        *ended = reader->level_count == 1;
        return *ended ? end_walk(reader, reason_of(level)) : end_level(reader, member);
    }
    if (found.kind == MEMBER_OTHER) {
        reader->passed_over++;
        return 0;
    }
    *ended = true;
    if (++reader->members > LIMIT_ARCHIVE_MEMBERS)
        return end_walk(reader, too_many);
    if (reader->budget.made > reader->budget.limit)
        return end_walk(reader,
                        "what it unpacks to is far more than logs do: the other "
                        "members are not read");
    *ended = false;
    name_member(reader, level, found.name);
    if (!is_wanted(reader))
        return 0;
    if (begin_member(reader, level, &found, error))
        return -1;
    if (source_reader_is_archive(reader))
        return open_level(reader, error);
    *member = (struct source_member){reader->name, NULL};
    if (found.kind == MEMBER_ENCRYPTED)
        member->failure =
            "it is encrypted: unpack it with its password, then load that";
    return 1;
}

int source_reader_next_member(struct source_reader *reader,
                              struct source_member *member, struct error *error)
{
    bool ended = false;
    int result = 0;
    if (!reader->level_count) {
        struct source archive = reader->source;
        if (open_level(reader, error))
            return -1;
        archive.leaf = archive.origin = NULL;
        reader->archive = archive;
    }
    while (!ended && !result) {
        source_drop_layers(reader);
        result = step(reader, member, &ended, error);
    }
    return result;
}
