/*
 * record_bed.h - one JSON record on its way through scanner, normaliser and mirror
 * facts, for tests of forms.  cmocka's headers must come first.
 */
#ifndef TESTS_RECORD_BED_H
#define TESTS_RECORD_BED_H

#include "core/form.h"

struct record_bed {
    struct json_projection *projection;
    struct normaliser *normaliser;
    struct json_slot *slots;
    struct arena kept; /* texts of the events read; all die with the bed */
    enum record_class class;
    const char *reason;
};

/* What each text field must be; NULL is absent. */
typedef const char *expected_texts[EVENT_FIELD_COUNT];

int record_bed_make(void **state);
int record_bed_unmake(void **state);

/* Normalises one record; its texts stay valid as long as the bed. */
struct event record_read(struct record_bed *bed, const char *json);
/* The same as a marked record: with its mirror facts. */
struct event record_read_hit(struct record_bed *bed, const char *json);

/* All text fields, those that are not named being absent. */
void expect_texts(const struct event *event, const expected_texts expected);
void expect_text(const struct event *event, enum event_field field, const char *text);
void expect_outcome(const struct event *event, enum outcome outcome);

#endif
