#!/bin/sh
# The search of all raw records: in files, packed ones, members and kept bytes.
. "$top_srcdir/tests/cli/lib.sh"
record() { # second, text
    printf '{"eventVersion":"1.11","userIdentity":{"type":"IAMUser","arn":"%s"},' \
        'arn:aws:iam::111122223333:user/mallory'
    printf '"eventTime":"2026-03-14T02:00:%sZ","eventSource":"ec2.amazonaws.com",' "$1"
    printf '"eventName":"DescribeInstances","requestParameters":{"note":"%s"},' "$2"
    printf '"awsRegion":"us-east-1","eventID":"%s-%s"}\n' "$1" "$2"
}
{ record 01 'vni 4711, vni 4711'; record 02 other; echo 'VNI 4711 is no record'; } >plain
record 03 'VNI 4711' | gzip >packed.gz
mkdir inside
record 04 'Vni 4711' >inside/one
record 05 'vni 4712' >inside/two
tar cf members.tar inside
{ printf '{"Records":['; record 06 other; printf ','; record 07 'vni 4711'; printf ']}'; } >document
run 3 load -q -c t.case plain packed.gz members.tar document
record 08 'vni 4711' >kept
"$program" load -q -c t.case - <kept 2>err || fail "standard input is not loaded" "$(cat err)"

printf 'keys F\ntext vni 4711\nkeys Enter\n' >keys
run 0 open -c t.case --script keys
says out 'Raw records with vni 4711: 5 events; 6 of 6 sources searched'
for second in 01 03 04 07 08; do says out "03-14 02:00:$second"; done
grep '02:00:0[256]' out >/dev/null && fail 'others were found as well' "$(cat out)"
# A row leads to the event; a source that is gone is told of.
printf 'keys F\ntext vni 4711\nkeys Enter j j Enter\n' >keys
run 0 open -c t.case --script keys
says out 'One event'
rm packed.gz
printf 'keys F\ntext vni 4711\nkeys Enter\n' >keys
run 0 open -c t.case --script keys
says out '4 events; 5 of 6 sources searched'
printf 'keys F\ntext not there\nkeys Enter\ndump\nkeys F Enter\n' >keys
run 0 open -c t.case --script keys
says out 'No event that could be read holds it'
says out 'a text of 1 to 256 bytes'
# The text lies where two windows of the reader meet, wherever that is: it fills more
# than half of each record, and the records of the second file are half of one later.
# UTF-16 is never read whole.
text=$(printf '%0240d' 7)
many() { # what the identifiers begin with
    awk -v id="$1" -v text="$text" 'BEGIN { for (i = 100000; i < 104000; i++)
        printf "{\"eventVersion\":\"1.11\",\"eventTime\":\"2026-03-14T03:00:00Z\"," \
            "\"eventSource\":\"ec2.amazonaws.com\",\"eventName\":\"DescribeTags\"," \
            "\"eventID\":\"%s-%s\",\"note\":\"%s\"}\n", id, i, text }'
}
{ printf '\377\376'; many a | iconv -f UTF-8 -t UTF-16LE; } >first
{ printf '\377\376'; { printf '%0199d\n' 0; many b; } | iconv -f UTF-8 -t UTF-16LE; } >second
run 3 load -q -c w.case first second
printf 'keys F\ntext %s\nkeys Enter\n' "$text" >keys
run 0 open -c w.case --script keys
says out ': 8,000 events; 2 of 2 sources'
finish
