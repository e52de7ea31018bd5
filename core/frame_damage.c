#include "config.h"

#include "core/frame_internal.h"

enum {
    /* Shorter lines of anything appear in binary data and inside of JSON. */
    RESUME_LINE_BYTES = 8,
    /* Slots that an object fills which looks like a record in nothing else. */
    RESUME_SLOTS = 3,
    /* Bytes that may be read in vain: a base, and for each byte of damage. */
    VAIN_BYTES = 4 * 1024 * 1024,
    VAIN_FACTOR = 16,
};

/* --- how records begin --------------------------------------------------------- */

static unsigned filled_slots(const struct framer *framer, const struct json_slot *slots)
{
    unsigned count = json_projection_slot_count(framer->projection), filled = 0;
    for (unsigned i = FRAME_SLOT_COUNT; i < count; i++)
        filled += slots[i].type != VALUE_ABSENT;
    return filled;
}

/* From `{` to the end of the first key; 0 where there is none. */
static size_t opening_length(struct slice object)
{
    size_t at = 1;
    while (at < object.length && frame_is_blank(object.data[at]))
        at++;
    if (at >= object.length || object.data[at] != '"')
        return 0;
    ptrdiff_t quote = slice_index(slice_skip(object, at + 1), '"');
    return quote < 0 ? 0 : at + 2 + (size_t)quote;
}

void frame_remember_opening(struct framer *framer, size_t at,
                            const struct json_slot *slots, bool good)
{
    struct opening *opening = &framer->opening;
    struct slice object = slice_skip((struct slice){framer->data, framer->length}, at);
    bool known = opening->length && !opening->guessed;
    if (known &&
        slice_starts_with(object, (struct slice){opening->text, opening->length})) {
        framer->opening_told = framer->opening_told || good;
        return;
    }
    size_t length = opening_length(slice_first(object, FRAME_OPENING_BYTES));
    if (!length)
        return;
    framer->opening_told = framer->opening_told || good;
    memcpy(opening->text, object.data, length);
    opening->length = length;
    opening->guessed = !good;
    opening->fills = good && filled_slots(framer, slots) > 0;
}

/* --- the rejected bytes -------------------------------------------------------- */

static void count_bracket(struct damage *damage, char byte)
{
    if (damage->in_escape)
        damage->in_escape = false;
    else if (damage->in_string && byte == '\\')
        damage->in_escape = true;
    else if (byte == '"')
        damage->in_string = !damage->in_string;
    else if (!damage->in_string && (byte == '{' || byte == '['))
        damage->open++;
    else if (!damage->in_string && (byte == '}' || byte == ']'))
        damage->open--;
}

/* The byte at framer->at belongs to the damage. */
static inline void pass_over(struct framer *framer)
{
    struct damage *damage = &framer->damage;
    char byte = framer->data[framer->at++];
    damage->last[0] = byte;
    if (damage->deep)
        count_bracket(damage, byte);
    if (frame_is_blank(byte))
        return;
    damage->doubtful = damage->doubtful || (unsigned char)byte < 0x20;
    damage->last[2] = damage->last[1];
    damage->last[1] = byte;
    if (!frame_is_separator(byte))
        damage->solid_end = framer->base + framer->at;
}

static void begin(struct framer *framer, const char *reason)
{
    uint64_t offset = framer->base + framer->at;
    char byte = framer->data[framer->at];
    framer->damage = (struct damage){
        .active = true,
        .offset = offset,
        .solid_end = offset,
        .reason = reason,
        .doubtful = framer->depth || byte == '{' || byte == '}' || byte == ']',
        .braces = framer->depth && byte == '}',
        .kept_bytes = framer->damage.kept_bytes,
    };
    framer->end_noted = framer->opening_asked = true;
}

enum step frame_reject(struct framer *framer, const char *reason)
{
    begin(framer, reason);
    pass_over(framer);
    return STEP_AGAIN;
}

enum step frame_reject_deep(struct framer *framer, const char *reason)
{
    begin(framer, reason);
    framer->damage.deep = true;
    pass_over(framer);
    return STEP_AGAIN;
}

enum step frame_reject_row(struct framer *framer, const char *reason)
{
    begin(framer, reason);
    framer->damage.row = true;
    pass_over(framer);
    return STEP_AGAIN;
}

void frame_keep_damage(struct framer *framer)
{
    struct damage *damage = &framer->damage;
    if (!damage->active)
        return;
    uint64_t from = damage->offset + damage->kept;
    uint64_t count = framer->base + framer->at - from;
    if (count > LIMIT_REJECT_BYTES - damage->kept)
        count = LIMIT_REJECT_BYTES - damage->kept;
    if (!count)
        return;
    memcpy(damage->kept_bytes + damage->kept, framer->data + (from - framer->base),
           (size_t)count);
    damage->kept += (size_t)count;
}

