#include "config.h"

#include "db/unpack.h"

#include <stdlib.h>

#include "core/utf16.h"

static void *open_little(void)
{
    return calloc(1, sizeof(struct utf16_reader));
}

static void *open_big(void)
{
    struct utf16_reader *reader = calloc(1, sizeof *reader);
    if (reader)
        reader->big_endian = true;
    return reader;
}

/* Text has no end of its own, so it ends with its input. */
static enum unpack_result step_utf16(void *state, struct unpack_step *step)
{
    size_t made = utf16_read(state, &step->in, step->final, step->out, step->room);
    step->out += made;
    step->room -= made;
    return step->final && !made ? UNPACK_END : UNPACK_MORE;
}

static enum unpack_result again_utf16(void *state)
{
    (void)state;
    return UNPACK_MORE;
}

const struct unpack_decoder unpack_utf16_little = {
    PACKING_UTF16_LITTLE,
    open_little,
    step_utf16,
    again_utf16,
    free,
    NULL,
    "",
    "",
    "",
    "",
};

const struct unpack_decoder unpack_utf16_big = {
    PACKING_UTF16_BIG, open_big, step_utf16, again_utf16, free, NULL, "", "", "", "",
};
