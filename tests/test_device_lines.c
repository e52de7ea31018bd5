#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "core/device_line.h"
#include "tests/record_bed.h"

/* Every form of device lines, by what it says: one row each, its variants below it. */
struct line_case {
    const char *lines; /* the last one is looked at, those before it lead to it */
    const char *form;
    enum provider provider;
    enum outcome outcome;
    const char *operation, *mode, *actor, *address, *place, *account, *time, *resource;
    enum time_quality quality;
};

#define SYS "%PARSER-5-CFGLOG_LOGGEDCMD: User:mallory  logged command:"

static const struct line_case cases[] = {
    /* D1 the config logger */
    {"<189>46: sw1: Mar 14 02:25:03.100 UTC: " SYS "monitor session 7 type "
     "erspan-source\n"
     "<189>47: sw1: Mar 14 02:25:04 UTC: " SYS "no shutdown",
     "cisco-ios-syslog", PROVIDER_CISCO_IOS, OUTCOME_SUCCESS,
     .operation = "no shutdown", .mode = "monitor session 7 type erspan-source",
     .actor = "mallory", .account = "sw1", .time = "2026-03-14T02:25:04Z",
     .quality = TIME_EXACT},
    /* D1b what it tells of who was there */
    {"sw1: Mar 14 02:25:03 UTC: %SYS-5-CONFIG_I: Configured from console by mallory on "
     "vty0 (198.51.100.23)",
     "cisco-ios-syslog", PROVIDER_CISCO_IOS, OUTCOME_SUCCESS,
     .operation = "SYS-5-CONFIG_I", .actor = "mallory", .address = "198.51.100.23",
     .account = "sw1", .time = "2026-03-14T02:25:03Z", .quality = TIME_EXACT},
    {"sw1: Mar 14 02:25:03 UTC: %DMI-5-AUTH_PASSED: R0/0: dmiauthd: User 'mallory' "
     "authenticated successfully from 198.51.100.23:51234 and was authorized for "
     "netconf "
     "over ssh. External groups: PRIV15",
     "cisco-ios-syslog", PROVIDER_CISCO_IOS, OUTCOME_SUCCESS,
     .operation = "DMI-5-AUTH_PASSED", .actor = "mallory", .address = "198.51.100.23",
     .account = "sw1", .time = "2026-03-14T02:25:03Z", .quality = TIME_EXACT},
    {"sw1: Mar 14 02:25:03 UTC: %SYS-5-RELOAD: Reload requested by mallory on vty0 "
     "(198.51.100.23). Reload Reason: Reload Command.",
     "cisco-ios-syslog", PROVIDER_CISCO_IOS, OUTCOME_SUCCESS,
     .operation = "SYS-5-RELOAD", .actor = "mallory", .address = "198.51.100.23",
     .account = "sw1", .time = "2026-03-14T02:25:03Z", .quality = TIME_EXACT},
    {"sw1: Mar 14 02:25:03 UTC: %SYS-5-RESTART: System restarted --",
     "cisco-ios-syslog", PROVIDER_CISCO_IOS, OUTCOME_SUCCESS,
     .operation = "SYS-5-RESTART", .account = "sw1", .time = "2026-03-14T02:25:03Z",
     .quality = TIME_EXACT},
    {"sw1: Mar 14 02:25:03 UTC: %SYS-6-LOGOUT: User mallory has exited tty session "
     "2(198.51.100.23)",
     "cisco-ios-syslog", PROVIDER_CISCO_IOS, OUTCOME_SUCCESS,
     .operation = "SYS-6-LOGOUT", .actor = "mallory", .address = "198.51.100.23",
     .account = "sw1", .time = "2026-03-14T02:25:03Z", .quality = TIME_EXACT},
    {"sw1: Mar 14 02:25:03 UTC: %SSH-5-SSH2_USERAUTH: User 'mallory' authentication "
     "for "
     "SSH2 Session from 198.51.100.23 (tty = 1) using crypto cipher 'aes256-ctr', hmac "
     "'hmac-sha2-256' Failed",
     "cisco-ios-syslog", PROVIDER_CISCO_IOS, OUTCOME_FAILURE,
     .operation = "SSH-5-SSH2_USERAUTH", .actor = "mallory", .address = "198.51.100.23",
     .account = "sw1", .time = "2026-03-14T02:25:03Z", .quality = TIME_EXACT},
    /* D2 show archive log config all */
    {"sw1#show archive log config all\n"
     " idx   sess           user@line      Logged command\n"
     "    1     1        mallory@vty0     |monitor session 7 type erspan-source\n"
     "    2     1        mallory@vty0     | source interface GigabitEthernet1/0/1",
     "cisco-archive-log", PROVIDER_CISCO_IOS, OUTCOME_SUCCESS,
     .operation = "source interface GigabitEthernet1/0/1",
     .mode = "monitor session 7 type erspan-source", .actor = "mallory",
     .place = "vty0", .account = "sw1", .quality = TIME_NONE},
    /* D3 NX-OS syslog */
    {"<189>: 2026 Mar 14 02:25:01 UTC: %VSHD-5-VSHD_SYSLOG_CONFIG_I: Configured from "
     "vty "
     "by mallory on 198.51.100.23@pts/0",
     "cisco-nxos-syslog", PROVIDER_CISCO_NXOS, OUTCOME_SUCCESS,
     .operation = "VSHD-5-VSHD_SYSLOG_CONFIG_I", .actor = "mallory",
     .address = "198.51.100.23", .time = "2026-03-14T02:25:01Z", .quality = TIME_EXACT},
    {"<189>nx1: 2026 Mar 14 02:25:01 UTC: %AAA-6-AAA_ACCOUNTING_MESSAGE: "
     "update:198.51.100.23@pts/0:mallory:configure terminal ; monitor session 3 type "
     "erspan-source ; destination ip 203.0.113.66 (SUCCESS)",
     "cisco-nxos-syslog", PROVIDER_CISCO_NXOS, OUTCOME_SUCCESS,
     .operation = "destination ip 203.0.113.66",
     .mode = "monitor session 3 type erspan-source", .actor = "mallory",
     .address = "198.51.100.23", .account = "nx1", .time = "2026-03-14T02:25:01Z",
     .quality = TIME_EXACT},
    {"<189>nx1: 2026 Mar 14 02:25:01 UTC: %AAA-6-AAA_ACCOUNTING_MESSAGE: "
     "update:2001:db8::23@ssh.26046:mallory:show clock (SUCCESS)",
     "cisco-nxos-syslog", PROVIDER_CISCO_NXOS, OUTCOME_SUCCESS,
     .operation = "show clock", .actor = "mallory", .address = "2001:db8::23",
     .account = "nx1", .time = "2026-03-14T02:25:01Z", .quality = TIME_EXACT},
    {"<189>nx1: 2026 Mar 14 02:25:01 UTC: %VSHD-5-VSHD_SYSLOG_CMD_EXEC: User:jdoe "
     "executed the command:monitor session 3",
     "cisco-nxos-syslog", PROVIDER_CISCO_NXOS, OUTCOME_SUCCESS,
     .operation = "monitor session 3", .actor = "jdoe", .account = "nx1",
     .time = "2026-03-14T02:25:01Z", .quality = TIME_EXACT},
    {"<187>nx1: 2026 Mar 14 02:25:01 UTC: %AUTHPRIV-3-SYSTEM_MSG: "
     "pam_aaa:Authentication "
     "failed for user mallory from 198.51.100.23 - sshd[12977]",
     "cisco-nxos-syslog", PROVIDER_CISCO_NXOS, OUTCOME_FAILURE,
     .operation = "AUTHPRIV-3-SYSTEM_MSG", .actor = "mallory",
     .address = "198.51.100.23", .account = "nx1", .time = "2026-03-14T02:25:01Z",
     .quality = TIME_EXACT},
    /* D4 show accounting log */
    {"nx1# show accounting log\n"
     "Sat Mar 14 02:25:05 2026:type=update:id=198.51.100.23@pts/0:user=mallory:"
     "cmd=configure terminal ; monitor session 3 type erspan-source ; no shut "
     "(SUCCESS)",
     "cisco-nxos-accounting", PROVIDER_CISCO_NXOS, OUTCOME_SUCCESS,
     .operation = "no shut", .mode = "monitor session 3 type erspan-source",
     .actor = "mallory", .address = "198.51.100.23", .account = "nx1",
     .time = "2026-03-14T02:25:05Z", .quality = TIME_ZONE_ASSUMED},
    {"Sat Mar 14 02:25:05 2026:type=update:id=console0:user=admin:cmd=configure "
     "terminal "
     "; no monitor session 3 (FAILURE)",
     "cisco-nxos-accounting", PROVIDER_CISCO_NXOS, OUTCOME_FAILURE,
     .operation = "no monitor session 3", .actor = "admin", .place = "console0",
     .time = "2026-03-14T02:25:05Z", .quality = TIME_ZONE_ASSUMED},
    /* D5 IOS XR */
    {"<190>40: xr1 RP/0/RP0/CPU0:Mar 14 02:25:05.441 UTC: config[67310]: "
     "%MGBL-CONFIG-6-DB_COMMIT : Configuration committed by user 'mallory'. Use 'show "
     "configuration commit changes 1000000093' to view the changes.",
     "cisco-iosxr-syslog", PROVIDER_CISCO_IOSXR, OUTCOME_SUCCESS,
     .operation = "MGBL-CONFIG-6-DB_COMMIT", .actor = "mallory", .account = "xr1",
     .time = "2026-03-14T02:25:05.441Z", .resource = "commit 1000000093",
     .quality = TIME_EXACT},
    {"RP/0/RP0/CPU0:Mar 14 02:25:05.441 UTC: config[67105]: %MGBL-SYS-5-CONFIG_I : "
     "Configured from console by core on vty0 (198.51.100.23)",
     "cisco-iosxr-syslog", PROVIDER_CISCO_IOSXR, OUTCOME_SUCCESS,
     .operation = "MGBL-SYS-5-CONFIG_I", .actor = "core", .address = "198.51.100.23",
     .time = "2026-03-14T02:25:05.441Z", .quality = TIME_EXACT},
    {"<190>41: xr1 RP/0/RP0/CPU0:Mar 14 02:25:05 UTC: SSHD_[65935]: "
     "%SECURITY-SSHD-6-INFO_USER_LOGOUT : User 'mallory' from '198.51.100.23' logged "
     "out "
     "on 'vty0'",
     "cisco-iosxr-syslog", PROVIDER_CISCO_IOSXR, OUTCOME_SUCCESS,
     .operation = "SECURITY-SSHD-6-INFO_USER_LOGOUT", .actor = "mallory",
     .address = "198.51.100.23", .account = "xr1", .time = "2026-03-14T02:25:05Z",
     .quality = TIME_EXACT},
    /* D6 Junos */
    {"<190>Mar 14 02:25:05 mx1 mgd[7729]: UI_CMDLINE_READ_LINE: User 'mallory', "
     "command "
     "'set forwarding-options analyzer A1 output ip-address 203.0.113.66 '",
     "junos-syslog", PROVIDER_JUNOS, OUTCOME_PENDING,
     .operation = "set forwarding-options analyzer A1 output ip-address 203.0.113.66",
     .actor = "mallory", .account = "mx1", .time = "2026-03-14T02:25:05Z",
     .quality = TIME_ZONE_ASSUMED},
    {"Mar 14 02:25:05.510 2026  mx1 mgd[7729]: UI_CMDLINE_READ_LINE: User 'jdoe' "
     "command "
     "'edit forwarding-options '\n"
     "Mar 14 02:25:06.510 2026  mx1 mgd[7729]: UI_CMDLINE_READ_LINE: User 'jdoe' "
     "command "
     "'edit analyzer A1 '\n"
     "Mar 14 02:25:07.510 2026  mx1 mgd[7729]: UI_CMDLINE_READ_LINE: User 'jdoe' "
     "command "
     "'set output interface ge-0/0/9 '",
     "junos-syslog", PROVIDER_JUNOS, OUTCOME_PENDING,
     .operation = "set output interface ge-0/0/9",
     .mode = "edit forwarding-options analyzer A1", .actor = "jdoe", .account = "mx1",
     .time = "2026-03-14T02:25:07.51Z", .quality = TIME_ZONE_ASSUMED},
    {"Mar 14 02:25:05 mx1 mgd[7729]: UI_CMDLINE_READ_LINE: User 'jdoe', command 'edit "
     "forwarding-options analyzer A1 '\n"
     "Mar 14 02:25:06 mx1 mgd[7729]: UI_CMDLINE_READ_LINE: User 'jdoe', command 'exit "
     "'\n"
     "Mar 14 02:25:07 mx1 mgd[7729]: UI_CMDLINE_READ_LINE: User 'jdoe', command 'set "
     "system host-name mx2 '",
     "junos-syslog", PROVIDER_JUNOS, OUTCOME_PENDING,
     .operation = "set system host-name mx2", .actor = "jdoe", .account = "mx1",
     .time = "2026-03-14T02:25:07Z", .quality = TIME_ZONE_ASSUMED},
    {"Mar 14 02:25:05 mx1 mgd[7729]: UI_CFG_AUDIT_SET: User 'mallory' set: "
     "[forwarding-options analyzer A1 output ip-address] unconfigured -- "
     "\"203.0.113.66\"",
     "junos-syslog", PROVIDER_JUNOS, OUTCOME_PENDING,
     .operation = "set forwarding-options analyzer A1 output ip-address 203.0.113.66",
     .actor = "mallory", .account = "mx1", .time = "2026-03-14T02:25:05Z",
     .quality = TIME_ZONE_ASSUMED},
    {"Mar 14 02:25:05 mx1 mgd[7729]: UI_CFG_AUDIT_SET: User 'mallory' set: [interfaces "
     "xe-0/0/2:2 unit 0] \"738 -> \"739\"",
     "junos-syslog", PROVIDER_JUNOS, OUTCOME_PENDING,
     .operation = "set interfaces xe-0/0/2:2 unit 0 739", .actor = "mallory",
     .account = "mx1", .time = "2026-03-14T02:25:05Z", .quality = TIME_ZONE_ASSUMED},
    {"Mar 14 02:25:05 mx1 mgd[7729]: UI_CFG_AUDIT_OTHER: User 'mallory' delete: "
     "[forwarding-options analyzer A1]",
     "junos-syslog", PROVIDER_JUNOS, OUTCOME_PENDING,
     .operation = "delete forwarding-options analyzer A1", .actor = "mallory",
     .account = "mx1", .time = "2026-03-14T02:25:05Z", .quality = TIME_ZONE_ASSUMED},
    {"Mar 14 02:25:05 mx1 mgd[7729]: UI_NETCONF_CMD: User 'mallory' used NETCONF "
     "client "
     "to run command 'load-configuration action=\"set\" format=\"text\"'",
     "junos-syslog", PROVIDER_JUNOS, OUTCOME_PENDING,
     .operation = "load-configuration action=\"set\" format=\"text\"",
     .actor = "mallory", .account = "mx1", .time = "2026-03-14T02:25:05Z",
     .quality = TIME_ZONE_ASSUMED},
    {"<189>Mar 14 02:25:05 mx1 mgd[7729]: UI_COMMIT: User 'mallory' requested 'commit "
     "check' operation (comment: none)",
     "junos-syslog", PROVIDER_JUNOS, OUTCOME_SUCCESS, .operation = "UI_COMMIT",
     .actor = "mallory", .account = "mx1", .time = "2026-03-14T02:25:05Z",
     .resource = "commit check", .quality = TIME_ZONE_ASSUMED},
    {"<189>Mar 14 02:25:05 mx1 mgd[7729]: UI_COMMIT_COMPLETED:  : commit complete",
     "junos-syslog", PROVIDER_JUNOS, OUTCOME_SUCCESS,
     .operation = "UI_COMMIT_COMPLETED", .account = "mx1",
     .time = "2026-03-14T02:25:05Z", .quality = TIME_ZONE_ASSUMED},
    {"Mar 14 02:25:05 mx1 mgd[7729]: %INTERACT-6-UI_LOGIN_EVENT: User 'mallory' login, "
     "class 'super-user' [7729], ssh-connection '198.51.100.23 52342 192.0.2.1 22', "
     "client-mode 'cli'",
     "junos-syslog", PROVIDER_JUNOS, OUTCOME_SUCCESS, .operation = "UI_LOGIN_EVENT",
     .actor = "mallory", .address = "198.51.100.23", .account = "mx1",
     .time = "2026-03-14T02:25:05Z", .quality = TIME_ZONE_ASSUMED},
    {"<28>Mar 14 02:25:05  mx1 rpd[2902]: bgp_recv: read from peer 192.0.2.7 failed",
     "junos-syslog", PROVIDER_JUNOS, OUTCOME_UNKNOWN, .operation = "rpd",
     .account = "mx1", .time = "2026-03-14T02:25:05Z", .quality = TIME_ZONE_ASSUMED},
    {"<165>1 2026-03-14T02:25:05.719Z mx1 mgd 7729 UI_CMDLINE_READ_LINE "
     "[junos@2636.1.1.1.2.18 username=\"mallory\" command=\"set forwarding-options "
     "port-mirroring input rate 1 \"] User 'mallory', command 'set x '",
     "junos-structured", PROVIDER_JUNOS, OUTCOME_PENDING,
     .operation = "set forwarding-options port-mirroring input rate 1",
     .actor = "mallory", .account = "mx1", .time = "2026-03-14T02:25:05.719Z",
     .quality = TIME_EXACT},
    {"<165>1 2026-03-14T02:25:05.719Z mx1 mgd 7729 UI_CFG_AUDIT_OTHER "
     "[junos@2636.1.1.1.2.18 username=\"mallory\" action=\"delete\" "
     "pathname=\"[forwarding-options analyzer A1\\]\"]",
     "junos-structured", PROVIDER_JUNOS, OUTCOME_PENDING,
     .operation = "delete forwarding-options analyzer A1", .actor = "mallory",
     .account = "mx1", .time = "2026-03-14T02:25:05.719Z", .quality = TIME_EXACT},
    /* D7 EOS */
    {"<190>Mar 14 02:25:06 leaf1 Aaa: %ACCOUNTING-6-CMD: mallory vty6 198.51.100.23 "
     "stop "
     "task_id=17 start_time=1773455105.5 timezone=UTC service=shell priv-lvl=15 "
     "cmd=monitor session M1 source Ethernet1 rx <cr>",
     "eos-syslog", PROVIDER_EOS, OUTCOME_SUCCESS,
     .operation = "monitor session M1 source Ethernet1 rx", .actor = "mallory",
     .address = "198.51.100.23", .account = "leaf1", .time = "2026-03-14T02:25:05.5Z",
     .quality = TIME_EXACT},
    {"<165>Mar 14 02:25:06 leaf1 ConfigAgent: %SYS-5-CONFIG_I: Configured from console "
     "by admin on vty3 (198.51.100.23)",
     "eos-syslog", PROVIDER_EOS, OUTCOME_SUCCESS, .operation = "SYS-5-CONFIG_I",
     .actor = "admin", .address = "198.51.100.23", .account = "leaf1",
     .time = "2026-03-14T02:25:06Z", .quality = TIME_ZONE_ASSUMED},
    {"Mar 14 02:25:06 leaf1 Aaa: %ACCOUNTING-6-CMD: mallory unknown unknown stop "
     "task_id=34 start_time=1773455105.48 timezone=UTC service=shell priv-lvl=15 "
     "cmd=OpenConfig.Set addr=198.51.100.23:57388 rpc=/gnmi.gNMI/Set "
     "request={\"update\":[{\"path\":\"/mirroring\"}]} <cr>",
     "eos-syslog", PROVIDER_EOS, OUTCOME_SUCCESS,
     .operation = "OpenConfig.Set addr=198.51.100.23:57388 rpc=/gnmi.gNMI/Set "
                  "request={\"update\":[{\"path\":\"/mirroring\"}]}",
     .actor = "mallory", .address = "198.51.100.23", .account = "leaf1",
     .time = "2026-03-14T02:25:05.48Z", .quality = TIME_EXACT},
    {"Mar 14 02:25:06 leaf1 Aaa: %AAA-5-LOGIN: user mallory logged in [from: "
     "198.51.100.23] [service: sshd]",
     "eos-syslog", PROVIDER_EOS, OUTCOME_SUCCESS, .operation = "AAA-5-LOGIN",
     .actor = "mallory", .address = "198.51.100.23", .account = "leaf1",
     .time = "2026-03-14T02:25:06Z", .quality = TIME_ZONE_ASSUMED},
    /* D8 tac_plus */
    {"2026-03-14 02:25:03 +0000\t192.0.2.11\tmallory\ttty2\t198.51.100.23\tstop\t"
     "task_id=130\ttimezone=UTC\tservice=shell\tpriv-lvl=15\tcmd=monitor session 7 "
     "type "
     "erspan-source <cr>",
     "tacacs-accounting", PROVIDER_CISCO_IOS, OUTCOME_SUCCESS,
     .operation = "monitor session 7 type erspan-source", .actor = "mallory",
     .address = "198.51.100.23", .account = "192.0.2.11",
     .time = "2026-03-14T02:25:03Z", .quality = TIME_RECEIVER_CLOCK},
    {"Thu Jul 13 13:35:28 2023\t192.0.2.11\tmallory\ttty2\tasync\tstart\ttask_id=130\t"
     "service=shell\tcmd=monitor session 1 source interface Gi1/0/1 <cr>",
     "tacacs-accounting", PROVIDER_CISCO_IOS, OUTCOME_PENDING,
     .operation = "monitor session 1 source interface Gi1/0/1", .actor = "mallory",
     .place = "async", .account = "192.0.2.11", .time = "2023-07-13T13:35:28Z",
     .quality = TIME_ZONE_ASSUMED},
    {"Mar 14 02:25:03\t192.0.2.12\tmallory\tpts/0\t198.51.100.23\tupdate\t"
     "task_id=130\tcmd=configure terminal ; monitor session 3 ; source interface "
     "Ethernet1/1 (SUCCESS)\tservice=none",
     "tacacs-accounting", PROVIDER_CISCO_NXOS, OUTCOME_SUCCESS,
     .operation = "source interface Ethernet1/1", .mode = "monitor session 3",
     .actor = "mallory", .address = "198.51.100.23", .account = "192.0.2.12",
     .time = "2026-03-14T02:25:03Z", .quality = TIME_ZONE_ASSUMED},
    {"2026-03-14 02:25:03 +0000|!|192.0.2.11|!|mallory|!|tty2|!|198.51.100.23|!|stop|!|"
     "task_id=130|!|service=shell|!|cmd=no monitor session 7 <cr>",
     "tacacs-accounting", PROVIDER_CISCO_IOS, OUTCOME_SUCCESS,
     .operation = "no monitor session 7", .actor = "mallory",
     .address = "198.51.100.23", .account = "192.0.2.11",
     .time = "2026-03-14T02:25:03Z", .quality = TIME_RECEIVER_CLOCK},
    {"2026-03-14 02:25:03 +0000\t192.0.2.11\tmallory\ttty2\t198.51.100.23\tstart\t"
     "task_id=9\tservice=shell",
     "tacacs-accounting", PROVIDER_CISCO_IOS, OUTCOME_SUCCESS,
     .operation = "accounting start", .actor = "mallory", .address = "198.51.100.23",
     .account = "192.0.2.11", .time = "2026-03-14T02:25:03Z",
     .quality = TIME_RECEIVER_CLOCK},
    /* D9 ISE and ACS */
    {"<181>Mar 14 02:25:04 ise1 CISE_TACACS_Accounting 0000012345 1 0 2026-03-14 "
     "02:25:03.421 +00:00 0000054321 3300 NOTICE Tacacs-Accounting: TACACS+ Accounting "
     "with Command, ConfigVersionId=1, Device IP Address=192.0.2.11, CmdSet=[ "
     "CmdAV=monitor CmdArgAV=session CmdArgAV=7 CmdArgAV=<cr> ], Type=Accounting, "
     "User=mallory, Port=tty2, Remote-Address=198.51.100.23, Privilege-Level=15",
     "cisco-ise-accounting", PROVIDER_CISCO_IOS, OUTCOME_SUCCESS,
     .operation = "monitor session 7", .actor = "mallory", .address = "198.51.100.23",
     .account = "192.0.2.11", .time = "2026-03-14T02:25:03.421Z",
     .quality = TIME_RECEIVER_CLOCK},
    {"<181>Mar 14 02:25:04 ise1 CISE_TACACS_Accounting 0000012346 2 0 2026-03-14 "
     "02:25:03.421 +00:00 0000054322 3300 NOTICE Tacacs-Accounting: TACACS+ Accounting "
     "with Command, Device IP Address=192.0.2.11, NetworkDeviceName=sw1, CmdSet=[ "
     "CmdAV=monitor CmdArgAV=session \n"
     "<181>Mar 14 02:25:04 ise1 CISE_TACACS_Accounting 0000012346 2 1  CmdArgAV=7 "
     "CmdArgAV=<cr> ], User=mallory, Remote-Address=198.51.100.23,",
     "cisco-ise-accounting", PROVIDER_CISCO_IOS, OUTCOME_SUCCESS,
     .operation = "monitor session 7", .actor = "mallory", .address = "198.51.100.23",
     .account = "sw1", .time = "2026-03-14T02:25:03.421Z",
     .quality = TIME_RECEIVER_CLOCK},
    /* Huawei VRP */
    {"<189>Mar 14 2026 02:25:05 vrp1 %%01SHELL/5/CMDRECORD(s)[13]:Recorded command "
     "information. (Task=VT0, Ip=198.51.100.23, VpnName=, User=mallory, "
     "AuthenticationMethod=\"Local-user\", Command=\"interface "
     "GigabitEthernet0/0/1\")\n"
     "<189>2026-3-14 02:25:06.270.1 vrp1 %%01SHELL/6/CMDRECORD(s)[14]:Recorded command "
     "information. (Task=VT0, Ip=198.51.100.23, VpnName=, User=mallory, "
     "AuthenticationMethod=\"Local-user\", Command=\"port-mirroring to observe-port 1 "
     "both\")",
     "huawei-vrp-syslog", PROVIDER_HUAWEI_VRP, OUTCOME_SUCCESS,
     .operation = "port-mirroring to observe-port 1 both",
     .mode = "interface GigabitEthernet0/0/1", .actor = "mallory",
     .address = "198.51.100.23", .account = "vrp1", .time = "2026-03-14T02:25:06.27Z",
     .quality = TIME_ZONE_ASSUMED},
    {"2026-03-14 02:25:05 vrp2 %%01SHELL/5/CMDRECORD(l): task:HTPR ip:198.51.100.23 "
     "user:gwadmin vrf:public command:undo observe-port 1.",
     "huawei-vrp-syslog", PROVIDER_HUAWEI_VRP, OUTCOME_SUCCESS,
     .operation = "undo observe-port 1", .actor = "gwadmin", .address = "198.51.100.23",
     .account = "vrp2", .time = "2026-03-14T02:25:05Z", .quality = TIME_ZONE_ASSUMED},
    {"<29>2026-3-14 01:00:34.270.1 vrp1 %%01IFNET/4/IF_STATE(l)[4997]:Interface "
     "Ethernet0/0/8 has turned into DOWN state.",
     "huawei-vrp-syslog", PROVIDER_HUAWEI_VRP, OUTCOME_UNKNOWN,
     .operation = "IFNET/4/IF_STATE", .account = "vrp1",
     .time = "2026-03-14T01:00:34.27Z", .quality = TIME_ZONE_ASSUMED},
    /* FortiOS */
    {"<189>date=2026-03-14 time=02:25:05 tz=\"+0100\" devname=\"fw1\" "
     "devid=\"FG100E0000000001\" logid=\"0100044547\" type=\"event\" "
     "subtype=\"system\" "
     "level=\"information\" vd=\"root\" logdesc=\"Object attribute configured\" "
     "user=\"mallory\" ui=\"ssh(198.51.100.23)\" action=\"Edit\" cfgtid=1 "
     "cfgpath=\"system.switch-interface\" cfgobj=\"sw0\" "
     "cfgattr=\"span[disable->enable]\" msg=\"Edit system.switch-interface sw0\"",
     "fortios-log", PROVIDER_FORTIOS, OUTCOME_SUCCESS,
     .operation = "Edit system.switch-interface span[disable->enable]",
     .actor = "mallory", .address = "198.51.100.23", .account = "fw1",
     .time = "2026-03-14T01:25:05Z", .resource = "sw0", .quality = TIME_EXACT},
    {"date=2026-03-14 time=02:25:05 eventtime=1773455105123456789 devname=\"fw1\" "
     "devid=\"FG100E0000000001\" type=\"event\" subtype=\"system\" logdesc=\"Admin "
     "login "
     "failed\" user=\"root\" ui=\"https(198.51.100.23)\" action=\"login\" "
     "status=\"failed\"",
     "fortios-log", PROVIDER_FORTIOS, OUTCOME_FAILURE,
     .operation = "Admin login failed", .actor = "root", .address = "198.51.100.23",
     .account = "fw1", .time = "2026-03-14T02:25:05.123456Z", .quality = TIME_EXACT},
    /* Open vSwitch */
    {"Mar 14 02:25:05 kvm1 ovs-vsctl[811]: ovs|00001|vsctl|INFO|Called as ovs-vsctl -- "
     "--id=@m create Mirror name=m0 -- set Bridge br0 mirrors=@m",
     "ovs-vsctl", PROVIDER_OPENVSWITCH, OUTCOME_SUCCESS,
     .operation = "ovs-vsctl -- --id=@m create Mirror name=m0 -- set Bridge br0 "
                  "mirrors=@m",
     .account = "kvm1", .time = "2026-03-14T02:25:05Z", .quality = TIME_ZONE_ASSUMED},
    {"2026-03-14T02:25:05.123Z|00001|vsctl|INFO|Called as /usr/bin/ovs-vsctl clear "
     "Bridge br0 mirrors",
     "ovs-vsctl", PROVIDER_OPENVSWITCH, OUTCOME_SUCCESS,
     .operation = "/usr/bin/ovs-vsctl clear Bridge br0 mirrors",
     .time = "2026-03-14T02:25:05.123Z", .quality = TIME_EXACT},
    /* Linux */
    {"node=host1 type=SYSCALL msg=audit(1773455105.100:4711): arch=c000003e syscall=59 "
     "success=yes exit=0 auid=1000 uid=0 ses=3 comm=\"tc\" exe=\"/usr/sbin/tc\" "
     "key=\"net\"\x1d"
     "AUID=\"mallory\" UID=\"root\"\n"
     "node=host1 type=EXECVE msg=audit(1773455105.100:4711): argc=12 a0=\"tc\" "
     "a1=\"filter\" a2=616464 a3=\"dev\" a4=\"eth0\" a5=\"parent\" a6=\"ffff:\" "
     "a7=\"action\" a8=\"mirred\" a9=\"egress\" a10=\"mirror\" a11=\"dev\" "
     "a12=\"tun0\"",
     "linux-audit", PROVIDER_LINUX, OUTCOME_SUCCESS,
     .operation = "tc filter add dev eth0 parent ffff: action mirred egress mirror dev "
                  "tun0",
     .actor = "mallory", .account = "host1", .time = "2026-03-14T02:25:05.1Z",
     .quality = TIME_EXACT},
    {"Mar 14 02:25:05 host1 audispd: type=USER_LOGIN msg=audit(1773455105.100:4712): "
     "pid=811 uid=0 auid=1000 ses=3 msg='op=login acct=\"mallory\" "
     "exe=\"/usr/sbin/sshd\" "
     "hostname=? addr=198.51.100.23 terminal=ssh res=failed'",
     "linux-audit", PROVIDER_LINUX, OUTCOME_FAILURE, .operation = "USER_LOGIN",
     .actor = "mallory", .address = "198.51.100.23", .account = "host1",
     .time = "2026-03-14T02:25:05.1Z", .quality = TIME_EXACT},
    {"Mar 14 02:25:05 host1 sudo[811]:  mallory : TTY=pts/0 ; PWD=/home/mallory ; "
     "USER=root ; COMMAND=/usr/sbin/tc filter add dev eth0 parent ffff: action mirred "
     "egress mirror dev tun0",
     "linux-sudo", PROVIDER_LINUX, OUTCOME_SUCCESS,
     .operation = "/usr/sbin/tc filter add dev eth0 parent ffff: action mirred egress "
                  "mirror dev tun0",
     .actor = "mallory", .place = "pts/0", .account = "host1",
     .time = "2026-03-14T02:25:05Z", .quality = TIME_ZONE_ASSUMED},
    {"Mar 14 02:25:05 host1 sudo: mallory : command not allowed ; TTY=pts/0 ; PWD=/ ; "
     "USER=root ; COMMAND=/usr/bin/ovs-vsctl clear Bridge br0 mirrors",
     "linux-sudo", PROVIDER_OPENVSWITCH, OUTCOME_DENIED,
     .operation = "/usr/bin/ovs-vsctl clear Bridge br0 mirrors", .actor = "mallory",
     .place = "pts/0", .account = "host1", .time = "2026-03-14T02:25:05Z",
     .quality = TIME_ZONE_ASSUMED},
    {"#1773455105\n"
     "sudo tc qdisc del dev eth0 ingress",
     "linux-shell", PROVIDER_LINUX, OUTCOME_SUCCESS,
     .operation = "tc qdisc del dev eth0 ingress", .time = "2026-03-14T02:25:05Z",
     .quality = TIME_EXACT},
    {"Mar 14 02:25:05 host1 bash[99]: HISTORY: PID=99 UID=0 /sbin/tc filter add dev "
     "eth0 "
     "matchall action mirred egress mirror dev tun0",
     "linux-shell", PROVIDER_LINUX, OUTCOME_SUCCESS,
     .operation =
         "/sbin/tc filter add dev eth0 matchall action mirred egress mirror dev "
         "tun0",
     .account = "host1", .time = "2026-03-14T02:25:05Z", .quality = TIME_ZONE_ASSUMED},
};

