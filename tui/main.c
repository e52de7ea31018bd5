#include "config.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/cli.h"
#include "tui/manual.h"

static int find_option(const struct command *command, struct slice name)
{
    for (unsigned option = 0; option < OPTION_COUNT; option++) {
        if (command_takes(command, option) &&
            slice_equal(slice_from(option_info(option).name), name))
            return (int)option;
    }
    return -1;
}

static int find_letter(const struct command *command, char letter)
{
    for (unsigned option = 0; option < OPTION_SELECTOR; option++) {
        if (letter && command_takes(command, option) &&
            option_info(option).letter == letter)
            return (int)option;
    }
    return -1;
}

/*
 * Takes the option at arguments[*at]; moves *at past it. -1: a usage error, told.
 */
static int take_option(struct invocation *invocation, char **arguments, int *at)
{
    const char *word = arguments[(*at)++];
    bool is_long = word[1] == '-';
    struct slice name = slice_from(word + (is_long ? 2 : 1));
    const char *value = NULL;
    int option;
    if (is_long) {
        ptrdiff_t equals = slice_index(name, '=');
        if (equals >= 0) {
            value = name.data + equals + 1;
            name.length = (size_t)equals;
        }
        option = find_option(invocation->command, name);
    } else {
        option = find_letter(invocation->command, name.data[0]);
        if (name.length > 1)
            value = name.data + 1;
    }
    if (option < 0) {
        cli_usage(invocation, "`%s` has no option %s", invocation->command->name, word);
        return -1;
    }
    struct option_info info = option_info((unsigned)option);
    if (!info.argument[0]) {
        if (value) {
            cli_usage(invocation, "--%s takes no value", info.name);
            return -1;
        }
        value = "";
    } else if (!value) {
        value = arguments[*at];
        if (!value) {
            cli_usage(invocation, "--%s needs a value: %s", info.name, info.argument);
            return -1;
        }
        ++*at;
    }
    if (invocation->given_count == LIMIT_GIVEN_OPTIONS) {
        cli_usage(invocation, "more than %d options", LIMIT_GIVEN_OPTIONS);
        return -1;
    }
    invocation->given[invocation->given_count++] =
        (struct given_option){(unsigned)option, value};
    invocation->values[option] = value;
    return 0;
}

/* Sorts options from arguments, which stay in order at the front of the array. */
static int parse(struct invocation *invocation, char **arguments)
{
    size_t kept = 0;
    bool options_ended = false;
    for (int at = 0; arguments[at];) {
        char *word = arguments[at];
        if (!options_ended && !strcmp(word, "--")) {
            options_ended = true;
            at++;
        } else if (!options_ended && word[0] == '-' && word[1] &&
                   (word[1] == '-' || !strchr(word, ':'))) { /* "-actor:x" negates a
                                                              * filter term */
            if (take_option(invocation, arguments, &at))
                return -1;
        } else {
            arguments[kept++] = word;
            at++;
        }
    }
    invocation->arguments = (const char *const *)arguments;
    invocation->argument_count = kept;
    return 0;
}

static const char *case_path(const struct invocation *invocation)
{
    const char *path = invocation->values[OPTION_CASE];
    if (!path || !*path)
        path = getenv("MIRRORSCOPE_CASE");
    return path && *path ? path : "mirrorscope.case";
}

static int run(const struct command *command, char **arguments)
{
    struct invocation invocation = {.command = command, .program = "mirrorscope"};
    if (parse(&invocation, arguments))
        return EXIT_USAGE;
    if (invocation.values[OPTION_HELP]) {
        manual_command_help(command);
        return cli_finish_output(EXIT_DONE);
    }
    invocation.case_path = case_path(&invocation);
    return command->run(&invocation);
}

int main(int argc, char **argv)
{
    const struct command *open = command_find(SLICE("open"));
    signal(SIGPIPE, SIG_IGN);
    if (argc < 2)
        return run(open, argv + argc);
    const char *first = argv[1];
    const struct command *command = command_find(slice_from(first));
    if (command)
        return run(command, argv + 2);
    if (!strcmp(first, "--help") || !strcmp(first, "-h") || !strcmp(first, "help")) {
        manual_help();
        return cli_finish_output(EXIT_DONE);
    }
    if (!strcmp(first, "--version") || !strcmp(first, "-V")) {
        printf("mirrorscope %s\n", PACKAGE_VERSION);
        return cli_finish_output(EXIT_DONE);
    }
    if (!strcmp(first, "--generate") && argc == 3 && !manual_generate(argv[2]))
        return cli_finish_output(EXIT_DONE);
    if (first[0] == '-' || cli_path_exists(first))
        return run(open, argv + 1);
    return cli_usage(NULL, "`%s` is no verb and no path; did you mean `%s`?", first,
                     command_nearest(slice_from(first))->name);
}
