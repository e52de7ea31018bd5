/*
 * output_bed.h - a sink that keeps what it is given, and the check that no output of
 * exports and reports holds a byte or character that a terminal, a spreadsheet or a
 * reader could be deceived by.
 */
#ifndef TESTS_OUTPUT_BED_H
#define TESTS_OUTPUT_BED_H

#include <stdio.h>

#include "core/arena.h"
#include "db/export.h"

struct output {
    struct export_sink sink;
    FILE *stream;
    char *bytes;
    size_t length;
};

void output_open(struct output *output);
/* Closes it; the text, with a NUL behind it, is in the arena. */
struct slice output_take(struct output *output, struct arena *arena);

/* UTF-8 throughout, no control character but the newline, nothing invisible. */
void assert_output_safe(struct slice text);

#endif
