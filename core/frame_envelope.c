#include "config.h"

#include "core/frame_internal.h"

const char frame_next_page_note[] =
    "the export goes on: a next-page token is left over, so events are missing";

static size_t skip_blanks(const struct framer *framer, size_t at, size_t limit)
{
    while (at < limit && frame_is_blank(framer->data[at]))
        at++;
    return at;
}

/* How far a look from `at` may go, and what it is worth to meet that limit. */
static size_t look_limit(const struct framer *framer, size_t at, enum look *beyond)
{
    if (framer->length - at > FRAME_LOOK_BYTES || framer->final)
        *beyond = LOOK_NO;
    else
        *beyond = LOOK_MORE;
    return framer->length - at > FRAME_LOOK_BYTES ? at + FRAME_LOOK_BYTES
                                                  : framer->length;
}

enum look frame_opens_array(const struct framer *framer, size_t at)
{
    enum look beyond;
    size_t limit = look_limit(framer, at, &beyond);
    while (at < limit && (framer->data[at] == '[' || frame_is_blank(framer->data[at])))
        at++;
    if (at == framer->length && framer->final)
        return LOOK_YES; /* cut off before its first element */
    if (at == limit)
        return beyond;
    return framer->data[at] == '{' || framer->data[at] == ']' ? LOOK_YES : LOOK_NO;
}

/* The row of this key, in the outermost object or in its member `outer`. */
static const struct json_path *envelope_of(struct slice outer, struct slice key)
{
    for (size_t i = 0; i < frame_path_count; i++) {
        struct slice path = slice_from(frame_paths[i].keys);
        if (frame_paths[i].slot == SLOT_NEXT_PAGE ||
            (slice_present(outer) && !slice_equal(slice_cut(&path, ' '), outer)))
            continue;
        if (slice_present(path) && slice_equal(path, key))
            return &frame_paths[i];
    }
    return NULL;
}

