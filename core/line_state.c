#include "config.h"

#include <stdlib.h>

#include "core/event.h"
#include "core/limits.h"
#include "core/line_state.h"

enum {
    NAME_BYTES = 96,
    AUDIT_TEXT_BYTES = 64,
    /* Audit records of one event stand together, but those of several processors mix.
     */
    AUDIT_EVENTS = 16,
};

struct audit_row {
    size_t event_length, user_length, id_length, session_length;
    char event[AUDIT_TEXT_BYTES], user[AUDIT_TEXT_BYTES], id[AUDIT_TEXT_BYTES],
        session[AUDIT_TEXT_BYTES];
    bool failed;
};

struct part_row {
    size_t name_length, text_length;
    unsigned next; /* the number of the part that is missing yet */
    uint64_t used; /* a count, 0: free */
    char name[NAME_BYTES];
    char text[LIMIT_SPLIT_MESSAGE_BYTES];
};

struct line_state {
    size_t prompt_length;
    char prompt[NAME_BYTES];
    int64_t history_us;
    size_t audit_next, audit_count;
    struct audit_row audit[AUDIT_EVENTS];
    uint64_t clock, changes;
    struct part_row *parts; /* LIMIT_SPLIT_MESSAGES of them, or NULL */
};

struct line_state *line_state_new(void)
{
    struct line_state *state = calloc(1, sizeof(*state));
    if (state)
        line_state_reset(state);
    return state;
}

void line_state_free(struct line_state *state)
{
    if (state)
        free(state->parts);
    free(state);
}

void line_state_reset(struct line_state *state)
{
    state->prompt_length = 0;
    state->history_us = EVENT_TIME_NONE;
    state->audit_next = state->audit_count = 0;
    state->clock = state->changes = 0;
    for (size_t i = 0; state->parts && i < LIMIT_SPLIT_MESSAGES; i++)
        state->parts[i].used = 0;
}

static bool make_parts(struct line_state *state)
{
    if (!state->parts)
        state->parts = calloc(LIMIT_SPLIT_MESSAGES, sizeof(*state->parts));
    return state->parts;
}

int line_state_copy(struct line_state *to, const struct line_state *from)
{
    struct part_row *parts = to->parts;
    *to = *from;
    to->parts = parts;
    if (!from->parts) {
        for (size_t i = 0; parts && i < LIMIT_SPLIT_MESSAGES; i++)
            parts[i].used = 0;
        return 0;
    }
    if (!make_parts(to))
        return -1;
    memcpy(to->parts, from->parts, LIMIT_SPLIT_MESSAGES * sizeof(*to->parts));
    return 0;
}

uint64_t line_state_changes(const struct line_state *state)
{
    return state->changes;
}

/* ---- prompt and history ---- */

void line_state_set_prompt(struct line_state *state, struct slice device)
{
    state->changes++;
    state->prompt_length = device.length <= NAME_BYTES ? device.length : 0;
    memcpy(state->prompt, device.data, state->prompt_length);
}

struct slice line_state_prompt(const struct line_state *state)
{
    return state->prompt_length ? (struct slice){state->prompt, state->prompt_length}
                                : SLICE_NONE;
}

void line_state_set_history(struct line_state *state, int64_t time_us)
{
    state->changes++;
    state->history_us = time_us;
}

int64_t line_state_take_history(struct line_state *state)
{
    int64_t time_us = state->history_us;
    state->changes += time_us != EVENT_TIME_NONE;
    state->history_us = EVENT_TIME_NONE;
    return time_us;
}

/* ---- audit ---- */

static size_t keep(char *out, struct slice text)
{
    size_t length = text.length <= AUDIT_TEXT_BYTES ? text.length : 0;
    if (length)
        memcpy(out, text.data, length);
    return length;
}

static struct slice kept(const char *text, size_t length)
{
    return length ? (struct slice){text, length} : SLICE_NONE;
}

void line_state_add_audit(struct line_state *state, const struct audit_actor *actor)
{
    struct audit_row *row = &state->audit[state->audit_next];
    state->changes++;
    state->audit_next = (state->audit_next + 1) % AUDIT_EVENTS;
    state->audit_count += state->audit_count < AUDIT_EVENTS;
    row->event_length = keep(row->event, actor->event);
    row->user_length = keep(row->user, actor->user);
    row->id_length = keep(row->id, actor->user_id);
    row->session_length = keep(row->session, actor->session);
    row->failed = actor->failed;
}

bool line_state_find_audit(const struct line_state *state, struct slice event,
                           struct audit_actor *out)
{
    for (size_t i = 0; event.length && i < state->audit_count; i++) {
        const struct audit_row *row = &state->audit[i];
        if (!slice_equal(kept(row->event, row->event_length), event))
            continue;
        *out = (struct audit_actor){
            kept(row->event, row->event_length), kept(row->user, row->user_length),
            kept(row->id, row->id_length), kept(row->session, row->session_length),
            row->failed};
        return true;
    }
    return false;
}

/* ---- parts ---- */

static struct part_row *find_message(struct line_state *state, struct slice message)
{
    for (size_t i = 0; i < LIMIT_SPLIT_MESSAGES; i++) {
        struct part_row *row = &state->parts[i];
        if (row->used &&
            slice_equal((struct slice){row->name, row->name_length}, message))
            return row;
    }
    return NULL;
}

/* A free row, or the one that has waited for longest. */
static struct part_row *claim_message(struct line_state *state, struct slice message)
{
    struct part_row *oldest = &state->parts[0];
    for (size_t i = 1; i < LIMIT_SPLIT_MESSAGES; i++) {
        if (state->parts[i].used < oldest->used)
            oldest = &state->parts[i];
    }
    oldest->name_length = message.length;
    memcpy(oldest->name, message.data, message.length);
    oldest->text_length = 0;
    oldest->next = 0;
    return oldest;
}

struct slice line_state_add_part(struct line_state *state, struct slice message,
                                 unsigned number, unsigned count, struct slice text,
                                 struct arena *arena, bool *complete)
{
    *complete = count <= 1;
    if (*complete || message.length > NAME_BYTES || !message.length)
        return text;
    if (!make_parts(state))
        return text;
    state->changes++;
    struct part_row *row = find_message(state, message);
    if (!row || number == 0)
        row = row ? row : claim_message(state, message);
    if (number == 0)
        row->text_length = row->next = 0;
    row->used = ++state->clock;
    if (number != row->next || text.length > sizeof(row->text) - row->text_length)
        return text;
    memcpy(row->text + row->text_length, text.data, text.length);
    row->text_length += text.length;
    row->next++;
    *complete = row->next == count;
    if (*complete)
        row->used = 0;
    return arena_copy(arena, (struct slice){row->text, row->text_length});
}
