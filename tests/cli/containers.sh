#!/bin/sh
# The same log through every packing: the same events and ids. Archives that are nested,
# cut, encrypted or hostile: what can be read is there, the rest is named.
. "$top_srcdir/tests/cli/lib.sh"
for tool in bsdtar zstd xz bzip2 iconv; do
    command -v $tool >/dev/null || { echo "$tool is not there"; exit 77; }
done
grep -q '^#define HAVE_LIBARCHIVE' "$top_builddir/config.h" || exit 77

log=packet.json
cat "$samples"/gcp/*.json >$log
ids() { "$program" export -c "$1" hits -f csv 2>/dev/null | cut -d, -f1; }
value() { "$program" sql -c "$1" -f csv "$2" 2>/dev/null | tail -n 1; }
run 0 load -c plain.case $log
events=$(value plain.case 'SELECT events FROM source')
records=$(value plain.case 'SELECT records FROM source')
ids plain.case >want
[ "$(wc -l <want)" -gt 2 ] || fail 'the sample has no hits'

# --- each packing alone, and in each other ---------------------------------------
gzip -k $log
zstd -q $log
xz -k $log
bzip2 -k $log
bsdtar -cf $log.tar $log
bsdtar -czf $log.tgz $log
bsdtar --format zip -cf $log.zip $log
bsdtar --format 7zip -cf $log.7z $log
zstd -q $log.gz
bsdtar -cf inner.tar $log.gz.zst
bsdtar --format zip -cf deep.zip inner.tar # gz in zst in tar in zip
bsdtar --format 7zip -cf in.7z $log.tgz
bsdtar -cf seven.tar in.7z
iconv -f UTF-8 -t UTF-16LE $log >le
{ printf '\377\376'; cat le; } >le.mark
iconv -f UTF-8 -t UTF-16BE $log >be
{ printf '\376\377'; cat be; } | gzip >be.mark.gz
{ printf '\357\273\277'; cat $log; } >mark
awk '{ printf "%s\r\n", $0 }' $log >crlf
for file in $log.gz $log.zst $log.xz $log.bz2 $log.tar $log.tgz $log.zip $log.7z \
    $log.gz.zst deep.zip seven.tar le le.mark be be.mark.gz mark crlf; do
    rm -f x.case
    mv "$file" disguise # names prove nothing
    run 0 load -c x.case disguise
    mv disguise "$file"
    ids x.case >got
    same want got "ids through $file"
    grep -q ": $records records, $events events" out ||
        fail "counts of $file" "$(tail -n 2 out)"
done

# What the case says of a member: where it stands, its own hash, how it was packed.
run 0 load -q -c deep.case deep.zip
sum=$(sha256sum $log.gz.zst | cut -d' ' -f1)
equal "$(value deep.case "SELECT path LIKE '%/deep.zip', member, sha256 = '$sum', packing
    FROM source WHERE member <> ''")" "1,inner.tar/$log.gz.zst,1,zstd>gzip" 'a nested member'
sum=$(sha256sum deep.zip | cut -d' ' -f1)
equal "$(value deep.case "SELECT sha256 = '$sum', records, status
    FROM source WHERE member = ''")" '1,0,done' 'the archive as a whole'
run 0 load -c deep.case deep.zip
says out known

# The same content in other packings is one source; which one, the others say.
mkdir twins && cp $log $log.gz $log.zst $log.xz $log.tgz $log.7z le deep.zip twins/
run 0 load -c twins.case twins
says err 'packed differently'
ids twins.case >got
same want got 'ids of the same content in eight packings'
equal "$(value twins.case "SELECT sum(records > 0), sum(records) = $records,
    (SELECT count(*) FROM event) = $events, sum(status = 'skipped' AND reason LIKE
    'the same content as %, packed differently') FROM source")" 1,1,1,7 \
    'the same content in eight packings'

# One packing more than is opened.
gzip -c deep.zip >deeper
run 3 load -c deeper.case deeper
says err 'packed more than 4 times over'

# --- damage ----------------------------------------------------------------------
mkdir generated
"$top_builddir/tests/bench/generate" generated 3000 1 7 gz
gzip -dc generated/*.gz >big
all=3000
gzip -k big
zstd -q big
xz -k --block-size=1MiB big
bzip2 -k big
bsdtar -cf big.tar big
bsdtar --format zip -cf big.zip big
for file in big.gz big.zst big.xz big.bz2 big.tar big.zip; do
    size=$(wc -c <$file)
    rm -f x.case
    head -c $((size * 2 / 3)) $file >cut
    run 3 load -c x.case cut
    says err 'cut off'
    events=$(value x.case 'SELECT sum(events) FROM source')
    # bzip2 gives blocks of 900 kB as they end.
    [ "$events" -gt $((all / 3)) ] && [ "$events" -lt $all ] ||
        fail "events of a cut $file: $events"
done
for file in big.gz big.zst big.xz big.bz2; do
    rm -f x.case
    { cat $file; echo garbage; } >tail
    run 3 load -c x.case tail
    says err 'after the end of the'
    equal "$(value x.case 'SELECT sum(events) FROM source')" $all "events of $file and garbage"
done

# --- members that are no logs, or hostile ----------------------------------------
mkdir tree && cp $log tree/a.json && : >tree/empty.json && ln -s a.json tree/link &&
    mkfifo tree/pipe && cp "$samples"/aws/*.json tree/
bsdtar -cf tree.tar tree
run 0 load -c tree.case tree.tar
says err '2 links or devices passed over'
says err 'tree.tar/tree/empty.json: empty: the file has no bytes'
equal "$(value tree.case "SELECT count(*) FROM source WHERE member = 'tree/empty.json'")" 1 \
    'an empty member'

before=$(find . | sort)
bsdtar -P -cf up.tar -s ',.*,../../../../escaped.json,' $log
bsdtar -P -cf root.tar -s ',.*,/escaped.json,' $log
bsdtar -P -cf esc.tar -s ",.*,$(printf 'a\033[2Jb'),"  $log
bsdtar -P -cf long.tar -s ",.*,$(printf '%03000d' 7)," $log
for file in up root esc long; do
    rm -f x.case
    run 0 load -c x.case $file.tar
    ids x.case >got
    same want got "ids through $file.tar"
    ! grep -q "$(printf '\033')" out err || fail "an escape of $file.tar reached the terminal"
    rm -f x.case $file.tar
done
[ ! -e /escaped.json ] && [ ! -e ../escaped.json ] || fail 'a member was written to disk'
equal "$(find . | sort | grep -v 'x.case\|/got$')" \
    "$(echo "$before" | grep -v 'x.case\|/got$')" 'files after loading hostile archives'

bsdtar --format zip --options zip:encryption=traditional --passphrase secret \
    -cf secret.zip $log
run 3 load -c secret.case secret.zip
says err 'it is encrypted'
equal "$(value secret.case "SELECT count(*) FROM source WHERE status = 'failed'
    AND member <> ''")" 1 'an encrypted member'

# --- a bomb is cut, and named ----------------------------------------------------
head -c 300000000 /dev/zero | xz -0 >bomb
run 3 load -c bomb.case bomb
says err 'decompression bomb'
finish
