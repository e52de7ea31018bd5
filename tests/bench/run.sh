#!/bin/sh
# make bench: figures of this build on this machine: whole processes, the median of RUNS
# with its spread, and ratios against what else is installed, on the same files in the
# same run.  The corpora are generated once (seeded) and kept in the build folder; the
# figures are also written to bench-data/figures.txt, which BENCHMARKS.md quotes.
#   EVENTS=1000000 RUNS=5 make bench
set -eu
events=${EVENTS:-200000}
runs=${RUNS:-5}
threads=${THREADS:-$(nproc)}
here=$PWD/bench-data
program=$PWD/mirrorscope
tools=$PWD/tests/bench
case_file=$here/bench.case
files=$(((events + 17241) / 17242))
single=$((events < 100000 ? events : 100000))
mkdir -p "$here"
log=$here/medians.txt
: >"$log"

# name, then what makes it in its folder.
corpus() {
    folder=$here/$1-$events
    shift
    if [ ! -f "$folder/complete" ]; then
        printf 'making %s (%s events)\n' "$folder" "$events" >&2
        mkdir -p "$folder"
        (cd "$folder" && "$@")
        : >"$folder/complete"
    fi
}

made() { # form, and the number of files where it is several
    "$tools/generate" . "$events" "${2:-$files}" 1 "$1"
}

# All records in one line.
made_document() {
    { printf '{"Records":['; sed '$!s/$/,/' "$here/jsonl-$events/cloudtrail.jsonl" |
        tr -d '\n'; printf ']}'; } >records.json
}

made_files() { "$tools/generate" . "$single" 0 1 files; }

forget() { rm -f "$case_file" "$case_file"-*; }
forget_command="rm -f $case_file $case_file-*"

# name, events, what comes before, command: measured, printed, and its medians kept for
# ratios.
measure() {
    name=$1 units=$2 before=$3
    shift 3
    line=$("$tools/measure" "$name" "$runs" "$units" "$before" "$@")
    printf '%s\n' "$line"
    printf '%s|%s\n' "$name" \
        "$(printf '%s' "$line" | cut -c35- | awk '{ print $1 "|" $4 }')" >>"$log"
}

load() { # name, paths and options...
    name=$1
    shift
    measure "$name" "$events" "$forget_command" \
        "$program" load -q -c "$case_file" -j "$threads" "$@"
}

ratio() { # slower, faster, words
    awk -F'|' -v slower="$1" -v faster="$2" -v words="$3" '
        $1 == slower { a = $2; c = $3 } $1 == faster { b = $2; d = $3 }
        END { if (b && d) printf "    %.2fx %s (%.2fx in processor time)\n", a / b,
                  words, c / d }' "$log"
}

machine() {
    printf 'mirrorscope %s, %s, %s processors (%s), %s threads\n' \
        "$("$program" --version | cut -d' ' -f2)" "$(date -u +%Y-%m-%d)" "$(nproc)" \
        "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | sort -u | head -n 1)" \
        "$threads"
    for flag in sha_ni sse2 avx2 avx512bw asimd sha2; do
        if grep -qw "$flag" /proc/cpuinfo; then printf '%s ' "$flag"; fi
    done
    printf '(what the processor has of SHA and vector instructions)\n'
    printf '%s events a corpus; %s runs each: median (fastest-slowest) wall, ' \
        "$events" "$runs"
    printf 'processor time, peak memory\n\n'
}

