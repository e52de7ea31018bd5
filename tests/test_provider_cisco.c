#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "core/form.h"

struct normalised {
    struct normaliser *normaliser;
    struct event event;
    const char *reason;
};

static int make(void **state)
{
    static struct normalised fixture;
    const struct time_hint hint = {.year = 2026, .newest_us = EVENT_TIME_NONE};
    fixture.normaliser = normaliser_new();
    assert_non_null(fixture.normaliser);
    normaliser_reset(fixture.normaliser, &hint);
    *state = &fixture;
    return 0;
}

static int unmake(void **state)
{
    struct normalised *fixture = *state;
    normaliser_free(fixture->normaliser);
    return 0;
}

static enum record_class read_line(struct normalised *fixture, const char *line)
{
    const struct frame_item item = {.kind = FRAME_LINE, .bytes = slice_from(line)};
    return normalise(fixture->normaliser, &item, NULL, &fixture->event,
                     &fixture->reason);
}

static void check(const struct normalised *fixture, enum event_field field,
                  const char *expected)
{
    struct slice text = fixture->event.text[field];
    if (slice_equal(text, slice_from(expected)))
        return;
    fail_msg("%s: \"%.*s\" is not \"%s\"", event_fields[field].name, (int)text.length,
             text.data ? text.data : "", expected);
}

/* ---- one line ---- */

struct line_case {
    const char *line;
    const char *operation, *service, *actor, *account, *source_ip, *source_text;
    enum outcome outcome;
};

