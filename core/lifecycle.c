#include "config.h"

#include "core/rule.h"

/*
 * Provider names say what they do with a verb: first in a call ("CreateVtap",
 * "addPacketMirroringRule"), last in a path ("packetMirrorings.patch",
 * "virtualNetworkTaps/write"), first in a command ("no monitor session 1").
 */
static const struct verb {
    const char *word;
    enum lifecycle lifecycle;
} verbs[] = {
    {"add", LIFECYCLE_CREATION},
    {"aggregated", LIFECYCLE_READ},
    {"change", LIFECYCLE_MODIFICATION},
    {"clear", LIFECYCLE_DELETION},
    {"create", LIFECYCLE_CREATION},
    {"default", LIFECYCLE_DELETION},
    {"delete", LIFECYCLE_DELETION},
    {"describe", LIFECYCLE_READ},
    {"destroy", LIFECYCLE_DELETION},
    {"disable", LIFECYCLE_MODIFICATION},
    {"edit", LIFECYCLE_MODIFICATION},
    {"enable", LIFECYCLE_MODIFICATION},
    {"get", LIFECYCLE_READ},
    {"insert", LIFECYCLE_CREATION},
    {"list", LIFECYCLE_READ},
    {"modify", LIFECYCLE_MODIFICATION},
    {"no", LIFECYCLE_DELETION},
    {"patch", LIFECYCLE_MODIFICATION},
    {"put", LIFECYCLE_CREATION_MODIFICATION},
    {"query", LIFECYCLE_READ},
    {"read", LIFECYCLE_READ},
    {"remove", LIFECYCLE_DELETION},
    {"replace", LIFECYCLE_MODIFICATION},
    {"reset", LIFECYCLE_MODIFICATION},
    {"search", LIFECYCLE_READ},
    {"set", LIFECYCLE_MODIFICATION},
    {"show", LIFECYCLE_READ},
    {"test", LIFECYCLE_READ},
    {"undo", LIFECYCLE_DELETION},
    {"update", LIFECYCLE_MODIFICATION},
    {"write", LIFECYCLE_CREATION_MODIFICATION},
};

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_part_of_name(char c)
{
    return is_letter(c) || (c >= '0' && c <= '9');
}

/* Cuts the next word of a name in camel case off *name; blank at its end. */
static struct slice next_word(struct slice *name)
{
    while (name->length && !is_letter(name->data[0]))
        *name = slice_skip(*name, 1);
    size_t length = 0;
    while (length < name->length && is_letter(name->data[length])) {
        if (length && is_upper(name->data[length]) && !is_upper(name->data[length - 1]))
            break;
        length++;
    }
    struct slice word = slice_first(*name, length);
    *name = slice_skip(*name, length);
    return word;
}

static enum lifecycle lifecycle_of_word(struct slice word)
{
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
        if (slice_equal_nocase(word, slice_from(verbs[i].word)))
            return verbs[i].lifecycle;
    return LIFECYCLE_NONE;
}

static enum lifecycle lifecycle_of_name(struct slice name)
{
    for (;;) {
        struct slice word = next_word(&name);
        if (slice_blank(word))
            return LIFECYCLE_NONE;
        enum lifecycle lifecycle = lifecycle_of_word(word);
        if (lifecycle != LIFECYCLE_NONE)
            return lifecycle;
    }
}

enum lifecycle lifecycle_from_operation(struct slice operation)
{
    size_t end = slice_first(operation, LIMIT_FIELD_BYTES).length;
    while (end > 0) {
        size_t begin = end;
        while (begin > 0 && is_part_of_name(operation.data[begin - 1]))
            begin--;
        enum lifecycle lifecycle =
            lifecycle_of_name((struct slice){operation.data + begin, end - begin});
        if (lifecycle != LIFECYCLE_NONE)
            return lifecycle;
        end = begin > 0 ? begin - 1 : 0;
    }
    return LIFECYCLE_OTHER;
}
