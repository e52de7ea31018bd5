/*
 * mirror_text.h - a mirror of the ledger in words, for the screens that show one.
 *
 * Words borrow from the row and from `mirror_words` itself, and are NOT escaped: the
 * canvas does that.  Allocates nothing.
 */
#ifndef TUI_MIRROR_TEXT_H
#define TUI_MIRROR_TEXT_H

#include "core/timestamp.h"
#include "db/query_mirrors.h"
#include "tui/canvas.h"
#include "tui/duration.h"

/* `F` live and foreign, `!` live or broken without anybody's leave, `a` approved. */
char mirror_mark(const struct mirror_row *row);
enum role mirror_role(const struct mirror_row *row);

enum { MIRROR_PARTS = 16 };

/* A sentence in parts, to be drawn one after the other. */
struct mirror_words {
    struct slice parts[MIRROR_PARTS];
    size_t count;
    char times[3][TIMESTAMP_TEXT_MAX];
    char span[DURATION_MAX];
};

enum mirror_line {
    MIRROR_LINE_STATE,   /* since when, until when, and how that is known */
    MIRROR_LINE_FOREIGN, /* whose the destination is, and why that is thought */
    MIRROR_LINE_FILTER,  /* what traffic */
    MIRROR_LINE_BY,      /* who opened and who ended it, and where it is */
    MIRROR_LINE_APPROVAL,
    MIRROR_LINE_NOTE, /* what one must know of the provider's mirrors */
    MIRROR_LINE_COUNT
};
void mirror_line(const struct mirror_row *row, enum mirror_line line,
                 struct mirror_words *out);

#endif
