#include "config.h"

#include "tui/document.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/escape.h"

void document_init(struct document *document)
{
    *document = (struct document){.width = 80};
    arena_init(&document->arena);
}

void document_fini(struct document *document)
{
    free(document->pieces);
    free(document->lines);
    arena_fini(&document->arena);
    document_init(document);
}

void document_start(struct document *document, int width)
{
    document->width = width < 8 ? 8 : width;
    document->piece_count = document->line_count = 0;
    document->column = document->hang = 0;
    document->anchor = 0;
    document->line_limit = DOCUMENT_MAX_LINES;
    document->failed = false;
    arena_reset(&document->arena);
}

static void *grow(void *items, size_t count, size_t *room, size_t size)
{
    if (count < *room)
        return items;
    size_t more = *room ? *room * 2 : 256;
    void *bigger = realloc(items, more * size);
    if (bigger)
        *room = more;
    return bigger;
}

static struct line *new_line(struct document *document, int indent, bool continued)
{
    struct line *lines = grow(document->lines, document->line_count,
                              &document->line_room, sizeof *lines);
    if (!lines || document->line_count >= document->line_limit) {
        if (lines)
            document->lines = lines;
        document->failed = true;
        return NULL;
    }
    document->lines = lines;
    struct line *line = &lines[document->line_count++];
    *line = (struct line){
        .first = document->piece_count,
        .indent = indent,
        .continued = continued,
        .anchor = document->anchor,
    };
    document->column = indent;
    return line;
}

void document_line(struct document *document, int indent, int hang)
{
    int widest = document->width / 2;
    document->hang = hang < widest ? hang : widest;
    new_line(document, indent < widest ? indent : widest, false);
}

static void new_piece(struct document *document, struct slice text, enum role role,
                      bool raw)
{
    struct piece *pieces = grow(document->pieces, document->piece_count,
                                &document->piece_room, sizeof *pieces);
    if (!pieces) {
        document->failed = true;
        return;
    }
    document->pieces = pieces;
    pieces[document->piece_count++] = (struct piece){text, (uint8_t)role, raw};
    document->lines[document->line_count - 1].count++;
    document->lines[document->line_count - 1].raw |= raw;
}

/* Escapes come out as ASCII at least as wide as any way of showing the piece. */
static int piece_columns(const struct escape_piece *piece, bool raw)
{
    if (raw && slice_equal(piece->text, SLICE("\\\\")))
        return 1;
    return (int)piece->columns;
}

/* Bytes of text that fit in `room` columns, and the columns they take. */
static size_t measure(struct slice text, bool raw, int room, int *columns)
{
    struct slice rest = text;
    struct escape_piece piece;
    size_t fits = 0;
    *columns = 0;
    while (escape_next(&rest, &piece)) {
        int width = piece_columns(&piece, raw);
        if (*columns + width > room)
            break;
        *columns += width;
        fits = text.length - rest.length;
    }
    return fits;
}

/* Prose breaks at a blank; what comes from a log breaks where the line is full. */
static size_t break_at_blank(struct slice text, size_t fits)
{
    ptrdiff_t blank = slice_rindex(slice_first(text, fits), ' ');
    return blank > 0 ? (size_t)blank : 0;
}

static void add_wrapped(struct document *document, struct slice text, enum role role,
                        bool raw, bool prose)
{
    if (!document->line_count)
        document_line(document, 0, 0);
    while (text.length && !document->failed) {
        int columns;
        int room = sub_sat(document->width, document->column);
        size_t fits = measure(text, raw, room, &columns);
        if (prose && fits < text.length && text.data[fits] != ' ')
            fits = break_at_blank(text, fits);
        if (fits == 0 && document->column > document->hang) {
            new_line(document, document->hang, true);
            continue;
        }
        if (fits == 0) /* wider than any line: let the canvas cut it */
            fits = text.length;
        new_piece(document, slice_first(text, fits), role, raw);
        document->column += columns;
        text = slice_skip(text, fits);
        if (prose && text.length && text.data[0] == ' ')
            text = slice_skip(text, 1);
        if (text.length)
            new_line(document, document->hang, true);
    }
}

static void add(struct document *document, struct slice text, enum role role, bool raw)
{
    add_wrapped(document, text, role, raw, false);
}

void document_add(struct document *document, struct slice text, enum role role)
{
    add(document, text, role, false);
}

void document_add_raw(struct document *document, struct slice text, enum role role)
{
    add(document, text, role, true);
}

