#!/bin/sh
# tui -> db -> core, never back: by the includes and by the symbols of the
# libraries. Also: one file alone includes curses, and core stays pure.
set -u
cd "$top_srcdir" || exit 99
failed=0
complain() { printf '%s\n' "$1"; failed=1; }

upward() { # folder, pattern of includes that it must not have
    found=$(grep -nE "^#[[:space:]]*include[[:space:]]*[\"<]($2)" "$1"/*.[ch]) &&
        complain "$1 reaches upward or outward:
$found"
}
upward core 'db/|tui/|sqlite3|.*curses|pthread|stdio_ext|unistd|time\.h|sys/|fcntl'
upward db 'tui/|.*curses'

found=$(grep -lE '^#[[:space:]]*include[[:space:]]*<.*curses|<term\.h>' tui/*.[ch] |
    grep -v '^tui/term\.c$') && complain "only tui/term.c may include curses: $found"

found=$(grep -nE '\b(getenv|fopen|open|read|write|printf|time|clock_gettime|getpid|exit|abort)\(' \
    core/*.c | grep -vE '^\S+:[0-9]+: \*|//|/\*' |
    grep -vE '[a-z_](open|read|write|printf|time|exit)\(') &&
    complain "core is pure, but calls:
$found"

banned='strcpy|strcat|sprintf|vsprintf|strtok|atoi|gmtime|localtime|asctime|system|popen|gets|alloca|initscr'
found=$(grep -nE "\b($banned)\(" core/*.[ch] db/*.[ch] tui/*.[ch]) &&
    complain "banned functions:
$found"

# A header that no list names would be missing from the release archive.
for file in core/*.[ch] db/*.[ch] tui/*.[ch]; do
    grep -qE "(^|[[:space:]])$file([[:space:]]|\$)" "${file%/*}/Makefile.inc" ||
        complain "$file: not in ${file%/*}/Makefile.inc"
done

# What the archive of a layer leaves undefined must not be defined by a layer above.
symbols() { nm -g "$1" 2>/dev/null | awk -v want="$2" \
    'want == "U" ? $1 == "U" : $2 ~ /^[TDBRC]$/ { print $NF }' | sort -u; }
check_library() { # lower, upper
    [ -f "$top_builddir/$1" ] && [ -f "$top_builddir/$2" ] || return 0
    symbols "$top_builddir/$1" U >layers-undefined.tmp
    symbols "$top_builddir/$2" D >layers-defined.tmp
    symbols "$top_builddir/$1" D >layers-own.tmp
    found=$(comm -12 layers-undefined.tmp layers-defined.tmp | comm -23 - layers-own.tmp)
    [ -z "$found" ] || complain "$1 needs symbols of $2: $found"
    rm -f layers-undefined.tmp layers-defined.tmp layers-own.tmp
}
cd "$top_builddir" || exit 99
check_library libcore.a libdb.a
check_library libcore.a libtui.a
check_library libdb.a libtui.a
exit $failed
