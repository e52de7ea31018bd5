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

/* Whether bytes past the window, which `at` has reached, may still change the answer.
 */
static bool needs_more(const struct framer *framer, size_t at)
{
    return at >= framer->length && !framer->final &&
           framer->length - framer->at < FRAME_WINDOW_BYTES;
}

/*
 * The key at `at`, with its quotes; absent where there is none, or none that is short
 * and plain.  *end: the first byte that was not read.
 */
static struct slice key_at(const struct framer *framer, size_t at, size_t *end)
{
    *end = at;
    if (at >= framer->length || framer->data[at] != '"')
        return SLICE_NONE;
    for (*end = at + 1; *end < framer->length && *end - at < FIRST_KEY_MAX; ++*end) {
        unsigned char byte = (unsigned char)framer->data[*end];
        if (byte == '"')
            return (struct slice){framer->data + at, ++*end - at};
        if (byte < 0x20)
            break;
    }
    return SLICE_NONE;
}

/* The first key of the object at `at`. */
static struct slice first_key(const struct framer *framer, size_t at)
{
    size_t end;
    return key_at(framer, skip_blanks(framer, at + 1), &end);
}

enum answer { ANSWER_NO, ANSWER_YES, ANSWER_LATER };

static enum answer no_or_later(const struct framer *framer, size_t at)
{
    return needs_more(framer, at) ? ANSWER_LATER : ANSWER_NO;
}

/* The `"key":` at `at`: its name without the quotes, *value: where its value begins. */
static enum answer pair_at(const struct framer *framer, size_t at, struct slice *name,
                           size_t *value)
{
    size_t end;
    struct slice key = key_at(framer, at, &end);
    if (!slice_present(key))
        return no_or_later(framer, end);
    *name = (struct slice){key.data + 1, key.length - 2};
    end = skip_blanks(framer, end);
    if (end >= framer->length || framer->data[end] != ':')
        return no_or_later(framer, end);
    *value = skip_blanks(framer, end + 1);
    return *value < framer->length ? ANSWER_YES : no_or_later(framer, *value);
}

/* Enters `{"Records":[`, if the object begins so. */
static enum answer enter_envelope(struct framer *framer)
{
    struct slice name;
    size_t value;
    if (framer->depth == LIMIT_ENVELOPE_DEPTH)
        return ANSWER_NO;
    enum answer pair =
        pair_at(framer, skip_blanks(framer, framer->at + 1), &name, &value);
    if (pair != ANSWER_YES)
        return pair;
    const struct json_path *path = envelope_of(name);
    if (!path || framer->data[value] != '[')
        return ANSWER_NO;
    push(framer, (struct level){LEVEL_ENVELOPE, path->keys, 0});
    framer->at = value + 1;
    return ANSWER_YES;
}

/* --- damage -------------------------------------------------------------------- */

/* The text at `at` is the value of a key. */
static bool follows_colon(const struct framer *framer, size_t at)
{
    while (at > 0 && is_blank(framer->data[at - 1]))
        at--;
    return at > 0 && framer->data[at - 1] == ':';
}

/* Text at `at` that opens a record like the ones before it. */
static bool opens_record(const struct framer *framer, size_t at)
{
    if (framer->data[at] != '{' || !framer->first_key_length)
        return false;
    struct slice known = {framer->first_key, framer->first_key_length};
    return slice_equal(first_key(framer, at), known) && !follows_colon(framer, at);
}

/* At `at` a line begins that is not indented, so not inside of a pretty-printed value.
 */
static bool opens_line(const struct framer *framer, size_t at)
{
    char byte = framer->data[at];
    return at > 0 && framer->data[at - 1] == '\n' && !is_separator(byte) &&
           byte != '}' && byte != ']' && byte != '"';
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
        if (framer->depth == 0 && opens_line(framer, at))
            return at;
    }
    return framer->length;
}

/*
 * The end of the over-deep value at `from`, by its brackets alone: texts inside of it
 * may look like records.  Outside of arrays the next line ends it too.  False: it does
 * not end in the window.
 */
