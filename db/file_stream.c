#include "config.h"

#include "db/file_stream.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

struct file_stream {
    struct byte_stream stream;
    int descriptor;
    uint64_t size, at;
    uint64_t *consumed;
};

static ssize_t read_file(struct byte_stream *stream, char *to, size_t room,
                         struct error *error)
{
    struct file_stream *file = (struct file_stream *)stream;
    uint64_t left = file->size - file->at;
    if (!left)
        return 0;
    if (left < room)
        room = (size_t)left;
    ssize_t got;
    do
        got = pread(file->descriptor, to, room, (off_t)file->at);
    while (got < 0 && errno == EINTR);
    if (got < 0) {
        char text[128] = "";
        (void)strerror_r(errno, text, sizeof text);
        return error_set(error, ERROR_INPUT, "cannot be read at byte %llu: %s",
                         (unsigned long long)file->at, text);
    }
    if (!got)
        byte_stream_cut(stream, "the file shrank while it was read");
    file->at += (uint64_t)got;
    if (file->at > *file->consumed)
        *file->consumed = file->at;
    if (file->at == file->size)
        stream->ended = true;
    return got;
}

static void seek_file(struct byte_stream *stream, uint64_t offset)
{
    struct file_stream *file = (struct file_stream *)stream;
    file->at = offset < file->size ? offset : file->size;
}

static uint64_t size_of_file(const struct byte_stream *stream)
{
    return ((const struct file_stream *)stream)->size;
}

static void free_file(struct byte_stream *stream)
{
    free(stream);
}

struct byte_stream *file_stream_new(int descriptor, uint64_t size, uint64_t *consumed)
{
    static const struct byte_stream_kind kind = {read_file, free_file, seek_file,
                                                 size_of_file};
    struct file_stream *file = calloc(1, sizeof *file);
    if (!file)
        return NULL;
    file->descriptor = descriptor;
    file->size = size;
    file->consumed = consumed;
    byte_stream_init(&file->stream, &kind, NULL);
    return &file->stream;
}
