#include "config.h"

#include <stdio.h>
#include <string.h>

#include "core/escape.h"
#include "db/own_store.h"
#include "tui/cli.h"

/* "project:acme-prod", or a value that tells its kind. */
static int read_value(const struct invocation *invocation, const char *text,
                      enum own_kind *kind, struct slice *value)
{
    struct slice rest = slice_from(text);
    struct slice name = slice_cut(&rest, ':');
    int named = slice_present(rest) ? own_kind_from_name(name) : -1;
    *value = named < 0 ? slice_from(text) : rest;
    *kind = named < 0 ? own_kind_of_value(*value) : (enum own_kind)named;
    if (slice_blank(*value))
        return cli_usage(invocation, "`%s`: an own value is missing", text);
    return EXIT_DONE;
}

static int change(const struct invocation *invocation, struct case_file *handle,
                  bool declared)
{
    struct error error = {0};
    struct arena arena;
    int status = EXIT_DONE;
    if (invocation->argument_count < 2)
        return cli_usage(invocation, "which account, subscription, project or network? "
                                     "see `mirrorscope own list`");
    arena_init(&arena);
    struct analyst who = cli_analyst(invocation, &arena);
    for (size_t i = 1; i < invocation->argument_count && status == EXIT_DONE; i++) {
        enum own_kind kind;
        struct slice value;
        bool changed;
        status = read_value(invocation, invocation->arguments[i], &kind, &value);
        if (status != EXIT_DONE)
            break;
        if (own_store_declare(handle, &who, cli_now(), kind, value, declared, &changed,
                              &error))
            status = error.code == ERROR_SYNTAX
                         ? cli_usage(invocation, "`%s`: %s", invocation->arguments[i],
                                     error.message)
                         : cli_fail(&error);
        else if (!changed)
            cli_warn(declared ? "%s is declared already" : "%s is not declared",
                     invocation->arguments[i]);
    }
    arena_fini(&arena);
    return status;
}

/* A declaration takes what was inferred for its kind away: say so. */
static void warn_of_passed_over(const struct own *own)
{
    for (int kind = 0; kind < OWN_KIND_COUNT; kind++) {
        const struct own_set *set = &own->passed_over[kind];
        if (set->count)
            cli_warn("%s %.*s%s not own, though loaded, as others are declared: see "
                     "`mirrorscope own list`, declare what is yours",
                     own_kind_name((enum own_kind)kind), (int)set->values[0].length,
                     set->values[0].data, set->count > 1 ? " and others are" : " is");
    }
}

static int add(const struct invocation *invocation, struct case_file *handle)
{
    struct error error = {0};
    struct arena arena;
    struct own own;
    int status = change(invocation, handle, true);
    arena_init(&arena);
    if (status == EXIT_DONE && own_store_load(handle, &arena, &own, &error))
        status = cli_fail(&error);
    else if (status == EXIT_DONE)
        warn_of_passed_over(&own);
    arena_fini(&arena);
    return status;
}

static int take_back(const struct invocation *invocation, struct case_file *handle)
{
    return change(invocation, handle, false);
}

static void print_kind(const struct own *own, enum own_kind kind, struct arena *arena)
{
    const struct {
        const struct own_set *set;
        const char *how;
    } parts[] = {
        {&own->sets[kind],
         own->sets[kind].declared ? "declared" : "inferred, its logs are loaded"},
        {&own->passed_over[kind], "NOT own: its logs are loaded, others are declared"},
    };
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        for (size_t j = 0; j < parts[i].set->count; j++) {
            struct slice value = escape_text(arena, parts[i].set->values[j]);
            printf("%-12s  %-40.*s  %s\n", own_kind_name(kind), (int)value.length,
                   value.data, parts[i].how);
        }
    }
    if (kind == OWN_NETWORK && !own->sets[kind].declared)
        printf("%-12s  %-40s  inferred\n", own_kind_name(kind), "private addresses");
}

static int list(const struct invocation *invocation, struct case_file *handle)
{
    struct error error = {0};
    struct arena arena;
    struct own own;
    int status = EXIT_DONE;
    if (invocation->argument_count > 1)
        return cli_usage(invocation, "`own list` takes no more words");
    arena_init(&arena);
    if (own_store_load(handle, &arena, &own, &error))
        status = cli_fail(&error);
    for (int i = 0; i < OWN_KIND_COUNT && status == EXIT_DONE; i++)
        print_kind(&own, (enum own_kind)i, &arena);
    arena_fini(&arena);
    return status;
}

static const struct cli_subject subjects[] = {
    {"list", CASE_READ, list},
    {"add", CASE_WRITE, add},
    {"remove", CASE_WRITE, take_back},
};

int command_own(const struct invocation *invocation)
{
    return cli_run_subject(invocation, subjects, sizeof subjects / sizeof subjects[0],
                           "list, add or remove");
}
