#include "config.h"

#include "db/unpack.h"

#include <stdlib.h>

#include <lzma.h>

#include "core/limits.h"

/* Beside its window a decoder needs some hundred kilobytes. */
#define MEMORY_LIMIT ((uint64_t)LIMIT_UNPACK_WINDOW_BYTES + 4 * 1024 * 1024)

static enum unpack_result again_xz(void *state)
{
    lzma_stream *stream = state;
    return lzma_stream_decoder(stream, MEMORY_LIMIT, 0) == LZMA_OK ? UNPACK_MORE
                                                                   : UNPACK_NO_MEMORY;
}

static void close_xz(void *state)
{
    lzma_end(state);
    free(state);
}

static void *open_xz(void)
{
    lzma_stream *stream = calloc(1, sizeof *stream);
    if (stream && again_xz(stream) == UNPACK_MORE)
        return stream;
    free(stream);
    return NULL;
}

static enum unpack_result step_xz(void *state, struct unpack_step *step)
{
    lzma_stream *stream = state;
    stream->next_in = (const uint8_t *)step->in.data;
    stream->avail_in = step->in.length;
    stream->next_out = (uint8_t *)step->out;
    stream->avail_out = step->room;
    lzma_ret result = lzma_code(stream, LZMA_RUN);
    step->in = slice_skip(step->in, step->in.length - stream->avail_in);
    step->out += step->room - stream->avail_out;
    step->room = stream->avail_out;
    switch (result) {
    case LZMA_OK:
    case LZMA_BUF_ERROR:
        return UNPACK_MORE;
    case LZMA_STREAM_END:
        return UNPACK_END;
    case LZMA_MEMLIMIT_ERROR:
        return UNPACK_TOO_BIG;
    case LZMA_MEM_ERROR:
        return UNPACK_NO_MEMORY;
    default:
        return UNPACK_DAMAGED;
    }
}

const struct unpack_decoder unpack_xz = {
    PACKING_XZ, open_xz, step_xz, again_xz, close_xz, NULL, UNPACK_TEXTS("xz", "unxz"),
};
