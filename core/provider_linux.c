/*
 * Linux hosts: commands as auditd, sudo and shells log them.  What matters here are tc
 * (mirred) and ovs-vsctl; other commands are kept as events, since they tell what else
 * the actor did.  Forms: audit.rules(7), sudoers(5) "LOG FORMAT", bash(1)
 * HISTTIMEFORMAT.
 */
#include "config.h"

#include "core/address.h"
#include "core/device_line.h"
#include "core/line_state.h"

/* ovs-vsctl is Open vSwitch's, whoever logged that it ran. */
static void set_provider(struct event *event)
{
    struct slice rest = event->text[FIELD_OPERATION];
    for (int words = 0; words < 3; words++) {
        if (slice_ends_with(slice_word(&rest), SLICE("ovs-vsctl")))
            event->provider = PROVIDER_OPENVSWITCH;
    }
}

/* ---- auditd ---- */

/* "type=EXECVE msg=audit(1773455103.100:4711): argc=3 a0="tc" a1="filter" a2=616464" */
bool linux_audit_fits(struct device_line *line)
{
    return slice_present(text_value(line->line, SLICE("type")));
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* An argument with blanks or quotes is written in hexadecimal, without quotes. */
static size_t put_argument(struct slice text, bool quoted, char *out)
{
    size_t length = 0;
    bool hex = !quoted && text.length && text.length % 2 == 0;
    for (size_t i = 0; hex && i < text.length; i++)
        hex = hex_value(text.data[i]) >= 0;
    if (!hex) {
        if (text.length)
            memcpy(out, text.data, text.length);
        return text.length;
    }
    for (size_t i = 0; i + 1 < text.length; i += 2)
        out[length++] =
            (char)(hex_value(text.data[i]) * 16 + hex_value(text.data[i + 1]));
    return length;
}

/* The arguments stand in order, so one pass over the words suffices. */
static struct slice join_arguments(struct arena *arena, struct slice line)
{
    struct slice rest = text_after(line, SLICE(" a0="));
    char *out = arena_alloc(arena, rest.length + 1);
    size_t length = 0;
    if (!out)
        return SLICE_NONE;
    while (rest.length) {
        bool quoted = rest.data[0] == '"';
        struct slice value = quoted ? slice_skip(rest, 1) : rest;
        rest = value;
        value = slice_cut(&rest, quoted ? '"' : ' ');
        if (length)
            out[length++] = ' ';
        length += put_argument(value, quoted, out + length);
        struct slice key = slice_cut(&rest, '=');
        if (!slice_starts_with(slice_trim(key), SLICE("a")))
            break;
    }
    return length ? (struct slice){out, length} : SLICE_NONE;
}

static struct slice audit_event(const struct device_line *line)
{
    return text_between(line->line, SLICE("msg=audit("), ')');
}

static void set_audit_header(struct device_line *line, struct slice event)
{
    struct time_value time;
    struct slice stamp = slice_cut(&event, ':');
    struct slice node = text_value(line->line, SLICE("node"));
    ptrdiff_t type = slice_find(line->line, SLICE("type="));
    device_line_header_before(line, node.length ? 0 : (size_t)(type < 0 ? 0 : type));
    if (node.length)
        line->header.host = node;
    device_set_header(line, STAMP_OF_DEVICE);
    if (stamp.length && !timestamp_epoch(stamp, &time))
        form_set_time(line->event, stamp, 0, time);
}

static struct slice user_name(struct slice line, struct slice name_key,
                              struct slice id_key)
{
    /* Enriched logs have the name; a number stands where they do not. */
    struct slice name = text_value(line, name_key);
    if (!name.length) {
        ptrdiff_t at = slice_find(line, name_key);
        struct slice rest = at < 0 ? SLICE_NONE : slice_skip(line, (size_t)at);
        if (at > 0 && line.data[at - 1] == '\x1d')
            name = text_value(rest, name_key);
    }
    return name.length ? name : text_value(line, id_key);
}

static void remember_actor(struct device_line *line, struct slice event)
{
    const struct audit_actor actor = {
        .event = event,
        .user = user_name(line->line, SLICE("AUID"), SLICE("auid")),
        .user_id = text_value(line->line, SLICE("auid")),
        .session = text_value(line->line, SLICE("ses")),
        .failed = slice_equal(text_value(line->line, SLICE("success")), SLICE("no")),
    };
    line_state_add_audit(line->normaliser->lines, &actor);
}

static enum record_class fill_execve(struct device_line *line, struct slice id)
{
    struct event *event = line->event;
    struct audit_actor actor;
    set_audit_header(line, id);
    event->text[FIELD_OPERATION] = join_arguments(&line->normaliser->arena, line->line);
    if (!event->text[FIELD_OPERATION].length)
        event->text[FIELD_OPERATION] = SLICE("execve");
    event->text[FIELD_SERVICE] = SLICE("auditd");
    event->text[FIELD_CORRELATION_ID] = id;
    if (line_state_find_audit(line->normaliser->lines, id, &actor)) {
        device_set(event, FIELD_ACTOR, actor.user);
        device_set(event, FIELD_ACTOR_ID, actor.user_id);
        event->outcome = actor.failed ? OUTCOME_FAILURE : OUTCOME_SUCCESS;
    }
    set_provider(event);
    return RECORD_EVENT;
}

/* "type=USER_LOGIN msg=audit(..): ... acct="x" ... addr=198.51.100.23 res=success" */
static enum record_class fill_login(struct device_line *line, struct slice id,
                                    struct slice type)
{
    struct event *event = line->event;
    struct slice result = text_value(line->line, SLICE("res"));
    set_audit_header(line, id);
    event->text[FIELD_OPERATION] = type;
    event->text[FIELD_SERVICE] = SLICE("auditd");
    device_set(event, FIELD_ACTOR, user_name(line->line, SLICE("acct"), SLICE("auid")));
    form_set_address(event, address_in_text(text_value(line->line, SLICE("addr"))));
    event->outcome =
        slice_starts_with(result, SLICE("success")) ? OUTCOME_SUCCESS : OUTCOME_FAILURE;
    return RECORD_EVENT;
}

enum record_class linux_audit_fill(struct device_line *line, const char **reason)
{
    struct slice id = audit_event(line);
    struct slice type = text_value(line->line, SLICE("type"));
    if (slice_equal(type, SLICE("EXECVE")))
        return fill_execve(line, id);
    if (slice_equal(type, SLICE("USER_LOGIN")) || slice_equal(type, SLICE("USER_AUTH")))
        return fill_login(line, id, type);
    if (slice_equal(type, SLICE("SYSCALL")))
        remember_actor(line, id);
    *reason = "audit record beside a command's";
    return RECORD_SKIPPED;
}

/* ---- sudo ---- */

/* "sudo[811]: mallory : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/sbin/tc filter ..." */
bool linux_sudo_fits(struct device_line *line)
{
    bool named = slice_find(line->line, SLICE("sudo")) >= 0 ||
                 (line->relay && slice_equal(line->relay->tag, SLICE("sudo")));
    return named && slice_find(line->line, SLICE(" : ")) >= 0;
}

enum record_class linux_sudo_fill(struct device_line *line, const char **reason)
{
    struct event *event = line->event;
    struct slice text = line->line;
    (void)reason;
    ptrdiff_t tag = slice_find(text, SLICE("sudo"));
    struct slice who = slice_first(text, (size_t)slice_find(text, SLICE(" : ")));
    who = slice_trim(who);
    device_line_header_before(line, tag < 0 ? 0 : (size_t)tag);
    device_set_header(line, STAMP_OF_DEVICE);
    event->text[FIELD_ACTOR] = slice_skip(who, (size_t)(slice_rindex(who, ' ') + 1));
    event->text[FIELD_OPERATION] = slice_trim(text_after(text, SLICE("COMMAND=")));
    if (!event->text[FIELD_OPERATION].length)
        event->text[FIELD_OPERATION] = SLICE("sudo");
    event->text[FIELD_SERVICE] = SLICE("sudo");
    device_set(event, FIELD_SOURCE_TEXT, text_between(text, SLICE("TTY="), ' '));
    bool refused = slice_find(text, SLICE("command not allowed")) >= 0 ||
                   slice_find(text, SLICE("NOT in sudoers")) >= 0 ||
                   slice_find(text, SLICE("incorrect password")) >= 0;
    event->outcome = refused ? OUTCOME_DENIED : OUTCOME_SUCCESS;
    set_provider(event);
    return RECORD_EVENT;
}

/* ---- shells ---- */

/* Whether a word of the line is that command, with or without its folder. */
static ptrdiff_t find_command(struct slice line, struct slice name)
{
    struct slice rest = line;
    ptrdiff_t found;
    while ((found = slice_find(rest, name)) >= 0) {
        size_t at = (size_t)(rest.data - line.data) + (size_t)found;
        struct slice behind = slice_skip(line, at + name.length);
        bool begins = at == 0 || line.data[at - 1] == ' ' || line.data[at - 1] == '/' ||
                      line.data[at - 1] == '\'' || line.data[at - 1] == '"';
        if (begins && behind.length && behind.data[0] == ' ')
            return (ptrdiff_t)at;
        rest = slice_skip(rest, (size_t)found + name.length);
    }
    return -1;
}

/* Where a command that mirrors begins: "tc ... mirred", "tc qdisc del", "ovs-vsctl ...
 * mirror"; -1 for all other lines. */
static ptrdiff_t find_mirroring(struct slice line)
{
    ptrdiff_t tc = find_command(line, SLICE("tc"));
    if (tc >= 0) {
        struct slice rest = slice_skip(line, (size_t)tc + 2);
        struct slice object = slice_word(&rest), verb = slice_word(&rest);
        bool deletes = slice_starts_with(verb, SLICE("del")) &&
                       (slice_equal(object, SLICE("qdisc")) ||
                        slice_equal(object, SLICE("filter")));
        if (deletes || slice_find(line, SLICE(" mirred ")) >= 0)
            return tc;
    }
    ptrdiff_t ovs = find_command(line, SLICE("ovs-vsctl"));
    return ovs >= 0 && slice_find_nocase(line, SLICE("mirror")) >= 0 ? ovs : -1;
}

static bool is_history_stamp(struct slice line)
{
    enum { EPOCH_DIGITS = 10 };
    if (line.length != 1 + EPOCH_DIGITS || line.data[0] != '#')
        return false;
    for (size_t i = 1; i < line.length; i++) {
        if (line.data[i] < '0' || line.data[i] > '9')
            return false;
    }
    return true;
}

/* A file of history, a shell that logs its commands, or any message that tells of a
 * command that mirrors. */
bool linux_shell_fits(struct device_line *line)
{
    return is_history_stamp(line->line) || find_mirroring(line->line) >= 0;
}

/* The path before the command's name belongs to it. */
static size_t path_begin(struct slice line, size_t at)
{
    while (at && line.data[at - 1] != ' ' && line.data[at - 1] != '"' &&
           line.data[at - 1] != '\'')
        at--;
    return at;
}

static void set_history_time(struct device_line *line)
{
    int64_t time_us = line_state_take_history(line->normaliser->lines);
    if (line->event->time_us != EVENT_TIME_NONE || time_us == EVENT_TIME_NONE)
        return;
    line->event->time_us = time_us;
    line->event->time_quality = TIME_EXACT;
}

enum record_class linux_shell_fill(struct device_line *line, const char **reason)
{
    struct event *event = line->event;
    struct time_value time;
    if (is_history_stamp(line->line)) {
        if (!timestamp_epoch(slice_skip(line->line, 1), &time))
            line_state_set_history(line->normaliser->lines, time.us);
        *reason = "time of a command in a shell's history";
        return RECORD_SKIPPED;
    }
    size_t at = path_begin(line->line, (size_t)find_mirroring(line->line));
    ptrdiff_t colon = slice_find(slice_first(line->line, at), SLICE(": "));
    device_line_header_before(line, colon < 0 ? 0 : (size_t)colon + 2);
    device_set_header(line, STAMP_OF_DEVICE);
    set_history_time(line);
    event->text[FIELD_OPERATION] = slice_skip(line->line, at);
    event->text[FIELD_SERVICE] = SLICE("shell");
    event->outcome = OUTCOME_SUCCESS;
    device_set_who(event, slice_first(line->line, at));
    set_provider(event);
    return RECORD_EVENT;
}
