#include "config.h"

#include "core/fact.h"
#include "core/raw_record.h"
#include "core/resource.h"
#include "core/sigma.h"

#include <stdlib.h>

/*
 * Rules that read columns of few values alone (and the raw record) are decided once
 * per tuple of those columns; rules that read others would fill the table with
 * tuples that never come back, and are evaluated for each event.
 *
 * The table is set-associative: four places per hash, the oldest is overwritten.
 * So a look-up costs four comparisons however the log was written, and memory is
 * bounded: when the keys have used their bytes, all is forgotten.
 */
enum { WAYS = 4, SETS = LIMIT_VERDICTS / WAYS };

static const uint32_t few_values =
    READS(FIELD_OPERATION) | READS(FIELD_SERVICE) | READS(FIELD_MODE) |
    READS(FIELD_FORM) | READS(FIELD_ERROR_CODE) | READS(FIELD_REGION) | READS_OUTCOME;

/* The rules that mark, and which of them gives the lifecycle. */
struct marks {
    struct rule_match match;
    unsigned rank; /* severity and confidence of that rule, 0: none yet */
    uint16_t giver;
};

struct verdict {
    struct marks marks;
    bool facts, resource;   /* fact_wanted(), resource_wanted() */
    size_t undecided_count; /* rules that ask for the raw record */
    uint16_t *undecided;
};

struct entry {
    uint64_t hash;
    const char *key; /* NULL: free */
    const struct verdict *verdict;
};

struct detector {
    const struct rule_set *set;
    pcre2_match_data *match_data;
    pcre2_match_context *match_context;

    size_t remembered_count, direct_count;
    uint16_t remembered[LIMIT_RULES]; /* enabled rules whose verdict is kept */
    uint16_t direct[LIMIT_RULES];     /* enabled rules asked for each event */

    size_t column_count; /* of a key */
    enum event_field columns[EVENT_FIELD_COUNT];
    bool outcome_in_key;

    struct arena arena;            /* keys and verdicts */
    size_t bytes;                  /* used of it */
    unsigned victim;               /* the way to overwrite next */
    struct verdict unmarked[2][2]; /* by facts and resource */
    struct verdict scratch;
    uint16_t scratch_undecided[LIMIT_RULES];
    struct entry entries[SETS][WAYS];
};

static void sort_out_rules(struct detector *detector)
{
    /* The operation may give the lifecycle, and they all tell whether facts are wanted.
     */
    uint32_t reads = READS(FIELD_OPERATION) | READS(FIELD_SERVICE) | READS(FIELD_MODE);
    for (size_t i = 0; i < rule_set_count(detector->set); i++) {
        const struct sigma_rule *rule = rule_set_compiled(detector->set, i);
        if (!rule->rule.enabled)
            continue;
        if (rule->reads & ~few_values) {
            detector->direct[detector->direct_count++] = (uint16_t)i;
        } else {
            detector->remembered[detector->remembered_count++] = (uint16_t)i;
            reads |= rule->reads;
        }
    }
    for (int column = 0; column < EVENT_FIELD_COUNT; column++)
        if (reads & READS(column))
            detector->columns[detector->column_count++] = (enum event_field)column;
    detector->outcome_in_key = reads & READS_OUTCOME;
}

struct detector *detector_new(const struct rule_set *set)
{
    struct detector *detector = calloc(1, sizeof *detector);
    if (!detector)
        return NULL;
    detector->set = set;
    arena_init(&detector->arena);
    detector->scratch.undecided = detector->scratch_undecided;
    for (int i = 0; i < 4; i++)
        detector->unmarked[i / 2][i % 2] =
            (struct verdict){.facts = i / 2, .resource = i % 2};
    detector->match_data = pcre2_match_data_create(1, NULL);
    detector->match_context = pcre2_match_context_create(NULL);
    if (!detector->match_data || !detector->match_context) {
        detector_free(detector);
        return NULL;
    }
    pcre2_set_match_limit(detector->match_context, LIMIT_REGEX_MATCH);
    pcre2_set_depth_limit(detector->match_context, LIMIT_REGEX_DEPTH);
    pcre2_set_heap_limit(detector->match_context, LIMIT_REGEX_HEAP_KIB);
    sort_out_rules(detector);
    return detector;
}

void detector_free(struct detector *detector)
{
    if (!detector)
        return;
    pcre2_match_data_free(detector->match_data);
    pcre2_match_context_free(detector->match_context);
    arena_fini(&detector->arena);
    free(detector);
}

/* --- marks --- */

static void insert_rule(struct rule_match *match, uint16_t index)
{
    size_t at = match->count;
    if (at == LIMIT_RULES_PER_EVENT) {
        match->left_off++;
        if (match->rules[--at] < index)
            return;
    } else {
        match->count++;
    }
    for (; at > 0 && match->rules[at - 1] > index; at--)
        match->rules[at] = match->rules[at - 1];
    match->rules[at] = index;
}

