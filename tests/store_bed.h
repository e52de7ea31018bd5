/*
 * store_bed.h - a case in a folder of its own with an open store, for tests.
 *
 * Every step that fails ends the test.
 */
#ifndef TESTS_STORE_BED_H
#define TESTS_STORE_BED_H

#include "db/event_batch.h"
#include "db/store.h"

struct bed {
    char folder[64], path[80];
    struct case_file *handle;
    struct store *store;
    struct event_batch *batch;
    struct arena arena;
};

/* For cmocka: set up and torn down around a test. */
int bed_make(void **state);
int bed_drop(void **state);
void bed_open(struct bed *bed);
void bed_close(struct bed *bed);
void bed_reopen(struct bed *bed);
/* Leaves what was not committed, as a killed load does, and opens again. */
void bed_kill(struct bed *bed);

int64_t bed_number(struct bed *bed, const char *sql);
/* All rows, cells joined by '|', NULL as '-', each with a newline; in the arena. */
const char *bed_table(struct bed *bed, const char *sql);
void bed_run(struct bed *bed, const char *sql);

enum source_known bed_begin(struct bed *bed, const char *path, uint64_t bytes,
                            const char *sha256, int64_t *source,
                            struct source_progress *progress);
void bed_append(struct bed *bed, struct event_batch *batch, int64_t source,
                uint64_t resume, const struct source_end *end);
void bed_finish(struct bed *bed, int64_t source, const char *sha256, uint64_t bytes);
void bed_flush(struct bed *bed);

/* An event made from a number; `text` holds what it borrows. */
void bed_event(struct event *event, uint64_t number, char text[64]);
/* Adds it, appending the batch before where it is full. */
void bed_add(struct bed *bed, struct event_batch *batch, int64_t source,
             const struct event *event, uint64_t offset, uint32_t length);
void bed_add_hit(struct bed *bed, const struct event *event, const char *raw,
                 uint64_t offset);
void bed_add_leaf(struct bed *bed, const struct event *event, const char *raw,
                  struct record_place place);

#define ON_BED(test) cmocka_unit_test_setup_teardown(test, bed_make, bed_drop)

#endif
