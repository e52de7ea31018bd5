#!/bin/sh
# make bench-guard: the instructions of loading a fixed small corpus on one thread,
# counted by callgrind, against the figures in tests/bench/guard.txt.  Instructions do
# not vary with the machine's load (a still clock keeps commits from it), so a change of
# one in a hundred is told.
#   make bench-guard            compares
#   make bench-guard RECORD=1   writes the figures of this build
# The figures are of one compiler and its options: where they are others, it says so.
set -eu
record=${RECORD:-}
here=$PWD/bench-data
figures=$top_srcdir/tests/bench/guard.txt
if ! command -v valgrind >/dev/null; then
    echo 'bench-guard: valgrind is not installed, nothing was compared'
    exit 77
fi
rm -rf "$here/guard"
mkdir -p "$here/guard"
tests/bench/generate "$here/guard" 20000 2 1 gz
tests/bench/generate "$here/guard" 5000 1 1 azure
tests/bench/generate "$here/guard" 5000 1 1 syslog
compiler=$(sed -n 's/^CC = //p' Makefile | head -n 1)
$compiler -shared -fPIC -o "$here/still_clock.so" "$top_srcdir/tests/bench/still_clock.c"
LD_PRELOAD=$here/still_clock.so valgrind --quiet --tool=callgrind --callgrind-out-file="$here/guard.out" \
    ./mirrorscope load -q -j 1 -c "$here/guard.case" "$here/guard/" 2>/dev/null
rm -f "$here"/guard.case*
# Instructions of the program's own functions, and of all.
counts=$(callgrind_annotate --show-percs=no --threshold=100 "$here/guard.out" | awk '
    { gsub(",", "", $1) }
    /PROGRAM TOTALS/ { all = $1 }
    /\/mirrorscope\]$/ { own += $1 }
    END { printf "%.0f %.0f\n", own, all }')
options=$(sed -n 's/^CFLAGS = //p' Makefile | head -n 1 | tr ' ' '\n' | sort | xargs)
build="$($compiler -dumpfullversion) $options"
if [ -n "$record" ]; then
    { echo "$build"; echo "$counts"; } >"$figures"
    echo "bench-guard: recorded $counts"
    exit 0
fi
{ read -r recorded_build; read -r own all; } <"$figures"
[ "$build" = "$recorded_build" ] ||
    echo "bench-guard: recorded with \`$recorded_build\`, this is \`$build\`"
echo "$counts $own $all" | awk '{
    own = ($1 / $3 - 1) * 100; all = ($2 / $4 - 1) * 100
    printf "bench-guard: own functions %.1f M instructions (%+.2f %%, 1 %% is allowed), " \
           "in all %.1f M (%+.2f %%, 3 %% are)\n", $1 / 1e6, own, $2 / 1e6, all
    exit own > 1 || all > 3 }'
