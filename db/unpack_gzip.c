#include "config.h"

#include "db/unpack.h"

#include <stdlib.h>

#include <zlib.h>

enum {
    WITH_HEADER = 15 + 16, /* windowBits of a gzip member, and of what is left of one */
    WITHOUT_HEADER = -15,
    TRAILER_BYTES = 8,
};

struct gzip_state {
    z_stream stream;
    bool resumed;   /* in the middle of a member, whose checksum cannot be judged */
    size_t trailer; /* its bytes that are left */
};

static void *open_gzip(void)
{
    struct gzip_state *gzip = calloc(1, sizeof *gzip);
    if (gzip && inflateInit2(&gzip->stream, WITH_HEADER) == Z_OK)
        return gzip;
    free(gzip);
    return NULL;
}

static enum unpack_result pass_trailer(struct gzip_state *gzip,
                                       struct unpack_step *step)
{
    size_t passed = gzip->trailer < step->in.length ? gzip->trailer : step->in.length;
    step->in = slice_skip(step->in, passed);
    gzip->trailer -= passed;
    return gzip->trailer ? UNPACK_MORE : UNPACK_END;
}

/* zlib stops at the end of the last block as well, and after the header. */
static bool at_block(const struct unpack_step *step, const z_stream *stream)
{
    enum { LAST_BLOCK = 64, BOUNDARY = 128 };
    return step->stops && (stream->data_type & BOUNDARY) &&
           !(stream->data_type & LAST_BLOCK);
}

static enum unpack_result step_gzip(void *state, struct unpack_step *step)
{
    struct gzip_state *gzip = state;
    z_stream *stream = &gzip->stream;
    if (gzip->trailer)
        return pass_trailer(gzip, step);
    stream->next_in = (unsigned char *)(uintptr_t)step->in.data;
    stream->avail_in = (unsigned)step->in.length;
    stream->next_out = (unsigned char *)step->out;
    stream->avail_out = (unsigned)step->room;
    int result = inflate(stream, step->stops ? Z_BLOCK : Z_NO_FLUSH);
    step->in = slice_skip(step->in, step->in.length - stream->avail_in);
    step->out += step->room - stream->avail_out;
    step->room = stream->avail_out;
    if (result == Z_STREAM_END && gzip->resumed) {
        gzip->trailer = TRAILER_BYTES;
        return pass_trailer(gzip, step);
    }
    if (result == Z_STREAM_END)
        return UNPACK_END;
    if (result == Z_MEM_ERROR)
        return UNPACK_NO_MEMORY;
    if (result != Z_OK && result != Z_BUF_ERROR)
        return UNPACK_DAMAGED;
    step->bits_ahead = (uint64_t)stream->data_type & 7;
    return at_block(step, stream) ? UNPACK_BLOCK : UNPACK_MORE;
}

static enum unpack_result again_gzip(void *state)
{
    struct gzip_state *gzip = state;
    gzip->resumed = false;
    return inflateReset2(&gzip->stream, WITH_HEADER) == Z_OK ? UNPACK_MORE
                                                             : UNPACK_NO_MEMORY;
}

static enum unpack_result resume_gzip(void *state, const struct access_point *point,
                                      unsigned char byte)
{
    struct gzip_state *gzip = state;
    z_stream *stream = &gzip->stream;
    int passed = (int)(point->bit % 8);
    gzip->resumed = true;
    gzip->trailer = 0;
    return inflateReset2(stream, WITHOUT_HEADER) == Z_OK &&
                   (!passed ||
                    inflatePrime(stream, 8 - passed, byte >> passed) == Z_OK) &&
                   inflateSetDictionary(stream, (const Bytef *)point->window,
                                        ACCESS_WINDOW_BYTES) == Z_OK
               ? UNPACK_MORE
               : UNPACK_NO_MEMORY;
}

static void close_gzip(void *state)
{
    struct gzip_state *gzip = state;
    inflateEnd(&gzip->stream);
    free(gzip);
}

const struct unpack_decoder unpack_gzip = {
    PACKING_GZIP,
    open_gzip,
    step_gzip,
    again_gzip,
    close_gzip,
    resume_gzip,
    UNPACK_TEXTS("gzip", "gunzip"),
};