/* Whether the array of an envelope may stand in the object of this key. */
static bool is_outer(struct slice key)
{
    for (size_t i = 0; i < frame_path_count; i++) {
        struct slice path = slice_from(frame_paths[i].keys);
        struct slice outer = slice_cut(&path, ' ');
        if (slice_present(path) && slice_equal(outer, key))
            return true;
    }
    return false;
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

static void push(struct framer *framer, struct level level)
{
    framer->levels[framer->depth++] = level;
    framer->end_noted = false;
}

/* `: [` from `at` on; *after is just behind the bracket. */
static enum look opens_array(const struct framer *framer, size_t at, size_t limit,
                             enum look beyond, size_t *after)
{
    static const char wanted[] = ":[";
    for (const char *p = wanted; *p; p++) {
        at = skip_blanks(framer, at, limit);
        if (at == limit)
            return beyond;
        if (framer->data[at++] != *p)
            return LOOK_NO;
    }
    *after = at;
    return LOOK_YES;
}

/* `: [ {`, or of rows `: [ [ {`. */
static enum look opens_objects(const struct framer *framer, size_t at, size_t limit,
                               enum look beyond, size_t *after)
{
    enum look array = opens_array(framer, at, limit, beyond, after);
    if (array != LOOK_YES)
        return array;
    at = *after;
    while (at < limit && (framer->data[at] == '[' || frame_is_blank(framer->data[at])))
        at++;
    if (at == limit)
        return beyond;
    return framer->data[at] == '{' ? LOOK_YES : LOOK_NO;
}

enum look frame_stream_envelope(struct framer *framer, size_t at, bool enter)
{
    enum look beyond;
    size_t limit = look_limit(framer, at, &beyond), after = 0;
    size_t key = skip_blanks(framer, at + 1, limit);
    if (key == limit)
        return beyond;
    if (framer->data[key++] != '"')
        return LOOK_NO;
    const char *quote = memchr(framer->data + key, '"', limit - key);
    if (!quote)
        return beyond;
    size_t length = (size_t)(quote - framer->data) - key;
    const struct json_path *path =
        envelope_of(SLICE_NONE, (struct slice){framer->data + key, length});
    if (!path || (enter && framer->depth == LIMIT_ENVELOPE_DEPTH))
        return LOOK_NO;
    enum look opens = opens_objects(framer, key + length + 1, limit, beyond, &after);
    if (opens == LOOK_YES && enter) {
        push(framer, (struct level){LEVEL_ENVELOPE, path->keys, 0});
        framer->at = after;
    }
    return opens;
}

/* Only the framer's slots: nothing that a form reads stands in the object. */
static bool nothing_else(const struct framer *framer, const struct json_slot *slots)
{
    unsigned count = json_projection_slot_count(framer->projection);
    for (unsigned i = FRAME_SLOT_COUNT; i < count; i++) {
        if (slots[i].type != VALUE_ABSENT)
            return false;
    }
    return true;
}

/* An array of objects; an empty one where the object has nothing else to tell. */
static bool is_envelope_array(const struct framer *framer,
                              const struct json_slot *slots, unsigned slot)
{
    struct slice text = slots[slot].text;
    if (slots[slot].type != VALUE_ARRAY)
        return false;
    struct slice inside = slice_trim(slice_skip(text, 1));
    while (inside.data[0] == '[')
        inside = slice_trim(slice_skip(inside, 1));
    return inside.data[0] == '{' ||
           (inside.data[0] == ']' && nothing_else(framer, slots));
}

bool frame_enter_whole(struct framer *framer, const struct json_slot *slots, size_t end)
{
    if (framer->depth == LIMIT_ENVELOPE_DEPTH)
        return false;
    for (size_t i = 0; i < frame_path_count; i++) {
        unsigned slot = frame_paths[i].slot;
        if (slot == SLOT_NEXT_PAGE || !is_envelope_array(framer, slots, slot))
            continue;
        push(framer,
             (struct level){LEVEL_WHOLE, frame_paths[i].keys, framer->base + end});
        framer->at = (size_t)(slots[slot].text.data - framer->data) + 1;
        return true;
    }
    return false;
}

void frame_close_array(struct framer *framer)
{
    struct level *level = &framer->levels[framer->depth - 1];
    framer->at++;
    if (level->kind != LEVEL_ARRAY && !level->end) {
        level->kind = LEVEL_TAIL;
        return;
    }
    if (level->end)
        framer->at = (size_t)(level->end - framer->base);
    framer->depth--;
}

/* One `"key": value`, of which the value may be an array to enter. */
struct member {
    struct slice key; /* without quotes */
    size_t value, end;
    const struct json_path *envelope; /* end is then behind the opening bracket */
    bool next_page;
};

/* From the colon on: an array to enter, or any other value, which is passed. */
static enum json_status read_value(const struct framer *framer, struct slice outer,
                                   size_t colon, size_t stop, struct json_slot *slots,
                                   struct member *member, bool *more)
{
    enum look beyond;
    size_t look = look_limit(framer, colon, &beyond);
    member->envelope = envelope_of(outer, member->key);
    if (member->envelope) {
        enum look opens = opens_objects(framer, colon, look, beyond, &member->end);
        *more = opens == LOOK_MORE;
        if (*more)
            return JSON_INCOMPLETE;
        if (opens == LOOK_YES)
            return JSON_OK;
        member->envelope = NULL;
    }
    member->value = skip_blanks(framer, colon + 1, stop);
    enum json_status status = frame_scan(framer, member->value, stop - member->value,
                                         slots, &member->end, more);
    member->next_page = status == JSON_OK && is_next_page(member->key) &&
                        framer->data[member->value] == '"' &&
                        member->end - member->value > 2;
    return status;
}

/* The key at `at`, which is a quote, and the colon behind it. */
static enum json_status read_key(const struct framer *framer, size_t at, size_t limit,
                                 struct json_slot *slots, struct slice *key,
                                 size_t *colon, bool *more)
{
    bool cut = framer->length - at > limit;
    size_t stop = cut ? at + limit : framer->length, end;
    enum json_status status = frame_scan(framer, at, limit, slots, &end, more);
    if (status != JSON_OK)
        return status;
    *key = (struct slice){framer->data + at + 1, end - at - 2};
    *colon = skip_blanks(framer, end, stop);
    *more = !framer->final && !cut;
    if (*colon == stop)
        return JSON_INCOMPLETE;
    return framer->data[*colon] == ':' ? JSON_OK : JSON_MALFORMED;
}

/* The member at `at`, which is a quote, within `limit` bytes.  *outer: the key of the
 * object that it stands in, absent in the outermost one; a member that may hold the
 * array of an envelope is entered, and becomes it, where it is not NULL. */
static enum json_status read_member(const struct framer *framer, size_t at,
                                    size_t limit, struct json_slot *slots,
                                    struct slice *outer, struct member *member,
                                    bool *more)
{
    bool cut = framer->length - at > limit;
    size_t stop = cut ? at + limit : framer->length, colon;
    enum json_status status =
        read_key(framer, at, limit, slots, &member->key, &colon, more);
    if (status != JSON_OK)
        return status;
    size_t value = skip_blanks(framer, colon + 1, stop);
    if (outer && !slice_present(*outer) && value < stop && framer->data[value] == '{' &&
        is_outer(member->key)) {
        *outer = member->key;
        member->end = value;
        return JSON_OK;
    }
    return read_value(framer, outer ? *outer : SLICE_NONE, colon, stop, slots, member,
                      more);
}

/* What follows each array of records is read when it ends. */
static void enter_member(struct framer *framer, struct slice outer,
                         const struct member *member)
{
    const char *keys = member->envelope->keys;
    if (slice_present(outer))
        push(framer, (struct level){LEVEL_TAIL, keys, 0});
    push(framer, (struct level){LEVEL_ENVELOPE, keys, 0});
    framer->at = member->end;
}

enum look frame_enter_long(struct framer *framer, struct json_slot *slots,
                           bool *next_page)
{
    size_t at = framer->at + 1, left = framer->length - framer->at;
    size_t limit = framer->at + (left < FRAME_HEAD_BYTES ? left : FRAME_HEAD_BYTES);
    struct slice outer = SLICE_NONE;
    while (at < limit) {
        struct member member = {.envelope = NULL};
        bool more;
        at = skip_blanks(framer, at, limit);
        if (at == limit || framer->data[at] != '"' ||
            read_member(framer, at, limit - at, slots, &outer, &member, &more) !=
                JSON_OK)
            return LOOK_NO;
        if (member.envelope) {
            if (framer->depth + slice_present(outer) >= LIMIT_ENVELOPE_DEPTH)
                return LOOK_NO;
            enter_member(framer, outer, &member);
            return LOOK_YES;
        }
        *next_page = *next_page || member.next_page;
        at = skip_blanks(framer, member.end, framer->length) + 1;
    }
    return LOOK_NO;
}

static enum step take_member(struct framer *framer, struct frame_item *item,
                             struct json_slot *slots)
{
    struct level *level = &framer->levels[framer->depth - 1];
    struct member member = {.envelope = NULL};
    size_t from = framer->at;
    bool more;
    enum json_status status =
        read_member(framer, from, LIMIT_RECORD_BYTES, slots, NULL, &member, &more);
    if (status == JSON_INCOMPLETE && more)
        return STEP_MORE;
    if (status != JSON_OK) {
        framer->depth--;
        return frame_reject(framer, "malformed JSON behind an array of records");
    }
    framer->at = member.end;
    if (member.envelope)
        *level = (struct level){LEVEL_ENVELOPE, member.envelope->keys, 0};
    if (!member.next_page)
        return STEP_AGAIN;
    frame_fill(framer, item, FRAME_NOTE, from, from, frame_next_page_note);
    return STEP_EMIT;
}

enum step frame_take_tail(struct framer *framer, struct frame_item *item,
                          struct json_slot *slots)
{
    char byte = framer->data[framer->at];
    if (byte == '"')
        return take_member(framer, item, slots);
    /* Anything but the end of the object is judged by itself, outside of it. */
    framer->depth--;
    framer->at += byte == '}';
    return STEP_AGAIN;
}

/* --- tables of JSON -------------------------------------------------------------- */

/* Whether the object at framer->at may be a table: an element of "tables", or a frame
 * of an answer of Data Explorer, version 2. */
static enum look is_table(const struct framer *framer)
{
    static const struct slice frame[] = {SLICE_INIT("{"), SLICE_INIT("\"FrameType\""),
                                         SLICE_INIT(":"), SLICE_INIT("\"DataTable\"")};
    const struct level *level = &framer->levels[framer->depth - 1];
    if (level->kind == LEVEL_ARRAY)
        return frame_begins(framer, framer->at, frame, sizeof frame / sizeof frame[0]);
    bool tables = (level->envelope[0] == 't' || level->envelope[0] == 'T') &&
                  (level->kind == LEVEL_ENVELOPE || level->kind == LEVEL_WHOLE) &&
                  slice_equal_nocase(slice_from(level->envelope), SLICE("tables"));
    return tables ? LOOK_YES : LOOK_NO;
}

/* The member at `at`: *rows is behind the bracket of "rows", or 0; "columns" become the
 * table's.  JSON_MALFORMED also where the table is no result. */
static enum json_status read_table_member(struct framer *framer, size_t at,
                                          size_t limit, struct json_slot *slots,
                                          size_t *next, size_t *rows, bool *more)
{
    struct slice key;
    size_t colon;
    enum json_status status = read_key(framer, at, limit, slots, &key, &colon, more);
    if (status != JSON_OK)
        return status;
    size_t stop = framer->length - at > limit ? at + limit : framer->length;
    *rows = 0;
    if (slice_equal_nocase(key, SLICE("rows"))) {
        enum look opens =
            opens_array(framer, colon, stop, *more ? LOOK_MORE : LOOK_NO, rows);
        return opens == LOOK_YES ? JSON_OK : JSON_INCOMPLETE;
    }
    size_t value = skip_blanks(framer, colon + 1, stop);
    status = frame_scan(framer, value, stop - value, slots, next, more);
    if (status != JSON_OK)
        return status;
    struct slice text = {framer->data + value, *next - value};
    if (text.data[0] == '[' && slice_equal_nocase(key, SLICE("columns")))
        table_set_columns(framer->table, text);
    /* Others of an answer tell of the query. */
    bool other = slice_equal(key, SLICE("TableKind")) &&
                 !slice_equal(text, SLICE("\"PrimaryResult\""));
    return other ? JSON_MALFORMED : JSON_OK;
}

bool frame_in_result(const struct framer *framer)
{
    const struct level *level = &framer->levels[framer->depth - 1];
    return level->kind == LEVEL_ROWS && level->envelope == frame_result_rows;
}

/* The first row of a result has the names of its columns. */
static enum look take_titles(struct framer *framer, struct json_slot *slots)
{
    struct level *level = &framer->levels[framer->depth - 1];
    size_t end;
    bool more;
    if (frame_in_result(framer))
        return LOOK_NO;
    enum json_status status =
        frame_scan(framer, framer->at, LIMIT_RECORD_BYTES, slots, &end, &more);
    if (status == JSON_INCOMPLETE && more)
        return LOOK_MORE;
    struct slice row = {framer->data + framer->at, end - framer->at};
    if (status != JSON_OK || !table_set_titles(framer->table, row))
        return LOOK_NO;
    level->kind = LEVEL_ROWS;
    framer->at = end;
    return LOOK_YES;
}

enum look frame_enter_rows(struct framer *framer, struct json_slot *slots)
{
    if (framer->levels[framer->depth - 1].envelope == frame_result_rows)
        return take_titles(framer, slots);
    enum look table = is_table(framer);
    if (table != LOOK_YES || framer->depth == LIMIT_ENVELOPE_DEPTH)
        return table == LOOK_MORE ? LOOK_MORE : LOOK_NO;
    size_t at = framer->at + 1, rows = 0;
    size_t limit =
        framer->length - at > FRAME_HEAD_BYTES ? at + FRAME_HEAD_BYTES : framer->length;
    bool more = limit == framer->length && !framer->final;
    table_clear(framer->table);
    while (!rows) {
        at = skip_blanks(framer, at, limit);
        if (at == limit)
            return more ? LOOK_MORE : LOOK_NO;
        if (framer->data[at] == ',') {
            at++;
            continue;
        }
        if (framer->data[at] != '"')
            return LOOK_NO;
        enum json_status status =
            read_table_member(framer, at, limit - at, slots, &at, &rows, &more);
        if (status != JSON_OK)
            return status == JSON_INCOMPLETE && more ? LOOK_MORE : LOOK_NO;
    }
    if (!table_columns(framer->table))
        return LOOK_NO;
    push(framer,
         (struct level){LEVEL_ROWS, framer->levels[framer->depth - 1].envelope, 0});
    framer->at = rows;
    return LOOK_YES;
}
