/*
 * json_oracle.h - compares the projection scanner with jansson on one text.
 *
 * Shared by the oracle test and the fuzz target.  jansson is asked to read any
 * value, \u0000 in values, and integers as reals; what it still refuses and the
 * scanner takes is invalid UTF-8, NUL in a key, lone surrogates and numbers beyond
 * a double.  The scanner alone refuses what is nested beyond LIMIT_JSON_DEPTH, and a
 * raw NUL after a number, which jansson drops.
 */
#ifndef TESTS_JSON_ORACLE_H
#define TESTS_JSON_ORACLE_H

#include "core/slice.h"

struct json_oracle;

/* Paths as in struct json_path; each gets a slot of its own.  NULL: failed. */
struct json_oracle *json_oracle_new(const char *const *paths, size_t count);
void json_oracle_free(struct json_oracle *oracle);

/* NULL where both agree, else what differs, in static text.  *path: the path whose
 * value differs, or NULL. */
const char *json_oracle_compare(struct json_oracle *oracle, struct slice text,
                                const char **path);
/* How many of the compared texts both accepted. */
size_t json_oracle_accepted(const struct json_oracle *oracle);

#endif
