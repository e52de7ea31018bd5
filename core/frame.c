#include "config.h"

#include "core/frame.h"

#include <stdlib.h>

enum { FIRST_KEY_MAX = 64 };

enum level_kind {
    LEVEL_ARRAY,    /* `[` of the stream itself */
    LEVEL_ENVELOPE, /* the array of an object that is entered while streaming */
    LEVEL_TAIL,     /* behind that array: the object's other keys */
    LEVEL_RANGE,    /* the array of an object that was seen whole: ends at `end` */
};

struct level {
    enum level_kind kind;
    const char *envelope;
    uint64_t end; /* LEVEL_RANGE: offset just after the whole envelope */
};

struct framer {
    const struct json_projection *projection;
    const char *data;
    size_t length, at; /* at: the next byte to look at */
    uint64_t base;
    bool final, truncated;
    bool resync;    /* the last window ended inside damaged bytes */
    bool end_noted; /* the note on an array without an end was given */
    struct level levels[LIMIT_ENVELOPE_DEPTH];
    size_t depth;
    /* `"key"` that records begin with here: where reading resumes after damage */
    char first_key[FIRST_KEY_MAX];
    size_t first_key_length;
};

struct framer *framer_new(const struct json_projection *projection)
{
    struct framer *framer = calloc(1, sizeof *framer);
    if (framer)
        framer->projection = projection;
    return framer;
}

void framer_free(struct framer *framer)
{
    free(framer);
}

void framer_reset(struct framer *framer)
{
    *framer = (struct framer){.projection = framer->projection};
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
    if (base == 0 && length >= 3 && !memcmp(data, "\xef\xbb\xbf", 3))
        framer->at = 3;
}

size_t framer_tail(const struct framer *framer)
{
    return framer->at;
}

/* --- looking ------------------------------------------------------------------- */

static bool is_separator(char byte)
{
    return byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t' || byte == ',' ||
           byte == '\x1e' || byte == '\0';
}

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t';
}

static size_t skip_blanks(const struct framer *framer, size_t at)
{
    while (at < framer->length && is_blank(framer->data[at]))
        at++;
    return at;
}

static struct level *top(struct framer *framer)
{
    return framer->depth ? &framer->levels[framer->depth - 1] : NULL;
}

static const char *envelope_name(const struct framer *framer)
{
    return framer->depth ? framer->levels[framer->depth - 1].envelope : "";
}

static void fill_item(const struct framer *framer, struct frame_item *item,
                      enum frame_kind kind, size_t from, size_t to, const char *reason)
{
    *item = (struct frame_item){
        .kind = kind,
        .bytes = {framer->data + from, to - from},
        .offset = framer->base + from,
        .length = to - from,
        .reason = reason,
        .envelope = envelope_name(framer),
    };
}

static void push(struct framer *framer, struct level level)
{
    framer->levels[framer->depth++] = level;
    framer->end_noted = false;
}

/* The envelope key that `key` (without quotes) is, or NULL. */
static const struct json_path *envelope_of(struct slice key)
{
    for (size_t i = 0; i < frame_path_count; i++) {
        if (frame_paths[i].slot != SLOT_NEXT_PAGE &&
            slice_equal(slice_from(frame_paths[i].keys), key))
            return &frame_paths[i];
    }
    return NULL;
}

static bool is_next_page(struct slice key)
{
    for (size_t i = 0; i < frame_path_count; i++) {
        if (frame_paths[i].slot == SLOT_NEXT_PAGE &&
            slice_equal(slice_from(frame_paths[i].keys), key))
            return true;
    }
    return false;
}

/* The first key of the object at `at`, with its quotes; absent where there is none or
 * the window ends before its end. */
static struct slice first_key(const struct framer *framer, size_t at)
{
    size_t start = skip_blanks(framer, at + 1);
    size_t limit = start + FIRST_KEY_MAX;
    if (start >= framer->length || framer->data[start] != '"')
        return SLICE_NONE;
    if (limit > framer->length)
        limit = framer->length;
    for (size_t end = start + 1; end < limit; end++) {
        if (framer->data[end] == '"')
            return (struct slice){framer->data + start, end + 1 - start};
    }
    return SLICE_NONE;
}

