#include "config.h"

#include "tui/manual.h"

#include <stdio.h>
#include <string.h>

#include "core/filter.h"

static const char *const summary =
    "find who is copying network traffic, from handed-over logs";

/* X(variable, meaning) */
#define ENVIRONMENT(X)                                                                 \
    X("MIRRORSCOPE_CASE", "the case file, where -c is not given")                      \
    X("MIRRORSCOPE_ANALYST", "the name in the journal, where --analyst is not given")  \
    X("NO_COLOR", "set to anything: no colours")                                       \
    X("ESCDELAY", "milliseconds that the Esc key waits (default 25)")

#define EXIT_STATUSES(X)                                                               \
    X("0", "done")                                                                     \
    X("1", "with --exit-code: something is left to decide")                            \
    X("2", "usage, or no usable terminal")                                             \
    X("3", "done, but input was damaged, unreadable or of unknown kind")               \
    X("4", "the case file cannot be opened, used or written")                          \
    X("129, 130, 143", "interrupted by HUP, INT or TERM; what was committed stays")

struct pair {
    const char *word, *meaning;
};
#define X(word, meaning) {word, meaning},
static const struct pair environment[] = {ENVIRONMENT(X)};
static const struct pair exit_statuses[] = {EXIT_STATUSES(X)};
#undef X

#define X(key, name, kind) " " name
static const char filter_help[] =
    "A FILTER is a list of terms, all of which must hold: KEY:VALUE equals, KEY:~VALUE "
    "contains, KEY:A,B any of, a leading - negates, bare words search all text. Times "
    "are UTC unless they say otherwise.\n"
    "KEYs:" FILTER_KEYS(X) /* each after a blank; the last has no name */
    "or none.\n"
    "  actor:~mallory lifecycle:creation since:2026-03-14T02:00Z until:+1h";
#undef X

enum { HELP_WIDTH = 79, OPTION_INDENT = 27 };

/* Words to the width of a terminal; a line that begins with blanks stays as it is. */
static void print_wrapped(const char *text, size_t column, size_t indent)
{
    while (*text) {
        size_t length = strcspn(text, " \n");
        if (column > indent && column + 1 + length > HELP_WIDTH) {
            printf("\n%*s", (int)indent, "");
            column = indent;
        } else if (column > indent) {
            putchar(' ');
            column++;
        }
        printf("%.*s", (int)length, text);
        column += length;
        text += length;
        if (*text == '\n') {
            text++;
            printf("\n%*s", (int)indent, "");
            column = indent;
            size_t verbatim = *text == ' ' ? strcspn(text, "\n") : 0;
            printf("%.*s", (int)verbatim, text);
            text += verbatim;
        } else if (*text == ' ') {
            text++;
        }
    }
    putchar('\n');
}

void manual_help(void)
{
    printf("mirrorscope - %s\n\n"
           "Usage: mirrorscope [open] [PATH...]\n"
           "       mirrorscope VERB [-c CASE] ...\n\n",
           summary);
    for (size_t i = 0; i < command_count; i++)
        printf("  %-8s %s\n", commands[i].name, commands[i].summary);
    putchar('\n');
    print_wrapped(filter_help, 0, 0);
    printf("\nExit status:\n");
    for (size_t i = 0; i < sizeof exit_statuses / sizeof exit_statuses[0]; i++)
        printf("  %-14s %s\n", exit_statuses[i].word, exit_statuses[i].meaning);
    printf("\n`mirrorscope VERB --help` tells more of each.\n");
}

static void print_option(unsigned option)
{
    struct option_info info = option_info(option);
    char letter[8] = "    ";
    char name[40];
    if (info.letter)
        snprintf(letter, sizeof letter, "-%c, ", info.letter);
    snprintf(name, sizeof name, "%s--%s%s%s", letter, info.name,
             info.argument[0] ? " " : "", info.argument);
    int used = printf("  %s", name);
    if (used >= OPTION_INDENT) {
        putchar('\n');
        used = 0;
    }
    printf("%*s", OPTION_INDENT - used, "");
    print_wrapped(info.help, OPTION_INDENT, OPTION_INDENT);
}

void manual_command_help(const struct command *command)
{
    printf("Usage: mirrorscope %s%s%s\n\n", command->name, command->usage[0] ? " " : "",
           command->usage);
    print_wrapped(command->description, 0, 0);
    printf("\nOptions:\n");
    for (unsigned option = 0; option < OPTION_COUNT; option++) {
        if (command_takes(command, option))
            print_option(option);
    }
    if (strstr(command->usage, "FILTER")) {
        putchar('\n');
        print_wrapped(filter_help, 0, 0);
    }
}

/* --- the man page -------------------------------------------------------------- */

