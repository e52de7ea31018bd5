#!/bin/sh
# Words on the command line: help, near misses, exit statuses.
. "$top_srcdir/tests/cli/lib.sh"

run 0 --help
cp out help
for verb in open load report export allow info sql; do
    says help "  $verb "
    run 0 "$verb" --help
    says out "Usage: mirrorscope $verb"
    run 2 "$verb" --no-such-option
    says err 'has no option --no-such-option'
done
run 0 --version
says out 'mirrorscope '

run 2 laod x
says err 'did you mean `load`?'
run 2 load
says err 'name what to load'
run 2 load -c x.case --year nineteen .
says err '--year takes a year'
run 2 load -c x.case --tz 2 .
says err '--tz takes a zone'
run 2 load -c x.case --device-tz sw1 .
says err '--device-tz takes a device'
run 2 load -c x.case --device-tz=sw1=+2 .
says err '--device-tz takes a device'
run 2 load -c x.case --date-order ymd .
says err '--date-order takes dmy or mdy'
run 2 export -c x.case nonsense
run 2 allow -c x.case nonsense
says err 'list, add, enable or disable'

# A case that is not there is said to be so, and is not made by reading.
for verb in report info; do
    run 4 "$verb" -c missing.case
    says err 'missing.case'
done
run 4 sql -c missing.case 'SELECT 1'
[ ! -e missing.case ] || fail 'reading made a case'

# No terminal: the headless verb is named.
run 0 load -q -c t.case "$samples/benign-day"
TERM=dumb run 2 open -c t.case
says err 'report'

# The case may come from the environment or be the one in this folder.
MIRRORSCOPE_CASE=t.case run 0 info
says err 't.case'
cp t.case mirrorscope.case
run 0 info
says err 'mirrorscope.case'

# Filters that are wrong are refused, with their column.
run 2 export -c t.case hits 'actor:x lifecycle:birth'
says err 'column 19'
run 2 export -c t.case hits 'since:yesterday'
says err 'column'

# Generated documents hold every verb.
for kind in man bash zsh; do
    run 0 --generate "$kind"
    says out allow
done

# A slip in a path, or no screen to show it on, leaves no case behind.
run 2 open -c none.case no-such-log
says err 'no-such-log'
run 2 open -c none.case .
says err 'report'
[ ! -e none.case ] || fail 'an empty case is left'

# Zones of devices and words: each as given, and told with the source.
mkdir -p logs/2024/03
{
    printf 'sw1: Mar 14 02:25:03: %%SYS-5-RESTART: x\n'
    printf 'sw2: Mar 14 02:25:03 CST: %%SYS-5-RESTART: x\n'
} >logs/2024/03/devices.log
run 0 load -q -c zones.case --device-tz sw1=+02:00 --device-tz=CST=+08:00 logs
run 0 export -c zones.case -f jsonl events
says out '"time":"2024-03-14T00:25:03Z"'
says out '"time":"2024-03-13T18:25:03Z"'
run 0 export -c zones.case -f jsonl sources
says out '--device-tz sw1=+02:00 --device-tz CST=+08:00'
finish
