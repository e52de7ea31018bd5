/*
 * leaf_bed.h - a text on its way through framer, unfolder and mirror facts, for tests
 * of envelopes and shapes.  cmocka's headers must come first.
 */
#ifndef TESTS_LEAF_BED_H
#define TESTS_LEAF_BED_H

#include "core/unfold.h"

enum { LEAVES_MAX = 64 };

struct leaf_bed {
    struct json_projection *projection;
    struct framer *framer;
    struct normaliser *normaliser;
    struct unfolder *unfolder;
    struct json_slot *slots;
    struct arena kept; /* of what was found and made; dies with the bed */
    /* What a text held, in order; texts are copies. */
    struct leaf leaves[LEAVES_MAX];
    size_t count;
};

int leaf_bed_make(void **state);
int leaf_bed_unmake(void **state);

/* Reads a whole text; events come with their mirror facts. */
void leaves_read(struct leaf_bed *bed, struct slice text);
/* The same, and the text must hold one leaf of this class. */
const struct leaf *leaf_read(struct leaf_bed *bed, struct slice text,
                             enum record_class class);

/* JSON's text as the inside of a JSON string; bytes as base64, packed before or not. */
struct slice quoted(struct leaf_bed *bed, struct slice text);
struct slice base64(struct leaf_bed *bed, struct slice bytes);
struct slice gzipped(struct leaf_bed *bed, struct slice bytes);
/* The pieces joined, NULL-terminated. */
struct slice joined(struct leaf_bed *bed, const char *first, ...);

#endif
