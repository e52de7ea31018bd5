/* ioctl for the size of the terminal is not in POSIX 2008. */
#define _DEFAULT_SOURCE 1
#include "config.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include "db/report.h"
#include "tui/cli.h"

enum { WIDTH_PLAIN = 100, WIDTH_LEAST = 60 };

/* A terminal's width; a pipe gets the same text whatever the terminal beside it. */
static unsigned output_width(void)
{
    struct winsize size;
    if (!isatty(STDOUT_FILENO) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) ||
        size.ws_col < WIDTH_LEAST)
        return WIDTH_PLAIN;
    return size.ws_col;
}

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
        if (report_text(handle, &scope, output_width(), &cli_output, &error))
            status = cli_fail(&error);
        else
            status = cli_judge(invocation, handle, status);
    }
    arena_fini(&arena);
    case_close(handle);
    return cli_finish_output(status);
}
