#include "config.h"

#include "tui/prompt.h"

#include <stdio.h>

#include "core/escape.h"
#include "tui/key.h"

void prompt_open(struct prompt *prompt, enum prompt_kind kind, const char *label,
                 struct slice text)
{
    *prompt = (struct prompt){.kind = kind};
    snprintf(prompt->label, sizeof prompt->label, "%s", label);
    if (text.length >= sizeof prompt->text)
        text = SLICE_NONE;
    if (text.length)
        memcpy(prompt->text, text.data, text.length);
    prompt->length = prompt->cursor = text.length;
}

void prompt_ask(struct prompt *prompt, enum prompt_kind kind, const char *question)
{
    prompt_open(prompt, kind, question, SLICE_NONE);
    prompt->yes_no = true;
}

void prompt_close(struct prompt *prompt)
{
    prompt->kind = PROMPT_NONE;
}

void prompt_fail(struct prompt *prompt, const char *message, size_t column)
{
    snprintf(prompt->error, sizeof prompt->error, "%s", message);
    prompt->error_column = column;
}

struct slice prompt_text(const struct prompt *prompt)
{
    return (struct slice){prompt->text, prompt->length};
}

static bool continues(char byte)
{
    return ((unsigned char)byte & 0xc0) == 0x80;
}

static size_t before(const struct prompt *prompt, size_t at)
{
    while (at > 0 && continues(prompt->text[--at]))
        ;
    return at;
}

static size_t after(const struct prompt *prompt, size_t at)
{
    if (at < prompt->length)
        at++;
    while (at < prompt->length && continues(prompt->text[at]))
        at++;
    return at;
}

static size_t word_before(const struct prompt *prompt)
{
    size_t at = prompt->cursor;
    while (at > 0 && prompt->text[at - 1] == ' ')
        at--;
    while (at > 0 && prompt->text[at - 1] != ' ')
        at--;
    return at;
}

static void cut(struct prompt *prompt, size_t from, size_t to)
{
    memmove(prompt->text + from, prompt->text + to, prompt->length - to);
    prompt->length -= to - from;
    prompt->cursor = from;
}

static void insert(struct prompt *prompt, uint32_t key)
{
    char bytes[4];
    size_t count = key_text(key, bytes);
    if (!count || prompt->length + count >= sizeof prompt->text)
        return;
    memmove(prompt->text + prompt->cursor + count, prompt->text + prompt->cursor,
            prompt->length - prompt->cursor);
    memcpy(prompt->text + prompt->cursor, bytes, count);
    prompt->cursor += count;
    prompt->length += count;
}

static void edit(struct prompt *prompt, uint32_t key)
{
    size_t at = prompt->cursor;
    switch (key) {
    case KEYCODE_LEFT:
    case KEY_CTRL('b'):
        prompt->cursor = before(prompt, at);
        break;
    case KEYCODE_RIGHT:
    case KEY_CTRL('f'):
        prompt->cursor = after(prompt, at);
        break;
    case KEYCODE_HOME:
    case KEY_CTRL('a'):
        prompt->cursor = 0;
        break;
    case KEYCODE_END:
    case KEY_CTRL('e'):
        prompt->cursor = prompt->length;
        break;
    case KEYCODE_BACKSPACE:
        cut(prompt, before(prompt, at), at);
        break;
    case KEYCODE_DELETE:
    case KEY_CTRL('d'):
        cut(prompt, at, after(prompt, at));
        break;
    case KEY_CTRL('u'):
        cut(prompt, 0, at);
        break;
    case KEY_CTRL('k'):
        cut(prompt, at, prompt->length);
        break;
    case KEY_CTRL('w'):
        cut(prompt, word_before(prompt), at);
        break;
    default:
        insert(prompt, key);
    }
}

enum prompt_answer prompt_key(struct prompt *prompt, uint32_t key)
{
    if (key == KEYCODE_ESCAPE || key == KEY_CTRL('c') || key == KEY_CTRL('g'))
        return PROMPT_CANCELLED;
    if (prompt->yes_no)
        return key == 'y' || key == 'Y' ? PROMPT_DONE : PROMPT_CANCELLED;
    if (key == KEYCODE_ENTER)
        return PROMPT_DONE;
    if (key == KEYCODE_BACKSPACE && prompt->length == 0 &&
        (prompt->kind == PROMPT_SEARCH || prompt->kind == PROMPT_SEARCH_RAW ||
         prompt->kind == PROMPT_FILTER))
        return PROMPT_CANCELLED;
    prompt->error[0] = '\0';
    edit(prompt, key);
    return PROMPT_GOES_ON;
}

static const char *hint(const struct prompt *prompt)
{
    switch (prompt->kind) {
    case PROMPT_SEARCH:
        return "Enter search  Esc cancel   n and N go on";
    case PROMPT_SEARCH_RAW:
        return "Enter search  Esc cancel   as the log wrote it, in any case of letters";
    case PROMPT_FILTER:
        return "Enter apply  Esc cancel   actor:~name ip:address lifecycle:creation "
               "outcome:success since:time -term";
    case PROMPT_TICKET:
        return "Enter next  Esc cancel   the change or incident that covers it";
    case PROMPT_REASON:
        return "Enter approve  Esc cancel";
    default:
        return "";
    }
}

/* A text longer than the line is shown from where the cursor is in sight. */
static size_t first_shown(const struct prompt *prompt, int room)
{
    size_t from = 0;
    while (from < prompt->cursor &&
           (int)escape_width(
               (struct slice){prompt->text + from, prompt->cursor - from}) >= room)
        from = after(prompt, from);
    return from;
}

void prompt_render(const struct prompt *prompt, struct canvas *canvas, int row)
{
    canvas_fill(canvas, row, 0, canvas->width, ' ', ROLE_TEXT);
    canvas_fill(canvas, row + 1, 0, canvas->width, ' ', ROLE_TEXT);
    int used =
        1 + canvas_label(canvas, row, 1, canvas->width - 1, prompt->label, ROLE_TITLE);
    if (prompt->yes_no) {
        canvas_label(canvas, row + 1, 1, canvas->width - 1, "y yes   any other key no",
                     ROLE_DIM);
        return;
    }
    int room = sub_sat(canvas->width, used + 1);
    size_t from = first_shown(prompt, room);
    struct slice shown = {prompt->text + from, prompt->length - from};
    canvas_text(canvas, row, used, room, shown, ROLE_TEXT);
    canvas->cursor_row = row;
    canvas->cursor_column =
        used + (int)escape_width((struct slice){shown.data, prompt->cursor - from});
    if (prompt->error[0] && prompt->error_column)
        canvas_printf(canvas, row + 1, 1, canvas->width - 1, ROLE_ALERT,
                      "column %zu: %s", prompt->error_column, prompt->error);
    else if (prompt->error[0])
        canvas_label(canvas, row + 1, 1, canvas->width - 1, prompt->error, ROLE_ALERT);
    else
        canvas_label(canvas, row + 1, 1, canvas->width - 1, hint(prompt), ROLE_DIM);
}
