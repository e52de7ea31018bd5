/*
 * report.h - the summary for a ticket, as text: answers first.
 */
#ifndef DB_REPORT_H
#define DB_REPORT_H

#include "db/export.h"

/* Tables take 100 columns; other lines are as long as what they tell. */
int report_text(struct case_file *handle, const struct hit_scope *scope,
                const struct export_sink *sink, struct error *error);

#endif
