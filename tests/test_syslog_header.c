#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/syslog_header.h"

#define TEXT "%LINK-3-UPDOWN: Interface Gi1/0/3, changed state to up"

struct header_case {
    const char *line;
    const char *relay_stamp, *relay_host, *sequence, *host, *stamp, *process;
    bool uptime;
};

/* Every variety of header that is known, each with TEXT behind it. */
static const struct header_case headers[] = {
    {"<189>46: sw1: Mar 14 02:25:03.100 UTC: " TEXT, "", "", "46", "sw1",
     "Mar 14 02:25:03.100 UTC", "", false},
    {"<189>2360957: Jan  6 2026 20:52:12.861: " TEXT, "", "", "2360957", "",
     "Jan  6 2026 20:52:12.861", "", false},
    {"<190>2361044: sw01: Jan 16 2026 22:11:43 EDT: " TEXT, "", "", "2361044", "sw01",
     "Jan 16 2026 22:11:43 EDT", "", false},
    {"<188>179767: edge-1: Nov 23 22:23:27.833 NewYork: " TEXT, "", "", "179767",
     "edge-1", "Nov 23 22:23:27.833 NewYork", "", false},
    {"<189>387448: core-01: May 6 16:13:09.123 UTC+07:30: " TEXT, "", "", "387448",
     "core-01", "May 6 16:13:09.123 UTC+07:30", "", false},
    {"*Mar  1 00:00:00.123: " TEXT, "", "", "", "", "*Mar  1 00:00:00.123", "", false},
    {".Mar 14 02:25:03.100 CET: " TEXT, "", "", "", "", ".Mar 14 02:25:03.100 CET", "",
     false},
    {"<189>: Jan  6 2026 20:52:12.861: " TEXT, "", "", "", "",
     "Jan  6 2026 20:52:12.861", "", false},
    {"<190>3132783: ::: 3132779: Jul 11 09:01:02: " TEXT, "", "", "3132779", "",
     "Jul 11 09:01:02", "", false},
    {"<190>3132785: 0.0.0.0: 3132781: Jul 11 09:01:02: " TEXT, "", "", "3132781", "",
     "Jul 11 09:01:02", "", false},
    {"Feb  8 04:00:48 192.0.2.2 585917: Feb  8 04:00:47.272: " TEXT, "Feb  8 04:00:48",
     "192.0.2.2", "585917", "", "Feb  8 04:00:47.272", "", false},
    {"192.0.2.10 6705: Feb 17 13:40:03.673: " TEXT, "", "192.0.2.10", "6705", "",
     "Feb 17 13:40:03.673", "", false},
    {"2026-10-11T10:15:31.208321-05:00 edge-7 " TEXT,
     "2026-10-11T10:15:31.208321-05:00", "edge-7", "", "", "", "", false},
    {"<165>7433: ASR1: 007439: 2y10w: " TEXT, "", "", "007439", "ASR1", "2y10w", "",
     true},
    {"<189>12: 13w1d: " TEXT, "", "", "12", "", "13w1d", "", true},
    {"<189>12: 1d02h: " TEXT, "", "", "12", "", "1d02h", "", true},
    {"00:00:46: " TEXT, "", "", "", "", "00:00:46", "", true},
    {"<189>9: 18:47:02: " TEXT, "", "", "9", "", "18:47:02", "", true},
    {"<190>Original Address=192.0.2.1 1 2026-06-23T16:13:32.168Z kiwi1 MSGOUT wlc-3: "
     "*Jun 23 15:52:38.534: " TEXT,
     "2026-06-23T16:13:32.168Z", "kiwi1", "", "wlc-3", "*Jun 23 15:52:38.534", "",
     false},
    {"<189>Jun 12 18:10:50 192.0.2.85 " TEXT, "Jun 12 18:10:50", "192.0.2.85", "", "",
     "", "", false},
    {"Nov 1 14:07:58 nx-113 " TEXT, "Nov 1 14:07:58", "nx-113", "", "", "", "", false},
    {"<189>nx1: 2026 Apr 26 10:11:12.456 CEST: " TEXT, "", "", "", "nx1",
     "2026 Apr 26 10:11:12.456 CEST", "", false},
    {"<189>: 2026 May  2 12:57:15 UTC: " TEXT, "", "", "", "",
     "2026 May  2 12:57:15 UTC", "", false},
    {"<189>May  2 15:21:27 192.0.2.33 : 2026 May  2 15:21:27.206 UTC: " TEXT,
     "May  2 15:21:27", "", "", "192.0.2.33", "2026 May  2 15:21:27.206 UTC", "",
     false},
    {"<190>40: xr1 RP/0/RP0/CPU0:Oct  4 22:52:47.441 : proc[611]: " TEXT, "", "xr1",
     "40", "", "Oct  4 22:52:47.441", "proc[611]", false},
    {"RP/0/RP0/CPU0:Oct 20 17:14:37.407 UTC: config[65539]: " TEXT, "", "", "", "",
     "Oct 20 17:14:37.407 UTC", "config[65539]", false},
    {"<165>1 2026-03-14T02:25:05.719Z mx1 " TEXT, "2026-03-14T02:25:05.719Z", "mx1", "",
     "", "", "", false},
    {"<190>Mar 14 02:25:05 leaf1 Aaa: " TEXT, "Mar 14 02:25:05", "leaf1", "", "", "",
     "Aaa", false},
    {"Mar 14 02:25:05 sw1: " TEXT, "Mar 14 02:25:05", "", "", "sw1", "", "", false},
    {"Mar 14 02:25:05 relay1 46: sw1: " TEXT, "Mar 14 02:25:05", "relay1", "46", "sw1",
     "", "", false},
    {"<132>wlc1: *spamApTask1: May 26 18:52:01.958: " TEXT, "", "", "", "wlc1",
     "May 26 18:52:01.958", "", false},
    {"<189>46: 2001:db8::5: Mar 14 02:25:03 +0100: " TEXT, "", "", "46", "2001:db8::5",
     "Mar 14 02:25:03 +0100", "", false},
    {"<189>46: sw1: " TEXT, "", "", "46", "sw1", "", "", false},
    {TEXT, "", "", "", "", "", "", false},
    {"   <189>46: sw1: March 14 02:25:03: " TEXT "  \r", "", "", "46", "sw1",
     "March 14 02:25:03", "", false},
};

