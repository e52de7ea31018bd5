#!/bin/sh
# load OTHER.case: two cases merged either way round export the same, merging again
# changes nothing, and a merge that is killed leaves a whole case and goes on.
. "$top_srcdir/tests/cli/lib.sh"
mkdir one two both
cp "$samples"/cisco/*.log "$samples"/aws/*.json one/
cp "$samples"/gcp/* "$samples"/hostile/damaged.jsonl two/
cp "$samples"/azure/*.json both/
cp both/eventhub.json two/copy.json # the same content under another path
load() { "$program" load -q --year 2026 "$@" >/dev/null 2>&1; }
load -c a.case one both
load -c b.case --embed two both
approve() {
    run 0 allow -c "$1" add --actor "$2" --destination "$3" --start 2026-03-01 \
        --end 2026-04-01 --ticket "$4"
}
approve a.case '*mallory*' 'x*' CHG0000001
approve b.case '*admin*' 'y*' CHG0000002
approve b.case 'nobody' 'z*' CHG0000003
approve a.case 'ops' 'z*' CHG0000004
run 0 allow -c b.case disable 2
run 0 own -c b.case add account 111122223333
cp a.case a0.case
cp b.case b0.case

exports() {
    for what in hits sources approvals rejects events mirrors; do
        "$program" export -c "$1" $what -f jsonl 2>/dev/null
    done
    "$program" own -c "$1" list 2>/dev/null
    "$program" sql -c "$1" -f csv 'SELECT origin, number, hash FROM journal
        WHERE action <> '"'merge'"' ORDER BY 1, 2' 2>/dev/null
    "$program" sql -c "$1" -f csv 'SELECT s.sha256, e.offset, length(e.data) FROM embedded
        AS e JOIN source AS s ON s.id = e.source ORDER BY 1, 2' 2>/dev/null
}
run 0 load -c a.case b0.case
says err 'sources were new'
run 0 load -c b.case a0.case
exports a.case >ab
exports b.case | sort >ba.sorted
sort ab >ab.sorted
same ab.sorted ba.sorted 'what two cases hold, merged either way round,'
[ "$(wc -l <ab)" -gt 100 ] || fail 'the exports are empty'

# The same logs in one case: the same hits, whatever way they came.
load -c c.case one two both
for what in hits mirrors; do
    "$program" export -c a.case $what -f jsonl 2>/dev/null |
        sed 's/"approval":.*//; s/"own":.*//' | cut -d, -f1-12 >merged
    "$program" export -c c.case $what -f jsonl 2>/dev/null |
        sed 's/"approval":.*//' | cut -d, -f1-12 >loaded
    same merged loaded "export $what of merged cases"
done

# Again, and of a case that was merged already: nothing new.
run 0 load -c a.case b0.case
run 0 load -c a.case b.case
exports a.case >again
same ab again 'a second merge'
equal "$(sqlite3 a.case "SELECT count(*) FROM journal WHERE action = 'merge'")" 2 \
    'merges in the journal: its own, and that of the other way round'

equal "$(sqlite3 a.case 'PRAGMA integrity_check; PRAGMA foreign_key_check')" ok integrity

# Killed at any moment.
mkdir big
"$top_builddir/tests/bench/generate" big 15000 3 5 jsonl
load -c big.case big both
load -c plain.case one
cp plain.case killed.case
run 0 load -q -c plain.case big.case
for delay in 01 03 06; do
    "$program" load -q -c killed.case big.case >/dev/null 2>&1 &
    child=$!
    sleep 0.$delay
    kill -9 $child 2>/dev/null
    wait $child 2>/dev/null
    equal "$(sqlite3 killed.case 'PRAGMA quick_check')" ok 'a killed merge'
done
run 0 load -q -c killed.case big.case
exports plain.case >calm
exports killed.case >killed
same calm killed 'a merge that was killed and done again'

# What is refused, and why.
run 3 load -c a.case a.case
says err 'this case itself'
cp b0.case newer.case
sqlite3 newer.case 'PRAGMA user_version = 999'
run 3 load -c a.case newer.case
says err 'newer mirrorscope'
sqlite3 foreign.db 'CREATE TABLE t(a)'
run 3 load -c a.case foreign.db
says err 'SQLite database'
head -c 30000 b0.case >torn.case
run 3 load -c a.case torn.case
finish
