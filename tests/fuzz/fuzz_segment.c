#include "config.h"

#include <stdlib.h>

#include "db/segment_format.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What was decoded is encoded and decoded to the same. */
static void round_trip(enum segment_column column, const struct segment_values *values,
                       struct arena *arena)
{
    struct packer *packer = packer_new();
    struct slice blob;
    struct segment_values again;
    if (!packer)
        return;
    int result = values->text
                     ? segment_encode_text(packer, column, values->codes, values->count,
                                           values->own, values->own_count, NULL, arena,
                                           &blob, NULL)
                     : segment_encode_numbers(packer, column, values->numbers,
                                              values->count, arena, &blob, NULL);
    if (result || segment_decode(column, blob, values->count, arena, &again, NULL))
        abort();
    if (values->text
            ? memcmp(again.codes, values->codes, values->count * sizeof *again.codes)
            : memcmp(again.numbers, values->numbers,
                     values->count * sizeof *again.numbers))
        abort();
    packer_free(packer);
}

static void decode(enum segment_column column, struct slice blob, uint32_t count,
                   bool again)
{
    struct arena arena;
    struct segment_values values;
    struct error error;
    arena_init(&arena);
    if (!segment_decode(column, blob, count, &arena, &values, &error) && again) {
        uint32_t *leader = arena_alloc(&arena, ((size_t)count + 1) * sizeof *leader);
        for (uint32_t i = 0; leader && i < count; i++)
            leader[i] = i % 7;
        if (!values.follows ||
            (leader && !segment_follow(&values, column, leader, &arena, &error)))
            round_trip(column, &values, &arena);
    }
    arena_fini(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum { FACTS = 6 };
    if (size < FACTS)
        return 0;
    enum segment_column column = (enum segment_column)(data[0] % SEGMENT_COLUMNS_MAX);
    uint32_t count = (uint32_t)(data[1] | data[2] << 8) % (SEGMENT_EVENTS + 1);
    struct slice rest = {(const char *)data + FACTS, size - FACTS};
    /* As it is, and with a header that fits, so that the checksum hides nothing. */
    decode(column, rest, count, false);
    unsigned char header[SEGMENT_HEADER_BYTES] = {0};
    put_number(header, SEGMENT_MAGIC, 4);
    header[4] = (unsigned char)column;
    header[5] = data[3] % 5;
    header[6] = data[4] & FLAGS_KNOWN;
    header[7] = data[5] % 9;
    put_number(header + 8, count, 4);
    put_number(header + 12, (data[4] & 1 ? 16 : 1) * rest.length, 4);
    put_number(header + 16, rest.length, 4);
    put_number(header + 20, pack_crc32(rest), 4);
    char *blob = malloc(sizeof header + rest.length);
    if (!blob)
        return 0;
    memcpy(blob, header, sizeof header);
    memcpy(blob + sizeof header, rest.data, rest.length);
    decode(column, (struct slice){blob, sizeof header + rest.length}, count, true);
    free(blob);
    return 0;
}
