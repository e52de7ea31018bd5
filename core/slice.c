#include "config.h"

#include "core/slice.h"

static char fold(char byte)
{
    return byte >= 'A' && byte <= 'Z' ? (char)(byte + ('a' - 'A')) : byte;
}

static bool same_nocase(const char *a, const char *b, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (fold(a[i]) != fold(b[i]))
            return false;
    }
    return true;
}

bool slice_equal_nocase(struct slice a, struct slice b)
{
    return a.length == b.length && same_nocase(a.data, b.data, a.length);
}

bool slice_starts_with_nocase(struct slice s, struct slice prefix)
{
    return s.length >= prefix.length && same_nocase(s.data, prefix.data, prefix.length);
}

bool slice_ends_with_nocase(struct slice s, struct slice suffix)
{
    return s.length >= suffix.length &&
           same_nocase(s.data + s.length - suffix.length, suffix.data, suffix.length);
}

ptrdiff_t slice_find(struct slice haystack, struct slice needle)
{
    if (needle.length == 0)
        return 0;
    for (size_t i = 0; i + needle.length <= haystack.length; i++) {
        const char *hit = memchr(haystack.data + i, needle.data[0],
                                 haystack.length - needle.length - i + 1);
        if (!hit)
            return -1;
        i = (size_t)(hit - haystack.data);
        if (!memcmp(hit, needle.data, needle.length))
            return (ptrdiff_t)i;
    }
    return -1;
}

ptrdiff_t slice_find_nocase(struct slice haystack, struct slice needle)
{
    if (needle.length == 0)
        return 0;
    char first = fold(needle.data[0]);
    for (size_t i = 0; i + needle.length <= haystack.length; i++) {
        if (fold(haystack.data[i]) == first &&
            same_nocase(haystack.data + i, needle.data, needle.length))
            return (ptrdiff_t)i;
    }
    return -1;
}

ptrdiff_t slice_index(struct slice s, char byte)
{
    const char *hit = s.length ? memchr(s.data, byte, s.length) : NULL;
    return hit ? hit - s.data : -1;
}

ptrdiff_t slice_rindex(struct slice s, char byte)
{
    for (size_t i = s.length; i > 0; i--) {
        if (s.data[i - 1] == byte)
            return (ptrdiff_t)(i - 1);
    }
    return -1;
}

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

struct slice slice_trim(struct slice s)
{
    while (s.length && is_blank(s.data[0])) {
        s.data++;
        s.length--;
    }
    while (s.length && is_blank(s.data[s.length - 1]))
        s.length--;
    return s;
}

struct slice slice_cut(struct slice *rest, char separator)
{
    struct slice whole = *rest;
    ptrdiff_t at = slice_index(whole, separator);
    if (at < 0) {
        *rest = SLICE_NONE;
        return whole;
    }
    *rest = (struct slice){whole.data + at + 1, whole.length - (size_t)at - 1};
    return slice_first(whole, (size_t)at);
}

enum { DISTANCE_MAX = 32 };

size_t slice_distance(struct slice a, struct slice b)
{
    size_t row[DISTANCE_MAX + 1];
    a = slice_first(a, DISTANCE_MAX);
    b = slice_first(b, DISTANCE_MAX);
    for (size_t j = 0; j <= b.length; j++)
        row[j] = j;
    for (size_t i = 1; i <= a.length; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b.length; j++) {
            size_t best = diagonal + (fold(a.data[i - 1]) != fold(b.data[j - 1]));
            diagonal = row[j];
            best = row[j] + 1 < best ? row[j] + 1 : best;
            row[j] = row[j - 1] + 1 < best ? row[j - 1] + 1 : best;
        }
    }
    return row[b.length];
}

int slice_compare(struct slice a, struct slice b)
{
    size_t common = a.length < b.length ? a.length : b.length;
    int order = common ? memcmp(a.data, b.data, common) : 0;
    if (order)
        return order;
    return a.length < b.length ? -1 : a.length > b.length;
}

struct slice slice_word(struct slice *rest)
{
    struct slice text = slice_trim(*rest);
    size_t length = 0;
    while (length < text.length && text.data[length] != ' ' &&
           text.data[length] != '\t')
        length++;
    *rest = slice_trim(slice_skip(text, length));
    return slice_first(text, length);
}

struct slice slice_segment(struct slice text, struct slice mark)
{
    ptrdiff_t at = slice_find(text, mark);
    if (at < 0)
        return SLICE_NONE;
    struct slice rest = slice_skip(text, (size_t)at + mark.length);
    return slice_cut(&rest, '/');
}
