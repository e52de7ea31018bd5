#include "config.h"

#include <stdlib.h>

#include "core/form_internal.h"
#include "core/json_close.h"
#include "core/json_text.h"
#include "core/reshape.h"
#include "core/unfold_internal.h"

/* What is open at one depth: the payload of one envelope, framed as a stream. */
struct layer {
    struct framer *framer;
    struct json_slot *slots;
    struct byte_buffer text, packed;
};

struct unfolder {
    const struct json_projection *projection;
    struct normaliser *normaliser;
    struct unwrap_table *envelopes;
    struct layer layers[LIMIT_UNFOLD_DEPTH];
    struct json_slot *slots; /* of the canonical copy */
    struct arena copy;       /* that copy */
    struct arena reasons;    /* of the present framed record */
    /* of the present framed record */
    struct slice framed;
    size_t unpacked, leaves;
    unfold_sink *sink;
    void *payload;
    struct leaf leaf;
    char chain[UNFOLD_CHAIN_MAX];
};

/* One value on its way down. */
struct way {
    unsigned depth;     /* envelopes around it */
    size_t chain;       /* bytes of the chain that lead to it */
    struct slice other; /* why it is skipped where it is no known form, else absent */
};

struct unfolder *unfolder_new(const struct json_projection *projection,
                              struct normaliser *normaliser)
{
    struct unfolder *unfolder = calloc(1, sizeof *unfolder);
    if (!unfolder)
        return NULL;
    unfolder->projection = projection;
    unfolder->normaliser = normaliser;
    arena_init(&unfolder->copy);
    arena_init(&unfolder->reasons);
    unfolder->envelopes = unwrap_table_new();
    unfolder->slots =
        calloc(json_projection_slot_count(projection), sizeof *unfolder->slots);
    if (unfolder->envelopes && unfolder->slots)
        return unfolder;
    unfolder_free(unfolder);
    return NULL;
}

void unfolder_free(struct unfolder *unfolder)
{
    if (!unfolder)
        return;
    for (size_t i = 0; i < LIMIT_UNFOLD_DEPTH; i++) {
        framer_free(unfolder->layers[i].framer);
        free(unfolder->layers[i].slots);
        byte_buffer_fini(&unfolder->layers[i].text);
        byte_buffer_fini(&unfolder->layers[i].packed);
    }
    unwrap_table_free(unfolder->envelopes);
    free(unfolder->slots);
    arena_fini(&unfolder->copy);
    arena_fini(&unfolder->reasons);
    free(unfolder);
}

/* --- the chain ----------------------------------------------------------------- */

/* A name that does not fit is left out. */
static size_t chain_add(struct unfolder *unfolder, size_t at, const char *name)
{
    size_t length = strlen(name), gap = at && length;
    if (length + gap >= UNFOLD_CHAIN_MAX - at)
        return at;
    if (gap)
        unfolder->chain[at] = '>';
    memcpy(unfolder->chain + at + gap, name, length);
    return at + gap + length;
}

/* --- leaves -------------------------------------------------------------------- */

static int give(struct unfolder *unfolder, const struct way *way, struct slice raw,
                struct slice read)
{
    struct leaf *leaf = &unfolder->leaf;
    if (leaf->class == RECORD_UNKNOWN && slice_present(way->other)) {
        leaf->class = RECORD_SKIPPED;
        leaf->reason = way->other.data;
    }
    leaf->raw = leaf->class == RECORD_UNKNOWN ? unfolder->framed : raw;
    leaf->read = read;
    unfolder->chain[way->chain] = '\0';
    leaf->chain = unfolder->chain;
    unfolder->leaves += leaf->class != RECORD_NOTE;
    int result = unfolder->sink(leaf, unfolder->payload);
    leaf->note = leaf->remark = NULL;
    return result;
}

static int give_as(struct unfolder *unfolder, const struct way *way,
                   enum record_class class, const char *reason, struct slice raw)
{
    unfolder->leaf.class = class;
    unfolder->leaf.reason = reason;
    return give(unfolder, way, raw, raw);
}

/* --- opening ------------------------------------------------------------------- */

static const char too_long[] = "what this envelope holds unpacks to more than 64 MiB";

