/*
 * Huawei VRP: %%01SHELL/5/CMDRECORD and its kin tell of commands, with user and
 * address. Commands are given in views (`interface GigabitEthernet0/0/1`), which the
 * line does not name.  Forms of the line differ by release; real ones were read of V200
 * switches and USG firewalls.
 */
#include "config.h"

#include "core/address.h"
#include "core/device_context.h"
#include "core/device_line.h"

struct vrp_message {
    struct slice token; /* "SHELL/5/CMDRECORD" */
    struct slice module;
    struct slice text;
};

/* "%%01SHELL/5/CMDRECORD(s)[13]:text" */
static bool find_message(struct slice line, size_t *anchor, struct vrp_message *out)
{
    static const struct slice mark = {"%%01", 4};
    ptrdiff_t at = slice_find(line, mark);
    if (at < 0)
        return false;
    struct slice rest = slice_skip(line, (size_t)at + mark.length);
    size_t length = 0;
    while (length < rest.length && !strchr("([: ", rest.data[length]))
        length++;
    ptrdiff_t colon = slice_index(rest, ':');
    out->token = slice_first(rest, length);
    ptrdiff_t slash = slice_index(out->token, '/');
    if (slash <= 0 || colon < 0)
        return false;
    *anchor = (size_t)at;
    out->module = slice_first(out->token, (size_t)slash);
    out->text = slice_trim(slice_skip(rest, (size_t)colon + 1));
    return true;
}

bool vrp_fits(struct device_line *line)
{
    struct vrp_message message;
    size_t anchor;
    return find_message(line->line, &anchor, &message);
}

/* "Command=" up to the end of its quotes; an old form has "command:... ." */
static struct slice command_of(struct slice text)
{
    struct slice command = text_value(text, SLICE("Command"));
    if (!command.length)
        command = text_value(text, SLICE("Cmd"));
    if (command.length)
        return slice_trim(command);
    command = slice_trim(text_after(text, SLICE("command:")));
    if (command.length && command.data[command.length - 1] == '.')
        command.length--;
    return command;
}

static struct slice named(struct slice text, struct slice key, struct slice old_key)
{
    struct slice value = text_value(text, key);
    return value.length ? value : text_between(text, old_key, ' ');
}

/* The view that a command is given in; `quit` and `return` leave it. */
static void follow(struct device_line *line, struct slice user, struct slice command)
{
    struct device_contexts *contexts = device_line_contexts(line);
    struct slice device = line->event->text[FIELD_ACCOUNT], rest = command;
    if (!contexts)
        return;
    struct slice word = slice_word(&rest);
    device_set(line->event, FIELD_MODE,
               device_contexts_place(contexts, device, user, &line->normaliser->arena));
    if (slice_equal(word, SLICE("interface")) && rest.length) {
        line->event->text[FIELD_MODE] = SLICE_NONE;
        device_contexts_set_place(contexts, device, user, command);
    } else if (slice_equal(word, SLICE("quit")) || slice_equal(word, SLICE("return")) ||
               slice_equal(word, SLICE("system-view"))) {
        device_contexts_set_place(contexts, device, user, SLICE_NONE);
    }
}

static void fill_command(struct device_line *line, const struct vrp_message *message,
                         struct slice command)
{
    struct event *event = line->event;
    struct slice text = message->text;
    struct slice address = named(text, SLICE("Ip"), SLICE(" ip:"));
    struct slice result = text_value(text, SLICE("Result"));
    struct slice user = named(text, SLICE("User"), SLICE(" user:"));
    event->text[FIELD_OPERATION] = command;
    device_set(event, FIELD_ACTOR, user);
    form_set_address(event, address.length ? address : SLICE_NONE);
    if (!slice_present(event->text[FIELD_SOURCE_IP]))
        device_set(event, FIELD_SOURCE_TEXT,
                   named(text, SLICE("Task"), SLICE("task:")));
    event->outcome = !result.length || slice_starts_with_nocase(result, SLICE("succ"))
                         ? OUTCOME_SUCCESS
                         : OUTCOME_FAILURE;
    follow(line, user, command);
}

enum record_class vrp_fill(struct device_line *line, const char **reason)
{
    struct vrp_message message = {0};
    size_t anchor = 0;
    (void)reason;
    find_message(line->line, &anchor, &message);
    device_line_header_before(line, anchor);
    device_set_header(line, STAMP_OF_DEVICE);
    line->event->text[FIELD_OPERATION] = message.token;
    line->event->text[FIELD_SERVICE] = message.module;
    struct slice command = command_of(message.text);
    if (command.length && slice_find(message.token, SLICE("CMD")) >= 0) {
        fill_command(line, &message, command);
        return RECORD_EVENT;
    }
    device_set(line->event, FIELD_ACTOR, text_value(message.text, SLICE("UserName")));
    form_set_address(line->event, text_value(message.text, SLICE("IPAddress")));
    device_set_who(line->event, message.text);
    return RECORD_EVENT;
}
