#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

#include "core/lineage.h"

enum { LOG_EVENTS = 8, STEPS = 6 };

#define MINUTES(n) ((int64_t)(n)*60000000)
#define NOON INT64_C(1773489600000000)

/* One event of a log; NULL is absent. */
struct row {
    int minute; /* from noon */
    const char *operation, *actor, *type, *key, *issued, *account, *via, *ip, *resource;
    enum outcome outcome;
};

#define ROW(at, call, who, kind, credential, gives, place)                             \
    .minute = (at), .operation = (call), .actor = (who), .type = (kind),               \
    .key = (credential), .issued = (gives), .account = (place)
#define EVENT(...)                                                                     \
    {                                                                                  \
        ROW(__VA_ARGS__)                                                               \
    }

static const char user[] = "arn:aws:iam::111122223333:user/mallory";
static const char net_ops[] = "arn:aws:sts::111122223333:assumed-role/NetOps/mallory";
static const char sensor[] = "arn:aws:sts::444455556666:assumed-role/Sensor/mallory";
#define OURS "111122223333"
#define THEIRS "444455556666"

/* A log, the first row of which is the act, and what is to be made of it. */
static const struct chain_case {
    const char *name;
    enum provider provider;
    struct row log[LOG_EVENTS];
    /* Each step after the act: how it leads there, and the row. */
    struct {
        enum lineage_link link;
        int row;
    } steps[STEPS];
    const char *ending;
    bool reached;
} cases[] = {
    {"role chaining across accounts, to a user's key",
     PROVIDER_AWS,
     {EVENT(0, "CreateTrafficMirrorSession", sensor, "AssumedRole", "ASIA2", NULL,
            THEIRS),
      EVENT(-5, "AssumeRole", net_ops, "AssumedRole", "ASIA1", "ASIA2", OURS),
      EVENT(-9, "AssumeRole", user, "IAMUser", "AKIA0", "ASIA1", OURS),
      EVENT(-1, "AssumeRole", user, "IAMUser", "AKIA0", "ASIA9", OURS)},
     {{LINEAGE_ISSUED, 1}, {LINEAGE_ISSUED, 2}},
     "whoever holds the access key AKIA0, first seen",
     true},
    {"of both accounts' records, the one that names the caller",
     PROVIDER_AWS,
     {EVENT(0, "CreateTrafficMirrorSession", sensor, "AssumedRole", "ASIA2", NULL,
            THEIRS),
      EVENT(-5, "AssumeRole", "111122223333", "AWSAccount", NULL, "ASIA2", THEIRS),
      EVENT(-5, "AssumeRole", user, "IAMUser", "AKIA0", "ASIA2", OURS)},
     {{LINEAGE_ISSUED, 2}},
     "AKIA0",
     true},
    {"the other account's log is not there",
     PROVIDER_AWS,
     {EVENT(0, "CreateTrafficMirrorSession", sensor, "AssumedRole", "ASIA2", NULL,
            THEIRS),
      EVENT(-5, "AssumeRole", "111122223333", "AWSAccount", NULL, "ASIA2", THEIRS)},
     {{LINEAGE_ISSUED, 1}},
     "a caller of another account",
     false},
    {"SAML",
     PROVIDER_AWS,
     {EVENT(0, "CreateTrafficMirrorSession", net_ops, "AssumedRole", "ASIA1", NULL,
            OURS),
      EVENT(-5, "AssumeRoleWithSAML", "mallory@example.com", "SAMLUser", NULL, "ASIA1",
            OURS)},
     {{LINEAGE_ISSUED, 1}},
     "SAML identity provider",
     true},
    {"web identity",
     PROVIDER_AWS,
     {EVENT(0, "CreateTrafficMirrorSession", net_ops, "AssumedRole", "ASIA1", NULL,
            OURS),
      EVENT(-5, "AssumeRoleWithWebIdentity", "repo:acme/ci", "WebIdentityUser", NULL,
            "ASIA1", OURS)},
     {{LINEAGE_ISSUED, 1}},
     "OpenID Connect",
     true},
    {"a federation token",
     PROVIDER_AWS,
     {EVENT(0, "CreateTrafficMirrorSession", "arn:aws:sts::1:federated-user/m",
            "FederatedUser", "ASIA1", NULL, OURS),
      EVENT(-5, "GetFederationToken", user, "IAMUser", "AKIA0", "ASIA1", OURS)},
     {{LINEAGE_ISSUED, 1}},
     "AKIA0",
     true},
    {"no log of the AssumeRole",
     PROVIDER_AWS,
     {EVENT(0, "CreateTrafficMirrorSession", net_ops, "AssumedRole", "ASIA1", NULL,
            OURS)},
     {{LINEAGE_ACT, 0}},
     "no AssumeRole in the logs for the key ASIA1",
     false},
    {"a refused AssumeRole gives nothing out",
     PROVIDER_AWS,
     {EVENT(0, "CreateTrafficMirrorSession", net_ops, "AssumedRole", "ASIA1", NULL,
            OURS),
      {ROW(-5, "AssumeRole", user, "IAMUser", "AKIA0", "ASIA1", OURS),
       .outcome = OUTCOME_DENIED}},
     {{LINEAGE_ACT, 0}},
     "no AssumeRole in the logs",
     false},
    {"an instance",
     PROVIDER_AWS,
     {EVENT(0, "CreateTrafficMirrorSession",
            "arn:aws:sts::111122223333:assumed-role/Web/i-0abc", "AssumedRole", "ASIA1",
            NULL, OURS)},
     {{LINEAGE_ACT, 0}},
     "an instance's own session",
     false},
    {"the console",
     PROVIDER_AWS,
     {EVENT(0, "CreateTrafficMirrorSession", user, "IAMUser", "ASIA1", NULL, OURS),
      {ROW(-700, "ConsoleLogin", user, "IAMUser", NULL, NULL, OURS),
       .ip = "198.51.100.7"},
      {ROW(-30, "ConsoleLogin", user, "IAMUser", NULL, NULL, OURS),
       .ip = "198.51.100.23"},
      {ROW(-10, "ConsoleLogin", user, "IAMUser", NULL, NULL, OURS), .ip = "203.0.113.5",
       .outcome = OUTCOME_FAILURE},
      EVENT(-721, "ConsoleLogin", user, "IAMUser", NULL, NULL, OURS)},
     {{LINEAGE_LOGIN, 2}},
     "a console session",
     true},
    {"a login too long ago",
     PROVIDER_AWS,
     {EVENT(0, "CreateTrafficMirrorSession", user, "IAMUser", "ASIA1", NULL, OURS),
      EVENT(-721, "ConsoleLogin", user, "IAMUser", NULL, NULL, OURS)},
     {{LINEAGE_ACT, 0}},
     "no AssumeRole in the logs",
     false},
    {"a key made in the logs",
     PROVIDER_AWS,
     {EVENT(0, "CreateTrafficMirrorSession", "arn:aws:iam::1:user/svc", "IAMUser",
            "AKIA7", NULL, OURS),
      EVENT(-90, "CreateAccessKey", user, "IAMUser", "AKIA0", "AKIA7", OURS)},
     {{LINEAGE_MADE_KEY, 1}},
     "which was made in these logs",
     true},
    {"CloudFormation with a role of its own",
     PROVIDER_AWS,
     {{ROW(0, "CreateTrafficMirrorSession",
           "arn:aws:sts::111122223333:assumed-role/Deploy/AWSCloudFormation",
           "AssumedRole", "ASIA1", NULL, OURS),
       .via = "cloudformation.amazonaws.com"},
      {ROW(-1, "AssumeRole", "cloudformation.amazonaws.com", "AWSService", NULL,
           "ASIA1", OURS),
       .via = "cloudformation.amazonaws.com"},
      EVENT(-2, "ExecuteChangeSet", net_ops, "AssumedRole", "ASIA3", NULL, OURS),
      EVENT(-3, "DescribeStacks", user, "IAMUser", "AKIA0", NULL, OURS),
      EVENT(-100, "CreateStack", user, "IAMUser", "AKIA0", NULL, OURS)},
     {{LINEAGE_ISSUED, 1}, {LINEAGE_SET_TO_WORK, 2}},
     "which need not be the one",
     false},
    {"CloudFormation in the name of its caller",
     PROVIDER_AWS,
     {{ROW(0, "CreateTrafficMirrorSession", net_ops, "AssumedRole", "ASIA9", NULL,
           OURS),
       .via = "cloudformation.amazonaws.com"},
      EVENT(-2, "CreateStack", net_ops, "AssumedRole", "ASIA1", NULL, OURS),
      EVENT(-1, "UpdateStack", user, "IAMUser", "AKIA5", NULL, OURS),
      EVENT(-10, "AssumeRole", user, "IAMUser", "AKIA0", "ASIA1", OURS)},
     {{LINEAGE_ORDERED, 1}, {LINEAGE_ISSUED, 3}},
     "whoever holds the access key AKIA0",
     true},
    {"no guess follows a guess",
     PROVIDER_AWS,
     {{ROW(0, "CreateTrafficMirrorSession", user, "IAMUser", NULL, NULL, OURS),
       .via = "ssm.amazonaws.com"},
      EVENT(-2, "StartAutomationExecution", user, "IAMUser", "ASIA1", NULL, OURS),
      EVENT(-9, "ConsoleLogin", user, "IAMUser", NULL, NULL, OURS)},
     {{LINEAGE_ORDERED, 1}},
     "no AssumeRole in the logs for the key ASIA1",
     false},
    {"another's order is not the caller's",
     PROVIDER_AWS,
     {{ROW(0, "CreateTrafficMirrorSession", net_ops, "AssumedRole", "ASIA9", NULL,
           OURS),
       .via = "cloudformation.amazonaws.com"},
      EVENT(-1, "UpdateStack", user, "IAMUser", "AKIA5", NULL, OURS)},
     {{LINEAGE_ACT, 0}},
     "no call of that identity",
     false},
    {"a service alone",
     PROVIDER_AWS,
     {EVENT(0, "CreateTrafficMirrorSession", "ssm.amazonaws.com", "AWSService", NULL,
            NULL, OURS)},
     {{LINEAGE_ACT, 0}},
     "ssm.amazonaws.com did it, and no call",
     false},
    {"a chain that comes back to itself",
     PROVIDER_AWS,
     {EVENT(0, "AssumeRole", net_ops, "AssumedRole", "ASIA1", "ASIA2", OURS),
      EVENT(-5, "AssumeRole", sensor, "AssumedRole", "ASIA2", "ASIA1", THEIRS)},
     {{LINEAGE_ISSUED, 1}},
     "comes back to itself",
     false},
    {"GCP delegation, twice",
     PROVIDER_GCP,
     {{ROW(0, "v1.compute.packetMirrorings.insert", "net@acme.iam.gserviceaccount.com",
           NULL, NULL, NULL, "acme"),
       .via = "ci@acme.iam.gserviceaccount.com"},
      {ROW(-5, "GenerateAccessToken", "ci@acme.iam.gserviceaccount.com", NULL, NULL,
           NULL, "acme"),
       .via = "mallory@example.com",
       .resource = "projects/-/serviceAccounts/net@acme.iam.gserviceaccount.com"},
      {ROW(-4, "GenerateAccessToken", "ci@acme.iam.gserviceaccount.com", NULL, NULL,
           NULL, "acme"),
       .resource = "projects/-/serviceAccounts/other@acme.iam.gserviceaccount.com"},
      {ROW(-8, "google.iam.credentials.v1.IAMCredentials.GenerateAccessToken",
           "mallory@example.com", NULL, NULL, NULL, "acme"),
       .resource = "projects/-/serviceAccounts/ci@acme.iam.gserviceaccount.com"}},
     {{LINEAGE_DELEGATED, 1}, {LINEAGE_DELEGATED, 3}},
     "an account of its own",
     true},
    {"GCP delegation without data access logs",
     PROVIDER_GCP,
     {{ROW(0, "v1.compute.packetMirrorings.insert", "net@acme.iam.gserviceaccount.com",
           NULL, NULL, NULL, "acme"),
       .via = "mallory@example.com"}},
     {{LINEAGE_ACT, 0}},
     "says that mallory@example.com took this identity",
     true},
    {"a key of a service account",
     PROVIDER_GCP,
     {EVENT(0, "v1.compute.packetMirrorings.insert", "net@acme.iam.gserviceaccount.com",
            NULL, "//iam.googleapis.com/k/keys/1", NULL, "acme"),
      EVENT(-900, "google.iam.admin.v1.CreateServiceAccountKey", "mallory@example.com",
            NULL, NULL, "//iam.googleapis.com/k/keys/1", "acme")},
     {{LINEAGE_MADE_KEY, 1}},
     "which was made in these logs",
     true},
    {"Azure: the sign-in of the token",
     PROVIDER_AZURE,
     {EVENT(0, "Microsoft.Network/virtualNetworkTaps/write", "mallory@contoso.example",
            "User", "uti-1", NULL, "s"),
      {ROW(-20, "Sign-in activity", "mallory@contoso.example", "User", NULL, "uti-1",
           NULL),
       .ip = "198.51.100.23"}},
     {{LINEAGE_ISSUED, 1}},
     "the sign-in",
     true},
    {"an act with a blank actor",
     PROVIDER_AWS,
     {EVENT(0, "CreateTrafficMirrorSession", NULL, NULL, NULL, NULL, OURS)},
     {{LINEAGE_ACT, 0}},
     "no credential",
     false},
    {"a device: the notice that follows the commands",
     PROVIDER_CISCO_IOS,
     {EVENT(0, "monitor session 7", "mallory", NULL, NULL, NULL, "sw1"),
      {ROW(-50, "SEC_LOGIN-5-LOGIN_SUCCESS", "mallory", NULL, NULL, NULL, "sw1"),
       .ip = "192.0.2.9"},
      {ROW(2, "SYS-5-CONFIG_I", "mallory", NULL, NULL, NULL, "sw1"),
       .ip = "198.51.100.23"},
      {ROW(1, "SYS-5-CONFIG_I", "mallory", NULL, NULL, NULL, "sw2"),
       .ip = "203.0.113.1"},
      {ROW(1, "SYS-5-CONFIG_I", "admin", NULL, NULL, NULL, "sw1"),
       .ip = "203.0.113.2"}},
     {{LINEAGE_CONFIGURED, 2}},
     "a user of the device",
     true},
    {"a device: the login before",
     PROVIDER_CISCO_IOS,
     {EVENT(0, "monitor session 7", "mallory", NULL, NULL, NULL, "sw1"),
      {ROW(-50, "SEC_LOGIN-5-LOGIN_SUCCESS", "mallory", NULL, NULL, NULL, "sw1"),
       .ip = "192.0.2.9"},
      {ROW(-9, "SEC_LOGIN-4-LOGIN_FAILED", "mallory", NULL, NULL, NULL, "sw1"),
       .ip = "192.0.2.10"},
      {ROW(-5, "SYS-5-CONFIG_I", "mallory", NULL, NULL, NULL, "sw1"),
       .ip = "192.0.2.11"},
      {ROW(90, "SYS-5-CONFIG_I", "mallory", NULL, NULL, NULL, "sw1"),
       .ip = "192.0.2.12"}},
     {{LINEAGE_LOGIN, 1}},
     "a user of the device",
     true},
    {"another provider",
     PROVIDER_OCI,
     {EVENT(0, "CreateVtap", "mallory", NULL, "k", NULL, "ocid1")},
     {{LINEAGE_ACT, 0}},
     "do not tell",
     false},
};