static const struct line_case lines[] = {
    {"<189>46: sw1: Mar 14 02:25:03.100 UTC: %PARSER-5-CFGLOG_LOGGEDCMD: User:mallory  "
     "logged command:monitor session 7 type erspan-source",
     "monitor session 7 type erspan-source", "PARSER-5-CFGLOG_LOGGEDCMD", "mallory",
     "sw1", "", "", OUTCOME_SUCCESS},
    {"192.0.2.5 6705: Feb 17 13:40:03.673: %PARSER-5-CFGLOG_LOGGEDCMD: User:admin "
     "logged command:  no access-session port-control ",
     "no access-session port-control", "PARSER-5-CFGLOG_LOGGEDCMD", "admin",
     "192.0.2.5", "", "", OUTCOME_SUCCESS},
    {"*Mar 14 02:25:03.100: %PARSER-5-CFGLOG_LOGGEDCMD: User:console  logged "
     "command:!exec: enable",
     "!exec: enable", "PARSER-5-CFGLOG_LOGGEDCMD", "console", "", "", "",
     OUTCOME_SUCCESS},
    {"Mar 14 02:25:03 relay1 CISCO-IOS[811]: monitor session 1 source interface Gi0/1",
     "monitor session 1 source interface Gi0/1", "PARSER-5-CFGLOG_LOGGEDCMD", "",
     "relay1", "", "", OUTCOME_SUCCESS},
    {"<189>30: sw1: May 23 13:56:15.055: %SYS-5-CONFIG_I: Configured from console by "
     "mallory on vty0 (198.51.100.23)",
     "SYS-5-CONFIG_I", "SYS", "mallory", "sw1", "198.51.100.23", "", OUTCOME_SUCCESS},
    {"sw1: *Mar  1 18:48:50.483 UTC: %SYS-5-CONFIG_I: Configured from console by vty2 "
     "(198.51.100.24)",
     "SYS-5-CONFIG_I", "SYS", "", "sw1", "198.51.100.24", "", OUTCOME_SUCCESS},
    {"<189>27: sw1: May 31 15:54:54.567 MEST: %SYS-5-CONFIG_I: Configured from console "
     "by admin on console",
     "SYS-5-CONFIG_I", "SYS", "admin", "sw1", "", "console", OUTCOME_SUCCESS},
    {"<189>27: sw1: May 31 15:54:54.567: %SYS-5-CONFIG_I: Configured from console by "
     "console",
     "SYS-5-CONFIG_I", "SYS", "console", "sw1", "", "console", OUTCOME_SUCCESS},
    {"<189>27: sw1: May 31 15:54:54.567: %SYS-5-CONFIG_I: Configured from "
     "tftp://192.0.2.9/boot by console",
     "SYS-5-CONFIG_I", "SYS", "console", "sw1", "", "tftp://192.0.2.9/boot",
     OUTCOME_SUCCESS},
    {"sw1: Mar 14 02:25:03: %SYS-5-CONFIG_P: Configured programmatically by process "
     "SEP_webui_wsma_http from console as mallory on vty0 (2001:db8::23)",
     "SYS-5-CONFIG_P", "SYS", "mallory", "sw1", "2001:db8::23", "", OUTCOME_SUCCESS},
    {"sw1: Mar 14 02:25:03: %DMI-5-CONFIG_I: R0/0: dmiauthd: Configured from "
     "NETCONF/RESTCONF by admin, transaction-id 4711",
     "DMI-5-CONFIG_I", "DMI", "admin", "sw1", "", "NETCONF/RESTCONF", OUTCOME_SUCCESS},
    {"sw1: Mar 14 02:25:03: %SEC_LOGIN-5-LOGIN_SUCCESS: Login Success [user: mallory] "
     "[Source: 198.51.100.23] [localport: 22] at 02:25:03 UTC Sat Mar 14 2026",
     "SEC_LOGIN-5-LOGIN_SUCCESS", "SEC_LOGIN", "mallory", "sw1", "198.51.100.23", "",
     OUTCOME_SUCCESS},
    {"sw1: Mar 14 02:25:03: %SEC_LOGIN-4-LOGIN_FAILED: Login failed [user: root] "
     "[Source: UNKNOWN] [localport: 22] [Reason: Login Authentication Failed]",
     "SEC_LOGIN-4-LOGIN_FAILED", "SEC_LOGIN", "root", "sw1", "", "UNKNOWN",
     OUTCOME_FAILURE},
    /* what only looks like mirroring */
    {"sw1: Mar 14 02:25:03: %SPANTREE-2-ROOTGUARD_BLOCK: Root guard blocking port "
     "GigabitEthernet1/0/7 on VLAN0020.",
     "SPANTREE-2-ROOTGUARD_BLOCK", "SPANTREE", "", "sw1", "", "", OUTCOME_UNKNOWN},
    {"RP/0/RP0/CPU0:Oct 20 19:34:46.088 UTC: nfsvr[317]: "
     "%MGBL-NETFLOW-6-INFO_CACHE_SIZE_EXCEEDED : Cache size of 65535 for monitor "
     "NETFLOW has been exceeded",
     "MGBL-NETFLOW-6-INFO_CACHE_SIZE_EXCEEDED", "MGBL-NETFLOW", "", "", "", "",
     OUTCOME_UNKNOWN},
    {"sw1: Mar 14 02:25:03: %PARSER-5-CFGLOG_LOGGEDCMD: User:bob  logged "
     "command:!exec: monitor capture CAP start",
     "!exec: monitor capture CAP start", "PARSER-5-CFGLOG_LOGGEDCMD", "bob", "sw1", "",
     "", OUTCOME_SUCCESS},
    {"sw1: Mar 14 02:25:03: %PARSER-5-CFGLOG_LOGGEDCMD: User:bob  logged "
     "command:monitor event-trace all-traces",
     "monitor event-trace all-traces", "PARSER-5-CFGLOG_LOGGEDCMD", "bob", "sw1", "",
     "", OUTCOME_SUCCESS},
};

static void fills_events(void **state)
{
    struct normalised *fixture = *state;
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        const struct line_case *c = &lines[i];
        print_message("%s\n", c->line);
        assert_int_equal(read_line(fixture, c->line), RECORD_EVENT);
        bool node = strstr(c->line, "RP/0/") != NULL;
        assert_int_equal(fixture->event.provider,
                         node ? PROVIDER_CISCO_IOSXR : PROVIDER_CISCO_IOS);
        check(fixture, FIELD_FORM, node ? "cisco-iosxr-syslog" : "cisco-ios-syslog");
        check(fixture, FIELD_OPERATION, c->operation);
        check(fixture, FIELD_SERVICE, c->service);
        check(fixture, FIELD_ACTOR, c->actor);
        check(fixture, FIELD_ACCOUNT, c->account);
        check(fixture, FIELD_SOURCE_IP, c->source_ip);
        check(fixture, FIELD_SOURCE_TEXT, c->source_text);
        check(fixture, FIELD_MODE, "");
        assert_int_equal(fixture->event.outcome, c->outcome);
    }
}

