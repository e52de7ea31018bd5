#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include <zlib.h>

#include "tests/leaf_bed.h"

int leaf_bed_make(void **state)
{
    struct leaf_bed *bed = calloc(1, sizeof *bed);
    assert_non_null(bed);
    bed->projection = form_projection_new(NULL);
    bed->normaliser = normaliser_new();
    assert_non_null(bed->projection);
    assert_non_null(bed->normaliser);
    bed->framer = framer_new(bed->projection);
    bed->unfolder = unfolder_new(bed->projection, bed->normaliser);
    bed->slots =
        calloc(json_projection_slot_count(bed->projection), sizeof *bed->slots);
    assert_non_null(bed->framer);
    assert_non_null(bed->unfolder);
    assert_non_null(bed->slots);
    arena_init(&bed->kept);
    *state = bed;
    return 0;
}

int leaf_bed_unmake(void **state)
{
    struct leaf_bed *bed = *state;
    unfolder_free(bed->unfolder);
    framer_free(bed->framer);
    normaliser_free(bed->normaliser);
    json_projection_free(bed->projection);
    arena_fini(&bed->kept);
    free(bed->slots);
    free(bed);
    return 0;
}

static int keep_leaf(struct leaf *leaf, void *payload)
{
    struct leaf_bed *bed = payload;
    assert_true(bed->count < LEAVES_MAX);
    struct leaf *kept = &bed->leaves[bed->count++];
    if (leaf->class == RECORD_EVENT)
        mirror_facts(&leaf->event, leaf->read, &bed->kept);
    *kept = *leaf;
    kept->raw = arena_copy(&bed->kept, leaf->raw);
    kept->read = arena_copy(&bed->kept, leaf->read);
    kept->chain = arena_copy(&bed->kept, slice_from(leaf->chain)).data;
    if (leaf->class != RECORD_EVENT)
        kept->reason = arena_copy(&bed->kept, slice_from(leaf->reason)).data;
    if (leaf->class != RECORD_EVENT)
        return 0;
    for (int i = 0; i < EVENT_FIELD_COUNT; i++)
        kept->event.text[i] = arena_copy(&bed->kept, leaf->event.text[i]);
    kept->event.merge_key = arena_copy(&bed->kept, leaf->event.merge_key);
    return 0;
}

void leaves_read(struct leaf_bed *bed, struct slice text)
{
    struct frame_item item;
    bed->count = 0;
    framer_reset(bed->framer);
    framer_window(bed->framer, text.data, text.length, 0, true, false);
    for (;;) {
        framer_next(bed->framer, &item, bed->slots);
        if (item.kind == FRAME_END)
            return;
        if (item.kind == FRAME_NOTE)
            continue;
        assert_int_not_equal(item.kind, FRAME_REJECT);
        assert_int_equal(unfold(bed->unfolder, &item, bed->slots, keep_leaf, bed), 0);
    }
}

const struct leaf *leaf_read(struct leaf_bed *bed, struct slice text,
                             enum record_class class)
{
    leaves_read(bed, text);
    if (bed->count != 1 || bed->leaves[0].class != class)
        fail_msg("%.*s: %zu leaves, class %d, not one of %d", (int)text.length,
                 text.data, bed->count, (int)bed->leaves[0].class, (int)class);
    return &bed->leaves[0];
}

struct slice quoted(struct leaf_bed *bed, struct slice text)
{
    char *out = arena_alloc(&bed->kept, 2 * text.length + 1);
    size_t length = 0;
    assert_non_null(out);
    for (size_t i = 0; i < text.length; i++) {
        if (text.data[i] == '"' || text.data[i] == '\\')
            out[length++] = '\\';
        out[length++] = text.data[i];
    }
    out[length] = '\0';
    return (struct slice){out, length};
}

struct slice base64(struct leaf_bed *bed, struct slice bytes)
{
    static const char digits[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    char *out = arena_alloc(&bed->kept, bytes.length / 3 * 4 + 5);
    size_t length = 0;
    assert_non_null(out);
    for (size_t i = 0; i < bytes.length; i += 3) {
        uint32_t bits = 0;
        for (size_t j = i; j < i + 3; j++)
            bits = bits << 8 | (j < bytes.length ? (unsigned char)bytes.data[j] : 0);
        for (unsigned j = 0; j < 4; j++)
            out[length++] =
                i + j > bytes.length ? '=' : digits[bits >> (18 - 6 * j) & 63];
    }
    out[length] = '\0';
    return (struct slice){out, length};
}

struct slice gzipped(struct leaf_bed *bed, struct slice bytes)
{
    z_stream stream = {0};
    assert_int_equal(
        deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    uLong room = deflateBound(&stream, (uLong)bytes.length);
    char *out = arena_alloc(&bed->kept, room);
    assert_non_null(out);
    stream.next_in = (Bytef *)bytes.data;
    stream.avail_in = (uInt)bytes.length;
    stream.next_out = (Bytef *)out;
    stream.avail_out = (uInt)room;
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    struct slice packed = {out, (size_t)stream.total_out};
    deflateEnd(&stream);
    return packed;
}

struct slice joined(struct leaf_bed *bed, const char *first, ...)
{
    struct slice parts[16];
    size_t count = 0;
    va_list rest;
    va_start(rest, first);
    for (const char *part = first; part; part = va_arg(rest, const char *)) {
        assert_true(count < sizeof parts / sizeof parts[0]);
        parts[count++] = slice_from(part);
    }
    va_end(rest);
    return arena_join(&bed->kept, parts, count);
}
