#!/bin/sh
# A file that is read in parts by several workers gives what one worker gives that has
# all of it in its window (as it has packed files of this size), byte by byte: however
# records lie across the parts, whatever is damaged, whatever lines tell of later ones.
. "$top_srcdir/tests/cli/lib.sh"
"$top_builddir/tests/bench/generate" . 6700 0 7 jsonl
mv cloudtrail.jsonl lines
fold() { awk "$1" lines; }
{ printf '{"Records":['; fold 'NR > 1 { printf "," } { printf "%s", $0 }'; echo ']}'; } >document
{ printf '{\n "Records" : [\n'; sed -e 's/,"/,\n  "/g' -e '$!s/$/,/' lines; echo ']}'; } >pretty
sed 's/,"/,\n"/g' lines >objects
damage='NR % 97 == 3 { print substr($0, 1, 300); next }
    NR % 131 == 5 { print "{\"no\":\"log\"}"; next }
    NR % 113 == 7 { print substr($0, 1, 200); print substr($0, 201); next }
    NR % 151 == 9 { printf "\001\002\003 %s\n", $0; next }
    NR % 53 == 11 { print "Mar 14 02:25:03 sw1 7: %SYS-5-CONFIG_I: configured by " NR; next }
    { print }'
fold "$damage" >damaged
{ printf '{"Records":['; awk 'NR > 1 { printf "," } { printf "%s", $0 }' damaged; } >torn
awk 'BEGIN {
    print "eventTime,eventSource,eventName,awsRegion,sourceIPAddress,userAgent,eventID"
    for (i = 0; i < 11000; i++) {
        agent = sprintf("agent %d of \"\"%0800d\"\"", i % 7, i)
        if (i % 499 == 0) agent = agent "\n{\"\"eventVersion\"\":\n" i
        if (i == 5500) print "eventTime,eventName,eventSource,awsRegion,sourceIPAddress,userAgent,eventID"
        names = i < 5500 ? "ec2.amazonaws.com,CreateTrafficMirrorSession" : \
            "DescribeInstances,ec2.amazonaws.com"
        printf "2026-03-14T02:%02d:%02dZ,%s,eu-west-1,192.0.2.%d,\"%s\",id-%d\n",
            i / 60 % 60, i % 60, names, i % 250, agent, i
    }
}' >table
awk 'BEGIN {
    for (i = 0; i < 18000; i++) {
        stamp = sprintf("Mar %2d %02d:%02d:%02d", 1 + i / 1500, i / 3600 % 24, i / 60 % 60, i % 60)
        year = i % 301 ? "" : sprintf("2025-03-%02dT02:00:00Z ", 1 + i / 1500)
        text = sprintf("%%LINEPROTO-5-UPDOWN: Line protocol on Interface Gi1/0/%d, changed state to up %0450d", i % 48, i)
        if (i % 70 == 0) text = "%PARSER-5-CFGLOG_LOGGEDCMD: User:mallory  logged command:" \
            (i % 1260 ? "source interface Gi1/0/" i % 48 : "monitor session " i / 1260 + 1 " type erspan-source")
        printf "%s%s sw%d %d: %s\n", year, stamp, i % 7, i, text
    }
}' >devices

exports() {
    "$program" sql -c "$1" -f csv 'SELECT records, events, skipped, unknown, damaged, hits,
        status, reason, resume_offset, unpacked_bytes, open_end FROM source' 2>/dev/null
    "$program" sql -c "$1" -f csv 'SELECT offset, leaf, mirror, mirrored, destination, raw
        FROM record ORDER BY offset' 2>/dev/null
    "$program" sql -c "$1" -f csv 'SELECT kind, offset, length, reason, bytes FROM reject
        ORDER BY rowid' 2>/dev/null
    "$program" sql -c "$1" -f csv 'SELECT time_us, time_quality, operation, lifecycle, mode,
        user_agent, offset, length FROM event ORDER BY rowid' 2>/dev/null
}
for shape in lines document pretty objects damaged torn table devices; do
    equal "$(($(wc -c <$shape) > 9437184))" 1 "more bytes of $shape than a window"
    gzip -1 -c $shape >$shape.gz
    "$program" load -q -c whole.case $shape.gz >/dev/null 2>&1
    "$program" load -q -c parts.case --workers 3 $shape >/dev/null 2>&1
    exports whole.case >whole
    exports parts.case >parts
    equal "$(($(wc -l <parts) > 5000))" 1 "lines of what was loaded of $shape"
    cmp -s whole parts || fail "what three workers load of $shape differs" \
        "$(diff whole parts | cut -c1-200 | head -n 6)"
    rm -f whole.case* parts.case*
done
finish