static void tells_what_is_no_event(void **state)
{
    static const struct {
        const char *line;
        enum record_class class;
    } cases[] = {
        {"Mar 14 02:25:03 relay1 sshd[12]: Accepted publickey", RECORD_UNKNOWN},
        {"monitor session 7 type erspan-source", RECORD_UNKNOWN},
        {"", RECORD_SKIPPED},
        {" \t-----\r", RECORD_SKIPPED},
        {"Mar 14 02:25:03 sw1 last message repeated 3 times", RECORD_SKIPPED},
        {"Mar 14 02:25:03 relay1 CISCO-IOS[811]: ", RECORD_SKIPPED},
    };
    struct normalised *fixture = *state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(read_line(fixture, cases[i].line), cases[i].class);
        assert_non_null(fixture->reason);
    }
}

/* ---- time and identity ---- */

static void takes_the_device_time(void **state)
{
    static const struct {
        const char *line, *time, *time_text;
    } cases[] = {
        {"Mar 14 04:25:09 relay1 46: sw1: Mar 14 02:25:03.100 UTC: %SYS-6-CLOCKUPDATE: "
         "x",
         "2026-03-14T02:25:03.1Z", "Mar 14 02:25:03.100 UTC"},
        {"Mar 14 02:25:09 relay1 46: sw1: %SYS-6-CLOCKUPDATE: x",
         "2026-03-14T02:25:09Z", "Mar 14 02:25:09"},
        {"2026-03-14T02:25:09Z relay1 CISCO-IOS: %SYS-6-CLOCKUPDATE: x",
         "2026-03-14T02:25:09Z", ""},
        {"<165>7: sw1: 2y10w: %SYS-6-CLOCKUPDATE: x", "", "2y10w"},
        {"<165>7: sw1: %SYS-6-CLOCKUPDATE: x", "", ""},
    };
    struct normalised *fixture = *state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char time[TIMESTAMP_TEXT_MAX];
        assert_int_equal(read_line(fixture, cases[i].line), RECORD_EVENT);
        timestamp_format(fixture->event.time_us, time);
        assert_string_equal(time, cases[i].time);
        check(fixture, FIELD_TIME_TEXT, cases[i].time_text);
    }
    read_line(fixture, cases[2].line);
    assert_int_equal(fixture->event.time_quality, TIME_RECEIVER_CLOCK);
    read_line(fixture, cases[3].line);
    assert_int_equal(fixture->event.time_quality, TIME_UPTIME_ONLY);
}

static void merges_only_numbered_lines(void **state)
{
    struct normalised *fixture = *state;
    char first[128];
    read_line(fixture, "<189>46: sw1: Mar 14 02:25:03: %SYS-5-RESTART: x");
    struct slice key = fixture->event.merge_key;
    assert_in_range(key.length, 1, sizeof(first));
    memcpy(first, key.data, key.length);
    key.data = first;
    /* a relay adds its own header: the same line */
    read_line(fixture,
              "Mar 14 02:25:04 r1 46: sw1: Mar 14 02:25:03: %SYS-5-RESTART: x");
    assert_true(slice_equal(fixture->event.merge_key, key));
    read_line(fixture, "<189>47: sw1: Mar 14 02:25:03: %SYS-5-RESTART: x");
    assert_false(slice_equal(fixture->event.merge_key, key));
    read_line(fixture, "<189>46: sw2: Mar 14 02:25:03: %SYS-5-RESTART: x");
    assert_false(slice_equal(fixture->event.merge_key, key));
    read_line(fixture, "sw1: Mar 14 02:25:03: %SYS-5-RESTART: x");
    assert_false(slice_present(fixture->event.merge_key));
}

/* ---- modes ---- */

struct step {
    const char *user, *minute, *command, *mode;
};

/* A notice in place of a command has no colon-separated user. */
static void follow(struct normalised *fixture, const struct step *steps, size_t count)
{
    char line[512];
    for (size_t i = 0; i < count; i++) {
        const struct step *step = &steps[i];
        if (step->command[0] == '%')
            snprintf(line, sizeof(line), "sw1: Mar 14 %s: %s", step->minute,
                     step->command);
        else
            snprintf(line, sizeof(line),
                     "sw1: Mar 14 %s: %%PARSER-5-CFGLOG_LOGGEDCMD: User:%s  logged "
                     "command:%s",
                     step->minute, step->user, step->command);
        print_message("%s\n", line);
        assert_int_equal(read_line(fixture, line), RECORD_EVENT);
        check(fixture, FIELD_MODE, step->mode);
    }
}
#define FOLLOW(fixture, steps)                                                         \
    follow(fixture, steps, sizeof(steps) / sizeof((steps)[0]))

#define M7 "monitor session 7 type erspan-source"

