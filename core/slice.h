/*
 * slice.h - a borrowed run of bytes.
 *
 * A slice never owns its bytes and need not end in NUL.  { NULL, 0 } means
 * "absent"; a non-NULL pointer with length 0 means "present and empty".
 */
#ifndef CORE_SLICE_H
#define CORE_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct slice {
    const char *data;
    size_t length;
};

#define SLICE_NONE ((struct slice){NULL, 0})
/* For string literals only: the length is known at compile time. */
#define SLICE(literal) ((struct slice){"" literal, sizeof(literal) - 1})
/* The same inside the initializer of a static table. */
#define SLICE_INIT(literal)                                                            \
    {                                                                                  \
        "" literal, sizeof(literal) - 1                                                \
    }

static inline struct slice slice_from(const char *text)
{
    return text ? (struct slice){text, strlen(text)} : SLICE_NONE;
}

static inline bool slice_present(struct slice s)
{
    return s.data != NULL;
}

/* Absent or empty. */
static inline bool slice_blank(struct slice s)
{
    return s.length == 0;
}

static inline bool slice_equal(struct slice a, struct slice b)
{
    return a.length == b.length && (a.length == 0 || !memcmp(a.data, b.data, a.length));
}

static inline bool slice_starts_with(struct slice s, struct slice prefix)
{
    return s.length >= prefix.length && !memcmp(s.data, prefix.data, prefix.length);
}

static inline bool slice_ends_with(struct slice s, struct slice suffix)
{
    return s.length >= suffix.length &&
           !memcmp(s.data + s.length - suffix.length, suffix.data, suffix.length);
}

static inline struct slice slice_skip(struct slice s, size_t count)
{
    return count < s.length ? (struct slice){s.data + count, s.length - count}
                            : (struct slice){s.length ? s.data + s.length : s.data, 0};
}

static inline struct slice slice_first(struct slice s, size_t count)
{
    return (struct slice){s.data, count < s.length ? count : s.length};
}

/* ASCII case folding only: operation and key names are ASCII. */
bool slice_equal_nocase(struct slice a, struct slice b);
bool slice_starts_with_nocase(struct slice s, struct slice prefix);
bool slice_ends_with_nocase(struct slice s, struct slice suffix);

/* Offset of the first occurrence of needle, or -1. */
ptrdiff_t slice_find(struct slice haystack, struct slice needle);
ptrdiff_t slice_find_nocase(struct slice haystack, struct slice needle);

/* Offset of the first/last occurrence of a byte, or -1. */
ptrdiff_t slice_index(struct slice s, char byte);
ptrdiff_t slice_rindex(struct slice s, char byte);

/* Without ASCII blanks, tabs, CR and LF at both ends. */
struct slice slice_trim(struct slice s);

/* The next word, blanks and tabs around it, cut off *rest. */
struct slice slice_word(struct slice *rest);

/* What stands after the first `mark`, up to the next `/`; absent without a mark. */
struct slice slice_segment(struct slice text, struct slice mark);

/*
 * Cuts the text before the first `separator` off `*rest` and returns it.
 * Where there is none, returns all of `*rest` and leaves it absent.
 */
struct slice slice_cut(struct slice *rest, char separator);

/* Edits that turn one short word into the other (Levenshtein, at most 32 bytes of each,
 * ASCII case ignored): for "did you mean". */
size_t slice_distance(struct slice a, struct slice b);

/* Three-way byte order; a shorter prefix sorts first. */
int slice_compare(struct slice a, struct slice b);

#endif