static void check(const struct line_case *c, const struct event *event,
                  enum event_field field, const char *expected)
{
    struct slice text = event->text[field];
    if (slice_equal(text, slice_from(expected)))
        return;
    fail_msg("%s\n%s: \"%.*s\" is not \"%s\"", c->lines, event_fields[field].name,
             (int)text.length, text.data ? text.data : "", expected ? expected : "");
}

static enum record_class read_lines(struct normaliser *normaliser, const char *lines,
                                    struct event *event, const char **reason)
{
    struct slice rest = slice_from(lines);
    enum record_class class = RECORD_UNKNOWN;
    while (slice_present(rest)) {
        const struct frame_item item = {.kind = FRAME_LINE,
                                        .bytes = slice_cut(&rest, '\n')};
        class = normalise(normaliser, &item, NULL, event, reason);
    }
    return class;
}

static const struct time_hint in_2026 = {.year = 2026, .newest_us = EVENT_TIME_NONE};

static void reads_every_form(void **state)
{
    struct record_bed *bed = *state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct line_case *c = &cases[i];
        struct event event;
        const char *reason = NULL;
        char time[TIMESTAMP_TEXT_MAX];
        normaliser_reset(bed->normaliser, &in_2026);
        if (read_lines(bed->normaliser, c->lines, &event, &reason) != RECORD_EVENT)
            fail_msg("%s\n%s", c->lines, reason);
        check(c, &event, FIELD_FORM, c->form);
        check(c, &event, FIELD_OPERATION, c->operation);
        check(c, &event, FIELD_MODE, c->mode);
        check(c, &event, FIELD_ACTOR, c->actor);
        check(c, &event, FIELD_SOURCE_IP, c->address);
        if (c->place)
            check(c, &event, FIELD_SOURCE_TEXT, c->place);
        check(c, &event, FIELD_ACCOUNT, c->account);
        check(c, &event, FIELD_RESOURCE, c->resource);
        timestamp_format(event.time_us, time);
        assert_string_equal(time, c->time ? c->time : "");
        if (event.provider != c->provider || event.outcome != c->outcome ||
            event.time_quality != c->quality)
            fail_msg("%s\n%s, %s, %s", c->lines, provider_name(event.provider),
                     outcome_name(event.outcome),
                     time_quality_name(event.time_quality));
        assert_true(event.text[FIELD_SERVICE].length > 0);
    }
}

