/*
 * Cisco IOS XR: the commit is logged, what it holds is not ("Use 'show configuration
 * commit changes 1000000093'").
 */
#include "config.h"

#include "core/device_message.h"

/* The node before the stamp, or a facility of two parts from a numbered process. */
bool iosxr_fits(struct device_line *line)
{
    const struct syslog_header *header = &line->header;
    if (!device_line_header(line) || !slice_present(header->token))
        return false;
    return slice_present(header->node) ||
           slice_starts_with(header->token, SLICE("MGBL-")) ||
           (slice_index(header->facility, '-') >= 0 &&
            slice_index(header->process, '[') > 0);
}

/* "Configuration committed by user 'mallory'. Use 'show configuration commit changes
 * 1000000093' to view the changes." */
static void fill_commit(struct device_line *line)
{
    struct event *event = line->event;
    struct slice text = line->header.text;
    struct slice commit = text_between(text, SLICE("commit changes "), '\'');
    static const struct slice name = {"commit ", 7};
    const struct slice parts[] = {name, commit};
    event->text[FIELD_OPERATION] = line->header.token;
    event->text[FIELD_SERVICE] = line->header.facility;
    device_set(event, FIELD_ACTOR, text_between(text, SLICE("by user '"), '\''));
    event->outcome = OUTCOME_SUCCESS;
    if (!commit.length)
        return;
    event->text[FIELD_CORRELATION_ID] = commit;
    event->text[FIELD_RESOURCE] = arena_join(&line->normaliser->arena, parts, 2);
}

enum record_class iosxr_fill(struct device_line *line, const char **reason)
{
    (void)reason;
    device_set_header(line, STAMP_OF_RELAY);
    if (slice_ends_with(line->header.token, SLICE("-DB_COMMIT")))
        fill_commit(line);
    else
        device_message_fill(line);
    return RECORD_EVENT;
}