static bool spend(struct unfolder *unfolder, size_t bytes)
{
    if (bytes > LIMIT_UNFOLD_BYTES - unfolder->unpacked)
        return false;
    unfolder->unpacked += bytes;
    return true;
}

/* The text of a string, in the layer's memory where it has escapes. */
static const char *decode_text(struct unfolder *unfolder, struct layer *layer,
                               const struct json_slot *slot, struct slice *out)
{
    *out = slot->text;
    if (!slot->escaped)
        return NULL;
    if (!spend(unfolder, slot->text.length))
        return too_long;
    if (!byte_buffer_reserve(&layer->text, slot->text.length))
        return "no memory to open this envelope";
    layer->text.length = json_decode(slot->text, layer->text.data, layer->text.room);
    *out = (struct slice){layer->text.data, layer->text.length};
    return NULL;
}

static const char *reason_of(enum decoded status)
{
    switch (status) {
    case DECODED:
    case DECODED_CUT:
        return NULL;
    case DECODED_NOT:
        return "what this envelope holds is not what its kind says: it cannot be "
               "unpacked";
    case DECODED_TOO_LONG:
        return too_long;
    case DECODED_NO_MEMORY:
        break;
    }
    return "no memory to open this envelope";
}

/* base64, then gzip as often as the bytes say so. */
static const char *decode_packed(struct unfolder *unfolder, struct layer *layer,
                                 struct slice *text, bool *cut)
{
    enum decoded status = base64_decode(*text, &layer->packed);
    if (status != DECODED)
        return reason_of(status);
    *text = (struct slice){layer->packed.data, layer->packed.length};
    for (unsigned times = 0; gzip_begins(*text); times++) {
        if (times == LIMIT_UNFOLD_DEPTH)
            return "packed too many times over";
        size_t left = LIMIT_UNFOLD_BYTES - unfolder->unpacked;
        status = gzip_decode(*text, left, &layer->text);
        if (reason_of(status))
            return reason_of(status);
        *cut = *cut || status == DECODED_CUT;
        spend(unfolder, layer->text.length);
        struct byte_buffer swap = layer->text;
        layer->text = layer->packed;
        layer->packed = swap;
        *text = (struct slice){layer->packed.data, layer->packed.length};
    }
    return NULL;
}

/* What is handed to the next depth. A reason: it cannot be. */
static const char *open_payload(struct unfolder *unfolder, struct layer *layer,
                                const struct unwrapped *found, struct slice *text,
                                bool *cut)
{
    *cut = false;
    *text = found->payload.text;
    if (found->payload.type != VALUE_STRING)
        return NULL;
    const char *reason = decode_text(unfolder, layer, &found->payload, text);
    /* gcloud may have decoded it already. */
    if (reason || !found->row->packed ||
        slice_starts_with(slice_trim(*text), SLICE("{")))
        return reason;
    return decode_packed(unfolder, layer, text, cut);
}

static bool equip(const struct unfolder *unfolder, struct layer *layer)
{
    if (!layer->framer)
        layer->framer = framer_new(unfolder->projection);
    if (!layer->slots)
        layer->slots = calloc(json_projection_slot_count(unfolder->projection),
                              sizeof *layer->slots);
    return layer->framer && layer->slots;
}

static int take(struct unfolder *unfolder, const struct way *way,
                const struct frame_item *item, const struct json_slot *slots);

static void normalise_as(struct unfolder *unfolder, struct slice bytes,
                         const struct json_slot *slots)
{
    const struct frame_item item = {.kind = FRAME_JSON, .bytes = bytes};
    struct leaf *leaf = &unfolder->leaf;
    leaf->class =
        normalise(unfolder->normaliser, &item, slots, &leaf->event, &leaf->reason);
}

/* A record that was cut off: what stands before the cut, or the reason that it is
 * damaged.  That nothing before the cut failed is no success. */