static void check(struct slice part, const char *expected, const char *line)
{
    if (slice_equal(part, slice_from(expected)))
        return;
    fail_msg("%s: \"%.*s\" is not \"%s\"", line, (int)part.length,
             part.data ? part.data : "", expected);
}

static void reads_every_header(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++) {
        const struct header_case *c = &headers[i];
        struct syslog_header header;
        assert_true(syslog_header_parse(slice_from(c->line), &header));
        check(header.relay_stamp, c->relay_stamp, c->line);
        check(header.relay_host, c->relay_host, c->line);
        check(header.sequence, c->sequence, c->line);
        check(header.host, c->host, c->line);
        check(header.stamp, c->stamp, c->line);
        check(header.process, c->process, c->line);
        check(header.token, "LINK-3-UPDOWN", c->line);
        check(header.facility, "LINK", c->line);
        check(header.text, "Interface Gi1/0/3, changed state to up", c->line);
        assert_int_equal(header.uptime, c->uptime);
        assert_false(header.tagged);
    }
}

static void anchors_on_the_first_token(void **state)
{
    static const struct {
        const char *line, *token, *facility, *text;
    } cases[] = {
        {"*Mar 14 02:25:03.100: %IOSXE-3-PLATFORM: R0/0: kernel: %LINK-3-UPDOWN: x",
         "IOSXE-3-PLATFORM", "IOSXE", "R0/0: kernel: %LINK-3-UPDOWN: x"},
        {"xr1: %MGBL-CONFIG-6-DB_COMMIT : Configuration committed", //
         "MGBL-CONFIG-6-DB_COMMIT", "MGBL-CONFIG", "Configuration committed"},
        {"apic1 %LOG_LOCAL0-2-SYSTEM_MSG [F0110] down", "LOG_LOCAL0-2-SYSTEM_MSG",
         "LOG_LOCAL0", "[F0110] down"},
        {"sw1: 100% of 50%-load %SYS-2-MALLOCFAIL: Memory", "SYS-2-MALLOCFAIL", "SYS",
         "Memory"},
        {"%SPANTREE-2-ROOTGUARD_BLOCK:", "SPANTREE-2-ROOTGUARD_BLOCK", "SPANTREE", ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct syslog_header header;
        assert_true(syslog_header_parse(slice_from(cases[i].line), &header));
        check(header.token, cases[i].token, cases[i].line);
        check(header.facility, cases[i].facility, cases[i].line);
        check(header.text, cases[i].text, cases[i].line);
    }
}

static void knows_what_is_no_device_line(void **state)
{
    static const char *const lines[] = {
        "",
        "%",
        "Mar 14 02:25:03 relay1 sshd[12]: Accepted publickey for root",
        "GET /a%2FB-5-C HTTP/1.1",
        "%SYS-9-NOSUCH: severity is 0 to 7",
        "%SYS-5-: no mnemonic",
        "%-5-CONFIG_I: no facility",
        "%5-CONFIG_I: no facility",
        "%SYS-5-config_i: lower case",
        "Mar 14 02:25:03 relay1 MYCISCO-IOS[1]: text",
        "Mar 14 02:25:03 relay1 CISCO-IOSXE: text",
    };
    (void)state;
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        struct syslog_header header;
        if (syslog_header_parse(slice_from(lines[i]), &header))
            fail_msg("%s: taken for a device's", lines[i]);
    }
}

