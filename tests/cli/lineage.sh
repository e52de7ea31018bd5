#!/bin/sh
# Who is behind it: role chaining over two accounts, SAML, and what is missing where one
# account's log is not there.
. "$top_srcdir/tests/cli/lib.sh"
ours=$samples/lineage/111122223333_CloudTrail_us-east-1_20260314T0230Z.json
theirs=$samples/lineage/444455556666_CloudTrail_us-east-1_20260314T0230Z.json

run 0 load -q -c both.case "$theirs" "$ours"
run 0 report -c both.case
sed -n '/^Who is behind it/,/^$/p' out >who
cat >expected <<'END'
Who is behind it
  Audit/ivan@example.com, aws 111122223333 with ASIAEXAMPLEEXAMPLE20
    2026-03-14T01:30:00Z AssumeRoleWithSAML by ivan@example.com, from 192.0.2.44
        (gave out the credential)
    first: a user of a SAML identity provider: its own log tells more
  Sensor/mallory, aws 444455556666 with ASIAEXAMPLEEXAMPLE12
    2026-03-14T02:04:00Z
        AssumeRole by arn:aws:sts::111122223333:assumed-role/NetOps/mallory, without MFA, source identity mallory@example.com, from 198.51.100.23, with ASIAEXAMPLEEXAMPLE11
        (gave out the credential)
    2026-03-14T02:01:00Z
        AssumeRole by arn:aws:iam::111122223333:user/mallory, without MFA, from 198.51.100.23, with AKIAEXAMPLEEXAMPLE10
        (gave out the credential)
    first: whoever holds the access key AKIAEXAMPLEEXAMPLE10, first seen in these logs
    around it: 2026-03-14T02:08:00Z AuthorizeSecurityGroupIngress:
        opens ports; mirrored packets come on UDP 4789
    around it: 2026-03-14T02:20:00Z StopLogging: switches the trail off

END
same expected who 'the lineage'

# The order of loading changes nothing.
run 0 load -q -c other.case "$ours"
run 0 load -q -c other.case "$theirs"
run 0 report -c other.case
sed -n '/^Who is behind it/,/^$/p' out >who
same expected who 'the lineage of another order'

run 0 load -q -c one.case "$theirs"
run 0 report -c one.case
says out 'AssumeRole by AROAEXAMPLEEXAMPLE06:mallory'
says out "ends: a caller of another account: only that account's log names it"
finish
