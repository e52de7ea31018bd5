/*
 * Arista EOS: %ACCOUNTING-6-CMD carries what a TACACS+ server would get, the exact
 * time included; gNMI sets appear as cmd=OpenConfig.Set.
 */
#include "config.h"

#include "core/address.h"
#include "core/device_message.h"

/* Agents of EOS write as "Aaa", "ConfigAgent", "ProcMgr-worker". */
static bool is_agent(struct slice process)
{
    bool lower = false;
    if (!process.length || process.data[0] < 'A' || process.data[0] > 'Z')
        return false;
    for (size_t i = 1; i < process.length; i++) {
        char c = process.data[i];
        bool small = c >= 'a' && c <= 'z';
        if (!small && !(c >= 'A' && c <= 'Z') && c != '-')
            return false;
        lower |= small;
    }
    return lower;
}

bool eos_fits(struct device_line *line)
{
    const struct syslog_header *header = &line->header;
    return device_line_header(line) && slice_present(header->token) &&
           (is_agent(header->process) ||
            slice_equal(header->facility, SLICE("ACCOUNTING")));
}

/* "mallory vty6 198.51.100.23 stop task_id=17 start_time=1773455105.5 ... cmd=..." */
static bool fill_accounting(struct device_line *line)
{
    struct slice rest = line->header.text;
    struct accounting accounting = {0};
    accounting.user = slice_word(&rest);
    accounting.port = slice_word(&rest);
    accounting.address = slice_word(&rest);
    accounting.kind = slice_word(&rest);
    struct slice command = text_after(rest, SLICE("cmd="));
    if (!slice_present(command))
        return false;
    struct slice attributes = slice_first(rest, (size_t)(command.data - rest.data));
    accounting.task = text_value(attributes, SLICE("task_id"));
    accounting.start_time = text_value(attributes, SLICE("start_time"));
    accounting.service = line->header.token;
    accounting.command = command;
    if (slice_starts_with(command, SLICE("OpenConfig.")) &&
        slice_present(text_value(command, SLICE("addr"))))
        accounting.address = address_in_text(text_value(command, SLICE("addr")));
    accounting_fill(line, &accounting);
    return true;
}

enum record_class eos_fill(struct device_line *line, const char **reason)
{
    (void)reason;
    device_set_header(line, STAMP_OF_DEVICE);
    if (!slice_equal(line->header.facility, SLICE("ACCOUNTING")) ||
        !fill_accounting(line))
        device_message_fill(line);
    return RECORD_EVENT;
}
