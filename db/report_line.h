/*
 * report_line.h - lines of a report: facts one after the other, broken between them
 * where the width ends, what follows set in deeper.  Internal to db/.
 */
#ifndef DB_REPORT_LINE_H
#define DB_REPORT_LINE_H

#include "core/arena.h"
#include "db/export.h"

struct report_lines {
    const struct export_sink *sink;
    size_t width;
    bool closed;        /* nobody reads any more */
    bool failed;        /* memory was short: something is missing */
    struct arena arena; /* of the texts at hand; the caller resets it */
    size_t indent, used;
    bool empty; /* no fact yet on this line */
};

void report_begin(struct report_lines *lines, size_t indent);
/* One fact.  Outside texts in it have passed report_safe. */
void report_add(struct report_lines *lines, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void report_end(struct report_lines *lines);
/* A line of one fact. */
void report_line(struct report_lines *lines, size_t indent, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void report_blank(struct report_lines *lines);

/* Escaped and of bounded length; "-" for what is absent or empty. */
const char *report_safe(struct report_lines *lines, struct slice text);
/* "no time" for EVENT_TIME_NONE. */
const char *report_time(struct report_lines *lines, int64_t time_us);

#endif
