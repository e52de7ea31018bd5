#!/bin/sh
# Read-only SQL, the `event` table, info.
. "$top_srcdir/tests/cli/lib.sh"
run 0 load -q -c s.case "$samples/aws"
run 0 sql -c s.case -f csv 'SELECT count(*) FROM event'
total=$(tail -n 1 out)
run 0 sql -c s.case -f csv 'SELECT sum(events) FROM source'
equal "$(tail -n 1 out)" "$total" 'rows of event'
run 0 sql -c s.case -f jsonl "SELECT operation, source_ip FROM event WHERE hit AND
    provider = 'aws' ORDER BY time_us"
jq -e -s 'length > 0 and all(.operation | test("TrafficMirror"))' out >/dev/null ||
    fail 'hits in the event table' "$(head -n 3 out)"
for statement in 'DELETE FROM record' 'DROP TABLE source' "ATTACH 'x' AS y" \
    'PRAGMA journal_mode = DELETE' 'CREATE TABLE t(a)' "VACUUM INTO 'copy.db'" \
    "SELECT load_extension('x')"; do
    status=0
    "$program" sql -c s.case "$statement" >out 2>err </dev/null || status=$?
    [ "$status" -ne 0 ] || fail "sql took: $statement"
done
[ ! -e x ] && [ ! -e copy.db ] || fail 'sql wrote a file'
run 2 sql -c s.case 'SELECT nonsense'
run 0 sql -c s.case "SELECT 'a' || char(27) || '[31m' AS x"
says_not out "$(printf '\033')"
run 0 info -c s.case
for word in aws us-east-1 111122223333 s.case events; do says out "$word"; done
finish
