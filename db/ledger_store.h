/*
 * ledger_store.h - the mirrors of a case, worked out from its facts and kept.
 *
 * A family is what the ledger is rebuilt for at once: one cloud, or one device.  The
 * loader notes the families that new facts touch (table ledger_due) with the facts
 * themselves; a refresh rebuilds these alone, and all where what is own has changed.
 * So the rows are those of a rebuild from nothing, in whatever order logs came.
 */
#ifndef DB_LEDGER_STORE_H
#define DB_LEDGER_STORE_H

#include "db/case.h"

/*
 * Inside the caller's transaction.  Operations whose mirrors were rebuilt are judged
 * again (triage_refresh).
 */
int ledger_refresh(struct case_file *handle, struct error *error);
/* Forgets all mirrors and rebuilds them. */
int ledger_rebuild(struct case_file *handle, struct error *error);

#endif
