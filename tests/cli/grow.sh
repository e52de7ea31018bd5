#!/bin/sh
# A file that grew is the same source: loading it again gives what loading it once
# gives, wherever the earlier load met its end.
. "$top_srcdir/tests/cli/lib.sh"
mkdir whole grown
exports() {
    "$program" export -c "$1" hits -f jsonl 2>/dev/null | sed "s|$PWD/[a-z]*/|/|g"
    "$program" export -c "$1" rejects -f jsonl 2>/dev/null | sed "s|$PWD/[a-z]*/|/|g"
    "$program" sql -c "$1" -f csv 'SELECT bytes, records, events, skipped, unknown,
        damaged, hits, status, sha256 FROM source WHERE NOT doubled' 2>/dev/null
    "$program" sql -c "$1" -f csv 'SELECT time_us, operation, actor, offset, length
        FROM event ORDER BY 4' 2>/dev/null
}
head -n 6 "$samples/cisco/sw1-erspan.log" >whole/a.log
gzip -cd "$samples/benign-day/cloudtrail.jsonl.gz" | head -n 3 >>whole/a.log
printf '{"no":"log"}\nno log either\n' >>whole/a.log
sed -n 7,12p "$samples/cisco/sw1-erspan.log" >>whole/a.log
run 3 load -q -c whole.case --year 2026 whole/a.log
exports whole.case >whole.txt
bytes=$(wc -c <whole/a.log)
# Behind a blank of a line, and behind a comma of a record as well.
blank=$(awk 'NR == 1 { print index($0, "[user") - 1 }' whole/a.log)
comma=$(awk 'NR < 7 { at += length($0) + 1 } NR == 7 { print at + index($0, ",") }' whole/a.log)
for at in 1 170 171 "$blank" "$comma" $((bytes / 2)) $((bytes - 1)); do
    rm -f grown.case*
    head -c "$at" whole/a.log >grown/a.log
    "$program" load -q -c grown.case --year 2026 grown/a.log >/dev/null 2>&1
    cat whole/a.log >grown/a.log
    run 3 load -q -c grown.case --year 2026 grown/a.log
    exports grown.case >grown.txt
    same whole.txt grown.txt "what was loaded twice, first $at bytes of $bytes,"
    # Again: nothing is new.
    run 0 load -c grown.case --year 2026 grown/a.log
    exports grown.case >again.txt
    same grown.txt again.txt 'a load of what is known'
done

# A rotated log has another name and is still the same source; what took its place is
# another one, and what was there is said to have changed.
head -c "$((bytes / 2))" whole/a.log >grown/b.log
run 3 load -q -c rotated.case --year 2026 grown/b.log
cp whole/a.log grown/b.log.1
head -n 2 "$samples/cisco/span-rspan.log" >grown/b.log
run 3 load -q -c rotated.case --year 2026 grown
"$program" sql -c rotated.case -f csv \
    "SELECT replace(path, '$PWD/', ''), (SELECT replace(path, '$PWD/', '') FROM
     source_alias WHERE source = id), bytes FROM source ORDER BY id" >out 2>err
says out "grown/b.log,grown/"
says out ",$bytes"
equal "$(grep -c . out)" 3 'sources of two logs, with a heading'
says_not out failed

# The old part changed: another source.
sed 's/mallory/nobody1/' whole/a.log >grown/c.log
cp whole/a.log grown/d.log
run 3 load -q -c changed.case --year 2026 grown/d.log
mv grown/c.log grown/d.log
run 3 load -c changed.case --year 2026 grown/d.log
cp out report
hits=$("$program" sql -c changed.case -f csv 'SELECT hits FROM source ORDER BY id DESC' 2>err |
    sed -n 2p | tr -d '\r')
grep -q " $hits hits .*grown/d.log" report || fail "not $hits hits of the changed file" "$(cat report)"
"$program" sql -c changed.case -f csv 'SELECT reason FROM source ORDER BY id' >out 2>err
says out 'the file has changed since'
equal "$(grep -c . out)" 3 'sources of a log that changed, with a heading'

# A table whose last row had no end yet, but all of its cells.
printf '%s\n' eventTime,eventSource,eventName,awsRegion,eventID \
    2026-03-14T02:11:09Z,ec2.amazonaws.com,CreateTrafficMirrorTarget,eu-west-1,id-0001 \
    2026-03-14T02:12:09Z,ec2.amazonaws.com,DeleteTrafficMirrorTarget,eu-west-1,id-0002 \
    >whole/t.csv
head -c -3 whole/t.csv >grown/t.csv
run 0 load -q -c table.case grown/t.csv
cp whole/t.csv grown/t.csv
run 0 load -q -c table.case grown/t.csv
equal "$("$program" sql -c table.case -f csv 'SELECT group_concat(event_id) FROM record' 2>err |
    tail -n 1 | tr -d '"')" id-0001,id-0002 'ids in a table that grew'

# Packed: members are appended.
gzip -c whole/a.log >grown/e.gz
run 3 load -q -c packed.case --year 2026 grown/e.gz
head -n 2 "$samples/cisco/span-rspan.log" | gzip -c >>grown/e.gz
run 3 load -q -c packed.case --year 2026 grown/e.gz
equal "$("$program" sql -c packed.case -f csv 'SELECT count(*) FROM source' 2>err |
    tail -n 1)" 1 'sources of a packed log that grew'

# A log too large to be hashed before it is read: its load meets its end between two
# commits, and it grows.  Without hashes the same.
line='<189>%d: sw9: Mar 14 2026 02:%02d:%02d.%03d UTC: %%SYS-5-CONFIG_I: from console\n'
awk -v line="$line" 'BEGIN { for (i = 0; i < 160000; i++)
    printf line, i, i / 3600 % 60, i / 60 % 60, i % 1000 }' >whole/f.log
[ "$(wc -c <whole/f.log)" -gt 9500000 ] || fail 'the log is hashed before it is read'
run 0 load -q -c large.case whole/f.log
"$program" sql -c large.case -f csv 'SELECT offset, length FROM event ORDER BY 1' \
    >large.txt 2>err
for option in '' --no-hash; do
    unhashed=${option:+1}
    unhashed=${unhashed:-0}
    rm -f torn.case*
    run 0 load -q -c torn.case "$samples/cisco/span-rspan.log" --year 2026
    sqlite3 torn.case "CREATE TRIGGER torn BEFORE UPDATE ON source WHEN NEW.status <>
        'loading' BEGIN SELECT RAISE(ABORT, 'torn'); END"
    head -n 130000 whole/f.log >grown/f.log
    run 4 load -q -c torn.case $option grown/f.log
    sqlite3 torn.case 'DROP TRIGGER torn'
    torn=$(sqlite3 torn.case "SELECT resume_offset FROM source WHERE status = 'loading'")
    [ "${torn:-0}" -gt 0 ] || fail 'nothing of the load was committed'
    for lines in 140000 160000; do
        head -n $lines whole/f.log >grown/f.log
        run 0 load -q -c torn.case $option --year 2026 grown/f.log
    done
    "$program" sql -c torn.case -f csv "SELECT offset, length FROM event WHERE source =
        (SELECT id FROM source WHERE path LIKE '%f.log') ORDER BY 1" >torn.txt 2>err
    same large.txt torn.txt "a large log that grew after its load was killed ($option)"
    equal "$(sqlite3 torn.case "SELECT count(*), max(status), max(bytes), max(sha256) IS
        NULL FROM source WHERE path LIKE '%f.log'")" \
        "1|done|$(wc -c <whole/f.log)|$unhashed" 'what is known of it'
done
finish
