/*
 * line_state.h - what lines of text tell about the lines after them, besides the modes
 * of device_context.h: the device of a prompt, the time of a shell's history, who an
 * audited command belongs to, and the parts of a message that was split.
 *
 * Everything is bounded; the oldest gives way.  One state serves one source and one
 * thread, and starts empty with each source.
 */
#ifndef CORE_LINE_STATE_H
#define CORE_LINE_STATE_H

#include "core/arena.h"

struct line_state;

struct line_state *line_state_new(void);
void line_state_free(struct line_state *state);
void line_state_reset(struct line_state *state);
/* -1: no memory. */
int line_state_copy(struct line_state *to, const struct line_state *from);
/* How often anything was remembered or taken; a copy goes on from the same number. */
uint64_t line_state_changes(const struct line_state *state);

/* "sw1" of "sw1#show archive log config all"; names longer than a host's are none. */
void line_state_set_prompt(struct line_state *state, struct slice device);
struct slice line_state_prompt(const struct line_state *state);

/* The stamp that a shell's history puts before a command; taken once. */
void line_state_set_history(struct line_state *state, int64_t time_us);
int64_t line_state_take_history(struct line_state *state);

/* Linux audit: SYSCALL says who and with what result, EXECVE of the same event what. */
struct audit_actor {
    struct slice event; /* "1773455103.100:4711" */
    struct slice user, user_id, session;
    bool failed;
};
void line_state_add_audit(struct line_state *state, const struct audit_actor *actor);
/* False where that event's SYSCALL was not seen lately; texts live in the state. */
bool line_state_find_audit(const struct line_state *state, struct slice event,
                           struct audit_actor *out);

/*
 * A message of several parts, numbered from 0.  Adds one and returns what is known of
 * the message so far (in the arena): all parts from the first without a gap, else this
 * part alone.  *complete: that is the whole of it, which is forgotten then.
 */
struct slice line_state_add_part(struct line_state *state, struct slice message,
                                 unsigned number, unsigned count, struct slice text,
                                 struct arena *arena, bool *complete);

#endif
