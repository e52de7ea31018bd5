#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/timestamp.h"
#include "tui/cli.h"

/* One option that holds a time; absent = none. -1: told. */
static int take_time(const struct invocation *invocation, unsigned option,
                     int64_t anchor_us, int64_t *out)
{
    struct error error = {0};
    const char *text = invocation->values[option];
    *out = EVENT_TIME_NONE;
    if (!text || !timestamp_user(slice_from(text), anchor_us, out, &error))
        return 0;
    cli_usage(invocation, "--%s: %s", option_info(option).name, error.message);
    return -1;
}

static struct slice text_of(const struct invocation *invocation, unsigned option)
{
    const char *text = invocation->values[option];
    return text ? slice_from(text) : SLICE("");
}

static int read_approval(const struct invocation *invocation, struct approval *out)
{
    *out = (struct approval){
        .enabled = true,
        .ticket = text_of(invocation, OPTION_TICKET),
        .reason = text_of(invocation, OPTION_REASON),
        .approved_by = text_of(invocation, OPTION_APPROVED_BY),
    };
    for (unsigned i = 0; i < APPROVAL_SELECTOR_COUNT; i++) {
        const char *pattern = invocation->values[OPTION_SELECTOR + i];
        out->selector[i] = slice_from(pattern && *pattern ? pattern : NULL);
    }
    if (take_time(invocation, OPTION_START, EVENT_TIME_NONE, &out->start_us) ||
        take_time(invocation, OPTION_END, out->start_us, &out->end_us) ||
        take_time(invocation, OPTION_REVIEW_BY, cli_now(), &out->review_us))
        return -1;
    return 0;
}

static int add(const struct invocation *invocation, struct case_file *handle)
{
    struct approval approval;
    struct error error = {0};
    struct arena arena;
    if (invocation->argument_count > 1)
        return cli_usage(invocation, "`allow add` takes options, not `%s`",
                         invocation->arguments[1]);
    if (read_approval(invocation, &approval))
        return EXIT_USAGE;
    arena_init(&arena);
    struct analyst who = cli_analyst(invocation, &arena);
    approval.created_by = who.name;
    approval.created_us = cli_now();
    int status = EXIT_DONE;
    if (triage_approve(handle, &who, approval.created_us, &approval, &error))
        status = cli_fail(&error);
    else
        printf("approval %lld\n", (long long)approval.id);
    arena_fini(&arena);
    return status;
}

static int set_enabled(const struct invocation *invocation, struct case_file *handle,
                       bool enabled)
{
    struct error error = {0};
    struct arena arena;
    int status = EXIT_DONE;
    if (invocation->argument_count < 2)
        return cli_usage(invocation, "which approval? see `mirrorscope allow list`");
    arena_init(&arena);
    struct analyst who = cli_analyst(invocation, &arena);
    for (size_t i = 1; i < invocation->argument_count && status == EXIT_DONE; i++) {
        const char *text = invocation->arguments[i];
        char *end;
        long long id = strtoll(text, &end, 10);
        if (end == text || *end || id <= 0)
            status = cli_usage(invocation, "`%s` is no number of an approval", text);
        else if (triage_set_enabled(handle, &who, cli_now(), id, enabled, &error))
            status = cli_fail(&error);
    }
    arena_fini(&arena);
    return status;
}

static int enable(const struct invocation *invocation, struct case_file *handle)
{
    return set_enabled(invocation, handle, true);
}

static int disable(const struct invocation *invocation, struct case_file *handle)
{
    return set_enabled(invocation, handle, false);
}

static int list(const struct invocation *invocation, struct case_file *handle)
{
    enum export_format format;
    struct error error = {0};
    if (cli_format(invocation, &format))
        return EXIT_USAGE;
    if (export_approvals(handle, format, &cli_output, &error))
        return cli_fail(&error);
    return EXIT_DONE;
}

static const struct cli_subject subjects[] = {
    {"list", CASE_READ, list},
    {"add", CASE_WRITE, add},
    {"enable", CASE_WRITE, enable},
    {"disable", CASE_WRITE, disable},
};

int command_allow(const struct invocation *invocation)
{
    return cli_run_subject(invocation, subjects, sizeof subjects / sizeof subjects[0],
                           "list, add, enable or disable");
}
