/* Envelopes in envelopes, lines and other shapes: a text through framer and unfolder.
 * Every framed record gives a leaf at least, and every leaf can be read. */
#include "config.h"

#include <stdlib.h>

#include "core/unfold.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct bed {
    struct json_projection *projection;
    struct normaliser *normaliser;
    struct framer *framer;
    struct unfolder *unfolder;
    struct json_slot *slots;
    struct arena facts;
    size_t records;
};

static volatile unsigned sink;

/* Every byte must be there to be read. */
static void read_bytes(struct slice text)
{
    unsigned sum = 0;
    for (size_t i = 0; i < text.length; i++)
        sum += (unsigned char)text.data[i];
    sink = sum;
}

static int take(struct leaf *leaf, void *payload)
{
    struct bed *bed = payload;
    if (strlen(leaf->chain) >= UNFOLD_CHAIN_MAX)
        abort();
    read_bytes(leaf->raw);
    read_bytes(leaf->read);
    bed->records += leaf->class != RECORD_NOTE;
    if (leaf->class != RECORD_EVENT) {
        read_bytes(slice_from(leaf->reason));
        return leaf->reason ? 0 : (abort(), 0);
    }
    mirror_facts(&leaf->event, leaf->read, &bed->facts);
    for (int i = 0; i < EVENT_FIELD_COUNT; i++)
        read_bytes(leaf->event.text[i]);
    arena_reset(&bed->facts);
    return 0;
}

static void read_all(struct bed *bed, const char *data, size_t size)
{
    struct frame_item item;
    framer_window(bed->framer, data, size, 0, true, false);
    for (;;) {
        framer_next(bed->framer, &item, bed->slots);
        if (item.kind == FRAME_END)
            return;
        if (item.kind != FRAME_JSON && item.kind != FRAME_LINE)
            continue;
        bed->records = 0;
        if (unfold(bed->unfolder, &item, bed->slots, take, bed) || !bed->records)
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bed bed = {.projection = form_projection_new(NULL),
                      .normaliser = normaliser_new()};
    arena_init(&bed.facts);
    if (bed.projection && bed.normaliser) {
        bed.framer = framer_new(bed.projection);
        bed.unfolder = unfolder_new(bed.projection, bed.normaliser);
        bed.slots =
            calloc(json_projection_slot_count(bed.projection), sizeof *bed.slots);
    }
    if (bed.framer && bed.unfolder && bed.slots)
        read_all(&bed, size ? (const char *)data : "", size);
    unfolder_free(bed.unfolder);
    framer_free(bed.framer);
    free(bed.slots);
    arena_fini(&bed.facts);
    normaliser_free(bed.normaliser);
    json_projection_free(bed.projection);
    return 0;
}
