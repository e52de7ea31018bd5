#include "config.h"

#include "db/report.h"
#include "tui/cli.h"

int command_report(const struct invocation *invocation)
{
    struct error error = {0};
    struct filter filter;
    struct arena arena;
    cli_catch_signals();
    struct case_file *handle = cli_open_case(invocation, CASE_READ);
    if (!handle)
        return EXIT_CASE;
    arena_init(&arena);
    int status = cli_filter(invocation, 0, handle, &arena, &filter);
    struct hit_scope scope = {.filter = &filter};
    if (status == EXIT_DONE) {
        enum report_extent extent =
            invocation->values[OPTION_SHORT] ? REPORT_SHORT : REPORT_WHOLE;
        if (report_text(handle, &scope, extent, &cli_output, &error))
            status = cli_fail(&error);
        else
            status = cli_judge(invocation, handle, status);
    }
    arena_fini(&arena);
    case_close(handle);
    return cli_finish_output(status);
}
