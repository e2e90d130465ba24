#!/bin/sh
# The handout: nothing in it gives a solution away; the same tree makes the same file; it builds, is
# worth 0 points untouched and 100 with the solutions of this tree, and what ./learn grade --json
# says of it, or of what does not build, is as Gradescope has it.
# tier: full
set -eu
cd "${STRATA_SOURCE_DIR:?}"
for tool in jq patch; do
    command -v $tool >/dev/null 2>&1 && continue
    echo "skipped: needs $tool"
    [ "${STRATA_REQUIRE_ALL-}" = 1 ] && exit 1
    exit 77
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
source=$PWD
handout=$work/strata-handout
failures=0
fail() {
    echo "FAILED: $*"
    failures=$((failures + 1))
}

# --- What is in it -------------------------------------------------------------------------------

sh docs/course/handout.sh "$work/handout.tar.gz"
sh docs/course/handout.sh "$work/again.tar.gz" >/dev/null
cmp "$work/handout.tar.gz" "$work/again.tar.gz" || fail 'the same tree makes two files'
tar -tzf "$work/handout.tar.gz" >"$work/list"
LC_ALL=C sort -c "$work/list" || fail 'the names are not sorted'
if grep -v '^strata-handout/[^/]' "$work/list"; then fail 'that would be unpacked elsewhere'; fi
if grep -E '/(build|work|\.git)/' "$work/list"; then fail 'that is no part of the tree'; fi
if grep -E '\.patch$|/answer\.md$|/hunts/.*/prove\.sh$' "$work/list"; then
    fail 'that gives it away'
fi
if tar --numeric-owner -tvzf "$work/handout.tar.gz" | grep -v ' 0/0 '; then
    fail 'that has an owner'
fi
tar -xzf "$work/handout.tar.gz" -C "$work"

# Lines of a solution, a wrong solution, a plant or an answer: those that are long enough to be
# recognised, and that are not in the tree anyway. One or two of them may be elsewhere by chance.
cat docs/exercises/*/*.patch docs/hunts/*/plant.patch | sed -n 's/^+ *//p' >"$work/lines"
cat docs/answers.md docs/hunts/*/answer.md >>"$work/lines"
find transport http fs server tests docs www learn CMakeLists.txt -type f ! -name '*.patch' \
    ! -name answer.md ! -name answers.md ! -path 'tests/course/*' ! -path 'tests/fuzz/*' \
    -exec cat {} + | sed 's/^ *//' >"$work/tree"
awk 'FILENAME == ARGV[1] { known[$0] = 1; next } length($0) >= 40 && !($0 in known)' \
    "$work/tree" "$work/lines" >"$work/secrets"
[ "$(wc -l <"$work/secrets")" -ge 50 ] || fail 'hardly anything is secret'
if grep -rcFf "$work/secrets" "$handout" | awk -F : '$NF > 2 { found = 1; print }
    END { exit !found }'; then fail 'so many of their lines stand in these'; fi

# --- What it is worth ----------------------------------------------------------------------------

grade() { # grade SCORE: what ./learn grade --json says has the form, and these points
    ./learn grade --json >"$work/results.json" 2>"$work/said" ||
        fail "grade ended with an error: $(cat "$work/said")"
    jq -e '
        (keys - ["score", "execution_time", "output", "tests"] == []) and
        (.score | type) == "number" and (.execution_time | type) == "number" and
        (.output | type) == "string" and (.tests | type) == "array" and
        ([.tests[] | keys - ["score", "max_score", "status", "name", "number", "output"] == []
            and (.score | type) == "number" and (.max_score | type) == "number"
            and .score >= 0 and .score <= .max_score
            and (.status == "passed" or .status == "failed")
            and (.name | type) == "string" and (.output | type) == "string"
            and (.number | test("^[0-9]+\\.[0-9]+$"))] | all) and
        ([.tests[].number] | length == (unique | length)) and
        ((.score - ([.tests[].score] | add)) | fabs < 0.001) and
        (([.tests[].max_score] | add) - 100 | fabs < 0.001)
        ' "$work/results.json" >/dev/null || fail 'results.json is not as Gradescope has it'
    jq -e ".score == $1" "$work/results.json" >/dev/null ||
        fail "worth $(jq .score "$work/results.json") points, not $1"
}
holds() { # holds WHAT CONDITION: of the last results
    jq -e "$2" "$work/results.json" >/dev/null || fail "$1: $(cat "$work/results.json")"
}
guard='(.name | startswith("guard: "))'

cd "$handout"
./learn build 2>"$work/said" || fail "it does not build: $(cat "$work/said")"
grade 0
holds 'untouched, the guards pass and nothing else' \
    "[.tests[] | $guard == (.status == \"passed\")] | all"
holds 'what fails says why' '[.tests[] | select(.status == "failed").output | length > 20] | all'

for patch in "$source"/docs/exercises/*/solution.patch; do
    patch -s -f -p1 <"$patch" || fail "$patch does not fit"
done
grade 100
holds 'solved, all pass' '[.tests[].status == "passed"] | all'

# A guard that fails withholds the points of its exercise, and of no other.
patch -s -f -p1 <"$source/docs/exercises/02-trace/wrong-always-on.patch"
grade 85
holds 'points are withheld' '[.tests[] | select(.number | startswith("2.")).score] | add == 0'
holds 'and it says so' '[.tests[].output | select(contains("withheld"))] | length > 5'
patch -s -f -p1 -R <"$source/docs/exercises/02-trace/wrong-always-on.patch"

# The compiler's words may hold any octets.
printf 'int "\\\n\001\377' >>server/method_get.c
grade 0
holds 'the compiler is heard' '.output | contains("error:") and contains("method_get.c")'

echo "$(wc -l <"$work/list") files, $failures failures"
[ $failures -eq 0 ]
