#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "db/segment.h"

/* xorshift64*: the same values in every run. */
static uint64_t next_random(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * UINT64_C(2685821657736338717);
}

struct tools {
    struct packer *packer;
    struct arena arena;
};

static int make_tools(void **state)
{
    struct tools *tools = calloc(1, sizeof *tools);
    tools->packer = packer_new();
    arena_init(&tools->arena);
    *state = tools;
    return tools->packer ? 0 : -1;
}

static int drop_tools(void **state)
{
    struct tools *tools = *state;
    packer_free(tools->packer);
    arena_fini(&tools->arena);
    free(tools);
    return 0;
}

static void assert_numbers(struct tools *tools, enum segment_column column,
                           const int64_t *numbers, uint32_t count)
{
    struct slice blob;
    struct segment_values values;
    struct error error;
    assert_int_equal(segment_encode_numbers(tools->packer, column, numbers, count,
                                            &tools->arena, &blob, &error),
                     0);
    assert_int_equal(
        segment_decode(column, blob, count, &tools->arena, &values, &error), 0);
    assert_false(values.text);
    assert_int_equal(values.count, count);
    assert_memory_equal(values.numbers, numbers, count * sizeof *numbers);
    arena_reset(&tools->arena);
}

static void keeps_numbers(void **state)
{
    struct tools *tools = *state;
    uint64_t seed = 7;
    int64_t *numbers = malloc(SEGMENT_EVENTS * sizeof *numbers);
    const uint64_t spans[] = {1, 2, 255, 256, 65536, UINT64_C(1) << 32, INT64_MAX};
    const uint32_t counts[] = {1, 2, 3, 1000, SEGMENT_EVENTS};
    for (size_t i = 0; i < sizeof spans / sizeof spans[0]; i++) {
        for (size_t j = 0; j < sizeof counts / sizeof counts[0]; j++) {
            for (int absent = 0; absent < 2; absent++) {
                for (uint32_t k = 0; k < counts[j]; k++) {
                    numbers[k] = (int64_t)(next_random(&seed) % spans[i]) * 1;
                    if (absent && next_random(&seed) % 3 == 0)
                        numbers[k] = EVENT_TIME_NONE;
                }
                assert_numbers(tools, COLUMN_TIME, numbers, counts[j]);
                if (!absent)
                    assert_numbers(tools, COLUMN_LENGTH, numbers, counts[j]);
            }
        }
    }
    free(numbers);
}

static void keeps_extreme_numbers(void **state)
{
    struct tools *tools = *state;
    const int64_t sets[][4] = {
        {INT64_MAX, INT64_MIN + 1, 0, -1},
        {EVENT_TIME_NONE, INT64_MAX, INT64_MIN + 1, EVENT_TIME_NONE},
        {EVENT_TIME_NONE, EVENT_TIME_NONE, EVENT_TIME_NONE, EVENT_TIME_NONE},
        {EVENT_TIME_NONE, 5, 5, 5},
        {0, 0, 0, 0},
        {-3000000, 0, 7000000, -3000000},
    };
    for (size_t i = 0; i < sizeof sets / sizeof sets[0]; i++) {
        assert_numbers(tools, COLUMN_TIME, sets[i], 4);
        assert_numbers(tools, COLUMN_SOURCE, sets[i], 4);
    }
}

static void leaves_out_what_is_absent(void **state)
{
    struct tools *tools = *state;
    const int64_t zeros[3] = {0};
    const uint32_t none[3] = {0};
    struct slice blob;
    struct segment_values values;
    assert_int_equal(segment_encode_numbers(tools->packer, COLUMN_LIFECYCLE, zeros, 3,
                                            &tools->arena, &blob, NULL),
                     0);
    assert_false(slice_present(blob));
    assert_int_equal(segment_encode_text(tools->packer, COLUMN_TEXT, none, 3, NULL, 0,
                                         NULL, &tools->arena, &blob, NULL),
                     0);
    assert_false(slice_present(blob));
    assert_int_equal(
        segment_decode(COLUMN_TIME, SLICE_NONE, 3, &tools->arena, &values, NULL), 0);
    assert_int_equal(values.numbers[2], EVENT_TIME_NONE);
    assert_int_equal(
        segment_decode(COLUMN_TEXT, SLICE_NONE, 3, &tools->arena, &values, NULL), 0);
    assert_int_equal(values.codes[2], 0);
}

