/*
 * operation.h - one act: the marked records that tell of it, folded into one row.
 *
 * Azure Started + Succeeded, GCP first + last, and the same event in two exports
 * share a key and become one operation.  The fold is a pure function of the set of
 * its records: the same in any load order.
 */
#ifndef CORE_OPERATION_H
#define CORE_OPERATION_H

#include "core/arena.h"
#include "core/event.h"
#include "core/rule.h"

enum { OPERATION_ID_LENGTH = 32 };

/* One marked record with its place (source order is by content, not by load). */
struct operation_record {
    struct event event;
    enum lifecycle lifecycle; /* as the rules say */
    enum severity severity;
    enum confidence confidence;
    struct slice rules; /* rule ids joined by ';', ascending */
    struct slice technique;
    struct slice
        evidence_key; /* sha256 of the source, offset, leaf: for stable order */
};

struct operation {
    struct event event;       /* first record's time; the other fields: first non-empty,
                               * in order of records; outcome and error: the final one */
    enum lifecycle lifecycle; /* refined by the result */
    enum severity severity;
    enum confidence confidence;
    struct slice rules;
    struct slice technique;
    size_t records; /* distinct records: two exports of one event count once each */
    /* Of the mirror that it opened, as the ledger says; not part of the fold. */
    bool foreign;                 /* its destination is */
    struct slice destination_ids; /* all names of it, ';' between */
};

/*
 * The operation's id: 32 lower-case hex digits of SHA-256 over provider and the
 * record's merge key, else event id, else device, stamp and text: content alone.
 */
void operation_id(const struct event *event, struct slice raw,
                  char out[OPERATION_ID_LENGTH + 1]);

/* What one record says of how its act ended. */
struct operation_result {
    enum outcome outcome;
    enum phase phase;
    int64_t time_us;
};

/* Whether `result` decides how the act ended, and no longer `decided`. */
bool operation_result_outdoes(const struct operation_result *result,
                              const struct operation_result *decided);

/* Folds count >= 1 records, which it may reorder. Texts are borrowed, or in arena. */
void operation_fold(struct operation_record *records, size_t count, struct arena *arena,
                    struct operation *out);

#endif
