/*
 * Junos: what mgd logs of commands (UI_CMDLINE_READ_LINE, UI_NETCONF_CMD), of the
 * candidate configuration (UI_CFG_AUDIT_*) and of commits, as RFC 3164 lines, with an
 * explicit priority (%INTERACT-6-UI_...), or structured (RFC 5424).  A changed
 * candidate mirrors nothing yet, so its outcome is pending: the commit decides.
 */
#include "config.h"

#include "core/address.h"
#include "core/device_context.h"
#include "core/device_line.h"

struct junos_message {
    struct slice code;   /* "UI_COMMIT" */
    struct slice text;   /* what follows it */
    struct slice values; /* name="value" pairs of a structured line, else absent */
};

/* ---- recognition ---- */

/* The beginnings of message codes that only Junos writes. */
static const struct slice codes[] = {
    SLICE_INIT("UI_"),       SLICE_INIT("RPD_"),     SLICE_INIT("RT_"),
    SLICE_INIT("SNMP_TRAP"), SLICE_INIT("BGP_"),     SLICE_INIT("ESWD_"),
    SLICE_INIT("L2ALD_"),    SLICE_INIT("L2CPD_"),   SLICE_INIT("LACP_"),
    SLICE_INIT("DDOS_"),     SLICE_INIT("SSHD_"),    SLICE_INIT("LOGIN_"),
    SLICE_INIT("CHASSISD_"), SLICE_INIT("PFE_"),     SLICE_INIT("IDP_"),
    SLICE_INIT("WEBFILTER"), SLICE_INIT("RTLOG_"),   SLICE_INIT("KMD_"),
    SLICE_INIT("DCD_"),      SLICE_INIT("JSRPD_"),   SLICE_INIT("VCCPD_"),
    SLICE_INIT("AUTHD_"),    SLICE_INIT("MIB2D_"),   SLICE_INIT("EVENTD_"),
    SLICE_INIT("AAMW_"),     SLICE_INIT("SECINTEL"),
};

/* Daemons of Junos alone, for lines without a code. */
static const struct slice daemons[] = {
    SLICE_INIT("mgd"),      SLICE_INIT("rpd"),    SLICE_INIT("mib2d"),
    SLICE_INIT("chassisd"), SLICE_INIT("craftd"), SLICE_INIT("eswd"),
    SLICE_INIT("l2ald"),    SLICE_INIT("jddosd"), SLICE_INIT("jlaunchd"),
    SLICE_INIT("alarmd"),   SLICE_INIT("xntpd"),  SLICE_INIT("pfed"),
    SLICE_INIT("cosd"),     SLICE_INIT("dcd"),
};

static size_t code_length(struct slice text)
{
    size_t length = 0;
    while (length < text.length &&
           ((text.data[length] >= 'A' && text.data[length] <= 'Z') ||
            (text.data[length] >= '0' && text.data[length] <= '9') ||
            text.data[length] == '_'))
        length++;
    for (size_t i = 0; length && i < sizeof(codes) / sizeof(codes[0]); i++) {
        if (slice_starts_with(text, codes[i]) && length > codes[i].length)
            return length;
    }
    return 0;
}

/* Facilities that stand before a code where the priority is explicit. */
static const struct slice facilities[] = {
    SLICE_INIT("%INTERACT-"), SLICE_INIT("%CHANGE-"), SLICE_INIT("%CONFLICT-"),
    SLICE_INIT("%USER-"),     SLICE_INIT("%DAEMON-"), SLICE_INIT("%AUTH-"),
    SLICE_INIT("%PFE-"),      SLICE_INIT("%KERN-"),
};

/* "%INTERACT-6-". */
static struct slice skip_priority(struct slice text)
{
    bool told = text.length && text.data[0] == '%';
    for (size_t i = 0; told && i < sizeof(facilities) / sizeof(facilities[0]); i++) {
        struct slice rest = slice_skip(text, facilities[i].length);
        if (slice_starts_with(text, facilities[i]) && rest.length > 2 &&
            rest.data[1] == '-')
            return slice_skip(rest, 2);
    }
    return text;
}