static void keeps_gaps(void **state)
{
    (void)state;
    const int64_t offsets[] = {12, 113, 214, 5, 0, INT64_MAX, 9};
    const int64_t lengths[] = {100, 100, 50, 1, 0, 77, UINT32_MAX};
    int64_t copy[7];
    memcpy(copy, offsets, sizeof copy);
    segment_gaps(copy, lengths, 7);
    assert_int_equal(copy[0], 12);
    assert_int_equal(copy[1], 1);
    assert_int_equal(copy[2], 1);
    segment_offsets(copy, lengths, 7);
    assert_memory_equal(copy, offsets, sizeof copy);
}

static struct slice encode_texts(struct tools *tools, uint32_t *codes, uint32_t count,
                                 uint32_t largest, uint32_t own_count, uint64_t *seed)
{
    struct slice *own = arena_alloc(&tools->arena, (own_count + 1) * sizeof *own);
    for (uint32_t i = 0; i < own_count; i++)
        own[i] = i % 7 == 0 ? SLICE("")
                            : arena_printf(&tools->arena, "own value %u", (unsigned)i);
    for (uint32_t i = 0; i < count; i++) {
        codes[i] = (uint32_t)(next_random(seed) % (largest + 1));
        if (own_count && next_random(seed) % 2)
            codes[i] =
                LIMIT_DICTIONARY_VALUES + 1 + (uint32_t)(next_random(seed) % own_count);
    }
    struct slice blob;
    assert_int_equal(segment_encode_text(tools->packer, COLUMN_TEXT + 3, codes, count,
                                         own, own_count, NULL, &tools->arena, &blob,
                                         NULL),
                     0);
    return blob;
}

static void keeps_texts(void **state)
{
    struct tools *tools = *state;
    uint64_t seed = 11;
    uint32_t *codes = malloc(SEGMENT_EVENTS * sizeof *codes);
    const uint32_t largest[] = {1, 255, 256, LIMIT_DICTIONARY_VALUES};
    const uint32_t counts[] = {1, 2, 777, SEGMENT_EVENTS};
    const uint32_t owns[] = {0, 1, 500};
    for (int i = 0; i < 4 * 4 * 3; i++) {
        uint32_t count = counts[i / 4 % 4], own_count = owns[i / 16];
        struct slice blob =
            encode_texts(tools, codes, count, largest[i % 4], own_count, &seed);
        struct segment_values values;
        struct error error = {0};
        if (segment_decode(COLUMN_TEXT + 3, blob, count, &tools->arena, &values,
                           &error))
            fail_msg("%s", error.message);
        assert_memory_equal(values.codes, codes, count * sizeof *codes);
        if (slice_present(blob))
            assert_int_equal(values.own_count, own_count);
        for (uint32_t j = 0; slice_present(blob) && j < own_count; j++) {
            char text[32];
            snprintf(text, sizeof text, "own value %u", (unsigned)j);
            assert_true(
                slice_equal(values.own[j], j % 7 == 0 ? SLICE("") : slice_from(text)));
        }
        arena_reset(&tools->arena);
    }
    free(codes);
}

static int decode_following(struct tools *tools, struct slice blob, uint32_t count,
                            const uint32_t *leader, struct segment_values *values)
{
    const enum segment_column column = COLUMN_TEXT + FIELD_SERVICE;
    struct error error = {0};
    int result = segment_decode(column, blob, count, &tools->arena, values, &error);
    if (!result && values->follows)
        result = segment_follow(values, column, leader, &tools->arena, &error);
    if (result)
        assert_int_equal(error.code, ERROR_CASE);
    return result;
}

static struct slice encode_following(struct tools *tools, const uint32_t *codes,
                                     const uint32_t *leader)
{
    struct slice blob;
    assert_int_equal(segment_encode_text(tools->packer, COLUMN_TEXT + FIELD_SERVICE,
                                         codes, SEGMENT_EVENTS, NULL, 0, leader,
                                         &tools->arena, &blob, NULL),
                     0);
    return blob;
}

