/*
 * segment_format.h - the layout of a column's blob, shared by segment_encode.c and
 * segment_decode.c alone (segment.h describes it).
 */
#ifndef DB_SEGMENT_FORMAT_H
#define DB_SEGMENT_FORMAT_H

#include "db/segment.h"

enum { SEGMENT_MAGIC = 0x3143534d, SEGMENT_HEADER_BYTES = 24 };
enum { FRAME_HEADER_BYTES = 16, PART_HEADER_BYTES = 4 };
enum {
    ENCODING_CONSTANT = 1,
    ENCODING_FRAME = 2,
    ENCODING_CODES = 3,
    ENCODING_FOLLOWS = 4
};
enum { FLAG_ABSENT = 2, FLAGS_KNOWN = FLAG_ABSENT };

/* The planes that a payload begins with. */
static inline unsigned plane_count(unsigned encoding, unsigned width)
{
    return encoding == ENCODING_FRAME || encoding == ENCODING_CODES ? width : 0;
}

/* How many codes there may be, up to the largest. */
static inline size_t code_room(const uint32_t *leader, uint32_t count)
{
    uint32_t largest = 0;
    for (uint32_t i = 0; i < count; i++)
        largest = leader[i] > largest ? leader[i] : largest;
    return (size_t)largest + 1;
}

static inline void put_number(unsigned char *out, uint64_t value, unsigned width)
{
    for (unsigned i = 0; i < width; i++)
        out[i] = (unsigned char)(value >> (8 * i));
}

/* out: the value's place in the lowest plane. */
static inline void put_in_planes(unsigned char *out, uint32_t plane, uint64_t value,
                                 unsigned width)
{
    for (unsigned i = 0; i < width; i++, out += plane)
        *out = (unsigned char)(value >> (8 * i));
}

static inline uint64_t get_number(const unsigned char *in, unsigned width)
{
    uint64_t value = 0;
    for (unsigned i = 0; i < width; i++)
        value |= (uint64_t)in[i] << (8 * i);
    return value;
}

/* in: the value's place in the lowest plane. */
static inline uint64_t get_from_planes(const unsigned char *in, uint32_t plane,
                                       unsigned width)
{
    uint64_t value = 0;
    for (unsigned i = 0; i < width; i++, in += plane)
        value |= (uint64_t)*in << (8 * i);
    return value;
}

#endif
