#include "config.h"

#include "db/unpack.h"

#include <stdlib.h>

#include <bzlib.h>

static void *open_bzip2(void)
{
    bz_stream *stream = calloc(1, sizeof *stream);
    if (stream && BZ2_bzDecompressInit(stream, 0, 0) == BZ_OK)
        return stream;
    free(stream);
    return NULL;
}

static enum unpack_result step_bzip2(void *state, struct unpack_step *step)
{
    bz_stream *stream = state;
    stream->next_in = (char *)(uintptr_t)step->in.data;
    stream->avail_in = (unsigned)step->in.length;
    stream->next_out = step->out;
    stream->avail_out = (unsigned)step->room;
    int result = BZ2_bzDecompress(stream);
    step->in = slice_skip(step->in, step->in.length - stream->avail_in);
    step->out += step->room - stream->avail_out;
    step->room = stream->avail_out;
    switch (result) {
    case BZ_OK:
        return UNPACK_MORE;
    case BZ_STREAM_END:
        return UNPACK_END;
    case BZ_MEM_ERROR:
        return UNPACK_NO_MEMORY;
    default:
        return UNPACK_DAMAGED;
    }
}

/* The library has no reset. */
static enum unpack_result again_bzip2(void *state)
{
    bz_stream *stream = state;
    BZ2_bzDecompressEnd(stream);
    *stream = (bz_stream){0};
    return BZ2_bzDecompressInit(stream, 0, 0) == BZ_OK ? UNPACK_MORE : UNPACK_NO_MEMORY;
}

static void close_bzip2(void *state)
{
    BZ2_bzDecompressEnd(state);
    free(state);
}

const struct unpack_decoder unpack_bzip2 = {
    PACKING_BZIP2,
    open_bzip2,
    step_bzip2,
    again_bzip2,
    close_bzip2,
    NULL,
    UNPACK_TEXTS("bzip2", "bunzip2"),
};
