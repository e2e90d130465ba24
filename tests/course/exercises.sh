#!/bin/sh
# Every exercise is whole: its files are there and say what they have to, its patches fit the tree
# and name tests that exist, and no hint gives the solution away. That the tests tell right from
# wrong is what ./learn prove exercises shows.
# tier: learner
set -eu
: "${STRATA_SOURCE_DIR:?}"
cd "$STRATA_SOURCE_DIR"
# shellcheck source=docs/course/exercises.sh
. docs/course/exercises.sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0
failed() { # failed WHAT...
    failures=$((failures + 1))
    echo "FAILED: $*"
}
skip() { # skip WHAT IS NEEDED...
    echo "skipped: needs $*"
    if [ "${STRATA_REQUIRE_ALL-}" = 1 ]; then exit 1; else exit 77; fi
}

copy_layers() { # copy_layers DIRECTORY: what the patches may touch
    mkdir "$1"
    tar -cf - transport http fs server | (cd "$1" && tar -xf -)
}
apply() { # apply TREE PATCH
    (cd "$1" && patch -p1 -s -F 0 --no-backup-if-mismatch) <"$2" >"$work/said" 2>&1 ||
        failed "$2 does not fit: $(cat "$work/said")"
}
new_files() { # new_files PATCH: those that it makes
    awk '$1 == "---" { is_new = $2 == "/dev/null" }
        $1 == "+++" && is_new { sub(/^b\//, "", $2); print $2 }' "$1"
}

check_readme() { # check_readme DIRECTORY NUMBER
    head -n 1 "$1/README.md" | grep -q "^# Exercise ${2#0}: ." ||
        failed "$1/README.md does not begin with '# Exercise ${2#0}: TITLE'"
    grep -qE '^Level: \*+ — [0-9]+ minutes — RFC [0-9]+ §[0-9.]+' "$1/README.md" ||
        failed "$1/README.md does not say level, minutes and section"
    for name in "$2" "${2#0}" "ex$2" "ex${2#0}"; do
        sh docs/course/exercise.sh "$name" | cmp -s - "$1/README.md" ||
            failed "./learn exercise $name does not show $1/README.md"
    done
}

check_tests() { # check_tests DIRECTORY: leaves their names in $work/tests
    exercise_tests "$1" >"$work/tests"
    for kind in red guard; do
        grep -q "^${kind}_" "$work/tests" || failed "$1/tests.c has no ${kind}_ test"
    done
    sed -n 's/^static void \([a-z0-9]*_[a-z0-9_]*\)(void)$/\1/p' "$1/tests.c" |
        grep -E '^(red|guard)_' | sort >"$work/defined"
    sort "$work/tests" | diff "$work/defined" - >"$work/said" ||
        failed "$1/tests.c lists other tests than it has: $(cat "$work/said")"
}

check_wrong() { # check_wrong DIRECTORY PATCH
    head -n 1 "$2" | grep -q '^[A-Z].* ' || failed "$2 does not say what is wrong"
    caught_by "$2" >"$work/caught_by"
    [ -s "$work/caught_by" ] || failed "$2 does not say what catches it"
    grep -vxFf "$work/tests" "$work/caught_by" >"$work/said" &&
        failed "$2 names tests that are not there: $(cat "$work/said")"
    rm -rf "$work/wrong"
    cp -R "$work/${1##*/}" "$work/wrong"
    apply "$work/wrong" "$2"
}

check_patches() { # check_patches DIRECTORY
    copy_layers "$work/${1##*/}"
    apply "$work/${1##*/}" "$1/solution.patch"
    apply "$work/all" "$1/solution.patch"
    wrongs=0
    for wrong in "$1"/wrong-*.patch; do
        [ -f "$wrong" ] || continue
        wrongs=$((wrongs + 1))
        check_wrong "$1" "$wrong"
    done
    [ $wrongs -ge 2 ] || failed "$1 has $wrongs wrong patches"
}

check_hints() { # check_hints DIRECTORY
    hint_lines "$1" >"$work/hints"
    solution_lines "$1" >"$work/solution"
    for side in hints solution; do
        [ -s "$work/$side" ] || failed "$1: there are no $side to compare"
    done
    comm -12 "$work/hints" "$work/solution" >"$work/said"
    [ ! -s "$work/said" ] ||
        failed "$1: a hint has a line of the solution: $(cat "$work/said")"
}

check_exercise() { # check_exercise DIRECTORY
    whole=yes
    for file in README.md tests.c hint-1.md hint-2.md hint-3.md solution.patch; do
        [ -s "$1/$file" ] && continue
        failed "$1/$file is missing"
        whole=no
    done
    [ $whole = yes ] || return 0
    check_readme "$1" "$(exercise_number "$1")"
    check_tests "$1"
    check_patches "$1"
    check_hints "$1"
}

command -v patch >/dev/null || skip patch
for directory in docs/exercises/*/; do # a learner's own method is in the way of the solution
    for file in $(new_files "$directory/solution.patch"); do
        [ ! -e "$file" ] || skip "the tree without $file"
    done
done
copy_layers "$work/all"
exercises=0
for directory in docs/exercises/*/; do
    exercises=$((exercises + 1))
    check_exercise "${directory%/}"
done

sh docs/course/exercise.sh >"$work/list"
[ "$(grep -cE '^ex[0-9][0-9]  \*+ +[0-9]+  [^ ].* RFC [0-9]+ §' "$work/list")" -eq $exercises ] ||
    failed "./learn exercise does not list all: $(cat "$work/list")"
for name in 0 99 x 001 ''; do
    status=0
    sh docs/course/exercise.sh "$name" >"$work/said" 2>&1 || status=$?
    [ $status -eq 64 ] || failed "./learn exercise '$name' ends with $status"
done
echo "$exercises exercises, $failures failures"
[ $failures -eq 0 ] && [ $exercises -ge 2 ]
