#include "config.h"

#include "core/rule.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define HEAD "title: t\nid: r1\n"
#define AWS "logsource:\n  product: aws\n  service: cloudtrail\n"
/* A rule for AWS whose detection is the given lines (two blanks in front). */
#define RULE(detection) HEAD AWS "detection:\n" detection
#define SELECT(field_and_value) RULE("  s:\n    " field_and_value "\n  condition: s\n")

static struct rule_set *compile(const char *yaml, struct error *error)
{
    struct rule_source source = {SLICE("test.yml"), slice_from(yaml)};
    *error = (struct error){0};
    return rule_set_new(&source, 1, error);
}

static struct event sample_event(void)
{
    struct event event;
    event_clear(&event);
    event.provider = PROVIDER_AWS;
    event.outcome = OUTCOME_DENIED;
    event.text[FIELD_OPERATION] = SLICE("CreateThing*One");
    event.text[FIELD_SERVICE] = SLICE("ec2.amazonaws.com");
    event.text[FIELD_REGION] = SLICE("us-east-1");
    event.text[FIELD_ERROR_CODE] = SLICE("");
    event.text[FIELD_SOURCE_TEXT] = SLICE("AWS Internal");
    event.text[FIELD_USER_AGENT] = SLICE("cli\\2 \xC3\xA4");
    return event;
}

static const char sample_raw[] =
    "{\"a\":{\"b\":\"deep\",\"B2\":7,\"yes\":true,\"none\":null,\"list\":[\"x\",{\"k\":"
    "\"v\"}],\"empty\":[]},\"a.b.c\":\"dotted\",\"big\":123456789012345678901234567890,"
    "\"userIdentity\":{\"arn\":\"arn:aws:iam::111122223333:user/mallory\"}}";

static enum truth ask(const char *yaml, struct slice raw)
{
    struct error error;
    struct rule_set *set = compile(yaml, &error);
    if (!set)
        fail_msg("%s", error.message);
    struct detector *detector = detector_new(set);
    struct event event = sample_event();
    struct rule_match match;
    enum truth truth = detector_check(detector, &event, raw, &match);
    /* Remembered or not, the answer is the same. */
    assert_int_equal(detector_check(detector, &event, raw, &match), truth);
    detector_free(detector);
    rule_set_free(set);
    return truth;
}

#define F TRUTH_FALSE
#define U TRUTH_UNKNOWN
#define T TRUTH_TRUE

