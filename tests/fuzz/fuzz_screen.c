/* Any bytes as the raw record and as every field of an operation: what is laid out and
 * drawn holds printable characters alone, at any width. */
#include "config.h"

#include <stdlib.h>

#include "core/escape.h"
#include "tui/canvas.h"
#include "tui/hit_document.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_cells(const struct canvas *canvas)
{
    for (int column = 0; column < canvas->width; column++) {
        const struct cell *cell = canvas_cell(canvas, 0, column);
        struct slice rest = {cell->text, cell->length};
        struct escape_piece piece;
        while (escape_next(&rest, &piece))
            if (piece.escaped && !slice_equal(piece.text, SLICE("\\\\")))
                abort();
    }
}

static void draw(const struct document *document, struct canvas *canvas)
{
    enum { SAMPLE = 40 };
    size_t step = document->line_count / SAMPLE + 1;
    for (size_t line = 0; line < document->line_count; line += step) {
        canvas_clear(canvas);
        document_render(document, line, canvas, 0);
        check_cells(canvas);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    struct slice text = {(const char *)data + 2, size - 2};
    struct evidence_row row = {.path = text, .raw = text};
    struct evidence_list evidence = {&row, 1};
    struct hit_row hit = {.id = text, .near_miss = text};
    struct hit_document_options options = {.width = data[0]};
    struct document document;
    struct canvas canvas;
    size_t found[16];
    for (int i = 0; i < EVENT_FIELD_COUNT; i++)
        hit.operation.event.text[i] = text;
    hit.operation.rules = text;
    document_init(&document);
    canvas_init(&canvas, data[1] & 1);
    if (!canvas_resize(&canvas, data[0] + 1, 1)) {
        hit_document_build(&document, &hit, &evidence, &options);
        draw(&document, &canvas);
        document_find(&document, slice_first(text, data[1] / 2), found, 16);
        struct arena arena;
        arena_init(&arena);
        document_text(&document, &arena);
        arena_fini(&arena);
    }
    canvas_fini(&canvas);
    document_fini(&document);
    return 0;
}
