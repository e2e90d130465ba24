#!/bin/sh
# restore.sh N [FUNCTION]: in a copy: puts back what stood in each function of chapter N, or in this
# one. What else was written in their files stays.
set -eu
# shellcheck source=docs/course/chapters.sh
. docs/course/chapters.sh
# shellcheck source=docs/course/origin.sh
. docs/course/origin.sh

number=$(chapter_number "${1-}")
[ -n "$number" ] || course_stop 64 "say the number of a chapter: ./learn restore 3 [FUNCTION]"
teaches "$number"
begins_in_copy "$number"
[ $# -lt 2 ] || chapter_functions "$number" | grep -qx -- "$2" ||
    course_stop 64 "chapter $number teaches no function $2"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for file in $(chapter_files "$number"); do
    for name in $(chapter_functions "$number" "$file"); do
        [ "${2-$name}" = "$name" ] || continue
        stood "$file" "$name" >"$work/stood"
        awk -v name="$name" -v stood="$work/stood" -f docs/course/restore.awk "$file" \
            >"$work/restored" || course_stop 1 "$file has no function $name: write its head again"
        cat "$work/restored" >"$file"
        echo "$name stands in $file again"
    done
done
