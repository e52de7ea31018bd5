/*
 * key.h - keys as numbers, and their names.
 *
 * A key is a Unicode code point, a control code (Ctrl-d is 4), or one of the codes
 * below, which lie above Unicode.  Enter is always 13.
 */
#ifndef TUI_KEY_H
#define TUI_KEY_H

#include "core/slice.h"

enum key_code {
    KEYCODE_NONE = 0,
    KEYCODE_TAB = 9,
    KEYCODE_ENTER = 13,
    KEYCODE_ESCAPE = 27,
    KEYCODE_SPACE = 32,
    KEYCODE_FIRST = 0x200000,
    KEYCODE_UP = KEYCODE_FIRST,
    KEYCODE_DOWN,
    KEYCODE_LEFT,
    KEYCODE_RIGHT,
    KEYCODE_PAGE_UP,
    KEYCODE_PAGE_DOWN,
    KEYCODE_HOME,
    KEYCODE_END,
    KEYCODE_BACKSPACE,
    KEYCODE_DELETE,
    KEYCODE_BACK_TAB,
    KEYCODE_F1,
    KEYCODE_F2,
    KEYCODE_F3,
    KEYCODE_F4,
    KEYCODE_F5,
    KEYCODE_F6,
    KEYCODE_F7,
    KEYCODE_F8,
    KEYCODE_F9,
    KEYCODE_F10,
    KEYCODE_END_OF_LIST
};

#define KEY_CTRL(letter) ((uint32_t)((letter)&0x1f))

enum { KEY_NAME_MAX = 16 };
/* "Ctrl-d", "PgUp", "F1", "j". NUL-terminated. */
void key_label(uint32_t key, char out[KEY_NAME_MAX]);
/* KEYCODE_NONE where there is no such key. */
uint32_t key_from_name(struct slice name);
/* A character that a prompt takes as text. */
bool key_is_text(uint32_t key);
/* UTF-8 of a text key; the length. */
size_t key_text(uint32_t key, char out[4]);

#endif
