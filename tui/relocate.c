#include "config.h"

#include "tui/view.h"

/* Where a source is by now, as the analyst says it. */

void relocate_ask(struct app *app, struct slice path)
{
    if (decide_refused(app))
        return;
    if (slice_blank(path) || path.data[0] != '/') {
        app_notice(app, "it has no file that could be elsewhere");
        return;
    }
    if (path.length > sizeof app->relocate_from) {
        app_error(app, "its path is too long");
        return;
    }
    memcpy(app->relocate_from, path.data, path.length);
    app->relocate_from_length = path.length;
    prompt_open(&app->prompt, PROMPT_RELOCATE, "it is at: ", path);
}

/* Takes off one part that both paths end with, but never the first one. */
static bool drop_common_part(struct slice *from, struct slice *to)
{
    ptrdiff_t a = slice_rindex(*from, '/'), b = slice_rindex(*to, '/');
    if (a <= 0 || b <= 0 ||
        !slice_equal(slice_skip(*from, (size_t)a), slice_skip(*to, (size_t)b)))
        return false;
    *from = slice_first(*from, (size_t)a);
    *to = slice_first(*to, (size_t)b);
    return true;
}

/* The folder of a path; none at the root. */
static struct slice folder_of(struct slice path)
{
    ptrdiff_t slash = slice_rindex(path, '/');
    return slash > 0 ? slice_first(path, (size_t)slash) : SLICE_NONE;
}

/* Of /old/day/a.json at /new/day/a.json it is the folder that moved: all that was in it
 * is looked for there.  So it is where the answer names a folder. */
void relocate_answer(struct app *app, struct effects *effects)
{
    struct slice from = {app->relocate_from, app->relocate_from_length};
    struct slice to = slice_trim(prompt_text(&app->prompt));
    while (to.length > 1 && to.data[to.length - 1] == '/')
        to = slice_first(to, to.length - 1);
    if (!to.length || to.data[0] != '/') {
        prompt_fail(&app->prompt, "say the whole path, from / on", 0);
        return;
    }
    while (!slice_equal(from, to) && drop_common_part(&from, &to))
        ;
    struct request *request = request_new(REQUEST_RELOCATE);
    if (request) {
        request->from_path = arena_copy(&request->arena, from);
        request->to_path = arena_copy(&request->arena, to);
        if (from.length == app->relocate_from_length)
            request->from_folder = arena_copy(&request->arena, folder_of(from));
    }
    prompt_close(&app->prompt);
    app_ask(app, effects, request);
}

void relocate_take(struct app *app, const struct result *result)
{
    const struct relocated *done = &result->relocated;
    char a[NUMBER_MAX], b[NUMBER_MAX], c[NUMBER_MAX];
    app_notice(app, "%s found there, %s not found, %s with other bytes",
               format_number(done->moved, a), format_number(done->missing, b),
               format_number(done->changed, c));
    app_data_changed(app);
}
