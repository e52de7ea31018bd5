/*
 * raw_record.h - the fields of a record that no column holds.
 *
 * Parsed (by jansson) when the first field is asked for.  A path is dotted; keys that
 * contain dots are tried too, and keys compare with their case first, then without
 * (Azure's exports differ in it).  A path through an array means any of its elements.
 * A record that is no JSON object (a line of a device) has no fields; one that looks
 * like JSON and cannot be parsed leaves every field undecided.
 */
#ifndef CORE_RAW_RECORD_H
#define CORE_RAW_RECORD_H

#include "core/rule.h"

#include <jansson.h>

struct raw_record {
    struct slice bytes;
    bool parsed, damaged;
    json_t *root;
};

void raw_record_init(struct raw_record *record, struct slice bytes);
void raw_record_fini(struct raw_record *record);

/* Called for each value at a path: text of a scalar, JSON of an array or object,
 * SLICE_NONE for null.  Anything but TRUTH_FALSE ends the walk. */
typedef enum truth raw_visitor(struct slice value, void *payload);

/* The visitor's last answer; TRUTH_UNKNOWN where the record is damaged. *found tells
 * whether the path leads to any value but null. */
enum truth raw_record_visit(struct raw_record *record, struct slice path,
                            raw_visitor *visitor, void *payload, bool *found);

#endif
