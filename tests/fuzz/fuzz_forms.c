/* Records of the clouds: recognition, fields, mirror facts, and the fold of what was
 * read, which must not depend on its order. */
#include "config.h"

#include <stdlib.h>

#include "core/form.h"
#include "core/operation.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { RECORDS_MAX = 8 };

struct bed {
    struct json_projection *projection;
    struct normaliser *normaliser;
    struct json_slot *slots;
    struct arena kept;
    struct operation_record records[RECORDS_MAX];
    size_t count;
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

static void keep(struct bed *bed, struct event *event, struct slice raw)
{
    char id[OPERATION_ID_LENGTH + 1];
    mirror_facts(event, raw, &bed->kept);
    operation_id(event, raw, id);
    if (strlen(id) != OPERATION_ID_LENGTH)
        abort();
    for (int field = 0; field < EVENT_FIELD_COUNT; field++) {
        read_bytes(event->text[field]);
        event->text[field] = arena_copy(&bed->kept, event->text[field]);
    }
    event->merge_key = arena_copy(&bed->kept, event->merge_key);
    if (bed->count < RECORDS_MAX)
        bed->records[bed->count++] = (struct operation_record){
            .event = *event,
            .lifecycle = LIFECYCLE_CREATION_MODIFICATION,
            .evidence_key = arena_printf(&bed->kept, "%zu", bed->count)};
}

static void read_record(struct bed *bed, struct slice text)
{
    const struct frame_item item = {.kind = FRAME_JSON, .bytes = text};
    const char *next, *reason;
    struct event event;
    if (!text.length || json_scan(bed->projection, text.data, text.data + text.length,
                                  true, bed->slots, &next) != JSON_OK)
        return;
    if (normalise(bed->normaliser, &item, bed->slots, &event, &reason) !=
        RECORD_EVENT) {
        if (!reason)
            abort();
        return;
    }
    if (!event.text[FIELD_OPERATION].length || !event.text[FIELD_FORM].length)
        abort();
    keep(bed, &event, text);
}

static void fold_both_ways(struct bed *bed)
{
    struct operation_record reversed[RECORDS_MAX];
    struct operation one, other;
    if (!bed->count)
        return;
    for (size_t i = 0; i < bed->count; i++)
        reversed[i] = bed->records[bed->count - 1 - i];
    operation_fold(bed->records, bed->count, &bed->kept, &one);
    operation_fold(reversed, bed->count, &bed->kept, &other);
    if (one.event.time_us != other.event.time_us || one.records != other.records ||
        one.event.outcome != other.event.outcome || one.lifecycle != other.lifecycle)
        abort();
    for (int field = 0; field < EVENT_FIELD_COUNT; field++) {
        if (!slice_equal(one.event.text[field], other.event.text[field]))
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice rest = {size ? (const char *)data : "", size};
    struct bed bed = {form_projection_new(NULL), normaliser_new(), NULL, {0}, {{0}}, 0};
    arena_init(&bed.kept);
    if (bed.projection)
        bed.slots =
            calloc(json_projection_slot_count(bed.projection), sizeof(*bed.slots));
    if (bed.normaliser && bed.slots) {
        while (slice_present(rest))
            read_record(&bed, slice_trim(slice_cut(&rest, '\n')));
        fold_both_ways(&bed);
    }
    arena_fini(&bed.kept);
    free(bed.slots);
    json_projection_free(bed.projection);
    normaliser_free(bed.normaliser);
    return 0;
}
