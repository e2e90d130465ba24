#!/bin/sh
# grade.sh [--json]: points for the exercises in this tree, 100 together: a table, or what
# Gradescope reads as results.json. docs/course/points.txt says what an exercise is worth; its red
# tests share that, and get it only where all its guard tests pass. What does not build gets no
# points and the compiler's words; a test that does not come to its end has failed. Nine minutes
# are enough, or what is left then counts as failed. The exit status is 0 whenever there are points
# to be told, be they none.
set -eu
cd "$(dirname "$0")/../.."
# shellcheck source=docs/course/exercises.sh
. docs/course/exercises.sh
case ${1-} in
'' | --json) ;;
*) course_stop 64 "grade takes --json or nothing, not '$1'" ;;
esac

build=build/exercises
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
began=$(date +%s)
seconds=540
unset STRATA_OPTION STRATA_PATIENT

# --- Building, running ---------------------------------------------------------------------------

build_all() {
    set --
    for directory in docs/exercises/*/; do
        set -- "$@" "exercise_$(exercise_number "${directory%/}")"
    done
    timeout -k 5 100 cmake --preset asan -B $build &&
        timeout -k 5 300 cmake --build $build -j "${jobs:-2}" --target "$@"
}

# run NUMBER [TEST]: the tests of an exercise, as run_exercise has them, in the time that is left.
run() {
    left=$((began + seconds - $(date +%s)))
    [ $left -gt 0 ] || return 0
    steady=
    [ "${fixed_addresses-no}" = no ] || steady="setarch $(uname -m) -R"
    # shellcheck disable=SC2086 # words
    STRATA_PROGRAM=$PWD/$build/strata STRATA_SOURCE_DIR=$PWD \
        STRATA_ECHO_PROGRAM=$PWD/$build/tests/strata_with_echo \
        $steady timeout -k 5 $left $build/tests/exercise_"$1" ${2+"$2"} 2>&1 || :
}

# run_all NUMBER DIRECTORY: one that ends the program ends no other: those behind it run alone.
run_all() {
    run "$1"
    run_alone=no
    exercise_tests "$2" | while read -r name; do
        [ $run_alone = no ] || run "$1" "$name"
        grep -qE "^\[ +OK +\] $name\$|^\[ +FAILED +\] $name\$" "$work/said_$1" || run_alone=yes
    done
}

# Prints for each test: its exercise, its number, its name, passed, failed or withheld, its score
# and what it could be, in hundredths of a point. The first ones take what cannot be shared.
score() { # score NUMBER DIRECTORY
    points=$(awk -v number="$1" '$1 == number { print $2 }' docs/course/points.txt)
    [ -n "$points" ] || course_stop 1 "docs/course/points.txt has no points for exercise $1"
    exercise_tests "$2" | awk -v number="$1" -v points="$points" '
        FILENAME == ARGV[1] { ok[$2] = $1 == "ok"; next }
        { names[++count] = $1; reds += /^red_/ }
        /^guard_/ && !ok[$1] { withheld = 1 }
        END {
            for (i = 1; i <= count; i++) {
                is_red = names[i] ~ /^red_/
                most = is_red ? int(points * 100 / reds) + (++red <= points * 100 % reds) : 0
                verdict = !ok[names[i]] ? "failed" : is_red && withheld ? "withheld" : "passed"
                print number, i, names[i], verdict, (verdict == "passed" ? most : 0), most
            }
        }' "$work/verdicts" -
}

if build_all >"$work/built" 2>&1; then
    output='Built with AddressSanitizer and UndefinedBehaviorSanitizer.'
else
    output=$(echo 'It does not build:' && grep -v '^\[ *[0-9]*%\]' "$work/built" | head -c 8000)
fi
for directory in docs/exercises/*/; do
    number=$(exercise_number "${directory%/}")
    : >"$work/said_$number"
    case $output in Built*) run_all "$number" "${directory%/}" >"$work/said_$number" ;; esac
    verdicts <"$work/said_$number" >"$work/verdicts"
    score "$number" "${directory%/}" >>"$work/rows"
done

# --- Telling -------------------------------------------------------------------------------------

# why NUMBER NAME VERDICT: what is to be said of a test.
why() {
    case $output in Built*) ;; *)
        echo 'It does not build.'
        return
        ;;
    esac
    if [ "$3" = withheld ]; then
        echo 'It passes; but its points are withheld, for a guard test of this exercise fails.'
    elif [ "$3" = failed ]; then
        said_of "$2" <"$work/said_$1" | head -c 4000
        grep -q "^\[  FAILED  \] $2\$" "$work/said_$1" || echo 'It did not come to its end.'
    fi
}

sentence() {
    echo "$1" | sed 's/^red_//; s/^guard_/guard: /; s/_/ /g'
}

points_of() { # points_of HUNDREDTHS
    printf '%d.%02d' $(($1 / 100)) $(($1 % 100))
}

as_table() {
    printf '%s\n' "$output"
    awk '{ score[$1] += $5; most[$1] += $6 }
        END { for (number in score)
            printf "%s %.2f %.2f\n", number, score[number] / 100, most[number] / 100 }
        ' "$work/rows" | sort | while read -r exercise scored possible; do
        printf '\nexercise %s: %s of %s points\n' "$exercise" "$scored" "$possible"
        while read -r number _ name verdict score most; do
            [ "$number" = "$exercise" ] || continue
            printf '  %-8s %5s of %5s  %s\n' "$verdict" "$(points_of "$score")" \
                "$(points_of "$most")" "$(sentence "$name")"
        done <"$work/rows"
    done
    printf '\ntogether: %s of 100 points\n' "$(points_of "$total")"
}

json() { # standard input, or the words, as a JSON string
    if [ $# -gt 0 ]; then printf '%s\n' "$*"; else cat; fi | tr -d '\000' |
        LC_ALL=C awk -f docs/course/json_string.awk
}

as_json() {
    printf '{"score": %s,\n"execution_time": %d,\n"output": %s,\n"tests": [' \
        "$(points_of "$total")" $(($(date +%s) - began)) "$(json "$output")"
    comma=
    while read -r number index name verdict score most; do
        status=failed
        [ "$verdict" != passed ] || status=passed
        printf '%s\n{"number": "%d.%d", "name": %s,\n"score": %s, "max_score": %s,' "$comma" \
            "${number#0}" "$index" "$(json "$(sentence "$name")")" "$(points_of "$score")" \
            "$(points_of "$most")"
        printf ' "status": "%s",\n"output": %s}' $status \
            "$(why "$number" "$name" "$verdict" | json)"
        comma=,
    done <"$work/rows"
    printf '\n]}\n'
}

total=$(awk '{ total += $5 } END { print total + 0 }' "$work/rows")
if [ "${1-}" = --json ]; then as_json; else as_table; fi