static void conditions_have_their_truth(void **state)
{
    static const struct {
        const char *yaml;
        enum truth without, with; /* the raw record */
    } cases[] = {
        {SELECT("eventName: 'CreateThing\\*One'"), T, T},
        {SELECT("eventName: 'creatething\\*one'"), T, T},
        {SELECT("eventName|cased: 'creatething\\*one'"), F, F},
        {SELECT("eventName|cased: 'CreateThing\\*One'"), T, T},
        {SELECT("eventName: 'Create*'"), T, T},
        {SELECT("eventName: '*thing*'"), T, T},
        {SELECT("eventName: '*One'"), T, T},
        {SELECT("eventName: 'C*Th?ng*e'"), T, T},
        {SELECT("eventName: 'C*Th?ng*x'"), F, F},
        {SELECT("eventName: 'CreateThing\\?One'"), F, F},
        {SELECT("eventName: Create"), F, F},
        {SELECT("eventName: '*'"), T, T},
        {SELECT("eventName|contains: thing"), T, T},
        {SELECT("eventName|contains: 'th?ng'"), T, T},
        {SELECT("eventName|startswith: Create"), T, T},
        {SELECT("eventName|startswith: Thing"), F, F},
        {SELECT("eventName|endswith: one"), T, T},
        {SELECT("eventName|endswith|cased: one"), F, F},
        {SELECT("eventName|re: '^Create.*One$'"), T, T},
        {SELECT("eventName|re: '^create'"), F, F},
        {SELECT("eventName|re|i: '^create'"), T, T},
        {SELECT("eventName|contains|all: [Create, One]"), T, T},
        {SELECT("eventName|contains|all: [Create, Two]"), F, F},
        {SELECT("eventName|contains: [Create, Two]"), T, T},
        {SELECT("userAgent: 'cli\\2 ?'"), T, T}, /* one character, two bytes */
        {SELECT("userAgent: 'CLI\\2 *'"), T, T},
        {SELECT("userAgent: 'cli2*'"), F, F},
        {SELECT("sourceIPAddress: AWS Internal"), T, T},
        {SELECT("errorCode: ''"), T, T},
        {SELECT("errorCode: null"), F, F},
        {SELECT("mfa: null"), T, T},
        {SELECT("mfa: ''"), F, F},
        {SELECT("mfa|exists: false"), T, T},
        {SELECT("mfa|exists: true"), F, F},
        {SELECT("region|exists: true"), T, T},
        {SELECT("provider: aws"), T, T},
        {SELECT("outcome: [denied, failure]"), T, T},
        {SELECT("outcome: success"), F, F},

        {SELECT("a.b: deep"), U, T},
        {SELECT("A.B: DEEP"), U, T},
        {SELECT("a.b: shallow"), U, F},
        {SELECT("a.b2: 7"), U, T},
        {SELECT("a.yes: true"), U, T},
        {SELECT("a.none: null"), U, T},
        {SELECT("a.none|exists: true"), U, F},
        {SELECT("a.missing: null"), U, T},
        {SELECT("a.missing: x"), U, F},
        {SELECT("a.b.c: dotted"), U, T},
        {SELECT("a.list: x"), U, T},
        {SELECT("a.list.k: v"), U, T},
        {SELECT("a.list|contains: '\"k\":\"v\"'"), U, T},
        {SELECT("a.empty|exists: true"), U, T},
        {SELECT("a|contains: deep"), U, T},
        {SELECT("userIdentity.arn|endswith: /mallory"), U, T},

        /* Of one map all, of several one. */
        {RULE(
             "  s:\n    eventName: 'Create*'\n    region: eu-west-1\n  condition: s\n"),
         F, F},
        {RULE("  s:\n    - eventName: x\n    - region: us-east-1\n  condition: s\n"), T,
         T},
        /* Kleene: false and unknown is false, true or unknown is true. */
        {RULE("  f: {region: x}\n  t: {region: us-*}\n  u: {a.b: deep}\n"
              "  condition: f and u\n"),
         F, F},
        {RULE("  f: {region: x}\n  t: {region: us-*}\n  u: {a.b: deep}\n"
              "  condition: t and u\n"),
         U, T},
        {RULE("  f: {region: x}\n  t: {region: us-*}\n  u: {a.b: deep}\n"
              "  condition: t or u\n"),
         T, T},
        {RULE("  f: {region: x}\n  t: {region: us-*}\n  u: {a.b: deep}\n"
              "  condition: f or not u\n"),
         U, F},
        {RULE("  f: {region: x}\n  t: {region: us-*}\n  u: {a.b: deep}\n"
              "  condition: not f and (t or u)\n"),
         T, T},
        /* `and` binds closer than `or`, `not` closest. */
        {RULE("  f: {region: x}\n  t: {region: us-*}\n  condition: t or t and f\n"), T,
         T},
        {RULE("  f: {region: x}\n  t: {region: us-*}\n  condition: not t and f\n"), F,
         F},
        {RULE("  x_f: {region: x}\n  x_t: {region: us-*}\n  condition: 1 of x_*\n"), T,
         T},
        {RULE("  x_f: {region: x}\n  x_t: {region: us-*}\n  condition: all of x_*\n"),
         F, F},
        {RULE("  x_f: {region: x}\n  y: {region: us-*}\n  condition: 1 of them\n"), T,
         T},
        {RULE("  _t: {region: us-*}\n  y: {region: x}\n  condition: any of them\n"), F,
         F},
        {RULE("  a: {region: us-*}\n  y: {region: us-*}\n  condition: all of them\n"),
         T, T},
        /* Another provider's rule. */
        {HEAD "logsource: {product: alibaba}\ndetection:\n  s: {eventName: '*'}\n"
              "  condition: s\n",
         F, F},
        /* A column of many values is asked for each event. */
        {SELECT("user_agent|startswith: cli"), T, T},
        {RULE("  s: {user_agent: 'cli*', a.b: deep}\n  condition: s\n"), U, T},
        {RULE("  s: {user_agent: 'x*', a.b: deep}\n  condition: s\n"), F, F},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        enum truth without = ask(cases[i].yaml, SLICE_NONE);
        enum truth with = ask(cases[i].yaml, slice_from(sample_raw));
        if (without != cases[i].without || with != cases[i].with)
            fail_msg("%s\n-> %d, %d", cases[i].yaml, without, with);
    }
}

