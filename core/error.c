#include "config.h"

#include "core/error.h"

#include <stdarg.h>
#include <stdio.h>

static int fill(struct error *error, enum error_code code, size_t column,
                const char *format, va_list arguments)
{
    if (error) {
        error->code = code;
        error->column = column;
        vsnprintf(error->message, sizeof error->message, format, arguments);
    }
    return -1;
}

int error_set(struct error *error, enum error_code code, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fill(error, code, 0, format, arguments);
    va_end(arguments);
    return -1;
}

int error_set_at(struct error *error, enum error_code code, size_t column,
                 const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fill(error, code, column, format, arguments);
    va_end(arguments);
    return -1;
}
