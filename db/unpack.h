/*
 * unpack.h - packed streams, each a row of one table: how to open, read and close it.
 *
 * A packed stream may have several members one after the other (`cat a.gz b.gz`):
 * they unpack to one stream.  Bytes after the last member are named, not read; NULs
 * are padding.
 *
 * A decoder that can begin in mid-stream notes access points on request and resumes at
 * one: `resume` is NULL for the others.
 *
 * Adding a form: a kind in core/packing, a file unpack_NAME.c with a decoder, a row in
 * the table of unpack_decoders.c.  Where this build lacks a library, the row is not
 * there.
 */
#ifndef DB_UNPACK_H
#define DB_UNPACK_H

#include "core/packing.h"
#include "db/access_point.h"
#include "db/byte_stream.h"

enum unpack_result {
    UNPACK_MORE,    /* goes on with more input or more room */
    UNPACK_BLOCK,   /* a block ended, where the step is to stop there */
    UNPACK_END,     /* a member ended */
    UNPACK_DAMAGED, /* what follows cannot be unpacked */
    UNPACK_TOO_BIG, /* it needs more memory than LIMIT_UNPACK_WINDOW_BYTES */
    UNPACK_NO_MEMORY,
};

/* Input that is left and room that is left: a step moves both on. */
struct unpack_step {
    struct slice in;
    char *out;
    size_t room;
    bool final; /* no input follows */
    bool stops; /* at the end of a block, if one comes */
    /* UNPACK_BLOCK: of the input that was taken, these are the next block's. */
    uint64_t bits_ahead;
};

struct unpack_decoder {
    enum packing_kind packing;
    void *(*open)(void); /* NULL: no memory */
    enum unpack_result (*step)(void *state, struct unpack_step *step);
    /* Ready for the next member. */
    enum unpack_result (*again)(void *state);
    void (*close)(void *state);
    /* At the beginning of a block. `byte`: the one that the point's bit stands in,
     * which was taken from the input unless that is its first. */
    enum unpack_result (*resume)(void *state, const struct access_point *point,
                                 unsigned char byte);
    /* Texts for the analyst. */
    const char *cut, *damaged, *trailing, *too_big;
};

/* NULL: this build cannot open it. */
const struct unpack_decoder *unpack_decoder_of(enum packing_kind kind);

/* What `below` (taken over) unpacks to. NULL: no memory. */
struct byte_stream *unpack_stream_new(const struct unpack_decoder *decoder,
                                      struct byte_stream *below,
                                      struct unpack_budget *budget);
/* Notes a point whenever *point has none (borrowed) and ACCESS_SPACING was unpacked
 * since the last one; nothing where the decoder cannot resume. */
void unpack_stream_note_points(struct byte_stream *stream, struct access_point *point);
/* Goes on at this point of the stream below, which can seek. 1; 0: it cannot. */
int unpack_stream_resume(struct byte_stream *stream, const struct access_point *point,
                         struct error *error);

/* Of two rows for one packing the first is taken. */
#ifdef HAVE_LIBISAL
extern const struct unpack_decoder unpack_isal;
#endif
extern const struct unpack_decoder unpack_gzip;
#ifdef HAVE_LIBZSTD
extern const struct unpack_decoder unpack_zstd;
#endif
#ifdef HAVE_LIBBZ2
extern const struct unpack_decoder unpack_bzip2;
#endif
#ifdef HAVE_LIBLZMA
extern const struct unpack_decoder unpack_xz;
#endif
extern const struct unpack_decoder unpack_utf16_little, unpack_utf16_big;

/* The texts of a decoder, by the name of its packing. */
#define UNPACK_TEXTS(name, command)                                                    \
    "the " name " data is cut off", "the " name " data is damaged",                    \
        "bytes after the end of the " name " data were not read",                      \
        "this " name " data needs too much memory: unpack it with `" command "`"

#endif
