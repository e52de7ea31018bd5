#!/bin/sh
# The same events through the tables and exports of SIEMs: jq writes the samples as each
# of them would, and every hit must tell what it tells from the provider's own file, but
# for what the form does not carry.
. "$top_srcdir/tests/cli/lib.sh"
hits() { "$program" export -c "$1.case" hits -f jsonl 2>err; }

# as NAME: jq's program writes the file to load; the records come one by one.
cat >forms.jq <<'END'
def millis: sub("\\.[0-9]+"; "") | fromdateiso8601 * 1000;
def dotted($prefix):
    [paths(scalars) as $p | {
        key: ($prefix + ($p | map(if type == "number" then "[\(.)]" else ".\(.)" end)
            | add | ltrimstr("."))),
        value: (getpath($p) | tostring)}] | from_entries;
# Hive's text of a struct.
def struct:
    if type == "object" then "{" + (to_entries | map("\(.key)=\(.value | struct)")
        | join(", ")) + "}"
    elif type == "array" then "[" + (map(struct) | join(", ")) + "]"
    elif . == null then "null" else tostring end;
def lower: if type == "object" then with_entries(.key |= ascii_downcase
    | .value |= lower) elif type == "array" then map(lower) else . end;
def text: if . == null then "" elif type == "string" then . else tojson end;
# Rows of cells as CSV, or with another separator.
def cells($by): map("\"" + (text | gsub("\""; "\"\"")) + "\"") | join($by);
def table($by; $columns): ([$columns[]] | cells($by)), (.[] as $row
    | [$columns[] as $c | $row[$c]] | cells($by));
END

