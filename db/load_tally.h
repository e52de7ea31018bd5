/*
 * load_tally.h - what is counted and remarked of one source while it is loaded, and
 * the status and reason that come of it.
 *
 * Plain data without a lock: each worker counts into its own.  The names of forms are
 * static text; everything else is copied.
 */
#ifndef DB_LOAD_TALLY_H
#define DB_LOAD_TALLY_H

#include "core/source_notes.h"
#include "db/store.h"

enum { FORMS_MAX = 32, REMARKS_MAX = 16, REASON_MAX = 512, TALLY_FORMS_BYTES = 512 };

/* Remarks on records, such as why they were skipped, in the order in which they came.
 * What there is no room for is not told. */
struct remark {
    char text[96];
    uint64_t count;
};
struct remarks {
    struct remark items[REMARKS_MAX];
    size_t count;
};

struct load_tally {
    struct source_progress progress; /* without the text of its forms */
    uint64_t rejects_kept;
    struct slice forms[FORMS_MAX]; /* in order of name */
    size_t form_count;
    struct remarks skips, notes;
    struct source_notes exports; /* what an export may lack */
    bool degraded;               /* of an event, only a part could be read */
    /* The last item: whether it was cut off by the end, and where it began. */
    uint64_t tail_offset;
    bool tail_open, tail_is_event;
};

/* For another source. */
void tally_reset(struct load_tally *tally);
void tally_form(struct load_tally *tally, struct slice form);
void tally_remark(struct remarks *remarks, const char *text);

/* The names of the forms, joined by ';'. */
struct slice tally_forms(const struct load_tally *tally, char text[TALLY_FORMS_BYTES]);
/* The status of the source by what was counted, and its reason.  failure: NULL or what
 * ended it; cut, note: "" or what is said of its end. */
const char *tally_judge(const struct load_tally *tally, const char *failure,
                        const char *cut, const char *note, char reason[REASON_MAX]);

#endif
