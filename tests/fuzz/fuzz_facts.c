/* Facts of records and lines, snapshots, and the ledger of what was read, which must
 * not depend on the order of the facts. */
#include "config.h"

#include <stdlib.h>

#include "core/fact.h"
#include "core/form.h"
#include "core/ledger.h"
#include "core/resource.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { FACTS_MAX = 256 };

struct bed {
    struct json_projection *projection;
    struct normaliser *normaliser;
    struct json_slot *slots;
    struct arena kept;
    struct fact facts[FACTS_MAX];
    size_t count;
};

static struct slice copy(struct bed *bed, struct slice text)
{
    return arena_copy(&bed->kept, text);
}

static void keep_facts(struct bed *bed, const struct event *event,
                       const struct fact_list *list)
{
    for (size_t i = 0; i < list->count && bed->count < FACTS_MAX; i++) {
        struct fact *fact = &bed->facts[bed->count++];
        *fact = list->facts[i];
        fact->provider = event->provider;
        fact->time_us = event->time_us;
        fact->outcome = event->outcome;
        fact->phase = event->phase;
        fact->account = copy(bed, event->text[FIELD_ACCOUNT]);
        fact->region = copy(bed, event->text[FIELD_REGION]);
        fact->actor = copy(bed, event->text[FIELD_ACTOR]);
        fact->order = fact->act_id = arena_printf(&bed->kept, "%zu", bed->count);
        for (int field = 0; field < FACT_FIELD_COUNT; field++)
            fact->text[field] = copy(bed, fact->text[field]);
    }
}

static void read_record(struct bed *bed, struct slice text)
{
    struct frame_item item = {.kind = FRAME_LINE, .bytes = text};
    struct fact_list list;
    struct event event;
    const char *next, *reason;
    if (!text.length)
        return;
    if (text.data[0] == '{') {
        item.kind = FRAME_JSON;
        if (json_scan(bed->projection, text.data, text.data + text.length, true,
                      bed->slots, &next) != JSON_OK)
            return;
    }
    if (normalise(bed->normaliser, &item, bed->slots, &event, &reason) ==
        RECORD_EVENT) {
        fact_wanted(&event);
        fact_read(&event, text, &bed->kept, &list);
        resource_read(&event, text, &bed->kept);
    } else {
        fact_read_state(text, &bed->kept, &list);
    }
    keep_facts(bed, &event, &list);
}

/* The facts of the first one's provider, one way and the other. */
static void build(struct bed *bed)
{
    struct fact one[FACTS_MAX], other[FACTS_MAX];
    struct mirror_list rows, reversed;
    struct own own;
    size_t count = 0;
    own_init(&own);
    for (size_t i = 0; i < bed->count; i++) {
        if (bed->facts[i].provider == bed->facts[0].provider)
            one[count++] = bed->facts[i];
    }
    for (size_t i = 0; i < count; i++)
        other[i] = one[count - 1 - i];
    if (ledger_build(one, count, &own, &bed->kept, &rows) ||
        ledger_build(other, count, &own, &bed->kept, &reversed))
        abort();
    if (rows.count != reversed.count)
        abort();
    for (size_t i = 0; i < rows.count; i++) {
        if (rows.rows[i].state != reversed.rows[i].state ||
            rows.rows[i].since_us != reversed.rows[i].since_us ||
            !slice_equal(rows.rows[i].destination, reversed.rows[i].destination))
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice rest = {size ? (const char *)data : "", size};
    struct bed *bed = calloc(1, sizeof *bed);
    if (!bed)
        return 0;
    bed->projection = form_projection_new(NULL);
    bed->normaliser = normaliser_new();
    arena_init(&bed->kept);
    if (bed->projection)
        bed->slots =
            calloc(json_projection_slot_count(bed->projection), sizeof *bed->slots);
    if (bed->normaliser && bed->slots) {
        while (slice_present(rest))
            read_record(bed, slice_trim(slice_cut(&rest, '\n')));
        build(bed);
    }
    arena_fini(&bed->kept);
    free(bed->slots);
    json_projection_free(bed->projection);
    normaliser_free(bed->normaliser);
    free(bed);
    return 0;
}
