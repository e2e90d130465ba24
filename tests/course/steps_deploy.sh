#!/bin/sh
# Step 12: no request is lost while servers follow one another on a socket that is handed over; some
# are where each opens its own. Step 11: what is sent in pieces arrives, and the whole answer comes.
# tier: learner
set -eu
: "${STRATA_PROGRAM:?}" "${STRATA_SOURCE_DIR:?}" "${STRATA_BUILD_DIR:?}"
cd "$STRATA_SOURCE_DIR"
steps=$STRATA_BUILD_DIR/steps
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0
fail() {
    echo "FAILED: $*"
    failures=$((failures + 1))
}

timeout 60 "$steps/12_deploy" "$STRATA_PROGRAM" >"$work/shared" || fail 'requests are lost'
cat "$work/shared"
[ "$(grep -c '^server [1-5] left' "$work/shared")" -eq 5 ] || fail 'there should be five servers'
grep -q '^[1-9][0-9]* requests answered, 0 lost$' "$work/shared" || fail 'nobody was answered'

# Descriptor 3 may be somebody's: it is taken all the same.
timeout 60 "$steps/12_deploy" "$STRATA_PROGRAM" own >"$work/own" 3</dev/null &&
    fail 'each server opens the port itself, and nothing is lost'
cat "$work/own"
grep -q '^[1-9][0-9]* requests answered, [1-9][0-9]* lost$' "$work/own" || fail 'it does not say so'

mkfifo "$work/says"
"$STRATA_PROGRAM" --address 127.0.0.1 --port 0 --no-sandbox --access-log none www 2>"$work/says" &
server=$!
exec 3<"$work/says"
port=
while [ -z "$port" ] && read -r line <&3; do
    port=$(echo "$line" | sed -n 's/.*serving.*:\([0-9]*\)\/$/\1/p')
done
request='GET /about HTTP/1.1\r\nHost: a\r\n\r\n'
# shellcheck disable=SC2059 # escapes
printf "$request$request" | timeout 20 "$steps/11_send" "$port" 7 1 >"$work/answers" ||
    fail '11_send fails'
cat www/about.html www/about.html >"$work/both"
awk '/^HTTP/ { head = 1 } !head { print } head && /^\r$/ { head = 0 }' "$work/answers" >"$work/seen"
cmp "$work/both" "$work/seen" || fail 'not all of the two answers came'
kill "$server"
wait "$server" || fail 'the server did not end in order'
printf x | "$steps/11_send" "$port" 2>"$work/errors" && fail 'nobody listens, and 11_send succeeds'
grep -q 'refused' "$work/errors" || fail 'it does not say that nobody listens'

echo "$failures failures"
[ $failures -eq 0 ]
