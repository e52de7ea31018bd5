/*
 * report.h - the summary for a ticket, as text: answers first.
 */
#ifndef DB_REPORT_H
#define DB_REPORT_H

#include "db/export.h"

/* width: columns of a line, at least 60. */
int report_text(struct case_file *handle, const struct hit_scope *scope, unsigned width,
                const struct export_sink *sink, struct error *error);

#endif
