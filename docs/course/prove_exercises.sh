#!/bin/sh
# prove_exercises.sh [--quick] [exNN]...: shows of every exercise, or of those that are named, that
# its tests tell right from wrong. In a copy of the tree, with sanitizers:
#     untouched             every red test fails, by an expectation; every guard passes
#     solution.patch        all pass, and so does the whole suite
#     wrong-….patch on it   exactly the tests fail that the patch names
#     all solutions         all tests of all exercises pass, and the whole suite
# --quick leaves out the suite.
# No hint shares a line of code with the solution. A proof that fails does not end the others.
set -eu
cd "$(dirname "$0")/../.."
# shellcheck source=docs/course/exercises.sh
. docs/course/exercises.sh
command -v patch >/dev/null || course_stop 69 'patch is not here'

source=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tree=$work/tree
build=build/prove # beneath the copy
failures=0
werror=OFF
if [ "${CI-}" = true ] || [ "${STRATA_REQUIRE_ALL-}" = 1 ]; then
    werror=ON
fi
unset STRATA_REQUIRE_ALL STRATA_OPTION STRATA_PATIENT

proven() { # proven WHAT...
    printf 'ok      %s\n' "$*"
}
refuted() { # refuted WHAT [FILE]: the file says more
    failures=$((failures + 1))
    printf 'FAILED  %s\n' "$1"
    [ $# -eq 1 ] || sed 's/^/        /' "$2"
}

build_targets() { # build_targets TARGET...
    cmake --build "$tree/$build" -j "${jobs:-2}" --target "$@" >"$work/built" 2>&1
}

# Takes the patch or takes it back; what make compares are times, so they are new.
put() { # put PATCH [-R]
    (cd "$tree" && patch -p1 -s --no-backup-if-mismatch ${2+"$2"} <"$source/$1") \
        >"$work/patched" 2>&1
}

# What the tests of an exercise come to in the copy, into $work/verdicts.
run_tests() { # run_tests DIRECTORY
    number=$(exercise_number "$1")
    build_targets "exercise_$number" || {
        refuted "$1: it builds" "$work/built"
        return 1
    }
    (cd "$tree" && run_exercise $build "$number") >"$work/said" || true
    verdicts <"$work/said" | sort >"$work/verdicts"
}

# Every failure is that of an expectation: neither a crash, nor a report, nor waiting in vain.
other_failures() {
    sed -n 's/^failed //p' "$work/verdicts" | while read -r name; do
        said_of "$name" <"$work/said" >"$work/of_one"
        why=$(grep -m 1 -E 'exception|Sanitizer|runtime error|silence|did not' "$work/of_one") ||
            grep -qE '^(expected| *failed:)' "$work/of_one" ||
            why='it says nothing'
        [ -z "$why" ] || echo "$name does not fail by an expectation: $why"
    done
}

# compare WHAT FILE-OF-EXPECTED-VERDICTS
compare() {
    sort "$2" >"$work/expected"
    other_failures >"$work/unclean"
    if [ -s "$work/unclean" ]; then
        refuted "$1" "$work/unclean"
    elif ! diff "$work/expected" "$work/verdicts" >"$work/difference"; then
        refuted "$1 (< expected, > found)" "$work/difference"
    else
        proven "$1: $(grep -c '^failed ' "$work/verdicts") fail, $(
            grep -c '^ok ' "$work/verdicts"
        ) pass"
    fi
}

# The suite but the course's own tests, which compare its texts with the untouched tree.
run_suite() { # run_suite WHAT CTEST-OPTION...
    [ $is_quick = no ] || return 0
    what=$1
    shift
    build_targets all || {
        refuted "$what: it builds" "$work/built"
        return
    }
    steady=
    [ "${fixed_addresses-no}" = no ] || steady="setarch $(uname -m) -R"
    # shellcheck disable=SC2086 # words
    if $steady ctest --test-dir "$tree/$build" -L learner -j "${jobs:-2}" --output-on-failure \
        --no-tests=error "$@" >"$work/suite" 2>&1; then
        proven "$what: $(grep -o '[0-9]*% tests passed.*' "$work/suite")"
    else
        grep -E '^[[:space:]]+[0-9]+ - ' "$work/suite" >"$work/failed" || true
        refuted "$what" "$work/failed"
    fi
}