/* ---- a log that answers ---- */

struct asked {
    enum provider provider;
    const struct row *log;
    int questions;
};

static void read_row(const struct asked *asked, int at, struct lineage_event *out)
{
    const struct row *row = &asked->log[at];
    *out = (struct lineage_event){.source = 1, .offset = (uint64_t)at};
    event_clear(&out->event);
    out->event.provider = asked->provider;
    out->event.time_us = NOON + MINUTES(row->minute);
    out->event.outcome = row->outcome ? row->outcome : OUTCOME_SUCCESS;
    const struct {
        enum event_field field;
        const char *text;
    } texts[] = {
        {FIELD_OPERATION, row->operation},
        {FIELD_ACTOR, row->actor},
        {FIELD_ACTOR_TYPE, row->type},
        {FIELD_CREDENTIAL, row->key},
        {FIELD_ISSUED, row->issued},
        {FIELD_ACCOUNT, row->account},
        {FIELD_VIA, row->via},
        {FIELD_SOURCE_IP, row->ip},
        {FIELD_RESOURCE, row->resource},
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        out->event.text[texts[i].field] = slice_from(texts[i].text);
}

static bool answers(const struct lineage_question *question, const struct event *event)
{
    for (size_t i = 0; i < question->count; i++) {
        if (!slice_equal(event->text[question->all[i].field], question->all[i].value))
            return false;
    }
    return event->time_us >= question->from_us &&
           event->time_us <= question->until_us &&
           (!question->operation || question->operation(event->text[FIELD_OPERATION]));
}

static int64_t near_us; /* of the question whose answers are sorted */

static int by_distance(const void *left, const void *right)
{
    const struct lineage_event *a = left, *b = right;
    if (near_us == EVENT_TIME_NONE)
        return a->event.time_us < b->event.time_us ? -1 : 1;
    return llabs(a->event.time_us - near_us) < llabs(b->event.time_us - near_us) ? -1
                                                                                 : 1;
}

static int ask(void *payload, const struct lineage_question *question,
               struct arena *arena, struct lineage_event *out, size_t *count,
               struct error *error)
{
    struct asked *asked = payload;
    (void)arena;
    (void)error;
    asked->questions++;
    *count = 0;
    for (int i = 0; i < LOG_EVENTS && asked->log[i].operation; i++) {
        struct lineage_event event;
        read_row(asked, i, &event);
        if (answers(question, &event.event))
            out[(*count)++] = event;
    }
    near_us = question->near_us;
    qsort(out, *count, sizeof *out, by_distance);
    return 0;
}

static void follows_chains(void **state)
{
    struct arena *arena = *state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct chain_case *wanted = &cases[i];
        struct asked asked = {wanted->provider, wanted->log, 0};
        struct lineage_event act;
        struct lineage lineage;
        read_row(&asked, 0, &act);
        assert_int_equal(lineage_build(&act, ask, &asked, arena, &lineage, NULL), 0);
        size_t steps = 0;
        while (steps < STEPS && wanted->steps[steps].link != LINEAGE_ACT)
            steps++;
        if (lineage.count != steps + 1)
            fail_msg("%s: %zu steps, not %zu", wanted->name, lineage.count - 1, steps);
        for (size_t j = 0; j < steps; j++) {
            const struct lineage_step *step = &lineage.steps[j + 1];
            if (step->link != wanted->steps[j].link ||
                (int)step->at.offset != wanted->steps[j].row)
                fail_msg("%s: step %zu is row %d (%s)", wanted->name, j + 1,
                         (int)step->at.offset, lineage_link_words(step->link));
        }
        if (slice_find(lineage.ending, slice_from(wanted->ending)) < 0 ||
            lineage.reached != wanted->reached)
            fail_msg("%s: ends in \"%.*s\"", wanted->name, (int)lineage.ending.length,
                     lineage.ending.data);
    }
}

