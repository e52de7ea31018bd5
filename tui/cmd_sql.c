#include "config.h"

#include "tui/cli.h"

int command_sql(const struct invocation *invocation)
{
    struct error error = {0};
    enum export_format format;
    if (invocation->argument_count != 1)
        return cli_usage(invocation, "give one statement, in quotes");
    if (cli_format(invocation, &format))
        return EXIT_USAGE;
    cli_catch_signals();
    struct case_file *handle = cli_open_case(invocation, CASE_READ);
    if (!handle)
        return EXIT_CASE;
    int status = EXIT_DONE;
    if (export_sql(handle, invocation->arguments[0], format, &cli_output, &error))
        status = cli_fail(&error);
    case_close(handle);
    return cli_finish_output(status);
}
