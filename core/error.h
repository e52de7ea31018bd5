/*
 * error.h - failures as values.
 *
 * A function that can fail returns int (0 done, -1 failed) and fills a
 * `struct error` that the caller owns.  The message is one line without a
 * final dot, fit to follow a place ("file: record 3: ").  Messages that quote
 * outside bytes pass them through the escaper first.
 */
#ifndef CORE_ERROR_H
#define CORE_ERROR_H

#include <stddef.h>

enum error_code {
    ERROR_NONE,
    ERROR_MEMORY,      /* allocation failed */
    ERROR_LIMIT,       /* a named limit of limits.h was met */
    ERROR_SYNTAX,      /* malformed input: filter, rule, time, option */
    ERROR_UNSUPPORTED, /* well-formed, but not something this build does */
    ERROR_INPUT,       /* an input file cannot be read */
    ERROR_CASE,        /* the case file cannot be opened, used or written */
    ERROR_INTERRUPTED, /* a signal or the user stopped the work */
};

struct error {
    enum error_code code;
    size_t column; /* 1-based byte column in the text at fault, 0 if none */
    char message[512];
};

/* Fills *error (which may be NULL) and returns -1, so that callers can return it. */
int error_set(struct error *error, enum error_code code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
int error_set_at(struct error *error, enum error_code code, size_t column,
                 const char *format, ...) __attribute__((format(printf, 4, 5)));

#endif
