/*
 * Command accounting: what a device tells a TACACS+ server (RFC 8907), as tac_plus and
 * tac_plus-ng write it to a file, and what other forms carry of the same record.  The
 * record does not name the platform: the command's look tells it where it can.
 */
#include "config.h"

#include "core/address.h"
#include "core/device_line.h"

/* ---- what a command tells ---- */

static const struct slice STACK = {" ; ", 3};

static bool is_configure(struct slice command)
{
    return slice_starts_with_nocase(command, SLICE("conf")) &&
           slice_index(command, ';') < 0;
}

static enum outcome take_result(struct slice *stack)
{
    static const struct {
        struct slice text;
        enum outcome outcome;
    } results[] = {{SLICE_INIT("(SUCCESS)"), OUTCOME_SUCCESS},
                   {SLICE_INIT("(FAILURE)"), OUTCOME_FAILURE}};
    *stack = slice_trim(*stack);
    for (size_t i = 0; i < sizeof(results) / sizeof(results[0]); i++) {
        if (!slice_ends_with(*stack, results[i].text))
            continue;
        *stack =
            slice_trim(slice_first(*stack, stack->length - results[i].text.length));
        return results[i].outcome;
    }
    return OUTCOME_SUCCESS;
}

/* "configure terminal ; " is the way into every mode, and says nothing. */
static struct slice skip_configure(struct slice stack)
{
    ptrdiff_t end;
    while ((end = slice_find(stack, STACK)) >= 0 &&
           is_configure(slice_first(stack, (size_t)end)))
        stack = slice_trim(slice_skip(stack, (size_t)end + STACK.length));
    return stack;
}

void accounting_stack(struct device_line *line, struct slice user, struct slice stack)
{
    struct event *event = line->event;
    struct slice whole = stack;
    event->outcome = take_result(&stack);
    stack = skip_configure(stack);
    struct slice command = stack;
    ptrdiff_t end;
    while ((end = slice_find(command, STACK)) >= 0)
        command = slice_skip(command, (size_t)end + STACK.length);
    size_t modes = (size_t)(command.data - stack.data);
    /* A stack that ends in nothing is cut off: it is told as it stands. */
    event->text[FIELD_OPERATION] =
        slice_trim(command).length ? slice_trim(command) : slice_trim(whole);
    if (modes)
        event->text[FIELD_MODE] = slice_trim(slice_first(stack, modes - STACK.length));
    device_set(event, FIELD_ACTOR, user);
}

static bool is_stack(struct slice command)
{
    return slice_find(command, STACK) >= 0 ||
           slice_ends_with(command, SLICE("(SUCCESS)")) ||
           slice_ends_with(command, SLICE("(FAILURE)"));
}

static bool is_junos(const struct accounting *accounting)
{
    return slice_equal_nocase(accounting->service, SLICE("junos-exec")) ||
           slice_find(accounting->command, SLICE(" forwarding-options ")) >= 0 ||
           slice_find(accounting->command, SLICE(" ethernet-switching-options ")) >= 0;
}

static struct slice without_cr(struct slice command)
{
    static const struct slice cr = {"<cr>", 4};
    command = slice_trim(command);
    if (slice_ends_with(command, cr))
        command = slice_trim(slice_first(command, command.length - cr.length));
    return command;
}

/* ---- who, when, which ---- */

static void set_from(struct event *event, const struct accounting *accounting)
{
    struct slice address = address_in_text(accounting->address);
    if (slice_present(address))
        event->text[FIELD_SOURCE_IP] = address;
    else if (!slice_equal(accounting->address, SLICE("unknown")) &&
             accounting->address.length)
        event->text[FIELD_SOURCE_TEXT] = accounting->address;
    else if (!slice_equal(accounting->port, SLICE("unknown")))
        device_set(event, FIELD_SOURCE_TEXT, accounting->port);
}

/* EOS tells the device's own clock to a hundredth; of others' records the time is the
 * server's, when the command was done. */
static void set_start_time(struct device_line *line, struct slice start_time)
{
    struct time_value value;
    bool wanted = line->event->provider == PROVIDER_EOS ||
                  line->event->time_us == EVENT_TIME_NONE;
    if (wanted && start_time.length && !timestamp_epoch(start_time, &value))
        form_set_time(line->event, start_time, 0, value);
}

/*
 * Start and stop of one command, its copies on two servers and the device's own log
 * share the number of the task.  Numbers begin again when the device starts, so the
 * day belongs to the key.
 */
static void set_task_key(struct device_line *line, const struct accounting *accounting)
{
    static const struct slice between = {"\x1f", 1};
    struct event *event = line->event;
    char day[TIMESTAMP_TEXT_MAX];
    struct slice began = accounting->start_time;
    if (!accounting->task.length || !event->text[FIELD_ACCOUNT].length)
        return;
    if (!began.length) {
        enum { DATE_LENGTH = 10 };
        size_t length = timestamp_format(event->time_us, day);
        began = slice_first((struct slice){day, length}, DATE_LENGTH);
    }
    const struct slice parts[] = {SLICE("task"),
                                  between,
                                  event->text[FIELD_ACCOUNT],
                                  between,
                                  event->text[FIELD_ACTOR],
                                  between,
                                  accounting->task,
                                  between,
                                  began,
                                  between,
                                  event->text[FIELD_OPERATION]};
    event->merge_key =
        arena_join(&line->normaliser->arena, parts, sizeof(parts) / sizeof(parts[0]));
}

