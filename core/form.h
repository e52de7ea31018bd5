/*
 * form.h - what a record is, and its fields.
 *
 * A form is a row of a table: how to recognise it by its slots, its provider and
 * the function that fills a `struct event`.  All forms share one projection, so
 * one scan of the bytes serves recognition and extraction.  Files:
 * form.c holds the table and the projection; provider_*.c hold one provider each.
 */
#ifndef CORE_FORM_H
#define CORE_FORM_H

#include "core/event.h"
#include "core/frame.h"
#include "core/timestamp.h"

enum record_class {
    RECORD_EVENT,
    RECORD_SKIPPED, /* known and not an event: digest, insight, pointer, notice */
    RECORD_UNKNOWN, /* well formed, but no form fits */
    RECORD_DAMAGED, /* looks like a form, but its time or operation is unreadable */
    RECORD_STATE,   /* what stands, not what was done: counted as skipped */
    RECORD_NOTE,    /* no record at all: nothing lost, but the analyst must know */
};

/*
 * What a normaliser keeps while one source is read: the arena of the current
 * record, the time hints, and the sub-mode contexts of devices (a line such as
 * "destination" belongs to the `monitor session` that the same user opened on the
 * same device).  One per source and thread.
 */
struct normaliser;

struct normaliser *normaliser_new(void);
void normaliser_free(struct normaliser *normaliser);
/* Forget the last source. */
void normaliser_reset(struct normaliser *normaliser, const struct time_hint *hint);
/* What the stamps since then showed of the order of day and month; unknown where they
 * showed none, or both. */
enum date_order normaliser_date_order(const struct normaliser *normaliser);
/* Stamps have this order from now on, and so has that of `event`, which was read last.
 */
void normaliser_set_date_order(struct normaliser *normaliser, enum date_order order,
                               struct event *event);

/* The source's newest possible time is later now: it is still being written. */
void normaliser_set_newest(struct normaliser *normaliser, int64_t newest_us);

/* Where in the source the next record stands: the hint's stretches tell what is newest
 * there. */
void normaliser_set_offset(struct normaliser *normaliser, uint64_t offset);

/*
 * Of the parts of a source that are read apart (frame.h): begins as one that stands
 * where the part begins, as is supposed; whether that was so, as far as it matters for
 * what the part gave; goes on where the part ends.  -1: no memory.
 */
int normaliser_begin_as(struct normaliser *normaliser, const struct normaliser *other);
bool normaliser_joined(const struct normaliser *before, const struct normaliser *part);
int normaliser_follow(struct normaliser *before, const struct normaliser *part);

/*
 * Normalises one framed record (FRAME_JSON with its slots, or FRAME_LINE).
 * event's slices live in the window or in the normaliser's arena, until the next
 * call.  *reason: static text for anything but RECORD_EVENT.
 */
enum record_class normalise(struct normaliser *normaliser,
                            const struct frame_item *item,
                            const struct json_slot *slots, struct event *event,
                            const char **reason);

/*
 * Reads what a marked record tells of the mirror: fills FIELD_MIRROR,
 * FIELD_MIRRORED, FIELD_DESTINATION, FIELD_RESOURCE where absent, switched_off and
 * says_created.  Parses the raw record in full, so call it for hits alone.  What
 * the record does not tell stays absent.  Texts live in `arena`.
 */
void mirror_facts(struct event *event, struct slice raw, struct arena *arena);

/* The one projection of all forms; read-only, built once by the caller. */
struct json_projection *form_projection_new(struct error *error);

#endif
