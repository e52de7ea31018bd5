#include "config.h"

#include <stdio.h>
#include <string.h>

#include "core/escape.h"
#include "db/source_check.h"
#include "tui/cli.h"

static void tell(void *payload, struct slice path, struct slice moved_to,
                 enum source_condition condition)
{
    struct arena arena;
    (void)payload;
    arena_init(&arena);
    struct slice from = escape_text(&arena, path), to = escape_text(&arena, moved_to);
    printf("%-12s %.*s -> %.*s\n", source_condition_name(condition), (int)from.length,
           from.data, (int)to.length, to.data);
    arena_fini(&arena);
}

/* As sources name them: absolute, without a slash at the end. */
static int absolute(const struct invocation *invocation, const char *path,
                    char out[4096])
{
    size_t length = strlen(path);
    while (length > 1 && path[length - 1] == '/')
        length--;
    if (path[0] != '/' || length >= 4096) {
        cli_usage(invocation, "`%s` is no absolute path", path);
        return -1;
    }
    memcpy(out, path, length);
    out[length] = '\0';
    return 0;
}

int command_relocate(const struct invocation *invocation)
{
    char old[4096], new[4096];
    struct error error = {0};
    struct relocated moved;
    struct arena arena;
    if (invocation->argument_count != 2)
        return cli_usage(invocation, "say where the sources were, and where they are");
    if (absolute(invocation, invocation->arguments[0], old) ||
        absolute(invocation, invocation->arguments[1], new))
        return EXIT_USAGE;
    struct case_file *handle = cli_open_case(invocation, CASE_WRITE);
    if (!handle)
        return EXIT_CASE;
    arena_init(&arena);
    struct analyst who = cli_analyst(invocation, &arena);
    int status = EXIT_DONE;
    if (source_relocate(handle, &who, cli_now(), old, new, tell, NULL, &moved, &error))
        status = cli_fail(&error);
    else if (moved.missing || moved.changed)
        status = EXIT_DAMAGED_INPUT;
    else if (!moved.moved)
        status = cli_usage(invocation, "no source was at `%s`", old);
    arena_fini(&arena);
    case_close(handle);
    return cli_finish_output(status);
}
