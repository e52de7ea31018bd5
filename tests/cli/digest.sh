#!/bin/sh
# Files against the CloudTrail digests that list them: consistent, changed, missing.
. "$top_srcdir/tests/cli/lib.sh"
folder=AWSLogs/111122223333/CloudTrail/us-east-1/2026/03/14
mkdir -p "in/$folder" in/digests
log=111122223333_CloudTrail_us-east-1_20260314T0230Z
cp "$samples/lineage/$log.json" "in/$folder/a.json"
sed 's/r-0/r-1/' "in/$folder/a.json" >"in/$folder/b.json"
gzip -c "in/$folder/b.json" >"in/$folder/c.json.gz"
rm "in/$folder/b.json"
sum_a=$(sha256sum <"in/$folder/a.json" | cut -d' ' -f1)
sum_c=$(gzip -dc "in/$folder/c.json.gz" | sha256sum | cut -d' ' -f1)
file() { # name, hash
    printf '{"s3Object":"%s/%s","hashValue":"%s","hashAlgorithm":"SHA-256"}' "$folder" "$1" "$2"
}
printf '{"awsAccountId":"111122223333","digestStartTime":"2026-03-14T02:00:00Z","digestEndTime":"2026-03-14T03:00:00Z","digestS3Object":"d","logFiles":[%s,%s,%s]}' \
    "$(file a.json "$sum_a")" "$(file c.json.gz "$sum_c")" "$(file d.json.gz "$sum_a")" \
    >in/digests/digest.json

run 0 load -q -c a.case in
run 0 info -c a.case
says out 'CloudTrail digests: 1; info --digests compares the files'
run 0 info -c a.case --digests
says out '2 files consistent with its digest'
says out "listed in a digest and not loaded: $folder/d.json.gz"
says_not out 'verified'

# A file that was changed since, and one that is gone.
sed -i 's/198.51.100.23/198.51.100.24/' "in/$folder/a.json"
rm "in/$folder/c.json.gz"
run 0 info -c a.case --digests
says out '0 files consistent with its digest'
says out "differs from its digest: "
says out '1 files not compared: unreadable now, or inside an archive'
rm in/digests/digest.json
run 0 info -c a.case --digests
says out '1 digests cannot be read now'

run 0 load -q -c none.case "$samples/aws"
run 0 info -c none.case --digests
says_not out 'digest'
finish
