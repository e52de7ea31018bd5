/*
 * clipboard.h - copying from a terminal, also over SSH.
 *
 * Inside tmux the text is handed to `tmux load-buffer -w -` (a fixed argument list, no
 * shell): the one way that works with tmux as it comes.  Elsewhere OSC 52 asks the
 * terminal.  Only escaped text is ever copied.
 */
#ifndef TUI_CLIPBOARD_H
#define TUI_CLIPBOARD_H

#include "core/arena.h"

/* What terminals take in one OSC 52, encoded. */
enum { CLIPBOARD_OSC52_BYTES = 74994 };

/* The sequence to write to the terminal; absent where the text is too long. */
struct slice clipboard_osc52(struct arena *arena, struct slice text);
/* -1: tmux could not be run or refused. */
int clipboard_tmux(struct slice text);

#endif
