/*
 * report.h - the summary for a ticket, as text: answers first.
 *
 * What was found, what was covered (so that "none" is never read without it), who did
 * it, each operation that is left to decide, those approved, what could not be read,
 * and the head of the journal.  One snapshot of the case; every text from a log is
 * escaped, and cut aloud beyond 400 bytes.  Lines take 100 columns and are broken
 * between facts, never inside one: an ARN or a command can be copied, even where it
 * alone is longer than a line.
 */
#ifndef DB_REPORT_H
#define DB_REPORT_H

#include "db/export.h"

/* Short: the answer, of each list the rows that are most urgent or first, and the span:
 * about a screen, for the body of a ticket. */
enum report_extent { REPORT_WHOLE, REPORT_SHORT };

int report_text(struct case_file *handle, const struct hit_scope *scope,
                enum report_extent extent, const struct export_sink *sink,
                struct error *error);

/* What the logs cover, account by account: see coverage_grid.h. */
int report_coverage_text(struct case_file *handle, const struct export_sink *sink,
                         struct error *error);

#endif