static int take_cut(struct unfolder *unfolder, const struct way *way, struct slice text,
                    const char *reason, struct slice raw)
{
    const char *next;
    struct leaf *leaf = &unfolder->leaf;
    arena_reset(&unfolder->copy);
    struct slice read = json_close(text, &unfolder->copy);
    if (!slice_present(read) ||
        json_scan(unfolder->projection, read.data, read.data + read.length, true,
                  unfolder->slots, &next) != JSON_OK ||
        next != read.data + read.length)
        return give_as(unfolder, way, RECORD_DAMAGED, reason, raw);
    normalise_as(unfolder, read, unfolder->slots);
    if (leaf->class != RECORD_EVENT)
        return give_as(unfolder, way, RECORD_DAMAGED, reason, raw);
    if (leaf->event.outcome == OUTCOME_SUCCESS)
        leaf->event.outcome = OUTCOME_UNKNOWN;
    leaf->note = "the record is cut off: what stands before the cut was taken";
    return give(unfolder, way, raw, read);
}

/* Each record of a payload; way is that of the envelope. */
static int take_stream(struct unfolder *unfolder, const struct way *way,
                       struct slice text, bool cut)
{
    struct layer *layer = &unfolder->layers[way->depth];
    if (!equip(unfolder, layer))
        return give_as(unfolder, way, RECORD_DAMAGED, "no memory to open this envelope",
                       text);
    framer_reset(layer->framer);
    framer_window(layer->framer, text.data, text.length, 0, true, cut);
    for (;;) {
        struct frame_item item;
        framer_next(layer->framer, &item, layer->slots);
        if (item.kind == FRAME_END)
            return 0;
        struct way inner = {way->depth + 1,
                            chain_add(unfolder, way->chain, item.envelope), way->other};
        int result;
        if (item.kind == FRAME_REJECT)
            result = take_cut(unfolder, &inner, item.bytes, item.reason, item.bytes);
        else if (item.kind == FRAME_NOTE)
            result = give_as(unfolder, &inner, RECORD_NOTE, item.reason, item.bytes);
        else
            result = take(unfolder, &inner, &item, layer->slots);
        if (result)
            return result;
    }
}

static struct slice other_reason(struct unfolder *unfolder, const struct way *way,
                                 const struct unwrapped *found)
{
    if (!found->row->other)
        return way->other;
    struct slice mark = json_text(&found->mark, &unfolder->reasons);
    return arena_printf(&unfolder->reasons, "other %s: %.*s", found->row->other,
                        (int)mark.length, mark.data ? mark.data : "");
}

static int take_envelope(struct unfolder *unfolder, const struct way *way,
                         const struct unwrapped *found, struct slice raw)
{
    struct way inner = {way->depth, chain_add(unfolder, way->chain, found->row->name),
                        other_reason(unfolder, way, found)};
    struct slice text;
    bool cut;
    if (found->row->reason)
        return give_as(unfolder, &inner, RECORD_SKIPPED, found->row->reason, raw);
    if (way->depth == LIMIT_UNFOLD_DEPTH)
        return give_as(unfolder, &inner, RECORD_DAMAGED,
                       "envelopes are nested too deeply", raw);
    const char *reason =
        open_payload(unfolder, &unfolder->layers[way->depth], found, &text, &cut);
    if (reason && found->row->kind == UNWRAP_PERHAPS)
        return give_as(unfolder, way, RECORD_UNKNOWN,
                       unwrap_unknown(raw, &unfolder->reasons), raw);
    if (reason)
        return give_as(unfolder, &inner, RECORD_DAMAGED, reason, raw);
    size_t before = unfolder->leaves;
    int result = take_stream(unfolder, &inner, text, cut);
    if (!result && unfolder->leaves == before)
        return give_as(unfolder, &inner, RECORD_SKIPPED, "empty envelope", raw);
    return result;
}

/* --- the record beside its original text ---------------------------------------- */

/* One whole value of JSON, or text that does not look like JSON. */
static bool is_whole(struct unfolder *unfolder, struct slice text)
{
    const char *next;
    text = slice_trim(text);
    if (!slice_starts_with(text, SLICE("{")))
        return true;
    return json_scan(unfolder->projection, text.data, text.data + text.length, true,
                     unfolder->slots, &next) == JSON_OK;
}

