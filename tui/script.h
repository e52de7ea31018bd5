/*
 * script.h - the whole interface without a terminal: keys in, screens out.
 *
 * A script is lines of
 *   keys j j Enter       names of keys, separated by blanks
 *   text actor:~mallory  typed as it is
 *   resize 40x10
 *   dump                 writes the screen
 *   # a comment
 * Requests are answered at once, in order; the screen is written at the end where the
 * last line was no dump.  A bug report is a script and a case.
 */
#ifndef TUI_SCRIPT_H
#define TUI_SCRIPT_H

#include <stdio.h>

#include "tui/app.h"

struct script_options {
    struct app_options app;
    struct request_context context;
    int width, height;
};

/* handle: the case, used by this call alone. -1: a line is not understood. */
int script_run(struct slice script, struct case_file *handle,
               const struct script_options *options, FILE *out, struct error *error);

#endif
