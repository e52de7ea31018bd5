#include "config.h"

#include "core/frame_internal.h"

/* --- rows of text ---------------------------------------------------------------- */

/* "sep=;": spreadsheets write it before the header, which shows it anyway. */
static bool is_separator_note(struct slice line)
{
    return line.length == 5 && slice_starts_with_nocase(line, SLICE("sep="));
}

bool frame_begin_table(struct framer *framer, struct slice line, size_t after)
{
    bool header = table_open(framer->table, line);
    if (!header && !is_separator_note(line))
        return false;
    framer->in_table = header;
    framer->at = after;
    return true;
}

/* The row at framer->at.  *cut: more is there than a record may have. */
static enum table_cut cut_row(const struct framer *framer, struct slice *text,
                              struct table_row *row, bool *cut)
{
    *text = slice_skip((struct slice){framer->data, framer->length}, framer->at);
    *cut = text->length > LIMIT_RECORD_BYTES;
    *text = slice_first(*text, LIMIT_RECORD_BYTES);
    return table_cut(framer->table, *text, framer->final && !*cut, row);
}

static bool is_between_cells(const struct framer *framer, size_t at)
{
    return at < framer->length && (framer->data[at] == ',' || framer->data[at] == ';' ||
                                   framer->data[at] == '\t');
}

/* Whether JSON stands here, not a row whose first cell is JSON. */
static enum look begins_json(const struct framer *framer, struct json_slot *slots)
{
    char byte = framer->data[framer->at];
    size_t end;
    bool more;
    if (byte != '{' && byte != '[')
        return LOOK_NO;
    enum json_status status =
        frame_scan(framer, framer->at, LIMIT_RECORD_BYTES, slots, &end, &more);
    if (status == JSON_INCOMPLETE && more)
        return LOOK_MORE;
    if (status == JSON_INCOMPLETE && framer->length - framer->at > LIMIT_RECORD_BYTES)
        return LOOK_YES;
    if (status != JSON_OK)
        return LOOK_NO;
    if (end == framer->length && !framer->final)
        return LOOK_MORE;
    return is_between_cells(framer, end) ? LOOK_NO : LOOK_YES;
}

/* The same table again, or another: files were joined. */
static bool is_header(struct framer *framer, struct slice text, struct table_row *row)
{
    if (!table_like_header(framer->table))
        return false;
    if (table_open(framer->table, slice_first(text, row->length)))
        return true;
    table_cut(framer->table, slice_first(text, row->after), true, row);
    return false;
}

/* Cells without text: nothing but what separates records. */
static bool is_blank(struct slice row)
{
    size_t at = 0;
    while (at < row.length && frame_is_separator(row.data[at]))
        at++;
    return at == row.length;
}

/* A line of a device: "Mar 14 02:25:03 sw1 7: %SYS-5-.., ..". */
static bool is_other_line(const struct framer *framer, const struct table_row *row)
{
    struct slice first = table_first_cell(framer->table);
    if (row->cells >= table_columns(framer->table))
        return false;
    return row->cells == 1 || slice_starts_with(first, SLICE("<")) ||
           slice_find(first, SLICE(": ")) >= 0;
}

static enum step emit_object(struct framer *framer, struct frame_item *item,
                             struct json_slot *slots, struct slice object,
                             size_t length, const char *envelope)
{
    const char *next;
    json_scan(framer->projection, object.data, object.data + object.length, true, slots,
              &next);
    frame_fill(framer, item, FRAME_JSON, framer->at, framer->at + length, NULL);
    item->bytes = object;
    item->row = true;
    item->envelope = envelope;
    return STEP_EMIT;
}

static const char too_long[] = "this row is longer than 8 MiB";
static const char cut_off[] = "cut off: the input ends inside this row";

static enum step take_cut_row(struct framer *framer, struct frame_item *item,
                              struct json_slot *slots, const struct table_row *row)
{
    if (!row->ended && (framer->truncated || row->cells < table_columns(framer->table)))
        return frame_reject_row(framer, cut_off);
    if (table_row_is_wide(framer->table))
        return frame_reject_row(framer, "more cells than the table has columns");
    struct slice object = table_object(framer->table);
    if (!slice_present(object))
        return frame_reject_row(framer, too_long);
    if (slice_equal(object, SLICE("{}"))) {
        framer->at += row->after;
        return STEP_AGAIN;
    }
    emit_object(framer, item, slots, object, row->length, "table");
    framer->at += row->after;
    return STEP_EMIT;
}

