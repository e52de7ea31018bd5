/*
 * document.h - text for reading: lines of pieces, each with a role, wrapped to a
 * width.
 *
 * Used for one operation, for help and for the questions before an approval.  Texts
 * are borrowed (they live in the result that is shown) and are escaped when drawn.
 */
#ifndef TUI_DOCUMENT_H
#define TUI_DOCUMENT_H

#include "core/arena.h"
#include "tui/canvas.h"

enum {
    /* Laid out of one raw record, and of one field: the screen says what was cut. */
    DOCUMENT_RECORD_BYTES = 64 * 1024,
    DOCUMENT_FIELD_BYTES = 2 * 1024,
    DOCUMENT_MAX_LINES = 20000,
};

struct piece {
    struct slice text;
    uint8_t role;
    bool raw; /* keeps its own backslashes */
};

struct line {
    size_t first, count; /* pieces */
    int indent;
    bool continued; /* the rest of the line before */
    bool raw;       /* of a raw record */
    uint32_t anchor;
};

struct document {
    int width;
    struct piece *pieces;
    size_t piece_count, piece_room;
    struct line *lines;
    size_t line_count, line_room, line_limit;
    struct arena arena; /* of texts made for it */
    int column;         /* where the last line ends */
    int hang;           /* indent of what is wrapped */
    uint32_t anchor;    /* given to new lines: which record they belong to */
    bool failed;        /* no memory, or too many lines: the rest is missing */
};

void document_init(struct document *document);
void document_fini(struct document *document);
void document_start(struct document *document, int width);

/* Where the end is missing: says so on two lines of its own. */
void document_end(struct document *document, const char *what_has_the_rest);
void document_line(struct document *document, int indent, int hang);
void document_add(struct document *document, struct slice text, enum role role);
void document_add_raw(struct document *document, struct slice text, enum role role);
/* Prose, which breaks between words. */
void document_prose(struct document *document, struct slice text, enum role role);
void document_label(struct document *document, const char *text, enum role role);
void document_printf(struct document *document, enum role role, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* A heading with a blank line before it. */
void document_heading(struct document *document, const char *text);

void document_render(const struct document *document, size_t line,
                     struct canvas *canvas, int row);

/* Lines that hold `needle`, ASCII case ignored, also across a wrap; at most `limit`.
 * Returns how many; `found` takes line numbers in order. */
size_t document_find(const struct document *document, struct slice needle,
                     size_t *found, size_t limit);

/* All of it as escaped text. */
struct slice document_text(const struct document *document, struct arena *arena);

#endif