/* Enters `{"Records":[`; false where the object does not begin so. */
static bool enter_envelope(struct framer *framer)
{
    struct slice key = first_key(framer, framer->at);
    if (!slice_present(key) || framer->depth == LIMIT_ENVELOPE_DEPTH)
        return false;
    const struct json_path *path =
        envelope_of((struct slice){key.data + 1, key.length - 2});
    size_t at = skip_blanks(framer, (size_t)(key.data - framer->data) + key.length);
    if (!path || at >= framer->length || framer->data[at] != ':')
        return false;
    at = skip_blanks(framer, at + 1);
    if (at >= framer->length || framer->data[at] != '[')
        return false;
    push(framer, (struct level){LEVEL_ENVELOPE, path->keys, 0});
    framer->at = at + 1;
    return true;
}

/* --- damage -------------------------------------------------------------------- */

/* Text at `at` that opens a record like the ones before it. */
static bool opens_record(const struct framer *framer, size_t at)
{
    struct slice key;
    if (framer->data[at] != '{' || !framer->first_key_length)
        return false;
    key = first_key(framer, at);
    return slice_equal(key,
                       (struct slice){framer->first_key, framer->first_key_length});
}

/*
 * Where reading resumes after damage, from `from` on: text that opens a record as they
 * open here, or, outside of arrays, the start of the next line that is not indented (an
 * indented one belongs to a pretty-printed value). Length of the window if nowhere.
 */
static size_t find_resume(const struct framer *framer, size_t from)
{
    for (size_t at = from; at < framer->length; at++) {
        if (opens_record(framer, at))
            return at;
        bool line_start = at > 0 && framer->data[at - 1] == '\n';
        bool starts = !is_separator(framer->data[at]) && framer->data[at] != '}' &&
                      framer->data[at] != ']' && framer->data[at] != '"';
        if (framer->depth == 0 && line_start && starts)
            return at;
    }
    return framer->length;
}

/* Rejects from `from`, the damage being seen at `fault`. False: more bytes first. */
static bool reject(struct framer *framer, struct frame_item *item, size_t from,
                   size_t fault, const char *reason)
{
    size_t to = find_resume(framer, fault > from ? fault : from + 1);
    if (to == framer->length && !framer->final) {
        if (framer->length - from < FRAME_WINDOW_BYTES) {
            framer->at = from;
            return false;
        }
        framer->resync = true;
    }
    fill_item(framer, item, FRAME_REJECT, from, to, reason);
    framer->at = to;
    return true;
}

static const char *status_reason(const struct framer *framer, enum json_status status)
{
    switch (status) {
    case JSON_TOO_DEEP:
        return "JSON is nested too deeply";
    case JSON_INCOMPLETE:
        return framer->truncated ? "cut off: the input ends inside this record"
                                 : "the input ends inside this record";
    case JSON_OK:
    case JSON_MALFORMED:
        break;
    }
    return "malformed JSON";
}

/* --- values -------------------------------------------------------------------- */

static bool slot_has_text(const struct json_slot *slot)
{
    return slot->type == VALUE_STRING && slot->text.length > 0;
}

/* Enters the array of an envelope that was scanned whole. */
static bool enter_range(struct framer *framer, const struct json_slot *slots,
                        size_t end)
{
    if (framer->depth == LIMIT_ENVELOPE_DEPTH)
        return false;
    for (size_t i = 0; i < frame_path_count; i++) {
        const struct json_slot *slot = &slots[frame_paths[i].slot];
        if (frame_paths[i].slot == SLOT_NEXT_PAGE || slot->type != VALUE_ARRAY)
            continue;
        push(framer,
             (struct level){LEVEL_RANGE, frame_paths[i].keys, framer->base + end});
        framer->at = (size_t)(slot->text.data - framer->data) + 1;
        return true;
    }
    return false;
}

static void remember_first_key(struct framer *framer, size_t at)
{
    struct slice key = first_key(framer, at);
    if (!slice_present(key))
        return;
    memcpy(framer->first_key, key.data, key.length);
    framer->first_key_length = key.length;
}

enum step { STEP_EMIT, STEP_AGAIN, STEP_MORE };

static const char next_page_note[] =
    "the export goes on: a next-page token is left over, so events are missing";