static void what_is_not_supported_is_refused_by_name(void **state)
{
    static const struct {
        const char *yaml, *message;
        enum error_code code;
    } cases[] = {
        {SELECT("a|base64: x"), "test.yml:8: modifier base64 is not",
         ERROR_UNSUPPORTED},
        {SELECT("a|base64offset|contains: x"), "base64offset", ERROR_UNSUPPORTED},
        {SELECT("a|windash: x"), "windash", ERROR_UNSUPPORTED},
        {SELECT("a|cidr: 192.0.2.0/24"), "cidr", ERROR_UNSUPPORTED},
        {SELECT("a|fieldref: b"), "fieldref", ERROR_UNSUPPORTED},
        {SELECT("a|expand: '%x%'"), "expand", ERROR_UNSUPPORTED},
        {SELECT("a|gt: 1"), "gt", ERROR_UNSUPPORTED},
        {SELECT("a|wide: x"), "wide", ERROR_UNSUPPORTED},
        {SELECT("a|i: x"), "modifier i ", ERROR_UNSUPPORTED},
        {SELECT("a|contains|endswith: x"), "endswith", ERROR_UNSUPPORTED},
        {SELECT("a|exists: maybe"), "exists", ERROR_SYNTAX},
        {SELECT("a|contains: null"), "null", ERROR_UNSUPPORTED},
        {SELECT("a|re: '('"), "regular expression", ERROR_SYNTAX},
        {SELECT("a: {b: c}"), "list or map", ERROR_UNSUPPORTED},
        {SELECT("a: []"), "field a has no values", ERROR_SYNTAX},
        {SELECT("destination: x"), "destination is known for marked events",
         ERROR_UNSUPPORTED},
        {SELECT("a.b.c.d.e.f.g.h.i.j.k.l.m.n.o: x"), "dots", ERROR_LIMIT},
        {SELECT("'|contains': x"), "keywords", ERROR_UNSUPPORTED},
        {RULE("  s: [a, b]\n  condition: s\n"), "keywords", ERROR_UNSUPPORTED},
        {RULE("  s: a\n  condition: s\n"), "selection s", ERROR_UNSUPPORTED},
        {RULE("  s: {}\n  condition: s\n"), "empty", ERROR_SYNTAX},
        {RULE("  s: {a: b}\n  timeframe: 5m\n  condition: s\n"), "timeframe",
         ERROR_UNSUPPORTED},
        {RULE("  s: {a: b}\n"), "no condition", ERROR_SYNTAX},
        {RULE("  s: {a: b}\n  condition: s | count() > 5\n"), "| count",
         ERROR_UNSUPPORTED},
        {RULE("  s: {a: b}\n  condition: s near s\n"), "near", ERROR_UNSUPPORTED},
        {RULE("  s: {a: b}\n  condition: [s, s]\n"), "list of conditions",
         ERROR_UNSUPPORTED},
        {RULE("  s: {a: b}\n  condition: t\n"), "`t`", ERROR_SYNTAX},
        {RULE("  s: {a: b}\n  condition: s s\n"), "out of place", ERROR_SYNTAX},
        {RULE("  s: {a: b}\n  condition: s and\n"), "ends too early", ERROR_SYNTAX},
        {RULE("  s: {a: b}\n  condition: (s\n"), "`)` is missing", ERROR_SYNTAX},
        {RULE("  s: {a: b}\n  condition: 1 of x*\n"), "`x*`", ERROR_SYNTAX},
        {RULE("  s: {a: b}\n  condition: 1 s\n"), "`of`", ERROR_SYNTAX},
        {RULE("  s: {a: b}\n  condition: ((((((((((((((((((s))))))))))))))))))\n"),
         "too deeply", ERROR_LIMIT},
        {"title: t\ncorrelation: {type: event_count}\n", "correlation",
         ERROR_UNSUPPORTED},
        {"action: global\ntitle: t\n", "action", ERROR_UNSUPPORTED},
        {HEAD "taxonomy: own\n", "taxonomy own", ERROR_UNSUPPORTED},
        {"title: t\nid: 'a;b'\n", "needs an id", ERROR_SYNTAX},
        {"id: r1\n", "needs a title", ERROR_SYNTAX},
        {HEAD "level: loud\n", "level loud", ERROR_SYNTAX},
        {HEAD "mirrorscope: {lifecycle: Growth}\n", "lifecycle Growth", ERROR_SYNTAX},
        {HEAD "mirrorscope: {speed: high}\n", "mirrorscope: speed", ERROR_UNSUPPORTED},
        {HEAD "logsource: {product: windows}\ndetection: {condition: s}\n",
         "product windows", ERROR_UNSUPPORTED},
        {HEAD "logsource: {product: azure, service: signinlogs}\n"
              "detection: {condition: s}\n",
         "service signinlogs", ERROR_UNSUPPORTED},
        {HEAD "logsource: {category: webserver}\ndetection: {condition: s}\n",
         "without a product", ERROR_UNSUPPORTED},
        {HEAD AWS, "map detection", ERROR_SYNTAX},
        {"a: &x 1\n", "anchors", ERROR_SYNTAX},
        {"a: !!str 1\n", "tags", ERROR_SYNTAX},
        {"a: 1\na: 2\n", "twice", ERROR_SYNTAX},
        {"a: [\n", "test.yml:2", ERROR_SYNTAX},
        {"[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]\n", "nested", ERROR_LIMIT},
        {"- a\n", "map of keys", ERROR_SYNTAX},
        {SELECT("region: x") "---\n" SELECT("region: y"), "also that of test.yml:1",
         ERROR_SYNTAX},
        {SELECT("'bad\x01\xC2\x85|gt': x"), "test.yml", ERROR_SYNTAX},
        {SELECT("a|\"\\e[31m\": x"), "test.yml", ERROR_UNSUPPORTED},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error error;
        struct rule_set *set = compile(cases[i].yaml, &error);
        if (set || error.code != cases[i].code ||
            !strstr(error.message, cases[i].message))
            fail_msg("%s\n-> %d \"%s\"", cases[i].yaml, error.code, error.message);
    }
}

