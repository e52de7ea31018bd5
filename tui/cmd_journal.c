#include "config.h"

#include <stdio.h>

#include "db/journal.h"
#include "tui/cli.h"

static int verify(struct case_file *handle)
{
    struct error error = {0};
    struct arena arena;
    struct slice head;
    bool intact;
    arena_init(&arena);
    int status = EXIT_DONE;
    if (journal_verify(handle, &intact, &error) ||
        journal_head(handle, &arena, &head, &error)) {
        status = cli_fail(&error);
    } else if (!intact) {
        cli_warn("the journal was changed: an entry does not follow from those before");
        status = EXIT_CASE;
    } else {
        printf("intact; the head of this case's chain is %.*s\n", (int)head.length,
               head.data);
    }
    arena_fini(&arena);
    return status;
}

static int list(const struct invocation *invocation, struct case_file *handle)
{
    static const char sql[] =
        "SELECT strftime('%Y-%m-%dT%H:%M:%SZ', at_us / 1000000, 'unixepoch') AS time,"
        " analyst, host, action, subject, before, after, origin, number, hash"
        " FROM journal ORDER BY at_us, origin, number, hash";
    enum export_format format;
    struct error error = {0};
    if (cli_format(invocation, &format))
        return EXIT_USAGE;
    return export_sql(handle, sql, format, &cli_output, &error) ? cli_fail(&error)
                                                                : EXIT_DONE;
}

int command_journal(const struct invocation *invocation)
{
    if (invocation->argument_count)
        return cli_usage(invocation, "`journal` takes no words");
    struct case_file *handle = cli_open_case(invocation, CASE_READ);
    if (!handle)
        return EXIT_CASE;
    int status =
        invocation->values[OPTION_VERIFY] ? verify(handle) : list(invocation, handle);
    case_close(handle);
    return cli_finish_output(status);
}
