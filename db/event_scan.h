/*
 * event_scan.h - all events by their columns, one segment after the other: what asks
 * for more than SQL can say on codes alone (context, lineage, coverage).
 *
 * A scan decodes only the columns that are asked for, and no text but that of the
 * events that are wanted in the end.  It holds one snapshot of the case from its
 * beginning to its end.  Long scans can be stopped by sqlite3_interrupt.  Internal to
 * db/.
 */
#ifndef DB_EVENT_SCAN_H
#define DB_EVENT_SCAN_H

#include "db/case.h"
#include "db/doubled.h"
#include "db/query_event.h"
#include "db/segment_reader.h"

struct event_scan {
    struct segment_reader reader;
    struct open_columns segment; /* the present one: id, count */
    uint64_t segments_in_all;    /* of the case, once there is a present one */
    sqlite3_stmt *segments, *code, *value;
    struct doubled doubled; /* sources whose events are passed over */
    bool reading;           /* it began the transaction of its snapshot */
};

/* Segments that hold an event of this span; INT64_MIN to INT64_MAX: all, those without
 * a time as well. */
int event_scan_begin(struct event_scan *scan, struct case_file *handle, int64_t from_us,
                     int64_t until_us, struct error *error);
void event_scan_end(struct event_scan *scan);

/* 1: at the next segment, 0: there is no more, -1: failed. */
int event_scan_next(struct event_scan *scan, struct error *error);

/* Borrowed until the next segment; codes may be of absent columns: all 0. */
int event_scan_column(struct event_scan *scan, enum segment_column column,
                      const struct segment_values **out, struct error *error);
int event_scan_field(struct event_scan *scan, int field,
                     const struct segment_values **out, struct error *error);

/* A value and its code in the dictionary of a field; code 0: not in it. */
struct scan_value {
    int field;
    struct slice text;
    uint32_t code;
};
int event_scan_find(struct event_scan *scan, int field, struct slice text,
                    struct scan_value *out, struct error *error);
/* Its code in the present segment, where it may be one of the segment's own values; 0:
 * no event of the segment has it. */
uint32_t event_scan_code(const struct scan_value *value,
                         const struct segment_values *column);

/* An event that was found, to be put in order and read later. */
struct event_place {
    int64_t time_us, segment;
    uint32_t segment_events, at;
};
/* For qsort: by time, those without one last, and as they were loaded. */
int event_place_order(const void *left, const void *right);
/* Where the event of this row stands; ERROR_INPUT where there is none. */
int event_scan_place(struct event_scan *scan, int64_t rowid, struct event_place *out,
                     struct error *error);
/* The events at these places, rows[i] at places[i], each segment being opened once. */
int event_scan_read(struct event_scan *scan, const struct event_place *places,
                    size_t count, struct arena *arena, struct event_row *rows,
                    struct error *error);

/* The text behind a code of the present segment, in the arena; SLICE_NONE for 0. */
int event_scan_text(struct event_scan *scan, int field, uint32_t code,
                    struct arena *arena, struct slice *out, struct error *error);
/* The event at a place of the present segment, with all fields that events have; texts
 * in the arena. */
int event_scan_event(struct event_scan *scan, uint32_t place, struct arena *arena,
                     struct event *out, struct error *error);

#endif
