/* mmap of anonymous memory and madvise are not in POSIX 2008. */
#define _DEFAULT_SOURCE 1
#include "config.h"

#include "db/source_reader_internal.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "db/file_stream.h"
#include "db/unpack.h"

/* First touch of new memory costs 30 times a touch of old (performance.md section 2),
 * so the buffers are mapped once, with huge pages where the system gives them. */
static char *map_buffer(size_t size)
{
    void *memory =
        mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        return NULL;
#ifdef MADV_HUGEPAGE
    (void)madvise(memory, size, MADV_HUGEPAGE);
#endif
    return memory;
}

struct source_reader *source_reader_new(enum source_reader_use use)
{
    struct source_reader *reader = calloc(1, sizeof *reader);
    if (!reader)
        return NULL;
    reader->descriptor = -1;
    reader->packed_capacity = use == READER_LOADS ? PACKED_CAPACITY : READ_CHUNK;
    reader->window_capacity = use == READER_LOADS ? WINDOW_CAPACITY : WINDOW_STREAMING;
    reader->packed = map_buffer(reader->packed_capacity);
    reader->window = map_buffer(reader->window_capacity);
    reader->hash = sha256_new();
    reader->inflater = gzip_whole_new();
    reader->source.reason = reader->source.note = "";
    if (reader->packed && reader->window && reader->hash && reader->inflater)
        return reader;
    source_reader_free(reader);
    return NULL;
}

void source_reader_free(struct source_reader *reader)
{
    if (!reader)
        return;
    source_reader_close(reader);
    gzip_whole_free(reader->inflater);
    sha256_free(reader->hash);
    if (reader->packed)
        munmap(reader->packed, reader->packed_capacity);
    if (reader->window)
        munmap(reader->window, reader->window_capacity);
    free(reader);
}

void source_drop_layers(struct source_reader *reader)
{
    byte_stream_free(reader->source.leaf);
    reader->source.leaf = reader->source.origin = NULL;
}

void source_reader_close(struct source_reader *reader)
{
    source_drop_layers(reader);
    while (reader->level_count)
        archive_walk_free(reader->levels[--reader->level_count].walk);
    if (reader->descriptor >= 0)
        close(reader->descriptor);
    reader->descriptor = -1;
}

static int begin_file(struct source_reader *reader, struct error *error)
{
    struct source *source = &reader->source;
    char sha256[SHA256_HEX];
    memcpy(sha256, source->sha256, sizeof sha256);
    *source = (struct source){
        .origin = file_stream_new(reader->descriptor, reader->size, &reader->consumed),
        .bytes = reader->size,
        .bytes_known = true,
        .mtime_us = reader->file_mtime_us,
        .reason = "",
        .note = "",
    };
    reader->consumed = 0;
    reader->budget.made = 0;
    if (!source->origin)
        return source_no_memory(error);
    if (!sha256[0] && source_start_hash(reader, error))
        return -1;
    memcpy(source->sha256, sha256, sizeof sha256);
    return source_begin(reader, error);
}

static int64_t mtime_of(const struct stat *status)
{
    return (int64_t)status->st_mtim.tv_sec * 1000000 + status->st_mtim.tv_nsec / 1000;
}

int source_reader_open(struct source_reader *reader, int descriptor, bool hash,
                       struct error *error)
{
    source_reader_close(reader);
    reader->descriptor = descriptor;
    reader->source.sha256[0] = '\0';
    reader->members = reader->passed_over = 0;
    reader->wanted = NULL;
    struct stat status;
    if (fstat(descriptor, &status) || !S_ISREG(status.st_mode))
        return error_set(error, ERROR_INPUT, "is not a regular file");
    reader->size = (uint64_t)status.st_size;
    reader->file_mtime_us = mtime_of(&status);
    reader->hashing = hash;
    reader->budget.limit = LIMIT_UNPACK_FREE_BYTES;
    if (reader->size > LIMIT_UNPACK_FREE_BYTES / LIMIT_UNPACK_RATIO)
        reader->budget.limit = reader->size * LIMIT_UNPACK_RATIO;
    return begin_file(reader, error);
}

int source_reader_hash_first(struct source_reader *reader, struct error *error)
{
    const struct byte_stream *origin = reader->source.origin;
    if (!origin || !origin->hash || !origin->kind->seek)
        return 0;
    if (source_drain(reader, error))
        return -1;
    source_drop_layers(reader);
    return begin_file(reader, error);
}

/* --- reading ------------------------------------------------------------------- */

