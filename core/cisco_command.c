#include "config.h"

#include "core/cisco_command.h"

bool cisco_abbreviates(struct slice word, const char *keyword, size_t least)
{
    return word.length >= least && slice_starts_with_nocase(slice_from(keyword), word);
}

bool cisco_take(struct slice *rest, const char *keyword, size_t least)
{
    struct slice after = *rest;
    if (!cisco_abbreviates(slice_word(&after), keyword, least))
        return false;
    *rest = after;
    return true;
}

bool cisco_take_negation(struct slice *rest)
{
    return cisco_take(rest, "no", 2) || cisco_take(rest, "default", 3);
}

bool cisco_session_parse(struct slice command, struct cisco_session *out)
{
    struct slice rest = command;
    out->negated = cisco_take_negation(&rest);
    out->hyphen = cisco_take(&rest, "monitor-session", 8);
    if (!out->hyphen &&
        (!cisco_take(&rest, "monitor", 3) || !cisco_take(&rest, "session", 1)))
        return false;
    out->id = slice_word(&rest);
    out->rest = rest;
    return out->id.length > 0;
}

struct slice cisco_session_group(struct slice id)
{
    static const struct {
        const char *word;
        size_t least;
    } groups[] = {{"all", 1}, {"local", 1}, {"remote", 2}, {"range", 2}};
    for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++) {
        if (cisco_abbreviates(id, groups[i].word, groups[i].least))
            return slice_from(groups[i].word);
    }
    return id;
}

struct slice cisco_endpoint(struct slice rest)
{
    static const struct slice options[] = {SLICE_INIT(" encapsulation"),
                                           SLICE_INIT(" ingress"),
                                           SLICE_INIT(" reflector-port")};
    cisco_take(&rest, "interface", 1);
    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
        ptrdiff_t at = slice_find_nocase(rest, options[i]);
        if (at >= 0)
            rest = slice_first(rest, (size_t)at);
    }
    return slice_trim(rest);
}