static void messages_hold_no_control_bytes(void **state)
{
    struct error error;
    (void)state;
    assert_null(compile(SELECT("\"a|\\e[31m\": x"), &error));
    assert_non_null(strstr(error.message, "modifier ?[31m"));
}

static void oversized_files_are_refused(void **state)
{
    struct error error;
    size_t size = LIMIT_RULE_FILE_BYTES + 1;
    char *text = calloc(1, size + 1);
    (void)state;
    assert_non_null(text);
    memset(text, '#', size);
    assert_null(compile(text, &error));
    assert_int_equal(error.code, ERROR_LIMIT);
    for (size_t i = 0; i + 3 < LIMIT_RULE_NODES * 3u; i += 3)
        memcpy(text + i, "- \n", 3);
    memset(text + LIMIT_RULE_NODES * 3u - 3, 0, size - LIMIT_RULE_NODES * 3u + 3);
    memcpy(text + LIMIT_RULE_NODES * 3u - 3, "- \n- \n", 6);
    assert_null(compile(text, &error));
    assert_int_equal(error.code, ERROR_LIMIT);
    free(text);
}

static void what_cannot_be_decided_is_marked_low(void **state)
{
    static char long_text[40001];
    struct error error;
    struct rule_match match;
    (void)state;
    memset(long_text, 'a', sizeof long_text - 2);
    long_text[sizeof long_text - 2] = '!';
    struct event event = sample_event();
    event.text[FIELD_OPERATION] = slice_from(long_text);
    struct rule_set *set =
        compile(RULE("  s:\n    eventName|re: '^(a+)+$'\n  condition: "
                     "s\n") "mirrorscope: {confidence: high}\n",
                &error);
    assert_non_null(set);
    struct detector *detector = detector_new(set);
    assert_int_equal(detector_check(detector, &event, SLICE_NONE, &match),
                     TRUTH_UNKNOWN);
    assert_int_equal(detector_check(detector, &event, SLICE("{}"), &match), TRUTH_TRUE);
    assert_int_equal(match.confidence, CONFIDENCE_LOW);
    detector_free(detector);
    rule_set_free(set);

    assert_int_equal(ask(SELECT("a.b: x"), SLICE("{\"a\":")), TRUTH_TRUE);
    assert_int_equal(ask(SELECT("a.b: x"), SLICE("%SYS-5-CONFIG_I: no JSON")),
                     TRUTH_FALSE);
    /* Bytes that JSON forbids do not hide the rest of a record. */
    assert_int_equal(
        ask(SELECT("a.b: x"), SLICE("{\"a\":{\"b\":\"y\"},\"c\":\"\xFF\"}")),
        TRUTH_FALSE);
    assert_int_equal(
        ask(SELECT("a.b: x"), SLICE("{\"a\":{\"b\":\"x\"},\"c\":\"\xFF\"}")),
        TRUTH_TRUE);
}

