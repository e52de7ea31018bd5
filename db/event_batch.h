/*
 * event_batch.h - the inside of a batch, shared by event_batch.c and the store alone.
 */
#ifndef DB_EVENT_BATCH_H
#define DB_EVENT_BATCH_H

#include "db/store.h"
#include "db/value_table.h"

enum {
    /* So that what a worker writes stays in its second-level cache: with 8192 events,
     * which did not, a load took 4 % longer. */
    BATCH_EVENTS = 2048,
    /* Text of all dictionaries of one batch: a worker's share of the memory limit. */
    BATCH_DICTIONARY_BYTES = 8 * 1024 * 1024,
    TEXT_COLUMNS = TEXT_COLUMN_COUNT,
    NUMBER_COLUMNS = NUMBER_COLUMN_COUNT,
};

/* One text column: the values that this worker has met, and the events' codes. */
struct batch_column {
    struct value_table values;
    uint16_t last; /* code of the event before */
    uint16_t codes[BATCH_EVENTS];
    /*
     * What the store calls these values, filled by it once per new value:
     * 0 not asked yet, a dictionary code, or MAPPED_OWN.
     */
    uint32_t *mapped;
    /* Code among the own values of the segment number own_segment[]. */
    uint32_t *own_code;
    int64_t *own_segment;
    uint32_t mapped_room;
};

enum { MAPPED_OWN = UINT16_MAX + 1 };

struct batch_reject {
    struct batch_reject *next;
    enum reject_kind kind;
    uint64_t offset, length;
    struct slice reason, bytes;
};

struct batch_record {
    struct batch_record *next;
    struct batch_hit hit;
    struct slice form_chain;
};

struct batch_fact {
    struct batch_fact *next;
    struct fact fact;
    uint64_t offset;
    uint32_t leaf;
};

/* Embedded input, or the window of an access point. */
struct batch_chunk {
    struct batch_chunk *next;
    bool is_point;
    uint64_t offset;   /* unpacked */
    uint64_t number;   /* its length, or the point's bit */
    struct slice data; /* a zlib stream */
};

struct event_batch {
    uint32_t count;
    uint64_t store; /* whose codes `mapped` holds */
    uint32_t dictionary_bytes;
    int64_t numbers[NUMBER_COLUMNS][BATCH_EVENTS]; /* COLUMN_SOURCE is not used */
    struct batch_column columns[TEXT_COLUMNS];
    int64_t day; /* of day_text: the last day that was printed */
    char day_text[12];

    struct arena arena; /* hits, rejects, embedded input */
    size_t bytes;       /* in it */
    struct batch_record *records, **last_record;
    struct batch_reject *rejects, **last_reject;
    struct batch_fact *facts, **last_fact;
    struct batch_chunk *chunks, **last_chunk;
    struct packer *packer;
};

/* Room for `mapped` and its fellows up to the column's last code. */
bool event_batch_map_room(struct batch_column *column);
/* Forgets what the codes mean to a store. */
void event_batch_unmap(struct event_batch *batch);
/* Empty again; dictionaries stay until they are full and no event needs them, but for
 * the stamps': hardly any comes again, and together they would push all others out. */
void event_batch_reset(struct event_batch *batch);

#endif