/* The code stands behind the process and a colon; a few may come before that. */
static bool find_code(struct slice line, size_t *anchor, struct junos_message *out)
{
    enum { COLONS = 6 };
    struct slice rest = line;
    ptrdiff_t found;
    for (int i = 0; i < COLONS && (found = slice_find(rest, SLICE(": "))) >= 0; i++) {
        rest = slice_skip(rest, (size_t)found + 1);
        struct slice code = skip_priority(slice_trim(rest));
        size_t length = code_length(code);
        bool ends = length == code.length || (length && code.data[length] == ':');
        if (!length || !ends)
            continue;
        *anchor = (size_t)(rest.data - line.data);
        out->code = slice_first(code, length);
        out->text = slice_trim(slice_skip(code, length + 1));
        return true;
    }
    return false;
}

/* "vmx01 rpd[2902]: bgp_recv: ..." */
static bool find_daemon(struct slice line, size_t *anchor, struct junos_message *out)
{
    ptrdiff_t colon = slice_find(line, SLICE("]: "));
    struct slice before = slice_first(line, colon < 0 ? 0 : (size_t)colon);
    ptrdiff_t bracket = slice_rindex(before, '[');
    if (bracket < 0)
        return false;
    struct slice name = slice_first(before, (size_t)bracket);
    name = slice_skip(name, (size_t)(slice_rindex(name, ' ') + 1));
    for (size_t i = 0; i < sizeof(daemons) / sizeof(daemons[0]); i++) {
        if (!slice_equal(name, daemons[i]))
            continue;
        *anchor = (size_t)colon + 2;
        out->code = name;
        out->text = slice_trim(slice_skip(line, *anchor));
        return true;
    }
    return false;
}

bool junos_fits(struct device_line *line)
{
    struct junos_message message;
    size_t anchor;
    return find_code(line->line, &anchor, &message) ||
           find_daemon(line->line, &anchor, &message);
}

/* ---- where in the configuration ---- */

/* Levels of `edit` are kept apart, so that `exit` leaves one of them. */
static const char LEVEL = '\x1f';

static struct slice with_blanks(struct arena *arena, struct slice place)
{
    static const struct slice edit = {"edit ", 5};
    const struct slice parts[] = {edit, place};
    struct slice text = place.length ? arena_join(arena, parts, 2) : SLICE_NONE;
    for (size_t i = 0; i < text.length; i++) {
        if (text.data[i] == LEVEL)
            ((char *)text.data)[i] = ' ';
    }
    return text;
}

static struct slice deeper(struct arena *arena, struct slice place, struct slice level)
{
    const struct slice parts[] = {place, {&LEVEL, place.length ? 1 : 0}, level};
    return arena_join(arena, parts, 3);
}

static struct slice shallower(struct slice place)
{
    ptrdiff_t last = slice_rindex(place, LEVEL);
    return last < 0 ? SLICE_NONE : slice_first(place, (size_t)last);
}

/* Follows one command and returns the level that it was given at. */
static struct slice follow(struct device_line *line, struct slice user,
                           struct slice command)
{
    struct device_contexts *contexts = device_line_contexts(line);
    struct arena *arena = &line->normaliser->arena;
    struct slice device = line->event->text[FIELD_ACCOUNT], rest = command;
    if (!contexts)
        return SLICE_NONE;
    struct slice place = device_contexts_place(contexts, device, user, arena);
    struct slice word = slice_word(&rest), next = place;
    if (slice_equal(word, SLICE("top"))) {
        next = place = SLICE_NONE;
        word = slice_word(&rest);
    }
    if (slice_equal(word, SLICE("edit")) && rest.length)
        next = deeper(arena, place, rest);
    else if (slice_equal(word, SLICE("up")) || slice_equal(word, SLICE("exit")))
        next = shallower(place);
    else if (slice_equal(word, SLICE("quit")) || slice_equal(word, SLICE("configure")))
        next = SLICE_NONE;
    device_contexts_set_place(contexts, device, user, next);
    return with_blanks(arena, place);
}

/* ---- messages ---- */

/* Inside the quotes that close last; cut lines have none. */
static struct slice quoted_command(struct slice text)
{
    struct slice command = text_after(text, SLICE("command '"));
    ptrdiff_t end = slice_rindex(command, '\'');
    if (end >= 0)
        command = slice_first(command, (size_t)end);
    while (command.length && command.data[0] == '\'')
        command = slice_skip(command, 1);
    while (command.length && command.data[command.length - 1] == '\'')
        command.length--;
    return slice_trim(command);
}

