/*
 * segment.h - the column form of up to 16,384 events.
 *
 * The 99.9 % of events that are no hits are kept as columns: a loop over them
 * answers any filter or grouping over ten million events in tens of milliseconds
 * without an index, at about 12 bytes an event.  One row of segment_column per
 * column (id = segment * 64 + column): a query reads only the columns it needs.
 *
 * A column's blob (little-endian):
 *   u32 magic 'MSC1', u8 column, u8 encoding, u8 flags, u8 width,
 *   u32 events, u32 payload bytes, u32 stored bytes, u32 CRC-32 of what is stored,
 *   the payload, as a zlib stream where that is smaller (flag PACKED)
 * Payloads:
 *   numbers CONSTANT  i64
 *   numbers FRAME     i64 minimum, u64 step, events x width bytes: (value - minimum)
 *                     / step; with the flag ABSENT 0 is "absent", others are one more
 *   text CONSTANT     u32 code, own values
 *   text CODES        events x width bytes, own values
 *   own values        u32 count, count x u32 length, the bytes
 * Codes below LIMIT_DICTIONARY_VALUES + 1 name the case's dictionary, code 0 is
 * "absent", higher ones the segment's own values.  A column that is absent (or, for
 * numbers other than times, 0) for all events has no row.
 *
 * Decoding trusts nothing: sizes, codes and checksums are checked, and damage is an
 * error that names segment and column.
 */
#ifndef DB_SEGMENT_H
#define DB_SEGMENT_H

#include "core/arena.h"
#include "core/error.h"
#include "core/event.h"
#include "core/limits.h"
#include "db/pack.h"

enum {
    SEGMENT_EVENTS = 16384,
    SEGMENT_COLUMNS_MAX = 64,
    /* Text columns: the fields that are kept for every event, the first ones. */
    TEXT_COLUMN_COUNT = FIELD_ISSUED + 1,
    /* A segment is closed early when its own values hold half of this. */
    SEGMENT_PAYLOAD_MAX = 32 * 1024 * 1024,
};

/* Number columns; the text columns follow, COLUMN_TEXT + event_field. */
enum segment_column {
    COLUMN_TIME,
    COLUMN_SOURCE,
    COLUMN_OFFSET, /* as a gap: see segment_gaps */
    COLUMN_LENGTH,
    COLUMN_TIME_QUALITY,
    COLUMN_PROVIDER,
    COLUMN_OUTCOME,
    COLUMN_LIFECYCLE, /* as the rules say; 0 for events that are no hits */
    COLUMN_LEAF,      /* place among the records unfolded from its bytes, mostly 0 */
    NUMBER_COLUMN_COUNT,
    COLUMN_TEXT = 16,
};

/* The field whose dictionary a text column's codes name: a credential has the same code
 * where it is given out and where it is used. */
static inline int segment_dictionary(int field)
{
    return field == FIELD_ISSUED ? FIELD_CREDENTIAL : field;
}

/* One decoded column. numbers: time, source ...; codes and strings: text. */
struct segment_values {
    uint32_t count;
    bool text;
    int64_t *numbers;
    uint32_t *codes;    /* 0 = absent */
    struct slice *own;  /* the segment's own values */
    uint32_t own_count; /* code = LIMIT_DICTIONARY_VALUES + 1 + index */
};

/*
 * Records of one source mostly follow each other with one byte between them, so an
 * offset is kept as the gap to the end of the event before it in the segment (the
 * first one's from 0): 1.9 bytes an event saved.  Both work in place.
 */
void segment_gaps(int64_t *offsets, const int64_t *lengths, uint32_t count);
void segment_offsets(int64_t *gaps, const int64_t *lengths, uint32_t count);

/* Blobs in the arena; absent where the column needs no row. */
int segment_encode_numbers(struct packer *packer, enum segment_column column,
                           const int64_t *numbers, uint32_t count, struct arena *arena,
                           struct slice *out, struct error *error);
int segment_encode_text(struct packer *packer, enum segment_column column,
                        const uint32_t *codes, uint32_t count, const struct slice *own,
                        uint32_t own_count, struct arena *arena, struct slice *out,
                        struct error *error);
/* expected_count: of the segment row. Absent blob: all values absent (time NONE). The
 * result does not refer to the blob. */
int segment_decode(enum segment_column column, struct slice blob,
                   uint32_t expected_count, struct arena *arena,
                   struct segment_values *out, struct error *error);

#endif
