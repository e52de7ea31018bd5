/*
 * event_filter.h - the filter language decided on the columns of segments.
 *
 * A test of a text runs once per distinct value of its column: its answer is kept with
 * the code, and an event costs one table look-up per term.  So any filter over ten
 * million events takes as long as decoding the columns that it names.  The answers are
 * those of filter_sql on the table `event` (tests hold the two against each other), but
 * for free text in what hits alone have: ids, mirror, mirrored, destination.
 *
 * Internal to db/; one thread.
 */
#ifndef DB_EVENT_FILTER_H
#define DB_EVENT_FILTER_H

#include "core/filter.h"
#include "db/event_scan.h"

struct event_filter;

/* The column that a key looks at, as enum segment_column; -1: none, or many. */
int event_filter_column(enum filter_key key);

/*
 * filter: borrowed until the end; NULL: all events.  ERROR_UNSUPPORTED with the column
 * of the term where a key is known of hits only.  The caller frees *out.
 */
int event_filter_new(const struct filter *filter, struct event_filter **out,
                     struct error *error);
void event_filter_free(struct event_filter *filter);

/* The bounds that its times set: what event_scan_begin needs. */
void event_filter_span(const struct event_filter *filter, int64_t *from_us,
                       int64_t *until_us);

/*
 * Whether each event of the scan's present segment is wanted; those of doubled sources
 * never are.  keep: room for SEGMENT_EVENTS.
 */
int event_filter_apply(struct event_filter *filter, struct event_scan *scan, bool *keep,
                       struct error *error);

#endif