static void matches_are_combined(void **state)
{
    struct error error;
    struct rule_match match;
    struct event event = sample_event();
    (void)state;
#define PART(id, level, extra)                                                         \
    "title: t\nid: " id "\nlevel: " level "\n" AWS                                     \
    "tags: [attack.exfiltration, attack.t1020.001, mirrorscope.group]\n"               \
    "detection: {s: {region: us-east-1}, condition: s}\nmirrorscope: {" extra          \
    "}\n---\n"
    struct rule_set *set =
        compile(PART("c", "high", "lifecycle: Deletion, confidence: low")
                    PART("a", "low", "lifecycle: Creation, confidence: high")
                        PART("b", "critical", "confidence: low")
                            PART("d", "critical", "lifecycle: Read, enabled: false"),
                &error);
    assert_non_null(set);
    assert_int_equal(rule_set_count(set), 4);
    assert_string_equal(rule_set_get(set, 0)->id, "a");
    assert_string_equal(rule_set_get(set, 0)->technique, "T1020.001");
    struct detector *detector = detector_new(set);
    assert_int_equal(detector_check(detector, &event, SLICE_NONE, &match), TRUTH_TRUE);
    assert_int_equal(match.count, 3);
    assert_int_equal(match.rules[0], 0);
    assert_int_equal(match.rules[2], 2);
    assert_int_equal(match.severity, SEVERITY_CRITICAL);
    assert_int_equal(match.confidence, CONFIDENCE_HIGH);
    assert_int_equal(match.lifecycle, LIFECYCLE_DELETION);
    detector_free(detector);
    assert_int_equal(rule_set_switch(set, SLICE("d"), true), 1);
    assert_int_equal(rule_set_switch(set, SLICE("c"), false), 1);
    detector = detector_new(set);
    detector_check(detector, &event, SLICE_NONE, &match);
    assert_int_equal(match.lifecycle, LIFECYCLE_READ);
    detector_free(detector);
    assert_int_equal(rule_set_switch(set, SLICE("group"), false), 4);
    rule_set_free(set);
}

