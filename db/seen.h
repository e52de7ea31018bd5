/*
 * seen.h - up to when each account and region, or device, is logged: what "live as of"
 * means, and whose logs there are at all.  Where all events lack a time, the last one's
 * is EVENT_TIME_NONE.
 *
 * The table `seen` follows the segments: each refresh reads those that are new since
 * the last one, and the last one of then, which may have been filled up.
 */
#ifndef DB_SEEN_H
#define DB_SEEN_H

#include "db/case.h"

/* Inside the caller's transaction. */
int seen_refresh(struct case_file *handle, struct error *error);

#endif
