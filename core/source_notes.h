/*
 * source_notes.h - what an export leaves out without saying so.
 *
 * Command line tools give the newest events alone unless they are asked for more, and
 * some ask one region at a time.  Nothing in such a file is missing or damaged, so its
 * source is done; but "no hit" must not be read as "no mirror", and the analyst may
 * not know the tool's defaults.  The signs: which export it is, by form and envelope,
 * and how many events of what span and regions it holds.
 *
 * One tally serves one source and one thread.  Pure; a few comparisons an event.
 * Sources: Microsoft, `az monitor activity-log list` (--max-events, --offset); Google,
 * `gcloud logging read` (--freshness); AWS, `cloudtrail lookup-events`.
 */
#ifndef CORE_SOURCE_NOTES_H
#define CORE_SOURCE_NOTES_H

#include "core/arena.h"
#include "core/event.h"

enum { SOURCE_EXPORTS = 3, SOURCE_REGION_BYTES = 32 };

/* What was seen of one kind of export. */
struct source_tally {
    uint64_t events;
    int64_t first_us, last_us; /* of its dated events, EVENT_TIME_NONE without any */
    char region[SOURCE_REGION_BYTES]; /* of the first event that has one */
    bool more_regions;
};

struct source_notes {
    const char *form; /* the last event's form, static text */
    size_t export;    /* its row, SOURCE_EXPORTS where it has none */
    struct source_tally tallies[SOURCE_EXPORTS];
};

/* For another source. */
void source_notes_reset(struct source_notes *notes);
/* chain: the envelopes of the event, outermost first ("array"). */
void source_notes_see(struct source_notes *notes, const struct event *event,
                      const char *chain);
/* Adds what was seen in the part of the source that follows. */
void source_notes_add(struct source_notes *notes, const struct source_notes *part);
/* The note on the export of this number, below SOURCE_EXPORTS; absent where nothing is
 * to be said.  Not escaped: a region is the log's word. */
struct slice source_notes_tell(const struct source_notes *notes, size_t export,
                               struct arena *arena);

#endif
