/*
 * sigma.h - one Sigma document becomes one compiled rule.
 *
 * Inside of the rule engine: rule.c holds the set, detector.c asks it, the rest of
 * the program sees core/rule.h.  core/rules/README.md tells which part of Sigma is
 * supported; whatever is not is refused with rule file, line and the word at fault.
 *
 * A condition is a tree of AND, OR and NOT over field tests.  A field is either held
 * unchanged by a column of the event, or it is raw: a dotted path into the record.
 *
 * Everything lives in the arena of the rule set, apart from the compiled regular
 * expressions, which sigma_regex_free releases.  Read-only once compiled.
 */
#ifndef CORE_SIGMA_H
#define CORE_SIGMA_H

#include "core/rule.h"
#include "core/yaml_tree.h"

#ifndef PCRE2_CODE_UNIT_WIDTH
#define PCRE2_CODE_UNIT_WIDTH 8
#endif
#include <pcre2.h>

enum matcher_kind {
    MATCHER_EQUAL,
    MATCHER_CONTAINS,
    MATCHER_STARTS_WITH,
    MATCHER_ENDS_WITH,
    MATCHER_GLOB,
    MATCHER_REGEX,
    MATCHER_NULL,
    MATCHER_EXISTS,
};

/* One byte of a glob: a literal, or one of two wildcards. */
enum glob_token { GLOB_ANY_RUN = 256, GLOB_ANY_ONE = 257 };

struct matcher {
    enum matcher_kind kind;
    bool cased;
    bool expected; /* MATCHER_EXISTS */
    struct slice text;
    const uint16_t *glob;
    size_t glob_length;
    const pcre2_code *regex;
};

/* Where the value of a field is read from. */
enum field_origin {
    ORIGIN_RAW,     /* the record alone knows */
    ORIGIN_COLUMN,  /* event.text[column] */
    ORIGIN_ADDRESS, /* source_ip, else source_text */
    ORIGIN_PROVIDER,
    ORIGIN_OUTCOME,
};

struct field_test {
    struct slice name; /* as the rule writes it: the path into the record */
    enum field_origin origin;
    enum event_field column;
    uint32_t providers; /* bits: where the column holds it; elsewhere it is raw */
    bool all;           /* every matcher has to hold, not one */
    size_t count;
    const struct matcher *matchers;
};

enum expression_kind { EXPRESSION_TEST, EXPRESSION_AND, EXPRESSION_OR, EXPRESSION_NOT };

struct expression {
    enum expression_kind kind;
    struct field_test test;
    size_t count;
    const struct expression **children;
};

/* What a rule reads: one bit per event_field, and this one. */
#define READS_OUTCOME (UINT32_C(1) << 31)
_Static_assert(EVENT_FIELD_COUNT < 31, "a bit per column");
#define READS(column) (UINT32_C(1) << (column))

struct sigma_rule {
    struct rule rule;
    struct slice file;
    unsigned line;
    uint32_t providers; /* bits: the logsource */
    uint32_t reads;     /* columns */
    const struct expression *condition;
    size_t group_count; /* names after "mirrorscope." among the tags */
    const struct slice *groups;
};

struct sigma_regex {
    struct sigma_regex *next;
    pcre2_code *code;
};

struct sigma_compiler {
    struct arena *arena;
    struct sigma_regex *regexes;
    struct slice file;
    struct error *error;
    uint32_t providers; /* of the rule at hand */
    uint32_t reads;     /* gathered for it */
};

int sigma_compile(struct sigma_compiler *compiler, const struct tree_node *document,
                  struct sigma_rule *rule);
void sigma_regex_free(struct sigma_regex *regexes);

/* Fills the error with "FILE:LINE: message" and returns -1. */
int sigma_refuse(struct sigma_compiler *compiler, unsigned line, enum error_code code,
                 const char *format, ...) __attribute__((format(printf, 4, 5)));
int sigma_out_of_memory(struct sigma_compiler *compiler);
/* Outside text that is fit for a message: short, printable ASCII. */
const char *sigma_quote(struct sigma_compiler *compiler, struct slice text);

/* sigma_field.c: which providers a logsource means (0 and an error: none known),
 * and where a field is read. */
uint32_t sigma_logsource(struct sigma_compiler *compiler,
                         const struct tree_node *logsource);
int sigma_field(struct sigma_compiler *compiler, unsigned line, struct slice name,
                struct field_test *test);

/* sigma_value.c: "field|modifier|...": value or list of values. */
int sigma_field_test(struct sigma_compiler *compiler, const struct tree_node *entry,
                     struct field_test *test);

/* sigma_condition.c */
struct sigma_selection {
    struct slice name;
    const struct expression *expression;
};
const struct expression *sigma_condition(struct sigma_compiler *compiler,
                                         const struct tree_node *condition,
                                         const struct sigma_selection *selections,
                                         size_t count);
/* A node over children (copied). NULL with the error filled. */
const struct expression *sigma_combine(struct sigma_compiler *compiler,
                                       enum expression_kind kind,
                                       const struct expression **children,
                                       size_t count);

/*
 * Evaluation (rule_evaluate.c).  raw: NULL while the record is not at hand; then a
 * raw field is unknown.
 */
struct raw_record;
struct evaluation {
    const struct event *event;
    struct raw_record *raw;
    pcre2_match_data *match_data;
    pcre2_match_context *match_context;
};
enum truth expression_evaluate(const struct expression *expression,
                               struct evaluation *evaluation);
/* TRUTH_UNKNOWN: the match was given up at its limit. */
enum truth matcher_test(const struct matcher *matcher, struct slice value,
                        struct evaluation *evaluation);

/* The pack, embedded by build-aux/embed.sh. */
extern const struct rule_source rule_pack[];
extern const size_t rule_pack_count;

/* For the detector. */
const struct sigma_rule *rule_set_compiled(const struct rule_set *set, size_t index);

#endif
