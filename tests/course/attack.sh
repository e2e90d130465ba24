#!/bin/sh
# ./learn attack: all is stopped, by functions that exist, and what is not stopped is told.
# tier: learner
set -eu
: "${STRATA_SOURCE_DIR:?}" "${STRATA_PROGRAM:?}" "${STRATA_BUILD_DIR:?}"
export STRATA_PROGRAM STRATA_BUILD_DIR
attack=$STRATA_SOURCE_DIR/docs/course/attack.sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0
fail() {
    echo "FAILED: $*"
    failures=$((failures + 1))
}

# Every attack is stopped, and the table fits a terminal.
sh "$attack" >"$work/table" 2>&1 || fail 'something is not stopped'
cat "$work/table"
[ "$(grep -c '§' "$work/table")" -ge 30 ] || fail 'attacks are missing'
# "§" takes two octets and one column.
if LC_ALL=C awk '{ gsub(/§/, "S") } length > 80 { bad = 1 } END { exit !bad }' \
    "$work/table"; then
    fail 'a line has more than 80 columns'
fi

# Each row names a function of that layer.
LC_ALL=C sed -n 's/^.\{32\}\([a-z][a-z]*\)  *\([a-z_]*\) .*[0-9.]$/\1 \2/p' "$work/table" |
    sort -u >"$work/functions"
[ "$(wc -l <"$work/functions")" -ge 15 ] || fail 'too few functions are named'
while read -r layer function; do
    grep -qE "^[a-z].*[ *]$function\(" "$STRATA_SOURCE_DIR/$layer"/*.c ||
        fail "$layer has no function $function"
done <"$work/functions"

# It can fail: an answer, a rule, what leaks out, and what comes behind a request.
edit() { # edit FROM TO: in one place
    [ "$(grep -c -- "$1" "$work/mutated.sh")" -eq 1 ] || fail "not once: $1"
    sed "s|$1|$2|" "$work/mutated.sh" >"$work/edited" && mv "$work/edited" "$work/mutated.sh"
}
cp "$attack" "$work/mutated.sh"
edit "attack '/../secret' 400" "attack '/../secret' 404"
edit "fault_of_long_line 'RFC 9112 §3'" "fault_of_long_line 'RFC 9112 §4'"
edit "ln -s ../secret " "echo 'not to be seen' >"
edit 'Content-Length: 0.r.nContent-Length: 31.r.n' 'Content-Length: 0\\r\\n'
edit "0, and of 31' 400" "0, and of 31' 200"
sh "$work/mutated.sh" >"$work/table" 2>&1 && fail 'nobody notices what is not stopped'
grep 'NOT STOPPED' "$work/table" >"$work/told" || true
cat >"$work/expected" <<'END'
    NOT STOPPED: the answer should be 200
    NOT STOPPED: the answer is longer than the file
    NOT STOPPED: the answer should be 404
    NOT STOPPED: the answer should be 404
    NOT STOPPED: what is secret was sent
    NOT STOPPED: the answer names RFC 9112 §3
END
diff "$work/expected" "$work/told" || fail 'what is not stopped is told in other words'
grep -q '^29 attacks, 4 not stopped$' "$work/table" || fail 'they are counted wrongly'

# A server that does not start is no success.
STRATA_PROGRAM=false sh "$attack" >"$work/table" 2>&1 && fail 'without a server it succeeds'
grep -q 'does not serve' "$work/table" || fail 'it does not say that there is no server'

echo "$failures failures"
[ $failures -eq 0 ]
