#include "config.h"

#include "core/frame_internal.h"

#include <stdlib.h>

struct framer *framer_new(const struct json_projection *projection)
{
    struct framer *framer = calloc(1, sizeof *framer);
    if (!framer)
        return NULL;
    framer->projection = projection;
    framer->damage.kept_bytes = malloc(LIMIT_REJECT_BYTES);
    framer->table = table_new();
    if (!framer->damage.kept_bytes || !framer->table) {
        framer_free(framer);
        return NULL;
    }
    return framer;
}

void framer_free(struct framer *framer)
{
    if (!framer)
        return;
    free(framer->damage.kept_bytes);
    table_free(framer->table);
    free(framer);
}

void framer_reset(struct framer *framer)
{
    *framer = (struct framer){.projection = framer->projection,
                              .damage.kept_bytes = framer->damage.kept_bytes,
                              .table = framer->table};
}

void framer_window(struct framer *framer, const char *data, size_t length,
                   uint64_t base, bool final, bool truncated)
{
    framer->data = data;
    framer->length = length;
    framer->base = base;
    framer->at = 0;
    framer->final = final;
    framer->truncated = truncated;
}

size_t framer_tail(const struct framer *framer)
{
    return framer->at;
}

void frame_fill(const struct framer *framer, struct frame_item *item,
                enum frame_kind kind, size_t from, size_t to, const char *reason)
{
    *item = (struct frame_item){
        .kind = kind,
        .bytes = {framer->data + from, to - from},
        .offset = framer->base + from,
        .length = to - from,
        .reason = reason,
        .envelope = framer->depth ? framer->levels[framer->depth - 1].envelope : "",
    };
}

enum json_status frame_scan(const struct framer *framer, size_t at, size_t limit,
                            struct json_slot *slots, size_t *end, bool *more)
{
    bool cut = framer->length - at > limit;
    const char *begin = framer->data + at, *next;
    const char *stop = cut ? begin + limit : framer->data + framer->length;
    enum json_status status =
        json_scan(framer->projection, begin, stop, framer->final && !cut, slots, &next);
    *end = (size_t)(next - framer->data);
    *more = !framer->final && !cut;
    return status;
}

static const char *reason_of(const struct framer *framer, enum json_status status,
                             bool too_long)
{
    if (status == JSON_TOO_DEEP)
        return "JSON is nested too deeply";
    if (status != JSON_INCOMPLETE)
        return "malformed JSON";
    if (too_long)
        return "this record is longer than 8 MiB";
    return framer->truncated ? "cut off: the input ends inside this record"
                             : "the input ends inside this record";
}

static enum step take_unreadable(struct framer *framer, struct frame_item *item,
                                 struct json_slot *slots, enum json_status status)
{
    bool object = framer->data[framer->at] == '{', next_page = false;
    bool too_long = framer->length - framer->at > LIMIT_RECORD_BYTES;
    if (status != JSON_TOO_DEEP && object &&
        frame_enter_long(framer, slots, &next_page) == LOOK_YES) {
        if (!next_page)
            return STEP_AGAIN;
        frame_fill(framer, item, FRAME_NOTE, framer->at, framer->at,
                   frame_next_page_note);
        return STEP_EMIT;
    }
    if (object && !framer->opening.length) {
        if (!framer->final && framer->length - framer->at < FRAME_OPENING_BYTES)
            return STEP_MORE;
        frame_remember_opening(framer, framer->at, slots, false);
    }
    const char *reason = reason_of(framer, status, too_long);
    return status == JSON_TOO_DEEP ? frame_reject_deep(framer, reason)
                                   : frame_reject(framer, reason);
}

/* A value of JSON at framer->at. */
static enum step take_value(struct framer *framer, struct frame_item *item,
                            struct json_slot *slots)
{
    size_t from = framer->at, end;
    bool more;
    enum json_status status =
        frame_scan(framer, from, LIMIT_RECORD_BYTES, slots, &end, &more);
    if (status == JSON_INCOMPLETE && more)
        return STEP_MORE;
    if (status != JSON_OK)
        return take_unreadable(framer, item, slots, status);
    if (framer->data[from] == '{') {
        const struct json_slot *token = &slots[SLOT_NEXT_PAGE];
        bool next_page = token->type == VALUE_STRING && token->text.length > 0;
        if (frame_enter_whole(framer, slots, end)) {
            if (!next_page)
                return STEP_AGAIN;
            frame_fill(framer, item, FRAME_NOTE, from, from, frame_next_page_note);
            return STEP_EMIT;
        }
        frame_remember_opening(framer, from, slots, true);
    }
    frame_fill(framer, item, FRAME_JSON, from, end, NULL);
    framer->at = end;
    return STEP_EMIT;
}

static enum step take_object(struct framer *framer, struct frame_item *item,
                             struct json_slot *slots)
{
    switch (frame_stream_envelope(framer, framer->at, true)) {
    case LOOK_MORE:
        return STEP_MORE;
    case LOOK_YES:
        return STEP_AGAIN;
    case LOOK_NO:
        break;
    }
    return take_value(framer, item, slots);
}

enum step frame_take_line(struct framer *framer, struct frame_item *item)
{
    size_t from = framer->at, length, after;
    switch (frame_line(framer, from, &length, &after)) {
    case LOOK_MORE:
        return STEP_MORE;
    case LOOK_NO:
        return frame_reject(framer, "this line is longer than 1 MiB");
    case LOOK_YES:
        break;
    }
    struct slice line = {framer->data + from, length};
    if (frame_begin_table(framer, line, after))
        return STEP_AGAIN;
    if (frame_line_noise(line) * 4 > length)
        return frame_reject(framer, "this is not text");
    frame_fill(framer, item, FRAME_LINE, from, from + length, NULL);
    framer->at = after;
    return STEP_EMIT;
}

