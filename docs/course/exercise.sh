#!/bin/sh
# exercise.sh [N]: lists the exercises with their levels and minutes; or shows what N asks for.
set -eu
cd "$(dirname "$0")/../.."
# shellcheck source=docs/course/exercises.sh
. docs/course/exercises.sh

if [ $# -gt 0 ]; then
    directory=$(exercise_directory "$1") ||
        course_stop 64 "there is no exercise '$1'; ./learn exercise lists those there are"
    exec cat "$directory/README.md"
fi
echo '      level  minutes'
for directory in docs/exercises/*/; do
    awk -v number="$(exercise_number "${directory%/}")" '
        NR == 1 { sub(/^# Exercise [0-9]+: /, ""); title = $0 }
        /^Level: / {
            split($0, parts, " — ")
            sub(/^Level: /, "", parts[1])
            sub(/ minutes$/, "", parts[2])
            printf "ex%s  %-5s  %7s  %-40s  %s\n", number, parts[1], parts[2], title, parts[3]
            exit
        }' "$directory/README.md"
done
cat <<'END_OF_LIST'

./learn exercise N   what to do, and where
./learn check exNN   was it right?
./learn hint exNN    what to look at next
END_OF_LIST