prove_untouched() { # prove_untouched DIRECTORY
    run_tests "$1" || return 0
    exercise_tests "$1" |
        sed -e 's/^red_/failed &/' -e 's/^guard_/ok &/' >"$work/verdicts_wanted"
    compare "$1, untouched" "$work/verdicts_wanted"
}

prove_wrong() { # prove_wrong DIRECTORY PATCH, with the solution in the copy
    put "$2" || {
        refuted "$2 fits the solution" "$work/patched"
        return 0
    }
    caught_by "$2" >"$work/caught_by"
    exercise_tests "$1" | awk 'FILENAME == ARGV[1] { caught[$0] = 1; next }
        { print ($0 in caught ? "failed" : "ok"), $0; delete caught[$0] }
        END { for (name in caught) print "there is no test", name }
        ' "$work/caught_by" - >"$work/verdicts_wanted"
    if [ ! -s "$work/caught_by" ]; then
        refuted "$2 names the tests that catch it"
    elif run_tests "$1"; then
        compare "$2" "$work/verdicts_wanted"
    fi
    put "$2" -R
}

prove_solution() { # prove_solution DIRECTORY
    put "$1/solution.patch" || {
        refuted "$1/solution.patch fits the tree" "$work/patched"
        return 0
    }
    exercise_tests "$1" | sed 's/^/ok /' >"$work/verdicts_wanted"
    if run_tests "$1"; then compare "$1, solved" "$work/verdicts_wanted"; fi
    for wrong in "$1"/wrong-*.patch; do
        prove_wrong "$1" "$wrong"
    done
    run_suite "$1, solved, the whole suite" -E '^course_'
    put "$1/solution.patch" -R
}

prove_hints() { # prove_hints DIRECTORY
    for file in "$1"/hint-[123].md; do
        [ -s "$file" ] || {
            refuted "$file is there"
            return 0
        }
    done
    hint_lines "$1" >"$work/hints"
    solution_lines "$1" >"$work/solution"
    if comm -12 "$work/hints" "$work/solution" | grep . >"$work/shared"; then
        refuted "$1: the hints share lines of code with the solution" "$work/shared"
    else
        proven "$1: the hints do not give it away"
    fi
}

# All that were named, one on the other.
prove_stacked() {
    for directory in $directories; do
        put "$directory/solution.patch" || {
            refuted "$directory/solution.patch fits on the others" "$work/patched"
            return
        }
    done
    for directory in $directories; do
        exercise_tests "$directory" | sed 's/^/ok /' >"$work/verdicts_wanted"
        if run_tests "$directory"; then
            compare "$directory, all solved" "$work/verdicts_wanted"
        fi
    done
    run_suite 'all solved, the whole suite' -E '^course_'
}

is_quick=no
if [ "${1-}" = --quick ]; then
    is_quick=yes
    shift
fi
if [ $# -eq 0 ]; then
    for directory in docs/exercises/*/; do
        set -- "$@" "$(exercise_number "${directory%/}")"
    done
fi
directories=
for name in "$@"; do
    directory=$(exercise_directory "$name") || course_stop 64 "there is no exercise '$name'"
    directories="$directories $directory"
done
mkdir "$tree"
copy_tree "$tree"
(cd "$tree" && cmake --preset asan -B $build -DSTRATA_WERROR=$werror) >"$work/built" 2>&1 ||
    course_stop 1 "configuring failed: $(cat "$work/built")"
for directory in $directories; do
    prove_hints "$directory"
    prove_untouched "$directory"
    prove_solution "$directory"
done
prove_stacked
[ $failures -eq 0 ] || course_stop 1 "$failures proofs failed"
