#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "core/filter.h"
#include "core/glob.h"
#include "core/limits.h"
#include "core/timestamp.h"

static struct arena arena;

static int make_arena(void **state)
{
    (void)state;
    arena_init(&arena);
    return 0;
}

static int free_arena(void **state)
{
    (void)state;
    arena_fini(&arena);
    return 0;
}

/* --- a filter as text ------------------------------------------------------------ */

static struct slice show_value(const struct filter_term *term,
                               const struct filter_value *value)
{
    char time[TIMESTAMP_TEXT_MAX];
    switch (filter_key_kind(term->key)) {
    case FILTER_TEXT_KIND:
        return value->text;
    case FILTER_ADDRESS_KIND:
        return arena_printf(&arena, "%.*s/%u", (int)value->text.length,
                            value->text.data, value->block.prefix);
    case FILTER_TIME_KIND:
        timestamp_format(value->time_us, time);
        return arena_copy(&arena, slice_from(time));
    case FILTER_NAME_KIND:
    case FILTER_YES_NO_KIND:
        break;
    }
    return arena_printf(&arena, "#%d", value->number);
}

/* `-key=value|value` for equality, `key~value` for contained texts. */
static const char *show(const struct filter *filter)
{
    struct slice text = SLICE("");
    for (size_t i = 0; i < filter->term_count; i++) {
        const struct filter_term *term = &filter->terms[i];
        text = arena_printf(&arena, "%s%s%s%s%s", text.data, i ? " " : "",
                            term->negated ? "-" : "", filter_key_name(term->key),
                            term->compare == FILTER_CONTAINS ? "~" : "=");
        for (size_t j = 0; j < term->value_count; j++) {
            struct slice value = show_value(term, &term->values[j]);
            text = arena_printf(&arena, "%s%s%.*s", text.data, j ? "|" : "",
                                (int)value.length, value.data);
        }
    }
    return text.data;
}

static const int64_t last_event = INT64_C(1773454269000000); /* 2026-03-14T02:11:09Z */

