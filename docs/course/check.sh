#!/bin/sh
# check.sh N: in a copy that ./learn start N made: builds, runs the unit tests of chapter N, then
# those that need all of it, and holds its conversations; of the first failure it says all there is
# to say. check.sh exNN: those of an exercise.
set -eu
case ${1-} in ex*) exec sh docs/course/check_exercise.sh "$@" ;; esac
# shellcheck source=docs/course/chapters.sh
. docs/course/chapters.sh
# shellcheck source=docs/course/conversations.sh
. docs/course/conversations.sh
# shellcheck source=docs/course/origin.sh
. docs/course/origin.sh

number=$(chapter_number "${1-}")
[ -n "$number" ] || course_stop 64 "say the number of a chapter: ./learn check 3"
teaches "$number"
begins_in_copy "$number"
build=build/check
work=$(mktemp -d)
end() {
    [ $? -eq 0 ] || tell_unfinished "$number"
    stop_server
    rm -rf "$work"
}
trap end EXIT
trap 'exit 1' HUP INT TERM

# What is not written yet uses no parameter, and calls none of what is there to help.
flags='-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer'
flags="$flags -Wno-unused-parameter -Wno-unused-function -Wno-unused-const-variable"

steadily() { # learn says in fixed_addresses whether the sanitizers need setarch
    if [ "${fixed_addresses-no}" = yes ]; then setarch "$(uname -m)" -R "$@"; else "$@"; fi
}

# build_targets TARGET...: all that the compiler says is shown.
build_targets() {
    result=0
    cmake --build $build -j "${jobs:-2}" --target "$@" >"$work/built" 2>&1 || result=$?
    grep -av '^\[ *[0-9]*%\]\|^Building\|^Linking\|^Built\|^Consolidate\|^g\{0,1\}make' \
        "$work/built" || true
    [ $result -eq 0 ] || course_stop 1 'it does not build: what the compiler says is above'
}

# --- The unit tests ----------------------------------------------------------------------------

# run_program NAME: counts its tests; the first program that fails is kept.
run_program() {
    result=0
    (cd $build/tests && steadily timeout 60 "./$1") >"$work/said" 2>&1 || result=$?
    count=$(grep -c '^\[ RUN      \]' "$work/said") || true
    right=$(grep -c '^\[       OK \]' "$work/said") || true
    printf '    %-28s %s of %s tests pass\n' "$1" "$right" "$count"
    [ $result -ne 0 ] && [ -z "$failed" ] || return 0
    failed=$1
    cp "$work/said" "$work/first"
}

# tell_leak SOURCE: all tests passed, but at the end memory was left. The sanitizer says who asked
# for it, call within call: the first of them that is in a file of this chapter is shown.
tell_leak() {
    frame=$(chapter_files "$number" |
        sed 's|^|/|' | LC_ALL=C grep -aF -f - "$work/first" | head -n 1)
    echo
    echo "All tests of $1 pass, but memory was not freed."
    echo "It was asked for${frame:+ in ${frame#* in }}:" | sed "s|$PWD/||"
    echo
    grep -a -A 8 'leak of ' "$work/first" | head -n 9
    echo
    echo "a hint:        ./learn hint $number"
}

# What the first failed test says: its sentence, where it stopped, the rule, the debugger.
tell_test() {
    source=tests/${failed%%_*}/test_${failed#*_}.c
    if grep -q '^==.*LeakSanitizer' "$work/first" && ! grep -q '^\[  FAILED' "$work/first"; then
        tell_leak "$source"
        return
    fi
    test=$(sed -n 's/^\[  FAILED  \] \(test_[a-z0-9_]*\)$/\1/p' "$work/first" | head -n 1)
    # One that has no verdict took the program with it.
    [ -n "$test" ] ||
        test=$(sed -n 's/^\[ RUN      \] \(test_[a-z0-9_]*\)$/\1/p' "$work/first" | tail -n 1)
    echo
    echo "The first that fails, in $source:"
    echo "    ${test:-what all of its tests need first}" | sed 's/ test_/ /; s/_/ /g'
    echo
    LC_ALL=C awk -v test="$test" -v root="$PWD/" -v source="$source" \
        -f docs/course/failure.awk "$work/first"
    functions=$(chapter_functions "$number")
    function=$(LC_ALL=C awk -v test="$test" -v functions="$functions" \
        -f docs/course/mentioned.awk "$source" "${source%/*}"/*.h)
    rule=$(LC_ALL=C awk -v test="$test" -f docs/course/rule.awk "$source")
    echo
    [ -z "$rule" ] || echo "the rule:      $rule"
    echo "a hint:        ./learn hint $number"
    echo "the debugger:  ASAN_OPTIONS=detect_leaks=0 gdb -q -ex 'tbreak ${test:-main}' -ex run \\"
    echo "                   -ex 'break $function' -ex continue --args $build/tests/$failed"
}

echo "learn: building in $build" >&2
cmake --preset asan -B $build -DCMAKE_C_FLAGS="$flags" >"$work/built" 2>&1 || {
    cat "$work/built"
    course_stop 1 'cmake failed'
}
failed=
for kind in tests 'then'; do
    programs=$(chapter_programs "$number" $kind)
    [ -n "$programs" ] || continue
    # shellcheck disable=SC2086 # words
    build_targets $programs
    [ $kind != tests ] || echo "Chapter $number, the unit tests:"
    [ $kind = tests ] || echo "Then, with all of it written:"
    for program in $programs; do run_program "$program"; done
    [ -z "$failed" ] || break
done
if [ -n "$failed" ]; then
    tell_test
    exit 1
fi

# --- The conversations ---------------------------------------------------------------------------

# tell_conversation NAME: asks once more, of a server that explains.
tell_conversation() {
    cp "$work/difference" "$work/told"
    stop_server
    serve --explain
    converse "$1" || true
    stop_server
    echo
    echo "The first that fails, $1:"
    sed 's/^/    /' "$1.why"
    echo
    echo 'the request:'
    sed 's/\r$/\\r/; s/^/    /; s/$/\\n/' "$1.request"
    cat "$work/told"
    echo
    echo 'what the layers say of it (--explain):'
    grep -a '^c[0-9]' "$work/log" | filter | sed 's/^/    /' || true
    grep -aA 20 'runtime error: \|ERROR: .*Sanitizer' "$work/log" || true
    echo
    echo "a hint:        ./learn hint $number"
    echo "the debugger:  ASAN_OPTIONS=detect_leaks=0 gdb -q -ex 'break exchange_answer' -ex run \\"
    echo "                   --args $build/strata --threads 1 --no-deadlines docs/course/site"
    echo "               and in another terminal: $build/steps/11_send 8080 <$1.request"
}

held=0
for request in docs/course/conversations/"$(printf %02d "$number")"-*.request; do
    [ -e "$request" ] || break
    if [ $held -eq 0 ]; then
        build_targets strata 11_send
        echo
        echo "Chapter $number, conversations with strata:"
        serve
    fi
    name=${request%.request}
    if converse "$name"; then
        echo "    as expected  ${name##*/}"
    else
        echo "    otherwise    ${name##*/}"
        tell_conversation "$name"
        exit 1
    fi
    held=$((held + 1))
done

echo
echo "Chapter $number is done. What stood there: ./learn diff $number"
next=$(chapter_file $((number + 1)))
[ "$number" -ne 6 ] || next="docs/debugger.md, the first tour; then $next"
echo "Next: $next"