/* Whether the original text can be read; NULL or why not. */
static const char *judge_original(struct unfolder *unfolder, const struct way *way,
                                  const struct unwrapped *found, struct slice *text)
{
    bool cut;
    *text = SLICE_NONE;
    if (way->depth == LIMIT_UNFOLD_DEPTH)
        return "envelopes are nested too deeply";
    const char *reason =
        open_payload(unfolder, &unfolder->layers[way->depth], found, text, &cut);
    if (reason)
        return reason;
    return is_whole(unfolder, *text) ? NULL
                                     : "the original text in this record is cut off or "
                                       "damaged";
}

/* --- one value ------------------------------------------------------------------ */

static struct slice canonical_copy(struct unfolder *unfolder, struct slice bytes,
                                   const struct reshape_form **form)
{
    arena_reset(&unfolder->copy);
    return reshape(bytes, unfolder->projection, &unfolder->copy, form);
}

/* A second chance in canonical shape. Absent: there is none. */
static struct slice normalise_reshaped(struct unfolder *unfolder, struct slice bytes)
{
    const struct reshape_form *form;
    const char *next;
    struct leaf *leaf = &unfolder->leaf;
    struct slice copy = canonical_copy(unfolder, bytes, &form);
    if (!slice_present(copy))
        return SLICE_NONE;
    if (form->reason) {
        leaf->class = RECORD_SKIPPED;
        leaf->reason = form->reason;
        return copy;
    }
    if (json_scan(unfolder->projection, copy.data, copy.data + copy.length, true,
                  unfolder->slots, &next) != JSON_OK)
        return SLICE_NONE;
    normalise_as(unfolder, copy, unfolder->slots);
    if (form->name)
        leaf->event.text[FIELD_FORM] = slice_from(form->name);
    leaf->remark = form->note;
    return leaf->class == RECORD_UNKNOWN ? SLICE_NONE : copy;
}

/*
 * Keys that are paths, and a row of a table: what stands at the place of a plain record
 * is not all of it, so the copy in canonical shape is judged first.
 */
static bool is_flat(const struct frame_item *item, const struct json_slot *slots)
{
    return item->row || slots[SLOT_FLAT].type != VALUE_ABSENT ||
           slots[SLOT_USER].type == VALUE_STRING;
}

/* The fields of a record whose original text is damaged; where it has none, what the
 * text has before a cut. */
static int take_fields(struct unfolder *unfolder, const struct way *way,
                       const struct frame_item *item, const struct json_slot *slots,
                       const struct unwrapped *found, const char *reason,
                       struct slice text)
{
    struct way inner = {way->depth, chain_add(unfolder, way->chain, found->row->name),
                        way->other};
    struct slice read = SLICE_NONE;
    if (is_flat(item, slots))
        read = normalise_reshaped(unfolder, item->bytes);
    if (!slice_present(read)) {
        read = item->bytes;
        normalise_as(unfolder, item->bytes, slots);
    }
    if (unfolder->leaf.class == RECORD_UNKNOWN)
        read = normalise_reshaped(unfolder, item->bytes);
    if (!slice_present(read) || unfolder->leaf.class != RECORD_EVENT)
        return take_cut(unfolder, &inner, text, reason, item->bytes);
    unfolder->leaf.note =
        "the original text is damaged: the envelope's own fields were taken";
    return give(unfolder, &inner, item->bytes, read);
}

static int take_json(struct unfolder *unfolder, const struct way *way,
                     const struct frame_item *item, const struct json_slot *slots)
{
    struct unwrapped found;
    if (slots[SLOT_ORIGINAL].type != VALUE_ABSENT &&
        unwrap_find(unfolder->envelopes, item->bytes, UNWRAP_ORIGINAL, UNWRAP_ORIGINAL,
                    &found)) {
        struct slice text;
        const char *reason = judge_original(unfolder, way, &found, &text);
        if (reason)
            return take_fields(unfolder, way, item, slots, &found, reason, text);
        return take_envelope(unfolder, way, &found, item->bytes);
    }
    struct slice copy = SLICE_NONE;
    if (is_flat(item, slots))
        copy = normalise_reshaped(unfolder, item->bytes);
    if (slice_present(copy))
        return give(unfolder, way, item->bytes, copy);
    normalise_as(unfolder, item->bytes, slots);
    if (unfolder->leaf.class != RECORD_UNKNOWN)
        return give(unfolder, way, item->bytes, item->bytes);
    if (unwrap_find(unfolder->envelopes, item->bytes, UNWRAP_ENVELOPE, UNWRAP_ENVELOPE,
                    &found))
        return take_envelope(unfolder, way, &found, item->bytes);
    copy = normalise_reshaped(unfolder, item->bytes);
    if (slice_present(copy))
        return give(unfolder, way, item->bytes, copy);
    if (unwrap_find(unfolder->envelopes, item->bytes, UNWRAP_PERHAPS, UNWRAP_PERHAPS,
                    &found))
        return take_envelope(unfolder, way, &found, item->bytes);
    return give_as(unfolder, way, RECORD_UNKNOWN,
                   unwrap_unknown(item->bytes, &unfolder->reasons), item->bytes);
}

