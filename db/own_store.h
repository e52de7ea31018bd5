/*
 * own_store.h - the own accounts, subscriptions, projects and networks of a case.
 *
 * What is declared stands in the table `own`, each change in the journal.  For a kind
 * without a declaration those are own whose logs are loaded: read from the columns of
 * all events, some tens of milliseconds for ten million.
 */
#ifndef DB_OWN_STORE_H
#define DB_OWN_STORE_H

#include "core/own.h"
#include "db/triage.h"

/* Declared and inferred; values in the arena. */
int own_store_load(struct case_file *handle, struct arena *arena, struct own *out,
                   struct error *error);

/*
 * Declares a value or takes it back, in one transaction with the journal, the ledger
 * and the approvals.  *changed: false where it was so already.  ERROR_SYNTAX where the
 * value cannot be one of its kind.
 */
int own_store_declare(struct case_file *handle, const struct analyst *who,
                      int64_t now_us, enum own_kind kind, struct slice value,
                      bool declared, bool *changed, struct error *error);

#endif
