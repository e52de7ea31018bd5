#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

#include "core/escape.h"
#include "core/unicode.h"
#include "tests/output_bed.h"

static int keep(void *payload, const char *data, size_t length)
{
    return fwrite(data, 1, length, payload) == length ? 0 : -1;
}

void output_open(struct output *output)
{
    *output = (struct output){.bytes = NULL};
    output->stream = open_memstream(&output->bytes, &output->length);
    assert_non_null(output->stream);
    output->sink = (struct export_sink){keep, output->stream};
}

struct slice output_take(struct output *output, struct arena *arena)
{
    fclose(output->stream);
    struct slice text =
        arena_copy(arena, (struct slice){output->bytes, output->length});
    free(output->bytes);
    return text;
}

void assert_output_safe(struct slice text)
{
    struct slice rest = text;
    while (rest.length) {
        uint32_t code_point = 0;
        unsigned length = utf8_length(rest, &code_point);
        size_t at = text.length - rest.length;
        if (!length)
            fail_msg("byte %02x at %zu is no UTF-8", (unsigned char)rest.data[0], at);
        if ((code_point < 0x20 && code_point != '\n') ||
            (code_point >= 0x7f && unicode_unsafe(code_point)) || code_point == 0x7f ||
            (code_point >= 0x80 && code_point < 0xa0))
            fail_msg("U+%04X at %zu: %.60s", (unsigned)code_point, at,
                     at > 30 ? rest.data - 30 : text.data);
        rest = slice_skip(rest, length);
    }
}