/* An object that the framer enters. */
static bool has_records(const struct json_slot *slots)
{
    for (unsigned i = 0; i < FRAME_SLOT_COUNT; i++) {
        if (slots[i].type == VALUE_ARRAY)
            return true;
    }
    return false;
}

/* Whether JSON at the end of a line is a record or an envelope of one. */
static bool is_known(struct unfolder *unfolder, struct slice json)
{
    const char *next;
    struct unwrapped found;
    const struct reshape_form *form;
    if (!slice_present(json) ||
        json_scan(unfolder->projection, json.data, json.data + json.length, true,
                  unfolder->slots, &next) != JSON_OK ||
        next != json.data + json.length)
        return false;
    return form_fits(unfolder->slots) || has_records(unfolder->slots) ||
           unwrap_find(unfolder->envelopes, json, UNWRAP_ORIGINAL, UNWRAP_ENVELOPE,
                       &found) ||
           slice_present(canonical_copy(unfolder, json, &form));
}

/* A device's own line that ends in JSON, such as a command that somebody typed: what
 * stands before the JSON tells an event by itself.  Else a text in the command could
 * pass the line off as another one's record. */
static bool is_device_line(struct unfolder *unfolder, struct slice line,
                           struct slice json)
{
    const struct frame_item before = {
        .kind = FRAME_LINE,
        .bytes = slice_first(line, (size_t)(json.data - line.data))};
    struct leaf *leaf = &unfolder->leaf;
    return normalise(unfolder->normaliser, &before, NULL, &leaf->event,
                     &leaf->reason) == RECORD_EVENT;
}

static int take_line(struct unfolder *unfolder, const struct way *way,
                     const struct frame_item *item)
{
    struct leaf *leaf = &unfolder->leaf;
    const char *notice = unwrap_line_notice(item->bytes);
    if (notice)
        return give_as(unfolder, way, RECORD_SKIPPED, notice, item->bytes);
    struct slice json = unwrap_line_json(item->bytes);
    if (way->depth < LIMIT_UNFOLD_DEPTH && is_known(unfolder, json) &&
        !is_device_line(unfolder, item->bytes, json)) {
        struct way inner = {way->depth, chain_add(unfolder, way->chain, "line"),
                            way->other};
        return take_stream(unfolder, &inner, json, false);
    }
    leaf->class =
        normalise(unfolder->normaliser, item, NULL, &leaf->event, &leaf->reason);
    return give(unfolder, way, item->bytes, item->bytes);
}

static int take(struct unfolder *unfolder, const struct way *way,
                const struct frame_item *item, const struct json_slot *slots)
{
    return item->kind == FRAME_JSON ? take_json(unfolder, way, item, slots)
                                    : take_line(unfolder, way, item);
}

int unfold(struct unfolder *unfolder, const struct frame_item *item,
           const struct json_slot *slots, unfold_sink *sink, void *payload)
{
    arena_reset(&unfolder->reasons);
    normaliser_set_offset(unfolder->normaliser, item->offset);
    unfolder->framed = item->bytes;
    unfolder->unpacked = unfolder->leaves = 0;
    unfolder->sink = sink;
    unfolder->payload = payload;
    const struct way way = {0, chain_add(unfolder, 0, item->envelope), SLICE_NONE};
    return take(unfolder, &way, item, slots);
}