static void reads_the_tag_of_a_relay(void **state)
{
    static const struct {
        const char *line, *relay_host, *token, *text;
    } cases[] = {
        {"Mar 14 02:25:03 relay1 CISCO-IOS[811]: monitor session 7 type erspan-source",
         "relay1", "", "monitor session 7 type erspan-source"},
        {"2026-03-14T02:25:03.1+01:00 relay1 CISCO-IOS: no monitor session 7", "relay1",
         "", "no monitor session 7"},
        {"<13>Mar 14 02:25:03 relay1 CISCO-IOS[811]: %SYS-5-CONFIG_I: Configured",
         "relay1", "SYS-5-CONFIG_I", "Configured"},
        {"CISCO-IOS: monitor session 1", "", "", "monitor session 1"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct syslog_header header;
        assert_true(syslog_header_parse(slice_from(cases[i].line), &header));
        assert_true(header.tagged);
        check(header.relay_host, cases[i].relay_host, cases[i].line);
        check(header.token, cases[i].token, cases[i].line);
        check(header.text, cases[i].text, cases[i].line);
    }
}

static void counts_of_repeats_are_no_messages(void **state)
{
    static const char *const lines[] = {
        "Mar 14 02:25:03 sw1 last message repeated 3 times",
        "--- last message repeated 2 times ---",
        "Mar 14 02:25:03 sw1 message repeated 5 times: [ %LINK-3-UPDOWN: Interface up]",
    };
    (void)state;
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        struct syslog_header header;
        assert_true(syslog_header_parse(slice_from(lines[i]), &header));
        assert_true(header.repeated);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_every_header),
        cmocka_unit_test(anchors_on_the_first_token),
        cmocka_unit_test(knows_what_is_no_device_line),
        cmocka_unit_test(reads_the_tag_of_a_relay),
        cmocka_unit_test(counts_of_repeats_are_no_messages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