static void reads_terms(void **state)
{
    (void)state;
    static const struct {
        const char *text, *terms;
    } cases[] = {
        {"", ""},
        {" \t\r\n", ""},
        {"mallory", "~mallory"},
        {"two words", "~two ~words"},
        {"\"two words\"", "~two words"},
        {"a,b", "~a,b"},
        {":x", "~:x"},
        {"actor:mallory", "actor=mallory"},
        {"ACTOR:Mallory", "actor=Mallory"},
        {"actor:~mall", "actor~mall"},
        {"actor:~mall,eve", "actor~mall|eve"},
        {"actor:mal*,*ory", "actor=mal*|*ory"},
        {"actor:\"a b\",c", "actor=a b|c"},
        {"actor:\"say \\\"hi\\\" \\\\\"", "actor=say \"hi\" \\"},
        {"-actor:mallory !error:x -text", "-actor=mallory -error=x -~text"},
        {"- !", "~- ~!"},
        {"\"actor:mallory\"", "~actor:mallory"},
        {"resource:arn:aws:ec2:x", "resource=arn:aws:ec2:x"},
        {"ip:198.51.100.7", "ip=198.51.100.7/128"},
        {"ip:198.51.100.0/24,2001:db8::/32", "ip=198.51.100.0/24/120|2001:db8::/32/32"},
        {"provider:aws", "provider=#1"},
        {"outcome:SUCCESS,denied", "outcome=#1|#3"},
        {"lifecycle:creation lifecycle:create", "lifecycle=#1 lifecycle=#1"},
        {"severity:critical confidence:low", "severity=#4 confidence=#0"},
        {"approved:no attempt:YES", "approved=#0 attempt=#1"},
        {"since:2026-03-14T02:00Z", "since=2026-03-14T02:00:00Z"},
        {"since:\"2026-03-14 02:00\"", "since=2026-03-14T02:00:00Z"},
        {"since:-24h", "since=2026-03-13T02:11:09Z"},
        {"since:2026-03-01 until:+1h",
         "since=2026-03-01T00:00:00Z until=2026-03-01T01:00:00Z"},
        {"until:-1h", "until=2026-03-14T01:11:09Z"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct filter filter;
        struct error error = {0};
        if (filter_parse(&filter, &arena, slice_from(cases[i].text), last_event,
                         &error))
            fail_msg("%s: %s", cases[i].text, error.message);
        assert_string_equal(show(&filter), cases[i].terms);
    }
}

static void refuses_what_it_does_not_understand(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t column;
        const char *message; /* a part of it */
    } cases[] = {
        {"acter:mallory", 1, "did you mean `actor`?"},
        {"x severty:high", 3, "did you mean `severity`?"},
        {"-acter:mallory", 2, "`acter` is not a filter key"},
        {"actor:", 7, "`actor:` needs a value"},
        {"actor:~", 8, "needs a value"},
        {"actor:a,", 9, "needs a value"},
        {"actor:,a", 7, "needs a value"},
        {"actor:\"\"", 7, "needs a value"},
        {"actor:\"mallory", 7, "the quote is not closed"},
        {"actor:\"mallory\\\"", 7, "the quote is not closed"},
        {"actor:\"a\"b", 10, "a blank must follow the closing quote"},
        {"\"a\"\"b\"", 4, "a blank must follow the closing quote"},
        {"ip:mallory", 4, "`mallory` is no address and no block"},
        {"ip:198.51.100.0/33", 4, "no address"},
        {"ip:198.51.100.7,x", 17, "`x` is no address"},
        {"ip:~198.51", 5, "takes an address or a block"},
        {"provider:azur", 10, "did you mean `azure`?"},
        {"lifecycle:creating", 11, "did you mean `Creation`?"},
        {"approved:maybe", 10, "it is yes or no"},
        {"since:yesterday", 7, "this is no time"},
        {"x since:-1y", 9, "no span of time"},
        {"until:+1h", 7, "there is no time that this counts from"},
        {"a\x1b:b", 1, "`a\\x1B` is not a filter key"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct filter filter;
        struct error error = {0};
        int status = filter_parse(&filter, &arena, slice_from(cases[i].text),
                                  last_event, &error);
        if (!status || !strstr(error.message, cases[i].message) ||
            error.column != cases[i].column)
            fail_msg("%s: %zu: %s", cases[i].text, error.column, error.message);
        assert_int_equal(error.code, ERROR_SYNTAX);
    }
}

static void needs_an_event_to_count_from(void **state)
{
    (void)state;
    struct filter filter;
    struct error error = {0};
    assert_int_equal(
        filter_parse(&filter, &arena, SLICE("since:-24h"), EVENT_TIME_NONE, &error),
        -1);
    assert_int_equal(error.column, 7);
}

static void stops_at_its_limits(void **state)
{
    (void)state;
    char text[LIMIT_FILTER_BYTES + 1];
    struct filter filter;
    struct error error = {0};
    memset(text, 'x', sizeof text);
    struct slice longest = {text, LIMIT_FILTER_BYTES};
    assert_int_equal(filter_parse(&filter, &arena, longest, last_event, &error), 0);
    longest.length++;
    assert_int_equal(filter_parse(&filter, &arena, longest, last_event, &error), -1);
    assert_int_equal(error.code, ERROR_LIMIT);
    for (size_t i = 0; i <= LIMIT_FILTER_TERMS; i++)
        memcpy(text + 2 * i, "x ", 2);
    struct slice many = {text, 2 * LIMIT_FILTER_TERMS};
    assert_int_equal(filter_parse(&filter, &arena, many, last_event, &error), 0);
    assert_int_equal(filter.term_count, LIMIT_FILTER_TERMS);
    many.length += 2;
    assert_int_equal(filter_parse(&filter, &arena, many, last_event, &error), -1);
    assert_int_equal(error.code, ERROR_LIMIT);
    memcpy(text, "actor:", 6);
    for (size_t i = 0; i <= LIMIT_FILTER_TERMS; i++)
        memcpy(text + 6 + 2 * i, "x,", 2);
    struct slice values = {text, 6 + 2 * LIMIT_FILTER_TERMS + 1};
    assert_int_equal(filter_parse(&filter, &arena, values, last_event, &error), -1);
    values.length = 6 + 2 * LIMIT_FILTER_TERMS - 1;
    assert_int_equal(filter_parse(&filter, &arena, values, last_event, &error), 0);
}

/* Nothing of the text stays in the filter. */
static void borrows_nothing(void **state)
{
    (void)state;
    char text[] = "actor:mallory \"two words\"";
    struct filter filter;
    struct error error = {0};
    assert_int_equal(
        filter_parse(&filter, &arena, slice_from(text), last_event, &error), 0);
    memset(text, '?', sizeof text - 1);
    assert_string_equal(show(&filter), "actor=mallory ~two words");
}

static void matches_globs(void **state)
{
    (void)state;
    static const struct {
        const char *pattern, *text;
        bool matches;
    } cases[] = {
        {"", "", true},
        {"", "a", false},
        {"*", "", true},
        {"*", "anything", true},
        {"**", "", true},
        {"abc", "ABC", true},
        {"abc", "abcd", false},
        {"a*", "abc", true},
        {"*c", "abc", true},
        {"*b*", "abc", true},
        {"a*c", "abdc", true},
        {"a*c", "abcd", false},
        {"a*b*c", "aXbYbZc", true},
        {"*ab", "aab", true},
        {"?", "a", false},
        {"[a]", "a", false},
        {"a*a", "a", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        if (glob_match(slice_from(cases[i].pattern), slice_from(cases[i].text)) !=
            cases[i].matches)
            fail_msg("%s on %s", cases[i].pattern, cases[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_terms),
        cmocka_unit_test(refuses_what_it_does_not_understand),
        cmocka_unit_test(needs_an_event_to_count_from),
        cmocka_unit_test(stops_at_its_limits),
        cmocka_unit_test(borrows_nothing),
        cmocka_unit_test(matches_globs),
    };
    return cmocka_run_group_tests(tests, make_arena, free_arena);
}
