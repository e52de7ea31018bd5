/*
 * frame_internal.h - the framer's state, shared by its files:
 *   frame.c           the public face and the loop over values and lines
 *   frame_envelope.c  which objects and arrays are entered, and their other keys
 *   frame_joint.c     parts of a stream that are framed apart
 *   frame_damage.c    what is rejected and where reading resumes
 *   frame_line.c      where a text line ends, and whether it is text
 *   frame_table.c     rows of tables, of text and of JSON
 *
 * Whatever needs bytes beyond the window answers "more"; whatever is decided looks
 * no further than a limit that counts from the value itself, never from the window.
 */
#ifndef CORE_FRAME_INTERNAL_H
#define CORE_FRAME_INTERNAL_H

#include "core/frame.h"
#include "core/table.h"

enum {
    /* `{"Records":[{` with its blanks; `[` and the blanks before its first element. */
    FRAME_LOOK_BYTES = 512,
    /* The members before the array of an envelope that is too long to hold. */
    FRAME_HEAD_BYTES = 64 * 1024,
    /* What the beginnings of records are compared by: `{` to the first key's end. */
    FRAME_OPENING_BYTES = 96,
};

enum level_kind {
    LEVEL_ARRAY,    /* `[` of the stream itself, or in an array */
    LEVEL_ENVELOPE, /* the array of an object that is entered while streaming */
    LEVEL_TAIL,     /* behind that array: the object's other keys */
    LEVEL_WHOLE,    /* the array of an object that was scanned whole */
    LEVEL_ROWS,     /* "rows" of a table of JSON, whose columns `table` has */
};

struct level {
    enum level_kind kind;
    const char *envelope;
    uint64_t end; /* offset just after an object that was scanned whole, else 0 */
};

/* How records begin here, as the last good one did. */
struct opening {
    char text[FRAME_OPENING_BYTES];
    size_t length; /* 0: not known */
    bool guessed;  /* from a damaged record: no good one was seen yet */
    bool fills;    /* its record filled slots, so others like it do */
};

/* Bytes that are being rejected; `framer->at` is how far they have been searched. */
struct damage {
    bool active;
    uint64_t offset;    /* of the first byte */
    uint64_t solid_end; /* after the last byte that is no separator */
    const char *reason;
    bool doubtful; /* JSON or no text: a short line in it is no sign of its end */
    bool braces;   /* nothing but `}` so far, in an array */
    bool deep;     /* a value nested too deeply: its brackets tell its end */
    bool row;      /* of a table: ends where a row reads well */
    bool in_string, in_escape; /* of the deep value, and how many brackets are open: */
    size_t open;
    uint64_t cost;    /* bytes read in vain at places that looked good */
    char last[3];     /* the last byte, and the last two that are not blank */
    size_t kept;      /* bytes in kept_bytes, saved from windows that went */
    char *kept_bytes; /* LIMIT_REJECT_BYTES */
};

/* What a framer knows between two records. */
struct joint {
    bool in_table, end_noted;
    bool in_damage; /* within bytes that are being rejected */
    size_t depth;
    struct level levels[LIMIT_ENVELOPE_DEPTH];
    struct opening opening;
    uint64_t table; /* table_changes */
};

struct framer {
    const struct json_projection *projection;
    const char *data;
    size_t length, at; /* at: the next byte to look at */
    uint64_t base;
    bool final, truncated;
    bool end_noted; /* that an array has no end, or the damage that says so */
    size_t depth;
    struct level levels[LIMIT_ENVELOPE_DEPTH];
    struct opening opening;
    struct damage damage;
    struct table *table;
    bool in_table; /* the lines are rows of `table` */
    /* Of a part: how it began, whether a record told how records begin, and whether
     * damage made that a question. */
    struct joint begun;
    bool opening_told, opening_asked;
};

enum step {
    STEP_EMIT,  /* the item is filled */
    STEP_AGAIN, /* something was passed over: look again */
    STEP_MORE,  /* the window is too short */
};

enum look { LOOK_NO, LOOK_YES, LOOK_MORE };

static inline bool frame_is_blank(char byte)
{
    return byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t';
}

/* Between records: blanks, comma, RS (RFC 7464), NUL (blob and file padding). */
static inline bool frame_is_separator(char byte)
{
    return frame_is_blank(byte) || byte == ',' || byte == '\x1e' || byte == '\0';
}

