/*
 * segment_format.h - the layout of a column's blob, shared by segment_encode.c and
 * segment_decode.c alone (segment.h describes it).
 */
#ifndef DB_SEGMENT_FORMAT_H
#define DB_SEGMENT_FORMAT_H

#include "db/segment.h"

enum { SEGMENT_MAGIC = 0x3143534d, SEGMENT_HEADER_BYTES = 24, FRAME_HEADER_BYTES = 16 };
enum { ENCODING_CONSTANT = 1, ENCODING_FRAME = 2, ENCODING_CODES = 3 };
enum { FLAG_PACKED = 1, FLAG_ABSENT = 2, FLAGS_KNOWN = FLAG_PACKED | FLAG_ABSENT };

static inline void put_number(unsigned char *out, uint64_t value, unsigned width)
{
    for (unsigned i = 0; i < width; i++)
        out[i] = (unsigned char)(value >> (8 * i));
}

static inline uint64_t get_number(const unsigned char *in, unsigned width)
{
    uint64_t value = 0;
    for (unsigned i = 0; i < width; i++)
        value |= (uint64_t)in[i] << (8 * i);
    return value;
}

#endif
