/*
 * ledger.h - the state behind the calls: which mirrors there are and were, from where
 * to where, since when and until when, and how that is known.
 *
 * A pure function of a set of facts: the same rows in whatever order they come.  Facts
 * of one act are folded first (the copies of a record, the phases of a long call),
 * then applied in order of time.  An attempt (failed, denied, dry run) touches nothing;
 * what is pending or of unknown outcome gives a row in that state.
 */
#ifndef CORE_LEDGER_H
#define CORE_LEDGER_H

#include "core/fact.h"
#include "core/mirror.h"
#include "core/own.h"

/*
 * The mirrors of one family: the facts of one provider, or those of one device.  Facts
 * may come in any order and are reordered.  Rows and texts live in the arena or are
 * borrowed from the facts.  -1: no memory.
 */
int ledger_build(struct fact *facts, size_t count, const struct own *own,
                 struct arena *arena, struct mirror_list *out);

#endif
