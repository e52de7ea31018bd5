/*
 * The table of text-line forms, and the walk that finds a line's row.  Each row names
 * bytes that every such line holds: looking for them is all that a line of another
 * kind costs.
 */
#include "config.h"

#include "core/device_line.h"
#include "core/line_state.h"

/*
 * X(name, provider, mark, fits, fill): the first row that fits decides.  Forms whose
 * bytes are their own stand before the %TOKEN of Cisco, which others borrow; the
 * platforms that write a token differ by what is around it, IOS being the rest.
 */
#define LINE_FORMS(X)                                                                  \
    X("huawei-vrp-syslog", PROVIDER_HUAWEI_VRP, "%%01", vrp_fits, vrp_fill)            \
    X("cisco-ise-accounting", PROVIDER_CISCO_IOS, "CISE_", ise_fits, ise_fill)         \
    X("cisco-ise-accounting", PROVIDER_CISCO_IOS, "CSCOacs_", ise_fits, ise_fill)      \
    X("junos-structured", PROVIDER_JUNOS, "[junos@2636.", junos_structured_fits,       \
      junos_structured_fill)                                                           \
    X("junos-syslog", PROVIDER_JUNOS, ": ", junos_fits, junos_fill)                    \
    X("eos-syslog", PROVIDER_EOS, "%", eos_fits, eos_fill)                             \
    X("cisco-iosxr-syslog", PROVIDER_CISCO_IOSXR, "%", iosxr_fits, iosxr_fill)         \
    X("cisco-nxos-syslog", PROVIDER_CISCO_NXOS, "%", nxos_fits, nxos_fill)             \
    X("cisco-ios-syslog", PROVIDER_CISCO_IOS, "%", ios_fits, ios_fill)                 \
    X("cisco-nxos-accounting", PROVIDER_CISCO_NXOS, ":type=", nxos_accounting_fits,    \
      nxos_accounting_fill)                                                            \
    X("tacacs-accounting", PROVIDER_CISCO_IOS, "\t", tacacs_tabs_fits,                 \
      tacacs_tabs_fill)                                                                \
    X("tacacs-accounting", PROVIDER_CISCO_IOS, "|!|", tacacs_bars_fits,                \
      tacacs_bars_fill)                                                                \
    X("cisco-archive-log", PROVIDER_CISCO_IOS, "|", ios_archive_fits,                  \
      ios_archive_fill)                                                                \
    X("fortios-log", PROVIDER_FORTIOS, "devid=", fortios_fits, fortios_fill)           \
    X("ovs-vsctl", PROVIDER_OPENVSWITCH, "|vsctl|", ovs_fits, ovs_fill)                \
    X("linux-audit", PROVIDER_LINUX, "msg=audit(", linux_audit_fits, linux_audit_fill) \
    X("linux-sudo", PROVIDER_LINUX, "COMMAND=", linux_sudo_fits, linux_sudo_fill)      \
    X("linux-shell", PROVIDER_LINUX, "", linux_shell_fits, linux_shell_fill)           \
    X("cisco-ios-syslog", PROVIDER_CISCO_IOS, "", ios_fits, ios_fill)

static const struct line_form line_forms[] = {
#define X(name, provider, mark, fits, fill)                                            \
    {name, provider, SLICE_INIT(mark), fits, fill},
    LINE_FORMS(X)
#undef X
};

enum { LINE_FORM_COUNT = sizeof(line_forms) / sizeof(line_forms[0]) };

/* ---- lines that are known and no events ---- */

static bool is_blank_line(struct slice line)
{
    for (size_t i = 0; i < line.length; i++) {
        char c = line.data[i];
        if (c != ' ' && c != '\t' && c != '\r' && c != '-' && c != '=')
            return false;
    }
    return true;
}

static bool is_heading(struct slice line)
{
    return slice_starts_with(line, SLICE("idx ")) &&
           slice_ends_with(line, SLICE("Logged command"));
}

/* "| D1 | <189>46: sw1: ... |": a device's line that a document shows, or a client of a
 * database.  Its header would be misread. */
static bool is_table_row(struct slice line)
{
    return slice_starts_with(line, SLICE("|")) && slice_ends_with(line, SLICE("|"));
}

static bool is_name_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           c == '-' || c == '_' || c == '.';
}

/* "sw1#show archive log config all": the name before the prompt's sign, or absent. */
static struct slice prompt_of(struct slice line)
{
    size_t length = 0;
    while (length < line.length && is_name_byte(line.data[length]))
        length++;
    struct slice rest = slice_skip(line, length);
    if (!length || !rest.length || (rest.data[0] != '#' && rest.data[0] != '>'))
        return SLICE_NONE;
    rest = slice_trim(slice_skip(rest, 1));
    return !rest.length || slice_starts_with(rest, SLICE("sh")) ||
                   slice_starts_with(rest, SLICE("term"))
               ? slice_first(line, length)
               : SLICE_NONE;
}

static struct line_state *state_of(struct normaliser *normaliser)
{
    if (!normaliser->lines)
        normaliser->lines = line_state_new();
    return normaliser->lines;
}

/* Why the line is none that could hold an event; NULL if it may. */
static const char *known_as_no_event(struct normaliser *normaliser, struct slice line)
{
    if (is_blank_line(line))
        return "blank line";
    if (is_heading(line))
        return "heading of a table";
    struct slice device = prompt_of(line);
    if (!slice_present(device) || !state_of(normaliser))
        return NULL;
    line_state_set_prompt(normaliser->lines, device);
    return "prompt of a device";
}

/* ---- the walk ---- */

enum record_class line_normalise(struct normaliser *normaliser, struct slice line,
                                 const struct line_relay *relay, struct event *event,
                                 const char **reason)
{
    struct device_line device = {.normaliser = normaliser,
                                 .relay = relay,
                                 .line = slice_trim(line),
                                 .event = event};
    *reason = known_as_no_event(normaliser, device.line);
    if (*reason)
        return RECORD_SKIPPED;
    if (!state_of(normaliser)) {
        *reason = "no memory for a line";
        return RECORD_DAMAGED;
    }
    if (is_table_row(device.line)) {
        *reason = "row of a table that is drawn with bars: give the lines themselves";
        return RECORD_UNKNOWN;
    }
    for (size_t i = 0; i < LINE_FORM_COUNT; i++) {
        const struct line_form *form = &line_forms[i];
        if (slice_find(device.line, form->mark) < 0 || !form->fits(&device))
            continue;
        event->provider = form->provider;
        event->text[FIELD_FORM] = slice_from(form->name);
        return form->fill(&device, reason);
    }
    *reason = "text line of no known device";
    return RECORD_UNKNOWN;
}
