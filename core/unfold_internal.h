/*
 * unfold_internal.h - the table of envelopes, shared by the files behind unfold.h:
 *   unfold.c       the way down, and what is told of each record
 *   unfold_rows.c  the table, and which row fits
 */
#ifndef CORE_UNFOLD_INTERNAL_H
#define CORE_UNFOLD_INTERNAL_H

#include "core/encoded.h"
#include "core/unfold.h"

enum unwrap_kind {
    /* The original text beside fields of the same event: judged before any form. */
    UNWRAP_ORIGINAL,
    /* An envelope: judged where no form fits. */
    UNWRAP_ENVELOPE,
    /* A member that may hold a record and as well any text: judged last. */
    UNWRAP_PERHAPS,
};

/*
 * An envelope.  Paths as in json_scan.h.  The payload is opened by what it is: an
 * object as itself, a string as its text, `packed` as base64 (and gzip in it).
 */
struct unwrap {
    const char *name; /* in the chain */
    enum unwrap_kind kind;
    const char *mark;      /* must be there too; NULL: the payload tells enough */
    const char *mark_part; /* is in the mark's text, ASCII case ignored; NULL: any */
    const char *payload;   /* NULL with a reason */
    bool packed;
    /* Of what is known and holds no record: skipped, payload or not. */
    const char *reason;
    /* Where no form fits what it holds: skipped as "other ", this name, ": " and the
     * mark's text. */
    const char *other;
};

struct unwrap_table;

/* NULL without memory. */
struct unwrap_table *unwrap_table_new(void);
void unwrap_table_free(struct unwrap_table *table);

/* What fits, and where its parts stand. */
struct unwrapped {
    const struct unwrap *row;
    struct json_slot payload, mark;
};

/* The first row from `first` to `last` kind that fits the object; false: none does. */
bool unwrap_find(struct unwrap_table *table, struct slice object,
                 enum unwrap_kind first, enum unwrap_kind last, struct unwrapped *out);

/* Why an object that no row and no form fits is unknown: its first keys may tell what
 * it is.  In the arena; not escaped. */
const char *unwrap_unknown(struct slice json, struct arena *arena);

/* A whole line that is known and no event, such as CloudWatch's control message: the
 * reason, else NULL. */
const char *unwrap_line_notice(struct slice line);
/* The JSON object at the end of a line, behind a stamp or a relay's header; absent
 * where there is none. */
struct slice unwrap_line_json(struct slice line);

#endif
