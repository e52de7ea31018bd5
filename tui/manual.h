/*
 * manual.h - help, man page and completions, all from the tables of command.h.
 */
#ifndef TUI_MANUAL_H
#define TUI_MANUAL_H

#include "tui/command.h"

void manual_help(void);
void manual_command_help(const struct command *command);
/* kind: "man", "bash" or "zsh"; -1 for another. */
int manual_generate(const char *kind);

#endif
