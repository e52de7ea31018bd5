#include "config.h"

#include "core/escape.h"
#include "core/frame_internal.h"

enum {
    /* So many NULs in a row are padding (a log written by blocks before a crash);
     * fewer stand inside of a line. */
    PADDING_NULS = 4,
};

/* Where padding begins in the line, or its length. */
static size_t find_padding(const char *line, size_t length)
{
    static const char padding[PADDING_NULS] = {0};
    ptrdiff_t at = slice_find((struct slice){line, length},
                              (struct slice){padding, sizeof padding});
    return at < 0 ? length : (size_t)at;
}

enum look frame_line(const struct framer *framer, size_t at, size_t *length,
                     size_t *after)
{
    const char *line = framer->data + at;
    size_t left = framer->length - at;
    bool cut = left > LIMIT_LINE_BYTES;
    size_t look = cut ? LIMIT_LINE_BYTES + 1 : left;
    const char *newline = memchr(line, '\n', look);
    size_t end = newline ? (size_t)(newline - line) : look;
    size_t padding = find_padding(line, end);
    if (!newline && padding == end) {
        if (cut)
            return LOOK_NO;
        if (!framer->final)
            return LOOK_MORE;
    }
    *after = at + padding + (newline && padding == end);
    end = padding;
    while (end && (frame_is_blank(line[end - 1]) || !line[end - 1]))
        end--;
    *length = end;
    return LOOK_YES;
}

/* Terminals write the others of C0 into no log; these do stand in device logs. */
static bool is_text_control(unsigned char byte)
{
    return byte == '\t' || byte == '\r' || byte == '\a' || byte == '\b' ||
           byte == '\v' || byte == '\f' || byte == 0x1b;
}

/* Eight bytes that are no noise, none of them control or above ASCII. */
static bool plain_word(const char *at)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), high = ones * 0x80;
    uint64_t word;
    memcpy(&word, at, sizeof word);
    return !((word | (word - ones * 0x20)) & high);
}

size_t frame_line_noise(struct slice line)
{
    size_t noise = 0;
    while (line.length) {
        if (line.length >= sizeof(uint64_t) && plain_word(line.data)) {
            line = slice_skip(line, sizeof(uint64_t));
            continue;
        }
        unsigned char byte = (unsigned char)line.data[0];
        uint32_t code;
        unsigned step = byte < 0x80 ? 1 : utf8_length(line, &code);
        if (!step)
            noise++;
        else if (byte < 0x20 && !is_text_control(byte))
            noise += 2;
        line = slice_skip(line, step ? step : 1);
    }
    return noise;
}
