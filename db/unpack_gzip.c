#include "config.h"

#include "db/unpack.h"

#include <stdlib.h>

#include <zlib.h>

static void *open_gzip(void)
{
    z_stream *stream = calloc(1, sizeof *stream);
    if (stream && inflateInit2(stream, 15 + 16) == Z_OK)
        return stream;
    free(stream);
    return NULL;
}

static enum unpack_result step_gzip(void *state, struct unpack_step *step)
{
    z_stream *stream = state;
    stream->next_in = (unsigned char *)(uintptr_t)step->in.data;
    stream->avail_in = (unsigned)step->in.length;
    stream->next_out = (unsigned char *)step->out;
    stream->avail_out = (unsigned)step->room;
    int result = inflate(stream, Z_NO_FLUSH);
    step->in = slice_skip(step->in, step->in.length - stream->avail_in);
    step->out += step->room - stream->avail_out;
    step->room = stream->avail_out;
    if (result == Z_STREAM_END)
        return UNPACK_END;
    if (result == Z_MEM_ERROR)
        return UNPACK_NO_MEMORY;
    return result == Z_OK || result == Z_BUF_ERROR ? UNPACK_MORE : UNPACK_DAMAGED;
}

static enum unpack_result again_gzip(void *state)
{
    return inflateReset(state) == Z_OK ? UNPACK_MORE : UNPACK_NO_MEMORY;
}

static void close_gzip(void *state)
{
    inflateEnd(state);
    free(state);
}

const struct unpack_decoder unpack_gzip = {
    PACKING_GZIP, open_gzip,  step_gzip,
    again_gzip,   close_gzip, UNPACK_TEXTS("gzip", "gunzip"),
};
