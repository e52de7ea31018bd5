/*
 * dashboard.h - the dashboard as a program: terminal, query thread and loader around
 * the state machine of app.h.
 */
#ifndef TUI_DASHBOARD_H
#define TUI_DASHBOARD_H

#include "db/load.h"
#include "db/triage.h"

struct dashboard_options {
    const char *case_path;
    /* Loaded in the background while the screens already work; the case is made where
     * it does not exist. */
    const char *const *paths;
    size_t path_count;
    const struct load_options *load; /* with paths */
    bool read_only;
    struct analyst analyst;
    const struct rule_set *rules; /* for titles; may be NULL */
    /* Instead of a terminal: a script (script.h), screens to standard output. */
    const char *script_path;
    /* Filled where not NULL: what loading gave. */
    struct load_totals *totals;
};

/*
 * 0: the user left; a number above 0: the signal that ended it (SIGHUP also where the
 * terminal went away).  -1: ERROR_UNSUPPORTED no usable terminal, ERROR_CASE, ...
 */
int dashboard_run(const struct dashboard_options *options, struct error *error);

#endif
