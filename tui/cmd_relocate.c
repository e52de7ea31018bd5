#include "config.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

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

enum { PATH_BYTES = 4096 };

/* As sources name them: absolute, without a slash at the end.  What is not there any
 * more cannot be resolved: a relative path is one below the current folder. */
static int absolute(const struct invocation *invocation, const char *path,
                    char out[PATH_BYTES])
{
    char folder[PATH_BYTES] = "";
    bool relative = path[0] != '/';
    if (!strcmp(path, ".") || !strncmp(path, "./", 2))
        path += path[1] ? 2 : 1;
    int length = -1;
    if (!relative || getcwd(folder, sizeof folder))
        length = snprintf(out, PATH_BYTES, "%s%s%s", folder, relative ? "/" : "", path);
    if (length < 0 || length >= PATH_BYTES) {
        cli_usage(invocation, "`%s` is too long a path", path);
        return -1;
    }
    while (length > 1 && out[length - 1] == '/')
        out[--length] = '\0';
    return 0;
}

int command_relocate(const struct invocation *invocation)
{
    char old[PATH_BYTES], new[PATH_BYTES];
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
