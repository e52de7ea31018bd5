#!/bin/sh
# The ledger: the same in whatever order logs come, at once or bit by bit; snapshots,
# what is own, approvals that are overstayed or do not name a foreign destination.
. "$top_srcdir/tests/cli/lib.sh"

# What the samples hold, row by row.
mkdir whole
for file in aws/111122223333_CloudTrail_us-east-1_20260314T0215Z.json \
    cisco/span-rspan.log cisco/sw1-erspan.log azure/PT1H.json azure/eventhub.json \
    azure/az-activity-log.json gcp/nsi-mirroring.jsonl gcp/packet-mirroring.json \
    other/alibaba-actiontrail.jsonl other/huawei-cts.json other/oci-audit.json; do
    cp "$samples/$file" whole
done
gzip -dc "$samples"/aws/*0520Z.json.gz >whole/later.json

run 0 load -q -c at-once.case whole
run 0 export mirrors -c at-once.case --format jsonl
mv out expected
[ -s expected ] || fail 'there are no mirrors'
says expected '"mirror":"tms-0a1b2c3d4e5f60003"'
says expected '"mirror":"sw1/session 7/1"'

run 0 sql -c at-once.case --format csv 'SELECT mirror, segment, state, since, until,
    mirrored, destination, "foreign", closed_how FROM mirrors ORDER BY mirror, segment'
same "$top_srcdir/tests/cli/ledger.expected" out 'the ledger of the samples'

# Backwards, one load after the other; and in the order of names, which is another.
order=$(ls whole)
for file in $order; do backwards="$file ${backwards-}"; done
for file in $backwards; do run 0 load -q -c backwards.case "whole/$file"; done
run 0 export mirrors -c backwards.case --format jsonl
same expected out 'the ledger of a load backwards'
for file in $order; do run 0 load -q -c forwards.case "whole/$file"; done
run 0 export mirrors -c forwards.case --format jsonl
same expected out 'the ledger of a load file by file'
run 0 load -q -c forwards.case whole
run 0 export mirrors -c forwards.case --format jsonl
same expected out 'the ledger after a second load'

# What is known of a session grows with the logs that come.
record() { # time name request response
    printf '{"eventVersion":"1.11","userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/mallory","accountId":"111122223333","userName":"mallory"},"eventTime":"2026-03-14T%sZ","eventSource":"ec2.amazonaws.com","eventName":"%s","awsRegion":"us-east-1","sourceIPAddress":"198.51.100.23","requestParameters":%s,"responseElements":%s,"eventID":"id-%s-%s","recipientAccountId":"111122223333"}\n' \
        "$1" "$2" "$3" "$4" "$1" "$2"
}
record 02:00:00 RunInstances '{}' '{"instancesSet":{"items":[{"instanceId":"i-1","networkInterfaceSet":{"items":[{"networkInterfaceId":"eni-1","vpcId":"vpc-1","privateIpAddress":"10.0.0.5","attachment":{"attachmentId":"a-1","deleteOnTermination":true}}]}}]}}' >run.jsonl
record 02:10:00 CreateTrafficMirrorTarget '{"CreateTrafficMirrorTargetRequest":{"NetworkLoadBalancerArn":"arn:aws:elasticloadbalancing:us-east-1:444455556666:loadbalancer/net/sink/1"}}' '{"CreateTrafficMirrorTargetResponse":{"trafficMirrorTarget":{"trafficMirrorTargetId":"tmt-1","ownerId":"111122223333"}}}' >target.jsonl
record 02:11:00 CreateTrafficMirrorSession '{"CreateTrafficMirrorSessionRequest":{"NetworkInterfaceId":"eni-1","TrafficMirrorTargetId":"tmt-1","TrafficMirrorFilterId":"tmf-1","SessionNumber":1}}' '{"CreateTrafficMirrorSessionResponse":{"trafficMirrorSession":{"trafficMirrorSessionId":"tms-1","ownerId":"111122223333"}}}' >session.jsonl
record 05:00:00 TerminateInstances '{"instancesSet":{"items":[{"instanceId":"i-1"}]}}' '{}' >end.jsonl

run 0 load -q -c grow.case session.jsonl
run 0 export mirrors -c grow.case --format csv
says out ',live,'
says out 'the target was made before the log starts'
run 0 load -q -c grow.case target.jsonl run.jsonl
run 0 export mirrors -c grow.case --format csv
says out '"eni-1 (i-1, 10.0.0.5, vpc-1)"'
says out 'the load balancer belongs to account 444455556666'
run 0 export hits -c grow.case foreign:yes state:live --format csv
says out 'CreateTrafficMirrorSession'
run 0 report -c grow.case
sed -n 3p out >answer
says answer '1 mirror is live: 1 to a foreign destination'
run 1 report -c grow.case --exit-code

# An entry that does not name the foreign destination does not cover it.
run 0 allow add -c grow.case --actor '*mallory*' --account 111122223333 \
    --start 2026-03-14T02:00Z --end 2026-03-14T03:00Z --ticket CHG1
run 0 export hits -c grow.case --format csv
says out 'its destination is foreign and not named in it'
run 1 export mirrors -c grow.case --exit-code
# One that names it does; and the mirror outlives it.
run 0 allow add -c grow.case --actor '*mallory*' --destination '*sink*' \
    --start 2026-03-14T02:00Z --end 2026-03-14T03:00Z --ticket CHG2
record 04:00:00 DescribeRegions '{}' 'null' >seen.jsonl
run 0 load -q -c grow.case seen.jsonl
run 1 export mirrors -c grow.case --format csv --exit-code
says out 'overstayed,3600,'
run 0 export hits -c grow.case --format csv
says out 'overstayed'

# Declared own, it is foreign no more.
run 0 own add -c grow.case 111122223333 444455556666
run 0 export mirrors -c grow.case foreign:yes --format csv
says_not out 'tms-1'

# A snapshot shows another session, and not this one.
printf '{"TrafficMirrorSessions":[{"TrafficMirrorSessionId":"tms-2","TrafficMirrorTargetId":"tmt-1","NetworkInterfaceId":"eni-2","OwnerId":"111122223333","SessionNumber":1}]}' >shown.json
run 0 load -q -c grow.case shown.json
run 0 export mirrors -c grow.case mirror:tms-2 --format csv
says out ',live,'

# The instance goes, and its interface with it: within the window nothing overstays.
run 0 load -q -c grow.case end.jsonl
run 0 export mirrors -c grow.case mirror:tms-1 --format csv
says out ',ended,'
says out 'its interface with it'

run 2 export mirrors -c grow.case state:alive
run 2 export mirrors -c grow.case credential:AKIA
finish