static enum step enter_array(struct framer *framer)
{
    const char *outer =
        framer->depth ? framer->levels[framer->depth - 1].envelope : "array";
    framer->levels[framer->depth++] = (struct level){LEVEL_ARRAY, outer, 0};
    framer->end_noted = false;
    framer->at++;
    return STEP_AGAIN;
}

/* Outside of arrays. */
static enum step take_top(struct framer *framer, struct frame_item *item,
                          struct json_slot *slots)
{
    char byte = framer->data[framer->at];
    if (byte == '{')
        return take_object(framer, item, slots);
    if (byte == '}' || byte == ']')
        return frame_reject(framer, "brackets that close nothing");
    enum look array = byte == '[' ? frame_opens_array(framer, framer->at) : LOOK_NO;
    if (array == LOOK_MORE)
        return STEP_MORE;
    return array == LOOK_YES ? enter_array(framer) : frame_take_line(framer, item);
}

/* An array in an array: a row of a table, or more records. */
static enum step take_inner_array(struct framer *framer, struct frame_item *item,
                                  struct json_slot *slots)
{
    bool rows = framer->levels[framer->depth - 1].kind == LEVEL_ROWS;
    enum look row = rows ? LOOK_YES : frame_is_pairs(framer, framer->at);
    if (row == LOOK_MORE)
        return STEP_MORE;
    if (row == LOOK_YES)
        return frame_take_json_row(framer, item, slots);
    return framer->depth < LIMIT_ENVELOPE_DEPTH ? enter_array(framer)
                                                : take_value(framer, item, slots);
}

static enum step take_element(struct framer *framer, struct frame_item *item,
                              struct json_slot *slots)
{
    enum look rows;
    switch (framer->data[framer->at]) {
    case '{':
        rows = frame_enter_rows(framer, slots);
        if (rows != LOOK_NO)
            return rows == LOOK_MORE ? STEP_MORE : STEP_AGAIN;
        return frame_in_result(framer) ? frame_take_json_row(framer, item, slots)
                                       : take_object(framer, item, slots);
    case ']':
        frame_close_array(framer);
        return STEP_AGAIN;
    case '}':
        return frame_reject(framer, "brackets that close nothing");
    case '[':
        return take_inner_array(framer, item, slots);
    default:
        return take_value(framer, item, slots);
    }
}

static enum step take_end(struct framer *framer, struct frame_item *item)
{
    if (!framer->final)
        return STEP_MORE;
    if (framer->depth && !framer->end_noted) {
        framer->end_noted = true;
        frame_fill(framer, item, FRAME_NOTE, framer->length, framer->length,
                   "the array of records has no end: the input may be cut off");
        return STEP_EMIT;
    }
    frame_fill(framer, item, FRAME_END, framer->length, framer->length, NULL);
    return STEP_EMIT;
}

/* A UTF-8 byte order mark, which joined files have in the middle: LOOK_YES, and it is
 * passed over. */
static enum look skip_mark(struct framer *framer)
{
    static const char mark[] = "\xef\xbb\xbf";
    size_t left = framer->length - framer->at;
    if (!left || framer->data[framer->at] != mark[0])
        return LOOK_NO;
    if (left < 3)
        return framer->final ? LOOK_NO : LOOK_MORE;
    if (memcmp(framer->data + framer->at, mark, 3))
        return LOOK_NO;
    framer->at += 3;
    return LOOK_YES;
}

static enum look skip_separators(struct framer *framer)
{
    enum look mark;
    do {
        while (framer->at < framer->length &&
               frame_is_separator(framer->data[framer->at]))
            framer->at++;
        mark = skip_mark(framer);
    } while (mark == LOOK_YES);
    return mark;
}

/* Between rows, which may begin with blanks and commas: empty lines and NUL padding. */
static enum look skip_line_ends(struct framer *framer)
{
    enum look mark;
    do {
        while (framer->at < framer->length &&
               (framer->data[framer->at] == '\n' || framer->data[framer->at] == '\r' ||
                framer->data[framer->at] == '\0'))
            framer->at++;
        mark = skip_mark(framer);
    } while (mark == LOOK_YES);
    return mark;
}

static enum step take_one(struct framer *framer, struct frame_item *item,
                          struct json_slot *slots)
{
    if (framer->damage.active)
        return frame_search(framer, item, slots);
    if ((framer->in_table ? skip_line_ends(framer) : skip_separators(framer)) ==
        LOOK_MORE)
        return STEP_MORE;
    if (framer->at == framer->length)
        return take_end(framer, item);
    if (framer->in_table)
        return frame_take_row(framer, item, slots);
    if (!framer->depth)
        return take_top(framer, item, slots);
    if (framer->levels[framer->depth - 1].kind == LEVEL_TAIL)
        return frame_take_tail(framer, item, slots);
    return take_element(framer, item, slots);
}

void framer_next(struct framer *framer, struct frame_item *item,
                 struct json_slot *slots)
{
    enum step step;
    do {
        step = take_one(framer, item, slots);
    } while (step == STEP_AGAIN);
    if (step != STEP_MORE)
        return;
    frame_keep_damage(framer);
    frame_fill(framer, item, FRAME_MORE, framer->at, framer->at, NULL);
}
