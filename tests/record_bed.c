#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "tests/record_bed.h"

int record_bed_make(void **state)
{
    struct record_bed *bed = calloc(1, sizeof(*bed));
    assert_non_null(bed);
    bed->projection = form_projection_new(NULL);
    bed->normaliser = normaliser_new();
    assert_non_null(bed->projection);
    assert_non_null(bed->normaliser);
    bed->slots =
        calloc(json_projection_slot_count(bed->projection), sizeof(*bed->slots));
    assert_non_null(bed->slots);
    arena_init(&bed->kept);
    *state = bed;
    return 0;
}

int record_bed_unmake(void **state)
{
    struct record_bed *bed = *state;
    normaliser_free(bed->normaliser);
    json_projection_free(bed->projection);
    arena_fini(&bed->kept);
    free(bed->slots);
    free(bed);
    return 0;
}

struct event record_read(struct record_bed *bed, const char *json)
{
    const struct slice text = slice_from(json);
    const struct frame_item item = {.kind = FRAME_JSON, .bytes = text};
    const char *next = NULL;
    struct event event;

    assert_int_equal(json_scan(bed->projection, text.data, text.data + text.length,
                               true, bed->slots, &next),
                     JSON_OK);
    bed->class = normalise(bed->normaliser, &item, bed->slots, &event, &bed->reason);
    for (int i = 0; i < EVENT_FIELD_COUNT; i++)
        event.text[i] = arena_copy(&bed->kept, event.text[i]);
    event.merge_key = arena_copy(&bed->kept, event.merge_key);
    return event;
}

struct event record_read_hit(struct record_bed *bed, const char *json)
{
    struct event event = record_read(bed, json);
    mirror_facts(&event, slice_from(json), &bed->kept);
    return event;
}

void expect_text(const struct event *event, enum event_field field, const char *text)
{
    const struct slice found = event->text[field];
    const struct slice wanted = slice_from(text);
    if (slice_equal(found, wanted) && slice_present(found) == slice_present(wanted))
        return;
    fail_msg("%s: \"%.*s\"%s is not \"%s\"%s", event_fields[field].name,
             (int)found.length, found.data ? found.data : "",
             found.data ? "" : " (absent)", text ? text : "", text ? "" : " (absent)");
}

void expect_texts(const struct event *event, const expected_texts expected)
{
    for (int i = 0; i < EVENT_FIELD_COUNT; i++)
        expect_text(event, (enum event_field)i, expected[i]);
}

void expect_outcome(const struct event *event, enum outcome outcome)
{
    assert_string_equal(outcome_name(event->outcome), outcome_name(outcome));
}
