#include "config.h"

#include "db/unpack.h"

#include <stdlib.h>

struct unpacked_stream {
    struct byte_stream stream;
    const struct unpack_decoder *decoder;
    void *state;
    bool between_members;
    uint64_t taken; /* of the stream below */
    /* Borrowed, or NULL: see unpack_stream_note_points. */
    struct access_point *point;
    uint64_t point_due; /* unpacked */
};

static void take(struct unpacked_stream *unpacked, size_t count)
{
    byte_stream_take(unpacked->stream.below, count);
    unpacked->taken += count;
}

/* Some writers fill their last block with NULs. */
static int skip_padding(struct unpacked_stream *unpacked, struct slice *ahead,
                        struct error *error)
{
    size_t padding;
    do {
        if (byte_stream_ahead(unpacked->stream.below, PACKING_SNIFF_BYTES, ahead,
                              error))
            return -1;
        for (padding = 0; padding < ahead->length && !ahead->data[padding];)
            padding++;
        take(unpacked, padding);
    } while (padding);
    return 0;
}

/* What follows a member: another one, nothing, or bytes that do not belong there. */
static int next_member(struct unpacked_stream *unpacked, struct error *error)
{
    struct byte_stream *stream = &unpacked->stream;
    struct slice ahead;
    if (skip_padding(unpacked, &ahead, error))
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
    case UNPACK_BLOCK:
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

/* The block that was asked for has ended, `made` bytes after the last reading. */
static void note_point(struct unpacked_stream *unpacked, const struct unpack_step *step,
                       size_t made)
{
    struct access_point *point = unpacked->point;
    if (made < ACCESS_WINDOW_BYTES)
        return;
    point->offset = unpacked->stream.total + made;
    point->bit = 8 * unpacked->taken - step->bits_ahead;
    memcpy(point->window, step->out - ACCESS_WINDOW_BYTES, ACCESS_WINDOW_BYTES);
    unpacked->point_due = point->offset + ACCESS_SPACING;
}

static bool point_wanted(const struct unpacked_stream *unpacked, size_t made)
{
    return unpacked->point && !unpacked->point->offset &&
           unpacked->stream.total + made >= unpacked->point_due;
}

/* *goes_on: there is reason to read on at once. */
static int advance(struct unpacked_stream *unpacked, struct unpack_step *step,
                   size_t room, bool *goes_on, struct error *error)
{
    struct byte_stream *stream = &unpacked->stream;
    if (byte_stream_ahead(stream->below, 1, &step->in, error))
        return -1;
    size_t given = step->in.length;
    step->final = !given;
    step->stops = point_wanted(unpacked, room - step->room);
    enum unpack_result result = unpacked->decoder->step(unpacked->state, step);
    take(unpacked, given - step->in.length);
    if (judge(unpacked, result, error))
        return -1;
    if (result == UNPACK_BLOCK)
        note_point(unpacked, step, room - step->room);
    if (result == UNPACK_MORE && step->final && step->room == room)
        byte_stream_cut(stream, unpacked->decoder->cut);
    *goes_on = step->room == room || (result == UNPACK_BLOCK && step->room);
    return 0;
}

static ssize_t read_unpacked(struct byte_stream *stream, char *to, size_t room,
                             struct error *error)
{
    struct unpacked_stream *unpacked = (struct unpacked_stream *)stream;
    struct unpack_step step = {.out = to, .room = room};
    bool goes_on = true;
    while (goes_on && !stream->ended) {
        if (unpacked->between_members ? next_member(unpacked, error)
                                      : advance(unpacked, &step, room, &goes_on, error))
            return -1;
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

void unpack_stream_note_points(struct byte_stream *stream, struct access_point *point)
{
    struct unpacked_stream *unpacked = (struct unpacked_stream *)stream;
    if (!unpacked->decoder->resume)
        return;
    unpacked->point = point;
    unpacked->point_due = ACCESS_SPACING;
}

int unpack_stream_resume(struct byte_stream *stream, const struct access_point *point,
                         struct error *error)
{
    struct unpacked_stream *unpacked = (struct unpacked_stream *)stream;
    struct slice ahead;
    if (!unpacked->decoder->resume)
        return 0;
    byte_stream_seek(stream->below, point->bit / 8);
    if (byte_stream_ahead(stream->below, 1, &ahead, error))
        return -1;
    unsigned char byte = ahead.length ? (unsigned char)ahead.data[0] : 0;
    if (ahead.length && point->bit % 8)
        byte_stream_take(stream->below, 1);
    unpacked->point = NULL;
    unpacked->between_members = false;
    stream->begin = stream->end = 0;
    stream->ended = false;
    stream->reason = stream->note = "";
    return judge(unpacked, unpacked->decoder->resume(unpacked->state, point, byte),
                 error)
               ? -1
               : 1;
}
