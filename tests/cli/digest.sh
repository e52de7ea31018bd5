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

# The digests are a chain: the one before this is not there, another has been changed.
link() { # name, the digest before it, its hash
    printf '{"awsAccountId":"111122223333","digestStartTime":"s","digestEndTime":"e","digestS3Object":"d/%s","logFiles":[],"previousDigestS3Object":"d/%s","previousDigestHashValue":"%s"}' \
        "$1" "$2" "$3"
}
mkdir -p chain/d
link two.json one.json "$sum_a" >chain/d/two.json
sum_two=$(sha256sum <chain/d/two.json | cut -d' ' -f1)
link three.json two.json "$sum_two" | gzip -c >chain/d/three.json.gz
link four.json three.json.gz "$sum_two" >chain/d/four.json
run 0 load -q -c chain.case chain
run 0 info -c chain.case --digests
says out 'CloudTrail digests: 3'
says out '1 files consistent with its digest'
says out 'named by the digest after it and not loaded, so its own files are not known: d/one.json'
says out 'differs from its digest: '

# In archives as well.
tar -cf in.tar in
run 0 load -q -c tar.case in.tar
run 0 info -c tar.case --digests
says out 'CloudTrail digests: 1'
says out '2 files consistent with its digest'
says out "listed in a digest and not loaded: $folder/d.json.gz"

# A file that was changed since, and one that is gone.
sed -i 's/198.51.100.23/198.51.100.24/' "in/$folder/a.json"
rm "in/$folder/c.json.gz"
run 0 info -c a.case --digests
says out '0 files consistent with its digest'
says out "differs from its digest: "
says out '1 files not compared: unreadable now, or without a SHA-256'
rm in/digests/digest.json
run 0 info -c a.case --digests
says out '1 digests cannot be read now'

run 0 load -q -c none.case "$samples/aws"
run 0 info -c none.case --digests
says_not out 'digest'
finish