static void add_mark(struct marks *marks, uint16_t index, const struct rule *rule,
                     enum confidence confidence)
{
    struct rule_match *match = &marks->match;
    insert_rule(match, index);
    if (rule->severity > match->severity)
        match->severity = rule->severity;
    if (confidence > match->confidence)
        match->confidence = confidence;
    if (rule->lifecycle == LIFECYCLE_NONE)
        return;
    unsigned rank = 1 + (unsigned)rule->severity * CONFIDENCE_COUNT + confidence;
    if (rank < marks->rank || (rank == marks->rank && index > marks->giver))
        return;
    marks->rank = rank;
    marks->giver = index;
    match->lifecycle = rule->lifecycle;
}

static enum truth rule_truth(const struct sigma_rule *rule,
                             struct evaluation *evaluation)
{
    if (!((rule->providers >> evaluation->event->provider) & 1))
        return TRUTH_FALSE;
    return expression_evaluate(rule->condition, evaluation);
}

/* --- what one tuple of columns decides --- */

static void judge_tuple(struct detector *detector, const struct event *event)
{
    struct verdict *verdict = &detector->scratch;
    struct evaluation evaluation = {.event = event,
                                    .match_data = detector->match_data,
                                    .match_context = detector->match_context};
    verdict->marks = (struct marks){0};
    verdict->facts = fact_wanted(event);
    verdict->resource = resource_wanted(event);
    verdict->undecided_count = 0;
    for (size_t i = 0; i < detector->remembered_count; i++) {
        uint16_t index = detector->remembered[i];
        const struct sigma_rule *rule = rule_set_compiled(detector->set, index);
        enum truth truth = rule_truth(rule, &evaluation);
        if (truth == TRUTH_TRUE)
            add_mark(&verdict->marks, index, &rule->rule, rule->rule.confidence);
        else if (truth == TRUTH_UNKNOWN)
            verdict->undecided[verdict->undecided_count++] = index;
    }
}

/* --- the table --- */

static uint64_t mix(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * UINT64_C(0x9E3779B97F4A7C15);
    return hash ^ (hash >> 32);
}

static uint64_t load(const char *bytes, size_t count)
{
    uint64_t word = 0;
    memcpy(&word, bytes, count);
    return word;
}

static uint64_t hash_text(uint64_t hash, struct slice text)
{
    size_t length = text.length;
    const char *bytes = text.data;
    hash = mix(hash, length);
    if (length >= 8) {
        for (size_t at = 0; at + 8 <= length; at += 8)
            hash = mix(hash, load(bytes + at, 8));
        return mix(hash, load(bytes + length - 8, 8));
    }
    if (length >= 4)
        return mix(hash, load(bytes, 4) << 32 | load(bytes + length - 4, 4));
    for (size_t at = 0; at < length; at++)
        hash = hash << 8 ^ (unsigned char)bytes[at];
    return mix(hash, length);
}

static uint64_t key_hash(const struct detector *detector, const struct event *event)
{
    uint64_t hash = mix(event->provider, detector->outcome_in_key ? event->outcome : 0);
    for (size_t i = 0; i < detector->column_count; i++)
        hash = hash_text(hash, event->text[detector->columns[i]]);
    return hash;
}

/* A key: provider and outcome, then each column's length, presence and bytes. */
struct key_part {
    uint32_t length;
    bool present;
};

static bool key_equal(const struct detector *detector, const char *key,
                      const struct event *event)
{
    if (key[0] != (char)event->provider ||
        (detector->outcome_in_key && key[1] != (char)event->outcome))
        return false;
    key += 2;
    for (size_t i = 0; i < detector->column_count; i++) {
        struct slice text = event->text[detector->columns[i]];
        struct key_part part;
        memcpy(&part, key, sizeof part);
        if (part.length != text.length || part.present != slice_present(text))
            return false;
        key += sizeof part;
        if (part.length && memcmp(key, text.data, part.length))
            return false;
        key += part.length;
    }
    return true;
}

static size_t key_size(const struct detector *detector, const struct event *event)
{
    size_t size = 2;
    for (size_t i = 0; i < detector->column_count; i++) {
        size_t length = event->text[detector->columns[i]].length;
        if (length > LIMIT_VERDICT_KEY_BYTES)
            return SIZE_MAX;
        size += sizeof(struct key_part) + length;
    }
    return size;
}

static void key_write(const struct detector *detector, const struct event *event,
                      char *key)
{
    *key++ = (char)event->provider;
    *key++ = (char)event->outcome;
    for (size_t i = 0; i < detector->column_count; i++) {
        struct slice text = event->text[detector->columns[i]];
        struct key_part part;
        memset(&part, 0, sizeof part);
        part.length = (uint32_t)text.length;
        part.present = slice_present(text);
        memcpy(key, &part, sizeof part);
        key += sizeof part;
        if (text.length)
            memcpy(key, text.data, text.length);
        key += text.length;
    }
}

