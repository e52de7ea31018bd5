#!/bin/sh
# Writes hostile/: what an attacker may put into a log, and what a bad transfer makes of
# one. Run it in sample-data; its output is committed, and the same on every run.
set -eu
LC_ALL=C
export LC_ALL
mkdir -p hostile
cd hostile

# event TIME ID USER_AGENT [NAME]: one CloudTrail record. The arguments pass printf's %b,
# so that \0033 is the byte ESC, and \\\\u001b the six bytes of a JSON escape.
event() {
    printf '{"eventVersion":"1.11","userIdentity":{"type":"AssumedRole",'
    printf '"principalId":"AROAEXAMPLE:mallory",'
    printf '"arn":"arn:aws:sts::111122223333:assumed-role/NetOps/mallory",'
    printf '"accountId":"111122223333","accessKeyId":"ASIAEXAMPLENETOPS001"},'
    printf '"eventTime":"2026-03-14T%sZ","eventSource":"ec2.amazonaws.com",' "$1"
    printf '"eventName":"%s","awsRegion":"us-east-1",' "${4:-CreateTrafficMirrorSession}"
    printf '"sourceIPAddress":"198.51.100.23","userAgent":"%b",' "$3"
    printf '"requestParameters":{"CreateTrafficMirrorSessionRequest":{'
    printf '"NetworkInterfaceId":"eni-0a1b2c3d4e5f60718",'
    printf '"TrafficMirrorTargetId":"tmt-0a1b2c3d4e5f60001",'
    printf '"TrafficMirrorFilterId":"tmf-0a1b2c3d4e5f60002","SessionNumber":1}},'
    printf '"responseElements":null,"requestID":"r-%s",' "$2"
    printf '"eventID":"bad00000-0000-4000-8000-0000000000%s","readOnly":false,' "$2"
    printf '"eventType":"AwsApiCall","recipientAccountId":"111122223333"}\n'
}

# repeat COUNT TEXT
repeat() {
    awk -v count="$1" -v text="$2" 'BEGIN { for (i = 0; i < count; i++) printf "%s", text }'
}

# What a terminal would obey: clear the screen, a title, a carriage return, backspaces,
# C1 (CSI as one character), bidi override, zero-width, tags, a line separator, NUL.
{
    event 06:00:01 01 'clear\\u001b[2J\\u001b[H\\u001b]0;pwned\\u0007'
    event 06:00:02 02 'aws-cli/2.15\\rMozilla/5.0 (harmless)'
    event 06:00:03 03 'evil\\b\\b\\b\\bgood'
    event 06:00:04 04 'c1 \0302\023331m red'
    event 06:00:05 05 'bidi \0342\0200\0256gpj.exe\0342\0200\0254'
    event 06:00:06 06 'zero\0342\0200\0213width\0357\0273\0277 \0363\0240\0201\0201'
    event 06:00:07 07 'two\\u2028lines\\nthree\\u0000nul'
    event 06:00:08 08 'lone \\ud800 surrogate'
    event 06:00:09 09 '=HYPERLINK(\\"http://203.0.113.66/\\",\\"open\\")'
    event 06:00:10 10 '+1+cmd|calc'
    event 06:00:11 11 '  @SUM(A1)'
    event 06:00:12 12 '| `id` $(id) <script>alert(1)</script> [x](http://203.0.113.66)'
} >escapes.jsonl

# The same as bytes of device lines, which have no escapes of their own.
{
    printf '<189>1: sw1: Mar 14 06:01:00 UTC: %%PARSER-5-CFGLOG_LOGGEDCMD: '
    printf 'User:mal\033[31mlory  logged command:monitor session 7 type erspan-source\n'
    printf '<189>2: sw1: Mar 14 06:01:01 UTC: %%PARSER-5-CFGLOG_LOGGEDCMD: '
    printf 'User:mallory  logged command:monitor session 8 source vlan 20\b\b10\n'
    printf '<189>3: s\342\200\256w1: Mar 14 06:01:02 UTC: %%PARSER-5-CFGLOG_LOGGEDCMD: '
    printf 'User:mallory  logged command:monitor session 9 source vlan 20\n'
    printf '<189>4: sw1: Mar 14 06:01:03 UTC: %%SYS-5-CONFIG_I: '
    printf 'Configured from console by \233\377\200 on vty0 (198.51.100.23)\n'
} >escapes.log

# Text that is not UTF-8, between good records: all three are events.
{
    event 06:02:00 20 'good'
    event 06:02:01 21 'bad \0377\0376 \0303( \0355\0240\0200 end'
    event 06:02:02 22 'good again'
} >bad-utf8.jsonl

# A user agent of one megabyte; ten thousand levels, and a good record after them.
event 06:03:00 30 "$(repeat 1048576 A)" | gzip -9n >long-field.jsonl.gz
{
    printf '{"eventVersion":"1.11","eventName":"Deep","requestParameters":'
    repeat 10000 '{"a":'
    printf '1'
    repeat 10001 '}'
    printf '\n'
    event 06:03:01 31 'after the deep one'
} | gzip -9n >deep.jsonl.gz

# A record that is cut in the middle by a bad transfer, then a good one.
{
    event 06:04:00 40 'before'
    printf '{"eventVersion":"1.11","eventTime":"2026-03-14T06:04:01Z","eventNa\n'
    event 06:04:02 42 'after'
} >damaged.jsonl

# A download that broke off: the gz has no end.
{
    printf '{"Records":['
    i=0
    while [ "$i" -lt 40 ]; do
        [ "$i" -gt 0 ] && printf ','
        event "06:05:$(printf %02d "$i")" "$(printf '%02x' $((i + 80)))" "agent $((i * 7919))" |
            tr -d '\n'
        i=$((i + 1))
    done
    printf ']}\n'
} | gzip -9n | dd bs=1 count=700 2>/dev/null >truncated.json.gz

# No record at all, and no log at all.
: >empty.json
# shellcheck disable=SC2059 # the octal escapes are the point
printf "$(awk 'BEGIN { x = 7; for (i = 0; i < 2048; i++) {
    x = (x * 1103515245 + 12345) % 2147483648; printf "\\%03o", int(x / 65536) % 256 } }')" \
    >noise.bin
{
    printf '{"hello":"world"}\n'
    printf '{"eventName":{"value":"CreateTrafficMirrorSession"},"note":"not CloudTrail"}\n'
    printf '{"spec":{"mirror":{"host":"reviews"}},"kind":"VirtualService"}\n'
    printf 'a line of text about monitor session 7\n'
} >unknown.jsonl
