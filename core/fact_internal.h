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

/* A key of an object, and the field that its text goes into. */
struct fact_key {
    const char *key;
    enum fact_field field;
};
static inline struct slice fact_text_at(const struct fact_reader *reader, json_t *node,
                                        const char *key)
{
    return facts_text(&reader->tree, facts_member(node, key));
}
/* Objects with that member, at or below node, wherever lists put them. */
void fact_each_with(struct fact_reader *reader, json_t *node, const char *key,
                    struct slice parent,
                    void (*take)(struct fact_reader *reader, json_t *object,
                                 struct slice parent));

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

/* A filter's rule, in a record or a snapshot; what is filled stays. */
void aws_fill_rule(const struct fact_reader *reader, struct fact *fact, json_t *rule);
/* Whether a text below node is that word. */
bool aws_mentions(json_t *node, const char *word);

/* The fields of a packet mirroring policy, in a request or a snapshot. */
void gcp_fill_policy(struct fact_reader *reader, struct fact *fact, json_t *body);
/* All packet mirroring rules of a firewall policy. */
void gcp_policy_rules(struct fact_reader *reader, enum fact_act act, json_t *rules,
                      struct slice policy);

/* True where the document was that provider's snapshot. */
bool fact_state_aws(struct fact_reader *reader);
bool fact_state_azure(struct fact_reader *reader);
bool fact_state_gcp(struct fact_reader *reader);

#endif
