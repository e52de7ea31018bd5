#!/bin/sh
# make bench: figures of this build on this machine, whole process, median of RUNS.
# The corpora are generated once (seeded) and kept in the build folder.
#   EVENTS=1000000 RUNS=5 make bench
set -eu
events=${EVENTS:-1000000}
runs=${RUNS:-5}
here=$PWD/bench-data
program=$PWD/mirrorscope
tools=$PWD/tests/bench
case_file=$here/bench.case
files=$(( (events + 17241) / 17242 ))

corpus() { # form
    folder=$here/$1-$events
    if [ ! -f "$folder/complete" ]; then
        printf 'making %s (%s events)\n' "$folder" "$events" >&2
        mkdir -p "$folder"
        "$tools/generate" "$folder" "$events" "$files" 1 "$1"
        : >"$folder/complete"
    fi
}
corpus gz
corpus jsonl

printf 'mirrorscope %s, %s processors, %s\n' \
    "$("$program" --version | cut -d' ' -f2)" "$(nproc)" \
    "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | sort -u | head -n 1)"
grep -qw sha_ni /proc/cpuinfo && echo 'the processor has SHA instructions' ||
    echo 'the processor has no SHA instructions'
printf 'input: gz %s, JSON Lines %s\n' "$(du -sh "$here/gz-$events" | cut -f1)" \
    "$(du -sh "$here/jsonl-$events" | cut -f1)"

forget="rm -f $case_file $case_file-wal $case_file-shm $case_file-lock"
measure() { "$tools/measure" "$@"; }
load() { # name, folder, options...
    name=$1 folder=$2
    shift 2
    measure "$name" "$runs" "$events" "$forget" \
        "$program" load -q -c "$case_file" "$@" "$folder"
}
load 'gz, 2 workers, hashed' "$here/gz-$events/" -j 2
printf 'case: %s bytes, %s events\n' "$(stat -c %s "$case_file")" \
    "$("$program" sql -c "$case_file" 'SELECT sum(events) AS n FROM segment' \
        -f jsonl 2>/dev/null)"
load 'gz, 1 worker, hashed' "$here/gz-$events/" -j 1
load 'JSON Lines, hashed' "$here/jsonl-$events/cloudtrail.jsonl" -j 2
load 'JSON Lines, --no-hash' "$here/jsonl-$events/cloudtrail.jsonl" -j 2 --no-hash
measure 'report on the case' "$runs" 0 '' "$program" report -c "$case_file"
if command -v jq >/dev/null; then
    measure 'jq: names of mirroring calls' 1 "$events" '' sh -c \
        "zcat '$here/gz-$events'/*.gz | jq -r '.Records[] | select(.eventName |
         test(\"TrafficMirror\")) | [.eventTime, .eventName, .userIdentity.arn] | @tsv'"
else
    echo 'jq is not installed: no comparison with it'
fi
