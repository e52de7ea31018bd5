/*
 * open_segment.h - the segment that events are added to, and the case's dictionaries.
 *
 * Used by the store alone, under its mutex.  A value goes to its column's dictionary
 * until that is full, later ones to the own values of the segment.  Dictionaries are
 * never shortened: what a code means stays for ever.
 */
#ifndef DB_OPEN_SEGMENT_H
#define DB_OPEN_SEGMENT_H

#include "db/case.h"
#include "db/event_batch.h"

enum {
    /* Text of all dictionaries of a case, and of the own values of one segment: the
     * store's share of the memory limit. */
    STORE_DICTIONARY_BYTES = 48 * 1024 * 1024,
    SEGMENT_OWN_BYTES = 4 * 1024 * 1024,
};

/* A column whose values stand in another's dictionary (segment_dictionary) has an empty
 * one. */
struct text_column {
    struct value_table dictionary;
    uint32_t committed; /* values that the case file holds */
    struct value_table own;
    uint32_t codes[SEGMENT_EVENTS];
};

struct open_segment {
    int64_t id;
    uint32_t count;
    bool changed; /* since it was last encoded */
    uint32_t own_bytes;
    uint32_t dictionary_bytes;
    int64_t numbers[NUMBER_COLUMNS][SEGMENT_EVENTS];
    struct text_column columns[TEXT_COLUMNS];
    struct packer *packer;
};

/* What one segment is in the case file. */
struct encoded_segment {
    struct encoded_segment *next;
    int64_t id;
    uint32_t count;
    int64_t first_us, last_us; /* EVENT_TIME_NONE: no event has a time */
    struct slice blobs[SEGMENT_COLUMNS_MAX];
};

struct open_segment *open_segment_new(struct error *error);
void open_segment_free(struct open_segment *segment);

/* Dictionaries and the unfilled last segment, as the case holds them. */
int open_segment_load(struct open_segment *segment, struct case_file *handle,
                      struct error *error);

/*
 * Adds the batch's events from *from on and moves it past those that fitted: the
 * segment is full where it is not at the batch's end.
 */
int open_segment_add(struct open_segment *segment, struct event_batch *batch,
                     int64_t source, uint32_t *from, struct error *error);

/* In the arena, which also holds what the blobs refer to. */
int open_segment_encode(struct open_segment *segment, struct arena *arena,
                        struct encoded_segment **out, struct error *error);
/* Begins the next one. */
void open_segment_next(struct open_segment *segment);

/* The values added since the last call, and the segment: inside a transaction. */
int open_segment_write_dictionaries(struct open_segment *segment, sqlite3_stmt *insert);
size_t open_segment_unwritten_values(const struct open_segment *segment);

#endif
