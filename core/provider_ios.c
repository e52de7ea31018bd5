/*
 * Cisco IOS and IOS XE: syslog, and `show archive log config all`.  Commands come from
 * the config logger (Cisco, "Configuration Change Notification and Logging": archive,
 * log config, notify syslog); it names the user and not the address, which the login
 * and configuration notices have.  What IOS XR, NX-OS and EOS took over of its
 * messages (CONFIG_I, logins) is read here for them too.
 */
#include "config.h"

#include "core/address.h"
#include "core/cisco_command.h"
#include "core/device_context.h"
#include "core/device_message.h"

/* ---- commands ---- */

static const struct slice COMMAND_MARK = {"logged command:", 15};

/* "User:mallory  logged command:monitor session 7 ..." */
static bool read_logged_command(struct slice text, struct slice *user,
                                struct slice *command)
{
    ptrdiff_t at = slice_find_nocase(text, COMMAND_MARK);
    if (at < 0)
        return false;
    *user = slice_trim(text_after(slice_first(text, (size_t)at), SLICE("User:")));
    *command = slice_trim(slice_skip(text, (size_t)at + COMMAND_MARK.length));
    return command->length > 0;
}

static void fill_command(struct device_line *line, struct slice user,
                         struct slice command)
{
    device_set_command(line, user, command);
    line->event->text[FIELD_SERVICE] = slice_present(line->header.token)
                                           ? line->header.token
                                           : SLICE("PARSER-5-CFGLOG_LOGGEDCMD");
}

/* ---- who was there ---- */

