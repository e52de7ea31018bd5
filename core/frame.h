/*
 * frame.h - cuts a stream of bytes into records, without knowing what they mean.
 *
 * A stream is a sequence of top-level values separated by anything blank-like
 * (newline, CR LF, nothing, comma, RS, NUL).  What begins with `{` is scanned as
 * JSON; `[` is entered, its elements being records; a line that is the header of a
 * table (core/table) makes the lines behind it rows; any other text is one line.
 * So JSON Lines, pretty-printed arrays, concatenated objects, CSV, device logs and
 * mixtures of them are one grammar.  Envelopes whose first key opens an array
 * (`{"Records":[`, `{"value":[`, the rows of frame_paths) are entered while streaming,
 * so that a document of any size needs a window of one record; envelopes that are
 * recognised only when whole (`{"nextLink":..,"value":[..]}`) are entered through
 * the slot of their array, and where they are cut off or damaged, like a stream: each
 * of their records that is whole counts.  Entering goes to LIMIT_ENVELOPE_DEPTH.
 *
 * Damage is data: what cannot be read gives one FRAME_REJECT with all bytes up to
 * the place where reading resumes, so damage next to damage is one item.  Reading
 * resumes where something reads well again: an object that begins as the records
 * before it did, an object or a plain text line at the start of a line, or the start
 * of an envelope.
 *
 * A row of a table is given as a JSON object of its own, {column: text}, so that one
 * record needs no other to be understood; offset and length are those of the row.
 * Rows of JSON (the tables of Log Analytics, the results of Logs Insights) likewise.
 * A header is no record.  What stands between rows and is none (one cell where the
 * table has several, JSON) is what it would be without the table.
 *
 * The items depend on the stream alone, never on how it was cut into windows.
 *
 * The caller shows the framer a window; on FRAME_MORE the caller keeps everything
 * from framer_tail() on, appends more input and shows the new window.  A value
 * that does not end in the window is scanned again from its start in the next
 * one, so the kept bytes should at least double, unless the window has reached
 * FRAME_WINDOW_BYTES or the stream its end.  A window of that size always makes
 * progress: what is longer is rejected, and its bytes need not be kept.
 *
 * A stream can be framed in parts, by several framers at once: it is cut where a record
 * seems to begin, and a part's framer begins as one that stands (so it is hoped) where
 * the part before ends.  That may be wrong: a newline may stand inside of a record, and
 * what looks like a record inside of another.  So the parts are joined in their order,
 * and what a part gave counts if the framer of the part before did end there, standing
 * as was supposed; else the part is framed anew.  Thus the items are those of one
 * framer, whatever the bytes are, and no pass over them need go ahead.
 *
 * One framer serves one stream and one thread.
 */
#ifndef CORE_FRAME_H
#define CORE_FRAME_H

#include "core/json_scan.h"
#include "core/limits.h"

enum { LIMIT_ENVELOPE_DEPTH = 8 };
/* The largest window that a caller ever needs. */
enum { FRAME_WINDOW_BYTES = LIMIT_RECORD_BYTES + 1024 * 1024 };

/*
 * The slots that the framer reads.  Whoever builds a projection includes the
 * rows of frame_paths and numbers its own slots from FRAME_SLOT_COUNT.
 */
enum frame_slot {
    SLOT_RECORDS_ARRAY,  /* CloudTrail files, S3/SQS/SNS/Kinesis event batches */
    SLOT_RECORDS_LOWER,  /* Azure diagnostic settings, Firehose */
    SLOT_VALUE_ARRAY,    /* Azure REST and az */
    SLOT_EVENTS_ARRAY,   /* "Events": aws cloudtrail lookup-events */
    SLOT_ENTRIES_ARRAY,  /* GCP entries.list */
    SLOT_EVENTS_LOWER,   /* "events": filter-log-events, Chronicle */
    SLOT_LOG_EVENTS,     /* "logEvents": CloudWatch Logs subscriptions */
    SLOT_RESULTS_ARRAY,  /* "results": Splunk, Logs Insights */
    SLOT_MESSAGES_ARRAY, /* "Messages": aws sqs receive-message */
    SLOT_HITS_ARRAY,     /* "hits hits": Elasticsearch searches */
    SLOT_TABLES_ARRAY,   /* "tables": columns and rows of Log Analytics */
    SLOT_RESULT_ROWS,    /* "ResultSet Rows": aws athena get-query-results */
    SLOT_NEXT_PAGE,      /* nextLink, NextToken, nextToken, nextPageToken */
    FRAME_SLOT_COUNT
};

extern const char frame_result_rows[]; /* the keys of SLOT_RESULT_ROWS */
extern const struct json_path frame_paths[];
extern const size_t frame_path_count;

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
    /* Inside the window, or of a reject its first LIMIT_REJECT_BYTES at most, maybe
     * in the framer's own memory, as a row's object.  Valid until the next call. */
    struct slice bytes;
    uint64_t offset; /* in the unpacked stream */
    uint64_t length; /* bytes.length, but of a long reject or a row what stands there */
    bool row;        /* bytes are made from a row of a table */
    const char *reason; /* static text, for FRAME_REJECT and FRAME_NOTE */
    /* static: "", "array", "table" or the key, such as "Records" */
    const char *envelope;
};

struct framer;

/* projection: one that has the rows of frame_paths; borrowed.  NULL without memory. */
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

/* --- parts (frame_joint.c) -------------------------------------------------------- */

/* The last place in `bytes`, of a stream that `framer` frames, where a record or line
 * seems to begin; 0: none but maybe their start. */
size_t framer_guess_joint(const struct framer *framer, struct slice bytes);
/* Goes on where `other` stands. -1: no memory. */
int framer_begin_as(struct framer *framer, const struct framer *other);
/* The same for one that stands earlier, as is supposed to make no difference. */
int framer_guess(struct framer *framer, const struct framer *other);
/*
 * `before` has no more in its window: it took all of it, to the byte (framer_tail).
 * Does `part`, which began with the next byte, give what `before` would have given?
 */
bool framer_joined(const struct framer *before, const struct framer *part);
/* `before` stands where the part that was joined to it does. -1: no memory. */
int framer_follow(struct framer *before, const struct framer *part);
/* Every item before this offset was given. */
uint64_t framer_settled(const struct framer *framer);

#endif