/* What is known and no event is skipped with a word; the rest stays unknown. */
static void tells_what_is_no_event(void **state)
{
    static const struct {
        const char *lines, *reason;
        enum record_class class;
    } none[] = {
        {"Mar 14 02:25:03 sw1 last message repeated 3 times",
         "count of repeats, not an event", RECORD_SKIPPED},
        {"--- last message repeated", "count of repeats, not an event", RECORD_SKIPPED},
        {"--- last message repeated 2 times ---", "count of repeats, not an event",
         RECORD_SKIPPED},
        {"Mar 14 02:25:03 sw1 (message repeated 5 times)",
         "count of repeats, not an event", RECORD_SKIPPED},
        {" idx   sess           user@line      Logged command", "heading of a table",
         RECORD_SKIPPED},
        {"nx1# show accounting log", "prompt of a device", RECORD_SKIPPED},
        {"date=2026-03-14 time=02:25:05 devname=fw1 devid=FG100E0000000001 "
         "type=traffic "
         "subtype=local srcip=192.0.2.1",
         "log of traffic, not of configuration", RECORD_SKIPPED},
        {"<14>Mar 14 02:25:05 srx1 RT_FLOW: RT_FLOW_SESSION_CREATE: session created",
         "log of traffic, not of configuration", RECORD_SKIPPED},
        {"<181>Mar 14 02:25:04 ise1 CISE_RADIUS_Accounting 0000012345 1 0 2026-03-14 "
         "02:25:03.421 +00:00 0000054321 3002 NOTICE Radius-Accounting: x",
         "message that is not of device administration", RECORD_SKIPPED},
        {"<181>Mar 14 02:25:04 ise1 CISE_TACACS_Accounting 0000012345 2 0 2026-03-14 "
         "02:25:03.421 +00:00 0000054321 3300 NOTICE Tacacs-Accounting: x, User=m",
         "part of a split message", RECORD_SKIPPED},
        {"type=PROCTITLE msg=audit(1773455105.100:4711): proctitle=7463",
         "audit record beside a command's", RECORD_SKIPPED},
        {"Mar 14 02:25:05 kvm1 ovs-vsctl: ovs|00002|vsctl|ERR|no bridge named br9",
         "message of ovs-vsctl that is no command", RECORD_SKIPPED},
        {"#1773455105", "time of a command in a shell's history", RECORD_SKIPPED},
        {"tc qdisc show dev eth0", "text line of no known device", RECORD_UNKNOWN},
        {"Mar 14 02:25:03 host1 etc filter mirrors of x",
         "text line of no known device", RECORD_UNKNOWN},
        {"Mar 14 02:25:03 app1 web[12]: HTTP_ERROR: x", "text line of no known device",
         RECORD_UNKNOWN},
        {"a\tb\tc\td\te\tf", "text line of no known device", RECORD_UNKNOWN},
        {"| D1 | <189>7: sw1: Mar 14 02:25:03: %SYS-5-CONFIG_I: x |",
         "row of a table that is drawn with bars: give the lines themselves",
         RECORD_UNKNOWN},
        {"1 1 a|b", "text line of no known device", RECORD_UNKNOWN},
    };
    struct record_bed *bed = *state;
    for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
        struct event event;
        const char *reason = NULL;
        normaliser_reset(bed->normaliser, &in_2026);
        enum record_class class =
            read_lines(bed->normaliser, none[i].lines, &event, &reason);
        if (class != none[i].class || !reason || strcmp(reason, none[i].reason))
            fail_msg("%s: %d, %s", none[i].lines, class, reason ? reason : "an event");
    }
}

