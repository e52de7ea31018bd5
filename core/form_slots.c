#include "config.h"

#include "core/address.h"
#include "core/form_internal.h"

struct slice form_text(const struct form_record *record, enum form_slot slot)
{
    const struct json_slot *s = &record->slots[slot];
    if (s->type == VALUE_STRING && !s->escaped)
        return s->text.length ? s->text : SLICE_NONE;
    if (s->type != VALUE_STRING && s->type != VALUE_NUMBER && s->type != VALUE_TRUE &&
        s->type != VALUE_FALSE)
        return SLICE_NONE;
    struct slice text = json_text(s, &record->normaliser->arena);
    return text.length ? text : SLICE_NONE;
}

struct slice form_first_text(const struct form_record *record,
                             const enum form_slot *slots, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct slice text = form_text(record, slots[i]);
        if (slice_present(text))
            return text;
    }
    return SLICE_NONE;
}

/* "2026-03-14T02:11:09Z" is what timestamp_format writes: nothing to compare.
 * A leap second is read as the moment that it names. */
static bool is_plain_stamp(struct slice text)
{
    return text.length == 20 && text.data[10] == 'T' && text.data[19] == 'Z' &&
           text.data[17] < '6';
}

void form_set_time(struct event *event, struct slice text, int status,
                   struct time_value value)
{
    if (!slice_present(text))
        return;
    if (status < 0) {
        event->text[FIELD_TIME_TEXT] = text;
        return;
    }
    event->time_us = value.us;
    event->time_quality = value.quality;
    if (is_plain_stamp(text))
        return;
    char written[TIMESTAMP_TEXT_MAX];
    size_t length = timestamp_format(value.us, written);
    if (!slice_equal(text, (struct slice){written, length}))
        event->text[FIELD_TIME_TEXT] = text;
}

void form_set_iso_time(const struct form_record *record, struct slice text)
{
    struct time_value value = {EVENT_TIME_NONE, TIME_NONE};
    struct normaliser *normaliser = record->normaliser;
    int status = -1;
    if (slice_present(text))
        status = timestamp_any(text, &normaliser->hint, &value);
    if (!status && text.length > 2 && (text.data[1] == '/' || text.data[2] == '/'))
        normaliser->shown_order[timestamp_date_order(text)] = true;
    form_set_time(record->event, text, status, value);
}

void form_set_address(struct event *event, struct slice text)
{
    if (!slice_present(text))
        return;
    struct slice address = address_in_text(text);
    if (slice_present(address))
        event->text[FIELD_SOURCE_IP] = address;
    /* A block is more than one address: show what the log says. */
    if (!slice_present(address) || slice_index(text, '/') >= 0)
        event->text[FIELD_SOURCE_TEXT] = text;
}

enum outcome form_outcome_without_error(const struct json_slot *slots, bool complete)
{
    struct slice told = slots[SLOT_TOLD_OUTCOME].text;
    if (slice_equal_nocase(told, SLICE("failure")))
        return OUTCOME_FAILURE;
    return !complete && slice_equal(told, SLICE("unknown")) ? OUTCOME_UNKNOWN
                                                            : OUTCOME_SUCCESS;
}

struct slice form_segment(struct slice path, struct slice key)
{
    ptrdiff_t at = slice_find_nocase(path, key);
    if (at < 0)
        return SLICE_NONE;
    struct slice rest = slice_skip(path, (size_t)at + key.length);
    struct slice segment = slice_cut(&rest, '/');
    return segment.length ? segment : SLICE_NONE;
}

/* Up to eight bytes at once: Azure's long ids in capitals took 6 % of a load one by
 * one.  Added to seven bits, 0x80 - 'A' tells by the eighth what is 'A' or beyond. */
static inline void lower(char *to, const char *from, size_t count)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), high = ones * 0x80;
    uint64_t word = 0;
    memcpy(&word, from, count);
    uint64_t low = word & ~high;
    uint64_t from_a = low + ones * (0x80 - 'A'), past_z = low + ones * (0x7f - 'Z');
    word |= (from_a & ~past_z & ~word & high) >> 2;
    memcpy(to, &word, count);
}

struct slice form_lower(struct arena *arena, struct slice text)
{
    size_t i = 0;
    while (i < text.length && !(text.data[i] >= 'A' && text.data[i] <= 'Z'))
        i++;
    if (i == text.length)
        return text;
    char *copy = arena_alloc(arena, text.length);
    if (!copy)
        return SLICE_NONE;
    for (i = 0; i + sizeof(uint64_t) <= text.length; i += sizeof(uint64_t))
        lower(copy + i, text.data + i, sizeof(uint64_t));
    lower(copy + i, text.data + i, text.length - i);
    return (struct slice){copy, text.length};
}
