/* Help, made from the table of actions: the screen that it was asked on comes first. */
#include "config.h"

#include <stdio.h>

#include "tui/key.h"
#include "tui/view.h"

static const char *const view_names[VIEW_COUNT] = {
    [VIEW_GROUPS] = "actors",     [VIEW_HITS] = "operations",
    [VIEW_HIT] = "one operation", [VIEW_APPROVALS] = "approvals",
    [VIEW_SOURCES] = "sources",   [VIEW_REJECTS] = "what was not read",
    [VIEW_TIMELINE] = "timeline", [VIEW_MIRRORS] = "mirrors",
    [VIEW_MIRROR] = "one mirror", [VIEW_CONTEXT] = "context",
    [VIEW_COVERAGE] = "coverage", [VIEW_TALLY] = "count by",
    [VIEW_EVENTS] = "events",     [VIEW_SEARCH] = "search raw",
    [VIEW_EVENT] = "one event",   [VIEW_HELP] = "help",
};

/* Not keys, but asked about as often. */
static const struct {
    const char *sign, *meaning;
} signs[] = {
    {"!", "a creation (or Creation/Modification) that nobody approved"},
    {"x", "attempts only: failed, denied or dry run; no mirror came of it"},
    {"a", "approved: covered by an entry of the approvals"},
    {"F", "copies to a foreign account, subscription, project or network"},
    {"5?", "includes Creation/Modification: the log does not say which of the two"},
    {"\\x1B", "a byte or character of the log that is not shown as it is"},
    {"...", "not read yet"},
};

static void keys_line(struct document *document, const struct action *action)
{
    char keys[ACTION_KEYS * KEY_NAME_MAX] = "";
    size_t used = 0;
    for (size_t i = 0; i < ACTION_KEYS && action->keys[i]; i++) {
        char name[KEY_NAME_MAX];
        key_label(action->keys[i], name);
        used += (size_t)snprintf(keys + used, sizeof keys - used, "%s%s", i ? " " : "",
                                 name);
    }
    document_line(document, 3, 25);
    document_printf(document, ROLE_KEY, "%-21s ", keys);
    document_label(document, action->help, ROLE_TEXT);
}

/* " (actors, operations)": where a key is to be pressed. */
static void screens_of(struct document *document, const struct action *action)
{
    const char *separator = " (";
    for (int i = 0; i < VIEW_COUNT; i++) {
        if (!(action->views & 1u << i))
            continue;
        document_printf(document, ROLE_DIM, "%s%s", separator, view_names[i]);
        separator = ", ";
    }
    document_label(document, ")", ROLE_DIM);
}

static void section(struct document *document, enum view_id view, bool of_view)
{
    const char *heading = NULL;
    for (size_t i = 0; i < ACTION_COUNT; i++) {
        const struct action *action = &actions_table[i];
        if (((action->views & 1u << view) != 0) != of_view)
            continue;
        if (!heading || strcmp(heading, action->section)) {
            heading = action->section;
            document_heading(document, heading);
        }
        keys_line(document, action);
        if (!of_view)
            screens_of(document, action);
    }
}

static void build(struct app *app)
{
    struct document *document = &app->help_document;
    document_start(document, app->width);
    document_line(document, 1, 1);
    document_printf(document, ROLE_TITLE, "Keys on this screen: %s",
                    view_names[app->help_of]);
    section(document, app->help_of, true);
    document_heading(document, "Signs");
    for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++) {
        document_line(document, 3, 25);
        document_add_raw(document,
                         arena_printf(&document->arena, "%-21s ", signs[i].sign),
                         ROLE_KEY);
        document_label(document, signs[i].meaning, ROLE_TEXT);
    }
    document_line(document, 0, 0);
    document_line(document, 1, 1);
    document_label(document, "Keys on other screens", ROLE_TITLE);
    section(document, app->help_of, false);
}

static struct list *list(struct app *app)
{
    return &app->help_list;
}

static void resize(struct app *app, const struct layout *layout)
{
    if (!app->help_document.line_count)
        build(app);
    size_t lines = app->help_document.line_count;
    size_t height = (size_t)layout->body_height;
    list_resize(&app->help_list, 1);
    list_set_total(&app->help_list, lines > height ? lines - height + 1 : 1);
}

static void render(const struct app *app, struct canvas *canvas,
                   const struct layout *layout)
{
    for (int i = 0; i < layout->body_height; i++)
        document_render(&app->help_document, app->help_list.top + (size_t)i, canvas,
                        layout->body + i);
}

const struct view view_help = {
    .list = list,
    .resize = resize,
    .render = render,
};
