#include "config.h"

#include "core/address.h"
#include "core/device_context.h"
#include "core/device_line.h"
#include "core/line_state.h"

/* ---- readers of text ---- */

struct slice text_after(struct slice text, struct slice mark)
{
    ptrdiff_t at = slice_find_nocase(text, mark);
    return at < 0 ? SLICE_NONE : slice_skip(text, (size_t)at + mark.length);
}

struct slice text_between(struct slice text, struct slice mark, char end)
{
    struct slice rest = text_after(text, mark);
    if (!slice_present(rest))
        return SLICE_NONE;
    return slice_trim(slice_cut(&rest, end));
}

static bool begins_a_key(struct slice text, size_t at)
{
    return at == 0 || strchr(" \t,;([{>", text.data[at - 1]);
}

/* Behind the quote, up to the next one that no backslash escapes. */
static struct slice quoted(struct slice text)
{
    size_t end = 1;
    while (end < text.length && text.data[end] != '"')
        end += text.data[end] == '\\' ? 2 : 1;
    return slice_first(slice_skip(text, 1), end - 1);
}

static struct slice value_at(struct slice text)
{
    if (text.length && text.data[0] == '"')
        return quoted(text);
    size_t end = 0;
    while (end < text.length && !strchr(" \t,)", text.data[end]))
        end++;
    return slice_first(text, end);
}

struct slice text_value(struct slice text, struct slice key)
{
    struct slice rest = text;
    ptrdiff_t found;
    while ((found = slice_find(rest, key)) >= 0) {
        size_t at = (size_t)(rest.data - text.data) + (size_t)found;
        struct slice behind = slice_skip(text, at + key.length);
        if (behind.length && behind.data[0] == '=' && begins_a_key(text, at)) {
            struct slice value = value_at(slice_skip(behind, 1));
            return value.length ? value : SLICE_NONE;
        }
        rest = behind;
    }
    return SLICE_NONE;
}

/* ---- the header ---- */

bool device_line_header(struct device_line *line)
{
    if (!line->header_read)
        line->header_found = syslog_header_parse(line->line, &line->header);
    line->header_read = true;
    return line->header_found;
}

void device_line_header_before(struct device_line *line, size_t anchor)
{
    line->header = (struct syslog_header){0};
    syslog_header_read(slice_first(line->line, anchor), &line->header);
    line->header_read = line->header_found = true;
}

/* ---- which device ---- */

static struct slice device_name(const struct device_line *line)
{
    const struct syslog_header *header = &line->header;
    const struct line_state *state = line->normaliser->lines;
    if (slice_present(header->host))
        return header->host;
    if (slice_present(header->relay_host))
        return header->relay_host;
    if (line->relay && line->relay->host.length)
        return line->relay->host;
    return state ? line_state_prompt(state) : SLICE_NONE;
}

/* Syslog lines have no id.  With a sequence number a copy of the line in another
 * file can be told from a second line of the same text. */
static void set_merge_key(struct device_line *line)
{
    const struct syslog_header *header = &line->header;
    static const struct slice between = {"\x1f", 1};
    struct slice stamp = header->stamp.data ? header->stamp : header->relay_stamp;
    if (!slice_present(header->sequence))
        return;
    const struct slice parts[] = {line->event->text[FIELD_ACCOUNT],
                                  between,
                                  header->sequence,
                                  between,
                                  stamp,
                                  between,
                                  header->token,
                                  between,
                                  header->text};
    line->event->merge_key =
        arena_join(&line->normaliser->arena, parts, sizeof(parts) / sizeof(parts[0]));
}

void device_set_header(struct device_line *line, enum stamp_owner owner)
{
    device_set(line->event, FIELD_ACCOUNT, device_name(line));
    device_set_time(line, owner);
    set_merge_key(line);
}

void device_set(struct event *event, enum event_field field, struct slice text)
{
    if (text.length)
        event->text[field] = text;
}

