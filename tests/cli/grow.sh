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
for at in 1 170 171 $((bytes / 2)) $((bytes - 1)); do
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
run 3 load -q -c changed.case --year 2026 grown/d.log
"$program" sql -c changed.case -f csv 'SELECT reason FROM source ORDER BY id' >out 2>err
says out 'the file has changed since'
equal "$(grep -c . out)" 3 'sources of a log that changed, with a heading'

# Packed: members are appended.
gzip -c whole/a.log >grown/e.gz
run 3 load -q -c packed.case --year 2026 grown/e.gz
head -n 2 "$samples/cisco/span-rspan.log" | gzip -c >>grown/e.gz
run 3 load -q -c packed.case --year 2026 grown/e.gz
equal "$("$program" sql -c packed.case -f csv 'SELECT count(*) FROM source' 2>err |
    tail -n 1)" 1 'sources of a packed log that grew'
finish