static void follows_an_erspan_session(void **state)
{
    static const struct step steps[] = {
        {"mallory", "02:25:00", M7, ""},
        {"mallory", "02:25:01", "source interface GigabitEthernet1/0/1 both", M7},
        {"mallory", "02:25:02", "vlan-is-no-mode-word", ""},
        {"mallory", "02:25:03", M7, ""},
        {"mallory", "02:25:04", "source vlan 20 rx", M7},
        {"bob", "02:25:04", "ip address 192.0.2.1 255.255.255.0", ""},
        {"mallory", "02:25:05", "do show monitor", ""},
        {"mallory", "02:25:05", "!exec: show monitor", ""},
        {"mallory", "02:25:05", "destination", M7},
        {"mallory", "02:25:06", "erspan-id 7", M7 " ; destination"},
        {"mallory", "02:25:07", "ip address 203.0.113.66", M7 " ; destination"},
        {"mallory", "02:25:08", "origin ip address 192.0.2.1", M7 " ; destination"},
        {"mallory", "02:25:09", "exit", M7 " ; destination"},
        {"mallory", "02:25:10", "no shutdown", M7},
        {"mallory", "02:25:11", "exit", M7},
        {"mallory", "02:25:12", "shutdown", ""},
        {"mallory", "02:25:13", "ip address 203.0.113.66", ""},
    };
    FOLLOW(*state, steps);
}

static void ends_a_mode(void **state)
{
    static const struct step steps[] = {
        /* another mode */
        {"mallory", "03:00:00", M7, ""},
        {"mallory", "03:00:01", "interface Vlan20", ""},
        {"mallory", "03:00:02", "ip address 192.0.2.1 255.255.255.0", ""},
        /* end, out of the inner mode too */
        {"mallory", "03:01:00", M7, ""},
        {"mallory", "03:01:01", "destination", M7},
        {"mallory", "03:01:02", "end", M7 " ; destination"},
        {"mallory", "03:01:03", "mtu 1500", ""},
        /* ten minutes */
        {"mallory", "03:02:00", M7, ""},
        {"mallory", "03:12:00", "source vlan 20", M7},
        {"mallory", "03:22:01", "source vlan 21", ""},
        /* leaving configuration, that user alone */
        {"mallory", "03:30:00", M7, ""},
        {"bob", "03:30:00", "monitor session 8 type local", ""},
        {"", "03:30:01", "%SYS-5-CONFIG_I: Configured from console by bob on vty1", ""},
        {"bob", "03:30:02", "source vlan 20", ""},
        {"mallory", "03:30:02", "source vlan 20", M7},
        /* a one-line form */
        {"mallory", "03:30:03", "monitor session 1 source interface Gi0/1", ""},
        {"mallory", "03:30:04", "source vlan 20", ""},
        {"mallory", "03:31:00", "no " M7, ""},
        {"mallory", "03:31:01", "source vlan 20", ""},
    };
    FOLLOW(*state, steps);
}

static void knows_abbreviations_and_other_modes(void **state)
{
    static const struct step steps[] = {
        {"eve", "04:00:00", "mon sess 7 ty erspan-destination", ""},
        {"eve", "04:00:01", "so", "monitor session 7 type erspan-destination"},
        {"eve", "04:00:02", "ip addr 192.0.2.1",
         "monitor session 7 type erspan-destination ; source"},
        {"eve", "04:01:00", "vlan 900", ""},
        {"eve", "04:01:01", "remote-span", "vlan 900"},
        {"eve", "04:01:02", "vlan access-map X 10", ""},
        {"eve", "04:01:03", "remote-span", ""},
        {"eve", "04:02:00", "ip traffic-export profile TAP", ""},
        {"eve", "04:02:01", "interface FastEthernet0/1",
         "ip traffic-export profile TAP"},
        {"eve", "04:02:02", "bidirectional", "ip traffic-export profile TAP"},
        {"eve", "04:02:03", "interface FastEthernet0/0", ""},
        {"eve", "04:02:04", "description uplink", ""},
        {"eve", "04:02:05", "ip traffic-export apply TAP", "interface FastEthernet0/0"},
        {"eve", "04:03:00", "monitor capture CAP interface Gi1 both", ""},
        {"eve", "04:03:01", "source vlan 20", ""},
    };
    FOLLOW(*state, steps);
}

