/* Any bytes: nothing unsafe is shown, nothing is lost, limits hold. */
#include "config.h"

#include <stdlib.h>

#include "core/escape.h"
#include "core/unicode.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static struct slice safe(struct slice shown)
{
    for (struct slice rest = shown; rest.length;) {
        uint32_t code_point;
        unsigned length = utf8_length(rest, &code_point);
        require(length && code_point >= 0x20 && code_point != 0x7f);
        require(!unicode_unsafe(code_point));
        rest = slice_skip(rest, length);
    }
    return shown;
}

/* The pieces of a text are what it escapes to. */
static void check_pieces(struct slice text, struct slice shown)
{
    struct escape_piece piece;
    while (escape_next(&text, &piece)) {
        require(piece.text.length > 0 && piece.text.length <= ESCAPE_PIECE_BYTES);
        require(escape_width(safe(piece.text)) == piece.columns);
        require(slice_starts_with(shown, piece.text));
        shown = slice_skip(shown, piece.text.length);
    }
    require(!text.length && !shown.length);
}

/* RFC 4180: quotes stand around the whole and in pairs inside. */
static void check_cell(struct slice cell)
{
    bool quoted = cell.length && cell.data[0] == '"';
    if (!quoted) {
        require(slice_index(cell, '"') < 0 && slice_index(cell, ',') < 0);
        require(!cell.length || !memchr("=+-@", cell.data[0], 4));
        return;
    }
    require(cell.length >= 2 && cell.data[cell.length - 1] == '"');
    require(!memchr("=+-@", cell.data[1], 4));
    for (size_t i = 1; i + 1 < cell.length; i++) {
        if (cell.data[i] == '"')
            require(++i + 1 < cell.length && cell.data[i] == '"');
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!size)
        return 0;
    struct arena arena;
    struct slice text = {(const char *)data + 1, size - 1}, back;
    size_t limit = data[0];
    arena_init(&arena);
    struct slice shown = safe(escape_text(&arena, text));
    require(!escape_decode(&arena, shown, &back) && slice_equal(back, text));
    safe(escape_raw(&arena, text));
    check_cell(safe(escape_csv(&arena, text)));
    require(safe(escape_text_limited(&arena, text, limit)).length <= limit);
    require(escape_width(safe(escape_cut(&arena, shown, limit))) <= limit);
    check_pieces(text, shown);
    /* What was never written by the escaper is refused. */
    if (!escape_decode(&arena, text, &back))
        require(slice_equal(escape_text(&arena, back), text));
    arena_fini(&arena);
    return 0;
}
