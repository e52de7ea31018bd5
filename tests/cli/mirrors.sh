#!/bin/sh
# The mirrors of the ledger on their screens.
. "$top_srcdir/tests/cli/lib.sh"
run 3 load -q -c m.case "$samples/aws" "$samples/cisco"
run 0 export mirrors -c m.case --format jsonl
live=$(jq -s '[.[] | select(.state == "live")] | length' out)
all=$(jq -s length out)
ended=$(jq -s '[.[] | select(.until != null)] | length' out)

# The header counts what the export tells; urgent ones come first.
echo 'keys M' >keys
run 0 open -c m.case --script keys
says out "$live LIVE mirrors"
says out "1/$all "
grep -q '^> [!Fa] live' out || fail 'the first mirror is not live' "$(sed -n 5,6p out)"
# One mirror, its operations, and one of them.
printf 'keys M Enter\ndump\nkeys Enter\n' >keys
run 0 open -c m.case --script keys
says out 'One mirror'
says out 'live since'
says out '  event id '
# A small screen keeps rows of the list, and the footer to itself.
printf 'resize 40x10\nkeys M\ndump\nkeys Enter\ndump\n' >keys
run 0 open -c m.case --script keys
equal "$(grep -c '^> ' out)" 2 'lists with a row under the cursor'
equal "$(grep -Ec '^ 1/[0-9]+ +Enter open  q back  [?] help$' out)" 2 'footers'
# What happened around it, from its beginning to its end, by the ties of its operations.
printf 'resize 120x40\nkeys M c\ndump\nkeys q Enter c\ndump\n' >keys
run 0 open -c m.case --script keys
grep -q '^ Around .* +-1 h: [1-9][0-9]* events' out || fail 'nothing is around the mirror' "$(sed -n 4p out)"
equal "$(grep -c '^ Around ' out)" 2 'screens around the mirror'
grep -q '^[> ] ! .* mirroring ' out || fail 'the operation of the mirror is not around it'
# Another actor's call ties by the resource that its record names.
call() { # minute user name request
    printf '{"eventVersion":"1.11","userIdentity":{"type":"IAMUser","userName":"%s","accountId":"111122223333"},"eventTime":"2026-03-14T02:%s:00Z","eventSource":"ec2.amazonaws.com","eventName":"%s","awsRegion":"us-east-1","requestParameters":%s,"eventID":"%s","recipientAccountId":"111122223333"}\n' "$2" "$1" "$3" "$4" "$1"
}
{ call 10 bob AttachNetworkInterface '{"networkInterfaceId":"eni-1","instanceId":"i-1"}'
  call 11 bob AttachNetworkInterface '{"networkInterfaceId":"eni-2","instanceId":"i-1"}'
  call 20 mallory CreateTrafficMirrorSession '{"CreateTrafficMirrorSessionRequest":{"NetworkInterfaceId":"eni-1","TrafficMirrorTargetId":"tmt-1"}}'
} >tied.jsonl
run 0 load -q -c tied.case tied.jsonl
printf 'resize 120x20\nkeys M\ndump\nkeys c\n' >keys
run 0 open -c tied.case --script keys
says out 'note: flow logs omit it'
says out ': 2 events, 1 telling'
grep -q ' 02:10:00 AttachNetworkInterface .*m moves' out || fail 'not tied by its resource' "$(sed -n 4,8p out)"
# What has ended can be hidden, and back again.
printf 'keys M v g\n' >keys
run 0 open -c m.case --script keys
says out "/$((all - ended)) "
says_not out '   ended '
printf 'keys M v v g\n' >keys
run 0 open -c m.case --script keys
says out "/$all "
# A filter holds here too, and an empty list says what was covered.
printf 'keys &\ntext account:999999999999\nkeys Enter M\n' >keys
run 0 open -c m.case --script keys
says out 'No mirror fits the filter'
echo '{"eventVersion":"1.11","eventTime":"2026-03-14T02:00:00Z","eventName":"RunInstances","eventSource":"ec2.amazonaws.com","awsRegion":"us-east-1","userIdentity":{"type":"Root"}}' >log
run 0 load -q -c none.case log
echo 'keys M' >keys
run 0 open -c none.case --script keys
says out '0 live mirrors'
says out 'None in what was covered:'
says out '1 events of 1 sources'
finish