static void remembers_no_more_than_its_limit(void **state)
{
    struct normalised *fixture = *state;
    char line[256];
    for (int i = 0; i <= LIMIT_DEVICE_CONTEXTS; i++) {
        snprintf(line, sizeof(line),
                 "d%d: %%PARSER-5-CFGLOG_LOGGEDCMD: User:u  logged "
                 "command:" M7,
                 i);
        read_line(fixture, line);
    }
    read_line(fixture, "d0: %PARSER-5-CFGLOG_LOGGEDCMD: User:u  logged command:mtu 9");
    check(fixture, FIELD_MODE, "");
    read_line(fixture, "d1: %PARSER-5-CFGLOG_LOGGEDCMD: User:u  logged command:mtu 9");
    check(fixture, FIELD_MODE, M7);
    normaliser_reset(fixture->normaliser, NULL);
    read_line(fixture, "d1: %PARSER-5-CFGLOG_LOGGEDCMD: User:u  logged command:mtu 9");
    check(fixture, FIELD_MODE, "");
}

/* ---- mirrors ---- */

static void reads_mirror_facts(void **state)
{
    static const struct {
        const char *command, *mode, *mirror, *mirrored, *destination, *resource;
        bool off;
    } cases[] = {
        {"monitor session 1 source interface Gi1/0/1 - 3 rx", "", "sw1/session 1",
         "Gi1/0/1 - 3 rx", "", "session 1", false},
        {"mon sess 1 so vlan 20", "", "sw1/session 1", "vlan 20", "", "session 1",
         false},
        {"monitor session 1 destination interface Gi1/0/24 encapsulation replicate", "",
         "sw1/session 1", "", "Gi1/0/24", "session 1", false},
        {"monitor session 2 destination remote vlan 900", "", "sw1/session 2", "",
         "remote vlan 900", "session 2", false},
        {M7, "", "sw1/session 7", "", "", "session 7", false},
        {"source interface Gi1/0/1 both", M7, "sw1/session 7", "Gi1/0/1 both", "",
         "session 7", false},
        {"ip address 203.0.113.66", M7 " ; destination", "sw1/session 7", "",
         "203.0.113.66", "session 7", false},
        {"origin ip address 192.0.2.1", M7 " ; destination", "sw1/session 7", "", "",
         "session 7", false},
        {"destination ip 203.0.113.66", "monitor session 3", "sw1/session 3", "",
         "203.0.113.66", "session 3", false},
        {"destination", M7, "sw1/session 7", "", "", "session 7", false},
        {"shutdown", M7, "sw1/session 7", "", "", "session 7", true},
        {"no shutdown", M7, "sw1/session 7", "", "", "session 7", false},
        {"no source vlan 20", M7, "sw1/session 7", "", "", "session 7", false},
        {"no monitor session 7", "", "sw1/session 7", "", "", "session 7", false},
        {"ip traffic-export profile TAP", "", "sw1/traffic-export TAP", "", "",
         "traffic-export TAP", false},
        {"interface Fa0/1", "ip traffic-export profile TAP", "sw1/traffic-export TAP",
         "", "Fa0/1", "traffic-export TAP", false},
        {"ip traffic-export apply TAP", "interface Fa0/0", "sw1/traffic-export TAP",
         "Fa0/0", "", "traffic-export TAP", false},
        {"remote-span", "vlan 900", "", "", "", "vlan 900", false},
    };
    struct normalised *fixture = *state;
    struct arena arena;
    arena_init(&arena);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        print_message("%s\n", cases[i].command);
        event_clear(&fixture->event);
        fixture->event.provider = PROVIDER_CISCO_IOS;
        fixture->event.text[FIELD_ACCOUNT] = SLICE("sw1");
        fixture->event.text[FIELD_OPERATION] = slice_from(cases[i].command);
        fixture->event.text[FIELD_MODE] = slice_from(cases[i].mode);
        mirror_facts(&fixture->event, SLICE("raw"), &arena);
        check(fixture, FIELD_MIRROR, cases[i].mirror);
        check(fixture, FIELD_MIRRORED, cases[i].mirrored);
        check(fixture, FIELD_DESTINATION, cases[i].destination);
        check(fixture, FIELD_RESOURCE, cases[i].resource);
        assert_int_equal(fixture->event.switched_off, cases[i].off);
    }
    arena_fini(&arena);
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, make, unmake)
    const struct CMUnitTest tests[] = {
        TEST(fills_events),
        TEST(tells_what_is_no_event),
        TEST(takes_the_device_time),
        TEST(merges_only_numbered_lines),
        TEST(follows_an_erspan_session),
        TEST(ends_a_mode),
        TEST(knows_abbreviations_and_other_modes),
        TEST(remembers_no_more_than_its_limit),
        TEST(reads_mirror_facts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
