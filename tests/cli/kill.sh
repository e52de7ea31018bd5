#!/bin/sh
# Fifty kill -9 at random moments of a load; loading again gives what an undisturbed
# load gives, byte by byte.
. "$top_srcdir/tests/cli/lib.sh"
mkdir corpus
"$top_builddir/tests/bench/generate" corpus 60000 3 5 gz
"$top_builddir/tests/bench/generate" corpus 60000 0 6 jsonl
cp -r "$samples"/azure "$samples"/cisco "$samples"/hostile corpus/
exports() {
    "$program" export -c "$1" hits -f jsonl 2>/dev/null
    "$program" export -c "$1" rejects -f jsonl 2>/dev/null
    "$program" sql -c "$1" -f csv 'SELECT path, records, events, skipped, unknown,
        damaged, hits, status, reason, sha256 FROM source ORDER BY path' 2>/dev/null
    "$program" sql -c "$1" -f csv 'SELECT time_us, provider, operation, actor, source_ip,
        offset, length FROM event ORDER BY 1, 2, 3, 4, 5, 6, 7' 2>/dev/null
}
run 3 load -q -c calm.case --year 2026 corpus
exports calm.case >calm
[ "$(wc -l <calm)" -gt 120000 ] || fail 'the undisturbed load is incomplete'
seed=4711
kills=0
rounds=0
while [ $kills -lt 50 ] && [ $rounds -lt 300 ]; do
    rounds=$((rounds + 1))
    seed=$(( (seed * 1103515245 + 12345) % 2147483648 ))
    "$program" load -q -c torn.case --year 2026 corpus >/dev/null 2>&1 &
    child=$!
    sleep "0.0$((seed / 65536 % 90 + 10))"
    kill -9 $child 2>/dev/null && kills=$((kills + 1))
    # A load that was through before the kill leaves nothing to tear: start anew.
    wait $child 2>/dev/null
    case $? in 0|3) rm -f torn.case* ;; esac
done
wait 2>/dev/null
echo "killed $kills times"
[ $kills -eq 50 ] || fail "only $kills loads could be killed: the corpus is too small"
run 3 load -q -c torn.case --year 2026 corpus
exports torn.case >torn
same calm torn 'everything exported after kills'

# A load that is asked to end says so, and keeps what it has.
: >err
"$program" load -q -c asked.case --year 2026 corpus >out 2>err &
child=$!
while [ ! -s err ] && kill -0 $child 2>/dev/null; do sleep 0.01; done
kill -TERM $child
status=0
wait $child || status=$?
case $status in
143) says err 'what was committed is kept' ;;
3) ;; # through before it was asked
*) fail "a load that got TERM ends with $status" "$(cat err)" ;;
esac
run 3 load -q -c asked.case --year 2026 corpus
exports asked.case >asked
same calm asked 'everything exported after a load that was asked to end'
equal "$(sqlite3 torn.case 'PRAGMA integrity_check')" ok 'integrity of the case'
finish
