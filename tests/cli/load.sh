#!/bin/sh
# Loading the samples: what each file must give, again, in other orders and ways.
. "$top_srcdir/tests/cli/lib.sh"

run 3 load -c all.case "$samples"

# sample-data/expected.tsv: path, records, events, hits, skipped, unknown, damaged
run 0 export -c all.case sources -f jsonl
grep -v "^#\|^path" "$samples/expected.tsv" | while IFS='	' read -r path records events hits \
    skipped unknown damaged; do
    got=$("$program" sql -c all.case -f csv "SELECT records, events,
        (SELECT count(DISTINCT operation) FROM record WHERE record.source = s.id),
        skipped, unknown, damaged FROM source AS s WHERE path LIKE '%/sample-data/$path'" 2>/dev/null |
        tail -n 1)
    [ "$got" = "$records,$events,$hits,$skipped,$unknown,$damaged" ] ||
        echo "$path: got $got, expected $records,$events,$hits,$skipped,$unknown,$damaged"
done >counts
[ ! -s counts ] || fail 'counts differ from expected.tsv' "$(cat counts)"

# records = events + skipped + unknown + damaged, always.
run 0 sql -c all.case -f csv 'SELECT count(*) FROM source
    WHERE records <> events + skipped + unknown + damaged'
equal "$(tail -n 1 out)" 0 'sources whose counts do not add up'

# Again: nothing changes.
"$program" export -c all.case hits -f jsonl >first 2>err
run 3 load -c all.case "$samples"
"$program" export -c all.case hits -f jsonl >second 2>err
same first second 'export of hits after the second load'
run 0 sql -c all.case -f csv 'SELECT count(*) - count(DISTINCT path) FROM source'
equal "$(tail -n 1 out)" 0 'sources that are there twice'

# One worker or two, in another order, from another folder: the same ids, the same rows.
cp -r "$samples" copy
for workers in 1 2; do
    run 3 load -q -c "w$workers.case" -j "$workers" "$samples"
    "$program" export -c "w$workers.case" hits -f jsonl >"hits.$workers" 2>err
    "$program" export -c "w$workers.case" events -f jsonl >"events.$workers" 2>err
done
same hits.1 hits.2 'hits by one worker and two'
same events.1 events.2 'events by one worker and two'
run 3 load -q -c r.case copy/siem copy/other copy/hostile copy/gcp copy/cisco copy/azure copy/mixed \
    copy/benign-day copy/envelopes copy/devices copy/lineage copy/aws
"$program" export -c r.case hits -f csv 2>err | cut -d, -f1-40 >reordered
"$program" export -c w1.case hits -f csv 2>err | cut -d, -f1-40 >ordered
cut -d, -f1 reordered >a && cut -d, -f1 ordered >b
same a b 'ids and their order when loaded in another order'

# Two copies at once, met by two workers: one source, with an alias.
mkdir twins
"$top_builddir/tests/bench/generate" twins 20000 0 7 jsonl
cp twins/*.jsonl twins/copy.jsonl
run 0 load -q -c twins.case -j 2 twins
run 0 sql -c twins.case -f csv "SELECT (SELECT count(*) FROM source), status, events,
    (SELECT count(*) FROM source_alias), (SELECT count(*) FROM event) FROM source"
equal "$(tail -n 1 out)" 1,done,20000,1,20000 'two copies at once'

# The order of the export is time, then provider.
"$program" export -c w1.case hits -f csv 2>err | sed 1d | cut -d, -f2 | sed 's,Z$,,' | grep . >times
sort -c times 2>/dev/null || fail 'hits are not in order of time'

# Standard input, named by nobody, is embedded and known again.
run 0 load -c in.case "$samples/gcp"
"$program" export -c in.case hits -f csv 2>err | cut -d, -f1 >files
rm -f in.case
for file in "$samples"/gcp/*; do
    status=0
    "$program" load -q -c in.case - <"$file" >out 2>err || status=$?
    equal "$status" 0 "load - of $file"
done
"$program" export -c in.case hits -f csv 2>err | cut -d, -f1 >stdin
same files stdin 'ids through standard input'
run 0 sql -c in.case -f csv 'SELECT min(embedded) FROM source'
equal "$(tail -n 1 out)" 1 'standard input is embedded'
"$program" load -c in.case - <"$file" >out 2>err
says out known

# A device's log of two years without a year in it: the order of its lines tells them,
# in a file, packed, and as a member.
mkdir years
for stamp in 'Oct  2' 'Mar 19' 'Dec 30' 'Jan  5' 'Mar 18'; do
    echo "<189>7: sw1: $stamp 10:00:00 UTC: %SYS-5-CONFIG_I: Configured from console by m on vty0 (192.0.2.9)"
done >years/sw1.log
touch -d 2026-03-20T00:00:00Z years/sw1.log
(cd years && tar -cf sw1.tar sw1.log && gzip -k sw1.log)
for file in years/*; do
    rm -f years.case*
    run 0 load -q -c years.case "$file"
    run 0 sql -c years.case -f csv "SELECT strftime('%Y', time_us / 1000000, 'unixepoch')
        FROM event WHERE time_quality = 'year_inferred' ORDER BY offset"
    equal "$(tail -n 5 out | tr -d '\r' | tr '\n' ' ')" '2024 2025 2025 2026 2026 ' "years of $file"
done
# One file, more workers: they read it together (parts.sh has more of that).
"$top_builddir/tests/bench/generate" . 6300 0 7 jsonl
run 0 load -c parts.case --workers 3 cloudtrail.jsonl
run 0 sql -c parts.case -f csv 'SELECT events FROM source'
says out 6300
finish