# The records of each provider, one a line.
jq -c '.Records[]' "$samples"/aws/*0215Z.json >aws.jsonl
gzip -dc "$samples"/aws/*.gz | jq -c '.Records[]' >>aws.jsonl
jq -c '.records[]' "$samples/azure/eventhub.json" >azure.jsonl
jq -c '.[]' "$samples/gcp/packet-mirroring.json" >gcp.jsonl

for cloud in aws azure gcp; do
    run 0 load -q -c $cloud.case $cloud.jsonl
    hits $cloud >$cloud.hits
    [ "$(wc -l <$cloud.hits)" -gt 3 ] || fail "the samples of $cloud have no hits"
done

fields='["time","operation","service","lifecycle","outcome","error_code","actor",
    "actor_type","actor_id","session_issuer","source_identity","mfa","via","credential",
    "source_ip","source_text","user_agent","account","region","resource_group",
    "resource","mirror","mirrored","destination","event_id","request_id",
    "correlation_id"]'
# told LOST < HITS: what they tell but for the fields in LOST, in one order.
told() {
    jq -c -S --argjson fields "$fields" --arg lost " $1 " '
        [.operation, .time, .event_id] as $order
        | [$order, with_entries(select(.key as $k
            | ($fields | index($k)) and ($lost | contains(" " + $k + " ") | not)))]' |
        sort
}

# check CLOUD NAME [LOST]: what `from` wrote; LOST are the fields that the form does not
# carry.
check() {
    mkdir -p "$1-forms"
    mv export "$1-forms/$2"
    run 0 load -q -c "$2.case" "$1-forms/$2"
    hits "$2" | told "${3-}" >"$2.told"
    told "${3-}" <"$1.hits" >native.told
    same native.told "$2.told" "$2"
}

# from CLOUD PROGRAM: writes `export`, from all records as one array.
from() { jq -s -r 'include "forms"; '"$2" -L . "$1.jsonl" >export; }

# --- LogScale: with the original text, and rebuilt from its fields -------------------
from aws '.[] | {"@timestamp": (.eventTime | millis), "@timestamp.nanos": "0",
    "@id": "x", "#repo": "aws", "@rawstring": tojson} | tojson'
check aws logscale-raw
from aws '[.[] | {"@timestamp": (.eventTime | millis), "#Vendor": "aws",
    "#event.module": "cloudtrail", "Parser.version": "1.2.0",
    "event.action": .eventName, "cloud.region": .awsRegion} + dotted("Vendor.")]'
check aws logscale-vendor
from aws '.[] | {"@timestamp": (.eventTime | millis), "#repo": "x"} + dotted("")
    | del(.eventTime) | tojson'
check aws logscale-plain
from aws 'map(dotted("Vendor.")) | (map(keys) | add | unique) as $columns
    | table(","; $columns)'
check aws logscale-csv
from azure '.[] | {"@timestamp": (.time | millis), "#Vendor": "microsoft"}
    + dotted("Vendor.") | tojson'
check azure logscale-azure
from azure 'map(dotted("Vendor.")) | (map(keys) | add | unique) as $columns
    | table(","; $columns)'
check azure logscale-azure-csv
from gcp '.[] | {"@timestamp": (.timestamp | millis), "#Vendor": "google"}
    + dotted("Vendor.") | tojson'
check gcp logscale-gcp
from gcp 'map(dotted("")) | (map(keys) | add | unique) as $columns
    | table(","; $columns)'
check gcp logs-explorer-csv

# --- Splunk --------------------------------------------------------------------------
from aws 'map({_raw: tojson, _time: .eventTime, host: "h", sourcetype: "aws:cloudtrail"})
    | table(","; ["_raw", "_time", "host", "sourcetype"])'
check aws splunk-csv
from gcp '.[] | {preview: false, result: {_raw: tojson, _time: .timestamp}} | tojson'
check gcp splunk-json

# --- Elastic -------------------------------------------------------------------------
elastic='{"@timestamp": .eventTime, event: {action: .eventName, provider: .eventSource,
        id: .eventID, module: "aws",
        outcome: (if .errorCode then "failure" else "success" end)},
    cloud: {region: .awsRegion, account: {id: .recipientAccountId}},
    source: {address: .sourceIPAddress}, user_agent: {original: .userAgent},
    user: {id: .userIdentity.principalId, name: .userIdentity.userName},
    aws: {cloudtrail: {error_code: .errorCode, event_version: .eventVersion,
        request_id: .requestID, recipient_account_id: .recipientAccountId,
        request_parameters: (.requestParameters | if . then struct else null end),
        response_elements: (.responseElements | if . then struct else null end),
        user_identity: {type: .userIdentity.type, arn: .userIdentity.arn,
            access_key_id: .userIdentity.accessKeyId,
            invoked_by: .userIdentity.invokedBy,
            session_context: {
                mfa_authenticated:
                    .userIdentity.sessionContext.attributes.mfaAuthenticated,
                session_issuer:
                    {arn: .userIdentity.sessionContext.sessionIssuer.arn}}}}}}'
from aws "{hits: {hits: map({_index: \"x\", _source: $elastic})}}"
check aws elastic
from aws "map($elastic | dotted(\"\")) | (map(keys) | add | unique) as \$columns
    | table(\",\"; \$columns)"
check aws kibana-csv
from azure '.[] | {_source: {event: {original: tojson}}} | tojson'
check azure elastic-original

# --- Athena, CloudTrail Lake, the console, Sentinel ----------------------------------
from aws 'map(lower + {useridentity: (.userIdentity | lower | struct),
        requestparameters: (.requestParameters | text),
        responseelements: (.responseElements | text),
        resources: null, tlsdetails: null}) | (map(keys) | add | unique) as $columns
    | table(","; $columns)'
check aws athena
from aws 'map(. + {userIdentity: (.userIdentity | struct),
        eventTime: (.eventTime | sub("T"; " ") | sub("Z"; ".000")),
        requestParameters: (.requestParameters | struct),
        responseElements: (.responseElements | struct)})
    | (map(keys) | add | unique) as $columns
    | table(","; $columns)'
check aws lake
from aws 'map({"User name": .userIdentity.userName,
        "AWS access key": .userIdentity.accessKeyId, "Event time": .eventTime,
        "Event source": .eventSource, "Event name": .eventName,
        "AWS region": .awsRegion, "Source IP address": .sourceIPAddress,
        "User agent": .userAgent, "Error code": .errorCode, Resources: "",
        "Request ID": .requestID, "Event ID": .eventID, "Read-only": .readOnly,
        "Event type": .eventType, "Recipient account ID": .recipientAccountId,
        "Event category": .eventCategory}) | (.[0] | keys_unsorted) as $columns
    | table(","; $columns)'
check aws console-csv 'actor actor_type actor_id session_issuer source_identity mfa via resource mirror mirrored destination'
sentinel='{TimeGenerated: .eventTime, EventName: .eventName,
        EventSource: .eventSource, AwsEventId: .eventID, AWSRegion: .awsRegion,
        SourceIpAddress: .sourceIPAddress, UserAgent: .userAgent,
        ErrorCode: .errorCode, RequestParameters: (.requestParameters | text),
        ResponseElements: (.responseElements | text), AwsRequestId: .requestID,
        RecipientAccountId: .recipientAccountId,
        UserIdentityType: .userIdentity.type, UserIdentityArn: .userIdentity.arn,
        UserIdentityPrincipalid: .userIdentity.principalId,
        UserIdentityAccessKeyId: .userIdentity.accessKeyId,
        UserIdentityUserName: .userIdentity.userName,
        UserIdentityInvokedBy: .userIdentity.invokedBy,
        SessionMfaAuthenticated:
            .userIdentity.sessionContext.attributes.mfaAuthenticated,
        SessionIssuerArn: .userIdentity.sessionContext.sessionIssuer.arn,
        EventVersion: .eventVersion, Type: "AWSCloudTrail"}'
from aws "map($sentinel) | (.[0] | keys_unsorted) as \$columns
    | table(\",\"; \$columns)"
check aws sentinel
from aws "map($sentinel) | (.[0] | keys_unsorted) as \$columns
    | {tables: [{name: \"PrimaryResult\", columns: [\$columns[] | {name: .}],
        rows: map([.[]])}]}"
check aws log-analytics
from aws '{queryLanguage: "CWLI", results: map([{field: "@timestamp", value: .eventTime},
        {field: "@message", value: tojson}])}'
check aws logs-insights

# --- Azure's tables ------------------------------------------------------------------
activity='{TimeGenerated: .time, OperationNameValue: .operationName,
        ActivityStatusValue: .resultType, ActivitySubstatusValue: .resultSignature,
        CallerIpAddress: .callerIpAddress, CategoryValue: .category,
        _ResourceId: .resourceId, CorrelationId: .correlationId,
        Claims_d: (.identity.claims | text),
        Authorization_d: (.identity.authorization | text),
        Properties_d: (.properties | text), TenantId: "w", Type: "AzureActivity"}'
from azure "map($activity)"
check azure azure-activity-rows 'actor_type'
from azure "map($activity) | map(with_entries(if .key == \"TimeGenerated\"
        then .key = \"TimeGenerated [UTC]\" else . end))
    | (.[0] | keys_unsorted) as \$columns | \"\ufeff\", table(\";\"; \$columns)"
check azure azure-activity-csv 'actor_type'

# --- GCP's tables --------------------------------------------------------------------
from gcp '.[] | . + {protopayload_auditlog: (.protoPayload
        | . + {requestJson: (.request | text), responseJson: (.response | text)}
        | del(.request, .response)),
        timestamp: (.timestamp | sub("T"; " ") | sub("Z"; " UTC"))}
    | del(.protoPayload) | tojson'
check gcp bigquery
from gcp 'map({insertId, logName, timestamp, resource: (.resource | text),
        operation: (.operation | text), protoPayload: (.protoPayload | text)})
    | table(","; ["insertId", "logName", "timestamp", "resource", "operation",
        "protoPayload"])'
check gcp logs-explorer-cells
# --- day and month: another stamp of the file decides, or the option; else it is told --
header='TimeGenerated [UTC],EventName,EventSource,AwsEventId'
row() { echo "\"$1, 02:11:09.000\",CreateTrafficMirrorSession,ec2.amazonaws.com,$2"; }
stamps() { hits "$1" | jq -r '[.time[:10], .time_quality] | join(" ")' | sort | xargs; }
{ echo "$header" && row 03/04/2026 e-1 && row 04/04/2026 e-2 && row 14/03/2026 e-3; } >dmy.csv
{ echo "$header" && row 3/14/2026 e-1 && row 3/4/2026 e-2; } >mdy.csv
{ echo "$header" && row 03/04/2026 e-1; } >doubt.csv
run 0 load -c dmy.case dmy.csv
says_not err 'in doubt'
equal "$(stamps dmy)" \
    '2026-03-14 zone_assumed 2026-04-03 zone_assumed 2026-04-04 zone_assumed' 'day first'
run 0 load -q -c mdy.case mdy.csv
equal "$(stamps mdy)" '2026-03-04 zone_assumed 2026-03-14 zone_assumed' 'month first'
run 0 load -c doubt.case doubt.csv
says err 'say --date-order dmy or mdy'
equal "$(stamps doubt)" '2026-03-04 day_month_ambiguous' 'in doubt'
run 0 load -q -c told.case --date-order dmy doubt.csv
equal "$(stamps told)" '2026-04-03 zone_assumed' 'told by the option'

# All of them together tell of the same operations, each once.
for cloud in aws azure gcp; do
    run 0 load -q -c together.case $cloud-forms $cloud.jsonl
    equal "$("$program" export -c together.case hits provider:$cloud -f jsonl 2>err |
        wc -l)" "$(wc -l <$cloud.hits)" "hits of all forms of $cloud"
done
finish
