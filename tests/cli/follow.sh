#!/bin/sh
# load --follow: what grows, rotates and appears is read within a moment, a killed
# follower goes on where it was, and the end is what one plain load gives.
. "$top_srcdir/tests/cli/lib.sh"
log=$samples/cisco/sw1-erspan.log
other=$samples/cisco/span-rspan.log
mkdir logs

# A job in the background ignores INT, one of nohup HUP, unless env can give it back.
defaults=
env --default-signal=INT,HUP true 2>/dev/null && defaults='env --default-signal=INT,HUP'
start() {
    $defaults "$program" load -c f.case --year 2026 --follow "$@" >follow.out 2>follow.err &
    child=$!
}
# eventually SQL EXPECTED WHAT: within a bound that no machine needs.
eventually() {
    tries=0
    while got=$("$program" sql -c f.case -f csv "$1" 2>/dev/null | tail -n +2 | tr '\n' ' ')
    [ "$got" != "$2 " ]; do
        tries=$((tries + 1))
        [ $tries -gt 300 ] && { fail "$3: got '$got', expected '$2'" "$(cat follow.err)"; return; }
        sleep 0.05
    done
}
counts='SELECT records FROM source WHERE NOT doubled ORDER BY id'
stop() {
    kill "-$1" $child
    status=0
    wait $child || status=$?
    equal $status "$2" "exit status after $1"
}

# Grows, with a last record that waits for its end.
head -n 2 "$log" >logs/a.log
start logs
eventually "$counts" 2 'what was there'
sed -n 3p "$log" >>logs/a.log
eventually "$counts" 3 'what was appended'
sed -n 4p "$log" | head -c 60 >>logs/a.log
eventually 'SELECT bytes - resume_offset FROM source' 60 'a part of a record'
equal "$("$program" sql -c f.case -f csv "$counts" 2>/dev/null | tail -n 1)" 3 \
    'records while one is incomplete'
sed -n 4p "$log" | tail -c +61 >>logs/a.log
eventually "$counts" 4 'the completed record'

# Renamed: read to its end, then the new one is another source.
mv logs/a.log logs/a.log.1
head -n 2 "$other" >logs/a.log
sed -n 5p "$log" >>logs/a.log.1
eventually "$counts" '5 2' 'a renamed log and what took its place'
eventually 'SELECT status FROM source ORDER BY id' 'done loading' 'the end of the renamed log'

# Copied and cut: the copy is nothing new, what follows is another source.
sed -n 3p "$other" >>logs/a.log
eventually "$counts" '5 3' 'a line before the cut'
cp logs/a.log logs/a.log.2
: >logs/a.log
eventually 'SELECT status FROM source ORDER BY id' 'done done' 'the cut log'
head -n 1 "$samples/gcp/nsi-mirroring.jsonl" >>logs/a.log
eventually "$counts" '5 3 1' 'what followed the cut'
eventually 'SELECT count(*) FROM source_alias' 1 'the copy'

# Appears: a folder, a log in it, something packed.
mkdir logs/new
head -n 1 "$other" | sed 's/sw2/sw3/' >logs/new/c.log
gzip -c "$samples/azure/PT1H.json" >logs/packed.gz
eventually "SELECT count(*) FROM source WHERE path LIKE '%/c.log' OR path LIKE '%.gz'" 2 \
    'what appeared'
run 4 load -c f.case logs
says err 'another load is at work'
stop TERM 143
says follow.err 'what was committed is kept'
equal "$(sqlite3 f.case "SELECT count(*) FROM source WHERE status <> 'done'")" 0 \
    'sources that are not done'
equal "$(sqlite3 f.case 'SELECT count(*) FROM source WHERE NOT embedded')" 1 \
    'sources that are not embedded: the packed one'
# A plain load finds nothing new.
run 0 load -c f.case --year 2026 logs
says out '0 records, 0 events'

# Killed at any moment, and followed again: what one plain load gives.
rm -rf f.case* logs/*
: >logs/b.log
start logs
wanted=0
for round in 1 2 3 4; do
    sed -n "$((round * 2 - 1)),$((round * 2))p" "$log" >>logs/b.log
    [ $((round % 2)) = 0 ] && sed -n "$round"p "$other" >>logs/b.log
    wanted=$(wc -l <logs/b.log)
    [ $round = 4 ] && sed -n "7p" "$other" | head -c 50 >>logs/b.log
    [ $round = 3 ] || eventually "$counts" "$wanted" "records in round $round"
    [ $round = 4 ] && sed -n "7p" "$other" | tail -c +51 >>logs/b.log
    kill -9 $child
    wait $child 2>/dev/null
    start logs
done
wanted=$(wc -l <logs/b.log)
eventually "$counts" "$wanted" 'records after kills'
if [ -n "$defaults" ]; then stop INT 130; else stop TERM 143; fi
rows() {
    "$program" export -c "$1" hits -f jsonl 2>/dev/null
    "$program" sql -c "$1" -f csv 'SELECT time_us, operation, actor, offset, length
        FROM event ORDER BY 4' 2>/dev/null
    "$program" sql -c "$1" -f csv 'SELECT bytes, records, events, unknown, status, sha256
        FROM source' 2>/dev/null
}
# It may have been stopped before it looked: a plain load then ends what is unfinished.
"$program" load -q -c f.case --year 2026 logs >out 2>err
rows f.case >followed
run 0 load -q -c plain.case --year 2026 logs
rows plain.case >plain
same plain followed 'what a killed follower collected'

# Standard input, with no more than what a pipe gives.
rm -f f.case*
mkfifo pipe
"$program" load -c f.case --year 2026 --follow - <pipe >follow.out 2>follow.err &
child=$!
exec 3>pipe
head -n 3 "$log" >&3
eventually "$counts" 3 'lines from a pipe'
sed -n 4,5p "$log" >&3
eventually "$counts" 5 'more lines from the pipe'
printf '%s' "$(sed -n 6p "$log")" >&3
exec 3>&-
status=0
wait $child || status=$?
equal $status 0 'exit status at the end of the input'
eventually "$counts" 6 'the last line, which has no end'
eventually 'SELECT status, embedded FROM source' 'done,1' 'the source of the pipe'

# A hangup ends it; without hashes files cannot be told apart.
rm -f f.case*
start logs/b.log
eventually "$counts" "$wanted" 'a file that was given'
if [ -n "$defaults" ]; then stop HUP 129; else stop TERM 143; fi
run 2 load -c f.case --no-hash --follow logs
finish
