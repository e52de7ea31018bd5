#!/bin/sh
# Bad input: one clear message with its place, the rest is kept, the status says so.
. "$top_srcdir/tests/cli/lib.sh"
good=$samples/gcp
hits() { "$program" export -c "$1" hits -f csv 2>/dev/null | sed 1d | wc -l; }
run 0 load -q -c good.case "$good"
want=$(hits good.case)
[ "$want" -gt 0 ] || fail 'the good sample has no hits'

# missing
run 3 load -c a.case nowhere.json "$good"
says err 'nowhere.json: no such file'
equal "$(hits a.case)" "$want" 'hits beside a missing file'

# nothing but what is missing: no case is made of it
run 2 load -c none.case nowhere.json ./nor/here
says err '`nowhere.json` or any other PATH does not exist'
run 2 open -c none.case nowhere.json
run 2 load -c none.case --year nineteen "$good"
[ ! -e none.case ] && [ ! -e none.case-lock ] || fail 'a usage error made a case'

# empty: counted, not a failure
: >empty.json
run 0 load -c b.case empty.json
says out 'empty '
says err 'empty.json: empty: the file has no bytes'

# binary
head -c 20000 "$program" >binary.dat
run 3 load -c c.case binary.dat "$good"
says err 'binary.dat'
equal "$(hits c.case)" "$want" 'hits beside a binary file'

# unknown JSON
printf '{"hello":"world"}\n{"other":[1,2,3]}\n' >unknown.json
run 3 load -c d.case unknown.json
says err '2 of unknown kind, the first: JSON of no known form, of keys hello'

# kinds that are named and not read
printf '\050\265\057\375xxxx' >x.zst
run 3 load -c d2.case x.zst
says err 'zstd'

