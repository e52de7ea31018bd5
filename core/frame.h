/*
 * frame.h - cuts a stream of bytes into records, without knowing what they mean.
 *
 * A stream is a sequence of top-level values separated by anything blank-like
 * (newline, CR LF, nothing, comma, RS, NUL).  What begins with `{` is scanned as
 * JSON; `[` is entered, its elements being records; any other text is one line.
 * So JSON Lines, pretty-printed arrays, concatenated objects, device logs and
 * mixtures of them are one grammar.  Envelopes whose first key opens an array
 * (`{"Records":[`, `{"records":[`, `{"value":[`) are entered while streaming, so
 * that a document of any size needs a window of one record; envelopes that are
 * recognised only when whole (`{"nextLink":..,"value":[..]}`) are entered through
 * the slot of their array.  Entering goes to LIMIT_ENVELOPE_DEPTH.
 *
 * Damage is data: a malformed value gives one FRAME_REJECT with the bytes up to
 * the place where reading resumes, the next newline or the next text that looks
 * like the start of a record as seen so far in this array.
 *
 * The framer holds no bytes.  The caller shows it a window; on FRAME_MORE the
 * caller keeps everything from framer_tail() on, appends more input and shows the
 * new window.  One framer serves one stream and one thread.
 */
#ifndef CORE_FRAME_H
#define CORE_FRAME_H

#include "core/json_scan.h"

enum { LIMIT_ENVELOPE_DEPTH = 8 };

enum frame_kind {
    FRAME_JSON,   /* bytes is one JSON value, slots are filled */
    FRAME_LINE,   /* bytes is one text line without its line ending */
    FRAME_REJECT, /* bytes could not be read, reason says why */
    FRAME_NOTE,   /* nothing lost, but the analyst must know (next page left over) */
    FRAME_MORE,   /* show a longer window */
    FRAME_END,    /* the stream is done */
};

struct frame_item {
    enum frame_kind kind;
    struct slice bytes;   /* inside the window */
    uint64_t offset;      /* of bytes, in the unpacked stream */
    const char *reason;   /* static text, for FRAME_REJECT and FRAME_NOTE */
    const char *envelope; /* static: "", "Records", "records", "value", "array" */
};

struct framer;

/*
 * envelope_slots: the slots of `projection` that hold the arrays "Records",
 * "records" and "value" of an object, and of "nextLink"/"NextToken"/
 * "nextPageToken" (for the note); see form.h for the one projection in use.
 */
struct framer *framer_new(const struct json_projection *projection);
void framer_free(struct framer *framer);
/* Ready for another stream. */
void framer_reset(struct framer *framer);

/*
 * The window: `length` bytes that begin at offset `base` of the stream and
 * continue the last window from its tail.  final: the stream ends here.
 * truncated (with final): the stream was cut, so an incomplete last value is a
 * reject "cut off" rather than malformed.
 */
void framer_window(struct framer *framer, const char *data, size_t length,
                   uint64_t base, bool final, bool truncated);
/* Offset in the window of the first byte still needed. */
size_t framer_tail(const struct framer *framer);

/* Slots are valid until the next call. */
void framer_next(struct framer *framer, struct frame_item *item,
                 struct json_slot *slots);

#endif
