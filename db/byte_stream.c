#include "config.h"

#include "db/byte_stream.h"

#include <stdlib.h>

#include "core/limits.h"

void byte_stream_init(struct byte_stream *stream, const struct byte_stream_kind *kind,
                      struct byte_stream *below)
{
    stream->kind = kind;
    stream->below = below;
    stream->reason = stream->note = "";
}

void byte_stream_free(struct byte_stream *stream)
{
    while (stream) {
        struct byte_stream *below = stream->below;
        free(stream->buffer);
        stream->kind->free(stream);
        stream = below;
    }
}

void byte_stream_cut(struct byte_stream *stream, const char *reason)
{
    if (!stream->reason[0])
        stream->reason = reason;
    stream->ended = true;
}

/* Keeps the accounts of what the kind gave. */
static ssize_t count(struct byte_stream *stream, const char *data, ssize_t got)
{
    if (got == 0)
        stream->ended = true;
    if (got <= 0)
        return got;
    if (stream->hash)
        sha256_add(stream->hash, data, (size_t)got);
    stream->total += (uint64_t)got;
    if (stream->budget) {
        stream->budget->made += (uint64_t)got;
        if (stream->budget->made > stream->budget->limit)
            byte_stream_cut(stream, "it unpacks to far more than a log does "
                                    "(a decompression bomb?); cut off there");
        else if (stream->total > LIMIT_UNPACKED_BYTES)
            byte_stream_cut(stream, "it unpacks to more than 256 GB; cut off there");
    }
    return got;
}

ssize_t byte_stream_read(struct byte_stream *stream, char *to, size_t room,
                         struct error *error)
{
    size_t held = stream->end - stream->begin;
    if (held) {
        size_t taken = held < room ? held : room;
        memcpy(to, stream->buffer + stream->begin, taken);
        stream->begin += taken;
        return (ssize_t)taken;
    }
    if (stream->ended)
        return 0;
    return count(stream, to, stream->kind->read(stream, to, room, error));
}

int byte_stream_ahead(struct byte_stream *stream, size_t want, struct slice *ahead,
                      struct error *error)
{
    if (!stream->buffer && !(stream->buffer = malloc(BYTE_STREAM_BUFFER)))
        return error_set(error, ERROR_MEMORY, "no memory to unpack");
    if (stream->end - stream->begin < want && !stream->ended) {
        memmove(stream->buffer, stream->buffer + stream->begin,
                stream->end - stream->begin);
        stream->end -= stream->begin;
        stream->begin = 0;
    }
    while (stream->end - stream->begin < want && !stream->ended) {
        char *to = stream->buffer + stream->end;
        ssize_t got = count(
            stream, to,
            stream->kind->read(stream, to, BYTE_STREAM_BUFFER - stream->end, error));
        if (got < 0)
            return -1;
        stream->end += (size_t)got;
    }
    *ahead =
        (struct slice){stream->buffer + stream->begin, stream->end - stream->begin};
    return 0;
}

void byte_stream_take(struct byte_stream *stream, size_t taken)
{
    stream->begin += taken;
}

int byte_stream_drain(struct byte_stream *stream, struct error *error)
{
    struct slice ahead;
    do {
        stream->begin = stream->end = 0;
        if (byte_stream_ahead(stream, 1, &ahead, error))
            return -1;
    } while (ahead.length);
    return 0;
}

void byte_stream_seek(struct byte_stream *stream, uint64_t offset)
{
    stream->begin = stream->end = 0;
    stream->ended = false;
    stream->kind->seek(stream, offset);
}

const char *byte_stream_reason(const struct byte_stream *stream)
{
    for (; stream; stream = stream->below) {
        if (stream->reason[0])
            return stream->reason;
    }
    return "";
}

const char *byte_stream_note(const struct byte_stream *stream)
{
    for (; stream; stream = stream->below) {
        if (stream->note[0])
            return stream->note;
    }
    return "";
}

/* --- memory -------------------------------------------------------------------- */

struct memory_stream {
    struct byte_stream stream;
    char *data;
    size_t length;
    uint64_t at;
};

static ssize_t read_memory(struct byte_stream *stream, char *to, size_t room,
                           struct error *error)
{
    struct memory_stream *memory = (struct memory_stream *)stream;
    size_t left = memory->at < memory->length ? memory->length - (size_t)memory->at : 0;
    if (!left)
        return stream->below ? byte_stream_read(stream->below, to, room, error) : 0;
    if (room > left)
        room = left;
    memcpy(to, memory->data + memory->at, room);
    memory->at += room;
    return (ssize_t)room;
}

static void seek_memory(struct byte_stream *stream, uint64_t offset)
{
    ((struct memory_stream *)stream)->at = offset;
}

static uint64_t size_of_memory(const struct byte_stream *stream)
{
    return ((const struct memory_stream *)stream)->length;
}

static void free_memory(struct byte_stream *stream)
{
    free(((struct memory_stream *)stream)->data);
    free(stream);
}

struct byte_stream *byte_stream_of_memory(char *data, size_t length,
                                          struct byte_stream *rest)
{
    static const struct byte_stream_kind alone = {read_memory, free_memory, seek_memory,
                                                  size_of_memory};
    static const struct byte_stream_kind begun = {read_memory, free_memory, NULL, NULL};
    struct memory_stream *memory = calloc(1, sizeof *memory);
    if (!memory) {
        free(data);
        byte_stream_free(rest);
        return NULL;
    }
    memory->data = data;
    memory->length = length;
    byte_stream_init(&memory->stream, rest ? &begun : &alone, rest);
    return &memory->stream;
}
