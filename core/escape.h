/*
 * escape.h - the one escaper.  Every byte from a log passes it before it reaches
 * a screen, a report, a CSV or a clipboard.
 *
 * Printable text passes.  Control bytes, DEL, C1, bidi controls, zero-width and
 * invisible format characters (tags, variation selectors, interlinear marks),
 * line and paragraph separators, blanks other than U+0020, private use,
 * non-characters, invalid UTF-8, and combining marks that stand on nothing or on a
 * character that has four, become visible escapes: \t \n \r \xHH (one raw byte),
 * \u{HEX} (a valid character); a backslash becomes \\ so that the result can be read
 * back without loss (escape_decode).
 */
#ifndef CORE_ESCAPE_H
#define CORE_ESCAPE_H

#include "core/arena.h"

/* Text without change needs no copy: then the input slice itself is returned. */
struct slice escape_text(struct arena *arena, struct slice text);
/* At most `limit` bytes of output, cut at a character and ended by "..." . */
struct slice escape_text_limited(struct arena *arena, struct slice text, size_t limit);
/* JSON keeps its own escapes; this one makes raw JSON text safe to show: only
 * what is unsafe is escaped, backslashes stay single. Not reversible. */
struct slice escape_raw(struct arena *arena, struct slice text);

/* The reverse of escape_text; -1 where `text` is not its output. */
int escape_decode(struct arena *arena, struct slice text, struct slice *out);

/* A CSV cell (RFC 4180): escaped, quoted where needed, and with a leading '
 * where a spreadsheet would run it (= + - @ TAB CR, also after blanks). */
struct slice escape_csv(struct arena *arena, struct slice text);

/* The longest plain piece: a character and four marks. */
enum { ESCAPE_PIECE_BYTES = 20 };

/* One piece of text for drawing: an escape, or a character with the marks on it. */
struct escape_piece {
    struct slice text; /* what to show: a slice of the input or of `buffer` */
    unsigned columns;  /* cells it takes: 1, 2, or the length of the escape */
    bool escaped;      /* shown in the role for untrusted escapes */
    char buffer[12];
};
/* Takes the next piece off *rest. False at the end.  The pieces of a text, one after
 * another, are what escape_text makes of it. */
bool escape_next(struct slice *rest, struct escape_piece *piece);

/* Cells taken by text that has passed the escaper. */
size_t escape_width(struct slice text);

/* Escaped text cut to `width` cells at a character, ended by ".." where it was cut. */
struct slice escape_cut(struct arena *arena, struct slice text, size_t width);

/* Length of the valid UTF-8 sequence at the start of s, 0 if it is none;
 * *code_point is set where it is valid. */
unsigned utf8_length(struct slice s, uint32_t *code_point);

#endif