void frame_fill(const struct framer *framer, struct frame_item *item,
                enum frame_kind kind, size_t from, size_t to, const char *reason);

/* json_scan at `at`, no further than `limit` bytes: JSON_INCOMPLETE with *more set
 * where a longer window may change that, else the value is cut off or too long. */
enum json_status frame_scan(const struct framer *framer, size_t at, size_t limit,
                            struct json_slot *slots, size_t *end, bool *more);

/* --- frame_envelope.c --- */

/* Whether a `[` at `at` opens records, not a line such as "[2026-03-14] text". */
enum look frame_opens_array(const struct framer *framer, size_t at);
/* Whether the object at `at` is `{"Records":[{` or its like; enters it if `enter`. */
enum look frame_stream_envelope(struct framer *framer, size_t at, bool enter);
/* Enters the array of the object from framer->at to `end` if it is an envelope. */
bool frame_enter_whole(struct framer *framer, const struct json_slot *slots,
                       size_t end);
/* The same for an object that cannot be scanned whole: it is too long, cut off or
 * damaged, and what its array holds is judged record by record. *next_page: a token
 * stands before the array. */
enum look frame_enter_long(struct framer *framer, struct json_slot *slots,
                           bool *next_page);
void frame_close_array(struct framer *framer);
/* Behind the array of a streamed envelope. */
enum step frame_take_tail(struct framer *framer, struct frame_item *item,
                          struct json_slot *slots);
extern const char frame_next_page_note[];

/* --- frame_damage.c --- */

/* Remembers how the record at `at` begins. */
void frame_remember_opening(struct framer *framer, size_t at,
                            const struct json_slot *slots, bool good);
/* The bytes from framer->at on cannot be read. */
enum step frame_reject(struct framer *framer, const char *reason);
/* The same for a bracketed value that is nested too deeply: given up as a whole, since
 * its insides may look like records. */
enum step frame_reject_deep(struct framer *framer, const char *reason);
/* Searches on; emits the reject once reading resumes or the stream ends. */
enum step frame_search(struct framer *framer, struct frame_item *item,
                       struct json_slot *slots);
/* Saves what framer_tail() is about to give up. */
void frame_keep_damage(struct framer *framer);

/* The row from framer->at on cannot be read. */
enum step frame_reject_row(struct framer *framer, const char *reason);

/* --- frame_line.c --- */

/* The text line at `at`: its length without its ending; *after: where to go on.
 * LOOK_NO: it is longer than LIMIT_LINE_BYTES. */
enum look frame_line(const struct framer *framer, size_t at, size_t *length,
                     size_t *after);
/* How little like text: bytes of invalid UTF-8, and control bytes twice. */
size_t frame_line_noise(struct slice line);
/* The line at framer->at as an item. */
enum step frame_take_line(struct framer *framer, struct frame_item *item);

/* --- frame_table.c --- */

/* Whether the line, which ends before `after`, is a header; then its table begins. */
bool frame_begin_table(struct framer *framer, struct slice line, size_t after);
/* While in_table. */
enum step frame_take_row(struct framer *framer, struct frame_item *item,
                         struct json_slot *slots);
/* Whether the line at framer->at, in a damaged place of the table, reads well. */
enum look frame_resumes_at_row(struct framer *framer, struct json_slot *slots);
/* Whether these texts stand at `at`, with nothing but blanks between them. */
enum look frame_begins(const struct framer *framer, size_t at,
                       const struct slice *wanted, size_t count);
/* The object at framer->at, an element of "tables" or the like: enters its rows; or the
 * row of titles, which rows follow.  LOOK_NO: it is no table of columns and rows. */
enum look frame_enter_rows(struct framer *framer, struct json_slot *slots);
/* Whether the elements here are such rows, their titles being known. */
bool frame_in_result(const struct framer *framer);
/* At framer->at: an array of values for the columns or of field/value pairs, or an
 * object of cells. */
enum step frame_take_json_row(struct framer *framer, struct frame_item *item,
                              struct json_slot *slots);
/* Whether the array at `at` holds field/value pairs. */
enum look frame_is_pairs(const struct framer *framer, size_t at);

#endif
