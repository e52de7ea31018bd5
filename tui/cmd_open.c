#include "config.h"

#include <stdio.h>

#include "tui/cli.h"
#include "tui/dashboard.h"
#include "tui/load_options.h"

static int leave(const struct invocation *invocation, const struct load_totals *totals)
{
    struct case_summary summary;
    struct error error = {0};
    struct case_file *handle = case_open(invocation->case_path, CASE_READ, &error);
    if (handle && !query_summary(handle, &summary, &error))
        fprintf(stderr, "%s: %s (%llu hits, %llu approved, %llu to decide)\n",
                invocation->values[OPTION_READ_ONLY] ? "case unchanged" : "case saved",
                handle->path, (unsigned long long)summary.hits,
                (unsigned long long)summary.approved, (unsigned long long)summary.open);
    case_close(handle);
    return totals->partial || totals->failed ? EXIT_DAMAGED_INPUT : EXIT_DONE;
}

static int run(const struct invocation *invocation, struct arena *arena,
               const struct rule_set *rules)
{
    struct load_options load;
    struct load_totals totals = {0};
    struct error error = {0};
    if (load_options_from(invocation, arena, rules, &load))
        return EXIT_USAGE;
    struct dashboard_options options = {
        .case_path = invocation->case_path,
        .paths = invocation->arguments,
        .path_count = invocation->argument_count,
        .load = &load,
        .read_only = invocation->values[OPTION_READ_ONLY] != NULL,
        .analyst = cli_analyst(invocation, arena),
        .rules = rules,
        .script_path = invocation->values[OPTION_SCRIPT],
        .totals = &totals,
    };
    int result = dashboard_run(&options, &error);
    if (result > 0)
        return 128 + result;
    return result < 0 ? cli_fail(&error) : leave(invocation, &totals);
}

int command_open(const struct invocation *invocation)
{
    struct error error = {0};
    struct arena arena;
    if (invocation->values[OPTION_READ_ONLY] && invocation->argument_count)
        return cli_usage(invocation,
                         "--read-only and a PATH to load exclude each other");
    struct rule_set *rules = rule_set_default(&error);
    if (!rules)
        return cli_fail(&error);
    arena_init(&arena);
    int status = run(invocation, &arena, rules);
    arena_fini(&arena);
    rule_set_free(rules);
    return cli_finish_output(status);
}
