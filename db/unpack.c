#include "config.h"

#include "db/unpack.h"

#include <stdlib.h>

struct unpacked_stream {
    struct byte_stream stream;
    const struct unpack_decoder *decoder;
    void *state;
    bool between_members;
};

/* Some writers fill their last block with NULs. */
static int skip_padding(struct byte_stream *below, struct slice *ahead,
                        struct error *error)
{
    size_t padding;
    do {
        if (byte_stream_ahead(below, PACKING_SNIFF_BYTES, ahead, error))
            return -1;
        for (padding = 0; padding < ahead->length && !ahead->data[padding];)
            padding++;
        byte_stream_take(below, padding);
    } while (padding);
    return 0;
}

/* What follows a member: another one, nothing, or bytes that do not belong there. */
static int next_member(struct unpacked_stream *unpacked, struct error *error)
{
    struct byte_stream *stream = &unpacked->stream;
    struct slice ahead;
    if (skip_padding(stream->below, &ahead, error))
        return -1;
    if (ahead.length && packing_of(ahead).kind == unpacked->decoder->packing) {
        unpacked->between_members = false;
        if (unpacked->decoder->again(unpacked->state) != UNPACK_MORE)
            return error_set(error, ERROR_MEMORY, "no memory to unpack");
        return 0;
    }
    if (ahead.length)
        stream->note = unpacked->decoder->trailing;
    stream->ended = true;
    return 0;
}

static int judge(struct unpacked_stream *unpacked, enum unpack_result result,
                 struct error *error)
{
    const struct unpack_decoder *decoder = unpacked->decoder;
    switch (result) {
    case UNPACK_MORE:
        return 0;
    case UNPACK_END:
        unpacked->between_members = true;
        return 0;
    case UNPACK_DAMAGED:
        byte_stream_cut(&unpacked->stream, decoder->damaged);
        return 0;
    case UNPACK_TOO_BIG:
        byte_stream_cut(&unpacked->stream, decoder->too_big);
        return 0;
    case UNPACK_NO_MEMORY:
        break;
    }
    return error_set(error, ERROR_MEMORY, "no memory to unpack");
}

static ssize_t read_unpacked(struct byte_stream *stream, char *to, size_t room,
                             struct error *error)
{
    struct unpacked_stream *unpacked = (struct unpacked_stream *)stream;
    struct unpack_step step = {.out = to, .room = room};
    while (step.room == room && !stream->ended) {
        if (unpacked->between_members) {
            if (next_member(unpacked, error))
                return -1;
            continue;
        }
        if (byte_stream_ahead(stream->below, 1, &step.in, error))
            return -1;
        size_t given = step.in.length;
        step.final = !given;
        enum unpack_result result = unpacked->decoder->step(unpacked->state, &step);
        byte_stream_take(stream->below, given - step.in.length);
        if (judge(unpacked, result, error))
            return -1;
        if (result == UNPACK_MORE && step.final && step.room == room)
            byte_stream_cut(stream, unpacked->decoder->cut);
    }
    return (ssize_t)(room - step.room);
}

static void free_unpacked(struct byte_stream *stream)
{
    struct unpacked_stream *unpacked = (struct unpacked_stream *)stream;
    unpacked->decoder->close(unpacked->state);
    free(unpacked);
}

struct byte_stream *unpack_stream_new(const struct unpack_decoder *decoder,
                                      struct byte_stream *below,
                                      struct unpack_budget *budget)
{
    static const struct byte_stream_kind kind = {read_unpacked, free_unpacked, NULL,
                                                 NULL};
    struct unpacked_stream *unpacked = calloc(1, sizeof *unpacked);
    void *state = unpacked ? decoder->open() : NULL;
    if (!state) {
        free(unpacked);
        byte_stream_free(below);
        return NULL;
    }
    unpacked->decoder = decoder;
    unpacked->state = state;
    byte_stream_init(&unpacked->stream, &kind, below);
    unpacked->stream.budget = budget;
    return &unpacked->stream;
}
