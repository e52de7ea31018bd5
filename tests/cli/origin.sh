#!/bin/sh
# Commands on a device get the address of the login or notice that tells, marked as
# joined, whatever the order of loading; what a line says itself stays.
. "$top_srcdir/tests/cli/lib.sh"
grep -v 'CONFIG_I' "$samples/cisco/sw1-erspan.log" | grep -v 'LOGIN_SUCCESS' >commands.log
grep 'CONFIG_I' "$samples/cisco/sw1-erspan.log" >notices.log
grep 'LOGIN_SUCCESS' "$samples/cisco/sw1-erspan.log" >logins.log

origins() { # CASE: one line for each way of joining
    "$program" export -c "$1" hits -f jsonl 2>err |
        jq -r '[.source_ip, .source_text] | @tsv' | sort | uniq -c | sed 's/^ *//'
}
# Without any sighting nothing is joined.
run 0 load -q -c a.case --year 2026 commands.log
equal "$(origins a.case)" "12 	" 'origins without a sighting'
# The login before, then the notice after it, which tells more of its commands.
run 0 load -q -c a.case --year 2026 logins.log
origins a.case >got
cat >expected <<'END'
12 198.51.100.23	joined: SEC_LOGIN-5-LOGIN_SUCCESS 2026-03-14T02:24:20.01Z, logins.log at byte 0
END
same expected got 'origins by the login'
run 0 load -q -c a.case --year 2026 notices.log
origins a.case >got
cat >expected <<'END'
9 198.51.100.23	joined: SYS-5-CONFIG_I 2026-03-14T02:26:01.734Z, notices.log at byte 0
3 198.51.100.23	joined: SYS-5-CONFIG_I 2026-03-14T05:25:11.15Z, notices.log at byte 227
END
same expected got 'origins by the notice'

run 0 load -q -c b.case --year 2026 notices.log logins.log
run 0 load -q -c b.case --year 2026 commands.log
origins b.case >got
same expected got 'origins in another order'
run 0 load -q -c b.case --year 2026 commands.log notices.log
origins b.case >got
same expected got 'origins after the same again'

# An approval by address sees it; the report says that it is joined.
run 0 allow add -c b.case --address 198.51.100.0/24 --provider cisco-ios --ticket CHG1 \
    --start 2026-03-14 --end 2026-03-15
run 0 export hits -c b.case -f csv approved:yes
[ "$(wc -l <out)" -gt 1 ] || fail 'no operation is approved by its joined address'
run 0 report -c b.case
says out '(joined: SYS-5-CONFIG_I 2026-03-14T02:26:01.734Z, notices.log at byte 0)'

# A line that says its address keeps it.
printf '%s\n' '<190>Mar 14 02:25:05 leaf1 Aaa: %ACCOUNTING-6-CMD: mallory vty6 203.0.113.9 stop task_id=17 start_time=1773455105.5 timezone=UTC service=shell priv-lvl=15 cmd=monitor session M1 source Ethernet1 rx <cr>' \
    'Mar 14 02:26:05 leaf1 ConfigAgent: %SYS-5-CONFIG_I: Configured from console by mallory on vty6 (198.51.100.77)' >eos.log
run 0 load -q -c c.case --year 2026 eos.log
equal "$(origins c.case)" "1 203.0.113.9	" 'the address of the line itself'
finish