/* ---- what is mirrored, and where to ---- */

#define TASK_OF(device, command)                                                       \
    "2026-03-14 02:25:03 +0000\t" device                                               \
    "\tmallory\ttty2\t198.51.100.23\tstop\tcmd=" command " <cr>"
#define VRP(command)                                                                   \
    "2026-03-14 02:25:05 vrp1 %%01SHELL/5/CMDRECORD(s)[13]:Recorded command "          \
    "information. (Task=VT0, Ip=198.51.100.23, User=mallory, Command=\"" command "\")"
#define OVS(command)                                                                   \
    "Mar 14 02:25:05 kvm1 ovs-vsctl: ovs|00001|vsctl|INFO|Called as "                  \
    "ovs-vsctl " command
#define JUNOS(command)                                                                 \
    "Mar 14 02:25:05 mx1 mgd[7729]: UI_CMDLINE_READ_LINE: User 'mallory', command "    \
    "'" command " '"
#define FORTI(action, path, object, attributes)                                        \
    "date=2026-03-14 time=02:25:05 devname=fw1 devid=FG1 type=event user=\"mallory\" " \
    "action=\"" action "\" cfgpath=\"" path "\" cfgobj=\"" object                      \
    "\" cfgattr=\"" attributes "\""

static void tells_the_mirror(void **state)
{
    static const struct {
        const char *lines, *mirror, *mirrored, *destination;
        bool switched_off;
    } rows[] = {
        {TASK_OF("nx1", "configure terminal ; monitor session 3 type erspan-source ; "
                        "destination ip 203.0.113.66 (SUCCESS)"),
         "nx1/session 3", "", "203.0.113.66", false},
        {TASK_OF("nx1", "configure terminal ; monitor session 3 ; source interface "
                        "Ethernet1/1 both (SUCCESS)"),
         "nx1/session 3", "Ethernet1/1 both", "", false},
        {TASK_OF("nx1", "configure terminal ; monitor session 3 ; shut (SUCCESS)"),
         "nx1/session 3", "", "", true},
        {TASK_OF("xr1", "interface GigabitEthernet0/0/0/1") "\n" TASK_OF(
             "xr1", "monitor-session TAP ethernet"),
         "xr1/session TAP", "GigabitEthernet0/0/0/1", "", false},
        {TASK_OF("xr1", "monitor-session TAP ethernet") "\n" TASK_OF(
             "xr1", "destination next-hop ipv4 203.0.113.66"),
         "xr1/session TAP", "", "203.0.113.66", false},
        {"Mar 14 02:25:06 leaf1 Aaa: %ACCOUNTING-6-CMD: mallory vty6 198.51.100.23 "
         "stop "
         "task_id=17 cmd=monitor session M1 destination tunnel mode gre source "
         "192.0.2.1 "
         "destination 203.0.113.66 <cr>",
         "leaf1/session M1", "", "203.0.113.66", false},
        {JUNOS("set forwarding-options analyzer A1 output ip-address 203.0.113.66"),
         "mx1/analyzer A1", "", "203.0.113.66", false},
        {JUNOS("edit forwarding-options analyzer A1") "\n" JUNOS(
             "set input ingress interface ge-0/0/1.0"),
         "mx1/analyzer A1", "ge-0/0/1.0", "", false},
        {JUNOS("set forwarding-options port-mirroring instance P1 family inet output "
               "interface ge-0/0/9.0 next-hop 203.0.113.66"),
         "mx1/port-mirroring P1", "", "203.0.113.66", false},
        {JUNOS("delete forwarding-options port-mirroring"), "mx1/port-mirroring", "",
         "", false},
        {VRP("observe-port 1 interface GigabitEthernet0/0/2"), "vrp1/observe-port 1",
         "", "GigabitEthernet0/0/2", false},
        {VRP("interface GigabitEthernet0/0/1") "\n" VRP(
             "port-mirroring to observe-port 1 both"),
         "vrp1/observe-port 1", "GigabitEthernet0/0/1", "", false},
        {FORTI("Edit", "system.switch-interface", "sw0",
               "span[disable->enable]span-source-port[->port1]span-dest-port[->port5]"),
         "fw1/system.switch-interface sw0", "port1", "port5", false},
        {FORTI("Edit", "system.switch-interface", "sw0", "span[enable->disable]"),
         "fw1/system.switch-interface sw0", "", "", true},
        {FORTI("Add", "firewall.sniffer", "1", "interface[port3]"),
         "fw1/firewall.sniffer 1", "port3", "", false},
        {OVS("-- --id=@p get Port eth1 -- --id=@s get port eth2 -- --id=@m create "
             "Mirror "
             "name=m0 select-src-port=@s output-port=@p -- set Bridge br0 mirrors=@m"),
         "kvm1/mirror m0", "eth2", "eth1", false},
        {OVS("clear Bridge br0 mirrors"), "kvm1/bridge br0", "", "", false},
        {OVS("set Mirror m0 select_all=true output_vlan=900"), "", "all ports",
         "vlan 900", false},
        {"Mar 14 02:25:05 host1 sudo: mallory : TTY=pts/0 ; PWD=/ ; USER=root ; "
         "COMMAND=/usr/sbin/tc filter add dev eth0 parent ffff: action mirred egress "
         "mirror dev tun0",
         "host1/tc eth0", "eth0", "tun0", false},
    };
    struct record_bed *bed = *state;
    struct arena arena;
    arena_init(&arena);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct event event;
        const char *reason;
        const struct line_case named = {.lines = rows[i].lines};
        normaliser_reset(bed->normaliser, &in_2026);
        assert_int_equal(read_lines(bed->normaliser, rows[i].lines, &event, &reason),
                         RECORD_EVENT);
        mirror_facts(&event, SLICE_NONE, &arena);
        check(&named, &event, FIELD_MIRROR, rows[i].mirror);
        check(&named, &event, FIELD_MIRRORED, rows[i].mirrored);
        check(&named, &event, FIELD_DESTINATION, rows[i].destination);
        assert_int_equal(event.switched_off, rows[i].switched_off);
    }
    arena_fini(&arena);
}

