/*
 * rule.h - detection as data: Sigma rules, compiled once, evaluated in three
 * values.
 *
 * A rule is one Sigma YAML document (see core/rules/README in the sources for
 * the supported part; anything else is refused by name, with rule file and line).
 * Extra keys of ours live under `mirrorscope:` (lifecycle, confidence).
 *
 * A condition on a value that a column holds unchanged is decided from the event
 * alone; any other is `unknown` until the raw record is at hand (rule_lookup).
 * false = done, true = marked, unknown = ask again with the raw record.  What the
 * raw record cannot decide either (it is damaged, or a regular expression met its
 * limit) is marked, with confidence low: hostile text must not hide an event.
 *
 * Thread-safe: a rule set is read-only once built; a detector belongs to one thread.
 */
#ifndef CORE_RULE_H
#define CORE_RULE_H

#include "core/arena.h"
#include "core/error.h"
#include "core/event.h"
#include "core/limits.h"

enum truth { TRUTH_FALSE, TRUTH_UNKNOWN, TRUTH_TRUE };

struct rule_source {
    struct slice name; /* file name, for messages */
    struct slice text; /* YAML, one or more documents */
};

struct rule {
    const char *id;
    const char *title;
    const char *description;
    const char *technique;    /* "T1020.001", from tags attack.t1020.001 */
    enum lifecycle lifecycle; /* NONE: from the last verb of the operation's name */
    enum severity severity;   /* Sigma `level` */
    enum confidence confidence;
    bool enabled; /* false: loaded, off by default (reads) */
};

struct rule_set;

/* All or nothing: the first rule that cannot be compiled is the error. */
struct rule_set *rule_set_new(const struct rule_source *sources, size_t count,
                              struct error *error);
/* The pack compiled into the program. */
struct rule_set *rule_set_default(struct error *error);
void rule_set_free(struct rule_set *set);
size_t rule_set_count(const struct rule_set *set);
/* Rules in order of id. */
const struct rule *rule_set_get(const struct rule_set *set, size_t index);
/* The rule of that id: its index, or -1. */
ptrdiff_t rule_set_find(const struct rule_set *set, struct slice id);
/*
 * Switches the rule of that id, or all rules of a group (tag `mirrorscope.NAME`:
 * reads, context, neighbours), and returns how many that name fits.  Before the first
 * detector of the set is made, which remembers what was on.
 */
size_t rule_set_switch(struct rule_set *set, struct slice which, bool enabled);
/* The sources of the default pack, to be compiled together with others. */
const struct rule_source *rule_pack_sources(size_t *count);

/* What marks one event. */
struct rule_match {
    size_t count;
    uint16_t rules[LIMIT_RULES_PER_EVENT]; /* indexes, ascending */
    size_t left_off;                       /* further rules that did not fit */
    /* Of the most severe rule that has one, then the most confident one; of the
     * operation's name where no rule has one. */
    enum lifecycle lifecycle;
    enum severity severity;     /* the highest */
    enum confidence confidence; /* the highest */
    bool facts;                 /* the ledger reads such records, hits or not: fact.h */
    bool resource;              /* the record tells what it was about: resource.h */
};

/*
 * A detector remembers verdicts per distinct tuple of the columns that the rules
 * read, so an event costs one table look-up.  Its memory is bounded.
 */
struct detector;
struct detector *detector_new(const struct rule_set *set);
void detector_free(struct detector *detector);

/*
 * raw: the record's bytes (JSON), or SLICE_NONE when not at hand: then
 * TRUTH_UNKNOWN may come back.  With raw the answer is TRUE or FALSE.  match->facts
 * and match->resource are always set; the rest of *match is filled on TRUTH_TRUE; on
 * TRUTH_UNKNOWN it holds the rules that are true whatever the record says (maybe none),
 * for callers that cannot reach it.
 */
enum truth detector_check(struct detector *detector, const struct event *event,
                          struct slice raw, struct rule_match *match);

/* The lifecycle told by the last meaningful verb of an operation's own name
 * ("v1.compute.packetMirrorings.patch" = Modification), or LIFECYCLE_OTHER. */
enum lifecycle lifecycle_from_operation(struct slice operation);

#endif
