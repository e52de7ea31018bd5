#!/bin/sh
# The raw record of any event, read again from where it was: from files, packed ones,
# archives and the bytes in the case; the same as what the case keeps of a hit.  Of a
# source that changed or is not found, none.
. "$top_srcdir/tests/cli/lib.sh"

# raws CASE: the raw records of all events, in the order of the export.
raws() {
    "$program" export -c "$1" events --raw -f jsonl 2>err | sed 's/.*"raw"://'
}
# forget CASE: what the case keeps of marked records, so that all are read again.
forget() { sqlite3 "$1" 'DELETE FROM record'; }

# JSON, lines, envelopes with several records at one place, one damaged event.
mkdir logs
cp "$samples"/aws/*.json "$samples"/gcp/*.json* "$samples"/azure/PT1H.json \
    "$samples"/cisco/*.log "$samples"/devices/nxos*.log "$samples"/envelopes/* logs/
# A message that holds three records: they share one place.
for name in DescribeInstances CreateTrafficMirrorTarget DescribeVpcs; do
    printf '{"eventVersion":"1.11","eventTime":"2026-03-14T09:00:%dZ","eventSource":"ec2.amazonaws.com","eventName":"%s","eventID":"leaf-%s"}' \
        ${#name} $name $name
done | sed 's/}{/},{/g; s/"/\\"/g; s/.*/{"MessageId":"m1","ReceiptHandle":"r","MD5OfBody":"d","Body":"{\\"Records\\":[&]}"}/' >logs/sqs.json
run 3 load -q -c plain.case logs
raws plain.case >want
total=$("$program" sql -c plain.case -f csv 'SELECT count(*) FROM event' 2>err | tail -n 1)
equal "$(wc -l <want)" "$total" 'events with a raw record'
grep -q '^\[null\]\|^\[""\]' want && fail 'an event has no raw record'
leaves=$("$program" sql -c plain.case -f csv 'SELECT count(*) FROM event WHERE leaf > 0' \
    2>err | tail -n 1)
[ "$leaves" -gt 2 ] || fail "only $leaves events share their place with others"
forget plain.case
raws plain.case >got
same want got 'raw records that are read again'

# On the screen of an event, whatever the case keeps of hits; and where the file is gone.
printf 'resize 100x60\nkeys E Enter\ndump\n' >keys
forget plain.case
run 0 open -c plain.case --script keys
says out 'unchanged: its SHA-256 is as it was'
says out '<189>69: sw2: Mar 14'
mv logs gone
run 0 open -c plain.case --script keys
says out 'NOT FOUND'
says out 'It is not shown'
# There, it is said where it is by now: the folder, by one file of it.
file=$("$program" sql -c plain.case -f csv 'SELECT s.path FROM event AS e JOIN source AS s
    ON s.id = e.source ORDER BY e.time_us, e.rowid LIMIT 1' 2>err | tail -n 1)
printf 'resize 100x60\nkeys E Enter R Ctrl-u\ntext %s\nkeys Enter\ndump\nkeys i R Ctrl-u\ntext no\nkeys Enter\ndump\n' \
    "$PWD/gone/${file##*/}" >keys
run 0 open -c plain.case --script keys
says out '14 found there, 0 not found, 0 with other bytes'
says out 'unchanged: its SHA-256 is as it was'
says out 'say the whole path'
run 0 open -c plain.case --read-only --script keys
says out 'read-only'
run 0 journal -c plain.case -f csv
says out relocate
# Or the folder itself.
mv gone moved
printf 'resize 100x60\nkeys i R Ctrl-u\ntext %s/\nkeys Enter\n' "$PWD/moved" >keys
run 0 open -c plain.case --script keys
says out '14 found there, 0 not found, 0 with other bytes'
mv moved logs
run 0 relocate -c plain.case "$PWD/moved" "$PWD/logs"

# However it is packed.
cat logs/*.json* >all.json
run 3 load -q -c all.case all.json
raws all.case >want
gzip -k all.json
files=all.json.gz
if command -v bsdtar >/dev/null && command -v iconv >/dev/null && grep -q \
    '^#define HAVE_LIBARCHIVE' "$top_builddir/config.h"; then
    echo other >other
    bsdtar -cf all.tar all.json.gz
    bsdtar --format zip -cf all.zip other all.tar
    { printf '\377\376'; iconv -f UTF-8 -t UTF-16LE all.json; } >wide
    files="$files all.tar all.zip wide"
fi
for file in $files; do
    rm -f x.case
    run 3 load -q -c x.case "$file"
    forget x.case
    raws x.case >got
    same want got "raw records out of $file"
done
run 3 load -q -c in.case --embed all.json.gz
forget in.case
mv all.json.gz away
raws in.case >got
same want got 'raw records out of the case'
mv away all.json.gz

# Not found: what the case keeps is there, the rest is null and counted.
run 3 load -q -c moved.case all.json.gz
kept=$("$program" sql -c moved.case -f csv 'SELECT count(*) FROM record' 2>err | tail -n 1)
mv all.json.gz away
run 3 export -c moved.case events --raw -f jsonl
says err 'files that are not found'
equal "$(grep -c '"raw":\["' out)" "$kept" 'records in the case, their file being gone'
# Changed: not one, of events or hits.
sed 's/mallory/nobody1/' all.json | gzip >all.json.gz
for what in events hits; do
    run 3 export -c moved.case $what --raw -f jsonl
    says err 'have changed'
    says_not out '"raw":["'
done
run 0 export -c moved.case hits -f jsonl
mv away all.json.gz
run 0 export -c moved.case hits --raw -f jsonl
run 2 export -c moved.case sources --raw

# Deep in a large packed file, from the point before it, also in the case that takes it
# over; a wrong point gives no other record.
awk 'BEGIN {
    for (i = 1; i <= 42000; i++)
        printf "{\"eventVersion\":\"1.11\",\"eventTime\":\"2026-03-14T02:%02d:%02dZ\",\"eventSource\":\"ec2.amazonaws.com\",\"eventName\":\"%s\",\"eventID\":\"deep-%d\",\"userAgent\":\"%01100d\"}\n",
            i / 60 % 60, i % 60, i % 14000 ? "DescribeVpcs" : "DescribeRare", i, i % 1999
}' | gzip -1 >deep.gz
run 0 load -q -c deep.case deep.gz
points=$("$program" sql -c deep.case -f csv 'SELECT count(*) FROM access_point' 2>err | tail -n 1)
[ "$points" -ge 4 ] || fail "only $points points in a large packed file"
run 0 load -q -c taken.case deep.case
for case in deep taken; do
    run 0 export -c $case.case events operation:DescribeRare --raw -f jsonl
    equal "$(grep -o '"raw":.*eventID[^,]*' out | grep -o 'deep-[0-9]*' | tr '\n' ' ')" \
        'deep-42000 deep-28000 deep-14000 ' "records deep in a packed file, of $case"
done
sqlite3 taken.case 'UPDATE access_point SET bit = bit + 9'
run 3 export -c taken.case events operation:DescribeRare --raw -f jsonl
says_not out '"raw":["'
finish
