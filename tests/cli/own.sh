#!/bin/sh
# What is own: inferred from the logs, declared, taken back, and told in the journal.
. "$top_srcdir/tests/cli/lib.sh"
run 0 load -q -c a.case "$samples/aws" "$samples/azure" "$samples/gcp" "$samples/cisco/sw1-erspan.log"

# Inferred: accounts, subscriptions and projects by the provider of their logs; the name
# of a device is none of these.
run 0 own list -c a.case
grep -Eq '^account +111122223333 +inferred' out || fail 'no account is inferred' "$(cat out)"
grep -Eq '^subscription +[0-9a-fA-F-]{36} +inferred' out || fail 'no subscription' "$(cat out)"
grep -Eq '^project +acme-prod +inferred' out || fail 'no project' "$(cat out)"
grep -Eq '^network +private addresses +inferred' out || fail 'no network' "$(cat out)"
says_not out 'sw1'

# A declaration replaces what was inferred for its kind, and for no other, and says so.
run 0 own add -c a.case 444455556666 project:Acme-Stage 198.51.100.0/24
says err 'account 111122223333 is not own, though loaded'
says err 'project acme-prod is not own'
says_not err 'subscription'
run 0 own list -c a.case
grep -Eq '^account +111122223333 +NOT own' out || fail 'still own' "$(cat out)"
grep -Eq '^project +acme-prod +NOT own' out || fail 'still own' "$(cat out)"
grep -Eq '^account +444455556666 +declared' out || fail 'not declared' "$(cat out)"
grep -Eq '^project +Acme-Stage +declared' out || fail 'no project' "$(cat out)"
grep -Eq '^network +198.51.100.0/24 +declared' out || fail 'no network' "$(cat out)"
grep -Eq '^subscription +[0-9a-fA-F-]{36} +inferred' out || fail 'no subscription' "$(cat out)"
run 0 own add -c a.case 444455556666
says err 'declared already'
run 0 own remove -c a.case project:acme-stage
run 0 own list -c a.case
grep -Eq '^project +acme-prod +inferred' out || fail 'not taken back' "$(cat out)"
run 0 own remove -c a.case project:acme-stage
says err 'project:acme-stage is not declared'

run 0 sql -c a.case -f csv "SELECT action, subject FROM journal ORDER BY id"
equal "$(tail -n +2 out | tr '\r\n' '  ' | tr -s ' ')" \
    'own,account:444455556666 own,project:Acme-Stage own,network:198.51.100.0/24 disown,project:acme-stage ' \
    'the journal'

run 2 own add -c a.case network:10.0.0.0/64
says err 'block'
run 2 own add -c a.case
run 2 own add -c a.case account:
run 2 own list -c a.case more
run 2 own forget -c a.case
says err 'list, add or remove'
finish
