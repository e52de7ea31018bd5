/*
 * segment_reader.h - segments and dictionaries as a connection reads them.
 *
 * Dictionaries only ever grow, so what was read of them is kept for the life of the
 * reader and the rest is read when a code asks for it.  A segment's columns are read
 * and decoded when they are first asked for.
 */
#ifndef DB_SEGMENT_READER_H
#define DB_SEGMENT_READER_H

#include <sqlite3.h>

#include "db/segment.h"

struct dictionary {
    struct arena arena;
    struct slice *values; /* of code i + 1 */
    uint32_t count, room;
};

struct segment_reader {
    sqlite3 *db;
    sqlite3_stmt *values, *column;
    struct dictionary dictionaries[TEXT_COLUMN_COUNT];
};

struct open_columns {
    int64_t id;
    uint32_t count;
    struct arena arena;
    bool loaded[SEGMENT_COLUMNS_MAX];
    struct segment_values columns[SEGMENT_COLUMNS_MAX];
};

int segment_reader_init(struct segment_reader *reader, sqlite3 *db);
void segment_reader_fini(struct segment_reader *reader);

/* All values of a field that the case holds by now. */
int segment_reader_dictionary(struct segment_reader *reader, int field,
                              const struct dictionary **out, struct error *error);

void open_columns_init(struct open_columns *segment);
void open_columns_fini(struct open_columns *segment);
/* Turns to another segment: what was decoded becomes invalid. */
void open_columns_reset(struct open_columns *segment, int64_t id, uint32_t count);

/* Borrowed until the reset. Offsets are offsets, not gaps. */
int segment_reader_column(struct segment_reader *reader, struct open_columns *segment,
                          enum segment_column column, const struct segment_values **out,
                          struct error *error);
/* The text of one event; SLICE_NONE where it has none. */
int segment_reader_text(struct segment_reader *reader, struct open_columns *segment,
                        int field, uint32_t place, struct slice *out,
                        struct error *error);

#endif
