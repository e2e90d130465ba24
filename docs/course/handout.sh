#!/bin/sh
# handout.sh [FILE]: packs the tree for those who are to solve it into FILE, which is
# strata-handout.tar.gz where it is not named: without solutions, wrong solutions, answers, and the
# tests of the course itself, which need them.
# The bugs of the hunts are rotated by 13 letters, so that nobody reads one by accident; whoever
# wants to can find them by comparing the trees. The same tree makes the same file, octet by octet.
set -eu
cd "$(dirname "$0")/../.."
# shellcheck source=docs/course/common.sh
. docs/course/common.sh

file=${1-strata-handout.tar.gz}
case $file in /*) ;; *) file=$PWD/$file ;; esac
name=strata-handout
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
tree=$work/$name
mkdir "$tree"
copy_tree "$tree"
cd "$tree"
rm -rf tests/course docs/hunts/*/answer.md docs/hunts/*/prove.sh
# Chapters lead here.
printf '# Answers\n\nIn a handout they are with those who teach.\n' >docs/answers.md
rm -f docs/exercises/*/solution.patch docs/exercises/*/wrong-*.patch ./*.tar.gz
for patch in docs/hunts/*/plant.patch; do
    [ -f "$patch" ] || continue # a handout's handout
    tr 'A-Za-z' 'N-ZA-Mn-za-m' <"$patch" >"${patch%.patch}.rot13"
    rm "$patch"
done
left=$(find . -name '*.patch' -o -name 'answer.md')
[ -z "$left" ] || course_stop 1 "this would give something away: $left"

# Sorted names, one time stamp, no owner, no rights but those that matter; gzip without a name.
cd "$work"
chmod -R u=rwX,go=rX "$name"
find "$name" ! -type d | LC_ALL=C sort >list
tar -cf - --format=ustar --owner=0 --group=0 --numeric-owner --mtime='2020-01-01 00:00:00 UTC' \
    -T list | gzip -n -9 >archive
mv archive "$file"
echo "$file: $(wc -l <list) files"
