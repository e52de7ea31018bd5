/* Any bytes as UTF-16, at once and in pieces: the same text, and every well-formed unit
 * in it. */
#include "config.h"

#include <stdlib.h>

#include "core/utf16.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static size_t transcode(const uint8_t *data, size_t size, bool big_endian, size_t step,
                        size_t room, char *out)
{
    struct utf16_reader reader = {.big_endian = big_endian};
    size_t given = 0, made = 0, budget = 4 * size + 16;
    struct slice in = SLICE_NONE;
    for (;;) {
        require(budget-- > 0);
        if (!in.length && given < size) {
            in = (struct slice){(const char *)data + given,
                                size - given < step ? size - given : step};
            given += in.length;
        }
        size_t wrote = utf16_read(&reader, &in, given == size, out + made, room);
        require(wrote <= room);
        made += wrote;
        if (!wrote && !in.length && given == size)
            return made;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!size)
        return 0;
    uint8_t choice = data[0];
    data++;
    size--;
    /* Two bytes give three at most. */
    size_t room = 2 * size + 16;
    char *whole = malloc(room), *parts = malloc(room);
    require(whole && parts);
    size_t length = transcode(data, size, choice & 1, size ? size : 1, room, whole);
    require(length == transcode(data, size, choice & 1, 1u + (choice >> 1), 4, parts));
    require(!memcmp(whole, parts, length));
    require(2 * length <= 3 * size + 2);
    free(whole);
    free(parts);
    return 0;
}
