#!/bin/sh
# Approvals from the command line: what they must hold, and what they change.
. "$top_srcdir/tests/cli/lib.sh"
run 0 load -q -c a.case "$samples/aws"
run 1 report --exit-code -c a.case

run 2 allow add -c a.case --provider aws --end 2026-03-15 --ticket CHG1
says err 'selector'
run 2 allow add -c a.case --actor '*mallory*' --provider aws --ticket CHG1
says err 'end'
run 2 allow add -c a.case --actor '*mallory*' --provider aws --end never --ticket CHG1
says err '--end'
run 0 allow add -c a.case --actor 'arn:*' --provider aws --start 2026-01-01 \
    --end 2026-12-31 --ticket CHG0012345 --reason 'NDR rollout'
says out 'approval 1'
run 0 allow list -c a.case -f jsonl
jq -e '.id == 1 and .enabled and .ticket == "CHG0012345" and .created_by == "tester"
    and .covers > 0' out >/dev/null || fail 'the approval is not listed as made' "$(cat out)"
run 0 export hits -c a.case -f jsonl
jq -e -s 'all(.approval.id == 1 and (.approval.state | length > 0))' out >/dev/null ||
    fail 'hits do not show their approval'
run 0 report --exit-code -c a.case
run 0 allow disable -c a.case 1
run 1 report --exit-code -c a.case
run 0 allow enable -c a.case 1
run 0 report --exit-code -c a.case
run 0 export hits -c a.case -f csv approved:no
equal "$(wc -l <out)" 1 'lines of an export of what is not approved'

# A window just missed is said.
run 0 allow disable -c a.case 1
run 0 allow add -c a.case --actor '*mallory*' --provider aws --start 2026-01-01 \
    --end 2026-01-02 --ticket CHG2
run 0 export hits -c a.case -f jsonl
jq -e -s 'any(.near_miss != null and (.near_miss | test("CHG2")))' out >/dev/null ||
    fail 'the near miss is not told'
# Who did what stands in the journal.
run 0 sql -c a.case -f csv 'SELECT count(*) FROM journal'
[ "$(tail -n 1 out)" -ge 5 ] || fail 'the journal is short' "$(cat out)"
run 2 allow disable -c a.case 99
finish