/* Each key given out by the next: endless, but for the limit. */
static int ask_endless(void *payload, const struct lineage_question *question,
                       struct arena *arena, struct lineage_event *out, size_t *count,
                       struct error *error)
{
    static const struct row row =
        EVENT(-1, "AssumeRole", "arn:aws:sts::1:assumed-role/R/s", NULL, "ASIA0",
              "ASIA0", NULL);
    struct asked asked = {PROVIDER_AWS, &row, 0};
    (void)question;
    (void)arena;
    (void)error;
    read_row(&asked, 0, out);
    out->offset = (uint64_t)++ * (int *)payload;
    *count = 1;
    return 0;
}

static void stops_at_the_limit(void **state)
{
    struct lineage lineage;
    struct asked asked = {PROVIDER_AWS, cases[0].log, 0};
    struct lineage_event act;
    int questions = 0;
    read_row(&asked, 0, &act);
    assert_int_equal(
        lineage_build(&act, ask_endless, &questions, *state, &lineage, NULL), 0);
    assert_true(lineage.count <= LIMIT_LINEAGE_STEPS);
    assert_true(questions < LIMIT_LINEAGE_STEPS);
    assert_false(lineage.reached);
    assert_true(slice_find(lineage.ending, SLICE("more steps")) >= 0);
}