static bool find_deep_end(const struct framer *framer, size_t from, size_t *end)
{
    bool inside_string = false;
    size_t depth = 0;
    for (*end = from; *end < framer->length; ++*end) {
        char byte = framer->data[*end];
        if (*end > from && framer->depth == 0 && opens_line(framer, *end))
            return true;
        if (inside_string && byte == '\\')
            ++*end;
        else if (byte == '"')
            inside_string = !inside_string;
        else if (!inside_string && (byte == '{' || byte == '['))
            depth++;
        else if (!inside_string && (byte == '}' || byte == ']') && --depth == 0) {
            ++*end;
            return true;
        }
    }
    *end = framer->length;
    return false;
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

/* A value that is nested too deeply.  What has no end in the largest window is given up
 * as a whole: to look for records in it would cost the square of its length. */
static enum step take_deep(struct framer *framer, struct frame_item *item)
{
    size_t from = framer->at, end;
    bool ends = find_deep_end(framer, from, &end);
    if (!ends && needs_more(framer, end))
        return STEP_MORE;
    framer->resync = !ends && !framer->final;
    fill_item(framer, item, FRAME_REJECT, from, end,
              status_reason(framer, JSON_TOO_DEEP));
    framer->at = end;
    return STEP_EMIT;
}

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
        if (status == JSON_TOO_DEEP)
            return take_deep(framer, item);
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

/* Brackets that close nothing; inside of an array `]` closes it. */
static enum step take_unbalanced(struct framer *framer, struct frame_item *item)
{
    size_t from = framer->at, end = from;
    while (end < framer->length &&
           (framer->data[end] == '}' || is_separator(framer->data[end]) ||
            (framer->data[end] == ']' && !framer->depth)))
        end++;
    if (needs_more(framer, end))
        return STEP_MORE;
    fill_item(framer, item, FRAME_REJECT, from, end, "brackets that close nothing");
    framer->at = end;
    return STEP_EMIT;
}

/* --- the other keys of an envelope --------------------------------------------- */

/* Damage there: the envelope is given up, once it is known where reading resumes. */
static enum step reject_tail(struct framer *framer, struct frame_item *item,
                             size_t from, size_t fault, const char *reason)
{
    struct level given_up = *top(framer);
    framer->depth--;
    if (reject(framer, item, from, fault, reason))
        return STEP_EMIT;
    push(framer, given_up);
    return STEP_MORE;
}

/*
 * `"key":value` behind the array of a streamed envelope. Another envelope's array is
 * entered; a next-page token is noted.
 */
static enum step take_tail_pair(struct framer *framer, struct frame_item *item,
                                struct json_slot *slots)
{
    size_t from = framer->at;
    const char *limit = framer->data + framer->length, *next;
    struct slice name;
    size_t at;
    enum answer pair = pair_at(framer, from, &name, &at);
    if (pair == ANSWER_LATER)
        return STEP_MORE;
    if (pair == ANSWER_NO)
        return reject_tail(framer, item, from, from, "malformed JSON");
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
    if (status != JSON_OK)
        return reject_tail(framer, item, from, (size_t)(next - framer->data),
                           status_reason(framer, status));
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
static enum answer opens_array(const struct framer *framer, size_t at)
{
    if (framer->depth)
        return ANSWER_YES;
    at = skip_blanks(framer, at + 1);
    if (at >= framer->length)
        return needs_more(framer, at) ? ANSWER_LATER : ANSWER_YES;
    return memchr("{[]", framer->data[at], 3) ? ANSWER_YES : ANSWER_NO;
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
    enum answer array = byte == '[' && framer->depth < LIMIT_ENVELOPE_DEPTH
                            ? opens_array(framer, framer->at)
                            : ANSWER_NO;
    if (array == ANSWER_LATER)
        return STEP_MORE;
    if (array == ANSWER_YES) {
        push(framer, (struct level){LEVEL_ARRAY, level ? level->envelope : "array", 0});
        framer->at++;
        return STEP_AGAIN;
    }
    if (byte == '{') {
        enum answer entered = enter_envelope(framer);
        if (entered == ANSWER_NO)
            return take_value(framer, item, slots);
        return entered == ANSWER_YES ? STEP_AGAIN : STEP_MORE;
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
