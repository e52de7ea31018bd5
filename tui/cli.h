/*
 * cli.h - what the headless verbs share: messages, standard output, signals, time.
 *
 * Results go to standard output, everything else to standard error. A closed pipe
 * ends output quietly.
 */
#ifndef TUI_CLI_H
#define TUI_CLI_H

#include "core/arena.h"
#include "core/filter.h"
#include "db/case.h"
#include "db/export.h"
#include "db/triage.h"
#include "tui/command.h"

/* One line on standard error, "mirrorscope: ...", its outside bytes escaped. */
void cli_warn(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The same from an error, and the exit status that it means. */
int cli_fail(const struct error *error);
/* A usage error: the message and where to find help; returns EXIT_USAGE. */
int cli_usage(const struct invocation *invocation, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Standard output; its write gives -1 once the reader is gone or a signal came. */
extern const struct export_sink cli_output;
/* --format, table where it is not given; -1 told. */
int cli_format(const struct invocation *invocation, enum export_format *out);
/* Flushes standard output. EXIT_CASE where it could not be written (not for a pipe). */
int cli_finish_output(int status);

/* Opens the case and names it on standard error. NULL: failed, the message is out. */
struct case_file *cli_open_case(const struct invocation *invocation,
                                enum case_mode mode);

/* Joins the arguments from `first` on by blanks and parses them; -1 told. */
int cli_filter(const struct invocation *invocation, size_t first,
               struct case_file *handle, struct arena *arena, struct filter *out);

/* --exit-code: EXIT_LEFT_TO_DECIDE where something is, else `status`. */
int cli_judge(const struct invocation *invocation, struct case_file *handle,
              int status);

/* INT, TERM and HUP set this to their number instead of ending the program. */
void cli_catch_signals(void);
int cli_signal(void);
/* A descriptor to wait on: it becomes readable with a signal, and by cli_wake, which
 * takes any payload and may be called from any thread. -1: none can be had. */
int cli_wakeups(void);
void cli_wake(void *payload);
/* Takes what made it readable. */
void cli_awake(void);

int64_t cli_now(void);
/* --analyst, $MIRRORSCOPE_ANALYST, else the login with SUDO_USER. In the arena. */
struct analyst cli_analyst(const struct invocation *invocation, struct arena *arena);

/* Also "-", standard input, and what may exist but cannot be looked at. */
bool cli_path_exists(const char *path);
/* "+05:30" as minutes. */
int cli_parse_zone(const char *text, int *minutes);

/* What the first word after a verb with subjects does, the first of them where there is
 * no word. */
struct cli_subject {
    const char *name;
    enum case_mode mode;
    int (*run)(const struct invocation *invocation, struct case_file *handle);
};
/* Opens the case, runs the subject, closes both. names: "list, add or remove". */
int cli_run_subject(const struct invocation *invocation,
                    const struct cli_subject *subjects, size_t count,
                    const char *names);

#endif
