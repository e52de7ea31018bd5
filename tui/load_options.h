/*
 * load_options.h - the options of `load` and `open PATH` as load.h takes them.
 */
#ifndef TUI_LOAD_OPTIONS_H
#define TUI_LOAD_OPTIONS_H

#include "db/load.h"
#include "tui/cli.h"

/* Texts in the arena. -1: a usage error, told; one is that no PATH exists. */
int load_options_from(const struct invocation *invocation, struct arena *arena,
                      const struct rule_set *rules, struct load_options *out);

#endif