static bool is_terminal(struct slice word)
{
    static const struct slice names[] = {SLICE_INIT("vty"), SLICE_INIT("tty"),
                                         SLICE_INIT("aux")};
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
 * "Configured programmatically by process X from console as mallory on vty0 (ip)";
 * NX-OS "... from vty by mallory on 198.51.100.23@pts/0"; "Reload requested by ...".
 * It comes when configuration mode is left, so it ends that user's mode.
 */
static void fill_configured(struct device_line *line)
{
    struct event *event = line->event;
    struct slice from = text_after(line->header.text, SLICE(" from "));
    struct slice rest = text_after(line->header.text, SLICE(" as "));
    if (!slice_present(rest))
        rest = text_after(line->header.text, SLICE(" by "));
    struct slice who = slice_word(&rest);
    struct slice place = cisco_take(&rest, "on", 2) ? rest : SLICE_NONE;
    if (who.length &&
        (who.data[who.length - 1] == ',' || who.data[who.length - 1] == '.'))
        who.length--;
    if (is_terminal(who)) {
        const struct slice parts[] = {who, SLICE(" "), rest};
        device_set_terminal(event, arena_join(&line->normaliser->arena, parts, 3));
    } else {
        device_set(event, FIELD_ACTOR, who);
        device_set_terminal(event, slice_present(place) ? place : slice_word(&from));
    }
    event->outcome = OUTCOME_SUCCESS;
    if (line->normaliser->devices)
        device_contexts_leave(line->normaliser->devices, event->text[FIELD_ACCOUNT],
                              event->text[FIELD_ACTOR]);
}

static bool tells_failure(struct slice text)
{
    return slice_find_nocase(text, SLICE("fail")) >= 0 ||
           slice_find_nocase(text, SLICE("denied")) >= 0 ||
           slice_find_nocase(text, SLICE("rejected")) >= 0;
}

/* "Login Success [user: mallory] [Source: 198.51.100.23] [localport: 22] at ...",
 * "User 'admin' authenticated successfully from 192.0.2.1:5123 ...". */
static void fill_login(struct device_line *line)
{
    struct event *event = line->event;
    bool failed = tells_failure(line->header.token) || tells_failure(line->header.text);
    device_set_who(event, line->header.text);
    event->outcome = failed ? OUTCOME_FAILURE : OUTCOME_SUCCESS;
}

/* The device tells of itself: nobody did it. */
static void fill_restart(struct device_line *line)
{
    line->event->outcome = OUTCOME_SUCCESS;
}

/* ---- messages ---- */

/* Tokens that say more than their name, by a part of it: facilities and mnemonics
 * differ by platform and the severity by release. */
static const struct {
    struct slice part;
    void (*fill)(struct device_line *line);
} notices[] = {
    {SLICE_INIT("CONFIG_I"), fill_configured}, /* DMI, VSHD_SYSLOG and SYS */
    {SLICE_INIT("-CONFIG_P"), fill_configured},
    {SLICE_INIT("-CONFIG_E"), fill_configured},
    {SLICE_INIT("-CONFIG_STARTUP"), fill_configured},
    {SLICE_INIT("-RELOAD"), fill_configured},
    {SLICE_INIT("-RESTART"), fill_restart},
    {SLICE_INIT("LOGIN"), fill_login}, /* SEC_LOGIN, AAA-5-LOGIN, SECURITY-LOGIN */
    {SLICE_INIT("-LOGOUT"), fill_login},
    {SLICE_INIT("DMI-5-AUTH"), fill_login},
    {SLICE_INIT("SSH"), fill_login}, /* SSH, SECURITY-SSHD */
    {SLICE_INIT("AUTHPRIV-"), fill_login},
};

/* A reload that nobody asked for has no "by". */
static bool has_author(struct slice text)
{
    return slice_find(text, SLICE(" by ")) >= 0;
}

void device_message_fill(struct device_line *line)
{
    const struct syslog_header *header = &line->header;
    line->event->text[FIELD_OPERATION] = header->token;
    line->event->text[FIELD_SERVICE] = header->facility;
    for (size_t i = 0; i < sizeof(notices) / sizeof(notices[0]); i++) {
        if (slice_find(header->token, notices[i].part) < 0)
            continue;
        if (notices[i].fill != fill_configured || has_author(header->text))
            notices[i].fill(line);
        return;
    }
}

/* ---- lines ---- */

static bool is_tagged(const struct device_line *line)
{
    return line->relay && syslog_header_is_tag(line->relay->tag);
}

bool ios_fits(struct device_line *line)
{
    return device_line_header(line) || is_tagged(line);
}

enum record_class ios_fill(struct device_line *line, const char **reason)
{
    struct slice user = SLICE_NONE, command = SLICE_NONE;
    if (line->header.repeated) {
        *reason = "count of repeats, not an event";
        return RECORD_SKIPPED;
    }
    if (!line->header_found)
        line->header.text = line->line;
    bool logged = read_logged_command(line->header.text, &user, &command);
    if (!slice_present(line->header.token)) {
        /* Behind a relay's tag a command may stand alone. */
        if (!logged)
            command = line->header.text;
        if (!command.length) {
            *reason = "device line without a message";
            return RECORD_SKIPPED;
        }
        logged = true;
    }
    device_set_header(line, STAMP_OF_RELAY);
    if (logged)
        fill_command(line, user, command);
    else
        device_message_fill(line);
    return RECORD_EVENT;
}

/* ---- show archive log config all ---- */

struct archive_row {
    struct slice user, terminal, command;
};

/* "    1     1        mallory@vty0     |monitor session 7 type erspan-source" */
static bool read_archive_row(struct slice line, struct archive_row *out)
{
    ptrdiff_t bar = slice_index(line, '|');
    struct slice rest = slice_first(line, bar < 0 ? 0 : (size_t)bar);
    for (int numbers = 0; numbers < 2; numbers++) {
        struct slice number = slice_word(&rest);
        if (!number.length)
            return false;
        for (size_t i = 0; i < number.length; i++) {
            if (number.data[i] < '0' || number.data[i] > '9')
                return false;
        }
    }
    ptrdiff_t at = slice_index(rest, '@');
    if (at <= 0 || slice_index(rest, ' ') >= 0)
        return false;
    out->user = slice_first(rest, (size_t)at);
    out->terminal = slice_skip(rest, (size_t)at + 1);
    out->command = slice_trim(slice_skip(line, (size_t)bar + 1));
    return out->command.length > 0;
}

bool ios_archive_fits(struct device_line *line)
{
    struct archive_row row;
    return read_archive_row(line->line, &row);
}

/* The rows have no time and no device: that is in the prompt above them. */
enum record_class ios_archive_fill(struct device_line *line, const char **reason)
{
    struct archive_row row;
    (void)reason;
    read_archive_row(line->line, &row);
    device_set_header(line, STAMP_OF_DEVICE);
    device_set_command(line, row.user, row.command);
    line->event->text[FIELD_SERVICE] = SLICE("archive log");
    device_set(line->event, FIELD_SOURCE_TEXT, row.terminal);
    return RECORD_EVENT;
}
