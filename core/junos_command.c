#include "config.h"

#include "core/junos_command.h"

struct slice junos_statement(struct slice level, struct slice command,
                             struct arena *arena)
{
    static const struct slice edit = {"edit ", 5}, blank = {" ", 1};
    struct slice verb = slice_word(&command);
    if (slice_starts_with(level, edit))
        level = slice_skip(level, edit.length);
    if (slice_equal(verb, SLICE("top")))
        verb = slice_word(&command);
    const struct slice parts[] = {verb, blank, level, level.length ? blank : SLICE(""),
                                  command};
    return arena_join(arena, parts, sizeof parts / sizeof parts[0]);
}
