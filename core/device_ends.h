/*
 * device_ends.h - the ports and VLANs that one end of a mirror is made of, as the lines
 * of a device add them and take them away.
 *
 * One line may name several ("Gi0/1 , Gi0/5 - 7 rx"), and a later one takes a part of
 * them, or one direction, by a longer or shorter name of the port.  So an end is kept
 * as what stands before its last number, a range of that number, and a direction; what
 * has no number (a name) is itself.
 *
 * At most LIMIT_DEVICE_ENDS parts are kept; how many were left out is said in words.
 * Parts live in the arena or are borrowed from the text.  Source: Cisco, Catalyst and
 * Nexus, "Configuring SPAN"; Arista, "Port Mirroring".
 */
#ifndef CORE_DEVICE_ENDS_H
#define CORE_DEVICE_ENDS_H

#include "core/arena.h"

enum { LIMIT_DEVICE_ENDS = 256 };
enum { DEVICE_RECEIVED = 1, DEVICE_SENT = 2 };

struct device_end {
    struct device_end *next;
    struct slice prefix; /* "Gi0/", "vlan "; all of it where it has no number */
    bool numbered;
    uint32_t low, high;
    struct slice way; /* "rx", "tx", "both"; absent where none was told */
};

struct device_ends {
    struct device_end *first;
    size_t count, left_out;
};

/* False: no memory. */
bool device_ends_add(struct device_ends *ends, struct slice text, struct arena *arena);
/* An absent text takes all. */
bool device_ends_remove(struct device_ends *ends, struct slice text,
                        struct arena *arena);

/* How many ports or VLANs. */
uint64_t device_ends_number(const struct device_ends *ends);
/* DEVICE_RECEIVED and DEVICE_SENT, of all together. */
unsigned device_ends_ways(const struct device_ends *ends);
/* "Gi0/1 rx, Gi0/5-7 rx"; absent where there is none. */
struct slice device_ends_text(const struct device_ends *ends, struct arena *arena);

#endif