# unreadable
if [ "$(id -u)" != 0 ]; then
    cp "$samples"/gcp/* . && : >locked.json && chmod 0 locked.json
    run 3 load -c e.case locked.json
    says err 'locked.json: Permission denied'
fi

# a loop of folders, a pipe among the files
mkdir -p loop/inner && ln -s ../../loop loop/inner/again && mkfifo loop/pipe
cp "$samples"/gcp/* loop/inner/
run 0 load -c f.case loop
equal "$(hits f.case)" "$want" 'hits in a folder with a loop'

# a damaged record in the middle: everything else is there
file=$(ls "$samples"/aws/*.json | head -n 1)
run 0 load -q -c whole.case "$file"
events=$("$program" sql -c whole.case -f csv 'SELECT sum(events) FROM source' 2>/dev/null |
    tail -n 1)
jq -c '.Records[]' "$file" | awk 'NR == 3 { print "{\"eventVersion\":\"1.09\",,,"; next }
    { print }' >damaged.jsonl
run 3 load -c g.case damaged.jsonl
says err '1 damaged'
got=$("$program" sql -c g.case -f csv 'SELECT sum(events) FROM source' 2>/dev/null | tail -n 1)
equal "$got" "$((events - 1))" 'events around a damaged record'
got=$("$program" sql -c g.case -f csv "SELECT count(*) FROM reject
    WHERE kind = 'damaged' AND length(bytes) > 0" 2>/dev/null | tail -n 1)
equal "$got" 1 'damaged bytes kept in the case'

# the same inside one line of Records
jq -c . "$file" | sed 's/"eventVersion":"[0-9.]*","userIdentity"/"eventVersion":,"userIdentity"/' \
    >inline.json
run 3 load -c g2.case inline.json
says err 'damaged'

# a truncated gz: the records before the cut are there
"$top_builddir/tests/bench/generate" . 400 1 7 gz
gz=$(ls *.json.gz)
size=$(wc -c <"$gz")
head -c $((size * 2 / 3)) "$gz" >cut.json.gz
run 3 load -c h.case cut.json.gz
says err 'cut off'
got=$("$program" sql -c h.case -f csv 'SELECT sum(events) FROM source' 2>/dev/null | tail -n 1)
[ "$got" -gt 150 ] && [ "$got" -lt 400 ] || fail "events before the cut: $got"

# a gz that lies about its size
head -c $((size - 4)) "$gz" >lie.json.gz && printf '\001\000\000\000' >>lie.json.gz
run 3 load -c i.case lie.json.gz
got=$("$program" sql -c i.case -f csv 'SELECT sum(events) FROM source' 2>/dev/null | tail -n 1)
equal "$got" 400 'events of a gz that lies about its size'

# several members, another extension, garbage after the end
cat "$gz" "$gz" >two.log
run 0 load -c j.case two.log
got=$("$program" sql -c j.case -f csv 'SELECT sum(events) FROM source' 2>/dev/null | tail -n 1)
equal "$got" 800 'events of a gz of two members'
{ cat "$gz"; echo garbage; } >tail.gz
run 3 load -c k.case tail.gz
says err 'after the end of the gzip data'

# the case's own file inside a loaded folder
mkdir own && cp "$samples"/gcp/* own/
run 0 load -c own/own.case own
run 0 load -c own/own.case own
got=$("$program" sql -c own/own.case -f csv "SELECT count(*) FROM source
    WHERE path LIKE '%own.case%'" 2>/dev/null | tail -n 1)
equal "$got" 0 'the case among its own sources'

# gcloud's own format is named, with the command that gives another
printf -- '---\ninsertId: -abc123def\nlogName: projects/acme-prod/logs/x\n' >gcloud.yaml
run 3 load -q -c yaml.case gcloud.yaml
says err 'gcloud logging read FILTER --freshness=30d --format=json'

# another program's database, a newer case, no database: refused and left untouched
sqlite3 foreign.db 'CREATE TABLE t(a); INSERT INTO t VALUES (1);'
cp foreign.db foreign.copy
run 4 load -c foreign.db "$good"
says err 'foreign.db'
same foreign.db foreign.copy 'a foreign database after the refusal'
echo 'just text' >text.case
cp text.case text.copy
run 4 load -c text.case "$good"
same text.case text.copy 'a text file after the refusal'
cp good.case newer.case
sqlite3 newer.case 'PRAGMA user_version = 999;'
run 4 load -c newer.case "$good"
says err 'newer'
run 4 load -c /nonexistent/folder/x.case "$good"
mkdir folder.case
run 4 load -c folder.case "$good"

# a file system that takes no more: what was committed stays, and the status is 4
"$top_builddir/tests/bench/generate" . 60000 0 9 jsonl
status=0
(trap '' XFSZ 2>/dev/null; ulimit -f 1500
 "$program" load -q -c full.case cloudtrail.jsonl) >out 2>err || status=$?
equal "$status" 4 'status when the disk is full'
run 3 load -q -c full.case nowhere "$good"
equal "$(hits full.case)" "$(( $(hits good.case) + $("$program" sql -c full.case -f csv \
    "SELECT count(*) FROM operation WHERE provider = 1" 2>/dev/null | tail -n 1) ))" \
    'a case that met a full disk still loads'
# A build without the libraries names the form, and how to get at what is in it.
mkdir packed
printf '\050\265\057\375\044\000\001\000\000' >packed/a.zst
printf '\3757zXZ\000\000\004' >packed/a.xz
printf 'BZh91AY&SY' >packed/a.bz2
printf 'PK\003\004\024\000\000\000' >packed/a.zip
printf '7z\274\257\047\034\000\004' >packed/a.7z
program=$top_builddir/tests/bare_build
run 3 load -c bare.case packed
for form in 'zstd `zstd -d`' 'xz `unxz`' 'bzip2 `bunzip2`' 'zip `unzip`' '7z `7z x`'; do
    says err "${form%% *}: this build cannot open it: unpack it with ${form#* }"
done
finish
