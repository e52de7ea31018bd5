#include "config.h"

#include "db/report_line.h"

#include <stdarg.h>
#include <stdio.h>

#include "core/escape.h"
#include "core/timestamp.h"

enum { DEEPER = 4, SHOWN_MAX = 400 };

static void put(struct report_lines *lines, struct slice text)
{
    if (!slice_present(text))
        lines->failed = true;
    else if (!lines->closed && text.length)
        lines->closed =
            lines->sink->write(lines->sink->payload, text.data, text.length) != 0;
}

static void put_indent(struct report_lines *lines, size_t indent)
{
    for (size_t i = 0; i < indent; i++)
        put(lines, SLICE(" "));
    lines->used = indent;
    lines->empty = true;
}

static struct slice format_text(struct report_lines *lines, const char *format,
                                va_list arguments)
{
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, again);
    va_end(again);
    char *text = length < 0 ? NULL : arena_alloc(&lines->arena, (size_t)length + 1);
    if (!text)
        return SLICE_NONE;
    vsnprintf(text, (size_t)length + 1, format, arguments);
    return (struct slice){text, (size_t)length};
}

static void put_fact(struct report_lines *lines, struct slice fact)
{
    size_t width = escape_width(fact);
    if (!lines->empty && lines->used + 1 + width > lines->width) {
        put(lines, SLICE("\n"));
        put_indent(lines, lines->indent + DEEPER);
    }
    if (!lines->empty)
        put(lines, SLICE(" "));
    lines->used += width + !lines->empty;
    lines->empty = false;
    put(lines, fact);
}

void report_begin(struct report_lines *lines, size_t indent)
{
    lines->indent = indent;
    put_indent(lines, indent);
}

void report_add(struct report_lines *lines, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    put_fact(lines, format_text(lines, format, arguments));
    va_end(arguments);
}

void report_end(struct report_lines *lines)
{
    put(lines, SLICE("\n"));
}

void report_line(struct report_lines *lines, size_t indent, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    report_begin(lines, indent);
    put_fact(lines, format_text(lines, format, arguments));
    report_end(lines);
    va_end(arguments);
}

void report_blank(struct report_lines *lines)
{
    put(lines, SLICE("\n"));
}

const char *report_safe(struct report_lines *lines, struct slice text)
{
    struct slice shown = slice_blank(text)
                             ? SLICE("-")
                             : escape_text_limited(&lines->arena, text, SHOWN_MAX);
    shown = arena_copy(&lines->arena, shown);
    lines->failed |= !slice_present(shown);
    return slice_present(shown) ? shown.data : "";
}

const char *report_time(struct report_lines *lines, int64_t time_us)
{
    char text[TIMESTAMP_TEXT_MAX];
    if (!timestamp_format(time_us, text))
        return "no time";
    return report_safe(lines, slice_from(text));
}
