#include "config.h"

#include "core/leaf_reader.h"

#include <stdlib.h>

#include "core/unfold.h"

struct leaf_reader {
    struct json_projection *projection;
    struct framer *framer;
    struct normaliser *normaliser;
    struct unfolder *unfolder;
    struct json_slot *slots;
    uint32_t at, wanted;
    struct arena *arena;
    struct slice found;
};

struct leaf_reader *leaf_reader_new(struct error *error)
{
    struct leaf_reader *reader = calloc(1, sizeof *reader);
    if (!reader) {
        error_set(error, ERROR_MEMORY, "out of memory");
        return NULL;
    }
    reader->projection = form_projection_new(error);
    if (reader->projection) {
        reader->framer = framer_new(reader->projection);
        reader->normaliser = normaliser_new();
        if (reader->normaliser)
            reader->unfolder = unfolder_new(reader->projection, reader->normaliser);
        reader->slots = calloc(json_projection_slot_count(reader->projection),
                               sizeof *reader->slots);
        if (reader->framer && reader->unfolder && reader->slots)
            return reader;
        error_set(error, ERROR_MEMORY, "out of memory");
    }
    leaf_reader_free(reader);
    return NULL;
}

void leaf_reader_free(struct leaf_reader *reader)
{
    if (!reader)
        return;
    free(reader->slots);
    unfolder_free(reader->unfolder);
    normaliser_free(reader->normaliser);
    framer_free(reader->framer);
    json_projection_free(reader->projection);
    free(reader);
}

static int count_leaf(struct leaf *leaf, void *payload)
{
    struct leaf_reader *reader = payload;
    if (reader->at++ != reader->wanted)
        return 0;
    if (leaf->class == RECORD_EVENT)
        reader->found = arena_copy(reader->arena, leaf->raw);
    return 1;
}

struct slice leaf_reader_find(struct leaf_reader *reader, struct slice bytes,
                              uint32_t leaf, struct arena *arena)
{
    static const struct time_hint no_hint = {.year = 0};
    struct frame_item item;
    reader->at = 0;
    reader->wanted = leaf;
    reader->arena = arena;
    reader->found = SLICE_NONE;
    normaliser_reset(reader->normaliser, &no_hint);
    framer_reset(reader->framer);
    framer_window(reader->framer, bytes.data, bytes.length, 0, true, false);
    framer_next(reader->framer, &item, reader->slots);
    if (item.kind == FRAME_JSON || item.kind == FRAME_LINE)
        unfold(reader->unfolder, &item, reader->slots, count_leaf, reader);
    return reader->found;
}
