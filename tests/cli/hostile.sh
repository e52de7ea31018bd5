#!/bin/sh
# No control byte of a hostile log reaches any output, and no CSV cell is a formula.
. "$top_srcdir/tests/cli/lib.sh"
run 3 load -c h.case --year 2026 "$samples/hostile"
cp out all; cat err >>all
for what in 'export hits -f table' 'export hits -f csv' 'export hits -f jsonl' \
    'export hits -f jsonl --raw' 'export events -f csv' 'export events -f jsonl' \
    'export rejects -f csv' 'export sources -f csv' report info; do
    # shellcheck disable=SC2086
    run 0 $what -c h.case
    cat out err >>all
    [ -s out ] || fail "$what says nothing"
done
controls=$(LC_ALL=C tr -d '\012\040-\176\200-\377' <all | wc -c)
equal "$controls" 0 'control bytes in outputs'
# C1 controls, bidi and zero-width characters, as UTF-8
for bytes in '\302\233' '\342\200\256' '\342\200\213' '\342\200\217' '\342\201\246' \
    '\357\273\277'; do
    # shellcheck disable=SC2059
    ! LC_ALL=C grep -qF "$(printf "$bytes")" all || fail "outputs hold $bytes"
done
run 0 export hits -f csv -c h.case
! grep -qE '(^|,)"?[=+@]' out || fail 'a CSV cell is a formula' "$(grep -E '(^|,)"?[=+@]' out)"
run 0 export events -f csv -c h.case
! grep -qE '(^|,)"?[=+@]' out || fail 'a CSV cell is a formula' "$(grep -E '(^|,)"?[=+@]' out)"
jq -e . >/dev/null 2>&1 <<X || fail 'jsonl is not JSON'
$("$program" export hits -f jsonl -c h.case 2>/dev/null)
X
finish
