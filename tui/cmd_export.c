#include "config.h"

#include <string.h>

#include "tui/cli.h"

struct export_request {
    struct case_file *handle;
    const struct filter *filter;
    enum export_format format;
    struct export_raw *raw; /* NULL: without raw records */
};

/* The export is whole but for the records that cannot be handed out. */
static int judge(const struct export_raw *raw, struct error *error)
{
    if (!raw || !(raw->changed + raw->missing))
        return 0;
    return error_set(error, ERROR_INPUT,
                     "%llu raw records were left out: %llu of files that have changed "
                     "since, %llu of files that are not found; `info` names the "
                     "sources, `relocate` says where moved ones are",
                     (unsigned long long)(raw->changed + raw->missing),
                     (unsigned long long)raw->changed,
                     (unsigned long long)raw->missing);
}

static int hits(const struct export_request *request, struct error *error)
{
    struct hit_scope scope = {.filter = request->filter};
    return export_hits(request->handle, &scope, request->format, request->raw,
                       &cli_output, error) ||
                   judge(request->raw, error)
               ? -1
               : 0;
}

static int mirrors(const struct export_request *request, struct error *error)
{
    return export_mirrors(request->handle, request->filter, request->format,
                          &cli_output, error);
}

static int events(const struct export_request *request, struct error *error)
{
    return export_events(request->handle, request->filter, request->format,
                         request->raw, &cli_output, error) ||
                   judge(request->raw, error)
               ? -1
               : 0;
}

static int sources(const struct export_request *request, struct error *error)
{
    return export_sources(request->handle, request->format, &cli_output, error);
}

static int approvals(const struct export_request *request, struct error *error)
{
    return export_approvals(request->handle, request->format, &cli_output, error);
}

static int rejects(const struct export_request *request, struct error *error)
{
    return export_rejects(request->handle, request->format, &cli_output, error);
}

static int evidence(const struct export_request *request, struct error *error)
{
    struct hit_scope scope = {.filter = request->filter};
    struct export_raw raw = {0};
    return export_evidence(request->handle, &scope, request->format, &cli_output, &raw,
                           error) ||
                   judge(&raw, error)
               ? -1
               : 0;
}

static const struct export_subject {
    const char *name;
    bool filtered; /* takes a filter */
    int (*run)(const struct export_request *request, struct error *error);
} subjects[] = {
    {"hits", true, hits},
    {"mirrors", true, mirrors},
    {"events", true, events},
    {"sources", false, sources},
    {"approvals", false, approvals},
    {"rejects", false, rejects},
    {"evidence", true, evidence},
};

static const struct export_subject *find_subject(const char *name)
{
    for (size_t i = 0; i < sizeof subjects / sizeof subjects[0]; i++) {
        if (!strcmp(subjects[i].name, name))
            return &subjects[i];
    }
    return NULL;
}

static int run(const struct invocation *invocation,
               const struct export_subject *subject, struct export_request *request,
               struct arena *arena)
{
    struct filter filter;
    struct error error = {0};
    int status = cli_filter(invocation, 1, request->handle, arena, &filter);
    if (status != EXIT_DONE)
        return status;
    request->filter = &filter;
    if (subject->run(request, &error))
        return cli_fail(&error);
    return subject->run == hits || subject->run == mirrors
               ? cli_judge(invocation, request->handle, EXIT_DONE)
               : EXIT_DONE;
}

static const char subject_names[] =
    "hits, mirrors, events, sources, approvals, rejects, evidence";

int command_export(const struct invocation *invocation)
{
    struct export_raw raw = {0};
    struct export_request request = {.raw =
                                         invocation->values[OPTION_RAW] ? &raw : NULL};
    const char *name = invocation->argument_count ? invocation->arguments[0] : "";
    const struct export_subject *subject = find_subject(name);
    struct arena arena;
    if (!subject)
        return name[0] ? cli_usage(invocation, "export what? `%s` is not one of %s",
                                   name, subject_names)
                       : cli_usage(invocation, "export what? one of %s", subject_names);
    if (invocation->argument_count > 1 && !subject->filtered)
        return cli_usage(invocation, "`export %s` takes no filter", name);
    if (cli_format(invocation, &request.format))
        return EXIT_USAGE;
    if (request.raw && subject->run != hits && subject->run != events)
        return cli_usage(invocation,
                         "--raw goes with `export hits` and `export events`");
    cli_catch_signals();
    request.handle = cli_open_case(invocation, CASE_READ);
    if (!request.handle)
        return EXIT_CASE;
    arena_init(&arena);
    int status = run(invocation, subject, &request, &arena);
    arena_fini(&arena);
    case_close(request.handle);
    return cli_finish_output(status);
}
