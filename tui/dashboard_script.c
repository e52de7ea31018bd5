#include "config.h"

#include "tui/dashboard_internal.h"

#include <stdio.h>

#include "tui/clock.h"
#include "tui/script.h"

enum { SCRIPT_BYTES = 1024 * 1024 };

static int read_script(const char *path, struct arena *arena, struct slice *out,
                       struct error *error)
{
    FILE *file = fopen(path, "r");
    char *text = arena_alloc(arena, SCRIPT_BYTES);
    if (!file || !text) {
        if (file)
            fclose(file);
        return error_set(error, ERROR_INPUT, "the script cannot be read");
    }
    *out = (struct slice){text, fread(text, 1, SCRIPT_BYTES, file)};
    fclose(file);
    return 0;
}

static int load_all(const struct dashboard_options *options, struct error *error)
{
    if (!options->path_count)
        return 0;
    struct load *load =
        load_start(options->case_path, options->paths, options->path_count,
                   options->load, NULL, NULL, error);
    return load ? load_join(load, options->totals, NULL, NULL, error) : -1;
}

int dashboard_script(const struct dashboard_options *options, const char *analyst,
                     struct error *error)
{
    struct arena arena;
    struct slice text;
    arena_init(&arena);
    struct case_file *handle = NULL;
    int status = read_script(options->script_path, &arena, &text, error) ||
                         load_all(options, error)
                     ? -1
                     : 0;
    if (!status)
        handle = case_open(options->case_path,
                           options->read_only ? CASE_READ : CASE_WRITE, error);
    if (handle) {
        struct script_options script = {
            .app = {.case_name = options->case_path,
                    .analyst = analyst,
                    .unicode = true,
                    .read_only = options->read_only,
                    .rules = options->rules},
            .context = {.analyst = options->analyst, .now_us = clock_now_us()},
            .width = 80,
            .height = 24,
        };
        status = script_run(text, handle, &script, stdout, error);
        case_close(handle);
    } else {
        status = -1;
    }
    arena_fini(&arena);
    return status;
}