/* A stop says that the command was taken; a start only that it was asked for. */
static void set_kind(struct event *event, struct slice kind)
{
    if (slice_equal_nocase(kind, SLICE("start"))) {
        event->phase = PHASE_FIRST;
        event->outcome = OUTCOME_PENDING;
    } else if (slice_equal_nocase(kind, SLICE("stop"))) {
        event->phase = PHASE_LAST;
    }
}

static void fill_command(struct device_line *line, const struct accounting *accounting,
                         struct slice command)
{
    struct event *event = line->event;
    if (is_stack(command) || event->provider == PROVIDER_CISCO_NXOS) {
        event->provider = PROVIDER_CISCO_NXOS;
        accounting_stack(line, accounting->user, command);
        return;
    }
    if (slice_starts_with(command, SLICE("OpenConfig.")))
        event->provider = PROVIDER_EOS;
    else if (is_junos(accounting))
        event->provider = PROVIDER_JUNOS;
    device_set_command(line, accounting->user, command);
    if (event->provider == PROVIDER_JUNOS)
        event->outcome = OUTCOME_PENDING; /* until a commit */
}

void accounting_fill(struct device_line *line, const struct accounting *accounting)
{
    struct event *event = line->event;
    struct slice command = without_cr(accounting->command);
    set_start_time(line, accounting->start_time);
    set_from(event, accounting);
    if (command.length) {
        fill_command(line, accounting, command);
        set_kind(event, accounting->kind);
    } else {
        static const struct slice session = {"accounting ", 11};
        const struct slice parts[] = {session, accounting->kind};
        event->text[FIELD_OPERATION] = arena_join(&line->normaliser->arena, parts, 2);
        device_set(event, FIELD_ACTOR, accounting->user);
        event->outcome = OUTCOME_SUCCESS;
    }
    event->text[FIELD_SERVICE] =
        accounting->service.length ? accounting->service : SLICE("accounting");
    set_task_key(line, accounting);
}

/* ---- files of tac_plus ---- */

/* time, device, user, port, address, kind: then attributes in any order. */
enum { TACACS_COLUMNS = 6, LIMIT_TACACS_ATTRIBUTES = 64 };

static struct slice cut_column(struct slice *rest, struct slice separator)
{
    ptrdiff_t end = slice_find(*rest, separator);
    struct slice column = end < 0 ? *rest : slice_first(*rest, (size_t)end);
    *rest = end < 0 ? SLICE_NONE : slice_skip(*rest, (size_t)end + separator.length);
    return slice_trim(column);
}

static bool is_kind(struct slice word)
{
    return slice_equal_nocase(word, SLICE("start")) ||
           slice_equal_nocase(word, SLICE("stop")) ||
           slice_equal_nocase(word, SLICE("update"));
}

static bool fits(struct slice line, struct slice separator)
{
    struct slice rest = line, column = SLICE_NONE;
    for (int i = 0; i < TACACS_COLUMNS; i++) {
        if (!slice_present(rest))
            return false;
        column = cut_column(&rest, separator);
    }
    return is_kind(column);
}

bool tacacs_tabs_fits(struct device_line *line)
{
    return fits(line->line, SLICE("\t"));
}

bool tacacs_bars_fits(struct device_line *line)
{
    return fits(line->line, SLICE("|!|"));
}

/* The value of "key=value" where the attribute has that key. */
static void take_attribute(struct slice attribute, struct slice key, struct slice *out)
{
    if (slice_starts_with(attribute, key))
        *out = slice_skip(attribute, key.length);
}

static enum record_class fill(struct device_line *line, struct slice separator)
{
    struct slice rest = line->line, columns[TACACS_COLUMNS];
    for (int i = 0; i < TACACS_COLUMNS; i++)
        columns[i] = cut_column(&rest, separator);
    struct accounting accounting = {.user = columns[2],
                                    .port = columns[3],
                                    .address = columns[4],
                                    .kind = columns[5]};
    for (int i = 0; i < LIMIT_TACACS_ATTRIBUTES && slice_present(rest); i++) {
        struct slice attribute = cut_column(&rest, separator);
        take_attribute(attribute, SLICE("cmd="), &accounting.command);
        take_attribute(attribute, SLICE("task_id="), &accounting.task);
        take_attribute(attribute, SLICE("start_time="), &accounting.start_time);
        take_attribute(attribute, SLICE("service="), &accounting.service);
    }
    device_line_header_before(line, 0);
    line->header.host = columns[1].length ? columns[1] : SLICE_NONE;
    device_set_header(line, STAMP_OF_DEVICE);
    /* The daemon's clock. */
    device_set_stamp(line, columns[0], TIME_RECEIVER_CLOCK);
    accounting_fill(line, &accounting);
    return RECORD_EVENT;
}

enum record_class tacacs_tabs_fill(struct device_line *line, const char **reason)
{
    (void)reason;
    return fill(line, SLICE("\t"));
}

enum record_class tacacs_bars_fill(struct device_line *line, const char **reason)
{
    (void)reason;
    return fill(line, SLICE("|!|"));
}
