/*
 * segment.h - the column form of up to 16,384 events.
 *
 * The 99.9 % of events that are no hits are kept as columns: a loop over them
 * answers any filter or grouping over ten million events in tens of milliseconds
 * without an index, at about 9 bytes an event.  One row of segment_column per
 * column (id = segment * 64 + column): a query reads only the columns it needs.
 *
 * A column's blob (little-endian):
 *   u32 magic 'MSC1', u8 column, u8 encoding, u8 flags, u8 width,
 *   u32 events, u32 payload bytes, u32 stored bytes, u32 CRC-32 of what is stored,
 *   the payload in parts, each behind the u32 of its bytes, as a zlib stream where that
 *   is smaller: first the planes, `events` bytes each, then the rest
 * Payloads:
 *   numbers CONSTANT  i64
 *   numbers FRAME     `width` planes of (value - minimum) / step, i64 minimum, u64
 * step; with the flag ABSENT 0 is "absent", others are one more text CONSTANT     u32
 * code, own values text CODES        `width` planes of codes, own values text FOLLOWS
 * codes of `width` bytes: see segment_leader own values        u32 count, count x u32
 * length, the bytes A plane holds the lowest, the next ... byte of all values.  Codes
 * of many values are noise in their low byte and not in their high one: apart they take
 * 10 % less room. Codes below LIMIT_DICTIONARY_VALUES + 1 name the case's dictionary,
 * code 0 is "absent", higher ones the segment's own values.  A column that is absent
 * (or, for numbers other than times, 0) for all events has no row.
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

/*
 * The field whose value mostly settles that of another one: who acted has one id, one
 * type and one issuer, and an operation belongs to one service.  A column that follows
 * its leader throughout a segment is kept as one code for each of the leader's distinct
 * values, in the order in which these first come: 2 of 11 bytes an event saved.  -1:
 * the field has no leader.  A leader has none itself, and comes first.
 */
static inline int segment_leader(int field)
{
    switch (field) {
    case FIELD_SERVICE:
        return FIELD_OPERATION;
    case FIELD_ACTOR_TYPE:
    case FIELD_ACTOR_ID:
    case FIELD_SESSION_ISSUER:
    case FIELD_ACCOUNT:
        return FIELD_ACTOR;
    default:
        return -1;
    }
}

/* One decoded column. numbers: time, source ...; codes and strings: text. */
struct segment_values {
    uint32_t count;
    bool text;
    int64_t *numbers;
    uint32_t *codes;    /* 0 = absent */
    struct slice *own;  /* the segment's own values */
    uint32_t own_count; /* code = LIMIT_DICTIONARY_VALUES + 1 + index */
    /* Where the column follows its leader: `codes` is filled by segment_follow. */
    const uint32_t *follows;
    uint32_t follow_count;
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
/* leader: the codes of the column's leader, or NULL. */
int segment_encode_text(struct packer *packer, enum segment_column column,
                        const uint32_t *codes, uint32_t count, const struct slice *own,
                        uint32_t own_count, const uint32_t *leader, struct arena *arena,
                        struct slice *out, struct error *error);
/* expected_count: of the segment row. Absent blob: all values absent (time NONE). The
 * result does not refer to the blob. */
int segment_decode(enum segment_column column, struct slice blob,
                   uint32_t expected_count, struct arena *arena,
                   struct segment_values *out, struct error *error);
/* The codes of a decoded column that follows the leader's. */
int segment_follow(struct segment_values *values, enum segment_column column,
                   const uint32_t *leader, struct arena *arena, struct error *error);

#endif
