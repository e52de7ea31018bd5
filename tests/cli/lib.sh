# What the shell tests share. Each test file is run by itself, in a folder of its
# own, and ends with `finish`.
set -u
program=$top_builddir/mirrorscope
samples=$top_srcdir/sample-data
work=$(mktemp -d "${TMPDIR:-/tmp}/mirrorscope-test.XXXXXX") || exit 99
trap 'chmod -R u+rwx "$work" 2>/dev/null; rm -rf "$work"' EXIT
cd "$work" || exit 99
export MIRRORSCOPE_ANALYST=tester
unset MIRRORSCOPE_CASE
failures=0

fail() {
    failures=$((failures + 1))
    printf 'FAILED: %s\n' "$1"
    shift
    for detail; do printf '    %s\n' "$detail"; done
}

finish() {
    [ "$failures" -eq 0 ] && echo 'all as expected'
    exit "$((failures > 0))"
}

# run STATUS ARGUMENT...: runs the program; out and err hold what it said.
run() {
    expected=$1
    shift
    status=0
    "$program" "$@" >out 2>err </dev/null || status=$?
    [ "$status" = "$expected" ] ||
        fail "mirrorscope $* exits with $status, not $expected" "$(head -n 5 err)"
}

# says FILE TEXT: the file has a line with this fixed text.
says() { grep -qF -- "$2" "$1" || fail "$1 does not say: $2" "$(head -n 8 "$1")"; }
says_not() { ! grep -qF -- "$2" "$1" || fail "$1 says: $2"; }

# same A B WHAT: the files are equal, byte by byte.
same() { cmp -s "$1" "$2" || fail "$3 differs" "$(diff "$1" "$2" | head -n 6)"; }

equal() { [ "$1" = "$2" ] || fail "$3: got '$1', expected '$2'"; }