/* Text as roff takes it: backslashes, and a dot or quote at the start of a line. */
static void print_roff(const char *text)
{
    bool line_start = true;
    for (; *text; text++) {
        if (line_start && (*text == '.' || *text == '\''))
            fputs("\\&", stdout);
        line_start = *text == '\n';
        if (*text == '\\')
            fputs("\\e", stdout);
        else if (*text == '-')
            fputs("\\-", stdout);
        else if (*text == '\n')
            fputs("\n.PP\n", stdout);
        else
            putchar(*text);
    }
    putchar('\n');
}

static void man_option(unsigned option)
{
    struct option_info info = option_info(option);
    fputs(".TP\n\\fB", stdout);
    if (info.letter)
        printf("\\-%c\\fR, \\fB", info.letter);
    printf("\\-\\-%s\\fR%s\\fI%s\\fR\n", info.name, info.argument[0] ? " " : "",
           info.argument);
    print_roff(info.help);
}

static void man_pairs(const char *heading, const struct pair *pairs, size_t count)
{
    printf(".SH %s\n", heading);
    for (size_t i = 0; i < count; i++) {
        printf(".TP\n\\fB%s\\fR\n", pairs[i].word);
        print_roff(pairs[i].meaning);
    }
}

static void man_page(void)
{
    printf(".TH MIRRORSCOPE 1 \"\" \"mirrorscope %s\"\n", PACKAGE_VERSION);
    fputs(".SH NAME\nmirrorscope \\- ", stdout);
    print_roff(summary);
    fputs(".SH SYNOPSIS\n.B mirrorscope\n[\\fBopen\\fR] [\\fIPATH\\fR...]\n.br\n"
          ".B mirrorscope\n\\fIVERB\\fR [\\fB\\-c\\fR \\fICASE\\fR] ...\n"
          ".SH DESCRIPTION\n",
          stdout);
    print_roff("A terminal dashboard for incident responders. It indexes logs of "
               "clouds and network devices into one case file, marks the events that "
               "create, change or delete a traffic mirror (MITRE ATT&CK T1020.001), "
               "rebuilds which mirrors are live and where they lead, and shows them "
               "grouped by actor, down to the raw record.");
    fputs(".SH VERBS\n", stdout);
    for (size_t i = 0; i < command_count; i++) {
        printf(".SS %s ", commands[i].name);
        print_roff(commands[i].usage);
        print_roff(commands[i].description);
        for (unsigned option = 0; option < OPTION_COUNT; option++) {
            if (command_takes(&commands[i], option) && option != OPTION_HELP)
                man_option(option);
        }
    }
    fputs(".SH FILTERS\n", stdout);
    print_roff(filter_help);
    man_pairs("EXIT STATUS", exit_statuses,
              sizeof exit_statuses / sizeof exit_statuses[0]);
    man_pairs("ENVIRONMENT", environment, sizeof environment / sizeof environment[0]);
}

/* --- completions --------------------------------------------------------------- */

static void print_long_options(const struct command *command)
{
    for (unsigned option = 0; option < OPTION_COUNT; option++) {
        if (command_takes(command, option))
            printf(" --%s", option_info(option).name);
    }
}

static void bash_completion(void)
{
    fputs("_mirrorscope()\n{\n"
          "    local word=${COMP_WORDS[COMP_CWORD]} words=\n"
          "    if [ \"$COMP_CWORD\" -eq 1 ]; then\n        words='",
          stdout);
    for (size_t i = 0; i < command_count; i++)
        printf("%s%s", i ? " " : "", commands[i].name);
    fputs("'\n    else\n        case ${COMP_WORDS[1]} in\n", stdout);
    for (size_t i = 0; i < command_count; i++) {
        printf("        %s) words='", commands[i].name);
        print_long_options(&commands[i]);
        fputs("' ;;\n", stdout);
    }
    fputs("        esac\n    fi\n"
          "    COMPREPLY=($(compgen -W \"$words\" -- \"$word\") "
          "$(compgen -f -- \"$word\"))\n}\n"
          "complete -o filenames -F _mirrorscope mirrorscope\n",
          stdout);
}

static void zsh_completion(void)
{
    fputs("#compdef mirrorscope\n"
          "if (( CURRENT == 2 )); then\n    local -a verbs=(\n",
          stdout);
    for (size_t i = 0; i < command_count; i++)
        printf("        '%s:%s'\n", commands[i].name, commands[i].summary);
    fputs("    )\n    _describe verb verbs\n    _files\n    return\nfi\n"
          "case $words[2] in\n",
          stdout);
    for (size_t i = 0; i < command_count; i++) {
        printf("    %s) compadd --", commands[i].name);
        print_long_options(&commands[i]);
        fputs(" ;;\n", stdout);
    }
    fputs("esac\n_files\n", stdout);
}

int manual_generate(const char *kind)
{
    if (!strcmp(kind, "man"))
        man_page();
    else if (!strcmp(kind, "bash"))
        bash_completion();
    else if (!strcmp(kind, "zsh"))
        zsh_completion();
    else
        return -1;
    return 0;
}
