/*
 * prompt.h - one line that the user types.  Pure.
 */
#ifndef TUI_PROMPT_H
#define TUI_PROMPT_H

#include "core/limits.h"
#include "core/slice.h"
#include "tui/canvas.h"

enum prompt_kind {
    PROMPT_NONE,
    PROMPT_SEARCH,
    PROMPT_SEARCH_RAW,
    PROMPT_FILTER,
    PROMPT_TICKET,
    PROMPT_REASON,
    PROMPT_RELOCATE,
    PROMPT_DISABLE, /* yes or no */
    PROMPT_QUIT,    /* yes or no */
};

struct prompt {
    enum prompt_kind kind;
    bool yes_no; /* one key answers; no text */
    char label[160];
    char error[256]; /* shown below until the text changes */
    size_t error_column;
    char text[LIMIT_FILTER_BYTES]; /* UTF-8 */
    size_t length, cursor;         /* bytes; the cursor is at a character */
};

void prompt_open(struct prompt *prompt, enum prompt_kind kind, const char *label,
                 struct slice text);
void prompt_ask(struct prompt *prompt, enum prompt_kind kind, const char *question);
void prompt_close(struct prompt *prompt);
void prompt_fail(struct prompt *prompt, const char *message, size_t column);
struct slice prompt_text(const struct prompt *prompt);

enum prompt_answer { PROMPT_GOES_ON, PROMPT_DONE, PROMPT_CANCELLED };
enum prompt_answer prompt_key(struct prompt *prompt, uint32_t key);

/* On two rows: the line, and a hint or what is wrong below it. */
void prompt_render(const struct prompt *prompt, struct canvas *canvas, int row);

#endif
