#include "config.h"

#include "core/date_survey.h"

#include <stdlib.h>

#include "core/unfold.h"

static int pass_over(struct leaf *leaf, void *payload)
{
    (void)leaf;
    (void)payload;
    return 0;
}

static void read_all(struct framer *framer, struct unfolder *unfolder,
                     struct json_slot *slots, struct slice bytes)
{
    struct frame_item item;
    /* The last record may end behind these bytes: then it tells nothing. */
    framer_window(framer, bytes.data, bytes.length, 0, true, true);
    do {
        framer_next(framer, &item, slots);
        if (item.kind == FRAME_JSON || item.kind == FRAME_LINE)
            unfold(unfolder, &item, slots, pass_over, NULL);
    } while (item.kind != FRAME_END);
}

enum date_order date_survey(const struct json_projection *projection,
                            struct slice bytes)
{
    enum date_order order = DATE_ORDER_UNKNOWN;
    struct framer *framer = framer_new(projection);
    struct normaliser *normaliser = normaliser_new();
    struct unfolder *unfolder =
        normaliser ? unfolder_new(projection, normaliser) : NULL;
    struct json_slot *slots =
        calloc(json_projection_slot_count(projection), sizeof *slots);
    if (framer && unfolder && slots) {
        normaliser_reset(normaliser, NULL);
        read_all(framer, unfolder, slots, bytes);
        order = normaliser_date_order(normaliser);
    }
    free(slots);
    unfolder_free(unfolder);
    normaliser_free(normaliser);
    framer_free(framer);
    return order;
}