static void keeps_what_follows_a_leader(void **state)
{
    struct tools *tools = *state;
    uint64_t seed = 5;
    uint32_t *leader = malloc(SEGMENT_EVENTS * sizeof *leader);
    uint32_t *codes = malloc(SEGMENT_EVENTS * sizeof *codes);
    struct segment_values values;
    for (int i = 0; i < SEGMENT_EVENTS; i++) {
        leader[i] = (uint32_t)(next_random(&seed) % 3000);
        codes[i] = leader[i] * 7919 % 300;
    }
    struct slice blob = encode_following(tools, codes, leader);
    assert_true(blob.length < SEGMENT_EVENTS / 2);
    assert_int_equal(decode_following(tools, blob, SEGMENT_EVENTS, leader, &values), 0);
    assert_memory_equal(values.codes, codes, SEGMENT_EVENTS * sizeof *codes);

    /* A leader with fewer values than were met, and one with more. */
    uint32_t changed = leader[9];
    for (int i = 0; i < SEGMENT_EVENTS; i++)
        leader[i] = leader[i] == changed ? leader[0] : leader[i];
    assert_int_equal(decode_following(tools, blob, SEGMENT_EVENTS, leader, &values),
                     -1);
    leader[0] = leader[1] = 70000;
    leader[2] = 70001;
    leader[3] = 70002;
    assert_int_equal(decode_following(tools, blob, SEGMENT_EVENTS, leader, &values),
                     -1);

    /* One event differs: nothing follows any more. */
    for (int i = 0; i < SEGMENT_EVENTS; i++)
        leader[i] = codes[i] % 50;
    for (int i = 0; i < SEGMENT_EVENTS; i++)
        codes[i] = leader[i];
    codes[SEGMENT_EVENTS - 1]++;
    blob = encode_following(tools, codes, leader);
    assert_int_equal(decode_following(tools, blob, SEGMENT_EVENTS, leader, &values), 0);
    assert_null(values.follows);
    assert_memory_equal(values.codes, codes, SEGMENT_EVENTS * sizeof *codes);
    free(leader);
    free(codes);
}

/* The checksum covers the payload; the header's own fields are checked one by one. */
static void refuses_damage(void **state)
{
    struct tools *tools = *state;
    uint64_t seed = 3;
    uint32_t codes[300];
    int64_t numbers[300];
    for (int i = 0; i < 300; i++)
        numbers[i] = (int64_t)(next_random(&seed) % 100000);
    for (int kind = 0; kind < 2; kind++) {
        struct slice blob;
        struct segment_values values;
        enum segment_column column = kind ? COLUMN_TEXT + 3 : COLUMN_OFFSET;
        if (kind)
            blob = encode_texts(tools, codes, 300, 40, 20, &seed);
        else
            assert_int_equal(segment_encode_numbers(tools->packer, column, numbers, 300,
                                                    &tools->arena, &blob, NULL),
                             0);
        char *copy = malloc(blob.length);
        memcpy(copy, blob.data, blob.length);
        struct arena arena;
        arena_init(&arena);
        for (size_t length = 0; length < blob.length; length++) {
            assert_int_equal(segment_decode(column, (struct slice){copy, length}, 300,
                                            &arena, &values, NULL),
                             -1);
            arena_reset(&arena);
        }
        for (size_t bit = 0; bit < 8 * blob.length; bit++) {
            copy[bit / 8] ^= (char)(1 << bit % 8);
            struct error error = {0};
            int result = segment_decode(column, (struct slice){copy, blob.length}, 300,
                                        &arena, &values, &error);
            /* Outside the header nothing passes; in it, only what does no harm. */
            if (bit / 8 >= 24)
                assert_int_equal(result, -1);
            if (result)
                assert_int_equal(error.code, ERROR_CASE);
            copy[bit / 8] ^= (char)(1 << bit % 8);
            arena_reset(&arena);
        }
        assert_int_equal(segment_decode(column, blob, 299, &arena, &values, NULL), -1);
        assert_int_equal(segment_decode((enum segment_column)(column + 1), blob, 300,
                                        &arena, &values, NULL),
                         -1);
        arena_fini(&arena);
        free(copy);
        arena_reset(&tools->arena);
    }
}

#define WITH_TOOLS(test) cmocka_unit_test_setup_teardown(test, make_tools, drop_tools)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_TOOLS(keeps_numbers),
        WITH_TOOLS(keeps_extreme_numbers),
        WITH_TOOLS(leaves_out_what_is_absent),
        WITH_TOOLS(keeps_gaps),
        WITH_TOOLS(keeps_texts),
        WITH_TOOLS(keeps_what_follows_a_leader),
        WITH_TOOLS(refuses_damage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
