#include "config.h"

#include "core/device_ends.h"

/* ---- directions ---- */

static unsigned bits_of(struct slice way)
{
    return slice_equal_nocase(way, SLICE("rx"))   ? DEVICE_RECEIVED
           : slice_equal_nocase(way, SLICE("tx")) ? DEVICE_SENT
                                                  : DEVICE_RECEIVED | DEVICE_SENT;
}

static struct slice way_of(unsigned bits)
{
    return bits == DEVICE_RECEIVED ? SLICE("rx")
           : bits == DEVICE_SENT   ? SLICE("tx")
                                   : SLICE("both");
}

/* Takes the direction off the end of *text; absent where it has none. */
static struct slice cut_way(struct slice *text)
{
    static const struct slice ways[] = {SLICE_INIT(" rx"), SLICE_INIT(" tx"),
                                        SLICE_INIT(" both")};
    *text = slice_trim(*text);
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        if (!slice_ends_with_nocase(*text, ways[i]))
            continue;
        struct slice way = slice_skip(*text, text->length - ways[i].length + 1);
        *text = slice_trim(slice_first(*text, text->length - ways[i].length));
        return way;
    }
    return SLICE_NONE;
}

/* ---- one end ---- */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Takes the number off the end of *text; one that is filled up with zeros is a name. */
static bool cut_number(struct slice *text, uint32_t *out)
{
    enum { DIGITS = 9 };
    size_t start = text->length;
    while (start && is_digit(text->data[start - 1]))
        start--;
    size_t length = text->length - start;
    if (!length || length > DIGITS || (length > 1 && text->data[start] == '0'))
        return false;
    *out = 0;
    for (size_t i = start; i < text->length; i++)
        *out = *out * 10 + (uint32_t)(text->data[i] - '0');
    *text = slice_first(*text, start);
    return true;
}

/* "Gi0/5 - 7", "vlan 10", or a bare "9" that goes on after `prefix`. */
static struct device_end parse(struct slice text, struct slice prefix)
{
    struct device_end end = {.prefix = text};
    struct slice before = text, from;
    if (!cut_number(&before, &end.high))
        return end;
    end.numbered = true;
    end.low = end.high;
    end.prefix = before;
    from = slice_trim(before);
    if (from.length && from.data[from.length - 1] == '-') {
        from = slice_trim(slice_first(from, from.length - 1));
        if (cut_number(&from, &end.low))
            end.prefix = from;
    }
    if (!end.prefix.length && slice_present(prefix))
        end.prefix = prefix;
    return end;
}

static struct slice letters_of(struct slice text)
{
    size_t length = 0;
    while (length < text.length && text.data[length] != ' ' &&
           text.data[length] != '/' && !is_digit(text.data[length]))
        length++;
    return slice_first(text, length);
}

/* "Gi0/" and "GigabitEthernet0/", "ethernet 1/" and "Eth1/". */
static bool is_same_prefix(struct slice a, struct slice b)
{
    struct slice name_a = letters_of(a), name_b = letters_of(b);
    struct slice rest_a = slice_trim(slice_skip(a, name_a.length)),
                 rest_b = slice_trim(slice_skip(b, name_b.length));
    return (name_a.length > 0) == (name_b.length > 0) && slice_equal(rest_a, rest_b) &&
           (slice_starts_with_nocase(name_a, name_b) ||
            slice_starts_with_nocase(name_b, name_a));
}

static bool overlap(const struct device_end *a, const struct device_end *b)
{
    if (a->numbered != b->numbered)
        return false;
    return a->numbered ? is_same_prefix(a->prefix, b->prefix) && a->low <= b->high &&
                             b->low <= a->high
                       : slice_equal_nocase(a->prefix, b->prefix);
}

/* ---- adding and taking away ---- */

static bool append(struct device_ends *ends, const struct device_end *end,
                   struct arena *arena)
{
    struct device_end **at = &ends->first;
    if (ends->count == LIMIT_DEVICE_ENDS) {
        ends->left_out++;
        return true;
    }
    while (*at)
        at = &(*at)->next;
    *at = arena_alloc(arena, sizeof **at);
    if (!*at)
        return false;
    **at = *end;
    (*at)->next = NULL;
    ends->count++;
    return true;
}

