/*
 * worker.h - the thread that talks to the case, so that no key waits for a query.
 *
 * It has a case handle of its own.  Requests are answered in order; a newer request of
 * a kind that only reads replaces an older one that waits, and interrupts one that
 * runs.  Results are collected by the screen's thread after `wake` has been written
 * to.
 */
#ifndef TUI_WORKER_H
#define TUI_WORKER_H

#include "tui/request.h"

struct worker_options {
    const char *case_path; /* borrowed until worker_stop */
    bool read_only;
    struct analyst analyst;
    int wake; /* one byte is written to it for each result; non-blocking */
    int64_t (*now_us)(void);
};

struct worker;

/* Opens the case in the caller's thread, so that its failure is the caller's. */
struct worker *worker_start(const struct worker_options *options, struct error *error);
/* Takes the request over. */
void worker_submit(struct worker *worker, struct request *request);
/* The next result, owned by the caller; NULL: none. */
struct result *worker_result(struct worker *worker);
/* Stops the query that runs: its result is ERROR_INTERRUPTED. */
void worker_interrupt(struct worker *worker);
/* Finishes what is being written, forgets the rest, closes the case. */
void worker_stop(struct worker *worker);

#endif