enum step frame_take_row(struct framer *framer, struct frame_item *item,
                         struct json_slot *slots)
{
    struct table_row row;
    struct slice text;
    bool cut;
    enum look json = begins_json(framer, slots);
    if (json == LOOK_MORE)
        return STEP_MORE;
    if (json == LOOK_YES) {
        framer->in_table = false;
        return STEP_AGAIN;
    }
    switch (cut_row(framer, &text, &row, &cut)) {
    case TABLE_MORE:
        return cut ? frame_reject_row(framer, too_long) : STEP_MORE;
    case TABLE_QUOTE:
        return frame_reject_row(framer, framer->truncated && row.after == text.length
                                            ? cut_off
                                            : "the quotes of this row do not match");
    case TABLE_ROW:
        break;
    }
    if (is_blank(slice_first(text, row.length)) || is_header(framer, text, &row)) {
        framer->at += row.after;
        return STEP_AGAIN;
    }
    return is_other_line(framer, &row) ? frame_take_line(framer, item)
                                       : take_cut_row(framer, item, slots, &row);
}

enum look frame_resumes_at_row(struct framer *framer, struct json_slot *slots)
{
    struct table_row row;
    struct slice text;
    bool cut;
    if (framer->data[framer->at] == '\n' || framer->data[framer->at] == '\r')
        return LOOK_NO;
    enum look json = begins_json(framer, slots);
    if (json != LOOK_NO)
        return json;
    enum table_cut status = cut_row(framer, &text, &row, &cut);
    if (status == TABLE_MORE && !cut)
        return LOOK_MORE;
    if (status == TABLE_ROW && row.cells == table_columns(framer->table))
        return LOOK_YES;
    framer->damage.cost += row.after;
    return LOOK_NO;
}

/* --- rows of JSON ---------------------------------------------------------------- */

enum look frame_begins(const struct framer *framer, size_t at,
                       const struct slice *wanted, size_t count)
{
    size_t limit =
        framer->length - at > FRAME_LOOK_BYTES ? at + FRAME_LOOK_BYTES : framer->length;
    enum look beyond = limit < framer->length || framer->final ? LOOK_NO : LOOK_MORE;
    for (size_t i = 0; i < count; i++) {
        while (at < limit && frame_is_blank(framer->data[at]))
            at++;
        for (size_t j = 0; j < wanted[i].length; j++, at++) {
            if (at == limit)
                return beyond;
            if (framer->data[at] != wanted[i].data[j])
                return LOOK_NO;
        }
    }
    return LOOK_YES;
}

enum look frame_is_pairs(const struct framer *framer, size_t at)
{
    static const struct slice pairs[] = {SLICE_INIT("["), SLICE_INIT("{"),
                                         SLICE_INIT("\"field\"")};
    return frame_begins(framer, at, pairs, sizeof pairs / sizeof pairs[0]);
}

static struct slice row_object(struct framer *framer, enum level_kind kind,
                               struct slice row)
{
    if (row.data[0] == '{')
        return table_object_of_cells(framer->table, row);
    return kind == LEVEL_ROWS ? table_object_of_values(framer->table, row)
                              : table_object_of_pairs(framer->table, row);
}

enum step frame_take_json_row(struct framer *framer, struct frame_item *item,
                              struct json_slot *slots)
{
    const struct level *level = &framer->levels[framer->depth - 1];
    size_t end;
    bool more;
    enum json_status status =
        frame_scan(framer, framer->at, LIMIT_RECORD_BYTES, slots, &end, &more);
    if (status == JSON_INCOMPLETE && more)
        return STEP_MORE;
    if (status != JSON_OK)
        return frame_reject(framer, status == JSON_TOO_DEEP
                                        ? "JSON is nested too deeply"
                                    : status == JSON_MALFORMED ? "malformed JSON"
                                                               : cut_off);
    struct slice row = {framer->data + framer->at, end - framer->at};
    struct slice object = row_object(framer, level->kind, row);
    if (!slice_present(object))
        return frame_reject(framer, too_long);
    emit_object(framer, item, slots, object, row.length, level->envelope);
    framer->at = end;
    return STEP_EMIT;
}
