/*
 * journald as JSON (journalctl -o json; systemd, "Journal JSON Format"): an envelope
 * around a line of text, with the receiver's clock.  MESSAGE is a string, an array of
 * bytes where it is not UTF-8, or null where it is too long.
 */
#include "config.h"

#include "core/device_line.h"

bool journald_fits(const struct json_slot *slots)
{
    return slots[SLOT_JOURNAL_TIME].type != VALUE_ABSENT &&
           slots[SLOT_JOURNAL_MESSAGE].type != VALUE_ABSENT;
}

/* "[77,111,...]" as bytes. */
static struct slice bytes_of(struct arena *arena, struct slice array)
{
    char *out = arena_alloc(arena, LIMIT_JOURNAL_BYTES);
    size_t length = 0;
    unsigned number = 0;
    bool any = false;
    for (size_t i = 0; out && i < array.length && length < LIMIT_JOURNAL_BYTES; i++) {
        char c = array.data[i];
        if (c >= '0' && c <= '9') {
            number = (number * 10 + (unsigned)(c - '0')) & 0xFFF;
            any = true;
        } else if (any) {
            out[length++] = (char)(unsigned char)number;
            number = 0;
            any = false;
        }
    }
    return (struct slice){out, length};
}

static struct slice message_of(const struct form_record *record)
{
    const struct json_slot *slot = &record->slots[SLOT_JOURNAL_MESSAGE];
    if (slot->type == VALUE_ARRAY)
        return bytes_of(&record->normaliser->arena, slot->text);
    return form_text(record, SLOT_JOURNAL_MESSAGE);
}

enum record_class journald_fill(const struct form_record *record, const char **reason)
{
    struct time_value time = {EVENT_TIME_NONE, TIME_NONE};
    struct slice stamp = form_text(record, SLOT_JOURNAL_TIME);
    struct slice message = message_of(record);
    if (!message.length) {
        *reason = record->slots[SLOT_JOURNAL_MESSAGE].type == VALUE_NULL
                      ? "message that was too long for the journal's export"
                      : "journal entry without a message";
        return RECORD_SKIPPED;
    }
    if (!stamp.length || timestamp_epoch(stamp, &time))
        time.us = EVENT_TIME_NONE;
    const struct line_relay relay = {
        .host = form_text(record, SLOT_JOURNAL_HOST),
        .tag = form_text(record, SLOT_JOURNAL_TAG),
        .time_us = time.us,
    };
    enum record_class class =
        line_normalise(record->normaliser, message, &relay, record->event, reason);
    if (class == RECORD_UNKNOWN)
        *reason = "journal entry of no known device";
    return class;
}
