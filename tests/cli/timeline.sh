#!/bin/sh
# The timeline of the dashboard: steps, zooming, and back to the lists.
. "$top_srcdir/tests/cli/lib.sh"
# Nine events in the first hour, none in the second, one hit in the third.
record() { # second of the hour, hour, name
    printf '{"eventVersion":"1.11","userIdentity":{"type":"IAMUser","arn":"%s"},' \
        'arn:aws:iam::111122223333:user/mallory'
    printf '"eventTime":"2026-03-14T%s:%sZ","eventSource":"ec2.amazonaws.com",' "$2" "$1"
    printf '"eventName":"%s","awsRegion":"us-east-1","eventID":"%s-%s"}\n' "$3" "$2" "$1"
}
for second in 1 2 3 4 5 6 7 8 9; do record "00:0$second" 02 DescribeInstances; done >log
record 30:00 04 CreateTrafficMirrorSession >>log
run 0 load -q -c t.case log

# A row as it is shown: the cursor's mark, then time, events and hits.
row() { sed 's/[^ -~]//g; s/ *$//; s/  */ /g; s/^ //' out | grep -c -xF -- "$1" >/dev/null ||
    fail "no row '$1'" "$(grep ' 03-14' out | head -n 8)"; }
echo 'keys t' >keys
run 0 open -c t.case --script keys
says out '10 dated events, 1 record of hits, by 5 min'
row '> 03-14 02:00:00 9'
row '03-14 02:05:00 none'
printf 'keys t G Enter Enter\n' >keys
run 0 open -c t.case --script keys
says out '1 dated event, 1 record of hits, by 1 s'
row '> ! 03-14 04:30:00 1 1'
printf 'keys t G f\n' >keys
run 0 open -c t.case --script keys
says out 'filter: since:2026-03-14T04:30:00Z until:2026-03-14T04:34:59.999999Z'
says out mallory
# What hits alone have cannot be asked of all events, and says so.
printf 'keys &\ntext severity:high\nkeys Enter t\n' >keys
run 0 open -c t.case --script keys
says out 'known of hits only'

# All events counted by a column; the value under the cursor narrows the filter.
echo 'keys b Tab Tab' >keys
run 0 open -c t.case --script keys
says out 'All events by operation  10 events, 2 values'
says out 'DescribeInstances'
printf 'keys b Tab Tab j Enter\n' >keys
run 0 open -c t.case --script keys
says out 'filter: operation:"CreateTrafficMirrorSession"'
says out 'All events by account  1 events, 1 values'
finish
