#!/bin/sh
# The bug hunts are whole: each patch fits the tree exactly; ./learn hunt makes a copy with the bug
# and without what would give it away, also in a handout.
# tier: learner
set -eu
cd "${STRATA_SOURCE_DIR:?}"
command -v patch >/dev/null 2>&1 || {
    echo 'skipped: needs patch'
    [ "${STRATA_REQUIRE_ALL-}" = 1 ] && exit 1
    exit 77
}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0
fail() {
    echo "FAILED: $*"
    failures=$((failures + 1))
}

# --- The files -----------------------------------------------------------------------------------

hunts=0
for hunt in docs/hunts/*/; do
    hunt=${hunt%/}
    hunts=$((hunts + 1))
    [ "$(printf %02d $hunts)" = "$(basename "$hunt" | cut -d - -f 1)" ] ||
        fail "$hunt is not number $hunts"
    grep -q "^# Hunt $hunts: ." "$hunt/README.md" || fail "$hunt/README.md has no title"
    for section in 'The symptom' 'Meet it' 'Tools' 'The question'; do
        grep -qx "## $section" "$hunt/README.md" || fail "$hunt/README.md has no '$section'"
    done
    for command in "./learn hunt $hunts" "cd work/hunt-$hunts" './learn build'; do
        grep -qxF "$command" "$hunt/README.md" || fail "$hunt/README.md does not say '$command'"
    done
    grep -qx "# Hunt $hunts: the answer" "$hunt/answer.md" || fail "$hunt/answer.md has no title"
    sh -n "$hunt/prove.sh" || fail "$hunt/prove.sh"
    files=$(sed -n 's/^+++ b\///p' "$hunt/plant.patch")
    [ -n "$files" ] || fail "$hunt/plant.patch changes nothing"
    for file in $files; do
        case $file in transport/*.[ch] | http/*.[ch] | fs/*.[ch] | server/*.[ch]) ;;
        *) fail "$hunt/plant.patch changes $file" ;;
        esac
    done
    patch -p1 -F0 --dry-run <"$hunt/plant.patch" >"$work/said" 2>&1 ||
        fail "$hunt/plant.patch does not fit: $(cat "$work/said")"
    # What the answer names is there: in the tree, or in the patch.
    # shellcheck disable=SC2016 # the backticks are Markdown's
    for function in $(grep -o '`[a-z0-9_]*()`' "$hunt/answer.md" | tr -d '`()' | sort -u); do
        grep -rq "\\<$function(" transport http fs server "$hunt/plant.patch" ||
            fail "$hunt/answer.md names $function(), which is nowhere"
    done
done
[ $hunts -ge 4 ] || fail "there are $hunts hunts"

# --- ./learn hunt --------------------------------------------------------------------------------

sh docs/course/hunt.sh >"$work/list"
[ "$(grep -c '^  [0-9]*  [A-Z]' "$work/list")" -eq $hunts ] ||
    fail 'the list is not that of the hunts'
for wrong in 0 9 x 1/../1; do
    if sh docs/course/hunt.sh $wrong "$work/wrong" >"$work/said" 2>&1; then fail "hunt $wrong"; fi
    grep -q 'there is no hunt' "$work/said" || fail "hunt $wrong says: $(cat "$work/said")"
    [ ! -e "$work/wrong" ] || fail "hunt $wrong made a copy"
done

# planted TREE N: ./learn hunt in that tree makes a copy that differs by the patch alone.
planted() {
    (cd "$1" && sh docs/course/hunt.sh "$2" "$work/copy") >"$work/said" 2>&1 ||
        fail "hunt $2 in $1: $(cat "$work/said")"
    grep -q "cd work/hunt-$2" "$work/said" || fail "hunt $2 does not say how to meet it"
    for layer in transport http fs server; do
        diff -r "$layer" "$work/copy/$layer" >/dev/null || echo "$layer"
    done >"$work/differs"
    [ -s "$work/differs" ] || fail "hunt $2 in $1 plants nothing"
    patch -s -f -R -p1 -F0 -d "$work/copy" <"${hunt%/}/plant.patch" ||
        fail "hunt $2 in $1 plants something else"
    for layer in transport http fs server; do
        diff -r "$layer" "$work/copy/$layer" || fail "hunt $2 in $1 changes more than it should"
    done
    find "$work/copy/docs/hunts" -name 'answer.md' -o -name 'prove.sh' -o -name 'plant.*' |
        grep . && fail "hunt $2 in $1 gives itself away"
    if (cd "$1" && sh docs/course/hunt.sh "$2" "$work/copy") >/dev/null 2>&1; then
        fail "hunt $2 writes into a directory that is there"
    fi
    rm -rf "$work/copy"
}

mkdir "$work/handout" "$work/handout/docs"
cp -R transport http fs server learn .gitignore "$work/handout"
cp -R docs/course docs/hunts "$work/handout/docs"
for hunt in "$work"/handout/docs/hunts/*/; do
    tr 'A-Za-z' 'N-ZA-Mn-za-m' <"$hunt/plant.patch" >"$hunt/plant.rot13"
    rm "$hunt/plant.patch" "$hunt/answer.md" "$hunt/prove.sh"
done
number=0
for hunt in docs/hunts/*/; do
    number=$((number + 1))
    planted . $number
    planted "$work/handout" $number
done

echo "$hunts hunts, $failures failures"
[ $failures -eq 0 ]
