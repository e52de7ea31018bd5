/*
 * fact_internal.h - what the files behind fact.h share, beside the readers of
 * mirror_internal.h.
 */
#ifndef CORE_FACT_INTERNAL_H
#define CORE_FACT_INTERNAL_H

#include "core/fact.h"
#include "core/mirror_internal.h"

/* A record on its way into facts. */
struct fact_reader {
    struct facts tree;         /* root NULL for a device's line */
    const struct event *event; /* NULL for a snapshot */
    struct slice raw;
    struct fact_list *out;
    struct fact spare; /* filled where the list has no room */
};

/* A new fact at the end of the list, or the spare one: the caller need not ask. */
struct fact *fact_add(struct fact_reader *reader, enum fact_thing thing,
                      enum fact_act act);
/* The words each once, a blank between them. */
struct slice fact_word(struct arena *arena, struct slice words, struct slice word);

/* One row per operation of a provider, ended by a row without a function.  part: of the
 * operation's name, or all of it. */
struct fact_row {
    struct slice part;
    bool whole;
    void (*extract)(struct fact_reader *reader);
};

extern const struct fact_row fact_rows_aws[], fact_rows_azure[], fact_rows_gcp[],
    fact_rows_oci[], fact_rows_sessions[];

/* Lines of devices: commands, commits, reloads. */
bool fact_wanted_device(const struct event *event);
void fact_read_device(struct fact_reader *reader);
/* VRP, FortiOS and hosts. */
void fact_read_host(struct fact_reader *reader);

/* True where the document was that provider's snapshot. */
bool fact_state_aws(struct fact_reader *reader);
bool fact_state_azure(struct fact_reader *reader);
bool fact_state_gcp(struct fact_reader *reader);

#endif