ssize_t source_reader_read(struct source_reader *reader, char *to, size_t room,
                           struct error *error)
{
    struct source *source = &reader->source;
    size_t held = reader->window_length - reader->window_given;
    if (held) {
        size_t given = held < room ? held : room;
        memcpy(to, reader->window + reader->window_given, given);
        reader->window_given += given;
        return (ssize_t)given;
    }
    ssize_t got = byte_stream_read(source->leaf, to, room, error);
    if (got > 0 && source->layers[0])
        source->crc32 = gzip_crc32(source->crc32, (struct slice){to, (size_t)got});
    return got || !source_drain(reader, error) ? got : -1;
}

/* Drops the window's bytes before `keep`, reads to its new end. */
static int extend(struct source_reader *reader, size_t keep, struct error *error)
{
    size_t kept = reader->window_length - keep;
    memmove(reader->window, reader->window + keep, kept);
    reader->window_base += keep;
    reader->window_length = reader->window_given = kept;
    size_t target = kept + (kept > READ_CHUNK ? kept : READ_CHUNK);
    if (target > WINDOW_STREAMING)
        target = WINDOW_STREAMING;
    while (target - reader->window_length >= SOURCE_READ_MIN) {
        ssize_t got = source_reader_read(reader, reader->window + reader->window_length,
                                         target - reader->window_length, error);
        if (got < 0)
            return -1;
        reader->ended = got == 0;
        if (reader->ended)
            break;
        reader->window_length += (size_t)got;
        reader->window_given = reader->window_length;
    }
    return 0;
}

enum source_state source_reader_end(const struct source_reader *reader)
{
    return source_reader_reason(reader)[0] ? SOURCE_CUT : SOURCE_WHOLE;
}

int source_reader_next(struct source_reader *reader, size_t keep,
                       struct source_window *window, struct error *error)
{
    if (!reader->whole && !reader->ended && extend(reader, keep, error))
        return -1;
    enum source_state state =
        reader->whole || reader->ended ? source_reader_end(reader) : SOURCE_MORE;
    if (reader->whole)
        *window = (struct source_window){reader->content.data, reader->content.length,
                                         0, state};
    else
        *window = (struct source_window){reader->window, reader->window_length,
                                         reader->window_base, state};
    return 0;
}

static void go_on_at(struct source_reader *reader, uint64_t offset)
{
    reader->window_base = offset;
    reader->window_length = reader->window_given = 0;
    reader->ended = false;
}

bool source_reader_seek(struct source_reader *reader, uint64_t offset)
{
    struct source *source = &reader->source;
    if (reader->whole || source->leaf != source->origin || !source->leaf->kind->seek)
        return false;
    source->origin->hash = NULL;
    byte_stream_seek(source->origin, offset);
    go_on_at(reader, offset);
    return true;
}

int source_reader_resume(struct source_reader *reader, const struct access_point *point,
                         struct error *error)
{
    struct source *source = &reader->source;
    if (reader->whole || !source_is_gzip_file(source))
        return 0;
    source->origin->hash = NULL;
    int result = unpack_stream_resume(source->leaf, point, error);
    if (result > 0)
        go_on_at(reader, point->offset);
    return result;
}

void source_reader_take_point(struct source_reader *reader, struct access_point *out)
{
    out->offset = 0;
    if (reader->point.offset)
        *out = reader->point;
    reader->point.offset = 0;
}

struct packing source_reader_packing(const struct source_reader *reader)
{
    return reader->source.packing;
}

const char *source_reader_layers(const struct source_reader *reader)
{
    return reader->source.layers;
}

uint64_t source_reader_bytes(const struct source_reader *reader)
{
    const struct source *source = &reader->source;
    if (source->origin && source->origin->ended && !source->origin->kind->seek)
        return source->origin->total;
    return source->bytes;
}

int64_t source_reader_mtime(const struct source_reader *reader)
{
    return reader->source.mtime_us;
}

uint64_t source_reader_consumed(const struct source_reader *reader)
{
    return reader->consumed;
}

const char *source_reader_sha256(const struct source_reader *reader)
{
    return reader->source.sha256[0] ? reader->source.sha256 : NULL;
}

bool source_reader_whole(const struct source_reader *reader, struct slice *content)
{
    *content = reader->content;
    return reader->whole;
}

struct source_content source_reader_content(const struct source_reader *reader)
{
    return (struct source_content){.packed = reader->source.layers[0] != '\0',
                                   .crc32 = reader->source.crc32};
}

const char *source_reader_reason(const struct source_reader *reader)
{
    return reader->source.reason[0] ? reader->source.reason
                                    : byte_stream_reason(reader->source.leaf);
}

const char *source_reader_note(const struct source_reader *reader)
{
    return reader->source.note[0] ? reader->source.note
                                  : byte_stream_note(reader->source.leaf);
}

uint64_t source_reader_passed_over(const struct source_reader *reader)
{
    return reader->passed_over;
}