static bool changes_candidate(struct slice command)
{
    static const struct slice verbs[] = {
        SLICE_INIT("set"),      SLICE_INIT("delete"),
        SLICE_INIT("activate"), SLICE_INIT("deactivate"),
        SLICE_INIT("load"),     SLICE_INIT("load-configuration"),
        SLICE_INIT("rename"),   SLICE_INIT("copy"),
        SLICE_INIT("replace"),  SLICE_INIT("insert"),
        SLICE_INIT("wildcard"), SLICE_INIT("top"),
    };
    struct slice verb = slice_word(&command);
    for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
        if (slice_equal(verb, verbs[i]))
            return true;
    }
    return false;
}

static void fill_command(struct device_line *line, const struct junos_message *message)
{
    struct event *event = line->event;
    struct slice command = slice_present(message->values)
                               ? text_value(message->values, SLICE("command"))
                               : quoted_command(message->text);
    command = slice_trim(command);
    if (!command.length)
        return;
    event->text[FIELD_OPERATION] = command;
    event->text[FIELD_SERVICE] = message->code;
    event->outcome = changes_candidate(command) ? OUTCOME_PENDING : OUTCOME_SUCCESS;
    device_set(event, FIELD_MODE, follow(line, event->text[FIELD_ACTOR], command));
}

/* Without brackets and backslashes: "[forwarding-options analyzer A1\]". */
static struct slice plain_path(struct arena *arena, struct slice path)
{
    char *out = arena_alloc(arena, path.length ? path.length : 1);
    size_t length = 0;
    for (size_t i = 0; out && i < path.length; i++) {
        if (!strchr("[]\\", path.data[i]))
            out[length++] = path.data[i];
    }
    return slice_trim((struct slice){out, length});
}

/* The new value behind `unconfigured -- "x"` or `"old" -> "x"`, quotes taken off. */
static struct slice new_value(struct slice text)
{
    ptrdiff_t at = slice_find(text, SLICE(" -- "));
    ptrdiff_t arrow = slice_find(text, SLICE(" -> "));
    if (arrow >= 0)
        at = arrow;
    if (at < 0)
        return SLICE_NONE;
    struct slice value = slice_trim(slice_skip(text, (size_t)at + 4));
    while (value.length && value.data[0] == '"')
        value = slice_skip(value, 1);
    while (value.length && value.data[value.length - 1] == '"')
        value.length--;
    return value;
}

/* "User 'x' set: [forwarding-options analyzer A1 output] unconfigured -- "..."": the
 * whole path, so it reads as the command from the top. */
static void fill_audit(struct device_line *line, const struct junos_message *message)
{
    struct arena *arena = &line->normaliser->arena;
    struct event *event = line->event;
    static const struct slice blank = {" ", 1};
    struct slice action, path, value;
    if (slice_present(message->values)) {
        action = text_value(message->values, SLICE("action"));
        path = text_value(message->values, SLICE("pathname"));
        value = text_value(message->values, SLICE("value"));
    } else {
        struct slice rest = text_after(message->text, SLICE("' "));
        action = slice_trim(slice_cut(&rest, ':'));
        path = text_between(rest, SLICE("["), ']');
        value = new_value(text_after(rest, SLICE("]")));
    }
    if (!action.length || !path.length)
        return;
    const struct slice parts[] = {action, blank, plain_path(arena, path),
                                  value.length ? blank : SLICE_NONE, value};
    event->text[FIELD_OPERATION] = arena_join(arena, parts, 5);
    event->text[FIELD_SERVICE] = message->code;
    event->outcome = OUTCOME_PENDING;
}

/* "User 'luke' requested 'commit check' operation", "... is performing a 'rollback 3'":
 * what was asked for; "commit complete". */
static void fill_commit(struct device_line *line, const struct junos_message *message)
{
    struct slice asked = text_between(message->text, SLICE("requested '"), '\'');
    if (!asked.length)
        asked = text_between(message->text, SLICE("performing a '"), '\'');
    if (!asked.length && slice_present(message->values))
        asked = text_value(message->values, SLICE("command"));
    device_set(line->event, FIELD_RESOURCE, asked);
    line->event->outcome = OUTCOME_SUCCESS;
}

static void fill_login(struct device_line *line, const struct junos_message *message)
{
    struct event *event = line->event;
    bool failed = slice_find(message->code, SLICE("FAIL")) >= 0 ||
                  slice_find(message->code, SLICE("INVALID")) >= 0;
    event->outcome = failed ? OUTCOME_FAILURE : OUTCOME_SUCCESS;
}

