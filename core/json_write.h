/*
 * json_write.h - writes JSON into a growing buffer with a limit.
 *
 * For records that are made from other texts: rows of tables, structs.  Memory is the
 * writer's, kept from one value to the next.  What does not fit, in the limit or in
 * memory, sets `failed`; everything written after that is dropped, so it is asked once.
 */
#ifndef CORE_JSON_WRITE_H
#define CORE_JSON_WRITE_H

#include "core/slice.h"

struct json_writer {
    char *data;
    size_t length, room, limit;
    bool failed;
};

void json_writer_init(struct json_writer *writer, size_t limit);
void json_writer_fini(struct json_writer *writer);
/* Begins a new value in the same memory. */
void json_writer_reset(struct json_writer *writer);

/* Bytes as they are: brackets, separators, values that are JSON already. */
void json_write(struct json_writer *writer, struct slice bytes);
void json_write_byte(struct json_writer *writer, char byte);
/* The inside of a string: control bytes, quotes and backslashes escaped, other bytes
 * kept, invalid UTF-8 too. */
void json_write_inside(struct json_writer *writer, struct slice text);
/* The same with its quotes. */
void json_write_string(struct json_writer *writer, struct slice text);

/* What was written, valid until the next change; absent where it failed. */
struct slice json_written(const struct json_writer *writer);

#endif
