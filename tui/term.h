/*
 * term.h - the terminal: the only module that knows curses.
 *
 * Nothing is ever asked of the terminal (no answers can arrive as keys), no background
 * is set, at most 16 colours are used, and nothing is written while nothing changes.
 * Whatever ends the process, the terminal is put back first.
 */
#ifndef TUI_TERM_H
#define TUI_TERM_H

#include "core/error.h"
#include "tui/canvas.h"

struct terminal;

/*
 * ERROR_UNSUPPORTED where there is no terminal, or one that cannot move its cursor: the
 * message names the verb that needs none.  One terminal a process.
 */
struct terminal *term_open(struct error *error);
/* -1 where term_open would fail for want of a terminal; touches nothing. */
int term_check(struct error *error);
void term_close(struct terminal *term);

/* To poll for keys. */
int term_fd(const struct terminal *term);
/* False: no key is waiting. */
bool term_key(struct terminal *term, uint32_t *key);
bool term_unicode(const struct terminal *term);
/* The size as the kernel has it now; tells curses. */
void term_size(struct terminal *term, int *width, int *height);
void term_paint(struct terminal *term, const struct canvas *canvas);
/* The next paint writes everything. */
void term_redraw(struct terminal *term);
/* Gives the terminal back and takes it again. */
void term_leave(struct terminal *term);
void term_return(struct terminal *term);
/* A sequence of our own (OSC 52), outside of the picture. */
void term_write(struct terminal *term, struct slice bytes);
/* What the user should know about this terminal, or NULL. */
const char *term_note(const struct terminal *term);

#endif