static enum step emit_reject(struct framer *framer, struct frame_item *item)
{
    struct damage *damage = &framer->damage;
    uint64_t length = damage->solid_end - damage->offset;
    size_t shown = length < LIMIT_REJECT_BYTES ? (size_t)length : LIMIT_REJECT_BYTES;
    frame_fill(framer, item, FRAME_REJECT, framer->at, framer->at, damage->reason);
    item->offset = damage->offset;
    item->length = length;
    if (damage->kept) {
        frame_keep_damage(framer);
        item->bytes = (struct slice){damage->kept_bytes, shown};
    } else {
        item->bytes =
            (struct slice){framer->data + (damage->offset - framer->base), shown};
    }
    damage->active = false;
    return STEP_EMIT;
}

/* --- where reading resumes ----------------------------------------------------- */

/* Whether the bytes here are those that records begin with. */
static enum look matches_opening(const struct framer *framer)
{
    const struct opening *opening = &framer->opening;
    size_t left = framer->length - framer->at;
    size_t common = left < opening->length ? left : opening->length;
    if (!opening->length || memcmp(framer->data + framer->at, opening->text, common))
        return LOOK_NO;
    if (common == opening->length)
        return LOOK_YES;
    return framer->final ? LOOK_NO : LOOK_MORE;
}

/* `},{` or `}{`: an object beside another, where nothing better is known. */
static bool follows_object(const struct framer *framer)
{
    const char *last = framer->damage.last;
    bool known = framer->opening.length && !framer->opening.guessed;
    return !known && (last[1] == '}' || (last[1] == ',' && last[2] == '}'));
}

static bool too_much_in_vain(const struct framer *framer)
{
    uint64_t passed = framer->base + framer->at - framer->damage.offset;
    return framer->damage.cost > VAIN_BYTES + VAIN_FACTOR * passed;
}

/* An object that must fill at least `wanted` slots. */
static enum look object_reads_well(struct framer *framer, struct json_slot *slots,
                                   unsigned wanted)
{
    size_t end;
    bool more;
    if (too_much_in_vain(framer))
        return LOOK_NO;
    enum json_status status =
        frame_scan(framer, framer->at, LIMIT_RECORD_BYTES, slots, &end, &more);
    if (status == JSON_INCOMPLETE && more)
        return LOOK_MORE;
    if (status == JSON_OK && filled_slots(framer, slots) >= wanted)
        return LOOK_YES;
    framer->damage.cost += end - framer->at;
    return LOOK_NO;
}

static enum look resumes_at_object(struct framer *framer, struct json_slot *slots,
                                   bool line_start, bool *outside)
{
    if (!line_start && framer->damage.last[1] == ':')
        return LOOK_NO; /* the value of a key */
    enum look envelope = frame_stream_envelope(framer, framer->at, false);
    *outside = envelope == LOOK_YES;
    if (envelope != LOOK_NO)
        return envelope;
    enum look opening = matches_opening(framer);
    if (opening == LOOK_MORE)
        return LOOK_MORE;
    if (line_start)
        return object_reads_well(framer, slots, 0);
    if (opening == LOOK_YES)
        return object_reads_well(framer, slots, framer->opening.fills);
    return follows_object(framer) ? object_reads_well(framer, slots, RESUME_SLOTS)
                                  : LOOK_NO;
}

/* A line of text that is not the rest of a pretty-printed value. */
static enum look resumes_at_line(const struct framer *framer)
{
    size_t length, after;
    char byte = framer->data[framer->at];
    if (frame_is_separator(byte) || byte == '"' || byte == '}' || byte == ']' ||
        byte == ':')
        return LOOK_NO;
    enum look line = frame_line(framer, framer->at, &length, &after);
    if (line != LOOK_YES)
        return line;
    struct slice text = {framer->data + framer->at, length};
    size_t least = framer->damage.doubtful ? RESUME_LINE_BYTES : 1;
    return length >= least && !frame_line_noise(text) ? LOOK_YES : LOOK_NO;
}

/* *outside: what begins here is outside of the arrays that were open. */
static enum look resumes(struct framer *framer, struct json_slot *slots, bool *outside)
{
    struct damage *damage = &framer->damage;
    bool line_start = damage->last[0] == '\n';
    char byte = framer->data[framer->at];
    if (damage->row)
        return line_start && !too_much_in_vain(framer)
                   ? frame_resumes_at_row(framer, slots)
                   : LOOK_NO;
    if (damage->deep && !damage->open)
        return LOOK_YES;
    if (damage->deep && !line_start)
        return LOOK_NO;
    if (damage->braces && byte == ']')
        return LOOK_YES;
    damage->braces = damage->braces && (byte == '}' || frame_is_separator(byte));
    if (byte == '{')
        return resumes_at_object(framer, slots, line_start, outside);
    if (!line_start)
        return LOOK_NO;
    *outside = true;
    return byte == '[' ? frame_opens_array(framer, framer->at)
                       : resumes_at_line(framer);
}

enum step frame_search(struct framer *framer, struct frame_item *item,
                       struct json_slot *slots)
{
    while (framer->at < framer->length) {
        bool outside = false;
        enum look look = resumes(framer, slots, &outside);
        if (look == LOOK_MORE)
            return STEP_MORE;
        if (look == LOOK_YES) {
            emit_reject(framer, item);
            if (outside)
                framer->depth = 0;
            return STEP_EMIT;
        }
        pass_over(framer);
    }
    return framer->final ? emit_reject(framer, item) : STEP_MORE;
}