/* A value of JSON at framer->at. */
static enum step take_value(struct framer *framer, struct frame_item *item,
                            struct json_slot *slots)
{
    size_t from = framer->at;
    const char *next;
    enum json_status status =
        json_scan(framer->projection, framer->data + from,
                  framer->data + framer->length, framer->final, slots, &next);
    size_t end = (size_t)(next - framer->data);
    if (status == JSON_INCOMPLETE && !framer->final) {
        if (framer->length - from < FRAME_WINDOW_BYTES)
            return STEP_MORE;
        framer->resync = true;
        fill_item(framer, item, FRAME_REJECT, from, framer->length,
                  "this record is longer than 8 MiB");
        framer->at = framer->length;
        return STEP_EMIT;
    }
    if (status != JSON_OK) {
        if (!framer->first_key_length)
            remember_first_key(framer, from);
        return reject(framer, item, from, end, status_reason(framer, status))
                   ? STEP_EMIT
                   : STEP_MORE;
    }
    if (framer->data[from] == '{') {
        bool more_pages = slot_has_text(&slots[SLOT_NEXT_PAGE]);
        if (enter_range(framer, slots, end)) {
            if (!more_pages)
                return STEP_AGAIN;
            fill_item(framer, item, FRAME_NOTE, from, from, next_page_note);
            return STEP_EMIT;
        }
        remember_first_key(framer, from);
    }
    fill_item(framer, item, FRAME_JSON, from, end, NULL);
    framer->at = end;
    return STEP_EMIT;
}

static enum step take_line(struct framer *framer, struct frame_item *item)
{
    size_t from = framer->at;
    const char *newline = memchr(framer->data + from, '\n', framer->length - from);
    size_t end = newline ? (size_t)(newline - framer->data) : framer->length;
    if (!newline && !framer->final && end - from <= LIMIT_LINE_BYTES)
        return STEP_MORE;
    if (end - from > LIMIT_LINE_BYTES) {
        framer->resync = !newline && !framer->final;
        fill_item(framer, item, FRAME_REJECT, from, end,
                  "this line is longer than 1 MiB");
        framer->at = end;
        return STEP_EMIT;
    }
    framer->at = newline ? end + 1 : end;
    while (end > from &&
           (framer->data[end - 1] == '\r' || framer->data[end - 1] == ' '))
        end--;
    fill_item(framer, item, FRAME_LINE, from, end, NULL);
    return STEP_EMIT;
}

/* Brackets that close nothing. */
static enum step take_unbalanced(struct framer *framer, struct frame_item *item)
{
    size_t from = framer->at, end = from;
    while (end < framer->length &&
           (framer->data[end] == '}' || framer->data[end] == ']' ||
            is_separator(framer->data[end])))
        end++;
    fill_item(framer, item, FRAME_REJECT, from, end, "brackets that close nothing");
    framer->at = end;
    return STEP_EMIT;
}

/* --- the other keys of an envelope --------------------------------------------- */

/*
 * `"key":value` behind the array of a streamed envelope. Another envelope's array is
 * entered; a next-page token is noted.
 */
static enum step take_tail_pair(struct framer *framer, struct frame_item *item,
                                struct json_slot *slots)
{
    size_t from = framer->at;
    struct slice key = first_key(framer, from - 1);
    const char *limit = framer->data + framer->length, *next;
    size_t at =
        slice_present(key)
            ? skip_blanks(framer, (size_t)(key.data - framer->data) + key.length)
            : framer->length;
    bool whole = at < framer->length && framer->data[at] == ':';
    at = whole ? skip_blanks(framer, at + 1) : framer->length;
    if (at >= framer->length) {
        if (!framer->final && framer->length - from < 2 * FIRST_KEY_MAX)
            return STEP_MORE;
        framer->depth--;
        return reject(framer, item, from, from, "malformed JSON") ? STEP_EMIT
                                                                  : STEP_MORE;
    }
    struct slice name = {key.data + 1, key.length - 2};
    const struct json_path *path = envelope_of(name);
    if (path && framer->data[at] == '[') {
        *top(framer) = (struct level){LEVEL_ENVELOPE, path->keys, 0};
        framer->at = at + 1;
        return STEP_AGAIN;
    }
    enum json_status status = json_scan(framer->projection, framer->data + at, limit,
                                        framer->final, slots, &next);
    if (status == JSON_INCOMPLETE && !framer->final &&
        framer->length - from < FRAME_WINDOW_BYTES)
        return STEP_MORE;
    if (status != JSON_OK) {
        framer->depth--;
        return reject(framer, item, from, (size_t)(next - framer->data),
                      status_reason(framer, status))
                   ? STEP_EMIT
                   : STEP_MORE;
    }
    bool token =
        is_next_page(name) && framer->data[at] == '"' && next - (framer->data + at) > 2;
    framer->at = (size_t)(next - framer->data);
    if (!token)
        return STEP_AGAIN;
    fill_item(framer, item, FRAME_NOTE, from, from, next_page_note);
    return STEP_EMIT;
}

