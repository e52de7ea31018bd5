/*
 * sample_case.h - a small case for tests of screens and queries, written straight into
 * the tables: invented actors on four providers, hostile texts, attempts, two records
 * of one act, sources in every state.
 */
#ifndef TESTS_SAMPLE_CASE_H
#define TESTS_SAMPLE_CASE_H

#include "db/case.h"

/* A new case of this name in a folder of its own; NULL: failed (said on stderr). */
struct case_file *sample_case_new(const char *name);
/* Closes it and removes the folder. */
void sample_case_free(struct case_file *handle);
/* Adds operations newer than all others, by actors of their own; *serial counts up. */
int sample_case_grow(struct case_file *handle, int count, int *serial);

#endif
