/*
 * reshape.h - a record in an unusual shape, rewritten into the canonical one.
 *
 * The same event leaves its provider in one shape and reaches the analyst in many: all
 * keys lower case (Athena, Snowflake, Panther), PascalCase (PowerShell), dotted
 * (LogScale, Kibana, Splunk), renamed (OCSF, ECS).  Such a record is rewritten
 * once, as a tree, and scanned again by the one projection, so that the provider's own
 * function, the rules and mirror_facts read it like any other: what a form carries
 * means the same through every form, by construction.
 *
 * Rewriting an object:
 *   1. "Vendor." is cut from keys, a blank in them becomes `_`, and dotted keys are
 *      un-flattened: `a.b[0].c` and Splunk's `a{}.b`.  A part that begins with http: or
 * https: takes the rest of its key (claims are named by URLs).
 *   2. The first form whose marks are there decides; none: the record is not known.
 *   3. The form's rows copy values to their canonical places; what stands there
 *      already stays, so the first row that finds a value wins.
 *   4. Keys are folded to the spelling that the projection knows, place by place.
 *
 * Adding a form: a struct reshape_form in a file of yours, named in the list in
 * reshape.c.  Slow (a parse, a copy and a print), so what fits at the first scan never
 * comes here.
 */
#ifndef CORE_RESHAPE_H
#define CORE_RESHAPE_H

#include "core/arena.h"
#include "core/json_scan.h"
#include "core/json_tree.h"

enum reshape_how {
    RESHAPE_COPY,
    /* A string that holds JSON, or the text of a struct, becomes what it holds; else as
     * COPY. */
    RESHAPE_PARSE,
    RESHAPE_TEXT, /* `from` is no path but the text itself */
};

/*
 * Paths are keys separated by ONE BLANK, as in json_scan.h, and compare without case.
 * In `from`, a number is an element of an array, any other key means the first element
 * where it meets an array, and `*claims/upn` is the first key that ends so.
 */
struct reshape_row {
    const char *from, *to;
    enum reshape_how how;
};

enum { RESHAPE_MARKS_MAX = 4 };

struct reshape_form {
    const char *name;   /* what FIELD_FORM says; NULL: the name of the form it fits */
    const char *reason; /* of a form that is known and skipped, else NULL */
    /* All of them must be there, NULL-terminated: "path" or "path=text". The first
     * part of the first mark tells, at a glance, that the form is worth a parse. */
    const char *marks[RESHAPE_MARKS_MAX + 1];
    /* What marks and rows cannot say, done before the rows; false: it is not this form.
     * NULL: nothing. */
    bool (*prepare)(json_t *object);
    const struct reshape_row *rows;
    size_t row_count;
    const char *note; /* what the analyst must know of such records; NULL: nothing */
};

/*
 * The copy of an object in canonical shape, in the arena; absent where no form fits.
 * *form: the form that did.  Of a form with a reason the copy is the text itself.
 */
struct slice reshape(struct slice json, const struct json_projection *projection,
                     struct arena *arena, const struct reshape_form **form);
/* The same for a tree, such as a row of a table as {"column": "text"}, which is
 * changed. */
struct slice reshape_tree(json_t *object, const struct json_projection *projection,
                          struct arena *arena, const struct reshape_form **form);

#endif