/* More tuples than the table holds, colliding lengths, keys beyond the limit. */
static void memory_of_verdicts_never_changes_them(void **state)
{
    struct error error;
    struct rule_match match;
    static char operation[LIMIT_VERDICT_KEY_BYTES + 10];
    struct rule_set *set = compile(SELECT("eventName|endswith: '7'"), &error);
    struct detector *detector = detector_new(set);
    struct event event = sample_event();
    (void)state;
    assert_non_null(detector);
    memset(operation, 'x', sizeof operation);
    for (int pass = 0; pass < 2; pass++)
        for (int i = 0; i < 3 * LIMIT_VERDICTS; i++) {
            int length = snprintf(operation + 1000 * (i % 5), 20, "%d", i);
            event.text[FIELD_OPERATION] =
                (struct slice){operation, 1000 * (i % 5) + length};
            enum truth wanted = i % 10 == 7 ? TRUTH_TRUE : TRUTH_FALSE;
            assert_int_equal(detector_check(detector, &event, SLICE_NONE, &match),
                             wanted);
            memset(operation, 'x', sizeof operation);
        }
    detector_free(detector);
    rule_set_free(set);
}

static void the_last_verb_tells_the_lifecycle(void **state)
{
    static const struct {
        const char *operation;
        enum lifecycle lifecycle;
    } names[] = {
        {"CreateTrafficMirrorSession", LIFECYCLE_CREATION},
        {"v1.compute.packetMirrorings.insert", LIFECYCLE_CREATION},
        {"addPacketMirroringRule", LIFECYCLE_CREATION},
        {"AddSourcesToTrafficMirrorSession", LIFECYCLE_CREATION},
        {"CreateReadReplica", LIFECYCLE_CREATION},
        {"ModifyTrafficMirrorFilterNetworkServices", LIFECYCLE_MODIFICATION},
        {"v1.compute.packetMirrorings.patch", LIFECYCLE_MODIFICATION},
        {"UpdateVtap", LIFECYCLE_MODIFICATION},
        {"ChangeVtapCompartment", LIFECYCLE_MODIFICATION},
        {"DeleteVtap", LIFECYCLE_DELETION},
        {"compute.firewallPolicies.removePacketMirroringRule", LIFECYCLE_DELETION},
        {"no monitor session 7", LIFECYCLE_DELETION},
        {"Microsoft.Network/virtualNetworkTaps/write", LIFECYCLE_CREATION_MODIFICATION},
        {"MICROSOFT.NETWORK/VIRTUALNETWORKTAPS/DELETE", LIFECYCLE_DELETION},
        {"compute.packetMirrorings.aggregatedList", LIFECYCLE_READ},
        {"compute.packetMirrorings.testIamPermissions", LIFECYCLE_READ},
        {"DescribeTrafficMirrorSessions", LIFECYCLE_READ},
        {"Microsoft.Network/virtualNetworkTaps/join/action", LIFECYCLE_OTHER},
        {"...", LIFECYCLE_OTHER},
        {"", LIFECYCLE_OTHER},
    };
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (lifecycle_from_operation(slice_from(names[i].operation)) !=
            names[i].lifecycle)
            fail_msg("%s", names[i].operation);
    assert_int_equal(lifecycle_from_operation(SLICE_NONE), LIFECYCLE_OTHER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(conditions_have_their_truth),
        cmocka_unit_test(what_is_not_supported_is_refused_by_name),
        cmocka_unit_test(messages_hold_no_control_bytes),
        cmocka_unit_test(oversized_files_are_refused),
        cmocka_unit_test(what_cannot_be_decided_is_marked_low),
        cmocka_unit_test(matches_are_combined),
        cmocka_unit_test(memory_of_verdicts_never_changes_them),
        cmocka_unit_test(the_last_verb_tells_the_lifecycle),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
