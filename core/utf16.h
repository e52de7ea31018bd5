/*
 * utf16.h - UTF-16 as UTF-8, in pieces of any size.
 *
 * Nothing is lost: half a pair of surrogates becomes the three bytes that UTF-8 would
 * have for it (which are no UTF-8, and are shown escaped), and an odd byte at the end
 * stays as it is.  A byte order mark becomes that of UTF-8, which the framer skips.
 */
#ifndef CORE_UTF16_H
#define CORE_UTF16_H

#include "core/slice.h"

struct utf16_reader {
    bool big_endian;
    unsigned char held[4]; /* begun: half a unit, or the first half of a pair */
    unsigned held_count;
};

/*
 * Takes units from `in` (which is moved on) and writes UTF-8 to `out`, at most `room`
 * bytes; the bytes written.  final: nothing follows `in`, so what is held is written
 * too.  Done when `in` is empty and nothing was written.
 */
size_t utf16_read(struct utf16_reader *reader, struct slice *in, bool final, char *out,
                  size_t room);

#endif