static int ask_and_fail(void *payload, const struct lineage_question *question,
                        struct arena *arena, struct lineage_event *out, size_t *count,
                        struct error *error)
{
    (void)payload;
    (void)question;
    (void)arena;
    (void)out;
    (void)count;
    return error_set(error, ERROR_INTERRUPTED, "stopped");
}

static void hands_on_failures(void **state)
{
    struct lineage lineage;
    struct error error = {.code = ERROR_NONE};
    struct asked asked = {PROVIDER_AWS, cases[0].log, 0};
    struct lineage_event act;
    read_row(&asked, 0, &act);
    assert_int_equal(lineage_build(&act, ask_and_fail, NULL, *state, &lineage, &error),
                     -1);
    assert_int_equal(error.code, ERROR_INTERRUPTED);
}

static void puts_a_step_into_words(void **state)
{
    struct asked asked = {PROVIDER_AWS, cases[0].log, 0};
    struct lineage_step step = {.link = LINEAGE_ISSUED};
    read_row(&asked, 2, &step.at);
    step.at.event.text[FIELD_MFA] = SLICE("false");
    step.at.event.text[FIELD_SOURCE_IDENTITY] = SLICE("mallory@example.com");
    step.at.event.text[FIELD_SOURCE_TEXT] = SLICE("AWS Internal");
    struct slice words = lineage_step_words(&step, *state);
    assert_true(slice_equal(
        words, SLICE("AssumeRole by arn:aws:iam::111122223333:user/mallory, without "
                     "MFA, source identity mallory@example.com, from AWS Internal, "
                     "with AKIA0")));
    for (int i = 0; i < LINEAGE_LINK_COUNT; i++)
        assert_true(lineage_link_words((enum lineage_link)i)[0]);
    assert_true(lineage_link_is_proof(LINEAGE_ISSUED));
    assert_false(lineage_link_is_proof(LINEAGE_LOGIN));
}

