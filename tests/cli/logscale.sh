#!/bin/sh
# The four tests of the LogScale query's page, and what the query gets wrong.
. "$top_srcdir/tests/cli/lib.sh"
hits() { "$program" export -c "$1.case" hits -f jsonl 2>err; }

# 1. AWS: target, filter, two filter rules, session; ids of request and response.
run 0 load -q -c aws.case "$samples/aws"
hits aws >aws
for call in CreateTrafficMirrorTarget CreateTrafficMirrorFilter \
    CreateTrafficMirrorFilterRule CreateTrafficMirrorSession; do
    count=$(jq -r --arg call $call 'select(.operation == $call and .outcome == "success"
        and (.actor | test("NetOps/mallory")) and .lifecycle == "Creation"
        and (.source_ip | length > 0)) | .id' aws | wc -l)
    case $call in *FilterRule) least=2 ;; *) least=1 ;; esac
    [ "$count" -ge $least ] || fail "$call by mallory: $count found"
done
jq -e -s 'map(select(.operation == "CreateTrafficMirrorSession"
    and .outcome == "success")) | all(.mirror | startswith("tms-"))
    and all(.mirrored | startswith("eni-")) and all(.destination | length > 0)' \
    aws >/dev/null || fail 'a session lacks mirror, mirrored or destination'
jq -e -s 'any(.outcome == "denied") and any(.outcome == "dry-run")' aws >/dev/null ||
    fail 'attempts are not marked with their outcome'
jq -e -s 'any(.via != null and (.via | test("amazonaws.com")))' aws >/dev/null ||
    fail 'a call made by a service is not tagged'

# 2. Azure: the TAP and the tap configuration, one operation for all their records.
run 0 load -q -c azure.case "$samples/azure"
hits azure >azure
for operation in virtualnetworktaps/write tapconfigurations/write; do
    jq -e -s --arg o $operation 'map(select(.operation | ascii_downcase | endswith($o)))
        | length > 0 and any(.records > 1) and all((.actor | length) > 0)
        and all((.source_ip | length) > 0) and all((.resource_group | length) > 0)' \
        azure >/dev/null || fail "Azure $operation is not as promised"
done
jq -e -s 'any(.lifecycle == "Deletion")' azure >/dev/null || fail 'no Azure deletion'

# 3. GCP: creation, not "Other"; newest first in the file, one operation.
run 0 load -q -c gcp.case "$samples/gcp"
hits gcp >gcp
jq -e -s 'map(select(.operation | endswith("compute.packetMirrorings.insert")))
    | any(.lifecycle == "Creation" and .outcome == "success" and .records == 2
          and (.region | length > 0) and .resource_group == null)' \
    gcp >/dev/null || fail 'GCP insert is not one successful creation'
jq -e -s 'all(.lifecycle != "Other")' gcp >/dev/null || fail 'a GCP hit is Other'

# 4. Cisco: ERSPAN through syslog.
run 3 load -q -c cisco.case --year 2026 "$samples/cisco"
hits cisco >cisco
jq -e -s 'any((.operation | test("^monitor session")) and (.actor | length > 0)
    and .provider == "cisco-ios" and (.account | length > 0))' cisco >/dev/null ||
    fail 'no monitor session by a named user on a named device'
jq -e -s 'any(.destination != null and (.destination | test("203.0.113")))' \
    cisco >/dev/null || fail 'the ERSPAN destination is not told'
jq -e -s 'any(.lifecycle == "Deletion")' cisco >/dev/null || fail 'no Cisco deletion'

# Look-alikes and an ordinary day are not mirroring.
run 0 load -q -c benign.case "$samples/benign-day"
equal "$(hits benign | wc -l)" 0 'hits on an ordinary day'
finish
