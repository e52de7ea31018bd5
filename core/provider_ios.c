/*
 * Cisco IOS and IOS XE over syslog.  Commands come from the config logger (Cisco,
 * "Configuration Change Notification and Logging": archive, log config, notify
 * syslog); it names the user and not the address, which the login and
 * configuration notices have.
 */
#include "config.h"

#include "core/address.h"
#include "core/cisco_command.h"
#include "core/device_context.h"
#include "core/form_internal.h"
#include "core/syslog_header.h"

struct cisco_line {
    struct normaliser *normaliser;
    struct slice line;
    struct syslog_header header;
    struct event *event;
};

static struct slice after(struct slice text, struct slice mark)
{
    ptrdiff_t at = slice_find_nocase(text, mark);
    return at < 0 ? SLICE_NONE : slice_skip(text, (size_t)at + mark.length);
}

static void set_present(struct event *event, enum event_field field, struct slice text)
{
    if (text.length)
        event->text[field] = text;
}

/* ---- when and where ---- */

/* A relay's clock is not the device's, however exact it is written. */
static void set_time(const struct cisco_line *line)
{
    struct slice stamp = line->header.stamp;
    bool relayed = !slice_present(stamp);
    struct time_value value = {EVENT_TIME_NONE, TIME_NONE};
    size_t used = 0;
    if (relayed)
        stamp = line->header.relay_stamp;
    if (!slice_present(stamp))
        return;
    int status = timestamp_device(stamp, &line->normaliser->hint, &value, &used);
    if (status == 0 && relayed && value.quality == TIME_EXACT)
        value.quality = TIME_RECEIVER_CLOCK;
    form_set_time(line->event, stamp, status, value);
}

/* Time since the start is no time of day; the relay's may stand beside it. */
static void set_uptime(const struct cisco_line *line)
{
    struct cisco_line relayed = *line;
    relayed.header.stamp = SLICE_NONE;
    set_time(&relayed);
    line->event->text[FIELD_TIME_TEXT] = line->header.stamp;
    if (line->event->time_us == EVENT_TIME_NONE)
        line->event->time_quality = TIME_UPTIME_ONLY;
}

/* Syslog lines have no id.  With a sequence number a copy of the line in another
 * file can be told from a second line of the same text. */
static void set_merge_key(const struct cisco_line *line)
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

static void fill_header(const struct cisco_line *line)
{
    const struct syslog_header *header = &line->header;
    struct event *event = line->event;
    event->provider = PROVIDER_CISCO_IOS;
    event->text[FIELD_FORM] = SLICE("cisco-ios-syslog");
    event->text[FIELD_ACCOUNT] =
        slice_present(header->host) ? header->host : header->relay_host;
    if (header->uptime)
        set_uptime(line);
    else
        set_time(line);
    set_merge_key(line);
}

/* ---- commands ---- */

static const struct slice COMMAND_MARK = {"logged command:", 15};

/* "User:mallory  logged command:monitor session 7 ..." */
static bool read_logged_command(struct slice text, struct slice *user,
                                struct slice *command)
{
    ptrdiff_t at = slice_find_nocase(text, COMMAND_MARK);
    if (at < 0)
        return false;
    *user = slice_trim(after(slice_first(text, (size_t)at), SLICE("User:")));
    *command = slice_trim(slice_skip(text, (size_t)at + COMMAND_MARK.length));
    return command->length > 0;
}

static struct device_contexts *contexts_of(struct normaliser *normaliser)
{
    if (!normaliser->devices)
        normaliser->devices = device_contexts_new();
    return normaliser->devices;
}

/* The log tells of commands that the device took, and of no result. */
static void fill_command(const struct cisco_line *line, struct slice user,
                         struct slice command)
{
    struct event *event = line->event;
    struct device_contexts *contexts = contexts_of(line->normaliser);
    event->text[FIELD_OPERATION] = command;
    event->text[FIELD_SERVICE] = slice_present(line->header.token)
                                     ? line->header.token
                                     : SLICE("PARSER-5-CFGLOG_LOGGEDCMD");
    set_present(event, FIELD_ACTOR, user);
    event->outcome = OUTCOME_SUCCESS;
    if (contexts)
        set_present(event, FIELD_MODE,
                    device_contexts_command(contexts, event->text[FIELD_ACCOUNT], user,
                                            event->time_us, command,
                                            &line->normaliser->arena));
}

/* ---- who was there ---- */

/* "vty0 (198.51.100.23)": the address, else the line's name. */
static void set_terminal(struct event *event, struct slice place)
{
    struct slice inside = after(place, SLICE("("));
    struct slice terminal = slice_trim(slice_cut(&place, '('));
    set_present(event, FIELD_SOURCE_IP,
                address_in_text(slice_trim(slice_cut(&inside, ')'))));
    if (!slice_present(event->text[FIELD_SOURCE_IP]))
        set_present(event, FIELD_SOURCE_TEXT, terminal);
}

