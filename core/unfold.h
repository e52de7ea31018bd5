/*
 * unfold.h - from one framed record to the records in it.
 *
 * Logs reach the analyst in envelopes inside envelopes: an SQS body holds an SNS
 * message, that an EventBridge event, that a CloudTrail record.  Each value is judged
 * on its own: where a form fits, it is a record; where a row of the table of envelopes
 * (unfold_rows.c) fits, what it holds is framed again as a stream of its own and each
 * of its records judged in turn, down to LIMIT_UNFOLD_DEPTH; where neither does, a
 * copy in canonical shape gets a second chance (reshape.h).  What is too deep, too long
 * or unreadable is a damaged record with its reason, never nothing.
 *
 * What carries its event twice, as original text and as fields of its own
 * (CloudTrailEvent, _raw, @rawstring, event.original), is read from the text; where
 * that is damaged the fields are taken instead, and the leaf's note
 * says so.
 *
 * The plain record that fits a form at the first scan pays one look at one slot.
 *
 * One unfolder serves one source at a time, and one thread.
 */
#ifndef CORE_UNFOLD_H
#define CORE_UNFOLD_H

#include "core/form.h"

enum {
    /* Envelopes around one record. */
    LIMIT_UNFOLD_DEPTH = 8,
    /* Bytes that the envelopes of one framed record unpack to, all levels together:
     * one Kinesis record (1 MiB of gzip) may hold 30 MiB twice over. */
    LIMIT_UNFOLD_BYTES = 64 * 1024 * 1024,
    /* The names of a way, joined. */
    UNFOLD_CHAIN_MAX = 192,
};

/* One record out of a framed one.  Everything is borrowed until the sink returns. */
struct leaf {
    enum record_class class;
    const char *reason; /* of anything but RECORD_EVENT */
    struct event event; /* of RECORD_EVENT */
    const char *note;   /* of an event: what of it was damaged, else NULL */
    const char *remark; /* of an event: what records of its form lack, else NULL */
    struct slice raw;   /* the record as found, decoded from its envelopes: what is kept
                         * as evidence.  Of an unknown record: the framed one */
    struct slice read;  /* what was read: raw, or its copy in canonical shape.  Rules
                         * and mirror_facts read this */
    const char *chain;  /* the way to it, outermost first: "Records>sqs>eventbridge" */
};

/* Takes one leaf; anything but 0 ends the unfolding. */
typedef int unfold_sink(struct leaf *leaf, void *payload);

struct unfolder;

/* projection: of form_projection_new.  Both are borrowed.  NULL without memory. */
struct unfolder *unfolder_new(const struct json_projection *projection,
                              struct normaliser *normaliser);
void unfolder_free(struct unfolder *unfolder);

/*
 * Unfolds one framed record (FRAME_JSON with its slots, or FRAME_LINE): at least one
 * leaf, in the order of the text.  A RECORD_NOTE leaf is not a record.  Returns what
 * the sink did.
 */
int unfold(struct unfolder *unfolder, const struct frame_item *item,
           const struct json_slot *slots, unfold_sink *sink, void *payload);

#endif
