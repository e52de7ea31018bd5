/*
 * raw_search.h - the events whose raw records hold a text, in any case of letters.
 *
 * The sources themselves are read again, unpacked, on as many threads as there are
 * processors, and searched as bytes: what the columns do not keep is found as well,
 * and a text is found as the log wrote it, escapes included.  Offsets that were found
 * become events by one pass over the places of all events.
 *
 * What was found so far is told while the search goes on, in the order of the end.
 *
 * A file that has changed since may give events that no longer hold the text: opening
 * one tells (raw_reader.h).  Stopped by sqlite3_interrupt within some milliseconds,
 * whatever is searched.
 */
#ifndef DB_RAW_SEARCH_H
#define DB_RAW_SEARCH_H

#include "db/query_event.h"
#include "db/query_tally.h"

enum {
    /* Events that are shown, the earliest of those that were met. */
    LIMIT_SEARCH_EVENTS = 1000,
    /* Places that are met before the search ends by itself. */
    LIMIT_SEARCH_PLACES = 200000,
    LIMIT_SEARCH_THREADS = 16,
    /* Bytes of the text. */
    LIMIT_SEARCH_TEXT = 256,
};

struct raw_search_list {
    /* In order of time; one window; total: all that hold it. */
    struct event_list events;
    uint64_t bytes;           /* searched, unpacked */
    uint64_t sources, unread; /* unread: not there any more, or not to their end */
    bool more;                /* LIMIT_SEARCH_PLACES was met */
};

/* needle: of 1 to LIMIT_SEARCH_TEXT bytes, else ERROR_SYNTAX.  threads: 0 for one per
 * processor.  progress: of sources, in the caller's thread; may be NULL.  Not inside of
 * a transaction. */
int raw_search(struct case_file *handle, struct slice needle, unsigned threads,
               const struct query_progress *progress, struct arena *arena,
               struct raw_search_list *out, struct error *error);

#endif
