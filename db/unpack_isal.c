#include "config.h"

#include "db/unpack.h"

#include <stdlib.h>

#include <isa-l/igzip_lib.h>

/*
 * The library inflates 2.1 times as fast as zlib, but has no way to stop where a block
 * ends.  Given few bytes at a time it stops in the header of the next one, which it
 * keeps until it has all of it; one of a log takes 60 to 90 bytes.  A block whose
 * header is shorter is passed over.
 */
enum { PIECE_BYTES = 32 };

static enum unpack_result again_isal(void *state)
{
    struct inflate_state *inflate = state;
    isal_inflate_reset(inflate);
    inflate->crc_flag = ISAL_GZIP;
    return UNPACK_MORE;
}

static void *open_isal(void)
{
    struct inflate_state *inflate = malloc(sizeof *inflate);
    if (inflate) {
        isal_inflate_init(inflate);
        again_isal(inflate);
    }
    return inflate;
}

/* In the header of a block, with all that came before handed out. */
static bool at_block(const struct inflate_state *inflate)
{
    return inflate->block_state == ISAL_BLOCK_HDR &&
           inflate->tmp_out_processed == inflate->tmp_out_valid;
}

/* As far as the input and the room go, or to the end of a block. */
static int inflate_step(struct inflate_state *inflate, struct unpack_step *step)
{
    int result;
    do {
        size_t given = step->in.length;
        if (step->stops && given > PIECE_BYTES)
            given = PIECE_BYTES;
        inflate->next_in = (uint8_t *)(uintptr_t)step->in.data;
        inflate->avail_in = (uint32_t)given;
        inflate->next_out = (uint8_t *)step->out;
        inflate->avail_out = (uint32_t)step->room;
        result = isal_inflate(inflate);
        step->in = slice_skip(step->in, given - inflate->avail_in);
        step->out += step->room - inflate->avail_out;
        step->room = inflate->avail_out;
    } while (step->stops && !result && step->in.length && step->room &&
             inflate->block_state != ISAL_BLOCK_FINISH && !at_block(inflate));
    return result;
}

static enum unpack_result step_isal(void *state, struct unpack_step *step)
{
    struct inflate_state *inflate = state;
    int result = inflate_step(inflate, step);
    bool resumed = inflate->crc_flag == ISAL_GZIP_NO_HDR_VER;
    if (result == ISAL_INCORRECT_CHECKSUM && resumed)
        return UNPACK_END; /* it is that of the whole member */
    if (result != ISAL_DECOMP_OK)
        return UNPACK_DAMAGED;
    if (inflate->block_state == ISAL_BLOCK_FINISH)
        return UNPACK_END;
    if (!step->stops || !at_block(inflate))
        return UNPACK_MORE;
    step->bits_ahead =
        8 * (uint64_t)inflate->tmp_in_size + (uint64_t)inflate->read_in_length;
    return UNPACK_BLOCK;
}

static enum unpack_result resume_isal(void *state, const struct access_point *point,
                                      unsigned char byte)
{
    struct inflate_state *inflate = state;
    unsigned passed = point->bit % 8;
    isal_inflate_reset(inflate);
    inflate->crc_flag = ISAL_GZIP_NO_HDR_VER;
    if (passed) {
        inflate->read_in = byte >> passed;
        inflate->read_in_length = 8 - (int32_t)passed;
    }
    return isal_inflate_set_dict(inflate, (uint8_t *)(uintptr_t)point->window,
                                 ACCESS_WINDOW_BYTES) == COMP_OK
               ? UNPACK_MORE
               : UNPACK_DAMAGED;
}

const struct unpack_decoder unpack_isal = {
    PACKING_GZIP,
    open_isal,
    step_isal,
    again_isal,
    free,
    resume_isal,
    UNPACK_TEXTS("gzip", "gunzip"),
};