static void forget_all(struct detector *detector)
{
    memset(detector->entries, 0, sizeof detector->entries);
    arena_reset(&detector->arena);
    detector->bytes = 0;
}

/* A lasting copy of the scratch verdict; NULL where memory is short. */
static const struct verdict *keep_verdict(struct detector *detector)
{
    const struct verdict *scratch = &detector->scratch;
    if (!scratch->marks.match.count && !scratch->undecided_count)
        return &detector->unmarked[scratch->facts][scratch->resource];
    size_t list = scratch->undecided_count * sizeof *scratch->undecided;
    struct verdict *copy = arena_alloc(&detector->arena, sizeof *copy);
    uint16_t *undecided = arena_alloc(&detector->arena, list + 1);
    if (!copy || !undecided)
        return NULL;
    *copy = *scratch;
    memcpy(undecided, scratch->undecided, list);
    copy->undecided = undecided;
    detector->bytes += sizeof *copy + list;
    return copy;
}

static void remember(struct detector *detector, const struct event *event,
                     uint64_t hash)
{
    size_t size = key_size(detector, event);
    if (size > LIMIT_VERDICT_KEY_BYTES)
        return;
    if (detector->bytes > LIMIT_VERDICT_BYTES)
        forget_all(detector);
    char *key = arena_alloc(&detector->arena, size);
    const struct verdict *verdict = keep_verdict(detector);
    if (!key || !verdict)
        return;
    detector->bytes += size;
    key_write(detector, event, key);
    struct entry *set = detector->entries[hash % SETS];
    size_t way = 0;
    while (way < WAYS && set[way].key)
        way++;
    if (way == WAYS)
        way = detector->victim++ % WAYS;
    set[way] = (struct entry){hash, key, verdict};
}

/* Valid until the next call. */
static const struct verdict *tuple_verdict(struct detector *detector,
                                           const struct event *event)
{
    uint64_t hash = key_hash(detector, event);
    const struct entry *set = detector->entries[hash % SETS];
    for (size_t way = 0; way < WAYS; way++)
        if (set[way].hash == hash && set[way].key &&
            key_equal(detector, set[way].key, event))
            return set[way].verdict;
    judge_tuple(detector, event);
    remember(detector, event, hash);
    return &detector->scratch;
}

/* --- one event --- */

/* Asks one rule with all that is at hand. True where it stays undecided. */
static bool ask(const struct detector *detector, uint16_t index,
                struct evaluation *evaluation, struct marks *marks)
{
    const struct sigma_rule *rule = rule_set_compiled(detector->set, index);
    enum truth truth = rule_truth(rule, evaluation);
    if (truth == TRUTH_TRUE)
        add_mark(marks, index, &rule->rule, rule->rule.confidence);
    else if (truth == TRUTH_UNKNOWN && evaluation->raw)
        add_mark(marks, index, &rule->rule, CONFIDENCE_LOW);
    return truth == TRUTH_UNKNOWN;
}

static enum truth decide(struct detector *detector, const struct verdict *verdict,
                         const struct event *event, struct slice bytes,
                         struct rule_match *match)
{
    struct raw_record raw;
    raw_record_init(&raw, bytes);
    struct evaluation evaluation = {.event = event,
                                    .raw = slice_present(bytes) ? &raw : NULL,
                                    .match_data = detector->match_data,
                                    .match_context = detector->match_context};
    struct marks marks = verdict->marks;
    size_t undecided = 0;
    for (size_t i = 0; i < verdict->undecided_count; i++)
        undecided += ask(detector, verdict->undecided[i], &evaluation, &marks);
    for (size_t i = 0; i < detector->direct_count; i++)
        undecided += ask(detector, detector->direct[i], &evaluation, &marks);
    raw_record_fini(&raw);

    if (marks.match.count && marks.match.lifecycle == LIFECYCLE_NONE)
        marks.match.lifecycle = lifecycle_from_operation(event->text[FIELD_OPERATION]);
    *match = marks.match;
    match->facts = verdict->facts;
    match->resource = verdict->resource;
    if (undecided && !evaluation.raw)
        return TRUTH_UNKNOWN;
    return marks.match.count ? TRUTH_TRUE : TRUTH_FALSE;
}

enum truth detector_check(struct detector *detector, const struct event *event,
                          struct slice raw, struct rule_match *match)
{
    const struct verdict *verdict = tuple_verdict(detector, event);
    if (verdict == &detector->unmarked[0][0] && !detector->direct_count) {
        match->facts = match->resource = false;
        return TRUTH_FALSE;
    }
    return decide(detector, verdict, event, raw, match);
}
