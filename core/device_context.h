/*
 * device_context.h - in which configuration mode a command line was given.
 *
 * The config logger writes each command alone: after `monitor session 7 type
 * erspan-source` come `source interface ...`, `destination`, `ip address ...`
 * without the session's number.  So the mode is remembered per device and user,
 * until `exit`, `end`, another mode, the notice that configuration was left, or ten
 * minutes without a line.  `ip address` elsewhere is an interface's address and
 * gets no mode.
 *
 * At most LIMIT_DEVICE_CONTEXTS are remembered; the one unused for longest gives way.
 * One set serves one source and one thread.
 */
#ifndef CORE_DEVICE_CONTEXT_H
#define CORE_DEVICE_CONTEXT_H

#include "core/arena.h"

struct device_contexts;

struct device_contexts *device_contexts_new(void);
void device_contexts_free(struct device_contexts *contexts);
void device_contexts_reset(struct device_contexts *contexts);
void device_contexts_copy(struct device_contexts *to,
                          const struct device_contexts *from);
/* How often anything was remembered or forgotten; a copy goes on from the same number.
 */
uint64_t device_contexts_changes(const struct device_contexts *contexts);

/*
 * Follows one command (time_us may be EVENT_TIME_NONE) and returns the mode that it
 * was given in, if that is one of mirroring or needed to read it: "monitor session 7
 * type erspan-source ; destination", "vlan 900", "ip traffic-export profile X",
 * "interface X" (for `ip traffic-export apply` alone).  The text is in `arena`.
 */
struct slice device_contexts_command(struct device_contexts *contexts,
                                     struct slice device, struct slice user,
                                     int64_t time_us, struct slice command,
                                     struct arena *arena);

/* That user has left configuration on that device. */
void device_contexts_leave(struct device_contexts *contexts, struct slice device,
                           struct slice user);

/*
 * For platforms whose levels the caller knows (Junos `edit`, the views of VRP): where
 * that user is, as text in `arena`, or absent; and where he is from now on (absent: at
 * the top).  The same rows as above, so a device has one or the other.
 */
struct slice device_contexts_place(const struct device_contexts *contexts,
                                   struct slice device, struct slice user,
                                   struct arena *arena);
void device_contexts_set_place(struct device_contexts *contexts, struct slice device,
                               struct slice user, struct slice place);

#endif