/* ---- commands ---- */

struct device_contexts *device_line_contexts(struct device_line *line)
{
    struct normaliser *normaliser = line->normaliser;
    if (!normaliser->devices)
        normaliser->devices = device_contexts_new();
    return normaliser->devices;
}

void device_set_command(struct device_line *line, struct slice user,
                        struct slice command)
{
    struct event *event = line->event;
    struct device_contexts *contexts = device_line_contexts(line);
    event->text[FIELD_OPERATION] = command;
    device_set(event, FIELD_ACTOR, user);
    /* A log of commands tells of what the device took, and of no result. */
    event->outcome = OUTCOME_SUCCESS;
    if (contexts)
        device_set(event, FIELD_MODE,
                   device_contexts_command(contexts, event->text[FIELD_ACCOUNT], user,
                                           event->time_us, command,
                                           &line->normaliser->arena));
}

/* ---- who ---- */

void device_set_terminal(struct event *event, struct slice place)
{
    struct slice inside = text_between(place, SLICE("("), ')');
    struct slice terminal = slice_trim(slice_cut(&place, '('));
    struct slice before = terminal;
    before = slice_trim(slice_cut(&before, '@'));
    struct slice address = address_in_text(inside);
    if (!slice_present(address))
        address = address_in_text(before);
    if (slice_present(address))
        event->text[FIELD_SOURCE_IP] = address;
    else
        device_set(event, FIELD_SOURCE_TEXT, terminal);
}

/* Words that stand before a user's name, the surest first, and what ends the name. */
static const struct mark {
    struct slice before;
    char end;
} actor_marks[] = {
    {SLICE_INIT("[user:"), ']'},
    {SLICE_INIT("user ''"), '\''},
    {SLICE_INIT("user '"), '\''},
    {SLICE_INIT("User:"), ' '},
    {SLICE_INIT("for invalid user "), ' '},
    {SLICE_INIT("for illegal user "), ' '},
    {SLICE_INIT("for user "), ' '},
    {SLICE_INIT("Accepted password for "), ' '},
    {SLICE_INIT("Accepted publickey for "), ' '},
    {SLICE_INIT("Failed password for "), ' '},
    {SLICE_INIT("Failed publickey for "), ' '},
    {SLICE_INIT("user "), ' '},
};

static const struct mark address_marks[] = {
    {SLICE_INIT("[Source:"), ']'},
    {SLICE_INIT("[from:"), ']'},
    {SLICE_INIT("ssh-connection '"), ' '},
    {SLICE_INIT("from host '"), '\''},
    {SLICE_INIT("from '"), '\''},
    {SLICE_INIT("from "), ' '},
    {SLICE_INIT("("), ')'},
};

static void set_actor(struct event *event, struct slice text)
{
    const size_t count = sizeof(actor_marks) / sizeof(actor_marks[0]);
    for (size_t i = 0; i < count && !event->text[FIELD_ACTOR].length; i++) {
        const struct mark *mark = &actor_marks[i];
        struct slice rest = text_after(text, mark->before);
        if (rest.length && rest.data[0] == ' ')
            rest = slice_trim(rest); /* "[user: mallory]" */
        device_set(event, FIELD_ACTOR, slice_trim(slice_cut(&rest, mark->end)));
    }
}

void device_set_who(struct event *event, struct slice text)
{
    const size_t count = sizeof(address_marks) / sizeof(address_marks[0]);
    set_actor(event, text);
    for (size_t i = 0; i < count && !event->text[FIELD_SOURCE_IP].length; i++) {
        const struct mark *mark = &address_marks[i];
        struct slice found = text_between(text, mark->before, mark->end);
        struct slice address = address_in_text(found);
        if (slice_present(address))
            event->text[FIELD_SOURCE_IP] = address;
        else if (i == 0)
            device_set(event, FIELD_SOURCE_TEXT, found);
    }
}
