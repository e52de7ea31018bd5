#!/bin/sh
# The same act through two exports is one operation, whichever is loaded first: its id
# is the same, and what both tell of is one record.
. "$top_srcdir/tests/cli/lib.sh"
mkdir azure gcp aws

# Azure: the Event Hub's records in capitals and without the operation's id, and what
# `az` prints of them, which has it.
cat >azure/hub.json <<'EOF'
{"records":[
{"time":"2026-03-14T02:15:30.1234567Z","resourceId":"/SUBSCRIPTIONS/11112222-3333-4444-5555-666677778888/RESOURCEGROUPS/RG/PROVIDERS/MICROSOFT.NETWORK/NETWORKINTERFACES/NIC/TAPCONFIGURATIONS/T","operationName":"MICROSOFT.NETWORK/NETWORKINTERFACES/TAPCONFIGURATIONS/WRITE","category":"Administrative","resultType":"Start","resultSignature":"Started.","callerIpAddress":"198.51.100.23:51544","correlationId":"C0C0C0C0-0000-4000-8000-000000000001","identity":{"claims":{"uti":"token-1","http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn":"mallory@contoso.example"}}},
{"time":"2026-03-14T02:15:41.7654321Z","resourceId":"/SUBSCRIPTIONS/11112222-3333-4444-5555-666677778888/RESOURCEGROUPS/RG/PROVIDERS/MICROSOFT.NETWORK/NETWORKINTERFACES/NIC/TAPCONFIGURATIONS/T","operationName":"MICROSOFT.NETWORK/NETWORKINTERFACES/TAPCONFIGURATIONS/WRITE","category":"Administrative","resultType":"Success","resultSignature":"Succeeded.Created","callerIpAddress":"198.51.100.23","correlationId":"c0c0c0c0-0000-4000-8000-000000000001","identity":{"claims":{"uti":"token-1","http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn":"mallory@contoso.example"}}}
]}
EOF
cat >azure/az.json <<'EOF'
[
  {"caller":"mallory@contoso.example","claims":{"uti":"token-1"},"correlationId":"c0c0c0c0-0000-4000-8000-000000000001","eventDataId":"d-2","eventTimestamp":"2026-03-14T02:15:41.7654321Z","httpRequest":{"clientIpAddress":"198.51.100.23"},"operationId":"o-1","operationName":{"value":"Microsoft.Network/networkInterfaces/tapConfigurations/write"},"resourceGroupName":"rg","resourceId":"/subscriptions/11112222-3333-4444-5555-666677778888/resourceGroups/rg/providers/Microsoft.Network/networkInterfaces/nic/tapConfigurations/t","status":{"value":"Succeeded"},"subStatus":{"value":"Created"}},
  {"caller":"mallory@contoso.example","claims":{"uti":"token-1"},"correlationId":"c0c0c0c0-0000-4000-8000-000000000001","eventDataId":"d-1","eventTimestamp":"2026-03-14T02:15:30.1234567Z","httpRequest":{"clientIpAddress":"198.51.100.23"},"operationId":"o-1","operationName":{"value":"Microsoft.Network/networkInterfaces/tapConfigurations/write"},"resourceGroupName":"rg","resourceId":"/subscriptions/11112222-3333-4444-5555-666677778888/resourceGroups/rg/providers/Microsoft.Network/networkInterfaces/nic/tapConfigurations/t","status":{"value":"Started"},"subStatus":{"value":""}}
]
EOF

# GCP: the first and the last entry of one call, as a sink writes them and as `gcloud`
# prints them, newest first.
first='"operation":{"id":"operation-1","producer":"compute.googleapis.com","first":true},"insertId":"-a1","timestamp":"2026-03-14T02:20:01.123456Z"'
last='"operation":{"id":"operation-1","producer":"compute.googleapis.com","last":true},"insertId":"-a2","timestamp":"2026-03-14T02:20:09.5Z"'
rest='"logName":"projects/acme-prod/logs/cloudaudit.googleapis.com%2Factivity","resource":{"labels":{"project_id":"acme-prod"}},"protoPayload":{"serviceName":"compute.googleapis.com","methodName":"v1.compute.packetMirrorings.insert","resourceName":"projects/acme-prod/regions/us-central1/packetMirrorings/pm1","authenticationInfo":{"principalEmail":"mallory@example.com"},"requestMetadata":{"callerIp":"198.51.100.23"}}'
printf '{%s,%s}\n{%s,%s}\n' "$first" "$rest" "$last" "$rest" >gcp/sink.json
printf '[\n  {%s,%s},\n  {%s,%s}\n]\n' "$rest" "$last" "$rest" "$first" >gcp/gcloud.json

# AWS: the file that S3 delivers, and the same event alone.
event='{"eventVersion":"1.11","eventTime":"2026-03-14T02:11:09Z","eventSource":"ec2.amazonaws.com","eventName":"CreateTrafficMirrorSession","awsRegion":"us-east-1","sourceIPAddress":"198.51.100.23","eventID":"e-1","recipientAccountId":"111122223333","userIdentity":{"type":"IAMUser","userName":"mallory"}}'
printf '{"Records":[%s]}' "$event" >aws/s3.json
printf '%s\n' "$event" >aws/e-1.json

# hits CASE: what the case tells of its operations.
hits() {
    run 0 export hits -c "$1" --format jsonl
    sed 's/"evidence": *\[.*\]/"evidence":[]/' out
}

for provider in azure gcp aws; do
    set -- "$provider"/*
    run 0 load -q -c one.case "$1"
    run 0 load -q -c ab.case "$1"
    run 0 load -q -c ab.case "$2"
    run 0 load -q -c ba.case "$2"
    run 0 load -q -c ba.case "$1"
    run 0 load -q -c both.case "$1" "$2"
    hits one.case >one
    hits ab.case >ab
    hits ba.case >ba
    hits both.case >both
    equal "$(wc -l <ab)" 1 "operations of $provider"
    same ab ba "$provider, the other way round,"
    same ab both "$provider, both at once,"
    equal "$(sed 's/.*"id":"\([^"]*\)".*/\1/' ab)" "$(sed 's/.*"id":"\([^"]*\)".*/\1/' one)" \
        "the id of $provider"
    equal "$(sed 's/.*"records":\([0-9]*\).*/\1/' ab)" \
        "$(sed 's/.*"records":\([0-9]*\).*/\1/' one)" "the records of $provider"
    says ab '"outcome":"success"'
    rm -f ./*.case*
done
finish
