/*
 * dashboard_internal.h - the dashboard without a terminal.  Internal to dashboard.c.
 */
#ifndef TUI_DASHBOARD_INTERNAL_H
#define TUI_DASHBOARD_INTERNAL_H

#include "tui/dashboard.h"

/* Loads options->paths to the end, then runs the script: its screens are the same each
 * time.  analyst: with a NUL.  As dashboard_run. */
int dashboard_script(const struct dashboard_options *options, const char *analyst,
                     struct error *error);

#endif
