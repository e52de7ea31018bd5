/*
 * copies.h - which commands of one device are one act that several of its logs tell of:
 * the config logger and a TACACS server, Junos' command line and its audit.
 *
 * What a line alone tells (core/operation.h) names no copy: two equal commands within a
 * minute may be two acts, of which the second opens a mirror again after the first was
 * taken back.  So copies are found among all commands of a device at once: those of one
 * user that say the same, in order of time, are put together greedily from the
 * earliest, within COPIES_APART_US, and never two that the same log tells: a log tells
 * each act once.  That is a function of the set, whatever the order in which it was
 * loaded.
 *
 * Devices are told apart by the name that a log has for them: where a server knows a
 * device by its address alone, its records stay apart.
 */
#ifndef CORE_COPIES_H
#define CORE_COPIES_H

#include "core/arena.h"
#include "core/event.h"

/* Between an act and its last copy: clocks that are set, and the wait for the stop. */
#define COPIES_APART_US INT64_C(30000000)

enum {
    /* Logs that tell of one act. */
    LIMIT_COPIES = 8,
    /* Commands behind one that are looked at for its copies. */
    LIMIT_COPIES_AHEAD = 256,
};

/* A command on a device, by one of its records. */
struct told_command {
    int64_t place; /* the caller's own */
    int64_t time_us;
    struct slice operation;        /* by what its record alone tells */
    struct slice log;              /* the log that tells it */
    struct slice actor, statement; /* statement: of copies_statement */
    struct slice act;              /* out: the operation of its earliest copy */
};

/* What was commanded, however the log writes it: in lower case, with the mode or level
 * that it was given in, without quotes, brackets, results and line ends. */
struct slice copies_statement(enum provider provider, struct slice mode,
                              struct slice command, struct arena *arena);

/* Fills `act` of all commands of one device; they are reordered.  False: no memory. */
bool copies_join(struct told_command *commands, size_t count);

#endif