static void picks_the_sighting_that_tells(void **state)
{
    (void)state;
    static const struct {
        int minute;
        bool configured;
    } all[] = {{-3000, false}, {-1441, false}, {-60, false}, {-59, false},
               {-1, true},     {30, false},    {59, true},   {61, true}};
    struct lineage_sighting list[8];
    for (int i = 0; i < 8; i++)
        list[i] =
            (struct lineage_sighting){NOON + MINUTES(all[i].minute), all[i].configured};
    assert_int_equal(lineage_pick_sighting(list, 8, NOON), 6);
    assert_int_equal(lineage_pick_sighting(list, 6, NOON), 3);
    assert_int_equal(lineage_pick_sighting(list, 2, NOON), -1);
    assert_int_equal(lineage_pick_sighting(list + 7, 1, NOON), 0);
    assert_int_equal(lineage_pick_sighting(list, 8, EVENT_TIME_NONE), -1);
    assert_int_equal(lineage_pick_sighting(list, 0, NOON), -1);
    assert_int_equal(lineage_sighting_kind(SLICE("SEC_LOGIN-5-LOGIN_SUCCESS")), 0);
    assert_int_equal(lineage_sighting_kind(SLICE("SYS-5-CONFIG_I")), 1);
    assert_int_equal(lineage_sighting_kind(SLICE("VSHD-5-VSHD_SYSLOG_CONFIG_I")), 1);
    assert_int_equal(lineage_sighting_kind(SLICE("SEC_LOGIN-4-LOGIN_FAILED")), -1);
    assert_int_equal(lineage_sighting_kind(SLICE("monitor session 1")), -1);
}

static int setup(void **state)
{
    static struct arena arena;
    arena_init(&arena);
    *state = &arena;
    return 0;
}

static int teardown(void **state)
{
    arena_fini(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(follows_chains),
        cmocka_unit_test(stops_at_the_limit),
        cmocka_unit_test(hands_on_failures),
        cmocka_unit_test(puts_a_step_into_words),
        cmocka_unit_test(picks_the_sighting_that_tells),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