static bool is_terminal(struct slice word)
{
    static const struct slice names[] = {{"vty", 3}, {"tty", 3}, {"aux", 3}};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct slice number = slice_skip(word, names[i].length);
        if (slice_starts_with(word, names[i]) && number.length &&
            number.data[0] >= '0' && number.data[0] <= '9')
            return true;
    }
    return false;
}

/*
 * "Configured from console by mallory on vty0 (198.51.100.23)", "... by vty2 (ip)"
 * without a user, "... by console", whose user the config logger calls console too;
 * "Configured programmatically by process X from console as mallory on vty0 (ip)".
 * It comes when configuration mode is left, so it ends that user's mode.
 */
static void fill_configured(const struct cisco_line *line)
{
    struct event *event = line->event;
    struct slice from = after(line->header.text, SLICE(" from "));
    struct slice rest = after(line->header.text, SLICE(" as "));
    if (!slice_present(rest))
        rest = after(line->header.text, SLICE(" by "));
    struct slice who = cisco_word(&rest);
    struct slice place = cisco_take(&rest, "on", 2) ? rest : SLICE_NONE;
    if (who.length && who.data[who.length - 1] == ',')
        who.length--;
    if (is_terminal(who)) {
        const struct slice parts[] = {who, SLICE(" "), rest};
        set_terminal(event, arena_join(&line->normaliser->arena, parts, 3));
    } else {
        set_present(event, FIELD_ACTOR, who);
        set_terminal(event, slice_present(place) ? place : cisco_word(&from));
    }
    event->outcome = OUTCOME_SUCCESS;
    if (line->normaliser->devices)
        device_contexts_leave(line->normaliser->devices, event->text[FIELD_ACCOUNT],
                              event->text[FIELD_ACTOR]);
}

/* "Login Success [user: mallory] [Source: 198.51.100.23] [localport: 22] at ..." */
static void fill_login(const struct cisco_line *line)
{
    struct event *event = line->event;
    struct slice user = after(line->header.text, SLICE("[user:"));
    struct slice source = after(line->header.text, SLICE("[Source:"));
    set_present(event, FIELD_ACTOR, slice_trim(slice_cut(&user, ']')));
    source = slice_trim(slice_cut(&source, ']'));
    if (source.length)
        form_set_address(event, source);
    event->outcome = slice_find_nocase(line->header.token, SLICE("SUCCESS")) >= 0
                         ? OUTCOME_SUCCESS
                         : OUTCOME_FAILURE;
}

/* ---- messages ---- */

/* Tokens that say more than their name, by the end of the token. */
static const struct {
    struct slice token; /* facility and mnemonic; the severity differs by release */
    void (*fill)(const struct cisco_line *line);
} notices[] = {
    {{"-CONFIG_I", 9}, fill_configured},
    {{"-CONFIG_P", 9}, fill_configured},
    {{"-LOGIN_SUCCESS", 14}, fill_login},
    {{"-LOGIN_FAILED", 13}, fill_login},
};

static void fill_message(const struct cisco_line *line)
{
    const struct syslog_header *header = &line->header;
    line->event->text[FIELD_OPERATION] = header->token;
    line->event->text[FIELD_SERVICE] = header->facility;
    for (size_t i = 0; i < sizeof(notices) / sizeof(notices[0]); i++) {
        if (slice_ends_with(header->token, notices[i].token)) {
            notices[i].fill(line);
            return;
        }
    }
}

static bool is_blank_line(struct slice line)
{
    for (size_t i = 0; i < line.length; i++) {
        char c = line.data[i];
        if (c != ' ' && c != '\t' && c != '\r' && c != '-' && c != '=')
            return false;
    }
    return true;
}

enum record_class cisco_normalise_line(struct normaliser *normaliser, struct slice line,
                                       struct event *event, const char **reason)
{
    struct cisco_line cisco = {.normaliser = normaliser, .line = line, .event = event};
    struct slice user = SLICE_NONE, command = SLICE_NONE;
    if (is_blank_line(line)) {
        *reason = "blank line";
        return RECORD_SKIPPED;
    }
    if (!syslog_header_parse(line, &cisco.header)) {
        *reason = "text line of no known device";
        return RECORD_UNKNOWN;
    }
    if (cisco.header.repeated) {
        *reason = "count of repeats, not an event";
        return RECORD_SKIPPED;
    }
    bool logged = read_logged_command(cisco.header.text, &user, &command);
    if (!slice_present(cisco.header.token)) {
        /* Behind a relay's tag a command may stand alone. */
        if (!logged)
            command = cisco.header.text;
        if (!command.length) {
            *reason = "device line without a message";
            return RECORD_SKIPPED;
        }
        logged = true;
    }
    fill_header(&cisco);
    if (logged)
        fill_command(&cisco, user, command);
    else
        fill_message(&cisco);
    return RECORD_EVENT;
}