static enum step take_tail(struct framer *framer, struct frame_item *item,
                           struct json_slot *slots)
{
    char byte = framer->data[framer->at];
    if (byte == '}') {
        framer->at++;
        framer->depth--;
        return STEP_AGAIN;
    }
    if (byte == '"')
        return take_tail_pair(framer, item, slots);
    /* No such object: what follows is judged by itself. */
    framer->depth--;
    return STEP_AGAIN;
}

/* --- the loop ------------------------------------------------------------------ */

static void close_array(struct framer *framer)
{
    struct level *level = top(framer);
    framer->at++;
    if (level->kind == LEVEL_ENVELOPE) {
        level->kind = LEVEL_TAIL;
        return;
    }
    if (level->kind == LEVEL_RANGE)
        framer->at = (size_t)(level->end - framer->base);
    framer->depth--;
}

/* An array of records, not a line such as "[2026-03-14] text". */
static bool opens_array(const struct framer *framer, size_t at)
{
    at = skip_blanks(framer, at + 1);
    return at >= framer->length || memchr("{[]", framer->data[at], 3);
}

static enum step take_one(struct framer *framer, struct frame_item *item,
                          struct json_slot *slots)
{
    struct level *level = top(framer);
    char byte = framer->data[framer->at];
    if (level && level->kind == LEVEL_TAIL)
        return take_tail(framer, item, slots);
    if (level && byte == ']') {
        close_array(framer);
        return STEP_AGAIN;
    }
    if (byte == '[' && framer->depth < LIMIT_ENVELOPE_DEPTH &&
        (level || opens_array(framer, framer->at))) {
        push(framer, (struct level){LEVEL_ARRAY, level ? level->envelope : "array", 0});
        framer->at++;
        return STEP_AGAIN;
    }
    if (byte == '{') {
        /* The first bytes decide, so they must be there. */
        if (!framer->final && framer->length - framer->at < 2 * FIRST_KEY_MAX)
            return STEP_MORE;
        return enter_envelope(framer) ? STEP_AGAIN : take_value(framer, item, slots);
    }
    if (byte == '}' || byte == ']')
        return take_unbalanced(framer, item);
    return level ? take_value(framer, item, slots) : take_line(framer, item);
}

static enum step take_end(struct framer *framer, struct frame_item *item)
{
    if (!framer->final)
        return STEP_MORE;
    if (framer->depth && !framer->end_noted) {
        framer->end_noted = true;
        fill_item(framer, item, FRAME_NOTE, framer->length, framer->length,
                  "the array of records has no end: the input may be cut off");
        return STEP_EMIT;
    }
    fill_item(framer, item, FRAME_END, framer->length, framer->length, NULL);
    return STEP_EMIT;
}

/* Bytes of the damage that the last window ended in. */
static enum step take_resync(struct framer *framer, struct frame_item *item)
{
    framer->resync = false;
    if (framer->at == framer->length)
        return STEP_AGAIN;
    size_t from = framer->at, to = find_resume(framer, from);
    if (to == from)
        return STEP_AGAIN;
    framer->resync = to == framer->length && !framer->final;
    fill_item(framer, item, FRAME_REJECT, from, to, "the rest of a damaged record");
    framer->at = to;
    return STEP_EMIT;
}

void framer_next(struct framer *framer, struct frame_item *item,
                 struct json_slot *slots)
{
    enum step step;
    do {
        while (framer->at < framer->length && is_separator(framer->data[framer->at]))
            framer->at++;
        if (framer->resync && framer->at < framer->length)
            step = take_resync(framer, item);
        else if (framer->at >= framer->length)
            step = take_end(framer, item);
        else
            step = take_one(framer, item, slots);
    } while (step == STEP_AGAIN);
    if (step == STEP_MORE)
        fill_item(framer, item, FRAME_MORE, framer->at, framer->at, NULL);
}
