/*
 * cisco_command.h - command lines of Cisco IOS as words.
 *
 * People abbreviate ("mon sess 1 so int gi0/1") and the config logger expands only
 * a part of it, so keywords compare by a prefix of a least length, case ignored.
 */
#ifndef CORE_CISCO_COMMAND_H
#define CORE_CISCO_COMMAND_H

#include "core/slice.h"

/* word abbreviates `keyword` by at least `least` letters. */
bool cisco_abbreviates(struct slice word, const char *keyword, size_t least);
/* Cuts the keyword off *rest if it stands there; else leaves *rest alone. */
bool cisco_take(struct slice *rest, const char *keyword, size_t least);
/* Cuts "no" or "default" off *rest. */
bool cisco_take_negation(struct slice *rest);

struct cisco_session {
    bool hyphen;       /* monitor-session NAME, of IOS XR */
    bool negated;      /* no monitor session ... */
    struct slice id;   /* "7", or "all", "local", "remote", "range" after no */
    struct slice rest; /* what follows the id; empty if nothing does */
};
/* "[no] monitor session ID ...", "[no] monitor-session ID ...". */
bool cisco_session_parse(struct slice command, struct cisco_session *out);
/* "al" of `no mon ses al` of IOS is "all": the whole word, or the id itself.  Not for
 * platforms whose sessions have names. */
struct slice cisco_session_group(struct slice id);

/* "interface Gi1/0/24 encapsulation replicate" -> "Gi1/0/24"; "vlan 20 rx" and "remote
 * vlan 900" stay as they are. */
struct slice cisco_endpoint(struct slice rest);

#endif
