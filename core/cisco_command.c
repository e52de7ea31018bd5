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
        (!cisco_take(&rest, "monitor", 3) || !cisco_take(&rest, "session", 3)))
        return false;
    out->id = slice_word(&rest);
    out->rest = rest;
    return out->id.length > 0;
}
