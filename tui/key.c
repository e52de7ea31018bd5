#include "config.h"

#include "tui/key.h"

#include <stdio.h>

#include "core/escape.h"

static const struct {
    uint32_t key;
    const char *name;
} names[] = {
    {KEYCODE_TAB, "Tab"},
    {KEYCODE_ENTER, "Enter"},
    {KEYCODE_ESCAPE, "Esc"},
    {KEYCODE_SPACE, "Space"},
    {KEYCODE_UP, "Up"},
    {KEYCODE_DOWN, "Down"},
    {KEYCODE_LEFT, "Left"},
    {KEYCODE_RIGHT, "Right"},
    {KEYCODE_PAGE_UP, "PgUp"},
    {KEYCODE_PAGE_DOWN, "PgDn"},
    {KEYCODE_HOME, "Home"},
    {KEYCODE_END, "End"},
    {KEYCODE_BACKSPACE, "Backspace"},
    {KEYCODE_DELETE, "Delete"},
    {KEYCODE_BACK_TAB, "Shift-Tab"},
    {KEYCODE_F1, "F1"},
    {KEYCODE_F2, "F2"},
    {KEYCODE_F3, "F3"},
    {KEYCODE_F4, "F4"},
    {KEYCODE_F5, "F5"},
    {KEYCODE_F6, "F6"},
    {KEYCODE_F7, "F7"},
    {KEYCODE_F8, "F8"},
    {KEYCODE_F9, "F9"},
    {KEYCODE_F10, "F10"},
};
enum { NAME_COUNT = sizeof names / sizeof names[0] };

void key_label(uint32_t key, char out[KEY_NAME_MAX])
{
    for (size_t i = 0; i < NAME_COUNT; i++) {
        if (names[i].key == key) {
            snprintf(out, KEY_NAME_MAX, "%s", names[i].name);
            return;
        }
    }
    if (key < 32)
        snprintf(out, KEY_NAME_MAX, "Ctrl-%c", (int)(key | 0x60));
    else
        out[key_text(key, out)] = '\0';
}

uint32_t key_from_name(struct slice name)
{
    for (size_t i = 0; i < NAME_COUNT; i++)
        if (slice_equal_nocase(name, slice_from(names[i].name)))
            return names[i].key;
    if (name.length == 6 && slice_starts_with_nocase(name, SLICE("Ctrl-")))
        return KEY_CTRL((unsigned char)name.data[5]);
    uint32_t code_point = 0;
    if (utf8_length(name, &code_point) == name.length && key_is_text(code_point))
        return code_point;
    return KEYCODE_NONE;
}

bool key_is_text(uint32_t key)
{
    return key >= 32 && key != 127 && !(key >= 0x80 && key < 0xa0) &&
           !(key >= 0xd800 && key < 0xe000) && key < 0x110000;
}

size_t key_text(uint32_t key, char out[4])
{
    if (!key_is_text(key))
        return 0;
    if (key < 0x80) {
        out[0] = (char)key;
        return 1;
    }
    if (key < 0x800) {
        out[0] = (char)(0xc0 | key >> 6);
        out[1] = (char)(0x80 | (key & 0x3f));
        return 2;
    }
    if (key < 0x10000) {
        out[0] = (char)(0xe0 | key >> 12);
        out[1] = (char)(0x80 | (key >> 6 & 0x3f));
        out[2] = (char)(0x80 | (key & 0x3f));
        return 3;
    }
    out[0] = (char)(0xf0 | key >> 18);
    out[1] = (char)(0x80 | (key >> 12 & 0x3f));
    out[2] = (char)(0x80 | (key >> 6 & 0x3f));
    out[3] = (char)(0x80 | (key & 0x3f));
    return 4;
}
