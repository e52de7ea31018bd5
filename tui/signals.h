/*
 * signals.h - signals as bytes in a pipe.
 *
 * The handlers do nothing but write the signal's number, so that everything happens in
 * the event loop.  One user a process at a time.
 */
#ifndef TUI_SIGNALS_H
#define TUI_SIGNALS_H

#include "core/error.h"

/* Catches WINCH, TERM, HUP, INT, TSTP, CONT; PIPE is ignored.  Signals that the
 * process was started with ignored stay ignored.  *fd: to read numbers from. */
int signals_start(int *fd, struct error *error);
/* Puts everything back. */
void signals_stop(void);
/* The next signal, 0: none. */
int signals_next(void);
/* Stops the process as Ctrl-Z does in a shell; returns when it goes on. */
void signals_suspend(void);

#endif
