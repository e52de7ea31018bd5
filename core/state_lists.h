/*
 * state_lists.h - which whole lists of what stands a source holds.
 *
 * What a whole list does not show is gone.  A document that names what it is a list of
 * tells so itself (fact_read_state).  `az network vnet tap list` and `gcloud ... list`
 * print a bare array, which names nothing: it is taken to be whole for the collections
 * of the ids that it shows (the TAPs of that resource group, the policies of that
 * project and region) and for no others, since such commands can be asked for one group
 * or region.  A source with anything else in it (a page that is left over, damage, a
 * record of another kind, an object that stands alone) holds no whole list.  A list
 * that was filtered by its caller cannot be told from a whole one.
 *
 * One tally serves one source and one thread.  Pure.
 */
#ifndef CORE_STATE_LISTS_H
#define CORE_STATE_LISTS_H

#include "core/fact.h"

enum {
    /* Collections of a source, and bytes of the name of one; what is beyond counts as
     * not listed. */
    LIMIT_STATE_LISTS = 64,
    STATE_LIST_BYTES = 256,
};

struct state_lists {
    struct state_list {
        enum provider provider;
        enum fact_thing thing;
        size_t length;
        char collection[STATE_LIST_BYTES];
    } lists[LIMIT_STATE_LISTS];
    size_t count;
    bool spoiled;
};

/* For another source. */
void state_lists_reset(struct state_lists *lists);
/* A snapshot's facts; chain: its envelopes, outermost first, "" where it has none. */
void state_lists_see(struct state_lists *lists, const struct fact_list *facts,
                     const char *chain);
/* Something else stands in the source. */
void state_lists_spoil(struct state_lists *lists);
/* Adds what was seen in the part of the source that follows. */
void state_lists_add(struct state_lists *lists, const struct state_lists *part);
/* The facts that end each list, without time and outcome; texts are borrowed. */
void state_lists_tell(const struct state_lists *lists, struct arena *arena,
                      struct fact_list *out);

#endif