/* ---- journald ---- */

#define JOURNAL(message)                                                               \
    "{\"__REALTIME_TIMESTAMP\":\"1773455103100000\",\"SYSLOG_IDENTIFIER\":\"CISCO-"    \
    "IOS\","                                                                           \
    "\"_HOSTNAME\":\"relay1\",\"MESSAGE\":" message "}"

static void reads_journals(void **state)
{
    struct record_bed *bed = *state;
    normaliser_reset(bed->normaliser, &in_2026);
    static const char *const entries[] = {
        JOURNAL("\"%PARSER-5-CFGLOG_LOGGEDCMD: User:mallory  logged command:monitor "
                "session 7\""),
        JOURNAL(
            "[37,80,65,82,83,69,82,45,53,45,67,70,71,76,79,71,95,76,79,71,71,69,68,"
            "67,77,68,58,32,85,115,101,114,58,109,97,108,108,111,114,121,32,108,111,"
            "103,103,101,100,32,99,111,109,109,97,110,100,58,109,111,110,105,116,111,"
            "114,32,115,101,115,115,105,111,110,32,55]"),
    };
    for (size_t i = 0; i < sizeof(entries) / sizeof(entries[0]); i++) {
        struct event event = record_read(bed, entries[i]);
        assert_int_equal(bed->class, RECORD_EVENT);
        expect_text(&event, FIELD_OPERATION, "monitor session 7");
        expect_text(&event, FIELD_ACTOR, "mallory");
        expect_text(&event, FIELD_ACCOUNT, "relay1");
        expect_text(&event, FIELD_FORM, "cisco-ios-syslog");
        assert_int_equal(event.time_us, INT64_C(1773455103100000));
        assert_int_equal(event.time_quality, TIME_RECEIVER_CLOCK);
    }
    struct event event = record_read(bed, JOURNAL("\"monitor session 1\""));
    expect_text(&event, FIELD_OPERATION, "monitor session 1");
    event =
        record_read(bed, JOURNAL("\"sw1: Mar 14 02:25:03 UTC: %SYS-5-RESTART: x\""));
    expect_text(&event, FIELD_ACCOUNT, "sw1");
    assert_int_equal(event.time_quality, TIME_EXACT);
    record_read(bed, JOURNAL("null"));
    assert_int_equal(bed->class, RECORD_SKIPPED);
    record_read(bed,
                "{\"__REALTIME_TIMESTAMP\":\"1773455103100000\",\"MESSAGE\":\"Started "
                "x\",\"SYSLOG_IDENTIFIER\":\"systemd\"}");
    assert_int_equal(bed->class, RECORD_UNKNOWN);
}

