/*
 * load_parts.h - a source that is too large for the window is read in parts, by every
 * worker that has no file of its own left.
 *
 * Reading goes in turn: who takes a part reads, hashes and unpacks it, and cuts it
 * where a record seems to end.  Framing, normalising and detecting, which are most of
 * the work, go side by side, each worker into its own batch.  Storing goes in turn
 * again: a worker waits for its part's turn when it is through, or its batch is full.
 *
 * Where a part begins, and what earlier records would have told about it, is a guess
 * until its turn has come (frame.h).  A part whose guess was wrong is read anew, in its
 * turn, from where the part before it really ended.  So events, rejects, counts and the
 * place where a killed load resumes are those of one worker that reads from the start
 * to the end, whatever the bytes are; only the time depends on how they can be cut.
 *
 * performance.md proposes a pass over a large JSON document ahead of the scanners, for
 * the places where records end; guessing them needs no pass, and serves every form.
 */
#ifndef DB_LOAD_PARTS_H
#define DB_LOAD_PARTS_H

#include "db/load_internal.h"

/* Two batches of short lines; a part of the second cache level is faster than more. */
enum { PART_BYTES = 2 * 1024 * 1024 };

struct shared_source;

/* Reads the rest of the opened source; what was counted is in work->tally. */
int load_take_parts(struct work *work, bool embedding, struct error *error);
/* Helps the others with their large sources until none has a file left. */
void load_help(struct work *work);

#endif