static const struct {
    struct slice code; /* how it begins */
    void (*fill)(struct device_line *line, const struct junos_message *message);
} fills[] = {
    {SLICE_INIT("UI_CMDLINE_READ_LINE"), fill_command},
    {SLICE_INIT("UI_NETCONF_CMD"), fill_command},
    {SLICE_INIT("UI_CFG_AUDIT_"), fill_audit},
    {SLICE_INIT("UI_COMMIT"), fill_commit},
    {SLICE_INIT("UI_LOAD_EVENT"), fill_commit},
    {SLICE_INIT("UI_LOG"), fill_login},
    {SLICE_INIT("UI_AUTH"), fill_login},
    {SLICE_INIT("UI_DBASE_LOG"), fill_login},
    {SLICE_INIT("SSHD_"), fill_login},
    {SLICE_INIT("LOGIN_"), fill_login},
};

/* Sessions that a firewall let through or not are no configuration. */
static bool is_traffic(struct slice code)
{
    static const struct slice beginnings[] = {
        SLICE_INIT("RT_FLOW"), SLICE_INIT("WEBFILTER"), SLICE_INIT("IDP_"),
        SLICE_INIT("AAMW_"), SLICE_INIT("SECINTEL")};
    for (size_t i = 0; i < sizeof(beginnings) / sizeof(beginnings[0]); i++) {
        if (slice_starts_with(code, beginnings[i]))
            return true;
    }
    return false;
}

static enum record_class fill_message(struct device_line *line,
                                      const struct junos_message *message,
                                      const char **reason)
{
    struct event *event = line->event;
    if (is_traffic(message->code)) {
        *reason = "log of traffic, not of configuration";
        return RECORD_SKIPPED;
    }
    event->text[FIELD_OPERATION] = message->code;
    event->text[FIELD_SERVICE] =
        slice_present(line->header.process) ? line->header.process : SLICE("junos");
    device_set(event, FIELD_ACTOR, text_value(message->values, SLICE("username")));
    device_set_who(event, message->text);
    for (size_t i = 0; i < sizeof(fills) / sizeof(fills[0]); i++) {
        if (slice_starts_with(message->code, fills[i].code)) {
            fills[i].fill(line, message);
            break;
        }
    }
    return RECORD_EVENT;
}

enum record_class junos_fill(struct device_line *line, const char **reason)
{
    struct junos_message message = {0};
    size_t anchor = 0;
    if (!find_code(line->line, &anchor, &message))
        find_daemon(line->line, &anchor, &message);
    device_line_header_before(line, anchor);
    device_set_header(line, STAMP_OF_DEVICE);
    return fill_message(line, &message, reason);
}

/* ---- structured ---- */

/* "... mx1 mgd 7729 UI_COMMIT [junos@2636.1.1.1.2.18 username="x"] text" */
static bool find_structured(struct slice line, size_t *anchor,
                            struct junos_message *out)
{
    ptrdiff_t values = slice_find(line, SLICE("[junos@2636."));
    struct slice before =
        slice_trim(slice_first(line, values < 0 ? 0 : (size_t)values));
    size_t code = (size_t)(slice_rindex(before, ' ') + 1);
    out->code = slice_skip(before, code);
    if (values < 0 || !out->code.length)
        return false;
    *anchor = code;
    out->values = slice_skip(line, (size_t)values + 1);
    /* A bracket inside a value has a backslash before it. */
    size_t end = 0;
    while (end < out->values.length && out->values.data[end] != ']')
        end += out->values.data[end] == '\\' ? 2 : 1;
    out->text = slice_trim(slice_skip(out->values, end + 1));
    out->values = slice_first(out->values, end);
    return true;
}

bool junos_structured_fits(struct device_line *line)
{
    struct junos_message message;
    size_t anchor;
    return find_structured(line->line, &anchor, &message);
}

enum record_class junos_structured_fill(struct device_line *line, const char **reason)
{
    struct junos_message message = {0};
    size_t anchor = 0;
    find_structured(line->line, &anchor, &message);
    device_line_header_before(line, anchor);
    device_set_header(line, STAMP_OF_DEVICE);
    return fill_message(line, &message, reason);
}
