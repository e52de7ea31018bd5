#!/bin/sh
# What an export leaves out without saying so is told with its source, which is done all
# the same.
. "$top_srcdir/tests/cli/lib.sh"
mkdir logs
azure='"caller":"a@contoso.example","operationName":{"value":"A/write"},"correlationId":"c"'
printf '[{%s,"eventTimestamp":"2026-03-14T02:00:00Z"},{%s,"eventTimestamp":"2026-03-14T05:00:00Z"}]' \
    "$azure" "$azure" >logs/az.json
printf '[{%s,"eventTimestamp":"2026-03-14T02:00:00Z"},{%s,"eventTimestamp":"2026-03-18T05:00:00Z"}]' \
    "$azure" "$azure" >logs/az-asked.json
printf '{"value":[{%s,"eventTimestamp":"2026-03-14T02:00:00Z"}],"nextLink":"https://example.com/2"}' \
    "$azure" >logs/rest.json
gcp='"insertId":"i","logName":"projects/p/logs/cloudaudit.googleapis.com%2Factivity","protoPayload":{"methodName":"a.b"}'
printf '[{%s,"timestamp":"2026-03-14T02:00:00Z"}]' "$gcp" >logs/gcloud.json
printf '{%s,"timestamp":"2026-03-14T02:00:00Z"}\n' "$gcp" >logs/sink.json
printf '{"entries":[{%s,"timestamp":"2026-03-14T02:00:00Z"}],"nextPageToken":"t"}' "$gcp" \
    >logs/entries.json
printf '{"value":[{"activityDisplayName":"x","category":"y"}],"@odata.nextLink":"z"}' >logs/graph.json
aws='{\"eventVersion\":\"1.11\",\"eventTime\":\"2026-03-14T02:11:09Z\",\"eventSource\":\"ec2.amazonaws.com\",\"eventName\":\"RunInstances\",\"awsRegion\":\"us-east-1\",\"userIdentity\":{\"type\":\"IAMUser\"}}'
printf '{"Events":[{"EventId":"e","EventName":"RunInstances","CloudTrailEvent":"%s"}]}' "$aws" \
    >logs/lookup.json

line='%PARSER-5-CFGLOG_LOGGEDCMD: User:m  logged command:monitor session 1 source vlan 1'
{
    echo "<189>46: sw0: Nov 23 2025 22:23:27.833 NewYork: $line"
    echo "Mar 14 2026 09:25:03 192.0.2.7 46: sw1: Mar 14 2026 02:25:03.100 UTC: $line"
    echo "2026-03-14T02:25:03Z 192.0.2.8 47: sw2: Mar 14 2026 05:55:03.100 UTC: $line"
    echo "Mar 14 2026 03:25:09 192.0.2.9 46: sw3: Mar 14 2026 03:25:03.100 UTC: $line"
} >logs/clocks.log
run 0 load -q -c a.case logs
run 0 sql -c a.case -f csv "SELECT path, status, reason FROM source"

# tells FILE TEXT: the reason of this source.
tells() {
    grep -F "/$1,done," out | grep -qF -- "$2" ||
        fail "nothing of '$2' with $1" "$(grep -F "/$1" out)"
}
tells az.json 'looks like the default window of `az monitor activity-log list`'
tells gcloud.json 'looks like the default window of `gcloud logging read`'
tells rest.json 'next-page token'
tells entries.json 'next-page token'
tells graph.json 'next-page token'
tells lookup.json 'one region only: `lookup-events` asks one at a time (us-east-1)'
tells clocks.log 'the zone NewYork is not known: --device-tz NewYork=+hh:mm says it'
tells clocks.log "sw1 writes times 7.0 h behind its relay's"
tells clocks.log "sw2 writes times 3.5 h ahead of its relay's"
run 0 report -c a.case
# A mirror's beginning is as sure as the clock that tells it.
grep -E 'sw1/session 1.* since [^ ]* \(its zone is assumed\)' out >/dev/null ||
    fail 'a clock in doubt is not told with its mirror' "$(grep sw1/session out)"
grep -E 'sw3/session 1.* since [^ ]* as of' out >/dev/null ||
    fail 'a clock that is right is doubted' "$(grep sw3/session out)"
run 0 sql -c a.case -f csv "SELECT path, status, reason FROM source"
grep -F clocks.log out | grep -q 'sw3 writes' && fail 'said of a clock that is right'
grep -Eq '/sink.json,done,"?"?.?$' out || fail 'said of a sink' "$(grep sink out)"
grep -Eq '/az-asked.json,done,"?"?.?$' out || fail 'said of what was asked for' "$(grep asked out)"
finish
