/*
 * report_internal.h - parts of a report in files of their own.  Internal to db/.
 */
#ifndef DB_REPORT_INTERNAL_H
#define DB_REPORT_INTERNAL_H

#include "db/query.h"
#include "db/report.h"
#include "db/report_line.h"

/* Rows of a list in a short report. */
enum { REPORT_SHORT_ROWS = 5 };

/* The ledger: what is there at present, the worst first, with what it is known by; or,
 * ended, what was.  Mirrors of the scope's operations. */
int report_mirrors(struct case_file *handle, const struct hit_scope *scope, bool ended,
                   enum report_extent extent, struct report_lines *lines,
                   struct error *error);

/* Who is behind the operations of the scope: each lineage once, one line a step, and
 * the telling events around its operations. */
int report_lineage(struct case_file *handle, const struct hit_scope *scope,
                   struct report_lines *lines, struct error *error);

/* What the logs cover, and what they cannot show.  full: every account, subscription,
 * project or device and region with its activity; else the gaps alone. */
int report_coverage(struct case_file *handle, bool full, struct report_lines *lines,
                    struct error *error);

#endif
