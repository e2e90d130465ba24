#!/bin/sh
# diff.sh N: function by function, what was written in this copy (+) beside what stood there (-).
set -eu
# shellcheck source=docs/course/chapters.sh
. docs/course/chapters.sh
# shellcheck source=docs/course/origin.sh
. docs/course/origin.sh

number=$(chapter_number "${1-}")
[ -n "$number" ] || course_stop 64 "say the number of a chapter: ./learn diff 3"
teaches "$number"
begins_in_copy "$number"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for file in $(chapter_files "$number"); do
    for name in $(chapter_functions "$number" "$file"); do
        stood "$file" "$name" >"$work/stood"
        written "$file" "$name" >"$work/written"
        echo "== $name, $file"
        if cmp -s "$work/stood" "$work/written"; then
            echo 'the same'
        else
            diff -U 100 "$work/stood" "$work/written" | sed 1,3d
        fi
        echo
    done
done