/* ---- one act in several logs ---- */

static void expect_key(struct normaliser *normaliser, const char *first,
                       const char *second, bool same)
{
    struct event event;
    const char *reason;
    char key[512];
    assert_int_equal(read_lines(normaliser, first, &event, &reason), RECORD_EVENT);
    struct slice kept = event.merge_key;
    assert_in_range(kept.length, 1, sizeof(key));
    memcpy(key, kept.data, kept.length);
    kept.data = key;
    assert_int_equal(read_lines(normaliser, second, &event, &reason), RECORD_EVENT);
    if (slice_equal(event.merge_key, kept) != same)
        fail_msg("%s\n%s", first, second);
}

#define TASK(server, kind, id, command)                                                \
    server "\t192.0.2.11\tmallory\ttty2\t198.51.100.23\t" kind "\ttask_id=" id         \
           "\tcmd=" command " <cr>"

static void merges_records_of_one_task(void **state)
{
    struct record_bed *bed = *state;
    const char *stop =
        TASK("2026-03-14 02:25:03 +0000", "stop", "9", "monitor session 7");
    normaliser_reset(bed->normaliser, &in_2026);
    expect_key(bed->normaliser, stop,
               TASK("2026-03-14 02:25:01 +0000", "start", "9", "monitor session 7"),
               true);
    expect_key(bed->normaliser, stop,
               TASK("2026-03-14 02:25:03 +0000", "stop", "10", "monitor session 7"),
               false);
    expect_key(bed->normaliser, stop,
               TASK("2026-03-15 02:25:03 +0000", "stop", "9", "monitor session 7"),
               false);
    /* the device's own log, and its record at the server */
    expect_key(
        bed->normaliser,
        "Mar 14 02:25:06 leaf1 Aaa: %ACCOUNTING-6-CMD: mallory vty6 198.51.100.23 "
        "stop task_id=17 start_time=1773455105.5 service=shell cmd=monitor session "
        "M1 source Ethernet1 <cr>",
        "2026-03-14 02:25:06 +0000\tleaf1\tmallory\tvty6\t198.51.100.23\tstop\t"
        "task_id=17\tstart_time=1773455105.5\tcmd=monitor session M1 source "
        "Ethernet1 <cr>",
        true);
}

