/*
 * segment.h - the column form of up to 16,384 events.
 *
 * The 99.9 % of events that are no hits are kept as columns: a loop over them
 * answers any filter or grouping over ten million events in tens of milliseconds
 * without an index, at about 12 bytes an event.  One row of segment_column per
 * column (id = segment * 64 + column): a query reads only the columns it needs.
 *
 * A column's blob (little-endian):
 *   u32 magic 'MSC1', u8 column, u8 encoding, u16 zero,
 *   u32 events, u32 payload bytes, u32 CRC-32 of the payload, payload
 * Encodings: CONSTANT (one value), U8/U16/U32 codes, and for numbers FRAME (minimum
 * + width + offsets).  Text columns: codes below LIMIT_DICTIONARY_VALUES + 1 name
 * the case's dictionary, code 0 is "absent", higher ones the segment's own values,
 * which follow the codes.  A column that is absent for all events has no row.
 * The payload is deflated where that makes it smaller.
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

enum { SEGMENT_EVENTS = 16384, SEGMENT_COLUMNS_MAX = 64 };

/* Number columns; the text columns follow, COLUMN_TEXT + event_field. */
enum segment_column {
    COLUMN_TIME,
    COLUMN_SOURCE,
    COLUMN_OFFSET,
    COLUMN_LENGTH,
    COLUMN_TIME_QUALITY,
    COLUMN_PROVIDER,
    COLUMN_OUTCOME,
    COLUMN_LIFECYCLE, /* as the rules say; 0 for events that are no hits */
    COLUMN_TEXT = 16,
};

/* One decoded column. numbers: time, source ...; codes and strings: text. */
struct segment_values {
    uint32_t count;
    bool text;
    int64_t *numbers;
    uint32_t *codes;    /* 0 = absent */
    struct slice *own;  /* the segment's own values */
    uint32_t own_count; /* code = LIMIT_DICTIONARY_VALUES + 1 + index */
};

/* Blobs in the arena. */
int segment_encode_numbers(enum segment_column column, const int64_t *numbers,
                           uint32_t count, struct arena *arena, struct slice *out,
                           struct error *error);
int segment_encode_text(enum segment_column column, const uint32_t *codes,
                        uint32_t count, const struct slice *own, uint32_t own_count,
                        struct arena *arena, struct slice *out, struct error *error);
/* expected_count: of the segment row. Absent blob: all values absent (time NONE). */
int segment_decode(enum segment_column column, struct slice blob,
                   uint32_t expected_count, struct arena *arena,
                   struct segment_values *out, struct error *error);

#endif
