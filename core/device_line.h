/*
 * device_line.h - what the forms of text lines share: one line on its way into an
 * event, the row of the table of line forms, and small readers of their texts.
 *
 * Adding a form of lines: a row in line_form.c (bytes that each such line holds, how
 * to recognise it, which function fills), and that function in the file of its
 * provider.  Nothing is decoded in place: slices are the line's own or in the
 * normaliser's arena.  Internal to the files behind form.h.
 */
#ifndef CORE_DEVICE_LINE_H
#define CORE_DEVICE_LINE_H

#include "core/form_internal.h"
#include "core/syslog_header.h"

/* What an envelope (a journal) knows of a line that the line itself may not say. */
struct line_relay {
    struct slice host;
    struct slice tag; /* "CISCO-IOS", "sudo" */
    int64_t time_us;  /* the receiver's clock, or EVENT_TIME_NONE */
};

struct device_line {
    struct normaliser *normaliser;
    const struct line_relay *relay; /* NULL without an envelope */
    struct slice line;              /* without blanks at its ends */
    struct syslog_header header;
    bool header_read, header_found;
    struct event *event;
};

struct line_form {
    const char *name; /* what FIELD_FORM says */
    enum provider provider;
    struct slice mark;                      /* every such line holds it */
    bool (*fits)(struct device_line *line); /* NULL: the mark decides */
    enum record_class (*fill)(struct device_line *line, const char **reason);
};

/* A text line, or one that a journal kept (relay, else NULL).  line_form.c */
enum record_class line_normalise(struct normaliser *normaliser, struct slice line,
                                 const struct line_relay *relay, struct event *event,
                                 const char **reason);

/* ---- readers of text ---- */

/* What follows the mark (ASCII case ignored), or absent. */
struct slice text_after(struct slice text, struct slice mark);
/* What stands between mark and end, trimmed; to the end of the text without one. */
struct slice text_between(struct slice text, struct slice mark, char end);
/* "key=value" or key="value" (quotes taken off): the first of that key that begins
 * the text or follows a blank or a separator. */
struct slice text_value(struct slice text, struct slice key);

/* ---- the header ---- */

/* Reads the header of a line with a %TOKEN or a relay's tag; once for all forms. */
bool device_line_header(struct device_line *line);
/* The same for a form that found its own anchor: what stands left of it. */
void device_line_header_before(struct device_line *line, size_t anchor);

/* ---- fields ---- */

/* Whose clock the header's stamp is, where it has but one. */
enum stamp_owner { STAMP_OF_RELAY, STAMP_OF_DEVICE };

/* The time that the header tells; the account is set by then.  device_clock.c */
void device_set_time(struct device_line *line, enum stamp_owner owner);
/* Account, time and merge key as the header tells them. */
void device_set_header(struct device_line *line, enum stamp_owner owner);
/* The time of a stamp that stands elsewhere; the account is set by then. */
void device_set_stamp(struct device_line *line, struct slice stamp,
                      enum time_quality best);
void device_set(struct event *event, enum event_field field, struct slice text);

/* A command that the device took, its mode followed by device and user. */
void device_set_command(struct device_line *line, struct slice user,
                        struct slice command);
/* The contexts of the present source, made at first use; NULL without memory. */
struct device_contexts *device_line_contexts(struct device_line *line);

/* "vty0 (198.51.100.23)", "198.51.100.23@pts/0", "GUI(192.0.2.1)": the address, else
 * the text as the terminal's name. */
void device_set_terminal(struct event *event, struct slice place);
/* Actor and address of a notice about a login or a configuration, by the words that
 * stand before them in any platform's messages; what is set already stays. */
void device_set_who(struct event *event, struct slice text);

/*
 * ---- command accounting, however it was carried ----
 *
 * One act in several logs: records merge on what both of them hold, device, user and
 * number of the task (or, of syslog lines, device, sequence number, stamp and text).
 * Nearness in time alone merges nothing here: this is a function of one record, and of
 * two equal commands within a minute the second may be the one that opens a mirror
 * again after the first was taken back.  Copies in logs of different kinds, which share
 * no number, are joined later, among all commands of the device (core/copies.h).
 */

struct accounting {
    struct slice user, port, address;
    struct slice kind;       /* "start", "stop", "update" */
    struct slice task;       /* task_id */
    struct slice start_time; /* epoch seconds of the device's clock */
    struct slice command;    /* cmd, absent for a session's own record */
    struct slice service;    /* "shell" */
};
/* Provider by the command's look, operation, mode, outcome, actor, address. */
void accounting_fill(struct device_line *line, const struct accounting *accounting);
/* "configure terminal ; monitor session 3 ; no shut (SUCCESS)": the last command of
 * the stack, the modes before it, and the result. */
void accounting_stack(struct device_line *line, struct slice user, struct slice stack);

/* ---- one function per form ---- */

bool ios_archive_fits(struct device_line *line);
bool ios_fits(struct device_line *line);
bool nxos_fits(struct device_line *line);
bool iosxr_fits(struct device_line *line);
bool eos_fits(struct device_line *line);
bool junos_structured_fits(struct device_line *line);
bool junos_fits(struct device_line *line);
bool nxos_accounting_fits(struct device_line *line);
bool tacacs_tabs_fits(struct device_line *line);
bool tacacs_bars_fits(struct device_line *line);
bool ise_fits(struct device_line *line);
bool vrp_fits(struct device_line *line);
bool fortios_fits(struct device_line *line);
bool ovs_fits(struct device_line *line);
bool linux_audit_fits(struct device_line *line);
bool linux_sudo_fits(struct device_line *line);
bool linux_shell_fits(struct device_line *line);

enum record_class ios_archive_fill(struct device_line *line, const char **reason);
enum record_class ios_fill(struct device_line *line, const char **reason);
enum record_class nxos_fill(struct device_line *line, const char **reason);
enum record_class iosxr_fill(struct device_line *line, const char **reason);
enum record_class eos_fill(struct device_line *line, const char **reason);
enum record_class junos_structured_fill(struct device_line *line, const char **reason);
enum record_class junos_fill(struct device_line *line, const char **reason);
enum record_class nxos_accounting_fill(struct device_line *line, const char **reason);
enum record_class tacacs_tabs_fill(struct device_line *line, const char **reason);
enum record_class tacacs_bars_fill(struct device_line *line, const char **reason);
enum record_class ise_fill(struct device_line *line, const char **reason);
enum record_class vrp_fill(struct device_line *line, const char **reason);
enum record_class fortios_fill(struct device_line *line, const char **reason);
enum record_class ovs_fill(struct device_line *line, const char **reason);
enum record_class linux_audit_fill(struct device_line *line, const char **reason);
enum record_class linux_sudo_fill(struct device_line *line, const char **reason);
enum record_class linux_shell_fill(struct device_line *line, const char **reason);

#endif