void document_prose(struct document *document, struct slice text, enum role role)
{
    add_wrapped(document, text, role, false, true);
}

void document_label(struct document *document, const char *text, enum role role)
{
    document_prose(document, slice_from(text), role);
}

void document_printf(struct document *document, enum role role, const char *format, ...)
{
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    document_prose(document, arena_copy(&document->arena, slice_from(text)), role);
}

void document_heading(struct document *document, const char *text)
{
    if (document->line_count)
        document_line(document, 0, 0);
    document_line(document, 1, 1);
    document_label(document, text, ROLE_TITLE);
}

void document_end(struct document *document, const char *what_has_the_rest)
{
    if (!document->failed)
        return;
    document->failed = false;
    document->line_limit += 2;
    document_line(document, 0, 0);
    document_line(document, 1, 1);
    document_add(document, slice_from(what_has_the_rest), ROLE_ALERT);
}

void document_render(const struct document *document, size_t index,
                     struct canvas *canvas, int row)
{
    if (index >= document->line_count)
        return;
    const struct line *line = &document->lines[index];
    int column = line->indent;
    for (size_t i = 0; i < line->count; i++) {
        const struct piece *piece = &document->pieces[line->first + i];
        int room = sub_sat(canvas->width, column);
        column += piece->raw ? canvas_raw(canvas, row, column, room, piece->text,
                                          (enum role)piece->role)
                             : canvas_text(canvas, row, column, room, piece->text,
                                           (enum role)piece->role);
    }
}

/* The text of a line and of what was wrapped from it, as in the log. */
static size_t whole_line(const struct document *document, size_t index, char **text,
                         size_t *room, size_t *length)
{
    size_t end = index + 1;
    while (end < document->line_count && document->lines[end].continued)
        end++;
    *length = 0;
    for (size_t i = index; i < end; i++) {
        const struct line *line = &document->lines[i];
        for (size_t p = line->first; p < line->first + line->count; p++) {
            struct slice part = document->pieces[p].text;
            if (*length + part.length > *room) {
                size_t more = (*length + part.length) * 2;
                char *bigger = realloc(*text, more);
                if (!bigger)
                    return end;
                *text = bigger;
                *room = more;
            }
            memcpy(*text + *length, part.data, part.length);
            *length += part.length;
        }
    }
    return end;
}

static size_t line_bytes(const struct document *document, size_t index)
{
    const struct line *line = &document->lines[index];
    size_t bytes = 0;
    for (size_t p = line->first; p < line->first + line->count; p++)
        bytes += document->pieces[p].text.length;
    return bytes;
}

size_t document_find(const struct document *document, struct slice needle,
                     size_t *found, size_t limit)
{
    char *text = NULL;
    size_t room = 0, count = 0;
    for (size_t i = 0; i < document->line_count && !slice_blank(needle);) {
        size_t length, line = i, before = 0;
        size_t end = whole_line(document, i, &text, &room, &length);
        struct slice rest = {text, length};
        ptrdiff_t at;
        while (count < limit && rest.length &&
               (at = slice_find_nocase(rest, needle)) >= 0) {
            size_t offset = length - rest.length + (size_t)at;
            while (line + 1 < end && offset - before >= line_bytes(document, line))
                before += line_bytes(document, line++);
            if (count == 0 || found[count - 1] != line)
                found[count++] = line;
            rest = slice_skip(rest, (size_t)at + needle.length);
        }
        i = end;
    }
    free(text);
    return count;
}

struct slice document_text(const struct document *document, struct arena *arena)
{
    size_t count = 0;
    struct slice *parts = arena_alloc(
        arena, (document->piece_count + 2 * document->line_count + 1) * sizeof *parts);
    if (!parts)
        return SLICE_NONE;
    for (size_t i = 0; i < document->line_count; i++) {
        const struct line *line = &document->lines[i];
        if (!line->continued) {
            if (i)
                parts[count++] = SLICE("\n");
            parts[count++] = slice_first(SLICE("                                "),
                                         (size_t)line->indent);
        }
        for (size_t p = line->first; p < line->first + line->count; p++) {
            const struct piece *piece = &document->pieces[p];
            parts[count++] = piece->raw ? escape_raw(arena, piece->text)
                                        : escape_text(arena, piece->text);
        }
    }
    parts[count++] = SLICE("\n");
    return arena_join(arena, parts, count);
}