loading() {
    load 'CloudTrail gz, hashed' "$here/gz-$events/"
    gz_bytes=$(cat "$here/gz-$events"/*.gz | wc -c)
    awk -v gz="$gz_bytes" -v case="$(wc -c <"$case_file")" -v events="$events" 'BEGIN {
        printf "    the case is %.1f %% of the gz, %.1f bytes an event\n",
            100 * case / gz, case / events }'
    load 'CloudTrail gz, --no-hash' --no-hash "$here/gz-$events/"
    measure 'CloudTrail gz, bare inflate' "$events" '' \
        "$tools/inflate" "$threads" "$here/gz-$events"/*.gz
    ratio 'CloudTrail gz, hashed' 'CloudTrail gz, bare inflate' 'the time of bare inflate'
    load 'one CloudTrail gz, hashed' "$here/one-$events/"
    measure 'one CloudTrail gz, unpacked alone' "$events" '' \
        "$tools/inflate" 1 "$here/one-$events"/*.gz
    ratio 'one CloudTrail gz, hashed' 'one CloudTrail gz, unpacked alone' \
        'the time of unpacking it'
    load 'CloudTrail lines, hashed' "$here/jsonl-$events/"
    load 'CloudTrail lines, --no-hash' --no-hash "$here/jsonl-$events/"
    load 'one JSON document, hashed' "$here/document-$events/"
    load 'distinct addresses and agents' "$here/distinct-$events/"
    measure "$single files of one event" "$single" "$forget_command" \
        "$program" load -q -c "$case_file" -j "$threads" "$here/files-$events/"
    load 'Azure, hashed' "$here/azure-$events/"
    load 'GCP, hashed' "$here/gcp-$events/"
    load 'syslog (IOS), hashed' "$here/syslog-$events/"
}

# Without the peer, a line says so.
peers() {
    gz=$here/gz-$events lines=$here/jsonl-$events/cloudtrail.jsonl
    if command -v jq >/dev/null; then
        measure 'jq: mirroring calls of the gz' "$events" '' sh -c \
            "zcat '$gz'/*.gz | jq -r '.Records[] | select(.eventName |
             test(\"TrafficMirror\")) | [.eventTime, .eventName, .userIdentity.arn] |
             @tsv'"
        ratio 'jq: mirroring calls of the gz' 'CloudTrail gz, hashed' 'faster than jq'
    else
        echo 'jq is not installed: no comparison with it'
    fi
    if command -v rg >/dev/null; then
        measure 'rg -z: names in the gz' "$events" '' \
            rg -z -j "$threads" -o -I --no-ignore 'eventName":"[A-Za-z]*TrafficMirror' \
            "$gz"
        ratio 'rg -z: names in the gz' 'CloudTrail gz, hashed' 'faster than rg -z'
    else
        echo 'rg is not installed: no comparison with it'
    fi
    if command -v duckdb >/dev/null; then
        measure 'duckdb: the lines as a table' "$events" "rm -f $here/duck.db" \
            duckdb "$here/duck.db" "CREATE TABLE t AS SELECT eventTime, eventName,
            eventSource, awsRegion, sourceIPAddress, userAgent, errorCode, userIdentity
            FROM read_json_auto('$lines', format = 'newline_delimited')"
        ratio 'duckdb: the lines as a table' 'CloudTrail lines, --no-hash' \
            'faster than duckdb'
    else
        echo 'duckdb is not installed: no comparison with it'
    fi
    if command -v lnav >/dev/null; then
        measure 'lnav: the lines, headless' "$events" '' \
            lnav -n -c ';SELECT count(*) FROM all_logs' "$lines"
        ratio 'lnav: the lines, headless' 'CloudTrail lines, hashed' 'faster than lnav'
    else
        echo 'lnav is not installed: no comparison with it'
    fi
}

press() { # name, case, keys
    printf 'keys %s\n' "$3" >"$here/press.keys"
    measure "$1" 0 '' "$program" open --read-only -c "$2" --script "$here/press.keys"
}

asking() {
    forget
    "$program" load -q -c "$case_file" "$here/gz-$events/" 2>/dev/null
    measure 'info on the case' 0 '' "$program" info -c "$case_file"
    measure 'approvals on the case' 0 '' "$program" allow list -c "$case_file"
    measure 'export of all creations' 0 '' \
        "$program" export -c "$case_file" hits lifecycle:creation
    measure 'report on the case' 0 '' "$program" report -c "$case_file"
    press 'start' "$case_file" ''
    press 'start, and count by actor' "$case_file" b
    press 'start, and a timeline' "$case_file" t
    press 'start, and all events' "$case_file" E
    printf 'a pty, at rest: '
    "$tools/keys" 300 'jjjjkkjjGg' "$program" open --read-only -c "$case_file"
    printf 'a pty, a load running: '
    cp "$case_file" "$here/busy.case"
    "$tools/keys" 300 'jjjjkkjjGg' "$program" open -c "$here/busy.case" \
        "$here/jsonl-$events/"
    rm -f "$here"/busy.case*
    "$program" load -q -c "$here/one.case" "$here/one-$events/" 2>/dev/null
    press 'the last event of one gz' "$here/one.case" 'E G'
    press 'the same, and its raw record' "$here/one.case" 'E G Enter'
    rm -f "$here"/one.case*
}

for form in gz jsonl distinct azure gcp syslog; do corpus $form made $form; done
corpus one made gz 1
corpus document made_document
corpus files made_files
{
    machine
    loading
    peers
    asking
} | tee "$here/figures.txt"
