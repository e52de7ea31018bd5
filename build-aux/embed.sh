#!/bin/sh
# Prints core/default_rules.c: the rule files given as arguments, as C strings.
set -eu
echo '#include "config.h"'
echo
echo '#include "core/sigma.h"'
number=0
for file in "$@"; do
	printf '\nstatic const char text_%d[] =\n' "$number"
	# A question mark is escaped: two of them could begin a trigraph.
	LC_ALL=C ${SED:-sed} -e 's/[\\"?]/\\&/g' -e 's/^/    "/' -e 's/$/\\n"/' "$file"
	echo '    "";'
	number=$((number + 1))
done
printf '\nconst struct rule_source rule_pack[] = {\n'
number=0
for file in "$@"; do
	name=${file##*/}
	printf '    {{"%s", %d}, {text_%d, sizeof text_%d - 1}},\n' \
		"$name" "${#name}" "$number" "$number"
	number=$((number + 1))
done
printf '};\nconst size_t rule_pack_count = sizeof rule_pack / sizeof *rule_pack;\n'
