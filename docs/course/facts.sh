#!/bin/sh
# facts.sh: prints what the tree holds, for check_words.awk: KIND, tab, NAME and what else there is.
# To be run in the root of the tree.
#
# shellcheck disable=SC2016 # the dollars are awk's
set -eu
LC_ALL=C
export LC_ALL

tree() { # tree EXPRESSION...: find, without what is built and what learners write
    find . \( -path ./build -o -path ./work -o -path ./.git \) -prune -o "$@" | sed 's|^\./||'
}

tree -type d ! -name . -print | awk '{ print "path\t" $0; if (!/\//) print "top\t" $0 }'
tree -type f -print | awk '{ print "path\t" $0; sub(/^.*\//, ""); print "base\t" $0 }'

# Identifiers that are defined or called; comments do not count. Of a test also its file's name.
tree -name '*.[ch]' -print | sort | xargs awk '
FNR == 1 && FILENAME ~ /test_[a-z0-9_]*\.c$/ {
    name = FILENAME
    sub(/^.*\//, "", name)
    sub(/\.c$/, "", name)
    print "test\t" name
}
/^ *(\/\*|\*|\/\/)/ { next }
{
    while (match($0, /[A-Za-z_][A-Za-z0-9_]*\(/)) {
        name = substr($0, RSTART, RLENGTH - 1)
        print "function\t" name
        if (/^static void test_/) print "test\t" name
        $0 = substr($0, RSTART + RLENGTH)
    }
}' | sort -u

# What solutions of exercises add: files, functions and options; and the functions of hunts.
tree \( -name solution.patch -o -name plant.patch \) -print | while read -r patch; do
    awk '
/^\+\+\+ b\// { sub(/^\+\+\+ b\//, ""); sub(/\t.*/, ""); print "path\t" $0; next }
/^\+OPTION\(/ { split($0, part, "\""); print "option\t--" part[2] }
/^\+/ {
    while (match($0, /[A-Za-z_][A-Za-z0-9_]*\(/)) {
        print "function\t" substr($0, RSTART, RLENGTH - 1)
        $0 = substr($0, RSTART + RLENGTH)
    }
}' "$patch"
done

sed -n 's/^OPTION([^"]*"\([a-z-]*\)".*/option	--\1/p' server/options.def
sed -n 's/^\([a-z]*\)) ##.*/verb	\1/p' learn
{ echo learn; tree -name '*.sh' -print; } | xargs awk '
/^ *(--|.* \| *--)[^"]*\)/ || /\[.*= --/ {
    while (match($0, /--[a-z][-a-z]*/)) {
        print "learned\t" substr($0, RSTART, RLENGTH)
        $0 = substr($0, RSTART + RLENGTH)
    }
}' | sort -u
awk -F '\t' '!/^#/ { print "section\t" $1 " " $2 }' docs/rfc/sections.tsv
awk '$1 == "teach" { print "teaches\t" $2 }' docs/course/taught.txt
