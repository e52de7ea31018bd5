#include "config.h"

#include "core/copies.h"

#include <stdlib.h>

#include "core/junos_command.h"

/* ---- what was commanded ---- */

static bool is_left_out(char byte)
{
    return strchr("[]{}\"'\\;|", byte) != NULL;
}

static char lower(char byte)
{
    return byte >= 'A' && byte <= 'Z' ? (char)(byte - 'A' + 'a') : byte;
}

/* In place; words are one blank apart. */
static struct slice plain(char *text, size_t length)
{
    size_t kept = 0;
    for (size_t i = 0; i < length; i++) {
        bool blank = text[i] == ' ' || text[i] == '\t' || is_left_out(text[i]);
        if (!blank)
            text[kept++] = lower(text[i]);
        else if (kept && text[kept - 1] != ' ')
            text[kept++] = ' ';
    }
    return slice_trim((struct slice){text, kept});
}

static struct slice without(struct slice text, struct slice beginning)
{
    return slice_starts_with_nocase(text, beginning)
               ? slice_trim(slice_skip(text, beginning.length))
               : text;
}

static struct slice without_end(struct slice text)
{
    static const struct slice ends[] = {SLICE_INIT("<cr>"), SLICE_INIT("(success)"),
                                        SLICE_INIT("(failure)")};
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        if (slice_ends_with_nocase(text, ends[i]))
            text = slice_trim(slice_first(text, text.length - ends[i].length));
    }
    return text;
}

struct slice copies_statement(enum provider provider, struct slice mode,
                              struct slice command, struct arena *arena)
{
    command = without_end(without(slice_trim(command), SLICE("!exec:")));
    mode = without(mode, SLICE("configure terminal"));
    const struct slice parts[] = {mode, mode.length ? SLICE(" ") : SLICE(""), command};
    struct slice text = provider == PROVIDER_JUNOS
                            ? junos_statement(mode, command, arena)
                            : arena_join(arena, parts, 3);
    return text.data ? plain((char *)text.data, text.length) : SLICE_NONE;
}

/* ---- copies ---- */

static int compare_numbers(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

/* Records of one operation lie together, the earliest first. */
static int compare_operations(const void *left, const void *right)
{
    const struct told_command *a = left, *b = right;
    int order = slice_compare(a->operation, b->operation);
    if (!order)
        order = compare_numbers(a->time_us, b->time_us);
    if (!order)
        order = slice_compare(a->log, b->log);
    return order ? order : compare_numbers(a->place, b->place);
}

static int compare_commands(const void *left, const void *right)
{
    const struct told_command *a = *(struct told_command *const *)left,
                              *b = *(struct told_command *const *)right;
    int order = slice_compare(a->actor, b->actor);
    if (!order)
        order = slice_compare(a->statement, b->statement);
    if (!order)
        order = compare_numbers(a->time_us, b->time_us);
    if (!order)
        order = slice_compare(a->log, b->log);
    return order ? order : slice_compare(a->operation, b->operation);
}

static bool may_be_copy(const struct told_command *first,
                        const struct told_command *later)
{
    return slice_equal(first->actor, later->actor) &&
           slice_equal(first->statement, later->statement) &&
           later->time_us - first->time_us <= COPIES_APART_US;
}

static bool is_told(struct slice log, struct told_command *const *group, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (slice_equal(group[i]->log, log))
            return true;
    }
    return false;
}

/* The copies of commands[0], which begins an act. */
static void join_act(struct told_command **commands, size_t count)
{
    struct told_command *group[LIMIT_COPIES] = {commands[0]};
    size_t members = 1;
    commands[0]->act = commands[0]->operation;
    if (count > LIMIT_COPIES_AHEAD)
        count = LIMIT_COPIES_AHEAD;
    for (size_t i = 1;
         i < count && members < LIMIT_COPIES && may_be_copy(commands[0], commands[i]);
         i++) {
        if (slice_present(commands[i]->act) ||
            is_told(commands[i]->log, group, members))
            continue;
        commands[i]->act = commands[0]->operation;
        group[members++] = commands[i];
    }
}

/* One command for each operation; returns how many. An undated one has no copies. */
static size_t first_tellers(struct told_command *commands, size_t count,
                            struct told_command **out)
{
    size_t tellers = 0;
    for (size_t i = 0; i < count; i++) {
        bool first =
            !i || !slice_equal(commands[i].operation, commands[i - 1].operation);
        bool dated = commands[i].time_us != EVENT_TIME_NONE;
        commands[i].act = first && dated ? SLICE_NONE : commands[i].operation;
        if (first && dated)
            out[tellers++] = &commands[i];
    }
    return tellers;
}

bool copies_join(struct told_command *commands, size_t count)
{
    if (!count)
        return true;
    struct told_command **tellers = calloc(count, sizeof(*tellers));
    if (!tellers)
        return false;
    qsort(commands, count, sizeof(*commands), compare_operations);
    size_t total = first_tellers(commands, count, tellers);
    qsort(tellers, total, sizeof(*tellers), compare_commands);
    for (size_t i = 0; i < total; i++) {
        if (!slice_present(tellers[i]->act))
            join_act(tellers + i, total - i);
    }
    for (size_t i = 1; i < count; i++) {
        if (slice_equal(commands[i].operation, commands[i - 1].operation))
            commands[i].act = commands[i - 1].act;
    }
    free(tellers);
    return true;
}
