#!/bin/sh
# Evidence is checked against its file; relocate says where moved files are; embedded
# bytes need no file; the journal tells of it.
. "$top_srcdir/tests/cli/lib.sh"
mkdir -p old/deep
cp "$samples"/aws/*.json old/a.json
cp "$samples"/gcp/packet-mirroring.json old/deep/g.json
cp "$samples"/azure/PT1H.json old/p.json
run 0 load -q -c r.case old
# evidence STATUS WORD: how the records' files are found, and how many records.
evidence() {
    run "$1" export -c r.case evidence -f jsonl
    cut -d'"' -f1- out | grep -c "\"source\":\"$2\"" >count || :
    cat count
}
all=$(evidence 0 unchanged)
[ "$all" -gt 3 ] || fail "only $all records of evidence"
equal "$(evidence 0 'not found')" 0 'records whose file is not found'
grep -q '"raw":"{' out || fail 'evidence has no raw records'
hash=$(sha256sum old/a.json | cut -d' ' -f1)
says out "\"sha256\":\"$hash\""

# Grown: still there. Moved: not found, and told where.
echo >>old/p.json
equal "$(evidence 0 unchanged)" "$all" 'records after a file grew'
mkdir new
mv old new/
equal "$(evidence 0 'not found')" "$all" 'records after the files moved'
run 3 relocate -c r.case "$PWD/old" "$PWD/elsewhere"
says out 'not found'
run 0 relocate -c r.case ./old/ new/old
equal "$(evidence 0 unchanged)" "$all" 'records after relocating'
run 2 relocate -c r.case "$PWD/never" "$PWD/new"
run 2 relocate -c r.case old new
run 2 relocate -c r.case "$PWD/old"

# Changed, or shorter: no evidence any more, and said so.
sed 's/mallory/nobody1/' new/old/a.json >changed
cp new/old/a.json whole
cp changed new/old/a.json
run 3 export -c r.case evidence -f jsonl
says err 'have changed'
says_not out "$hash"
head -c 100 whole >new/old/a.json
run 3 export -c r.case evidence -f jsonl
says_not out "$hash"
run 3 relocate -c r.case "$PWD/new/old" "$PWD/new/old"
says out 'changed'

# Embedded: the file is not needed.
run 0 load -q -c e.case --embed new/old/deep
rm new/old/deep/g.json
run 0 export -c e.case evidence -f jsonl
says out 'kept in the case'
run 0 export -c e.case hits --raw -f jsonl
says out '"raw":["{'

# Members of an archive: judged by the archive; in one that was packed anew, by
# themselves, of several of one name by that which is the same.
if command -v bsdtar >/dev/null &&
    grep -q '^#define HAVE_LIBARCHIVE' "$top_builddir/config.h"; then
    mv r.case kept.case
    cp whole a.json && cp "$samples"/gcp/packet-mirroring.json g.json
    bsdtar --format zip -cf inner.zip g.json
    bsdtar -cf t.tar a.json inner.zip
    run 0 load -q -c r.case t.tar
    all=$(evidence 0 unchanged)
    [ "$all" -gt 3 ] || fail "only $all records of evidence in an archive"
    mkdir moved && mv t.tar moved/
    equal "$(evidence 0 'not found')" "$all" 'records of an archive that moved'
    run 0 relocate -c r.case "$PWD/t.tar" "$PWD/moved/t.tar"
    equal "$(evidence 0 unchanged)" "$all" 'records after relocating an archive'
    cp changed a.json && bsdtar -cf moved/t.tar inner.zip a.json
    run 3 export -c r.case evidence -f jsonl
    says out '"member":"inner.zip/g.json"'
    says_not out '"member":"a.json"'
    mkdir again && cp whole again/a.json
    bsdtar -rf moved/t.tar -C again a.json
    equal "$(evidence 0 unchanged)" "$all" 'records of an archive that was packed anew'
    run 3 relocate -c r.case "$PWD/moved/t.tar" "$PWD/moved/t.tar"
    equal "$(grep -c unchanged out)" 2 'members that are in it still'
    mv kept.case r.case
fi

# Without a hash: size and time must be as they were.
run 0 load -q -c n.case --no-hash whole
run 0 export -c n.case evidence -f jsonl
says out '"source":"not checked"'
touch -d 2020-01-01 whole
run 3 export -c n.case evidence -f jsonl
says_not out '"source":"not checked"'

# The journal.
run 0 journal -c r.case -f csv
says out relocate
says out "$PWD/old"
run 0 journal -c r.case --verify
says out intact
sqlite3 r.case "DROP TRIGGER journal_no_update; UPDATE journal SET analyst = 'eve'"
run 4 journal -c r.case --verify
says err 'was changed'
finish
