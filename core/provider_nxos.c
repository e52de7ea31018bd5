/*
 * Cisco NX-OS: syslog (%VSHD, %AAA-6-AAA_ACCOUNTING_MESSAGE) and `show accounting log`.
 * Accounting carries the whole stack of modes in one line, and the result.
 */
#include "config.h"

#include "core/device_message.h"

/* ---- syslog ---- */

/* Facilities that only NX-OS writes; its stamps have the year before the month. */
static const struct slice facilities[] = {
    SLICE_INIT("VSHD"),    SLICE_INIT("ETHPORT"),     SLICE_INIT("ETH_PORT_CHANNEL"),
    SLICE_INIT("VPC"),     SLICE_INIT("AUTHPRIV"),    SLICE_INIT("SYSMGR"),
    SLICE_INIT("DAEMON"),  SLICE_INIT("FEATURE-MGR"), SLICE_INIT("ETH-SPAN"),
    SLICE_INIT("MONITOR"),
};

static bool is_year_first(struct slice stamp)
{
    return stamp.length > 5 && stamp.data[0] >= '1' && stamp.data[0] <= '2' &&
           stamp.data[4] == ' ';
}

bool nxos_fits(struct device_line *line)
{
    const struct syslog_header *header = &line->header;
    if (!device_line_header(line) || !slice_present(header->token))
        return false;
    if (is_year_first(header->stamp) || is_year_first(header->relay_stamp))
        return true;
    for (size_t i = 0; i < sizeof(facilities) / sizeof(facilities[0]); i++) {
        if (slice_equal(header->facility, facilities[i]))
            return true;
    }
    return slice_ends_with(header->token, SLICE("-AAA_ACCOUNTING_MESSAGE"));
}

/* "update:198.51.100.23@pts/0:mallory:configure terminal ; ... (SUCCESS)" */
static bool fill_accounting(struct device_line *line)
{
    struct slice rest = line->header.text;
    struct slice kind = slice_cut(&rest, ':');
    /* An IPv6 address has colons of its own. */
    ptrdiff_t terminal = slice_index(rest, '@');
    if (terminal < 0 || !slice_present(rest))
        return false;
    struct slice address = slice_first(rest, (size_t)terminal);
    rest = slice_skip(rest, (size_t)terminal + 1);
    struct slice port = slice_cut(&rest, ':');
    struct slice user = slice_cut(&rest, ':');
    if (!slice_present(rest) || !rest.length)
        return false;
    const struct accounting accounting = {
        .kind = kind, .address = address, .port = port, .user = user, .command = rest};
    accounting_fill(line, &accounting);
    line->event->text[FIELD_SERVICE] = line->header.token;
    return true;
}

/* "User:jdoe executed the command:show run" */
static bool fill_executed(struct device_line *line)
{
    struct slice text = line->header.text;
    struct slice command = text_after(text, SLICE("executed the command:"));
    if (!command.length)
        return false;
    device_set_command(line, text_between(text, SLICE("User:"), ' '),
                       slice_trim(command));
    line->event->text[FIELD_SERVICE] = line->header.token;
    return true;
}

enum record_class nxos_fill(struct device_line *line, const char **reason)
{
    struct slice token = line->header.token;
    (void)reason;
    device_set_header(line, STAMP_OF_DEVICE);
    if (slice_ends_with(token, SLICE("-AAA_ACCOUNTING_MESSAGE")) &&
        fill_accounting(line))
        return RECORD_EVENT;
    if (slice_ends_with(token, SLICE("CMD_EXEC")) && fill_executed(line))
        return RECORD_EVENT;
    device_message_fill(line);
    return RECORD_EVENT;
}

/* ---- show accounting log ---- */

/* "Sat Mar 14 02:25:05 2026:type=update:id=198.51.100.23@pts/0:user=x:cmd=..." */
bool nxos_accounting_fits(struct device_line *line)
{
    struct slice rest = text_after(line->line, SLICE(":type="));
    return slice_find(rest, SLICE(":id=")) >= 0 &&
           slice_find(rest, SLICE(":user=")) >= 0;
}

/* An IPv6 address in id= has colons: a field ends where the next key begins. */
static struct slice field(struct slice text, struct slice key, struct slice next)
{
    struct slice rest = text_after(text, key);
    ptrdiff_t end = slice_find(rest, next);
    return slice_trim(end < 0 ? rest : slice_first(rest, (size_t)end));
}

enum record_class nxos_accounting_fill(struct device_line *line, const char **reason)
{
    struct slice text = line->line;
    size_t stamp = (size_t)slice_find(text, SLICE(":type="));
    struct slice id = field(text, SLICE(":id="), SLICE(":user="));
    const struct accounting accounting = {
        .kind = field(text, SLICE(":type="), SLICE(":")),
        .address = slice_cut(&id, '@'),
        .port = id,
        .user = field(text, SLICE(":user="), SLICE(":")),
        .command = slice_trim(text_after(text, SLICE(":cmd="))),
        .service = SLICE("accounting log"),
    };
    (void)reason;
    device_line_header_before(line, 0);
    device_set_header(line, STAMP_OF_DEVICE);
    /* The stamp's year would end at the colon of the next key. */
    device_set_stamp(line, slice_first(text, stamp), TIME_EXACT);
    accounting_fill(line, &accounting);
    return RECORD_EVENT;
}