/* ---- time ---- */

static int64_t time_with(struct record_bed *bed, const struct time_hint *hint,
                         const char *lines, enum time_quality quality)
{
    struct event event;
    const char *reason;
    normaliser_reset(bed->normaliser, hint);
    assert_int_equal(read_lines(bed->normaliser, lines, &event, &reason), RECORD_EVENT);
    if (event.time_quality != quality)
        fail_msg("%s: %s", lines, time_quality_name(event.time_quality));
    return event.time_us;
}

static int64_t at(const char *text)
{
    struct time_value value;
    assert_int_equal(timestamp_iso(slice_from(text), &value), 0);
    return value.us;
}

#define UP "%LINK-3-UPDOWN: x"

static void infers_years_in_order(void **state)
{
    struct record_bed *bed = *state;
    const int64_t newest = at("2026-11-24T00:00:00Z");
    const struct time_hint by_file = {.newest_us = newest},
                           by_path = {.newest_us = newest, .path_year = 2024},
                           by_option = {
                               .newest_us = newest, .path_year = 2024, .year = 2023};
    static const char line[] = "sw1: Dec 31 23:59:59 UTC: " UP;
    static const char dated[] = "sw1: Jan 1 2022 00:00:09 UTC: " UP "\n"
                                "sw1: Dec 31 23:59:59 UTC: " UP;
    static const char relayed[] =
        "2022-01-01T00:00:03Z relay1 46: sw1: Dec 31 23:59:59 UTC: " UP;
    static const char unset[] = "sw1: *Mar 1 1993 00:00:09: " UP "\n"
                                "sw1: Dec 31 23:59:59 UTC: " UP;
    assert_int_equal(time_with(bed, &by_option, dated, TIME_EXACT),
                     at("2023-12-31T23:59:59Z"));
    assert_int_equal(time_with(bed, &by_path, dated, TIME_YEAR_INFERRED),
                     at("2024-12-31T23:59:59Z"));
    assert_int_equal(time_with(bed, &by_file, dated, TIME_YEAR_INFERRED),
                     at("2021-12-31T23:59:59Z"));
    assert_int_equal(time_with(bed, &by_file, relayed, TIME_YEAR_INFERRED),
                     at("2021-12-31T23:59:59Z"));
    assert_int_equal(time_with(bed, &by_file, unset, TIME_YEAR_INFERRED),
                     at("2025-12-31T23:59:59Z"));
    assert_int_equal(time_with(bed, &by_file, line, TIME_YEAR_INFERRED),
                     at("2025-12-31T23:59:59Z"));
}

