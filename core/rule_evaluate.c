#include "config.h"

#include "core/raw_record.h"
#include "core/sigma.h"

static unsigned char fold(unsigned char c)
{
    return c >= 'A' && c <= 'Z' ? (unsigned char)(c + 32) : c;
}

static bool same_byte(const struct matcher *matcher, uint16_t token, char byte)
{
    unsigned char c = (unsigned char)byte;
    return matcher->cased ? token == c : fold((unsigned char)token) == fold(c);
}

/* One character of UTF-8; a stray byte is one character. */
static size_t character_length(struct slice text, size_t at)
{
    size_t length = 1;
    if ((unsigned char)text.data[at] >= 0xC0)
        while (length < 4 && at + length < text.length &&
               ((unsigned char)text.data[at + length] & 0xC0) == 0x80)
            length++;
    return length;
}

/* Only the last run has to be widened when the rest does not fit: no recursion. */
static bool glob_matches(const struct matcher *matcher, struct slice text)
{
    size_t token = 0, at = 0, run = SIZE_MAX, run_at = 0;
    while (at < text.length) {
        uint16_t wanted = token < matcher->glob_length ? matcher->glob[token] : 0;
        if (token < matcher->glob_length && wanted == GLOB_ANY_RUN) {
            run = token++;
            run_at = at;
        } else if (token < matcher->glob_length && wanted == GLOB_ANY_ONE) {
            token++;
            at += character_length(text, at);
        } else if (token < matcher->glob_length &&
                   same_byte(matcher, wanted, text.data[at])) {
            token++;
            at++;
        } else if (run != SIZE_MAX) {
            token = run + 1;
            at = ++run_at;
        } else {
            return false;
        }
    }
    while (token < matcher->glob_length && matcher->glob[token] == GLOB_ANY_RUN)
        token++;
    return token == matcher->glob_length;
}

static enum truth regex_matches(const struct matcher *matcher, struct slice text,
                                struct evaluation *evaluation)
{
    int count = pcre2_match(matcher->regex, (PCRE2_SPTR)text.data, text.length, 0, 0,
                            evaluation->match_data, evaluation->match_context);
    if (count == PCRE2_ERROR_NOMATCH)
        return TRUTH_FALSE;
    return count >= 0 ? TRUTH_TRUE : TRUTH_UNKNOWN;
}

static bool text_matches(const struct matcher *matcher, struct slice text)
{
    struct slice wanted = matcher->text;
    switch (matcher->kind) {
    case MATCHER_EQUAL:
        return matcher->cased ? slice_equal(text, wanted)
                              : slice_equal_nocase(text, wanted);
    case MATCHER_CONTAINS:
        return (matcher->cased ? slice_find(text, wanted)
                               : slice_find_nocase(text, wanted)) >= 0;
    case MATCHER_STARTS_WITH:
        return matcher->cased ? slice_starts_with(text, wanted)
                              : slice_starts_with_nocase(text, wanted);
    case MATCHER_ENDS_WITH:
        return matcher->cased ? slice_ends_with(text, wanted)
                              : slice_ends_with_nocase(text, wanted);
    case MATCHER_GLOB:
        return glob_matches(matcher, text);
    default:
        return false;
    }
}

static enum truth truth_of(bool value)
{
    return value ? TRUTH_TRUE : TRUTH_FALSE;
}

enum truth matcher_test(const struct matcher *matcher, struct slice value,
                        struct evaluation *evaluation)
{
    if (matcher->kind == MATCHER_NULL)
        return truth_of(!slice_present(value));
    if (matcher->kind == MATCHER_EXISTS)
        return truth_of(slice_present(value) == matcher->expected);
    if (!slice_present(value))
        return TRUTH_FALSE;
    if (matcher->kind == MATCHER_REGEX)
        return regex_matches(matcher, value, evaluation);
    return truth_of(text_matches(matcher, value));
}

struct visit {
    const struct matcher *matcher;
    struct evaluation *evaluation;
};

static enum truth visit_value(struct slice value, void *payload)
{
    const struct visit *visit = payload;
    return matcher_test(visit->matcher, value, visit->evaluation);
}

static enum truth visit_presence(struct slice value, void *payload)
{
    (void)payload;
    return truth_of(slice_present(value));
}

/* Presence is a question about the path, the other tests are about its values. */
static enum truth test_raw(const struct field_test *test, const struct matcher *matcher,
                           struct evaluation *evaluation)
{
    bool found;
    if (!evaluation->raw)
        return TRUTH_UNKNOWN;
    bool presence = matcher->kind == MATCHER_NULL || matcher->kind == MATCHER_EXISTS;
    struct visit visit = {matcher, evaluation};
    enum truth truth =
        raw_record_visit(evaluation->raw, test->name,
                         presence ? visit_presence : visit_value, &visit, &found);
    if (!presence || truth == TRUTH_UNKNOWN)
        return truth;
    bool expected = matcher->kind == MATCHER_EXISTS && matcher->expected;
    return truth_of(found == expected);
}

static struct slice column_value(const struct field_test *test,
                                 const struct event *event)
{
    switch (test->origin) {
    case ORIGIN_COLUMN:
        return event->text[test->column];
    case ORIGIN_ADDRESS:
        return slice_present(event->text[FIELD_SOURCE_IP])
                   ? event->text[FIELD_SOURCE_IP]
                   : event->text[FIELD_SOURCE_TEXT];
    case ORIGIN_PROVIDER:
        return slice_from(provider_name(event->provider));
    case ORIGIN_OUTCOME:
        return slice_from(outcome_name(event->outcome));
    default:
        return SLICE_NONE;
    }
}

static enum truth test_one(const struct field_test *test, const struct matcher *matcher,
                           struct evaluation *evaluation)
{
    if (!((test->providers >> evaluation->event->provider) & 1))
        return test_raw(test, matcher, evaluation);
    return matcher_test(matcher, column_value(test, evaluation->event), evaluation);
}

/* Kleene: AND is the least, OR the greatest of false < unknown < true. */
static enum truth evaluate_test(const struct field_test *test,
                                struct evaluation *evaluation)
{
    enum truth result = test->all ? TRUTH_TRUE : TRUTH_FALSE;
    enum truth final = test->all ? TRUTH_FALSE : TRUTH_TRUE;
    for (size_t i = 0; i < test->count && result != final; i++) {
        enum truth truth = test_one(test, &test->matchers[i], evaluation);
        if (test->all ? truth < result : truth > result)
            result = truth;
    }
    return result;
}

static enum truth evaluate_children(const struct expression *expression,
                                    struct evaluation *evaluation)
{
    bool all = expression->kind == EXPRESSION_AND;
    enum truth result = all ? TRUTH_TRUE : TRUTH_FALSE;
    enum truth final = all ? TRUTH_FALSE : TRUTH_TRUE;
    for (size_t i = 0; i < expression->count && result != final; i++) {
        enum truth truth = expression_evaluate(expression->children[i], evaluation);
        if (all ? truth < result : truth > result)
            result = truth;
    }
    return result;
}

enum truth expression_evaluate(const struct expression *expression,
                               struct evaluation *evaluation)
{
    switch (expression->kind) {
    case EXPRESSION_TEST:
        return evaluate_test(&expression->test, evaluation);
    case EXPRESSION_NOT:
        return TRUTH_TRUE - expression_evaluate(expression->children[0], evaluation);
    default:
        return evaluate_children(expression, evaluation);
    }
}
