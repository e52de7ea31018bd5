/*
 * command.h - the command line as tables: verbs, their options, their words.
 *
 * Parsing, `--help`, the man page and the shell completions are made from these
 * tables alone, so they cannot drift apart.
 */
#ifndef TUI_COMMAND_H
#define TUI_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "core/approval.h"
#include "core/error.h"

/* The contract's exit statuses; signals end with 128 + their number. */
enum exit_status {
    EXIT_DONE = 0,
    EXIT_LEFT_TO_DECIDE = 1, /* with --exit-code */
    EXIT_USAGE = 2,
    EXIT_DAMAGED_INPUT = 3,
    EXIT_CASE = 4,
};

/* X(identifier, letter, name, argument, help) argument "" = a switch. */
#define COMMAND_OPTIONS(X)                                                             \
    X(OPTION_CASE, 'c', "case", "CASE",                                                \
      "the case file (default: $MIRRORSCOPE_CASE, else mirrorscope.case here)")        \
    X(OPTION_READ_ONLY, 0, "read-only", "", "change nothing in the case")              \
    X(OPTION_NO_HASH, 0, "no-hash", "",                                                \
      "do not compute the sources' SHA-256 (faster; sha256 is null)")                  \
    X(OPTION_FOLLOW, 0, "follow", "",                                                  \
      "keep reading what grows, rotates or appears, until it is stopped")              \
    X(OPTION_EMBED, 0, "embed", "", "copy the input bytes into the case")              \
    X(OPTION_YEAR, 0, "year", "YYYY", "the year of stamps that have none")             \
    X(OPTION_TZ, 0, "tz", "+hh:mm", "the zone of stamps that have none (default UTC)") \
    X(OPTION_DATE_ORDER, 0, "date-order", "dmy|mdy", "which of 03/04/2026 is the day") \
    X(OPTION_DEVICE_TZ, 0, "device-tz", "NAME=+hh:mm",                                 \
      "the zone of a device's stamps, or what a zone's name stands for; repeatable")   \
    X(OPTION_WORKERS, 'j', "workers", "N", "threads (default: one per processor)")     \
    X(OPTION_QUIET, 'q', "quiet", "", "no progress and no summary")                    \
    X(OPTION_FORMAT, 'f', "format", "FORMAT", "table, csv or jsonl")                   \
    X(OPTION_SHORT, 0, "short", "", "the answer alone, of about a screen")             \
    X(OPTION_RAW, 0, "raw", "", "add the raw records of each row")                     \
    X(OPTION_EXIT_CODE, 0, "exit-code", "",                                            \
      "exit with 1 when something is left to decide")                                  \
    X(OPTION_ANALYST, 0, "analyst", "NAME",                                            \
      "who you are in the journal (default: $MIRRORSCOPE_ANALYST, else the login)")    \
    X(OPTION_START, 0, "start", "TIME", "the window's first moment, of event time")    \
    X(OPTION_END, 0, "end", "TIME",                                                    \
      "the window's last moment (+2h counts from start)")                              \
    X(OPTION_TICKET, 0, "ticket", "TICKET", "the change or ticket number")             \
    X(OPTION_REASON, 0, "reason", "TEXT", "why it is approved")                        \
    X(OPTION_APPROVED_BY, 0, "approved-by", "NAME", "who approved it")                 \
    X(OPTION_REVIEW_BY, 0, "review-by", "TIME",                                        \
      "when to look again; needed without an end, never part of a match")              \
    X(OPTION_DIGESTS, 0, "digests", "",                                                \
      "unpack and hash the files that loaded CloudTrail digests list, and compare")    \
    X(OPTION_SCRIPT, 0, "script", "FILE",                                              \
      "run keys from FILE without a terminal and print the screens")                   \
    X(OPTION_VERIFY, 0, "verify", "", "check that no entry was changed or taken out")  \
    X(OPTION_HELP, 'h', "help", "", "this help")                                       \
    X(OPTION_VERSION, 'V', "version", "", "the version")

enum command_option {
#define X(identifier, letter, name, argument, help) identifier,
    COMMAND_OPTIONS(X)
#undef X
    /* --provider, --account ...: one for each selector of an approval */
    OPTION_SELECTOR,
    OPTION_COUNT = OPTION_SELECTOR + APPROVAL_SELECTOR_COUNT
};

struct option_info {
    char letter; /* 0: none */
    const char *name;
    const char *argument;
    const char *help;
};
struct option_info option_info(unsigned option);

/* An option as given; of those that may be repeated, each counts. */
struct given_option {
    unsigned option;
    const char *value;
};
enum { LIMIT_GIVEN_OPTIONS = 64 };

/* A command as given. Texts are borrowed from argv. */
struct invocation {
    const struct command *command;
    const char *program;
    const char *case_path;
    const char *values[OPTION_COUNT]; /* NULL: not given; "" for switches; the last */
    struct given_option given[LIMIT_GIVEN_OPTIONS]; /* in order */
    size_t given_count;
    const char *const *arguments; /* what remains, in order */
    size_t argument_count;
};

struct command {
    const char *name;
    const char *usage; /* after the name */
    const char *summary;
    const char *description; /* paragraphs, for the man page and `VERB --help` */
    const unsigned char *options;
    size_t option_count;
    bool selectors; /* takes an option for each selector of an approval */
    int (*run)(const struct invocation *invocation);
};

extern const struct command commands[];
extern const size_t command_count;

/* NULL where there is none of this name. */
const struct command *command_find(struct slice name);
/* The nearest verb to a mistyped word, for messages; never NULL. */
const struct command *command_nearest(struct slice name);
bool command_takes(const struct command *command, unsigned option);

int command_load(const struct invocation *invocation);
int command_open(const struct invocation *invocation);
int command_report(const struct invocation *invocation);
int command_export(const struct invocation *invocation);
int command_allow(const struct invocation *invocation);
int command_own(const struct invocation *invocation);
int command_journal(const struct invocation *invocation);
int command_relocate(const struct invocation *invocation);
int command_info(const struct invocation *invocation);
int command_sql(const struct invocation *invocation);

#endif
