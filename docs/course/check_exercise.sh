#!/bin/sh
# check_exercise.sh exNN [--debug [TEST]] [CMAKE-OPTION]...: builds strata and the tests of an
# exercise, with sanitizers, and runs them. Of the first test that fails it says all there is to
# say; with --debug gdb follows that test, or the one that is named, into the server.
set -eu
cd "$(dirname "$0")/../.."
# shellcheck source=docs/course/exercises.sh
. docs/course/exercises.sh

build=build/exercises
directory=$(exercise_directory "${1-}") ||
    course_stop 64 "there is no exercise '${1-}'; ./learn exercise lists those there are"
number=$(exercise_number "$directory")
shift
debugs=no
test=
if [ "${1-}" = --debug ]; then
    debugs=yes
    shift
    case ${1-} in red_* | guard_*)
        test=$1
        shift
        ;;
    esac
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
{
    cmake --preset asan -B $build "$@" &&
        cmake --build $build -j "${jobs:-2}" --target "exercise_$number"
} >"$work/built" 2>&1 || {
    grep -v '^\[ *[0-9]*%\]' "$work/built" >&2
    course_stop 1 "it does not build"
}
grep -v '^\[ *[0-9]*%\]' "$work/built" | grep -A 5 'warning:' >&2 || true

# gdb follows the test into the server that it starts, and stops when a head is whole and in each
# method. Nobody is in a hurry then, and the detector of leaks cannot work beside a debugger.
debug() { # debug TEST
    command -v gdb >/dev/null || course_stop 69 'gdb is not here'
    export STRATA_PATIENT=1 STRATA_OPTION=--no-deadlines ASAN_OPTIONS=detect_leaks=0
    export STRATA_PROGRAM="$PWD/$build/strata" STRATA_SOURCE_DIR="$PWD"
    export STRATA_ECHO_PROGRAM="$PWD/$build/tests/strata_with_echo"
    rm -rf "$work" # exec runs no trap
    test=$1
    set --
    handlers=$(sed -n 's/^METHOD("[A-Z]*", \([a-z_]*\),.*/\1/p' server/methods.def)
    for handler in $handlers; do
        set -- "$@" -ex "break $handler"
    done
    exec gdb -nx -q -x docs/debugger/strata.gdb -ex 'set breakpoint pending on' \
        -ex 'set follow-fork-mode child' -ex 'break http_parse_request_head' "$@" -ex run \
        --args "$build/tests/exercise_$number" "$test"
}

run_exercise $build "$number" >"$work/said" || true
verdicts <"$work/said" >"$work/verdicts"
# One that has no verdict took the others with it.
exercise_tests "$directory" | while read -r name; do
    grep -q "^ok $name\$" "$work/verdicts" || echo "$name"
done >"$work/failed"
first=$(head -n 1 "$work/failed")
count=$(exercise_tests "$directory" | wc -l)

if [ $debugs = yes ]; then
    [ -n "$test$first" ] || course_stop 0 "all tests pass; name one: --debug TEST"
    debug "${test:-$first}"
fi
exercise_tests "$directory" | while read -r name; do
    if grep -qx "$name" "$work/failed"; then echo "  FAILED  $name"; else echo "  ok      $name"; fi
done
echo
if [ -z "$first" ]; then
    echo "All $count tests pass. And nothing else broke?  ./learn test  (some minutes)"
    exit 0
fi
line=$(grep -n "^static void $first(" "$directory/tests.c" | cut -d : -f 1)
echo "The first that fails is in $directory/tests.c, line $line:"
echo "$first"
echo
said_of "$first" <"$work/said"
echo
echo "a hint:        ./learn hint ex$number"
echo "the debugger:  ./learn check ex$number --debug $first"
exit 1
