#include "config.h"

#include "core/encoded.h"

#include <stdlib.h>

#include <zlib.h>

enum {
    GZIP_WINDOW = 15 + 16, /* zlib: the largest window, gzip alone */
    FIRST_ROOM = 64 * 1024,
};

void byte_buffer_fini(struct byte_buffer *buffer)
{
    free(buffer->data);
    *buffer = (struct byte_buffer){0};
}

bool byte_buffer_reserve(struct byte_buffer *buffer, size_t room)
{
    buffer->length = 0;
    if (room <= buffer->room)
        return true;
    free(buffer->data);
    buffer->data = malloc(room);
    buffer->room = buffer->data ? room : 0;
    return buffer->data;
}

/* --- base64 -------------------------------------------------------------------- */

/* The six bits of a digit, or -1. */
static int digit_of(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    if (c == '+' || c == '-')
        return 62;
    return c == '/' || c == '_' ? 63 : -1;
}

enum decoded base64_decode(struct slice text, struct byte_buffer *out)
{
    if (!byte_buffer_reserve(out, text.length / 4 * 3 + 3))
        return DECODED_NO_MEMORY;
    uint32_t bits = 0;
    unsigned digits = 0;
    size_t i = 0;
    for (; i < text.length && text.data[i] != '='; i++) {
        int digit = digit_of(text.data[i]);
        if (text.data[i] == '\n' || text.data[i] == '\r')
            continue;
        if (digit < 0)
            return DECODED_NOT;
        bits = bits << 6 | (uint32_t)digit;
        if (++digits % 4 == 1)
            continue;
        out->data[out->length++] = (char)(bits >> (8 - digits % 4 * 2) % 8);
    }
    while (i < text.length && text.data[i] == '=')
        i++;
    return digits % 4 != 1 && i == text.length ? DECODED : DECODED_NOT;
}

/* --- gzip ---------------------------------------------------------------------- */

static bool grow(struct byte_buffer *out, size_t limit)
{
    size_t room = out->room < FIRST_ROOM ? FIRST_ROOM : out->room * 2;
    if (room > limit)
        room = limit;
    char *data = realloc(out->data, room);
    if (!data)
        return false;
    out->data = data;
    out->room = room;
    return true;
}

/* Inflates on until the members end, the room does, or something is wrong. */
static int inflate_on(z_stream *stream, struct byte_buffer *out)
{
    size_t room = out->room - out->length;
    stream->next_out = (Bytef *)out->data + out->length;
    stream->avail_out = room < UINT32_MAX ? (uInt)room : UINT32_MAX;
    uInt before = stream->avail_out;
    int status = inflate(stream, Z_NO_FLUSH);
    out->length += before - stream->avail_out;
    if (status == Z_STREAM_END && stream->avail_in >= 2 && stream->next_in[0] == 0x1f &&
        stream->next_in[1] == 0x8b)
        status = inflateReset(stream);
    return status;
}

enum decoded gzip_decode(struct slice bytes, size_t limit, struct byte_buffer *out)
{
    z_stream stream = {0};
    out->length = 0;
    if (bytes.length > UINT32_MAX)
        return DECODED_TOO_LONG;
    if (inflateInit2(&stream, GZIP_WINDOW) != Z_OK)
        return DECODED_NO_MEMORY;
    stream.next_in = (Bytef *)bytes.data;
    stream.avail_in = (uInt)bytes.length;
    int status = Z_OK;
    while (status == Z_OK) {
        if (out->length == out->room && (out->room >= limit || !grow(out, limit)))
            break;
        status = inflate_on(&stream, out);
    }
    inflateEnd(&stream);
    if (status == Z_STREAM_END)
        return DECODED;
    if (status == Z_OK)
        return out->room >= limit ? DECODED_TOO_LONG : DECODED_NO_MEMORY;
    return out->length ? DECODED_CUT : DECODED_NOT;
}
