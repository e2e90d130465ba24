# shellcheck shell=sh
# What the verbs about exercises share; to be sourced in the tree's root.
# shellcheck source=docs/course/common.sh
. docs/course/common.sh

# exercise_directory N: prints docs/exercises/NN-NAME for 1, 01, ex1 and ex01.
exercise_directory() {
    number=${1#ex}
    case $number in
    [0-9]) number=0$number ;;
    [0-9][0-9]) ;;
    *) return 1 ;;
    esac
    for directory in docs/exercises/"$number"-*/; do
        [ -f "$directory/tests.c" ] || return 1
        echo "${directory%/}"
    done
}

# exercise_number DIRECTORY: prints NN.
exercise_number() {
    number=${1##*/}
    echo "${number%%-*}"
}

# exercise_tests DIRECTORY: prints the names of its tests, red_… and guard_…
exercise_tests() {
    sed -n 's/^ *EXERCISE_TEST(\([a-z0-9_]*\)),$/\1/p' "$1/tests.c"
}

# run_exercise BUILD NN [PATTERN]: its tests, or those whose names fit; all they say comes on
# standard output. learn says in fixed_addresses whether the sanitizers need setarch.
run_exercise() {
    steady=
    [ "${fixed_addresses-no}" = no ] || steady="setarch $(uname -m) -R"
    # shellcheck disable=SC2086 # words
    STRATA_PROGRAM=$PWD/$1/strata STRATA_SOURCE_DIR=$PWD \
        STRATA_ECHO_PROGRAM=$PWD/$1/tests/strata_with_echo \
        $steady timeout 300 "$1/tests/exercise_$2" ${3+"$3"} 2>&1
}

# Reads what run_exercise printed: prints "ok NAME" or "failed NAME" for each test that came to its
# end, and nothing for one that did not.
verdicts() {
    awk '$1 == "[" && $2 == "RUN" { name = $4 }
        $1 == "[" && $4 == name && $2 == "OK" { print "ok", name; name = "" }
        $1 == "[" && $4 == name && $2 == "FAILED" { print "failed", name; name = "" }'
}

# Reads the same: prints what was said of the test NAME, or of the first that failed.
said_of() { # said_of [NAME]
    awk -v wanted="${1-}" '
        $1 == "[" && $2 == "RUN" { name = $4; said = ""; next }
        name == "" { next }
        $1 == "[" && ($2 == "OK" || $2 == "FAILED") {
            if (wanted == name || (wanted == "" && $2 == "FAILED")) {
                printf "%s", said; name = ""; exit
            }
            name = ""; next
        }
        /\[   LINE   \]/ || /^\[  ERROR   \]/ { next }
        { said = said $0 "\n" }
        END { if (name != "" && (wanted == "" || wanted == name)) printf "%s", said }'
}

# caught_by PATCH: prints the names of the tests that its first lines name.
caught_by() {
    sed -e '/^diff /,$d' -e '/^--- /,$d' "$1" | sed -n 's/^Caught by: *//p'
}

# hint_lines and solution_lines DIRECTORY: prints the lines of code, without white space around
# them: whole lines of the hints and what stands in back quotes; what the solution adds. Braces
# are no line of code.
hint_lines() {
    cat "$1"/hint-[123].md | awk '
        function say(line) {
            gsub(/^[ \t]+|[ \t]+$/, "", line)
            if (line ~ /[A-Za-z]/) print line
        }
        { say($0); n = split($0, parts, "`"); for (i = 2; i <= n; i += 2) say(parts[i]) }' | sort -u
}
solution_lines() {
    sed -n -e '/^+++ /d' -e 's/^+[ \t]*//p' "$1/solution.patch" |
        sed -e 's/[ \t]*$//' -e '/[A-Za-z]/!d' | sort -u
}
