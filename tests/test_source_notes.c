#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "core/source_notes.h"

#define HOUR INT64_C(3600000000)
#define AZ "looks like the default window of `az monitor activity-log list`"
#define GCLOUD "looks like the default window of `gcloud logging read`"

static const struct {
    const char *form, *chain;
    unsigned events;
    int64_t apart; /* microseconds between the first and the last */
    const char *regions[2];
    const char *note; /* how it begins; NULL: nothing is said */
} sources[] = {
    {"azure-activity-rest", "array", 3, 5 * HOUR, {NULL}, AZ},
    {"azure-activity-rest", "array", 3, 6 * HOUR, {NULL}, AZ},
    {"azure-activity-rest", "array", 3, 6 * HOUR + 1, {NULL}, NULL},
    {"azure-activity-rest", "array", 50, 900 * HOUR, {NULL}, AZ},
    {"azure-activity-rest", "array", 51, 900 * HOUR, {NULL}, NULL},
    /* REST gives everything that was asked for, page by page. */
    {"azure-activity-rest", "value", 3, HOUR, {NULL}, NULL},
    {"azure-activity", "array", 3, HOUR, {NULL}, NULL},
    {"gcp-audit", "array", 2, 24 * HOUR, {NULL}, GCLOUD},
    {"gcp-audit", "array", 2, 25 * HOUR, {NULL}, NULL},
    {"gcp-audit", "", 2, HOUR, {NULL}, NULL},
    {"cloudtrail",
     "Events>lookup-events",
     2,
     900 * HOUR,
     {"us-east-1", "us-east-1"},
     "one region only: `lookup-events` asks one at a time (us-east-1)"},
    {"cloudtrail", "Events>lookup-events", 2, HOUR, {"us-east-1", "us-west-2"}, NULL},
    {"cloudtrail", "Events>lookup-events", 2, HOUR, {NULL}, NULL},
    {"cloudtrail", "Records", 2, HOUR, {"us-east-1", "us-east-1"}, NULL},
};

/* What is said of the source, which is one note at most here. */
static struct slice note_on(size_t row, struct arena *arena)
{
    struct source_notes notes;
    struct slice told = SLICE_NONE;
    source_notes_reset(&notes);
    for (unsigned i = 0; i < sources[row].events; i++) {
        struct event event;
        event_clear(&event);
        bool last = i + 1 == sources[row].events;
        event.time_us = last ? sources[row].apart : 0;
        event.text[FIELD_FORM] = slice_from(sources[row].form);
        event.text[FIELD_REGION] = slice_from(sources[row].regions[last]);
        source_notes_see(&notes, &event, sources[row].chain);
    }
    for (size_t i = 0; i < SOURCE_EXPORTS; i++) {
        struct slice note = source_notes_tell(&notes, i, arena);
        assert_false(slice_present(note) && slice_present(told));
        told = slice_present(note) ? note : told;
    }
    return told;
}

static void says_what_an_export_may_lack(void **state)
{
    struct arena arena;
    (void)state;
    arena_init(&arena);
    for (size_t i = 0; i < sizeof(sources) / sizeof(sources[0]); i++) {
        struct slice note = note_on(i, &arena);
        print_message("%zu: %.*s\n", i, (int)note.length, note.data ? note.data : "");
        assert_int_equal(slice_present(note), sources[i].note != NULL);
        if (sources[i].note)
            assert_true(slice_starts_with(note, slice_from(sources[i].note)));
    }
    arena_fini(&arena);
}

static void undated_events_have_no_window(void **state)
{
    struct source_notes notes;
    struct event event;
    (void)state;
    source_notes_reset(&notes);
    event_clear(&event);
    event.text[FIELD_FORM] = SLICE("gcp-audit");
    source_notes_see(&notes, &event, "array");
    for (size_t i = 0; i < SOURCE_EXPORTS; i++)
        assert_false(slice_present(source_notes_tell(&notes, i, NULL)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_what_an_export_may_lack),
        cmocka_unit_test(undated_events_have_no_window),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
