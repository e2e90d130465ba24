#!/bin/sh
# hunt.sh [N [DIR]]: lists the bug hunts; or copies the tree to DIR (work/hunt-N where it is not
# named), with the bug of hunt N in it, and says how to meet it. The copy has no answer and no patch
# to look at. In a handout the patches are rotated by 13 letters: nobody reads one by accident.
set -eu
# shellcheck source=docs/course/common.sh
. docs/course/common.sh

if [ $# -eq 0 ]; then
    echo 'Each of these plants one bug into a copy of the tree. ./learn hunt N begins.'
    for hunt in docs/hunts/*/; do
        sed -n '1s/^# Hunt \([0-9]*\): /  \1  /p' "$hunt/README.md"
    done
    exit 0
fi
hunt=
case $1 in
[0-9] | [0-9][0-9])
    for hunt in docs/hunts/"$(printf %02d "${1#0}")"-*/; do break; done
    ;;
esac
[ -f "$hunt/README.md" ] ||
    course_stop 64 "there is no hunt '$1'; ./learn hunt lists those there are"
hunt=${hunt%/}
command -v patch >/dev/null 2>&1 || course_stop 69 'patch is not here; please install it'
directory=${2-work/hunt-${1#0}}
[ -z "$(ls -A "$directory" 2>/dev/null)" ] ||
    course_stop 1 "$directory is there already: name another directory, or remove it"

mkdir -p "$directory/.course" # so that no other copy takes it along
: >"$directory/.course/begun"
copy_tree "$directory"
rm -rf "$directory"/docs/hunts/*/answer.md "$directory"/docs/hunts/*/prove.sh \
    "$directory"/docs/hunts/*/plant.* "$directory/tests/course" # which tests those
if [ -f "$hunt/plant.patch" ]; then
    cat "$hunt/plant.patch"
else
    tr 'A-Za-z' 'N-ZA-Mn-za-m' <"$hunt/plant.rot13"
fi | patch -s -f -p1 -F0 -d "$directory" || course_stop 1 'the patch does not fit this tree'

sed 's/^# //; s/^## //; /^```/d; s/\[\([^]]*\)\]([^)]*)/\1/g' "$hunt/README.md"
printf '\nMended? Meet it once more.\n'
[ -z "${2-}" ] || printf '\nThe copy is in %s.\n' "$2"
