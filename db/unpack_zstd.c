#include "config.h"

#include "db/unpack.h"

#include <zstd.h>
#include <zstd_errors.h>

#include "core/limits.h"

enum { WINDOW_LOG = 26 };
_Static_assert(1 << WINDOW_LOG == LIMIT_UNPACK_WINDOW_BYTES,
               "the limit is a power of 2");

static void *open_zstd(void)
{
    ZSTD_DStream *stream = ZSTD_createDStream();
    if (stream)
        ZSTD_DCtx_setParameter(stream, ZSTD_d_windowLogMax, WINDOW_LOG);
    return stream;
}

static enum unpack_result step_zstd(void *state, struct unpack_step *step)
{
    ZSTD_inBuffer in = {step->in.data, step->in.length, 0};
    ZSTD_outBuffer out = {step->out, step->room, 0};
    size_t result = ZSTD_decompressStream(state, &out, &in);
    step->in = slice_skip(step->in, in.pos);
    step->out += out.pos;
    step->room -= out.pos;
    if (!ZSTD_isError(result))
        return result ? UNPACK_MORE : UNPACK_END;
    switch (ZSTD_getErrorCode(result)) {
    case ZSTD_error_frameParameter_windowTooLarge:
        return UNPACK_TOO_BIG;
    case ZSTD_error_memory_allocation:
        return UNPACK_NO_MEMORY;
    default:
        return UNPACK_DAMAGED;
    }
}

static enum unpack_result again_zstd(void *state)
{
    return ZSTD_isError(ZSTD_DCtx_reset(state, ZSTD_reset_session_only))
               ? UNPACK_NO_MEMORY
               : UNPACK_MORE;
}

static void close_zstd(void *state)
{
    ZSTD_freeDStream(state);
}

const struct unpack_decoder unpack_zstd = {
    PACKING_ZSTD,
    open_zstd,
    step_zstd,
    again_zstd,
    close_zstd,
    NULL,
    UNPACK_TEXTS("zstd", "zstd -d --long=31"),
};
