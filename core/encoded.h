/*
 * encoded.h - bytes that travel inside a text: base64 of them, packed by gzip or not
 * (Kinesis, Firehose, CloudWatch Logs, Pub/Sub).  Memory to memory, nothing else.
 */
#ifndef CORE_ENCODED_H
#define CORE_ENCODED_H

#include "core/slice.h"

/* Owned bytes that are used again and again. */
struct byte_buffer {
    char *data;
    size_t length, room;
};

void byte_buffer_fini(struct byte_buffer *buffer);
/* Room for `room` bytes; what was in it may be lost.  false: no memory. */
bool byte_buffer_reserve(struct byte_buffer *buffer, size_t room);

enum decoded {
    DECODED,
    DECODED_CUT, /* gzip that ends too early: what was before the cut is there */
    DECODED_NOT, /* not base64, not gzip, or damaged from the first byte on */
    DECODED_TOO_LONG,
    DECODED_NO_MEMORY,
};

/* Either alphabet, with or without padding; line breaks inside are passed over. */
enum decoded base64_decode(struct slice text, struct byte_buffer *out);

static inline bool gzip_begins(struct slice bytes)
{
    return slice_starts_with(bytes, SLICE("\x1f\x8b"));
}
/* All members, one after the other, to at most `limit` bytes in all.  What follows
 * the last member is ignored, as gzip does. */
enum decoded gzip_decode(struct slice bytes, size_t limit, struct byte_buffer *out);

#endif