static bool add_one(struct device_ends *ends, const struct device_end *more,
                    struct arena *arena)
{
    for (struct device_end *end = ends->first; end; end = end->next) {
        unsigned bits = bits_of(end->way), with = bits | bits_of(more->way);
        if (!overlap(end, more) || end->low > more->low || end->high < more->high)
            continue;
        if (with == bits)
            return true;
        if (end->low == more->low && end->high == more->high) {
            end->way = way_of(with);
            return true;
        }
    }
    return append(ends, more, arena);
}

/* What is left of an end: its numbers before and behind, and the other direction. */
static bool remove_one(struct device_ends *ends, const struct device_end *less,
                       struct arena *arena)
{
    const struct device_ends before = *ends;
    bool kept = true;
    *ends = (struct device_ends){.left_out = before.left_out};
    for (const struct device_end *end = before.first; end; end = end->next) {
        struct device_end part = *end;
        unsigned bits = bits_of(end->way) & ~bits_of(less->way);
        if (!overlap(end, less)) {
            kept &= append(ends, end, arena);
            continue;
        }
        if (end->low < less->low) {
            part.high = less->low - 1;
            kept &= append(ends, &part, arena);
        }
        if (bits) {
            part = *end;
            part.low = end->low > less->low ? end->low : less->low;
            part.high = end->high < less->high ? end->high : less->high;
            part.way = way_of(bits);
            kept &= append(ends, &part, arena);
        }
        if (end->high > less->high) {
            part = *end;
            part.low = less->high + 1;
            kept &= append(ends, &part, arena);
        }
    }
    return kept;
}

/* A direction at the end of the line is that of all which have none of their own. */
static bool each_part(struct device_ends *ends, struct slice text, struct arena *arena,
                      bool (*act)(struct device_ends *ends,
                                  const struct device_end *end, struct arena *arena))
{
    struct slice whole = text, prefix = SLICE_NONE;
    const struct slice way = cut_way(&whole);
    bool done = true;
    for (bool last = false; !last;) {
        struct slice part = slice_cut(&text, ',');
        struct slice own = cut_way(&part);
        last = !slice_present(text);
        if (!part.length)
            continue;
        struct device_end end = parse(part, prefix);
        end.way = slice_present(own) ? own : way;
        prefix = end.prefix;
        done &= act(ends, &end, arena);
    }
    return done;
}

bool device_ends_add(struct device_ends *ends, struct slice text, struct arena *arena)
{
    return each_part(ends, text, arena, add_one);
}

bool device_ends_remove(struct device_ends *ends, struct slice text,
                        struct arena *arena)
{
    if (text.length)
        return each_part(ends, text, arena, remove_one);
    *ends = (struct device_ends){NULL, 0, 0};
    return true;
}

/* ---- in words ---- */

uint64_t device_ends_number(const struct device_ends *ends)
{
    uint64_t number = ends->left_out;
    for (const struct device_end *end = ends->first; end; end = end->next)
        number += end->numbered ? end->high - end->low + 1 : 1;
    return number;
}

unsigned device_ends_ways(const struct device_ends *ends)
{
    unsigned ways = 0;
    for (const struct device_end *end = ends->first; end; end = end->next)
        ways |= bits_of(end->way);
    return ways;
}

static struct slice end_text(const struct device_end *end, struct arena *arena)
{
    const struct slice parts[] = {
        end->prefix, end->numbered ? arena_printf(arena, "%u", end->low) : SLICE_NONE,
        end->low < end->high ? arena_printf(arena, "-%u", end->high) : SLICE_NONE,
        end->way.length ? SLICE(" ") : SLICE_NONE, end->way};
    return arena_join(arena, parts, sizeof parts / sizeof parts[0]);
}

struct slice device_ends_text(const struct device_ends *ends, struct arena *arena)
{
    struct slice parts[2 * LIMIT_DEVICE_ENDS + 1];
    size_t count = 0;
    for (const struct device_end *end = ends->first; end; end = end->next) {
        if (count)
            parts[count++] = SLICE(", ");
        parts[count++] = end_text(end, arena);
    }
    if (ends->left_out)
        parts[count++] = arena_printf(arena, ", and %zu more", ends->left_out);
    return count ? arena_join(arena, parts, count) : SLICE_NONE;
}
