/*
 * event_cursor.h - the rows of the table `event`, one segment after the other.
 *
 * Tests that can be decided on numbers and codes narrow the rows of a segment before
 * any text is made.  They may let rows through that SQLite then drops itself; they
 * never drop a row that belongs to the answer.  Internal to event_table.c.
 */
#ifndef DB_EVENT_CURSOR_H
#define DB_EVENT_CURSOR_H

#include "db/doubled.h"
#include "db/segment_reader.h"

enum event_column {
    EVENT_COLUMN_ROWID = -1,
    EVENT_COLUMN_HIT,
    EVENT_COLUMN_TIME,
    EVENT_COLUMN_TIME_US,
    EVENT_COLUMN_TIME_QUALITY,
    EVENT_COLUMN_PROVIDER,
    EVENT_COLUMN_OUTCOME,
    EVENT_COLUMN_LIFECYCLE,
    EVENT_COLUMN_TEXT,
    EVENT_COLUMN_SOURCE = EVENT_COLUMN_TEXT + EVENT_FIELD_COUNT,
    EVENT_COLUMN_OFFSET,
    EVENT_COLUMN_LENGTH,
    EVENT_COLUMN_LEAF,
};

enum { EVENT_TESTS_MAX = 16 };
enum event_test { EVENT_NO_TEST, EVENT_EQUAL, EVENT_FROM, EVENT_UNTIL };

/* One equality: the number wanted, or the text and its code in the dictionary. */
struct event_equality {
    enum segment_column column;
    bool text;
    int64_t number;
    struct slice value; /* in the cursor's arena */
    uint32_t code;      /* 0: not in the dictionary */
};

struct event_cursor {
    struct segment_reader *reader;
    struct arena arena; /* of the tests */
    sqlite3_stmt *segments, *hit;
    struct open_columns segment;

    bool nothing, ended;
    int64_t from_us, until_us, from_id, until_id;
    bool timed;     /* events without a time are out */
    int hit_wanted; /* -1: either */
    struct event_equality equalities[EVENT_TESTS_MAX];
    int equality_count;
    struct doubled doubled; /* sources whose events are passed over */

    uint16_t rows[SEGMENT_EVENTS]; /* places left after the tests */
    uint32_t row_count, row;
    bool hit_current; /* `hit` stands at this row's record */
};

/* Whether equality on it can be decided on numbers or codes. */
bool event_column_testable(int column);

void event_cursor_init(struct event_cursor *cursor, struct segment_reader *reader);
void event_cursor_fini(struct event_cursor *cursor);
void event_cursor_restart(struct event_cursor *cursor);
int event_cursor_test(struct event_cursor *cursor, enum event_test test, int column,
                      sqlite3_value *value, struct error *error);
int event_cursor_begin(struct event_cursor *cursor, struct error *error);
int event_cursor_next(struct event_cursor *cursor, struct error *error);
int64_t event_cursor_rowid(const struct event_cursor *cursor);
int event_cursor_column(struct event_cursor *cursor, int column,
                        sqlite3_context *context, struct error *error);

#endif