static void takes_zones_from_options(void **state)
{
    static const struct time_zone_name zones[] = {{SLICE_INIT("NewYork"), -300},
                                                  {SLICE_INIT("CST"), 480},
                                                  {SLICE_INIT("sw7"), 330}};
    const struct time_hint hint = {
        .year = 2026, .newest_us = EVENT_TIME_NONE, .zones = zones, .zone_count = 3};
    struct record_bed *bed = *state;
    static const struct {
        const char *line, *time;
        enum time_quality quality;
    } rows[] = {
        {"sw1: Mar 14 02:25:03 NewYork: " UP, "2026-03-14T07:25:03Z", TIME_EXACT},
        {"sw1: Mar 14 02:25:03 CST: " UP, "2026-03-13T18:25:03Z", TIME_EXACT},
        {"sw7: Mar 14 02:25:03: " UP, "2026-03-13T20:55:03Z", TIME_EXACT},
        {"sw7: Mar 14 02:25:03 UTC: " UP, "2026-03-14T02:25:03Z", TIME_EXACT},
        {"sw1: Mar 14 02:25:03: " UP, "2026-03-14T02:25:03Z", TIME_ZONE_ASSUMED},
        {"sw1: Mar 14 02:25:03 IST: " UP, "2026-03-13T20:55:03Z", TIME_ZONE_ASSUMED},
        {"sw7: *Mar 14 02:25:03: " UP, "2026-03-13T20:55:03Z", TIME_ZONE_ASSUMED},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        assert_int_equal(time_with(bed, &hint, rows[i].line, rows[i].quality),
                         at(rows[i].time));
}

/* A source whose order of lines nobody has looked at. */
static void says_what_tells_the_years(void **state)
{
    struct record_bed *bed = *state;
    struct time_hint hint = {.newest_us = at("2026-04-01T00:00:00Z")};
    const struct frame_item item = {.kind = FRAME_LINE,
                                    .bytes = SLICE("sw1: Mar 14 02:25:03 UTC: " UP)};
    const char *reason;
    struct event event;
    for (int told = 0; told < 2; told++) {
        hint.path_year = told ? 2026 : 0;
        normaliser_reset(bed->normaliser, &hint);
        normalise(bed->normaliser, &item, NULL, &event, &reason);
        assert_int_equal(event.time_quality, TIME_YEAR_INFERRED);
        assert_int_equal(event.remark != NULL, !told);
    }
}

static void finds_the_year_of_a_path(void **state)
{
    static const struct {
        const char *path;
        int year;
    } paths[] = {
        {"logs/2024/03/sw1.log", 2024},
        {"/srv/2019/old/2021/sw1.log", 2021},
        {"2024", 0},
        {"logs/20240314/sw1.log", 0},
        {"logs/1889/sw1.log", 0},
        {"", 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
        assert_int_equal(timestamp_year_of_path(slice_from(paths[i].path)),
                         paths[i].year);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_every_form),
        cmocka_unit_test(tells_what_is_no_event),
        cmocka_unit_test(tells_the_mirror),
        cmocka_unit_test(reads_journals),
        cmocka_unit_test(merges_records_of_one_task),
        cmocka_unit_test(infers_years_in_order),
        cmocka_unit_test(takes_zones_from_options),
        cmocka_unit_test(says_what_tells_the_years),
        cmocka_unit_test(finds_the_year_of_a_path),
    };
    return cmocka_run_group_tests(tests, record_bed_make, record_bed_unmake);
}
