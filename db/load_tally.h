/*
 * load_tally.h - what is counted and remarked of one source while it is loaded, and
 * the status and reason that come of it.
 *
 * Plain data without a lock: each worker counts into its own.  What was counted of the
 * parts of a source, added in their order, is what is counted of the whole.  The names
 * of forms are static text; everything else is copied.
 */
#ifndef DB_LOAD_TALLY_H
#define DB_LOAD_TALLY_H

#include "core/source_notes.h"
#include "core/state_lists.h"
#include "db/store.h"

enum { FORMS_MAX = 32, REMARKS_MAX = 16, REASON_MAX = 512, TALLY_FORMS_BYTES = 512 };

/* Remarks on records, such as why they were skipped, in the order in which they came.
 * What there is no room for is not told. */
enum { REMARK_BYTES = 96 };
struct remark {
    char text[REMARK_BYTES];
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
    char unknown[REMARK_BYTES];  /* why the first record that is unknown is */
    struct source_notes exports; /* what an export may lack */
    struct state_lists lists; /* of what stands, that the source holds the whole of */
    bool degraded;            /* of an event, only a part could be read */
    bool dates_surveyed;      /* its beginning, for the order of day and month */
    /* The last item, if any: whether it was cut off by the end, and where it began. */
    bool any_item;
    uint64_t tail_offset;
    bool tail_open, tail_is_event;
};

/* For another source. */
void tally_reset(struct load_tally *tally);
void tally_form(struct load_tally *tally, struct slice form);
/* Counts one more. */
void tally_unknown(struct load_tally *tally, const char *reason);
void tally_remark(struct remarks *remarks, const char *text);
/* The part that follows; how far it may be resumed is not added. */
void tally_add(struct load_tally *tally, const struct load_tally *part);

/* The names of the forms, joined by ';'. */
struct slice tally_forms(const struct load_tally *tally, char text[TALLY_FORMS_BYTES]);
/* The status of the source by what was counted, and its reason.  failure: NULL or what
 * ended it; cut, note: "" or what is said of its end. */
const char *tally_judge(const struct load_tally *tally, const char *failure,
                        const char *cut, const char *note, char reason[REASON_MAX]);

#endif
