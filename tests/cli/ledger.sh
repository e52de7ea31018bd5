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
run 0 sql -c at-once.case --format csv 'SELECT mirror, segment, state, since, until,
    mirrored, destination, "foreign", closed_how FROM mirrors ORDER BY mirror, segment'
same "$top_srcdir/tests/cli/ledger.expected" out 'the ledger of the samples'

# Devices of every kind beside them; of some lines nobody knows what they are.
read_in() { # case path
    status=0
    "$program" load -q -c "$1" "$2" >out 2>err || status=$?
    [ "$status" -eq 0 ] || [ "$status" -eq 3 ] || fail "loading $2 exits with $status"
}
cp "$samples"/devices/*[a-z] "$samples"/cisco/relay-messages.log whole
read_in at-once.case whole
run 0 export mirrors -c at-once.case --format jsonl
mv out expected
says expected '"mirror":"tms-0a1b2c3d4e5f60003"'
says expected '"mirror":"sw1/session 7/1"'
says expected '"mirror":"mx1/analyzer A1/1"'

# Backwards, one load after the other; and in the order of names, which is another.
order=$(ls whole)
for file in $order; do backwards="$file ${backwards-}"; done
for file in $backwards; do read_in backwards.case "whole/$file"; done
run 0 export mirrors -c backwards.case --format jsonl
same expected out 'the ledger of a load backwards'
for file in $order; do read_in forwards.case "whole/$file"; done
run 0 export mirrors -c forwards.case --format jsonl
same expected out 'the ledger of a load file by file'
read_in forwards.case whole
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
# In the list it looks like what it is: left to decide, and why.
printf 'resize 120x24\nkeys Enter\n' >keys
run 0 open -c grow.case --script keys
grep -q '! .* CreateTrafficMirrorS.* overstayed' out ||
    fail 'what overstays looks approved' "$(grep CreateTrafficMirrorS out)"

# Declared own, it is foreign no more.
run 0 own add -c grow.case 111122223333 444455556666
run 0 export mirrors -c grow.case foreign:yes --format csv
says_not out 'tms-1'

# A snapshot shows another session, and not this one.
printf '{"TrafficMirrorSessions":[{"TrafficMirrorSessionId":"tms-2","TrafficMirrorTargetId":"tmt-1","NetworkInterfaceId":"eni-2","OwnerId":"111122223333","SessionNumber":1}]}' >shown.json
run 0 load -q -c grow.case shown.json
run 0 export mirrors -c grow.case mirror:tms-2 --format csv
says out ',live,'

# What it leads to goes: it stands as it did, though no hit began this stretch of it.
record 02:30:00 DeleteLoadBalancer '{"loadBalancerArn":"arn:aws:elasticloadbalancing:us-east-1:444455556666:loadbalancer/net/sink/1"}' null |
    sed 's/ec2\.amazonaws/elasticloadbalancing.amazonaws/' >gone.jsonl
cp grow.case gone.case
run 0 load -q -c gone.case gone.jsonl
run 0 export mirrors -c gone.case mirror:tms-1 --format csv
grep -q ',blackholed,.*CHG1,' out || fail 'an approval ends with the balancer' "$(cat out)"

# The instance goes, and its interface with it: within the window nothing overstays.
run 0 load -q -c grow.case end.jsonl
run 0 export mirrors -c grow.case mirror:tms-1 --format csv
says out ',ended,'
says out 'its interface with it'

# A bare array is a whole list of what it shows the likes of; one object, or a list with
# another page, is not.
policy() { # name region
    printf '{"kind":"compute#packetMirroring","name":"%s","enable":"TRUE","selfLink":"https://www.googleapis.com/compute/v1/projects/acme/regions/%s/packetMirrorings/%s"}' "$1" "$2" "$1"
}
for name in pm-1 pm-2; do
    printf '{"protoPayload":{"@type":"type.googleapis.com/google.cloud.audit.AuditLog","serviceName":"compute.googleapis.com","methodName":"v1.compute.packetMirrorings.insert","resourceName":"projects/acme/regions/r1/packetMirrorings/%s","request":{"enable":"TRUE"}},"resource":{"type":"gce_packet_mirroring","labels":{"project_id":"acme"}},"insertId":"%s","logName":"projects/acme/logs/cloudaudit.googleapis.com%%2Factivity","timestamp":"2026-03-14T02:00:00Z"}\n' "$name" "$name"
done >inserts.jsonl
policy pm-1 r1 >alone.json
{ printf '['; policy pm-1 r2; printf ']'; } >elsewhere.json
{ printf '{"value":['; policy pm-1 r1; printf '],"nextLink":"more"}'; } >page.json
{ printf '['; policy pm-1 r1; printf ','; policy pm-3 r1; printf ']'; } >listed.json
run 0 load -q -c list.case inserts.jsonl alone.json elsewhere.json
run 0 load -q -c list.case page.json
run 0 export mirrors -c list.case mirror:~pm-2 --format csv
says out ',live,'
run 0 load -q -c list.case listed.json
run 0 export mirrors -c list.case mirror:~pm-2 --format csv
says out ',ended,'
says out 'ended before a snapshot that does not show it'
run 0 export mirrors -c list.case mirror:~r1/packetMirrorings/pm-1 --format csv
says out ',live,'
run 0 export mirrors -c list.case mirror:~pm-3 --format csv
says out ',live,'

run 2 export mirrors -c grow.case state:alive
run 2 export mirrors -c grow.case credential:AKIA

# One command in the device's log and at its TACACS server, and Junos' two records of one
# statement, are one operation, in whatever order they come; two equal ones in one log
# are two.
mkdir copies
tell() { # time command
    number=$((${number-100} + 1))
    echo "<189>$number: sw9: Mar 14 $1.200 UTC: %PARSER-5-CFGLOG_LOGGEDCMD: User:mallory  logged command:$2" >>copies/syslog
    for kind in start stop; do
        printf '2026-03-14 %s +0000\tsw9\tmallory\ttty2\t198.51.100.23\t%s\ttask_id=%s\tservice=shell\tcmd=%s <cr>\n' \
            "$1" "$kind" "$number" "$2"
    done >>copies/tacacs
}
tell 02:00:00 'monitor session 1 destination interface Gi1/0/24'
tell 02:00:10 'monitor session 1 source interface Gi1/0/1 rx'
tell 02:00:12 'no monitor session 1 source interface Gi1/0/1 rx'
tell 02:00:14 'monitor session 1 source interface Gi1/0/1 rx'
cat >copies/junos <<'EOF'
<190>Mar 14 02:25:05 mx9 mgd[7729]: UI_CMDLINE_READ_LINE: User 'mallory', command 'edit forwarding-options analyzer A1 '
<190>Mar 14 02:25:15 mx9 mgd[7729]: UI_CMDLINE_READ_LINE: User 'mallory', command 'set output ip-address 203.0.113.66 '
<190>Mar 14 02:25:15 mx9 mgd[7729]: UI_CFG_AUDIT_SET: User 'mallory' set: [forwarding-options analyzer A1 output ip-address] unconfigured -- "203.0.113.66"
<190>Mar 14 02:25:16 mx9 mgd[7729]: UI_CMDLINE_READ_LINE: User 'mallory', command 'set input ingress interface ge-0/0/1.0 '
<189>Mar 14 02:25:21 mx9 mgd[7729]: UI_COMMIT_COMPLETED:  : commit complete
EOF
run 0 load -q -c copied.case --year 2026 copies
run 0 export hits -c copied.case --format csv
cp out copied
run 0 export mirrors -c copied.case --format csv
cat out >>copied
run 0 sql -c copied.case -f csv 'SELECT group_concat(records)
    FROM (SELECT records FROM operation ORDER BY time_us, operation)'
says out '"3,3,3,3,2,1"'
run 0 export mirrors -c copied.case --format csv state:live
says out 'mx9/analyzer A1/1'
says out 'sw9/session 1/1'
for file in tacacs junos syslog; do run 0 load -q -c by-file.case --year 2026 "copies/$file"; done
run 0 export hits -c by-file.case --format csv
cp out by-file
run 0 export mirrors -c by-file.case --format csv
cat out >>by-file
same copied by-file 'what copies tell, loaded one by one,'
run 0 load -q -c merged.case --year 2026 copies/tacacs copies/junos
run 0 load -q -c other.case --year 2026 copies/syslog
run 0 load -q -c merged.case other.case
run 0 export hits -c merged.case --format csv
cp out merged
run 0 export mirrors -c merged.case --format csv
cat out >>merged
same copied merged 'what copies tell, merged,'
finish
