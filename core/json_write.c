#include "config.h"

#include "core/json_write.h"

#include <stdlib.h>

enum { FIRST_ROOM = 4096 };

void json_writer_init(struct json_writer *writer, size_t limit)
{
    *writer = (struct json_writer){.limit = limit};
}

void json_writer_fini(struct json_writer *writer)
{
    free(writer->data);
    writer->data = NULL;
}

void json_writer_reset(struct json_writer *writer)
{
    writer->length = 0;
    writer->failed = false;
}

/* Room for so many bytes more. */
static bool make_room(struct json_writer *writer, size_t count)
{
    if (writer->failed || count > writer->limit - writer->length) {
        writer->failed = true;
        return false;
    }
    if (count <= writer->room - writer->length)
        return true;
    size_t room = writer->room ? writer->room : FIRST_ROOM;
    while (room < writer->length + count)
        room *= 2;
    char *data = realloc(writer->data, room);
    if (!data) {
        writer->failed = true;
        return false;
    }
    writer->data = data;
    writer->room = room;
    return true;
}

void json_write(struct json_writer *writer, struct slice bytes)
{
    if (!bytes.length || !make_room(writer, bytes.length))
        return;
    memcpy(writer->data + writer->length, bytes.data, bytes.length);
    writer->length += bytes.length;
}

void json_write_byte(struct json_writer *writer, char byte)
{
    json_write(writer, (struct slice){&byte, 1});
}

static bool is_plain(char byte)
{
    return (unsigned char)byte >= 0x20 && byte != '"' && byte != '\\';
}

static void write_escape(struct json_writer *writer, char byte)
{
    static const char from[] = "\"\\\n\r\t", to[] = "\"\\nrt",
                      hex[] = "0123456789abcdef";
    const char *known = byte ? strchr(from, byte) : NULL;
    if (known) {
        const char text[] = {'\\', to[known - from]};
        json_write(writer, (struct slice){text, sizeof text});
        return;
    }
    unsigned char code = (unsigned char)byte;
    const char text[] = {'\\', 'u', '0', '0', hex[code >> 4], hex[code & 15]};
    json_write(writer, (struct slice){text, sizeof text});
}

void json_write_inside(struct json_writer *writer, struct slice text)
{
    while (text.length) {
        size_t plain = 0;
        while (plain < text.length && is_plain(text.data[plain]))
            plain++;
        json_write(writer, slice_first(text, plain));
        if (plain < text.length)
            write_escape(writer, text.data[plain++]);
        text = slice_skip(text, plain);
    }
}

void json_write_string(struct json_writer *writer, struct slice text)
{
    json_write_byte(writer, '"');
    json_write_inside(writer, text);
    json_write_byte(writer, '"');
}

struct slice json_written(const struct json_writer *writer)
{
    return writer->failed ? SLICE_NONE : (struct slice){writer->data, writer->length};
}
